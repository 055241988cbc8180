"""What was true when: snapshots and histories over deliveries of several months, on both engines."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from leadhouse import dbt
from leadhouse.config import Engine, Settings
from leadhouse.warehouse import connect
from tests.python.lead_files import write
from tests.python.running import call_leadhouse, fails_after, run_dbt

ENGINES: tuple[Engine, ...] = ("duckdb", "postgres")
SNAPSHOTS = ("snap_leads", "snap_opportunities", "snap_accounts", "snap_licenses")
HISTORIES = ("dim_lead_history", "dim_opportunity_history", "dim_account_history", "dim_license_history")
AS_TABLES = [  # a view cannot be corrupted
    f"alter view marts.{name} rename to {name}_view; create table marts.{name} as select * from marts.{name}_view"
    for name in HISTORIES
]
CLAIMS = (
    "validity_of_a_version_has_no_gap_and_no_overlap",
    "every_record_has_one_current_version",
    "every_record_of_a_source_is_in_its_history",
)
BACKWARDS = "no_source_has_gone_back_to_an_older_version"
ALL = ("--select", "+path:models/marts/history", "--exclude-resource-type", "test")
MODELS = (*ALL, "--exclude-resource-type", "seed")
TESTED = ("--select", "path:models/marts/history", "path:snapshots")
LAST = datetime(2024, 4, 30, 12)
NOW = ("--vars", f"{{as_of: '{LAST.isoformat()}'}}")
CREATED = {"created_date": "2023-12-01T00:00:00Z"}

Row = dict[str, str]
Version = tuple[Any, ...]


class Story:
    """A warehouse that gets a month after the other, and the rows of its snapshots and histories after each."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.before_rerun: dict[str, list[Version]] = {}
        self.after_rerun: dict[str, list[Version]] = {}

    def deliver(
        self,
        period: str,
        leads: Iterable[str],
        others: Mapping[str, Iterable[Row]],
        *,
        state: Iterable[Row] = (),
    ) -> None:
        """Land a month: leads as ``id,stamp,status``, other objects and Nevada's licences as rows."""
        folder = self.folder / f"{period} {len(list(self.folder.iterdir()))}"
        write(folder, {"nevada": state} if state else {})
        _write(folder / "salesforce/leads.csv", map(_lead, leads))
        for name, rows in others.items():
            _write(folder / f"salesforce/{name}.csv", rows)
        for source in ("salesforce", *(["facilities"] if state else [])):
            call_leadhouse(self.settings, "extract", source, "--files", folder / source, "--period", period)

    def build(self, *arguments: str) -> None:
        run_dbt(self.settings, "build", *arguments, "--exclude-resource-type", "unit_test", *NOW)

    def tables(self) -> dict[str, list[Version]]:
        """All rows of all snapshots and histories."""
        with connect(self.settings) as connection:
            return {
                table: sorted(connection.execute(f"select * from {schema}.{table}"), key=str)
                for schema, tables in (("snapshots", SNAPSHOTS), ("marts", HISTORIES))
                for table in tables
            }

    def versions(self, history: str, record: str, *columns: str) -> list[Version]:
        """Days on which the versions of a record begin, and what they say."""
        key = {"dim_license_history": "license_number"}.get(history, f"{history.split('_')[1]}_id")
        with connect(self.settings) as connection:
            rows = connection.execute(
                f"select valid_from, {', '.join(columns)} from marts.{history} where {key} = ? order by valid_from",
                [record],
            )
        return [(f"{valid_from:%m-%d}", *rest) for valid_from, *rest in rows]


