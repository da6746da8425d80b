"""Recorded video over HTTP: rights, masks, the audit trail, gaps; over real files and the real player."""

import io
import json
import struct
import zipfile

import av
import pytest

from matpho.casework import commands as c
from matpho.casework.export_check import check_export
from matpho.casework.export_maker import ExportMaker
from matpho.casework.manifest import About
from matpho.domain.camera import Purpose, StreamRole
from matpho.domain.geometry import Box
from matpho.domain.messages import GapCause, GapSeen, SegmentClosed, SegmentOpened, TrackEnded
from matpho.domain.observation import Group
from matpho.domain.people import PROGRAM
from matpho.domain.time import Instant, after, to_iso
from matpho.domain.words import NOTHING_SAID
from matpho.settings import Settings
from matpho.testing.footage import packets
from matpho.video.segment import SegmentWriter
from matpho.wiring.footage import Clips
from matpho.wiring.playback import Covers, RecordedVideo

pytestmark = pytest.mark.unit


def iso(at):
    return to_iso(Instant(at))


@pytest.fixture
def ward(office):
    settings = Settings(home=office.tmp)
    office.recordings = settings.recordings
    office.build(recorded=RecordedVideo(settings))
    admin = office.browser()
    admin.sign_in("admin", "mật khẩu của admin")
    office.admin = admin
    office.camera = office.add_camera()
    office.start = after(office.clock.now(), -600)
    return office


def tell(ward, camera, *facts):
    journal = f"{camera.id}/recorder"
    with ward.store.read() as unit:
        begin = unit.notes.offset(journal)
    ward.desk.handle(c.TakeFacts(journal=journal, start=begin, end=begin + 10, facts=facts), PROGRAM)


def record(ward, camera, start, *, pictures=60, role=StreamRole.MAIN):
    """A real recording of ten pictures a second, in the folder and in the index."""
    info, told = packets(pictures=pictures, gop=10, start=start)
    name = f"{camera.id}/2026-11-23/{start}.mp4"
    writer = SegmentWriter(ward.recordings / name, info, start)
    writer.create()
    for packet in told:
        writer.add(packet, 0.0)
    writer.close()
    size = (ward.recordings / name).stat().st_size
    opened = SegmentOpened(camera.id, role, name, start, "h264", 160, 120)
    tell(ward, camera, opened, SegmentClosed(camera.id, name, start, writer.end, size, pictures))
    return writer.end


def parsed(content):
    """The records of an answer, as (header, bytes)."""
    at, found = 0, []
    while at < len(content):
        size = struct.unpack_from(">I", content, at)[0]
        header = json.loads(content[at + 4 : at + 4 + size])
        at += 4 + size
        found.append((header, content[at : at + header["bytes"]]))
        at += header["bytes"]
    return found


