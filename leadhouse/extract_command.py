"""``leadhouse extract``: from files or over an API, and what people are told of it."""

import re
import sys
from datetime import UTC, datetime
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from extract import SOURCES
from extract.files.extraction import FileReport, Progress, Request, extract_files, shown
from leadhouse import dbt
from leadhouse.config import Settings, load_settings
from leadhouse.lock import run_lock
from leadhouse.warehouse import prepare
from leadhouse.wording import counted

if TYPE_CHECKING:
    from extract.api.extraction import TableReport

APIS = {"pipedrive": "extract.api.pipedrive", "salesforce": "extract.api.salesforce"}
"""The module that signs in to each CRM."""


@click.command()
@click.argument("source", type=click.Choice(sorted(SOURCES)))
@click.option(
    "--files",
    "path",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of CSV exports; without it the tables are read over the CRM's API.",
)
@click.option(
    "--period",
    metavar="YYYY-MM",
    help="The month that the files are for; the current UTC month if not given.",
)
@click.option(
    "--expected-rows",
    "expected",
    multiple=True,
    metavar="N",
    help="Refuse the files unless they hold N rows in all; TABLE=N: unless those of a table do. May be repeated.",
)
@click.option(
    "--table",
    "names",
    multiple=True,
    metavar="NAME",
    help="Over an API: read only this table. May be repeated.",
)
@click.option(
    "--check",
    is_flag=True,
    help="Land nothing; report what would be landed, header drift and the models it touches; over an API, sign in"
    " and tell what may be read.",
)
@click.option(
    "--replace",
    is_flag=True,
    help="All that the tables hold is replaced: every period, and what another API or files have landed.",
)
def extract(
    source: str,
    path: Path | None,
    period: str | None,
    expected: tuple[str, ...],
    names: tuple[str, ...],
    check: bool,
    replace: bool,
) -> None:
    """Land a source's tables, from files or over its API.

    From files: every CSV file of DIR is one table's content for the period. Files of crm_exports (any other CRM),
    pipedrive and salesforce are named after their tables, those of facilities are told apart by their headers. A
    delivery replaces its period as a whole; one that is in force already lands nothing. Ends with status 1 if a file
    was refused; the others are landed all the same.

    Over the API: what has changed since the last run is read and landed, table by table; the address and the
    credentials are settings (docs/salesforce.md, docs/pipedrive.md). Ends with status 1 if a table failed, with 75 if
    the allowance of calls was reached; what was landed stays, and the next run goes on from there.
    """
    settings = load_settings()
    if path is not None:
        if names:
            raise click.UsageError(
                "--table is for reading over an API; with --files the files say which tables"
            )
        _extract_files(settings, source, path, period, expected, check, replace)
    elif source not in APIS:
        raise click.UsageError(f"{source} come as files only; give --files DIR")
    elif period or expected:
        raise click.UsageError("--period and --expected-rows are for files; give --files DIR too")
    else:
        _extract_api(settings, source, _known(source, names), check, replace)