def _write(path: Path, rows: Iterable[Row]) -> None:
    rows = [CREATED | row for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _lead(text: str) -> Row:
    lead_id, stamp, status = text.split(",")
    return {"id": lead_id, "last_modified_date": stamp, "status": status, "company": f"House {lead_id}"}


def opportunity(stage: str, amount: str, stamp: str, *, closed: str = "false", deleted: str = "false") -> Row:
    return {
        "id": "O1",
        "stage_name": stage,
        "amount": amount,
        "is_closed": closed,
        "is_won": closed,
        "is_deleted": deleted,
        "last_modified_date": stamp,
    }


def account(stamp: str) -> Row:
    return {
        "id": "A1",
        "name": "Acme",
        "industry": "Retail",
        "billing_city": "Reno",
        "last_modified_date": stamp,
    }


def licence(number: str, status: str) -> Row:
    return {"Credential Number": number, "Name": f"House {number}", "Status": status, "State": "NV"}


def tell(story: Story) -> None:
    """Months of deliveries with four builds: after January, February and April, and one with nothing new."""
    story.deliver("2023-12", ["L1,2023-12-20T10:00:00Z,Assigned"], {})
    story.deliver(
        "2024-01",
        [
            "L1,2024-01-10T10:00:00Z,New",
            "L2,2024-01-05T10:00:00Z,New",
            "L3,,New",
            "L4,2024-01-20T10:00:00Z,Working",
            "L5,2024-01-25T10:00:00Z,New",
        ],
        {
            "opportunities": [opportunity("Prospecting", "100", "2024-01-15T10:00:00Z")],
            "accounts": [account("2024-01-02T10:00:00Z")],
        },
        state=[licence("N1", "Active"), licence("N2", "Active")],
    )
    story.build(*ALL)
    # L2 is missing, L3 changes without a stamp, L4 is in an older version, L5 has another status under the same stamp.
    story.deliver(
        "2024-02",
        [
            "L1,2024-02-03T10:00:00Z,Working",
            "L3,,Working",
            "L4,2024-01-12T10:00:00Z,Assigned",
            "L5,2024-01-25T10:00:00Z,Contacted",
        ],
        {
            "opportunities": [opportunity("Negotiation", "150", "2024-02-20T10:00:00Z")],
            "accounts": [account("2024-02-11T10:00:00Z")],
        },
        state=[licence("N2", "Inactive"), licence("N3", "Active")],
    )
    story.build(*MODELS)
    # Two deliveries come before one build. L2 is back, L4's version is the newest again, L5 was touched only.
    story.deliver("2024-03", ["L1,2024-03-05T10:00:00Z,Nurturing"], {})
    story.deliver(
        "2024-04",
        [
            "L1,2024-04-05T10:00:00Z,Qualified",
            "L2,2024-01-05T10:00:00Z,New",
            "L3,,Working",
            "L4,2024-01-20T10:00:00Z,Working",
            "L5,2024-04-12T10:00:00Z,Contacted",
        ],
        {
            "opportunities": [
                opportunity("Closed Won", "150", "2024-04-02T10:00:00Z", closed="true", deleted="true")
            ]
        },
        state=[licence("N2", "Inactive"), licence("N1", "Active")],
    )
    # What an earlier release did not keep yet is a new column.
    with connect(story.settings) as connection:
        connection.execute("drop view marts.dim_account_history")
        connection.execute("alter table snapshots.snap_accounts drop column billing_city")
    story.build(*MODELS)
    story.before_rerun = story.tables()
    story.build(*TESTED)
    story.after_rerun = story.tables()


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, new_warehouse: Callable[[Engine], Settings]
) -> Callable[[Engine], Story]:
    @cache
    def on(engine: Engine) -> Story:
        story = Story(new_warehouse(engine), tmp_path_factory.mktemp(f"history_{engine}"))
        tell(story)
        return story

    return on


@pytest.fixture(params=ENGINES)
def story(request: pytest.FixtureRequest, told: Callable[[Engine], Story]) -> Story:
    return told(request.param)


@pytest.fixture
def duckdb_story(told: Callable[[Engine], Story]) -> Story:
    return told("duckdb")


def test_a_lead_is_followed_through_months_with_what_was_landed_between_two_builds(story: Story) -> None:
    found = story.versions("dim_lead_history", "L1", "lead_status", "has_vanished", "is_current")
    assert found == [
        ("12-20", "Assigned", False, False),
        ("01-10", "New", False, False),
        ("02-03", "Working", False, False),
        ("03-05", "Nurturing", False, False),
        ("04-05", "Qualified", False, True),
    ]


def test_what_vanishes_and_comes_back_leaves_no_gap(story: Story) -> None:
    found = story.versions("dim_lead_history", "L2", "lead_status", "has_vanished", "is_current")
    assert found == [
        ("01-05", "New", False, False),
        ("04-30", "New", True, False),
        ("04-30", "New", False, True),
    ]


def test_without_a_stamp_a_change_dates_from_the_build_that_saw_it(story: Story) -> None:
    assert story.versions("dim_lead_history", "L3", "lead_status") == [("04-30", "New"), ("04-30", "Working")]


def test_a_version_that_comes_late_takes_its_place(story: Story) -> None:
    found = story.versions("dim_lead_history", "L4", "lead_status", "is_current")
    assert found == [("01-12", "Assigned", False), ("01-20", "Working", True)]


def test_of_two_versions_with_one_stamp_the_one_seen_last_counts(story: Story) -> None:
    found = story.versions("dim_lead_history", "L5", "lead_status", "is_current")
    assert found == [("01-25", "Contacted", True)]


def test_opportunities_keep_their_stages_and_deletion(story: Story) -> None:
    columns = ("stage_name", "amount", "is_closed", "is_deleted", "has_vanished")
    assert story.versions("dim_opportunity_history", "O1", *columns) == [
        ("01-15", "Prospecting", 100, False, False, False),
        ("02-20", "Negotiation", 150, False, False, False),
        ("04-02", "Closed Won", 150, True, True, False),
    ]


