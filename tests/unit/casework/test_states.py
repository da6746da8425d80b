import pytest

from matpho.casework.states import LATE_S, States
from matpho.domain.camera import StreamRole
from matpho.domain.events import ProcessChanged, StreamChanged
from matpho.domain.geometry import Box
from matpho.domain.messages import BoxesSeen, Link, StreamState, WorkerState
from matpho.domain.observation import Group
from matpho.testing.builders import at, camera
from matpho.testing.clock import NOON, HandClock

pytestmark = pytest.mark.unit

CAMERA = camera().id


def _stream(link, **changes):
    values = {
        "since": NOON,
        "last_packet": NOON,
        "fps": 15.0,
        "kbit_s": 900.0,
        "codec": "h264",
        "width": 640,
        "height": 360,
        "clock_offset_ms": None,
    }
    return StreamState(camera_id=CAMERA, role=StreamRole.SUB, link=link, **(values | changes))


@pytest.fixture
def told():
    return []


@pytest.fixture
def states(told):
    return States(HandClock(), told.append)


def test_a_change_of_link_is_told_once(states, told):
    for link in (Link.LIVE, Link.LIVE, Link.LOST):
        states.hear(_stream(link))
    assert told == [
        StreamChanged(CAMERA, StreamRole.SUB, Link.LIVE),
        StreamChanged(CAMERA, StreamRole.SUB, Link.LOST),
    ]
    assert states.stream(CAMERA, StreamRole.SUB).link is Link.LOST
    assert states.stream(CAMERA, StreamRole.MAIN) is None


def test_a_restart_is_counted(told):
    clock = HandClock()
    states = States(clock, told.append)
    states.hear(WorkerState("recorder", 11, at(0), {"cpu": 1.0}))
    states.hear(WorkerState("recorder", 11, at(1), {"cpu": 2.0}))
    states.hear(WorkerState("recorder", 12, at(3), {}))
    clock.go(3)
    (process,) = states.processes()
    assert (process.pid, process.restarts, process.since, process.state) == (12, 1, at(3), "running")
    assert told == [ProcessChanged("recorder", "running")] * 2
    clock.go(LATE_S + 1)
    assert states.processes()[0].state == "late"


def test_a_camera_out_of_service_is_forgotten(states):
    states.hear(_stream(Link.LIVE))
    states.hear(BoxesSeen(CAMERA, NOON, ((1, Group.PERSON, Box(0, 0, 1, 1)),)))
    assert states.boxes(CAMERA).boxes[0][0] == 1
    states.forget(CAMERA)
    assert states.boxes(CAMERA) is None
    assert states.stream(CAMERA, StreamRole.SUB) is None
