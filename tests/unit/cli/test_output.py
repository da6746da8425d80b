"""Result files: tried before the work, whole or not at all, and never in place of a device."""

import os
import stat
from pathlib import Path

import pytest

from matpho.cli.output import result_file
from matpho.errors import BadInput

pytestmark = pytest.mark.unit


def test_the_result_takes_the_place_of_the_old_one_only_when_it_is_whole(tmp_path):
    place = tmp_path / "kết quả.json"
    place.write_text("old")
    with pytest.raises(ZeroDivisionError), result_file(place):
        raise ZeroDivisionError
    assert place.read_text() == "old"
    with result_file(place) as result:
        assert place.read_text() == "old"
        result.write("mới")
    assert place.read_text("utf-8") == "mới"
    assert [p.name for p in tmp_path.iterdir()] == ["kết quả.json"]


def test_what_is_no_ordinary_file_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with result_file(pipe) as result:
        result.write("ok")
    assert os.read(reader, 10) == b"ok"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode), "a device must never be replaced by a file"


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "far").mkdir()
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "far" / "real.json")
    with result_file(link) as result:
        result.write("ok")
    assert link.is_symlink()
    assert (tmp_path / "far" / "real.json").read_text() == "ok"


@pytest.mark.parametrize("name", ["", ".", "none/out.json", "a.txt/out.json", "x" * 256])
def test_a_place_that_cannot_be_is_refused_before_the_work(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(BadInput), result_file(tmp_path.joinpath(name)):
        pytest.fail("the work began")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_said_in_a_sentence():
    with pytest.raises(BadInput, match="No space left") as refused, result_file(Path("/dev/full")) as result:
        result.write("x")
    assert refused.value.vi == "không ghi được /dev/full: ổ đĩa đã đầy"
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
