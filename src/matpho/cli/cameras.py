"""``matpho cameras``: find, look at and add cameras from a terminal."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from matpho import settings as settings_file
from matpho.casework import camera_csv
from matpho.casework.advice import Weight, advise
from matpho.casework.density import Stream
from matpho.casework.register import entry_of, standings
from matpho.casework.register_records import AddCameras, SetRegister
from matpho.casework.site import analysed_role
from matpho.casework.zone_advice import Site, advise_zones
from matpho.cli.options import AT_THE_MACHINE, own_home_option
from matpho.domain.camera import Camera, StreamRole
from matpho.domain.ground import GroundPlane
from matpho.domain.ids import CameraId
from matpho.domain.probe import Looked, StreamFacts
from matpho.domain.words import Said
from matpho.errors import MatphoError, NotFound
from matpho.wiring.desk import desk_of, open_store
from matpho.wiring.onboarding import Onboarding

WEIGHTS = {Weight.GOOD: "✓", Weight.NOTE: "·", Weight.WARN: "!", Weight.BAD: "✗"}


@click.group()
def command() -> None:
    """Cameras: find them on the network, look at one, add many from a spreadsheet."""


_MISSING = {
    "sign": Said("ngày gắn biển", "day of the sign"),
    "purpose": Said("mục đích", "purpose"),
    "retention": Said("thời hạn lưu", "retention"),
}


def lacking(missing: Sequence[str]) -> str:
    """In words what keeps a camera from running."""
    vi, en = (", ".join(getattr(_MISSING[one], language) for one in missing) for language in ("vi", "en"))
    return f"chưa kích hoạt, hồ sơ thiếu {vi} / not active, the register lacks {en}"


@command.command("list")
@own_home_option
def list_cameras(home: Path) -> None:
    """The cameras in service, and what keeps one from running."""
    store = open_store(settings_file.load(home))
    try:
        with store.read() as unit:
            cameras = unit.cameras.all()
        known = standings(store)
    finally:
        store.close()
    for camera in cameras:
        standing = known[camera.id]
        if not standing.active:
            click.echo(f"✗ {camera.id}  {camera.name}  ({lacking(standing.missing)})")
        elif standing.complete_by is not None:
            by = f"{standing.complete_by:%d/%m/%Y}"
            click.echo(f"! {camera.id}  {camera.name}  (bổ sung hồ sơ trước / complete the register by {by})")
        else:
            click.echo(f"✓ {camera.id}  {camera.name}")
    if not cameras:
        click.echo("Chưa có camera nào / no cameras yet", err=True)


@command.command("register")
@own_home_option
@click.argument("camera_id")
@click.option("--sign", "sign_at", type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]), help="The day the sign was put up.")
@click.option("--purpose", default=None, help="What the camera is for, as on its sign.")
@click.option("--retention", "retention_days", type=int, default=None, help="For how many days footage is kept.")
def register_camera(
    home: Path, camera_id: str, sign_at: datetime | None, purpose: str | None, retention_days: int | None
) -> None:
    """Enter sign, purpose and retention of a camera: it runs once all three stand in the register."""
    settings = settings_file.load(home)
    store = open_store(settings)
    try:
        entry = entry_of(store, CameraId(camera_id))
        said: dict[str, Any] = {
            "sign_at": sign_at.date() if sign_at else None,
            "purpose": purpose,
            "retention_days": retention_days,
        }
        entry = replace(entry, **{name: value for name, value in said.items() if value is not None})
        desk_of(settings, store).handle(SetRegister(camera_id=CameraId(camera_id), entry=entry), AT_THE_MACHINE)
        missing = entry.missing
    finally:
        store.close()
    click.echo(f"✗ {camera_id}  ({lacking(missing)})" if missing else f"✓ {camera_id}")


@command.command()
@own_home_option
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
@own_home_option
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


@command.command()
@own_home_option
@click.argument("camera", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def check(home: Path, camera: str, as_json: bool) -> None:
    """Watch each camera (or one) for some seconds: whether its zones can support their rules. Exit code 1 when not."""
    settings = settings_file.load(home)
    if not settings.home.is_dir():
        raise NotFound(f"nothing is kept at {settings.home}", f"chưa có dữ liệu ở {settings.home}")
    eyes, store = Onboarding(settings), open_store(settings)
    try:
        with store.read() as unit:
            known = [one for one in unit.cameras.all() if camera in ("", one.id)]
    finally:
        store.close()
    if camera and not known:
        raise NotFound(f"there is no camera {camera}", f"không có camera {camera}")
    told = {one.id: [*advise_zones(looked_site(eyes, one))] for one in known}
    if as_json:
        plain = [
            {"camera": i, "zone": a.zone_id, "code": a.code, "weight": a.weight, "vi": a.said.vi, "en": a.said.en}
            for i, found in told.items()
            for a in found
        ]
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        for one in known:
            click.echo(f"{'✓' if not told[one.id] else ' '} {one.id}  {one.name}")
            for a in told[one.id]:
                click.echo(f"  {WEIGHTS[a.weight]} {a.zone_id or 'camera'}: {a.said.vi}\n    {a.said.en}")
    if any(a.weight is Weight.BAD for found in told.values() for a in found):
        raise SystemExit(1)


def looked_site(eyes: Onboarding, camera: Camera) -> Site:
    """A camera's drawing and its streams as they are when looked at now; one that does not answer has none."""
    addresses = {role: text for role in StreamRole if (text := getattr(camera, role.value))}
    found = eyes.look(addresses)
    seen = {
        role: Stream(role=role, width=f.width, height=f.height, fps=f.fps, gop_s=f.gop_longest_s)
        for role, one in found.items()
        if isinstance(one, Looked)
        for f in (one.facts,)
    }
    return Site(
        zones=camera.zones,
        ground=GroundPlane.of(camera),
        analysed=seen.get(analysed_role(camera)),
        recorded=seen.get(camera.recorded_role),
        people={},
    )


@command.command("import")
@own_home_option
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
            lacks = f"  ({lacking(row.entry.missing)})" if row.entry.missing else ""
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
