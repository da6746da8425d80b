"""Plain warnings where a zone cannot support its rules: pure, over what was drawn and what the streams are like.

The least sizes are what the stages were measured to need (docs/design/static-objects.md): things of under 10×10 pixels
of a picture of 640 pixels are not told from noise, whatever the camera's own pixels are, because that is the size at
which pictures are looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from matpho.casework.advice import Weight, number
from matpho.casework.density import PERSON_M, People, Stream, density, share_below, spots
from matpho.domain.camera import PURPOSE_RULES, RULE_SETTINGS, Purpose, StreamRole, Zone
from matpho.domain.geometry import Point
from matpho.domain.ground import GroundPlane
from matpho.domain.ids import ZoneId
from matpho.domain.kinds import described
from matpho.domain.words import Said

LOOKED_AT = 640
"""Pixels across at which pictures are analysed: a wider stream gains nothing beyond it."""
SMALLEST = 10
"""Pixels of that picture: what is smaller is not told from noise."""
LAMP_PX = 3.0
LAMP_PICTURES = 16
"""Fewer recorded pictures than this say nothing of what a lamp shows."""
SELDOM = 0.08
"""Of the pictures: what shines less often is a tail light that passed, no lamp."""
TRAFFIC_FPS, ANY_FPS = 5.0, 2.0
LONG_GOP_S = 4.0
PART, MOST = 0.25, 0.75
"""Shares of a zone that lie too far: part of it is warned of, most of it is a zone that cannot work."""
SHORT, TALL = 1.2, 2.3
"""Metres: people of a median height outside show that the rectangle's size is wrong."""


@dataclass(frozen=True, slots=True)
class Thing:
    """What a kind is about: how tall it is (metres), how many pixels tall it must be."""

    name: Said
    metres: float
    pixels: float


_PERSON = Thing(Said("người", "a person"), PERSON_M, 24)
_SEEN_WELL = Thing(Said("người", "a person"), PERSON_M, 40)
_BAG = Thing(Said("túi rác", "a rubbish bag"), 0.5, 10)
_GOODS = Thing(Said("bàn ghế, hàng hoá", "a table or goods"), 0.7, 12)
_BIKE = Thing(Said("xe máy", "a motorbike"), 1.4, 18)
_RIDER = Thing(Said("người đi xe máy", "a rider on a motorbike"), PERSON_M, 30)
_RIDER_AT_LINE = Thing(_RIDER.name, PERSON_M, 40)
_CAR = Thing(Said("ô tô", "a car"), 1.5, 18)
_NEEDS: Mapping[str, Thing] = {
    "intrusion": _PERSON,
    "illegal_dumping": _BAG,
    "unattended_object": _BAG,
    "rubbish_heap": _GOODS,
    "obstruction": _GOODS,
    "sidewalk_encroachment": _GOODS,
    "sidewalk_parking": _BIKE,
    "riding_on_sidewalk": _BIKE,
    "illegal_parking": _CAR,
    "stopped_vehicle": _CAR,
    "stopped_on_crosswalk": _BIKE,
    "wrong_way": _RIDER,
    "red_light": _RIDER_AT_LINE,
    "jump_start": _RIDER_AT_LINE,
    "crowd": _PERSON,
    "fight": _SEEN_WELL,
    "person_down": _SEEN_WELL,
}
_FAST = frozenset({"red_light", "jump_start", "wrong_way", "riding_on_sidewalk", "fight"})


