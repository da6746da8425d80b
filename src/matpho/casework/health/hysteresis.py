"""From signs to problems: a trouble must hold for a while to be raised, and be gone for a while to be cleared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matpho.casework.health.records import Problem
from matpho.casework.health.signs import Sign
from matpho.casework.health.trouble import TROUBLES
from matpho.domain.ids import CameraId
from matpho.domain.time import Instant, seconds

Key = tuple[str, str]
"""Subject and trouble."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one round of looking came to: ``raised`` are (subject, trouble, since, figures), ``changed`` whole rows."""

    raised: tuple[tuple[str, str, Instant, Mapping[str, float | str]], ...]
    changed: tuple[Problem, ...]


class Hysteresis:
    """Remembers since when each sign has held or been gone. A restart only begins the waiting anew."""

    def __init__(self) -> None:
        self._bad: dict[Key, Instant] = {}
        self._good: dict[Key, Instant] = {}

    def judge(self, signs: Mapping[Key, Sign], open_now: Mapping[Key, Problem], now: Instant) -> Verdict:
        """Compare what shows with what is raised. A subject without signs any more (a removed camera) is cleared."""
        raised, changed = [], []
        for key, sign in signs.items():
            problem = open_now.get(key)
            if problem is None and self._lasts(key, sign, now):
                raised.append((key[0], key[1], self._bad[key], sign.figures))
            elif problem is not None and self._over(key, sign, now):
                changed.append(replace(problem, until=self._good[key]))
            elif problem is not None and sign.holds and _differ(problem.figures, sign.figures):
                changed.append(replace(problem, figures=dict(sign.figures)))
        changed += [replace(p, until=now) for key, p in open_now.items() if key not in signs]
        for memory in (self._bad, self._good):
            for key in [k for k in memory if k not in signs]:
                del memory[key]
        return Verdict(tuple(raised), tuple(changed))

    def _lasts(self, key: Key, sign: Sign, now: Instant) -> bool:
        """Whether the trouble has held long enough; a moment of not knowing neither adds nor takes away."""
        if sign.holds is False:
            self._bad.pop(key, None)
        if not sign.holds:
            return False
        self._good.pop(key, None)
        since = self._bad.setdefault(key, now)
        if since > now:  # the wall clock was set back
            since = self._bad[key] = now
        return seconds(now - since) >= TROUBLES[key[1]].raise_s

    def _over(self, key: Key, sign: Sign, now: Instant) -> bool:
        if sign.holds is not False:
            self._good.pop(key, None)
            return False
        self._bad.pop(key, None)
        since = self._good.setdefault(key, now)
        if since > now:
            since = self._good[key] = now
        return seconds(now - since) >= TROUBLES[key[1]].clear_s


def _differ(old: Mapping[str, float | str], new: Mapping[str, float | str]) -> bool:
    """Whether the figures moved by more than a fifth: rows are not rewritten for every flicker."""
    if old.keys() != new.keys():
        return True
    for name, value in new.items():
        was = old[name]
        if isinstance(value, str) or isinstance(was, str):
            if value != was:
                return True
        elif abs(value - was) > 0.2 * max(abs(value), abs(was), 1e-9):
            return True
    return False


def subject_of(camera_id: CameraId) -> str:
    """How problems name a camera."""
    return f"camera:{camera_id}"
