"""What is typed and handed over in these tests, and how the program is asked: in this process or in one of its own."""

import contextlib
import io
import json
import subprocess
import sys

import pytest

from matpho.cli.main import main

CAMERA = """[camera]
id = "a"
name = "Ngã ba"
[[zone]]
id = "z"
purpose = "no_dumping"
polygon = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
"""
BAD, USAGE, MISSING, FAILED = 3, 2, 4, 5


class Said:
    """What a command answered."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def refused(self, *codes):
        """Two sentences, one of the documented codes."""
        assert self.code in (codes or (BAD,)), (self.code, self.err)
        assert "Traceback" not in self.err + self.out
        assert "chưa lường trước" not in self.err, self.err
        vi, en = self.err.strip().splitlines()[-2:]
        assert vi.startswith("Lỗi: ")
        assert en.startswith("Error: ")
        assert len(vi) > 10
        assert len(en) > 10
        assert self.out == ""
        return en

    def stats(self):
        """The figures of an analysis that went through."""
        assert self.code == 0, self.err
        return json.loads(self.out)["stats"]


def matpho_(*words):
    """Run the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([str(w) for w in words])
    return Said(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def analyse(place, video, *more):
    return matpho_("analyse", "--camera", place / "cam.toml", "--json", "-", "--quiet", *more, "--", video)


def put(path, data):
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def program(*words, **more):
    """A process of its own."""
    command = [sys.executable, "-m", "matpho.cli.main", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **more)
