"""The one error tree. Every error carries its sentence in Vietnamese and in English.

::

    MatphoError
    ├── BadInput                 what a person or a file gave us cannot be used
    │   ├── BadCameraFile        the camera description is malformed
    │   ├── BadAddress           a stream address that is not allowed
    │   └── BadVideo             a file or stream that cannot be decoded
    ├── SourceLost               a camera stopped giving packets
    │   ├── SourceRefused        … because it does not accept our user name or password
    │   ├── SourceUnreachable    … because no way leads to it: its network or its power, not its program
    │   └── SourceStalled        … it is connected but silent
    ├── StorageProblem           disk, database or evidence vault
    │   └── Corrupt              bytes on disk are not what was written
    ├── NotAllowed               the person may not do this to this object
    ├── NotFound                 there is no such object
    ├── Conflict                 the object has moved on since it was read
    ├── ModelProblem             a detector file is missing, altered or of the wrong shape
    └── SetupProblem             the machine lacks something the program needs
"""

from typing import Any


class MatphoError(Exception):
    """Base of all errors that the program raises on purpose.

    ``code`` is stable and goes to API answers; ``en`` and ``vi`` are whole sentences for people.
    """

    code = "error"

    def __init__(self, en: str, vi: str) -> None:
        super().__init__(en)
        self.en = en
        self.vi = vi

    def __reduce__(self) -> tuple[Any, ...]:
        """Both sentences survive the way home from a process of a pool, which would break on an error without them."""
        return _again, (type(self), self.en, self.vi)


def _again(kind: type[MatphoError], en: str, vi: str) -> MatphoError:
    """An error as it was in the other process, whatever its kind asks of who raises it."""
    error = kind.__new__(kind)
    MatphoError.__init__(error, en, vi)
    return error


class BadInput(MatphoError):
    """What a person or a file gave us cannot be used; nothing was changed."""

    code = "bad_input"


class BadCameraFile(BadInput):
    """The camera description is malformed."""

    code = "bad_camera_file"


class BadAddress(BadInput):
    """A stream address that is not allowed."""

    code = "bad_address"


class BadVideo(BadInput):
    """A file or stream that cannot be decoded."""

    code = "bad_video"


class SourceLost(MatphoError):
    """A camera stopped giving packets."""

    code = "source_lost"


class SourceRefused(SourceLost):
    """The camera does not accept our user name or password."""

    code = "source_refused"


class SourceUnreachable(SourceLost):
    """No way leads to the camera now: nothing at its address answers, not even to refuse."""

    code = "source_unreachable"


class SourceStalled(SourceLost):
    """The camera is connected but sends nothing."""

    code = "source_stalled"


class StorageProblem(MatphoError):
    """Disk, database or evidence vault failed."""

    code = "storage"


class Corrupt(StorageProblem):
    """Bytes on disk are not what was written."""

    code = "corrupt"


class NotAllowed(MatphoError):
    """The person may not do this to this object."""

    code = "not_allowed"


class NotFound(MatphoError):
    """There is no such object."""

    code = "not_found"


class Conflict(MatphoError):
    """The object has moved on since it was read."""

    code = "conflict"


class ModelProblem(MatphoError):
    """A detector file is missing, altered or of the wrong shape."""

    code = "model"


class SetupProblem(MatphoError):
    """The machine lacks something the program needs."""

    code = "setup"
