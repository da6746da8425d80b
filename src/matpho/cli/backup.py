"""``matpho backup``: the whole home to one file, beside a running system."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from matpho import settings as settings_file
from matpho.cli.drill import note_failure, run_drill
from matpho.cli.options import own_home_option
from matpho.domain.time import SECOND, SystemClock
from matpho.errors import MatphoError
from matpho.wiring import backup as b


@click.command("backup")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--recordings", is_flag=True, help="With the recordings; without, only what cannot be had again.")
@click.option("--drill", "prove", is_flag=True, help="Restore the finished backup into a temporary home and check it.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one object on standard output.")
@own_home_option
def command(out: Path, recordings: bool, prove: bool, as_json: bool, home: Path) -> None:
    """Write a backup of the whole home to OUT: a file, or a folder in which it gets a name with the time.

    \b
    Example (daily, on another disk):
      matpho backup /mnt/backup --drill

    Holds database, settings, journals and evidence, each file with its SHA-256. May run beside a running system. It
    holds addresses with passwords of cameras: keep it where only you can read it.

    Exit code 0 when done (and proved), 1 when the drill found something wrong.
    """
    settings, clock = settings_file.load(home), SystemClock()
    if out.is_dir():
        out /= f"matpho-{datetime.fromtimestamp(clock.now() // SECOND, UTC):%Y%m%dT%H%M%SZ}.tar"
    began = clock.monotonic_s()
    try:
        contents = b.make_backup(settings, out, recordings=recordings)
    except MatphoError as e:
        note_failure(settings, "backup", e)
        raise
    b.note(settings, b.fact_of("backup", contents, clock.monotonic_s() - began, clock.now()))
    told: dict[str, Any] = {"file": str(out), "files": len(contents.files), "bytes": contents.size_bytes}
    if not as_json:
        click.echo(f"✓ {out}: {len(contents.files)} tệp / files, {contents.size_bytes / 1e6:.1f} MB")
    if prove:
        run_drill(settings, out, told, as_json=as_json)
    elif as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
