"""``matpho restore``: a home out of a backup, whole or not at all."""

import json
import os
from pathlib import Path

import click

from matpho import settings as settings_file
from matpho.cli.options import home_option
from matpho.domain.time import SystemClock, to_iso
from matpho.wiring import backup as b


@click.command("restore")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines: one object on standard output.")
@home_option
def command(archive: Path, as_json: bool, home: Path) -> None:
    """Make a home out of a backup. --home must be empty or not there; nothing is there unless all of it is.

    A backup that is damaged, cut short, made by a newer version, or holds anything that no backup holds is refused.
    Where its settings (or MATPHO_DATABASE) name a PostgreSQL database, that must be empty, and the rows go there.
    """
    clock = SystemClock()
    began = clock.monotonic_s()
    contents = b.restore(archive, home, database=os.environ.get("MATPHO_DATABASE"))
    settings = settings_file.load(home, {})
    b.note(settings, b.fact_of("restore", contents, clock.monotonic_s() - began, clock.now()))
    if as_json:
        told = {"home": str(home), "files": len(contents.files), "made": to_iso(contents.made)}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(
        f"✓ {home}: {len(contents.files)} tệp / files, {contents.size_bytes / 1e6:.1f} MB, {to_iso(contents.made)}"
    )
    if not contents.recordings:
        click.echo("· không có bản ghi hình trong bản sao lưu / the backup held no recordings")
    click.echo(f"→ matpho check --home {home}; matpho run --home {home}")
