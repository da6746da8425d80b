"""HTTP to a device that nobody trusts: only to allowed addresses, never redirected, bounded in time and size.

Devices answer with addresses of their own services, and anybody on the network can pose as a device. Each request's
host is resolved here, judged, and that address is connected to.
"""

import socket
from collections.abc import Iterator, Sequence

import httpx

from matpho.domain.network import NetworkPolicy, pinned
from matpho.domain.time import Clock

MOST_BYTES = 512 * 1024  # of one answer; the largest real profile list seen is a tenth of it


def resolved(host: str) -> Sequence[str]:
    """All addresses of a host; raises OSError."""
    return tuple(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


class _Bounded(httpx.SyncByteStream):
    """A body that ends with an error when it grows too large or drips too long."""

    def __init__(self, inner: httpx.SyncByteStream, clock: Clock, end_s: float) -> None:
        self._inner, self._clock, self._end_s = inner, clock, end_s

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._inner:
            size += len(part)
            if size > MOST_BYTES:
                raise httpx.ReadError("the answer is too large")
            if self._clock.monotonic_s() > self._end_s:
                raise httpx.ReadTimeout("the answer took too long")
            yield part

    def close(self) -> None:
        self._inner.close()


class GuardedTransport(httpx.BaseTransport):
    """Connects where the rules allow, for ``longest_s`` seconds altogether."""

    def __init__(self, rules: NetworkPolicy, clock: Clock, longest_s: float) -> None:
        self._rules, self._clock = rules, clock
        self._end_s = clock.monotonic_s() + longest_s
        # cameras sign their own certificates; what is asked of them is as secret as over plain HTTP, and no more
        self._inner = httpx.HTTPTransport(verify=False, trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises BadAddress where connecting is not allowed."""
        if self._clock.monotonic_s() > self._end_s:
            raise httpx.ConnectTimeout("no time left", request=request)
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            place = pinned(self._rules, url.host, port, resolved)
        except (OSError, UnicodeError) as e:
            raise httpx.ConnectError("no such host", request=request) from e
        headers = [(k, v) for k, v in request.headers.raw if k.lower() != b"accept-encoding"]
        answer = self._inner.handle_request(
            httpx.Request(
                request.method,
                url.copy_with(host=place),
                headers=[*headers, (b"accept-encoding", b"identity")],
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": url.host.encode("idna")},
            )
        )
        if answer.headers.get("content-encoding", "identity") != "identity":
            answer.close()  # a small answer may unpack to a huge one
            raise httpx.ReadError("a packed answer was not asked for", request=request)
        assert isinstance(answer.stream, httpx.SyncByteStream)
        return httpx.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Bounded(answer.stream, self._clock, self._end_s),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Let go of all connections."""
        self._inner.close()
