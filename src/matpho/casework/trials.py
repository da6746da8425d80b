"""Commissioning tests: started, acted, ended, signed by two; their incidents kept apart from real ones."""

import hashlib
import json
from dataclasses import replace

from matpho.casework.incidents import changed, checked_note, opened
from matpho.casework.merge import Known
from matpho.casework.ports import Unit
from matpho.casework.trial_acts import chosen, undecided
from matpho.casework.trial_commands import (
    ActScene,
    AddScene,
    CancelTrial,
    EndTrial,
    KeepTrialRecord,
    SignTrial,
    StartTrial,
    TakeFromTrial,
)
from matpho.casework.trial_results import results_of
from matpho.casework.ward_decisions import with_permits
from matpho.casework.work import Work, name_of
from matpho.domain.camera import Camera
from matpho.domain.camera_file import camera_table
from matpho.domain.events import TrialChanged
from matpho.domain.ids import CameraId
from matpho.domain.incident import HistoryEntry, Incident, Move, RejectReason
from matpho.domain.people import Action, Part, require
from matpho.domain.time import Instant
from matpho.domain.trial import Outcome, Scene, Setting, Signature, Trial, TrialId, TrialState
from matpho.errors import BadInput, Conflict, NotFound

MOST_CAMERAS = 8
LONGEST_PLACE = 200


def trial_of(unit: Unit, trial_id: TrialId) -> Trial:
    """A test; raises NotFound."""
    trial = unit.trials.get(trial_id)
    if trial is None:
        raise NotFound("there is no such test", "không có đợt chạy thử này")
    return trial


def told_of(unit: Unit, trial_id: TrialId) -> tuple[Known, ...]:
    """The incidents of a test with their hits, the first noticed first."""
    found = unit.incidents.of_trial(trial_id)
    hits = unit.hits.of([i.id for i in found])
    return tuple(Known(i, hits.get(i.id, ())) for i in found)


def trial_at(unit: Unit, camera_id: CameraId, at: Instant) -> TrialId | None:
    """The test to which what a camera reports at an instant belongs."""
    for trial in unit.trials.around(at):
        if trial.covers(camera_id, at):
            return trial.id
    return None


def fingerprint(camera: Camera) -> str:
    """SHA-256 of everything a person set on a camera, addresses left out: equal settings, equal fingerprint."""
    table = camera_table(replace(camera, main=None, sub=None))
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _setting(work: Work, camera: Camera) -> Setting:
    version = work.unit.cameras.zone_version(camera.id, work.at)
    return Setting(camera_id=camera.id, name=camera.name, sha256=fingerprint(camera), zone_version=version)


def _changed(work: Work, trial: Trial) -> None:
    work.unit.trials.put(trial)
    work.tell(TrialChanged(trial.id, trial.state.value))


def _loaded(work: Work, trial_id: TrialId, action: Action) -> Trial:
    trial = trial_of(work.unit, trial_id)
    require(work.actor, action, trial)
    return trial


def _signature(work: Work) -> Signature:
    assert work.actor.id is not None  # only people sign: ``require`` has refused the program
    assert work.actor.role is not None
    person = work.unit.people.get(work.actor.id)
    name = person.name if person else work.actor.id
    return Signature(person_id=work.actor.id, name=name, role=work.actor.role.value, at=work.at)


def start(work: Work, command: StartTrial) -> None:
    """Start a test.

    Raises NotAllowed, NotFound, BadInput, or Conflict when a camera is being tested already or a scene lacks the
    decision of the ward that it needs.
    """
    require(work.actor, Action.ADD, Part.TRIALS)
    if not 0 < len(set(command.cameras)) <= MOST_CAMERAS:
        raise BadInput(f"1 to {MOST_CAMERAS} cameras", f"chọn từ 1 đến {MOST_CAMERAS} camera")
    cameras = [work.camera(camera_id) for camera_id in dict.fromkeys(command.cameras)]
    for camera in cameras:
        busy = [t for t in work.unit.trials.around(work.at) if t.running_at(work.at) and camera.id in t.cameras]
        if busy:
            raise Conflict(f"{camera.name} is being tested already", f"{camera.name} đang được chạy thử")
    assert work.actor.id is not None
    trial = Trial(
        id=command.id,
        started=work.at,
        started_by=work.actor.id,
        place=" ".join(command.place.split())[:LONGEST_PLACE],
        settings=tuple(_setting(work, camera) for camera in cameras),
    )
    for scene_id in dict.fromkeys(command.scenes):
        trial = _with(work, trial, cameras, scene_id)
    _changed(work, trial)
    work.audit("start_trial", name_of(trial), {"cameras": len(cameras), "scenes": len(trial.scenes)})
    for camera in cameras:
        work.audit("test_camera", name_of(camera), {"trial": trial.id})


def _with(work: Work, trial: Trial, cameras: list[Camera], scene_id: str) -> Trial:
    camera = next((c for c in cameras if scene_id.startswith(f"{c.id}.")), None)
    if camera is None:
        raise BadInput(f"no such scene: {scene_id}", f"không có tình huống {scene_id}")
    scene, number, used = chosen(camera, scene_id), 1, {s.id for s in trial.scenes}
    _need_decision(work, scene, camera, work.at)
    while (name := scene_id if number == 1 else f"{scene_id}.{number}") in used:
        number += 1
    return trial.with_scene(replace(scene, id=name))


