"""The ward's WireGuard paths on disk: keys made here, kept 0600; a household's private key is never kept."""

import base64
import fcntl
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from matpho.domain.camera import StreamRole
from matpho.domain.codec import from_plain, to_plain
from matpho.domain.ids import CameraId
from matpho.domain.system_words import because_before, not_written
from matpho.domain.time import Instant, Span, SystemClock, after
from matpho.domain.uplink import (
    Forward,
    Hub,
    PathNow,
    Peer,
    checked_endpoint,
    checked_name,
    forwards,
    free_address,
    hub_config,
    peer_config,
    read_dump,
)
from matpho.domain.uplink_seen import Seen, without_places
from matpho.errors import BadInput, Corrupt, NotFound, SetupProblem, StorageProblem
from matpho.settings import Settings
from matpho.wiring.desk import open_store

NETWORK = "10.66.0.0/24"
TOOLS_LINE = "sudo apt install -y wireguard-tools iptables"  # -y: the lines are pasted together, and apt would read on
_MEASURED_S = 3600.0


def key_pair() -> tuple[str, str]:
    """Private and public key as WireGuard writes them (Curve25519, RFC 7748; base64)."""
    private = X25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode(), base64.b64encode(public).decode()


def _folder(settings: Settings) -> Path:
    return settings.home / "uplink"


def hub_file(settings: Settings, hub: Hub) -> Path:
    """Where the ward's ``wg-quick`` file is."""
    return _folder(settings) / f"{hub.interface}.conf"


def load_hub(settings: Settings) -> Hub:
    """The ward's end; raises NotFound before there is one, Corrupt when its file is damaged."""
    path = _folder(settings) / "hub.json"
    try:
        found: Hub = from_plain(Hub, json.loads(path.read_text("utf-8")))
    except FileNotFoundError as e:
        raise NotFound(
            "there is no path yet; make one with `matpho uplink add`",
            "chưa có đường nào; hãy tạo bằng `matpho uplink add`",
        ) from e
    except (OSError, ValueError, TypeError, KeyError) as e:
        raise Corrupt(f"{path} is damaged", f"{path} bị hỏng") from e
    return found


def load_lines(settings: Settings, hub: Hub) -> tuple[str, ...]:
    """What the ward's administrator types: the newest file is loaded, and nobody's path is cut by it."""
    return (
        f"sudo install -m 600 {hub_file(settings, hub).absolute()} /etc/wireguard/",
        f"sudo systemctl enable --now wg-quick@{hub.interface}",
        f"sudo systemctl reload wg-quick@{hub.interface}",
    )


def box_lines(file: str) -> tuple[str, ...]:
    """What is typed on the household's box, where its file lies: the path comes back by itself after a power cut."""
    return (
        TOOLS_LINE,
        f"sudo install -m 600 {file} /etc/wireguard/",
        f"sudo systemctl enable --now wg-quick@{file.removesuffix('.conf')}",
        f"rm {file}",
    )


