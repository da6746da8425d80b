"""The desk process: casework's duties and the web server on the one port."""

import json
import logging
import os
import socket
import threading
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from matpho.casework.commands import OfferSetup
from matpho.domain.people import PROGRAM
from matpho.domain.system_words import because
from matpho.domain.time import after
from matpho.errors import SetupProblem
from matpho.pipeline.guardian import Guardian
from matpho.pipeline.heap import settle
from matpho.pipeline.wire import Inbox
from matpho.settings import Settings
from matpho.web.app import create_app
from matpho.web.auth import new_token, token_hash
from matpho.web.machine import Machine
from matpho.web.parts import WebOptions, WebParts
from matpho.web.serve import serve
from matpho.web.setup_link import LINK_LIVES_S, setup_path
from matpho.wiring.desk import DeskParts, add_cameras, desk_parts, start_duties
from matpho.wiring.onboarding import Onboarding
from matpho.wiring.processes import guardian
from matpho.wiring.sights import Sights
from matpho.wiring.uplink_desk import Uplinks

_log = logging.getLogger(__name__)


def _listen(settings: Settings) -> socket.socket:
    """The listening socket. Raises SetupProblem when the port is taken or not ours to open."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as e:
        listening.close()
        place, why = f"{settings.host}:{settings.port}", because(e)
        raise SetupProblem(
            f"Port {settings.port} cannot be used: {place}: {why.en}. Choose another with --port (or --host).",
            f"Không mở được cổng {settings.port}: {place}: {why.vi}. Hãy chọn cổng khác bằng --port (hoặc --host).",
        ) from e
    listening.listen(128)
    return listening


def setup_token(parts: DeskParts, kept: Path) -> str | None:
    """The set-up token while nobody has an account; the same one after a restart, so that a printed link stays good."""
    with parts.store.read() as unit:
        if unit.people.all():
            kept.unlink(missing_ok=True)
            return None
    token = kept.read_text("ascii") if kept.exists() else new_token()
    parts.desk.handle(OfferSetup(token_hash=token_hash(token), expires=after(parts.clock.now(), LINK_LIVES_S)), PROGRAM)
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(token)
    return token


def _announce(settings: Settings, token: str | None) -> None:
    """Leave word for `matpho run`, readable by this user only."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{'127.0.0.1' if settings.host == '0.0.0.0' else host}:{settings.port}"  # noqa: S104 - compared
    told = {
        "address": address,
        "setup": address + setup_path(token) if token else None,
        "boss": int(os.environ.get("MATPHO_BOSS", "0")),
    }
    path = settings.run / "desk.new"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(told, file)
    path.replace(settings.run / "desk.json")


def _beat(guard: Guardian, stop: threading.Event) -> None:
    while not stop.wait(1.0):
        guard.beat()


def web_parts(parts: DeskParts, settings: Settings) -> WebParts:
    """What the web layer is given."""
    return WebParts(
        desk=parts.desk,
        store=parts.store,
        states=parts.states,
        views=parts.views,
        vault=parts.vault,
        clock=parts.clock,
        live=parts.live,
        stills=parts.stills,
        masked=parts.covered,
        track_pictures=parts.track_pictures,
        sights=Sights(parts.store, settings.recordings, parts.clock),
        recorded=parts.recorded,
        exports=settings.home / "exports",
        keeping=parts.house,
        machine=Machine(settings, parts.states, parts.detector),
        onboarding=Onboarding(settings),
        uplinks=Uplinks(settings, parts.clock),
        ways=parts.outgoing.ways,
        options=WebOptions(
            demo=settings.demo,
            time_zone=settings.time_zone,
            metrics_token=parts.outgoing.metrics_token,
            quiet=settings.quiet,
            https=settings.web.address.startswith("https://"),
            origins=(settings.web.address,) if settings.web.address else (),
        ),
    )


def run_desk(settings: Settings) -> None:
    """Until SIGTERM. Raises StorageProblem, Corrupt or SetupProblem when it cannot begin."""
    listening = _listen(settings)
    stop = threading.Event()
    guard = guardian(settings, "desk")
    threading.Thread(target=_beat, args=(guard, stop), daemon=True).start()
    parts = desk_parts(settings)
    if settings.demo:
        from matpho.wiring.demo import read_plan  # needs the extra [demo]

        add_cameras(parts, read_plan(settings).cameras, settings.recording.routine_days)
    parts.desk.tell_workers()
    token = setup_token(parts, settings.run / "setup-token")
    threads = start_duties(parts, stop)
    parts.outgoing.start()
    app = create_app(web_parts(parts, settings))
    _with_inbox(app, Inbox(settings.run / "desk.sock", parts.states.hear))
    _announce(settings, token)
    settle()
    try:
        proxies = [proxy.strip() for proxy in settings.web.trusted_proxies.split(",") if proxy.strip()]
        serve(app, settings.host, settings.port, listening, trusted_proxies=proxies)
    finally:
        stop.set()
        parts.outgoing.stop()
        for thread in threads:
            thread.join(3.0)
        parts.store.close()


def _with_inbox(app: FastAPI, inbox: Inbox) -> None:
    """Hear the workers in the server's own event loop, for as long as it runs."""
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(the_app: FastAPI) -> Any:
        async with inner(the_app) as state:
            await inbox.open()
            try:
                yield state
            finally:
                await inbox.close()

    app.router.lifespan_context = lifespan
