"""Where the demonstration's street comes from.

The one street-like clip in the registries is ``vtest.avi`` of Debian's ``opencv-doc`` (a plaza with passers-by, an
OpenCV sample). It is taken, in turn, from: a file the user names, our cache, the package where it is installed, and the
package as downloaded by apt without root. Whatever comes is checked by its sha256 and kept in the cache.
"""

import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from matpho.domain.words import Said
from matpho.errors import SetupProblem
from matpho.sim.archive import data_member

CLIP_NAME = "vtest.avi"
KNOWN_SHA256 = frozenset({"45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf"})
_INSTALLED = (
    Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi"),
    Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi.gz"),
    Path("/usr/share/opencv4/samples/data/vtest.avi"),
)
_PACKAGE = "opencv-doc"
_APT_LIMIT_S = 600
_CLIP_BYTES = 8_131_690  # for the progress bar only

Progress = Callable[[Said, float], None]
"""Told what is being done and which share of it, 0..1."""


@dataclass(frozen=True, slots=True)
class Footage:
    """A clip on disk, and in words where it came from."""

    clip: Path
    origin: Said


def cache_folder(environment: dict[str, str] | None = None) -> Path:
    """``$XDG_CACHE_HOME/matpho`` or ``~/.cache/matpho``."""
    environment = dict(os.environ) if environment is None else environment
    base = environment.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "matpho"


def quiet(_what: Said, _share: float) -> None:
    """Shows nothing."""


def find(cache: Path, *, clip: Path | None = None, progress: Progress = quiet, apt: bool = True) -> Footage | None:
    """The demonstration clip, or None when none can be had (then a street is drawn).

    Raises SetupProblem only when the user named a ``clip`` that is not there.
    """
    if clip is not None:
        if not clip.is_file():
            raise SetupProblem(f"There is no clip {clip}", f"Không có tệp video {clip}")
        return Footage(clip, Said("tệp do người dùng chọn", "a file the user named"))
    kept = cache / CLIP_NAME
    if kept.is_file() and _sha256(kept) in KNOWN_SHA256:
        return Footage(kept, Said("bộ nhớ đệm", "the cache"))
    for installed in _INSTALLED:
        if installed.is_file() and _take_installed(installed, kept):
            return Footage(kept, Said("gói opencv-doc đã cài", "the installed opencv-doc package"))
    if apt and shutil.which("apt-get") and _take_from_apt(kept, progress):
        return Footage(kept, Said("gói opencv-doc của Debian", "Debian's opencv-doc package"))
    return None


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _keep(stream: IO[bytes], kept: Path, told: Callable[[int], None] = lambda _n: None) -> bool:
    """Copy into the cache if the bytes are a known clip; whole or not at all."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=kept.parent, prefix=".vtest-", delete=False) as part:
        copied = 0
        while block := stream.read(1 << 16):
            part.write(block)
            digest.update(block)
            copied += len(block)
            told(copied)
    good = digest.hexdigest() in KNOWN_SHA256
    if good:
        Path(part.name).replace(kept)
    else:
        Path(part.name).unlink()
    return good


def _take_installed(installed: Path, kept: Path) -> bool:
    try:
        with installed.open("rb") as raw:
            return _keep(gzip.GzipFile(fileobj=raw) if installed.suffix == ".gz" else raw, kept)  # type: ignore[arg-type]
    except (OSError, EOFError):
        return False


def _own_options(folder: Path) -> list[str]:
    """Options for apt under which everything it writes stays in our folder, so that it needs no root."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return [
        "-o", f"Dir::State::Lists={folder / 'lists'}",
        "-o", f"Dir::Cache={folder / 'cache'}",
        "-o", "APT::Sandbox::User=root",
        "-o", "Acquire::Languages=none",
        "-o", "Debug::NoLocking=1",
    ]  # fmt: skip


def _apt(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(  # noqa: S603 - fixed program, our own arguments
            ["apt-get", "-q", *arguments],  # noqa: S607
            cwd=folder, capture_output=True, text=True, timeout=_APT_LIMIT_S, check=False, env=_plain_environment(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None


def _plain_environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}


def _take_from_apt(kept: Path, progress: Progress) -> bool:
    """Download the package as any user, and unpack only the clip. False when apt cannot have it."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="apt-", dir=kept.parent) as own:
        folder = Path(own)
        package = _download(folder, [], progress)
        if package is None:
            options = _own_options(folder)
            progress(Said("Tải danh mục gói Debian", "Fetching Debian's package lists"), 0.0)
            _apt([*options, "update"], folder)
            package = _download(folder, options, progress)
        if package is None:
            return False
        what = Said("Giải nén đoạn video mẫu", "Unpacking the sample clip")
        with data_member(package, (CLIP_NAME, CLIP_NAME + ".gz")) as member:
            if member is None:
                return False
            try:
                return _keep(member, kept, lambda n: progress(what, min(1.0, n / _CLIP_BYTES)))
            except (OSError, EOFError, tarfile.TarError):
                return False


def _download(folder: Path, options: list[str], progress: Progress) -> Path | None:
    """``apt-get download`` into the folder while telling how much has come."""
    asked = _apt([*options, "--print-uris", "download", _PACKAGE], folder)
    if asked is None or asked.returncode != 0 or not asked.stdout.strip():
        return None
    size = next((int(word) for word in asked.stdout.split() if word.isdecimal()), 0)
    what = Said(
        f"Tải đoạn video mẫu từ gói opencv-doc ({size / 1e6:.0f} MB, chỉ một lần)",
        f"Downloading the sample clip with opencv-doc ({size / 1e6:.0f} MB, once)",
    )
    progress(what, 0.0)
    command = ["apt-get", "-q", *options, "download", _PACKAGE]
    with subprocess.Popen(  # noqa: S603 - fixed program, our own arguments
        command, cwd=folder, env=_plain_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as fetching:
        while True:
            try:
                fetching.wait(0.3)
                break
            except subprocess.TimeoutExpired:
                come = max((f.stat().st_size for f in folder.rglob("*.deb*") if f.is_file()), default=0)
                if size:
                    progress(what, min(1.0, come / size))
    progress(what, 1.0)
    return next(iter(sorted(folder.glob(f"{_PACKAGE}_*.deb"))), None) if fetching.returncode == 0 else None
