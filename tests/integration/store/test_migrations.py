"""Upgrades from every earlier schema, with a row in every table, on both databases: nothing is lost."""

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from matpho.domain.audit import AuditRow, first_break
from matpho.domain.camera import StreamRole
from matpho.domain.ids import CameraId, IncidentId
from matpho.domain.time import Instant, Span
from matpho.plugins.stores.engine import address_of, engine_for
from matpho.plugins.stores.migrate import config, head
from matpho.plugins.stores.rows import as_json
from matpho.plugins.stores.schema import metadata
from matpho.plugins.stores.sql import SqlStore
from matpho.plugins.stores.trail import SqlAudit
from matpho.testing.builders import camera, hit
from matpho.testing.clock import NOON, HandClock

pytestmark = pytest.mark.integration

OLDER = [s.revision for s in ScriptDirectory.from_config(config()).walk_revisions() if s.revision != head()]
TRAIL = AuditRow(number=0, at=NOON, who=None, action="set_up", thing="person:p1")

KNOWN = {
    "cameras": {"id": "nga-ba-cho", "position": 1, "name": "Ngã ba chợ", "main": "rtsp://10.0.0.7/main", "sub": None,
                "ground": "null", "ground_size_m": "null", "staged": False, "added_ns": NOON, "removed_ns": None,
                "record": "main"},
    "camera_zones": {"camera_id": "nga-ba-cho", "version": 1, "zones": as_json(camera().zones)},
    "people": {"id": "p1", "login": "quantri", "name": "Trần Quản Trị", "role": "admin", "language": "vi"},
    "incidents": {"id": "i1", "kind": "illegal_dumping", "camera_id": "nga-ba-cho", "zone_id": "goc-pho",
                  "state": "suspected", "source": "rule", "reviewer": None, "end_ns": None, "score": 0.25,
                  "box": as_json(hit().box), "why_vi": "Túi rác bị bỏ lại.", "why_en": "A bag was left.",
                  "light": "day"},
    "incident_history": {"incident_id": "i1", "number": 0, "who": None, "action": "opened", "reason": None, "note": ""},
    "hits": {"id": "h1", "incident_id": "i1", "kind": "illegal_dumping", "body": as_json(hit())},
    "evidence": {"id": "e1", "incident_id": "i1", "camera_id": "nga-ba-cho", "slot": "before", "kind": "still",
                 "role": "main", "state": "sealed", "masks": "[]", "segments": "[]"},
    "segments": {"path": "nga-ba-cho/2026-09-21/1.mp4", "camera_id": "nga-ba-cho", "role": "main", "codec": "h264"},
    "gaps": {"camera_id": "nga-ba-cho", "role": "main", "cause": "power", "end_ns": None,
             "detail": "the machine was down"},
    "tracks": {"camera_id": "nga-ba-cho", "what": "person", "boxes": "[]"},
    "sessions": {"person_id": "p1"},
    "camera_register": {"camera_id": "nga-ba-cho", "complete_by": "2027-03-01", "retention_days": None},
}  # fmt: skip
"""What the first version could have written; the columns left out may hold anything of their type."""
MOVED = {("tracks", "boxes")}
"""Columns whose content is kept in another form since (:mod:`test_track_rows` looks at it)."""


def _value(column: sa.Column, number: int):
    """Something of the column's type that no default would be."""
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, (sa.Float, sa.Double)):
        return number + 0.5
    if isinstance(kind, sa.LargeBinary):
        return bytes([number, 0, 255])
    if isinstance(kind, sa.Integer):
        return 7 + number if kind.__class__ is sa.INTEGER else NOON + number
    return f"{column.name} {number} đỏ"[: getattr(kind, "length", None) or 80]


def _row(table: sa.Table):
    known = {name: value for name, value in KNOWN.get(table.name, {}).items() if name in table.columns}
    return {c.name: _value(c, n) for n, c in enumerate(table.columns)} | known


def _to(url: str, revision: str, *, down: bool = False) -> None:
    engine = engine_for(address_of(url), write=True)
    with engine.begin() as connection:
        (command.downgrade if down else command.upgrade)(config(connection), revision)
    engine.dispose()


def _old(url: str, revision: str) -> dict[str, list[dict]]:
    """A database as that version made it, with a row in every table; what is in it."""
    if url.startswith("sqlite"):
        Path(address_of(url).database).parent.mkdir(parents=True, exist_ok=True)
    _to(url, revision)
    then = sa.MetaData()
    engine = engine_for(address_of(url), write=True)
    with engine.begin() as connection:
        then.reflect(connection)
        for table in then.sorted_tables:
            if table.name not in ("alembic_version", "audit"):
                connection.execute(sa.insert(table).values(_row(table)))
        for _ in range(3):  # the trail, chained as the program chains it
            SqlAudit(connection).append(TRAIL)
    engine.dispose()
    return _kept(url, then)