def test_a_touch_is_no_version_and_a_new_column_is_filled(story: Story) -> None:
    """February's stamp of A1 is another; nothing else of it is, until the column comes that the snapshot lacked."""
    found = story.versions("dim_account_history", "A1", "industry", "billing_city", "is_current")
    assert found == [("01-02", "Retail", None, False), ("02-11", "Retail", "Reno", True)]


def test_licences_are_listed_change_and_vanish_by_the_month_of_their_file(story: Story) -> None:
    columns = ("license_status", "is_listed", "is_current")
    assert story.versions("dim_license_history", "N1", *columns) == [
        ("01-01", "Active", True, False),
        ("02-01", "Active", False, False),
        ("04-01", "Active", True, True),
    ]
    assert story.versions("dim_license_history", "N2", *columns) == [
        ("01-01", "Active", True, False),
        ("02-01", "Inactive", True, True),
    ]
    assert story.versions("dim_license_history", "N3", *columns) == [
        ("02-01", "Active", True, False),
        ("04-01", "Active", False, True),
    ]


def test_a_build_with_nothing_new_changes_nothing(story: Story) -> None:
    assert story.before_rerun == story.after_rerun
    assert all(story.after_rerun.values())


def test_snapshots_only_go_forward(story: Story) -> None:
    """No build's `as_of` lies after that of the first one here."""
    with connect(story.settings) as connection:
        rows = connection.execute("select dbt_valid_from, dbt_valid_to from snapshots.snap_leads")
    assert all(until is None or since < until for since, until in rows)
    found = sorted({since for since, _ in rows})
    assert found == [LAST + timedelta(microseconds=number) for number in range(3)]


@pytest.mark.parametrize(
    ("claim", "corruption"),
    [
        (
            CLAIMS[0],
            "update marts.dim_lead_history set valid_to = timestamp '2024-01-11' where lead_status = 'Nurturing'",
        ),
        (
            CLAIMS[0],
            "update marts.dim_lead_history set valid_from = timestamp '2024-03-01' where lead_status = 'Nurturing'",
        ),
        (
            CLAIMS[0],
            "insert into marts.dim_account_history select * from marts.dim_account_history where is_current",
        ),
        (
            CLAIMS[0],
            "update marts.dim_opportunity_history set valid_to = timestamp '2024-04-09' where is_current",
        ),
        (CLAIMS[1], "delete from marts.dim_license_history where is_current and license_number = 'N1'"),
        (CLAIMS[1], "update marts.dim_lead_history set is_current = true where lead_status = 'Nurturing'"),
        (
            CLAIMS[2],
            "update marts.dim_lead_history set has_vanished = true where is_current and lead_id = 'L2'",
        ),
        (CLAIMS[2], "delete from marts.dim_account_history"),
        (CLAIMS[2], "delete from staging.stg_salesforce__opportunities"),
        (
            BACKWARDS,
            "update staging.stg_salesforce__lead_versions set version_at = '2024-01-15' where lead_id = 'L1'",
        ),
    ],
)
def test_each_claim_can_fail(story: Story, claim: str, corruption: str) -> None:
    assert fails_after(story.settings, claim, ";".join([*AS_TABLES, corruption]))


def test_any_moment_can_be_asked_about(duckdb_story: Story) -> None:
    moment = ("--vars", "{as_of: '2024-03-31'}")
    result = run_dbt(
        duckdb_story.settings, "--quiet", "show", "--select", "leads_as_of", "--output", "json", *moment
    )
    found = {row["lead_status"]: row["lead_count"] for row in json.loads(result.stdout)["show"]}
    assert found == {"Nurturing": 1, "Working": 1, "New": 1, "Contacted": 1}


def test_what_would_look_like_the_end_of_everything_is_refused(duckdb_story: Story) -> None:
    before = duckdb_story.tables()
    result = run_dbt(
        duckdb_story.settings, "snapshot", "--empty", "--select", "snap_accounts", *NOW, status=1
    )
    assert "leave it out with --exclude-resource-type snapshot" in result.stdout
    assert duckdb_story.tables() == before


def test_new_rows_of_a_source_and_not_the_hour_make_a_build_take_snapshots(duckdb_story: Story) -> None:
    settings = duckdb_story.settings
    children = json.loads((settings.dbt_target / "manifest.json").read_text())["child_map"]

    def snapshots_below(*nodes: str) -> set[str]:
        reached, found = list(nodes), set[str]()
        while reached:
            new = set(children[reached.pop()]) - found
            found |= new
            reached += new
        return {name.split(".")[-1] for name in found if name.startswith("snapshot.")}

    landed = {table: f"source.leadhouse.raw_{table}" for table in ("salesforce.lead", "facilities.nevada")}
    assert snapshots_below(landed["salesforce.lead"]) == {"snap_leads"}
    assert snapshots_below(landed["facilities.nevada"]) == {"snap_licenses"}
    by_the_hour = [f"model.leadhouse.{name}" for name in dbt.models_that_call(settings, "as_of")]
    assert by_the_hour
    assert snapshots_below(*by_the_hour) == set()
