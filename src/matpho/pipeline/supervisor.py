"""The supervisor: starts the processes, starts them again, and can itself be killed.

Workers outlive a dead supervisor, because recording must. Each worker therefore watches the supervisor's lock
(:class:`matpho.pipeline.guardian.Guardian`): whoever can take it knows that the supervisor is gone and starts a new
one, which *adopts* the running workers by pid file and process start time. A process that stops touching its beat file
is killed and started again.
"""

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from matpho.domain.time import Clock
from matpho.pipeline.log_files import bound

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 4.0
CALM_S = 30.0  # a process that lived this long starts again without a pause
SILENT_S = 30.0  # a process that has not touched its beat file for so long hangs
STOP_S = 8.0
LOOK_AT_LOGS_S = 30.0
LOOK_S = 1.0  # between two looks at the beats; the end of a process and the word to stop are seen at once


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A worker: its name, the command that runs it, and the file that takes what it prints (None: our own)."""

    name: str
    command: tuple[str, ...]
    log: Path | None = None


@dataclass(frozen=True, slots=True)
class ProcessNow:
    """How a worker is, as `matpho` shows it. Times in nanoseconds UTC."""

    name: str
    pid: int
    state: str  # running | waiting | stopped
    since: int
    restarts: int


def start_ticks(pid: int) -> int | None:
    """When the process started, in clock ticks since boot: with the pid it names one process for ever."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def _kept(file: Path, what: object) -> bool:
    """Write a file of the run folder, whole or not at all; whether the disk took it.

    A supervisor that died of a full disk would come back for ever, each time with workers that the next cannot find.
    """
    new = file.with_suffix(".new")
    try:
        new.write_text(json.dumps(what))
        new.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink()
        return False
    return True


@contextlib.contextmanager
def _appending(path: Path | None) -> Iterator[IO[bytes] | None]:
    """The log file, begun anew when it has grown large; the one before is kept beside it."""
    if path is None:
        yield None
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    bound(path)
    with path.open("ab") as file:
        yield file


def _last_words(path: Path | None, begin: int) -> tuple[str, ...]:
    """What a process that did not live long said last, from byte ``begin`` of its log on.

    One that ends on purpose says "Lỗi: …" and "Error: …" last: these two lines; of any other the last line.
    """
    try:
        data = path.read_bytes()[begin:][-4000:] if path else b""
    except OSError:
        data = b""
    lines = data.decode("utf-8", "replace").strip().splitlines()
    said = next((n for n in range(len(lines) - 1, -1, -1) if lines[n].startswith("Lỗi: ")), len(lines) - 1)
    return tuple(lines[max(0, said) :])


@dataclass(frozen=True, slots=True)
class Failure:
    """A worker that cannot work as things are: its exit code and its last words, a line each."""

    name: str
    code: int
    words: tuple[str, ...]


