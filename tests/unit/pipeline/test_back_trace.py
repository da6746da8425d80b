"""Who left it, by the recording: real encoded video in real segments, and a film read twice."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.observation import Group, Observation, Sighting, StaticObject
from matpho.domain.time import SECOND, Instant, Span, after, seconds
from matpho.pipeline.analyse import analyse
from matpho.pipeline.back_trace import MOST_AN_HOUR, BackTrace, nearest
from matpho.pipeline.camera import FILE, CameraPipeline
from matpho.pipeline.past import Answer, Change, Glimpse, Past, Question
from matpho.pipeline.planes import from_bgr
from matpho.pipeline.recordings import RecordedPast, Recordings
from matpho.rules.table import rules_for
from matpho.testing.clock import NOON
from matpho.testing.footage import packets
from matpho.testing.scripted_detector import ScriptedDetector
from matpho.video.segment import SegmentWriter
from matpho.vision.footprint import Footprint
from matpho.vision.imprint import Imprint
from matpho.vision.static_objects import StaticObjectModel
from matpho.vision.static_scenes import KnownScenes

pytestmark = pytest.mark.unit

WHOLE = Polygon((Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)))
CAMERA = Camera(
    id=CameraId("cho"), name="Chợ", zones=(Zone(id=ZoneId("z"), purpose=Purpose.NO_DUMPING, polygon=WHOLE),)
)
BAG = Box(180 / 640, 250 / 360, 50 / 640, 35 / 360)
SET_DOWN_S, FPS = 40.0, 5
DICE = np.random.default_rng(3)
GROUND = cv2.resize(DICE.integers(90, 150, (18, 32)).astype(np.uint8), (640, 360), interpolation=cv2.INTER_CUBIC)
NOISE = DICE.normal(0, 1.0, (4, 360, 640)).round().astype(np.int16)


def at(s: float) -> Instant:
    return after(NOON, s)


def street(s: float, *, tall: int = 140) -> np.ndarray:
    """Somebody comes at 36 s, sets a dark bag down at 40 s, and goes at 43 s; (360, 640, 3) BGR."""
    picture = GROUND.copy()
    if s >= SET_DOWN_S:
        cv2.rectangle(picture, (180, 250), (230, 285), 20, -1)
    if 36 <= s < 46:
        x = 235 + round(60 * max(39 - s, s - 43, 0))
        cv2.rectangle(picture, (x, 290 - tall), (x + tall // 3, 290), 230, -1)
    noisy = np.clip(picture + NOISE[round(s * FPS) % 4], 0, 255).astype(np.uint8)
    return np.repeat(noisy[:, :, None], 3, axis=2)


def sees_people(image: np.ndarray) -> list[Observation]:
    """A person wherever a bright block is a fifth of the picture's height."""
    bright = (image[:, :, 0] > 200).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(bright)
    h, w = bright.shape
    return [
        Observation(Group.PERSON, "person", Box(x / w, y / h, bw / w, bh / h), 0.8)
        for x, y, bw, bh, area in stats[1:].tolist()
        if bh > 0.2 * h and area > 100
    ]


def large(number: int, width: int, height: int) -> av.VideoFrame:
    """The main stream's picture: half as large again as what is analysed."""
    image = cv2.resize(street(number / FPS), (width, height), interpolation=cv2.INTER_LINEAR)
    return av.VideoFrame.from_ndarray(image, format="bgr24")


@cache
def recorded() -> tuple:
    return packets(size=(960, 540), fps=FPS, pictures=90 * FPS, gop=10, drawn=large)


def record(folder: Path, since_s: float = 0.0, file_s: float = 20.0) -> None:
    """Ninety seconds of the main stream, in files of twenty, as a recorder leaves them; the last one still grows."""
    info, script = recorded()
    writer, day = None, f"{datetime.fromtimestamp(NOON // SECOND, UTC):%Y-%m-%d}"
    for packet in script:
        s = seconds(packet.at - NOON)
        if s < since_s:
            continue
        if packet.key and (writer is None or s - seconds(writer.start - NOON) >= file_s):
            if writer is not None:
                writer.close()
            writer = SegmentWriter(folder / CAMERA.id / day / f"{packet.at}.mp4", info, packet.at)
            writer.create()
        writer.add(packet, 0.0)


def learned() -> KnownScenes:
    """What an earlier run of the analysis knew of the empty street."""
    model = StaticObjectModel()
    for number in range(8 * FPS):
        model.update(from_bgr(street(number / FPS), at(number / FPS)), (), [])
    known = model.learned()
    assert known is not None
    return known


