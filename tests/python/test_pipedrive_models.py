"""The Pipedrive models on both engines: against a recomputation of our own, and on tables that somebody has spoilt."""

import csv
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from leadhouse.config import Engine, Settings
from leadhouse.warehouse import Connection, connect
from tests.python import pipedrive_recomputed, pipedrive_tangle
from tests.python.running import ROOT, call_leadhouse, run_dbt

REAL_SAMPLE = ROOT / "../shared/data/pipedrive"
PIPEDRIVE = (
    "path:seeds/deals",
    "path:models/staging/pipedrive",
    "path:models/intermediate/deals",
    "path:models/intermediate/sales",
    "path:models/marts/sales",
)
ANALYSES = ("rep_leaderboard", "funnel_drop_off", "data_quality_audit")
FUNNEL = ("month", "kpi_name", "funnel_step", "deals_count", "retention_pct")
PERFORMANCE = (
    "month",
    "sales_rep_id",
    "sales_rep_name",
    "sales_rep_label",
    "deals_worked",
    "activities_completed",
    "activities_planned",
    "sales_call_1_count",
    "sales_call_2_count",
    "other_activities_count",
    "deals_lost",
    "deals_won",
    "avg_effort_per_deal",
)
TABLES = {
    "intermediate.int_deal_stage_transitions": "*",
    "intermediate.int_deal_owner_periods": "*",
    "intermediate.int_deal_status_changes": "*",
    "intermediate.int_deal_losses": "*",
    "intermediate.int_deal_activities": "*",
    "intermediate.int_deal_funnel_entries": "*",
    "intermediate.int_field_options": "*",
    # the hash of the e-mail address is keyed, and each warehouse has a key of its own
    "marts.dim_sales_rep": "sales_rep_id, sales_rep_name, sales_rep_label, is_known_user",
    "marts.fct_deals": "*",
}

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Built:
    """A warehouse with the Pipedrive models, the exports they were built from, and what dbt said."""

    settings: Settings
    folder: Path
    output: str

    def rows(self, sql: str) -> Rows:
        """Rows of a query."""
        with connect(self.settings) as connection:
            return connection.execute(sql)

    def test_query(self, name: str) -> str:
        """The failures of a test, as a query: its SQL as the build ran it, in the measure that dbt goes by."""
        target = self.settings.home / "target"
        nodes = json.loads((target / "manifest.json").read_text())["nodes"]
        (node,) = (
            node for node in nodes.values() if node["resource_type"] == "test" and node["name"] == name
        )
        results = json.loads((target / "run_results.json").read_text())["results"]
        (sql,) = (result["compiled_code"] for result in results if result["unique_id"] == node["unique_id"])
        return f"select {node['config']['fail_calc']} from ({sql}) as failures"


Build = Callable[[Engine, str], Built]


