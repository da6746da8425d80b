"""``matpho doctor``: what this machine has, what is missing, and the one line that mends it."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from matpho import wiring
from matpho.cli.options import home_option
from matpho.domain.words import Said
from matpho.errors import BadInput, MatphoError
from matpho.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``level`` is ok, note or wrong; ``mend`` is what to type, where that helps."""

    level: str
    name: str
    said: Said
    mend: str = ""


def _python(_: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    fine = (3, 11) <= sys.version_info[:2] < (3, 14)
    return Finding("ok" if fine else "note", "python", Said(f"Python {version}", f"Python {version}"))


def _codecs(_: Settings) -> Finding:
    import av

    missing = [
        name
        for name, mode in (("h264", "r"), ("hevc", "r"), ("mjpeg", "w"), ("libx264", "w"))
        if not _codec(av, name, mode)
    ]
    if missing:
        return Finding(
            "wrong",
            "video",
            Said(f"PyAV thiếu bộ mã: {', '.join(missing)}", f"PyAV lacks codecs: {', '.join(missing)}"),
            "pip install --force-reinstall 'av>=18.1,<19'",
        )
    return Finding("ok", "video", Said(f"PyAV {av.__version__}: đủ bộ mã", f"PyAV {av.__version__}: all codecs"))


def _codec(av: object, name: str, mode: str) -> bool:
    try:
        av.codec.Codec(name, mode)  # type: ignore[attr-defined]
    except ValueError:
        return False
    return True


def _detector(settings: Settings) -> Finding:
    try:
        info = wiring.load_detector(settings).info
    except MatphoError as e:
        return Finding("wrong", "detector", Said(e.vi, e.en), "matpho models build")
    text = f"{info.name} {info.input_width}×{info.input_height}, sha256 {info.sha256[:12]}…, {info.licence}"
    return Finding("ok", "detector", Said(text, text))


def _fire_models(settings: Settings) -> Finding:
    vision = settings.vision
    names = {vision.fire_model, *(vision.fire_model_of(c) for c in vision.cameras)} - {""}
    for name in sorted(names):
        try:
            wiring.load_fire_model(name, settings.models)
        except MatphoError as e:
            return Finding("wrong", "fire model", Said(e.vi, e.en), "matpho models list")
    text = Said(", ".join(sorted(names)), ", ".join(sorted(names))) if names else Said("không dùng", "none is used")
    return Finding("ok", "fire model", text)


def _cpu(_: Settings) -> Finding:
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        flags = ""
    if "avx512_vnni" in flags or "avx_vnni" in flags:
        return Finding("ok", "cpu", Said("Bộ xử lý có VNNI: nhận dạng int8 nhanh", "VNNI: int8 detection is quick"))
    return Finding(
        "note",
        "cpu",
        Said(
            "Bộ xử lý không có VNNI: nhận dạng chậm hơn khoảng 2 lần",
            "no VNNI: detection takes about twice as long",
        ),
    )


def _page(_: Settings) -> Finding:
    if wiring.page_folder().joinpath("index.html").exists():
        return Finding("ok", "page", Said("Trang web đã dựng", "the page is built"))
    return Finding("wrong", "page", Said("Chưa dựng trang web", "the page is not built"), "./run setup")


def _home(settings: Settings) -> Finding:
    place = settings.home
    while not place.exists():
        place = place.parent
    free_gb = shutil.disk_usage(place).free / 1e9
    days = free_gb / 43.2  # one camera at 4 Mbit/s writes 43.2 GB a day
    said = Said(
        f"{settings.home}: còn {free_gb:.0f} GB, khoảng {days:.0f} ngày-camera ở 4 Mbit/s",
        f"{settings.home}: {free_gb:.0f} GB free, about {days:.0f} camera-days at 4 Mbit/s",
    )
    return Finding("ok" if free_gb * 1000 > settings.recording.reserve_mb else "wrong", "disk", said)


def _zone(settings: Settings) -> Finding:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(settings.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return Finding(
            "wrong",
            "time zone",
            Said(f"Không có múi giờ {settings.time_zone}", f"no such time zone: {settings.time_zone}"),
        )
    return Finding("ok", "time zone", Said(settings.time_zone, settings.time_zone))


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    _python,
    _cpu,
    _codecs,
    _detector,
    _fire_models,
    _page,
    _zone,
    _home,
)


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one after the other."""
    for check in CHECKS:
        yield check(settings)


@click.command(help="Say what this machine has and what is missing. Exit code 1 when something must be mended.")
@home_option
@click.option("--json", "as_json", is_flag=True, help="For machines: a list of {level, name, said, mend}.")
def command(home: Path, as_json: bool) -> None:
    """Print the findings."""
    found, settings = [], Settings(home=home.absolute())
    try:
        settings = load(home)
    except BadInput as e:  # everything else is looked at with the settings of a new home
        mend = f"$EDITOR {home / 'matpho.toml'}"
        found.append(Finding("wrong", "settings", Said(e.vi, e.en), mend))
    found.extend(findings(settings))
    if as_json:
        click.echo(json.dumps([asdict(f) for f in found], ensure_ascii=False, indent=2))
    else:
        signs = {"ok": click.style("✓", fg="green"), "note": click.style("·", fg="yellow"), "wrong": "✗"}
        for f in found:
            click.echo(f"{signs[f.level]} {f.name:10} {f.said.vi}")
            if f.said.en != f.said.vi:
                click.echo(f"  {'':10} {click.style(f.said.en, dim=True)}")
            if f.mend and f.level == "wrong":
                click.echo(f"  {'':10} → {f.mend}")
    sys.exit(any(f.level == "wrong" for f in found))
