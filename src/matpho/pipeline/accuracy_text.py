"""The accuracy report as a page of Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def as_text(report: dict[str, Any]) -> str:
    """The whole page."""
    parts = (_head, _types, _kinds, _conditions, _kinds_by, _whole_clips, _false_alarms, _degraded, _varied, _clips)
    return "\n".join(line for part in parts for line in part(report)) + "\n"


def _head(report: dict[str, Any]) -> Iterator[str]:
    which = f"{report['detector']['name']} (sha256 {report['detector']['sha256'][:12]}…)"
    cost, negatives = report["cost"], report["score"]["false_alarms"]["negatives"]
    yield from ("# Accuracy on the measurement clips", "")
    yield f"Made by `{report['command']}` with the detector {which}; the protocol is that of docs/design/accuracy.md."
    yield "Few events of each kind: these are examples, not statistics. Recall counts sure events only."
    yield from ("", f"- False incidents on the {negatives['clips']} clips without an event: **{negatives['count']}**.")
    yield f"- False incidents in all: **{report['score']['false']}** in {report['hours_analysed']:.2f} h."
    if report["staged_recall"] is not None:
        yield (
            f"- Staged suite: {report['staged_scenes']} scenes; recall {report['staged_recall']:.2f} of plain "
            "things from 24 px on (`staged.md`)."
        )
    yield (
        f"- {cost['frames_per_cpu_s']:.1f} analysed frames and {cost['footage_s_per_cpu_s']:.1f} s of footage "
        f"per second of processor time, {cost['detector_calls_per_footage_s']:.2f} detector calls per second of "
        f"footage, at most {cost['peak_memory_mib']} MiB of memory."
    )
    if report["unreadable"]:
        yield f"- **Not analysed**, because nothing could be read: {', '.join(report['unreadable'])}."


def _types(report: dict[str, Any]) -> Iterator[str]:
    yield from ("", "| annotated type | found | sure | by the wide window | not sure, found of | median delay |")
    yield "|---|---|---|---|---|---|"
    for kind, row in report["score"]["types"].items():
        unsure = f"{row['found_unsure']} / {row['unsure']}"
        cells = (row["found"], row["sure"], row["found_loose"], unsure, _delay(row["median_delay_s"]))
        yield f"| {kind} | " + " | ".join(map(str, cells)) + " |"


def _kinds(report: dict[str, Any]) -> Iterator[str]:
    yield from ("", "| our kind | right | false | unmatched, advisory | precision | recall | F1 | median delay |")
    yield "|---|---|---|---|---|---|---|---|"
    for kind, row in report["score"]["kinds"].items():
        silent = not row["right"] and not row["false"] and not row["unmatched_advisory"]
        if silent and row["found"] == row["sure"]:
            continue  # other kinds answered all that this one may answer
        rates = " | ".join(_rate(row[k]) for k in ("precision", "recall", "f1"))
        counts = f"{row['right']} | {row['false']} | {row['unmatched_advisory']}"
        yield f"| {kind} | {counts} | {rates} | {_delay(row['median_delay_s'])} |"


def _conditions(report: dict[str, Any]) -> Iterator[str]:
    """By size and by light, one row for each pair that has an event that is sure or was found."""
    for key, name in (("by_size", "size, at 640 px wide"), ("by_light", "light, by the picture")):
        yield from ("", f"| annotated type | {name} | found | sure | median delay |", "|---|---|---|---|---|")
        for kind, parts in report["score"][key].items():
            for part, row in parts.items():
                yield f"| {kind} | {part} | {row['found']} | {row['sure']} | {_delay(row['median_delay_s'])} |"


def _kinds_by(report: dict[str, Any]) -> Iterator[str]:
    """Our kinds by size and by light; an incident that answers nothing counts by its own box and moment."""
    for key, name in (("kinds_by_size", "size, at 640 px wide"), ("kinds_by_light", "light, by the picture")):
        yield from ("", f"| our kind | {name} | right | false | precision | recall | F1 | median delay |")
        yield "|---|---|---|---|---|---|---|---|"
        for kind, parts in report["score"][key].items():
            for part, row in parts.items():
                if not row["right"] and not row["false"] and row["found"] == row["sure"]:
                    continue  # other kinds answered all of it
                rates = " | ".join(_rate(row[k]) for k in ("precision", "recall", "f1"))
                counts = f"{row['right']} | {row['false']}"
                yield f"| {kind} | {part} | {counts} | {rates} | {_delay(row['median_delay_s'])} |"


def _whole_clips(report: dict[str, Any]) -> Iterator[str]:
    window = report["protocol"]
    yield from ("", "## Whole clips", "")
    yield (
        f"A clip counts once, by its first notification, from {-window['whole_clips_from_s']:.0f} s before to "
        f"{window['whole_clips_to_s']:.0f} s after the event (the measures of the dumping contest IWDD 2026)."
    )
    yield from ("", "| kind | right | false | missed | rightly silent | precision | recall | F1 | mean delay |")
    yield "|---|---|---|---|---|---|---|---|---|"
    for kind, row in report["score"]["whole_clips"].items():
        counts = " | ".join(str(row[k]) for k in ("right", "false", "missed", "rightly_silent"))
        rates = " | ".join(_rate(row[k]) for k in ("precision", "recall", "f1"))
        yield f"| {kind} | {counts} | {rates} | {_delay(row['mean_delay_s'])} |"


def _false_alarms(report: dict[str, Any]) -> Iterator[str]:
    told = report["score"]["false_alarms"]
    yield from ("", "## False alarms", "")
    yield "The upper bound of the rate, 95 % one-sided (Poisson): what was not seen in minutes may still come daily."
    yield from ("", "| | false | hours | at most per hour | at most per day |", "|---|---|---|---|---|")
    rows = {"all clips": told["all"], "clips without an event": told["negatives"]}
    rows |= {f"`{kind}`": row for kind, row in told["by_kind"].items()}
    rows |= {f"light: {light}": row for light, row in told["by_light"].items()}
    for name, row in rows.items():
        most = " | ".join("–" if row[k] is None else f"{row[k]:g}" for k in ("upper95_per_hour", "upper95_per_day"))
        yield f"| {name} | {row['count']} | {row['hours_analysed']:.3f} | {most} |"


def _degraded(report: dict[str, Any]) -> Iterator[str]:
    if not report["degraded"]:
        return
    names = list(report["degraded"])
    yield from (
        "",
        "## The same clips, degraded",
        "",
        "Sure events found, and false incidents, as staged on each picture; only on the clips named below the table.",
    )
    yield from ("", "| | clean | " + " | ".join(names) + " |", "|---|" + "---|" * (len(names) + 1))
    for kind, row in report["score"]["types"].items():
        if row["sure"]:
            cells = [row, *(report["degraded"][n]["types"].get(kind) for n in names)]
            yield f"| {kind} | " + " | ".join(f"{c['found']} / {c['sure']}" if c else "–" for c in cells) + " |"
    for key, said in (("false", "false in all"), ("negatives_false", "false without an event")):
        counts = [report["score"][key], *(report["degraded"][n][key] for n in names)]
        yield f"| **{said}** | " + " | ".join(map(str, counts)) + " |"
    yield ""
    for name in names:
        yield f"- {name}: {', '.join(report['degraded'][name]['tried_on']) or 'no clip'}"


def _varied(report: dict[str, Any]) -> Iterator[str]:
    """A row for each variation: there are more of them than of kinds."""
    varied: dict[str, Any] = report["varied"]
    if not varied:
        return
    types = sorted({k for told in varied.values() for k, row in told["types"].items() if row["sure"] or row["unsure"]})
    kinds = sorted({k for told in varied.values() for k, row in told["kinds"].items() if row["false"]})
    clips = next(iter(varied.values()))["tried_on"]
    yield from (
        "",
        "## The clips of traffic, as another camera would have them",
        "",
        "Found of the sure events (and of those that are not sure); then incidents that answer nothing, by our kind.",
    )
    yield from ("", "| | " + " | ".join(types + [f"false `{k}`" for k in kinds]) + " |")
    yield "|---|" + "---|" * (len(types) + len(kinds))
    rows = {name: (told["types"], told["kinds"]) for name, told in varied.items()}
    for name, (found, false) in rows.items():
        cells = [_found_of(found.get(k)) for k in types] + [str(false.get(k, {}).get("false", 0)) for k in kinds]
        yield f"| {name} | " + " | ".join(cells) + " |"
    summed = {k: _sum([found[k] for found, _ in rows.values() if k in found]) for k in types}
    wrong = {k: sum(false.get(k, {}).get("false", 0) for _, false in rows.values()) for k in kinds}
    cells = [_found_of(summed[k]) for k in types] + [str(wrong[k]) for k in kinds]
    yield "| **in all** | " + " | ".join(cells) + " |"
    yield from ("", f"Tried on {', '.join(clips) or 'no clip'}.")


def _sum(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in ("found", "sure", "found_unsure", "unsure")}


def _found_of(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "–"
    unsure = f"({row['found_unsure']} / {row['unsure']})" if row["unsure"] else ""
    sure = f"{row['found']} / {row['sure']}" if row["sure"] else ""
    return " ".join(filter(None, (sure, unsure))) or "–"


def _clips(report: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## Clip by clip", "")
    for row, clip in zip(report["found"], report["score"]["clips"], strict=True):
        yield from _clip(row, clip)


def _clip(row: Mapping[str, Any], clip: Mapping[str, Any]) -> Iterator[str]:
    cost = sum(row["cpu_ms_per_camera_second"].values())
    lights = ", ".join(dict.fromkeys(light for _, light in row["lights"]))
    yield (
        f"**{row['clip']}** ({row['length_s']:.0f} s, {lights}, {row['inferences']} inferences, "
        f"{cost:.0f} CPU-ms per second)"
    )
    yield ""
    wrong = {(f["kind"], round(f["start_s"], 3)) for f in clip["false"]}
    for found in row["incidents"]:
        mark = "FALSE " if (found["kind"], round(found["start_s"], 3)) in wrong else ""
        yield f"- {mark}{found['start_s']:.1f}–{found['end_s']:.1f} s `{found['kind']}`: {found['why']['en']}"
    yield from (f"- missed: {m['type']} at {m['start_s']:.1f} s" for m in clip["missed"])
    if row["purposes_without_rule"]:
        yield f"- zones no rule watches yet: {', '.join(row['purposes_without_rule'])}"
    if not row["incidents"] and not clip["missed"]:
        yield "- nothing told, nothing missed"
    yield ""


def _delay(value: float | None) -> str:
    return "–" if value is None else f"{value:+.1f} s"


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
