"""Live pictures: a hub per stream, a server per process, a client in the desk. The names that others use."""

from matpho.video.live_client import watch
from matpho.video.live_hub import LiveHub
from matpho.video.live_parts import LiveBoxes, LiveForm, LiveFragment, LiveInit, LiveLost, LivePart
from matpho.video.live_server import LiveServer

__all__ = [
    "LiveBoxes",
    "LiveForm",
    "LiveFragment",
    "LiveHub",
    "LiveInit",
    "LiveLost",
    "LivePart",
    "LiveServer",
    "watch",
]
