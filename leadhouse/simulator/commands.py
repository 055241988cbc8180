"""``leadhouse simulate``."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from leadhouse.simulator import plan as planning
from leadhouse.simulator.crm import command as standing_in

Command = Callable[..., Any]
MOST_MONTHS = 60
MOST_ROWS = 100_000_000
MOST_PEOPLE = 1_000_000
FIRST_YEAR, LAST_YEAR = 2000, 2060
"""Within them two-digit years mean what they should."""


@click.group()
def simulate() -> None:
    """Make up data in the formats of the real sources, or serve them as the CRMs do."""


simulate.add_command(standing_in.crm)
simulate.add_command(standing_in.advance)


def _size(name: str, most: int, default: int, *, least: int, text: str) -> Callable[[Command], Command]:
    return click.option(name, type=click.IntRange(least, most), default=default, show_default=True, help=text)


@simulate.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Everything follows from it."
)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m"]),
    default="2026-10",
    show_default=True,
    metavar="YYYY-MM",
    help="The first month.",
)
@_size("--months", MOST_MONTHS, 1, least=1, text="Monthly deliveries.")
@_size("--deals", MOST_ROWS, 2000, least=1, text="Different deals; each has about seven changes.")
@_size("--activities", MOST_ROWS, 5000, least=0, text="Calls and meetings.")
@_size("--users", MOST_PEOPLE, 60, least=1, text="Sales people in each CRM.")
@_size("--leads", MOST_PEOPLE, 400, least=0, text="Salesforce leads; all else in Salesforce follows.")
@_size("--facilities", MOST_PEOPLE, 300, least=0, text="Licensed sites in all three states.")
def files(out: Path, seed: int, start: datetime, **sizes: int) -> None:
    """Write all sources' files into OUT, as they would be exported at the end of a month.

    A single month goes to OUT/pipedrive, OUT/salesforce and OUT/facilities. Several go to OUT/YYYY-MM/pipedrive and so
    on: one folder for each 'leadhouse extract … --files OUT/YYYY-MM/… --period YYYY-MM'. The same options give the
    same bytes.

    OUT/truth says what the files do not: which lead is which facility, and what became of facilities; between which
    statuses leads move, and how likely (lead_statuses.csv); how likely each lead is converted whenever it leaves
    Qualified and at all, and when it is (lead_conversion.csv); how likely each customer leaves in the month after the
    last one, and when it does (account_churn.csv).

    Sizes are those of the first month; each later one adds 1/24 of the deals and activities, 2 % of the leads and some
    facilities. The log of deal changes always begins two years back. About three of ten leads become accounts, and for
    eight leads there is an account that never was one; a lead makes about 24 rows in all.

    OUT must be new, empty, or an earlier simulation, which is replaced.
    """
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise click.UsageError(f"--start is '{start:%Y-%m}'; choose a month from {FIRST_YEAR} to {LAST_YEAR}")
    plan = planning.Plan(seed=seed, start=start.date(), **sizes)
    count = rows = 0
    for written in planning.write(plan, out):
        line = f"{written.rows:>13,} rows  {written.path.relative_to(out)}"
        if written.is_complete:
            click.echo(line)
            count, rows = count + 1, rows + written.rows
        elif sys.stdout.isatty():
            click.echo(f"{line}\r", nl=False)
    click.echo(f"{rows:>13,} rows in {count} files in {out}")
