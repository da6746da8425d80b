"""What became of each scene of a commissioning test: incidents held against what was acted. Pure."""

from collections.abc import Sequence

from matpho.casework.merge import Known
from matpho.domain.hit import RuleHit
from matpho.domain.ids import IncidentId
from matpho.domain.time import Instant, after
from matpho.domain.trial import Outcome, Scene, SceneResult, Trial

EARLY_S = 15.0
"""A finding may come this long before somebody pressed the button: whoever acts is not who presses."""


def results_of(
    trial: Trial, told: Sequence[Known], now: Instant
) -> tuple[tuple[SceneResult, ...], tuple[IncidentId, ...]]:
    """One result for each scene in their order, and the incidents that nobody acted.

    ``told`` are the test's incidents. Scenes that are to be found take one each, in the order they were acted, that of
    the wanted kind before one that says the same by another name, the earliest first. What is left of an incident's
    place and time beside a scene in which all was to be quiet is a false one.
    """
    taken: set[IncidentId] = set()
    found: dict[str, SceneResult] = {}
    for scene in sorted(trial.scenes, key=lambda s: (not s.kinds, s.acted or 0, s.id)):
        found[scene.id] = _result(scene, [k for k in told if k.incident.id not in taken], now)
        incident_id = found[scene.id].incident_id
        if incident_id is not None:
            taken.add(incident_id)
    others = tuple(k.incident.id for k in told if k.incident.id not in taken)
    return tuple(found[s.id] for s in trial.scenes), others


def _result(scene: Scene, told: Sequence[Known], now: Instant) -> SceneResult:
    if scene.acted is None:
        return SceneResult(scene_id=scene.id, outcome=Outcome.NOT_ACTED)
    fitting = [(k, h) for k in told for h in k.hits if _fits(scene, k, h)]
    if fitting:
        known, hit = min(fitting, key=lambda one: (one[1].kind != scene.act, one[0].incident.at, one[0].incident.id))
        return SceneResult(
            scene_id=scene.id,
            outcome=Outcome.FOUND if scene.kinds else Outcome.FALSE,
            kind=hit.kind,
            found=known.incident.at,
            incident_id=known.incident.id,
        )
    if now <= after(scene.acted, scene.wait_s):
        return SceneResult(scene_id=scene.id, outcome=Outcome.WAITING)
    return SceneResult(scene_id=scene.id, outcome=Outcome.MISSED if scene.kinds else Outcome.QUIET)


def _fits(scene: Scene, known: Known, hit: RuleHit) -> bool:
    """Whether an incident, by one of its hits, is what was acted. A hit's own time is that of its newest telling."""
    if scene.acted is None or hit.camera_id != scene.camera_id:
        return False
    if (scene.kinds and hit.kind not in scene.kinds) or (scene.zone_id is not None and hit.zone_id != scene.zone_id):
        return False
    return after(scene.acted, -EARLY_S) <= known.incident.at <= after(scene.acted, scene.wait_s)
