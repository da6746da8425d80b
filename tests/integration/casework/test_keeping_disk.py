"""A disk that is taken away, is new, or fills: what retention does and says."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from tests.integration.casework.kept_ward import CAMERA, SUPERVISOR

from matpho.casework.commands import HoldFootage
from matpho.cli.check import command
from matpho.domain.events import PlaceChanged
from matpho.domain.time import Span, after
from matpho.errors import StorageProblem
from matpho.testing.clock import NOON
from matpho.video.place import PlaceKind
from matpho.wiring.keeping import Housekeeping

pytestmark = pytest.mark.integration


def test_a_vanished_disk_is_told_and_nothing_is_written_or_deleted(kept_ward):
    kept_ward.clock.go(40 * 86_400)
    told = []
    kept_ward.desk.listen(told.append)
    house = Housekeeping(kept_ward.settings, kept_ward.desk, kept_ward.store, kept_ward.clock)
    real = kept_ward.place.recordings.rename(kept_ward.home / "unmounted")
    kept_ward.place.recordings.mkdir()
    house.step()
    assert house.state.kind is PlaceKind.VANISHED
    assert "tháo" in house.state.said.vi
    assert [event.kind for event in told] == ["vanished"]
    with pytest.raises(StorageProblem):
        kept_ward.keeper().step()
    assert list(kept_ward.place.recordings.iterdir()) == []
    assert len(list(real.rglob("*.mp4"))) == 9
    kept_ward.place.recordings.rmdir()
    real.rename(kept_ward.place.recordings)
    house.step()
    assert house.state.kind in (PlaceKind.WELL, PlaceKind.LOW, PlaceKind.FULL)
    assert kept_ward.files() == []


def test_the_check_says_that_the_disk_is_not_there_and_takes_a_new_one_over(kept_ward):
    kept_ward.place.recordings.rename(kept_ward.home / "unmounted")
    kept_ward.place.recordings.mkdir()
    with pytest.raises(StorageProblem) as refused:
        CliRunner().invoke(command, ["--home", str(kept_ward.home)], catch_exceptions=False, standalone_mode=False)
    assert "chưa ghi gì" in refused.value.vi
    told = CliRunner().invoke(command, ["--home", str(kept_ward.home), "--new-disk", "--json"])
    assert told.exit_code == 1
    assert {p["code"] for p in json.loads(told.stdout)["problems"]} == {"unreadable"}
    assert kept_ward.place.there


def test_a_disk_that_fills_loses_its_oldest_and_says_so_and_a_full_one_keeps_what_is_held(kept_ward, monkeypatch):
    """The disk is made small by what is told of it: its room less the bytes that are really there."""
    files = sorted(kept_ward.place.recordings.rglob("*.mp4"))
    sizes, names = [p.stat().st_size for p in files], kept_ward.files()
    room = 6_000_000 + sum(sizes)  # exactly the lower margin is free

    def usage(_: object) -> object:
        used = sum(p.stat().st_size for p in kept_ward.place.recordings.rglob("*.mp4"))
        return SimpleNamespace(total=100_000_000, used=100_000_000 - room + used, free=room - used)

    settings = replace(kept_ward.settings, recording=replace(kept_ward.settings.recording, reserve_mb=1))
    house = Housekeeping(settings, kept_ward.desk, kept_ward.store, kept_ward.clock)
    assert house.margins(100_000_000) == (6_000_000, 11_000_000)
    monkeypatch.setattr("matpho.video.place.shutil.disk_usage", usage)
    told = []
    kept_ward.desk.listen(lambda event: told.append(event.kind) if isinstance(event, PlaceChanged) else None)
    kept_ward.clock.go(600)
    house.step()
    assert (house.state.kind, kept_ward.files()) == (PlaceKind.WELL, names)
    room -= 1
    monkeypatch.setattr(house, "margins", lambda _: (6_000_000, 6_000_000 + sizes[0]))
    house.step()
    kept_ward.clerk().step()
    assert (house.state.kind, kept_ward.files()) == (PlaceKind.LOW, names[2:])
    house.step()
    assert (house.state.kind, kept_ward.files()) == (PlaceKind.WELL, names[2:])
    span = Span(NOON, after(NOON, 60))
    kept_ward.desk.handle(HoldFootage(camera_id=CAMERA.id, span=span, reason="giữ"), SUPERVISOR)
    room -= 1_000_000
    house.step()
    assert (house.state.kind, kept_ward.files()) == (PlaceKind.FULL, names[2:])
    assert told == ["low", "well", "full"]
    kept_ward.well()
