"""What every store keeps of the register of cameras; a part of the store's conformance suite."""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any

from matpho.casework.ports import Store
from matpho.domain.register import DAYS, NOTHING, TEXTS, RegisterEntry
from matpho.testing.builders import at, camera

Open = Callable[[], Store]


def the_register_holds_what_was_said(opened: Open) -> None:
    """Every field of an entry comes back; a camera of which nobody spoke has an empty one."""
    said: dict[str, Any] = {name: f"{name} é" for name in TEXTS} | dict.fromkeys(
        (*DAYS, "complete_by"), date(2026, 12, 31)
    )
    entry = RegisterEntry(**said, retention_days=30)
    with closing(opened()) as store:
        with store.write() as unit:
            unit.cameras.put(camera(), at(0))
            assert unit.register.get(camera().id) == NOTHING
            unit.register.put(camera().id, RegisterEntry(maker="trước"))
            unit.register.put(camera().id, entry)
        with store.read() as unit:
            assert unit.register.get(camera().id) == entry
            assert unit.register.all() == {camera().id: entry}