def _need_decision(work: Work, scene: Scene, camera: Camera, at: Instant) -> None:
    """Raises Conflict for what nothing could come of: nobody is to act in vain and read that it was missed."""
    (known,) = with_permits(work.unit, [camera], work.at)
    if undecided(scene, known, at):
        raise Conflict(
            "no decision of the ward holds that allows this kind here, so it would not be found",
            "chưa có quyết định của phường còn hiệu lực cho loại này ở đây nên hệ thống sẽ không báo",
        )


def add_scene(work: Work, command: AddScene) -> None:
    """One more scene. Raises Conflict where no decision of the ward lets it be found."""
    trial = _loaded(work, command.trial_id, Action.CHANGE)
    _changed(work, _with(work, trial, [work.camera(c) for c in trial.cameras], command.scene))


def act(work: Work, command: ActScene) -> None:
    """A scene was acted, or was not after all. Raises Conflict where no decision of the ward let it be found."""
    trial = _loaded(work, command.trial_id, Action.CHANGE)
    assert work.actor.id is not None
    if command.at is not None:
        scene = trial.scene(command.scene_id)
        _need_decision(work, scene, work.camera(scene.camera_id), command.at)
    _changed(work, trial.acted(command.scene_id, command.at, work.actor.id, work.at))
    work.audit("act_scene", name_of(trial), {"scene": command.scene_id, "at": command.at})


def end(work: Work, command: EndTrial) -> None:
    """Freeze the results, sign them once, and close what was reported as a test, in this person's name."""
    trial = _loaded(work, command.trial_id, Action.CHANGE)
    now = min(work.at, trial.until)
    results, others = results_of(trial, told_of(work.unit, trial.id), now)
    over = trial.over(
        at=work.at,
        by=_signature(work),
        results=results,
        others=others,
        settings=tuple(_setting(work, c) for c in map(work.unit.cameras.get, trial.cameras) if c is not None),
        note=checked_note(command.note),
    )
    about = command.about
    over = replace(over, software=about.software, detector=about.detector, detector_sha256=about.detector_sha256)
    _changed(work, over)
    work.audit("end_trial", name_of(over), tally(over))
    for known in told_of(work.unit, trial.id):
        _close(work, known.incident)


def tally(trial: Trial) -> dict[str, str | int | float | bool | None]:
    """How many scenes ended how."""
    counts = {outcome.value: sum(r.outcome is outcome for r in trial.results) for outcome in Outcome}
    return {**counts, "others": len(trial.others), "same_settings": trial.same_settings}


def _close(work: Work, incident: Incident) -> None:
    if not incident.open:
        return
    who = work.actor.id
    if incident.state.value == "suspected":
        incident = incident.moved(Move.START_REVIEW, at=work.at, who=who)
    incident = incident.moved(Move.REJECT, at=work.at, who=who, reason=RejectReason.TEST)
    work.unit.incidents.save(incident)
    work.audit("reject", name_of(incident), {"state": incident.state.value, "reason": RejectReason.TEST.value})
    work.tell(changed(incident))


def sign(work: Work, command: SignTrial) -> None:
    """The second signature makes it the acceptance record."""
    trial = _loaded(work, command.trial_id, Action.SIGN)
    signed = trial.countersigned(_signature(work))
    _changed(work, signed)
    work.audit("sign_trial", name_of(signed), tally(signed))


def cancel(work: Work, command: CancelTrial) -> None:
    """Give a test up."""
    trial = _loaded(work, command.trial_id, Action.CHANGE)
    _changed(work, trial.cancelled(work.at, checked_note(command.note)))
    work.audit("cancel_trial", name_of(trial))


def take_out(work: Work, command: TakeFromTrial) -> None:
    """What was reported during a test was real: from now on it is an incident like any other, and is told outside."""
    incident = work.incident(command.incident_id)
    if incident.trial is None:
        raise Conflict("this incident belongs to no test", "vụ việc này không thuộc đợt chạy thử nào")
    trial = _loaded(work, TrialId(incident.trial), Action.CHANGE)
    if trial.state is not TrialState.RUNNING:
        raise Conflict("the test is over; reopen the incident instead", "đợt chạy thử đã kết thúc")
    entry = HistoryEntry(at=work.at, who=work.actor.id, action="not_a_test")
    real = replace(incident.noted(entry), trial=None, version=incident.version + 1)
    work.unit.incidents.save(real)
    work.audit("not_a_test", name_of(real), {"trial": trial.id})
    work.tell(opened(real))
    work.tell(TrialChanged(trial.id, trial.state.value))


def keep_record(work: Work, command: KeepTrialRecord) -> None:
    """Store where the record lies; once."""
    new = command.trial
    require(work.actor, Action.KEEP_HOUSE, Part.TRIALS)
    old = trial_of(work.unit, new.id)
    if old.state is not TrialState.SIGNED or old.path:
        return
    kept = replace(old, path=new.path, sha256=new.sha256, size_bytes=new.size_bytes)
    _changed(work, kept)
    work.audit("seal_trial", name_of(kept), {"sha256": kept.sha256, "size": kept.size_bytes})
