"""What Salesforce's staging and the models behind it keep is, after any changes, what a full run would make."""

import hashlib
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from leadhouse.config import Settings
from leadhouse.warehouse import connect, prepare
from tests.python.lead_files import land
from tests.python.running import ROOT, run_dbt
from tests.python.salesforce_exports import write_rows

STEPS = 4
CHANGES = 120
KEPT = (
    "staging.stg_salesforce__lead_versions",
    "staging.stg_salesforce__lead_history",
    "staging.stg_salesforce__opportunities",
    "staging.stg_salesforce__tasks",
    "intermediate.int_lead_status_history",
    "intermediate.int_opportunity_stage_periods",
    "intermediate.int_activity_interactions",
    "intermediate.int_customer_channels",
    "intermediate.int_interaction_days",
)
BETWEEN = (
    "stg_salesforce__events",
    "stg_salesforce__opportunity_history",
    "stg_crm_exports__interactions",
    "int_activities",
    "int_lead_status_changes",
    "int_interactions",
)
MODELS = [*(table.partition(".")[2] for table in KEPT), *BETWEEN]
SEEDS = ("interaction_channels", "interaction_outcomes", "pii_fields")
START = datetime(2024, 3, 1)

Row = dict[str, object]


def test_increments_come_to_what_a_full_run_comes_to(settings: Settings) -> None:
    draws = random.Random(3)
    prepare(settings)
    add(settings, [change for place in range(30) for change in first(draws, place)], 0)
    run_dbt(settings, "seed", "--select", *SEEDS)
    build(settings)
    for step in range(1, STEPS + 1):
        add(settings, changes(draws, step), step)
        build(settings)
    kept = contents(settings)
    build(settings, "--full-refresh")
    assert kept == contents(settings)
    move_a_change_to_another_lead(settings)
    expected = contents(settings)
    with connect(settings) as connection:
        connection.execute("insert into intermediate.int_lead_status_history (lead_id) values ('lead1')")
    run_dbt(settings, "run", "--select", "int_lead_status_history")
    assert contents(settings) == expected, "a mark that was left behind goes"


def move_a_change_to_another_lead(settings: Settings) -> None:
    """Within its delivery, by hand: both leads are made again."""
    history = "intermediate.int_lead_status_history"
    with connect(settings) as connection:
        [(change, lead)] = connection.execute(
            "select told.history_id, max(other.lead_id)"
            f" from {history} as told inner join {history} as other on told.lead_id <> other.lead_id"
            " where told.is_move group by told.history_id order by told.history_id limit 1"
        )
        connection.execute(
            f"update staging.stg_salesforce__lead_history set lead_id = '{lead}' where history_id = '{change}'"
        )
    run_dbt(settings, "run", "--select", "int_lead_status_history")
    kept = contents(settings)
    run_dbt(settings, "run", "--select", "int_lead_status_history", "--full-refresh")
    assert kept == contents(settings)
    with connect(settings) as connection:
        assert connection.execute(f"select lead_id from {history} where history_id = '{change}'") == [(lead,)]


def test_a_replaced_delivery_leaves_nothing_behind(settings: Settings, tmp_path: Path) -> None:
    run_dbt(settings, "seed", "--select", *SEEDS)

    def deliver(step: int, month: str, ids: str) -> None:
        rows = [
            {
                "id": id_,
                "status": f"{step}",
                "company": id_,
                "created_date": "2024-01-01",
                "last_modified_date": f"{month}-01",
            }
            for id_ in ids
        ]
        write_rows(tmp_path / str(step) / "salesforce" / "leads.csv", rows)
        land(settings, tmp_path / str(step), month, ("salesforce",))
        build(settings)

    for step, (month, ids) in enumerate((("2024-04", "abc"), ("2024-05", "abd"), ("2024-05", "ae"))):
        deliver(step, month, ids)
    kept = contents(settings)
    assert {row[0] for row in kept["staging.stg_salesforce__lead_versions"]} == set("abce")
    build(settings, "--full-refresh")
    assert kept == contents(settings)


def test_a_seed_that_changes_is_heeded_by_what_was_made_before(duckdb_settings: Settings) -> None:
    prepare(duckdb_settings)
    task: Row = {
        "id": "t",
        "is_closed": "true",
        "account_id": "a",
        "type": "Visit",
        "activity_date": "2024-03-01",
    }
    add(duckdb_settings, [("task", task)], 0)
    run_dbt(duckdb_settings, "seed", "--select", *SEEDS)
    build(duckdb_settings)
    with connect(duckdb_settings) as connection:
        connection.execute("update reference.interaction_channels set channel = 'call' where value = 'Visit'")
    build(duckdb_settings)
    with connect(duckdb_settings) as connection:
        found = connection.execute("select channel, delivery_id from intermediate.int_activity_interactions")
    [(channel, delivery_id)] = found
    assert channel == "call"
    assert delivery_id.startswith(code("int_activity_interactions", "int_activities")), (
        "the view's code counts"
    )


