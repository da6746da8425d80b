"""What the machine says of itself, and where secrets come from."""

import shutil

import pytest

from matpho.casework.health.commands import SetQuietHours
from matpho.casework.states import States
from matpho.cli.options import AT_THE_MACHINE
from matpho.domain.messages import WorkerState
from matpho.errors import BadInput
from matpho.plugins.stores.sql import SqlStore
from matpho.settings import load
from matpho.testing.builders import at
from matpho.testing.clock import HandClock
from matpho.wiring import prepare_home
from matpho.wiring.desk import desk_of
from matpho.wiring.health import MachineHealth, device_of, smart_failing, wishes
from matpho.wiring.secret_file import load_secrets

pytestmark = pytest.mark.unit


def program(tmp_path, says, code=0):
    """A program that stands where smartctl would, and answers as smartctl does."""
    file = tmp_path / "smartctl"
    file.write_text(f"#!/bin/sh\n[ \"$1 $2 $3\" = '--json -H /dev/sdz' ] || exit 1\necho '{says}'\nexit {code}\n")
    file.chmod(0o755)
    return str(file)


@pytest.mark.parametrize(
    ("says", "code", "failing"),
    [
        ('{"smart_status": {"passed": true}}', 0, False),
        ('{"smart_status": {"passed": false}}', 8, True),
        ('{"smart_status": {"passed": true}}', 16, True),
        ('{"smart_status": {"passed": true}}', 64, False),
        ('{"smartctl": {"exit_status": 2}}', 2, None),
        ("not json", 0, None),
    ],
)
def test_the_disks_own_word(tmp_path, says, code, failing):
    assert smart_failing("/dev/sdz", program(tmp_path, says, code)) is failing


def test_a_machine_without_the_program_says_nothing():
    assert smart_failing("/dev/sdz", "no-such-program-here") is None


def test_the_device_of_a_folder_is_a_whole_disk_or_none(tmp_path):
    device = device_of(tmp_path)
    assert device is None or device.startswith("/dev/")


def test_a_disk_that_is_not_the_one_that_was_recorded_to(tmp_path):
    settings = load(tmp_path, {})
    prepare_home(settings)
    clock = HandClock()
    machine = MachineHealth(settings, States(clock), clock)
    assert machine.disk().there
    settings.recordings.rename(tmp_path / "unmounted")
    settings.recordings.mkdir()
    found = machine.disk()
    assert (found.there, found.total) == (False, 0), "the empty folder's own disk is not the recordings'"


def test_without_a_supervisor_the_processes_speak_for_themselves(tmp_path):
    settings = load(tmp_path, {})
    prepare_home(settings)
    clock = HandClock()
    states = States(clock)
    machine = MachineHealth(settings, states, clock)
    states.hear(WorkerState("recorder", 7, clock.now(), {}))
    states.hear(WorkerState("vision-0", 8, clock.now(), {"due_frames": 90.0, "dropped_frames": 3.0}))
    found = [(p.name, p.state, p.analysed) for p in machine.processes()]
    assert found == [("recorder", "running", None), ("vision-0", "running", (90.0, 3.0))]
    clock.go(60)
    assert [p.state for p in machine.processes()] == ["late", "late"]
    disk = machine.disk()
    assert 0 < disk.free <= disk.total
    assert disk.reserve == 2_048_000_000
    shutil.rmtree(settings.recordings)
    assert machine.disk().free == 0


def test_the_wards_wishes(tmp_path):
    (tmp_path / "matpho.toml").write_text('[health]\nquiet_hours = "22:00-06:00"\nremind_hours = 12\n')
    settings = load(tmp_path, {})
    store = SqlStore(f"sqlite:///{tmp_path / 'db.sqlite'}", HandClock())
    asked = wishes(settings, store)
    manners = asked()
    assert manners.remind_s == 12 * 3600
    assert not manners.is_quiet(at(0))  # the builders' noon is 07:00 in the ward
    assert manners.is_quiet(at(15 * 3600))
    desk = desk_of(settings, store)
    desk.handle(SetQuietHours(hours="6:30 - 8:00", urgent_always=True), AT_THE_MACHINE)
    other = asked()
    assert (other.is_quiet(at(0)), other.is_quiet(at(15 * 3600)), other.urgent_always) == (True, False, True)
    desk.handle(SetQuietHours(hours="", urgent_always=False), AT_THE_MACHINE)
    assert not any(asked().is_quiet(at(h * 3600)) for h in range(24))
    desk.handle(SetQuietHours(hours=None), AT_THE_MACHINE)
    assert asked() == manners
    store.close()
    (tmp_path / "matpho.toml").write_text('[health]\nquiet_hours = "late"\n')
    with pytest.raises(BadInput):
        load(tmp_path, {})


def test_webhooks_have_names_and_addresses(tmp_path):
    file = tmp_path / "matpho.toml"
    file.write_text('[notify.webhooks.phuong]\nurl = "https://a.example/x"\n')
    assert load(tmp_path, {}).notify.webhooks["phuong"].url == "https://a.example/x"
    for text in (
        '[notify.webhooks.phuong]\nkinds = "incident"\n',
        '[notify.webhooks."Phường"]\nurl = "https://a.example"\n',
        '[notify.webhooks]\nphuong = "https://a.example"\n',
        '[notify.webhooks.phuong]\nurl = "https://a.example"\nsecret = "x"\n',
    ):
        file.write_text(text)
        with pytest.raises(BadInput, match="webhooks"):
            load(tmp_path, {})


def test_secrets_are_for_their_owner_only(tmp_path):
    file = tmp_path / "secrets.toml"
    assert load_secrets(tmp_path, {}) == {}
    file.write_text('mqtt = "a"\nwebhook-phuong = "b"\n')
    file.chmod(0o644)
    with pytest.raises(BadInput, match="chmod"):
        load_secrets(tmp_path, {})
    file.chmod(0o600)
    found = load_secrets(tmp_path, {"MATPHO_SECRET_WEBHOOK_PHUONG": "c", "PATH": "x"})
    assert found == {"mqtt": "a", "webhook-phuong": "c"}
    file.write_text("mqtt = 5\n")
    with pytest.raises(BadInput):
        load_secrets(tmp_path, {})
