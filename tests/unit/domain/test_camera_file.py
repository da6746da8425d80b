"""The camera file: what it accepts, what it refuses and how, and that writing loses nothing."""

import contextlib
from datetime import date
from datetime import time as TimeOfDay  # noqa: N812

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matpho.domain.camera import RULE_SETTINGS, Camera, Hours, Purpose, RecordMode, Zone
from matpho.domain.camera_file import KINDS, camera_from, camera_table, parse, write
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.ids import CameraId, PersonId, ZoneId
from matpho.domain.permitted import Permitted
from matpho.domain.time import Instant, from_iso
from matpho.errors import BadCameraFile

pytestmark = pytest.mark.unit

HEAD = '[camera]\nid = "cho"\nname = "Chợ"\n'
SQUARE = "polygon = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]\n"


def zone(body: str) -> str:
    return f'{HEAD}[[zone]]\nid = "via-he"\n{body}'


WATCHED = zone(f'purpose = "watch"\n{SQUARE}')


def test_the_example_of_the_design_is_read():
    camera = parse("""
[camera]
id = "nga-ba-cho"
name = "Ngã ba chợ"
main = "rtsp://a/main"
sub = "rtsp://a/sub"
ground = [[0.1,0.9],[0.9,0.9],[0.7,0.3],[0.3,0.3]]
ground_size_m = [7.0, 20.0]

[[zone]]
id = "vach-dung"
purpose = "stop_line"
line = [[0.10, 0.72], [0.58, 0.75]]
direction = [0.0, -1.0]
lamp = [0.90, 0.20, 0.05, 0.18]

[[zone]]
id = "via-he"
purpose = "sidewalk"
polygon = [[0.0, 1.0], [0.0, 0.7], [0.3, 0.0], [0.67, 0.0], [0.7, 1.0]]
permitted_hours = ["05:00-07:00"]
[zone.rules.sidewalk_encroachment]
min_duration_s = 300
""")
    assert camera.name == "Ngã ba chợ"
    assert camera.ground_size_m == (7.0, 20.0)
    line, walk = camera.zones
    assert line.lamp == Box(0.90, 0.20, 0.05, 0.18)
    assert line.line == (Point(0.10, 0.72), Point(0.58, 0.75))
    assert walk.permitted_hours == (Hours(TimeOfDay(5), TimeOfDay(7)),)
    assert walk.rules == {"sidewalk_encroachment": {"min_duration_s": 300.0}}


def test_what_is_permitted_is_read_with_who_when_why_and_until():
    (read,) = parse(
        zone(
            f'purpose = "sidewalk"\n{SQUARE}[zone.rules.sidewalk_encroachment]\nmin_duration_s = 300\n'
            '[[zone.permitted]]\nid = "chau"\nbox = [0.25, 0.5, 0.25, 0.25]\nnote = "Chậu cây của hộ 12"\n'
            'until = 2027-01-31\nby = "person0000000001"\nsince = "2026-11-23T05:06:07.000Z"\n'
            f"[[zone.permitted]]\n{SQUARE}"
        )
    ).zones
    pot, square = read.permitted
    assert pot.outline == Polygon((Point(0.25, 0.5), Point(0.5, 0.5), Point(0.5, 0.75), Point(0.25, 0.75)))
    assert (pot.id, pot.note, pot.until, pot.by) == (
        "chau",
        "Chậu cây của hộ 12",
        date(2027, 1, 31),
        "person0000000001",
    )
    assert pot.since == from_iso("2026-11-23T05:06:07Z")
    assert (square.id, square.outline, square.until) == ("2", read.polygon, None)


def test_the_whole_day_and_hours_over_midnight():
    (read,) = parse(
        zone(f'purpose = "restricted"\n{SQUARE}closed_hours = ["00:00-24:00", "22:00-05:30", "20:00-24:00"]')
    ).zones
    day, night, evening = read.closed_hours
    assert all(day.holds(TimeOfDay(h)) for h in range(24))
    assert night.holds(TimeOfDay(23))
    assert night.holds(TimeOfDay(5, 29))
    assert not night.holds(TimeOfDay(5, 30))
    assert evening.holds(TimeOfDay(23, 59))
    assert not evening.holds(TimeOfDay(0))


