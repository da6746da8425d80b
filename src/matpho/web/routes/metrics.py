"""``/metrics`` for Prometheus: for this machine only, or for whoever has the token."""

import hmac
import ipaddress

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from matpho.errors import NotAllowed
from matpho.web.context import Here
from matpho.web.metrics import metrics_text
from matpho.web.openapi_notes import errors, least

router = APIRouter(tags=["system"])


def _from_here(request: Request) -> bool:
    """Whether the request comes from this machine itself and not through a proxy that runs on it."""
    if any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip")):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@router.get(
    "/metrics",
    operation_id="get_metrics",
    openapi_extra=least(None),
    responses={**errors(403, 503), 200: {"content": {"text/plain": {}}}},
    response_class=Response,
)
def get_metrics(here: Here, request: Request) -> Response:
    """The figures in Prometheus' text format. Nobody is signed in; the bearer token, or being local, is the right."""
    token = here.parts.options.metrics_token
    said = request.headers.get("authorization", "").removeprefix("Bearer ")
    allowed = hmac.compare_digest(said.encode(), token.encode()) if token else _from_here(request)
    if not allowed:
        raise NotAllowed("the figures are not for you", "bạn không được đọc số liệu này")
    return Response(metrics_text(here.parts), media_type=CONTENT_TYPE_LATEST)
