"""The acceptance record of a signed commissioning test: one JSON file, sealed in the vault like evidence."""

import json
import logging
from dataclasses import replace
from typing import Any

from matpho.casework.desk import Desk
from matpho.casework.ports import EvidenceVault, Store
from matpho.casework.trial_commands import KeepTrialRecord
from matpho.domain.codec import to_plain
from matpho.domain.people import PROGRAM
from matpho.domain.system_words import not_written
from matpho.domain.time import Instant, seconds, to_iso
from matpho.domain.trial import Scene, SceneResult, Setting, Signature, Trial
from matpho.errors import MatphoError, StorageProblem

_log = logging.getLogger(__name__)

FORMAT = "matpho-acceptance/1"
AGAIN_S, PAUSE_S = 60.0, 3.0


def record_of(trial: Trial) -> dict[str, Any]:
    """Everything that was signed, readable without this program; times in UTC and in nanoseconds since 1970."""
    results = {r.scene_id: r for r in trial.results}
    return {
        "format": FORMAT,
        "id": trial.id,
        "state": trial.state.value,
        "place": trial.place,
        "started": _when(trial.started),
        "ended": _when(trial.ended),
        "note": trial.note,
        "software": trial.software,
        "detector": {"name": trial.detector, "sha256": trial.detector_sha256},
        "cameras": [_setting(s, trial) for s in trial.settings],
        "same_settings": trial.same_settings,
        "scenes": [_scene(s, results.get(s.id)) for s in trial.scenes],
        "reported_beside": list(trial.others),
        "signatures": [_signature(s) for s in (trial.first, trial.second) if s is not None],
    }


def record_text(trial: Trial) -> str:
    """The record as the bytes that are sealed (UTF-8)."""
    return json.dumps(record_of(trial), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _when(at: Instant | None) -> dict[str, Any] | None:
    return None if at is None else {"utc": to_iso(at), "ns": at}


def _setting(one: Setting, trial: Trial) -> dict[str, Any]:
    end = next((s for s in trial.settings_end if s.camera_id == one.camera_id), None)
    return {
        "camera": one.camera_id,
        "name": one.name,
        "settings_sha256": one.sha256,
        "settings_sha256_at_end": end.sha256 if end else None,
        "zone_version": one.zone_version,
    }


def _scene(scene: Scene, result: SceneResult | None) -> dict[str, Any]:
    found = result.found if result else None
    delay = None if found is None or scene.acted is None else round(seconds(found - scene.acted), 1)
    return {
        "id": scene.id,
        "camera": scene.camera_id,
        "zone": scene.zone_id,
        "act": scene.act,
        "says": to_plain(scene.says),
        "kinds": list(scene.kinds),
        "wait_s": scene.wait_s,
        "acted": _when(scene.acted),
        "outcome": result.outcome.value if result else None,
        "kind": result.kind if result else "",
        "found": _when(found),
        "delay_s": delay,
        "incident": result.incident_id if result else None,
    }


def _signature(one: Signature) -> dict[str, Any]:
    return {"person": one.person_id, "name": one.name, "role": one.role, "at": _when(one.at)}


class TrialSealer:
    """Seals the records of signed tests, one by one. The work is rows: a killed desk goes on where it stood."""

    def __init__(self, store: Store, desk: Desk, vault: EvidenceVault) -> None:
        self._store = store
        self._desk = desk
        self._vault = vault

    def step(self) -> float:
        """Seal the next record; how long to wait before the next step, in seconds."""
        with self._store.read() as unit:
            due = unit.trials.unsealed()
        if due is None:
            return PAUSE_S
        try:
            self._seal(due)
        except MatphoError as e:
            _log.warning("the record of the test %s could not be sealed: %s", due.id, e.en)
            return AGAIN_S
        return 0.0

    def _seal(self, trial: Trial) -> None:
        source = self._vault.scratch(f"{trial.id}.json")
        try:
            source.write_text(record_text(trial), "utf-8")
        except OSError as e:
            raise not_written(StorageProblem, source, e) from e
        sealed = self._vault.seal(f"trial-{trial.id}", "record.json", source)
        kept = replace(trial, path=sealed.name, sha256=sealed.sha256, size_bytes=sealed.size_bytes)
        self._desk.handle(KeepTrialRecord(trial=kept), PROGRAM)
