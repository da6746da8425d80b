"""``matpho import``: footage from a camera's card into the gaps of its recording."""

import contextlib
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from matpho import settings as settings_file
from matpho.cli.options import own_home_option
from matpho.domain.ids import CameraId
from matpho.domain.time import Instant, SystemClock, after, from_iso, to_iso
from matpho.errors import BadInput
from matpho.settings import Settings
from matpho.wiring.imports import Outcome, Wish, import_footage

EARLIEST = from_iso("2010-01-01T00:00:00Z")
"""Before it, no camera of a ward had a card: a clock that was never set, or a slip of the hand."""
LONGEST_OFFSET_S = 10 * 366 * 86_400.0
TOLD_BY = {
    "name": "tên tệp / name",
    "folder and name": "thư mục / folder",
    "header": "tiêu đề / header",
    "given": "--start",
}


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option("--camera", "camera_id", required=True, help="Id of the camera whose gaps are to be filled.")
@click.option("--start", help="When the one file begins, such as 2026-11-24T08:30:00 (ward's time) or with an offset.")
@click.option(
    "--offset-s", type=float, default=0.0, help="Seconds added to every time found: corrects a camera's clock."
)
@click.option("--zone", help="Time zone of the times in file names (default: the ward's).")
@click.option("--sharp", is_flag=True, help="Also where only a smaller picture was recorded (record = sub).")
@click.option("--dry-run", is_flag=True, help="Say what would be taken and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="For machines: one object per file on standard output.")
@own_home_option
def command(
    paths: tuple[Path, ...],
    camera_id: str,
    start: str | None,
    offset_s: float,
    zone: str | None,
    *,
    sharp: bool,
    dry_run: bool,
    as_json: bool,
    home: Path,
) -> None:
    """Fill gaps in a camera's recording with footage from its SD card: files, or a folder of them.

    \b
    Example:
      matpho import /media/sdcard/DCIM --camera nga-ba-cho --dry-run

    Only what is missing is taken, so importing twice changes nothing. With --sharp what was recorded with a smaller
    picture counts as missing: for cameras that keep their sub stream. Both stay, and the sharper one is shown, cut and
    exported. Nothing is re-encoded, sound is left out,
    and the files on the card stay as they are. May run beside a running system. When a file begins is read from its
    name, else from its header. An import with a wrong clock is taken back with `matpho imports undo`.

    Exit code 0 when every file could be used, 3 when one could not.
    """
    settings = settings_file.load(home)
    if not abs(offset_s) <= LONGEST_OFFSET_S:
        raise BadInput(
            f"--offset-s {offset_s:g} is no correction of a clock: at most ten years",
            f"--offset-s {offset_s:g} không phải độ lệch đồng hồ: tối đa mười năm",
        )
    local = _zone(zone or settings.time_zone)
    wish = Wish(
        camera_id=CameraId(camera_id),
        paths=paths,
        start=None if start is None else _start(start, local),
        offset_s=offset_s,
        local=local,
        dry=dry_run,
        sharp=sharp,
    )
    outcomes = import_footage(settings, wish, lambda o: None if as_json else _say(o))
    if as_json:
        click.echo(json.dumps([_plain(o) for o in outcomes], ensure_ascii=False, indent=1))
    else:
        filled = sum(o.taken.seconds for o in outcomes if o.taken)
        verb = "sẽ bổ sung / would fill" if dry_run else "đã bổ sung / filled"
        click.echo(f"{verb} {filled:.1f} s, {len(outcomes)} tệp / files")
        _say_how_to_undo(outcomes)
        _warn_of_age(outcomes, settings)
        if (blunt_s := sum(o.taken.blunt_s for o in outcomes if o.taken)) >= 1.0:
            click.echo(
                f"· {blunt_s:.0f} s ở đây chỉ ghi luồng phụ, hình nhỏ hơn trong thẻ: thêm --sharp để lấy hình nét\n"
                f"  {blunt_s:.0f} s of this were recorded with a smaller picture than the card's: --sharp takes that"
            )
    sys.exit(3 if any(o.error for o in outcomes) else 0)


def _say_how_to_undo(outcomes: list[Outcome]) -> None:
    for import_id in sorted({o.import_id for o in outcomes if o.import_id}):
        click.echo(f"nếu sai giờ / if the clock was wrong: matpho imports undo {import_id}")


def _warn_of_age(outcomes: list[Outcome], settings: Settings) -> None:
    """Say that what is older than the ward keeps goes at once, unless it is held."""
    days = settings.recording.routine_days
    limit = after(SystemClock().now(), -days * 86_400.0)
    old_s = sum(s.length_s for o in outcomes if o.taken for s in o.taken.filled if s.end < limit)
    if old_s >= 1.0:
        click.echo(
            f"· {old_s:.0f} s đã quá thời hạn lưu {days} ngày, sẽ bị xoá ngay sau khi bổ sung: hãy đặt lệnh giữ trước "
            f"(trang Lưu và xoá bản ghi)\n  {old_s:.0f} s are older than the {days} days that footage is kept, and go "
            "at once: hold that span first (page Keeping and deleting footage)"
        )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as e:
        raise BadInput(f"there is no time zone {name!r}", f"không có múi giờ {name!r}") from e


def _start(text: str, local: ZoneInfo) -> Instant:
    """An ISO time; without an offset it is local."""
    from datetime import datetime

    found: Instant | None = None
    with contextlib.suppress(ValueError, OverflowError):
        stamp = datetime.fromisoformat(text)
        found = from_iso((stamp if stamp.tzinfo else stamp.replace(tzinfo=local)).isoformat())
    if found is None or found < EARLIEST:
        raise BadInput(
            f"--start {text!r} is no time; write 2026-11-24T08:30:00",
            f"--start {text!r} không phải giờ; hãy ghi 2026-11-24T08:30:00",
        )
    return found


def _say(outcome: Outcome) -> None:
    name = outcome.path.name
    if outcome.error is not None:
        click.echo(f"✗ {name}: {outcome.error.vi}\n  {outcome.error.en}", err=True)
        return
    assert outcome.taken is not None
    assert outcome.time is not None
    shown, filled = outcome.taken.span.length_s, outcome.taken.seconds
    click.echo(
        f"✓ {name}: {to_iso(outcome.time.start)} ({TOLD_BY[outcome.time.told_by]}), "
        f"dài / long {shown:.1f} s, bổ sung / filled {filled:.1f} s"
    )


def _plain(outcome: Outcome) -> dict[str, object]:
    taken, time, error = outcome.taken, outcome.time, outcome.error
    return {
        "path": str(outcome.path),
        "start": to_iso(time.start) if time else None,
        "start_from": time.told_by if time else None,
        "shown_s": round(taken.span.length_s, 3) if taken else None,
        "filled": [[to_iso(s.start), to_iso(s.end)] for s in taken.filled] if taken else [],
        "filled_s": round(taken.seconds, 3) if taken else 0.0,
        "bytes": taken.bytes if taken else 0,
        "import": outcome.import_id or None,
        "smaller_only_s": round(taken.blunt_s, 3) if taken else 0.0,
        "error": {"vi": error.vi, "en": error.en} if error else None,
    }
