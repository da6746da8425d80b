"""Covered copies cost much processor time: made one at a time, once for all who ask, and waited for briefly."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from matpho.domain.evidence import Evidence
from matpho.web.answers import BeingMade
from matpho.web.parts import MaskedRenditions

PATIENCE_S = 20.0
_MOST_WAITING = 32


class InTurn:
    """``MaskedRenditions`` over another one. A page that waits too long is told to ask again; the work goes on."""

    def __init__(self, inner: MaskedRenditions, patience_s: float = PATIENCE_S) -> None:
        self._inner = inner
        self._patience_s = patience_s
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="covered-copies")
        self._jobs: dict[tuple[object, ...], Future[Path]] = {}
        self._lock = threading.Lock()

    def file(self, evidence: Evidence, sealed: Path) -> Path:
        """The covered copy. Raises BeingMade while it is not ready, and whatever the inner one raises."""
        job = self._job(evidence, sealed)
        try:
            return job.result(self._patience_s)
        except TimeoutError:
            raise BeingMade from None

    def _job(self, evidence: Evidence, sealed: Path) -> Future[Path]:
        key = (evidence.id, evidence.masks)
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                if len(self._jobs) >= _MOST_WAITING:
                    raise BeingMade
                job = self._jobs[key] = self._maker.submit(self._inner.file, evidence, sealed)
                job.add_done_callback(lambda _: self._jobs.pop(key, None))
        return job

    def close(self) -> None:
        """Drop what waits; the one being made is not waited for."""
        self._maker.shutdown(wait=False, cancel_futures=True)
