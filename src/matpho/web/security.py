"""The edge of the HTTP server as plain ASGI: headers on every answer, size limits, origin and CSRF checks.

Sources: OWASP CSRF and HTTP headers cheat sheets; Fetch Metadata (W3C); RFC 6455 §10.2 for WebSocket origins.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matpho.errors import MatphoError
from matpho.web.answers import error_response, status_response
from matpho.web.auth import csrf_for, same

SESSION_COOKIE = "matpho_session"
VISIT_COOKIE = "matpho_visit"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class BadOrigin(MatphoError):
    """The request was started by another site."""

    code = "bad_origin"

    def __init__(self) -> None:
        super().__init__("This request was started by another site.", "Yêu cầu này đến từ một trang khác.")


class BadCsrf(MatphoError):
    """The CSRF value is missing or belongs to another session; GET /api/session gives the right one."""

    code = "csrf"

    def __init__(self) -> None:
        super().__init__("The page is out of date; reload it.", "Trang đã cũ, hãy tải lại.")


class SecureHeaders:
    """Puts the security headers on every answer, and ``no-store`` where a route said nothing of caching."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, with_headers)


class BodyLimit:
    """Refuses bodies over ``limit`` bytes with 413, whether their length is announced or not."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or len(announced) > 15 or int(announced) > self._limit:
            await status_response(413)(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(413)  # the framework lets only this class through while it reads a body
            return message

        await self._app(scope, counted, send)


class SameSite:
    """Refuses unsafe requests and WebSockets that another site started.

    Unsafe methods: ``Origin`` (or ``Sec-Fetch-Site``), where the client sends it, is ours, and the CSRF header
    fits the cookie. WebSockets carry no custom header, so there ``Origin`` must be present and ours.
    ``origins`` are further addresses under which people reach the server, such as ``https://pho.example.vn``.
    """

    def __init__(self, app: ASGIApp, origins: tuple[str, ...] = ()) -> None:
        self._app = app
        self._origins = frozenset(o.rstrip("/").lower() for o in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        headers = Headers(scope=scope) if scope["type"] in ("http", "websocket") else Headers()
        if scope["type"] == "websocket" and not self._ours(scope, headers, absent=False):
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "origin"})
            return
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            refused = self._refusal(scope, headers)
            if refused is not None:
                await error_response(refused, 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> MatphoError | None:
        if not self._ours(scope, headers, absent=True):
            return BadOrigin()
        cookies = cookies_of(headers)
        token = cookies.get(SESSION_COOKIE) or cookies.get(VISIT_COOKIE)
        if token is None or not same(csrf_for(token), headers.get(CSRF_HEADER, "")):
            return BadCsrf()
        return None

    def _ours(self, scope: Scope, headers: Headers, *, absent: bool) -> bool:
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get("origin")
        if origin is None:
            return absent
        if origin.lower() in self._origins:
            return True
        secure = scope["scheme"] in ("https", "wss")
        try:
            return _place(origin) == _place(f"{'https' if secure else 'http'}://{headers.get('host', '')}")
        except ValueError:
            return False


def _place(address: str) -> tuple[str, str | None, int]:
    """Scheme, host and port; raises ValueError for what is no address."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def cookies_of(headers: Headers) -> dict[str, str]:
    """The request's cookies, read by the same parser as the routes' so that both speak of the same session."""
    found: dict[str, str] = {}
    for header in headers.getlist("cookie"):
        found.update(cookie_parser(header))
    return found
