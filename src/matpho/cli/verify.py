"""``matpho verify``: is an export whole and unchanged? Needs nothing but the export."""

import json
import sys
from pathlib import Path

import click

from matpho.casework.export_check import ExportReport, check_export


@click.command()
@click.argument("export", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON on standard output.")
def command(export: Path, as_json: bool) -> None:
    """Check an EXPORT (the ZIP, or the folder it was unpacked to) against its own manifest.

    Every file is read and compared with its SHA-256; files that are missing, changed or were added are named. The
    SHA-256 of the manifest itself is printed last: the ward's audit trail has the same one for this export.

    Exit code 0 when nothing is wrong, 1 otherwise.
    """
    report = check_export(export)
    if as_json:
        told = {
            "well": report.well,
            "files": report.files,
            "bytes": report.bytes,
            "manifest_sha256": report.manifest_sha256,
            "problems": [{"vi": p.vi, "en": p.en} for p in report.problems],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(sentences(report)))
    sys.exit(0 if report.well else 1)


def sentences(report: ExportReport) -> list[str]:
    """The report for people."""
    manifest = report.manifest
    cameras = ", ".join(str(c.get("name")) for c in manifest.get("cameras", []))
    span = manifest.get("span", {})
    lines = [
        f"{manifest.get('export')}: {cameras}",
        f"{span.get('start')} – {span.get('end')}",
        f"{report.files} tệp / files, {report.bytes / 1e6:.1f} MB",
    ]
    for camera in manifest.get("cameras", []):
        lines += [
            f"  {camera.get('id')}: {gap['start']} – {gap['end']}: {gap['vi']} / {gap['en']}"
            for gap in camera.get("gaps", [])
        ]
    lines += [f"✗ {p.vi} / {p.en}" for p in report.problems]
    lines.append(f"SHA-256 {report.manifest_sha256}")
    lines.append("✓ nguyên vẹn / whole and unchanged" if report.well else "✗ không nguyên vẹn / not as it was exported")
    return lines
