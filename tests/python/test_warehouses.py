"""The warehouses that the other tests work on."""

import psycopg2
import pytest

from extract import TABLES
from leadhouse.config import Postgres, Settings
from leadhouse.errors import LeadhouseError
from leadhouse.warehouse import connect, table_columns
from tests.python import postgres_server
from tests.python.running import run_dbt


def test_a_prepared_warehouse_has_every_declared_table(settings: Settings) -> None:
    with connect(settings) as connection:
        for table in TABLES:
            columns = table_columns(connection, table.schema, table.name)
            assert columns[: len(table.columns)] == [column.name for column in table.columns]
        assert connection.execute("select length(pii_key) from private.pii_key") == [(64,)]


def test_dbt_reaches_the_warehouse(settings: Settings) -> None:
    run_dbt(settings, "debug", "--connection")
    assert (settings.home / "logs" / "dbt.log").exists()


def test_a_database_is_dropped_and_no_other_touched(server: Postgres) -> None:
    def databases() -> set[str]:
        connection = psycopg2.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            dbname=server.dbname,
        )
        with connection.cursor() as cursor:
            cursor.execute("select datname from pg_database")
            names = {name for (name,) in cursor.fetchall()}
        connection.close()
        return names

    before = databases()
    with postgres_server.fresh_database(server) as database:
        assert databases() - before == {database.dbname}
    assert databases() == before


def test_a_server_named_by_the_environment_is_used() -> None:
    named = {"PGHOST": "db.example", "PGPORT": "6543", "PGUSER": "me", "PGPASSWORD": "x"}
    with postgres_server.postgres_server(named) as server:
        assert server == Postgres("db.example", 6543, "me", "x", "postgres")


def test_without_any_postgres_one_line_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_server, "find_binaries", lambda: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    said = r"^the tests need Postgres 14 or newer: .*apt-get install postgresql\)$"
    with pytest.raises(LeadhouseError, match=said), postgres_server.postgres_server({}):
        pass
