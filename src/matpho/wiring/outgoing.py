"""The ways out that the settings name, each with its secret, its plug-in and a thread of its own."""

import logging
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from matpho.casework.desk import Desk
from matpho.casework.outgoing.commands import TidyOutbox
from matpho.casework.outgoing.letters import Letters, Target
from matpho.casework.outgoing.post import Deliver, Post
from matpho.casework.outgoing.retained import Retained, Topics
from matpho.casework.outgoing.ways import Way
from matpho.casework.ports import Store
from matpho.casework.states import States
from matpho.domain.network import policy
from matpho.domain.people import PROGRAM
from matpho.domain.time import Clock
from matpho.domain.words import Said
from matpho.errors import BadInput
from matpho.plugins.notify.mail import Mail, MailServer
from matpho.plugins.notify.mqtt import Broker, MqttLink
from matpho.plugins.notify.webhook import Webhook
from matpho.settings import Settings
from matpho.wiring.secret_file import load_secrets

_log = logging.getLogger(__name__)

TIDY_EVERY_S = 3600.0
_LEVEL = re.compile(r"[a-z0-9_-]{1,40}")


@dataclass(slots=True)
class Outgoing:
    """All ways out. A target that is set up wrongly is shown with the reason and keeps nobody else from working."""

    ways: list[Way] = field(default_factory=list)
    metrics_token: str = ""
    duties: dict[str, Callable[[], float]] = field(default_factory=dict)
    mqtt: MqttLink | None = None

    def start(self) -> None:
        """Begin to connect where a connection is kept."""
        if self.mqtt is not None:
            self.mqtt.start()

    def stop(self) -> None:
        """Say goodbye."""
        if self.mqtt is not None:
            self.mqtt.stop()


@dataclass(frozen=True, slots=True)
class _Around:
    settings: Settings
    desk: Desk
    store: Store
    states: States
    clock: Clock
    secrets: Mapping[str, str]


def _kinds(text: str) -> tuple[str, ...]:
    return tuple(k for k in (part.strip() for part in text.split(",")) if k)


def outgoing(settings: Settings, desk: Desk, store: Store, states: States, clock: Clock) -> Outgoing:
    """Everything the settings name. What cannot be used is logged and shown, never raised."""
    out = Outgoing()
    try:
        secrets = load_secrets(settings.home)
    except BadInput as e:
        _log.warning("%s", e.en)
        secrets = {}
    out.metrics_token = secrets.get("metrics", "")
    around = _Around(settings, desk, store, states, clock, secrets)
    for name, hook in settings.notify.webhooks.items():
        shown = hook.url.split("?")[0].rpartition("@")[2]
        place = "/".join(shown.split("/")[:3])
        way = Way(name=f"webhook-{name}", sort="webhook", place=place, kinds=_kinds(hook.kinds))
        _open(out, around, way, lambda n=name: _webhook(around, n))  # type: ignore[misc]
    if settings.notify.mqtt.host:
        place = f"{settings.notify.mqtt.host}:{settings.notify.mqtt.port}"
        way = Way(name="mqtt", sort="mqtt", place=place, kinds=("incident", "health"))
        _open(out, around, way, lambda: _mqtt(out, around))
    if settings.notify.email.host:
        mail = settings.notify.email
        way = Way(name="email", sort="email", place=f"{mail.host}:{mail.port}", kinds=_kinds(mail.kinds))
        _open(out, around, way, lambda: _mail(around))
    address = settings.web.address or f"http://{settings.host}:{settings.port}"
    desk.post_with(Letters([Target(w.name, w.kinds) for w in out.ways if not w.wrong.en], address))

    def tidy() -> float:
        desk.handle(TidyOutbox(), PROGRAM)
        return TIDY_EVERY_S

    out.duties["outbox"] = tidy
    return out


def _open(out: Outgoing, around: _Around, way: Way, make: Callable[[], Deliver]) -> None:
    try:
        deliver = make()
    except BadInput as e:
        _log.warning("%s is not used: %s", way.name, e.en)
        out.ways.append(replace(way, wrong=Said(e.vi, e.en)))
        return
    give_up_s = around.settings.notify.give_up_hours * 3600
    post = Post(way.name, deliver, around.desk, around.store, around.clock, give_up_s=give_up_s)
    out.ways.append(way)
    out.duties[f"post {way.name}"] = post.step


def _webhook(around: _Around, name: str) -> Webhook:
    hook = around.settings.notify.webhooks[name]
    secret = around.secrets.get(f"webhook-{name}", "")
    own = [(around.settings.host, around.settings.port)]
    return Webhook(hook.url, secret, policy(hook.networks, own=own), around.clock, ca_file=hook.ca_file)


def _mqtt(out: Outgoing, around: _Around) -> MqttLink:
    s = around.settings.notify.mqtt
    for name, level in (("prefix", s.prefix), ("ward", s.ward), ("discovery", s.discovery or "x")):
        if not _LEVEL.fullmatch(level):
            raise BadInput(f"{name} should be of a-z, 0-9, _ and -", f"{name} chỉ gồm a-z, 0-9, _ và -")
    if s.user and not around.secrets.get("mqtt"):
        raise BadInput('the secret "mqtt" is missing', 'thiếu khoá bí mật "mqtt"')
    topics = Topics(prefix=s.prefix, ward=s.ward, discovery=s.discovery)
    try:
        tls = ssl.create_default_context(cafile=s.ca_file or None) if s.tls else None
    except (OSError, ssl.SSLError) as e:
        raise BadInput("ca_file cannot be read", "không đọc được ca_file") from e
    broker = Broker(host=s.host, port=s.port, user=s.user, password=around.secrets.get("mqtt", ""), tls=tls)
    out.mqtt = MqttLink(broker, topics, Retained(around.store, around.states, topics).now)
    return out.mqtt


def _mail(around: _Around) -> Mail:
    s = around.settings.notify.email
    return Mail(
        MailServer(
            host=s.host,
            port=s.port,
            security=s.security,
            user=s.user,
            password=around.secrets.get("email", ""),
            sender=s.sender,
            recipients=_kinds(s.recipients),
            ca_file=s.ca_file,
        )
    )
