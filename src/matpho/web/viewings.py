"""Footage is audited before its first byte leaves: one row per viewing, which masks apply, nothing around it."""

import threading
from collections import OrderedDict

from matpho.casework import commands as c
from matpho.casework.desk import Desk
from matpho.casework.records import Figures
from matpho.domain.camera import Camera
from matpho.domain.evidence import Evidence
from matpho.domain.people import Action, may, require
from matpho.domain.time import SECOND, Clock, Instant, Span, to_iso
from matpho.web.sessions import Visitor

ONE_VIEWING_S = 600.0
"""A player asks for a clip in many ranges: requests of one session for one file within this time are one viewing."""

RECORDING_ROW_S = 600.0
PREVIEW_ROW_S = 3600.0


def masked_for(visitor: Visitor, thing: Camera | Evidence) -> bool:
    """Whether this person gets the rendition with private areas covered. Raises NotAllowed when they get none."""
    require(visitor.actor, Action.WATCH, thing)
    return not may(visitor.actor, Action.WATCH_UNMASKED, thing)


class Viewings:
    """Writes the rows. A row that cannot be written raises, and so the footage is not shown."""

    def __init__(self, desk: Desk, clock: Clock, room: int = 10_000) -> None:
        self._desk = desk
        self._clock = clock
        self._room = room
        self._seen: OrderedDict[tuple[str, str, str], float] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, visitor: Visitor, thing: Camera | Evidence, act: str, *, masked: bool, detail: Figures) -> None:
        """One row, now."""
        self._desk.handle(c.NoteViewing(thing=thing, act=act, masked=masked, detail=detail), visitor.actor)

    def note_recording(self, visitor: Visitor, camera: Camera, span: Span, act: str, *, masked: bool) -> None:
        """Rows for the stretches of recording (ten minutes of it each, an hour where only small previews are seen) that
        hold ``span``, unless this session is in the middle of viewing them in the same way.
        """
        width = round((PREVIEW_ROW_S if act == "preview" else RECORDING_ROW_S) * SECOND)
        for number in range(span.start // width, max(span.start, span.end - 1) // width + 1):
            key, now = (visitor.session, camera.id, f"{act} {masked} {number}"), self._clock.monotonic_s()
            with self._lock:
                began = self._seen.get(key)
            if began is not None and now - began < ONE_VIEWING_S:
                continue
            begin, end = Instant(number * width), Instant((number + 1) * width)
            detail = {"at": to_iso(max(span.start, begin)), "from": to_iso(begin), "to": to_iso(end)}
            self.note(visitor, camera, act, masked=masked, detail=detail)
            with self._lock:
                self._seen[key] = now
                while len(self._seen) > self._room:
                    self._seen.popitem(last=False)

    def note_file(self, visitor: Visitor, evidence: Evidence, *, masked: bool, size: str) -> None:
        """One row for a file, unless this session is in the middle of viewing it; a small picture counts by itself."""
        key, now = (visitor.session, evidence.id, f"{size} {masked}"), self._clock.monotonic_s()
        with self._lock:
            began = self._seen.get(key)
        if began is not None and now - began < ONE_VIEWING_S:
            return
        detail = {
            "incident": evidence.incident_id,
            "kind": evidence.kind.value,
            "sha256": evidence.sha256,
            "size": size,
        }
        self.note(visitor, evidence, "evidence", masked=masked, detail=detail)
        with self._lock:
            self._seen[key] = now
            self._seen.move_to_end(key)
            while len(self._seen) > self._room:
                self._seen.popitem(last=False)
