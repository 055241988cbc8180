"""The ledger of deliveries, ``operations.files``: which file is in force for which table and period."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from leadhouse.warehouse import OPERATIONS, Connection


@dataclass(frozen=True)
class Entry:
    """One file of the ledger; the fields are its columns.

    ``status``: ``landed`` (in force), ``replaced`` (by a later delivery), ``refused`` (nothing of it was landed;
    ``reason`` says why).
    """

    source_name: str
    table_name: str
    period: str
    file_path: str
    byte_hash: str
    content_hash: str | None
    header_fingerprint: str | None
    rows_read: int
    rows_landed: int
    rows_rejected: int
    status: str
    reason: str | None = None
    load_id: str | None = None

    @property
    def file_id(self) -> str:
        """The key: the same bytes for the same table and period are the same file."""
        return file_id(self.source_name, self.table_name, self.period, self.byte_hash)


def file_id(source: str, table: str, period: str, byte_hash: str) -> str:
    """Key of a file in the ledger; rows of raw tables point at it with ``_file_id``."""
    return hashlib.sha256("/".join((source, table, period, byte_hash)).encode()).hexdigest()[:16]


def in_force(connection: Connection, source: str, table: str) -> dict[str, set[str]]:
    """Content hashes of the files in force, by period."""
    rows = connection.execute(
        "select period, content_hash from operations.files"
        " where source_name = ? and table_name = ? and status = 'landed'",
        [source, table],
    )
    periods: dict[str, set[str]] = {}
    for period, content_hash in rows:
        periods.setdefault(period, set()).add(content_hash)
    return periods


def supersede(connection: Connection, source: str, table: str, period: str | None) -> None:
    """Mark what is in force for a period (``None``: for every period) as replaced, and forget its rejected rows."""
    where = "source_name = ? and table_name = ?" + ("" if period is None else " and period = ?")
    values = [source, table] + ([] if period is None else [period])
    connection.execute(
        f"update operations.files set status = 'replaced' where {where} and status = 'landed'", values
    )
    connection.execute(f"delete from operations.rejected_rows where {where}", values)


def record(connection: Connection, entries: Iterable[Entry]) -> None:
    """Write entries, over those of the same file."""
    now = datetime.now(UTC).replace(tzinfo=None)
    columns = list(OPERATIONS["files"])
    for entry in entries:
        connection.execute("delete from operations.files where file_id = ?", [entry.file_id])
        values = [now if column == "recorded_at" else getattr(entry, column) for column in columns]
        connection.execute(
            f"insert into operations.files ({', '.join(columns)}) values ({', '.join('?' * len(columns))})",
            values,
        )
