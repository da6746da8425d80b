"""The desk's web server in a process of its own, without a supervisor: ``python desk_main.py HOME PORT``."""

import sys
from pathlib import Path

from matpho.cli.desk import web_parts
from matpho.settings import load
from matpho.web.app import create_app
from matpho.web.serve import serve
from matpho.web.setup_link import offer_setup
from matpho.wiring import prepare_home
from matpho.wiring.desk import desk_parts


def main() -> None:
    settings = load(Path(sys.argv[1]), {})
    prepare_home(settings)
    parts = desk_parts(settings)
    token = offer_setup(parts.desk, parts.store, parts.clock)
    if token:
        (settings.home / "token").write_text(token)
    serve(create_app(web_parts(parts, settings)), "127.0.0.1", int(sys.argv[2]))
    parts.store.close()
    (settings.home / "closed").write_text("orderly")


if __name__ == "__main__":
    main()
