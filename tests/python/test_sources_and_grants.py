"""What dbt says of late deliveries, and whom it lets read."""

import json
import secrets
from collections.abc import Iterator

import pytest

from leadhouse.config import Settings
from leadhouse.warehouse import connect, quote
from tests.python.running import run_dbt


def test_a_late_delivery_is_a_warning_and_one_that_never_came_is_not(settings: Settings) -> None:
    landed = [
        ("pipedrive", "activity", "landed", 50),
        ("pipedrive", "activity", "refused", 1),
        ("pipedrive", "deal_changes", "landed", 50),
        ("pipedrive", "deal_changes", "landed", 30),
    ]
    with connect(settings) as connection:
        for source, table, status, days in landed:
            connection.execute(
                "insert into operations.files (source_name, table_name, status, recorded_at)"
                f" values (?, ?, ?, cast(current_timestamp as timestamp) - interval '{days} days')",
                [source, table, status],
            )
        for table, outcome, method, days in [
            ("stages", "landed", "api", 60),
            ("stages", "unchanged", "api", 39),
            ("stages", "failed", "api", 1),
            ("users", "landed", "api", 41),
            ("users", "quota", "api", 1),
            ("users", "unchanged", "files", 1),
        ]:
            connection.execute(
                "insert into operations.runs (source_name, table_name, outcome, method, finished_at)"
                f" values ('pipedrive', ?, ?, ?, cast(current_timestamp as timestamp) - interval '{days} days')",
                [table, outcome, method],
            )
    run_dbt(settings, "source", "freshness")
    results = json.loads((settings.home / "target/sources.json").read_text())["results"]
    statuses = {result["unique_id"].removeprefix("source.leadhouse."): result["status"] for result in results}
    assert statuses.pop("raw_pipedrive.activity") == "warn"
    assert statuses.pop("raw_pipedrive.users") == "warn"
    assert statuses["raw_pipedrive.deal_changes"] == statuses["raw_facilities.texas"] == "pass"
    assert set(statuses.values()) == {"pass"}


@pytest.fixture
def reader_role(postgres_settings: Settings) -> Iterator[str]:
    """A role whose name must be quoted; roles belong to the whole server."""
    name = f"Reader-{secrets.token_hex(6)}"
    with connect(postgres_settings) as connection:
        connection.execute(f"create role {quote(name)}")
        yield name
        connection.execute(f"drop owned by {quote(name)}")
        connection.execute(f"drop role {quote(name)}")


def test_marts_on_postgres_have_their_index_and_may_be_read_by_the_reader_role_alone(
    postgres_settings: Settings, reader_role: str
) -> None:
    run_dbt(
        postgres_settings,
        *("build", "--empty", "--select", "+dim_lead_status", "contact_details"),
        *("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"),
        parse=True,
        LEADHOUSE_READER_ROLE=reader_role,
    )
    with connect(postgres_settings) as connection:
        readable = connection.execute(
            "select table_schema, table_name, privilege_type from information_schema.role_table_grants"
            " where grantee in (?, 'PUBLIC') and table_schema not in ('pg_catalog', 'information_schema')",
            [reader_role],
        )
        indexes = connection.execute(
            "select indexdef from pg_indexes where schemaname = 'marts' and tablename = 'dim_lead_status'"
        )
    assert readable == [("marts", "dim_lead_status", "SELECT")]
    assert ["(lead_status_key)" in definition for (definition,) in indexes] == [True]