@contextmanager
def _turn(settings: Settings) -> Iterator[None]:
    """One writer at a time, the page and the command line alike: else the later one forgets the other's household."""
    folder = _folder(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = os.open(folder, os.O_RDONLY)
    except OSError as e:
        raise _not_written(folder, e) from e
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def add_peer(
    settings: Settings,
    name: str,
    cameras: Sequence[str],
    endpoint: str | None,
    first: Callable[[Peer], None] = lambda _: None,
) -> tuple[Hub, Peer, str]:
    """Make a household's path, and the ward's end with the first one: the hub, the peer, the household's file.

    ``first`` hears of the path before anything is written; what it raises leaves everything as it was.
    Raises BadInput for what does not fit, or a name that is taken; nothing is changed then.
    """
    checked_name(name)
    wanted = forwards(cameras)
    with _turn(settings):
        hub, peer, text = _with_peer(settings, name, wanted, endpoint)
        first(peer)
        _save(settings, hub)
    return hub, peer, text


def _with_peer(
    settings: Settings, name: str, wanted: tuple[Forward, ...], endpoint: str | None
) -> tuple[Hub, Peer, str]:
    try:
        hub = load_hub(settings)
        if endpoint is not None:
            hub = replace(hub, endpoint=checked_endpoint(endpoint))
    except NotFound:
        if endpoint is None:
            raise BadInput(
                "the first path needs the address and port at which households reach the ward (endpoint, host:port)",
                "đường đầu tiên cần địa chỉ và cổng mà nhà dân gọi tới phường (endpoint, dạng máy:cổng)",
            ) from None
        private, public = key_pair()
        endpoint = checked_endpoint(endpoint)
        hub = Hub(endpoint=endpoint, network=NETWORK, private_key=private, public_key=public)
    if any(p.name == name for p in hub.peers):
        raise BadInput(f"there is a path {name} already", f"đã có đường {name}")
    private, public = key_pair()
    psk = base64.b64encode(secrets.token_bytes(32)).decode()
    peer = Peer(name=name, address=free_address(hub), public_key=public, preshared_key=psk, forwards=wanted)
    hub = replace(hub, peers=(*hub.peers, peer))
    return hub, peer, peer_config(hub, peer, private)


def find_peer(hub: Hub, name: str) -> Peer:
    """A household's path; raises NotFound."""
    for peer in hub.peers:
        if peer.name == name:
            return peer
    raise NotFound(f"there is no path {name}", f"không có đường {name}")


def remove_peer(settings: Settings, name: str, first: Callable[[Peer], None] = lambda _: None) -> Hub:
    """Forget a household's path, after ``first`` has heard of it; raises NotFound."""
    load_hub(settings)
    with _turn(settings):
        hub = load_hub(settings)
        gone = find_peer(hub, name)
        first(gone)
        hub = replace(hub, peers=tuple(p for p in hub.peers if p is not gone))
        _save(settings, hub)
    return hub


def _save(settings: Settings, hub: Hub) -> None:
    folder = _folder(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(folder / "hub.json", json.dumps(asdict(hub), indent=1))
        write_private(hub_file(settings, hub), hub_config(hub))
    except OSError as e:
        raise _not_written(folder, e) from e


def _not_written(folder: Path, e: OSError) -> StorageProblem:
    return not_written(StorageProblem, folder, e)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    fresh = path.with_name(f".{os.getpid()}-{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def running(hub: Hub) -> dict[str, PathNow]:
    """What the kernel (or wireguard-go) knows of the paths; raises SetupProblem where that cannot be asked."""
    program = shutil.which("wg")
    if program is None:
        raise SetupProblem(
            "wireguard-tools is missing: apt install wireguard-tools",
            "thiếu wireguard-tools: apt install wireguard-tools",
        )
    done = subprocess.run(  # noqa: S603 - a fixed command; the interface's name is ours
        [program, "show", hub.interface, "dump"], check=False, capture_output=True, text=True, timeout=20
    )
    if done.returncode:
        en = done.stderr.strip()
        vi = because_before(en.rpartition(": ")[2]) or en
        raise SetupProblem(
            f"the interface {hub.interface} cannot be asked ({en}): is it up, and are you root?",
            f"không hỏi được giao diện {hub.interface} ({vi}): đã bật chưa, có chạy bằng root không?",
        )
    return read_dump(done.stdout, SystemClock().now())


def keep_seen(settings: Settings, paths: dict[str, PathNow], at: Instant) -> bool:
    """Keep what WireGuard said, without secrets, for the page, which may not ask; whether this user may keep it.

    Not as root in somebody else's folder: the service could not read it.
    """
    file = _folder(settings) / "seen.json"
    try:
        if file.parent.stat().st_uid != os.geteuid():
            return False
        write_private(file, json.dumps(to_plain(Seen(at=at, paths=without_places(paths)))))
    except OSError:
        return False
    return True


def kept_seen(settings: Settings) -> Seen | None:
    """What was kept last; None when nobody has told yet, or it cannot be read."""
    try:
        found: Seen = from_plain(Seen, json.loads((_folder(settings) / "seen.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found


def measured_kbit(settings: Settings, camera_id: CameraId, role: StreamRole, now: Instant) -> float | None:
    """What a camera's recorded stream has needed in the last hour of recordings, kbit/s; None when there are none."""
    store = open_store(settings)
    try:
        with store.read() as unit:
            found = unit.recordings.segments(camera_id, role, Span(after(now, -24 * _MEASURED_S), now))
    finally:
        store.close()
    whole = [(s.size_bytes, Span(s.start, s.end)) for s in found if s.end is not None and s.end > s.start][-60:]
    length_s = sum(span.length_s for _, span in whole)
    return sum(size for size, _ in whole) * 8 / 1000 / length_s if length_s else None
