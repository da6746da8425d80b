"""The desk: takes commands one at a time, checks who asks, stores what follows, and then says what happened."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from matpho.casework import (
    accounts,
    cameras,
    exports,
    holds,
    incidents,
    ingest,
    outcomes,
    permitted,
    register,
    trials,
    uplinks,
    ward_decisions,
)
from matpho.casework import commands as c
from matpho.casework import export_commands as ec
from matpho.casework import trial_commands as tc
from matpho.casework.decision_records import ConfirmDecision, EnterDecision, RevokeDecision
from matpho.casework.feedback import commands as fc
from matpho.casework.feedback import handlers as feedback
from matpho.casework.health import commands as hc
from matpho.casework.health import handlers as health
from matpho.casework.health.quiet import set_quiet
from matpho.casework.outgoing import commands as oc
from matpho.casework.outgoing import handlers as outgoing
from matpho.casework.plan import EvidenceTimes
from matpho.casework.ports import CameraList, Listener, Store
from matpho.casework.register_records import AddCameras, NoteLook, SetRegister
from matpho.casework.uplink_records import NoteUplink
from matpho.casework.work import Work
from matpho.domain.events import CamerasChanged, DecisionsChanged, Event
from matpho.domain.people import Actor
from matpho.domain.time import Clock
from matpho.errors import StorageProblem

_log = logging.getLogger(__name__)

HANDLERS: dict[type, Callable[[Work, Any], None]] = {
    c.Decide: incidents.decide,
    c.AddNote: incidents.add_note,
    c.ReportIncident: incidents.report,
    c.ExpireIncidents: incidents.expire,
    c.AddCamera: cameras.add,
    c.ChangeCamera: cameras.change,
    c.SetZones: cameras.set_zones,
    c.AllowPlace: permitted.allow_place,
    c.AllowIncident: permitted.allow_incident,
    c.TakeBackPermit: permitted.take_back,
    c.SetGround: cameras.set_ground,
    c.RemoveCamera: cameras.remove,
    c.OfferSetup: accounts.offer_setup,
    c.SetUp: accounts.set_up,
    c.AddPerson: accounts.add,
    c.ChangePerson: accounts.change,
    c.ChangeSelf: accounts.change_self,
    c.SignIn: accounts.sign_in,
    c.NoteRefusedSignIn: accounts.refused_sign_in,
    c.SignOut: accounts.sign_out,
    c.NoteViewing: outcomes.note_viewing,
    c.NoteSearch: outcomes.note_search,
    c.HoldFootage: holds.hold,
    c.ReleaseHold: holds.release,
    c.RemoveFootage: holds.remove,
    c.TakeBackImport: holds.take_back_import,
    c.ForgetOld: holds.forget_old,
    c.TakeFacts: ingest.take,
    c.KeepEvidence: outcomes.keep_evidence,
    ec.AskExport: exports.ask,
    ec.KeepExport: exports.keep,
    ec.NoteDownload: exports.note_download,
    tc.StartTrial: trials.start,
    tc.AddScene: trials.add_scene,
    tc.ActScene: trials.act,
    tc.EndTrial: trials.end,
    tc.SignTrial: trials.sign,
    tc.CancelTrial: trials.cancel,
    fc.MakeProposals: feedback.make,
    fc.AnswerProposal: feedback.answer,
    fc.RevertProposal: feedback.revert,
    tc.TakeFromTrial: trials.take_out,
    tc.KeepTrialRecord: trials.keep_record,
    SetRegister: register.set_register,
    AddCameras: register.add_cameras,
    NoteLook: register.note_look,
    EnterDecision: ward_decisions.enter,
    ConfirmDecision: ward_decisions.confirm,
    RevokeDecision: ward_decisions.revoke,
    hc.NoteProblems: health.note_problems,
    hc.KeepDays: health.keep_days,
    hc.AnswerProblem: health.answer_problem,
    hc.SetQuietHours: set_quiet,
    oc.SettleLetter: outgoing.settle,
    oc.ResendLetter: outgoing.resend,
    oc.TryTarget: outgoing.try_target,
    oc.TidyOutbox: outgoing.tidy,
    NoteUplink: uplinks.note,
}


class Desk:
    """The single writer. ``handle`` may be called from any thread; commands are carried out one after another."""

    def __init__(self, store: Store, clock: Clock, camera_list: CameraList, times: EvidenceTimes | None = None) -> None:
        self._store = store
        self._clock = clock
        self._camera_list = camera_list
        self._times = times or EvidenceTimes()
        self._listeners: list[Listener] = []
        self._posters: list[Callable[[Work], None]] = []
        self._lock = threading.RLock()
        self._list_behind = False

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener of everything that happens from now on; the answer stops that."""
        self._listeners = [*self._listeners, listener]

        def stop() -> None:
            self._listeners = [one for one in self._listeners if one is not listener]

        return stop

    def handle(self, command: c.Command, actor: Actor) -> tuple[Event, ...]:
        """Carry out a command, durably, and say what happened.

        Raises NotAllowed, NotFound, Conflict, BadInput or StorageProblem; nothing has been stored then.
        """
        with self._lock:
            with self._store.write() as unit:
                work = Work(unit=unit, actor=actor, at=self._clock.now(), times=self._times)
                HANDLERS[type(command)](work, command)
                self._post(work)
            self._list_behind |= any(isinstance(event, (CamerasChanged, DecisionsChanged)) for event in work.events)
            self._catch_up()
        for event in work.events:
            self.tell(event)
        return work.events

    def post_with(self, poster: Callable[[Work], None]) -> None:
        """Let somebody store letters to the outside in the same transaction as what they are about."""
        self._posters = [*self._posters, poster]

    def _post(self, work: Work) -> None:
        """One that cannot write its letters is recorded: the ward's own work goes on without them."""
        for poster in self._posters if work.events else ():
            try:
                poster(work)
            except StorageProblem:
                raise
            except Exception:  # noqa: BLE001 - as for listeners
                _log.exception("letters of %s could not be written", ", ".join(type(e).__name__ for e in work.events))

    def tell_workers(self) -> None:
        """Write the camera list for recorder and vision (also once at start); raises StorageProblem."""
        with self._lock:
            with self._store.read() as unit:
                running = register.active(unit, unit.cameras.all())
                known = ward_decisions.with_permits(unit, running, self._clock.now())
            self._camera_list.write(known)
            self._list_behind = False

    def _catch_up(self) -> None:
        """Write the camera list if it is behind; what is stored stays stored, and the next command tries again."""
        if self._list_behind:
            try:
                self.tell_workers()
            except StorageProblem as e:
                _log.warning("the workers have not heard of the change of cameras yet: %s", e.en)

    def tell(self, event: Event) -> None:
        """Tell all listeners; one that fails is recorded and does not keep the others from hearing."""
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:  # noqa: BLE001 - a listener is no part of the command it hears of
                _log.exception("a listener failed on %s", type(event).__name__)
