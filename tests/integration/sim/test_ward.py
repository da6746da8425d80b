"""The ward's media: made once, kept, made anew when a script changes, and drawn when no clip can be had."""

import os
from dataclasses import replace

import av
import pytest

from matpho.domain.camera_file import parse
from matpho.sim import footage, street_scenes, ward

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Where two of the drawn cameras are rendered, three seconds each."""
    scripts = [replace(s, duration_s=3.0) for s in street_scenes.demo()[4:]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(footage, "_INSTALLED", ())
        patch.setattr(footage.shutil, "which", lambda _name: None)
        patch.setattr(street_scenes, "demo", lambda: tuple(scripts))
        yield tmp_path_factory.mktemp("cache")


def test_the_ward_is_rendered_once_and_says_that_it_is_drawn(cache):
    told = []
    made = ward.demo_ward(cache, lambda what, share: told.append((what.en, share)))
    assert "drawn street" in made.origin.en
    assert told[-1] == ("Staging 2 sample cameras", 1.0)
    assert [c.id for c in made.cameras] == ["dau-hem-12", "tram-xe-buyt"]
    assert {(s.camera, s.role) for s in made.streams} == {(c.id, r) for c in made.cameras for r in ("main", "sub")}
    sizes = set()
    for stream in made.streams:
        with av.open(stream.file) as container:
            sizes.add((container.streams.video[0].width, container.streams.video[0].frames))
    assert sizes == {(1024, 30), (640, 30)}
    cut = [s for s in made.streams if s.camera == "tram-xe-buyt"]
    assert all(s.cuts == ((75, 105),) for s in cut)
    beside = parse((made.media / cut[0].file).with_suffix(".toml").read_text("utf-8"))
    assert beside == made.cameras[1]
    assert beside.staged

    told.clear()
    again = ward.demo_ward(cache, lambda what, _share: told.append(what))
    assert again == made
    assert told == []


def test_what_killed_processes_left_is_removed_and_what_is_new_stays(cache):
    media = cache / "ward"
    half, young, old = media / ".dau-hem-12-abc.999999", media / "dau-hem-12-young", media / "dau-hem-12-old"
    for folder in (half, young, old):
        folder.mkdir(parents=True)
    for folder in (young, old):
        (folder / "sub.toml").write_text("x")
    os.utime(old, (1e9, 1e9))
    ward.demo_ward(cache)
    assert not half.exists()
    assert young.exists()
    assert not old.exists()


def test_cameras_get_the_addresses_of_the_running_server(cache):
    made = ward.demo_ward(cache)
    cameras = made.addressed(lambda camera, role: f"rtsp://h/{camera}/{role}")
    assert [c.main for c in cameras] == ["rtsp://h/dau-hem-12/main", "rtsp://h/tram-xe-buyt/main"]
    assert all(c.staged and c.sub for c in cameras)
