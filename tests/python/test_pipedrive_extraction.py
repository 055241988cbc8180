"""Pipedrive over its API: real HTTPS against the stand-in, landed on both engines."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from extract.api import extraction
from extract.api.extraction import TableReport
from extract.api.landing import Target
from extract.api.pipedrive import Pipedrive, allowance, changes, connect, reading
from extract.api.pipedrive.changes import Deal, change_key
from extract.api.pipedrive.client import Client
from extract.api.pipedrive.reading import Reader
from extract.api.pipedrive.records import CustomColumns, flatten
from extract.api.pipedrive.resources import ME, RESOURCES
from extract.api.pipedrive.values import as_text, v1_time, v2_time
from extract.api.session import ApiError, QuotaReached
from extract.pipedrive import TABLES
from extract.runs import new_run_id
from extract.tables import META_COLUMNS
from leadhouse import config
from leadhouse.config import Http, Settings
from leadhouse.errors import LeadhouseError
from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.pipedrive import PipedriveSite
from leadhouse.simulator.crm.pipedrive.changelog import Item
from leadhouse.simulator.crm.server import Request, Response, Server
from leadhouse.warehouse import connect as open_warehouse
from leadhouse.warehouse import table_columns

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
SEED = 3
CHANGES = "deal_changes"
BY_TABLE = {resource.table: resource for resource in RESOURCES}
Row = dict[str, str | None]


class Company:
    """A stand-in that notes what it is asked, and can be told to answer otherwise."""

    url: str
    ca_file: Path

    def __init__(self, folder: Path, **sizes: Any) -> None:
        self.clock, self.faults = Clock(START, frozen=True), Faults()
        chosen = {"deals": 16, "activities": 24, "users": 4, "acts_per_hour": 2.0} | sizes
        self.site = PipedriveSite(self.clock, self.faults, folder, SEED, **chosen)
        self.paths: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.instead: Callable[[Request], Response | None] = lambda request: None

    def answer(self, request: Request) -> Response:
        self.paths.append(request.path)
        response = self.instead(request) or self.site.answer(request)
        self.statuses[response.status] += 1
        return response

    def pass_time(self, **duration: float) -> int:
        """Let everything happen that happens in a time; say how many records changed."""
        self.clock.advance(timedelta(**duration).total_seconds())
        return self.site.catch_up()

    def any(self, kind: str) -> dict[str, Any]:
        """A record that nobody has deleted."""
        bodies = map(json.loads, self.site.store.bodies(kind))
        return next(record for record in bodies if not record.get("is_deleted"))

    def write(
        self, kind: str, record: Mapping[str, Any], items: tuple[Item, ...] = (), late_seconds: int = 0
    ) -> None:
        """Change a record now; answers show it from some seconds later on."""
        now = self.clock.now()
        stamp = v1_time(now) if kind.endswith("Fields") else v2_time(now)
        visible = int(now.timestamp()) + late_seconds
        self.site.store.write(kind, {**record, "update_time": stamp}, items, visible)


@pytest.fixture
def company(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Company]:
    """A small company, served on loopback."""
    company = Company(tmp_path / "company", **getattr(request, "param", {}))
    with Server({"/api": company, "/v1": company}, company.clock, company.faults) as server:
        company.url, company.ca_file = server.url, server.ca_file
        yield company
    company.site.close()


def pointed(settings: Settings, company: Company, **options: Any) -> Settings:
    """The settings with the company's address and token."""
    pipedrive = config.Pipedrive(company.url, company.site.api_token, 0.8)
    return replace(
        settings, pipedrive=replace(pipedrive, **options), http=Http(company.ca_file, 20, retry_seconds=20)
    )


def extract(settings: Settings, *names: str, replace: bool = False) -> dict[str, TableReport]:
    """Extract tables (all if none is named), and say what became of each."""
    reports = extraction.extract_api(settings, connect(settings), names, replace)
    return {report.run.table_name: report for report in reports}


def landed(reports: Mapping[str, TableReport]) -> dict[str, int]:
    """Rows landed by table, once it is sure that nothing failed."""
    assert [report.error for report in reports.values() if report.error] == []
    return {name: report.run.rows_landed for name, report in reports.items() if report.run.rows_landed}


