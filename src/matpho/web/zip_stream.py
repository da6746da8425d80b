"""A ZIP made while it is sent: files as they are, nothing held in memory, larger than 4 GB where it must be."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

_BLOCK = 1 << 20


class _Pipe:
    """What the archive writes into; it cannot go back, so the archive tells sizes behind each file."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self._at += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing to do."""

    def take(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


def zipped(folder: Path, names: Sequence[str]) -> Iterator[bytes]:
    """The archive in pieces of about a megabyte. Raises OSError in the middle when a file is gone."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:  # type: ignore[call-overload]
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o640 << 16
            with (folder / name).open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                while block := source.read(_BLOCK):
                    target.write(block)
                    yield pipe.take()
    yield pipe.take()
