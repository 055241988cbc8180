"""How far each table has been read over an API: ``operations.cursors`` and, for single records, ``checkpoints``."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from extract.runs import utc_now
from extract.tables import Table
from leadhouse.warehouse import Connection

OF_TABLE = "source_name = ? and table_name = ?"
CHECKPOINTS_PER_STATEMENT = 500


def read_cursor(connection: Connection, table: Table) -> tuple[str, dict[str, Any]] | None:
    """The account that a table was read from, and how far; ``None`` if no API has fed it."""
    rows = connection.execute(
        f"select account, cursor from operations.cursors where {OF_TABLE}", [table.source, table.name]
    )
    return (rows[0][0], dict(json.loads(rows[0][1]))) if rows else None


def write_cursor(connection: Connection, table: Table, account: str, cursor: Mapping[str, Any]) -> None:
    """Note how far a table has been read."""
    connection.execute(f"delete from operations.cursors where {OF_TABLE}", [table.source, table.name])
    connection.execute(
        "insert into operations.cursors (source_name, table_name, account, cursor, updated_at)"
        " values (?, ?, ?, ?, ?)",
        [table.source, table.name, account, json.dumps(cursor), utc_now()],
    )


def read_checkpoints(connection: Connection, table: Table) -> dict[str, str]:
    """How far single records of a table have been read, by id."""
    rows = connection.execute(
        f"select record_id, version from operations.checkpoints where {OF_TABLE}", [table.source, table.name]
    )
    return dict(rows)


def write_checkpoints(connection: Connection, table: Table, checkpoints: Mapping[str, str]) -> None:
    """Note how far single records have been read, over what was noted of them before."""
    for part in _parts(list(checkpoints.items()), CHECKPOINTS_PER_STATEMENT):
        marks = ", ".join("?" * len(part))
        connection.execute(
            f"delete from operations.checkpoints where {OF_TABLE} and record_id in ({marks})",
            [table.source, table.name, *(record_id for record_id, _ in part)],
        )
        connection.execute(
            "insert into operations.checkpoints (source_name, table_name, record_id, version) values "
            + ", ".join(["(?, ?, ?, ?)"] * len(part)),
            [value for checkpoint in part for value in (table.source, table.name, *checkpoint)],
        )


def forget(connection: Connection, table: Table) -> None:
    """Forget how far a table has been read."""
    for name in ("cursors", "checkpoints"):
        connection.execute(f"delete from operations.{name} where {OF_TABLE}", [table.source, table.name])


def _parts(items: Sequence[Any], size: int) -> Iterator[list[Any]]:
    remaining = iter(items)
    while part := list(islice(remaining, size)):
        yield part
