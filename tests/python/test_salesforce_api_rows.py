"""The same leads landed as a file and over the API give the same table of leads and the same contact details."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leadhouse.config import Engine, Settings
from leadhouse.warehouse import Connection, connect, quote, table_columns
from tests.python.running import call_leadhouse, run_dbt
from tests.python.test_leads_models import LEAD_NODES
from tests.python.test_pipedrive_models import assert_same

TABLES = (
    "intermediate.int_leads_unioned",
    "private.contact_details",
    "marts.dim_lead_status",
    "marts.dim_lead_source",
)

NEWER, OLDER = "2026-10-20T08:00:00.001Z", "2026-10-20T08:00:00.000Z"
UNKNOWN = "00Q000000000999AAA"


def build(settings: Settings, *left_out: str) -> None:
    with connect(settings) as connection:
        connection.execute("update private.pii_key set pii_key = 'the same in both'")
    excluded = [part for kind in ("unit_test", *left_out) for part in ("--exclude-resource-type", kind)]
    run_dbt(settings, "build", "--select", *LEAD_NODES, *excluded)


@pytest.fixture(scope="module")
def from_file(new_warehouse: Callable[[Engine], Settings], demo_files: Path) -> Settings:
    """A warehouse fed with an export."""
    settings = new_warehouse("duckdb")
    folder = demo_files / "salesforce"
    call_leadhouse(settings, "extract", "salesforce", "--files", folder, "--period", "2026-10")
    build(settings, "test")
    return settings


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def from_api(
    request: pytest.FixtureRequest, from_file: Settings, new_warehouse: Callable[[Engine], Settings]
) -> Settings:
    """A warehouse with the same leads as the API's, each after an older version that was another's."""
    settings = new_warehouse(request.param)
    with connect(from_file) as source, connect(settings) as target:
        copy(source, target)
    build(settings)
    return settings


def copy(source: Connection, target: Connection) -> None:
    columns = [
        column for column in table_columns(source, "raw_salesforce", "lead") if not column.startswith("_")
    ]
    others = [column for column in columns if column not in ("id", "system_modstamp")]
    names = ", ".join(map(quote, others))
    leads = source.execute(f"select id, {names} from raw_salesforce.lead order by _row_number")
    insert = (
        f"insert into raw_salesforce.lead (system_modstamp, _row_number, _run_id, id, {names})"
        f" values ({', '.join('?' * (len(others) + 4))})"
    )
    # The older versions are landed last, as what comes late is.
    shifted = [(lead[0], *other[1:]) for lead, other in zip(leads, [leads[-1], *leads], strict=False)]
    versions = [*((NEWER, lead) for lead in leads), *((OLDER, lead) for lead in shifted)]
    with target.transaction():
        for place, (time, lead) in enumerate(versions, start=1):
            target.execute(insert, [time, place, "run", *(None if cell == "" else cell for cell in lead)])
        target.execute(
            "insert into raw_salesforce.lead (id, system_modstamp, is_deleted, _row_number, _run_id)"
            " values (?, ?, 'true', ?, 'run')",
            [UNKNOWN, NEWER, len(versions) + 1],
        )


@pytest.mark.parametrize("table", TABLES)
def test_leads_of_the_api_are_what_files_give(from_file: Settings, from_api: Settings, table: str) -> None:
    schema, name = table.split(".")
    with connect(from_file) as files, connect(from_api) as api:
        columns = table_columns(files, schema, name)
        query = f"select {', '.join(map(quote, columns))} from {table}"
        known = " where source_lead_id <> ?" if "source_lead_id" in columns else ""
        expected = files.execute(query)
        assert expected
        assert_same(api.execute(query + known, [UNKNOWN] if known else []), expected)


def test_a_lead_of_which_only_the_deletion_is_known_is_kept_as_deleted(from_api: Settings) -> None:
    with connect(from_api) as connection:
        found = connection.execute(
            "select is_deleted, business_name from intermediate.int_leads_unioned where source_lead_id = ?",
            [UNKNOWN],
        )
    assert found == [(True, None)]