def footage(browser, camera, **query):
    answer = browser.get(f"/api/cameras/{camera.id}/footage", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    return parsed(answer.content)


def viewings(ward):
    return [(action, detail["masked"]) for action, _, detail in ward.trail() if action.startswith("view_")]


def test_a_stretch_plays_on_past_a_gap_whose_cause_is_told(ward):
    ended = record(ward, ward.camera, ward.start)
    again = after(ward.start, 30)
    record(ward, ward.camera, again)
    tell(ward, ward.camera, GapSeen(ward.camera.id, StreamRole.MAIN, ended, again, GapCause.NETWORK, NOTHING_SAID))
    officer = ward.as_role("officer")
    told = footage(officer, ward.camera, at=iso(after(ward.start, 4.5)), length=60)
    assert [h["type"] for h, _ in told][:3] == ["init", "part", "part"]
    assert told[1][0]["at_ms"] == pytest.approx(after(ward.start, 4) / 1e6, abs=1)
    gap = next(h for h, _ in told if h["type"] == "gap")
    assert gap["cause"] == "network"
    assert "mất kết nối" in gap["vi"]
    assert gap["end"] == iso(again)
    assert told[-1][0] == {"type": "end", "next": str(told_end(told)), "live": False, "bytes": 0}
    here = footage(officer, ward.camera, cursor=told[-1][0]["next"])
    assert [h["type"] for h, _ in here] == ["end"]
    into_the_gap = footage(officer, ward.camera, at=iso(after(ward.start, 20)), length=2)
    assert [h["type"] for h, _ in into_the_gap][:2] == ["gap", "init"]


def told_end(told):
    return int(told[-1][0]["next"])


def test_every_viewing_is_in_the_trail_once_and_before_the_first_byte(ward):
    record(ward, ward.camera, ward.start)
    officer = ward.as_role("officer")
    for second in range(4):
        footage(officer, ward.camera, at=iso(after(ward.start, second)), length=1)
    assert viewings(ward) == [("view_recording", False)]
    _, thing, detail = next(row for row in ward.trail() if row[0] == "view_recording")
    assert thing == "camera:cong-cho"
    assert detail["from"] <= iso(ward.start) <= detail["to"]
    assert detail["at"] == iso(ward.start)
    officer.get(f"/api/cameras/cong-cho/preview?at={iso(after(ward.start, 1))}")
    officer.get(f"/api/cameras/cong-cho/frame?at={iso(after(ward.start, 1))}")
    assert [a for a, _ in viewings(ward)] == ["view_recording", "view_preview", "view_frame"]
    ward.clock.go(700)
    footage(officer, ward.camera, at=iso(ward.start), length=1)
    assert len(viewings(ward)) == 4


def test_an_observer_gets_the_timeline_and_no_pixel(ward):
    record(ward, ward.camera, ward.start)
    observer = ward.as_role("observer")
    query = {"camera": "cong-cho", "from": iso(ward.start), "to": iso(after(ward.start, 600))}
    assert observer.get("/api/timeline", params=query).status_code == 200
    for what in ("footage", "preview", "frame"):
        assert observer.get(f"/api/cameras/cong-cho/{what}?at={iso(ward.start)}").status_code == 403
    assert viewings(ward) == []


def luma(data, form="mp4"):
    with av.open(io.BytesIO(data), "r", format=form) as container:
        return next(container.decode(video=0)).to_ndarray(format="gray")


def test_below_supervisor_private_areas_are_covered_in_the_pixels(ward):
    camera = ward.add_camera("cua-so", masked=True)
    record(ward, camera, ward.start)
    officer, supervisor = ward.as_role("officer"), ward.as_role("supervisor")
    at = iso(after(ward.start, 1))
    told = footage(officer, camera, at=at, length=1)
    assert told[0][0]["made"] == "covered"
    assert luma(told[0][1] + told[1][1])[:15, 30:45].max() < 30
    own = footage(supervisor, camera, at=at, length=1)
    assert own[0][0]["made"] == "original"
    assert luma(own[0][1] + own[1][1])[:15, 30:45].min() > 50
    for what, form in (("preview", "jpeg_pipe"), ("frame", "jpeg_pipe")):
        path = f"/api/cameras/cua-so/{what}?at={at}"
        assert luma(officer.get(path).content, form)[:15, 30:45].max() < 40
        assert luma(supervisor.get(path).content, form)[:15, 30:45].min() > 50
    assert viewings(ward)[:2] == [("view_recording", True), ("view_recording", False)]


def test_private_areas_of_that_day_are_covered_though_they_are_gone_today(ward):
    camera = ward.add_camera("cua-so", masked=True)
    record(ward, camera, after(ward.clock.now(), 1))
    then = iso(after(ward.clock.now(), 2))
    ward.clock.go(86400)
    zones = tuple(z for z in camera.zones if z.purpose is not Purpose.PRIVACY_MASK)
    actor = ward.parts.views.person_by_login("admin")
    ward.desk.handle(c.SetZones(camera_id=camera.id, zones=zones), c_actor(actor))
    told = footage(ward.as_role_again("officer"), camera, at=then, length=1)
    assert told[0][0]["made"] == "covered"


def c_actor(person):
    from matpho.domain.people import actor_of

    return actor_of(person)


def test_the_timeline_tells_recordings_gaps_incidents_and_activity(ward):
    ended = record(ward, ward.camera, ward.start)
    again = after(ward.start, 120)
    record(ward, ward.camera, again, role=StreamRole.SUB)
    tell(ward, ward.camera, GapSeen(ward.camera.id, StreamRole.MAIN, ended, again, GapCause.POWER, NOTHING_SAID))
    boxes = ((ward.start, Box(0.1, 0.1, 0.2, 0.2)),)
    tracks = [
        TrackEnded(ward.camera.id, n, Group.PERSON, after(ward.start, s), after(ward.start, s + 2), boxes)
        for n, s in enumerate((1, 2, 61))
    ]
    tell(ward, ward.camera, *tracks)
    incident = ward.add_incident(ward.camera)
    query = {"camera": "cong-cho", "from": iso(ward.start), "to": iso(after(ward.clock.now(), 1))}
    line = ward.admin.get("/api/timeline", params=query).json()["cameras"][0]
    assert [s["start"] for s in line["recorded"]] == [iso(ward.start), iso(again)]
    assert [(g["cause"], g["lasts"]) for g in line["gaps"]] == [("power", False), (None, True)]
    assert line["gaps"][0]["said"]["vi"] == "máy mất điện hoặc khởi động lại"
    assert line["activity"][:2] == [2, 1]
    assert line["bucket_s"] == 60
    assert [i["id"] for i in line["incidents"]] == [incident]
    days = ward.admin.get("/api/cameras/cong-cho/calendar?year=2026&month=11").json()["days"]
    assert [d["recorded_s"] for d in days if d["recorded_s"]] == [12.0]


def test_what_makes_no_sense_is_refused(ward):
    query = {"camera": "cong-cho", "from": iso(ward.start), "to": iso(ward.start)}
    assert ward.admin.get("/api/timeline", params=query).status_code == 422
    assert ward.admin.get("/api/cameras/cong-cho/footage").status_code == 422
    assert ward.admin.get(f"/api/cameras/cong-cho/footage?at={iso(ward.start)}&length=-1").status_code == 422
    assert ward.admin.get(f"/api/cameras/nobody/footage?at={iso(ward.start)}").status_code == 404
    assert ward.admin.get(f"/api/cameras/cong-cho/preview?at={iso(ward.start)}").status_code == 404


def exporter(ward):
    return ExportMaker(
        store=ward.store,
        desk=ward.desk,
        clips=Clips(),
        covers=Covers(),
        recordings=ward.recordings,
        folder=ward.tmp / "exports",
        clock=ward.clock,
        about=About(software="matpho test", detector="", detector_sha256=""),
    )


def ask_export(browser, ward, camera, seconds, status=201):
    start = after(ward.start, 1.5)
    body = {
        "cameras": [camera.id],
        "start": iso(start),
        "end": iso(after(start, seconds)),
        "reason": "Công an phường đề nghị",
    }
    answer = browser.post("/api/exports", body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_an_export_names_its_gaps_covers_what_it_must_and_survives_a_killed_desk(ward):
    camera = ward.add_camera("cua-so", masked=True)
    ward.build(recorded=ward.parts.recorded, exports=ward.tmp / "exports")
    ended = record(ward, camera, ward.start)
    again = after(ward.start, 30)
    record(ward, camera, again)
    tell(ward, camera, GapSeen(camera.id, StreamRole.MAIN, ended, again, GapCause.DISK, NOTHING_SAID))
    officer, supervisor = ward.as_role_again("officer"), ward.as_role_again("supervisor")
    asked = ask_export(officer, ward, camera, 32)
    assert asked["state"] == "making"
    assert asked["cameras"] == [{"id": "cua-so", "name": "Cổng cua-so", "covered": True}]
    exporter(ward).step()
    assert 0 < officer.get("/api/exports").json()[0]["progress"] < 1
    for _ in range(3):  # another desk goes on where the first one was killed
        exporter(ward).step()
    ready = officer.get("/api/exports").json()[0]
    assert (ready["state"], ready["files"]) == ("ready", 2)
    answer = officer.get(ready["url"])
    assert answer.headers["content-type"] == "application/zip"
    file = ward.tmp / "fetched.zip"
    file.write_bytes(answer.content)
    report = check_export(file)
    assert report.well
    assert report.manifest_sha256 == ready["manifest_sha256"]
    (told,) = report.manifest["cameras"]
    assert [(g["cause"], g["end_ns"]) for g in told["gaps"]] == [("disk", again)]
    first = report.manifest["files"][0]
    assert first["re_encoded"] is True
    assert first["span"]["start_ns"] + round(first["in_s"] * 1e9) == pytest.approx(after(ward.start, 1.5), abs=2e6)
    with zipfile.ZipFile(file) as archive:
        assert luma(archive.read(first["file"]))[:15, 30:45].max() < 30
    (ward.tmp / "exports" / ready["id"] / first["file"]).write_bytes(b"something else")
    assert not check_export(ward.tmp / "exports" / ready["id"]).well
    open_one = ask_export(supervisor, ward, camera, 2)
    assert open_one["cameras"][0]["covered"] is False
    for _ in range(3):
        exporter(ward).step()
    assert officer.get(f"/api/exports/{open_one['id']}/file").status_code == 403
    assert supervisor.get(f"/api/exports/{open_one['id']}/file").status_code == 200
    assert [a for a, *_ in ward.trail() if "export" in a] == [
        *("ask_export", "keep_export", "download_export"),
        *("ask_export", "keep_export", "download_export"),
    ]
    ward.clock.go(8 * 86400)
    exporter(ward).step()
    assert not list((ward.tmp / "exports").glob("*"))


def test_an_export_needs_a_purpose_and_something_recorded(ward):
    record(ward, ward.camera, ward.start)
    body = {"cameras": ["cong-cho"], "start": iso(ward.start), "end": iso(after(ward.start, 5)), "reason": "xem"}
    assert ward.admin.post("/api/exports", body).status_code == 422
    late = {**body, "reason": "Công an phường đề nghị", "start": iso(after(ward.start, 60))}
    assert ward.admin.post("/api/exports", {**late, "end": iso(after(ward.start, 90))}).status_code == 404
    assert ward.admin.post("/api/exports", {**late, "end": iso(after(ward.clock.now(), 60))}).status_code == 422


def test_what_a_camera_recorded_can_be_seen_and_exported_after_it_left_service(ward):
    """It was stolen and taken off the list; the police ask for its last hour. Its private areas stay covered."""
    camera = ward.add_camera("cua-so", masked=True)
    ward.build(recorded=ward.parts.recorded, exports=ward.tmp / "exports")
    ended = record(ward, camera, ward.start)
    with ward.store.write() as unit:
        unit.cameras.remove(camera.id, ward.clock.now())
    officer = ward.as_role_again("officer")
    assert [c["id"] for c in officer.get("/api/cameras").json()] == ["cong-cho"]
    footage(officer, camera, at=iso(ward.start), length=1)
    assert viewings(ward)[-1] == ("view_recording", True)
    span = f"from={iso(after(ward.start, -60))}&to={iso(after(ended, 60))}"
    (line,) = officer.get(f"/api/timeline?camera=cua-so&{span}").json()["cameras"]
    assert len(line["recorded"]) == 1
    assert len(officer.get(f"/api/cameras/cua-so/recordings?{span}").json()["segments"]) == 1
    asked = ask_export(officer, ward, camera, 2)
    assert asked["cameras"] == [{"id": "cua-so", "name": "Cổng cua-so", "covered": True}]
    for _ in range(2):
        exporter(ward).step()
    assert officer.get("/api/exports").json()[0]["state"] == "ready"
    assert officer.get("/api/cameras/khong-co/recordings").status_code == 404
