"""One file out of a Debian package, streamed, without root and without unpacking the rest.

A ``.deb`` is an ``ar`` archive (deb(5)) whose ``data.tar.*`` holds the files. ``dpkg-deb`` streams it where it is
installed; elsewhere the archive is read here. Debian packs with xz, Ubuntu with zstd, which needs ``dpkg-deb``.
"""

import gzip
import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_AR_MAGIC = b"!<arch>\n"
_HEADER = 60


@contextmanager
def data_member(package: Path, names: tuple[str, ...]) -> Iterator[IO[bytes] | None]:
    """The first file of the package whose last name is one of ``names``; unzipped; None when there is none."""
    if shutil.which("dpkg-deb"):
        with subprocess.Popen(  # noqa: S603 - fixed program, a path of ours
            ["dpkg-deb", "--fsys-tarfile", str(package)],  # noqa: S607
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ) as unpacking:  # fmt: skip
            assert unpacking.stdout is not None
            try:
                yield _found(unpacking.stdout, names)
            finally:
                unpacking.kill()
    else:
        with package.open("rb") as raw:
            data = _data_part(raw)
            yield None if data is None else _found(data, names)


def _data_part(raw: IO[bytes]) -> IO[bytes] | None:
    """The ``data.tar.*`` part of an ar archive, None when it is no package."""
    if raw.read(len(_AR_MAGIC)) != _AR_MAGIC:
        return None
    while len(header := raw.read(_HEADER)) == _HEADER:
        name, size = header[:16].decode("ascii", "replace").strip(), int(header[48:58] or b"0")
        if name.startswith("data.tar"):
            return io.BytesIO(raw.read(size))
        raw.seek(size + size % 2, io.SEEK_CUR)
    return None


def _found(tar: IO[bytes], names: tuple[str, ...]) -> IO[bytes] | None:
    try:
        archive = tarfile.open(fileobj=tar, mode="r|*")  # noqa: SIM115 - read to its end by the caller, then dropped
        for entry in archive:
            if entry.isfile() and entry.name.rsplit("/", 1)[-1] in names:
                stream = archive.extractfile(entry)
                assert stream is not None
                return gzip.GzipFile(fileobj=stream) if entry.name.endswith(".gz") else stream  # type: ignore[return-value]
    except (tarfile.TarError, EOFError):
        pass
    return None