@dataclass(frozen=True, slots=True)
class LampSeen:
    """In how many recorded pictures something shone red, and green, inside the box of a stop line's lamps."""

    pictures: int
    red: int
    green: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneAdvice:
    """One thing that keeps a zone (None: the camera) from working as it should."""

    zone_id: ZoneId | None
    code: str
    weight: Weight
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A camera as it is drawn and seen. ``analysed`` and ``recorded`` are None while nothing was heard of a stream.

    ``people`` is what people measure, by zone. ``undecided`` are the kinds of a zone that sleep, because no decision of
    the ward allows them there now. ``lamps`` are what recordings show inside the boxes of stop lines.
    """

    zones: Sequence[Zone]
    ground: GroundPlane | None
    analysed: Stream | None
    recorded: Stream | None
    people: Mapping[ZoneId, People]
    undecided: Mapping[ZoneId, tuple[str, ...]] = field(default_factory=dict)
    lamps: Mapping[ZoneId, LampSeen] = field(default_factory=dict)


def advise_zones(site: Site) -> tuple[ZoneAdvice, ...]:
    """Everything that keeps zones from working, the gravest first, in the order of the zones."""
    found = [*_of_camera(site), *(advice for zone in site.zones for advice in _of_zone(site, zone))]
    order = list(Weight)[::-1]
    return tuple(sorted(found, key=lambda advice: order.index(advice.weight)))


def _say(zone: Zone | None, code: str, weight: Weight, vi: str, en: str) -> ZoneAdvice:
    return ZoneAdvice(zone_id=zone.id if zone else None, code=code, weight=weight, said=Said(vi, en))


def active(zone: Zone) -> tuple[str, ...]:
    """The kinds that are looked for in a zone: a rule exists, and it is not switched off there.

    Those too that a decision of the ward wakes for a time: the zone must be able to support them when it comes.
    """
    kinds = [k for k in PURPOSE_RULES[zone.purpose] if k in RULE_SETTINGS]
    return tuple(k for k in kinds if zone.rules.get(k, {}).get("enabled", True))


def _of_camera(site: Site) -> Iterator[ZoneAdvice]:
    watched = [zone for zone in site.zones if active(zone)]
    if not watched:
        return
    if site.analysed is None:
        yield _say(
            None, "unseen", Weight.NOTE,
            "Chưa nhận được hình để đo: các cảnh báo về độ nét sẽ có khi camera chạy.",
            "No picture has been seen yet: warnings about detail follow when the camera runs.",
        )  # fmt: skip
    elif site.analysed.role is StreamRole.MAIN:
        yield _say(
            None, "no_sub", Weight.WARN,
            "Camera không có luồng phụ: máy phải phân tích luồng chính, tốn gấp nhiều lần.",
            "The camera has no sub stream: the main one is analysed, at many times the cost.",
        )  # fmt: skip
    gop = site.recorded.gop_s if site.recorded else None
    if gop is not None and gop > LONG_GOP_S:
        yield _say(
            None, "gop_long", Weight.WARN,
            f"Ảnh khóa của luồng ghi cách nhau tới {number(gop, vi=True)} giây: đoạn chứng cứ phải bắt đầu sớm từng "
            "ấy và ảnh tĩnh tìm chậm. Hãy đặt I-frame (GOP) 1 đến 2 giây.",
            f"Key pictures of the recorded stream are up to {number(gop, vi=False)} s apart: evidence begins that much "
            "early and stills are slow to find. Set the I-frame interval (GOP) to 1 to 2 s.",
        )  # fmt: skip
    yield from _calibration(site)


def _calibration(site: Site) -> Iterator[ZoneAdvice]:
    """People of an impossible height show that the rectangle or its size is wrong."""
    if site.ground is None or site.analysed is None:
        return
    told = []
    for zone in site.zones:
        people = site.people.get(zone.id)
        tall = _height_m(site.ground, site.analysed, zone, people) if people else None
        if people is not None and tall is not None:
            told.append((people.n, tall))
    if not told:
        return
    n, tall = max(told)
    if not SHORT <= tall <= TALL:
        yield _say(
            None, "calibration_odd", Weight.WARN,
            f"Theo hình chữ nhật đã vẽ thì người đi qua cao {number(tall, vi=True)} m (đo {n} người): hãy đo lại kích "
            "thước hoặc chấm lại bốn góc.",
            f"By the drawn rectangle people who pass are {number(tall, vi=False)} m tall (n = {n}): measure again, or "
            "mark the four corners anew.",
        )  # fmt: skip


def _height_m(ground: GroundPlane, stream: Stream, zone: Zone, people: People) -> float | None:
    scales = [s for p in spots(zone) if (s := ground.pixels_per_metre(p, (stream.width, stream.height))) is not None]
    middle = sorted(scales)[len(scales) // 2] if scales else None
    return None if middle is None else people.height * stream.height / middle


def _of_zone(site: Site, zone: Zone) -> Iterator[ZoneAdvice]:
    kinds = active(zone)
    yield from _drawing(site, zone, kinds)
    if not kinds or site.analysed is None:
        return
    yield from _size(site.analysed, zone)
    yield from _rate(site.analysed, zone, kinds)
    yield from _detail(site, site.analysed, zone, kinds)


def _drawing(site: Site, zone: Zone, kinds: Sequence[str]) -> Iterator[ZoneAdvice]:
    """What is missing from the drawing itself."""
    if zone.direction is None and zone.purpose in (Purpose.STOP_LINE, Purpose.ROADWAY) and kinds:
        told = {
            Purpose.STOP_LINE: ("vượt đèn đỏ", "nobody who runs a red light is noticed"),
            Purpose.ROADWAY: ("đi ngược chiều", "nobody who goes the wrong way is noticed"),
        }[zone.purpose]
        grave = Weight.BAD if zone.purpose is Purpose.STOP_LINE else Weight.WARN
        yield _say(
            zone, "no_direction", grave,
            f"Chưa có mũi tên chiều đi: không phát hiện được {told[0]}. Hãy vẽ chiều đi.",
            f"There is no direction arrow: {told[1]}. Draw the direction.",
        )  # fmt: skip
    if zone.purpose is Purpose.STOP_LINE:
        yield from _stop_line(site, zone)
    if zone.purpose is Purpose.SIDEWALK and not zone.permitted_hours:
        yield _say(
            zone, "no_hours", Weight.NOTE,
            "Chưa ghi giờ được phép: bày hàng, để xe lúc nào cũng bị coi là nghi vấn.",
            "No permitted hours are set: goods and parking are suspected at any hour.",
        )  # fmt: skip
    if zone.purpose is Purpose.RESTRICTED and not zone.closed_hours:
        yield _say(
            zone, "no_hours", Weight.NOTE,
            "Chưa ghi giờ đóng cửa: vùng này bị coi là cấm cả ngày lẫn đêm.",
            "No closed hours are set: the zone counts as closed day and night.",
        )  # fmt: skip
    asleep = [k for k in site.undecided.get(zone.id, ()) if k in kinds]
    if asleep:
        names = ", ".join(described(k).name.vi.lower() for k in asleep)
        english = ", ".join(described(k).name.en.lower() for k in asleep)
        yield _say(
            zone, "undecided", Weight.NOTE,
            f"Chưa có quyết định của phường còn hiệu lực ở vùng này cho: {names}. Hiện không theo dõi các loại đó.",
            f"No decision of the ward holds here for: {english}. They are not watched now.",
        )  # fmt: skip
    hidden = [z.polygon for z in site.zones if z.purpose is Purpose.IGNORE and z.polygon]
    places = spots(zone)
    covered = sum(any(area.contains(p) for area in hidden) for p in places)
    if kinds and places and covered / len(places) > PART:
        yield _say(
            zone, "ignored", Weight.WARN,
            f"{100 * covered // len(places)} % vùng này nằm trong vùng “không phân tích”: chỗ đó không được theo dõi.",
            f"{100 * covered // len(places)} % of the zone lies in an area that is not analysed.",
        )  # fmt: skip


def _stop_line(site: Site, zone: Zone) -> Iterator[ZoneAdvice]:
    if zone.lamp is None:
        yield _say(
            zone, "no_lamp", Weight.BAD,
            "Chưa khoanh đèn tín hiệu: không biết lúc nào đèn đỏ. Hãy khoanh hộp đèn.",
            "No signal lamp is marked: nobody knows when it is red. Mark the lamp box.",
        )  # fmt: skip
    elif site.analysed is not None:
        wide = min(zone.lamp.w * site.analysed.width, zone.lamp.h * site.analysed.height)
        if wide < LAMP_PX:
            yield _say(
                zone, "lamp_small", Weight.BAD,
                f"Đèn tín hiệu chỉ rộng {number(wide, vi=True)} điểm ảnh trên luồng phân tích, cần ít nhất "
                f"{LAMP_PX:.0f}. Hãy tăng cỡ luồng phụ hoặc kéo gần đèn.",
                f"The lamp is only {number(wide, vi=False)} pixels wide in the analysed stream; it takes "
                f"{LAMP_PX:.0f}. Enlarge the sub stream or zoom in.",
            )  # fmt: skip
    yield from _lamp_seen(zone, site.lamps.get(zone.id))
    if zone.direction is not None and zone.line is not None:
        middle = Point((zone.line[0].x + zone.line[1].x) / 2, (zone.line[0].y + zone.line[1].y) / 2)
        length = max(1e-9, (zone.direction[0] ** 2 + zone.direction[1] ** 2) ** 0.5)
        past = Point(middle.x + 0.08 * zone.direction[0] / length, middle.y + 0.08 * zone.direction[1] / length)
        if not (0 <= past.x <= 1 and 0 <= past.y <= 1):
            yield _say(
                zone, "line_at_edge", Weight.BAD,
                "Vạch dừng sát mép hình: xe vừa qua vạch là ra khỏi hình, không thấy được trọn chiếc xe.",
                "The stop line is at the edge: who crosses it leaves the picture, and is never seen beyond it.",
            )  # fmt: skip


def _lamp_seen(zone: Zone, seen: LampSeen | None) -> Iterator[ZoneAdvice]:
    """A box in which no lamp ever shines lies beside the signal, or the signal is off."""
    if zone.lamp is None or seen is None or seen.pictures < LAMP_PICTURES:
        return
    red, green = (n >= SELDOM * seen.pictures for n in (seen.red, seen.green))
    if red and green:
        return
    lacks = {
        (False, False): ("đỏ hay xanh", "red or green"),
        (False, True): ("đỏ", "red"),
        (True, False): ("xanh", "green"),
    }[red, green]
    yield _say(
        zone, "lamp_unseen", Weight.WARN,
        f"Trong {seen.pictures} ảnh của 5 phút gần nhất hầu như không thấy đèn {lacks[0]} nào sáng trong khung đã "
        "khoanh. Hãy kéo khung vào đúng đèn tín hiệu, hoặc xem đèn có đang chạy không.",
        f"In {seen.pictures} pictures of the last five minutes hardly any {lacks[1]} lamp shone inside the box. Drag "
        "the box onto the signal, or see whether the signal is on.",
    )  # fmt: skip


def _size(stream: Stream, zone: Zone) -> Iterator[ZoneAdvice]:
    if zone.polygon is None:
        return
    box, scale = zone.polygon.bounds, _scale(stream)
    wide, tall = box.w * stream.width * scale, box.h * stream.height * scale
    if min(wide, tall) < 2 * SMALLEST:
        yield _say(
            zone, "zone_small", Weight.BAD if min(wide, tall) < SMALLEST else Weight.WARN,
            f"Vùng chỉ {wide:.0f}×{tall:.0f} điểm ảnh: vật nhỏ hơn {SMALLEST}×{SMALLEST} điểm ảnh không phân biệt được "
            "với nhiễu. Hãy vẽ rộng hơn hoặc đặt camera gần hơn.",
            f"The zone is only {wide:.0f}×{tall:.0f} pixels: what is under {SMALLEST}×{SMALLEST} cannot be told from "
            "noise. Draw it larger, or bring the camera nearer.",
        )  # fmt: skip


def _rate(stream: Stream, zone: Zone, kinds: Sequence[str]) -> Iterator[ZoneAdvice]:
    least = TRAFFIC_FPS if set(kinds) & _FAST else ANY_FPS
    if 0 < stream.fps < least - 0.2:
        names = ", ".join(described(k).name.vi.lower() for k in kinds if least == ANY_FPS or k in _FAST)
        english = ", ".join(described(k).name.en.lower() for k in kinds if least == ANY_FPS or k in _FAST)
        yield _say(
            zone, "fps_low", Weight.BAD,
            f"Luồng phân tích chỉ có {number(stream.fps, vi=True)} hình/giây, cần ít nhất {least:.0f}: sẽ bỏ sót "
            f"{names}.",
            f"The analysed stream has {number(stream.fps, vi=False)} pictures a second, it takes {least:.0f}: "
            f"{english} will be missed.",
        )  # fmt: skip


def _scale(stream: Stream) -> float:
    return min(1.0, LOOKED_AT / stream.width) if stream.width else 1.0


def _detail(site: Site, stream: Stream, zone: Zone, kinds: Sequence[str]) -> Iterator[ZoneAdvice]:
    """Pixels on what each kind is about: one sentence for each thing that is too small, naming all kinds it costs."""
    known = density(zone, stream, site.ground, site.people.get(zone.id))
    if known is None:
        return
    scale = _scale(stream)
    for thing in dict.fromkeys(_NEEDS[k] for k in kinds if k in _NEEDS):
        share = 0.0
        if known.basis == "ground" and site.ground is not None:
            share = share_below(zone, stream, site.ground, thing.pixels / thing.metres / scale)
        elif known.least * thing.metres * scale < thing.pixels:
            share = 1.0
        if share < PART:
            continue
        own = [k for k in kinds if _NEEDS.get(k) == thing]
        names = ", ".join(described(k).name.vi.lower() for k in own)
        english = ", ".join(described(k).name.en.lower() for k in own)
        pixels = known.least * thing.metres * scale
        if share >= MOST:
            yield _say(
                zone, "few_pixels", Weight.BAD,
                f"Ở đây {thing.name.vi} chỉ cao {pixels:.0f} điểm ảnh, cần ít nhất {thing.pixels:.0f}: không đủ để "
                f"phát hiện {names}. Hãy đặt camera gần hơn hoặc kéo gần.",
                f"Here {thing.name.en} is only {pixels:.0f} pixels tall, it takes {thing.pixels:.0f}: not enough for "
                f"{english}. Bring the camera nearer or zoom in.",
            )  # fmt: skip
        else:
            yield _say(
                zone, "few_pixels_far", Weight.WARN,
                f"Phần xa của vùng ({100 * share:.0f} %): {thing.name.vi} chỉ cao {pixels:.0f} điểm ảnh, sẽ bỏ sót "
                f"{names} ở đó. Hãy bỏ phần xa ra khỏi vùng.",
                f"The far part of the zone ({100 * share:.0f} %): {thing.name.en} is {pixels:.0f} pixels tall there, "
                f"{english} will be missed. Leave it out of the zone.",
            )  # fmt: skip
