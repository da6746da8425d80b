"""A camera as it is set up and seen, put together for advice: drawing, streams as heard, people who walked there."""

from collections.abc import Mapping, Sequence
from itertools import islice
from types import MappingProxyType

from matpho.casework.density import People, Stream, heights_in
from matpho.casework.lanes import Traffic, ways_through
from matpho.casework.ports import Store
from matpho.casework.records import TrackQuery
from matpho.casework.states import States
from matpho.casework.ward_decisions import with_permits
from matpho.casework.zone_advice import LampSeen, Site, active
from matpho.domain.camera import Camera, StreamRole, Zone
from matpho.domain.geometry import Polygon
from matpho.domain.ground import GroundPlane
from matpho.domain.ids import CameraId, ZoneId
from matpho.domain.messages import TrackEnded
from matpho.domain.observation import Group
from matpho.domain.permit import DECIDED_KINDS, allows
from matpho.domain.time import Instant, Span, after

DAYS = 7
MOST_TRACKS = 600
"""The newest tracks of a zone that are asked: enough for a median, and never more than a page's work."""


def stream_of(states: States, camera: Camera, role: StreamRole, gop_s: float | None = None) -> Stream | None:
    """A stream as it was last heard of; None where it has no size yet, or there is none."""
    state = states.stream(camera.id, role)
    if state is None or not state.width or not state.height:
        return None
    return Stream(role=role, width=state.width, height=state.height, fps=state.fps, gop_s=gop_s)


def analysed_role(camera: Camera) -> StreamRole:
    """Which stream is analysed."""
    return StreamRole.SUB if camera.sub else StreamRole.MAIN


def quick_site(states: States, camera: Camera) -> Site:
    """The site from what is in memory alone: for lists."""
    return Site(
        zones=camera.zones,
        ground=GroundPlane.of(camera),
        analysed=stream_of(states, camera, analysed_role(camera)),
        recorded=stream_of(states, camera, camera.recorded_role),
        people={},
    )


def measured_site(
    store: Store,
    states: States,
    camera: Camera,
    now: Instant,
    gop_s: float | None,
    lamps: Mapping[ZoneId, LampSeen] = MappingProxyType({}),
) -> tuple[Site, Stream | None]:
    """The site with the people of the last days measured, and the main stream."""
    people: dict[ZoneId, People] = {}
    for zone in camera.zones:
        area = zone.polygon or _beside(zone)
        if area is None or not active(zone):
            continue
        found = heights_in(area, tracks_in(store, camera.id, area, (Group.PERSON,), now))
        if found is not None:
            people[zone.id] = found
    site = Site(
        zones=camera.zones,
        ground=GroundPlane.of(camera),
        analysed=stream_of(states, camera, analysed_role(camera)),
        recorded=stream_of(states, camera, camera.recorded_role, gop_s),
        people=people,
        undecided=undecided_in(store, camera, now),
        lamps=lamps,
    )
    return site, stream_of(states, camera, StreamRole.MAIN)


def undecided_in(store: Store, camera: Camera, now: Instant) -> dict[ZoneId, tuple[str, ...]]:
    """By zone, the kinds that only a decision of the ward wakes and that none allows there now."""
    with store.read() as unit:
        (known,) = with_permits(unit, [camera], now)
    asleep = {
        zone.id: tuple(k for k in active(zone) if k in DECIDED_KINDS and not allows(known.permits, k, zone.id, now))
        for zone in camera.zones
    }
    return {zone_id: kinds for zone_id, kinds in asleep.items() if kinds}


def _beside(zone: Zone) -> Polygon | None:
    """A band around a line."""
    if zone.line is None:
        return None
    (ax, ay), (bx, by) = zone.line
    left, right = max(0.0, min(ax, bx) - 0.02), min(1.0, max(ax, bx) + 0.02)
    top, bottom = max(0.0, min(ay, by) - 0.08), min(1.0, max(ay, by) + 0.08)
    point = type(zone.line[0])
    return Polygon((point(left, top), point(right, top), point(right, bottom), point(left, bottom)))


def tracks_in(
    store: Store, camera_id: CameraId, area: Polygon, groups: Sequence[Group], now: Instant
) -> tuple[TrackEnded, ...]:
    """The newest tracks of some groups that came near an area in the last days, :data:`MOST_TRACKS` at most."""
    asked = TrackQuery(
        cameras=(camera_id,),
        spans=(Span(after(now, -DAYS * 86_400.0), now),),
        region=area.bounds,
        groups=frozenset(groups),
    )
    with store.read() as unit:
        return tuple(islice(unit.recordings.tracks_touching(asked), MOST_TRACKS))


def traffic_of(store: Store, states: States, camera: Camera, area: Polygon, now: Instant) -> Traffic:
    """Which ways vehicles went through an area in the last days."""
    stream = stream_of(states, camera, analysed_role(camera))
    aspect = stream.width / stream.height if stream else 16 / 9
    tracks = tracks_in(store, camera.id, area, (Group.VEHICLE, Group.TWO_WHEELER), now)
    return ways_through(area, tracks, aspect)
