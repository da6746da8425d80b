"""Opening a connection that leads where it was aimed: FFmpeg follows an RTSP redirect to any host, and no option of it
forbids that.

It says that it is about to, in the thread that opens. So each connection is opened in a thread of its own, and a thread
that says this may connect no more: the kernel refuses (seccomp(2), Linux), nothing is sent to the other place, and the
thread ends. Elsewhere FFmpeg gets there, but the connection is closed before anything is taken from it.
"""

import contextlib
import ctypes
import logging
import os
import platform
import struct
import threading
from collections.abc import Iterator
from typing import Any

import av
import av.logging

from matpho.plugins.sources import troubles

_MACHINES = {"x86_64": (0xC000003E, 42), "aarch64": (0xC00000B7, 203)}  # audit architecture, number of connect(2)
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # prctl(2)
_LOAD, _IS, _ANSWER = 0x20, 0x15, 0x06  # a word, jump if equal, return: BPF
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES

_lock = threading.Lock()
_opening = 0


class _Opening(threading.Thread):
    """The thread that opens one connection, and ends with that."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(name="open-camera", daemon=True)
        self._call = args, options
        self.redirected = False
        self.found: Any = None
        self.failed: BaseException | None = None

    def run(self) -> None:
        args, options = self._call
        try:
            self.found = av.open(*args, **options)
        except BaseException as e:  # noqa: BLE001 - raised again in the thread that asked
            self.failed = e


class _Listening(logging.Filter):
    """Hears what FFmpeg says, in the thread in which it says it, and passes nothing on: it names addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never lets through."""
        thread = threading.current_thread()
        if isinstance(thread, _Opening) and "Redirecting to" in record.getMessage():
            thread.redirected = True
            _connect_no_more()
        return False


logging.getLogger("libav").setLevel(logging.CRITICAL + 1)
_words = logging.getLogger("libav.rtsp")
_words.setLevel(logging.INFO)
_words.addFilter(_Listening())


def open_straight(url: str, **options: Any) -> Any:
    """``av.open`` that goes to no other host. Raises BadAddress for a redirect, and what ``av.open`` raises."""
    thread = _Opening(url, **options)
    with _heard():
        thread.start()
        thread.join()
    if thread.redirected:
        if thread.found is not None:
            thread.found.close()
        raise troubles.elsewhere()
    if thread.failed is not None:
        raise thread.failed
    return thread.found


@contextlib.contextmanager
def _heard() -> Iterator[None]:
    """FFmpeg's words are listened to only while something is being opened: decoding has many, of no use."""
    global _opening  # noqa: PLW0603 - FFmpeg's level of speaking is one for the whole process
    with _lock:
        _opening += 1
        av.logging.set_skip_repeated(False)  # the second redirect to one place would go unheard
        av.logging.set_level(av.logging.INFO)
    try:
        yield
    finally:
        with _lock:
            _opening -= 1
            if not _opening:
                av.logging.set_level(None)


def _connect_no_more() -> bool:
    """Take this thread's right to connect for good; whether the kernel did."""
    known = _MACHINES.get(platform.machine())
    if known is None or os.uname().sysname != "Linux":
        return False
    machine, connect = known
    steps = [
        (_LOAD, 0, 0, 4),  # the architecture of the call
        (_IS, 0, 3, machine),
        (_LOAD, 0, 0, 0),  # its number
        (_IS, 0, 1, connect),
        (_ANSWER, 0, 0, _REFUSE),
        (_ANSWER, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = struct.pack("@HP", len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return not libc.prctl(_SECCOMP, _FILTER, ctypes.create_string_buffer(program), 0, 0)
