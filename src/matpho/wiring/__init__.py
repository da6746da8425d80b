"""The composition root: the only place that names concrete plug-ins.

``models`` finds detectors, ``workers`` joins recorder and vision, ``desk`` joins casework, store and footage,
``demo`` prepares the staged ward, ``footage`` adapts what casework and the page need of video.
"""

from matpho.wiring.models import build_model, load_detector, model_cards, npm
from matpho.wiring.workers import page_folder, prepare_home, process_specs

__all__ = ["build_model", "load_detector", "model_cards", "npm", "page_folder", "prepare_home", "process_specs"]
