"""Setting a camera up on its picture over the API: metres, warnings while drawing, suggestions."""

import math

import pytest

from matpho.casework.zone_advice import LampSeen
from matpho.domain.camera import StreamRole
from matpho.domain.geometry import Box
from matpho.domain.ids import CameraId
from matpho.domain.messages import Link, StreamState, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.time import after
from matpho.vision.lamp_finder import FoundLamp, LampSearch

pytestmark = pytest.mark.unit

RECTANGLE = {"ground": [[0.0, 1.0], [1.0, 1.0], [0.7, 0.4], [0.3, 0.4]], "ground_size_m": [6.0, 10.0]}
ROAD = {"id": "duong", "purpose": "roadway", "polygon": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]}


class Sights:
    def gop_s(self, camera_id):
        assert camera_id == "cong-cho"
        return 12.0

    def lamp_in(self, camera_id, box):
        assert camera_id == "cong-cho"
        return LampSeen(40, 20 if box.x > 0.5 else 0, 20 if box.x > 0.5 else 0)

    def lamps(self, camera_id, length_s):
        assert camera_id == "cong-cho"
        return LampSearch(90, length_s, (FoundLamp(Box(0.8, 0.1, 0.05, 0.2), 0.97, 3, 0.5, 0.4, 90),))


@pytest.fixture
def ward(office):
    office.build(sights=Sights())
    office.camera = office.add_camera()
    for role, size in ((StreamRole.MAIN, (1920, 1080)), (StreamRole.SUB, (640, 360))):
        office.states.hear(
            StreamState(
                CameraId("cong-cho"),
                role,
                Link.LIVE,
                office.clock.now(),
                office.clock.now(),
                3.0,
                500.0,
                "h264",
                *size,
                None,
            )
        )
    office.boss = office.as_role("supervisor")
    return office


def check(ward, *zones, **ground):
    answer = ward.boss.post("/api/cameras/cong-cho/zones/check", {"zones": list(zones), **ground})
    assert answer.status_code == 200, answer.text
    return answer.json()


def tracks(ward, n, group, height=0.2, turn=None):
    """People who stand, or vehicles that go, in the middle of the picture."""
    with ward.store.write() as unit:
        for k in range(n):
            start = after(ward.clock.now(), -3600.0 + 10 * k)
            goes = 0.0 if turn is None else 0.06
            boxes = tuple(
                (
                    after(start, s),
                    Box(
                        0.5 + goes * (s - 3) * math.cos(turn or 0),
                        0.5 - height + goes * (s - 3) * math.sin(turn or 0),
                        0.05,
                        height,
                    ),
                )
                for s in range(6)
            )
            unit.recordings.put_track(TrackEnded(CameraId("cong-cho"), k, group, start, after(start, 5.0), boxes))


def test_what_is_drawn_is_judged_before_it_is_stored(ward):
    found = check(ward, ROAD, **RECTANGLE)
    told = {a["code"]: a for a in found["advice"]}
    assert told["no_direction"]["zone_id"] == "duong"
    assert "ngược chiều" in told["no_direction"]["said"]["vi"]
    assert told["gop_long"]["zone_id"] is None
    assert told["fps_low"]["weight"] == "bad"
    roles = {d["role"]: d for d in found["density"]}
    assert set(roles) == {"main", "sub"}
    assert roles["main"]["least"] == pytest.approx(3 * roles["sub"]["least"], rel=0.01)
    assert roles["sub"]["basis"] == "ground"
    assert roles["sub"]["least_level"] in ("detect", "below")
    stored = ward.boss.get("/api/cameras").json()[0]
    assert stored["ground"] is None
    assert [z["id"] for z in stored["zones"]] == ["via-he"]


def test_people_who_walked_there_are_a_scale_where_nothing_is_drawn(ward):
    assert check(ward, ROAD)["density"] == []
    tracks(ward, 9, Group.PERSON, height=0.1)
    density = next(d for d in check(ward, ROAD)["density"] if d["role"] == "sub")
    assert (density["basis"], density["n"]) == ("people", 9)
    assert density["least"] == pytest.approx(36 / 1.6, abs=0.1)


