"""``matpho uplink``: WireGuard paths to cameras behind household routers, and what their uplinks carry."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import click

from matpho import settings as settings_file
from matpho.casework.uplink_records import note_of
from matpho.cli.options import AT_THE_MACHINE, home_option, own_home_option
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId
from matpho.domain.people import Action
from matpho.domain.system_words import not_written
from matpho.domain.time import SystemClock
from matpho.domain.uplink import Hub, PathState, Peer, advise, checked_file, explained, read_dump
from matpho.errors import BadInput, StorageProblem
from matpho.settings import Settings
from matpho.wiring import uplink as u
from matpho.wiring.desk import handle_beside


@click.group("uplink")
def command() -> None:
    """Reach cameras behind household routers through WireGuard, and learn what their uplinks carry.

    \b
    matpho uplink add nha-ba-tu --camera 192.168.1.64 --endpoint pho.example.vn:51820 --out nha-ba-tu.conf
    matpho uplink check
    matpho uplink remove nha-ba-tu
    matpho uplink advise --uplink-kbit 1000 --main-kbit 2000 --sub-kbit 300

    See docs/guide/uplink.md.
    """


@command.command("add")
@click.argument("name")
@click.option(
    "--camera", "cameras", multiple=True, required=True, help="A camera's address in the household, ip or ip:port."
)
@click.option("--endpoint", help="Where the household reaches the ward, host:port (UDP); needed once.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The household's file; a new one."
)
@own_home_option
def add(name: str, cameras: tuple[str, ...], endpoint: str | None, out: Path, home: Path) -> None:
    """Make the path to one household: keys, both ends' configurations, and what to do with them."""
    settings = settings_file.load(home)
    checked_file(out.name)
    if out.exists() or not out.absolute().parent.is_dir():
        raise BadInput(f"{out} is there already or has no folder", f"{out} đã có sẵn hoặc không có thư mục")
    hub, peer, text = u.add_peer(settings, name, cameras, endpoint, _noted(settings, Action.ADD))
    try:
        u.write_private(out, text)
    except OSError as e:
        u.remove_peer(settings, name, _noted(settings, Action.REMOVE))
        raise not_written(StorageProblem, out, e) from e
    click.echo(_guide(u.load_lines(settings, hub), out, peer, hub))


def _noted(settings: Settings, action: Action) -> Callable[[Peer], None]:
    """Writes the audit row of what is about to be done, as the page does."""

    def note(peer: Peer) -> None:
        handle_beside(settings, note_of(action, peer), AT_THE_MACHINE)

    return note


def _guide(load: tuple[str, ...], out: Path, peer: Peer, hub: Hub) -> str:
    addresses = "\n".join(
        f"     rtsp://…@{peer.address}:{f.port}/…   ({f.camera_ip}:{f.camera_port})" for f in peer.forwards
    )
    lines = "\n     ".join(load)
    return f"""\
✓ {peer.name}: {peer.address}

1. Máy của phường, lần đầu: cài wireguard-tools và iptables, mở cổng UDP {hub.port} trên bộ định tuyến của phường và
   chuyển về máy này. Mỗi lần thêm hộ đều gõ cả ba dòng dưới; các hộ khác không bị ngắt.
   The ward's machine, the first time: install wireguard-tools and iptables, open UDP port {hub.port} on the ward's
   router and forward it to this machine. With each household type all three lines; the others are not cut off.
     {lines}
2. Nhà dân: chép {out.name} vào /etc/wireguard/ của hộp Linux nhỏ cạnh bộ định tuyến (có wireguard-tools, iptables), gõ
   dòng dưới để đường tự nối lại sau khi mất điện, rồi xóa bản ở đây: trong đó có khóa riêng. Không cần mở cổng ở nhà
   dân; phường chỉ tới được camera ghi trong tệp.
   The household: copy {out.name} into /etc/wireguard/ of a small Linux box beside its router (with wireguard-tools and
   iptables), type the line below so that the path comes back by itself after a power cut, then delete the copy here:
   it holds a private key. No port is opened there; the ward reaches only the cameras named in it.
     sudo systemctl enable --now wg-quick@{out.stem}
3. Thêm camera với địa chỉ / add the camera with the address:
{addresses}
4. matpho uplink check; matpho uplink advise"""


