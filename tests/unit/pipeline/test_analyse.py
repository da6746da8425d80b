"""A recording from end to end, with a scripted detector."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Box, Point, Polygon
from matpho.domain.hit import RuleHit
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.observation import Group, Observation
from matpho.domain.time import Instant, after
from matpho.domain.words import Said
from matpho.errors import BadVideo
from matpho.pipeline.analyse import Hits, analyse
from matpho.testing.footage import draw
from matpho.testing.scripted_detector import ScriptedDetector

pytestmark = pytest.mark.unit

WHOLE = Polygon((Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)))


def t(s: float) -> Instant:
    return after(Instant(0), s)


def camera(*purposes: Purpose) -> Camera:
    zones = tuple(Zone(id=ZoneId(p), purpose=p, polygon=WHOLE) for p in purposes)
    return Camera(id=CameraId("cam"), name="c", zones=zones)


def somebody() -> ScriptedDetector:
    person = Observation(Group.PERSON, "person", Box(0.4, 0.3, 0.1, 0.4), 0.9)
    return ScriptedDetector(lambda _image: [person])


def test_a_recording_gives_incidents_and_figures_ready_for_json(tmp_path: Path):
    path = draw(tmp_path / "a.mp4", fps=10, pictures=100)
    told: list[tuple[float, float | None]] = []
    result = analyse(
        path,
        camera(Purpose.RESTRICTED, Purpose.GATHERING),
        somebody(),
        progress=lambda done, whole: told.append((done, whole)),
    )
    data = json.loads(json.dumps(result.plain()))
    (found,) = data["incidents"]
    assert found["kind"] == "intrusion"
    assert found["zone"] == "restricted"
    assert found["box"] == pytest.approx([0.4, 0.3, 0.1, 0.4], abs=0.01)
    assert 0 <= found["start_s"] < 1
    assert found["end_s"] == pytest.approx(9.8, abs=0.3)
    assert set(found["why"]) == {"vi", "en"}
    assert found["advisory"] is False
    stats = data["stats"]
    assert stats["purposes_without_rule"] == []
    assert stats["frames_analysed"] == 50
    assert stats["detector"]["name"] == "scripted"
    assert set(stats["cpu_ms_per_camera_second"]) >= {"gate", "detector", "tracker", "static", "picture", "rules"}
    assert told[-1][0] > 9
    assert told[-1][1] == pytest.approx(10, abs=0.2)


def test_the_end_of_a_file_is_no_outage_and_an_empty_street_no_incident(tmp_path: Path):
    path = draw(tmp_path / "a.mp4", fps=10, pictures=60)
    assert analyse(path, camera(Purpose.NO_DUMPING, Purpose.WATCH), ScriptedDetector()).incidents == ()


def test_what_cannot_be_read_is_refused(tmp_path: Path):
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    with pytest.raises(BadVideo):
        analyse(tmp_path / "a.mp4", camera(), ScriptedDetector())


def hit(number: int, kind: str, thing: str, *, start: float, end: float | None, box: Box, zone: str = "a") -> RuleHit:
    return RuleHit(
        id=f"run-cam-{zone}-{kind}-{number}",
        kind=kind,
        camera_id=CameraId("cam"),
        zone_id=ZoneId(zone),
        thing=thing,
        start=t(start),
        at=t(start + 10),
        end=None if end is None else t(end),
        box=box,
        score=0.5 + number / 100,
        advisory=False,
        why=Said(f"vi {kind}", f"en {kind}"),
    )


BAG = Box(0.4, 0.7, 0.05, 0.05)


def test_hits_of_one_thing_are_one_incident_of_the_more_specific_kind():
    hits = Hits()
    hits.take([hit(1, "unattended_object", "static:4", start=5, end=40, box=BAG, zone="theo-doi")])
    hits.take([hit(2, "illegal_dumping", "static:4", start=5, end=None, box=BAG, zone="moi-noi")])
    (found,) = hits.incidents()
    assert (found.kind, found.zone) == ("illegal_dumping", "moi-noi")
    assert found.why.en == "en illegal_dumping"
    assert found.end_s == 40


def test_the_newest_telling_counts_and_the_first_is_its_time():
    hits = Hits()
    first = hit(1, "illegal_dumping", "static:4", start=5, end=None, box=BAG)
    hits.take([first])
    hits.take([replace(first, at=t(50), end=t(50))])
    (found,) = hits.incidents()
    assert (found.at_s, found.end_s) == (15, 50)


def test_two_intruders_seen_at_once_are_two_incidents_and_one_seen_in_pieces_is_one():
    side = Box(0.42, 0.3, 0.1, 0.4)
    couple = Hits()
    couple.take([hit(1, "intrusion", "track:1", start=5, end=20, box=Box(0.4, 0.3, 0.1, 0.4))])
    couple.take([hit(2, "intrusion", "track:2", start=6, end=25, box=side)])
    assert len(couple.incidents()) == 2
    pieces = Hits()
    pieces.take([hit(1, "intrusion", "track:1", start=5, end=20, box=Box(0.4, 0.3, 0.1, 0.4))])
    pieces.take([hit(2, "intrusion", "track:2", start=24, end=40, box=side)])
    assert len(pieces.incidents()) == 1


def test_things_apart_are_apart():
    hits = Hits()
    hits.take([hit(1, "illegal_dumping", "static:1", start=5, end=None, box=BAG)])
    hits.take([hit(2, "illegal_dumping", "static:2", start=5, end=None, box=Box(0.1, 0.7, 0.05, 0.05))])
    assert len(hits.incidents()) == 2