def restarted(past: Past, detector: ScriptedDetector, since_s: float = 60.0, until_s: float = 90.0) -> list[RuleHit]:
    """The analysis was down when the bag was set down; its thread waits for the slow one that reads recordings."""
    pipeline = CameraPipeline(
        CAMERA,
        detector,
        rules_for(CAMERA, "r", UTC),
        pace=FILE,
        static=StaticObjectModel(learned=learned()),
        past=past,
    )
    told = []
    for number in range(round(since_s * FPS), round(until_s * FPS)):
        told += pipeline.step(from_bgr(street(number / FPS), at(number / FPS)))
        trace, deadline = pipeline.trace, time.monotonic() + 20
        while trace and trace.waits and not (trace._change or past._answers) and time.monotonic() < deadline:
            time.sleep(0.01)
    return told


def test_who_left_it_while_the_analysis_was_down_is_found_in_the_recording(tmp_path):
    record(tmp_path)
    past, detector = RecordedPast(tmp_path), ScriptedDetector(sees_people)
    hits = restarted(past, detector)
    past.stop()
    assert [h.kind for h in hits[:1]] == ["illegal_dumping"]
    first = hits[0]
    assert abs(seconds(first.start - at(SET_DOWN_S))) <= 0.5, "back-dated to when the recording shows it first"
    assert "theo bản ghi, lúc đó (00:00:39) gần nhất là một người" in first.why.vi
    assert abs(first.figures["recorded_s"] - seconds(first.at - at(SET_DOWN_S))) < 3.0
    assert first.at < at(70), "it has lain there for long: nobody waits once more"


def test_a_recording_that_begins_later_tells_nothing_of_who(tmp_path):
    record(tmp_path, since_s=50.0)
    past = RecordedPast(tmp_path)
    (hit, *_) = restarted(past, ScriptedDetector(sees_people))
    past.stop()
    assert hit.start > at(59)
    assert "bản ghi" not in hit.why.vi
    assert "recorded_s" not in hit.figures


def test_without_any_recording_it_is_the_same(tmp_path):
    past = RecordedPast(tmp_path / "none")
    (hit, *_) = restarted(past, ScriptedDetector(sees_people))
    past.stop()
    assert "bản ghi" not in hit.why.vi


def test_a_search_reads_a_dozen_pictures_and_looks_once(tmp_path):
    record(tmp_path)
    detector = ScriptedDetector()
    past = RecordedPast(tmp_path)
    restarted(past, detector, until_s=80)
    past.stop()
    seldom = detector.pictures
    with_nothing = ScriptedDetector()
    restarted(RecordedPast(tmp_path / "none"), with_nothing, until_s=80)
    assert 6 <= seldom - with_nothing.pictures <= 9


