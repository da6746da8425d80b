"""Commissioning tests: act incidents out after installation, see what is found, sign the result by two."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from matpho import __version__
from matpho.casework import trial_commands as tc
from matpho.casework.manifest import About
from matpho.casework.trial_record import record_text
from matpho.casework.trial_views import TrialView, possible_scenes, trial_view, trials
from matpho.domain.ids import CameraId, IncidentId, new_id
from matpho.domain.kinds import described
from matpho.domain.people import Action, Actor, Part, Role, may, require
from matpho.domain.trial import TrialId, TrialState
from matpho.errors import Conflict
from matpho.web.context import Caller, Context, Here
from matpho.web.openapi_notes import errors, least
from matpho.web.schemas.base import said as say
from matpho.web.schemas.trials import (
    ActForm,
    MoreScene,
    NewTrial,
    OtherBody,
    SceneChoice,
    TrialBody,
    TrialBrief,
    TrialNote,
    brief_fields,
    choice,
    scene_body,
)

router = APIRouter(prefix="/api/trials", tags=["commissioning"])


def _brief(view: TrialView) -> TrialBrief:
    return TrialBrief.model_validate(brief_fields(view.trial, view.results, len(view.others)))


def _body(here: Context, trial_id: str, actor: Actor) -> TrialBody:
    view = trial_view(here.parts.store, TrialId(trial_id), actor, here.parts.clock.now())
    trial, results = view.trial, {r.scene_id: r for r in view.results}
    return TrialBody.model_validate(
        {
            **brief_fields(trial, view.results, len(view.others)),
            "started_by": view.names.get(trial.started_by),
            "note": trial.note,
            "software": trial.software,
            "detector": trial.detector,
            "detector_sha256": trial.detector_sha256,
            "scenes": [
                scene_body(s, results[s.id], view.names, undecided=s.id in view.undecided) for s in trial.scenes
            ],
            "reported": [
                OtherBody(incident_id=i.id, camera_id=i.camera_id, kind=say(described(i.kind).name), at=i.at)
                for i in view.others
            ],
            "may_change": trial.state is TrialState.RUNNING and may(actor, Action.CHANGE, trial),
            "may_sign": trial.state is TrialState.ENDED and may(actor, Action.SIGN, trial),
        }
    )


@router.get("", operation_id="list_trials", openapi_extra=least(Role.OFFICER), responses=errors(401, 403))
def list_trials(here: Here, caller: Caller) -> list[TrialBrief]:
    """All commissioning tests, the newest first."""
    return [_brief(view) for view in trials(here.parts.store, caller.actor, here.parts.clock.now())]


@router.get(
    "/scenes", operation_id="list_scenes", openapi_extra=least(Role.OFFICER), responses=errors(401, 403, 404, 422)
)
def list_scenes(
    here: Here, caller: Caller, camera: Annotated[list[str], Query(min_length=1, max_length=8)]
) -> list[SceneChoice]:
    """What can be acted out before some cameras, by the purposes of their zones."""
    now = here.parts.clock.now()
    found = possible_scenes(here.parts.store, [CameraId(c) for c in camera], caller.actor, now)
    return [choice(one.scene, undecided=one.undecided) for one in found]


@router.post(
    "",
    operation_id="start_trial",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409, 422),
    status_code=201,
)
def start_trial(here: Here, form: NewTrial, caller: Caller) -> TrialBody:
    """Start a test: until it ends, what its cameras report is marked as a test and alarms nobody."""
    trial_id = TrialId(new_id(here.parts.clock.now()))
    command = tc.StartTrial(
        id=trial_id,
        cameras=tuple(CameraId(c) for c in form.cameras),
        scenes=form.scenes,
        place=form.place,
    )
    here.parts.desk.handle(command, caller.actor)
    return _body(here, trial_id, caller.actor)


@router.get("/{trial_id}", operation_id="get_trial", openapi_extra=least(Role.OFFICER), responses=errors(401, 403, 404))
def get_trial(here: Here, trial_id: str, caller: Caller) -> TrialBody:
    """One test: what was acted, what was found and after how long."""
    return _body(here, trial_id, caller.actor)


@router.post(
    "/{trial_id}/scenes",
    operation_id="add_scene",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409, 422),
)
def add_scene(here: Here, trial_id: str, form: MoreScene, caller: Caller) -> TrialBody:
    """One more scene, also one that is there already: it is acted once more."""
    here.parts.desk.handle(tc.AddScene(trial_id=TrialId(trial_id), scene=form.scene), caller.actor)
    return _body(here, trial_id, caller.actor)


@router.post(
    "/{trial_id}/scenes/{scene_id}/acted",
    operation_id="act_scene",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409, 422),
)
def act_scene(here: Here, trial_id: str, scene_id: str, form: ActForm, caller: Caller) -> TrialBody:
    """A scene was acted now, at a time, or not after all."""
    at = here.parts.clock.now() if form.now else form.at
    here.parts.desk.handle(tc.ActScene(trial_id=TrialId(trial_id), scene_id=scene_id, at=at), caller.actor)
    return _body(here, trial_id, caller.actor)


@router.post(
    "/{trial_id}/end",
    operation_id="end_trial",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409, 422),
)
def end_trial(here: Here, trial_id: str, form: TrialNote, caller: Caller) -> TrialBody:
    """End a test and sign its result as the first person."""
    facts = here.parts.machine.detector() if here.parts.machine else None
    about = About(
        software=f"matpho {__version__}",
        detector=facts.name if facts else "",
        detector_sha256=facts.sha256 if facts else "",
    )
    here.parts.desk.handle(tc.EndTrial(trial_id=TrialId(trial_id), note=form.note, about=about), caller.actor)
    return _body(here, trial_id, caller.actor)


@router.post(
    "/{trial_id}/sign",
    operation_id="sign_trial",
    openapi_extra=least(Role.OFFICER),
    responses=errors(401, 403, 404, 409),
)
def sign_trial(here: Here, trial_id: str, caller: Caller) -> TrialBody:
    """Sign the result as the second person; it is then the acceptance record, and sealed."""
    here.parts.desk.handle(tc.SignTrial(trial_id=TrialId(trial_id)), caller.actor)
    return _body(here, trial_id, caller.actor)


@router.post(
    "/{trial_id}/cancel",
    operation_id="cancel_trial",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409, 422),
)
def cancel_trial(here: Here, trial_id: str, form: TrialNote, caller: Caller) -> TrialBody:
    """Give a test up; it stays in the list."""
    here.parts.desk.handle(tc.CancelTrial(trial_id=TrialId(trial_id), note=form.note), caller.actor)
    return _body(here, trial_id, caller.actor)


@router.delete(
    "/incidents/{incident_id}",
    operation_id="take_from_trial",
    openapi_extra=least(Role.SUPERVISOR),
    responses=errors(401, 403, 404, 409),
    status_code=204,
)
def take_from_trial(here: Here, incident_id: str, caller: Caller) -> None:
    """What was reported during a test was real: it counts and is told outside from now on."""
    here.parts.desk.handle(tc.TakeFromTrial(incident_id=IncidentId(incident_id)), caller.actor)


@router.get(
    "/{trial_id}/record.json",
    operation_id="get_trial_record",
    openapi_extra=least(Role.OFFICER),
    responses={**errors(401, 403, 404, 409), 200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
    response_class=Response,
)
def get_trial_record(here: Here, trial_id: str, caller: Caller) -> Response:
    """The record of a test that is over, as a file: the very bytes that were sealed, once it is signed."""
    require(caller.actor, Action.SEE, Part.TRIALS)
    trial = trial_view(here.parts.store, TrialId(trial_id), caller.actor, here.parts.clock.now()).trial
    if trial.state not in (TrialState.ENDED, TrialState.SIGNED):
        raise Conflict("the test is not over", "đợt chạy thử chưa kết thúc")
    content = here.parts.vault.file(trial.path).read_bytes() if trial.path else record_text(trial).encode()
    headers = {"Content-Disposition": f'attachment; filename="nghiem-thu-{trial.id}.json"'}
    return Response(content, media_type="application/json", headers=headers)
