"""Scripts as data, and the scenes that are shipped."""

import json

import pytest

from matpho.domain.camera import Purpose
from matpho.errors import BadInput
from matpho.pipeline.score import events_of
from matpho.sim import scenes, street_scenes, truth
from matpho.sim.named import named, stage_named
from matpho.sim.script import Act, Expected, from_json, read, to_json
from matpho.sim.suite import suite

pytestmark = pytest.mark.unit

EVERY = [*scenes.demo(), *street_scenes.demo(), *(s.script for s in suite())]


@pytest.mark.parametrize("script", EVERY, ids=lambda s: s.name)
def test_scripts_survive_being_written_and_read(script):
    assert from_json(to_json(script)) == script


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not a scene"),
        ("[]", "not a scene"),
        ('{"name": "x"}', "not a scene"),
        ('{"name": "x", "duration_s": 0, "camera": {"id": "a", "name": "a"}}', "out of range"),
        (
            '{"name": "x", "duration_s": 9, "camera": {"id": "a", "name": "a"}, "actions": [ACT]}'.replace(
                "ACT", '{"do": "leave", "start_s": 1, "end_s": 2}'
            ),
            "no place",
        ),
        *[
            (
                '{"name": "x", "duration_s": 9, "camera": {"id": "a", "name": "a"}, "actions": [ACT]}'.replace(
                    "ACT", act
                ),
                told,
            )
            for act, told in (
                ('{"do": "stand", "start_s": 1, "end_s": 2, "at": [0.5, 0.5], "thing": "ufo"}', "no thing 'ufo'"),
                ('{"do": "stand", "start_s": 1, "end_s": 2, "at": [0.5, 0.5], "thing": "stall", "size": 0}', "size"),
                ('{"do": "walk", "start_s": 1, "end_s": 2, "path": [[0, 0]]}', "two points"),
                ('{"do": "cover", "start_s": 3, "end_s": 2}', "ends before"),
                ('{"do": "fly", "start_s": 3, "end_s": 4}', "not a scene"),
            )
        ],
    ],
)
def test_a_malformed_script_is_refused_in_both_languages(text, told):
    with pytest.raises(BadInput) as caught:
        from_json(text, "my.json")
    assert told in caught.value.en
    assert "my.json" in caught.value.vi


def test_a_missing_script_file_is_refused(tmp_path):
    with pytest.raises(BadInput):
        read(tmp_path / "none.json")


@pytest.mark.parametrize("demo", [scenes.demo(), street_scenes.demo()], ids=["clip", "street"])
def test_the_ward_has_six_marked_cameras_with_default_rules(demo):
    assert len(demo) == len({s.camera.id for s in demo}) == 6
    assert all(s.camera.staged for s in demo)
    assert all(not z.rules for s in demo for z in s.camera.zones)
    events = [a.event for s in demo for a in s.actions if a.event] + [e.type for s in demo for e in s.known]
    assert set(events) <= set(truth.FITS)


def test_every_annotated_type_is_staged_somewhere():
    staged = {a.event for s in EVERY for a in s.actions} | {e.type for s in EVERY for e in s.known}
    assert staged >= set(truth.FITS)


@pytest.mark.parametrize("script", EVERY, ids=lambda s: s.name)
def test_what_should_be_found_stands_in_its_zone(script):
    zones = {z.id: z for z in script.camera.zones}
    for action in script.actions:
        if action.event and action.at is not None:
            polygon = zones[action.zone].polygon
            assert polygon is not None
            assert polygon.contains(action.at)


def test_the_first_bag_is_set_down_early_enough_to_be_found_within_a_minute():
    bag = scenes.demo()[0].actions[0]
    assert bag.do is Act.LEAVE
    assert 8 <= bag.start_s <= 20


def test_the_suite_is_large_and_has_things_to_find_and_things_not_to():
    every = suite()
    assert len(every) >= 20
    assert len({s.script.name for s in every}) == len(every)
    assert {s.drawn for s in every} == {True, False}
    quiet = [s for s in every if not any(a.event for a in s.script.actions)]
    assert len(quiet) >= 5
    assert {a.event for s in every for a in s.script.actions} >= {"rubbish_heap", "in_the_way"}
    purposes = {z.purpose for s in every for z in s.script.camera.zones}
    assert {Purpose.NO_DUMPING, Purpose.SIDEWALK, Purpose.RESTRICTED, Purpose.WATCH} <= purposes


def test_the_truth_is_an_events_file_that_scoring_reads():
    script = scenes.demo()[1]
    data = json.loads(json.dumps(truth.table(script, script.known, "clip.mp4", 640, 480)))
    events = events_of(data)["clip.mp4"]
    assert [e.answers for e in events] == [("intrusion",)] * 2
    assert all(e.sure for e in events)
    box = script.known[0].box
    assert box is not None
    assert events[0].box is not None
    assert events[0].box.iou(box) > 0.9
    assert data["events"][0]["staged"] is True


def test_an_event_without_a_place_has_no_box():
    script = scenes.demo()[4]
    whole = Expected(type="camera_tampering", start_s=1, end_s=2)
    assert truth.table(script, [whole], "c.mp4", 64, 48)["events"][0]["box_xywh"] is None


def test_an_unknown_scene_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(BadInput, match="motorbike"):
        stage_named(None, "ball", tmp_path / "o.mp4", tmp_path / "o.json", 0, lambda _s: None)
    assert set(named()) == set(named(drawn=True))
