"""Clips told again as another camera would have them: the same each time, and what matters stays as it was."""

from pathlib import Path

import numpy as np
import pytest

from matpho.domain.camera_file import parse
from matpho.domain.geometry import Box, Point
from matpho.domain.time import Instant
from matpho.errors import BadInput
from matpho.pipeline.analyse import ANALYSED_FPS
from matpho.pipeline.score import Event
from matpho.pipeline.take import Clip, Take, as_it_is
from matpho.pipeline.vary import OFF, VARIATIONS, is_traffic, varied
from matpho.testing.footage import draw
from matpho.vision.frame import Frame

pytestmark = pytest.mark.unit

STREET = """
[camera]
id = "nga-tu"
name = "Ngã tư"
[[zone]]
id = "vach"
purpose = "stop_line"
line = [[0.2, 0.7], [0.8, 0.7]]
direction = [0.0, -1.0]
lamp = [0.7, 0.2, 0.1, 0.2]
[[zone]]
id = "duong"
purpose = "roadway"
polygon = [[0.1, 0.2], [0.9, 0.2], [0.9, 0.9], [0.1, 0.9]]
direction = [0.0, -1.0]
"""
RUN = Event("a.mp4", "red_light_running", 1.0, 2.0, Box(0.45, 0.6, 0.1, 0.15), sure=True, answers=("red_light",))
GEOMETRY = {"mirrored", "turned_left", "turned_right", "smaller", "larger", "cropped", "barred"}
LIGHT = {"darker", "brighter", "soft", "hard"}


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    draw(tmp_path / "a.mp4", fps=10, pictures=4)
    (tmp_path / "a.toml").write_text(STREET)
    return Clip("a.mp4", tmp_path / "a.mp4", tmp_path / "a.toml")


def told(clip: Clip, name: str) -> Take:
    return varied(clip, (RUN,), name)


def line(take: Take) -> tuple[Point, Point]:
    found = take.camera.zones[0].line
    assert found is not None
    return found


def lamp(take: Take) -> Box:
    found = take.camera.zones[0].lamp
    assert found is not None
    return found


def street() -> Frame:
    luma = np.tile(np.linspace(16, 235, 320).astype(np.uint8), (180, 1))
    chroma = np.full((90, 160), 110, np.uint8)
    return Frame(Instant(0), luma, chroma, chroma.copy())


@pytest.mark.parametrize("name", VARIATIONS)
def test_a_variation_is_the_same_each_time_and_changes_something(clip: Clip, name: str):
    one, again, plain = told(clip, name), told(clip, name), as_it_is(clip, (RUN,))
    assert one.camera == again.camera
    assert one.events == again.events
    shown = one.shown()
    pictures = shown is not None and not np.array_equal(shown(street()).luma, street().luma)
    assert pictures or one.camera != plain.camera or one.analysed_fps != ANALYSED_FPS
    assert (one.view is not None) == (name in GEOMETRY)
    assert len(one.camera.zones) == 2
    assert [e.sure for e in one.events] == [True]


@pytest.mark.parametrize("name", sorted(VARIATIONS.keys() - GEOMETRY))
def test_where_only_light_pace_or_drawings_change_the_events_stay_where_they_were(clip: Clip, name: str):
    assert told(clip, name).events == (RUN,)


@pytest.mark.parametrize("name", sorted(GEOMETRY | LIGHT | {"sparse"}))
def test_the_line_stays_before_the_rider_and_the_street_runs_on(clip: Clip, name: str):
    take = told(clip, name)
    (begin, end), box = line(take), take.events[0].box
    assert box is not None
    assert min(begin.x, end.x) < box.centre.x < max(begin.x, end.x)
    at = begin.y + (end.y - begin.y) * (box.centre.x - begin.x) / (end.x - begin.x)
    assert box.y < at < box.bottom
    for zone in take.camera.zones:
        assert zone.direction is not None
        assert zone.direction == pytest.approx((0.0, -1.0), abs=0.04)


def test_light_changes_as_it_is_called():
    plain = street().luma.astype(int)
    means = {name: _lit(name).astype(int).mean() for name in LIGHT}
    assert means["darker"] < plain.mean() - 20
    assert means["brighter"] > plain.mean() + 20
    assert means["soft"] > plain.mean() + 10
    assert means["hard"] < plain.mean() - 10
    assert _lit("brighter").max() <= 235  # what is white stays white
    assert abs(int(_lit("hard")[0, -1]) - 235) <= 2


def _lit(name: str) -> np.ndarray:
    take = VARIATIONS[name](Take(clip=Clip("a", Path("a"), Path("b")), camera=parse(STREET), events=()), 16 / 9)
    assert take.staged is not None
    return take.staged()(street()).luma


def test_lines_and_lamps_are_drawn_off_by_a_little(clip: Clip):
    assert line(told(clip, "line_beyond"))[0].y == pytest.approx(0.7 - OFF)
    assert line(told(clip, "line_before"))[0].y == pytest.approx(0.7 + OFF)
    loose, tight = lamp(told(clip, "lamp_loose")), lamp(told(clip, "lamp_tight"))
    assert loose.area == pytest.approx(1.25**2 * 0.02)
    assert tight.area == pytest.approx(0.8**2 * 0.02)
    assert loose.centre == pytest.approx(tight.centre)
    shaky = told(clip, "shaky_hand")
    off = [
        abs(a - b)
        for p, q in zip(line(shaky), ((0.2, 0.7), (0.8, 0.7)), strict=True)
        for a, b in zip(p, q, strict=True)
    ]
    assert 0 < max(off) <= OFF
    assert shaky.camera.zones[1].polygon != as_it_is(clip, ()).camera.zones[1].polygon


def test_pictures_come_rarely(clip: Clip):
    assert told(clip, "sparse").analysed_fps == 3


def test_zones_of_other_purposes_are_no_traffic(clip: Clip):
    assert is_traffic(as_it_is(clip, ()).camera)
    yard = """
[camera]
id = "san"
name = "Sân"
[[zone]]
id = "san"
purpose = "restricted"
polygon = [[0.1, 0.2], [0.9, 0.2], [0.9, 0.9]]
"""
    assert not is_traffic(parse(yard))


def test_a_name_that_is_none_is_refused(clip: Clip):
    with pytest.raises(BadInput):
        told(clip, "upside_down")
