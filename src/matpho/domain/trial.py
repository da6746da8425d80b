"""A commissioning test: after installation staff act out incidents, and what was found is kept, signed by two people.

While it runs, what its cameras report is marked as a test: it is shown on the test's page, and counts nowhere else.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType

from matpho.domain.ids import CameraId, IncidentId, PersonId, ZoneId
from matpho.domain.time import Instant, after
from matpho.domain.words import Said
from matpho.errors import BadInput, Conflict, NotFound

TrialId = NewType("TrialId", str)

LONGEST_S = 4 * 3600.0
"""A test that nobody ended is over after this: a camera must not stay without alarms because somebody forgot."""
MOST_SCENES = 60


class TrialState(StrEnum):
    """``ended`` waits for the second signature; ``signed`` is the acceptance record."""

    RUNNING = "running"
    ENDED = "ended"
    SIGNED = "signed"
    CANCELLED = "cancelled"


STATE_NAMES: dict[TrialState, Said] = {
    TrialState.RUNNING: Said("đang diễn ra", "running"),
    TrialState.ENDED: Said("đã kết thúc, chờ người thứ hai ký", "over, waiting for the second signature"),
    TrialState.SIGNED: Said("đã ký nghiệm thu", "signed"),
    TrialState.CANCELLED: Said("đã hủy", "cancelled"),
}


class Outcome(StrEnum):
    """What became of a scene."""

    NOT_ACTED = "not_acted"
    WAITING = "waiting"  # acted, and there is still time to find it
    FOUND = "found"
    MISSED = "missed"
    QUIET = "quiet"  # nothing was to be reported, and nothing was
    FALSE = "false"  # nothing was to be reported, and something was


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One thing to be acted out.

    ``act`` names it in the catalogue of acts, ``kinds`` are the kinds of incident that count as finding it (none:
    nothing may be reported). ``zone_id`` is None for what concerns the whole picture. ``wait_s`` is how long after
    ``acted`` it may be found.
    """

    id: str
    camera_id: CameraId
    zone_id: ZoneId | None
    act: str
    says: Said
    kinds: tuple[str, ...]
    wait_s: float
    acted: Instant | None = None
    acted_by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneResult:
    """What became of one scene; ``kind``, ``found`` and ``incident_id`` where something was reported."""

    scene_id: str
    outcome: Outcome
    kind: str = ""
    found: Instant | None = None
    incident_id: IncidentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signs, as what, when. The name stays as it was signed."""

    person_id: PersonId
    name: str
    role: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One camera as it was tested: name, hash of its settings (addresses left out), version of its zones."""

    camera_id: CameraId
    name: str
    sha256: str
    zone_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One commissioning test of one or several cameras.

    ``settings`` is how the cameras were set at the start, ``settings_end`` at the end. ``results`` and ``others``
    (reported, acted by nobody) are frozen at the end. ``software`` and the detector are those at the end. ``path``,
    ``sha256`` and ``size_bytes`` are the sealed record's, empty until it is made.
    """

    id: TrialId
    state: TrialState = TrialState.RUNNING
    started: Instant
    started_by: PersonId
    place: str = ""
    scenes: tuple[Scene, ...] = ()
    settings: tuple[Setting, ...]
    settings_end: tuple[Setting, ...] = ()
    ended: Instant | None = None
    results: tuple[SceneResult, ...] = ()
    others: tuple[IncidentId, ...] = ()
    note: str = ""
    software: str = ""
    detector: str = ""
    detector_sha256: str = ""
    first: Signature | None = None
    second: Signature | None = None
    path: str = ""
    sha256: str = ""
    size_bytes: int = 0

    @property
    def cameras(self) -> tuple[CameraId, ...]:
        """The cameras that are tested."""
        return tuple(s.camera_id for s in self.settings)

    @property
    def until(self) -> Instant:
        """When it is over at the latest."""
        return self.ended if self.ended is not None else after(self.started, LONGEST_S)

    def covers(self, camera_id: CameraId, at: Instant) -> bool:
        """Whether what this camera reported at that instant belongs to the test."""
        return camera_id in self.cameras and self.started <= at <= self.until

    def running_at(self, at: Instant) -> bool:
        """Whether it still runs."""
        return self.state is TrialState.RUNNING and at <= self.until

    @property
    def same_settings(self) -> bool:
        """Whether nobody changed a camera's settings while it was tested."""
        return {s.camera_id: s.sha256 for s in self.settings} == {s.camera_id: s.sha256 for s in self.settings_end}

    def scene(self, scene_id: str) -> Scene:
        """One scene; raises NotFound."""
        for scene in self.scenes:
            if scene.id == scene_id:
                return scene
        raise NotFound("there is no such scene", "không có tình huống này")

    def _require(self, state: TrialState) -> None:
        if self.state is not state:
            now = STATE_NAMES[self.state]
            raise Conflict(f"the test is {now.en} now", f"đợt chạy thử {now.vi}")

    def with_scene(self, scene: Scene) -> "Trial":
        """One more scene, or a changed one. Raises Conflict when it is over, BadInput when there are too many."""
        self._require(TrialState.RUNNING)
        others = [s for s in self.scenes if s.id != scene.id]
        if len(others) == len(self.scenes):
            if len(self.scenes) >= MOST_SCENES:
                raise BadInput(f"at most {MOST_SCENES} scenes", f"tối đa {MOST_SCENES} tình huống")
            return replace(self, scenes=(*self.scenes, scene))
        return replace(self, scenes=tuple(scene if s.id == scene.id else s for s in self.scenes))

    def acted(self, scene_id: str, at: Instant | None, who: PersonId, now: Instant) -> "Trial":
        """A scene was acted at an instant (None: it was not after all).

        Raises NotFound, Conflict when the test is over, BadInput for a time outside it.
        """
        scene = self.scene(scene_id)
        if at is not None and not self.started <= at <= min(now, self.until):
            raise BadInput("a time within the test, and not to come", "giờ diễn phải nằm trong đợt chạy thử và đã qua")
        return self.with_scene(replace(scene, acted=at, acted_by=who if at is not None else None))

    def over(
        self,
        *,
        at: Instant,
        by: Signature,
        results: tuple[SceneResult, ...],
        others: tuple[IncidentId, ...],
        settings: tuple[Setting, ...],
        note: str,
    ) -> "Trial":
        """The test with its results frozen and signed once. Raises Conflict when it does not run, BadInput when
        nothing was acted.
        """
        self._require(TrialState.RUNNING)
        if not any(s.acted is not None for s in self.scenes):
            raise BadInput("nothing has been acted yet", "chưa diễn tình huống nào")
        return replace(
            self,
            state=TrialState.ENDED,
            ended=min(at, self.until),
            first=by,
            results=results,
            others=others,
            settings_end=settings,
            note=note,
        )

    def countersigned(self, by: Signature) -> "Trial":
        """The acceptance record. Raises Conflict when it is not its turn or the same person signs twice."""
        self._require(TrialState.ENDED)
        if self.first is None or by.person_id == self.first.person_id:
            raise Conflict("the second signature needs a second person", "chữ ký thứ hai phải là của một người khác")
        return replace(self, state=TrialState.SIGNED, second=by)

    def cancelled(self, at: Instant, note: str) -> "Trial":
        """A test given up before it is signed; it stays listed. Raises Conflict when it is signed or cancelled."""
        if self.state not in (TrialState.RUNNING, TrialState.ENDED):
            self._require(TrialState.RUNNING)
        return replace(
            self, state=TrialState.CANCELLED, ended=self.ended or min(at, self.until), note=note or self.note
        )
