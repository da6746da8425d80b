"""What a staged clip holds, in the form of annotated events that ``matpho score`` compares against."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from matpho.sim.script import Expected, Script

FITS: Mapping[str, tuple[str, ...]] = {
    "abandoned_object": ("illegal_dumping", "unattended_object"),
    "sidewalk_occupied": ("sidewalk_encroachment",),
    "rubbish_heap": ("rubbish_heap",),
    "in_the_way": ("obstruction",),
    "parked_on_sidewalk": ("sidewalk_parking",),
    "parked_where_forbidden": ("illegal_parking",),
    "ridden_on_sidewalk": ("riding_on_sidewalk",),
    "intrusion_zone": ("intrusion",),
    "camera_tampering": ("camera_tampering", "picture_quality"),
    "stream_cut": ("camera_outage",),
}
"""Which of our kinds may answer a staged type."""

_ABOUT = (
    "Staged by a script, not seen by a person: times and boxes are exact, so every event is sure. "
    "Seconds from the first frame; boxes are [x, y, width, height] in pixels of the stored frame. "
    "'fits' says which kind may answer a type."
)


def table(script: Script, expected: Iterable[Expected], clip: str, width: int, height: int) -> dict[str, Any]:
    """The events file of one staged clip as JSON-ready data."""
    events = []
    for one in expected:
        box = None
        if one.box is not None:
            b = one.box
            box = [round(b.x * width), round(b.y * height), round(b.w * width), round(b.h * height)]
        events.append(
            {
                "clip": clip, "type": one.type, "start_s": round(one.start_s, 2), "end_s": round(one.end_s, 2),
                "box_xywh": box, "box_at_s": round((one.start_s + one.end_s) / 2, 2) if box else None,
                "confidence": "sure", "staged": True, "zone": one.zone, "note": one.note,
            }
        )  # fmt: skip
    shape = {
        "w": width, "h": height, "fps": script.fps, "frames": round(script.duration_s * script.fps),
        "duration_s": script.duration_s, "codec": "h264",
    }  # fmt: skip
    return {
        "about": _ABOUT, "clips": {clip: shape}, "zones": {}, "events": events,
        "fits": {kind: list(ours) for kind, ours in FITS.items()},
    }  # fmt: skip


def write(file: Path, data: Mapping[str, Any]) -> None:
    """Write an events file."""
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
