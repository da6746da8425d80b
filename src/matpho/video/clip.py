"""Cutting clips out of recordings: whole groups of pictures, copied, never re-encoded."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

import av
import av.error

from matpho.domain.system_words import not_written
from matpho.domain.time import SECOND, Instant, Span, seconds
from matpho.domain.words import Said
from matpho.errors import BadVideo, NotFound, StorageProblem
from matpho.video.footage import Footage, RecordedFile, load, opened
from matpho.video.fragments import Fragment

_RATE = 90_000
_TICK = Fraction(1, _RATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """What a clip holds.

    ``span`` is from its first picture to its end; ``in_s`` and ``out_s`` bound what was wanted inside it, seconds
    from the first picture (clamped to what there is). ``used`` are the files copied from. ``note`` says what was
    left out because the camera's picture changed in between.
    """

    span: Span
    in_s: float
    out_s: float
    used: tuple[Path, ...]
    note: Said | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    footage: Footage
    fragments: tuple[Fragment, ...]
    parameters: tuple[str, int, int, bytes]

    @property
    def span(self) -> Span:
        shown = [f.shown_start for f in self.fragments] + [f.shown_end for f in self.fragments]
        return Span(self.footage.instant(min(shown)), self.footage.instant(max(shown)))


def cut(files: Sequence[RecordedFile], span: Span, out: Path) -> Clip:
    """Write the part of the recording that holds ``span``, or as much of it as there is, to ``out``: an MP4.

    Time inside the clip is real time: a gap in the recording shows as a picture that stands still. Raises NotFound
    when the files hold nothing of it, BadVideo or StorageProblem when they cannot be read or ``out`` not written.
    """
    parts = [_part(f, span) for f in load(files) if f.span.start < span.end and f.span.end > span.start]
    if not parts:
        raise NotFound("nothing of that time was recorded", "không có bản ghi của khoảng thời gian đó")
    chosen = _longest_run(parts, span)
    try:
        whole = _copy(chosen, out)
    except av.error.FFmpegError as e:
        raise BadVideo("the recording cannot be cut", "không cắt được bản ghi hình") from e
    except OSError as e:
        raise not_written(StorageProblem, out.name, e) from e
    length_s = seconds(whole.end - whole.start)
    return Clip(
        span=whole,
        in_s=min(max(0.0, seconds(span.start - whole.start)), length_s),
        out_s=min(max(0.0, seconds(span.end - whole.start)), length_s),
        used=tuple(p.footage.path for p in chosen),
        note=_note(parts, chosen),
    )


def _part(footage: Footage, span: Span) -> _Part:
    fragments = footage.around(span)
    with opened(footage, fragments[:1]) as container:
        context = container.streams.video[0].codec_context
        parameters = (context.name, context.width, context.height, bytes(context.extradata or b""))
    return _Part(footage, fragments, parameters)


def _longest_run(parts: Sequence[_Part], span: Span) -> list[_Part]:
    """Neighbouring parts of the same codec parameters that cover most of ``span``: one MP4 holds only one kind."""
    runs = [list(run) for _, run in groupby(parts, key=lambda p: p.parameters)]

    def covered(run: list[_Part]) -> int:
        return sum(max(0, min(p.span.end, span.end) - max(p.span.start, span.start)) for p in run)

    return max(runs, key=covered)


def _note(parts: Sequence[_Part], chosen: Sequence[_Part]) -> Said | None:
    if len(parts) == len(chosen):
        return None
    left = sum(p.span.length_s for p in parts if p not in chosen)
    return Said(
        f"Camera đổi cỡ hình hoặc kiểu mã hóa giữa chừng; đoạn phim thiếu {left:.0f} giây",
        f"The camera changed its picture size or codec; {left:.0f} s are left out of this clip",
    )


def _copy(parts: Sequence[_Part], out: Path) -> Span:
    start = parts[0].span.start
    last_dts = -(1 << 62)
    with av.open(str(out), "w", format="mp4", options={"movflags": "faststart"}) as muxer:
        target: Any = None
        for part in parts:
            with opened(part.footage, part.fragments) as container:
                source = container.streams.video[0]
                if target is None:
                    target = muxer.add_stream_from_template(source)
                    if source.codec_context.name == "hevc":
                        target.codec_context.codec_tag = "hvc1"
                for packet in container.demux(source):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts = _ticks(part.footage.instant(packet.pts) - start)
                    packet.dts = last_dts = max(_ticks(part.footage.instant(packet.dts) - start), last_dts + 1)
                    packet.pts = max(packet.pts, packet.dts)
                    packet.duration = packet.duration * _RATE // part.footage.map.timescale
                    packet.time_base = _TICK
                    packet.stream = target
                    muxer.mux_one(packet)
    return Span(start, Instant(max(p.span.end for p in parts)))


def _ticks(ns: int) -> int:
    return (ns * _RATE + SECOND // 2) // SECOND
