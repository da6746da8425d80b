"""Log files of the workers that stay bounded while they are being written: two files each, whatever is said."""

import contextlib
import os
import shutil
from pathlib import Path

LARGEST_LOG = 20_000_000


def bound(path: Path, largest: int = LARGEST_LOG) -> bool:
    """Begin a log anew when it has grown large; what it held is kept beside it, once. Whether that was done.

    Its writers hold it open for appending, so it is copied and emptied rather than moved: they go on at its start.
    What they write between the two is lost, a few lines at most; a disk that refuses leaves the log as it is.
    """
    try:
        if path.stat().st_size <= largest:
            return False
        aside = path.with_suffix(".old.new")
        try:
            shutil.copyfile(path, aside)
            aside.replace(path.with_suffix(".old.log"))
        except OSError:  # no room for a second file: the bound goes before the past
            with contextlib.suppress(OSError):
                aside.unlink()
        os.truncate(path, 0)
    except OSError:
        return False
    return True
