"""What recordings tell of a camera at set-up: distance of key pictures and signals, over a real store and files."""

from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest

from matpho.casework.records import Segment
from matpho.casework.zone_advice import LampSeen
from matpho.domain.camera import StreamRole
from matpho.domain.geometry import Box
from matpho.domain.time import Instant, after
from matpho.plugins.stores.sql import SqlStore
from matpho.testing.builders import camera
from matpho.testing.clock import NOON, HandClock
from matpho.testing.footage import packets
from matpho.video.segment import SegmentWriter
from matpho.wiring.sights import Sights

pytestmark = pytest.mark.unit

CAMERA = camera()


def signal(number: int, width: int, height: int):
    """A street with a lamp that is red for ten seconds, then green below it."""
    dice = np.random.default_rng(number)
    image = dice.integers(60, 120, (height, width, 3), dtype=np.uint8)
    red = number // 5 % 20 < 10
    top = 40 if red else 58
    image[top : top + 7, 197:204] = (250, 40, 40) if red else (20, 230, 190)
    return av.VideoFrame.from_ndarray(image, format="rgb24")


@pytest.fixture
def office(tmp_path: Path):
    clock = HandClock(after(NOON, 120))
    with closing(SqlStore(f"sqlite:///{tmp_path / 'x.sqlite'}", clock)) as store:
        with store.write() as unit:
            unit.cameras.put(CAMERA, NOON)
        yield store, tmp_path / "recordings", clock


def record(store: SqlStore, folder: Path, *, start: Instant, gop: int, pictures: int, end: bool = True) -> None:
    """A file of five pictures a second, and its row."""
    info, script = packets(size=(320, 180), fps=5, pictures=pictures, start=start, gop=gop, drawn=signal)
    name = f"{CAMERA.id}/2026-09-21/{start}.mp4"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    writer = SegmentWriter(folder / name, info, start)
    writer.create()
    for packet in script:
        writer.add(packet, 0.0)
    writer.close()
    row = Segment(
        camera_id=CAMERA.id,
        role=StreamRole.MAIN,
        path=name,
        start=start,
        end=writer.end if end else None,
        codec="h264",
        width=320,
        height=180,
    )
    with store.write() as unit:
        unit.recordings.put_segment(row)


def test_the_key_pictures_of_the_two_newest_files_count(office):
    store, folder, clock = office
    record(store, folder, start=NOON, gop=40, pictures=80)
    record(store, folder, start=after(NOON, 40), gop=5, pictures=50)
    record(store, folder, start=after(NOON, 60), gop=10, pictures=50)
    assert Sights(store, folder, clock).gop_s(CAMERA.id) == pytest.approx(2.0, abs=0.01)


def test_what_cannot_be_told_is_none_and_no_error(office):
    store, folder, clock = office
    assert Sights(store, folder, clock).gop_s(CAMERA.id) is None
    record(store, folder, start=NOON, gop=10, pictures=30)
    next(folder.rglob("*.mp4")).unlink()
    assert Sights(store, folder, clock).gop_s(CAMERA.id) is None


def test_what_shone_inside_a_box_is_told_and_not_looked_at_twice(office):
    store, folder, clock = office
    record(store, folder, start=NOON, gop=5, pictures=500)
    sights, signal_box, wall = Sights(store, folder, clock), Box(0.59, 0.2, 0.07, 0.2), Box(0.1, 0.2, 0.07, 0.2)
    seen = sights.lamp_in(CAMERA.id, signal_box)
    assert seen.pictures == 40
    assert seen.red + seen.green == 40
    assert min(seen.red, seen.green) >= 10
    assert sights.lamp_in(CAMERA.id, wall) == LampSeen(40, 0, 0)
    for file in folder.rglob("*.mp4"):
        file.unlink()
    assert sights.lamp_in(CAMERA.id, signal_box) == seen, "less than a minute ago"
    clock.at = after(clock.at, 61)
    assert sights.lamp_in(CAMERA.id, signal_box) is None


def test_a_signal_in_the_last_seconds_is_found_where_it_is(office):
    store, folder, clock = office
    record(store, folder, start=NOON, gop=5, pictures=500)
    search = Sights(store, folder, clock).lamps(CAMERA.id, 110.0)
    assert search.pictures >= 60
    (lamp, *_) = search.found
    assert lamp.box.x < 200 / 320 < lamp.box.right
    assert lamp.box.y < 44 / 180 < 61 / 180 < lamp.box.bottom
    assert Sights(store, folder, clock).lamps(CAMERA.id, 10.0).pictures == 0  # nothing was recorded so lately
