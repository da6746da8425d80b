"""Bad weather staged on pictures: the same each time, what it says, and nothing else."""

import numpy as np
import pytest

from matpho.domain.time import Instant, after
from matpho.errors import BadInput
from matpho.pipeline.degrade import DEGRADATIONS, degradation
from matpho.vision.frame import Frame

pytestmark = pytest.mark.unit


def street(at_s: float, size: tuple[int, int] = (320, 180)) -> Frame:
    rng = np.random.default_rng(5)
    width, height = size
    blocks = rng.integers(60, 200, (height // 20 + 1, width // 20 + 1)).astype(np.uint8)
    luma = np.kron(blocks, np.ones((20, 20), np.uint8))[:height, :width]
    chroma = rng.integers(110, 146, (height // 2, width // 2)).astype(np.uint8)
    return Frame(after(Instant(0), at_s), np.ascontiguousarray(luma), chroma, chroma.copy())


def run(name: str, clip: str = "a.mp4", seconds: int = 14) -> list[Frame]:
    alter = degradation(name, clip)
    return [alter(street(i / 2)) for i in range(2 * seconds)]


def change(frames: list[Frame]) -> float:
    return float(np.mean([np.abs(f.luma.astype(int) - street(0).luma).mean() for f in frames]))


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_the_same_seed_gives_the_same_pictures_and_another_clip_others(name: str):
    one, again = run(name), run(name)
    assert all(np.array_equal(a.luma, b.luma) for a, b in zip(one, again, strict=True))
    if name != "compression":  # an encoder has no seed
        other = run(name, "b.mp4")
        assert any(not np.array_equal(a.luma, b.luma) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_pictures_change_and_keep_their_time_and_shape(name: str):
    frames = run(name)
    assert change(frames) > 1.0
    for i, frame in enumerate(frames):
        assert frame.at == after(Instant(0), i / 2)
        assert frame.luma.shape == (180, 320)
        assert frame.luma.dtype == np.uint8
        assert frame.u is not None
        assert frame.u.shape == (90, 160)


def test_night_is_dark_and_pale_and_noisy():
    frame, clear = run("night")[0], street(0)
    assert frame.luma.mean() < 0.5 * clear.luma.mean()
    assert frame.u is not None
    assert clear.u is not None
    assert np.abs(frame.u.astype(int) - 128).mean() < 0.6 * np.abs(clear.u.astype(int) - 128).mean()
    inside = frame.luma[22:38, 22:38].astype(float)  # one block, even before
    assert inside.std() > 3


def test_dim_is_dark_and_pale_and_even():
    frame, clear = run("dim")[0], street(0)
    assert 0.3 * clear.luma.mean() < frame.luma.mean() < 0.5 * clear.luma.mean()
    assert frame.u is not None
    assert np.abs(frame.u.astype(int) - 128).max() <= 8
    assert frame.luma[22:38, 22:38].std() == 0


def test_headlights_come_and_go():
    changes = [change([frame]) for frame in run("headlights", seconds=24)]
    assert min(changes) == 0
    assert max(changes) > 15


def test_shadows_move_and_only_take_light():
    frames = run("shadows")
    assert all((f.luma.astype(int) <= street(0).luma.astype(int) + 1).all() for f in frames)
    assert np.abs(frames[0].luma.astype(int) - frames[-1].luma).mean() > 3


def test_a_starved_encoder_leaves_blocks():
    frame = run("compression")[-1]
    assert change([frame]) > 2
    odd = degradation("compression", "a")(street(0, (321, 181)))
    assert odd.size == (320, 180)


def test_a_name_that_is_none_is_refused():
    with pytest.raises(BadInput):
        degradation("hail", "a.mp4")