@pytest.fixture(scope="module")
def build(new_warehouse: Callable[[Engine], Settings], tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Land exports in a new warehouse and build them; the same ones only once.

    Unit tests bring their own rows, so once per engine is enough.
    """

    @cache
    def create(engine: Engine, exports: str) -> Built:
        settings = new_warehouse(engine)
        folder = tmp_path_factory.getbasetemp() / exports
        if exports == "real":
            folder = REAL_SAMPLE
            if not folder.is_dir():
                pytest.skip(f"the published extract is not at {folder}")
        elif exports == "tangle":
            pipedrive_tangle.write(folder)
        else:
            sizes = ("--deals", 400, "--activities", 900, "--users", 20, "--leads", 0, "--facilities", 0)
            call_leadhouse(settings, "simulate", "files", folder, *sizes)
            folder /= "pipedrive"
        call_leadhouse(settings, "extract", "pipedrive", "--files", folder, "--period", "2024-06")
        options = ("--select", *PIPEDRIVE, "--exclude-resource-type", "unit_test")
        return Built(settings, folder, run_dbt(settings, "build", *options).stdout)

    return create


@pytest.mark.parametrize("exports", ["tangle", "real"])
@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_the_reports_are_what_a_recomputation_gives(build: Build, engine: Engine, exports: str) -> None:
    built = build(engine, exports)
    funnel = built.rows(f"select {', '.join(FUNNEL)} from marts.rep_sales_funnel_monthly")
    performance = built.rows(f"select {', '.join(PERFORMANCE)} from marts.rep_sales_rep_performance_monthly")
    assert_same(funnel, pipedrive_recomputed.funnel(built.folder))
    assert_same(performance, pipedrive_recomputed.performance(built.folder))


def test_the_reports_have_their_columns_in_order(build: Build) -> None:
    columns = (
        "select column_name from information_schema.columns where table_name = '{}' order by ordinal_position"
    )
    built = build("duckdb", "tangle")
    assert built.rows(columns.format("rep_sales_funnel_monthly")) == [(name,) for name in FUNNEL]
    assert built.rows(columns.format("rep_sales_rep_performance_monthly")) == [
        (name,) for name in PERFORMANCE
    ]


@pytest.mark.parametrize("table", TABLES)
def test_both_engines_give_the_same_rows(build: Build, table: str) -> None:
    query = f"select {TABLES[table]} from {table}"
    rows = build("duckdb", "tangle").rows(query)
    assert rows
    assert_same(rows, build("postgres", "tangle").rows(query))


@pytest.mark.parametrize("exports", ["simulated", "real"])
def test_the_yardstick_gives_the_same_reports(build: Build, exports: str) -> None:
    built = build("duckdb", exports)
    with connect(built.settings) as connection:
        for statement in (ROOT / "bench/reference.sql").read_text().strip().split(";\n"):
            connection.execute(statement)
        for name, mart, columns in (
            ("funnel", "rep_sales_funnel_monthly", FUNNEL),
            ("performance", "rep_sales_rep_performance_monthly", PERFORMANCE),
        ):
            others = ", ".join(columns[1:])
            rows = connection.execute(f"select cast(month as date), {others} from {name}")
            assert_same(rows, connection.execute(f"select month, {others} from marts.{mart}"))


def test_the_published_extract_shows_its_known_facts(build: Build) -> None:
    built = build("duckdb", "real")
    ((activities, activity_ids),) = built.rows(
        "select count(*), count(distinct activity_id) from intermediate.int_deal_activities"
    )
    assert (activities, activities - activity_ids) == (4579, 11)
    assert built.rows("select status, count(*) from intermediate.int_deals group by 1") == [("lost", 1995)]
    assert built.rows("select distinct lost_reason from intermediate.int_deal_losses order by 1") == [
        ("Customer Not Ready",),
        ("Duplicate Entry",),
        ("Pricing Issues",),
        ("Product Mismatch",),
        ("Unreachable Customer",),
    ]


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_what_cannot_be_used_is_counted_and_named(build: Build, engine: Engine) -> None:
    built = build(engine, "tangle")
    for unknown in (
        "activity, lunch, ",
        "activity, empty, ",
        "stage, Parking, ",
        "stage, number 77, ",
        "stage, empty, ",
    ):
        assert f"the seed funnel_steps does not know (kind, value, events): {unknown}" in built.output
    for test in (
        "every_stage_and_activity_type_is_known_to_the_funnel",
        "every_list_of_field_options_can_be_read",
        "every_sales_rep_is_a_known_user",
        "unique_stg_pipedrive__users_user_id",
        "every_deal_change_can_be_used",
        "unique_int_deal_activities_activity_id",
        "not_null_int_deal_activities_deal_id",
        "not_null_int_deal_activities_due_at",
        "not_null_stg_pipedrive__activities_is_done",
    ):
        ((failures,),) = built.rows(built.test_query(test))
        assert failures > 0, test
        assert f"WARN {failures} {test}" in built.output


ROW = "row_number_in_delivery"
EVENTS = "intermediate.int_deal_events"
TRANSITIONS = "intermediate.int_deal_stage_transitions"
OWNERS = "intermediate.int_deal_owner_periods"
ENTRIES = "intermediate.int_deal_funnel_entries"
ACTIVITIES = "intermediate.int_deal_activities"
LOSSES = "intermediate.int_deal_losses"
DEALS = "intermediate.int_deals"
FUNNEL_REPORT = "marts.rep_sales_funnel_monthly"
REP_REPORT = "marts.rep_sales_rep_performance_monthly"
STEPS = "reference.funnel_steps"
STEP_3, STEP_LOST = "funnel_step = '3'", "funnel_step = 'Lost'"
LOST, WON = "status = 'lost'", "status = 'won'"


def last(key: str, table: str, where: str = "true") -> str:
    """The condition for one row (or one deal's rows) of a table."""
    return f"{key} = (select max({key}) from {table} where {where})"


SPOILT = {
    "every_usable_deal_change_is_one_event": (
        f"delete from {EVENTS} where {last(ROW, EVENTS)}",
        f"update {EVENTS} set {ROW} = 1 where {last(ROW, EVENTS)}",
    ),
    "every_deal_with_a_change_is_one_deal": (f"delete from {DEALS} where {last('deal_id', DEALS)}",),
    "transitions_of_a_deal_are_its_stage_events": (
        f"delete from {TRANSITIONS} where {last(ROW, TRANSITIONS)}",
        f"insert into {TRANSITIONS} select * from {TRANSITIONS} where {last(ROW, TRANSITIONS)}",
    ),
    "every_deal_has_one_first_and_one_last_transition": (
        f"update {TRANSITIONS} set previous_entered_at = null"
        f" where {last(ROW, TRANSITIONS, 'previous_entered_at is not null')}",
        f"update {TRANSITIONS} set next_entered_at = entered_at"
        f" where {last(ROW, TRANSITIONS, 'next_entered_at is null')}",
    ),
    "ownership_of_a_deal_has_no_gap_and_no_overlap": (
        f"update {OWNERS} set owned_until = owned_until + interval '1 hour'"
        f" where {last('deal_id', OWNERS, 'owned_until is not null')}",
    ),
    "every_funnel_entry_is_the_deals_first_event_for_the_step": (
        f"delete from {ENTRIES} where {STEP_3} and {last('deal_id', ENTRIES, STEP_3)}",
        f"update {ENTRIES} set entered_at = entered_at + interval '1 hour' where {STEP_3}",
    ),
    "every_deal_that_is_lost_has_its_loss": (f"delete from {LOSSES} where {last('deal_id', DEALS, LOST)}",),
    "every_activity_is_kept": (f"delete from {ACTIVITIES} where {ROW} = 1",),
    "a_deal_is_closed_or_open": (
        f"update {DEALS} set closed_at = null where {last('deal_id', DEALS, WON)}",
        f"update {DEALS} set status = 'open' where {last('deal_id', DEALS, WON)}",
    ),
    "funnel_months_add_up_to_the_funnel_entries": (
        f"delete from {ENTRIES} where {STEP_LOST} and {last('deal_id', ENTRIES, STEP_LOST)}",
        f"update {FUNNEL_REPORT} set deals_count = deals_count + 1 where funnel_step = '2.1'",
    ),
    "every_month_shows_every_funnel_step": (
        f"delete from {FUNNEL_REPORT} where funnel_step = '9' and {last('month', FUNNEL_REPORT)}",
    ),
    "a_reps_months_add_up_to_the_reps_activities": (
        f"delete from {ACTIVITIES}"
        f" where {last(ROW, ACTIVITIES, 'sales_rep_id is not null and due_at is not null')}",
        f"update {REP_REPORT} set activities_completed = activities_completed - 1,"
        " activities_planned = activities_planned + 1 where sales_rep_id = 10",
    ),
    "completed_activities_are_first_second_and_no_sales_calls": (
        f"update {REP_REPORT} set sales_call_2_count = sales_call_2_count + 1 where sales_rep_id = 10",
    ),
    "a_rep_has_worked_on_every_deal_they_lost_or_won": (
        f"update {REP_REPORT} set deals_worked = deals_lost - 1 where deals_lost > 0",
        f"update {REP_REPORT} set deals_worked = deals_won - 1 where deals_won > 0",
    ),
    "every_loss_and_win_counts_for_its_owner_or_for_nobody": (
        f"delete from {LOSSES} where {last('deal_id', LOSSES, 'owner_id is not null')}",
        f"update {REP_REPORT} set deals_won = deals_won + 1 where sales_rep_id = 10",
    ),
    "every_owner_of_a_changed_deal_has_worked_on_it": (
        f"update {REP_REPORT} set deals_worked = 1 where sales_rep_id = 10",
        f"delete from {REP_REPORT} where sales_rep_id = 10",
    ),
    "no_two_rows_of_funnel_steps_fold_to_the_same_value": (
        f"insert into {STEPS} (kind, source_value) values ('activity', 'SC-2')",
    ),
    "every_funnel_step_means_one_thing": (
        f"insert into {STEPS} values ('stage', 'Won over', '9', 'Another name', 90, null)",
        f"update {STEPS} set parent_step = '2.1' where funnel_step = '3.1'",
    ),
}


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
@pytest.mark.parametrize(
    ("claim", "spoil"), [(claim, spoil) for claim, spoils in SPOILT.items() for spoil in spoils]
)
def test_a_claim_fails_once_its_tables_are_spoilt(
    build: Build, engine: Engine, claim: str, spoil: str
) -> None:
    built = build(engine, "tangle")
    failures = built.test_query(claim)
    with connect(built.settings) as connection:
        assert connection.execute(failures) in ([(0,)], [(None,)])
        with undone_afterwards(connection):
            connection.execute(spoil)
            ((count,),) = connection.execute(failures)
            assert count > 0


def test_dbt_fails_where_a_claim_fails(build: Build) -> None:
    built = build("duckdb", "tangle")
    change = (
        "update marts.rep_sales_funnel_monthly set deals_count = deals_count {} 1 where funnel_step = '1'"
    )
    built.rows(change.format("+"))
    try:
        claim = "funnel_months_add_up_to_the_funnel_entries"
        result = run_dbt(
            built.settings,
            "test",
            "--select",
            claim,
            "--target-path",
            built.settings.home / "other",
            status=1,
        )
        assert f"FAIL 1 {claim}" in result.stdout
    finally:
        built.rows(change.format("-"))


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_the_analyses_run(build: Build, engine: Engine) -> None:
    built = build(engine, "tangle")
    target = built.settings.home / "analyses"
    run_dbt(built.settings, "compile", "--select", *ANALYSES, "--target-path", target)
    leaderboard, drop_off, audit = (
        built.rows((target / f"compiled/leadhouse/analyses/{name}.sql").read_text()) for name in ANALYSES
    )

    performance = pipedrive_recomputed.performance(built.folder)
    calls = {row[1]: 0 for row in performance}
    for row in performance:
        calls[row[1]] += row[7] + row[8]
    assert leaderboard[0][0] == 1
    assert [row[3] for row in leaderboard] == sorted(calls.values(), reverse=True)[:25]

    assert [row[0] for row in drop_off] == list(range(1, 9))
    assert all(row[3] == row[4] + row[5] and row[3] > 0 for row in drop_off)
    assert [row[3] for row in drop_off] == [
        sum(row[3] for row in pipedrive_recomputed.funnel(built.folder) if row[2] == str(step))
        for step in range(1, 9)
    ]

    found = {row[1]: row[3] for row in audit}
    with (built.folder / "activity.csv").open(newline="") as file:
        activities = list(csv.DictReader(file))
    numbers = [row["activity_id"] for row in activities]
    assert found["activities without a deal"] == sum(not row["deal_id"] for row in activities)
    assert found["activities of a type that the funnel does not know"] == sum(
        row["type"] == "lunch" for row in activities
    )
    assert found["activities without a type"] == sum(not row["type"] for row in activities)
    assert found["activities that share their number with another"] == sum(
        numbers.count(number) > 1 for number in numbers
    )


@contextmanager
def undone_afterwards(connection: Connection) -> Iterator[None]:
    """Whatever is changed inside is as before afterwards."""
    connection.execute("begin")
    try:
        yield
    finally:
        connection.execute("rollback")


def assert_same(rows: Rows, expected: Rows) -> None:
    """The same rows in any order: floats within 1e-9, all else exactly."""
    by_key, expected_by_key = _by_key(rows), _by_key(expected)
    assert by_key.keys() == expected_by_key.keys()
    for key, floats in by_key.items():
        others = expected_by_key[key]
        assert all(
            a == b or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9))
            for a, b in zip(floats, others, strict=True)
        ), (key, floats, others)


def _by_key(rows: Rows) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What identifies a row (all that is exact) to its floats; which columns those are, the rows as a whole say."""
    is_float = [any(isinstance(value, float) for value in column) for column in zip(*rows, strict=True)]
    keyed = {
        tuple(value for value, inexact in zip(row, is_float, strict=True) if not inexact): tuple(
            value for value, inexact in zip(row, is_float, strict=True) if inexact
        )
        for row in rows
    }
    assert len(keyed) == len(rows)
    return keyed
