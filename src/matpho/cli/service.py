"""``matpho service``: the system as a service of the machine."""

import sys
from pathlib import Path

import click

from matpho.wiring import service as s

_HOME = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=s.STATE,
    show_default=True,
    help="The ward's folder.",
)
_USER = click.option("--user", default="matpho", show_default=True, help="The account that the service runs under.")


@click.group("service")
def command() -> None:
    """Run the system as a systemd service: started with the machine, restarted for ever, shut in."""


@command.command("unit")
@_HOME
@_USER
def unit(home: Path, user: str) -> None:
    """Print the unit, for reading or for installing by other means."""
    click.echo(s.unit(home, user), nl=False)


@command.command("install")
@_HOME
@_USER
@click.option(
    "--units",
    type=click.Path(file_okay=False, path_type=Path),
    default=s.UNITS,
    show_default=True,
    help="Where units are.",
)
def install(home: Path, user: str, units: Path) -> None:
    """Write the unit, make its user and the ward's folder (as root). Starts nothing.

    Exit code 1 when systemd finds something wrong with the unit.
    """
    done = s.install(home, user, units)
    click.echo(f"✓ {done.path}")
    if done.new_user:
        click.echo(f"✓ đã tạo người dùng / made the user {user}")
    if done.home:
        click.echo(f"✓ đã tạo thư mục / made the folder {home}")
    if done.foreign:
        click.echo(f"→ {home} phải thuộc về {user} / must belong to {user}: sudo chown -R {user}: {home}")
    if done.verified is None:
        click.echo("· không có systemd-analyze để kiểm tra / no systemd-analyze here to verify it")
    elif done.verified:
        click.echo(done.verified, err=True)
        sys.exit(1)
    else:
        click.echo("✓ systemd-analyze verify")
    click.echo("→ sudo systemctl enable --now matpho; journalctl -u matpho -f")
