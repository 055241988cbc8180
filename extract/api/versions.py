"""The versions of records in a raw table: which are new, which is the newest, which are of deleted records."""

from collections.abc import Sequence

from extract.tables import META_COLUMNS, Table
from leadhouse.warehouse import INCOMING, Connection, quote, table_columns

ROWS = f"{INCOMING}.rows"
PLACE = "_place"
"""Column of ``raw_incoming.rows``: the order in which the rows came."""


def raw_name(table: Table) -> str:
    """A raw table as SQL names it."""
    return f"{table.schema}.{quote(table.name)}"


def add_columns(connection: Connection, table: Table) -> list[str]:
    """Add to the raw table the columns that have come and that it lacks; say which."""
    present = set(table_columns(connection, table.schema, table.name))
    new = [column for column in _columns_that_came(connection) if column not in present]
    for column in new:
        connection.execute(f"alter table {raw_name(table)} add column {quote(column)} text")
    return new


def insert_new(connection: Connection, table: Table, key: Sequence[str], run_id: str) -> int:
    """Insert the rows whose key the table does not hold, each once; say how many they were.

    A key of more than an id and a time tells states apart that follow one another at the same time. The one that was
    landed last counts there: an earlier one that returns is inserted again.
    """
    parts = ", ".join(quote(part) for part in key)
    # coalesce, not "is not distinct from", for which Postgres would compare every row with every other
    same = " and ".join(
        f"coalesce(present.{quote(part)}, '') = coalesce(came.{quote(part)}, '')" for part in key
    )
    last = _last_number(connection, table)
    named = ", ".join(quote(column) for column in _columns_that_came(connection))
    # Which rows are new is decided on keys and places alone: sorting a million whole rows takes long.
    connection.execute(
        f"insert into {raw_name(table)} ({named}, _run_id, _row_number)"
        f" select {named}, ?, ? + fresh._rank from {ROWS} as came_whole join ("
        f"select {PLACE} as _fresh_place, row_number() over (order by {PLACE}) as _rank from ("
        f"select {parts}, min({PLACE}) as {PLACE} from {ROWS} group by {parts}) as came"
        f" where not exists (select 1 from {_present(table, key)} as present where {same})"
        f") as fresh on came_whole.{PLACE} = fresh._fresh_place",
        [run_id, last],
    )
    return _last_number(connection, table) - last


def fill(
    connection: Connection, table: Table, key: Sequence[str], columns: Sequence[str], run_id: str
) -> int:
    """Give the table's rows the values of columns that could not be read when they were landed.

    Only what is null is filled: a version's values never change. The rows are this run's from then on.

    Returns:
        Rows that got a value.
    """
    came = [quote(column) for column in _columns_that_came(connection) if column in columns]
    if not came:
        return 0
    parts = ", ".join(quote(part) for part in key)
    same = " and ".join(f"present.{quote(part)} = came.{quote(part)}" for part in key)
    lacking = " or ".join(f"(present.{column} is null and came.{column} is not null)" for column in came)
    values = ", ".join(f"min({column}) as {column}" for column in came)
    source = f"(select {parts}, {values} from {ROWS} group by {parts}) as came"
    name = raw_name(table)
    [(count,)] = connection.execute(
        f"select count(*) from {name} as present, {source} where {same} and ({lacking})"
    )
    assignments = ", ".join(f"{column} = coalesce(present.{column}, came.{column})" for column in came)
    connection.execute(
        f"update {name} as present set _run_id = ?, {assignments} from {source} where {same} and ({lacking})",
        [run_id],
    )
    return int(count)


def insert_deleted(
    connection: Connection, table: Table, id_column: str, time_column: str, run_id: str
) -> int:
    """Insert a version with ``is_deleted`` for the ids that have come, unless the newest one has it already.

    Args:
        connection: the warehouse, with ids and times of deletion in ``raw_incoming.rows``.
        table: the raw table.
        id_column: the column of ids.
        time_column: the column whose text tells the newest version.
        run_id: the run.

    Returns:
        Rows inserted.
    """
    columns = [
        name for name in table_columns(connection, table.schema, table.name) if name not in META_COLUMNS
    ]
    gone, newest = quote(id_column), _newest(connection, table, id_column, time_column)
    values = {
        id_column: f"gone.{gone}",
        time_column: f"gone.{quote(time_column)}",
        "is_deleted": "'true'",
    }
    chosen = ", ".join(
        f"{values.get(column, f'newest.{quote(column)}')} as {quote(column)}" for column in columns
    )
    return _insert(
        connection,
        table,
        columns,
        f"select {chosen}, gone.{PLACE} from {ROWS} as gone"
        f" left join ({newest}) as newest on newest.{gone} = gone.{gone}"
        " where coalesce(newest.is_deleted, '') <> 'true'",
        run_id,
    )


def newest_states(
    connection: Connection, table: Table, id_column: str, time_column: str
) -> list[tuple[str, bool]]:
    """Every id that the table holds, and whether its newest version is deleted."""
    rows = connection.execute(
        f"select {quote(id_column)}, coalesce(is_deleted, '') = 'true'"
        f" from ({_newest(connection, table, id_column, time_column)}) as newest"
        f" where {quote(id_column)} is not null"
    )
    return [(str(id_), bool(is_deleted)) for id_, is_deleted in rows]


def _columns_that_came(connection: Connection) -> list[str]:
    return [name for name in table_columns(connection, INCOMING, "rows") if not name.startswith("_")]


def _present(table: Table, key: Sequence[str]) -> str:
    """The versions that rows with this key are compared with."""
    id_, *others = map(quote, key)
    time, states = others[:1], others[1:]
    if not states:
        return raw_name(table)
    parts = ", ".join([id_, *others])
    return (
        f"(select {parts} from (select {parts}, row_number() over ("
        f"partition by {', '.join([id_, *time])} order by _row_number desc) as _age"
        f" from {raw_name(table)} where {id_} in (select {id_} from {ROWS})) as states where _age = 1)"
    )


def _newest(connection: Connection, table: Table, id_column: str, time_column: str) -> str:
    """A query for the newest version of every record."""
    collation = ' collate "C"' if connection.engine == "postgres" else ""
    return (
        f"select * from (select *, row_number() over (partition by {quote(id_column)}"
        f" order by {quote(time_column)}{collation} desc nulls last, _row_number desc) as _age"
        f" from {raw_name(table)}) as versions where _age = 1"
    )


def _insert(connection: Connection, table: Table, columns: Sequence[str], selection: str, run_id: str) -> int:
    """Insert selected rows in the order in which they came, numbered on from the largest number that there is."""
    last = _last_number(connection, table)
    named = ", ".join(quote(column) for column in columns)
    connection.execute(
        f"insert into {raw_name(table)} ({named}, _run_id, _row_number)"
        f" select {named}, ?, ? + row_number() over (order by {PLACE}) from ({selection}) as fresh",
        [run_id, last],
    )
    return _last_number(connection, table) - last


def _last_number(connection: Connection, table: Table) -> int:
    [(last,)] = connection.execute(f"select coalesce(max(_row_number), 0) from {raw_name(table)}")
    return int(last)
