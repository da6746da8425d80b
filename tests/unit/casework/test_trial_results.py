"""What a commissioning test comes to: which scenes are offered, and what is found, missed and falsely told."""

import importlib
from dataclasses import fields, replace
from datetime import time as TimeOfDay  # noqa: N812

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.casework.merge import Known
from matpho.casework.trial_acts import ACTS, GRACE_HOURS_S, scenes_for, undecided
from matpho.casework.trial_results import results_of
from matpho.casework.trials import fingerprint
from matpho.domain.camera import PURPOSE_RULES, RULE_SETTINGS, Hours, Purpose
from matpho.domain.ids import CameraId, IncidentId, PersonId, ZoneId
from matpho.domain.permit import DECIDED_KINDS, Permit
from matpho.domain.trial import Outcome, Scene, Setting, Signature, Trial, TrialId
from matpho.domain.words import Said
from matpho.errors import Conflict
from matpho.rules.crowd import CrowdSettings
from matpho.rules.rubbish_heap import HeapSettings
from matpho.rules.settings import RuleSettings
from matpho.testing.builders import at, camera, hit, incident, zone

pytestmark = pytest.mark.unit

CAMERA = camera().id
ID = TrialId("trial0000000001")
DUMP, QUIET = "nga-ba-cho.goc-pho.illegal_dumping", "nga-ba-cho.goc-pho.walk_past"


def scene(name="s", *, acted=0.0, kinds=("illegal_dumping",), wait=80.0, zone="goc-pho"):
    return Scene(
        id=name,
        camera_id=CAMERA,
        zone_id=ZoneId(zone) if zone else None,
        act=kinds[0] if kinds else "walk_past",
        says=Said("làm", "do"),
        kinds=kinds,
        wait_s=wait,
        acted=None if acted is None else at(acted),
    )


def trial(*scenes, **changes):
    setting = Setting(camera_id=CAMERA, name="Ngã ba chợ", sha256="0", zone_version=1)
    values = {"id": ID, "started": at(-10), "started_by": PersonId("p"), "settings": (setting,), "scenes": scenes}
    return Trial(**(values | changes))


def told(name, when, kind="illegal_dumping", zone="goc-pho", camera_id=CAMERA):
    one = incident(id=IncidentId(name), at=at(when), kind=kind, camera_id=camera_id)
    return Known(one, (hit(id=name, kind=kind, zone_id=zone, at=at(when + 300), camera_id=camera_id),))


def outcomes(one, *known, now=1000.0):
    results, others = results_of(one, known, at(now))
    return [r.outcome for r in results], others


def test_a_scene_is_found_by_what_came_in_its_time_at_its_place():
    (result,), others = results_of(trial(scene()), [told("i", 25)], at(30))
    assert (result.outcome, result.found, result.incident_id, others) == (Outcome.FOUND, at(25), "i", ())


@pytest.mark.parametrize(
    "other",
    [
        told("early", -16),
        told("late", 81),
        told("elsewhere", 25, zone="via-he"),
        told("another", 25, kind="intrusion"),
        told("far", 25, camera_id=CameraId("khac")),
    ],
    ids=lambda known: known.incident.id,
)
def test_what_does_not_fit_finds_nothing_and_is_told_beside_it(other):
    assert outcomes(trial(scene()), other) == ([Outcome.MISSED], (other.incident.id,))


def test_until_its_time_is_over_a_scene_waits():
    assert outcomes(trial(scene()), now=80) == ([Outcome.WAITING], ())
    assert outcomes(trial(scene()), now=81) == ([Outcome.MISSED], ())
    assert outcomes(trial(scene(acted=None)), told("i", 25)) == ([Outcome.NOT_ACTED], ("i",))


def test_the_wanted_kind_finds_before_one_that_says_the_same():
    one = trial(scene(kinds=("illegal_dumping", "unattended_object")))
    (result,), others = results_of(one, [told("vague", 10, "unattended_object"), told("exact", 20)], at(90))
    assert (result.incident_id, others) == ("exact", ("vague",))


def test_a_quiet_scene_is_false_when_something_is_told_and_not_by_what_was_acted():
    both = trial(scene("act", acted=0), scene("quiet", acted=5, kinds=()))
    assert outcomes(both, told("i", 25)) == ([Outcome.FOUND, Outcome.QUIET], ())
    assert outcomes(both, told("i", 25), told("j", 26)) == ([Outcome.FOUND, Outcome.FALSE], ())


@given(st.lists(st.floats(0, 500), max_size=6), st.lists(st.floats(0, 600), max_size=8))
def test_one_incident_finds_one_scene_and_none_is_lost(acted, times):
    one = trial(*(scene(f"s{n}", acted=a) for n, a in enumerate(acted)))
    known = [told(f"i{n}", t) for n, t in enumerate(times)]
    results, others = results_of(one, known, at(2000))
    used = [r.incident_id for r in results if r.incident_id]
    assert len(set(used)) == len(used)
    assert sorted([*used, *others]) == sorted(k.incident.id for k in known)
    assert len(results) == len(acted)


def test_scenes_follow_the_purposes_and_only_what_a_rule_looks_for():
    shown = {s.act: s for s in scenes_for(camera(zones=(zone(Purpose.SIDEWALK, "z"), zone(Purpose.PRIVACY_MASK, "m"))))}
    active = {k for k in PURPOSE_RULES[Purpose.SIDEWALK] if k in RULE_SETTINGS}
    assert set(shown) == {*(active & set(ACTS)), "walk_past", "camera_tampering"}
    assert shown["walk_past"].kinds == ()


