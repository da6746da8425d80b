"""The program's settings: one frozen tree, from ``matpho.toml`` in the home folder and the environment, read once."""

import hashlib
import math
import os
import re
import tempfile
import tomllib
import zoneinfo
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import Any

from matpho.domain.network import NetworkPolicy, policy
from matpho.domain.quiet import QuietHours, read_quiet
from matpho.domain.system_words import not_read
from matpho.domain.text_words import amiss
from matpho.domain.words import Said
from matpho.errors import BadInput

LONGEST_RUN_PATH = 80
_NAME = re.compile(r"[a-z0-9-]{1,40}")
NO_MODEL = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSettings:
    """How main streams are kept."""

    segment_s: float = 60.0
    routine_days: int = 30  # legal maximum of routine footage unless the ward sets another
    reserve_mb: int = 2048  # kept free for evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """How long footage stays; ``recording.routine_days`` is for routine footage."""

    most_days: int = 90  # the legal maximum of footage that nothing holds
    least_days: int = 0  # the minimum, broken only when the newest recording would have no room
    extract_days: int = 30  # footage of a confirmed incident, after the decision
    incident_wait_min: int = 60  # until what is near no incident goes, of cameras that keep only incidents
    pre_roll_s: float = 30.0  # what is near an incident
    post_roll_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionOfCamera:
    """What is different for one camera: ``[vision.cameras.<id>]``."""

    fire_model: str = ""  # another one than vision.fire_model; none: this camera has none


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionSettings:
    """How sub streams are analysed."""

    detector: str = "nanodet"
    analysed_fps: float = 5.0
    inferences_per_s: float = 30.0  # the most of one worker; each camera asks for one a second, five with traffic rules
    workers: int = 1
    fire_model: str = ""  # asked about what seems to burn; empty: no model, what the picture suspects stands
    cameras: dict[str, VisionOfCamera] = field(default_factory=dict, metadata={"of": VisionOfCamera})

    def fire_model_of(self, camera: str) -> str:
        """The fire model of one camera; empty: none."""
        own = self.cameras.get(camera, VisionOfCamera()).fire_model
        return "" if own == NO_MODEL else own or self.fire_model


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSettings:
    """What is cut for an incident."""

    pre_roll_s: float = 10.0
    post_roll_s: float = 10.0
    longest_clip_s: float = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """Where cameras may be: ``private``, ``loopback``, ``public`` or networks such as 203.0.113.0/24, with commas."""

    networks: str = "private"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How people reach the page when a proxy stands in front."""

    address: str = ""  # what they type, such as https://pho.example.vn; empty: this machine's own address
    trusted_proxies: str = ""  # addresses whose X-Forwarded-For and -Proto count, with commas; empty: nobody's


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthSettings:
    """When people are told that a camera or the machine is not well; the first two until others are set on the page."""

    quiet_hours: str = ""  # such as 22:00-06:00: what comes then is told in one message afterwards
    urgent_always: bool = False  # urgent problems are told in the quiet hours too
    remind_hours: float = 24.0  # while nobody has answered


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """One web address that is told. Its secret, for the signature, is ``webhook-<name>`` among the secrets."""

    url: str
    kinds: str = "incident, health"  # the beginnings of the kinds it is told, with commas
    networks: str = "public"  # where it may be: public, private, loopback or networks, with commas
    ca_file: str = ""  # a certificate authority of its own; empty: those of the system


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """A broker. The password is ``mqtt`` among the secrets."""

    host: str = ""  # empty: none
    port: int = 1883
    user: str = ""
    tls: bool = False
    ca_file: str = ""
    prefix: str = "matpho"
    ward: str = "phuong"  # the level below the prefix, [a-z0-9-]
    discovery: str = "homeassistant"  # the prefix of the discovery convention; empty: none


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """A mail server. The password is ``email`` among the secrets."""

    host: str = ""  # empty: none
    port: int = 587
    security: str = "starttls"  # starttls, ssl or none
    user: str = ""
    sender: str = ""
    recipients: str = ""  # with commas
    kinds: str = "health"
    ca_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """Who is told by the program itself: ``[notify.webhooks.<name>]``, ``[notify.mqtt]``, ``[notify.email]``."""

    webhooks: dict[str, WebhookSettings] = field(default_factory=dict, metadata={"of": WebhookSettings})
    mqtt: MqttSettings = field(default_factory=MqttSettings)
    email: EmailSettings = field(default_factory=EmailSettings)
    give_up_hours: float = 192.0  # until a message that cannot be delivered is laid aside: a week's outage, and a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. ``home`` holds database, recordings, evidence, journals and sockets."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 8480
    time_zone: str = "Asia/Ho_Chi_Minh"
    database: str = ""  # a SQLAlchemy address; empty: SQLite in the home folder
    demo: bool = False  # the page says that everything here is staged
    recording: RecordingSettings = field(default_factory=RecordingSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    vision: VisionSettings = field(default_factory=VisionSettings)
    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)
    web: WebSettings = field(default_factory=WebSettings)
    cameras: CameraSettings = field(default_factory=CameraSettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)

    @property
    def quiet(self) -> QuietHours:
        """The quiet hours, which hold until others are set on the page. Raises BadInput."""
        where = Said("matpho.toml, health.quiet_hours", "matpho.toml, health.quiet_hours")
        hours = read_quiet(self.health.quiet_hours, where)
        return QuietHours(hours=hours, urgent_always=self.health.urgent_always)

    @property
    def camera_networks(self) -> NetworkPolicy:
        """Which addresses cameras may have; the demonstration's cameras are on this machine. Raises BadInput."""
        also = ", loopback" if self.demo else ""
        return policy(self.cameras.networks + also, own=[(self.host, self.port)])

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database or f"sqlite:///{self.home / 'db' / 'matpho.sqlite'}"

    @property
    def recordings(self) -> Path:
        """``recordings/<camera>/<YYYY-MM-DD>/<start ns>.mp4``."""
        return self.home / "recordings"

    @property
    def evidence_folder(self) -> Path:
        """``evidence/<incident>/…``."""
        return self.home / "evidence"

    @property
    def models(self) -> Path:
        """``models/<name>.onnx`` and ``.toml``: detectors that were added to those of the program."""
        return self.home / "models"

    @property
    def journals(self) -> Path:
        """``journal/<camera>/<writer>.jsonl``."""
        return self.home / "journal"

    @property
    def scenes(self) -> Path:
        """``scenes/<camera>.npz``: the empty scenes that the vision workers have learned; may be deleted."""
        return self.home / "scenes"

    @property
    def run(self) -> Path:
        """Sockets, pid files and the camera list for the workers; private to the user.

        A socket's path may have 107 bytes only (``sun_path``), so a home that lies deep gets a short folder elsewhere.
        """
        inside = self.home / "run"
        if len(os.fsencode(inside)) <= LONGEST_RUN_PATH:
            return inside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"matpho-{os.getuid()}-{digest}"


