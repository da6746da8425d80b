"""What every store promises about commissioning tests: which lasted when, which wait for their seal, what is theirs."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from matpho.casework.records import IncidentFilter
from matpho.casework.trial_acts import scenes_for
from matpho.domain.ids import CameraId, IncidentId, PersonId
from matpho.domain.incident import IncidentState
from matpho.domain.trial import Outcome, SceneResult, Setting, Signature, Trial, TrialId, TrialState
from matpho.testing.builders import at, camera, incident
from matpho.testing.contracts.store import Open

CAMERA = CameraId("nga-ba-cho")


def _trial(name: str, start_s: float) -> Trial:
    setting = Setting(camera_id=CAMERA, name="Ngã ba chợ", sha256="ab" * 32, zone_version=1)
    scenes = tuple(replace(s, acted=at(start_s + 5), acted_by=PersonId("p")) for s in scenes_for(camera()))
    return Trial(
        id=TrialId(name), started=at(start_s), started_by=PersonId("p"), settings=(setting,), scenes=scenes, place="Chợ"
    )


def tests_come_back_as_they_were_and_are_found_by_their_time(opened: Open) -> None:
    """Every field; those that lasted at an instant; a test nobody ended is over after its longest."""
    early, late = _trial("early", 0), _trial("late", 100)
    by = Signature(person_id=PersonId("p"), name="Bình", role="supervisor", at=at(60))
    result = SceneResult(scene_id=early.scenes[0].id, outcome=Outcome.FOUND, kind="intrusion", found=at(9))
    early = early.over(at=at(50), by=by, results=(result,), others=(), settings=early.settings, note="xong")
    with closing(opened()) as store:
        with store.write() as unit:
            unit.trials.put(early)
            unit.trials.put(late)
        with store.read() as unit:
            assert unit.trials.get(early.id) == early
            assert unit.trials.get(TrialId("none")) is None
            assert unit.trials.newest(1) == (late,)
            assert [t.id for t in unit.trials.around(at(20))] == ["early"]
            assert [t.id for t in unit.trials.around(at(75))] == []
            assert [t.id for t in unit.trials.around(at(101))] == ["late"]
            assert [t.id for t in unit.trials.around(at(100 + 4 * 3600 + 1))] == []


def signed_tests_wait_for_their_seal(opened: Open) -> None:
    """One that is signed is due until its record's place is known."""
    signed = replace(_trial("signed", 0), state=TrialState.SIGNED, ended=at(9))
    with closing(opened()) as store:
        with store.write() as unit:
            unit.trials.put(_trial("runs", 0))
            assert unit.trials.unsealed() is None
            unit.trials.put(signed)
        with store.write() as unit:
            assert unit.trials.unsealed() == signed
            assert unit.trials.sealed() == ()
            unit.trials.put(replace(signed, path="trial-x/record.json", sha256="cd" * 32, size_bytes=3))
        with store.read() as unit:
            assert unit.trials.unsealed() is None
            assert [t.path for t in unit.trials.sealed()] == ["trial-x/record.json"]


def incidents_of_tests_are_kept_apart(opened: Open) -> None:
    """They are in no page and no figure of the others, and found by their test."""
    real, acted = incident(), incident(id=IncidentId("incident00000002"), trial="t")
    with closing(opened()) as store:
        with store.write() as unit:
            unit.cameras.put(camera(), at(0))
            unit.incidents.add(real)
            unit.incidents.add(acted)
        with store.read() as unit:
            assert unit.incidents.get(acted.id) == acted
            assert unit.incidents.page(IncidentFilter(), None, 9) == (real,)
            assert unit.incidents.page(IncidentFilter(trials=True), None, 9) == (acted,)
            assert unit.incidents.counts(IncidentFilter()) == {IncidentState.SUSPECTED: 1}
            assert unit.incidents.open_by_camera() == {CAMERA: 1}
            assert unit.incidents.of_trial(TrialId("t")) == (acted,)


TRIAL_PROMISES: tuple[Callable[[Open], None], ...] = (
    tests_come_back_as_they_were_and_are_found_by_their_time,
    signed_tests_wait_for_their_seal,
    incidents_of_tests_are_kept_apart,
)
