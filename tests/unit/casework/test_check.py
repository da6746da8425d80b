import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from matpho.casework.check import check_casework
from matpho.domain.evidence import Evidence, EvidenceKind, EvidenceState
from matpho.domain.ids import EvidenceId
from matpho.domain.time import Span
from matpho.plugins.vaults.folder import FolderVault
from matpho.testing.builders import at, incident

pytestmark = pytest.mark.unit


@pytest.fixture
def vault(tmp_path):
    return FolderVault(tmp_path / "evidence")


def _keep(office, vault, slot, kind, data):
    out = vault.scratch(slot)
    out.write_bytes(data)
    sealed = vault.seal(incident().id, slot, out)
    row = Evidence(
        id=EvidenceId(slot),
        incident_id=incident().id,
        camera_id=incident().camera_id,
        slot=slot,
        kind=kind,
        role=None,
        wanted=Span(at(0), at(1)),
        state=EvidenceState.READY,
        path=sealed.name,
        sha256=sealed.sha256,
        size_bytes=sealed.size_bytes,
    )
    with office.store.write() as unit:
        if unit.incidents.get(incident().id) is None:
            unit.incidents.add(incident())
        unit.evidence.put(row)
    return row


@pytest.fixture
def clip(office, vault):
    return _keep(office, vault, "clip.mp4", EvidenceKind.CLIP, b"moving pictures")


def _manifest(office, vault, file, sha256):
    text = f'{{"files": [{{"file": "{file}", "sha256": "{sha256}"}}]}}'
    return _keep(office, vault, "manifest.json", EvidenceKind.MANIFEST, text.encode())


def test_whole_evidence_is_well(office, vault, clip):
    _manifest(office, vault, clip.path, clip.sha256)
    heard = []
    report = check_casework(office.store, vault, heard.append)
    assert (report.well, report.files, report.strays, heard) == (True, 2, (), [1, 2])
    assert report.audit_rows == len(office.trail())


def test_an_altered_or_missing_file_is_named(office, vault, clip):
    path = vault.file(clip.path)
    path.chmod(0o600)
    path.write_bytes(b"other pictures!")
    (said,) = check_casework(office.store, vault).problems
    assert clip.path in said.vi
    path.unlink()
    assert len(check_casework(office.store, vault).problems) == 1


@pytest.mark.parametrize("wrong", [{"path": "another.mp4"}, {"sha256": "00" * 32}])
def test_a_manifest_that_names_something_else_is_found(office, vault, clip, wrong):
    told = replace(clip, **wrong)
    _manifest(office, vault, told.path, told.sha256)
    (said,) = check_casework(office.store, vault).problems
    assert told.path in said.en


def test_what_a_killed_desk_sealed_twice_is_told_but_no_fault(office, vault, clip):
    out = vault.scratch("again")
    out.write_bytes(b"moving pictures")
    stray = vault.seal(incident().id, "clip.mp4", out)
    report = check_casework(office.store, vault)
    assert (report.well, report.strays) == (True, (stray.name,))
    assert clip.path not in report.strays


def test_an_altered_trail_is_found(office, vault):
    with closing(sqlite3.connect(office.url.removeprefix("sqlite:///"))) as db:
        db.execute("DROP TRIGGER audit_no_update")
        db.execute("UPDATE audit SET who = 'somebody' WHERE number = 2")
        db.commit()
    (said,) = check_casework(office.store, vault).problems
    assert "dòng 2" in said.vi
