"""Glass to glass: from the painting of a picture in a camera to its showing in a real browser, by one clock.

A camera (``stamped_camera.py``) paints the wall clock into every picture. The pictures go the whole way of a live
viewing: RTSP on loopback, recorder or vision process, live socket, desk, WebSocket, Media Source, <video> on the
program's own page. For each picture that Chromium is about to show (requestVideoFrameCallback) the page reads the stamp
back and takes its own wall clock at the time of display. Both ends are this machine's clock.

    .venv/bin/python bench/live_latency.py --seconds 30
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from matpho.testing.system import PASSWORD, RunningSystem, wait_for

REPORTS = Path(__file__).parent / "reports"
LIMIT_MS = 200
STREAMS = (("cam", "main", 1920, 1080, 25), ("cam", "sub", 640, 360, 10), ("nhanh", "sub", 640, 360, 25))
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]

READ = """
() => {
  const BITS = 42, BLOCKS = 45;
  const video = document.querySelector('[data-testid=camera-view] video');
  const canvas = document.createElement('canvas');
  canvas.width = BLOCKS * 4; canvas.height = 4;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const out = { ages: [], bad: 0, lag: [], from: performance.now() };
  window.matphoAges = out;
  const read = () => {
    const { videoWidth: width, videoHeight: height } = video;
    context.drawImage(video, 0, height / 24, width, height / 12, 0, 0, canvas.width, 4);
    const pixels = context.getImageData(0, 2, canvas.width, 1).data;
    const bit = (n) => (pixels[(n * 4 + 2) * 4] > 120 ? 1 : 0);
    let value = 0, ones = 0;
    for (let n = 1; n <= BITS; n++) { value = value * 2 + bit(n); ones += bit(n); }
    return bit(0) === 1 && bit(BLOCKS - 1) === 0 && (ones & 1) === bit(BITS + 1) ? value : null;
  };
  const next = (now, about) => {
    const stamp = read();
    if (stamp === null) out.bad += 1;
    else out.ages.push(performance.timeOrigin + Math.max(about.expectedDisplayTime, performance.now()) - stamp);
    const ranges = video.buffered;
    if (ranges.length) out.lag.push(ranges.end(ranges.length - 1) - video.currentTime);
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
}
"""


@contextmanager
def camera() -> Iterator[int]:
    """The stamped camera's port."""
    command = [sys.executable, str(Path(__file__).parent / "stamped_camera.py"), json.dumps(STREAMS)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def chromium() -> str:
    """The browser's program."""
    return next(p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n)))


def measure(page: Page, system: RunningSystem, name: str, stream: str, seconds: float) -> dict[str, object]:
    """Watch one stream on its own page."""
    page.goto("about:blank")
    page.goto(f"{system.address}/#/live/{name}")
    view = "[data-testid=camera-view]"
    page.wait_for_selector(view)

    def shown() -> bool:
        look = (
            f"(() => {{ const v = document.querySelector('{view}'); return [v.dataset.state, v.dataset.stream]; }})()"
        )
        state = page.evaluate(look)
        return bool(state == ["live", stream])

    if page.evaluate(f"document.querySelector('{view}').dataset.stream") != stream:
        page.keyboard.press("b")  # boxes come on with the sub stream and go with it
    wait_for(shown, 60, f"{name} {stream} live")
    time.sleep(5)
    page.evaluate(READ)
    time.sleep(seconds)
    found = page.evaluate("window.matphoAges")
    ages = sorted(found["ages"])
    return {
        "camera": name,
        "stream": stream,
        "pictures": len(ages),
        "shown_fps": round(len(ages) / seconds, 1),
        "unreadable": found["bad"],
        "p5_ms": round(ages[len(ages) // 20]),
        "p50_ms": round(statistics.median(ages)),
        "p95_ms": round(ages[len(ages) * 19 // 20]),
        "buffered_ahead_ms": round(statistics.median(found["lag"]) * 1000),
        "badge_ms": page.evaluate(f"Number(document.querySelector('{view}').dataset.ageMs)"),
    }


def run(seconds: float) -> dict[str, object]:
    """All streams, one after another."""
    load = psutil.getloadavg()[0]
    with camera() as port, tempfile.TemporaryDirectory() as folder, RunningSystem(Path(folder) / "home") as system:
        system.set_up()
        for name in dict.fromkeys(s[0] for s in STREAMS):
            roles = {s[1]: f"rtsp://127.0.0.1:{port}/{name}/{s[1]}" for s in STREAMS if s[0] == name}
            system.add_camera({"id": name, "name": name, "main": None, **roles})
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(f"{system.address}/")
            page.fill("input[autocomplete=username]", "quantri")
            page.fill("input[type=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_selector("[data-testid=nav-live]")
            rows = []
            for name, role, *_ in STREAMS:
                rows.append(measure(page, system, name, role, seconds))
                print(rows[-1], file=sys.stderr)
            browser.close()
    return {
        "command": " ".join(["python bench/live_latency.py", *sys.argv[1:]]),
        "cores": psutil.cpu_count(),
        "load_before": load,
        "seconds": seconds,
        "streams": [list(s) for s in STREAMS],
        "rows": rows,
    }


def as_text(report: dict) -> str:  # type: ignore[type-arg]
    """The report for people."""
    lines = [
        "# How old a live picture is",
        "",
        f"Made by `{report['command']}` on {report['cores']} cores (load {report['load_before']:.1f} before).",
        "",
        "From painting a picture in the camera to its display by Chromium (headless, software), by one clock:",
        "encoding, RTSP on loopback, our processes, WebSocket, Media Source, decoding, compositor.",
        f"Wanted: a median of {LIMIT_MS} ms at most.",
        "",
        "| stream | pictures/s shown | p5 ms | median ms | p95 ms | buffered ahead ms | the page's badge ms |",
        "|---|---|---|---|---|---|---|",
    ]
    sizes = {(s[0], s[1]): f"{s[2]}×{s[3]}@{s[4]}" for s in report["streams"]}
    for row in report["rows"]:
        name = f"{row['stream']} {sizes[row['camera'], row['stream']]}"
        cells = [row[k] for k in ("shown_fps", "p5_ms", "p50_ms", "p95_ms", "buffered_ahead_ms", "badge_ms")]
        lines.append(f"| {name} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="length of each viewing")
    parser.add_argument("--out", type=Path, default=REPORTS)
    args = parser.parse_args()
    report = run(args.seconds)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "live_latency.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    (args.out / "live_latency.md").write_text(as_text(report), "utf-8")
    print(as_text(report))


if __name__ == "__main__":
    main()
