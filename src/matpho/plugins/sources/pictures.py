"""Whole pictures out of RTP packets: the marker behind a picture's last packet says at once that it is whole.

Where a camera sets no marker the next picture's time stamp says it, one picture's length later.
"""

from dataclasses import dataclass

from matpho.plugins.sources.rtp import RtpPacket, Unwrapped
from matpho.plugins.sources.units import Units, units_of

FORGIVEN = 100  # pictures in order after which a strike is forgotten: it was damage
_BACK_S = 1.0  # pictures that are sent out of order lie no further apart; a clock that is set leaps further


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture as Annex B, its unwrapped time stamp, and whether decoding can start here."""

    data: bytes
    stamp: int
    key: bool


class Pictures:
    """Puts pictures together. ``strikes`` counts what only a stream that is not for us does, ``unfit`` says what."""

    def __init__(self, codec: str, clock_rate: int) -> None:
        self._units: Units = units_of(codec)
        self._back = round(_BACK_S * clock_rate)
        self.stamps = Unwrapped()
        self._stamp: int | None = None  # of the picture that is coming in, as it was sent
        self._expected: int | None = None
        self._given: int | None = None
        self._sender: int | None = None
        self.lost = self.strikes = self._well = 0
        self.unfit = ""

    def feed(self, packet: RtpPacket) -> list[Picture]:
        """The pictures that are whole now: mostly none, or one."""
        units, found = self._units, list[Picture]()
        if packet.sequence != self._expected and self._expected is not None:
            self.lost += 1
            units.lost()
        self._expected = packet.sequence + 1 & 0xFFFF
        if packet.sender != self._sender:
            self._sender, self._given = packet.sender, None
        if packet.stamp != self._stamp:
            if units.slices:
                self._give(found)
            elif units.parts:
                units.lost()  # parameter sets with a time stamp of their own belong to what follows
            else:
                units.clear()
            self._stamp = packet.stamp
        units.feed(packet.payload)
        if units.odd:
            units.odd = False
            self._strike("packets of a form that was not announced")
        if packet.marker and units.slices:
            self._give(found)
        return found

    def _give(self, found: list[Picture]) -> None:
        """The picture that came in is whole, as far as it came."""
        assert self._stamp is not None
        units, before = self._units, self._given
        units.lost()
        picture = Picture(b"".join(units.parts), self.stamps.of(self._stamp), units.key)
        begins = units.begins
        units.clear()
        if before is not None and before - self._back <= picture.stamp <= before:
            if picture.stamp < before:
                self._strike("pictures come in another order than they are shown")
                return
            if not begins and not self.lost:
                self._strike("the marker does not end a picture")
        self._given = picture.stamp
        found.append(picture)
        self._well += 1
        if self._well % FORGIVEN == 0:
            self.strikes = max(0, self.strikes - 1)

    def _strike(self, why: str) -> None:
        self.strikes, self.unfit = self.strikes + 1, why
