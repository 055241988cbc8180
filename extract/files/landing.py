"""Landing: deliveries are loaded into tables of their own, then one transaction puts them in force.

Until that transaction commits nothing has happened: what was written before it, on disk and in schema
``raw_incoming``, is thrown away by the next run. So a run that is killed anywhere and repeated ends as one clean run
would.
"""

from collections.abc import Callable
from dataclasses import replace

from extract.files import ledger
from extract.files.delivery import REJECTED, Delivery
from extract.files.resources import ORIGIN_COLUMNS, resources
from extract.loading import load_incoming
from extract.runs import record, utc_now
from leadhouse.config import Settings
from leadhouse.warehouse import (
    INCOMING,
    OPERATIONS,
    Connection,
    clear_incoming,
    connect,
    quote,
    table_columns,
)


def land(settings: Settings, deliveries: list[Delivery], progress: Callable[[int], None]) -> None:
    """Load deliveries and put them in force, all together or not at all.

    Raises:
        LeadhouseError: the load failed; nothing has changed.
    """
    with connect(settings) as connection:
        load_id = load_incoming(settings, connection, resources(deliveries, progress))
        with connection.transaction():
            for delivery in deliveries:
                _put_in_force(connection, delivery, load_id)
        clear_incoming(connection)
        for delivery in deliveries:
            connection.execute(f"analyze {delivery.table.schema}.{quote(delivery.table.name)}")


def _put_in_force(connection: Connection, delivery: Delivery, load_id: str) -> None:
    table = delivery.table
    target = f"{table.schema}.{quote(table.name)}"
    replaced = None if delivery.replaces_all else delivery.period
    connection.execute(
        f"delete from {target}" + ("" if replaced is None else " where _period = ?"),
        [] if replaced is None else [replaced],
    )
    ledger.supersede(connection, table.source, table.name, replaced)
    if delivery.replaces_all:
        for state in ("cursors", "checkpoints"):
            connection.execute(
                f"delete from operations.{state} where source_name = ? and table_name = ?",
                [table.source, table.name],
            )
    present = set(table_columns(connection, table.schema, table.name))
    for file in delivery.files:
        for column in file.header.columns:
            if column not in present:
                connection.execute(f"alter table {target} add column {quote(column)} text")
                present.add(column)
        names = ", ".join(quote(name) for name in (*file.header.columns, *ORIGIN_COLUMNS))
        connection.execute(
            f"insert into {target} ({names}) select {names} from {INCOMING}.{file.incoming_table}"
        )
        if file.entry.rows_rejected:
            names = ", ".join(OPERATIONS["rejected_rows"])
            connection.execute(
                f"insert into operations.rejected_rows ({names}) select {names} from {INCOMING}.{REJECTED}"
                " where file_id = ?",
                [file.entry.file_id],
            )
    ledger.record(connection, (replace(file.entry, load_id=load_id) for file in delivery.files))
    record(connection, replace(delivery.run, finished_at=utc_now()))
