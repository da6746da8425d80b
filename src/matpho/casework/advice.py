"""Advice on a camera's settings, in plain words: pure rules over what was measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from matpho.domain.camera import StreamRole
from matpho.domain.probe import StreamFacts
from matpho.domain.words import Said

LONG_GOP_S = 2.2  # two seconds and what a jitter adds
FEW_MAIN_FPS, FEW_SUB_FPS = 12.0, 5.0
SUB_NARROW, SUB_WIDE = (
    480,
    1280,
)  # pixels of the longer side; people in a street need some, analysis does not gain from more
CLOCK_S = 2.0
FULL_UPLINK = 0.8  # of a line: more leaves nothing for a burst of movement
_NAMES = {"h264": "H.264", "hevc": "H.265", "mjpeg": "MJPEG"}


class Weight(StrEnum):
    """How much it matters."""

    GOOD = "good"
    NOTE = "note"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to know or to change. ``role`` is None where it concerns the camera as a whole."""

    code: str
    weight: Weight
    said: Said
    role: StreamRole | None = None


def number(value: float, digits: int = 1, *, vi: bool) -> str:
    """A figure as each language writes it."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if vi else text


def gb_per_day(kbit_s: float) -> float:
    """What a stream of this rate takes on the disk, 10⁹ bytes a day."""
    return kbit_s * 1000 / 8 * 86400 / 1e9


def advise(
    main: StreamFacts | None, sub: StreamFacts | None, *, uplink_kbit_s: float | None = None
) -> tuple[Advice, ...]:
    """Everything worth saying, the gravest first; one GOOD line when nothing is wrong."""
    found = [
        *(_each(main) if main else ()),
        *(_each(sub) if sub else ()),
        *_main(main),
        *_sub(main, sub),
        *_clock(main, sub),
        *_load(main, sub, uplink_kbit_s),
    ]
    order = list(Weight)[::-1]
    found.sort(key=lambda advice: order.index(advice.weight))
    if not any(advice.weight in (Weight.WARN, Weight.BAD) for advice in found):
        fine = Said("Cấu hình camera phù hợp, không cần chỉnh gì.", "The camera is set up well; nothing to change.")
        found.insert(0, Advice(code="fine", weight=Weight.GOOD, said=fine))
    return tuple(found)


def _each(facts: StreamFacts) -> Iterator[Advice]:
    """What concerns either stream."""
    name_vi, name_en = ("chính", "main") if facts.role is StreamRole.MAIN else ("phụ", "sub")
    if facts.codec not in ("h264", "hevc"):
        shown = _NAMES.get(facts.codec, facts.codec)
        said = Said(
            f"Luồng {name_vi} dùng {shown}: tốn chỗ và không phát được trong trình duyệt. Hãy đổi sang H.264.",
            f"The {name_en} stream is {shown}: it takes much room and browsers cannot play it. Change it to H.264.",
        )
        yield Advice(code="codec_unsuited", weight=Weight.BAD, said=said, role=facts.role)
    if facts.gop_longest_s > LONG_GOP_S:
        vi, en = number(facts.gop_longest_s, vi=True), number(facts.gop_longest_s, vi=False)
        smart_vi = " Nếu đang bật H.264+/H.265+ (Smart codec), hãy tắt." if facts.gop_longest_s > 4 else ""
        smart_en = " If H.264+/H.265+ (smart codec) is on, switch it off." if facts.gop_longest_s > 4 else ""
        said = Said(
            f"Ảnh khóa của luồng {name_vi} cách nhau tới {vi} giây: mở hình chậm, tua và cắt chứng cứ kém chính xác. "
            f"Hãy đặt I-frame (GOP) từ 1 đến 2 giây.{smart_vi}",
            f"Key pictures of the {name_en} stream are up to {en} s apart: slow to open, and imprecise to seek and "
            f"cut. Set the I-frame interval (GOP) to 1 to 2 s.{smart_en}",
        )
        yield Advice(code="gop_long", weight=Weight.WARN, said=said, role=facts.role)
    few = FEW_MAIN_FPS if facts.role is StreamRole.MAIN else FEW_SUB_FPS
    if facts.fps < few:
        vi, en = number(facts.fps, vi=True), number(facts.fps, vi=False)
        said = Said(
            f"Luồng {name_vi} chỉ có {vi} hình/giây. Hãy đặt ít nhất {few:.0f} hình/giây, hoặc kiểm tra đường truyền.",
            f"The {name_en} stream has only {en} pictures a second. Set at least {few:.0f}, or check the network.",
        )
        yield Advice(code="fps_low", weight=Weight.WARN, said=said, role=facts.role)
    if facts.audio:
        said = Said(
            f"Luồng {name_vi} có âm thanh. Hệ thống không nhận và không lưu âm thanh; nên tắt micrô trên camera.",
            f"The {name_en} stream carries sound. It is neither received nor kept; better switch the microphone off.",
        )
        yield Advice(code="audio_dropped", weight=Weight.NOTE, said=said, role=facts.role)


def _main(main: StreamFacts | None) -> Iterator[Advice]:
    if main is None:
        said = Said(
            "Chưa có luồng chính: sẽ không có bản ghi nét cao.", "There is no main stream: nothing sharp is recorded."
        )
        yield Advice(code="no_main", weight=Weight.WARN, said=said, role=StreamRole.MAIN)
        return
    if main.codec == "hevc":
        said = Said(
            "Luồng chính là H.265: ghi được và tiết kiệm chỗ, nhưng nhiều trình duyệt không phát được; khi đó hệ thống "
            "phải chuyển mã lúc xem.",
            "The main stream is H.265: it is recorded and saves room, but many browsers cannot play it; then it has "
            "to be converted while somebody watches.",
        )
        yield Advice(code="main_h265", weight=Weight.NOTE, said=said, role=StreamRole.MAIN)
    if main.height and min(main.width, main.height) < 700:
        said = Said(
            f"Luồng chính chỉ {main.width}×{main.height}: khó đọc biển số, khó nhận ra vật nhỏ. Nên đặt 1080p.",
            f"The main stream is only {main.width}×{main.height}: small things are hard to make out. Set 1080p.",
        )
        yield Advice(code="main_small", weight=Weight.NOTE, said=said, role=StreamRole.MAIN)


def _sub(main: StreamFacts | None, sub: StreamFacts | None) -> Iterator[Advice]:
    role = StreamRole.SUB
    if sub is None:
        said = Said(
            "Chưa có luồng phụ: sẽ không phân tích được và màn hình nhiều camera rất nặng. Hãy bật luồng phụ H.264 "
            "640×360, 10 hình/giây trên camera.",
            "There is no sub stream: nothing is analysed and the wall is heavy. Switch on an H.264 sub stream of "
            "640×360 at 10 pictures a second.",
        )
        yield Advice(code="no_sub", weight=Weight.WARN, said=said, role=role)
        return
    if sub.codec == "hevc":
        said = Said(
            "Luồng phụ là H.265: nhiều trình duyệt không xem trực tiếp được. Hãy đổi luồng phụ sang H.264.",
            "The sub stream is H.265: many browsers cannot show it live. Change the sub stream to H.264.",
        )
        yield Advice(code="sub_h265", weight=Weight.BAD, said=said, role=role)
    longer = max(sub.width, sub.height)
    size = f"{sub.width}×{sub.height}"
    if longer > SUB_WIDE:
        said = Said(
            f"Luồng phụ {size} quá lớn: tốn máy mà phân tích không chính xác hơn. Hãy đặt khoảng 640×360.",
            f"The sub stream is {size}: costly, and no better for analysis. Set about 640×360.",
        )
        yield Advice(code="sub_large", weight=Weight.WARN, said=said, role=role)
    elif longer < SUB_NARROW:
        said = Said(
            f"Luồng phụ {size} quá nhỏ: người và vật ở xa sẽ bị bỏ sót. Hãy đặt khoảng 640×360.",
            f"The sub stream is {size}: people and things further off will be missed. Set about 640×360.",
        )
        yield Advice(code="sub_small", weight=Weight.WARN, said=said, role=role)
    if main is not None and same_stream(main, sub):
        said = Said(
            "Luồng chính và luồng phụ là một: hãy nhập đúng địa chỉ luồng phụ của camera.",
            "Main and sub are the same stream: enter the address of the camera's sub stream.",
        )
        yield Advice(code="identical", weight=Weight.BAD, said=said)


def same_stream(one: StreamFacts, other: StreamFacts) -> bool:
    """Whether two addresses give the same encoder's pictures."""
    if one.address == other.address:
        return True
    alike = (one.codec, one.width, one.height, one.sets) == (other.codec, other.width, other.height, other.sets)
    rates = sorted((one.kbit_s, other.kbit_s))
    return alike and rates[1] > 0 and rates[0] / rates[1] > 0.7 and abs(one.fps - other.fps) < 2