def query(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with open_warehouse(settings) as connection:
        return connection.execute(sql)


def rows(settings: Settings, table: str) -> list[Row]:
    """All rows of a raw table, in the order in which they landed."""
    with open_warehouse(settings) as connection:
        present = table_columns(connection, "raw_pipedrive", table)
        columns = [name for name in present if name not in META_COLUMNS]
        found = connection.execute(
            f"select {', '.join(columns)} from raw_pipedrive.{table} order by _row_number"
        )
    return [dict(zip(columns, row, strict=True)) for row in found]


def newest(settings: Settings, table: str) -> dict[str, Row]:
    """The newest version of every record, by id."""
    resource = BY_TABLE[table]
    found: dict[str, Row] = {}
    for row in rows(settings, table):
        id_, time = row[resource.id_column] or "", row[resource.time_column] or ""
        if id_ not in found or time >= (found[id_][resource.time_column] or ""):
            found[id_] = row
    return found


def truth(company: Company, settings: Settings, table: str) -> dict[str, Row]:
    """The same as it ought to be; custom fields under their columns."""
    id_column = BY_TABLE[table].id_column
    columns = _custom_columns(settings, table)
    expected: dict[str, Row] = {}
    for row in company.site.store.truth(table):
        custom = json.loads(row.pop("custom_fields", None) or "{}")
        row |= {columns[key]: as_text(value) for key, value in custom.items()}
        expected[row[id_column] or ""] = {
            name: value for name, value in row.items() if name not in BY_TABLE[table].ignored
        }
    return expected


def _custom_columns(settings: Settings, table: str) -> dict[str, str]:
    [(cursor,)] = query(settings, f"select cursor from operations.cursors where table_name = '{table}'")
    return dict(json.loads(cursor).get("columns", {}))


def assert_true(company: Company, settings: Settings, tables: tuple[str, ...] = ()) -> None:
    """What the raw tables show as newest is what the company holds, record for record and value for value.

    Of a record that was deleted without a trace only that, and its last version before.
    """
    for table in tables or tuple(BY_TABLE):
        found, expected = newest(settings, table), truth(company, settings, table)
        for id_, row in expected.items():
            if id_ not in found:
                assert row["is_deleted"] == "true", f"{table} {id_} was lost"
                continue
            there = {name: found[id_][name] for name in row}
            if row.get("is_deleted") == "true" and table != "deals":
                assert there["is_deleted"] == "true", f"{table} {id_}"
            else:
                assert there == row, f"{table} {id_}"
        assert found.keys() <= expected.keys()
        assert found


def changes_landed(settings: Settings) -> Counter[tuple[str | None, ...]]:
    return Counter(_change(row) for row in rows(settings, CHANGES))


def changes_true(company: Company) -> Counter[tuple[str | None, ...]]:
    return Counter(_change(row) for row in company.site.store.truth(CHANGES))


def _change(row: Row) -> tuple[str | None, ...]:
    names = ("deal_id", "change_time", "changed_field_key", "new_value", "old_value")
    return tuple(row.get(name) for name in (*names, "actor_user_id", "change_source"))


def refusal(status: int, text: str = "no") -> Callable[[Request], Response]:
    return lambda request: Response.json({"success": False, "error": text}, status)


def test_the_newest_versions_are_the_truth_and_every_version_is_there_once(
    settings: Settings, company: Company
) -> None:
    settings = pointed(settings, company)
    assert set(landed(extract(settings))) == {*BY_TABLE, CHANGES}
    assert_true(company, settings)
    assert changes_landed(settings) == changes_true(company)
    assert_nothing_new_costs_one_call_per_list(company, settings)

    for hours, tables in ((30, ("deals", CHANGES)), (24 * 8, ())):
        assert company.pass_time(hours=hours)
        company.clock.advance(400)  # the late ones are there too, and nothing is too young to be read
        landed(extract(settings, *tables))
        assert changes_landed(settings) == changes_true(company)
        assert_true(company, settings, ("deals",))
    assert_true(company, settings)
    for table, resource in BY_TABLE.items():
        keys = Counter(tuple(row[part] for part in resource.key) for row in rows(settings, table))
        assert set(keys.values()) == {1}
        served = company.site.store.served(table)
        versions = {(row[resource.id_column], row.get(resource.time_column)) for row in served}
        assert versions <= {key[:2] for key in keys}
    assert set(Counter(row["change_key"] for row in rows(settings, CHANGES)).values()) == {1}


def assert_nothing_new_costs_one_call_per_list(company: Company, settings: Settings) -> None:
    before = {table: rows(settings, table) for table in (*BY_TABLE, CHANGES)}
    tokens = company.site.state()["tokens_used"]
    company.clock.advance(3600)
    company.paths.clear()
    reports = extract(settings)
    assert landed(reports) == {}
    assert set(Counter(company.paths).values()) == {1}
    assert len(company.paths) == sum(len(resource.end_points) for resource in RESOURCES) + 1
    assert company.site.state()["tokens_used"] - tokens == 142
    assert sum(report.run.tokens for report in reports.values()) == 142 - 2  # who we are was asked before
    assert {table: rows(settings, table) for table in (*BY_TABLE, CHANGES)} == before


def test_what_arrives_late_is_found_by_the_overlap(
    duckdb_settings: Settings, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "persons")
    person = company.any("persons")

    def name_after_a_late_change(name: str) -> str | None:
        company.clock.advance(3600)
        company.write("persons", {**person, "name": name}, late_seconds=300)
        company.clock.advance(200)
        extract(settings, "persons")
        company.clock.advance(3600)
        extract(settings, "persons")
        return newest(settings, "persons")[str(person["id"])]["name"]

    assert name_after_a_late_change("Ada Late") == "Ada Late"
    monkeypatch.setattr(reading, "OVERLAP", timedelta())
    assert name_after_a_late_change("Ada Later") == "Ada Late"


def reader(settings: Settings, company: Company, table: str, limit: int) -> tuple[Reader, Target]:
    """A reader of one table that asks for small pages, and lands each."""
    resource = BY_TABLE[table]
    end_points = tuple(replace(end_point, limit=limit) for end_point in resource.end_points)
    client = Client(settings)
    client.one(ME)
    [declared] = [one for one in TABLES if one.name == table]
    target = Target(settings, declared, "leadhouse-demo", new_run_id(), client.usage)
    target.open()
    return Reader(client, replace(resource, end_points=end_points), target), target


def test_a_first_load_that_is_killed_goes_on_where_it_was(
    duckdb_settings: Settings, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = pointed(duckdb_settings, company)
    monkeypatch.setattr(reading, "PAGES_PER_LANDING", 1)
    first, _ = reader(settings, company, "activity", limit=5)

    def end_at_the_third_page(request: Request) -> Response | None:
        return refusal(403)(request) if company.paths.count("/api/v2/activities") == 3 else None

    company.instead = end_at_the_third_page
    with pytest.raises(ApiError):
        first.read()
    assert len(rows(settings, "activity")) == 10
    company.instead = lambda request: None
    second, target = reader(settings, company, "activity", limit=5)
    second.read()
    assert_true(company, settings, ("activity",))
    assert target.run.rows_read < 24 - 10 + 5


def test_what_was_read_before_a_list_breaks_off_is_landed(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    first, target = reader(settings, company, "activity", limit=5)
    company.instead = used_up_at("/api/v2/activities", company.paths, 3)
    with pytest.raises(QuotaReached):
        first.read()
    assert len(rows(settings, "activity")) == target.run.rows_landed == 10
    company.instead = lambda request: None
    second, target = reader(settings, company, "activity", limit=5)
    second.read()
    assert_true(company, settings, ("activity",))
    assert target.run.rows_read < 24 - 10 + 5


def test_a_weekly_list_that_breaks_off_is_gone_on_with_and_comes_after_what_has_changed(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "activity")
    bodies = sorted(
        map(json.loads, company.site.store.bodies("activities")), key=lambda one: one["update_time"]
    )
    first, second, *_, last = [body for body in bodies if not body["is_deleted"]]
    company.write("activities", {**first, "is_deleted": True})
    company.clock.advance(8 * 24 * 3600)
    company.write("activities", {**last, "subject": "Changed"})
    company.clock.advance(3600)
    read = []
    for pages in (4, 3, None):
        again, target = reader(settings, company, "activity", limit=5)
        company.paths.clear()
        if pages:
            company.instead = used_up_at("/api/v2/activities", company.paths, pages)
            with pytest.raises(QuotaReached):
                again.read()
            assert "all" in target.warnings[0]
            assert newest(settings, "activity")[str(first["id"])]["is_deleted"] == "false"
            # Listed already; that it is gone now is for the next week.
            company.write("activities", {**second, "is_deleted": True})
        else:
            company.instead = lambda request: None
            again.read()
            assert target.warnings == []
        read.append(target.run.rows_read)
        assert newest(settings, "activity")[str(last["id"])]["subject"] == "Changed"
    deleted = {id_ for id_, row in newest(settings, "activity").items() if row["is_deleted"] == "true"}
    assert deleted == {str(first["id"])}
    assert read[0] == 1 + 2 * 5
    assert sum(read) < 2 * len(bodies)
    assert list(target.workspace.iterdir()) == []
    company.clock.advance(8 * 24 * 3600)
    assert landed(extract(settings, "activity")) == {"activity": 1}
    assert newest(settings, "activity")[str(second["id"])]["is_deleted"] == "true"


@pytest.mark.parametrize("company", [{"daily_tokens": 500}], indirect=True)
def test_a_weekly_list_leaves_half_of_the_share_to_other_tables(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company, budget_share=0.8)
    extract(settings, "activity", "deals")
    company.clock.advance(8 * 24 * 3600)
    for is_finished in (False, True):
        again, target = reader(settings, company, "activity", limit=1)
        again.read()
        assert company.site.state()["tokens_used"] <= 500 * 0.4 + 10
        assert bool(target.warnings) is not is_finished
        assert landed(extract(settings, "deals")) == {}
        company.clock.advance(24 * 3600)


def used_up_at(path: str, paths: list[str], number: int) -> Callable[[Request], Response | None]:
    """A list at whose so-manyeth page others have used up the day's budget."""
    none_left = {"x-daily-ratelimit-token-remaining": "0"}
    return lambda request: (
        Response.json({"success": False}, 429, none_left)
        if request.path == path and paths.count(path) == number
        else None
    )


@pytest.mark.parametrize(("table", "kind"), [("products", "products"), ("stages", "stages")])
def test_what_has_just_changed_waits_where_the_api_cannot_leave_it_out(
    duckdb_settings: Settings, company: Company, table: str, kind: str
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, table)
    before, record = newest(settings, table), company.any(kind)
    company.clock.advance(3600)
    company.write(kind, {**record, "name": "First"})
    assert landed(extract(settings, table)) == {}
    company.write(kind, {**record, "name": "Second"})  # in the same second
    company.clock.advance(121)
    assert landed(extract(settings, table)) == {table: 1}
    assert_true(company, settings, (table,))
    assert newest(settings, table).keys() == before.keys()
    assert landed(extract(settings, table)) == {}


def test_what_can_only_be_sorted_is_read_until_what_is_known_comes(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    reader(settings, company, "products", limit=2)[0].read()
    assert_true(company, settings, ("products",))
    company.clock.advance(3600)
    bodies = [json.loads(body) for body in company.site.store.bodies("products")]
    for product in bodies[:3]:
        company.write("products", {**product, "unit": "piece"})
    company.clock.advance(3600)
    company.paths.clear()
    again, target = reader(settings, company, "products", limit=2)
    again.read()
    assert company.paths.count("/api/v2/products") == 2
    assert target.run.rows_landed == target.run.rows_read == 3
    assert_true(company, settings, ("products",))


def test_a_deal_that_is_put_away_is_a_version_even_if_its_time_stays(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "deals")
    deal = company.any("deals")
    company.site.store.write("deals", {**deal, "is_archived": True}, (), int(START.timestamp()))
    company.clock.advance(8 * 24 * 3600)
    assert landed(extract(settings, "deals")) == {"deals": 1}
    assert_true(company, settings, ("deals",))


def test_a_state_that_returns_while_its_time_stays_is_the_newest_again(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "deals", "fields")
    deal = company.any("deals")
    field = next(
        field for field in map(json.loads, company.site.store.bodies("dealFields")) if field.get("options")
    )
    options = [*field["options"], {"id": 9_999, "label": "Elsewhere"}]
    for is_changed in (True, False, True):
        now = int(company.clock.now().timestamp())
        company.site.store.write("deals", {**deal, "is_archived": is_changed}, (), now)
        changed = options if is_changed else field["options"]
        company.site.store.write("dealFields", {**field, "options": changed}, (), now)
        company.clock.advance(8 * 24 * 3600)
        assert landed(extract(settings, "deals", "fields")) == {"deals": 1, "fields": 1}
        assert_true(company, settings, ("deals", "fields"))
        assert landed(extract(settings, "deals", "fields")) == {}


def test_what_is_deleted_without_a_trace_is_found_within_a_week_and_may_come_back(
    settings: Settings, company: Company
) -> None:
    settings = pointed(settings, company)
    extract(settings, "activity")
    activity = company.any("activities")
    id_ = str(activity["id"])
    company.clock.advance(3600)
    company.write("activities", {**activity, "is_deleted": True})
    for days, is_deleted in ((6, "false"), (2, "true")):
        company.clock.advance(days * 24 * 3600)
        extract(settings, "activity")
        assert newest(settings, "activity")[id_]["is_deleted"] == is_deleted
    versions = [row for row in rows(settings, "activity") if row["activity_id"] == id_]
    assert [{**row, "is_deleted": "", "update_time": ""} for row in versions] == [
        {**versions[0], "is_deleted": "", "update_time": ""}
    ] * 2
    # Listed again with the time that it always had, as something that was hidden and can be seen again.
    company.site.store.write("activities", activity, (), int(company.clock.now().timestamp()))
    company.clock.advance(8 * 24 * 3600)
    extract(settings, "activity")
    assert newest(settings, "activity")[id_]["is_deleted"] == "false"
    company.clock.advance(8 * 24 * 3600)
    assert landed(extract(settings, "activity")) == {}


def test_a_record_that_a_full_list_lacks_but_that_is_there_is_not_taken_for_deleted(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "deals")
    deal = company.any("deals")
    company.clock.advance(8 * 24 * 3600)

    def archive_between_the_lists(request: Request) -> None:
        if request.path.endswith("/archived") and "ids" not in request.query:
            # It was on its way from the archive while the archive was not read yet.
            company.instead = lambda request: None
            gone = {**deal, "is_archived": False, "update_time": deal["update_time"]}
            company.site.store.write("deals", gone, (), int(company.clock.now().timestamp()))

    company.site.store.write("deals", {**deal, "is_archived": True}, (), int(company.clock.now().timestamp()))
    company.instead = archive_between_the_lists
    reports = extract(settings, "deals")
    assert landed(reports) == {}
    assert company.instead(None) is None  # type: ignore[arg-type]
    assert newest(settings, "deals")[str(deal["id"])]["is_deleted"] == "false"


def test_a_stage_that_is_gone_from_the_list_is_deleted_at_once(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "stages")
    stage = company.any("stages")
    company.clock.advance(3600)
    company.write("stages", {**stage, "is_deleted": True})
    assert landed(extract(settings, "stages")) == {"stages": 1}
    assert newest(settings, "stages")[str(stage["id"])]["is_deleted"] == "true"
    assert landed(extract(settings, "stages")) == {}


@pytest.mark.parametrize(
    ("share_left", "is_deleted"),
    [pytest.param(0.4, False, id="lost rights"), pytest.param(0.6, True, id="many deletions")],
)
@pytest.mark.parametrize(("table", "path"), [("stages", "/stages"), ("activity", "/activities")])
def test_if_most_records_are_gone_none_is_taken_for_deleted(
    duckdb_settings: Settings, company: Company, table: str, path: str, share_left: float, is_deleted: bool
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, table)
    before = newest(settings, table)

    def show_few(request: Request) -> Response | None:
        if not request.path.endswith(path):
            return None
        answer = json.loads(company.site.answer(request).body)
        return Response.json(answer | {"data": [item for item in answer["data"] if item["id"] in visible]})

    id_column = BY_TABLE[table].id_column
    visible = {int(row[id_column] or 0) for row in list(before.values())[: round(share_left * len(before))]}
    company.instead = show_few
    company.clock.advance(8 * 24 * 3600)
    report = extract(settings, table)[table]
    gone = {id_ for id_, row in newest(settings, table).items() if row["is_deleted"] == "true"}
    assert gone == ({id_ for id_ in before if int(id_) not in visible} if is_deleted else set())
    assert is_deleted or "nothing is marked as deleted" in report.warnings[0]
    company.instead = lambda request: None
    company.clock.advance(8 * 24 * 3600)
    assert landed(extract(settings, table)) == ({table: len(gone)} if gone else {})
    assert {row["is_deleted"] for row in newest(settings, table).values()} == {"false"}


@pytest.mark.parametrize(("table", "kind"), [("stages", "stages"), ("activity", "activities")])
def test_a_run_that_is_killed_before_deletions_land_finds_them_the_next_time(
    duckdb_settings: Settings, company: Company, monkeypatch: pytest.MonkeyPatch, table: str, kind: str
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, table)
    gone = company.any(kind)
    company.clock.advance(8 * 24 * 3600)
    company.write(kind, {**gone, "is_deleted": True})
    with monkeypatch.context() as patch:
        patch.setattr(Target, "land_deleted", killed)
        with pytest.raises(KeyboardInterrupt):
            extract(settings, table)
    company.clock.advance(3600)
    assert landed(extract(settings, table)) == {table: 1}
    assert newest(settings, table)[str(gone["id"])]["is_deleted"] == "true"


def killed(*arguments: Any, **options: Any) -> None:
    raise KeyboardInterrupt


def item(field: str, old: str | None, new: str | None, time: str) -> Item:
    return Item(field, old, new, 1, time, "api", "somebody's automation")


def test_equal_changes_in_one_second_are_as_many_rows(duckdb_settings: Settings, company: Company) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "deals", CHANGES)
    deal = company.any("deals")
    company.clock.advance(3600)
    time = v1_time(company.clock.now())
    to_and_fro = [item("stage_id", "1", "2", time), item("stage_id", "2", "1", time)]
    company.write("deals", deal, (*to_and_fro, to_and_fro[0]))
    for _ in range(2):
        company.clock.advance(3600)
        extract(settings, "deals", CHANGES)
        found = [row for row in rows(settings, CHANGES) if row["change_time"] == time]
        assert [(row["old_value"], row["new_value"]) for row in found] == [("1", "2"), ("2", "1"), ("1", "2")]
        assert len({row["change_key"] for row in found}) == 3


def test_the_key_of_a_change_stays_what_it_is() -> None:
    key = change_key("7", "2026-11-02 09:00:00", "stage_id", None, "ä", 0)
    assert key == "454e8ae30ce241d923db4864efd3355169fde4e39def11b14840ed05fb4d693e"


DEAL = Deal("7", "2026-11-02T09:00:00Z", "2026-11-01T08:00:00Z", "5", "3")


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param(
            [],
            [("add_time", "2026-11-01 08:00:00"), ("user_id", "5"), ("stage_id", "3")],
            id="a deal that never changed",
        ),
        pytest.param(
            [
                item("stage_id", "2", "3", "2026-11-02 09:00:00"),
                item("stage_id", "1", "2", "2026-11-01 09:00:00"),
            ],
            [("add_time", "2026-11-01 08:00:00"), ("user_id", "5"), ("stage_id", "1")],
            id="the value before the first change, though the newest change comes first",
        ),
        pytest.param(
            [item("owner_id", "4", "5", "2026-11-01 09:00:00")],
            [("add_time", "2026-11-01 08:00:00"), ("user_id", "4"), ("stage_id", "3")],
            id="the owner by API v2's name",
        ),
        pytest.param(
            [
                item(field, None, new, "2026-11-01 08:00:00")
                for field, new in (("add_time", "2026-11-01 08:00:00"), ("user_id", "5"), ("stage_id", "3"))
            ],
            [],
            id="a changelog that says it all",
        ),
        pytest.param(
            [item("add_time", "2026-10-01 07:00:00", "2026-11-01 08:00:00", "2026-11-01 09:00:00")],
            [("add_time", "2026-10-01 07:00:00"), ("user_id", "5"), ("stage_id", "3")],
            id="a time of adding that was corrected",
        ),
        pytest.param(None, [("add_time", "2026-11-01 08:00:00")], id="a changelog that is gone"),
    ],
)
def test_the_beginning_of_a_deal_is_what_its_changelog_leaves_out(
    items: list[Item] | None, expected: list[tuple[str, str]]
) -> None:
    logged = None if items is None else changes.in_order([entry._asdict() for entry in items])
    made = changes.rows(DEAL, logged)[: len(expected)]
    assert [(row["changed_field_key"], row["new_value"]) for row in made] == expected
    assert {row["old_value"] for row in made} <= {None}
    assert {row["change_time"] for row in made} <= {dict(expected).get("add_time")}
    assert len(changes.rows(DEAL, logged)) == len(expected) + len(items or ())


def test_changes_are_landed_in_their_order_whichever_way_they_are_served() -> None:
    times = ("2026-11-01 09:00:00", "2026-11-02 09:00:00", "2026-11-02 09:00:00")
    oldest_first = [item("value", str(n), str(n + 1), time)._asdict() for n, time in enumerate(times)]
    newest_first = oldest_first[::-1]
    assert changes.in_order(newest_first) == changes.in_order(oldest_first) == oldest_first


def test_a_changelog_that_is_gone_leaves_what_there_is(duckdb_settings: Settings, company: Company) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "deals", CHANGES)
    before = rows(settings, CHANGES)
    deal = company.any("deals")
    company.clock.advance(3600)
    company.write("deals", {**deal, "status": "deleted", "is_deleted": True})
    gone = f"/api/v1/deals/{deal['id']}/changelog"
    company.instead = lambda request: refusal(404)(request) if request.path == gone else None
    for calls in (1, 0):
        company.clock.advance(3600)
        company.paths.clear()
        landed(extract(settings, "deals", CHANGES))
        assert company.paths.count(gone) == calls
        assert rows(settings, CHANGES) == before