def _typed(kind: type, table: Mapping[str, Any], where: str) -> Any:
    """Build a settings dataclass from a table; raises BadInput naming the key that does not fit."""
    values: dict[str, Any] = {}
    fields = kind.__dataclass_fields__  # type: ignore[attr-defined]
    for key, value in table.items():
        name = f"{where}{key}"
        if key not in fields or key == "home":
            raise BadInput(f"matpho.toml: unknown setting {name}", f"matpho.toml: không có thiết lập {name}")
        wanted = fields[key].type
        if (of := fields[key].metadata.get("of")) is not None and isinstance(value, dict):
            values[key] = {n: _named(of, v, f"{name}.{n}") for n, v in value.items()}
            continue
        if isinstance(wanted, type) and isinstance(value, dict) and hasattr(wanted, "__dataclass_fields__"):
            values[key] = _typed(wanted, value, f"{name}.")
            continue
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(min(value, 10**15))  # noqa: PLW2901 - TOML writes 5 for 5.0
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise BadInput(
                f"matpho.toml: {name} should be of type {wanted.__name__}, not {value!r}",
                f"matpho.toml: {name} phải là {_SORTS.get(wanted, wanted.__name__)}, không phải {value!r}",
            )
        values[key] = value
    if where == "":
        return values
    lacking = [
        n for n, f in fields.items() if n not in values and f.default is MISSING and f.default_factory is MISSING
    ]
    if lacking:
        raise BadInput(f"matpho.toml: {where}{lacking[0]} is missing", f"matpho.toml: thiếu {where}{lacking[0]}")
    return kind(**values)


_SORTS = {int: "số nguyên", float: "số", bool: "true hoặc false", str: "chuỗi trong dấu nháy", dict: "một bảng"}


def _named(kind: type, value: Any, name: str) -> Any:
    """One table of many that are named by whoever writes them; raises BadInput."""
    short = name.rpartition(".")[2]
    if not isinstance(value, dict) or not _NAME.fullmatch(short):
        raise BadInput(
            f"matpho.toml: {name} should be a table with a name of a-z, 0-9 and -",
            f"matpho.toml: {name} phải là một bảng có tên gồm a-z, 0-9 và -",
        )
    return _typed(kind, value, f"{name}.")


