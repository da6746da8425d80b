"""A ward that brings in a card and takes it back: real files, journals and a real database."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from matpho.casework.commands import AddCamera, HoldFootage, ReleaseHold
from matpho.casework.duties import Clerk
from matpho.cli.import_footage import command as import_command
from matpho.cli.options import AT_THE_MACHINE
from matpho.domain.camera import StreamRole
from matpho.domain.gaps import is_import
from matpho.domain.ids import PersonId
from matpho.domain.people import Actor, Role
from matpho.domain.time import Span, after, to_iso
from matpho.settings import load
from matpho.testing.builders import camera
from matpho.testing.clock import NOON
from matpho.testing.recorded import record_with_gap
from matpho.video.check import check
from matpho.video.ledger import camera_ledger
from matpho.wiring.desk import JournalFolder, desk_of, open_store
from matpho.wiring.index import recorded_index
from matpho.wiring.keeping import recordings_place
from matpho.wiring.undo import undo_import

CAMERA = camera().id


class ImportedWard:
    """A home with recordings that have a gap, a card whose footage fits it, and no desk that runs."""

    def __init__(self, home: Path, card: Path) -> None:
        self.home, self.card = home, card
        (home / "matpho.toml").write_text("[recording]\nreserve_mb = 1\nsegment_s = 5\n", "utf-8")
        self.settings = load(home, {})
        recordings_place(self.settings).adopt()
        with closing(open_store(self.settings)) as store:
            desk_of(self.settings, store).handle(AddCamera(camera=camera(staged=True)), AT_THE_MACHINE)
        record_with_gap(CAMERA, journals=self.settings.journals, recordings=self.settings.recordings)
        self.before = self.as_it_is()

    def bring(self, start_s: float, *words: str) -> str:
        """Import the card; the id of the import."""
        given = ["--camera", CAMERA, "--start", to_iso(after(NOON, start_s)), "--json", *words]
        done = CliRunner().invoke(import_command, [str(self.card), *given, "--home", str(self.home)])
        assert done.exit_code == 0, done.output
        (told,) = json.loads(done.stdout)
        return told["import"]

    def undo(self, name: str, **more: bool):
        return undo_import(self.settings, name, AT_THE_MACHINE, **more)

    def imported(self) -> list[Path]:
        return [p for p in sorted(self.settings.recordings.rglob("*.mp4")) if is_import(p.name)]

    def as_it_is(self):
        """Recorded and missing stretches as the desk tells them once it has read the journals, and what lies there."""
        with closing(open_store(self.settings)) as store:
            Clerk(desk_of(self.settings, store), store, JournalFolder(self.settings.journals)).step()
            with store.read() as unit:
                rows = [(s.path, s.start, s.end) for s in unit.recordings.all_segments()]
                gaps = unit.recordings.gaps(CAMERA, StreamRole.MAIN, Span(NOON, after(NOON, 1000)))
        files = {p: p.read_bytes() for p in self.settings.recordings.rglob("*.mp4")}
        return rows, gaps, camera_ledger(self.settings.journals, CAMERA).missing, files

    def sound(self):
        """The check's report, with the database's word; raises unless all is well."""
        found = check(self.settings.journals, self.settings.recordings, index=recorded_index(self.settings))
        assert found.well, found.problems
        assert found.recorded_s + found.gap_s == pytest.approx(50, abs=0.1)
        return found

    def audited(self, action: str):
        with closing(open_store(self.settings)) as store, store.read() as unit:
            return [row.detail for row in unit.audit.rows() if row.action == action]

    def hold(self, start_s: float, end_s: float, reason: str):
        with closing(open_store(self.settings)) as store:
            span = Span(after(NOON, start_s), after(NOON, end_s))
            desk_of(self.settings, store).handle(
                HoldFootage(camera_id=CAMERA, span=span, reason=reason), Actor(PersonId("s"), Role.SUPERVISOR)
            )
            with store.read() as unit:
                return next(h for h in unit.keeping.holds() if h.reason == reason)

    def release(self, held) -> None:
        with closing(open_store(self.settings)) as store:
            command = ReleaseHold(hold_id=held.id, reason="xong")
            desk_of(self.settings, store).handle(command, Actor(PersonId("s"), Role.SUPERVISOR))


def told_in(settings):
    return settings.journals / CAMERA / "import.jsonl"
