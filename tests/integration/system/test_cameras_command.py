import json

import pytest
from click.testing import CliRunner

from matpho.casework.camera_csv import template
from matpho.casework.commands import AddCamera
from matpho.cli.cameras import command
from matpho.cli.options import AT_THE_MACHINE
from matpho.domain.camera import Camera, Purpose, Zone
from matpho.domain.geometry import Point, Polygon
from matpho.domain.ids import CameraId, ZoneId
from matpho.errors import NotFound
from matpho.settings import load
from matpho.testing.footage import draw
from matpho.wiring.desk import desk_of, open_store
from matpho.wiring.processes import prepare_home

pytestmark = pytest.mark.integration


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "matpho.toml").write_text('[cameras]\nnetworks = "private, loopback"\n')
    prepare_home(load(home, {}))
    return home


def put(home, camera):
    store = open_store(load(home, {}))
    desk_of(load(home, {}), store).handle(AddCamera(camera=camera), AT_THE_MACHINE)
    store.close()


def run(*words):
    return CliRunner().invoke(command, [str(word) for word in words])


def test_a_spreadsheet_is_added_whole_and_told_by_line_when_it_cannot_be(home, tmp_path):
    file = tmp_path / "camera.csv"
    assert run("template", file).exit_code == 0
    assert file.read_bytes() == template()
    untouched = run("import", file, "--home", home, "--dry-run")
    assert (untouched.exit_code, "dòng / line 2" in untouched.output) == (1, True), "the example is no camera"
    file.write_bytes(template().replace(b"quantri:MAT_KHAU@192.168.1.64", b"xem:bi-mat@192.168.1.65"))
    tried = run("import", file, "--home", home, "--dry-run")
    assert (tried.exit_code, "cong-cho" in tried.output) == (0, True)
    assert run("import", file, "--home", home).exit_code == 0
    store = open_store(load(home, {}))
    with store.read() as unit:
        assert unit.cameras.get(CameraId("cong-cho")).name == "Cổng chợ Hồng Gai"
        assert unit.register.get(CameraId("cong-cho")).missing == ()
        assert [row.action for row in unit.audit.rows()] == ["add_camera", "set_register"]
    store.close()
    listed = json.loads((home / "run" / "cameras.json").read_text())
    assert "cong-cho" in json.dumps(listed)
    again = run("import", file, "--home", home)
    assert again.exit_code == 1
    assert "dòng / line 2, Mã" in again.output
    assert "bi-mat" not in again.output


def test_a_camera_is_looked_at_and_advised_on(home, tmp_path, rtsp_server):
    media = tmp_path / "media"
    media.mkdir()
    draw(media / "main.mp4", pictures=60, gop=10)
    server = rtsp_server(media, user="xem", password="hunter2")
    seen = run("probe", server.url("main.mp4", "xem:hunter2"), "--home", home, "--json")
    assert seen.exit_code == 0, seen.output
    told = json.loads(seen.output)
    assert told["streams"]["main"]["codec"] == "h264"
    assert {"no_sub", "main_small", "disk"} <= {a["code"] for a in told["advice"]}
    assert "hunter2" not in seen.output


def test_a_camera_elsewhere_is_not_looked_at(home):
    refused = run("probe", "rtsp://xem:hunter2@169.254.169.254/1", "--home", home)
    assert refused.exit_code != 0
    assert "hunter2" not in f"{refused.output}{refused.exception}"


AREA = Polygon((Point(0.05, 0.5), Point(0.95, 0.5), Point(0.95, 0.95), Point(0.05, 0.95)))
WALK = Zone(id=ZoneId("via-he"), purpose=Purpose.SIDEWALK, polygon=AREA)
ENDS = (Point(0.2, 0.6), Point(0.8, 0.6))
LINE = Zone(id=ZoneId("vach"), purpose=Purpose.STOP_LINE, line=ENDS, direction=(0.0, -1.0))


def watched(media, rtsp_server, **changes):
    """A camera that is there, with a password in its address."""
    draw(media / "main.mp4", pictures=60, gop=10, size=(640, 480))
    url = rtsp_server(media, user="xem", password="hunter2").url("main.mp4", "xem:hunter2")
    return Camera(id=CameraId("nga-ba"), name="Ngã ba", main=url, sub=url, **changes)


def test_a_camera_whose_zones_cannot_support_their_rules_is_told_with_exit_code_1(home, tmp_path, rtsp_server):
    put(home, watched(tmp_path, rtsp_server, zones=(WALK, LINE)))
    told = run("check", "--home", home)
    assert told.exit_code == 1, told.output
    assert "nga-ba  Ngã ba" in told.output
    assert "✗ vach: " in told.output
    assert "hunter2" not in told.output
    plain = run("check", "nga-ba", "--home", home, "--json")
    assert plain.exit_code == 1
    found = {(a["zone"], a["code"]): a for a in json.loads(plain.output)}
    assert found[("vach", "no_lamp")]["weight"] == "bad"
    assert found[("via-he", "no_hours")]["weight"] == "note"
    assert all(a["vi"] and a["en"] for a in found.values())
    assert (None, "unseen") not in found, "it was watched"


def test_a_camera_that_can_is_well_and_one_that_does_not_answer_is_said(home, tmp_path, rtsp_server):
    put(home, watched(tmp_path, rtsp_server, zones=(WALK,)))
    well = run("check", "nga-ba", "--home", home)
    assert well.exit_code == 0, well.output
    put(home, Camera(id=CameraId("mat"), name="Mất", main="rtsp://127.0.0.1:1/x", zones=(WALK,)))
    away = run("check", "mat", "--home", home, "--json")
    assert away.exit_code == 0, away.output
    assert "unseen" in [a["code"] for a in json.loads(away.output)]


def test_checking_what_is_not_there_is_refused(home, tmp_path):
    for words in (("check", "khong-co", "--home", home), ("check", "--home", tmp_path / "none")):
        refused = run(*words)
        assert isinstance(refused.exception, NotFound), refused.output
        assert refused.exception.vi
    assert run("check", "--home", home, "--json").output.strip() == "[]"
