import configparser
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from matpho.errors import SetupProblem
from matpho.wiring.service import STATE, install, unit, verify

pytestmark = pytest.mark.unit
PYTHON = Path("/opt/matpho/bin/python")


def service(text):
    found = configparser.ConfigParser(strict=False, interpolation=None)
    found.optionxform = str
    found.read_string(text)
    return found["Service"]


def test_the_unit_shuts_the_program_in_and_starts_it_again():
    told = service(unit(STATE, "matpho", PYTHON))
    assert told["ExecStart"] == "/opt/matpho/bin/python -m matpho.cli.main run --home /var/lib/matpho"
    assert (told["User"], told["Restart"], told["Type"], told["WatchdogSec"]) == ("matpho", "always", "notify", "60")
    assert (told["ProtectSystem"], told["ReadWritePaths"]) == ("strict", "/var/lib/matpho")
    assert told["StateDirectory"] == "matpho"
    assert told["CapabilityBoundingSet"] == ""


def test_a_home_elsewhere_is_made_writable_and_nothing_else():
    told = service(unit(Path("/srv/pho"), "pho", PYTHON))
    assert told["ReadWritePaths"] == "/srv/pho"
    assert "StateDirectory" not in told


@pytest.mark.parametrize(
    ("home", "user"),
    [("/srv/my pho", "pho"), ("/srv/%h", "pho"), ("srv", "pho"), ("/srv/pho", "pho;id"), ("/srv", "ph ò")],
)
def test_what_a_unit_cannot_hold_is_refused(home, user):
    with pytest.raises(SetupProblem):
        unit(Path(home), user, PYTHON)


def test_it_is_written_where_units_are(tmp_path):
    user = pwd.getpwuid(os.getuid()).pw_name
    done = install(STATE, user, tmp_path)
    assert done.path.read_text("utf-8") == unit(STATE, user)
    assert not done.new_user
    assert [p.name for p in tmp_path.iterdir()] == ["matpho.service"]


def test_a_home_that_is_not_there_is_made_and_one_of_somebody_else_is_told(tmp_path):
    """Without it systemd would not start the unit; with a foreign one the program could write nothing."""
    user, units, home = pwd.getpwuid(os.getuid()).pw_name, tmp_path / "units", tmp_path / "disk" / "pho"
    units.mkdir()
    done = install(home, user, units)
    assert (done.home, done.foreign, home.stat().st_mode & 0o777) == (True, False, 0o750)
    assert install(home, user, units).home is False
    if os.getuid() == 0:
        os.chown(home, 65534, 65534)
        assert install(home, user, units).foreign


def test_without_systemd_or_rights_it_says_so(tmp_path):
    with pytest.raises(SetupProblem, match="no systemd"):
        install(STATE, "root", tmp_path / "none")


def test_systemd_finds_nothing_wrong_with_it(tmp_path):
    """Where systemd is; elsewhere the check says that it could not be made, which is tested too."""
    path = tmp_path / "matpho.service"
    path.write_text(unit(STATE, "daemon"), "utf-8")
    if shutil.which("systemd-analyze") is None:
        assert verify(path) is None
        return
    assert verify(path) == ""
    path.write_text(unit(STATE, "daemon").replace("Restart=always", "Restart=forever"), "utf-8")
    assert "restart" in (verify(path) or "").lower()
    exposure = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", path],
        check=False,
        capture_output=True,
        text=True,
    )
    assert exposure.returncode == 0, exposure.stdout[-500:]
