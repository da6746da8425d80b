"""``matpho cameras``: find, look at and add cameras from a terminal."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from matpho import settings as settings_file
from matpho.casework import camera_csv
from matpho.casework.advice import Weight, advise
from matpho.casework.register_records import AddCameras
from matpho.cli.options import home_option
from matpho.domain.camera import StreamRole
from matpho.domain.people import Actor, Role
from matpho.domain.probe import Looked, StreamFacts
from matpho.errors import MatphoError, NotFound
from matpho.wiring.desk import desk_of, open_store
from matpho.wiring.onboarding import Onboarding

WEIGHTS = {Weight.GOOD: "✓", Weight.NOTE: "·", Weight.WARN: "!", Weight.BAD: "✗"}
AT_THE_MACHINE = Actor(None, Role.ADMIN)
"""Whoever may write into the home folder from a terminal may do what an administrator may."""


@click.group()
def command() -> None:
    """Cameras: find them on the network, look at one, add many from a spreadsheet."""


@command.command()
@home_option
@click.option("--interface", default="", help="Network interface, such as eth0; without it, all but loopback.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def discover(home: Path, interface: str, as_json: bool) -> None:
    """ONVIF cameras that answer on the network within three seconds."""
    eyes = Onboarding(settings_file.load(home))
    known = eyes.interfaces()
    names = [interface] if interface else [n for n, place in known.items() if not place.startswith("127.")]
    found = {device.service: device for name in names for device in eyes.discover(name)}
    if as_json:
        click.echo(json.dumps([asdict(device) for device in found.values()], ensure_ascii=False, indent=2))
        return
    for device in found.values():
        click.echo(f"{device.host}  {device.name or '–'}  {device.hardware or '–'}  {device.service}")
    if not found:
        click.echo("Không thấy camera ONVIF nào / no ONVIF camera answered", err=True)


@command.command()
@home_option
@click.argument("address")
@click.option("--sub", default="", help="The address of the sub stream, to look at both.")
@click.option("--uplink", type=click.FloatRange(min=0.01), default=None, help="The line's upload speed, Mbit/s.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def probe(home: Path, address: str, sub: str, uplink: float | None, as_json: bool) -> None:
    """Watch a camera for some seconds: what it is, and what to change. A password is never printed."""
    eyes = Onboarding(settings_file.load(home))
    texts = {StreamRole.MAIN: address, **({StreamRole.SUB: sub} if sub else {})}
    for text in texts.values():
        eyes.check(text)
    found = eyes.look(texts)
    for one in found.values():
        if isinstance(one, MatphoError):
            raise one
    facts: dict[StreamRole, StreamFacts] = {r: one.facts for r, one in found.items() if isinstance(one, Looked)}
    advice = advise(
        facts[StreamRole.MAIN], facts.get(StreamRole.SUB), uplink_kbit_s=None if uplink is None else uplink * 1000
    )
    if as_json:
        streams = {role.value: asdict(one) for role, one in facts.items()}
        told = [{"code": a.code, "weight": a.weight, "role": a.role, "vi": a.said.vi, "en": a.said.en} for a in advice]
        click.echo(json.dumps({"streams": streams, "advice": told}, ensure_ascii=False, indent=2))
        return
    for role, f in facts.items():
        gop = f"{f.gop_s:g} s" if f.gop_s is not None else f"> {f.gop_longest_s:g} s"
        click.echo(
            f"{role.value}: {f.codec} {f.profile} {f.width}×{f.height}, {f.fps:g} fps, GOP {gop}, {f.kbit_s:g} kbit/s"
        )
    for line in advice:
        click.echo(f"{WEIGHTS[line.weight]} {line.said.vi}\n  {line.said.en}")


@command.command("import")
@home_option
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what is wrong with the file.")
def import_(home: Path, file: Path, dry_run: bool) -> None:
    """Add the cameras of a spreadsheet (CSV), all or none. `matpho cameras template` writes an empty one.

    Exit code 1 when something in the file is wrong; nothing has been added then.
    """
    settings = settings_file.load(home)
    if not settings.home.is_dir():
        raise NotFound(f"nothing is kept at {settings.home}", f"chưa có dữ liệu ở {settings.home}")
    eyes, store = Onboarding(settings), open_store(settings)
    try:
        with store.read() as unit:
            known = camera_csv.known_of(unit)
        sheet = camera_csv.read(file.read_bytes(), known, eyes.check)
        for problem in sheet.problems:
            where = f"dòng / line {problem.line}, {problem.column or '–'}"
            click.echo(f"✗ {where}: {problem.said.vi} / {problem.said.en}", err=True)
        if sheet.problems:
            raise SystemExit(1)
        if not dry_run:
            rows = tuple((row.camera, row.entry) for row in sheet.rows)
            desk_of(settings, store).handle(AddCameras(cameras=rows), AT_THE_MACHINE)
        verb = "sẽ thêm / would add" if dry_run else "đã thêm / added"
        click.echo(f"✓ {verb} {len(sheet.rows)} camera")
        for row in sheet.rows:
            lacks = "" if not row.entry.missing else "  (chưa đủ hồ sơ / register incomplete)"
            click.echo(f"  {row.camera.id}  {row.camera.name}{lacks}")
    finally:
        store.close()


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default="camera.csv")
def template(file: Path) -> None:
    """Write an empty spreadsheet to fill in."""
    with file.open("xb") as out:
        out.write(camera_csv.template())
    click.echo(f"✓ {file}")
