"""Read models of commissioning tests: as they stand now while they run, as they were signed afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matpho.casework.ports import Store, Unit
from matpho.casework.trial_acts import scenes_for, undecided
from matpho.casework.trial_results import results_of
from matpho.casework.trials import told_of, trial_of
from matpho.casework.ward_decisions import with_permits
from matpho.domain.ids import CameraId
from matpho.domain.incident import Incident
from matpho.domain.people import Action, Actor, Part, require
from matpho.domain.time import Instant
from matpho.domain.trial import Scene, SceneResult, Trial, TrialId
from matpho.errors import NotFound

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialView:
    """A test, one result for each scene, what nobody acted, and the names of people by id.

    ``undecided`` are the scenes, not acted yet, that nothing can come of: no decision of the ward holds now.
    """

    trial: Trial
    results: tuple[SceneResult, ...]
    others: tuple[Incident, ...]
    names: dict[str, str]
    undecided: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleScene:
    """Something that can be acted; ``undecided``: no decision of the ward holds that lets it be found."""

    scene: Scene
    undecided: bool


def _view(unit: Unit, trial: Trial, now: Instant, names: dict[str, str]) -> TrialView:
    told = told_of(unit, trial.id)
    if trial.results:
        results, other_ids = trial.results, trial.others
    else:
        results, other_ids = results_of(trial, told, min(now, trial.until))
    left = set(other_ids)
    others = tuple(k.incident for k in told if k.incident.id in left)
    return TrialView(trial=trial, results=results, others=others, names=names)


def trials(store: Store, actor: Actor, now: Instant) -> tuple[TrialView, ...]:
    """The newest first."""
    require(actor, Action.SEE, Part.TRIALS)
    with store.read() as unit:
        return tuple(_view(unit, trial, now, {}) for trial in unit.trials.newest(MOST_SHOWN))


def trial_view(store: Store, trial_id: TrialId, actor: Actor, now: Instant) -> TrialView:
    """One in full; raises NotFound."""
    with store.read() as unit:
        trial = trial_of(unit, trial_id)
        require(actor, Action.SEE, trial)
        names: dict[str, str] = {p.id: p.name for p in unit.people.all()}
        return replace(_view(unit, trial, now, names), undecided=_undecided(unit, trial, now))


def _undecided(unit: Unit, trial: Trial, now: Instant) -> frozenset[str]:
    if not trial.running_at(now):
        return frozenset()
    known = [camera for c in trial.cameras if (camera := unit.cameras.get(c)) is not None]
    cameras = {camera.id: camera for camera in with_permits(unit, known, now)}
    return frozenset(
        s.id
        for s in trial.scenes
        if s.acted is None and s.camera_id in cameras and undecided(s, cameras[s.camera_id], now)
    )


def possible_scenes(store: Store, cameras: Sequence[CameraId], actor: Actor, now: Instant) -> tuple[PossibleScene, ...]:
    """What can be acted before some cameras; raises NotFound."""
    require(actor, Action.SEE, Part.TRIALS)
    found: list[PossibleScene] = []
    with store.read() as unit:
        for camera_id in cameras:
            camera = unit.cameras.get(camera_id)
            if camera is None:
                raise NotFound(f"there is no camera {camera_id}", f"không có camera {camera_id}")
            (known,) = with_permits(unit, [camera], now)
            found += [PossibleScene(scene=s, undecided=undecided(s, known, now)) for s in scenes_for(camera)]
    return tuple(found)
