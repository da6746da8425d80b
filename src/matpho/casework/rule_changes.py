"""What was changed at the rules of a camera's zones, as a line of the audit trail."""

from collections.abc import Iterator, Sequence
from itertools import islice

from matpho.domain.camera import Zone

MOST = 20
"""So many changes are written out in one row of the trail; the zones themselves are kept as versions."""


def rule_changes(old: Sequence[Zone], new: Sequence[Zone]) -> str:
    """``zone kind.setting old → new``, one after the other; ``-`` is the rule's own value. Empty: nothing changed."""
    found = list(islice(_changes(old, new), MOST + 1))
    more = ("…",) if len(found) > MOST else ()
    return "; ".join((*found[:MOST], *more))


def _changes(old: Sequence[Zone], new: Sequence[Zone]) -> Iterator[str]:
    before = {zone.id: zone.rules for zone in old}
    for zone in new:
        had = before.get(zone.id, {})
        for kind in sorted({*had, *zone.rules}):
            was, now = had.get(kind, {}), zone.rules.get(kind, {})
            for name in sorted({*was, *now}):
                if was.get(name) != now.get(name):
                    yield f"{zone.id} {kind}.{name} {_text(was.get(name))} → {_text(now.get(name))}"


def _text(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value).lower()
