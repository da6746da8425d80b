"""What the rules about things left alone say of one that lay there before the camera began to look.

Nobody saw it come, and a bin that the detector takes for a suitcase lies there as well: it is told once, as a place to
look at, and one click allows it for good.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo

from matpho.domain.hit import RuleHit
from matpho.domain.observation import Scene, StaticObject
from matpho.domain.time import Instant
from matpho.domain.words import Said
from matpho.rules import figures
from matpho.rules.static_watch import StaticWatch, Verdict, dwell_s, unattended_s
from matpho.rules.telling import Teller


class FromStartWatch:
    """The hits of one rule about such things. ``counts`` says of one whether it is large enough, and in the zone."""

    def __init__(
        self, teller: Teller, counts: Callable[[StaticObject, Instant], bool], *, wait_s: float, alone_s: float
    ) -> None:
        """``wait_s``: how long it must have been there, ``alone_s``: with nobody at it; both seconds."""
        self._counts, self._wait_s, self._alone_s = counts, wait_s, alone_s
        self._local = teller.place.local
        self._watch = StaticWatch(teller, self._judge)

    def update(self, scene: Scene) -> list[RuleHit]:
        """New hits, those that last, and those that ended at this scene."""
        return [_advisory(hit) for hit in self._watch.update(replace(scene, static=scene.from_start))]

    def finish(self, at: Instant) -> list[RuleHit]:
        """End what is open."""
        return [_advisory(hit) for hit in self._watch.finish(at)]

    def _judge(self, thing: StaticObject, at: Instant) -> Verdict | None:
        alone, dwell = unattended_s(thing, at), dwell_s(thing, at)
        if dwell < self._wait_s or alone < self._alone_s or not self._counts(thing, at):
            return None
        numbers = {"dwell_s": dwell, "unattended_s": alone, "area_share": thing.area, "named_share": thing.score}
        return Verdict(thing.appeared, _why(thing, dwell, self._local), numbers, thing.score)


def _why(thing: StaticObject, dwell: float, local: tzinfo | None) -> Said:
    since, lain = figures.moment(thing.appeared, local), figures.length(dwell)
    named = figures.percent(thing.score)
    return Said(
        f"Có lẽ một túi hoặc bọc đã nằm sẵn ở đây khi camera bắt đầu xem ({since.vi}), từ đó đến nay {lain.vi}; "
        f"không rõ ai để lại. Máy nhận ra nó trong {named} số lần nhìn. Nếu vật này vốn ở đây, hãy cho phép.",
        f"What looks like a bag lay here already when the camera began to look ({since.en}) and has stayed for "
        f"{lain.en}; who left it is not known. It was recognised in {named} of the looks. "
        "If it belongs here, allow it.",
    )


def _advisory(hit: RuleHit) -> RuleHit:
    return replace(hit, advisory=True)
