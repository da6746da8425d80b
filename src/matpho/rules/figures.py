"""Figures as people read them inside a sentence: lengths of time, shares, moments."""

from datetime import UTC, datetime, time, tzinfo

from matpho.domain.time import SECOND, Instant, seconds
from matpho.domain.words import Said


def length(s: float) -> Said:
    """A length of time: seconds below two minutes, else minutes and seconds, else hours and minutes."""
    whole = max(0, round(s))
    if whole < 120:
        return Said(f"{whole} giây", f"{whole} s")
    minutes, rest = divmod(whole, 60)
    if minutes < 120:
        return Said(f"{minutes} phút {rest} giây", f"{minutes} min {rest} s")
    hours, minutes = divmod(minutes, 60)
    return Said(f"{hours} giờ {minutes} phút", f"{hours} h {minutes} min")


def tenths(s: float) -> Said:
    """A short length of time, to the tenth of a second."""
    figure = f"{max(0.0, s):.1f}"
    return Said(f"{figure.replace('.', ',')} giây", f"{figure} s")


def percent(share: float) -> str:
    """A share 0..1 in per cent; the same in both languages."""
    return f"{100 * share:.0f}%"


def metres(m: float) -> Said:
    """A length in metres, to a tenth: no figure from a drawn rectangle is surer than that."""
    return Said(f"{m:.1f} m".replace(".", ","), f"{m:.1f} m")


def square_metres(m2: float) -> Said:
    """An area in square metres: to a tenth below ten, whole above."""
    figure = f"{m2:.1f}" if m2 < 10 else f"{m2:.0f}"
    return Said(f"{figure.replace('.', ',')} m²", f"{figure} m²")


def area(m2: float | None, share: float) -> Said:
    """About how large, in square metres where they are known, else as a share of the zone."""
    if m2 is None:
        return Said(f"chiếm {percent(share)} vùng", f"{percent(share)} of the zone")
    large = square_metres(m2)
    return Said(f"khoảng {large.vi}", f"about {large.en}")


def moment(at: Instant, local: tzinfo | None) -> Said:
    """The local time of day, or the second of the recording where there is no wall clock."""
    if local is None:
        figure = f"{seconds(at):.1f}"
        return Said(f"giây {figure.replace('.', ',')}", f"{figure} s")
    shown = f"{_local(at, local):%H:%M:%S}"
    return Said(shown, shown)


def time_of_day(at: Instant, local: tzinfo | None) -> time:
    """The local time of day; without a wall clock it is counted from midnight at the first frame."""
    return _local(at, local or UTC).time()


def _local(at: Instant, local: tzinfo) -> datetime:
    return datetime.fromtimestamp(at // SECOND, local)
