"""The warehouses that the other tests work on."""

import secrets
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from extract import TABLES
from leadhouse.config import Postgres, Settings
from leadhouse.errors import LeadhouseError
from leadhouse.warehouse import OPERATIONS, connect, prepare, table_columns
from tests.python import postgres_server
from tests.python.running import ROOT, run_dbt


def test_a_prepared_warehouse_has_every_declared_table(settings: Settings) -> None:
    with connect(settings) as connection:
        for table in TABLES:
            columns = table_columns(connection, table.schema, table.name)
            assert columns[: len(table.columns)] == [column.name for column in table.columns]
        assert connection.execute("select length(pii_key) from private.pii_key") == [(64,)]


def test_runs_of_dbt_from_an_earlier_version_are_kept_as_builds(settings: Settings) -> None:
    with connect(settings) as connection:
        connection.execute("drop table operations.runs")
        connection.execute("alter table operations.builds rename to runs")
        connection.execute("insert into operations.runs (run_id, command) values ('a', 'build')")
    for _ in range(2):
        prepare(settings)
    with connect(settings) as connection:
        assert connection.execute("select run_id, command from operations.builds") == [("a", "build")]
        assert connection.execute("select * from operations.runs") == []
        assert table_columns(connection, "operations", "runs") == list(OPERATIONS["runs"])


def test_postgres_counts_the_edits_between_two_texts(postgres_settings: Settings) -> None:
    with connect(postgres_settings) as connection:
        assert connection.execute("select levenshtein('kitten', 'sitting')") == [(3,)]


def test_an_extension_that_may_not_be_created_is_named(postgres_settings: Settings) -> None:
    name = f"leadhouse_test_{secrets.token_hex(6)}"
    login = replace(postgres_settings.postgres, user=name, password=name)
    with connect(postgres_settings) as connection:
        connection.execute("drop extension fuzzystrmatch")
        connection.execute(f"create role {name} login password '{name}'")
        try:
            with pytest.raises(LeadhouseError, match=r"fuzzystrmatch is missing .*permission denied"):
                prepare(replace(postgres_settings, postgres=login))
        finally:
            connection.execute(f"drop role {name}")


def test_dbt_reaches_the_warehouse(settings: Settings) -> None:
    run_dbt(settings, "debug", "--connection")
    assert (settings.home / "logs" / "dbt.log").exists()


def test_dbt_takes_no_more_memory_than_it_may(duckdb_settings: Settings) -> None:
    shown = ("show", "--quiet", "--inline", "select current_setting('memory_limit') as memory")
    assert "4.6 GiB" in run_dbt(duckdb_settings, *shown).stdout
    assert "1.8 GiB" in run_dbt(duckdb_settings, *shown, LEADHOUSE_DUCKDB_MEMORY="2GB").stdout


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


def test_debians_package_is_installed_where_it_may_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed = tmp_path / "installed"
    fake = tmp_path / "apt-get"
    fake.write_text(f'#!/bin/sh\ncase "$*" in *"install --yes"*postgresql) touch {installed};; esac\n')
    fake.chmod(0o755)
    monkeypatch.setattr(postgres_server, "APT_LOCK", tmp_path / "lock")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(postgres_server, "find_binaries", lambda: tmp_path if installed.exists() else None)
    assert postgres_server.install_binaries() == tmp_path

    installed.unlink()
    fake.write_text("#!/bin/sh\necho 'E: Unable to locate package postgresql' >&2\nexit 100\n")
    with pytest.raises(LeadhouseError, match=r"gave none: E: Unable to locate package postgresql$"):
        postgres_server.install_binaries()


# Where PGHOST names a server the other tests run on that, and this machine need not have any of its own to start.
@pytest.mark.skipif(
    not postgres_server.find_binaries(), reason="no binaries to start a throw-away server from"
)
def test_a_throw_away_server_does_not_outlive_its_test_run() -> None:
    program = """
import time
from tests.python.postgres_server import find_binaries, throw_away_cluster
with throw_away_cluster(find_binaries()) as server:
    print(server.port, flush=True)
    time.sleep(600)
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        process.kill()
    deadline = time.monotonic() + 30
    while _listens(port):
        assert time.monotonic() < deadline, "the server still runs"
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