def test_the_ground_is_stored_audited_and_taken_away(ward):
    assert ward.boss.ask("PUT", "/api/cameras/cong-cho/ground", json=RECTANGLE).status_code == 204
    assert ward.boss.get("/api/cameras").json()[0]["ground_size_m"] == [6.0, 10.0]
    assert ("set_ground", "camera:cong-cho") in [(a, t) for a, t, _ in ward.trail()]
    assert next(c for c in ward.camera_file.cameras if c.id == "cong-cho").ground is not None, "the workers hear of it"
    none = {"ground": None, "ground_size_m": None}
    assert ward.boss.ask("PUT", "/api/cameras/cong-cho/ground", json=none).status_code == 204
    assert ward.boss.get("/api/cameras").json()[0]["ground"] is None


@pytest.mark.parametrize(
    "drawn",
    [
        {"ground": [[0.1, 0.9], [0.9, 0.9], [0.5, 0.8], [0.3, 0.3]], "ground_size_m": [5, 9]},
        {"ground": RECTANGLE["ground"], "ground_size_m": None},
        {"ground": RECTANGLE["ground"], "ground_size_m": [0, 3]},
        {"ground": RECTANGLE["ground"][:3], "ground_size_m": [3, 3]},
        {"ground": [[-1, 0], [1, 0], [1, 1], [0, 1]], "ground_size_m": [3, 3]},
        {"ground": RECTANGLE["ground"]},
    ],
)
def test_what_is_no_rectangle_is_refused_in_words_and_nothing_is_lost(ward, drawn):
    ward.boss.ask("PUT", "/api/cameras/cong-cho/ground", json=RECTANGLE)
    answer = ward.boss.ask("PUT", "/api/cameras/cong-cho/ground", json=drawn)
    assert answer.status_code == 422
    assert answer.json()["error"]["vi"]
    assert ward.boss.get("/api/cameras").json()[0]["ground_size_m"] == [6.0, 10.0]


def test_directions_are_suggested_from_traffic_and_the_look_is_audited(ward):
    path = "/api/cameras/cong-cho/suggestions/directions"
    nothing = ward.boss.post(path, {"polygon": ROAD["polygon"]}).json()
    assert (nothing["passages"], nothing["ways"], nothing["needed"]) == (0, [], 12)
    tracks(ward, 20, Group.TWO_WHEELER, height=0.05, turn=-math.pi / 2)
    traffic = ward.boss.post(path, {"polygon": ROAD["polygon"]}).json()
    (way,) = traffic["ways"]
    assert (way["n"], way["direction"][1]) == (20, pytest.approx(-1.0, abs=0.02))
    assert ("search", "camera:cong-cho") in [(a, t) for a, t, _ in ward.trail()]
    assert ward.boss.post(path, {"polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}).status_code == 422


def test_a_box_in_which_no_lamp_ever_shone_is_told(ward):
    line = {"id": "vach", "purpose": "stop_line", "line": [[0.2, 0.6], [0.8, 0.6]], "direction": [0.0, -1.0]}
    beside = check(ward, {**line, "lamp": [0.2, 0.1, 0.05, 0.2]})
    (said,) = [a for a in beside["advice"] if a["code"] == "lamp_unseen"]
    assert (said["zone_id"], said["weight"], "40 ảnh" in said["said"]["vi"]) == ("vach", "warn", True)
    right = check(ward, {**line, "lamp": [0.8, 0.1, 0.05, 0.2]})
    assert "lamp_unseen" not in [a["code"] for a in right["advice"]]


def test_a_lamp_is_suggested(ward):
    found = ward.boss.post("/api/cameras/cong-cho/suggestions/lamp").json()
    assert (found["pictures"], found["needed"], found["found"][0]["box"], found["found"][0]["switches"]) == (
        90,
        16,
        [0.8, 0.1, 0.05, 0.2],
        3,
    )


def test_the_list_of_cameras_says_what_to_mend(ward):
    (camera,) = ward.as_role("observer").get("/api/cameras").json()
    assert camera["advice"] == []
    ward.boss.ask("PUT", "/api/cameras/cong-cho/zones", json=[ROAD])
    (camera,) = ward.as_role("observer").get("/api/cameras").json()
    assert {"no_direction", "fps_low"} <= {a["code"] for a in camera["advice"]}
