"""The desk's housekeeping joined: rules from the settings, the disk, and the duty that repeats."""

import logging

from matpho.casework.commands import ForgetOld
from matpho.casework.desk import Desk
from matpho.casework.keeper import Keeper
from matpho.casework.ports import Store
from matpho.casework.retention import promised
from matpho.domain.events import PlaceChanged
from matpho.domain.keeping import KeepRules
from matpho.domain.people import PROGRAM
from matpho.domain.time import Clock
from matpho.domain.words import Said
from matpho.settings import Settings
from matpho.video.place import FULL, Place, PlaceKind, PlaceState
from matpho.video.removal import Remover
from matpho.video.shortening import leave_word

_log = logging.getLogger(__name__)

LOOK_S = 5.0
AGE_EVERY_S = 60.0
FORGET_EVERY_S = 3600.0
_LEAST_MARGIN = 64_000_000
_MOST_MARGIN = 8_000_000_000
_BELOW_LEAST = Said(
    "Ổ đĩa quá nhỏ: đã phải xoá bản ghi thường trước thời hạn tối thiểu để tiếp tục ghi.",
    "The disk is too small: routine footage had to go before its minimum time so that recording goes on.",
)


def keep_rules(settings: Settings) -> KeepRules:
    """For how long, as the ward has set it."""
    kept = settings.retention
    return KeepRules(
        routine_days=settings.recording.routine_days,
        most_days=kept.most_days,
        least_days=kept.least_days,
        extract_days=kept.extract_days,
        wait_s=kept.incident_wait_min * 60.0,
        pre_s=kept.pre_roll_s,
        post_s=kept.post_roll_s,
    )


def recordings_place(settings: Settings) -> Place:
    """The folder of recordings."""
    return Place(settings.recordings, settings.journals)


class Housekeeping:
    """One thread's work: room and age of footage, ages of rows, and the state of the disk for who asks."""

    def __init__(self, settings: Settings, desk: Desk, store: Store, clock: Clock) -> None:
        self.rules = keep_rules(settings)
        self.place = recordings_place(settings)
        self._desk, self._store, self._clock = desk, store, clock
        self._remover = Remover(self.place)
        self._keeper = Keeper(desk=desk, store=store, remover=self._remover, clock=clock, rules=self.rules)
        self._reserve = settings.recording.reserve_mb * 1_000_000
        self._state = PlaceState(PlaceKind.WELL, 0, 0)
        self._due_s = self._forget_s = 0.0

    def margins(self, total: int) -> tuple[int, int]:
        """Free bytes below which routine footage goes early, and up to which room is made then.

        Both lie above the reserve at which the recorder stops.
        """
        margin = max(self._reserve // 4, min(total // 100, _MOST_MARGIN), min(_LEAST_MARGIN, total // 20))
        return self._reserve + margin, self._reserve + 2 * margin

    @property
    def state(self) -> PlaceState:
        """How the disk is, by the last look."""
        return self._state

    def step(self) -> float:
        """One round; how long to wait for the next. Raises StorageProblem."""
        now_s = self._clock.monotonic_s()
        low, enough = self.margins(self.place.look(0).total)
        state = self.place.look(low)
        pressed = state.kind is PlaceKind.LOW
        if state.kind in (PlaceKind.READ_ONLY, PlaceKind.VANISHED) or (not pressed and now_s < self._due_s):
            self._tell(state)
            return LOOK_S
        done = self._keeper.step(enough - state.free if pressed else 0)
        if pressed and done.missing_bytes and not done.removed:
            state = PlaceState(PlaceKind.FULL, state.total, state.free, FULL)
        elif done.below_least:
            state = PlaceState(PlaceKind.LOW, state.total, state.free, _BELOW_LEAST)
        self._tell(state)
        if done.more:
            return 0.0
        self._due_s = now_s + AGE_EVERY_S
        self._forget(now_s)
        return LOOK_S

    def _tell(self, state: PlaceState) -> None:
        before, self._state = self._state, state
        if before.kind is not state.kind:
            _log.warning("the disk of the recordings is %s (%d bytes free): %s", state.kind, state.free, state.said.en)
            self._desk.tell(PlaceChanged(state.kind.value, state.said))

    def _forget(self, now_s: float) -> None:
        if now_s >= self._forget_s:
            self._forget_s = now_s + FORGET_EVERY_S
            with self._store.read() as unit:
                rules = promised(unit, self.rules)
            by_camera = {i: rules.kept_s_of(i) / 86_400.0 for i in rules.shorter}
            self._desk.handle(ForgetOld(days={"tracks": rules.kept_s / 86_400.0}, by_camera=by_camera), PROGRAM)
            self._leave_word()
            self._remover.shorten()

    def _leave_word(self) -> None:
        """Tell the writers of journals how far the database has them; it is durable there by now."""
        for folder in sorted({path.parent for path in self.place.journals.glob("*/*.jsonl")}):
            with self._store.read() as unit:
                offsets = {p.stem: unit.notes.offset(f"{folder.name}/{p.stem}") for p in folder.glob("*.jsonl")}
            try:
                leave_word(folder, offsets)
            except OSError as e:
                _log.warning("%s cannot be written: %s", folder, e)
