"""``matpho drill``: the proof that a backup can be restored."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from matpho import settings as settings_file
from matpho.cli.check import evidence_sentences, sentences
from matpho.cli.options import own_home_option
from matpho.domain.time import SystemClock
from matpho.errors import BadInput, MatphoError
from matpho.settings import Settings
from matpho.wiring import backup as b


@click.command("drill")
@click.argument("archive", type=click.Path(path_type=Path), required=False)
@click.option("--recordings", is_flag=True, help="With the recordings (needs their size twice).")
@click.option(
    "--scratch",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the temporary home is made (else $TMPDIR).",
)
@click.option("--json", "as_json", is_flag=True, help="For machines: one object on standard output.")
@own_home_option
def command(archive: Path | None, recordings: bool, scratch: Path | None, as_json: bool, home: Path) -> None:
    """Prove a backup: restore ARCHIVE (or a fresh one of this home) into a temporary home and check everything there.

    The result goes into the audit trail of --home. Exit code 0 when the backup can be relied on, 1 when not.
    """
    settings = settings_file.load(home)
    place = scratch or Path(tempfile.gettempdir())
    if not place.is_dir():
        raise BadInput(f"there is no folder {place}", f"không có thư mục {place}")
    with tempfile.TemporaryDirectory(dir=place, prefix="matpho-drill-") as folder:
        if archive is None:
            archive = Path(folder) / "backup.tar"
            b.make_backup(settings, archive, recordings=recordings)
        run_drill(settings, archive, {"file": str(archive)}, as_json=as_json, scratch=place)


def run_drill(
    settings: Settings, archive: Path, told: dict[str, Any], *, as_json: bool, scratch: Path | None = None
) -> None:
    """Run the drill, note it, say it; ends the program with 1 when something was wrong."""
    clock = SystemClock()
    try:
        found = b.drill(archive, scratch or archive.parent)
    except MatphoError as e:
        note_failure(settings, "drill", e)
        raise
    b.note(settings, b.fact_of("drill", found.contents, found.took_s, clock.now(), found.problems))
    if as_json:
        told |= {
            "well": found.well,
            "took_s": round(found.took_s, 3),
            "restored_files": len(found.contents.files),
            "evidence_files": found.evidence.files if found.evidence else 0,
            "audit_rows": found.evidence.audit_rows if found.evidence else 0,
            "recorded_s": round(found.recordings.recorded_s, 3),
            "unaccounted_s": found.recordings.unaccounted_s,
            "problems": [{"vi": p.vi, "en": p.en} for p in found.problems],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join([*sentences(found.recordings), *evidence_sentences(found.evidence)]))
        verdict = "✓ phục hồi thử thành công / the restore drill passed"
        click.echo(verdict if found.well else "✗ phục hồi thử không đạt / the restore drill failed")
    sys.exit(0 if found.well else 1)


def note_failure(settings: Settings, act: str, e: MatphoError) -> None:
    """Into the trail too, where there is a home to note it in: a drill that failed is what people must hear of."""
    if settings.journals.is_dir():
        b.note(settings, b.failed(act, e, SystemClock().now()))
