"""Publishing: what people read is replaced as a whole, and only by a build whose tests passed.

DuckDB has one writer who locks out every reader, so the marts are copied to a file of their own, ``marts.duckdb``,
which is renamed over the old one. On Postgres they are copied to schema ``published`` in one transaction. Both hold the
same tables in a schema of that name, so that a query is the same on either.
"""

import os
from pathlib import Path

import duckdb

from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.warehouse import Connection, connect, create_duckdb_file, quote

SOURCE = "marts"
PUBLISHED = "published"
_NEXT = "published_next"


def publish(settings: Settings) -> tuple[str, int]:
    """Replace what people read by the marts as they stand.

    Returns:
        Where they can be read, and how many tables there are.

    Raises:
        LeadhouseError: the copy could not be made; people still read the old one.
    """
    if settings.target == "duckdb":
        return str(settings.marts_file), _publish_file(settings)
    with connect(settings) as connection:
        tables = _publish_schema(connection, settings.reader_role)
    server = settings.postgres
    return f"schema {PUBLISHED} of database {server.dbname} at {server.host}:{server.port}", tables


def _publish_file(settings: Settings) -> int:
    unfinished = settings.marts_file.with_name(settings.marts_file.name + ".next")
    for leftover in (unfinished, unfinished.with_name(unfinished.name + ".wal")):
        leftover.unlink(missing_ok=True)
    try:
        create_duckdb_file(unfinished)
        with duckdb.connect() as raw:
            connection = Connection("duckdb", raw)
            connection.execute(f"attach {_literal(settings.warehouse_file)} as warehouse (read_only)")
            connection.execute(f"attach {_literal(unfinished)} as published_copy")
            connection.execute(f"create schema published_copy.{PUBLISHED}")
            tables = _mart_tables(connection)
            for table in map(quote, tables):
                connection.execute(
                    f"create table published_copy.{PUBLISHED}.{table} as from warehouse.{SOURCE}.{table}"
                )
            connection.execute("detach published_copy")
        _replace(unfinished, settings.marts_file)
    except (OSError, duckdb.Error) as error:
        reason = str(error).splitlines()[0]
        raise LeadhouseError(
            f"{settings.marts_file}: not published, the last copy stays ({reason})"
        ) from error
    return len(tables)


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _replace(new: Path, old: Path) -> None:
    """Rename ``new`` over ``old`` such that a crash leaves one of the two whole."""
    for path in (new, new.parent):
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    # What a client that opened the old copy for writing has left would make the new one unreadable.
    old.with_name(old.name + ".wal").unlink(missing_ok=True)
    new.replace(old)


def _publish_schema(connection: Connection, reader_role: str | None) -> int:
    with connection.transaction():
        connection.execute(f"drop schema if exists {_NEXT} cascade")
        connection.execute(f"create schema {_NEXT}")
        tables = _mart_tables(connection)
        for table in tables:
            connection.execute(
                f"create table {_NEXT}.{quote(table)} (like {SOURCE}.{quote(table)} including all)"
            )
            connection.execute(f"insert into {_NEXT}.{quote(table)} select * from {SOURCE}.{quote(table)}")
        if reader_role:
            connection.execute(f"grant usage on schema {_NEXT} to {quote(reader_role)}")
            connection.execute(f"grant select on all tables in schema {_NEXT} to {quote(reader_role)}")
        connection.execute(f"drop schema if exists {PUBLISHED} cascade")
        connection.execute(f"alter schema {_NEXT} rename to {PUBLISHED}")
    return len(tables)


def _mart_tables(connection: Connection) -> list[str]:
    rows = connection.execute(
        "select table_name from information_schema.tables where table_schema = ? order by 1", [SOURCE]
    )
    return [name for (name,) in rows]
