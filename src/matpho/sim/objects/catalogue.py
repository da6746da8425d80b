"""What can be staged, by name."""

from collections.abc import Callable

from matpho.sim.mesh import Mesh
from matpho.sim.objects.car import car, van
from matpho.sim.objects.cardboard_box import cardboard_box
from matpho.sim.objects.motorbike import motorbike
from matpho.sim.objects.plant_pot import plant_pot
from matpho.sim.objects.rubbish_bag import rubbish_bag, rubbish_heap
from matpho.sim.objects.stall import stall, stools, table, umbrella
from matpho.sim.objects.suitcase import suitcase

THINGS: dict[str, Callable[[int], Mesh]] = {
    "rubbish_bag": rubbish_bag,
    "rubbish_heap": rubbish_heap,
    "cardboard_box": cardboard_box,
    "suitcase": suitcase,
    "plant_pot": plant_pot,
    "table": lambda _seed: table(),
    "stools": stools,
    "umbrella": umbrella,
    "stall": stall,
    "motorbike": motorbike,
    "car": car,
    "van": van,
}
