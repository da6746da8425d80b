"""Webhooks: one signed POST for each letter, to the address that was checked and to nothing else.

The signature is that of the common scheme (Stripe, "Verify webhook signatures"): ``t=<unix>,v1=<hex>``, HMAC-SHA256
over ``<t>.<body>``, so that an old request cannot be played back as a new one.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import json
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from matpho.casework.outgoing.post import DeliveryFailed
from matpho.casework.outgoing.records import Letter
from matpho.domain.network import NetworkPolicy, allows
from matpho.domain.system_words import because
from matpho.domain.time import Clock, seconds, to_iso
from matpho.errors import BadInput

LIMIT_S = 10.0
logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log whole addresses, which may hold a key
_TRY_AGAIN = {408, 425, 429}


def signature(secret: str, unix_s: int, body: bytes) -> str:
    """The value of ``X-Matpho-Signature``."""
    digest = hmac.new(secret.encode(), f"{unix_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={unix_s},v1={digest}"


def resolve(host: str) -> Sequence[str]:
    """All addresses of a host; raises OSError."""
    return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAddress:
    """Where it goes: parsed once; ``path`` with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def shown(self) -> str:
        """Without the path, which may be a secret."""
        return f"{self.scheme}://{self.host}:{self.port}"


def parse_address(url: str, policy: NetworkPolicy) -> WebhookAddress:
    """Parse a webhook's address. Raises BadInput; plain http is only for networks that are not public."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError as e:
        raise BadInput("the address is not valid", "địa chỉ không hợp lệ") from e
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise BadInput(
            "the address should be like https://host/path, without a user name",
            "địa chỉ phải có dạng https://máy/đường-dẫn, không kèm tên người dùng",
        )
    if parts.scheme == "http" and any(n.prefixlen == 0 for n in policy.allowed):
        raise BadInput(
            "plain http is only for private networks: set networks to private, or use https",
            "http không mã hoá chỉ dùng trong mạng riêng: đặt networks là private, hoặc dùng https",
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return WebhookAddress(scheme=parts.scheme, host=parts.hostname, port=port, path=path)


class Webhook:
    """``casework.outgoing.post.Deliver`` to one web address."""

    def __init__(
        self,
        url: str,
        secret: str,
        policy: NetworkPolicy,
        clock: Clock,
        *,
        ca_file: str = "",
        look_up: Callable[[str], Sequence[str]] = resolve,
    ) -> None:
        """Raises BadInput for an address that cannot be used or a secret that is too short."""
        if len(secret) < 16:
            raise BadInput(
                "its secret is missing or shorter than 16 characters", "thiếu khoá bí mật, hoặc khoá ngắn hơn 16 ký tự"
            )
        self.address = parse_address(url, policy)
        self._secret, self._policy, self._clock, self._look_up = secret, policy, clock, look_up
        try:
            self._tls = ssl.create_default_context(cafile=ca_file or None)
        except (OSError, ssl.SSLError) as e:
            raise BadInput("ca_file cannot be read", "không đọc được ca_file") from e

    def __call__(self, letter: Letter) -> None:
        """Post the letter; raises DeliveryFailed."""
        place = self._pinned()
        try:
            status = asyncio.run(asyncio.wait_for(self._post(letter, place), LIMIT_S))
        except TimeoutError as e:
            raise DeliveryFailed(f"no answer within {LIMIT_S:g} s") from e
        except (httpx.HTTPError, OSError) as e:
            raise DeliveryFailed(f"no connection: {because(e).en}"[:200]) from e
        if 200 <= status < 300:
            return
        # a redirect is not followed: it could lead anywhere, and whoever set up the target can name the new address
        raise DeliveryFailed(f"answered {status}", permanent=300 <= status < 500 and status not in _TRY_AGAIN)

    def _pinned(self) -> str:
        """The one address to connect to, judged now: a name that resolves differently later gains nothing."""
        try:
            found = [ipaddress.ip_address(text.partition("%")[0]) for text in self._look_up(self.address.host)]
        except (OSError, ValueError) as e:
            raise DeliveryFailed(f"{self.address.host} has no address") from e
        if not found or not all(allows(self._policy, ip, self.address.port) for ip in found):
            raise DeliveryFailed(f"{self.address.host} is not in a network that the setting allows", permanent=True)
        ip = found[0]
        return f"[{ip}]" if ip.version == 6 else str(ip)

    async def _post(self, letter: Letter, place: str) -> int:
        address = self.address
        said = {"id": letter.id, "kind": letter.kind, "created": to_iso(letter.created), **letter.body}
        body = json.dumps(said, ensure_ascii=False).encode()
        standard = address.port == {"https": 443, "http": 80}[address.scheme]
        headers = {
            "Host": address.host if standard else f"{address.host}:{address.port}",
            "Content-Type": "application/json",
            "User-Agent": "matpho",
            "X-Matpho-Id": letter.id,
            "X-Matpho-Kind": letter.kind,
            "X-Matpho-Signature": signature(self._secret, int(seconds(self._clock.now())), body),
        }
        url = f"{address.scheme}://{place}:{address.port}{address.path}"
        async with (
            httpx.AsyncClient(verify=self._tls, follow_redirects=False, trust_env=False, timeout=LIMIT_S) as client,
            client.stream(
                "POST", url, content=body, headers=headers, extensions={"sni_hostname": address.host}
            ) as answer,
        ):
            return answer.status_code
