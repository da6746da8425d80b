"""``matpho import`` beside a running system: gaps shrink on the page, the trail tells, the check stays well."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from matpho.domain.ids import CameraId
from matpho.domain.time import SECOND, Instant, after, to_iso
from matpho.testing.footage import draw
from matpho.testing.recorded import record_with_gap
from matpho.testing.system import RunningSystem, wait_for

pytestmark = pytest.mark.integration
CAMERA = "cho"
BEGIN = Instant((int(time.time()) - 3600) * SECOND)
GAP = (after(BEGIN, 10), after(BEGIN, 40))


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    """A ward whose one camera was recorded for 10 s, lost for 30 s and recorded again; its desk is running."""
    home = tmp_path_factory.mktemp("ward")
    record_with_gap(CameraId(CAMERA), journals=home / "journal", recordings=home / "recordings", begin=BEGIN)
    with RunningSystem(home, "[recording]\nreserve_mb = 1\n") as running:
        running.set_up()
        running.add_camera({"id": CAMERA, "name": "Chợ"})
        wait_for(lambda: len(timeline(running)["segments"]) >= 4, 20, "the desk having read the journal")
        yield running


def timeline(ward):
    window = f"from={to_iso(BEGIN)}&to={to_iso(after(BEGIN, 49))}"
    return ward.get(f"/api/cameras/{CAMERA}/recordings?{window}")


def matpho(ward, *words):
    command = [sys.executable, "-m", "matpho.cli.main", *map(str, words), "--home", str(ward.home)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def local_name(at):
    return f"{datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo('Asia/Ho_Chi_Minh')):%Y%m%d_%H%M%S}"


def audited(ward, action="import_footage"):
    return [row for row in ward.get("/api/audit")["items"] if row["action"] == action]


def test_a_card_brought_in_beside_a_running_system(ward, tmp_path):
    card = tmp_path / "card"
    for number in range(3):  # as a camera cuts them, over the gap and beyond
        draw(card / f"RecM01_{local_name(after(BEGIN, 20 * number))}_x.mp4", pictures=(200, 200, 100)[number])
    kept = {p: p.read_bytes() for p in ward.settings.recordings.rglob("*.mp4")}

    dry = matpho(ward, "import", card, "--camera", CAMERA, "--dry-run", "--json")
    assert dry.returncode == 0, dry.stderr
    assert sum(f["filled_s"] for f in json.loads(dry.stdout)) == pytest.approx(30, abs=0.1)
    assert {p: p.read_bytes() for p in ward.settings.recordings.rglob("*.mp4")} == kept

    done = matpho(ward, "import", card, "--camera", CAMERA, "--json")
    assert done.returncode == 0, done.stderr
    assert [f["start_from"] for f in json.loads(done.stdout)] == ["name"] * 3
    assert sum(f["filled_s"] for f in json.loads(done.stdout)) == pytest.approx(30, abs=0.1)
    wait_for(lambda: len(audited(ward)) == 2, 10, "the audit of the two files that were of use")
    assert wait_for(lambda: not timeline(ward)["gaps"], 10, "the gap closed")
    assert all(p.read_bytes() == data for p, data in kept.items())

    check = matpho(ward, "check", "--json")
    assert check.returncode == 0, check.stdout
    told = json.loads(check.stdout)
    assert told["unaccounted_s"] == 0
    assert told["recorded_s"] == pytest.approx(50, abs=0.2)

    again = matpho(ward, "import", card, "--camera", CAMERA, "--json")
    assert again.returncode == 0
    assert sum(f["filled_s"] for f in json.loads(again.stdout)) == 0
    time.sleep(0.6)
    assert len(audited(ward)) == 2


def test_an_import_taken_back_beside_a_running_system(ward, tmp_path):
    """A hold refuses; then the gap comes back on the timeline, the trail tells, and the card fits once more."""
    card = draw(tmp_path / f"{local_name(after(BEGIN, 5))}.mp4", pictures=400)
    assert matpho(ward, "import", card, "--camera", CAMERA).returncode == 0
    wait_for(lambda: not timeline(ward)["gaps"], 10, "the gap closed")
    names = [one["import"] for one in json.loads(matpho(ward, "imports", "--json").stdout) if one["files"]]
    assert names
    held = {"camera_id": CAMERA, "start": to_iso(GAP[0]), "end": to_iso(GAP[1]), "reason": "Công an yêu cầu"}
    hold = ward.post("/api/retention/holds", held, status=201)["id"]
    for name in names:
        refused = matpho(ward, "imports", "undo", name)
        assert refused.returncode == 5
        assert hold in refused.stderr
        assert "Công an yêu cầu" in refused.stderr
    assert not timeline(ward)["gaps"]
    ward.http.delete(f"/api/retention/holds/{hold}", params={"reason": "xong"}).raise_for_status()
    for name in names:
        done = matpho(ward, "imports", "undo", name, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["files"] > 0
    found = wait_for(lambda: timeline(ward)["gaps"], 10, "the gap came back")
    assert [(g["start"], g["end"]) for g in found] == [(to_iso(GAP[0]), to_iso(GAP[1]))]
    assert {row["detail"]["import"] for row in audited(ward, "undo_import")} == set(names)
    checked = matpho(ward, "check", "--json")
    assert checked.returncode == 0, checked.stdout
    assert json.loads(checked.stdout)["recorded_s"] == pytest.approx(20, abs=0.2)
    assert matpho(ward, "import", card, "--camera", CAMERA, "--offset-s", "1").returncode == 0
    wait_for(lambda: not timeline(ward)["gaps"], 10, "the gap closed again")


@pytest.mark.parametrize(
    ("make", "words", "said"),
    [
        (lambda f: f / "none.mp4", (), ("there is no", "không có")),
        (lambda f: draw(f / "x.mp4", pictures=20), (), ("--start", "--start")),
        (lambda f: draw(f / "20990101_000000.mp4", pictures=20), (), ("future", "tương lai")),
        (lambda f: _text(f / "20260101_000000.mp4"), (), ("not a video", "không phải video")),
        (lambda f: _text(f / "20260101_000000.mp4", ""), (), ("is empty", "tệp rỗng")),
        (lambda f: draw(f / "20260101_000000.avi", codec="mpeg4", pictures=9), (), ("re-encoding", "mã hóa lại")),
        (lambda f: draw(f / "x.mp4", pictures=9), ("--start", "hôm qua"), ("is no time", "không phải giờ")),
        (lambda f: draw(f / "x.mp4", pictures=9), ("--start", "0001-01-01T00:00"), ("is no time", "không phải giờ")),
        (lambda f: draw(f / "x.mp4", pictures=9), ("--offset-s", "nan"), ("no correction", "không phải độ lệch")),
        (lambda f: draw(f / "x.mp4", pictures=9), ("--zone", "Mars/Base"), ("no time zone", "không có múi giờ")),
        (lambda f: draw(f / "x.mp4", pictures=9), ("--camera", "../x"), ("no recordings", "chưa có bản ghi")),
    ],
)
def test_what_cannot_be_used_is_refused_in_two_languages(ward, tmp_path, make, words, said):
    before = sorted(p.name for p in ward.settings.recordings.rglob("*"))
    given = ("--camera", CAMERA, *words)
    answer = matpho(ward, "import", make(tmp_path), *given)
    assert answer.returncode == 3, (answer.stdout, answer.stderr)
    assert said[0] in answer.stderr
    assert said[1] in answer.stderr
    assert sorted(p.name for p in ward.settings.recordings.rglob("*")) == before


def _text(path, text="xin chào"):
    path.write_text(text, "utf-8")
    return path
