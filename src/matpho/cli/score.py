"""``matpho score``: how well results answer annotated events."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from matpho.domain.system_words import not_read
from matpho.domain.text_words import amiss
from matpho.errors import BadInput


@click.command("score")
@click.argument("events", type=click.Path(path_type=Path))
@click.argument("outdir", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON.")
def command(events: Path, outdir: Path, as_json: bool) -> None:
    """Compare OUTDIR/<clip>.json, as written by "matpho analyse", with the annotated EVENTS.

    \b
    Example:
      matpho score clips/events.json results/

    Each event is answered by at most one incident. Only sure events can be missed; an incident that answers no event
    is a false one unless its kind is advisory. A red light, a jump start and a wrong way must be told within 2 s of
    their moment. Clips without a result, and results that cannot be read, are named, not counted.
    """
    from matpho.pipeline.score import answers_of, events_of, footage_of, score_clip
    from matpho.pipeline.score_figures import summary

    data = read_json(events)
    listed = events_of(data)
    if not outdir.is_dir():
        raise BadInput(f"There is no folder {outdir}.", f"Không có thư mục {outdir}.")
    results = results_in(outdir, listed)
    scores, broken = [], []
    for clip, path in results.items():
        try:
            result = read_json(path)
            footage = footage_of(result, (data.get("clips") or {}).get(clip))
            scores.append(score_clip(clip, listed[clip], answers_of(result), footage))
        except BadInput as e:
            click.echo(f"{path.name}: {e.en}", err=True)
            broken.append(clip)
    if not scores:
        raise BadInput(f"{outdir} holds no result of any clip.", f"{outdir} không có kết quả của đoạn phim nào.")
    without = [clip for clip in listed if clip not in results]
    figures = {
        **summary(scores),
        "without_result": without,
        "broken_result": broken,
        "sure_events_not_judged": sum(e.sure for clip in (*without, *broken) for e in listed[clip]),
    }
    click.echo(json.dumps(figures, ensure_ascii=False, indent=1) if as_json else table(figures))


def results_in(outdir: Path, clips: Iterable[str]) -> dict[str, Path]:
    """The result of each clip that has one: called after the clip, or after its folder.

    Names are compared however their accents are written. A file that two clips could claim is nobody's.
    """
    from matpho.pipeline.score import stems

    def plain(name: str) -> str:
        return unicodedata.normalize("NFC", name)

    listed = list(clips)
    shared = Counter(stems(clip)[0] for clip in listed)
    there = {plain(p.relative_to(outdir).as_posix()): p for p in sorted(outdir.rglob("*.json"))}
    claims: dict[str, Path] = {}
    for clip in listed:
        whole, own = (
            Path(clip).with_suffix("").as_posix(),
            stems(clip) if shared[stems(clip)[0]] == 1 else stems(clip)[1:],
        )
        names = [f"{name}.json" for name in (whole, clip, *own, Path(clip).name)]
        found = next((there[n] for n in map(plain, names) if n in there), None)
        if found is not None:
            claims[clip] = found
    counts: Mapping[Path, int] = {p: list(claims.values()).count(p) for p in claims.values()}
    return {clip: p for clip, p in claims.items() if counts[p] == 1}


def read_json(path: Path) -> Any:
    """A JSON file. Raises BadInput when it cannot be read."""
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as e:
        raise not_read(BadInput, path, e) from e
    except (ValueError, RecursionError) as e:
        why = amiss(e)
        raise BadInput(f"{path} is no JSON: {why.en}", f"{path} không phải JSON: {why.vi}") from e


def table(figures: dict[str, Any]) -> str:
    """The figures as text for people."""
    lines = ["Annotated events, sure ones (found / all; by the wide window), median delay of the first telling:"]
    for kind, row in figures["types"].items():
        delay = "" if row["median_delay_s"] is None else f"   {row['median_delay_s']:+.1f} s"
        extra = f" (and {row['found_unsure']} of {row['unsure']} unsure)" if row["unsure"] else ""
        wide = f" ({row['found_loose']} by the wide window)" if row["found_loose"] != row["found"] else ""
        lines.append(f"  {kind:36} {row['found']} / {row['sure']}{wide}{extra}{delay}")
    lines += ["", "Kinds (right, false, precision, recall, F1):"]
    for kind, row in figures["kinds"].items():
        shown = "  ".join("–" if row[k] is None else f"{row[k]:.2f}" for k in ("precision", "recall", "f1"))
        lines.append(f"  {kind:36} {row['right']:3} {row['false']:3}   {shown}")
    lines += ["", f"False incidents: {figures['false']}{_bound(figures['false_alarms']['all'])}"]
    for clip in figures["clips"]:
        lines += [f"  {clip['clip']}: {f['kind']} {f['start_s']:.1f}–{f['end_s']:.1f} s" for f in clip["false"]]
    lines.append(
        f"On clips without any event: {figures['negatives_false']}{_bound(figures['false_alarms']['negatives'])}"
    )
    for key, said in (("without_result", "Clips without a result"), ("broken_result", "Results that cannot be read")):
        if figures[key]:
            lines += ["", f"{said}: {len(figures[key])}", *(f"  {clip}" for clip in figures[key])]
    if figures["sure_events_not_judged"]:
        lines.append(
            f"Sure events on these, counted neither as found nor as missed: {figures['sure_events_not_judged']}"
        )
    return "\n".join(lines)


def _bound(rate: Mapping[str, Any]) -> str:
    if rate["upper95_per_hour"] is None:
        return ""
    return f" in {rate['hours_analysed']:.2f} h (at most {rate['upper95_per_hour']:g} per hour, 95 %)"
