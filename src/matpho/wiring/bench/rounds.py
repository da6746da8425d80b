"""Several rounds of one measurement as one row: a shared machine has slow minutes, and the median forgets them."""

from collections.abc import Mapping, Sequence
from typing import Any

GAPS = "gaps in the recording"
EACH = ("ratio", "cpu_cores", "pss_mb", "floor_ms_per_camera_second", "cpu_ms_per_camera_second", "void_because")


def as_one(rounds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The figures of the median round by ratio, at least one, and what each round had.

    A round in which work was left out is thrown away and counted; the row is void when half of them are, or when a
    second was not recorded in any: gaps and memory are those of the worst round.
    """
    whole = [r for r in rounds if not r["void"]]
    enough = 2 * len(whole) > len(rounds)
    counted = sorted(whole if enough else rounds, key=lambda r: float(r["ratio"]))
    gaps = sum(float(r["gap_seconds"]) for r in rounds)
    because = {reason for r in rounds for reason in r["void_because"]}
    reasons = because if not enough else because & {GAPS}
    return {
        **counted[len(counted) // 2],
        "pss_mb": max(float(r["pss_mb"]) for r in rounds),
        "gap_seconds": round(gaps, 3),
        "ratios": [r["ratio"] for r in rounds],
        "thrown": len(rounds) - len(whole),
        "rounds": [{name: r[name] for name in EACH} for r in rounds],
        "void": bool(reasons),
        "void_because": sorted(reasons),
    }
