"""The composition root: the only place that names concrete plug-ins.

``models`` finds detectors, ``workers`` joins recorder and vision, ``desk`` joins casework, store and footage,
``footage`` and ``machine`` adapt what those need of video and of the operating system.
"""

from matpho.wiring.models import build_model, load_detector, model_cards
from matpho.wiring.workers import page_folder, prepare_home, process_specs

__all__ = ["build_model", "load_detector", "model_cards", "page_folder", "prepare_home", "process_specs"]