def _clock(main: StreamFacts | None, sub: StreamFacts | None) -> Iterator[Advice]:
    told = [f.clock_offset_s for f in (main, sub) if f is not None and f.clock_offset_s is not None]
    off = max(told, key=abs, default=0.0)
    if abs(off) > CLOCK_S:
        yield clock_advice(off)


def clock_advice(offset_s: float) -> Advice:
    """What to say of a clock that is wrong by so much."""
    off = off_by(offset_s)
    said = Said(
        f"Đồng hồ camera {off.vi}. Hãy bật NTP trên camera và trỏ về máy này hoặc máy chủ giờ của phường.",
        f"The camera's clock is {off.en}. Switch on NTP in the camera, with this machine or the ward's server.",
    )
    return Advice(code="clock_wrong", weight=Weight.WARN, said=said)


def off_by(offset_s: float) -> Said:
    """How a clock is wrong: "nhanh 2,5 giờ"."""
    vi, en = _stretch(abs(offset_s))
    side_vi, side_en = ("nhanh", "fast") if offset_s > 0 else ("chậm", "slow")
    return Said(f"{side_vi} {vi}", f"{en} {side_en}")


def _stretch(s: float) -> tuple[str, str]:
    """Seconds in words, Vietnamese and English."""
    for size, vi, en in ((86400.0, "ngày", "days"), (3600.0, "giờ", "hours"), (60.0, "phút", "minutes")):
        if s >= 2 * size:
            return f"{number(s / size, vi=True)} {vi}", f"{number(s / size, vi=False)} {en}"
    return f"{number(s, vi=True)} giây", f"{number(s, vi=False)} seconds"


