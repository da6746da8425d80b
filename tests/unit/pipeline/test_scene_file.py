import io

import numpy as np
import pytest

from matpho.domain.ids import CameraId
from matpho.pipeline.scene_file import scene_file
from matpho.vision.background import Learned
from matpho.vision.static_scenes import KnownScenes, Light

pytestmark = pytest.mark.unit

R = np.random.default_rng(3)


def scene(*, colour=True):
    empty = R.integers(0, 255, (180, 320), dtype=np.uint8)
    noise = R.integers(0, 99, (90, 160), dtype=np.uint8)
    return Learned(empty, noise, R.integers(0, 255, (2, 90, 160), dtype=np.uint8) if colour else None)


def test_what_was_kept_is_there_again(tmp_path):
    file = scene_file(tmp_path / "scenes", CameraId("ngo-12"))
    assert file.load() is None
    kept = KnownScenes(Light.INFRARED, {Light.DAY: scene(), Light.INFRARED: scene(colour=False)})
    file.save(KnownScenes(Light.DAY, {Light.DAY: scene()}))
    file.save(kept)
    again = file.load()
    assert again is not None
    assert again.light is Light.INFRARED
    assert set(again.scenes) == {Light.DAY, Light.INFRARED}
    for light, learned in kept.scenes.items():
        assert (again.scenes[light].empty == learned.empty).all()
        assert (again.scenes[light].noise == learned.noise).all()
    assert again.scenes[Light.INFRARED].chroma is None
    assert [p.name for p in (tmp_path / "scenes").iterdir()] == ["ngo-12.npz"]


def packed(**arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


GOOD = scene()
WHOLE = {"version": np.array(1), "light": np.array("day"), "day_empty": GOOD.empty, "day_noise": GOOD.noise}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 not an archive",
        packed(**WHOLE)[:2000],
        packed(**{**WHOLE, "version": np.array(99)}),
        packed(**{**WHOLE, "light": np.array("noon")}),
        packed(**{**WHOLE, "light": np.array("dusk")}),
        packed(**{**WHOLE, "day_noise": GOOD.noise[:-1]}),
        packed(**{**WHOLE, "day_empty": GOOD.empty.astype(np.float64)}),
        packed(**{**WHOLE, "day_empty": np.array([{}], dtype=object)}),
        b"\0" * 5_000_000,
    ],
)
def test_what_cannot_be_used_is_left_aside_with_a_word_in_the_log(tmp_path, caplog, data):
    (tmp_path / "ngo-12.npz").write_bytes(data)
    assert scene_file(tmp_path, CameraId("ngo-12")).load() is None
    assert "left aside" in caplog.text
    caplog.clear()


def test_a_whole_one_made_by_hand_is_read(tmp_path):
    (tmp_path / "ngo-12.npz").write_bytes(packed(**WHOLE))
    assert scene_file(tmp_path, CameraId("ngo-12")).load() is not None


def test_a_disk_that_refuses_is_told_in_the_log(tmp_path, caplog):
    (tmp_path / "scenes").write_text("a file, no folder")
    scene_file(tmp_path / "scenes", CameraId("ngo-12")).save(KnownScenes(Light.DAY, {Light.DAY: scene()}))
    assert "cannot be written" in caplog.text
    caplog.clear()
