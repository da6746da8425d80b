"""The quiet hours: when nobody wants to be told that a camera or the machine is not well."""

from dataclasses import dataclass

from matpho.domain.camera import Hours
from matpho.domain.camera_table import Table, hours
from matpho.domain.words import Said
from matpho.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A stretch of the local day, None for none. ``urgent_always``: urgent problems are told in it all the same."""

    hours: Hours | None = None
    urgent_always: bool = False

    @property
    def text(self) -> str:
        """The stretch as it is written, such as ``22:00-06:00``; "" for none."""
        if self.hours is None:
            return ""
        end = f"{self.hours.end:%H:%M}"
        return f"{self.hours.start:%H:%M}-{'24:00' if end == '00:00' else end}"


def read_quiet(text: str, where: Said) -> Hours | None:
    """A stretch as people write it, over midnight too; nothing for an empty text. Raises BadInput, which says where."""
    text = text.strip()
    if not text:
        return None
    start, _, end = (part.strip() for part in text.partition("-"))
    if start == end:
        raise BadInput(
            f"{where.en}: {start} to {end} has no length; choose two different times",
            f"{where.vi}: từ {start} đến {end} không có độ dài; hãy chọn hai giờ khác nhau",
        )
    try:
        return hours(Table({}, where), "", [text])[0]
    except BadInput as e:
        raise BadInput(
            f"{where.en}: “{text[:40]}” is no stretch of the day; write it like 22:00-06:00",
            f"{where.vi}: “{text[:40]}” không phải khung giờ; hãy ghi như 22:00-06:00",
        ) from e
