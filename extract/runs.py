"""``operations.runs``: what each extraction did to each table."""

import secrets
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from leadhouse.warehouse import Connection

SIGN_IN = "sign-in"
"""What stands for the table's name where a run got no further than signing in."""


def utc_now() -> datetime:
    """The time by this machine, UTC without a zone, as the warehouse keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def new_run_id() -> str:
    """A name for one command's run: its start, to the second, and something random."""
    return f"{utc_now():%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


@dataclass(kw_only=True)
class Run:
    """One run's work on one table; the fields are the table's columns.

    Args:
        run_id: the same for all tables of one command.
        source_name: the source.
        table_name: the raw table, or `SIGN_IN`.
        method: ``files``, ``query``, ``bulk`` or ``api``.
        window_start: from when on changes were read, UTC; ``None`` from the beginning.
        window_end: up to when, exclusive; ``None`` where there are no windows.
        calls: requests, repeated ones too.
        tokens: what the API charged for them.
        rows_read: rows that came.
        rows_landed: rows that were new, or have got a value that they lacked.
        rows_rejected: rows that cannot be rows; they are in ``operations.rejected_rows``.
        started_at: UTC.
        finished_at: UTC.
        outcome: ``landed``, ``unchanged``, ``failed``, ``quota`` or ``refused``.
        error_class: what failed, by the API's own name where it has one.
        warning: what somebody should look at.
    """

    run_id: str
    source_name: str
    table_name: str
    started_at: datetime
    method: str | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    calls: int = 0
    tokens: int = 0
    rows_read: int = 0
    rows_landed: int = 0
    rows_rejected: int = 0
    finished_at: datetime | None = None
    outcome: str = "unchanged"
    error_class: str | None = None
    warning: str | None = None

    @property
    def duration_seconds(self) -> float | None:
        """How long it took."""
        return None if self.finished_at is None else (self.finished_at - self.started_at).total_seconds()


def record(connection: Connection, run: Run) -> None:
    """Write a run's row, over what an earlier part of it has written."""
    columns = [*(field.name for field in fields(Run)), "duration_seconds"]
    connection.execute(
        "delete from operations.runs where run_id = ? and table_name = ?", [run.run_id, run.table_name]
    )
    connection.execute(
        f"insert into operations.runs ({', '.join(columns)}) values ({', '.join('?' * len(columns))})",
        [getattr(run, column) for column in columns],
    )
