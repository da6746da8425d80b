"""The families of the staged suite as data: how many, always the same, and the truth of one scene of each."""

from collections import Counter
from dataclasses import replace

import pytest

from matpho.domain.geometry import Point, polygon
from matpho.errors import BadInput
from matpho.sim.compose import Composer
from matpho.sim.families import FAMILIES, PLAIN, family_scenes
from matpho.sim.places.catalogue import CLIP_PLACES, Footage, background_of, place
from matpho.sim.script import Act, from_json, to_json
from matpho.sim.stagehand import FOUND, Stagehand
from matpho.sim.suite import by_hand, chosen, suite
from matpho.sim.suite_figures import background

pytestmark = pytest.mark.unit

SILENT = {"taken_soon", "ghost", "owner_stays", "passers_by", "light_only", "rain", "headlights"}
DRAWN = ("street", "alley", "market", "forecourt")


def test_there_are_three_hundred_scenes_on_four_backgrounds_without_any_clip_of_people():
    scenes = family_scenes()
    assert len(scenes) >= 300
    assert len({background(s) for s in scenes}) >= 4
    assert len({s.script.name for s in [*scenes, *by_hand()]}) == len(scenes) + len(by_hand())
    assert Counter(s.family for s in scenes) == {f.name: f.count for f in FAMILIES}
    plain = [s for s in scenes if s.family == PLAIN]
    assert len({background(s) for s in plain}) >= 4


def test_measurement_clips_are_more_backgrounds_where_they_are():
    more = suite(CLIP_PLACES)
    assert len(more) > len(suite())
    assert {c.background for c in CLIP_PLACES} <= {background(s) for s in more}


def test_the_same_number_gives_the_same_scene_and_another_one_another():
    assert [to_json(s.script) for s in family_scenes()] == [to_json(s.script) for s in family_scenes()]
    one, two = (f.make(Stagehand(f.name, n, (place("street"),))) for f in FAMILIES[:1] for n in (0, 1))
    assert one.script.actions != two.script.actions


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_what_a_family_stages_is_to_be_found_or_it_is_silent(family):
    for number in range(family.count):
        scene = family.make(Stagehand(family.name, number, family.places))
        script = scene.script
        events = [a for a in script.actions if a.event]
        assert len(events) == (0 if family.name in SILENT else 1)
        assert from_json(to_json(script)) == script
        floor = polygon(place(scene.place).floor)
        for one in events:
            assert one.event == FOUND
            assert one.at is not None
            assert floor.contains(Point(one.at.x, one.at.y - 0.004)), script.name
            assert one.end_s <= script.duration_s
            assert script.duration_s - one.start_s >= 24  # time enough to tell it, by a wait of ten seconds


@pytest.mark.parametrize(
    "family", [f for f in FAMILIES if f.name not in SILENT], ids=lambda f: f.name
)  # fmt: skip
def test_the_truth_of_a_scene_is_where_it_is_drawn(family):
    drawn = [p for p in family.places if p.name in DRAWN]
    scene = family.make(Stagehand(family.name, 1, drawn))
    one = place(scene.place)
    composer = Composer(background_of(one, Footage(), scene.script.view), scene.script)
    (found,) = composer.expected
    (action,) = [a for a in scene.script.actions if a.event]
    assert (found.start_s, found.end_s, found.note) == (action.start_s, action.end_s, action.thing)
    assert found.box is not None
    assert action.at is not None
    assert found.box.bottom == pytest.approx(action.at.y, abs=0.035)
    assert found.box.x - 0.01 <= action.at.x <= found.box.right + 0.01
    size_px = (found.box.area * scene.script.view.width * scene.script.view.height) ** 0.5
    assert 6 <= size_px <= 100


def test_light_changes_within_two_seconds_of_the_set_down():
    for name in ("lamp", "cloud"):
        for scene in (s for s in family_scenes() if s.family == name):
            (down,) = [a for a in scene.script.actions if a.do is Act.LEAVE]
            (light,) = [a for a in scene.script.actions if a.do is Act.LIGHT]
            assert abs(light.start_s - down.start_s) <= 2


def test_the_van_stands_before_the_thing_and_hides_it():
    scene = next(s for s in family_scenes() if s.family == "occluded" and s.place == "street")
    one = place("street")
    composer = Composer(background_of(one, Footage(), scene.script.view), scene.script)
    (down,) = [a for a in scene.script.actions if a.do is Act.LEAVE]
    (van,) = [a for a in scene.script.actions if a.do is Act.PARK]
    alone = Composer(composer.background, replace(scene.script, actions=(van,)))
    moments = [round((van.start_s + 1) * scene.script.fps)]
    hidden, without = (next(p for i, p in enumerate(c.pictures()) if i in moments) for c in (composer, alone))
    box = composer.expected[0].box
    assert box is not None
    rows = slice(round(box.y * 480), round(box.bottom * 480))
    columns = slice(round(box.x * 640), round(box.right * 640))
    assert 20 <= van.end_s - van.start_s <= 60
    assert down.end_s > van.end_s
    assert (hidden[rows, columns] == without[rows, columns]).mean() > 0.9


def test_a_part_of_the_suite_is_chosen_by_family_by_scene_and_by_sample():
    scenes = suite()
    assert {s.family for s in chosen(scenes, ["lamp", "plain"])} == {"lamp", "plain"}
    assert [s.script.name for s in chosen(scenes, ["bag-plaza"])] == ["bag-plaza"]
    few = chosen(scenes, ["plain", "rain"], 3)
    assert Counter(s.family for s in few) == {"plain": 3, "rain": 3}
    with pytest.raises(BadInput, match="plane"):
        chosen(scenes, ["plane"])