def test_a_longer_wait_of_the_zone_is_waited_for_and_a_rule_that_is_off_is_not_acted():
    rules = {"illegal_dumping": {"min_duration_s": 600.0}, "sidewalk_parking": {"enabled": False}}
    shown = {s.act: s for s in scenes_for(camera(zones=(zone(Purpose.SIDEWALK, "z", rules=rules),)))}
    assert shown["illegal_dumping"].wait_s == 660.0
    assert "sidewalk_parking" not in shown


def test_a_longer_time_alone_is_waited_for_too():
    rules = {"illegal_dumping": {"min_unattended_s": 300.0}}
    shown = {s.act: s for s in scenes_for(camera(zones=(zone(Purpose.NO_DUMPING, "z", rules=rules),)))}
    assert shown["illegal_dumping"].wait_s == 360.0


def test_the_hours_at_which_nothing_could_be_found_are_said():
    hours = (Hours(TimeOfDay(18), TimeOfDay(20)),)
    walk, point, yard = (
        zone(Purpose.SIDEWALK, "w", permitted_hours=hours),
        zone(Purpose.COLLECTION_POINT, "p", permitted_hours=hours, rules={"rubbish_heap": {"grace_s": 600.0}}),
        zone(Purpose.RESTRICTED, "y", closed_hours=(Hours(TimeOfDay(22), TimeOfDay(5)),)),
    )
    shown = {(s.zone_id, s.act): s.says.vi for s in scenes_for(camera(zones=(walk, point, yard)))}
    assert shown["w", "sidewalk_parking"].endswith("Chỉ diễn ngoài giờ được phép (18:00–20:00).")
    assert "giờ được phép" not in shown["w", "obstruction"], "a blocked way is told at any hour"
    assert "(18:00–20:00) từ 10 phút" in shown["p", "rubbish_heap"]
    assert shown["y", "intrusion"].endswith("Chỉ diễn trong giờ đóng cửa (22:00–05:00).")
    plain = {s.act: s.says.vi for s in scenes_for(camera(zones=(zone(Purpose.SIDEWALK, "w"),)))}
    assert "giờ" not in plain["sidewalk_parking"]


def test_nobody_is_sent_among_cars_without_a_word():
    road, walk = zone(Purpose.ROADWAY, "r", direction=(0.0, 1.0)), zone(Purpose.SIDEWALK, "w")
    shown = {(s.zone_id, s.act): s.says.vi for s in scenes_for(camera(zones=(road, walk)))}
    among_cars = [says for (zone_id, _), says in shown.items() if zone_id == "r"]
    assert len(among_cars) == 3
    assert all("chặn đường" in says for says in among_cars)
    assert "chặn đường" not in shown["w", "obstruction"]


def test_as_many_stand_together_as_the_zone_asks_for():
    def says(rules):
        shown = scenes_for(camera(zones=(zone(Purpose.GATHERING, "z", rules=rules),)))
        return next(s.says.vi for s in shown if s.act == "crowd")

    assert f"ít nhất {CrowdSettings().min_people:.0f} người" in says({})
    assert "ít nhất 30 người" in says({"crowd": {"min_people": 30.0}})
    assert HeapSettings().grace_s == GRACE_HOURS_S


def test_what_needs_a_decision_is_offered_unless_the_zone_has_it_off():
    def acts(rules):
        return {s.act for s in scenes_for(camera(zones=(zone(Purpose.GATHERING, "z", rules=rules),)))}

    assert acts({}) >= set(DECIDED_KINDS)
    assert "crowd" not in acts({"crowd": {"enabled": False}})


def test_without_a_decision_that_covers_kind_zone_and_moment_nothing_could_be_found():
    permit = Permit(decision="d", kinds=("crowd",), zones=(ZoneId("z"),), start=at(0), end=at(100))
    watched = camera(zones=(zone(Purpose.GATHERING, "z"), zone(Purpose.GATHERING, "y")), permits=(permit,))
    shown = {(s.zone_id, s.act): s for s in scenes_for(watched)}
    assert not undecided(shown["z", "crowd"], watched, at(50))
    assert undecided(shown["z", "crowd"], watched, at(100))
    assert undecided(shown["z", "fight"], watched, at(50))
    assert undecided(shown["y", "crowd"], watched, at(50))
    assert not undecided(shown["z", "walk_past"], watched, at(50))


def test_equal_settings_have_equal_fingerprints_and_addresses_are_left_out():
    plain = fingerprint(camera())
    assert fingerprint(camera(main="rtsp://10.0.0.99/other")) == plain
    assert fingerprint(camera(zones=(zone(Purpose.WATCH, "z"),))) != plain


# over a real store


@pytest.mark.parametrize("kind", sorted(set(ACTS) & set(RULE_SETTINGS)))
def test_a_scene_waits_at_least_as_long_as_its_rule(kind):
    module = importlib.import_module(f"matpho.rules.{kind}")
    waits = [
        f.default
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, RuleSettings) and one is not RuleSettings
        for f in fields(one)
        if f.name == "min_duration_s"
    ]
    assert waits
    assert ACTS[kind].dwell_s >= max(waits)


def test_the_same_person_cannot_sign_twice_even_with_another_role():
    by = Signature(person_id=PersonId("p"), name="Bình", role="admin", at=at(0))
    over = trial(scene()).over(at=at(9), by=by, results=(), others=(), settings=(), note="")
    with pytest.raises(Conflict):
        over.countersigned(replace(by, role="officer"))