@pytest.mark.parametrize(
    ("text", "zone_named", "field"),
    [
        ("[camera", False, "TOML"),
        ('[[zone]]\nid = "a"', False, "camera"),
        ('[camera]\nname = "Chợ"', False, "id"),
        ('[camera]\nid = "Chợ"\nname = "x"', False, "id"),
        (f'[camera]\nid = "{"a" * 41}"\nname = "x"', False, "id"),
        ('[camera]\nid = "a"\nname = 3', False, "name"),
        (HEAD + 'mian = "rtsp://x"', False, "mian"),
        (HEAD + 'main = ""', False, "main"),
        (HEAD + 'staged = "yes"', False, "staged"),
        (HEAD + "ground = [[0,0],[1,0],[1,1],[0,1]]", False, "ground_size_m"),
        (HEAD + "ground = [[0,0],[1,0],[1,1]]\nground_size_m = [1, 2]", False, "ground"),
        (HEAD + "ground = [[0,0],[1,0],[1,1],[0,1]]\nground_size_m = [1, 0]", False, "ground_size_m"),
        (HEAD + "ground = [[0,1],[1,1],[0.4,0.7],[0,0]]\nground_size_m = [1, 2]", False, "ground"),
        (HEAD + "zone = 3", False, "zone"),
        (HEAD + "[[zone]]\npurpose = 'watch'", False, "id"),
        (HEAD + "[zone]\nid = 'a'", False, "zone"),
        (zone(SQUARE), True, "purpose"),
        (zone(f'purpose = "parking"\n{SQUARE}'), True, "purpose"),
        (zone(f'purpose = "watch"\n{SQUARE}colour = "red"'), True, "colour"),
        (zone('purpose = "watch"'), True, "polygon"),
        (zone('purpose = "watch"\npolygon = [[0.1, 0.1], [0.9, 0.1], [0.9, 1.2]]'), True, "polygon"),
        (zone('purpose = "watch"\npolygon = [[0.1, 0.1], [0.9, 0.1], [nan, 0.2]]'), True, "polygon"),
        (zone('purpose = "watch"\npolygon = [[0.1, 0.1], [0.9, 0.1], [inf, 0.2]]'), True, "polygon"),
        (zone('purpose = "watch"\npolygon = [[0.1, 0.1], [0.9, 0.1]]'), True, "polygon"),
        (zone('purpose = "watch"\npolygon = [[0.1, 0.1], [0.5, 0.1], [0.9, 0.1]]'), True, "polygon"),
        (zone('purpose = "watch"\npolygon = [[0.1,0.1],[0.9,0.9],[0.9,0.1],[0.1,0.9]]'), True, "polygon"),
        (zone('purpose = "watch"\npolygon = [[0.1, 0.1], [0.9, 0.1, 0.3], [0.9, 0.9]]'), True, "polygon"),
        (zone('purpose = "watch"\npolygon = [[0.1, true], [0.9, 0.1], [0.9, 0.9]]'), True, "polygon"),
        (zone('purpose = "watch"\npolygon = "everywhere"'), True, "polygon"),
        (zone('purpose = "watch"\nline = [[0.1, 0.1], [0.9, 0.1]]'), True, "line"),
        (zone(f'purpose = "stop_line"\n{SQUARE}'), True, "polygon"),
        (zone('purpose = "stop_line"\nline = [[0.1, 0.1], [0.1, 0.1]]'), True, "line"),
        (zone('purpose = "stop_line"\nline = [[0,0],[1,1]]\ndirection = [0, 0]'), True, "direction"),
        (zone('purpose = "stop_line"\nline = [[0,0],[1,1]]\nlamp = [0.9, 0.9, 0.2, 0.1]'), True, "lamp"),
        (zone(f'purpose = "restricted"\n{SQUARE}closed_hours = ["25:00-07:00"]'), True, "closed_hours"),
        (zone(f'purpose = "restricted"\n{SQUARE}closed_hours = ["05:00"]'), True, "closed_hours"),
        (zone(f'purpose = "restricted"\n{SQUARE}closed_hours = ["05:00-05:00"]'), True, "closed_hours"),
        (zone(f'purpose = "restricted"\n{SQUARE}closed_hours = ["05:00-24:30"]'), True, "closed_hours"),
        (zone(f'purpose = "restricted"\n{SQUARE}closed_hours = "05:00-07:00"'), True, "closed_hours"),
        (zone(f'purpose = "restricted"\n{SQUARE}closed_hours = [5]'), True, "closed_hours"),
        (zone(f'purpose = "collection_point"\n{SQUARE}'), True, "permitted_hours"),
        (f"{WATCHED}permitted = 3\n", True, "permitted"),
        (f"{WATCHED}permitted = [3]\n", True, "permitted"),
        (f'{WATCHED}[[zone.permitted]]\nnote = "x"\n', True, "box"),
        (f"{WATCHED}[[zone.permitted]]\nbox = [0.1, 0.1, 0.2, 0.2]\n{SQUARE}", True, "box"),
        (f'{WATCHED}[[zone.permitted]]\nbox = [0.1, 0.1, 0.2, 0.2]\nuntil = "mai"\n', True, "until"),
        (f'{WATCHED}[[zone.permitted]]\nbox = [0.1, 0.1, 0.2, 0.2]\nsince = "hôm qua"\n', True, "since"),
        (f'{WATCHED}[[zone.permitted]]\nbox = [0.1, 0.1, 0.2, 0.2]\nid = "Chậu"\n', True, "id"),
        (f"{WATCHED}[[zone.permitted]]\nbox = [0.1, 0.1, 0.2, 0.2]\nlook = 1\n", True, "look"),
        (f"{WATCHED}permitted = [{', '.join(['{box = [0.1, 0.1, 0.2, 0.2]}'] * 51)}]\n", True, "permitted"),
        (
            WATCHED + 2 * '[[zone.permitted]]\nid = "a"\nbox = [0.1, 0.1, 0.2, 0.2]\n',
            True,
            "permitted",
        ),
        (zone(f'purpose = "watch"\n{SQUARE}[zone.rules.thinking]\nmin_duration_s = 3'), True, "rules.thinking"),
        (zone(f'purpose = "watch"\n{SQUARE}[zone.rules.fight]\nenabled = 1'), True, "enabled"),
        (zone(f'purpose = "watch"\n{SQUARE}[zone.rules.fight]\nmin_duration_s = -1'), True, "min_duration_s"),
        (zone(f'purpose = "watch"\n{SQUARE}[zone.rules.fight]\nmin_duration_s = nan'), True, "min_duration_s"),
        (zone(f'purpose = "watch"\n{SQUARE}[zone.rules.fight]\nmin_duration_s = "long"'), True, "min_duration_s"),
        (zone(f'purpose = "watch"\n{SQUARE}[zone.rules.fight]\nwords = ["a"]'), True, "words"),
        (zone(f'purpose = "watch"\n{SQUARE}rules = 3'), True, "rules"),
        (
            zone(f'purpose = "watch"\n{SQUARE}[zone.rules.unattended_object]\nmin_duratoin_s = 3'),
            True,
            "min_duratoin_s",
        ),
        (zone(f'purpose = "watch"\n{SQUARE}[zone.rules.unattended_object]\nmin_share = true'), True, "min_share"),
        (zone(f'purpose = "watch"\n{SQUARE}[zone.rules.unattended_object]\nmin_share = -0.5'), True, "min_share"),
        (WATCHED + f'[[zone]]\nid = "via-he"\npurpose = "ignore"\n{SQUARE}', True, "id"),
    ],
)
def test_what_is_malformed_is_refused_by_zone_and_field_in_both_languages(*, text: str, zone_named: bool, field: str):
    with pytest.raises(BadCameraFile) as caught:
        parse(text)
    for sentence in (caught.value.en, caught.value.vi):
        assert field in sentence
        if zone_named:
            assert '"via-he"' in sentence
    assert caught.value.en != caught.value.vi


