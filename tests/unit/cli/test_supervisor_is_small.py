"""The supervisor lives as long as the system: what only its workers need is not in it."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.unit

_ALL_OF_IT = """
import sys, tempfile
from pathlib import Path
from matpho import wiring
from matpho.cli import run
from matpho.settings import Settings

settings = Settings(home=Path(tempfile.mkdtemp()))
wiring.prepare_home(settings)
wiring.process_specs(settings)
run.logs.configure("supervisor")
print(*sorted({"av", "numpy", "cv2", "onnxruntime", "sqlalchemy", "rich", "asyncio"} & set(sys.modules)))
"""


def test_nothing_heavy_is_in_the_supervisor():
    done = subprocess.run([sys.executable, "-c", _ALL_OF_IT], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == []
