import json

import pytest

from matpho.casework.states import States
from matpho.cli.desk import web_parts
from matpho.domain.messages import WorkerState
from matpho.domain.time import SECOND
from matpho.settings import load
from matpho.web.machine import Machine
from matpho.wiring import prepare_home
from matpho.wiring.desk import desk_parts

pytestmark = pytest.mark.unit


def test_what_the_supervisor_wrote_is_joined_with_what_workers_tell(site):
    settings = load(site.tmp / "home", {})
    prepare_home(settings)
    machine = Machine(settings, States(site.clock), None)
    assert machine.processes() == ()
    rows = [
        {"name": "recorder", "pid": 12, "state": "running", "since": 5 * SECOND, "restarts": 2},
        {"name": "vision-0", "pid": 0, "state": "waiting", "since": 6 * SECOND, "restarts": 9},
    ]
    (settings.run / "processes.json").write_text(json.dumps(rows))
    states = States(site.clock)
    machine = Machine(settings, states, None)
    states.hear(WorkerState("recorder", 12, site.clock.now(), {"cpu_cores": 0.2}))
    recorder, vision = machine.processes()
    assert (recorder.pid, recorder.state, recorder.restarts) == (12, "running", 2)
    assert recorder.figures["cpu_cores"] == 0.2
    assert (vision.pid, vision.state) == (None, "waiting")
    site.clock.go(60)
    assert machine.processes()[0].state == "late"
    disk = machine.disk()
    assert disk.total >= disk.free > 0
    assert machine.detector() is None


@pytest.mark.parametrize(
    ("address", "https", "origins"),
    [("", False, ()), ("https://pho.example.vn", True, ("https://pho.example.vn",)), ("http://10.0.0.2", False, None)],
)
def test_the_settings_say_how_people_reach_the_page(tmp_path, address, https, origins):
    home = tmp_path / "home"
    home.mkdir()
    (home / "matpho.toml").write_text(f'time_zone = "Asia/Bangkok"\n[web]\naddress = "{address}"\n')
    settings = load(home, {})
    prepare_home(settings)
    parts = desk_parts(settings)
    options = web_parts(parts, settings).options
    parts.store.close()
    assert (options.https, options.time_zone) == (https, "Asia/Bangkok")
    assert options.origins == ((address,) if origins is None else origins)
