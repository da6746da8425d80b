"""Build hook: puts the built front-end and the detector into the wheel. Editable installs build neither."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Build(BuildHookInterface):  # type: ignore[misc]
    """Filled in below by the parts it calls."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Nothing to do for an editable install."""
        del version, build_data
