"""How many of the short real clips are told as a fight, of both labels: ``pytest -m shared -s`` prints the figures.

The folder beside the checkout is taken, or the one that ``MATPHO_SHARED`` names.
"""

import os
from pathlib import Path

import pytest

from matpho.domain.camera_file import parse
from matpho.pipeline.analyse import analyse
from matpho.wiring import load_detector

pytestmark = [pytest.mark.integration, pytest.mark.shared]

SHARED = Path(os.environ.get("MATPHO_SHARED") or Path(__file__).parents[4] / "shared")
CAMERA = """
[camera]
id = "doan-phim"
name = "đoạn phim"
[[zone]]
id = "ca-hinh"
purpose = "gathering"
polygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
[zone.rules.fight]
enabled = true
"""


def test_fights_are_found_more_often_than_calm_is_taken_for_one() -> None:
    folder = SHARED / "clips" / "fightsurv"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: fights were NOT tried on real clips")
    detector, camera = load_detector("nanodet"), parse(CAMERA)
    told = {
        label: [
            any(i.kind == "fight" for i in analyse(clip, camera, detector).incidents)
            for clip in sorted((folder / label).glob("*.mp4"))
        ]
        for label in ("fight", "noFight")
    }
    found, false = sum(told["fight"]), sum(told["noFight"])
    print(f"fights told {found} of {len(told['fight'])}, falsely {false} of {len(told['noFight'])}")
    assert found >= 3
    assert false == 0
