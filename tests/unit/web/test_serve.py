import asyncio
import logging

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from matpho.web.serve import AccessLog, server

pytestmark = pytest.mark.unit


async def app(scope, receive, send):
    assert scope["type"] == "http"
    await receive()
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_forwarded_headers_are_read_only_from_proxies_that_are_trusted():
    plain = server(app, "127.0.0.1", 0).config
    plain.load()
    assert not isinstance(plain.loaded_app, ProxyHeadersMiddleware)
    trusting = server(app, "127.0.0.1", 0, trusted_proxies=["10.0.0.2"]).config
    trusting.load()
    assert isinstance(trusting.loaded_app, ProxyHeadersMiddleware)
    assert "10.0.0.2" in trusting.loaded_app.trusted_hosts
    assert "127.0.0.1" not in trusting.loaded_app.trusted_hosts


def test_the_server_neither_names_itself_nor_compresses_video():
    config = server(app, "127.0.0.1", 0).config
    assert config.server_header is False
    assert config.ws_per_message_deflate is False


def test_the_access_log_leaves_out_what_follows_the_question_mark(caplog):
    caplog.set_level(logging.INFO, "matpho.web.access")
    scope = {"type": "http", "method": "GET", "path": "/api/x", "query_string": b"token=bi-mat", "headers": []}

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        assert message["type"].startswith("http.response")

    asyncio.run(AccessLog(app)(scope, receive, send))
    assert "GET /api/x 204" in caplog.text
    assert "bi-mat" not in caplog.text
