"""The incident catalogue: what the ward acts on, by a stable code.

The 33 rows are those of the programme's taxonomy; a row whose forms are told apart by different rules has one code for
each form (``red_light`` and ``jump_start`` are both row 16). What no rule finds is entered by officers and residents.
"""

from dataclasses import dataclass
from enum import StrEnum

from matpho.domain.words import Said
from matpho.errors import BadInput


class KindGroup(StrEnum):
    """The five subjects of the catalogue."""

    AN = "AN"  # security and order
    GT = "GT"  # traffic
    DT = "DT"  # urban order
    VS = "VS"  # environment
    TB = "TB"  # the equipment itself


GROUP_NAMES: dict[KindGroup, Said] = {
    KindGroup.AN: Said("An ninh, trật tự", "Security and order"),
    KindGroup.GT: Said("Giao thông", "Traffic"),
    KindGroup.DT: Said("Trật tự đô thị", "Urban order"),
    KindGroup.VS: Said("Vệ sinh môi trường", "Environment"),
    KindGroup.TB: Said("Thiết bị", "Equipment"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of incident. ``row`` is its number in the taxonomy, 1..33.

    ``advisory``: what is seen calls a person to look and is never by itself a finding. ``found_by_rule``: a video rule
    may report it; the others are entered by people only.
    """

    code: str
    name: Said
    group: KindGroup
    row: int
    advisory: bool
    found_by_rule: bool


def _kind(row: int, code: str, group: str, vi: str, en: str, *, advisory: bool = False, rule: bool = False) -> Kind:
    return Kind(code=code, name=Said(vi, en), group=KindGroup(group), row=row, advisory=advisory, found_by_rule=rule)


_ALL = (
    _kind(1, "illegal_dumping", "VS", "Đổ trộm rác", "Illegal dumping", rule=True),
    _kind(2, "rubble_dumping", "VS", "Xe đổ đất đá, phế thải", "Vehicle dumping soil or rubble"),
    _kind(3, "littering", "VS", "Vứt rác ra vỉa hè, cống, hồ", "Littering"),
    _kind(4, "open_burning", "VS", "Đốt rác", "Open burning of waste"),
    _kind(5, "rubbish_heap", "VS", "Điểm rác tồn đọng", "Uncollected rubbish heap", rule=True),
    _kind(6, "waste_water", "VS", "Đổ nước thải, tràn cống", "Waste water or overflowing drain"),
    _kind(7, "uncovered_load", "VS", "Vật liệu rơi vãi, xe không che chắn", "Uncovered or spilt load"),
    _kind(8, "public_urination", "VS", "Phóng uế nơi công cộng", "Public urination"),
    _kind(9, "sidewalk_encroachment", "DT", "Lấn chiếm vỉa hè", "Sidewalk encroachment", rule=True),
    _kind(10, "hawking", "DT", "Bán hàng rong nơi cấm", "Hawking where it is not allowed"),
    _kind(
        11, "fixed_encroachment", "DT", "Biển hiệu, mái che, vật dụng lấn chiếm", "Boards, awnings or pots in the way"
    ),
    _kind(12, "building_materials", "DT", "Tập kết vật liệu, rào chắn trái phép", "Building materials or barriers"),
    _kind(13, "illegal_parking", "GT", "Dừng, đỗ xe sai quy định", "Illegal parking", rule=True),
    _kind(13, "stopped_vehicle", "GT", "Xe dừng giữa lòng đường", "Vehicle stopped on the roadway", rule=True),
    _kind(13, "stopped_on_crosswalk", "GT", "Dừng xe trên vạch qua đường", "Stopped on a crosswalk", rule=True),
    _kind(14, "sidewalk_parking", "GT", "Đỗ xe trên vỉa hè", "Parking on the sidewalk", rule=True),
    _kind(15, "wrong_way", "GT", "Đi ngược chiều", "Wrong way", rule=True),
    _kind(16, "red_light", "GT", "Vượt đèn đỏ", "Red light violation", rule=True),
    _kind(16, "jump_start", "GT", "Vượt vạch trước khi đèn xanh", "Jumping the green", rule=True),
    _kind(17, "riding_on_sidewalk", "GT", "Đi xe trên vỉa hè", "Riding on the sidewalk", rule=True),
    _kind(18, "no_helmet", "GT", "Không đội mũ bảo hiểm", "Riding without a helmet"),
    _kind(19, "overloaded_motorbike", "GT", "Chở quá số người", "Too many people on a motorbike"),
    _kind(20, "street_racing", "GT", "Tụ tập đua xe, lạng lách", "Racing or weaving"),
    _kind(21, "collision", "GT", "Va chạm giao thông", "Traffic collision"),
    _kind(22, "fight", "AN", "Nghi đánh nhau, gây rối", "Possible fight or disorder", advisory=True, rule=True),
    _kind(23, "crowd", "AN", "Đông người bất thường", "Unusual crowd", advisory=True, rule=True),
    _kind(24, "intrusion", "AN", "Vào khu vực đóng cửa", "Entry to a closed area", rule=True),
    _kind(25, "vandalism", "DT", "Phá hoại, vẽ bậy, dán quảng cáo", "Vandalism, graffiti or posters"),
    _kind(26, "throwing_filth", "AN", "Ném chất bẩn, đe dọa đòi nợ", "Throwing filth, threats over debts"),
    _kind(27, "loose_animals", "AN", "Thả rông chó, gia súc", "Loose animals"),
    _kind(28, "unattended_object", "AN", "Vật bỏ quên khả nghi", "Unattended object", rule=True),
    _kind(29, "fire_smoke", "AN", "Nghi có khói, lửa", "Possible smoke or fire", advisory=True, rule=True),
    _kind(30, "obstruction", "DT", "Vật cản, cây đổ, ngập, hố ga mất nắp", "Obstruction or hazard", rule=True),
    _kind(31, "camera_tampering", "TB", "Camera bị che, mờ hoặc xoay", "Camera covered, blurred or turned", rule=True),
    _kind(32, "camera_outage", "TB", "Mất tín hiệu camera", "Camera outage", rule=True),
    _kind(32, "picture_quality", "TB", "Hình ảnh kém chất lượng", "Poor picture quality", rule=True),
    _kind(32, "clock_drift", "TB", "Camera lệch giờ", "Camera clock drift", rule=True),
    _kind(33, "person_down", "AN", "Người cần trợ giúp", "Person in need of help", advisory=True, rule=True),
)

KINDS: dict[str, Kind] = {kind.code: kind for kind in _ALL}


def kind_of(code: str) -> Kind:
    """The catalogue row of a code; raises BadInput when there is none."""
    try:
        return KINDS[code]
    except KeyError:
        raise BadInput(f"there is no kind of incident {code}", f"không có loại vụ việc {code}") from None


def described(code: str) -> Kind:
    """The catalogue row of a code, or, for one that a foreign rule made up, a row that shows the code itself."""
    unknown = Kind(code=code, name=Said(code, code), group=KindGroup.AN, row=0, advisory=True, found_by_rule=True)
    return KINDS.get(code, unknown)
