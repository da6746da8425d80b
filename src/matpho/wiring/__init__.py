"""The composition root: the only place that names concrete plug-ins.

``models`` finds detectors, ``processes`` says which processes there are, ``recorder`` and ``vision`` are two of them,
``desk`` joins casework, store and footage, ``demo`` prepares the staged ward, ``footage`` adapts what casework and the
page need of video. A name below is loaded when first asked for: the supervisor must not carry a detector's memory.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matpho.wiring.models import (
        add_model,
        build_model,
        catalogue_cards,
        load_detector,
        load_fire_model,
        model_cards,
        npm,
        open_model,
    )
    from matpho.wiring.processes import page_folder, prepare_home, process_specs

__all__ = [
    "add_model", "build_model", "catalogue_cards", "load_detector", "load_fire_model",
    "model_cards", "npm", "open_model", "page_folder", "prepare_home", "process_specs",
]  # fmt: skip

_PROCESSES = frozenset({"page_folder", "prepare_home", "process_specs"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "matpho.wiring.processes" if name in _PROCESSES else "matpho.wiring.models"
    return getattr(importlib.import_module(module), name)
