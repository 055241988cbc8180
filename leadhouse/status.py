"""``leadhouse status``: what has been extracted, how fresh it is, and what somebody should look at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from extract import SOURCES, TABLES
from extract.pipedrive import NEWEST_DEALS
from extract.runs import SIGN_IN, utc_now
from extract.tables import Table
from leadhouse.config import Settings, load_settings
from leadhouse.lock import running
from leadhouse.warehouse import OPERATIONS, Connection, WarehouseInUse, connect, quote, table_columns
from leadhouse.wording import counted

TIME_COLUMNS = ("system_modstamp", "change_time", "update_time", "modified", "created_date")
"""Columns with the time of a version or event; the first that a table has is its own."""

WAIT_SECONDS = 5
"""How long to wait for a DuckDB file that another process has open."""

WIDE = 110
"""Columns that a terminal needs for everything; on a narrower one the accounts and the times of day are left out."""

LOG_WIDTH = 500
"""Columns of a line in a log, which nobody folds."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Usage:
    """What an API was asked.

    Args:
        runs: runs of the extraction.
        calls: requests, repeated ones too.
        tokens: what the API charged for them.
    """

    runs: int
    calls: int
    tokens: int


@dataclass(frozen=True)
class TableStatus:
    """One raw table.

    Args:
        name: its name.
        fed_by: ``files``, the account of the API that feeds it, or nothing.
        read_at: when it was last read with success, UTC.
        rows: rows in it.
        newest: the newest month of files, or the time of the newest version.
        attention: what somebody should know of it.
    """

    name: str
    fed_by: str = ""
    read_at: datetime | None = None
    rows: int = 0
    newest: str = ""
    attention: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether anything ever happened to it."""
        return bool(self.fed_by or self.read_at or self.rows or self.attention)


@dataclass(frozen=True)
class SourceStatus:
    """One source.

    Args:
        name: its name.
        tables: its tables.
        unknown_files: what became of files that belong to none of them.
        sign_in: why the last run over its API got no further than that.
        last_run_at: when the last run over its API ended, UTC; ``None`` if there was none.
        last_run: what that has used.
        last_day: what all its runs of the last 24 hours have used.
    """

    name: str
    tables: tuple[TableStatus, ...]
    unknown_files: tuple[str, ...]
    sign_in: tuple[str, ...]
    last_run_at: datetime | None
    last_run: Usage
    last_day: Usage


@click.command()
def status() -> None:
    """Show what has been extracted, how fresh it is, and what is pending."""
    settings = load_settings()
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=LOG_WIDTH)
    for part in report(settings, utc_now(), is_wide=console.width >= WIDE):
        if isinstance(part, Grid) and not console.is_terminal:
            part.box = None
        console.print(part, soft_wrap=isinstance(part, Text))


def report(settings: Settings, now: datetime, *, is_wide: bool = True) -> Iterator[Text | Grid]:
    """Everything there is to say, as lines and tables.

    Args:
        settings: where the warehouse is.
        now: UTC.
        is_wide: whether there is room for all columns.

    Raises:
        LeadhouseError: the server cannot be reached, or the file is no warehouse.
    """
    if settings.target == "duckdb" and not settings.warehouse_file.exists():
        yield Text(f"nothing has been extracted yet: there is no {settings.warehouse_file}")
        return
    if holder := running(settings):
        yield Text(f"{holder} is running; what it has not landed yet does not show")
    try:
        with connect(replace(settings, lock_seconds=WAIT_SECONDS), read_only=True) as connection:
            if not _is_prepared(connection):
                yield Text("nothing has been extracted yet, at least not by this version of leadhouse")
                return
            sources = [source_status(settings, connection, name, now) for name in SOURCES]
    except WarehouseInUse:
        yield Text(
            f"{settings.warehouse_file} is in use by {holder or 'another process'}; ask again when it has ended"
        )
        return
    for source in sources:
        yield from _lines(source, now, is_wide)


def source_status(settings: Settings, connection: Connection, source: str, now: datetime) -> SourceStatus:
    """What is known of a source.

    Args:
        settings: where unfinished downloads lie.
        connection: the warehouse.
        source: its name.
        now: UTC.
    """
    last_runs = connection.execute(
        "select run_id, max(finished_at) from operations.runs"
        " where source_name = ? and method is distinct from 'files' group by run_id order by 2 desc limit 1",
        [source],
    )
    [(run_id, last_run_at)] = last_runs or [(None, None)]
    is_stuck = bool(
        connection.execute(
            "select 1 from operations.runs where run_id = ? and table_name = ?", [run_id, SIGN_IN]
        )
    )
    of_source = "source_name = ? and method is distinct from 'files'"
    return SourceStatus(
        name=source,
        tables=tuple(_table_status(settings, connection, table, now) for table in SOURCES[source]),
        unknown_files=_attention(connection, source, "", now),
        sign_in=_attention(connection, source, SIGN_IN, now) if is_stuck else (),
        last_run_at=last_run_at,
        last_run=_usage(connection, f"{of_source} and run_id = ?", [source, run_id]),
        last_day=_usage(connection, f"{of_source} and finished_at >= ?", [source, now - DAY]),
    )


def ago(moment: datetime, now: datetime) -> str:
    """How long ago something was, in the largest unit that says enough."""
    minutes = int((now - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 2 * 60:
        return f"{minutes} min ago"
    if minutes < 2 * 24 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60):,} days ago"


def _is_prepared(connection: Connection) -> bool:
    return all(
        set(columns) <= set(table_columns(connection, "operations", name))
        for name, columns in OPERATIONS.items()
    ) and all(table_columns(connection, table.schema, table.name) for table in TABLES)


def _usage(connection: Connection, where: str, parameters: Sequence[Any]) -> Usage:
    [(runs, calls, tokens)] = connection.execute(
        "select count(distinct run_id), coalesce(sum(calls), 0), coalesce(sum(tokens), 0)"
        f" from operations.runs where {where}",
        parameters,
    )
    return Usage(int(runs), int(calls), int(tokens))


def _table_status(settings: Settings, connection: Connection, table: Table, now: datetime) -> TableStatus:
    of_table = "source_name = ? and table_name = ?"
    key = [table.source, table.name]
    accounts = connection.execute(f"select account from operations.cursors where {of_table}", key)
    [(period, delivered_at)] = connection.execute(
        f"select max(period), max(recorded_at) from operations.files where {of_table} and status = 'landed'",
        key,
    )
    [(read_at,)] = connection.execute(
        f"select max(finished_at) from operations.runs where {of_table} and outcome in ('landed', 'unchanged')",
        key,
    )
    time_column = next(
        (name for name in TIME_COLUMNS if name in {column.name for column in table.columns}), None
    )
    newest = quote(time_column) if time_column else "null"
    [(rows, newest_version)] = connection.execute(
        f"select count(*), max({newest}) from {table.schema}.{quote(table.name)}"
    )
    attention = _attention(connection, table.source, table.name, now) + _unfinished(settings, table)
    if (table.source, table.name) == ("pipedrive", "deal_changes") and accounts:
        attention += _unread_deals(connection)
    return TableStatus(
        name=table.name,
        fed_by=accounts[0][0] if accounts else "files" if period else "",
        read_at=max((moment for moment in (read_at, delivered_at) if moment), default=None),
        rows=rows,
        newest=period or _shown_time(newest_version),
        attention=attention,
    )


def _attention(connection: Connection, source: str, table_name: str, now: datetime) -> tuple[str, ...]:
    """How the last run over a table ended, if not well, and what it warned of."""
    runs = connection.execute(
        "select outcome, error_class, warning, finished_at from operations.runs"
        " where source_name = ? and table_name = ? and finished_at is not null order by finished_at desc limit 1",
        [source, table_name],
    )
    if not runs:
        return ()
    [(outcome, error_class, warning, finished_at)] = runs
    troubles = {
        "failed": f"failed {ago(finished_at, now)}: {error_class}",
        "quota": f"stopped at the quota {ago(finished_at, now)}; the next run goes on from there",
        "refused": f"files refused {ago(finished_at, now)}: {error_class}",
    }
    return tuple(text for text in (troubles.get(outcome), warning) if text)


def _unfinished(settings: Settings, table: Table) -> tuple[str, ...]:
    """Downloads that a run has left behind."""
    folder = settings.downloads / table.source / table.name
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    if not sizes:
        return ()
    return (
        f"a download is not complete, {sum(sizes) / 2**20:,.1f} MiB so far; the next run goes on with it",
    )


def _unread_deals(connection: Connection) -> tuple[str, ...]:
    """Deals that have changed since their changelog was read."""
    [(deals,)] = connection.execute(
        f"select count(*) from ({NEWEST_DEALS}) as deals left join operations.checkpoints as read_before"
        " on source_name = 'pipedrive' and table_name = 'deal_changes' and record_id = deals.id"
        " where deals.version is distinct from read_before.version"
    )
    return (f"the changelogs of {counted(deals, 'deal')} are still to be read",) if deals else ()


def _shown_time(text: str | None) -> str:
    """A time of an API, to the minute."""
    return (text or "")[:16].replace("T", " ")


def _lines(source: SourceStatus, now: datetime, is_wide: bool) -> Iterator[Text | Grid]:
    known = [table for table in source.tables if table.is_known]
    yield Text()
    if not known:
        yield Text(f"{source.name}: nothing yet")
    else:
        yield Text(source.name, style="bold")
        yield _grid(known, now, is_wide)
        if missing := [table.name for table in source.tables if not table.is_known]:
            yield Text(f"nothing yet: {', '.join(missing)}")
    if source.last_run_at:
        yield Text(
            f"last run {ago(source.last_run_at, now)}: {_shown_usage(source.last_run)};"
            f" last 24 hours: {_shown_usage(source.last_day)} in {counted(source.last_day.runs, 'run')}"
        )
    for name, attention in (
        ("files of no table", source.unknown_files),
        (SIGN_IN, source.sign_in),
        *((table.name, table.attention) for table in known),
    ):
        for text in attention:
            yield Text(f"! {name}: {text}", style="yellow")


def _shown_usage(usage: Usage) -> str:
    tokens = f", {counted(usage.tokens, 'token')}" if usage.tokens else ""
    return counted(usage.calls, "call") + tokens


def _grid(tables: Sequence[TableStatus], now: datetime, is_wide: bool) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("table", "fed by", "last read (UTC)", "") if is_wide else ("table", "last read"):
        grid.add_column(heading, no_wrap=True)
    grid.add_column("rows", justify="right", no_wrap=True)
    grid.add_column("newest", no_wrap=True)
    for table in tables:
        read_at = f"{table.read_at:%Y-%m-%d %H:%M}" if table.read_at else "never"
        read_ago = ago(table.read_at, now) if table.read_at else ""
        read = (table.fed_by, read_at, read_ago) if is_wide else (read_ago or "never",)
        grid.add_row(table.name, *read, f"{table.rows:,}", table.newest)
    return grid