def test_the_changelog_of_a_deal_that_has_just_changed_waits_for_the_next_run(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "deals")
    deal, now = company.any("deals"), company.clock.now()
    with open_warehouse(settings) as connection:  # as one that was asked for by its number
        connection.execute(
            "update raw_pipedrive.deals set update_time = ? where id = ?",
            [v2_time(now - timedelta(seconds=100)), str(deal["id"])],
        )
    extract(settings, CHANGES)
    read = {row["deal_id"] for row in rows(settings, CHANGES)}
    assert read == set(newest(settings, "deals")) - {str(deal["id"])}
    company.clock.advance(60)
    extract(settings, CHANGES)
    assert changes_landed(settings) == changes_true(company)


def test_a_run_that_is_killed_reads_no_changelog_twice_that_was_landed(
    settings: Settings, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = pointed(settings, company)
    extract(settings, "deals")
    company.paths.clear()
    monkeypatch.setattr(changes, "DEALS_PER_LANDING", 5)
    with monkeypatch.context() as patch:
        patch.setattr(Client, "pages", killed_at_call(13))
        with pytest.raises(KeyboardInterrupt):
            extract(settings, CHANGES)
    assert len({row["deal_id"] for row in rows(settings, CHANGES)}) == 10
    landed(extract(settings, CHANGES))
    read = Counter(path for path in company.paths if path.endswith("/changelog"))
    assert sorted(read.values()) == [1] * (len(read) - 2) + [2] * 2
    assert changes_landed(settings) == changes_true(company)


def test_changelogs_are_read_of_this_company_s_deals_only(
    duckdb_settings: Settings, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = pointed(duckdb_settings, company)
    assert extract(settings, CHANGES)[CHANGES].run.error_class == "NO_DEALS"
    extract(settings, "deals", CHANGES)
    before = rows(settings, CHANGES)
    monkeypatch.setattr(Pipedrive, "__init__", moved(Pipedrive.__init__))
    report = extract(settings, CHANGES, replace=True)[CHANGES]
    assert report.run.error_class == "NO_DEALS"
    assert rows(settings, CHANGES) == before


def moved(begin: Callable[..., None]) -> Callable[..., None]:
    """Another company with the same contents."""

    def begin_elsewhere(self: Pipedrive, *arguments: Any) -> None:
        begin(self, *arguments)
        self.account = "elsewhere"

    return begin_elsewhere


def test_if_no_changelog_can_be_read_few_are_tried(
    duckdb_settings: Settings, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "deals")
    monkeypatch.setattr(changes, "MOST_FAILED", 4)
    company.instead = lambda request: refusal(403)(request) if request.path.endswith("changelog") else None
    assert extract(settings, CHANGES)[CHANGES].run.error_class == "HTTP_403"
    assert sum(path.endswith("changelog") for path in company.paths) == 4


def killed_at_call(number: int) -> Callable[..., Any]:
    """`Client.pages`, ended from outside."""
    whole, calls = Client.pages, count(1)

    def pages(*arguments: Any) -> Any:
        if next(calls) == number:
            raise KeyboardInterrupt
        return whole(*arguments)

    return pages


@pytest.mark.parametrize("company", [{"daily_tokens": 400}], indirect=True)
def test_a_run_stops_at_its_share_of_the_day_and_goes_on_the_next_one(
    settings: Settings, company: Company
) -> None:
    settings = pointed(settings, company, budget_share=0.5)
    for day in range(4):
        reports = extract(settings, *(("deals", CHANGES) if day == 0 else (CHANGES,)))
        used = company.site.state()["tokens_used"]
        error = reports[CHANGES].error
        if error is None:
            break
        assert (error.exit_code, reports[CHANGES].run.outcome) == (75, "quota")
        assert "midnight" in str(error)
        assert "PIPEDRIVE_BUDGET_SHARE" in str(error)
        assert 200 <= used < 220
        company.clock.advance(24 * 3600)
    assert day == 1
    assert max(Counter(path for path in company.paths if path.endswith("/changelog")).values()) == 1
    assert changes_landed(settings) == changes_true(company)


def test_a_day_that_is_used_up_by_others_ends_the_run(duckdb_settings: Settings, company: Company) -> None:
    settings = pointed(duckdb_settings, company)
    api = connect(settings)
    company.faults.switch(["daily_budget"], rate=1)
    reports = list(extraction.extract_api(settings, api))
    assert [(report.run.outcome, report.run.table_name) for report in reports] == [("quota", "fields")]
    assert company.statuses[429] == 1
    with pytest.raises(LeadhouseError, match="used up") as caught:
        connect(settings)
    assert caught.value.exit_code == 75


def test_refusals_that_last_and_tell_nothing_are_taken_for_the_end_of_the_day(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    company.instead = refusal(429)
    with pytest.raises(LeadhouseError, match="midnight") as caught:
        connect(replace(settings, http=replace(settings.http, retry_seconds=1)))
    assert caught.value.exit_code == 75
    assert company.statuses[429] > 1


def test_a_page_that_repeats_itself_is_an_error_and_no_loop(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    company.faults.switch(["repeated_page"], rate=1)
    reports = extract(settings, "fields", "users", "activity")
    errors = {name: report.run.error_class for name, report in reports.items()}
    # Nor does a list help that says that it goes on where it began.
    assert errors == {"fields": "UNKNOWN_PAGING", "users": None, "activity": "REPEATED_PAGE"}
    assert max(Counter(company.paths).values()) <= 3
    company.faults.off()
    extract(settings, "deals")
    company.faults.switch(["repeated_page"], rate=1)
    report = extract(settings, CHANGES)[CHANGES]
    assert report.run.error_class == "REPEATED_PAGE"
    assert "deals" in str(report.error)
    company.faults.off()
    landed(extract(settings, CHANGES))
    assert changes_landed(settings) == changes_true(company)


def test_one_changelog_that_cannot_be_read_does_not_keep_the_others_back(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "deals")
    refused = f"/api/v1/deals/{company.any('deals')['id']}/changelog"
    company.instead = lambda request: refusal(403)(request) if request.path == refused else None
    report = extract(settings, CHANGES)[CHANGES]
    assert report.run.error_class == "HTTP_403"
    assert len({row["deal_id"] for row in rows(settings, CHANGES)}) == len(rows(settings, "deals")) - 1
    company.instead = lambda request: None
    company.paths.clear()
    landed(extract(settings, CHANGES))
    assert [path for path in company.paths if path.endswith("/changelog")] == [refused]


@pytest.mark.parametrize("company", [{"burst": 12}], indirect=True)
def test_calls_stay_below_the_burst_limit(
    duckdb_settings: Settings, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(pointed(duckdb_settings, company))
    for _ in range(30):
        client.one(ME)
    assert company.statuses == {200: 30}
    monkeypatch.setattr(allowance.Allowance, "wait", lambda self: None)
    unpaced = Client(pointed(duckdb_settings, company))
    for _ in range(15):
        unpaced.one(ME)
    assert company.statuses[429] > 0
    assert company.statuses[200] == 45


def test_what_can_be_retried_is(duckdb_settings: Settings, company: Company) -> None:
    settings = pointed(duckdb_settings, company)
    company.faults.switch(
        ["reset", "truncated", "truncated_silently", "server_error", "rate_limit"], seed=4, rate=0.08
    )
    landed(extract(settings, "deals", "activity", CHANGES))
    assert len(company.faults.struck) >= 4
    assert_true(company, settings, ("deals", "activity"))
    assert changes_landed(settings) == changes_true(company)


def test_a_custom_field_keeps_its_column_when_it_is_renamed(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    report = extract(settings, "deals")["deals"]
    assert {"lead_source", "region", "budget"} <= set(report.new_columns)
    fields = {field["name"]: field for field in map(json.loads, company.site.store.bodies("dealFields"))}
    region, deal = fields["Region"], company.any("deals")
    company.clock.advance(3600)
    company.write("dealFields", {**region, "name": "Sales Area"})
    new = {**region, "id": 99_999, "key": "f" * 40, "name": "Region"}
    company.write("dealFields", new)
    custom = {**deal["custom_fields"], region["key"]: "West", new["key"]: "Moon"}
    company.write("deals", {**deal, "custom_fields": custom})
    company.clock.advance(3600)
    report = extract(settings, "deals")["deals"]
    [column] = report.new_columns
    row = newest(settings, "deals")[str(deal["id"])]
    assert column.startswith("region_")
    assert (row["region"], row[column]) == ("West", "Moon")
    assert "sales_area" not in row


def test_columns_of_custom_fields_are_told_apart() -> None:
    names = {"a" * 40: "Größe (m²)", "b" * 40: "Title", "c" * 40: "名前", "d" * 40: "Größe (m2)"}
    asked: list[int] = []
    columns = CustomColumns({"e" * 40: "old"}, ["title"], lambda: asked.append(1) or names)  # type: ignore[func-returns-value]
    made = [columns[letter * 40] for letter in "abcdefa"]
    assert made[0] == made[-1] == "groe__m2"
    assert made[1].startswith("title_")
    assert made[2] == "custom_cccccccc"
    assert made[3].startswith("groe__m2_")
    assert (made[4], made[5]) == ("old", "custom_ffffffff")
    assert len(set(made)) == 6
    assert asked == [1]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (200.0, "200"),
        (0.1, "0.1"),
        (1e21, "1000000000000000000000"),
        (1.5e-7, "0.00000015"),
        ("2021-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
        ([], "[]"),
        ({"value": 5, "currency": "€"}, '{"value":5,"currency":"€"}'),
        ("a\0b", "ab"),
        ("\ud83d", "?"),
    ],
)
def test_every_value_has_one_text(value: object, text: str | None) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        (refusal(402), ("402", "plan")),
        (refusal(403, "Scope and URL mismatch"), ("403", "permissions", "Scope and URL mismatch")),
        (refusal(404), ("404", "PIPEDRIVE_URL")),
        (lambda request: Response(403, b"<html>", content_type="text/html"), ("403", "gateway")),
        (lambda request: Response.json([1]), ("not Pipedrive's API",)),
        (refusal(400, "limit: must be from 1"), ("400", "limit: must be from 1")),
    ],
)
def test_what_cannot_be_made_good_is_one_clear_line(
    duckdb_settings: Settings,
    company: Company,
    instead: Callable[[Request], Response],
    words: tuple[str, ...],
) -> None:
    settings = pointed(duckdb_settings, company)
    company.instead = instead
    with pytest.raises(ApiError) as caught:
        connect(settings)
    assert len(company.paths) == 1
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"api_token": "0" * 40}, ("PIPEDRIVE_API_TOKEN", "PIPEDRIVE_URL", "401")),
        ({"api_token": None}, ("PIPEDRIVE_API_TOKEN not set",)),
        ({"url": None, "api_token": None}, ("PIPEDRIVE_URL and PIPEDRIVE_API_TOKEN not set",)),
        ({"api_token": f"{'0' * 40}\n"}, ("PIPEDRIVE_API_TOKEN", "blanks")),
        ({"url": "http://acme.pipedrive.com"}, ("PIPEDRIVE_URL", "https://COMPANY.pipedrive.com")),
        ({"url": "https://acme:port"}, ("PIPEDRIVE_URL", "https://COMPANY.pipedrive.com")),
        ({"url": "https://no-such-company.invalid"}, ("no such host", "no-such-company.invalid")),
    ],
)
def test_wrong_settings_are_one_clear_line(
    duckdb_settings: Settings, company: Company, options: dict[str, Any], words: tuple[str, ...]
) -> None:
    with pytest.raises(LeadhouseError) as caught:
        connect(pointed(duckdb_settings, company, **options))
    for word in words:
        assert word in str(caught.value)


