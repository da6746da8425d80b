import pytest

from matpho.casework.ports import Sealed
from matpho.errors import Corrupt, NotFound, StorageProblem
from matpho.plugins.vaults.folder import FolderVault

pytestmark = pytest.mark.unit


@pytest.fixture
def vault(tmp_path):
    return FolderVault(tmp_path / "evidence")


def _seal(vault, data=b"abc", name="clip.mp4"):
    out = vault.scratch("x")
    out.write_bytes(data)
    return vault.seal("incident1", name, out)


def test_what_is_read_is_what_was_sealed(vault):
    sealed = _seal(vault)
    assert sealed.name == "incident1/clip.mp4"
    assert sealed.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert vault.file(sealed.name).read_bytes() == b"abc"
    vault.verify(sealed)
    assert list(vault.names()) == [sealed.name]


def test_a_sealed_file_is_never_written_over(vault):
    first, second = _seal(vault, b"first"), _seal(vault, b"second")
    assert (first.name, second.name) == ("incident1/clip.mp4", "incident1/clip-2.mp4")
    vault.verify(first)
    assert vault.file(first.name).stat().st_mode & 0o222 == 0


@pytest.mark.parametrize("damage", [b"abd", b"ab", b"abcd", b""])
def test_damage_is_found(vault, damage):
    sealed = _seal(vault)
    path = vault.file(sealed.name)
    path.chmod(0o600)
    path.write_bytes(damage)
    with pytest.raises(Corrupt):
        vault.verify(sealed)


def test_a_missing_file_is_not_found(vault):
    with pytest.raises(NotFound):
        vault.verify(Sealed("incident1/none.mp4", "00", 0))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "", "incident1/../x", ".making/x", "a/.hidden"])
def test_no_name_leads_out(vault, name):
    with pytest.raises(NotFound):
        vault.file(name)


def test_a_link_is_no_evidence(vault, tmp_path):
    sealed = _seal(vault)
    secret = tmp_path / "secret"
    secret.write_bytes(b"abc")
    path = vault.file(sealed.name)
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(NotFound):
        vault.file(sealed.name)


def test_a_place_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageProblem) as said:
        FolderVault(tmp_path / "file")
    assert "kho chứng cứ" in said.value.vi


def test_a_file_that_was_never_written_is_a_storage_problem(vault):
    with pytest.raises(StorageProblem):
        vault.seal("incident1", "x.mp4", vault.scratch("nothing"))
