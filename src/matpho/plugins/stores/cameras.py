"""Cameras in and out of service, and every version of their zones."""

from typing import Any

import sqlalchemy as sa

from matpho.domain.camera import Camera, RecordMode, Zone
from matpho.domain.geometry import Point
from matpho.domain.ids import CameraId
from matpho.domain.time import Instant
from matpho.plugins.stores.rows import as_json, of_json, put
from matpho.plugins.stores.schema import camera_zones, cameras

_Ground = tuple[Point, Point, Point, Point] | None
_Size = tuple[float, float] | None


class SqlCameras:
    """The tables ``cameras`` and ``camera_zones``."""

    def __init__(self, connection: sa.Connection) -> None:
        self._db = connection

    def put(self, camera: Camera, at: Instant) -> None:
        """Store a new or changed camera; changed zones become a new version."""
        old = self._db.execute(sa.select(cameras).where(cameras.c.id == camera.id)).first()
        last = self._db.scalar(sa.select(sa.func.max(cameras.c.position))) or 0
        values = {
            "id": camera.id,
            "position": old.position if old else last + 1,
            "name": camera.name,
            "main": camera.main,
            "sub": camera.sub,
            "ground": as_json(camera.ground),
            "ground_size_m": as_json(camera.ground_size_m),
            "staged": camera.staged,
            "record": camera.record.value,
            "record_since_ns": _since(old, camera, at),
            "added_ns": old.added_ns if old else at,
            "removed_ns": None,
        }
        put(self._db, cameras, values)
        self._put_zones(camera, at)

    def _put_zones(self, camera: Camera, at: Instant) -> None:
        c = camera_zones.c
        newest = self._db.execute(
            sa.select(c.version, c.zones).where(c.camera_id == camera.id).order_by(c.version.desc()).limit(1)
        ).first()
        zones = as_json(camera.zones)
        if newest is not None and newest.zones == zones:
            return
        version = newest.version + 1 if newest is not None else 1
        self._db.execute(
            sa.insert(camera_zones).values(camera_id=camera.id, version=version, valid_from_ns=at, zones=zones)
        )

    def remove(self, camera_id: CameraId, at: Instant) -> None:
        """Take it out of service and forget its addresses."""
        change = sa.update(cameras).where(cameras.c.id == camera_id)
        self._db.execute(change.values(removed_ns=at, main=None, sub=None))

    def _load(self, *conditions: sa.ColumnElement[bool]) -> tuple[Camera, ...]:
        z = camera_zones.c
        newest = (
            sa.select(sa.func.max(z.version)).where(z.camera_id == cameras.c.id).correlate(cameras).scalar_subquery()
        )
        query = (
            sa.select(cameras, z.zones)
            .join(camera_zones, sa.and_(z.camera_id == cameras.c.id, z.version == newest))
            .where(*conditions)
            .order_by(cameras.c.position)
        )
        return tuple(_camera(row) for row in self._db.execute(query))

    def get(self, camera_id: CameraId) -> Camera | None:
        """Load one that is in service."""
        return next(iter(self._load(cameras.c.id == camera_id, cameras.c.removed_ns.is_(None))), None)

    def ever(self, camera_id: CameraId) -> Camera | None:
        """Load one that is or was in service."""
        return next(iter(self._load(cameras.c.id == camera_id)), None)

    def known(self, camera_id: CameraId) -> bool:
        """Whether the id was ever used."""
        return self._db.scalar(sa.select(cameras.c.id).where(cameras.c.id == camera_id)) is not None

    def all(self) -> tuple[Camera, ...]:
        """Those in service, by the order they were added."""
        return self._load(cameras.c.removed_ns.is_(None))

    def names(self) -> dict[CameraId, str]:
        """Names of all, those out of service too."""
        return {CameraId(row.id): row.name for row in self._db.execute(sa.select(cameras.c.id, cameras.c.name))}

    def record_since(self, camera_id: CameraId) -> Instant | None:
        """Since when its record mode holds; None: since its first recording."""
        found: int | None = self._db.scalar(sa.select(cameras.c.record_since_ns).where(cameras.c.id == camera_id))
        return None if found is None else Instant(found)

    def zone_version(self, camera_id: CameraId, at: Instant) -> int | None:
        """The number of the zones that held at an instant."""
        c = camera_zones.c
        query = sa.select(sa.func.max(c.version)).where(c.camera_id == camera_id, c.valid_from_ns <= at)
        found: int | None = self._db.scalar(query)
        return found


def _since(old: Any, camera: Camera, at: Instant) -> Instant | None:
    """When the record mode was chosen that a camera has now; None for the one it came with."""
    if old is None:
        return None
    return Instant(at) if old.record != camera.record.value else old.record_since_ns


def _camera(row: Any) -> Camera:
    return Camera(
        id=CameraId(row.id),
        name=row.name,
        main=row.main,
        sub=row.sub,
        ground=of_json(_Ground, row.ground),
        ground_size_m=of_json(_Size, row.ground_size_m),
        zones=of_json(tuple[Zone, ...], row.zones),
        staged=row.staged,
        record=RecordMode(row.record),
    )
