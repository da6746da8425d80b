import os
import stat

import pytest

from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import polygon
from matpho.domain.ids import CameraId, ZoneId
from matpho.errors import Corrupt
from matpho.pipeline.camera_list import CameraList, read_cameras, write_cameras

pytestmark = pytest.mark.unit

GATE = Camera(
    id=CameraId("cong-truong"),
    name="Cổng trường",
    main="rtsp://u:secret@10.0.0.5/main",
    zones=(
        Zone(
            id=ZoneId("via-he"),
            purpose=Purpose.SIDEWALK,
            polygon=polygon([(0, 0), (1, 0), (0, 1)]),
            rules={"sidewalk_parking": {"min_duration_s": 300.0, "enabled": True}},
        ),
    ),
)


def test_what_is_written_is_read_back(tmp_path):
    write_cameras(tmp_path / "run" / "cameras.json", (GATE,))
    assert read_cameras(tmp_path / "run" / "cameras.json") == (GATE,)


def test_only_the_owner_may_read_the_addresses(tmp_path):
    path = tmp_path / "run" / "cameras.json"
    write_cameras(path, (GATE,))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_no_list_is_no_camera(tmp_path):
    assert read_cameras(tmp_path / "cameras.json") == ()


def test_a_damaged_list_says_so_and_stays(tmp_path):
    path = tmp_path / "cameras.json"
    path.write_text('[{"id": 5')
    with pytest.raises(Corrupt):
        read_cameras(path)
    assert path.read_text() == '[{"id": 5'


def test_a_replaced_list_is_noticed_once(tmp_path):
    path = tmp_path / "cameras.json"
    follow = CameraList(path)
    assert follow.changed() is None
    write_cameras(path, ())
    assert follow.changed() == ()
    assert follow.changed() is None
    write_cameras(path, (GATE,))
    os.utime(path)
    assert follow.changed() == (GATE,)
