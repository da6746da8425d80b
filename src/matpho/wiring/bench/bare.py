"""The floor without ffmpeg: one process, a thread per stream; main streams copied to disk, sub streams decoded."""

import json
import sys
import threading
from pathlib import Path

import av

_OPTIONS = {"rtsp_transport": "tcp"}
_MOVES = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


def copy(address: str, path: Path) -> None:
    """Packets of a main stream into a fragmented MP4."""
    with (
        av.open(address, options=_OPTIONS, timeout=(8, 8)) as source,
        av.open(str(path), "w", options=_MOVES) as out,
    ):
        stream = out.add_stream_from_template(source.streams.video[0])
        first: int | None = None
        for packet in source.demux(video=0):
            if packet.dts is None or packet.pts is None or (first is None and not packet.is_keyframe):
                continue
            first = packet.dts if first is None else first
            packet.pts, packet.dts = packet.pts - first, packet.dts - first
            packet.stream = stream
            out.mux(packet)


def decode(address: str) -> None:
    """Every picture of a sub stream, and nothing done with it."""
    with av.open(address, options=_OPTIONS, timeout=(8, 8)) as source:
        source.streams.video[0].codec_context.thread_count = 1
        for _ in source.decode(video=0):
            continue


def main() -> None:
    """Until killed. Arguments: the pairs of addresses as JSON, and a folder."""
    for number, (main_address, sub_address) in enumerate(json.loads(sys.argv[1])):
        path = Path(sys.argv[2]) / f"{number}.mp4"
        threading.Thread(target=copy, args=(main_address, path), daemon=True).start()
        threading.Thread(target=decode, args=(sub_address,), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
