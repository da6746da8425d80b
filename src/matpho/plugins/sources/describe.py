"""What an RTSP server says of a stream before anything plays: DESCRIBE (RFC 2326, 10.2), its login, its redirects.

FFmpeg follows a redirect to any host and hides whether there is sound, so a camera that nobody knows yet is asked
here first. Bounded in time and size.
"""

from dataclasses import dataclass, replace

from matpho.domain.address import Address
from matpho.domain.network import NetworkPolicy
from matpho.domain.time import Clock, SystemClock
from matpho.plugins.sources import troubles
from matpho.plugins.sources.conversation import Conversation
from matpho.plugins.sources.sdp import kinds

LONGEST_S = 8.0


@dataclass(frozen=True, slots=True)
class Described:
    """What the session description (RFC 8866) offers; ``audio`` whether there is sound."""

    video: bool
    audio: bool


def describe(address: Address, rules: NetworkPolicy | None = None, clock: Clock | None = None) -> Described:
    """Ask what the stream is.

    Raises SourceRefused for a wrong login, BadAddress for a redirect or a place that is not allowed, SourceStalled or
    SourceLost otherwise; none of them names a password.
    """
    url = replace(address, user="", password="").reveal()
    talk = Conversation(address, rules, clock or SystemClock(), within_s=LONGEST_S)
    try:
        answer = talk.ask("DESCRIBE", url, Accept="application/sdp")
    finally:
        talk.close()
    if answer.status != 200:
        raise troubles.answered(answer.status)
    media = kinds(answer.body)
    return Described(video="video" in media, audio="audio" in media)