def test_damaged_files_leave_the_rest(tmp_path):
    record(tmp_path)
    files = sorted(tmp_path.rglob("*.mp4"))
    files[0].write_bytes(b"nothing")
    reel = Recordings(tmp_path / CAMERA.id)
    keys = reel.keys(Span(at(0), at(90)))
    assert keys[0] >= at(19.9)
    assert reel.key(keys[0]) is not None
    data = bytearray(files[2].read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    files[2].write_bytes(bytes(data))
    found = [seconds(f.at - NOON) for f in Recordings(tmp_path / CAMERA.id).pictures(Span(at(30), at(75)), 0.5)]
    assert found[0] == 30
    assert found[-1] >= 74
    assert all(b > a for a, b in pairwise(found))


def film(path: Path, *, tall: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "18"}
        stream.codec_context.gop_size = 25
        for number in range(75 * FPS):
            frame = av.VideoFrame.from_ndarray(street(number / FPS, tall=tall), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_of_a_film_the_film_itself_is_the_recording(tmp_path):
    """Somebody of 54 of 360 pixels is too small for the detector, but not in a closer look at the moment."""
    found = analyse(film(tmp_path / "a.mp4", tall=54), CAMERA, ScriptedDetector(sees_people))
    (one,) = found.incidents
    assert one.kind == "illegal_dumping"
    assert "theo bản ghi" in one.why.vi
    assert abs(one.start_s - SET_DOWN_S) < 1.5


def test_whoever_was_seen_live_needs_no_recording(tmp_path):
    (one,) = analyse(film(tmp_path / "a.mp4", tall=140), CAMERA, ScriptedDetector(sees_people)).incidents
    assert "bản ghi" not in one.why.vi
    assert "đã rời đi" in one.why.vi


# Whose turn, how often, and who is nearest

THING = Box(0.4, 0.6, 0.05, 0.05)
CROP = Box(0.0, 0.0, 1.0, 1.0)
PIXELS = np.zeros((36, 64, 3), np.uint8)


def seen(group: Group, box: Box, score: float = 0.7) -> Observation:
    return Observation(group, group.value, box, score)


def looks(*pictures: list[Observation]) -> list:
    return [(Glimpse(at(i), PIXELS, CROP), list(found)) for i, found in enumerate(pictures)]


def test_a_person_goes_before_a_vehicle_and_the_nearest_before_another():
    car, far = seen(Group.VEHICLE, Box(0.2, 0.4, 0.18, 0.25)), seen(Group.PERSON, Box(0.3, 0.4, 0.04, 0.2))
    close = seen(Group.PERSON, Box(0.41, 0.42, 0.04, 0.22))
    found = nearest(looks([car], [car, far], [close], []), THING, 9 / 16)
    assert found == Sighting(at(2), Group.PERSON, close.box)


def test_a_car_that_stands_there_all_the_while_has_left_nothing_but_one_that_stops_has():
    car = seen(Group.VEHICLE, Box(0.2, 0.4, 0.18, 0.25))
    assert nearest(looks([car], [car], [car]), THING, 9 / 16) is None
    assert nearest(looks([], [car], []), THING, 9 / 16) == Sighting(at(1), Group.VEHICLE, car.box)


@pytest.mark.parametrize(
    "other",
    [
        seen(Group.PERSON, Box(0.9, 0.4, 0.04, 0.2)),  # far away
        seen(Group.PERSON, THING),  # the thing itself
        seen(Group.PERSON, Box(0.41, 0.42, 0.04, 0.22), 0.2),  # hardly seen
        seen(Group.ANIMAL, Box(0.41, 0.52, 0.06, 0.12)),
    ],
)
def test_who_is_far_the_thing_itself_or_no_leaver_is_not_taken(other: Observation):
    assert nearest(looks([other], [other]), THING, 9 / 16) is None


class _Keeps:
    """A past that remembers its questions and knows nothing."""

    def __init__(self, change: Change | None = None) -> None:
        self.questions: list[Question] = []
        self.change = change

    def ask(self, question: Question) -> None:
        self.questions.append(question)

    def take(self, camera_id: CameraId, thing: int) -> Answer | None:
        del camera_id, thing
        return Answer(self.change)


def thing(number: int = 1, **changes) -> StaticObject:
    known = {
        "id": number,
        "appeared": at(0),
        "last_seen": at(10),
        "box": THING,
        "area": 0.0025,
        "samples": (),
        "group": None,
        "label": None,
        "score": 0.7,
        "owner": None,
        "owner_left": None,
        "attended": False,
        "unattended_since": at(0),
        "gone": False,
    }
    return StaticObject(**known | changes)


def trace(past: _Keeps, granted: Callable[[Instant], bool] = lambda _at: True) -> BackTrace:
    mask, bare = np.zeros((90, 160), np.uint8), np.full((90, 160), 100, np.uint8)
    mask[50:60, 70:80] = 255
    imprint = Imprint.take(mask, np.where(mask > 0, 30, bare).astype(np.uint8), bare, mask)
    footprint = Footprint(imprint, (160, 90), (0.0, 0.0), THING, unseen=False)
    return BackTrace(CAMERA, past, lambda _number: footprint, lambda _image: [], granted)


@pytest.mark.parametrize(
    "other",
    [{"owner": 4}, {"gone": True}, {"removed": True}, {"group": Group.VEHICLE}, {"appeared": at(8)}],
)
def test_a_known_owner_or_another_thing_asks_nothing(other: dict):
    past = _Keeps()
    trace(past).step([thing(**other)], at(10), 9 / 16)
    assert past.questions == []


def test_each_thing_asks_once_and_a_camera_so_often_an_hour():
    past = _Keeps()
    asks = trace(past)
    for number in range(200):
        things = [thing(number // 2)]
        asks.step(things, at(10 + number), 9 / 16)
        asks.step(things, at(10.5 + number), 9 / 16)
    assert [q.thing for q in past.questions] == list(range(MOST_AN_HOUR))
    asks.step([thing(999)], at(4000), 9 / 16)
    assert past.questions[-1].thing == 999


def test_without_a_grant_nothing_is_looked_at():
    glimpses = tuple(Glimpse(at(i), PIXELS, CROP) for i in range(3))
    past, given = _Keeps(Change(at(1), glimpses)), []
    asks = trace(past, lambda _at: bool(given))
    for step in range(10):
        asks.step([thing()], at(10 + step), 9 / 16)
    assert asks.waits
    given.append(1)
    for step in range(4):
        asks.step([thing()], at(20 + step), 9 / 16)
    assert not asks.waits
