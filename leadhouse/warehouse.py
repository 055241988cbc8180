"""The warehouse: one small connection for both engines, and the tables that exist before anything is landed."""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import psycopg2

from extract import TABLES
from extract.tables import META_COLUMNS
from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError

STORAGE_VERSION = "v1.4.0"
"""DuckDB's file format, kept old enough for BI tools with a 1.x client."""

INCOMING = "raw_incoming"
"""The schema that rows are loaded into first; it is worth nothing once a run has ended."""

OPERATIONS = {
    "files": {
        "file_id": "text",
        "source_name": "text",
        "table_name": "text",
        "period": "text",
        "file_path": "text",
        "byte_hash": "text",
        "content_hash": "text",
        "header_fingerprint": "text",
        "rows_read": "bigint",
        "rows_landed": "bigint",
        "rows_rejected": "bigint",
        "status": "text",
        "reason": "text",
        "load_id": "text",
        "recorded_at": "timestamp",
    },
    "rejected_rows": {
        "file_id": "text",
        "source_name": "text",
        "table_name": "text",
        "period": "text",
        "file_path": "text",
        "line_number": "bigint",
        "raw_text": "text",
        "reason": "text",
        "recorded_at": "timestamp",
    },
    "runs": {
        "run_id": "text",
        "source_name": "text",
        "table_name": "text",
        "method": "text",
        "window_start": "timestamp",
        "window_end": "timestamp",
        "calls": "bigint",
        "tokens": "bigint",
        "rows_read": "bigint",
        "rows_landed": "bigint",
        "rows_rejected": "bigint",
        "started_at": "timestamp",
        "finished_at": "timestamp",
        "duration_seconds": "double precision",
        "outcome": "text",
        "error_class": "text",
        "warning": "text",
    },
    "cursors": {
        "source_name": "text",
        "table_name": "text",
        "account": "text",
        "cursor": "text",
        "updated_at": "timestamp",
    },
    "checkpoints": {
        "source_name": "text",
        "table_name": "text",
        "record_id": "text",
        "version": "text",
    },
    "builds": {
        "run_id": "text",
        "command": "text",
        "started_at": "timestamp",
        "finished_at": "timestamp",
        "nodes_run": "bigint",
        "nodes_failed": "bigint",
        "fingerprint": "text",
    },
    "probabilities": {
        "subject": "text",
        "record_id": "text",
        "probability": "double precision",
        "horizon_days": "bigint",
        "model": "text",
        "run_id": "text",
        "observed_at": "timestamp",
        "scored_at": "timestamp",
    },
}
"""Tables of schema ``operations``. Times are UTC.

``files.status``: landed (in force), replaced (by a later delivery), refused. ``runs`` has one row per extraction and
table, ``method``: files, query, bulk, api, ``outcome``: landed, unchanged, failed, quota, refused. ``cursors`` and
``checkpoints`` say how far each table has been read over an API. ``builds`` are the runs of dbt.
``probabilities`` are those of the last ``leadhouse score``, one row per open lead and per customer."""

POLL_SECONDS = 0.2

IN_USE = "Conflicting lock"
"""What DuckDB says of a file that another process has open."""

Rows = list[tuple[Any, ...]]


class WarehouseInUse(LeadhouseError):
    """Another process has DuckDB's file open, and none but it can read or write it."""


def create_duckdb_file(path: Path) -> None:
    """Create an empty DuckDB file of the storage version that all our files have; leave an existing one alone."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(path)}' as created (storage_version '{STORAGE_VERSION}')")
        connection.execute("detach created")


class Connection:
    """A connection that speaks the same to both engines: ``?`` marks a parameter, rows come back as tuples."""

    def __init__(self, engine: str, raw: Any) -> None:
        self.engine = engine
        self.raw = raw

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Rows:
        """Run one statement and return its rows (none for a statement without a result)."""
        if self.engine == "duckdb":
            cursor = self.raw.execute(sql, list(parameters))
            return list(cursor.fetchall()) if cursor.description else []
        with self.raw.cursor() as cursor:
            cursor.execute(sql.replace("?", "%s") if parameters else sql, list(parameters) or None)
            return list(cursor.fetchall()) if cursor.description else []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside takes effect at once, or not at all."""
        self.execute("begin")
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error, psycopg2.Error):  # the connection may be what has failed
                self.execute("rollback")
            raise
        self.execute("commit")


@contextmanager
def connect(settings: Settings, *, read_only: bool = False) -> Iterator[Connection]:
    """Open the warehouse and close it again.

    Args:
        settings: where it is.
        read_only: only to look: DuckDB's file must be there, and others may look at the same time.

    Raises:
        LeadhouseError: the server cannot be reached, or the file is held by another process.
    """
    raw = _open_duckdb(settings, read_only) if settings.target == "duckdb" else open_postgres(settings)
    try:
        yield Connection(settings.target, raw)
    finally:
        raw.close()


