import json
from pathlib import Path

import pytest

from matpho.domain.audit import first_break
from matpho.domain.camera import StreamRole
from matpho.domain.events import (
    CamerasChanged,
    EvidenceChanged,
    HoldsChanged,
    IncidentOpened,
    PeopleChanged,
    PlaceChanged,
    ProblemChanged,
    ProcessChanged,
    StreamChanged,
    TrialChanged,
)
from matpho.domain.evidence import EvidenceState
from matpho.domain.incident import IncidentState
from matpho.domain.messages import Link, WorkerState
from matpho.domain.words import Said
from matpho.web.openapi import DEFAULT, description, main, text
from matpho.web.parts import DetectorFacts, Disk, ProcessFacts
from matpho.web.telling import told

pytestmark = pytest.mark.unit


class Machine:
    def disk(self):
        return Disk(total=1000, free=400, reserved=100)

    def detector(self):
        return DetectorFacts(name="nanodet", sha256="ab" * 32, licence="Apache-2.0")

    def processes(self):
        return (
            ProcessFacts(name="recorder", pid=None, state="stopped", since=None, restarts=3),
            ProcessFacts(name="vision-0", pid=77, state="running", since=None, restarts=0, figures={"cpu": 0.5}),
        )


def test_health_is_public_and_says_little(site):
    answer = site.browser().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "reasons": []})


def test_a_sick_database_shows_in_the_health(site):
    site.store.close()
    for file in site.tmp.glob("matpho.sqlite*"):
        file.write_bytes(b"no database at all" * 500)
    answer = site.browser().get("/healthz")
    assert answer.status_code == 503
    assert str(site.tmp) not in answer.text


def test_the_state_of_the_whole(office):
    office.build(machine=Machine())
    browser = office.as_role_again("observer")
    office.states.hear(WorkerState("vision-0", 77, office.clock.now(), {"frames_per_s": 30.0}))
    body = browser.get("/api/system").json()
    assert body["disk"] == {"total": 1000, "free": 400, "reserved": 100, "state": "well", "said": None}
    assert body["detector"]["licence"] == "Apache-2.0"
    assert body["now"] == "2026-11-23T06:00:00.000Z"
    assert body["recordings"] == {"bytes": 0, "oldest": None, "newest": None}
    assert [(p["name"], p["state"], p["figures"]) for p in body["processes"]] == [
        ("recorder", "stopped", {}),
        ("vision-0", "running", {"frames_per_s": 30.0, "cpu": 0.5}),
    ]


def test_without_a_supervisor_the_workers_speak_for_themselves(office):
    office.states.hear(WorkerState("vision-0", 77, office.clock.now(), {"frames_per_s": 30.0}))
    [process] = office.admin.get("/api/system").json()["processes"]
    assert (process["name"], process["pid"], process["state"]) == ("vision-0", 77, "running")


def test_the_trail_is_read_page_by_page_and_holds(office):
    for number in range(7):
        office.add_camera(f"c{number}")
        office.admin.ask("DELETE", f"/api/cameras/c{number}")
    found, cursor = [], None
    while True:
        page = office.admin.get("/api/audit", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    numbers = [row["number"] for row in found]
    assert numbers == list(range(len(numbers), 0, -1))
    assert found[0]["action"] == "remove_camera"
    assert (found[0]["object"], found[0]["who"]) == ("camera:c6", "Lan")
    assert found[-1]["who"] is None
    with office.store.read() as unit:
        assert first_break(unit.audit.rows()) is None


def test_each_event_reaches_the_pages_under_its_name():
    incident = IncidentOpened("i1", "intrusion", "cong", IncidentState.SUSPECTED, 1)
    assert told(incident)[0] == "incident_changed"
    assert told(incident)[1].model_dump(mode="json") == {
        "id": "i1",
        "state": "suspected",
        "kind": "intrusion",
        "camera_id": "cong",
        "version": 1,
    }
    names = {
        told(event)[0]
        for event in (
            incident,
            EvidenceChanged("i1", "e1", EvidenceState.READY),
            StreamChanged("cong", StreamRole.SUB, Link.LOST),
            CamerasChanged("cong"),
            ProcessChanged("recorder", "down"),
            HoldsChanged("cong"),
            ProblemChanged("p", "offline", "camera:cong", holds=True),
            PlaceChanged("full", Said("đầy", "full")),
            TrialChanged("t", "running"),
        )
    }
    described = set(description()["components"]["schemas"]["EventKinds"]["properties"])
    assert names | {"hello"} == described
    assert told(PeopleChanged("p1")) is None


def test_the_committed_description_is_the_one_the_program_gives():
    assert Path(__file__).parents[3] / "frontend" / "openapi.json" == DEFAULT
    assert DEFAULT.read_text("utf-8") == text(), "run: python -m matpho.web.openapi"


def test_the_description_can_be_written_and_checked(tmp_path, capsys):
    file = tmp_path / "openapi.json"
    assert main(["--check", str(file)]) == 1
    assert "openapi" in capsys.readouterr().err
    assert main([str(file)]) == 0
    assert main(["--check", str(file)]) == 0
    schemas = json.loads(file.read_text("utf-8"))["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    assert schemas["LiveBox"]["properties"]["group"]["$ref"] == "#/components/schemas/Group"
