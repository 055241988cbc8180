"""Landing what an API gave, on both engines."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from extract.api.extraction import Job, extract_api
from extract.api.landing import Target, to_arrow
from extract.api.session import ApiError, QuotaReached, Usage
from extract.runs import new_run_id
from extract.salesforce import TABLES
from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.warehouse import connect
from tests.python.running import call_leadhouse

LEAD = next(table for table in TABLES if table.name == "lead")
USER = next(table for table in TABLES if table.name == "user")
KEY = ("id", "system_modstamp")
MORNING, NOON = "2026-11-01T08:00:00.000Z", "2026-11-01T12:00:00.000Z"
ACCOUNT = "00D000000000001AAA"


def opened(settings: Settings, account: str = ACCOUNT, replace: bool = False) -> Target:
    target = Target(settings, LEAD, account, new_run_id(), Usage(), replace)
    target.open()
    return target


def leads(*rows: tuple[str, str, str]) -> pa.Table:
    """Rows of id, time and company."""
    columns = ("id", "system_modstamp", "company")
    return to_arrow([dict(zip(columns, row, strict=True)) for row in rows], columns)


def landed(
    settings: Settings, columns: str = "id, system_modstamp, company, is_deleted"
) -> list[tuple[object, ...]]:
    with connect(settings) as connection:
        return connection.execute(f"select {columns} from raw_salesforce.lead order by _row_number")


def counts(settings: Settings) -> tuple[int, int]:
    """Rows of the table, and different row numbers."""
    with connect(settings) as connection:
        [(rows, numbers)] = connection.execute(
            "select count(*), count(distinct _row_number) from raw_salesforce.lead"
        )
    return rows, numbers


def test_a_version_is_landed_once_however_often_it_comes(settings: Settings) -> None:
    first = leads(("1", MORNING, "A"), ("2", MORNING, "B"), ("1", MORNING, "A"))
    assert opened(settings).land([first], KEY, {"at": 1}, method="query") == 2
    second = leads(("2", MORNING, "B"), ("1", NOON, "C"))
    assert opened(settings).land([second], KEY, {"at": 2}, method="query") == 1
    assert landed(settings) == [
        ("1", MORNING, "A", None),
        ("2", MORNING, "B", None),
        ("1", NOON, "C", None),
    ]
    assert counts(settings) == (3, 3)


def test_a_state_that_returns_at_the_same_time_is_landed_again(settings: Settings) -> None:
    key = (*KEY, "company")
    for company, count in (("A", 1), ("B", 1), ("B", 0), ("A", 1), ("A", 0)):
        states = leads(("1", MORNING, company), ("1", MORNING, company), ("2", MORNING, "C"))
        new = 1 if not landed(settings) else 0
        assert opened(settings).land([states], key, {}, method="api") == count + new
    late = leads(("1", NOON, "B"))
    assert opened(settings).land([late], key, {}, method="api") == 1
    assert opened(settings).land([leads(("1", MORNING, "A"))], key, {}, method="api") == 0
    assert [row[:3] for row in landed(settings)] == [
        ("1", MORNING, "A"),
        ("2", MORNING, "C"),
        ("1", MORNING, "B"),
        ("1", MORNING, "A"),
        ("1", NOON, "B"),
    ]


def test_rows_carry_the_run_and_no_file(settings: Settings) -> None:
    target = opened(settings)
    target.land([leads(("1", MORNING, "A"))], KEY, {"at": 1}, method="query")
    assert landed(settings, "_period, _file_id, _row_number, _run_id") == [(None, None, 1, target.run.run_id)]


def test_the_cursor_is_committed_with_the_rows_or_not_at_all(settings: Settings) -> None:
    opened(settings).land([leads(("1", MORNING, "A"))], KEY, {"at": 1}, method="query")
    assert opened(settings).cursor == {"at": 1}

    def broken() -> Iterator[pa.Table]:
        yield leads(("2", NOON, "B"))
        raise ApiError("the line is dead", "CONNECTION")

    with pytest.raises(ApiError, match="the line is dead"):
        opened(settings).land(broken(), KEY, {"at": 2}, method="query")
    assert opened(settings).cursor == {"at": 1}
    assert [row[0] for row in landed(settings)] == ["1"]


def test_no_rows_move_the_cursor_all_the_same(settings: Settings) -> None:
    target = opened(settings)
    assert target.land([], KEY, {"at": 1}, method="query") == 0
    assert target.land([leads()], KEY, {"at": 2}, method="query") == 0
    assert opened(settings).cursor == {"at": 2}
    assert landed(settings) == []


def test_columns_may_come_and_go(settings: Settings) -> None:
    target = opened(settings)
    wide = to_arrow(
        [{"id": "1", "system_modstamp": MORNING, "region_c": 'é, "quoted"\nline'}], [*KEY, "region_c"]
    )
    target.land([wide, leads(("2", MORNING, "B"))], KEY, {"at": 1}, method="query")
    assert target.new_columns == ["region_c"]
    target.land([leads(("3", MORNING, "C"))], KEY, {"at": 2}, method="query")
    assert target.new_columns == ["region_c"]
    assert landed(settings, "id, company, region_c") == [
        ("1", None, 'é, "quoted"\nline'),
        ("2", "B", None),
        ("3", "C", None),
    ]


def test_a_column_that_could_not_be_read_before_is_filled(settings: Settings) -> None:
    target = opened(settings)
    target.land([leads(("1", MORNING, "A"), ("2", MORNING, "B"))], KEY, {"at": 1}, method="query")
    rows = [
        {"id": "1", "system_modstamp": MORNING, "company": "never changes", "region_c": "north"},
        {"id": "2", "system_modstamp": NOON, "company": "D", "region_c": "south"},
    ]
    again = to_arrow(rows, [*KEY, "company", "region_c"])
    assert target.land([again, again], KEY, {"at": 2}, method="bulk", fill=["region_c", "not_there_c"]) == 2
    assert landed(settings, "id, system_modstamp, company, region_c") == [
        ("1", MORNING, "A", "north"),
        ("2", MORNING, "B", None),
        ("2", NOON, "D", "south"),
    ]
    assert target.land([again], KEY, {"at": 3}, method="bulk", fill=["region_c"]) == 0


def test_a_deletion_is_a_copy_of_the_newest_version(settings: Settings) -> None:
    target = opened(settings)
    target.land(
        [leads(("1", MORNING, "A"), ("1", NOON, "B"), ("2", MORNING, "C"))], KEY, {"at": 1}, method="query"
    )
    gone = "2026-11-02T00:00:00.000Z"
    assert target.land_deleted([("1", gone), ("9", gone)], {"at": 2}, method="query") == 2
    assert target.land_deleted([("1", gone), ("9", gone)], {"at": 3}, method="query") == 0
    assert landed(settings)[3:] == [("1", gone, "B", "true"), ("9", gone, None, "true")]
    assert opened(settings).cursor == {"at": 3}


def test_full_lists_of_ids_tell_what_is_gone_and_what_was_missed(settings: Settings) -> None:
    target = opened(settings)
    target.land(
        [leads(("1", MORNING, "A"), ("2", MORNING, "B"), ("3", MORNING, "C"))], KEY, {"at": 1}, method="query"
    )
    target.land_deleted([("3", NOON)], {"at": 1}, method="query")
    assert target.missing_from(["1", "4"]) == ["2"]
    assert target.unknown_in(["4", "1", "3", "5"]) == ["4", "5"]
    target.land([leads(("3", "2026-11-01T13:00:00.000Z", "C"))], KEY, {"at": 1}, method="query")
    assert sorted(target.missing_from(["1", "4"])) == ["2", "3"], "what was undeleted counts again"


def test_checkpoints_are_added_and_renewed(settings: Settings) -> None:
    target = opened(settings)
    many = {str(number): "a" for number in range(1200)}
    target.land([], KEY, {}, method="api", checkpoints=many)
    target.land([], KEY, {}, method="api", checkpoints={"7": "b", "new": "c"})
    assert opened(settings).checkpoints() == many | {"7": "b", "new": "c"}


def test_rows_that_cannot_be_rows_are_kept_aside(settings: Settings) -> None:
    target = opened(settings)
    target.reject('{"nothing": "usable"}', "there is no Id")
    target.land([leads(("1", MORNING, "A"))], KEY, {"at": 1}, method="query")
    with connect(settings) as connection:
        rejected = connection.execute("select table_name, raw_text, reason from operations.rejected_rows")
    assert rejected == [("lead", '{"nothing": "usable"}', "there is no Id")]
    assert (target.run.rows_read, target.run.rows_landed, target.run.rows_rejected) == (2, 1, 1)


def test_another_account_is_refused_unless_it_replaces(settings: Settings) -> None:
    opened(settings).land([leads(("1", MORNING, "A"))], KEY, {"at": 1}, method="query")
    with pytest.raises(ApiError, match=f"holds the data of {ACCOUNT}, and this is other") as error:
        opened(settings, account="other")
    assert "--replace --table lead" in str(error.value)
    other = opened(settings, account="other", replace=True)
    assert other.cursor == {}
    assert [row[0] for row in landed(settings)] == ["1"], "nothing goes before something comes"
    other.land([leads(("5", NOON, "E"))], KEY, {"at": 9}, method="query")
    assert [row[0] for row in landed(settings)] == ["5"]
    other.land([leads(("6", NOON, "F"))], KEY, {"at": 10}, method="query")
    assert [row[0] for row in landed(settings)] == ["5", "6"], "only the first landing replaces"


def test_a_table_of_files_is_refused_unless_it_is_replaced(settings: Settings, demo_files: Path) -> None:
    call_leadhouse(settings, "extract", "salesforce", "--files", demo_files / "salesforce")
    with pytest.raises(ApiError, match=r"raw_salesforce\.lead is fed by files"):
        opened(settings)
    opened(settings, replace=True).land([leads(("1", MORNING, "A"))], KEY, {"at": 1}, method="query")
    assert [row[0] for row in landed(settings)] == ["1"]
    with connect(settings) as connection:
        statuses = "select distinct status from operations.files where table_name = 'lead'"
        assert connection.execute(statuses) == [("replaced",)]
    call_leadhouse(settings, "extract", "salesforce", "--files", demo_files / "salesforce", status=1)
    assert [row[0] for row in landed(settings)] == ["1"]


class TwoTables:
    """An API whose jobs are given."""

    source, account = "salesforce", ACCOUNT

    def __init__(self, *jobs: Job) -> None:
        self.usage, self._jobs = Usage(), list(jobs)

    def jobs(self) -> list[Job]:
        return self._jobs

    def check(self) -> list[str]:
        return []


def recorded(settings: Settings) -> list[tuple[object, ...]]:
    with connect(settings) as connection:
        return connection.execute(
            "select table_name, method, window_start, window_end, calls, rows_read, rows_landed, outcome, error_class,"
            " warning from operations.runs order by started_at, table_name"
        )


def test_a_table_that_fails_does_not_stop_the_others(settings: Settings) -> None:
    window = (None, datetime(2026, 11, 1, tzinfo=UTC))

    def fail(target: Target) -> None:
        api.usage.calls += 3
        target.land([leads(("1", MORNING, "A"))], KEY, {"at": 1}, method="bulk", window=window)
        raise ApiError("that was all", "TIMEOUT")

    def succeed(target: Target) -> None:
        api.usage.calls += 1
        target.warn("a field has vanished")
        target.land([], ("id",), {"at": 1}, method="query", window=window)

    api = TwoTables(Job(LEAD, fail), Job(USER, succeed))
    reports = list(extract_api(settings, api))
    assert [str(report.error) for report in reports] == ["that was all", "None"]
    end = datetime(2026, 11, 1)
    assert recorded(settings) == [
        ("lead", "bulk", None, end, 3, 1, 1, "failed", "TIMEOUT", None),
        ("user", "query", None, end, 1, 0, 0, "unchanged", None, "a field has vanished"),
    ]


def test_the_way_in_which_windows_were_read_is_recorded(settings: Settings) -> None:
    window = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
    target = opened(settings)
    target.land([], KEY, {"at": 1}, method="api")
    assert recorded(settings)[0][1] == "api"
    target.land([leads(("1", MORNING, "A"))], KEY, {"at": 2}, method="bulk", window=window)
    target.land_deleted([("1", NOON)], {"at": 3}, method="api")
    target.land([], KEY, {"at": 4}, method="query")
    assert [(row[0], row[1]) for row in recorded(settings)] == [("lead", "bulk")]
    target.land([], KEY, {"at": 5}, method="query", window=window)
    assert recorded(settings)[0][1] == "query"


def test_the_quota_ends_the_run(settings: Settings) -> None:
    def stop(target: Target) -> None:
        raise QuotaReached("used up; go on tomorrow")

    api = TwoTables(Job(LEAD, stop), Job(USER, stop))
    [report] = extract_api(settings, api)
    assert isinstance(report.error, QuotaReached) and report.error.exit_code == 75
    assert [row[-3] for row in recorded(settings)] == ["quota"]


def test_only_the_tables_asked_for_are_read(settings: Settings) -> None:
    api = TwoTables(Job(LEAD, lambda target: None), Job(USER, lambda target: None))
    assert [report.run.table_name for report in extract_api(settings, api, ["user"])] == ["user"]


def test_rows_that_cannot_be_landed_fail_their_table_only(settings: Settings) -> None:
    def fill_up(target: Target) -> None:
        raise LeadhouseError("the load failed, nothing was landed: no space left")

    api = TwoTables(Job(LEAD, fill_up), Job(USER, lambda target: None))
    reports = list(extract_api(settings, api))
    assert [str(report.error) for report in reports] == [
        "raw_salesforce.lead: the load failed, nothing was landed: no space left",
        "None",
    ]
    assert [row[-3:-1] for row in recorded(settings)] == [("failed", "LOAD_FAILED"), ("unchanged", None)]


def test_a_failed_sign_in_is_on_record_and_in_the_status(settings: Settings) -> None:
    failed = call_leadhouse(settings, "extract", "pipedrive", status=1)
    assert failed.stderr == (
        "Error: PIPEDRIVE_URL and PIPEDRIVE_API_TOKEN not set; they hold the company's address,"
        " https://COMPANY.pipedrive.com, and a user's API token (Personal preferences → API)\n"
    )
    assert [row[0] for row in recorded(settings)] == ["sign-in"]
    assert "! sign-in: failed just now: SETTINGS" in call_leadhouse(settings, "status").stdout


@pytest.mark.parametrize(
    ("errors", "status"),
    [
        ([ApiError("no such thing", "NOT_FOUND"), ApiError("no such thing", "NOT_FOUND")], 1),
        ([ApiError("no such thing", "NOT_FOUND"), QuotaReached("used up")], 1),
        ([ApiError("no such thing", "NOT_FOUND")], 1),
        ([], 0),
    ],
)
def test_a_failure_does_not_hide_behind_the_quota(
    duckdb_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    errors: list[ApiError],
    status: int,
) -> None:
    waiting = iter(errors)

    def fail(target: Target) -> None:
        for error in waiting:
            raise error

    api = TwoTables(Job(LEAD, fail), Job(USER, fail))
    monkeypatch.setattr("extract.api.salesforce.connect", lambda settings: api)
    result = call_leadhouse(duckdb_settings, "extract", "salesforce", status=status)
    assert result.stderr.splitlines() == [f"Error: {error}" for error in errors]
    assert result.stdout.splitlines()[-1] == (
        f"salesforce: 0 rows landed with 0 calls; {2 - len(errors)} table{'s' * (len(errors) != 1)} read,"
        f" {len(TABLES) - 2 + len(errors)} not"
    )


@pytest.mark.parametrize("after", [0, 1])
def test_an_interrupt_is_one_wherever_it_comes(settings: Settings, after: int) -> None:
    def interrupted() -> Iterator[pa.Table]:
        for _ in range(after):
            yield leads(("1", MORNING, "A"))
        os.kill(os.getpid(), signal.SIGINT)
        yield leads(("2", MORNING, "B"))

    with pytest.raises(KeyboardInterrupt):
        opened(settings).land(interrupted(), KEY, {"at": 1}, method="query")
    assert landed(settings) == []
    assert opened(settings).land([leads(("1", MORNING, "A"))], KEY, {"at": 1}, method="query") == 1


def test_an_error_without_words_is_told_by_its_name(settings: Settings) -> None:
    def broken() -> Iterator[pa.Table]:
        yield leads(("1", MORNING, "A"))
        raise MemoryError

    with pytest.raises(LeadhouseError, match="nothing was landed: MemoryError"):
        opened(settings).land(broken(), KEY, {"at": 1}, method="query")