_LOWEST: Mapping[str, float] = {
    "health.remind_hours": 0.1,
    "notify.give_up_hours": 0.1,
    "port": 1,
    "recording.segment_s": 1.0,
    "recording.routine_days": 1,
    "recording.reserve_mb": 0,
    "retention.most_days": 1,
    "retention.least_days": 0,
    "retention.extract_days": 0,
    "retention.incident_wait_min": 3,
    "retention.pre_roll_s": 0.0,
    "retention.post_roll_s": 0.0,
    "vision.analysed_fps": 0.2,
    "vision.inferences_per_s": 0.1,
    "vision.workers": 1,
    "evidence.pre_roll_s": 0.0,
    "evidence.post_roll_s": 0.0,
    "evidence.longest_clip_s": 1.0,
}
_HIGHEST: Mapping[str, float] = {
    "port": 65535,
    "recording.segment_s": 3600.0,
    "recording.routine_days": 36500,
    "retention.most_days": 36500,
    "retention.least_days": 36500,
    "retention.extract_days": 36500,
    "retention.incident_wait_min": 100_000,
    "retention.pre_roll_s": 3600.0,
    "retention.post_roll_s": 3600.0,
    "vision.analysed_fps": 60.0,
    "vision.workers": 64,
    "evidence.pre_roll_s": 600.0,
    "evidence.post_roll_s": 600.0,
    "evidence.longest_clip_s": 3600.0,
}


def _check(settings: Settings) -> None:
    """Raise BadInput naming the first value with which the system could not run."""
    for name, lowest in _LOWEST.items():
        table, _, key = name.rpartition(".")
        value = getattr(getattr(settings, table) if table else settings, key)
        highest = _HIGHEST.get(name, math.inf)
        if not lowest <= value <= highest or math.isinf(value):
            en = f"{lowest:g} to {highest:g}" if name in _HIGHEST else f"{lowest:g} or more"
            vi = f"từ {lowest:g} đến {highest:g}" if name in _HIGHEST else f"từ {lowest:g} trở lên"
            raise BadInput(
                f"matpho.toml: {name} should be {en}, not {value}",
                f"matpho.toml: {name} phải {vi}, không phải {value}",
            )
    if not settings.retention.least_days <= settings.recording.routine_days <= settings.retention.most_days:
        least, most = settings.retention.least_days, settings.retention.most_days
        raise BadInput(
            f"matpho.toml: recording.routine_days should be between retention.least_days and retention.most_days "
            f"({least} to {most}), not {settings.recording.routine_days}",
            f"matpho.toml: recording.routine_days phải nằm giữa retention.least_days và retention.most_days "
            f"(từ {least} đến {most}), không phải {settings.recording.routine_days}",
        )
    _ = settings.quiet
    try:
        _ = settings.camera_networks
    except BadInput as e:
        raise BadInput(f"matpho.toml: cameras.networks: {e.en}", f"matpho.toml: cameras.networks: {e.vi}") from e
    try:
        zoneinfo.ZoneInfo(settings.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise BadInput(
            f"matpho.toml: there is no time zone {settings.time_zone!r}; write one like Asia/Ho_Chi_Minh",
            f"matpho.toml: không có múi giờ {settings.time_zone!r}; hãy ghi như Asia/Ho_Chi_Minh",
        ) from e


def load(home: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``home/matpho.toml`` (it may be absent) and ``MATPHO_PORT``, ``MATPHO_HOST``, ``MATPHO_DATABASE``.

    Raises BadInput when the file cannot be read, is no TOML, or names a setting that is unknown, of the wrong type or
    beyond what the system can run with.
    """
    environment = os.environ if environment is None else environment
    file = home / "matpho.toml"
    try:
        table = tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        table = {}
    except OSError as e:
        raise not_read(BadInput, file, e) from e
    except (ValueError, RecursionError) as e:
        why = amiss(e)
        raise BadInput(f"{file} is not valid TOML: {why.en}", f"{file} không phải TOML hợp lệ: {why.vi}") from e
    values = _typed(Settings, table, "")
    for key in ("host", "database"):
        if f"MATPHO_{key.upper()}" in environment:
            values[key] = environment[f"MATPHO_{key.upper()}"]
    if "MATPHO_PORT" in environment:
        port = environment["MATPHO_PORT"]
        if not (port.isascii() and port.isdecimal() and len(port) < 6):
            raise BadInput(f"MATPHO_PORT is no number: {port}", f"MATPHO_PORT không phải số: {port}")
        values["port"] = int(port)
    settings = Settings(home=home.absolute(), **values)
    _check(settings)
    return settings
