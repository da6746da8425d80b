"""What every store keeps of the ward's decisions; a part of the store's conformance suite."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date

from matpho.casework.ports import Store
from matpho.domain.ids import CameraId, PersonId, ZoneId
from matpho.domain.ward_decision import Cover, WardDecision
from matpho.testing.builders import at

Open = Callable[[], Store]


def decisions_come_back_as_they_were(opened: Open) -> None:
    """Every field comes back, a changed one replaces what was there, and the newest is first."""
    first = WardDecision(
        id="a",
        number="12/QĐ-UBND",
        dated=date(2026, 11, 20),
        issuer="UBND phường Ô Chợ Dừa",
        kinds=("crowd", "fight"),
        covers=(Cover(CameraId("cho")), Cover(CameraId("hem"), ZoneId("san"))),
        start=at(0),
        end=at(1000),
        reason="Trực chợ đêm dịp lễ",
        entered=at(-10),
        entered_by=PersonId("p1"),
    )
    second = replace(first, id="b", entered=at(-5), covers=())
    done = replace(
        first,
        confirmed=at(-2),
        confirmed_by=PersonId("p2"),
        revoked=at(5),
        revoked_by=PersonId("p1"),
        revoked_why="hết dịp lễ",
    )
    with closing(opened()) as store:
        with store.write() as unit:
            assert unit.decisions.all() == ()
            for one in (first, second, done):
                unit.decisions.put(one)
        with store.read() as unit:
            assert unit.decisions.get("a") == done
            assert unit.decisions.get("c") is None
            assert unit.decisions.all() == (second, done)
