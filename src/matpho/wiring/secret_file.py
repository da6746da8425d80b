"""Secrets: passwords and keys, from ``secrets.toml`` in the home folder (0600) or the environment; never logged.

``MATPHO_SECRET_WEBHOOK_PHUONG`` in the environment wins over ``webhook-phuong = "…"`` in the file.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from matpho.errors import BadInput


def load_secrets(home: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """All secrets by name (lower case, with dashes).

    Raises BadInput when the file can be read by others, or is not a table of texts.
    """
    environment = os.environ if environment is None else environment
    found: dict[str, str] = {}
    file = home / "secrets.toml"
    if file.exists():
        if file.stat().st_mode & 0o077:
            raise BadInput(
                f"{file} can be read by others; type: chmod 600 {file}",
                f"Người khác đọc được {file}; hãy gõ: chmod 600 {file}",
            )
        try:
            table = tomllib.loads(file.read_text("utf-8-sig"))
        except (OSError, ValueError) as e:
            raise BadInput(f"{file} is not valid TOML", f"{file} không phải TOML hợp lệ") from e
        for name, value in table.items():
            if not isinstance(value, str):
                raise BadInput(f"{file}: {name} should be a text", f"{file}: {name} phải là chuỗi")
            found[name.lower()] = value
    for name, value in environment.items():
        if name.startswith("MATPHO_SECRET_"):
            found[name.removeprefix("MATPHO_SECRET_").lower().replace("_", "-")] = value
    return found
