"""How long from a click on the timeline to the picture: the nearest key picture, and the exact one.

A running system records ``--cameras`` cameras while a real Chromium plays one of them. Each click goes to a random
moment of the recording that the player has not loaded; the page's own video says when which picture was presented.

    .venv/bin/python bench/playback.py --cameras 8 --clicks 60
"""

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from matpho.domain.time import SystemClock
from matpho.sim.footage import cache_folder
from matpho.sim.server import StagedCameras
from matpho.testing.system import RunningSystem, wait_for
from matpho.wiring.bench.streams import ABOUT, make_streams

LOADED_S = 35.0  # so far around the place it shows the player may have loaded
REPORTS = Path(__file__).parent / "reports"
GOALS = {"key_ms": 100.0, "exact_ms": 500.0}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]

WATCH = """() => {
  const video = document.querySelector('[data-testid=screen] video');
  window.seen = [];
  const each = (now, told) => { window.seen.push([now, told.mediaTime]); video.requestVideoFrameCallback(each); };
  video.requestVideoFrameCallback(each);
  document.querySelector('[data-testid=timeline]').addEventListener('pointerup', () => {
    window.clicked = performance.now(); window.before = video.currentTime; window.seen = []; }, true);
}"""
TOLD = """() => {
  const page = document.querySelector('[data-testid=playback]');
  const screen = document.querySelector('[data-testid=screen]');
  const video = screen.querySelector('video');
  return {clicked: window.clicked, seen: window.seen, loading: screen.dataset.loading, place: video.currentTime,
    at: Number(page.dataset.at), shown: Number(screen.dataset.shown), hole: !!screen.querySelector('.solid')};
}"""


def chromium() -> str:
    """Where the browser is."""
    found = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
    if found is None:
        raise SystemExit("No Chromium on this machine.")
    return found


def click(page: Page, share: float) -> dict[str, float] | None:
    """Click at a share of the timeline's width; ms to the key picture and to the exact one, None in a gap."""
    box = page.locator("[data-testid=timeline]").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] - 8)
    time.sleep(0.05)

    def ready() -> dict[str, object] | None:
        told: dict[str, object] = page.evaluate(TOLD)
        near = abs(float(str(told["at"])) - float(str(told["shown"]))) < 60
        return told if told["hole"] or (told["loading"] == "false" and told["seen"] and near) else None

    told = wait_for(ready, 20, "the picture")
    if told["hole"]:
        return None
    seen = [(now - told["clicked"], media) for now, media in told["seen"] if now >= told["clicked"]]
    exact = next(ms for ms, media in seen if -0.001 <= told["place"] - media < 0.045)
    return {"key_ms": seen[0][0], "exact_ms": exact}


def measure(system: RunningSystem, seconds: float, clicks: int) -> dict[str, object]:
    """Clicks on the recording of one camera."""
    random.seed(11)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        cookies = [{"name": c.name, "value": c.value or "", "url": system.address} for c in system.http.cookies.jar]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{system.address}/#/playback?cameras=c0")
        wait_for(lambda: page.query_selector("[data-testid=screen][data-loading=false]"), 30, "the page")
        for _ in range(4):  # closer, so that a pixel is a second
            page.keyboard.press("+")
        time.sleep(2)
        page.evaluate(WATCH)
        low, high = (float(page.get_attribute("[data-testid=timeline]", f"aria-value{n}") or 0) for n in ("min", "max"))
        now = SystemClock().now() / 1e9
        first, last = now - seconds + 10, now - 12
        found = []
        cpu = psutil.cpu_percent(None)
        while len(found) < clicks:
            target = random.uniform(first, last)  # noqa: S311 - places to click
            if abs(target - page.evaluate(TOLD)["shown"] / 1000) < LOADED_S:
                continue
            one = click(page, (target - low) / (high - low))
            if one:
                found.append(one)
            time.sleep(0.5)
        cpu = psutil.cpu_percent(None)
        browser.close()
    return {"clicks": found, "cpu_percent": cpu}


def summary(values: list[float]) -> dict[str, float]:
    """Median, 95th percentile and worst, ms."""
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))], 1),
        "worst": round(ordered[-1], 1),
    }


def run(cameras: int, seconds: float, clicks: int) -> dict[str, object]:
    """Record, click, report."""
    names = [f"c{n}" for n in range(cameras)]
    streams = make_streams(cache_folder() / "bench", ["busy"] * cameras)
    with (
        StagedCameras(streams) as served,
        tempfile.TemporaryDirectory() as folder,
        RunningSystem(Path(folder) / "home") as system,
    ):
        system.set_up()
        for name in names:
            addresses = {role: served.address(name, role) for role in ("main", "sub")}
            system.add_camera({"id": name, "name": name, **addresses})
        wait_for(lambda: len(list(system.settings.recordings.glob("*/*/*.mp4"))) >= cameras, 90, "all recording")
        time.sleep(seconds)
        told = measure(system, seconds, clicks)
    found: list[dict[str, float]] = told["clicks"]  # type: ignore[assignment]
    return {
        "command": " ".join(["python bench/playback.py", *sys.argv[1:]]),
        "cores": os.cpu_count(),
        "load": psutil.getloadavg()[0],
        "cpu_percent": told["cpu_percent"],
        "cameras": cameras,
        "streams": ABOUT,
        "clicks": len(found),
        "goals_ms": GOALS,
        **{name: summary([one[name] for one in found]) for name in GOALS},
    }


def as_text(report: dict[str, object]) -> str:
    """The report for people."""
    rows = []
    busy, load = report["cpu_percent"], float(str(report["load"]))
    for name, what in (("key_ms", "nearest key picture"), ("exact_ms", "exact picture")):
        one: dict[str, float] = report[name]  # type: ignore[assignment]
        goal = GOALS[name]
        met = "met" if one["median"] <= goal else "not met"
        rows.append(f"| {what} | {one['median']} | {one['p95']} | {one['worst']} | {goal:.0f} median: {met} |")
    return "\n".join(
        [
            "# From a click on the timeline to the picture",
            "",
            f"Made by `{report['command']}` on {report['cores']} cores.",
            f"{report['cameras']} cameras were being recorded and analysed meanwhile,",
            "and the browser (software decoding)",
            f"ran on the same cores: {busy} % of them busy, load {load:.1f} (other work included).",
            "",
            f"Streams: {report['streams']}.",
            f"{report['clicks']} clicks at random moments that were not loaded; ms from the release of the button",
            "until the picture was presented (`requestVideoFrameCallback`).",
            "",
            "| ms | median | p95 | worst | goal |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cameras", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=150.0, help="how long to record before the first click")
    parser.add_argument("--clicks", type=int, default=60)
    parser.add_argument("--out", type=Path, default=REPORTS)
    args = parser.parse_args()
    report = run(args.cameras, args.seconds, args.clicks)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "playback.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    (args.out / "playback.md").write_text(as_text(report), "utf-8")
    print(as_text(report))


if __name__ == "__main__":
    main()
