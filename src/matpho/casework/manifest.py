"""The manifest of an incident's evidence: what each file shows, why it was cut, and the hash that proves it whole."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matpho.casework.overlay import overlay
from matpho.casework.ports import EvidenceVault, Sealed
from matpho.domain.camera import Camera
from matpho.domain.codec import to_plain
from matpho.domain.evidence import Evidence, EvidenceKind, EvidenceState
from matpho.domain.hit import RuleHit
from matpho.domain.incident import Incident
from matpho.domain.kinds import described
from matpho.domain.messages import TrackEnded
from matpho.domain.text_words import amiss
from matpho.domain.time import Instant, Span, to_iso
from matpho.domain.words import Said
from matpho.errors import MatphoError

FORMAT = "matpho-evidence/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Who made the evidence: program version, detector and its hash."""

    software: str
    detector: str
    detector_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything a manifest tells of."""

    incident: Incident
    hits: Sequence[RuleHit]
    files: Sequence[Evidence]
    tracks: Sequence[TrackEnded]
    camera: Camera | None
    zone_version: int | None
    about: About
    made: Instant


def _when(at: Instant | None) -> dict[str, Any] | None:
    return None if at is None else {"utc": to_iso(at), "ns": at}


def _span(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else {"start": _when(span.start), "end": _when(span.end)}


def _file(one: Evidence, story: Story) -> dict[str, Any]:
    """``in_s`` and ``out_s`` bound the wanted span inside a clip, seconds from its first frame."""
    told: dict[str, Any] = {
        "slot": one.slot,
        "kind": one.kind.value,
        "role": one.role.value if one.role else None,
        "state": one.state.value,
        "file": one.path or None,
        "sha256": one.sha256 or None,
        "size_bytes": one.size_bytes,
        "wanted": _span(one.wanted),
        "holds": _span(one.span),
        "in_s": one.in_s,
        "out_s": one.out_s,
        "segments": list(one.segments),
        "detail": to_plain(one.detail),
    }
    if one.kind is EvidenceKind.CLIP and one.span is not None:
        boxes = overlay(one.span, story.hits, story.tracks)
        told["boxes"] = [{"t_s": b.t_s, "id": b.id, "group": b.group, "box": to_plain(b.box)} for b in boxes]
    return told


def _hit(hit: RuleHit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "kind": hit.kind,
        "zone": hit.zone_id,
        "thing": hit.thing,
        "start": _when(hit.start),
        "at": _when(hit.at),
        "end": _when(hit.end),
        "score": hit.score,
        "box": to_plain(hit.box),
        "why": to_plain(hit.why),
        "figures": to_plain(hit.figures),
        "tracks": list(hit.track_ids),
    }


def compose(story: Story) -> str:
    """The manifest as JSON text. Boxes are 0..1 of the frame; times are UTC and nanoseconds since 1970."""
    incident, camera = story.incident, story.camera
    zones = [to_plain(zone) for zone in camera.zones] if camera else []
    told = {
        "format": FORMAT,
        "notice": "dữ liệu do tổ chức cung cấp",
        "made": _when(story.made),
        "software": story.about.software,
        "detector": {"name": story.about.detector, "sha256": story.about.detector_sha256},
        "incident": {
            "id": incident.id,
            "kind": incident.kind,
            "name": to_plain(described(incident.kind).name),
            "source": incident.source.value,
            "staged": incident.staged,
            "advisory": incident.advisory,
            "start": _when(incident.start),
            "noticed": _when(incident.at),
            "end": _when(incident.end),
            "score": incident.score,
            "box": to_plain(incident.box),
            "why": to_plain(incident.why),
        },
        "camera": {
            "id": incident.camera_id,
            "name": camera.name if camera else None,
            "zone": incident.zone_id,
            "zone_version": story.zone_version,
            "zones": zones,
        },
        "hits": [_hit(hit) for hit in story.hits],
        "files": [_file(one, story) for one in story.files if one.kind is not EvidenceKind.MANIFEST],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _sealed_in(text: str) -> Iterable[Sealed]:
    for one in json.loads(text)["files"]:
        if one["state"] in (EvidenceState.READY.value, EvidenceState.REPLACED.value):
            yield Sealed(one["file"], one["sha256"], one["size_bytes"])


def verify_manifest(vault: EvidenceVault, manifest: Evidence) -> list[Said]:
    """Read a manifest and every file it names; what is wrong, one sentence each, nothing when all is as sealed.

    The manifest's own hash comes from its row, the others from the manifest.
    """
    try:
        vault.verify(Sealed(manifest.path, manifest.sha256, manifest.size_bytes))
        files = list(_sealed_in(_text(vault.file(manifest.path))))
    except MatphoError as e:
        return [Said(e.vi, e.en)]
    except (ValueError, KeyError, TypeError) as e:
        why, path = amiss(e), manifest.path
        return [Said(f"không đọc được bản kê {path}: {why.vi}", f"the manifest {path} cannot be read: {why.en}")]
    wrong: list[Said] = []
    for sealed in files:
        try:
            vault.verify(sealed)
        except MatphoError as e:
            wrong.append(Said(e.vi, e.en))
    return wrong


def _text(path: Path) -> str:
    return path.read_text("utf-8")
