import io
import threading

import av
import numpy as np
import pytest

from matpho.domain.evidence import EvidenceKind
from matpho.errors import BadVideo
from matpho.video.still import jpeg
from matpho.web.in_turn import InTurn

pytestmark = pytest.mark.unit


class Covered:
    """Makes copies by writing COVERED over the content."""

    def __init__(self, folder):
        self.folder = folder
        self.made = 0

    def file(self, evidence, sealed):
        assert evidence.masks
        self.made += 1
        path = self.folder / f"covered-{evidence.id}"
        path.write_bytes(b"COVERED" + sealed.read_bytes()[7:])
        return path


@pytest.fixture
def case(office):
    office.camera = office.add_camera()
    office.incident = office.add_incident(office.camera)
    office.clip = office.add_file(office.incident, office.camera)
    office.secret_camera = office.add_camera("che", masked=True)
    office.secret = office.add_incident(office.secret_camera, 2)
    office.secret_clip = office.add_file(office.secret, office.secret_camera, content=b"A WINDOW AND A STREET" * 100)
    return office


def url(incident, file):
    return f"/api/incidents/{incident}/evidence/{file.id}"


def viewings(site):
    return [(thing, detail["masked"]) for action, thing, detail in site.trail() if action == "view_evidence"]


def test_a_clip_is_played_in_ranges_and_that_is_one_viewing(case):
    browser = case.as_role("officer")
    place = url(case.incident, case.clip)
    whole = browser.get(place)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    assert whole.headers["etag"] == f'"{case.clip.sha256}"'
    assert whole.headers["cache-control"] == "private, no-store"
    for begin in (0, 500_000, 900_000):
        part = browser.get(place, headers={"Range": f"bytes={begin}-{begin + 9}"})
        assert (part.status_code, part.content) == (206, whole.content[begin : begin + 10])
    assert browser.get(place, headers={"Range": "bytes=99999999-"}).status_code == 416
    assert browser.get(place, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert viewings(case) == [(f"evidence:{case.clip.id}", False)]


def test_each_person_each_file_and_each_later_time_is_a_viewing_of_its_own(case):
    place = url(case.incident, case.clip)
    officer, supervisor = case.as_role("officer"), case.as_role("supervisor")
    officer.get(place)
    supervisor.get(place)
    case.clock.go(601)
    officer.get(place)
    assert len(viewings(case)) == 3
    with case.store.read() as unit:
        rows = [row for row in unit.audit.rows() if row.action == "view_evidence"]
    assert rows[0].who == rows[2].who != rows[1].who
    assert rows[0].detail["sha256"] == case.clip.sha256


def test_no_row_no_picture(case):
    def refuse(*_, **__):
        raise BadVideo("no room", "hết chỗ")

    browser = case.as_role("officer")
    case.app.state.context.viewings.note = refuse
    answer = browser.get(url(case.incident, case.clip))
    assert answer.status_code == 422
    assert b"\x00\x01\x02" not in answer.content


def test_private_areas_are_covered_below_supervisor(case):
    case.build(masked=Covered(case.tmp))
    officer = case.as_role_again("officer")
    answer = officer.get(url(case.secret, case.secret_clip))
    assert answer.status_code == 200
    assert answer.content.startswith(b"COVERED")
    assert answer.headers["etag"] == f'"{case.secret_clip.sha256}-masked"'
    open_answer = case.as_role_again("supervisor").get(url(case.secret, case.secret_clip))
    assert open_answer.content.startswith(b"A WINDOW")
    assert viewings(case) == [
        (f"evidence:{case.secret_clip.id}", True),
        (f"evidence:{case.secret_clip.id}", False),
    ]


def test_where_no_covered_copy_can_be_made_there_is_no_picture_at_all(case):
    officer = case.as_role("officer")
    place = url(case.secret, case.secret_clip)
    for more in ({}, {"headers": {"Range": "bytes=0-5"}}, {"params": {"masked": "false"}}):
        answer = officer.get(place, **more)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
        assert b"WINDOW" not in answer.content
    assert viewings(case) == []


def test_a_mask_drawn_today_covers_the_evidence_of_yesterday(case):
    case.build(masked=Covered(case.tmp))
    officer = case.as_role_again("officer")
    assert not officer.get(url(case.incident, case.clip)).content.startswith(b"COVERED")
    zones = [{"id": "cua-so", "purpose": "privacy_mask", "polygon": [[0, 0], [0.5, 0], [0.5, 0.5]]}]
    supervisor = case.as_role_again("supervisor")
    assert supervisor.ask("PUT", "/api/cameras/cong-cho/zones", json=zones).status_code == 200
    assert officer.get(url(case.incident, case.clip)).content.startswith(b"COVERED")


def test_a_file_that_is_gone_from_the_vault_is_told(case):
    (case.vault.root / case.clip.path).unlink()
    answer = case.as_role("officer").get(url(case.incident, case.clip))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert viewings(case) == []


def test_the_manifest_is_read_by_officers(case):
    manifest = case.add_file(case.secret, case.secret_camera, kind=EvidenceKind.MANIFEST, content=b'{"a": 1}')
    answer = case.as_role("officer").get(url(case.secret, manifest))
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"a": 1}


def test_covered_copies_are_made_in_turn_once_for_all_who_ask(case):
    gate = threading.Event()

    class Slow(Covered):
        def file(self, evidence, sealed):
            assert gate.wait(5)
            return super().file(evidence, sealed)

    slow = Slow(case.tmp)
    case.build(masked=slow)
    case.app.state.context.covered._patience_s = 0.05
    officer = case.as_role_again("officer")
    for _ in range(3):
        answer = officer.get(url(case.secret, case.secret_clip))
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "being_made")
        assert answer.headers["retry-after"] == "5"
    gate.set()
    case.app.state.context.covered._patience_s = 5.0
    assert officer.get(url(case.secret, case.secret_clip)).status_code == 200
    assert slow.made in (1, 2)
    case.app.state.context.covered.close()


def photo(luma):
    """A real JPEG of one shade."""
    return jpeg(av.VideoFrame.from_ndarray(np.full((1080, 1920), luma, np.uint8), format="gray"))


def test_the_small_picture_of_a_list_is_small_covered_and_audited_too(case):
    still = case.add_file(case.secret, case.secret_camera, kind=EvidenceKind.STILL, content=photo(200))
    for role, covered in (("officer", True), ("supervisor", False)):
        browser = case.as_role(role)
        brief = browser.get(f"/api/incidents/{case.secret}").json()
        answer = browser.get(brief["thumb_url"])
        assert answer.status_code == 200
        assert len(answer.content) < 30_000
        with av.open(io.BytesIO(answer.content)) as container:
            luma = next(container.decode(video=0)).to_ndarray(format="gray")
        assert luma.shape == (270, 480)
        assert (luma[20, 130] < 60) is np.bool_(covered)
        assert luma[200, 400] > 150
    assert viewings(case) == [(f"evidence:{still.id}", True), (f"evidence:{still.id}", False)]
    assert case.as_role("observer").get(brief["thumb_url"]).status_code == 403


def test_what_keeps_a_copy_from_being_made_is_told_each_time(case):
    class Broken:
        def file(self, evidence, sealed):
            raise BadVideo(f"{evidence.id} cannot be decoded: {sealed.name}", "không giải mã được")

    turns = InTurn(Broken())
    for _ in range(2):
        with pytest.raises(BadVideo):
            turns.file(case.secret_clip, case.tmp)
    turns.close()
