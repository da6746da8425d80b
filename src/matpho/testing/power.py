"""A disk that loses power: what the steps of a traced system may leave behind at any moment.

Bytes that no fsync covered may be there wholly, in part, as zeros or not at all; names that no fsync of their folder
covered may be missing. That is the least POSIX promises; ``journalled`` is what ext4 and XFS do besides: an fsync
brings all earlier names to the disk too.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from matpho.testing.syscalls import Step

BLOCK = 4096
FATES = ("none", "prefix", "blocks", "zeros", "all")


@dataclass(slots=True)
class _File:
    """One inode: what is safe, and the writes since, each with the number of its step."""

    safe: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, int, bytes | None]] = field(default_factory=list)  # step, offset, data (None: truncate)
    size: int = 0

    def settle(self, before: int) -> None:
        """What was written before that step is safe now."""
        rest = []
        for one in self.waiting:
            if one[0] < before:
                _do(self.safe, one[1], one[2])
            else:
                rest.append(one)
        self.waiting = rest

    def left(self, fate: str, chance: random.Random) -> bytes:
        """The bytes that a power cut leaves."""
        kept = bytearray(self.safe)
        waiting = self.waiting
        if fate == "prefix" and waiting:
            number = chance.randrange(len(waiting) + 1)
            for _, offset, data in waiting[:number]:
                _do(kept, offset, data)
            if number < len(waiting) and (torn := waiting[number][2]):
                _do(kept, waiting[number][1], torn[: chance.randrange(len(torn) + 1)])
        elif fate in ("blocks", "zeros", "all"):
            whole = bytearray(self.safe)
            for _, offset, data in waiting:
                _do(whole, offset, data)
            if fate == "all":
                return bytes(whole)
            kept = kept[: len(whole)] + bytes(max(0, len(whole) - len(kept)))
            for at in range(0, len(whole), BLOCK):
                if fate == "blocks" and chance.random() < 0.5:
                    kept[at : at + BLOCK] = whole[at : at + BLOCK]
        return bytes(kept)


def _do(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    if offset > len(content):
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


_Node = _File | None  # None: a folder


@dataclass(slots=True)
class Disk:
    """Replays steps; :meth:`cut` writes what would be left now."""

    journalled: bool
    live: dict[str, _Node] = field(default_factory=dict)
    safe: dict[str, _Node] = field(default_factory=dict)
    names: list[tuple[int, tuple[tuple[str, _Node | bool], ...]]] = field(default_factory=list)
    done: int = 0

    def start(self, folder: Path) -> None:
        """Begin with what a folder holds, all of it safe."""
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            node: _Node = None
            if path.is_file():
                data = path.read_bytes()
                node = _File(bytearray(data), size=len(data))
            elif not path.is_dir():
                continue
            self.live[name] = self.safe[name] = node

    def step(self, step: Step) -> None:  # noqa: C901 - one case for each kind of step
        """Do one more step."""
        number = self.done
        self.done += 1
        file = self.live.get(step.path)
        match step.what:
            case "create":
                if step.path not in self.live:
                    self._name(number, (step.path, _File()))
                elif isinstance(file, _File) and step.offset == 0 and file.size:
                    self._truncate(number, file, 0)
            case "mkdir":
                self._name(number, (step.path, None))
            case "unlink":
                self._name(number, (step.path, False))
            case "rename":
                if step.path in self.live:
                    self._name(number, (step.path, False), (step.to, self.live[step.path]))
            case "link":
                if isinstance(file, _File):
                    self._name(number, (step.to, file))
            case "truncate" if isinstance(file, _File):
                self._truncate(number, file, step.offset)
            case "write" if isinstance(file, _File):
                offset = file.size if step.offset < 0 else step.offset
                file.waiting.append((number, offset, step.data))
                file.size = max(file.size, offset + len(step.data))
            case "sync":
                self._sync(step, file)

    def _truncate(self, number: int, file: _File, size: int) -> None:
        file.waiting.append((number, size, None))
        file.size = size

    def _name(self, number: int, *changes: tuple[str, "_Node | bool"]) -> None:
        """Names change together; folders move with what they hold."""
        self.names.append((number, changes))
        _rename(self.live, changes)

    def _sync(self, step: Step, file: _Node) -> None:
        if isinstance(file, _File):
            file.settle(step.before)
        rest = []
        for one in self.names:
            here = all(str(PurePosixPath(p).parent) == (step.path or ".") for p, _ in one[1])
            covered = one[0] < step.before and (self.journalled or (file is None and here))
            if covered:
                _rename(self.safe, one[1])
            else:
                rest.append(one)
        self.names = rest

    def cut(self, to: Path, chance: random.Random, fate: str = "") -> None:
        """Write what a power cut leaves, each file with a fate by chance or all with the one given."""
        left = dict(self.safe)
        kept = chance.randrange(len(self.names) + 1)
        for number, (_, changes) in enumerate(self.names):
            if fate == "all" or (fate != "none" and (number < kept if self.journalled else chance.random() < 0.5)):
                _rename(left, changes)
        to.mkdir(parents=True)
        for name in sorted(left):
            node, path = left[name], to / name
            if not path.parent.is_dir():
                continue  # its folder's name is lost, and it with it
            if isinstance(node, _File):
                path.write_bytes(node.left(fate or chance.choice(FATES), chance))
            else:
                path.mkdir(exist_ok=True)


def _rename(names: dict[str, _Node], changes: Sequence[tuple[str, "_Node | bool"]]) -> None:
    for path, node in changes:
        if isinstance(node, bool):
            names.pop(path, None)
        else:
            names[path] = node