def test_a_table_of_an_earlier_version_asks_for_a_full_refresh(duckdb_settings: Settings) -> None:
    prepare(duckdb_settings)
    run_dbt(duckdb_settings, "run", "--select", "stg_salesforce__opportunity_history")
    with connect(duckdb_settings) as connection:
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_opportunity_stage_periods (opportunity_id varchar)")
    result = run_dbt(duckdb_settings, "run", "--select", "int_opportunity_stage_periods", status=1)
    assert "was made by an earlier version of Leadhouse; build once with --full-refresh" in result.stdout
    run_dbt(duckdb_settings, "run", "--select", "int_opportunity_stage_periods", "--full-refresh")


def code(*models: str) -> str:
    texts = [(ROOT / f"models/intermediate/customers/{model}.sql").read_text().strip() for model in models]
    return hashlib.md5("".join(texts).encode()).hexdigest()[:8]


def build(settings: Settings, *options: str) -> None:
    run_dbt(settings, "run", "--select", *MODELS, *options)


def contents(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    with connect(settings) as connection:
        return {table: sorted(connection.execute(f"select * from {table}"), key=str) for table in KEPT}


def add(settings: Settings, rows: list[tuple[str, Row]], step: int) -> None:
    """Land rows as a run over the API does; two steps are one run that a build came in between."""
    with connect(settings) as connection:
        for number, (table, row) in enumerate(rows, start=1000 * step):
            values = row | {"_run_id": f"20240301T{step // 2:02}0000-00", "_row_number": number}
            marks = ", ".join("?" * len(values))
            connection.execute(
                f"insert into raw_salesforce.{table} ({', '.join(values)}) values ({marks})",
                list(values.values()),
            )


def at(hours: float) -> str:
    return f"{START + timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}.000+0000"


def first(draws: random.Random, place: int) -> Iterator[tuple[str, Row]]:
    """A record of each object."""
    for table in ("lead", "opportunity", "task", "event"):
        yield table, version(draws, table, f"{table}{place}", 0)
    yield "lead_history", move(draws, f"lead{place}", place)
    yield "opportunity_history", stage(draws, f"opportunity{place}", place)


def changes(draws: random.Random, step: int) -> list[tuple[str, Row]]:
    """New versions, deletions, late ones, ids with blanks; history that is another record's now, or nothing."""
    found: list[tuple[str, Row]] = []
    for number in range(CHANGES):
        table = draws.choice(("lead", "opportunity", "task", "event"))
        known = draws.choice(("{}{}", " {}{} ")).format(table, draws.randrange(30))
        told = draws.choice((1000 * step + number, draws.randrange(30)))
        match draws.randrange(6):
            case 0:
                found.append((table, version(draws, table, f"{table}new{step}-{number}", step)))
            case 1:
                found.append((table, version(draws, table, known, step) | {"is_deleted": "true"}))
            case 2:
                found.append((table, version(draws, table, known, -step)))
            case 3:
                found.append((table, version(draws, table, known, step)))
            case 4:
                found.append(("lead_history", move(draws, f"lead{draws.randrange(35)}", told)))
            case 5:
                row = stage(draws, f"opportunity{draws.randrange(35)}", told)
                found.append(("opportunity_history", row))
    return found


def version(draws: random.Random, table: str, id_: str, hours: float) -> Row:
    """Of one record, so many hours after the start."""
    modified = at(hours + draws.random())
    row: Row = {"id": id_, "is_deleted": "false", "system_modstamp": modified, "last_modified_date": modified}
    account = {"account_id": draws.choice(("a", "b", None))}
    match table:
        case "lead":
            return row | {"company": id_, "status": draws.choice(("New", "Working")), "created_date": at(-50)}
        case "opportunity":
            return (
                row
                | account
                | {
                    "stage_name": draws.choice(("Prospecting", "Closed Won")),
                    "amount": str(draws.randrange(9)),
                }
            )
        case "task":
            closed = {
                "is_closed": draws.choice(("true", "false")),
                "completed_date_time": at(-draws.randrange(9)),
            }
            return (
                row
                | account
                | closed
                | {"subject": draws.choice(("Call", "Visit", "")), "created_date": at(-20)}
                | {"call_type": draws.choice(("Inbound", "Outbound", ""))}
            )
        case _:
            return row | account | {"is_child": draws.choice(("true", "false")), "start_date_time": at(-3)}


def move(draws: random.Random, lead: str, number: int) -> Row:
    """A change of a lead's status, of its owner, or its conversion, at any time."""
    kind = draws.choice(("Status", "Status", "Owner", "leadConverted"))
    values = {"Status": ("New", "Working"), "Owner": ("Ann Lee", "Bob Roe"), "leadConverted": (None, None)}[
        kind
    ]
    return {
        "id": f"h{number}",
        "lead_id": lead,
        "created_date": at(-draws.randrange(100)),
        "field": kind,
        "data_type": "Text" if kind == "Owner" else "Boolean",
        "old_value": values[0],
        "new_value": values[1],
    }


def stage(draws: random.Random, opportunity: str, number: int) -> Row:
    """A state of an opportunity, at any time."""
    name = draws.choice(("Prospecting", "Proposal", "Closed Won", ""))
    moment = at(-draws.randrange(100))
    return {"id": f"o{number}", "opportunity_id": opportunity, "created_date": moment, "stage_name": name}
