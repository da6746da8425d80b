"""The health of a film's picture, over small encoded films: black, frozen, blurred, few pictures, and a sound one."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from tests.unit.vision.fires import street

from matpho.domain.camera_file import parse
from matpho.domain.hit import RuleHit
from matpho.domain.observation import Fault, PictureState
from matpho.domain.time import Instant
from matpho.pipeline.analyse import Hits, analyse
from matpho.pipeline.film import open_film
from matpho.pipeline.film_health import FilmHealth
from matpho.testing.scripted_detector import ScriptedDetector

pytestmark = pytest.mark.unit

CAMERA = parse('[camera]\nid = "c"\nname = "c"\n')
STREET = cv2.resize(street(), (320, 180), interpolation=cv2.INTER_AREA)
BLACK = np.full_like(STREET, 2)
NOISE = np.random.default_rng(4).normal(0, 4, (16, *STREET.shape))
FPS = 4


def live(picture: Any, seconds: float, noise: float = 1.0) -> Iterator[Any]:
    """The picture as a sensor sees it: never twice the same."""
    for number in range(round(seconds * FPS)):
        yield np.clip(picture + noise * NOISE[number % 16], 0, 255).astype(np.uint8)


def film(path: Path, *parts: Iterable[Any], times: Iterable[float] | None = None) -> Path:
    """A file of these pictures, four a second unless ``times`` says when each is shown."""
    pictures = [picture for part in parts for picture in part]
    shown = list(times) if times else [n / FPS for n in range(len(pictures))]
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.options = {"preset": "ultrafast", "tune": "zerolatency", "qp": "10"}
        for at, picture in zip(shown, pictures, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
            frame.pts, frame.time_base = round(1000 * at), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def told(path: Path, state: PictureState | None = None) -> list[RuleHit]:
    """What is told of a film, the last telling of each."""
    opened = open_film(path, fps=None, analysed_fps=5.0)
    health, newest = FilmHealth(CAMERA, opened), dict[str, RuleHit]()
    for frame in opened.frames():
        newest |= {h.id: h for h in health.look(frame, state or PictureState())}
    newest |= {h.id: h for h in health.finish(Instant(round(opened.read.last_s * 1e9)))}
    return list(newest.values())


def test_a_sound_film_is_silent(tmp_path: Path):
    assert told(film(tmp_path / "a.mp4", live(STREET, 60))) == []


def test_a_film_that_goes_black_says_since_when_and_until_when(tmp_path: Path):
    (hit,) = told(film(tmp_path / "a.mp4", live(STREET, 10), [BLACK] * 4 * 50, live(STREET, 20)))
    assert (hit.kind, hit.thing) == ("picture_quality", "trouble:black")
    assert hit.start / 1e9 == pytest.approx(10, abs=6)
    assert hit.end is not None
    assert hit.end / 1e9 == pytest.approx(60, abs=6)
    assert "tối đen" in hit.why.vi


def test_a_picture_that_stands_still_is_frozen_and_not_black(tmp_path: Path):
    (hit,) = told(film(tmp_path / "a.mp4", live(STREET, 10), [STREET] * 4 * 60))
    assert hit.thing == "trouble:frozen"
    assert hit.start / 1e9 == pytest.approx(10, abs=6)


def test_a_lens_smeared_from_the_first_second_is_blurred(tmp_path: Path):
    (hit,) = told(film(tmp_path / "a.mp4", live(cv2.GaussianBlur(STREET, (0, 0), 3), 40, noise=0.3)))
    assert hit.thing == "trouble:blurred"
    assert hit.kind == "picture_quality"


def test_a_rate_that_falls_to_a_fifth_is_told_with_both_figures(tmp_path: Path):
    slow = [20 + 1.25 * n for n in range(48)]
    times = [n / FPS for n in range(80)] + slow
    (hit,) = told(film(tmp_path / "a.mp4", live(STREET, 32), times=times))
    assert hit.thing == "trouble:low_fps"
    assert hit.figures == {"fps": pytest.approx(0.8, abs=0.1), "usual_fps": pytest.approx(4.0, abs=0.1)}
    assert hit.start / 1e9 == pytest.approx(20, abs=1)


def test_ten_dark_seconds_are_too_short_and_a_fault_that_is_told_already_is_not_told_twice(tmp_path: Path):
    path = film(tmp_path / "a.mp4", live(STREET, 20), [BLACK] * 4 * 10, live(STREET, 20))
    assert told(path) == []
    covered = PictureState(Fault.COVERED, Instant(0), 1.0)
    assert told(film(tmp_path / "b.mp4", [BLACK] * 4 * 50), covered) == []


def test_matpho_analyse_tells_it_beside_the_rules(tmp_path: Path):
    path = film(tmp_path / "a.mp4", [BLACK] * 4 * 45)
    (found,) = analyse(path, CAMERA, ScriptedDetector()).incidents
    assert (found.kind, found.zone, found.advisory) == ("picture_quality", None, False)
    assert found.end_s >= 40
    assert Hits().incidents() == ()
