"""``matpho check``: do recordings, journal and index agree, is every second accounted for, is evidence as sealed?"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from matpho import settings as settings_file
from matpho.casework.check import CaseworkReport
from matpho.cli.options import own_home_option
from matpho.video.check import Report, check
from matpho.wiring.casework_check import evidence_report
from matpho.wiring.index import recorded_index
from matpho.wiring.keeping import recordings_place
from matpho.wiring.rebuild import Rebuilt, rebuild

SHOWN = 20
INDEX = frozenset({"index_unknown", "removed_indexed", "not_indexed", "index_differs"})
"""Problems of the database alone."""


@click.command()
@own_home_option
@click.option("--repair", is_flag=True, help="Write what cures a problem into the journal; nothing is ever deleted.")
@click.option("--rebuild", "anew", is_flag=True, help="First make the index anew, and a damaged database: see below.")
@click.option("--new-disk", is_flag=True, help="Take over the folder of recordings as it is: the old disk is gone.")
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON on standard output.")
def command(home: Path, repair: bool, anew: bool, new_disk: bool, as_json: bool) -> None:
    """Check that what is on the disk is what was told, for every camera.

    Reads every recording's structure (not its pictures), so it may run beside a running system. Cameras that are
    being recorded at this moment are checked but not repaired. Reads every file of evidence whole and follows the
    audit trail from its first row.

    --rebuild is for a system that is stopped. What the database knows of recordings is read anew from the journals. A
    database that cannot be opened is moved to db/damaged-…, and what can still be read of it is taken over; incidents
    whose rows are lost come back from the journals as suspected, cameras from the workers' list. A backup
    (matpho restore) keeps more: prefer it where there is a recent one.

    Where the folder of recordings is not the one that was recorded to (a disk that is not mounted), nothing is checked
    and exit code 5 says so; --new-disk takes over the folder that is there, and what was on the old one counts as lost.

    Exit code 0 when nothing is wrong, 1 otherwise.
    """
    settings = settings_file.load(home)
    if not settings.home.is_dir():
        click.echo(f"Chưa có dữ liệu ở / nothing is kept at {settings.home}", err=True)
        sys.exit(3)
    place = recordings_place(settings)
    if new_disk:
        place.adopt(anew=True)
    place.require()
    if anew:
        click.echo("\n".join(rebuilt_sentences(rebuild(settings))), err=True)
    quiet = as_json or not sys.stderr.isatty()
    report = check(
        settings.journals,
        settings.recordings,
        index=recorded_index(settings),
        repair=repair,
        progress=lambda camera: None if quiet else click.echo(f"  {camera} …", err=True),
    )
    evidence = evidence_report(settings)
    well = report.well and (evidence is None or evidence.well)
    if as_json:
        told = as_plain(report) | {"evidence": asdict(evidence) if evidence else None, "well": well}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join([*sentences(report), *evidence_sentences(evidence), verdict(well)]))
    sys.exit(0 if well else 1)


def rebuilt_sentences(done: Rebuilt) -> list[str]:
    """What --rebuild did, for people."""
    lines = [f"đọc lại nhật ký / read anew from the journals: {done.facts}"]
    if done.aside is not None:
        lines.insert(0, f"cơ sở dữ liệu hỏng giữ ở / the damaged database is kept at {done.aside}")
    lines += [f"✗ {t.table}: chỉ cứu được / only this much was saved: {t.rows}" for t in done.tables if not t.whole]
    if done.cameras:
        lines.append(f"camera lấy từ danh sách đang chạy / cameras taken from the running list: {done.cameras}")
    if not done.people:
        lines.append(
            "không còn tài khoản nào: matpho run sẽ in đường dẫn thiết lập / no account is left: matpho run prints a "
            "set-up link"
        )
    return lines


def as_plain(report: Report) -> dict[str, object]:
    """The report as JSON-ready data."""
    problems = [
        {
            "code": p.code,
            "camera": p.camera_id,
            "path": p.path,
            "vi": p.said.vi,
            "en": p.said.en,
            "curable": bool(p.mend),
        }
        for p in report.problems
    ]
    return {**asdict(report), "problems": problems, "well": report.well}


def sentences(report: Report) -> list[str]:
    """The report on recordings for people."""
    lines = [
        f"{report.cameras} camera, {report.segments} tệp / files, {report.bytes / 1e6:.1f} MB",
        f"{report.growing} tệp đang ghi / files being written",
        f"đã ghi / recorded {report.recorded_s:.1f} s, khoảng trống / gaps {report.gap_s:.1f} s",
        f"không rõ / unaccounted {report.unaccounted_s:.3f} s".replace(" 0.000 s", " 0 s"),
    ]
    if report.removed:
        lines.append(f"đã xoá theo thời hạn lưu / removed by retention {report.removed} tệp, {report.removed_s:.1f} s")
    if report.lines_lost:
        lines.append(f"dòng nhật ký hỏng đã ghi nhận / damaged journal lines on record {report.lines_lost}")
    if report.repaired:
        lines.append(f"đã sửa / repaired {report.repaired}")
    for problem in report.problems[:SHOWN]:
        where = f"{problem.camera_id} {problem.path}".strip()
        lines.append(f"✗ {where}: {problem.said.vi} / {problem.said.en}")
    if len(report.problems) > SHOWN:
        lines.append(f"… {len(report.problems) - SHOWN} nữa / more (--json)")
    return [*lines, *advice(report)]


def advice(report: Report) -> list[str]:
    """What to type about it."""
    if report.busy:
        names = ", ".join(report.busy)
        return [
            f"→ {names}: đang ghi nên chưa sửa; dừng hệ thống rồi gõ lại matpho check --repair",
            f"  {names}: being recorded, so not repaired; stop the system, then matpho check --repair again",
        ]
    curable = sum(bool(p.mend) for p in report.problems)
    if curable:
        return [f"→ matpho check --repair: sửa được {curable} vấn đề / cures {curable} of these"]
    if any(p.code in INDEX for p in report.problems):
        return [
            "→ dừng hệ thống, rồi matpho check --rebuild lập lại chỉ mục / stop the system, --rebuild makes it anew"
        ]
    return []


def evidence_sentences(report: CaseworkReport | None) -> list[str]:
    """The report on evidence and trail for people."""
    if report is None:
        return []
    lines = [f"{report.files} tệp chứng cứ / files of evidence, {report.audit_rows} dòng nhật ký / audit rows"]
    if report.strays:
        lines.append(f"{len(report.strays)} bản niêm phong thừa / sealed twice by a killed desk")
    return lines + [f"✗ {said.vi} / {said.en}" for said in report.problems[:SHOWN]]


def verdict(well: bool) -> str:
    """The last line."""
    return "✓ không có gì sai / nothing is wrong" if well else "✗ có vấn đề / something is wrong"
