import pytest

from matpho.pipeline.log_files import bound

pytestmark = pytest.mark.unit


def test_a_log_stays_bounded_while_its_writer_holds_it_open(tmp_path):
    path = tmp_path / "recorder.log"
    with path.open("ab", buffering=0) as writer:
        for number in range(100):
            writer.write(b"%04d %s\n" % (number, b"x" * 95))
            bound(path, 1000)
        assert path.stat().st_size <= 1000 + 101
        old = (tmp_path / "recorder.old.log").read_bytes()
        assert len(old) <= 1000 + 101
        lines = [int(line[:4]) for line in (old + path.read_bytes()).splitlines()]
        assert lines == list(range(lines[0], 100)), "no line is torn and the newest are there"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["recorder.log", "recorder.old.log"]


def test_a_small_or_missing_log_is_left_alone(tmp_path):
    (tmp_path / "a.log").write_text("x")
    assert not bound(tmp_path / "a.log", 10)
    assert not bound(tmp_path / "none.log", 10)
    assert [p.name for p in tmp_path.iterdir()] == ["a.log"]
