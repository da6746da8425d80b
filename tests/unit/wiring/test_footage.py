from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from matpho.domain.evidence import EvidenceKind
from matpho.domain.geometry import polygon
from matpho.errors import NotFound
from matpho.testing.footage import draw, picture
from matpho.video.still import jpeg
from matpho.wiring.footage import CoveredCopies

pytestmark = pytest.mark.unit
LEFT = polygon([(0, 0), (0.5, 0), (0.5, 1), (0, 1)])


@dataclass
class Kept:
    id: str
    kind: EvidenceKind
    masks: tuple


def pictures(path: Path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


@pytest.mark.parametrize("kind", [EvidenceKind.STILL, EvidenceKind.CLIP])
def test_a_covered_copy_hides_what_is_private_and_leaves_the_original(tmp_path, kind):
    if kind is EvidenceKind.STILL:
        sealed = tmp_path / "still.jpg"
        sealed.write_bytes(jpeg(picture(3, 160, 120)))
    else:
        sealed = draw(tmp_path / "clip.mp4", pictures=12)
    original = sealed.read_bytes()
    copies = CoveredCopies(tmp_path / "covered")
    covered = copies.file(Kept("e1", kind, (LEFT,)), sealed)
    for image in pictures(covered):
        assert image[:, :80].max() < 14
        assert image[:, 90:].max(axis=2).min() > 40
    assert sealed.read_bytes() == original
    assert copies.file(Kept("e1", kind, (LEFT,)), sealed) == covered
    assert [p for p in covered.parent.iterdir() if p.name.startswith(".")] == []


def test_without_masks_there_is_no_covered_copy(tmp_path):
    with pytest.raises(NotFound):
        CoveredCopies(tmp_path).file(Kept("e1", EvidenceKind.STILL, ()), tmp_path / "x.jpg")
