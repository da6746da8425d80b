"""Commissioning tests: what can be acted, what was found, who signed."""

from typing import Annotated, Any

from pydantic import Field

from matpho.domain.kinds import described
from matpho.domain.time import Instant, seconds
from matpho.domain.trial import Outcome, Scene, SceneResult, Signature, Trial, TrialState
from matpho.web.schemas.base import Form, SaidBody, Shape, Time
from matpho.web.schemas.base import said as say

Name = Annotated[str, Field(min_length=1, max_length=40)]
SceneName = Annotated[str, Field(min_length=1, max_length=140)]


class SceneChoice(Shape):
    """One thing that can be acted out before a camera. ``kind`` is null where nothing may be reported.

    ``undecided``: it needs a decision of the ward and none holds now, so acting it is refused.
    """

    id: str
    camera_id: str
    zone_id: str | None
    act: str
    says: SaidBody
    kind: SaidBody | None
    wait_s: float
    undecided: bool


class SceneBody(SceneChoice):
    """One scene of a test. ``delay_s`` is from the acting to the finding."""

    acted: Time | None
    acted_by: str | None
    outcome: Outcome
    found: Time | None
    found_kind: SaidBody | None
    delay_s: float | None
    incident_id: str | None


class SignatureBody(Shape):
    """Who signed, as what, when."""

    name: str
    role: str
    at: Time


class TestedCamera(Shape):
    """A camera as it was tested; ``changed``: its settings were changed during the test."""

    camera_id: str
    name: str
    settings_sha256: str
    zone_version: int | None
    changed: bool


class OtherBody(Shape):
    """Something that was reported and that nobody acted."""

    incident_id: str
    camera_id: str
    kind: SaidBody
    at: Time


class TrialBrief(Shape):
    """One line of the list. ``sha256`` is that of the sealed record, null until there is one."""

    id: str
    state: TrialState
    place: str
    started: Time
    until: Time
    ended: Time | None
    cameras: list[TestedCamera]
    counts: dict[Outcome, int]
    others: int
    first: SignatureBody | None
    second: SignatureBody | None
    sha256: str | None


class TrialBody(TrialBrief):
    """A test in full; while it runs, as it stands now. ``may_sign``: this person can sign second."""

    started_by: str | None
    note: str
    software: str
    detector: str
    detector_sha256: str
    scenes: list[SceneBody]
    reported: list[OtherBody]
    may_change: bool
    may_sign: bool


class NewTrial(Form):
    """A test to start."""

    cameras: Annotated[list[Name], Field(min_length=1, max_length=8)]
    scenes: Annotated[tuple[SceneName, ...], Field(max_length=60)] = ()
    place: Annotated[str, Field(max_length=200)] = ""


class MoreScene(Form):
    """One more scene."""

    scene: SceneName


class ActForm(Form):
    """When a scene was acted; ``now`` for this moment, both absent: it was not after all."""

    at: Time | None = None
    now: bool = False


class TrialNote(Form):
    """A remark, at the end or on giving up."""

    note: Annotated[str, Field(max_length=2000)] = ""


def choice(scene: Scene, *, undecided: bool) -> SceneChoice:
    """What can be acted, as the API gives it."""
    return SceneChoice(**_choice(scene, undecided=undecided))


def _choice(scene: Scene, *, undecided: bool) -> dict[str, Any]:
    return {
        "id": scene.id,
        "camera_id": scene.camera_id,
        "zone_id": scene.zone_id,
        "act": scene.act,
        "says": say(scene.says),
        "kind": say(described(scene.kinds[0]).name) if scene.kinds else None,
        "wait_s": scene.wait_s,
        "undecided": undecided,
    }


def scene_body(scene: Scene, result: SceneResult, names: dict[str, str], *, undecided: bool) -> SceneBody:
    """One scene with what became of it; ``names`` of people by id."""
    delay = None if result.found is None or scene.acted is None else round(seconds(result.found - scene.acted), 1)
    return SceneBody(
        **_choice(scene, undecided=undecided),
        acted=scene.acted,
        acted_by=names.get(scene.acted_by or ""),
        outcome=result.outcome,
        found=result.found,
        found_kind=say(described(result.kind).name) if result.kind else None,
        delay_s=delay,
        incident_id=result.incident_id,
    )


def _signature(one: Signature | None) -> SignatureBody | None:
    return None if one is None else SignatureBody(name=one.name, role=one.role, at=one.at)


def brief_fields(trial: Trial, results: tuple[SceneResult, ...], others: int) -> dict[str, Any]:
    """What list and page have in common."""
    end = {s.camera_id: s.sha256 for s in trial.settings_end}
    return {
        "id": trial.id,
        "state": trial.state,
        "place": trial.place,
        "started": trial.started,
        "until": Instant(trial.until),
        "ended": trial.ended,
        "cameras": [
            TestedCamera(
                camera_id=s.camera_id,
                name=s.name,
                settings_sha256=s.sha256,
                zone_version=s.zone_version,
                changed=end.get(s.camera_id, s.sha256) != s.sha256,
            )
            for s in trial.settings
        ],
        "counts": {outcome: sum(r.outcome is outcome for r in results) for outcome in Outcome},
        "others": others,
        "first": _signature(trial.first),
        "second": _signature(trial.second),
        "sha256": trial.sha256 or None,
    }
