"""Opening video files from anywhere: only formats that hold their own pictures, never one that points elsewhere.

The file is opened by Python and handed over as an object, and playlists (HLS, DASH, concat …) are not on the list:
a hostile file cannot make the library read another file or address.
"""

import io
from pathlib import Path
from typing import Any

import av
import av.error

from matpho.domain.system_words import not_read
from matpho.errors import BadVideo

_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,mpegvideo,m4v,h264,hevc,flv,asf,ogg,mjpeg,dv,gif,nut,"
    "ivf,obu,av1,rm,wtv,mxf,swf,yuv4mpegpipe,mpjpeg,vc1,vc1test,h261,h263,vvc,dhav,ea,apng,cavsvideo,dirac,flic,"
    "lmlm4,mlv,mpegtsraw,nsv,nuv,pva,r3d,roq,rpl,smjpeg,thp,xmv"
)
_IMAGES = "png_pipe,jpeg_pipe,bmp_pipe,webp_pipe,tiff_pipe,pgm_pipe,ppm_pipe,pgmyuv_pipe,gif,jpegls_pipe,j2k_pipe"
_NAMELESS = ""  # by a name FFmpeg would take the demuxer that opens whole series of files by itself


class _File(io.FileIO):
    """A file that closes with the container that holds it: the library never closes what it was given."""

    def __del__(self) -> None:
        self.close()


def open_video(path: Path) -> Any:
    """An ``av`` input container with at least one video stream.

    Raises BadVideo when the file is missing, unreadable, empty or no video.
    """
    return _open(path, _FORMATS)


def open_image(path: Path) -> Any:
    """The same for one picture file; raises BadVideo."""
    return _open(path, _IMAGES)


def _open(path: Path, formats: str) -> Any:
    try:
        stream = _File(path)
        stream.name = _NAMELESS
    except OSError as e:
        raise not_read(BadVideo, path, e) from e
    try:
        options = {"format_whitelist": formats, "protocol_whitelist": "none"}
        container = av.open(stream, "r", options=options, metadata_errors="replace")
    except (av.error.FFmpegError, OSError, ValueError) as e:
        stream.close()
        raise _no_video(path) from e
    if any(s.codec_context is not None for s in container.streams.video):
        return container
    container.close()
    stream.close()
    raise BadVideo(f"{path} holds no pictures.", f"{path} không có hình.")


def _no_video(path: Path) -> BadVideo:
    """Why, as far as the first bytes tell."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        size, head = -1, b""
    if size == 0:
        return BadVideo(f"{path} is empty.", f"{path} là tệp rỗng.")
    if head[4:8] == b"ftyp":
        return BadVideo(
            f"{path} cannot be read: it was cut short or damaged (its index is missing).",
            f"Không đọc được {path}: tệp bị cắt ngang hoặc hỏng (thiếu phần mục lục).",
        )
    return BadVideo(f"{path} is not a video that can be read.", f"{path} không phải video đọc được.")
