import io

import numpy as np
import pytest

from matpho.domain.ids import CameraId
from matpho.domain.time import Instant, after
from matpho.pipeline.scene_file import forget_others, scene_file
from matpho.vision.background import Learned
from matpho.vision.static_scenes import KnownScenes, Light

pytestmark = pytest.mark.unit

R = np.random.default_rng(3)
NOW = Instant(1_790_000_000_000_000_000)


def scene(*, colour=True):
    empty = R.integers(0, 255, (180, 320), dtype=np.uint8)
    noise = R.integers(0, 99, (90, 160), dtype=np.uint8)
    return Learned(empty, noise, R.integers(0, 255, (2, 90, 160), dtype=np.uint8) if colour else None)


def test_what_was_kept_is_there_again(tmp_path):
    file = scene_file(tmp_path / "scenes", CameraId("ngo-12"))
    assert file.load(NOW) is None
    kept = KnownScenes(Light.INFRARED, {Light.DAY: scene(), Light.INFRARED: scene(colour=False)})
    file.save(KnownScenes(Light.DAY, {Light.DAY: scene()}), NOW)
    file.save(kept, NOW)
    again = file.load(after(NOW, 3600))
    assert again is not None
    assert again.light is Light.INFRARED
    assert set(again.scenes) == {Light.DAY, Light.INFRARED}
    for light, learned in kept.scenes.items():
        assert (again.scenes[light].empty == learned.empty).all()
        assert (again.scenes[light].noise == learned.noise).all()
    assert again.scenes[Light.INFRARED].chroma is None
    (path,) = (tmp_path / "scenes").iterdir()
    assert path.name == "ngo-12.npz"
    assert path.stat().st_mode & 0o777 == 0o600, "a picture without masks"


def packed(**arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


GOOD = scene()
WHOLE = {
    "version": np.array(1),
    "kept": np.array(NOW),
    "light": np.array("day"),
    "day_empty": GOOD.empty,
    "day_noise": GOOD.noise,
}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 not an archive",
        packed(**WHOLE)[:2000],
        packed(**{**WHOLE, "version": np.array(99)}),
        packed(**{**WHOLE, "kept": np.array(after(NOW, -90_000))}),
        packed(**{**WHOLE, "kept": np.array(after(NOW, 90_000))}),
        packed(**{**WHOLE, "kept": np.array(np.inf)}),
        packed(**{k: v for k, v in WHOLE.items() if k != "kept"}),
        packed(**{**WHOLE, "light": np.array("noon")}),
        packed(**{**WHOLE, "light": np.array("dusk")}),
        packed(**{**WHOLE, "day_noise": GOOD.noise[:-1]}),
        packed(**{**WHOLE, "day_chroma": np.zeros((2, 90, 159), np.uint8)}),
        packed(**{**WHOLE, "day_empty": GOOD.empty.astype(np.float64)}),
        packed(**{**WHOLE, "day_empty": np.array([{}], dtype=object)}),
        b"\0" * 5_000_000,
    ],
)
def test_what_cannot_be_used_is_left_aside_with_a_word_in_the_log(tmp_path, caplog, data):
    (tmp_path / "ngo-12.npz").write_bytes(data)
    assert scene_file(tmp_path, CameraId("ngo-12")).load(NOW) is None
    assert "left aside" in caplog.text
    caplog.clear()


def test_a_whole_one_made_by_hand_is_read(tmp_path):
    (tmp_path / "ngo-12.npz").write_bytes(packed(**WHOLE))
    assert scene_file(tmp_path, CameraId("ngo-12")).load(NOW) is not None


def test_a_disk_that_refuses_is_told_in_the_log(tmp_path, caplog):
    (tmp_path / "scenes").write_text("a file, no folder")
    scene_file(tmp_path / "scenes", CameraId("ngo-12")).save(KnownScenes(Light.DAY, {Light.DAY: scene()}), NOW)
    assert "cannot be written" in caplog.text
    caplog.clear()


def test_any_flipped_byte_gives_a_scene_or_none_and_never_an_error(tmp_path):
    whole = packed(**{**WHOLE, "day_empty": GOOD.empty[:32, :32], "day_noise": GOOD.noise[:16, :16]})
    file = scene_file(tmp_path, CameraId("ngo-12"))
    for place in range(0, len(whole), 11):
        for flip in (0x01, 0x80):
            (tmp_path / "ngo-12.npz").write_bytes(
                whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :],
            )
            file.load(NOW)


def test_the_scene_of_a_camera_that_is_none_any_more_is_removed(tmp_path):
    for camera in ("ngo-12", "cho-cu", "ben-xe"):
        scene_file(tmp_path, CameraId(camera)).save(KnownScenes(Light.DAY, {Light.DAY: scene()}), NOW)
    (tmp_path / "cho-cu.new").write_bytes(b"half of one")
    forget_others(tmp_path, {CameraId("ngo-12"), CameraId("ben-xe")})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ben-xe.npz", "ngo-12.npz"]
    scene_file(tmp_path, CameraId("ben-xe")).remove()
    scene_file(tmp_path, CameraId("ben-xe")).remove()
    assert [p.name for p in tmp_path.iterdir()] == ["ngo-12.npz"]
    forget_others(tmp_path / "not yet there", set())
