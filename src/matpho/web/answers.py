"""Errors as HTTP answers: one shape, both languages, and what went wrong inside is recorded, not told."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matpho.errors import (
    BadInput,
    Conflict,
    MatphoError,
    NotAllowed,
    NotFound,
    SetupProblem,
    SourceLost,
    StorageProblem,
)
from matpho.web.throttle import TooManyTries

_log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[MatphoError], int], ...] = (
    (TooManyTries, 429),
    (BadInput, 422),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (SourceLost, 503),
    (SetupProblem, 503),
    (StorageProblem, 503),
)

_BY_STATUS: dict[int, tuple[str, str, str]] = {
    400: ("bad_request", "The request cannot be understood.", "Không hiểu được yêu cầu."),
    401: ("not_signed_in", "Sign in first.", "Hãy đăng nhập trước."),
    403: ("not_allowed", "You may not do this.", "Bạn không có quyền làm việc này."),
    404: ("not_found", "There is nothing here.", "Không có gì ở đây."),
    413: ("too_large", "The request is too large.", "Yêu cầu quá lớn."),
    416: ("bad_range", "The file has no such part.", "Tệp không có đoạn này."),
    405: ("bad_method", "This cannot be done here.", "Không thể làm việc này ở đây."),
}


class NotSignedIn(MatphoError):
    """Nobody is signed in, or the session has ended."""

    code = "not_signed_in"

    def __init__(self) -> None:
        super().__init__("Sign in first.", "Hãy đăng nhập trước.")


class BadSignIn(MatphoError):
    """The name or the password is wrong; which of the two is not told."""

    code = "bad_sign_in"

    def __init__(self) -> None:
        super().__init__("The user name or password is wrong.", "Tên đăng nhập hoặc mật khẩu không đúng.")


class Unavailable(MatphoError):
    """A part that this needs is not there now."""

    code = "unavailable"


class BeingMade(Unavailable):
    """The covered copy is not ready yet; ask again."""

    code = "being_made"
    wait_s = 5

    def __init__(self) -> None:
        super().__init__(
            "The copy with private areas covered is being made; try again in a few seconds.",
            "Bản che vùng riêng tư đang được tạo; hãy thử lại sau vài giây.",
        )


_OWN_STATUS: tuple[tuple[type[MatphoError], int], ...] = ((NotSignedIn, 401), (BadSignIn, 401), (Unavailable, 503))


def status_of(error: MatphoError) -> int:
    """The HTTP status of an error; 500 for one that no request should cause."""
    return next((status for kind, status in (*_OWN_STATUS, *_STATUS) if isinstance(error, kind)), 500)


def error_body(code: str, vi: str, en: str) -> dict[str, dict[str, str]]:
    """``{"error": {"code", "vi", "en"}}``."""
    return {"error": {"code": code, "vi": vi, "en": en}}


def error_response(error: MatphoError, status: int | None = None) -> Response:
    """The error as an answer."""
    wait_s = getattr(error, "wait_s", None)
    headers = None if wait_s is None else {"Retry-After": str(wait_s)}
    return JSONResponse(
        error_body(error.code, error.vi, error.en),
        status_code=status_of(error) if status is None else status,
        headers=headers,
    )


class Edge:
    """The one broad ``except`` of the server: what nobody foresaw is recorded with its trace and told as a 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            if started:
                raise
            broken = MatphoError(
                "Something went wrong in the program; it has been recorded.",
                "Chương trình gặp lỗi; lỗi đã được ghi lại.",
            )
            await error_response(broken, 500)(scope, receive, send)


def _matpho(_request: Request, error: Exception) -> Response:
    assert isinstance(error, MatphoError)
    if status_of(error) >= 500:
        _log.warning("request failed: %s: %s", error.code, error.en)
    return error_response(error)


def status_response(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """An answer for a bare status."""
    code, en, vi = _BY_STATUS.get(status, _BY_STATUS[400])
    return JSONResponse(error_body(code, vi, en), status_code=status, headers=headers)


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return status_response(error.status_code, error.headers)


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    where = _places(error.errors())
    return error_response(BadInput(f"These fields do not fit: {where}", f"Các trường không hợp lệ: {where}"))


def _places(errors: Sequence[Any]) -> str:
    """``zones.0.polygon (List should have at least 3 items…)``: which field and why, never what was typed in."""
    places = []
    for one in errors[:5]:
        path = ".".join(str(part) for part in one["loc"] if part not in ("body", "query", "path"))
        places.append(f"{path} ({one['msg']})" if path else str(one["msg"]))
    return "; ".join(places)


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(MatphoError, _matpho)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