@command.command("remove")
@click.argument("name")
@own_home_option
def remove(name: str, home: Path) -> None:
    """Take a household's path away: its key opens nothing any more once the ward's machine has reloaded the file."""
    settings = settings_file.load(home)
    hub = u.remove_peer(settings, name, _noted(settings, Action.REMOVE))
    install, _, reload = u.load_lines(settings, hub)
    click.echo(f"""\
✓ {name}
→ {install}
→ {reload}
  Sau hai lệnh trên, khóa của hộ này không còn dùng được; camera của hộ ngừng ghi cho đến khi có đường mới.
  After these two lines the household's key opens nothing; its cameras are not recorded until there is another path.""")


@command.command("show")
@home_option
def show(home: Path) -> None:
    """List the paths, without any secret."""
    hub = u.load_hub(settings_file.load(home))
    click.echo(f"{hub.interface}: {hub.endpoint}, {hub.address} ({hub.network}), {hub.public_key}")
    for peer in hub.peers:
        ports = ", ".join(f"{peer.address}:{f.port} → {f.camera_ip}:{f.camera_port}" for f in peer.forwards)
        click.echo(f"{peer.name}: {ports}")


@command.command("check")
@click.option(
    "--dump", type=click.File("rb"), help="Read this output of `wg show … dump` instead of asking; - for stdin."
)
@click.option("--json", "as_json", is_flag=True, help="For machines: a list of paths.")
@home_option
def check(dump: IO[bytes] | None, as_json: bool, home: Path) -> None:
    """Say how each path is and, where it is not well, what to look at. Exit code 1 when one is not.

    What was said is kept for the page, without secrets: the service may not ask WireGuard itself.
    """
    settings = settings_file.load(home)
    hub, now = u.load_hub(settings), SystemClock().now()
    found = read_dump(dump.read().decode("utf-8", "replace"), now) if dump else u.running(hub)
    u.keep_seen(settings, found, now)
    rows = [(peer, found.get(peer.public_key)) for peer in hub.peers]
    if as_json:
        told = [
            {
                "name": peer.name,
                "address": peer.address,
                "state": (path.state if path else PathState.UNKNOWN).value,
                "handshake_s": path.handshake_s if path else None,
                "received": path.received if path else 0,
                "sent": path.sent if path else 0,
            }
            for peer, path in rows
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for peer, path in rows:
            said, well = explained(peer, path), path is not None and path.state is PathState.UP
            click.echo(f"{'✓' if well else '✗'} {said.vi}\n  {said.en}")
    sys.exit(any(path is None or path.state is not PathState.UP for _, path in rows))


@command.command("advise")
@click.option("--uplink-kbit", type=float, required=True, help="The household's measured uplink, kbit/s.")
@click.option("--cameras", type=click.IntRange(1, 64), default=1, show_default=True, help="How many share the uplink.")
@click.option("--camera", "camera_id", help="Take the main rate from this camera's recordings.")
@click.option("--main-kbit", type=float, help="The main stream's rate, kbit/s.")
@click.option("--sub-kbit", type=float, default=300.0, show_default=True, help="The sub stream's rate, kbit/s.")
@home_option
def give_advice(
    uplink_kbit: float, cameras: int, camera_id: str | None, main_kbit: float | None, sub_kbit: float, home: Path
) -> None:
    """Say what an uplink carries of a camera's streams, what to set on the camera, and what to record.

    Cameras of one household share its uplink: say how many there are, and each is given its part.

    Exit code 1 when something has to be changed.
    """
    if main_kbit is None and camera_id:
        settings = settings_file.load(home)
        main_kbit = u.measured_kbit(settings, CameraId(camera_id), StreamRole.MAIN, SystemClock().now())
    if main_kbit is None:
        raise BadInput(
            "there is no main rate: give --main-kbit, or --camera with recordings of the last day",
            "chưa biết tốc độ luồng chính: hãy ghi --main-kbit, hoặc --camera đã có bản ghi trong ngày qua",
        )
    found = advise(uplink_kbit / cameras, main_kbit, sub_kbit)
    if cameras > 1:
        part = f"{uplink_kbit:.0f} kbit/s: {uplink_kbit / cameras:.0f}"
        click.echo(
            f"· {cameras} camera chung đường lên {part} kbit/s mỗi camera\n  {cameras} cameras share {part} each"
        )
    click.echo(f"{'✓' if found.fits else '✗'} {found.said.vi}\n  {found.said.en}")
    sys.exit(not found.fits)