def test_what_has_no_id_is_rejected_and_the_rest_is_landed(
    duckdb_settings: Settings, company: Company
) -> None:
    settings = pointed(duckdb_settings, company)
    users = [{"id": None, "name": "Nobody"}, {"id": 1, "name": "Ada", "modified": "2026-11-01 08:00:00"}]
    company.instead = lambda request: (
        Response.json({"success": True, "data": users}) if request.path.endswith("/users") else None
    )
    report = extract(settings, "users")["users"]
    assert (report.run.rows_read, report.run.rows_landed, report.run.rows_rejected) == (2, 1, 1)
    assert query(settings, "select reason from operations.rejected_rows") == [("no id",)]
    assert [row["name"] for row in rows(settings, "users")] == ["Ada"]


def test_the_token_is_nowhere_but_in_the_calls(
    duckdb_settings: Settings, company: Company, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = pointed(duckdb_settings, company)
    token = company.site.api_token
    seen: list[str | None] = []

    def note(request: Request) -> Response | None:
        seen.append(request.headers["x-api-token"])
        if request.path.endswith("/activities"):
            return Response.json({"success": False, "error": f"token {token} is bad\nreally"}, 403)
        return None

    company.instead = note
    reports = extract(settings, "users", "deals", "activity")
    assert set(seen) == {token}
    assert "token … is bad really" in str(reports["activity"].error)
    out, err = capfd.readouterr()
    assert token not in out + err + repr(settings) + str([report.error for report in reports.values()])
    for file in settings.home.rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes()


def test_check_says_who_one_is_and_what_may_be_read(duckdb_settings: Settings, company: Company) -> None:
    settings = pointed(duckdb_settings, company)
    company.instead = lambda request: refusal(403)(request) if request.path.endswith("/persons") else None
    api: Pipedrive = connect(settings)
    lines = api.check()
    assert lines[0].startswith("Pipedrive: Leadhouse Demo (leadhouse-demo), as user 1, an administrator")
    assert "deals: may be read" in lines
    assert "deal_changes: may be read" in lines
    [persons] = [line for line in lines if line.startswith("persons:")]
    assert "403" in persons
    assert any("tokens" in line and "600,000" in line for line in lines)
    assert query(settings, "select count(*) from operations.cursors") == [(0,)]


@pytest.mark.parametrize("status", [404, 410])
def test_changelogs_that_are_not_there_of_deals_that_are_count_as_unread(
    duckdb_settings: Settings, company: Company, status: int
) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "deals")
    company.instead = lambda request: refusal(status)(request) if request.path.endswith("changelog") else None
    assert extract(settings, CHANGES)[CHANGES].run.error_class == f"HTTP_{status}"
    company.instead = lambda request: None
    landed(extract(settings, CHANGES))
    gone = {id_ for id_, row in newest(settings, "deals").items() if row["is_deleted"] == "true"}
    lost = changes_true(company) - changes_landed(settings)
    assert {change[0] for change in lost} <= gone


