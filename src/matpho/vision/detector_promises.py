"""What every detector keeps: the port's promises, checked on made pictures."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from matpho.domain.observation import Observation
from matpho.vision.detector import Detector
from matpho.vision.frame import Image


def pictures() -> list[Image]:
    """Six made pictures, the same each time: street-like blocks, noise, black, portrait, odd sizes, tiny."""
    noise = np.random.default_rng(7)
    street = np.full((360, 640, 3), 140, np.uint8)
    street[200:, :] = (90, 95, 100)
    street[120:260, 300:340] = (30, 40, 160)
    street[180:300, 80:260] = (160, 60, 30)
    return [
        street,
        noise.integers(0, 256, (240, 320, 3), dtype=np.uint8),
        np.zeros((480, 640, 3), np.uint8),
        np.ascontiguousarray(street.transpose(1, 0, 2)),
        np.ascontiguousarray(street[:333, :501]),
        noise.integers(0, 256, (5, 7, 3), dtype=np.uint8),
    ]


def broken_promises(detector: Detector, *more: Image) -> list[str]:
    """The promises of :class:`matpho.vision.detector.Detector` that do not hold, in words; empty when all do.

    ``more`` are further (H, W, 3) uint8 BGR pictures, best ones on which the detector finds something.
    """
    broken = []
    info = detector.info
    if not (info.name and info.licence and len(info.sha256) == 64 and info.input_width > 0 and info.input_height > 0):
        broken.append(f"info is incomplete: {info}")
    if detector.detect([]) != []:
        broken.append("an empty batch does not give an empty list")
    batch = [*more, *pictures()]
    before = [p.copy() for p in batch]
    together = detector.detect(batch)
    if len(together) != len(batch):
        broken.append(f"{len(batch)} pictures give {len(together)} lists")
    if any(not np.array_equal(a, b) for a, b in zip(batch, before, strict=True)):
        broken.append("a picture was written to")
    singles = [detector.detect([p])[0] for p in batch]
    for number, (alone, among) in enumerate(zip(singles, together, strict=False)):
        if not _alike(alone, among):
            broken.append(f"picture {number} gives something else alone than in a batch")
    if any(not _alike(a, detector.detect([p])[0]) for a, p in zip(singles, batch, strict=True)):
        broken.append("the same picture gives something else the second time")
    with ThreadPoolExecutor(2) as threads:
        beside = list(threads.map(lambda p: detector.detect([p])[0], batch))
    if any(not _alike(a, b) for a, b in zip(singles, beside, strict=True)):
        broken.append("a picture gives something else while another thread asks about another")
    broken.extend(f"{o} lies outside 0..1" for seen in together for o in seen if not _inside(o))
    if any([o.score for o in seen] != sorted((o.score for o in seen), reverse=True) for seen in together):
        broken.append("observations are not sorted by score")
    return broken


def _alike(first: list[Observation], second: list[Observation]) -> bool:
    """Equal up to the rounding of a batched matrix product."""
    return len(first) == len(second) and all(
        a.group == b.group and abs(a.score - b.score) < 1e-3 and (a.box.iou(b.box) > 0.98 or a.box == b.box)
        for a, b in zip(first, second, strict=True)
    )


def _inside(seen: Observation) -> bool:
    box = seen.box
    edges = (box.x, box.y, box.right, box.bottom, seen.score)
    return all(-1e-6 <= edge <= 1 + 1e-6 for edge in edges) and bool(seen.label)
