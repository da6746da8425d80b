import json

import pytest
from click.testing import CliRunner

from matpho.casework.camera_csv import template
from matpho.cli.cameras import command
from matpho.domain.ids import CameraId
from matpho.settings import load
from matpho.testing.footage import draw
from matpho.wiring.desk import open_store
from matpho.wiring.processes import prepare_home

pytestmark = pytest.mark.integration


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "matpho.toml").write_text('[cameras]\nnetworks = "private, loopback"\n')
    prepare_home(load(home, {}))
    return home


def run(*words):
    return CliRunner().invoke(command, [str(word) for word in words])


def test_a_spreadsheet_is_added_whole_and_told_by_line_when_it_cannot_be(home, tmp_path):
    file = tmp_path / "camera.csv"
    assert run("template", file).exit_code == 0
    assert file.read_bytes() == template()
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
    assert "MAT_KHAU" not in again.output


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
