"""``matpho score``: how well results answer annotated events."""

import json
from pathlib import Path
from typing import Any

import click

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
    is a false one unless its kind is advisory. Clips without a result are named, not counted.
    """
    from matpho.pipeline.score import answers_of, events_of, score_clip, stems, summary

    listed = events_of(read_json(events))
    if not outdir.is_dir():
        raise BadInput(f"There is no folder {outdir}.", f"Không có thư mục {outdir}.")
    scores, without = [], []
    for clip, expected in listed.items():
        result = next((f for s in stems(clip) if (f := outdir / f"{s}.json").is_file()), None)
        if result is None:
            without.append(clip)
            continue
        scores.append(score_clip(clip, expected, answers_of(read_json(result))))
    if not scores:
        raise BadInput(f"{outdir} holds no result of any clip.", f"{outdir} không có kết quả của đoạn phim nào.")
    figures = {**summary(scores), "without_result": without}
    click.echo(json.dumps(figures, ensure_ascii=False, indent=1) if as_json else table(figures))


def read_json(path: Path) -> Any:
    """A JSON file. Raises BadInput when it cannot be read."""
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except OSError as e:
        raise BadInput(f"{path} cannot be read: {e.strerror}", f"Không đọc được {path}: {e.strerror}") from e
    except (ValueError, RecursionError) as e:
        raise BadInput(f"{path} is no JSON: {e}", f"{path} không phải JSON: {e}") from e


def table(figures: dict[str, Any]) -> str:
    """The figures as text for people."""
    lines = ["Annotated events, sure ones (found / all), median delay of the first telling:"]
    for kind, row in figures["types"].items():
        delay = "" if row["median_delay_s"] is None else f"   {row['median_delay_s']:+.1f} s"
        extra = f" (and {row['found_unsure']} unsure)" if row["found_unsure"] else ""
        lines.append(f"  {kind:36} {row['found']} / {row['sure']}{extra}{delay}")
    lines += ["", "Kinds (right, false, precision, recall, F1):"]
    for kind, row in figures["kinds"].items():
        shown = "  ".join("–" if row[k] is None else f"{row[k]:.2f}" for k in ("precision", "recall", "f1"))
        lines.append(f"  {kind:36} {row['right']:3} {row['false']:3}   {shown}")
    lines += ["", f"False incidents: {figures['false']}"]
    for clip in figures["clips"]:
        lines += [f"  {clip['clip']}: {f['kind']} {f['start_s']:.1f}–{f['end_s']:.1f} s" for f in clip["false"]]
    if figures["without_result"]:
        lines += ["", f"Clips without a result: {len(figures['without_result'])}"]
    return "\n".join(lines)