def open_postgres(settings: Settings) -> Any:
    """A psycopg2 connection to the warehouse, committing by itself.

    Raises:
        LeadhouseError: the server cannot be reached.
    """
    server = settings.postgres
    try:
        raw = psycopg2.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            dbname=server.dbname,
            application_name="leadhouse",
        )
    except psycopg2.OperationalError as error:
        reason = " ".join(str(error).strip().splitlines()[0].split())
        raise LeadhouseError(
            f"Postgres at {server.host}:{server.port}, database '{server.dbname}': {reason};"
            " check PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE"
        ) from error
    raw.autocommit = True
    return raw


def prepare(settings: Settings) -> None:
    """Create what must exist before anything is landed: schemas, declared raw tables, operations, the secret key.

    Does nothing where all of it is there already; adds columns that a newer version declares.

    Raises:
        LeadhouseError: the warehouse cannot be opened, or the user may not create an extension that is needed.
    """
    with connect(settings) as connection:
        if connection.engine == "postgres":
            _ensure_extension(connection, "fuzzystrmatch")
        for schema in sorted({table.schema for table in TABLES} | {"operations", "private"}):
            connection.execute(f"create schema if not exists {schema}")
        _rename_runs_of_dbt(connection)
        wanted = {("operations", name): columns for name, columns in OPERATIONS.items()}
        for table in TABLES:
            declared = {column.name: "text" for column in table.columns}
            wanted[table.schema, table.name] = declared | META_COLUMNS
        _ensure_tables(connection, wanted)
        connection.execute("create table if not exists private.pii_key (pii_key text not null)")
        with connection.transaction():
            if not connection.execute("select 1 from private.pii_key"):
                key = settings.pii_key or secrets.token_hex(32)
                connection.execute("insert into private.pii_key values (?)", [key])


def clear_incoming(connection: Connection) -> None:
    """Throw away what a load has left."""
    connection.execute(f"drop schema if exists {INCOMING} cascade")


def table_columns(connection: Connection, schema: str, table: str) -> list[str]:
    """Names of a table's columns in their order; empty where there is no such table."""
    rows = connection.execute(
        "select column_name from information_schema.columns"
        " where table_schema = ? and table_name = ? order by ordinal_position",
        [schema, table],
    )
    return [name for (name,) in rows]


def quote(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _ensure_extension(connection: Connection, name: str) -> None:
    """Lead matching counts the edits between two texts; Postgres brings the function, but not in every database."""
    if connection.execute("select 1 from pg_extension where extname = ?", [name]):
        return
    try:
        connection.execute(f"create extension if not exists {name}")
    except psycopg2.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise LeadhouseError(
            f"Postgres' extension {name} is missing and cannot be created ({reason});"
            f" let an administrator install PostgreSQL's contrib package and run: create extension {name}"
        ) from error


def _rename_runs_of_dbt(connection: Connection) -> None:
    """Earlier versions kept dbt's runs under the name that the extraction's have now."""
    if "command" in table_columns(connection, "operations", "runs"):
        connection.execute("alter table operations.runs rename to builds")


def _ensure_tables(connection: Connection, wanted: dict[tuple[str, str], dict[str, str]]) -> None:
    """Create what is not there of tables, by schema and name, and of their columns; one query tells what is."""
    schemas = sorted({schema for schema, _ in wanted})
    present: dict[tuple[str, str], set[str]] = {}
    for schema, name, column in connection.execute(
        "select table_schema, table_name, column_name from information_schema.columns"
        f" where table_schema in ({', '.join('?' * len(schemas))})",
        schemas,
    ):
        present.setdefault((schema, name), set()).add(column)
    for (schema, name), columns in wanted.items():
        there = present.get((schema, name))
        if there is None:
            definitions = ", ".join(f"{quote(column)} {kind}" for column, kind in columns.items())
            connection.execute(f"create table if not exists {schema}.{quote(name)} ({definitions})")
            continue
        for column, kind in columns.items():
            if column not in there:
                connection.execute(f"alter table {schema}.{quote(name)} add column {quote(column)} {kind}")


def _open_duckdb(settings: Settings, read_only: bool) -> duckdb.DuckDBPyConnection:
    path = settings.warehouse_file
    deadline = time.monotonic() + settings.lock_seconds
    try:
        if not read_only:
            create_duckdb_file(path)
        while True:
            try:
                return duckdb.connect(str(path), read_only=read_only)
            except duckdb.IOException as error:  # another process, a plain `dbt build` say, has it open
                if IN_USE not in str(error) or time.monotonic() >= deadline:
                    raise
                time.sleep(POLL_SECONDS)
    except (OSError, duckdb.Error) as error:
        reason = str(error).splitlines()[0]
        kind = WarehouseInUse if IN_USE in reason else LeadhouseError
        raise kind(
            f"{path}: the warehouse cannot be opened ({reason}); end what uses it, or set LEADHOUSE_HOME"
        ) from error


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
