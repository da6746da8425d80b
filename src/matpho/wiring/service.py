"""The systemd unit of a ward's system: its own user, and nothing of the machine but its home and the network."""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from matpho.domain.system_words import because
from matpho.errors import SetupProblem

NAME = "matpho.service"
UNITS = Path("/etc/systemd/system")
STATE = Path("/var/lib/matpho")
_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))

_UNIT = """\
# Mắt Phố; written by `matpho service`, see docs/guide/service.md
[Unit]
Description=Mat Pho: street cameras of a ward
Documentation=man:systemd.service(5)
After=network-online.target time-sync.target
Wants=network-online.target
RequiresMountsFor={home}
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={python} -m matpho.cli.main run --home {home}
User={user}
Group={user}
{state}Environment=MATPHO_HOME={home} PYTHONUNBUFFERED=1
# Recording comes first: whatever ended it, it starts again, for ever.
Restart=always
RestartSec=2
# Exit code 3: the settings cannot be used; a person has to change them.
RestartPreventExitStatus=3
# The supervisor says that it is alive; it watches over the workers itself.
WatchdogSec=60
TimeoutStartSec=120
TimeoutStopSec=30
# The supervisor ends the workers in order; what is left then is killed.
KillMode=mixed
OOMPolicy=continue
LimitNOFILE=65536
UMask=0027

# What the program does not need it cannot have.
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ReadWritePaths={home}
ProtectHome={protect_home}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """What was done: the unit's file, whether the user is new, what systemd-analyze said (None: it is not here).

    ``home`` is whether the ward's folder was made; ``foreign`` whether it is there and somebody else's.
    """

    path: Path
    new_user: bool
    verified: str | None
    home: bool = False
    foreign: bool = False


def unit(home: Path, user: str, python: Path | None = None) -> str:
    """The text of the unit. Raises SetupProblem for paths that a unit cannot name."""
    python = python or Path(sys.executable)
    for path in (home, python):
        if any(c in str(path) for c in " \t\n\"'\\%$") or not path.is_absolute():
            raise SetupProblem(
                f"{path} cannot stand in a unit: use a path without spaces and signs",
                f"không dùng được {path} trong dịch vụ: hãy chọn đường dẫn không có khoảng trắng và ký tự lạ",
            )
    if not user.replace("-", "").replace("_", "").isalnum() or not user.isascii():
        raise SetupProblem(f"{user!r} is no name of a user", f"{user!r} không phải tên người dùng hợp lệ")
    hidden = any(p.is_relative_to(h) for p in (home, python, Path(__file__)) for h in _HOMES)
    return _UNIT.format(
        home=home,
        python=python,
        user=user,
        state=f"StateDirectory={STATE.name}\nStateDirectoryMode=0750\n" if home == STATE else "",
        protect_home="read-only" if hidden else "yes",
    )


def verify(path: Path) -> str | None:
    """What ``systemd-analyze verify`` finds wrong with a unit: "" nothing, None where there is no systemd."""
    program = shutil.which("systemd-analyze")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603 - a fixed command on a file of ours
        [program, "verify", "--man=no", str(path)], check=False, capture_output=True, text=True, timeout=60
    )
    lines = [line for line in (done.stderr + done.stdout).splitlines() if NAME in line or path.name in line]
    return "\n".join(lines)


def install(home: Path, user: str, units: Path = UNITS) -> Installed:
    """Write the unit, make its user and its home elsewhere than :data:`STATE`, which systemd makes; starts nothing.

    Raises SetupProblem where that cannot be done.
    """
    text = unit(home, user)
    path = units / NAME
    if not units.is_dir():
        raise SetupProblem(
            f"there is no {units}: this machine has no systemd", f"không có {units}: máy này không dùng systemd"
        )
    try:
        new_user = _user(user, home)
        made = home != STATE and _home(user, home)
        fresh = path.with_suffix(".new")
        fresh.write_text(text, "utf-8")
        fresh.chmod(0o644)
        fresh.replace(path)
    except OSError as e:
        why = because(e)
        raise SetupProblem(
            f"{path} cannot be written ({why.en}); type: sudo {sys.executable} -m matpho.cli.main service install",
            f"không ghi được {path} ({why.vi}); hãy gõ: sudo {sys.executable} -m matpho.cli.main service install",
        ) from e
    if Path("/run/systemd/system").is_dir() and units == UNITS:
        subprocess.run(["systemctl", "daemon-reload"], check=False, timeout=60)  # noqa: S607 - root's own path
    foreign = home.is_dir() and home.stat().st_uid != pwd.getpwnam(user).pw_uid
    return Installed(path, new_user, verify(path), made, foreign)


def _home(user: str, home: Path) -> bool:
    """Make the folder for the user where there is none, for systemd does not start a unit without it; whether it was.

    Raises OSError.
    """
    if home.exists():
        return False
    owner = pwd.getpwnam(user)
    home.mkdir(parents=True, mode=0o750)
    os.chown(home, owner.pw_uid, owner.pw_gid)
    return True


def _user(user: str, home: Path) -> bool:
    """Make the system user where there is none; whether it was made."""
    try:
        pwd.getpwnam(user)
    except KeyError:
        pass
    else:
        return False
    program = shutil.which("useradd")
    if program is None:
        raise SetupProblem(
            f"there is no user {user} and no useradd", f"chưa có người dùng {user} và máy không có useradd"
        )
    words = [program, "--system", "--user-group", "--no-create-home", "--home-dir", str(home)]
    done = subprocess.run(  # noqa: S603 - a checked name
        [*words, "--shell", "/usr/sbin/nologin", user], check=False, capture_output=True, text=True, timeout=60
    )
    if done.returncode:
        raise SetupProblem(
            f"no user {user}: {done.stderr.strip()}", f"không tạo được người dùng {user}: {done.stderr.strip()}"
        )
    return True
