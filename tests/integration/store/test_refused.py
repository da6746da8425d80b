"""What a real PostgreSQL says when it refuses, in the words of who has to mend it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from matpho.errors import StorageProblem
from matpho.plugins.stores.sql import SqlStore
from matpho.testing.clock import HandClock
from matpho.testing.postgres import TestPostgres

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def address(postgres: TestPostgres) -> Iterator[str]:
    """A database whose server knows ``ward`` by a password only, and lets ``few`` have no connection."""
    address = postgres.database()
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for role in ("ward LOGIN PASSWORD 'right'", "few LOGIN CONNECTION LIMIT 0"):
            connection.execute(sa.text(f"CREATE ROLE {role}"))
        rules = Path(str(connection.execute(sa.text("SHOW hba_file")).scalar()))
        rules.write_text("local all ward scram-sha-256\n" + rules.read_text())
        connection.execute(sa.text("SELECT pg_reload_conf()"))
        until = time.monotonic() + 10
        rule = sa.text("SELECT count(*) FROM pg_hba_file_rules WHERE 'ward' = ANY(user_name)")
        while not connection.execute(rule).scalar() and time.monotonic() < until:
            time.sleep(0.05)
    yield address
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "vi", "en"),
    [
        (("/test_", "/nowhere_"), "không có cơ sở dữ liệu tên này", "does not exist"),
        (("postgres@", "nobody@"), "từ chối tên hoặc mật khẩu", "does not exist"),
        (("postgres@", "ward:wrong@"), "từ chối tên hoặc mật khẩu", "authentication failed"),
        (("postgres@", "ward@"), "từ chối tên hoặc mật khẩu", "no password supplied"),
        (("postgres@", "few@"), "đã đủ số kết nối", "too many connections"),
        (("postgres@", "ward:right@"), "không có quyền tạo bảng", "permission denied"),
        (("host=/", "host=/nowhere/"), "không có máy chủ cơ sở dữ liệu nào chạy trên máy này", "No such file"),
    ],
)
def test_it_is_said_what_to_mend(address: str, change: tuple[str, str], vi: str, en: str):
    with pytest.raises(StorageProblem) as said:
        SqlStore(address.replace(*change), HandClock())
    assert vi in said.value.vi
    assert en in said.value.en
    assert "right" not in said.value.en + said.value.vi
    assert "wrong" not in said.value.en + said.value.vi
