"""Runs the application: one port, graceful stop, an access log without queries, no word about the server software."""

import asyncio
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matpho.web.context import Context

_log = logging.getLogger("matpho.web.access")


class AccessLog:
    """One line per request: method, path, status, milliseconds. Queries are left out: they may carry secrets."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            took_ms = (time.perf_counter() - began) * 1000
            _log.info("%s %s %d %.1f ms", scope["method"], scope["path"], status, took_ms)


class Server(uvicorn.Server):
    """Stops on SIGINT and SIGTERM and then *returns*: the caller still has a database and a vault to close.

    (uvicorn itself raises the signal again once it has stopped, which would end the process on the spot.)
    """

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing

    async def main_loop(self) -> None:
        """Look twice a second, not ten times, whether to stop; every second the date in the headers moves on."""
        tenths = 0
        while not await self.on_tick(tenths):
            tenths = (tenths + 5) % 864_000
            await asyncio.sleep(0.5)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams that would never end by themselves, then wait for the other answers."""
        self._closing()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle the signals while serving, in the main thread only (elsewhere ``should_exit`` is set by hand)."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def _stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True


def server(
    app: ASGIApp,
    host: str,
    port: int,
    *,
    trusted_proxies: Sequence[str] = (),
    grace_s: int = 3,
    closing: Callable[[], None] = lambda: None,
) -> Server:
    """A uvicorn server for the application.

    ``X-Forwarded-For`` and ``-Proto`` count only from ``trusted_proxies``; without any they are not read at all.
    """
    config = uvicorn.Config(
        AccessLog(app),
        host=host,
        port=port,
        http="auto",
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # video does not shrink; trying costs as much as sending
        ws_max_size=64 * 1024,
        ws_max_queue=4,
        ws_ping_interval=15.0,
        ws_ping_timeout=20.0,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies) or None,
        timeout_graceful_shutdown=grace_s,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=64 * 1024,
    )
    return Server(config, closing)


def serve(
    app: FastAPI, host: str, port: int, sock: socket.socket | None = None, *, trusted_proxies: Sequence[str] = ()
) -> None:
    """Serve until SIGINT or SIGTERM. ``sock`` is an already listening socket, so that a port is never raced for."""
    context: Context = app.state.context
    runner = server(app, host, port, trusted_proxies=trusted_proxies, closing=context.hub.close)
    asyncio.run(runner.serve(sockets=[sock] if sock else None))
