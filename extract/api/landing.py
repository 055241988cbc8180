"""Landing what an API gave: rows, the cursor that says how far the table has been read, and the record of the run.

Rows are loaded into ``raw_incoming`` first; one transaction takes over those that are new and moves the cursor. A run
that is killed before it commits has done nothing, and the next one reads the same window again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from extract import runs
from extract.api import state, versions
from extract.api.session import ApiError, QuotaReached, Usage
from extract.files import ledger
from extract.tables import Table
from leadhouse.config import Settings
from leadhouse.warehouse import (
    OPERATIONS,
    Connection,
    Rows,
    clear_incoming,
    connect,
)

MOST_REJECTED_TEXT = 10_000


class Target:
    """One raw table during one run.

    Args:
        settings: where the warehouse is.
        table: the raw table.
        account: whose data it is: the org's id, the company's domain.
        run_id: the run.
        usage: the run's counters, of which this table's share is recorded.
        replace: what the table holds goes with the first landing.
        on_progress: is told how many rows have come.
    """

    def __init__(
        self,
        settings: Settings,
        table: Table,
        account: str,
        run_id: str,
        usage: Usage,
        replace: bool = False,
        on_progress: Callable[[int], None] = lambda rows: None,
    ) -> None:
        self.settings = settings
        self.table = table
        self.run = runs.Run(
            run_id=run_id, source_name=table.source, table_name=table.name, started_at=runs.utc_now()
        )
        self.new_columns: list[str] = []
        self.warnings: list[str] = []
        self.account = account
        self._usage, self._calls_before, self._tokens_before = usage, usage.calls, usage.tokens
        self._rejected: list[tuple[str, str]] = []
        self._rows_so_far, self._on_progress = 0, on_progress
        self._replace = replace
        self._must_clear = True
        self.cursor: dict[str, Any] = {}

    def open(self) -> None:
        """Find out how far the table has been read.

        Raises:
            ApiError: it is fed by files, or from another account, and is not to be replaced.
        """
        if self._replace:
            return
        table = self.table
        shown = f"{table.schema}.{table.name}"
        advice = (
            f"'leadhouse extract {table.source} --replace --table {table.name}' puts what this API gives in place"
            " of all that is there"
        )
        with connect(self.settings) as connection:
            committed = state.read_cursor(connection, table)
            has_files = bool(ledger.in_force(connection, table.source, table.name))
        if committed is None and has_files:
            raise ApiError(f"{shown} is fed by files; {advice}", "FED_BY_FILES")
        if committed is not None:
            account, cursor = committed
            if account != self.account:
                raise ApiError(
                    f"{shown} holds the data of {account}, and this is {self.account}; {advice}",
                    "OTHER_ACCOUNT",
                )
            self.cursor, self._must_clear = cursor, False

    @property
    def name(self) -> str:
        """The raw table as SQL names it."""
        return versions.raw_name(self.table)

    @property
    def workspace(self) -> Path:
        """A folder for downloads that are not complete; it outlives the run, and the job empties it."""
        folder = self.settings.downloads / self.table.source / self.table.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def land(
        self,
        batches: Iterable[pa.Table],
        key: tuple[str, ...],
        cursor: Mapping[str, Any],
        *,
        method: str,
        window: tuple[datetime | None, datetime] | None = None,
        checkpoints: Mapping[str, str] | None = None,
        fill: Sequence[str] = (),
    ) -> int:
        """Land rows whose key the table does not hold yet, once each, together with the cursor.

        Args:
            batches: Arrow tables, all columns text, named as in the raw table. They may differ in columns; what the
                raw table lacks is added to it.
            key: the columns that tell versions apart.
            cursor: how far the table has been read then; anything that JSON can hold, without secrets.
            method: how they were read: ``query``, ``bulk`` or ``api``.
            window: the stretch of time that they were read for.
            checkpoints: how far single records have been read then; added to those that there are.
            fill: columns that could not be read before; versions that the table holds get their values.

        Returns:
            Rows that are new, or have got a value that they lacked.
        """
        with connect(self.settings) as connection:
            rows_read = self._load(connection, batches)
            rows_landed = 0
            with connection.transaction():
                self._clear(connection)
                if rows_read:
                    self.new_columns += versions.add_columns(connection, self.table)
                    rows_landed = versions.fill(connection, self.table, key, fill, self.run.run_id)
                    rows_landed += versions.insert_new(connection, self.table, key, self.run.run_id)
                state.write_checkpoints(connection, self.table, checkpoints or {})
                state.write_cursor(connection, self.table, self.account, cursor)
                self._account_for(connection, method, rows_read, rows_landed, window)
            self._settle(connection, cursor, rows_landed)
        return rows_landed

    def land_deleted(
        self,
        deleted: Iterable[tuple[str, str]],
        cursor: Mapping[str, Any],
        *,
        method: str,
        id_column: str = "id",
        time_column: str = "system_modstamp",
    ) -> int:
        """Land a version with ``is_deleted`` for records that are deleted and of which the table does not know it.

        It is a copy of the newest version; a record that was never read gets a row that holds no more than its id.

        Args:
            deleted: ids and times of deletion, in the form that ``time_column`` has.
            cursor: as in `land`.
            method: as in `land`.
            id_column: the column of ids.
            time_column: the column whose text tells the newest version.

        Returns:
            Rows landed.
        """
        rows = dict(deleted)
        columns = [id_column, time_column]
        batch = pa.table(
            [pa.array(list(rows), pa.string()), pa.array(list(rows.values()), pa.string())], columns
        )
        with connect(self.settings) as connection:
            rows_read = self._load(connection, [batch])
            rows_landed = 0
            with connection.transaction():
                if rows_read:
                    rows_landed = versions.insert_deleted(
                        connection, self.table, id_column, time_column, self.run.run_id
                    )
                state.write_cursor(connection, self.table, self.account, cursor)
                self._account_for(connection, method, rows_read, rows_landed, None)
            self._settle(connection, cursor, rows_landed)
        return rows_landed

    def missing_from(
        self, ids: Iterable[str], id_column: str = "id", time_column: str = "system_modstamp"
    ) -> list[str]:
        """Ids of records that the table holds, not deleted, and that a full list of ids lacks."""
        listed = set(ids)
        return [
            id_
            for id_, is_deleted in self._newest_states(id_column, time_column)
            if not is_deleted and id_ not in listed
        ]

    def unknown_in(
        self, ids: Iterable[str], id_column: str = "id", time_column: str = "system_modstamp"
    ) -> list[str]:
        """Ids of a full list that the table does not hold, in the order of the list."""
        known = {id_ for id_, _ in self._newest_states(id_column, time_column)}
        return [id_ for id_ in ids if id_ not in known]

    def checkpoints(self) -> dict[str, str]:
        """How far single records have been read, by id."""
        with connect(self.settings) as connection:
            return state.read_checkpoints(connection, self.table)

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> Rows:
        """Read the warehouse."""
        with connect(self.settings) as connection:
            return connection.execute(sql, parameters)

    def reject(self, raw_text: str, reason: str) -> None:
        """Note a row that cannot be one; it is kept in ``operations.rejected_rows`` with the next landing."""
        self._rejected.append((raw_text[:MOST_REJECTED_TEXT], reason))

    def warn(self, text: str) -> None:
        """Tell the user, at the end of the run and in ``operations.runs``, what somebody should look at."""
        if text not in self.warnings:
            self.warnings.append(text)

    def progress(self, rows: int) -> None:
        """So many more rows have come."""
        self._rows_so_far += rows
        self._on_progress(self._rows_so_far)

    def finish(self, error: ApiError | None) -> None:
        """Record how it ended."""
        if error is not None:
            self.run.outcome = "quota" if isinstance(error, QuotaReached) else "failed"
            self.run.error_class = error.error_class
        with connect(self.settings) as connection, connection.transaction():
            self._record(connection)

    def _load(self, connection: Connection, batches: Iterable[pa.Table]) -> int:
        """Load the rows into ``raw_incoming.rows``, and say how many they are."""
        waiting = (batch for batch in batches if batch.num_rows)
        first = next(waiting, None)
        if first is None:
            return 0
        from extract.loading import incoming, load_incoming  # noqa: PLC0415 - dlt takes seconds to import

        count = 0

        def read() -> Iterator[pa.Table]:
            nonlocal count
            for batch in _chain(first, waiting):
                places = pa.array(range(count + 1, count + batch.num_rows + 1), pa.int64())
                count += batch.num_rows
                yield batch.append_column(versions.PLACE, places)

        clear_incoming(connection)
        types = dict.fromkeys(first.column_names, "text") | {versions.PLACE: "bigint"}
        load_incoming(self.settings, connection, [incoming("rows", types, read, nullable=True)])
        pa.default_memory_pool().release_unused()  # Arrow keeps it otherwise, and the engine needs some now
        return count

    def _clear(self, connection: Connection) -> None:
        """Before the first landing: remove what files, another account or an earlier reading have left."""
        if not self._must_clear:
            return
        connection.execute(f"delete from {self.name}")
        ledger.supersede(connection, self.table.source, self.table.name, None)
        state.forget(connection, self.table)

    def _newest_states(self, id_column: str, time_column: str) -> list[tuple[str, bool]]:
        with connect(self.settings) as connection:
            return versions.newest_states(connection, self.table, id_column, time_column)

    def _reject_rows(self, connection: Connection) -> None:
        columns = list(OPERATIONS["rejected_rows"])
        for raw_text, reason in self._rejected:
            row = {
                "source_name": self.table.source,
                "table_name": self.table.name,
                "raw_text": raw_text,
                "reason": reason,
                "recorded_at": runs.utc_now(),
            }
            connection.execute(
                f"insert into operations.rejected_rows ({', '.join(columns)})"
                f" values ({', '.join('?' * len(columns))})",
                [row.get(column) for column in columns],
            )

    def _account_for(
        self,
        connection: Connection,
        method: str,
        rows_read: int,
        rows_landed: int,
        window: tuple[datetime | None, datetime] | None,
    ) -> None:
        """Add a landing to the record of this run, and write it."""
        run = self.run
        if window or run.window_end is None:  # not of what is done besides: comparing ids, say
            run.method = method
        run.rows_read += rows_read + len(self._rejected)
        run.rows_landed += rows_landed
        run.rows_rejected += len(self._rejected)
        run.outcome = "landed" if run.rows_landed else "unchanged"
        if window:
            start, end = (_naive(moment) for moment in window)
            if run.window_end is None:
                run.window_start = start
            run.window_end = end
        self._reject_rows(connection)
        self._record(connection)

    def _record(self, connection: Connection) -> None:
        self.run.calls = self._usage.calls - self._calls_before
        self.run.tokens = self._usage.tokens - self._tokens_before
        self.run.warning = "; ".join(self.warnings) or None
        self.run.finished_at = runs.utc_now()
        runs.record(connection, self.run)

    def _settle(self, connection: Connection, cursor: Mapping[str, Any], rows_landed: int) -> None:
        """After a commit."""
        self.cursor, self._must_clear, self._rejected = dict(cursor), False, []
        clear_incoming(connection)
        if rows_landed:
            connection.execute(f"analyze {self.name}")


def to_arrow(records: Sequence[Mapping[str, str | None]], columns: Sequence[str]) -> pa.Table:
    """Records as an Arrow table of text; what a record lacks is null.

    Args:
        records: by column.
        columns: the table's columns.
    """
    return pa.table(
        [pa.array([record.get(column) for record in records], pa.string()) for column in columns],
        list(columns),
    )


def _chain(first: pa.Table, others: Iterator[pa.Table]) -> Iterator[pa.Table]:
    yield first
    yield from others


def _naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=None)
