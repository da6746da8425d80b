"""What every fire model keeps: the port's promises, checked on made pictures."""

import numpy as np

from matpho.vision.detector_promises import pictures
from matpho.vision.fire_model import FireModel, FireOpinion
from matpho.vision.frame import Image


def broken_fire_promises(model: FireModel, *more: Image) -> list[str]:
    """The promises of :class:`matpho.vision.fire_model.FireModel` that do not hold, in words; empty when all do.

    ``more`` are further (H, W, 3) uint8 BGR pictures, best ones in which the model sees a fire.
    """
    broken = []
    info = model.info
    if not (info.name and info.licence and len(info.sha256) == 64 and info.input_width > 0 and info.input_height > 0):
        broken.append(f"info is incomplete: {info}")
    if model.judge([]) != []:
        broken.append("an empty batch does not give an empty list")
    batch = [*more, *pictures()]
    before = [p.copy() for p in batch]
    together = model.judge(batch)
    if len(together) != len(batch):
        broken.append(f"{len(batch)} pictures give {len(together)} opinions")
    if any(not np.array_equal(a, b) for a, b in zip(batch, before, strict=True)):
        broken.append("a picture was written to")
    alone = [model.judge([p])[0] for p in batch]
    broken += [
        f"picture {number} gives something else alone than in a batch"
        for number, (one, among) in enumerate(zip(alone, together, strict=False))
        if not _alike(one, among)
    ]
    if any(not _alike(one, model.judge([p])[0]) for one, p in zip(alone, batch, strict=True)):
        broken.append("the same picture gives something else the second time")
    if any(not all(v is None or 0 <= v <= 1 for v in (o.flame, o.smoke)) for o in together):
        broken.append("an opinion lies outside 0..1")
    known = {(o.flame is not None, o.smoke is not None) for o in together}
    if len(known) > 1 or (False, False) in known:
        broken.append("it does not always know the same of flames and smoke, or neither")
    return broken


def _alike(one: FireOpinion, other: FireOpinion) -> bool:
    """Equal up to the rounding of a batched matrix product."""
    pairs = ((one.flame, other.flame), (one.smoke, other.smoke))
    return all(a == b or (a is not None and b is not None and abs(a - b) < 1e-3) for a, b in pairs)
