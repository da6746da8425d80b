"""What casework needs of others: a store, a vault, makers of clips and stills, journals, somebody who listens."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from matpho.casework.decision_records import Decisions
from matpho.casework.feedback.records import Proposals
from matpho.casework.footage_records import Exports, Timelines
from matpho.casework.health.records import HealthRows
from matpho.casework.keeping import Keeping
from matpho.casework.outgoing.records import OutboxRows
from matpho.casework.records import (
    Audit,
    Cameras,
    EvidenceRows,
    Hits,
    Incidents,
    Notes,
    People,
    Recordings,
    Trials,
)
from matpho.casework.register_records import Register
from matpho.domain.camera import Camera
from matpho.domain.events import Event
from matpho.domain.geometry import Box
from matpho.domain.messages import Fact
from matpho.domain.time import Instant, Span
from matpho.domain.words import Said


class Unit(Protocol):
    """One transaction: everything in it is stored together or not at all."""

    @property
    def incidents(self) -> Incidents:
        """Incidents and their history."""
        ...

    @property
    def hits(self) -> Hits:
        """What rules said."""
        ...

    @property
    def evidence(self) -> EvidenceRows:
        """Evidence by id."""
        ...

    @property
    def cameras(self) -> Cameras:
        """Cameras and their zones."""
        ...

    @property
    def keeping(self) -> Keeping:
        """Holds, removals, and what is old enough to go."""
        ...

    @property
    def register(self) -> Register:
        """What is known of each camera as a device."""
        ...

    @property
    def decisions(self) -> Decisions:
        """What the ward has decided about advisory kinds."""
        ...

    @property
    def recordings(self) -> Recordings:
        """Segments, gaps and tracks."""
        ...

    @property
    def timelines(self) -> Timelines:
        """Recordings as a whole."""
        ...

    @property
    def trials(self) -> Trials:
        """Commissioning tests by id."""
        ...

    @property
    def proposals(self) -> Proposals:
        """Proposals for zones by id."""
        ...

    @property
    def exports(self) -> Exports:
        """Exports by id."""
        ...

    @property
    def people(self) -> People:
        """Accounts and sessions."""
        ...

    @property
    def audit(self) -> Audit:
        """The append-only trail."""
        ...

    @property
    def notes(self) -> Notes:
        """Settings of the installation and journal offsets."""
        ...

    @property
    def health(self) -> HealthRows:
        """Problems and camera-days."""
        ...

    @property
    def outbox(self) -> OutboxRows:
        """Letters to other systems."""
        ...


class Store(Protocol):
    """Keeps everything. ``matpho.testing.contracts.store`` says what every implementation keeps.

    Any call may raise StorageProblem.
    """

    def write(self) -> AbstractContextManager[Unit]:
        """A transaction that is durable when the block ends, and undone when it raises. One at a time."""
        ...

    def read(self) -> AbstractContextManager[Unit]:
        """A consistent view that never waits for a writer; writing through it is an error."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFile:
    """One recording file to take pictures from. ``end`` is None while it grows."""

    path: Path
    start: Instant
    end: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What a clip holds. ``in_s`` and ``out_s`` bound the wanted span inside it, seconds from its first frame.

    ``used`` are the files it was copied from; ``note`` says what had to be left out.
    """

    span: Span
    in_s: float
    out_s: float
    used: tuple[Path, ...]
    note: Said | None = None


class ClipMaker(Protocol):
    """Copies whole groups of pictures, never re-encoding."""

    def cut(self, files: Sequence[RecordedFile], span: Span, out: Path) -> Cut:
        """Write the part of the recording that holds ``span`` (or as much of it as there is) to ``out``, an MP4.

        Raises NotFound when the files hold nothing of it, BadVideo or StorageProblem when they cannot be read.
        """
        ...


class StillMaker(Protocol):
    """Takes one picture out of a recording, at the size of the recording."""

    def take(self, files: Sequence[RecordedFile], at: Instant, out: Path) -> Instant:
        """Write the picture shown at ``at`` to ``out``, a JPEG; the instant of the picture.

        Raises NotFound when the files hold no picture within a second, BadVideo or StorageProblem when they cannot
        be read.
        """
        ...

    def choose(self, files: Sequence[RecordedFile], span: Span, place: Box | None, out: Path) -> Instant:
        """Write the picture within ``span`` on which ``place`` is sharpest with nobody before it; its instant.

        Raises as :meth:`take`; NotFound when no picture within the span can be chosen.
        """
        ...


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file in the vault: its name there, its SHA-256 (hex), its size."""

    name: str
    sha256: str
    size_bytes: int


class EvidenceVault(Protocol):
    """Keeps sealed files. What is read hashes to what was sealed, or Corrupt is raised."""

    def scratch(self, name: str) -> Path:
        """A place to write a file before it is sealed; what was there is gone."""
        ...

    def seal(self, folder: str, name: str, source: Path) -> Sealed:
        """Move a finished file in, durably; never over another one (its name gets a number then)."""
        ...

    def file(self, name: str) -> Path:
        """Where a sealed file can be read; raises NotFound, also for a name that leads out of the vault."""
        ...

    def verify(self, sealed: Sealed) -> None:
        """Read the whole file; raises NotFound when it is gone and Corrupt when a byte or its size changed."""
        ...

    def names(self) -> Iterator[str]:
        """All sealed files."""
        ...


class Inbox(Protocol):
    """The journals that recorder and vision write."""

    def journals(self) -> Iterable[str]:
        """The names of all journals."""
        ...

    def read(self, journal: str, offset: int) -> Iterator[tuple[Fact, int]]:
        """Facts from a byte offset on, each with the offset after it; ends at the last complete line."""
        ...


class CameraList(Protocol):
    """Tells the workers which cameras there are."""

    def write(self, cameras: Sequence[Camera]) -> None:
        """Replace the list; raises StorageProblem."""
        ...


class Listener(Protocol):
    """Somebody in this process who wants to know what happened."""

    def __call__(self, event: Event) -> None:
        """Must return at once."""
        ...
