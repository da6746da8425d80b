"""The database's word on recordings, for the comparison with journal and disk."""

from pathlib import Path

from sqlalchemy.engine import make_url

from matpho.domain.ids import CameraId
from matpho.domain.time import Instant
from matpho.settings import Settings
from matpho.video.camera_check import CameraIndex


def recorded_index(settings: Settings) -> dict[CameraId, CameraIndex] | None:
    """What the database knows of each camera's files and how far it has read its journal; None before there is one.

    Raises Corrupt or StorageProblem when the database cannot be read.
    """
    from matpho.wiring.desk import open_store

    address = make_url(settings.database_url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return None
    store = open_store(settings)
    try:
        with store.read() as unit:
            ends: dict[CameraId, dict[str, Instant | None]] = {}
            for segment in unit.recordings.all_segments():
                ends.setdefault(segment.camera_id, {})[segment.path] = segment.end
            told = {CameraId(p.parent.name) for p in settings.journals.glob("*/recorder.jsonl")}
            read = unit.notes.offset
            return {
                c: CameraIndex(ends.get(c, {}), read(f"{c}/recorder"), read(f"{c}/import"), read(f"{c}/retention"))
                for c in {*ends, *told}
            }
    finally:
        store.close()