def test_fields_of_the_api_and_custom_ones_are_told_apart() -> None:
    columns = CustomColumns({}, ["id", "name"], lambda: {"a" * 40: "Score", "b" * 40: "Select"})
    deals = BY_TABLE["deals"]
    item = {"id": 1, "name": "n", "Name": "N", "score": 2, "_place": 3, "é" * 99: 4, "": 5}
    row = flatten(item | {"custom_fields": {"a" * 40: 6, "b" * 40: 7}}, deals, columns)
    assert (row["id"], row["name"], row["score"], row["place"], row["select"]) == ("1", "n", "2", "3", "7")
    assert sorted(value or "" for value in row.values()) == ["1", "2", "3", "4", "5", "6", "7", "N", "n"]
    assert all(len(name) <= 63 and name.isascii() and name.islower() for name in row)


@pytest.mark.parametrize("text", ["nan", "inf", "-7", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_limits_that_make_no_sense_limit_nothing(text: str) -> None:
    limits = allowance.Allowance(0.8, "host")
    names = ("daily-ratelimit-token-limit", "daily-ratelimit-token-remaining", "ratelimit-reset")
    limits.note({f"x-{name}": text for name in names} | {"x-ratelimit-remaining": "0"})
    limits.wait()
    assert limits.seconds_to_wait({"retry-after": text}) is None


def test_a_burst_is_waited_for_a_minute_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    limits = allowance.Allowance(0.8, "host")
    limits.note({"x-ratelimit-remaining": "0", "x-ratelimit-limit": "10", "x-ratelimit-reset": "1e9"})
    limits.wait()
    assert 0 < waited[0] <= 60


@pytest.mark.parametrize("item", [None, 5, [1]])
def test_what_is_no_record_is_an_error(duckdb_settings: Settings, company: Company, item: object) -> None:
    company.instead = lambda request: (
        Response.json({"success": True, "data": [item]}) if request.path.endswith("/stages") else None
    )
    report = extract(pointed(duckdb_settings, company), "stages")["stages"]
    assert report.run.error_class == "BAD_ANSWER"


def test_a_clock_that_once_was_wrong_loses_nothing(duckdb_settings: Settings, company: Company) -> None:
    settings = pointed(duckdb_settings, company)
    extract(settings, "persons")
    [(cursor,)] = query(settings, "select cursor from operations.cursors where table_name = 'persons'")
    known = json.loads(cursor)
    ahead = {
        "until": dict.fromkeys(known["until"], "2029-01-01T00:00:00Z"),
        "listed_at": "2029-01-01T00:00:00Z",
    }
    query(settings, f"update operations.cursors set cursor = '{json.dumps(known | ahead)}'")
    company.write("persons", company.any("persons") | {"name": "Somebody Else"})
    company.pass_time(minutes=10)
    report = extract(settings, "persons")["persons"]
    assert report.run.rows_landed >= 1
    assert "by Pipedrive's clock is yet to come" in report.warnings[0]
    company.write("persons", company.any("persons") | {"name": "Yet Another"})
    company.pass_time(minutes=10)
    report = extract(settings, "persons")["persons"]
    assert report.run.rows_landed >= 1
    assert report.warnings == ()