def _known(source: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of tables that were given, in whatever case; they must be tables of the source."""
    known = [table.name for table in SOURCES[source]]
    wanted = tuple(name.lower() for name in names)
    if unknown := next((name for name in wanted if name not in known), None):
        raise click.UsageError(f"--table names '{unknown}'; there are {', '.join(known)}")
    return wanted


def _extract_files(
    settings: Settings,
    source: str,
    path: Path,
    period: str | None,
    expected: tuple[str, ...],
    check: bool,
    replace: bool,
) -> None:
    tables = SOURCES[source]
    request = Request(
        source=source,
        tables=tables,
        path=path,
        period=_period(period),
        expected_rows=_expected_rows(expected, [table.name for table in tables]),
        check=check,
        replace=replace,
    )
    with run_lock(settings, f"leadhouse extract {source}"):
        prepare(settings)
        with _Bar() as bar:
            reports = extract_files(settings, request, _FileProgress(bar))
    if request.period > f"{datetime.now(UTC):%Y-%m}":
        click.echo(
            f"Warning: {request.period} lies in the future; what is delivered for the months before it is not read",
            err=True,
        )
    for report in reports:
        _print_report(settings, report)
    _finish(request, reports)


def _extract_api(settings: Settings, source: str, names: tuple[str, ...], check: bool, replace: bool) -> None:
    from extract.api.extraction import extract_api, signed_in  # noqa: PLC0415 - takes seconds, and so do the clients

    connect = import_module(APIS[source]).connect
    if check:
        if names:
            raise click.UsageError("--check looks at all tables; leave --table out")
        for line in connect(settings).check():
            click.echo(line)
        return
    with run_lock(settings, f"leadhouse extract {source}"):
        prepare(settings)
        api = signed_in(settings, source, connect)
        reports = []
        with _Bar() as bar:
            for report in extract_api(settings, api, names, replace, bar.count):
                _print_table(settings, report)
                reports.append(report)
    _finish_api(source, reports, len(set(names) or SOURCES[source]))


def _period(text: str | None) -> str:
    if text is None:
        return f"{datetime.now(UTC):%Y-%m}"
    if not re.fullmatch(r"[12][0-9]{3}-(0[1-9]|1[0-2])", text, re.ASCII):
        raise click.UsageError(f"--period is '{text}'; it must be a month like 2026-01")
    return text


def _expected_rows(texts: tuple[str, ...], tables: list[str]) -> dict[str | None, int]:
    expected: dict[str | None, int] = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        if not re.fullmatch("[0-9]+", number):
            raise click.UsageError(f"--expected-rows is '{text}'; it must be a number, or TABLE=NUMBER")
        if name and name not in tables:
            raise click.UsageError(f"--expected-rows names the table '{name}'; there are {', '.join(tables)}")
        if (name or None) in expected:
            raise click.UsageError(f"--expected-rows is given twice for {name or 'all tables'}")
        expected[name or None] = int(number)
    return expected


def _print_report(settings: Settings, report: FileReport) -> None:
    content = report.content
    if report.status == "refused" or content is None:
        return
    scan, header, table = content.scan, content.header, content.table
    counts = f"{scan.rows_read:,} rows in the file = {content.rows_landed:,} landed + {scan.rows_rejected:,} rejected"
    verdict = {
        "landed": counts,
        "accepted": counts.replace("landed", "to land").replace("rejected", "to reject"),
        "unchanged": f"nothing landed: {report.reason}",
    }[report.status]
    click.echo(f"{shown(report.path.name)} → {table.schema}.{table.name}: {verdict}")
    for reject in scan.rejects:
        click.echo(f"  line {reject.line:,} rejected: {reject.reason}")
    if scan.rows_rejected > len(scan.rejects):
        click.echo(f"  … {scan.rows_rejected - len(scan.rejects):,} more in operations.rejected_rows")
    for cell, name in header.renamed.items():
        click.echo(f"  '{shown(cell)}' is read as {name}")
    if header.is_reordered:
        click.echo("  the columns came in another order; they are found by name")
    if header.missing and report.status == "accepted":
        click.echo(f"  not in the file, null in the table: {', '.join(header.missing)}")
    if header.new:
        names = ", ".join(f"'{shown(cell)}' as {name}" for cell, name in header.new.items())
        models = (
            ", ".join(dbt.downstream_models(settings, table.schema, table.name)) or "none that dbt knows of"
        )
        click.echo(f"  new: {names}; no model reads it yet, those on this table are: {models}")


def _finish(request: Request, reports: list[FileReport]) -> None:
    """Name the refused files on standard error, and end with status 1 if there are any."""
    refused = [report for report in reports if report.status == "refused"]
    for (reason, detail), group in groupby(refused, key=lambda report: (report.reason, report.detail)):
        paths = ", ".join(shown(report.path) for report in group)
        found = f" (found {shown(detail)})" if detail else ""
        click.echo(f"Error: {paths}: refused, nothing of it was landed: {reason}{found}", err=True)
    status, done = ("accepted", "would be landed") if request.check else ("landed", "landed")
    landed = [report.content for report in reports if report.content and report.status == status]
    rows = sum(content.rows_landed for content in landed)
    click.echo(
        f"{request.source} {request.period}: {rows:,} rows of {len(landed)} files {done}, {len(refused)} refused"
    )
    if refused:
        raise click.exceptions.Exit(1)


def _print_table(settings: Settings, report: "TableReport") -> None:
    """One line per table, and what somebody should know of it."""
    run = report.run
    name = f"raw_{run.source_name}.{run.table_name}"
    cost = counted(run.calls, "call") + (f", {counted(run.tokens, 'token')}" if run.tokens else "")
    if report.error is None or run.rows_landed:
        rejected = f", {run.rows_rejected:,} rejected" if run.rows_rejected else ""
        click.echo(f"{name}: {run.rows_landed:,} new of {run.rows_read:,} rows read{rejected} ({cost})")
    if report.new_columns:
        models = ", ".join(dbt.downstream_models(settings, f"raw_{run.source_name}", run.table_name))
        click.echo(
            f"  new: {', '.join(report.new_columns)}; no model reads it yet, those on this table are:"
            f" {models or 'none that dbt knows of'}"
        )
    for warning in report.warnings:
        click.echo(f"Warning: {name}: {warning}", err=True)


def _finish_api(source: str, reports: "list[TableReport]", tables: int) -> None:
    """Name what failed on standard error, and end with the status that belongs to it."""
    failed = [report for report in reports if report.error]
    # With --debug the command line shows what is behind it.
    unexpected = next((report.error for report in failed if report.run.error_class == "NOT_UNDERSTOOD"), None)
    for report in failed:
        if report.error is not unexpected:
            click.echo(f"Error: {report.error}", err=True)
    rows, calls = (
        sum(report.run.rows_landed for report in reports),
        sum(report.run.calls for report in reports),
    )
    done = len(reports) - len(failed)
    click.echo(
        f"{source}: {counted(rows, 'row')} landed with {counted(calls, 'call')};"
        f" {counted(done, 'table')} read, {tables - done} not"
    )
    if unexpected:
        raise unexpected
    if failed:
        # The quota ends a run in order; any other failure must not hide behind it.
        raise click.exceptions.Exit(min(report.error.exit_code for report in failed if report.error))


class _Bar:
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        self.bar = ProgressBar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self.task = self.bar.add_task("", total=None)

    def __enter__(self) -> "_Bar":
        self.bar.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.bar.stop()

    def show(self, description: str, total: int | None = None) -> None:
        """Begin something new, of which so many parts are to be done."""
        self.bar.update(self.task, description=description, total=total, completed=0)

    def advance(self, parts: int) -> None:
        """So many more parts are done."""
        self.bar.update(self.task, advance=parts)

    def count(self, description: str, parts: int) -> None:
        """So many parts are done of nobody knows how many."""
        self.bar.update(self.task, description=description, total=None, completed=parts)


class _FileProgress(Progress):
    def __init__(self, bar: _Bar) -> None:
        self.bar = bar

    def inspecting(self, path: Path) -> None:
        self.bar.show(f"reading {shown(path.name)}")

    def landing(self, rows: int) -> None:
        self.bar.show("landing", rows)

    def landed(self, rows: int) -> None:
        self.bar.advance(rows)