def test_the_second_zone_without_an_id_is_called_by_its_number():
    with pytest.raises(BadCameraFile) as caught:
        parse(WATCHED + f'[[zone]]\npurpose = "ignore"\n{SQUARE}')
    assert "zone number 2" in caught.value.en
    assert "vùng thứ 2" in caught.value.vi


@pytest.mark.parametrize(("setting", "value"), [("min_share", 1.5), ("min_duration_s", 90_000), ("min_share", -0.1)])
def test_a_setting_outside_its_bounds_is_refused_with_them(setting: str, value: float):
    rules = f"[zone.rules.unattended_object]\n{setting} = {value}\n"
    with pytest.raises(BadCameraFile) as refused:
        parse(WATCHED + rules)
    assert f"rules.unattended_object.{setting}" in refused.value.vi
    assert ("0" in refused.value.vi and "đến" in refused.value.vi) or "âm" in refused.value.vi


share = st.floats(0, 1)
points = st.builds(Point, share, share)


def simple(corners: list[Point]) -> Polygon | None:
    try:
        return Polygon(tuple(corners))
    except ValueError:
        return None


polygons = st.lists(points, min_size=3, max_size=6).map(simple).filter(lambda p: p is not None)
minutes = st.builds(TimeOfDay, st.integers(0, 23), st.integers(0, 59))
stretches = st.one_of(
    st.just(Hours(TimeOfDay(0), TimeOfDay(0))),
    st.builds(Hours, minutes, minutes).filter(lambda h: h.start != h.end),
)
settings = st.dictionaries(
    st.from_regex(r"x[a-z0-9_]{0,20}", fullmatch=True),
    st.one_of(st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20)),
    max_size=3,
)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda t: bool(t.strip())
)
UNRULED = [kind for kind in KINDS if kind not in RULE_SETTINGS]
directions = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).filter(lambda d: d != (0, 0))
lamps = st.builds(lambda x, y: Box(x / 2, y / 2, 0.25, 0.125), share, share)


