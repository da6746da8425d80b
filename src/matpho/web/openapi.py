"""``python -m matpho.web.openapi [FILE]``: write the API description, from which the page's types are made.

With ``--check`` nothing is written; the exit code is 1 when the file differs.
"""

import json
import sys
from pathlib import Path
from typing import Any

from matpho.web.app import bare_app
from matpho.web.schemas.live import LiveMessages

DEFAULT = Path(__file__).parents[3] / "frontend" / "openapi.json"

_INVALID = {
    "description": "A field does not fit",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
}


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document, the same on every machine."""
    document = bare_app().openapi()
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):  # the framework's own shape, which we never send
        schemas.pop(name, None)
    for operation in (o for path in document["paths"].values() for o in path.values()):
        if "422" in operation["responses"]:
            operation["responses"]["422"] = _INVALID
    live = LiveMessages.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas.update(live.pop("$defs"))
    schemas["LiveMessages"] = live
    document["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "matpho_session"},
        "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
    }
    return document


def text() -> str:
    """The document as it is committed."""
    return json.dumps(description(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """The command."""
    check = "--check" in arguments
    files = [a for a in arguments if not a.startswith("--")]
    file = Path(files[0]) if files else DEFAULT
    if check:
        same = file.is_file() and file.read_text("utf-8") == text()
        if not same:
            sys.stderr.write(f"{file}: cũ, hãy chạy / stale, run: python -m matpho.web.openapi\n")
        return 0 if same else 1
    file.write_text(text(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
