"""Nobody watched when the bag was set down: who did it is found in what the recorder wrote."""

import os
import signal
import time
from dataclasses import replace

import pytest

from matpho.domain.camera_file import camera_table
from matpho.domain.messages import HitSeen
from matpho.domain.time import SECOND
from matpho.sim import staging
from matpho.sim.background import Background
from matpho.sim.compose import Composer
from matpho.sim.serve import ServedStream
from matpho.sim.server import StagedCameras
from matpho.sim.staged_film import StagedFilm
from matpho.sim.suite import chosen, suite
from matpho.testing.system import RunningSystem, wait_for
from matpho.video import journal

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

CAMERA = "bag-street"
BLIND_S, SET_DOWN_S, SEES_S, LENGTH_S = 14.0, 20.0, 28.0, 60.0  # of the film


def film(path):
    """The street of the staged suite, on which somebody leaves a bag at :data:`SET_DOWN_S`; its camera as a table."""
    (scene,) = chosen(suite(), only=(CAMERA,))
    actions = tuple(replace(a, start_s=SET_DOWN_S, end_s=LENGTH_S) for a in scene.script.actions)
    script = replace(scene.script, fps=5.0, duration_s=LENGTH_S, actions=actions)
    StagedFilm(Composer(Background(staging.source_of(None), script.view), script)).encode(path)
    return camera_table(script.camera)


def hits(system):
    found = [fact for fact, _ in journal.read(system.settings.journals / CAMERA / "vision.jsonl")]
    return [fact.hit for fact in found if isinstance(fact, HitSeen)]


def blind_until(system, began_s, until_s):
    """End the vision worker as a stop does, and hold the next one before it has a picture."""
    old = system.pid("vision-0")
    os.kill(old, signal.SIGTERM)
    wait_for(lambda: (new := system.pid("vision-0")) and new != old, 20, "the next vision worker")
    new = system.pid("vision-0")
    os.kill(new, signal.SIGSTOP)
    time.sleep(max(0.0, began_s + until_s - time.time()))
    os.kill(new, signal.SIGCONT)


def test_who_left_a_thing_while_nobody_watched_is_found_in_the_recording(tmp_path):
    table = film(tmp_path / "street.mp4")
    (zone,) = table["zones"]
    zone["rules"] = {"illegal_dumping": {"min_duration_s": 10.0, "min_unattended_s": 5.0}}
    served = ServedStream(camera=CAMERA, role="main", file=str(tmp_path / "street.mp4"))
    with (
        StagedCameras([served]) as cameras,
        RunningSystem(tmp_path / "home", "[recording]\nsegment_s = 10\n") as system,
    ):
        system.set_up()
        system.add_camera({**table, "id": CAMERA, "main": cameras.address(CAMERA, "main")})
        first = wait_for(lambda: sorted((system.settings.recordings / CAMERA).glob("*/*.mp4")), 60, "a recording")[0]
        began_s = int(first.stem) / SECOND
        time.sleep(max(0.0, began_s + BLIND_S - time.time()))
        assert hits(system) == []
        blind_until(system, began_s, SEES_S)
        traced = wait_for(lambda: [h for h in hits(system) if "recorded_s" in h.figures], 120, "who it was")
        assert {h.kind for h in hits(system)} == {"illegal_dumping"}
        told = traced[-1]
        assert abs(told.start / SECOND - (began_s + SET_DOWN_S)) < 4.0, "dated back to the moment by the recording"
        assert "theo bản ghi" in told.why.vi
        assert "người" in told.why.vi
        (incident,) = wait_for(lambda: system.get("/api/incidents")["items"], 30, "the incident")
        assert incident["why"]["vi"] == told.why.vi