class _Child:
    """One process, ours or adopted."""

    def __init__(self, spec: ProcessSpec, run: Path, environment: Mapping[str, str] | None) -> None:
        self.spec = spec
        self.run = run
        self.environment = environment
        self.pid = 0
        self.fd = -1
        self.restarts = 0
        self.started_s = 0.0
        self.beat_ns = 0  # the beat last seen, and when it was seen first
        self.beat_s = 0.0
        self.pause_s = 0.0
        self.due_s = 0.0
        self.log_begin = 0
        self.noted = True  # whether the next supervisor can find it
        self.own: subprocess.Popen[bytes] | None = None

    @property
    def file(self) -> Path:
        return self.run / f"{self.spec.name}.pid"

    @property
    def beat(self) -> Path:
        return self.run / f"{self.spec.name}.beat"

    def adopt(self) -> bool:
        """Take over a process that an earlier supervisor left running."""
        try:
            told = json.loads(self.file.read_text())
            pid = int(told["pid"])
            if start_ticks(pid) != told["start"]:
                return False
            self.fd = os.pidfd_open(pid)
        except (OSError, ValueError, KeyError, TypeError):
            return False
        self.pid = pid
        return True

    def start(self, now_s: float) -> None:
        with contextlib.suppress(OSError):
            self.beat.touch()
        with _appending(self.spec.log) as log:
            self.log_begin = log.tell() if log else 0
            self.own = subprocess.Popen(  # noqa: S603 - a fixed command of ours, never a user's string
                self.spec.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=self.environment,
            )
        self.pid, self.started_s = self.own.pid, now_s
        self.fd = os.pidfd_open(self.pid)
        self.note()

    def note(self) -> None:
        """Write down who it is; a full disk may refuse that, and is asked again."""
        self.noted = _kept(self.file, {"pid": self.pid, "start": start_ticks(self.pid)})

    def signal(self, number: int) -> None:
        if self.fd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.fd, number)

    def ended(self) -> bool:
        """Whether the process is gone (its pidfd reads)."""
        if self.fd < 0:
            return True
        return bool(select.select([self.fd], [], [], 0)[0])

    def forget(self) -> int | None:
        """Close the books on a process that is gone; its exit code where it was our own child."""
        code = self.own.wait() if self.own else None
        self.own = None
        if self.fd >= 0:
            os.close(self.fd)
        self.fd, self.pid = -1, 0
        self.file.unlink(missing_ok=True)
        return code


