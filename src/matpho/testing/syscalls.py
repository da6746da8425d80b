"""What a traced system did to its files: the log of ``strace -f -ttt -y -xx`` as a list of steps, in order.

With ``-xx`` every string is hexadecimal, so a line needs no unquoting; with ``-y`` a descriptor tells its path.
A step counts when its call returned; what an fsync covers is what had returned before the fsync began.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CALLS = (
    "openat,creat,write,pwrite64,writev,pwritev,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,"
    "link,linkat,ftruncate,mkdir,mkdirat,rmdir,lseek,clone,clone3,fork,vfork"
)
STRACE = ("strace", "-f", "--seccomp-bpf", "-ttt", "-y", "-xx", "-s", "67108864", "-e", f"trace={CALLS}")

_LINE = re.compile(r"(\d+) +(\d+\.\d+) (.*)\n?")
_RESULT = re.compile(r"(\w+)\((.*)\) += (-?\d+)(?:<((?:\\x..)*)[^>]*>)?.*", re.DOTALL)
_FD = re.compile(r"(\d+)<((?:\\x..)*)[^>]*>")
_TEXT = re.compile(r'"((?:\\x..)*)"')
_BASE = re.compile(r'iov_base="((?:\\x..)*)"')


_NAMING = {"rename": "rename", "unlink": "unlink", "mkdir": "mkdir", "rmdir": "unlink", "link": "link"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: ``what`` is create, write, truncate, sync, rename, link, unlink, mkdir; ``at`` in s UTC.

    ``before`` is, for a sync, how many steps had been done when it began.
    """

    what: str
    at: float
    path: str = ""
    to: str = ""
    offset: int = 0
    data: bytes = b""
    before: int = 0


@dataclass(slots=True)
class _Open:
    """An open file description."""

    path: str
    append: bool
    offset: int = 0


@dataclass(slots=True)
class _Tables:
    """Descriptors by process; threads share their process's."""

    group: dict[int, int] = field(default_factory=dict)
    files: dict[tuple[int, int], _Open] = field(default_factory=dict)

    def get(self, thread: int, fd: int, path: str) -> _Open:
        key = (self.group.get(thread, thread), fd)
        found = self.files.get(key)
        if found is None:
            found = self.files[key] = _Open(path, append=False)
        return found


def read_steps(log: Path, below: Path) -> list[Step]:
    """The steps on files below a folder; paths are relative to it."""
    tables = _Tables()
    for thread, _, text in _calls(log):
        if text.startswith("clone") and "CLONE_THREAD" in text and (match := _RESULT.fullmatch(text)):
            tables.group[int(match[3])] = thread
    for child in list(tables.group):
        parent = tables.group[child]
        while parent in tables.group:
            parent = tables.group[parent]
        tables.group[child] = parent
    steps: list[Step] = []
    began: dict[int, int] = {}
    root = f"{below}/"
    for thread, at, text in _calls(log, began, steps):
        match = _RESULT.fullmatch(text)
        if match is None or int(match[3]) < 0:
            continue
        step = _step(tables, thread, at, match, root, began.get(thread, len(steps)))
        if step is not None:
            steps.append(step)
    return steps


def _calls(
    log: Path, began: dict[int, int] | None = None, steps: list[Step] | None = None
) -> Iterator[tuple[int, float, str]]:
    """Whole calls in the order of their return; ``began`` is told how many steps there were when each began."""
    unfinished: dict[int, str] = {}
    with log.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            match = _LINE.fullmatch(line)
            if match is None:
                continue
            thread, at, text = int(match[1]), float(match[2]), match[3]
            if text.endswith("<unfinished ...>"):
                unfinished[thread] = text[: -len("<unfinished ...>")].rstrip()
                if began is not None and steps is not None:
                    began[thread] = len(steps)
                continue
            if text.startswith("<... "):
                text = unfinished.pop(thread, "") + text.partition(" resumed>")[2]
            elif began is not None and steps is not None:
                began[thread] = len(steps)
            yield thread, at, text


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _path(text: str) -> str:
    return _plain(text).decode("utf-8", "surrogateescape")


def _below(path: str, root: str) -> str | None:
    if path + "/" == root:
        return ""
    return path[len(root) :] if path.startswith(root) else None


def _step(  # noqa: PLR0911 - one return for each kind of call
    tables: _Tables, thread: int, at: float, match: re.Match[str], root: str, before: int
) -> Step | None:
    call, arguments, result = match[1], match[2], int(match[3])
    if call in ("openat", "creat"):
        return _opened(tables, thread, at, match, root)
    if call.startswith(tuple(_NAMING)):
        names = [_below(_path(t), root) for t in _TEXT.findall(arguments)]
        if not names or any(n is None for n in names):
            return None
        kind = next(v for k, v in _NAMING.items() if call.startswith(k))
        return Step(kind, at, str(names[0]), to=str(names[1]) if len(names) > 1 else "")
    if (found := _FD.match(arguments)) is None:
        return None
    path = _below(_path(found[2]), root)
    if path is None:
        return None
    if call in ("fsync", "fdatasync"):
        return Step("sync", at, path, before=before)
    if call == "ftruncate":
        return Step("truncate", at, path, offset=int(arguments.rpartition(",")[2]))
    file = tables.get(thread, int(found[1]), path)
    if call == "lseek":
        file.offset = result
        return None
    data = b"".join(_plain(t) for t in (_BASE if "v" in call[-2:] else _TEXT).findall(arguments))[:result]
    if call.startswith("pwrite"):
        return Step("write", at, path, offset=int(arguments.rpartition(",")[2]), data=data)
    offset = -1 if file.append else file.offset
    file.offset += result
    return Step("write", at, path, offset=offset, data=data)


def _opened(tables: _Tables, thread: int, at: float, match: re.Match[str], root: str) -> Step | None:
    path = _below(_path(match[4] or ""), root)
    if path is None:
        return None
    flags = match[2]
    tables.files[tables.group.get(thread, thread), int(match[3])] = _Open(path, "O_APPEND" in flags)
    if "O_CREAT" in flags:
        return Step("create", at, path, offset=0 if "O_TRUNC" in flags else -1)
    return Step("truncate", at, path) if "O_TRUNC" in flags else None