places = st.builds(
    Permitted,
    id=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True),
    outline=polygons,
    note=st.just("") | words,
    until=st.none() | st.dates(),
    by=st.none() | words.map(PersonId),
    since=st.none() | st.integers(0, 4_000_000_000_000).map(lambda ms: Instant(ms * 1_000_000)),
)


@st.composite
def zones(draw: st.DrawFn) -> Zone:
    purpose = draw(st.sampled_from(list(Purpose)))
    lined = purpose is Purpose.STOP_LINE
    return Zone(
        id=ZoneId(draw(st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True))),
        purpose=purpose,
        polygon=None if lined else draw(polygons),
        line=draw(st.tuples(points, points).filter(lambda ends: ends[0] != ends[1])) if lined else None,
        direction=draw(st.none() | directions),
        lamp=draw(st.none() | lamps),
        permitted_hours=tuple(draw(st.lists(stretches, min_size=1, max_size=3))),
        closed_hours=tuple(draw(st.lists(stretches, max_size=3))),
        rules=draw(st.dictionaries(st.sampled_from(UNRULED), settings, max_size=2)),
        permitted=tuple(draw(st.lists(places, max_size=2, unique_by=lambda p: p.id))),
    )


cameras = st.builds(
    Camera,
    id=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True).map(CameraId),
    name=words,
    main=st.none() | words,
    sub=st.none() | words,
    zones=st.lists(zones(), max_size=3, unique_by=lambda z: z.id).map(tuple),
    staged=st.booleans(),
)


@given(cameras)
def test_what_is_written_is_read_back_the_same(camera: Camera):
    assert parse(write(camera)) == camera
    assert camera_from(camera_table(camera)) == camera


@given(st.text(max_size=200))
def test_no_text_makes_it_fail_in_another_way(text: str):
    with contextlib.suppress(BadCameraFile):
        parse(HEAD + text)


@pytest.mark.parametrize(
    "text",
    [
        zone(f'purpose = "watch"\npolygon = [[{"9" * 5000}, 0.0], [1.0, 0.0], [1.0, 1.0]]'),
        zone(f'purpose = "watch"\npolygon = [[{"9" * 400}, 0.0], [1.0, 0.0], [1.0, 1.0]]'),
        zone('purpose = "watch"\npolygon = [' + "[0.1, 0.2], " * 201 + "]"),
        HEAD + "".join(f'[[zone]]\nid = "z{n}"\npurpose = "watch"\n{SQUARE}' for n in range(101)),
        HEAD.replace("Chợ", "Ch\\u0000"),
        HEAD.replace("Chợ", "x" * 1001),
        "a = " + "[" * 3000 + "]" * 3000,
    ],
    ids=["thousands of digits", "hundreds of digits", "201 points", "101 zones", "NUL", "long name", "deep"],
)
def test_what_is_beyond_measure_is_refused_quickly(text: str):
    with pytest.raises(BadCameraFile) as caught:
        parse(text)
    assert len(caught.value.en) < 400


def test_a_byte_order_mark_is_no_mistake():
    assert parse("\ufeff" + WATCHED) == parse(WATCHED)


@pytest.mark.parametrize("mode", RecordMode)
def test_what_is_kept_is_read_and_written(mode):
    camera = parse(f'{HEAD}main = "rtsp://a/main"\nsub = "rtsp://a/sub"\nrecord = "{mode}"\n')
    assert camera.record is mode
    assert parse(write(camera)) == camera
    assert camera.recorded_address == ("rtsp://a/sub" if mode is RecordMode.SUB else "rtsp://a/main")


def test_a_camera_keeps_its_main_stream_unless_it_says_otherwise():
    camera = parse(HEAD)
    assert camera.record is RecordMode.MAIN
    assert "record" not in write(camera)
    with pytest.raises(BadCameraFile, match="record") as caught:
        parse(f'{HEAD}record = "never"\n')
    assert "cách ghi" in caught.value.vi