class Supervisor:
    """Keeps a set of processes running until it is told to stop.

    ``told`` is called with one plain sentence for the log whenever something happened, ``alive`` with the monotonic
    time in every round. A worker whose first start ends with one of the exit codes ``hopeless`` would end so again:
    everything is stopped and :attr:`failure` says why.
    """

    def __init__(
        self,
        specs: Sequence[ProcessSpec],
        run: Path,
        clock: Clock,
        told: Callable[[str], None],
        environment: Mapping[str, str] | None = None,
        hopeless: frozenset[int] = frozenset(),
        alive: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.failure: Failure | None = None
        self._hopeless = hopeless
        self._run = run
        self._clock = clock
        self._told = told
        self._alive = alive
        self._logs_due_s = 0.0
        self._children = [_Child(spec, run, environment) for spec in specs]
        self._stop = threading.Event()
        self._woken, self._wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._since = {spec.name: clock.now() for spec in specs}

    def stop(self) -> None:
        """Ask :meth:`run` to end the processes and return; safe in a signal handler."""
        self._stop.set()
        with contextlib.suppress(BlockingIOError):  # a pipe that is full wakes too
            os.write(self._wake, b"!")

    def run(self) -> bool:
        """Supervise until stopped. Returns False at once when another supervisor holds the lock."""
        self._run.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._run / "supervisor.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            stopping = self._run / "stopping"
            stopping.unlink(missing_ok=True)
            _kept(self._run / "supervisor.pid", {"pid": os.getpid()})
            for child in self._children:
                if child.adopt():
                    child.started_s = self._clock.monotonic_s()
                    self._told(f"adopted {child.spec.name} (pid {child.pid})")
            while not self._stop.is_set():
                self._round()
                self._sleep()
            with contextlib.suppress(OSError):
                stopping.touch()
            self._end_all()
            (self._run / "supervisor.pid").unlink(missing_ok=True)
        return True

    def _sleep(self) -> None:
        """Until something happens: a process ends, one is due to start again, or :data:`LOOK_S` have passed."""
        now = self._clock.monotonic_s()
        due = min((max(0.0, c.due_s - now) for c in self._children if c.fd < 0), default=LOOK_S)
        watched = [self._woken, *(c.fd for c in self._children if c.fd >= 0)]
        if not self._stop.is_set():
            select.select(watched, [], [], min(due, LOOK_S))

    def _round(self) -> None:
        now = self._clock.monotonic_s()
        self._alive(now)
        self._bound_logs(now)
        changed = False
        for child in self._children:
            if child.fd >= 0 and child.ended():
                changed = True
                self._bury(child, now)
            elif child.fd >= 0 and self._silent(child):
                self._told(f"{child.spec.name} (pid {child.pid}) hangs: killed")
                child.signal(signal.SIGKILL)
            elif child.fd >= 0 and not child.noted:
                child.note()
            if child.fd < 0 and now >= child.due_s and not self._stop.is_set():
                changed = True
                self._start(child, now)
        if changed or not (self._run / "processes.json").exists():
            self._write_state()

    def _start(self, child: _Child, now: float) -> None:
        """Start a worker. A machine that refuses (no room, no memory) is asked again: who supervises must not die."""
        try:
            child.start(now)
        except OSError as e:
            child.pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * child.pause_s))
            child.due_s = now + child.pause_s
            self._told(f"{child.spec.name} cannot be started: {e.strerror}; again in {child.pause_s:.1f} s")
        else:
            self._since[child.spec.name] = self._clock.now()
            self._told(f"started {child.spec.name} (pid {child.pid})")

    def _bound_logs(self, now: float) -> None:
        if now >= self._logs_due_s:
            self._logs_due_s = now + LOOK_AT_LOGS_S
            for child in self._children:
                if child.spec.log is not None and bound(child.spec.log):
                    child.log_begin = 0

    def _bury(self, child: _Child, now: float) -> None:
        lived = now - child.started_s
        child.pause_s = 0.0 if lived > CALM_S else min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * child.pause_s))
        child.due_s = now + child.pause_s
        pid, first = child.pid, child.restarts == 0
        child.restarts += 1
        code = child.forget()
        own_doing = code is not None and code > 0  # who is killed says nothing of it
        words = _last_words(child.spec.log, child.log_begin) if own_doing and lived < CALM_S else ()
        said = f": {' / '.join(words)}" if words else ""
        self._since[child.spec.name] = self._clock.now()
        if code is not None and first and lived < CALM_S and code in self._hopeless:
            self._told(f"{child.spec.name} (pid {pid}) cannot work (exit code {code}){said}")
            self.failure = Failure(child.spec.name, code, words)
            self.stop()
            return
        self._told(f"{child.spec.name} (pid {pid}) ended after {lived:.1f} s; again in {child.pause_s:.1f} s{said}")

    def _silent(self, child: _Child) -> bool:
        """Whether the beat has stood still for too long; by our own count, because the machine's clock may be set."""
        now_s = self._clock.monotonic_s()
        try:
            beat_ns = child.beat.stat().st_mtime_ns
        except FileNotFoundError:
            return False
        if beat_ns != child.beat_ns:
            child.beat_ns, child.beat_s = beat_ns, now_s
        return now_s - max(child.beat_s, child.started_s) > SILENT_S

    def _write_state(self) -> None:
        rows = [
            asdict(
                ProcessNow(
                    c.spec.name, c.pid, "running" if c.fd >= 0 else "waiting", self._since[c.spec.name], c.restarts
                )
            )
            for c in self._children
        ]
        rows.append(asdict(ProcessNow("supervisor", os.getpid(), "running", self._clock.now(), 0)))
        _kept(self._run / "processes.json", rows)

    def _end_all(self) -> None:
        for child in self._children:
            child.signal(signal.SIGTERM)
        end = self._clock.monotonic_s() + STOP_S
        for child in self._children:
            if child.fd < 0:
                continue
            left = max(0.0, end - self._clock.monotonic_s())
            if not select.select([child.fd], [], [], left)[0]:
                self._told(f"{child.spec.name} did not end in {STOP_S:.0f} s: killed")
                child.signal(signal.SIGKILL)
                select.select([child.fd], [], [], 2.0)
            child.forget()
        (self._run / "processes.json").unlink(missing_ok=True)


def read_processes(run: Path) -> tuple[ProcessNow, ...]:
    """How the processes are, as the supervisor last wrote it."""
    try:
        return tuple(ProcessNow(**row) for row in json.loads((run / "processes.json").read_text()))
    except (OSError, ValueError, TypeError):
        return ()