def _kept(url: str, then: sa.MetaData) -> dict[str, list[dict]]:
    """All values of the tables and columns that were there then."""
    engine = engine_for(address_of(url), write=False)
    found = {}
    with engine.connect() as connection:
        for table in then.sorted_tables:
            if table.name != "alembic_version":
                kept = [c for c in table.columns if (table.name, c.name) not in MOVED]
                rows = connection.execute(sa.select(*kept).order_by(*table.primary_key.columns))
                found[table.name] = [dict(r) for r in rows.mappings()]
    engine.dispose()
    return found


def _tables(url: str) -> sa.MetaData:
    found = sa.MetaData()
    engine = engine_for(address_of(url), write=False)
    with engine.connect() as connection:
        found.reflect(connection)
    engine.dispose()
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'db' / 'matpho.sqlite'}"
    return request.getfixturevalue("postgres").database()


def test_there_is_an_earlier_schema():
    assert "0001" in OLDER


def same(before: dict, url: str, then: sa.MetaData) -> None:
    """Whether every value of then is there, and only the trail has grown."""
    now = _kept(url, then)
    now["audit"] = now["audit"][: len(before["audit"])]
    assert now == before


def _goes_on(url: str) -> bool:
    """Whether each entry has a day by which it must be complete: days in these rows are no days, so rows are asked."""
    engine = engine_for(address_of(url), write=False)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT complete_by, retention_days FROM camera_register")).all()
    engine.dispose()
    return bool(rows) and all(row.complete_by and row.retention_days is None for row in rows)


@pytest.mark.parametrize("revision", OLDER)
def test_an_upgrade_keeps_every_value(url: str, revision: str):
    before = _old(url, revision)
    assert all(before.values()), "a row in every table"
    then = _tables(url)
    with closing(SqlStore(url, HandClock())) as store:
        with store.read() as unit:
            assert [c.name for c in unit.cameras.all()] == ["Ngã ba chợ"]
            assert unit.cameras.get(CameraId("nga-ba-cho")).zones == camera().zones
            assert _goes_on(url), "an upgrade stops no recording"
            assert unit.incidents.get(IncidentId("i1")).why.vi == "Túi rác bị bỏ lại."
            assert unit.hits.of([IncidentId("i1")])[IncidentId("i1")] == (hit(),)
            assert [p.login for p in unit.people.all()] == ["quantri"]
            assert len(list(unit.audit.rows())) == 3
            assert first_break(unit.audit.rows()) is None
            assert [s.path for s in unit.recordings.all_segments()] == ["nga-ba-cho/2026-09-21/1.mp4"]
            [gap] = unit.recordings.gaps(CameraId("nga-ba-cho"), StreamRole.MAIN, Span(NOON, Instant(2 * NOON)))
            assert gap.detail.vi == ("máy chủ đã tắt" if "detail_vi" not in then.tables["gaps"].c else "detail_vi 6 đỏ")
        with store.write() as unit:
            unit.audit.append(TRAIL)
            assert first_break(unit.audit.rows()) is None
    engine = engine_for(address_of(url), write=True)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    for statement in ("UPDATE audit SET action = 'other'", "DELETE FROM audit"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(sa.text(statement))
    engine.dispose()
    same(before, url, then)


@pytest.mark.parametrize("revision", OLDER)
def test_a_downgrade_keeps_what_the_older_version_knew(url: str, revision: str):
    before = _old(url, revision)
    then = _tables(url)
    _to(url, "head")
    _to(url, revision, down=True)
    same(before, url, then)
    assert _tables(url).tables.keys() == then.tables.keys()
    with closing(SqlStore(url, HandClock())):
        pass
    same(before, url, then)


CHANGING = ("ALTER", "CREATE", "DROP", "INSERT", "UPDATE", "DELETE", "COMMIT")


def _killed_after(url: str, statements: int) -> bool:
    """Upgrade in a process of its own that is killed before its n-th change; whether it was."""
    child = os.fork()
    if child == 0:
        try:
            _die_after(statements)
            SqlStore(url, HandClock()).close()
            os._exit(0)
        finally:
            os._exit(9)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the upgrade failed by itself"
    return os.WIFSIGNALED(status)


def _die_after(left: int) -> None:
    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal left
        if statement.lstrip().upper().startswith(CHANGING):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", count)


@pytest.mark.parametrize("revision", OLDER)
def test_an_upgrade_that_is_killed_is_done_again_whole(url: str, revision: str):
    before = _old(url, revision)
    then = _tables(url)
    points = [0, 1, 3, 6]
    killed = [_killed_after(url, point) for point in points]
    assert killed[0], "the upgrade changes something"
    with closing(SqlStore(url, HandClock())):
        pass
    same(before, url, then)
    engine = engine_for(address_of(url), write=False)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == head()
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_sqlite_is_copied_before_each_try(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'db' / 'matpho.sqlite'}"
    before = _old(url, OLDER[-1])
    then = _tables(url)
    assert _killed_after(url, 0)
    copies = list((tmp_path / "db" / "backup").glob("*.sqlite"))
    assert len(copies) == 1
    assert copies[0].stat().st_mode & 0o077 == 0
    same(before, f"sqlite:///{copies[0]}", then)
