"""A clip with its masks burnt in: decoded, covered, encoded anew. The original stays as it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import av.error

from matpho.domain.geometry import Polygon
from matpho.domain.system_words import not_written
from matpho.errors import BadVideo, StorageProblem
from matpho.video.container import open_video
from matpho.video.mask import masked_frame


def masked_clip(source: Path, masks: Sequence[Polygon], out: Path, *, crf: int = 23) -> int:
    """Write ``source`` with ``masks`` covered to ``out`` (H.264 MP4, same times, no sound); the number of pictures.

    Raises BadVideo when nothing can be decoded, StorageProblem when ``out`` cannot be written.
    """
    count = 0
    try:
        with (
            open_video(source) as reader,
            av.open(str(out), "w", format="mp4", options={"movflags": "faststart"}) as muxer,
        ):
            stream: Any = None
            last = -1
            for frame in reader.decode(video=0):
                picture = masked_frame(frame, masks)
                if stream is None:
                    stream = _encoder(muxer, picture, frame.time_base, crf)
                if (picture.width, picture.height) != (stream.width, stream.height):
                    picture = picture.reformat(width=stream.width, height=stream.height)
                last = picture.pts = max(last + 1, frame.pts if frame.pts is not None else last + 1)
                picture.time_base = frame.time_base
                muxer.mux(stream.encode(picture))
                count += 1
            if stream is not None:
                muxer.mux(stream.encode(None))
    except av.error.FFmpegError as e:
        if not count:
            raise BadVideo(f"{source.name} cannot be decoded", f"không giải mã được {source.name}") from e
    except OSError as e:
        raise not_written(StorageProblem, out.name, e) from e
    if not count:
        raise BadVideo(f"{source.name} holds no picture", f"{source.name} không có hình")
    return count


def _encoder(muxer: Any, picture: Any, time_base: Any, crf: int) -> Any:
    stream = muxer.add_stream("libx264", rate=25)
    stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuv420p"
    stream.codec_context.time_base = time_base
    stream.codec_context.thread_count = 1
    stream.options = {"preset": "veryfast", "crf": str(crf)}
    return stream
