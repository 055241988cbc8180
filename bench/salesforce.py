"""What Salesforce analytics cost: a full build beside its own SQL, and the one after a thousandth has changed."""

import shutil
from dataclasses import replace
from statistics import median

import duckdb

from bench.build import seconds_of_compiled, seconds_of_nodes
from bench.measure import Measured, measure
from leadhouse.config import Settings
from leadhouse.dbt import COMMAND
from leadhouse.warehouse import prepare
from tests.python.running import ROOT

LEADS = 1_000_000
GIB = 2**30
MODELS = (
    "+path:models/marts/salesforce",
    "+dim_lead_history",
    "+dim_opportunity_history",
    "+dim_account_history",
)
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
NOW = ("--vars", "{as_of: '2026-06-30T13:10:00'}")


def run(settings: Settings, leads: int) -> None:
    """Build so many leads, with four rows of history, an opportunity, half a case and five activities each."""
    shutil.rmtree(settings.home, ignore_errors=True)
    prepare(settings)
    empty = _build_of_nothing(settings).seconds
    _land(settings, "records", leads=leads)
    _dbt(settings, "parse")
    full = _build(settings)
    nodes, compiled = seconds_of_nodes(settings), seconds_of_compiled(settings)
    hours = [_hour(settings, hour) for hour in range(1, 4)]
    hour = median(measured.seconds for measured in hours)
    print(
        f"Salesforce analytics of {leads:,} leads\n"
        f"  a full build takes {full.seconds:.1f} s, {full.peak_bytes / GIB:.1f} GiB (goal 8);"
        f" one of empty tables {empty:.1f} s\n"
        f"  its models: {nodes / compiled:.2f} times their SQL alone ({compiled:.1f} s; goal 1.5)\n"
        f"  a build with 0.1 % changed takes {hour / full.seconds:.0%} of it"
        f" (median of {', '.join(f'{measured.seconds:.1f}' for measured in hours)} s,"
        f" {max(measured.peak_bytes for measured in hours) / GIB:.1f} GiB; goal 20 %),\n"
        f"  of what the data take, without what a build of empty tables does,"
        f" {(hour - empty) / (full.seconds - empty):.0%}",
        flush=True,
    )


def _build_of_nothing(settings: Settings) -> Measured:
    """An hour's build where nothing was ever landed: what dbt itself takes."""
    empty = replace(settings, home=settings.home / "empty")
    prepare(empty)
    _dbt(empty, "parse")
    _build(empty)
    return _build(empty)


def _build(settings: Settings) -> Measured:
    return _dbt(settings, "build", "--select", *MODELS, *WITHOUT_TESTS)


def _dbt(settings: Settings, *arguments: str) -> Measured:
    return measure(settings, [*COMMAND, *arguments, *NOW])


def _hour(settings: Settings, number: int) -> Measured:
    _land(settings, "changes", hour=number)
    return _build(settings)


def _land(settings: Settings, what: str, **numbers: int) -> None:
    script = (ROOT / "bench" / f"salesforce_{what}.sql").read_text()
    for name, number in numbers.items():
        script = script.replace(f"{{{name}}}", str(number))
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute(script)