def _load(main: StreamFacts | None, sub: StreamFacts | None, uplink_kbit_s: float | None) -> Iterator[Advice]:
    """What it takes: room for the main stream, the line for both."""
    if main is not None and main.kbit_s:
        daily = gb_per_day(main.kbit_s)
        said = Said(
            f"Ghi luồng chính cần khoảng {number(daily, vi=True)} GB mỗi ngày, {daily * 30:.0f} GB cho 30 ngày.",
            f"Recording the main stream takes {number(daily, vi=False)} GB a day, {daily * 30:.0f} GB in 30 days.",
        )
        yield Advice(code="disk", weight=Weight.NOTE, said=said, role=StreamRole.MAIN)
    total = sum(f.kbit_s for f in (main, sub) if f is not None)
    if uplink_kbit_s and total > uplink_kbit_s * FULL_UPLINK:
        need, have = total / 1000, uplink_kbit_s / 1000
        said = Said(
            f"Hai luồng cần {number(need, vi=True)} Mbit/s, đường truyền lên chỉ có {number(have, vi=True)} Mbit/s: sẽ "
            "mất hình. Hãy giảm tốc độ bit của luồng chính hoặc chỉ ghi luồng phụ.",
            f"Both streams need {number(need, vi=False)} Mbit/s, the uplink has {number(have, vi=False)} Mbit/s: "
            "pictures will be lost. Lower the main stream's bit rate, or record the sub stream only.",
        )
        yield Advice(code="uplink_thin", weight=Weight.BAD, said=said)
