"""The staged suite's report as a page of Markdown."""

from collections.abc import Iterator
from typing import Any

_COLUMNS = (
    *("family", "what", "scenes", "found", "recall", "from 24 px", "delay (s)", "twice", "to look at", "false"),
    "false/h at most",
)
_WRONG = ("missed", "twice", "only_to_look_at", "false")
"""What makes a scene worth a line of its own."""


def as_text(report: dict[str, Any]) -> str:
    """The page."""
    return "\n".join((*_head(report), *_families(report), *_sizes(report), *_types(report), *_scenes(report))) + "\n"


def _head(report: dict[str, Any]) -> Iterator[str]:
    told = f"{report['detector']['name']} ({report['detector']['sha256'][:12]})"
    of, false = report["staged_recall_of"], report["false_alarms"]
    kinds = _kinds(false["by_kind"])
    yield from (
        "# Staged scenes",
        "",
        f"A **regression figure** on {report['staged_scenes']} staged scenes over {len(report['backgrounds'])}",
        f"backgrounds ({', '.join(report['backgrounds'])}).",
        "It says whether the pipeline got better or worse at what is staged; it is not accuracy: things and owners",
        "are drawn. The analysis knows nothing of the scripts and goes at a live camera's pace, five pictures a",
        "second.",
        f"The zones of the families wait {report['dwell_s']:.0f} s; those of scenes written by hand have the defaults.",
        "",
        f"Made by `{report['command']}` with detector {told}, {report['machine']}, in {report['cpu_s']} CPU-s.",
        "",
        f"- **Plain scenes from {of['from_px']:.0f} px on: {of['found']} of {of['staged']}, recall {_share(of)}.**",
        f"- False incidents in {false['hours']:.2f} h: {false['count']} ({kinds}), at most",
        f"  {false['upper95_per_hour']} an hour (95 % bound).",
        f"- Beside these, incidents that only ask somebody to look: {_kinds(report['only_to_look_at'])}.",
        "",
    )


def _kinds(counts: dict[str, int]) -> str:
    """Each kind with its number."""
    return ", ".join(f"{kind} {n}" for kind, n in counts.items()) or "none"


def _share(row: dict[str, Any]) -> str:
    """Recall and its interval."""
    if row["recall"] is None:
        return "–"
    low, high = row["wilson95"]
    return f"{row['recall']:.2f} ({low:.2f}–{high:.2f})"


def _of(row: dict[str, Any] | None) -> str:
    return f"{row['found']} of {row['staged']}" if row and row["staged"] else "–"


def _families(report: dict[str, Any]) -> Iterator[str]:
    yield "## Families"
    yield ""
    yield "Recall with Wilson's 95 % interval. Delay: median and 90th percentile, from the set-down on. *To look at*:"
    yield "incidents that only ask somebody to look and answer nothing; they are no false ones."
    yield ""
    yield f"| {' | '.join(_COLUMNS)} |"
    yield "|---" * len(_COLUMNS) + "|"
    for name, row in report["families"].items():
        large, false = row["from_24_px"], row["false"]
        delay = "–" if row["delay_median_s"] is None else f"{row['delay_median_s']:g}, {row['delay_p90_s']:g}"
        cells = (
            name,
            row["about"],
            row["scenes"],
            _of(row),
            _share(row),
            _of(large),
            delay,
            row["told_twice"],
            sum(row["only_to_look_at"].values()),
            false["count"],
        )
        yield f"| {' | '.join(map(str, cells))} | {false['upper95_per_hour']:g} |"
    closing = [(n, r) for n, r in report["families"].items() if r["closed_in_time"] is not None]
    for name, row in closing:
        yield ""
        yield f"Of {name}, {row['closed_in_time']} of {row['found']} incidents ended within 8 s of the thing's going."
    yield ""


def _sizes(report: dict[str, Any]) -> Iterator[str]:
    yield "## By size, and plain scenes by background"
    yield ""
    names = list(dict.fromkeys(name for row in report["families"].values() for name in row["by_size"]))
    yield f"| family | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"
    for name, row in report["families"].items():
        if row["by_size"]:
            yield f"| {name} | {' | '.join(_of(row['by_size'].get(n)) for n in names)} |"
    yield ""
    yield "| background | plain scenes found | recall |"
    yield "|---|---|---|"
    for name, row in report["plain_by_background"].items():
        yield f"| {name} | {row['found']} of {row['staged']} | {_share(row)} |"
    yield ""


def _types(report: dict[str, Any]) -> Iterator[str]:
    yield "| staged event, all families | found | recall | delay median, p90 (s) |"
    yield "|---|---|---|---|"
    for name, row in report["types"].items():
        delay = "–" if row["delay_median_s"] is None else f"{row['delay_median_s']:g}, {row['delay_p90_s']:g}"
        yield f"| {name} | {row['found']} of {row['staged']} | {_share(row)} | {delay} |"
    yield ""


def _scenes(report: dict[str, Any]) -> Iterator[str]:
    """Scenes in which something went wrong, and every one written by hand."""
    yield "## Scene by scene"
    yield ""
    yield "Every one where something was missed, false, told twice or only to look at, and all written by hand."
    yield ""
    yield "| scene | size px, contrast | found | missed | twice | to look at | false |"
    yield "|---|---|---|---|---|---|---|"
    for s in report["scenes"]:
        if s["family"] != "by_hand" and not any(s[key] for key in _WRONG):
            continue
        size = ", ".join(f"{e['size_px']:.0f}, {e['contrast'] or '–'}" for e in s["expected"] if e["size_px"]) or "–"
        cells = (", ".join(s[key]) or "–" for key in ("found", "missed", "twice", "only_to_look_at", "false"))
        yield f"| {s['scene']} | {size} | {' | '.join(cells)} |"
    if report["labels"]:
        yield from ("", "## What the detector calls the drawn things", "")
        yield from ("| scene | thing | in the whole picture | close up |", "|---|---|---|---|")
    for r in report["labels"]:
        yield f"| {r['scene']} | {r['thing']} | {r['whole_picture'] or '–'} | {r['close_up'] or '–'} |"
