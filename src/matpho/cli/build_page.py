"""``python -m matpho.cli.build_page``: build the front-end into the package, when its sources changed."""

import argparse
import hashlib
import sys
from pathlib import Path

from matpho.errors import SetupProblem
from matpho.wiring import npm

ROOT = Path(__file__).parents[3]
FRONTEND = ROOT / "frontend"
DIST = ROOT / "src" / "matpho" / "web" / "dist"


def fingerprint() -> str:
    """SHA-256 over everything that the built page depends on."""
    digest = hashlib.sha256()
    for path in sorted(FRONTEND.rglob("*")):
        if path.is_file() and "node_modules" not in path.parts:
            digest.update(path.relative_to(FRONTEND).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Build when needed; ``--check`` runs the front-end's own checks instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="types, strings and unit tests of the front-end")
    args = parser.parse_args()
    stamp = FRONTEND / "node_modules" / ".matpho-lock"
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != lock:
        sys.stderr.write("Cài công cụ dựng trang / Installing what builds the page …\n")
        npm(("ci", "--no-audit", "--no-fund"), FRONTEND)
        stamp.write_text(lock)
    if args.check:
        npm(("run", "check"), FRONTEND)
        return
    mark = DIST / ".fingerprint"
    now = fingerprint()
    if not mark.exists() or mark.read_text() != now:
        sys.stderr.write("Dựng trang / Building the page …\n")
        npm(("run", "build"), FRONTEND)
        mark.write_text(now)


if __name__ == "__main__":
    try:
        main()
    except SetupProblem as e:
        sys.exit(f"Lỗi: {e.vi}\nError: {e.en}")
