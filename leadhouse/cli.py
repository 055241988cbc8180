"""The command line: what users type, and what they are told."""

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from extract import SOURCES
from extract.files.extraction import FileReport, Progress, Request, extract_files, shown
from leadhouse import build as building
from leadhouse import dbt
from leadhouse.config import Settings, load_settings
from leadhouse.errors import LeadhouseError
from leadhouse.lock import run_lock
from leadhouse.simulator.commands import simulate
from leadhouse.warehouse import prepare

DEBUG = "--debug"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every error is one line, and a traceback only where it was asked for.

    Args:
        arguments: the command's arguments; those of the process if not given.

    Raises:
        SystemExit: always; its code is the exit status.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    debug = DEBUG in given
    try:
        # click returns the status of an exit that a command asked for.
        status = cli(
            args=[part for part in given if part != DEBUG], prog_name="leadhouse", standalone_mode=False
        )
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted; nothing is half done, run it again", 130, debug)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "leadhouse"
        _fail(f"{error.format_message()} (see '{command} --help')", 2, debug)
    except LeadhouseError as error:
        _fail(str(error), error.exit_code, debug)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0]
        _fail(
            f"unexpected {type(error).__name__}: {reason}; run it again with {DEBUG} for the details",
            70,
            debug,
        )
    sys.exit(status or 0)


def _fail(message: str, exit_code: int, debug: bool) -> NoReturn:
    if debug:
        Console(stderr=True).print_exception()
    click.echo(f"Error: {message}", err=True)
    sys.exit(exit_code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(DEBUG, is_flag=True, help="Show the traceback of an error. May stand anywhere in the command.")
def cli(debug: bool) -> None:
    """A CRM warehouse: from Salesforce, Pipedrive and licence files to tested marts.

    State lives in LEADHOUSE_HOME (default .leadhouse); LEADHOUSE_TARGET is the engine, duckdb (default) or postgres.
    """


cli.add_command(simulate)


@cli.command()
def init() -> None:
    """Create the warehouse with its empty raw tables. Every other command does so too where it is missing."""
    settings = load_settings()
    with run_lock(settings, "leadhouse init"):
        prepare(settings)
    click.echo(f"the {settings.target} warehouse is ready ({_place(settings)})")


@cli.command()
@click.argument("source", type=click.Choice(sorted(SOURCES)))
@click.option(
    "--files",
    "path",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder of CSV exports.",
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
    "--check",
    is_flag=True,
    help="Land nothing; report what would be landed, header drift and the models it touches.",
)
@click.option(
    "--replace", is_flag=True, help="The files replace all periods of their tables, not only their own."
)
def extract(
    source: str, path: Path, period: str | None, expected: tuple[str, ...], check: bool, replace: bool
) -> None:
    """Land a source's tables.

    Every CSV file of DIR is one table's content for the period. Files of pipedrive and salesforce are named after
    their tables, those of facilities are told apart by their headers. A delivery replaces its period as a whole; one
    that is in force already lands nothing. Ends with status 1 if a file was refused; the others are landed all the
    same.
    """
    settings = load_settings()
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
        with _Bar() as progress:
            reports = extract_files(settings, request, progress)
    if request.period > f"{datetime.now(UTC):%Y-%m}":
        click.echo(
            f"Warning: {request.period} lies in the future; what is delivered for the months before it is not read",
            err=True,
        )
    for report in reports:
        _print_report(settings, report)
    _finish(request, reports)


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]})
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
def build(dbt_arguments: tuple[str, ...]) -> None:
    """Run 'dbt build' with the given arguments, then publish the marts.

    Without arguments only what has changed since the last build is built. Nothing is published unless all data tests
    pass. Unit tests are left to 'dbt build': they test the code, not the data.
    """
    settings = load_settings()
    with run_lock(settings, "leadhouse build"):
        building.build(settings, dbt_arguments, click.echo)


def _place(settings: Settings) -> str:
    server = settings.postgres
    return (
        str(settings.warehouse_file)
        if settings.target == "duckdb"
        else f"database {server.dbname} at {server.host}:{server.port}"
    )


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


class _Bar(Progress):
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

    def inspecting(self, path: Path) -> None:
        self.bar.update(self.task, description=f"reading {shown(path.name)}", total=None)

    def landing(self, rows: int) -> None:
        self.bar.update(self.task, description="landing", total=rows, completed=0)

    def landed(self, rows: int) -> None:
        self.bar.update(self.task, advance=rows)
