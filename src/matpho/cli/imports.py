"""``matpho imports``: what was brought in from cards, by whom and with which clock; and one import taken back."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from matpho import settings as settings_file
from matpho.cli.import_footage import TOLD_BY
from matpho.cli.options import AT_THE_MACHINE, home_option, own_home_option
from matpho.domain.ids import CameraId
from matpho.domain.time import SECOND, Instant, to_iso
from matpho.video.brought import Import
from matpho.wiring.account import account_name
from matpho.wiring.undo import all_imports, undo_import


@click.group(invoke_without_command=True)
@click.option("--camera", "camera_id", default=None, help="Only those of this camera.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one object per import on standard output.")
@home_option
@click.pass_context
def command(context: click.Context, camera_id: str | None, as_json: bool, home: Path) -> None:
    """What `matpho import` brought in, oldest first: when, by whom, how much of it is kept, with which offset.

    \b
    Example:
      matpho imports --camera nga-ba-cho
      matpho imports undo 01k3t9a7hnqy4xr2
    """
    if context.invoked_subcommand is not None:
        return
    settings = settings_file.load(home)
    found = all_imports(settings, None if camera_id is None else CameraId(camera_id))
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(sentence(one, ZoneInfo(settings.time_zone)))
    if not found:
        click.echo("Chưa nhập bản ghi nào / nothing was brought in yet", err=True)


@command.command()
@click.argument("import_id", metavar="IMPORT")
@click.option("--near-incidents", is_flag=True, help="Also what incidents that are not done with fall into.")
@click.option("--dry-run", is_flag=True, help="Say what would go and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one object on standard output.")
@own_home_option
def undo(import_id: str, home: Path, *, near_incidents: bool, dry_run: bool, as_json: bool) -> None:
    """Take back the IMPORT of that name, such as one with a wrong clock: what it filled is missing again.

    Exactly what it added goes; what was recorded here stays, and so does evidence that was sealed. Footage on hold is
    never removed: then nothing is. May run beside a running system; the audit trail tells of it. Import the card again
    afterwards, with another --offset-s.
    """
    settings = settings_file.load(home)
    done = undo_import(settings, import_id, AT_THE_MACHINE, dry=dry_run, near_incidents=near_incidents)
    if as_json:
        told = {"import": done.found.name, "camera": done.found.camera_id, "files": done.files}
        click.echo(json.dumps({**told, "removed_s": round(done.length_s, 3), "dry_run": dry_run}))
    elif not done.files:
        click.echo(f"· không còn gì của lần nhập {import_id} / nothing is left of the import {import_id}")
    else:
        verb = "sẽ gỡ bỏ / would remove" if dry_run else "đã gỡ bỏ / removed"
        click.echo(f"{verb} {done.length_s:.1f} s, {done.files} tệp / files")


def sentence(one: Import, local: ZoneInfo) -> str:
    """An import for people, in one line and one below it."""
    when = _local(one.at, local) if one.at else "–"
    head = f"{one.name}  {one.camera_id}  {when}  {_who(_uid(one))}"
    clocks = ", ".join(sorted({TOLD_BY.get(s.clock, s.clock) for s in one.sources})) or "–"
    offset = f"{one.began.offset_s:+g} s" if one.began else "–"
    kept = f"còn / kept {one.kept_s / 60:.1f} phút / min, lệch / offset {offset}, giờ từ / time from {clocks}"
    if one.files:
        first, last = one.files[0].start, max(c.end for c in one.files)
        kept += f"\n  {_local(first, local)} – {_local(last, local)}"
    if one.undone is not None:
        kept += f"\n  gỡ bỏ lúc / taken back {_local(one.undone.at, local)} ({_who(one.undone.uid)})"
    return f"{head}\n  {kept}"


def _uid(one: Import) -> int | None:
    return one.began.uid if one.began else next((s.uid for s in one.sources), None)


def _who(uid: int | None) -> str:
    """The account of the machine, by its name where it has one."""
    return "–" if uid is None else account_name(uid)


def _local(at: Instant, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone):%d/%m/%Y %H:%M:%S}"


def _plain(one: Import) -> dict[str, object]:
    return {
        "import": one.name,
        "camera": one.camera_id,
        "at": to_iso(one.at) if one.at else None,
        "uid": _uid(one),
        "offset_s": one.began.offset_s if one.began else None,
        "clocks": sorted({s.clock for s in one.sources}),
        "sources": [{"sha256": s.sha256, "taken_s": s.taken_s} for s in one.sources],
        "files": len(one.files),
        "kept_s": round(one.kept_s, 3),
        "start": to_iso(one.files[0].start) if one.files else None,
        "end": to_iso(max(c.end for c in one.files)) if one.files else None,
        "undone": to_iso(one.undone.at) if one.undone else None,
    }
