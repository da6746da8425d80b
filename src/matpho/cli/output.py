"""Result files: the place is tried before the work begins, and holds all of the result or what it held before."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from matpho.domain.system_words import not_written
from matpho.errors import BadInput


class Result:
    """Where a result goes; made before the work, so that nobody waits an hour to hear that it cannot be written."""

    def __init__(self, path: Path, file: IO[str], part: Path | None) -> None:
        self._path = path
        self._file = file
        self._part = part

    def write(self, text: str) -> None:
        """Put the whole result in its place. Raises BadInput when it does not go there; what was there stays."""
        with _in_our_words(self._path):
            self._file.write(text)
            self._file.flush()
            if self._part is not None:
                os.fsync(self._file.fileno())
                self._part.replace(self._path)


@contextlib.contextmanager
def result_file(path: Path) -> Iterator[Result]:
    """Open the place of a result; without :meth:`Result.write` nothing is left there.

    An ordinary file is written beside its place and moved there. Anything else that is there (a terminal, a pipe,
    /dev/null) is written to as it is and never replaced. Raises BadInput when nothing can be written there.
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.", f"Không có thư mục {folder}.")
    with _in_our_words(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        place = path.resolve()  # a link stays a link
        if len(os.fsencode(place.name)) > os.pathconf(place.parent, "PC_NAME_MAX"):
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        ordinary = place.is_file() or not place.exists()
        part = place.with_name(f".{os.getpid()}.part") if ordinary else None
        file = (part or place).open("w", encoding="utf-8")
    try:
        yield Result(place, file, part)
    finally:
        with contextlib.suppress(OSError):  # what could not be written was said when it was to be written
            file.close()
        if part is not None:
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def _in_our_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as e:
        raise not_written(BadInput, path, e) from e
