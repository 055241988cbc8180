"""Salesforce over real HTTPS against the stand-in: nothing lost, nothing twice, whatever goes wrong."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyarrow import csv

from extract.api import session
from extract.api.salesforce import bulk, deleted, windows
from extract.api.session import ApiError
from extract.salesforce import OBJECTS
from leadhouse.config import Settings, load_settings
from leadhouse.errors import LeadhouseError
from leadhouse.simulator.crm.org.ids import record_id
from leadhouse.simulator.crm.salesforce import Limits
from leadhouse.simulator.crm.server import Request, Response
from leadhouse.warehouse import connect
from tests.python.running import ROOT, SCRIPTS, call_leadhouse
from tests.python.salesforce_org import (
    DAY,
    HOUR,
    LAG,
    START,
    Stand,
    lead_id,
    leads,
    rest_error,
    standing,
    way_to,
    without_dlt,
)

LIMITS = Limits(bulk_polls=1)
MINUTE = timedelta(minutes=1)

Serve = Callable[..., Stand]


@pytest.fixture
def serve(duckdb_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serve an organisation to a warehouse on DuckDB, into which rows are loaded without dlt's second or two."""
    without_dlt(monkeypatch.setattr)
    monkeypatch.setattr(session, "FIRST_WAIT_SECONDS", 0.02)
    monkeypatch.setattr(bulk, "FIRST_POLL_SECONDS", 0.01)
    with ExitStack() as stack:
        yield lambda limits=LIMITS, **records: stack.enter_context(
            standing(duckdb_settings, limits, **records)
        )


@pytest.fixture
def stand(serve: Serve) -> Stand:
    """An organisation of twelve leads."""
    return serve(Lead=leads(12))


@pytest.fixture
def loaded(stand: Stand) -> Stand:
    """The same, with all of them in the warehouse."""
    assert stand.land("lead") == {"lead": 12}
    return stand


def failing(*answers: Response, at: str) -> Callable[[Request], Response | None]:
    """Answers to the first requests whose path or query has this in it, in place of the organisation's own."""
    waiting = list(answers)

    def intercept(request: Request) -> Response | None:
        return waiting.pop(0) if waiting and at in asked(request) else None

    return intercept


def asked(request: Request) -> str:
    """Path and query of a request."""
    return f"{request.path} {' '.join(value for values in request.query.values() for value in values)}"


# Both engines, with dlt


def test_everything_lands_as_it_is_and_once(settings: Settings) -> None:
    with standing(settings, LIMITS, Lead=leads(12)) as stand:
        first = stand.run("lead")["lead"]
        assert (first.error, first.run.method, first.run.rows_landed) == (None, "bulk", 12)
        assert stand.newest() == stand.truth()
        stand.pass_time(HOUR)
        stand.write(3, Company='O\'Brien & "Sons",\r\nLtd.')
        stand.write(4, kind="delete")
        stand.pass_time(HOUR)
        second = stand.run("lead")["lead"]
        assert (second.error, second.run.method, second.run.rows_landed) == (None, "query", 2)
        assert stand.newest() == stand.truth()
        assert stand.newest()[lead_id(4)]["is_deleted"] == "true"
        versions = stand.raw("id, system_modstamp")
        assert len(versions) == len(set(versions)) == 14
        stand.pass_time(HOUR)
        assert stand.land("lead") == {"lead": 0}
        # gone for good: only Salesforce's list of deletions says so
        stand.write(5, kind="delete")
        stand.write(5, kind="purge")
        stand.pass_time(DAY + HOUR)
        assert stand.land("lead") == {"lead": 1}
        assert stand.newest() == stand.truth()


def histories(*numbers: int) -> list[dict[str, Any]]:
    """Changes of leads' status, made an hour before the start."""
    return [
        {
            "Id": record_id("017", number),
            "IsDeleted": False,
            "LeadId": lead_id(number),
            "Field": "Status",
            "DataType": "DynamicEnum",
            "OldValue": None if number else "New",
            "NewValue": f"O'Brien {number}",
            "CreatedDate": START - HOUR,
        }
        for number in numbers
    ]


def test_history_and_users_land_beside_their_records(settings: Settings) -> None:
    history = histories(0, 1, 2)
    user = {"Id": "005Hs0000000001AAA", "Name": "Ada", "IsActive": True, "SystemModstamp": START - HOUR}
    with standing(settings, LIMITS, LeadHistory=history, User=[user]) as stand:
        assert stand.land("lead_history", "user") == {"lead_history": 3, "user": 1}
        later = [{**history[0], "Id": "017Hs0000000099AAA", "CreatedDate": START + HOUR}]
        stand.site.store.load("LeadHistory", later)
        stand.pass_time(2 * DAY + HOUR)
        assert stand.land("lead_history", "user") == {"lead_history": 1, "user": 0}
        assert stand.raw("id, new_value", "lead_history")[-1] == ("017Hs0000000099AAA", "O'Brien 0")
        assert stand.raw("name, is_active", "user") == [("Ada", "true")]


# Signing in


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A private key's file, and the public key."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path = tmp_path_factory.mktemp("key") / "salesforce.pem"
    path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return path, public.decode()


def ways_to_sign_in(stand: Stand, key_file: Path) -> dict[str, dict[str, str]]:
    """The variables of each way, beside those of the others emptied."""
    us = stand.site.credentials
    client = {"SALESFORCE_CLIENT_ID": us.client_id, "SALESFORCE_CLIENT_SECRET": us.client_secret}
    nobody = dict.fromkeys(client, "")
    user = {
        "SALESFORCE_USERNAME": us.username,
        "SALESFORCE_PASSWORD": us.password,
        "SALESFORCE_SECURITY_TOKEN": us.security_token,
    }
    return {
        "by client credentials": client,
        "by password": nobody | user,
        "by password of an app": client | user,
        "by JWT bearer": {
            "SALESFORCE_CLIENT_ID": us.client_id,
            "SALESFORCE_CLIENT_SECRET": "",
            "SALESFORCE_USERNAME": us.username,
            "SALESFORCE_PRIVATE_KEY_FILE": str(key_file),
        },
    }


@pytest.mark.parametrize("version", ["59.0", "66.0"])
def test_every_way_of_signing_in_serves_every_version_of_the_api(
    serve: Serve, key: tuple[Path, str], version: str
) -> None:
    stand = serve(public_key=key[1], Lead=leads(1))
    for way, variables in ways_to_sign_in(stand, key[0]).items():
        mine = stand.with_settings(SALESFORCE_API_VERSION=version, **variables)
        mine.wire.calls.clear()
        organisation = mine.sign_in()
        assert organisation.account == "00DHs0000000001MAA"
        assert organisation.usage.calls == 1, way
        assert way.removesuffix(" of an app") in organisation.check()[0]
        assert (" Soap/u/" in mine.wire.calls[0]) == (way == "by password")


def test_bad_credentials_are_tried_once_and_named(serve: Serve, key: tuple[Path, str]) -> None:
    stand = serve(public_key=key[1])
    for way, variables in ways_to_sign_in(stand, key[0]).items():
        wrong = {
            name: "wr<o>ng" for name in variables if name.endswith(("SECRET", "PASSWORD")) and variables[name]
        } or {"SALESFORCE_USERNAME": "nobody@example.com"}
        mine = stand.with_settings(**variables | wrong)
        mine.wire.calls.clear()
        with pytest.raises(LeadhouseError, match=r"Salesforce refuses the sign-in: .*; check SALESFORCE_URL"):
            mine.sign_in()
        assert len(mine.wire.calls) == 1, way


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "not enough to sign in to Salesforce; set SALESFORCE_URL"),
        (
            {"SALESFORCE_CLIENT_ID": "x", "SALESFORCE_CLIENT_SECRET": "y"},
            "the organisation's own address only",
        ),
        (
            {"SALESFORCE_PRIVATE_KEY_FILE": str(ROOT / "README.md")},
            "needs SALESFORCE_CLIENT_ID and SALESFORCE_U",
        ),
        (
            {
                "SALESFORCE_PRIVATE_KEY_FILE": str(ROOT / "README.md"),
                "SALESFORCE_CLIENT_ID": "x",
                "SALESFORCE_USERNAME": "y",
            },
            "cannot be read as a private RSA key",
        ),
        ({"SALESFORCE_EXTRA_FIELDS": "Quote.Total"}, "SALESFORCE_EXTRA_FIELDS names 'Quote.Total'"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_settings_that_cannot_work_are_named_without_a_call(
    duckdb_settings: Settings, variables: dict[str, str], message: str
) -> None:
    result = call_leadhouse(
        duckdb_settings, "extract", "salesforce", status=1, **variables | {"LEADHOUSE_RETRY_SECONDS": "1"}
    )
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_token_that_is_not_accepted_any_more_is_renewed(loaded: Stand) -> None:
    sessions = loaded.site._sessions  # what an administrator does who ends all sessions
    loaded.write(1, Company="X")
    loaded.pass_time(HOUR)

    def end_session(request: Request) -> None:
        loaded.wire.intercept = lambda request: None
        sessions.end(request.headers["Authorization"].removeprefix("Bearer "))

    loaded.wire.intercept = lambda request: end_session(request) if "queryAll" in asked(request) else None
    assert loaded.land("lead") == {"lead": 1}
    assert sum(" oauth2/token" in call for call in loaded.wire.calls) == 2


# Windows


def test_windows_end_before_what_may_still_come_and_overlap_the_last_one(loaded: Stand) -> None:
    high = START - LAG
    assert loaded.calls[1].startswith("POST jobs/query")
    now = loaded.pass_time(HOUR)
    loaded.write(1, now - LAG - timedelta(milliseconds=1), Company="the last of this window")
    loaded.write(2, now - LAG, Company="the first of the next")
    assert loaded.land("lead") == {"lead": 1}
    assert loaded.calls[0].endswith(
        f" WHERE SystemModstamp >= {high - 10 * MINUTE:%Y-%m-%dT%H:%M:%S.000Z}"
        f" AND SystemModstamp < {now - LAG:%Y-%m-%dT%H:%M:%S.000Z}"
    )
    # It came to light only now, but bears an older time.
    loaded.write(3, now - LAG - 10 * MINUTE, Company="late, but within the overlap")
    loaded.write(4, now - LAG - 10 * MINUTE - timedelta(milliseconds=1), Company="later than can be")
    loaded.pass_time(HOUR)
    assert loaded.land("lead") == {"lead": 2}
    assert [row for (row,) in loaded.raw("company")][12:] == [
        "the last of this window",
        "the first of the next",
        "late, but within the overlap",
    ]


def test_a_clock_that_does_not_move_asks_for_nothing_and_forgets_nothing(stand: Stand) -> None:
    slow = stand.with_settings(SALESFORCE_LAG_SECONDS="7200")
    stand.land("lead")
    assert slow.land("lead") == {"lead": 0}
    assert slow.calls == []
    stand.pass_time(HOUR)
    stand.write(1, Company="X")
    stand.pass_time(HOUR)
    assert stand.land("lead") == {"lead": 1}


def test_a_clock_that_once_was_wrong_loses_nothing(loaded: Stand) -> None:
    with connect(loaded.settings) as warehouse:
        [(cursor,)] = warehouse.execute("select cursor from operations.cursors where table_name = 'lead'")
        ahead = json.dumps(json.loads(cursor) | {"read_to": "2029-01-01T00:00:00.000Z"})
        warehouse.execute("update operations.cursors set cursor = ? where table_name = 'lead'", [ahead])
    loaded.write(1, Company="X")
    loaded.pass_time(HOUR)
    report = loaded.run("lead")["lead"]
    assert report.run.rows_landed == 1
    assert "by Salesforce's clock is yet to come" in report.warnings[0]
    loaded.write(2, Company="Y")
    loaded.pass_time(HOUR)
    report = loaded.run("lead")["lead"]
    assert (report.run.rows_landed, report.run.method, report.warnings) == (1, "query", ())


def test_a_bulk_page_without_a_locator_is_not_taken_for_the_last(stand: Stand) -> None:
    real = stand.site.answer

    def without_locator(request: Request) -> Response | None:
        if not request.path.endswith("/results"):
            return None
        response = real(request)
        response.headers.pop("Sforce-Locator", None)
        return response

    stand.wire.intercept = without_locator
    assert getattr(stand.run("lead")["lead"].error, "error_class", None) == "TRUNCATED"
    stand.wire.intercept = lambda request: None
    stand.land("lead")
    assert stand.newest() == stand.truth()


def test_an_idle_run_takes_one_call_per_object_and_lands_nothing(serve: Serve) -> None:
    stand = serve(Lead=leads(3))
    stand.land()
    stand.pass_time(HOUR)
    assert set(stand.land().values()) == {0}
    assert len(stand.calls) == len(OBJECTS)
    assert all(call.startswith("GET queryAll") for call in stand.calls)
    stand.pass_time(DAY)
    assert set(stand.land().values()) == {0}
    assert len(stand.calls) <= 3 * len(OBJECTS)


def test_a_window_that_takes_too_long_is_halved_and_its_parts_land_for_themselves(loaded: Stand) -> None:
    for hour in range(1, 9):
        loaded.pass_time(HOUR)
        loaded.write(hour, Company=f"hour {hour}")
    loaded.pass_time(HOUR)
    asked_for: list[timedelta] = []

    def too_long(request: Request) -> Response | None:
        times = re.findall(r"SystemModstamp \S+ (\S+Z)", asked(request))
        if len(times) != 2:
            return None
        low, high = map(datetime.fromisoformat, times)
        asked_for.append(high - low)
        if high - low > 3 * HOUR:
            return rest_error("QUERY_TIMEOUT")
        answered.append(high)
        return rest_error("MALFORMED_QUERY") if len(answered) == stop_at else None

    answered: list[datetime] = []
    stop_at = 3
    loaded.wire.intercept = too_long
    report = loaded.run("lead")["lead"]
    assert report.error
    assert report.error.error_class == "MALFORMED_QUERY"
    landed = [company for (company,) in loaded.raw("company")][12:]
    assert landed == ["hour 1", "hour 2", "hour 3", "hour 4"]
    stop_at = 0
    asked_for.clear()
    assert loaded.land("lead") == {"lead": 4}
    assert max(asked_for) < 6 * HOUR
    assert loaded.newest() == loaded.truth()


def test_a_query_that_takes_too_long_however_short_its_window_ends(loaded: Stand) -> None:
    loaded.pass_time(HOUR)
    loaded.wire.intercept = lambda request: (
        rest_error("QUERY_TIMEOUT") if "queryAll" in asked(request) else None
    )
    report = loaded.run("lead")["lead"]
    assert report.error
    assert report.error.error_class == "QUERY_TIMEOUT"
    assert 8 < len(loaded.calls) < 20


def test_a_query_whose_next_page_is_gone_begins_anew(loaded: Stand) -> None:
    loaded.pass_time(HOUR)
    loaded.site.store.load(
        "Lead",
        [
            {**row, "Id": f"00QHs{number:010d}MAA", "SystemModstamp": START}
            for number, row in enumerate(leads(2500))
        ],
    )
    loaded.pass_time(HOUR)
    loaded.wire.intercept = failing(rest_error("INVALID_QUERY_LOCATOR"), at="query/")
    assert loaded.land("lead") == {"lead": 2500}
    assert len([call for call in loaded.calls if call.startswith("GET queryAll")]) == 2


def test_a_query_whose_next_page_is_gone_each_time_ends(loaded: Stand) -> None:
    loaded.pass_time(HOUR)
    loaded.wire.intercept = lambda request: (
        rest_error("INVALID_QUERY_LOCATOR") if "queryAll" in asked(request) else None
    )
    assert loaded.run("lead")["lead"].run.error_class == "INVALID_QUERY_LOCATOR"
    assert len(loaded.calls) == windows.ATTEMPTS


# Bulk 2.0


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bulk 2.0 for more than five records, in pages of five."""
    monkeypatch.setattr(bulk, "PAGE_ROWS", 5)
    monkeypatch.setattr(windows, "LARGE", 5)


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches a kill."""


def kill(*arguments: Any) -> None:
    raise Killed


def kill_after_pages(patch: pytest.MonkeyPatch, count: int) -> None:
    """Let a run die before it asks for one more page of a Bulk job."""
    fetch = bulk.Download._fetch

    def killing(self: bulk.Download, *arguments: Any) -> Any:
        if len(self.state["rows"]) == count:
            raise Killed
        return fetch(self, *arguments)

    patch.setattr(bulk.Download, "_fetch", killing)


def pages(stand: Stand) -> list[str]:
    """The pages of Bulk jobs that were asked for: their locators."""
    found = [re.fullmatch(r"GET jobs/query/\w+/results 5 ?(\w*)", call) for call in stand.calls]
    return [match[1] for match in found if match]


def jobs_started(stand: Stand) -> int:
    return sum(call.startswith("POST jobs/query") for call in stand.calls)


@pytest.mark.usefixtures("small_pages")
def test_a_killed_download_goes_on_where_it_was(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        kill_after_pages(patch, 2)
        with pytest.raises(Killed):
            stand.run("lead")
    assert len(pages(stand)) == 2
    assert stand.raw("id") == []
    stand.pass_time(HOUR)
    stand.write(7, Company="changed meanwhile")
    stand.pass_time(HOUR)
    assert stand.land("lead") == {"lead": 13}
    assert len(pages(stand)) == 1
    assert jobs_started(stand) == 0
    assert stand.newest() == stand.truth()
    assert not any(stand.settings.downloads.rglob("*.csv"))


@pytest.mark.usefixtures("small_pages")
def test_a_forgotten_job_begins_anew(stand: Stand) -> None:
    stand.wire.intercept = failing(rest_error("NOT_FOUND", 404), at="results 5 ")
    assert stand.land("lead") == {"lead": 12}
    assert jobs_started(stand) == 2
    assert stand.newest() == stand.truth()


@pytest.mark.usefixtures("small_pages")
def test_a_download_that_no_longer_fits_is_thrown_away(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        kill_after_pages(patch, 1)
        with pytest.raises(Killed):
            stand.run("lead")
    more = stand.with_settings(SALESFORCE_EXTRA_FIELDS="Lead.Fax")
    assert more.land("lead") == {"lead": 12}
    assert jobs_started(more) == 1


@pytest.mark.usefixtures("small_pages")
def test_a_download_is_not_gone_on_with_in_another_version_of_the_api(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        kill_after_pages(patch, 1)
        with pytest.raises(Killed):
            stand.run("lead")
    older = stand.with_settings(SALESFORCE_API_VERSION="65.0")
    assert older.run("lead")["lead"].error is None
    assert jobs_started(older) == 1
    assert older.newest() == older.truth()


@pytest.mark.usefixtures("small_pages")
def test_a_download_is_not_gone_on_with_in_another_organisation(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(bulk.Download, "remove", kill)
        with pytest.raises(Killed):
            stand.run("lead")
    [state] = stand.settings.downloads.rglob("job.json")
    left = json.loads(state.read_text())
    assert left["is_complete"]
    state.write_text(json.dumps(left | {"organisation": "00DHs0000000002MAA"}))
    stand.run("lead", replace=True)
    assert jobs_started(stand) == 1


def test_a_job_that_does_not_end_is_left_and_waited_for_by_the_next_run(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "LONGEST_WAIT_SECONDS", 0.05)
    stand.wire.intercept = lambda request: (
        Response.json({"id": "750x", "state": "InProgress"})
        if request.method == "GET" and "/jobs/query/" in request.path
        else None
    )
    for jobs in (1, 0):
        report = stand.run("lead")["lead"]
        assert report.run.error_class == "BULK_UNFINISHED"
        assert re.match(r"Salesforce's Lead: Bulk job 750\w+: Salesforce has not finished", str(report.error))
        assert jobs_started(stand) == jobs
    in_sight(stand)
    assert stand.land("lead") == {"lead": 12}
    assert jobs_started(stand) == 0


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, ""),
        (b"", ""),
        (b"<html>", ""),
        (b'"Id","IsDeleted"\n"00Q', ""),
        (b"\xff\xfe\x00", ""),
        ("half", ""),
        ("whole", "INSUFFICIENT_ACCESS_OR_READONLY"),
    ],
)
def test_a_download_that_cannot_be_gone_on_with_begins_anew(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, content: bytes | str | None, code: str
) -> None:
    with monkeypatch.context() as patch:
        kill_after_pages(patch, 2)
        with pytest.raises(Killed):
            stand.run("lead")
    page = next(stand.settings.downloads.rglob("00001.csv"))
    if content == "half":
        rows = csv.read_csv(page, parse_options=csv.ParseOptions(newlines_in_values=True))
        csv.write_csv(rows[:2], page)
    elif isinstance(content, bytes):
        page.write_bytes(content)
    elif content is None:
        page.unlink()
    if code:
        stand.wire.intercept = failing(rest_error(code, 403), at="jobs/query/")
    assert stand.land("lead") == {"lead": 12}
    assert jobs_started(stand) == 1
    assert stand.newest() == stand.truth()


@pytest.mark.usefixtures("small_pages")
def test_a_page_of_a_job_that_repeats_itself_ends_with_an_error(stand: Stand) -> None:
    answer = stand.site.answer

    def repeat(request: Request) -> Response | None:
        if not request.path.endswith("/results"):
            return None
        response = answer(request)
        first = first_locators.setdefault("", response.headers["Sforce-Locator"])
        response.headers["Sforce-Locator"] = first
        return response

    first_locators: dict[str, str] = {}
    stand.wire.intercept = repeat
    report = stand.run("lead")["lead"]
    assert report.run.error_class == "REPEATED_PAGE"
    assert len(pages(stand)) == 2
    assert stand.raw("id") == []
    in_sight(stand)
    assert stand.land("lead") == {"lead": 12}


def test_a_page_of_a_query_that_repeats_itself_ends_with_an_error(loaded: Stand) -> None:
    now = loaded.pass_time(HOUR)
    new = [
        {**row, "Id": lead_id(100 + number), "SystemModstamp": now} for number, row in enumerate(leads(2500))
    ]
    loaded.site.store.load("Lead", new)
    loaded.pass_time(HOUR)
    answer = loaded.site.answer

    def repeat(request: Request) -> Response | None:
        if "/query/" not in request.path:
            return None
        response = answer(request)
        content = json.loads(response.body) | {"done": False, "nextRecordsUrl": request.path}
        return Response.json(content)

    loaded.wire.intercept = repeat
    report = loaded.run("lead")["lead"]
    assert report.run.error_class == "REPEATED_PAGE"
    assert len(loaded.calls) == 2
    assert len(loaded.raw("id")) == 12
    in_sight(loaded)
    assert loaded.land("lead") == {"lead": 2500}


@pytest.mark.parametrize("ending", ["xy", "", 'x""y'])
def test_a_page_that_ends_within_its_last_cell_is_not_whole(ending: str) -> None:
    whole = b'"Id","Name"\n"1","a"\n'
    assert bulk.parse(whole, ["Id", "Name"]).num_rows == 1
    with pytest.raises(pa.ArrowException):
        bulk.parse(whole + f'"2","{ending}'.encode(), ["Id", "Name"])


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("fault", ["truncated", "truncated_silently", "reset", "server_error"])
def test_pages_come_whole_through_a_bad_network(stand: Stand, fault: str) -> None:
    stand.faults.switch([fault], seed=5, rate=0.3)
    assert stand.land("lead") == {"lead": 12}
    assert stand.faults.struck[fault] > 0
    assert stand.newest() == stand.truth()


@pytest.mark.parametrize("code", ["InvalidBatch", "INSUFFICIENT_ACCESS"])
def test_a_job_that_fails_says_why_in_one_line(stand: Stand, code: str) -> None:
    def fail(request: Request) -> Response | None:
        if request.method == "GET" and "/jobs/query/" in request.path:
            return Response.json({"id": "750x", "state": "Failed", "errorMessage": f"{code} :\n it\tbroke"})
        return None

    stand.wire.intercept = fail
    report = stand.run("lead")["lead"]
    assert "Salesforce's Lead: Bulk job 750" in str(report.error)
    assert f"{code} : it broke" in str(report.error)
    assert jobs_started(stand) == 1
    assert "\n" not in str(report.error)
    stand.wire.intercept = lambda request: None
    assert stand.land("lead") == {"lead": 12}


def test_a_large_window_goes_by_bulk(loaded: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "LARGE", 2)
    loaded.pass_time(HOUR)
    for number in range(3):
        loaded.write(number, Company="X")
    loaded.pass_time(HOUR)
    report = loaded.run("lead")["lead"]
    assert (report.run.method, report.run.rows_landed) == ("bulk", 3)
    assert loaded.newest() == loaded.truth()


def test_kill_9_between_pages_loses_nothing(duckdb_settings: Settings, tmp_path: Path) -> None:
    rows = leads(40)
    with standing(duckdb_settings, LIMITS, Lead=rows) as stand:
        program = (
            "from extract.api.salesforce import bulk; bulk.PAGE_ROWS = 10; from leadhouse.cli import main; "
            "main(['extract', 'salesforce', '--table', 'lead'])"
        )
        command = [str(SCRIPTS / "python"), "-c", program]
        variables = way_to(stand.server, stand.site, duckdb_settings)
        process = subprocess.Popen(command, cwd=ROOT, env=variables)

        def kill(request: Request) -> Response | None:
            if "/results 10 " in asked(request) and len(results(stand)) == 3:
                os.kill(process.pid, signal.SIGKILL)
            return None

        stand.wire.intercept = kill
        assert process.wait(60) == -signal.SIGKILL
        stand.wire.intercept = lambda request: None
        stand.wire.calls.clear()
        subprocess.run(command, cwd=ROOT, env=variables, check=True, capture_output=True)
        assert len(results(stand)) == 2
        assert jobs_started(stand) == 0
        assert stand.newest() == stand.truth()
        assert len(stand.raw("id")) == 40


def results(stand: Stand) -> list[str]:
    return [call for call in stand.calls if "/results 10" in call]


# Fields


def hide(*names: str) -> Callable[[Request], Response | None]:
    """Nobody may see these fields: ``describe()`` does not know them, and queries for them are refused."""

    def intercept(request: Request) -> Response | None:
        if any(
            re.search(rf"SELECT .*\b{name}\b.* FROM", asked(request) + request.body.decode())
            for name in names
        ):
            return rest_error(
                "INVALID_FIELD", message=f"\nSELECT {names[0]}\n       ^\nNo such column '{names[0]}'"
            )
        return None

    return intercept


def without(stand: Stand, *names: str) -> None:
    """Take fields out of sight."""
    refuse, answer = hide(*names), stand.site.answer

    def intercept(request: Request) -> Response | None:
        if not request.path.endswith("/sobjects/Lead/describe"):
            return refuse(request)
        description = json.loads(answer(request).body)
        description["fields"] = [entry for entry in description["fields"] if entry["name"] not in names]
        return Response.json(description)

    stand.wire.intercept = intercept


def in_sight(stand: Stand) -> None:
    """Let all be as it is."""
    stand.wire.intercept = lambda request: None


def test_a_field_that_the_org_lacks_is_an_empty_column(stand: Stand) -> None:
    without(stand, "Website_Visits__c", "Rating")
    report = stand.run("lead")["lead"]
    assert (report.run.rows_landed, report.warnings) == (12, ())
    assert stand.raw("distinct website_visits_c, rating", where="_row_number > 0") == [(None, None)]


def test_a_field_that_vanishes_raises_an_alarm_until_it_is_back(loaded: Stand) -> None:
    without(loaded, "Website_Visits__c")
    loaded.pass_time(HOUR)
    loaded.write(4, Company="while it was hidden", Website_Visits__c="9.5")
    for _ in range(2):
        loaded.pass_time(HOUR)
        report = loaded.run("lead")["lead"]
        assert report.error is None
        assert "Lead.Website_Visits__c was there until 2026-11-02 11:58 UTC" in report.warnings[0]
        assert report.run.warning == report.warnings[0]
    assert loaded.raw("website_visits_c", where=f"id = '{lead_id(4)}'") == [("1",), (None,)]
    noted = loaded.with_settings(SALESFORCE_GONE_FIELDS="lead.website_visits__c")
    assert noted.run("lead")["lead"].warnings == ()
    in_sight(loaded)
    loaded.pass_time(HOUR)
    report = loaded.run("lead")["lead"]
    assert (report.error, report.warnings, report.run.rows_landed) == (None, (), 1)
    assert loaded.raw("website_visits_c", where=f"id = '{lead_id(4)}'") == [("1",), ("9.5",)]
    assert loaded.newest() == loaded.truth()
    loaded.pass_time(HOUR)
    loaded.land("lead")
    assert len(loaded.calls) == 1


def test_a_field_that_may_be_seen_later_is_filled(stand: Stand) -> None:
    without(stand, "Rating", "Website_Visits__c")
    stand.land("lead")
    in_sight(stand)
    stand.pass_time(DAY + HOUR)
    assert stand.land("lead") == {"lead": 12}
    assert stand.newest() == stand.truth()


def test_a_field_that_comes_as_another_goes_is_filled_too(stand: Stand) -> None:
    without(stand, "Website_Visits__c")
    stand.land("lead")
    without(stand, "Rating")
    for _ in range(2):
        stand.pass_time(HOUR)
        stand.land("lead")
    shown = [row["website_visits_c"] for row in stand.newest().values()]
    assert shown == [row["website_visits_c"] for row in stand.truth().values()]


def test_filling_goes_on_in_parts_where_it_takes_too_long(stand: Stand) -> None:
    without(stand, "Website_Visits__c")
    stand.land("lead")
    stand.wire.intercept = failing(*[rest_error("QUERY_TIMEOUT")] * 2, at="jobs/query")
    stand.pass_time(DAY + HOUR)
    assert stand.land("lead") == {"lead": 12}
    assert jobs_started(stand) == 3
    assert stand.newest() == stand.truth()
    stand.pass_time(HOUR)
    stand.land("lead")
    assert len(stand.calls) == 1


def test_fields_are_added_by_the_settings_only(loaded: Stand) -> None:
    more = loaded.with_settings(SALESFORCE_EXTRA_FIELDS="lead.fax,Lead.Address,Lead.Nowhere__c")
    loaded.write(1, Fax="555")
    loaded.pass_time(HOUR)
    report = more.run("lead")["lead"]
    assert report.new_columns == ("fax",)
    assert [text.split(" of ")[0] for text in report.warnings] == ["Lead.Address", "Lead.Nowhere__c"]
    assert more.raw("fax", where=f"id = '{lead_id(1)}'")[-1] == ("555",)
    clash = loaded.with_settings(SALESFORCE_EXTRA_FIELDS="Lead.Last__Name")
    report = clash.run("lead")["lead"]
    assert "Last__Name would have the same column as LastName" in str(report.error)


def test_an_object_that_was_never_seen_is_left_out_and_one_that_was_is_an_error(serve: Serve) -> None:
    stand = serve(Lead=leads(2))

    def refuse(request: Request) -> Response | None:
        return rest_error("INVALID_TYPE") if re.search(r"FROM Lead\b", asked(request)) else unseen(request)

    def unseen(request: Request) -> Response | None:
        return rest_error("NOT_FOUND", 404) if "/sobjects/Lead/" in request.path else None

    stand.wire.intercept = unseen
    reports = stand.run("lead", "account")
    assert reports["account"].error is None
    assert reports["lead"].error is None
    assert reports["lead"].warnings[0].startswith("Lead is left out: the organisation does not have it")
    in_sight(stand)
    assert stand.land("lead") == {"lead": 2}
    stand.wire.intercept = refuse
    stand.pass_time(HOUR)
    reports = stand.run("lead", "account")
    assert reports["account"].error is None
    assert "Salesforce's Lead: there is no such object, or the user may not see it" in str(
        reports["lead"].error
    )


def test_check_tells_who_one_is_and_what_is_missing(stand: Stand) -> None:
    without(stand, "Email_Opens__c")
    lines = stand.sign_in().check()
    assert lines[0] == "signed in to organisation 00DHs0000000001MAA by client credentials, API version 66.0"
    assert lines[1] == "Lead: 47 fields may be read; not there, or not to be seen: Email_Opens__c"
    assert lines[-1] == "15 of 100,000 calls of 24 hours are used; a run stops at 80,000"
    assert len(lines) == 2 + len(OBJECTS)


# Deletions


def test_a_record_is_deleted_undeleted_and_deleted_again(loaded: Stand) -> None:
    for kind, flag in (("delete", "true"), ("undelete", "false"), ("delete", "true")):
        loaded.pass_time(HOUR)
        loaded.write(1, kind=kind)
        loaded.pass_time(HOUR)
        assert loaded.land("lead") == {"lead": 1}
        assert loaded.newest()[lead_id(1)]["is_deleted"] == flag
    assert loaded.newest() == loaded.truth()


def test_what_was_undeleted_meanwhile_is_not_marked(loaded: Stand) -> None:
    at = loaded.pass_time(HOUR)
    loaded.write(1, kind="delete")
    loaded.pass_time(HOUR)
    loaded.write(1, kind="undelete")
    entry = {"id": lead_id(1), "deletedDate": f"{at:%Y-%m-%dT%H:%M:%S}.000+0000"}
    covered = {"earliestDateAvailable": "2026-10-01T00:00:00.000+0000", "deletedRecords": [entry]}
    loaded.wire.intercept = failing(
        Response.json(covered | {"latestDateCovered": "2026-11-03T12:00:00.000+0000"}), at="/deleted"
    )
    loaded.pass_time(DAY)
    assert loaded.land("lead") == {"lead": 1}
    assert loaded.newest()[lead_id(1)]["is_deleted"] == "false"


def test_what_the_list_of_deletions_has_lost_comes_out_when_ids_are_compared(serve: Serve) -> None:
    stand = serve(Limits(bulk_polls=1, deleted_days=2), Lead=leads(12))
    stand.land("lead")
    stand.pass_time(HOUR)
    stand.write(1, kind="delete")
    stand.write(1, kind="purge")
    stand.pass_time(3 * DAY)
    report = stand.run("lead")["lead"]
    assert (report.error, report.run.rows_landed) == (None, 1)
    assert sum("SELECT Id, IsDeleted FROM Lead" in call for call in stand.calls) == 1
    assert {key for key, row in stand.newest().items() if row["is_deleted"] == "true"} == {lead_id(1)}


def test_a_deletion_bears_its_own_time_however_it_came_out(loaded: Stand) -> None:
    loaded.pass_time(6 * DAY + 23 * HOUR)
    loaded.land("lead")
    loaded.pass_time(3 * HOUR - 5 * MINUTE)
    loaded.write(1, kind="delete")
    loaded.write(1, kind="purge")
    loaded.pass_time(5 * MINUTE)
    assert loaded.land("lead") == {"lead": 1}
    assert sum("/deleted" in call for call in loaded.calls) == 1
    assert loaded.newest() == loaded.truth()


@pytest.mark.parametrize("large", [10_000, 3])
def test_comparing_ids_finds_what_was_missed(
    loaded: Stand, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(windows, "LARGE", large)
    monkeypatch.setattr(deleted, "LARGE", large)
    old = START - 300 * DAY
    hidden = [
        {**row, "Id": lead_id(100 + number), "SystemModstamp": old} for number, row in enumerate(leads(5))
    ]
    loaded.site.store.load("Lead", hidden)
    loaded.pass_time(DAY)
    assert loaded.land("lead") == {"lead": 0}
    loaded.pass_time(7 * DAY)
    landed = loaded.land("lead")["lead"]
    loaded.pass_time(HOUR)
    landed += loaded.land("lead")["lead"]
    assert landed == 5
    assert loaded.newest() == loaded.truth()


@pytest.mark.parametrize("large", [10_000, 3])
def test_comparing_ids_finds_history_and_users_that_were_missed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(windows, "LARGE", large)
    monkeypatch.setattr(deleted, "LARGE", large)
    user = {"Id": record_id("005", 1), "Name": "Ada", "IsActive": True, "SystemModstamp": START - HOUR}
    stand = serve(LeadHistory=histories(0, 1), User=[user])
    stand.land("lead_history", "user")
    stand.site.store.load("LeadHistory", histories(2, 3, 4, 5, 6))
    stand.site.store.load("User", [{**user, "Id": record_id("005", 2), "Name": "Bea"}])
    for time, calls in ((2 * DAY, 4), (HOUR, 2)):
        stand.pass_time(time)
        assert stand.land("lead_history", "user") == {"lead_history": 0, "user": 0}
        assert len(stand.calls) == calls  # the daily look at the fields
    stand.pass_time(5 * DAY)
    landed = stand.land("lead_history", "user")
    stand.pass_time(HOUR)
    assert landed["lead_history"] + stand.land("lead_history")["lead_history"] == 5
    assert landed["user"] == 1
    stand.pass_time(HOUR)
    assert stand.land("lead_history", "user") == {"lead_history": 0, "user": 0}
    assert len(stand.calls) == 2
    assert [row for (row,) in stand.raw("new_value", "lead_history")] == [f"O'Brien {n}" for n in range(7)]


def test_history_that_salesforce_has_dropped_stays(serve: Serve) -> None:
    stand = serve(LeadHistory=histories(0, 1))
    stand.land("lead_history")
    only = {"attributes": {}, "Id": histories(0)[0]["Id"]}
    stand.wire.intercept = failing(
        Response.json({"totalSize": 1, "done": True, "records": [only]}), at="SELECT Id FROM LeadHistory"
    )
    stand.pass_time(8 * DAY)
    report = stand.run("lead_history")["lead_history"]
    assert (report.error, report.warnings, report.run.rows_landed) == (None, (), 0)
    assert sum("SELECT Id FROM LeadHistory" in call for call in stand.calls) == 1
    assert stand.raw("is_deleted", "lead_history") == [("false",), ("false",)]


@pytest.mark.usefixtures("small_pages")
def test_an_old_list_of_ids_says_nothing_of_newer_records(
    loaded: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded.pass_time(8 * DAY)
    with monkeypatch.context() as patch:
        kill_after_pages(patch, 2)
        with pytest.raises(Killed):
            loaded.run("lead")
    assert any(loaded.settings.downloads.rglob("ids/*.csv"))
    now = loaded.pass_time(HOUR)
    new = [{**row, "Id": lead_id(100), "SystemModstamp": now} for row in leads(1)]
    loaded.site.store.load("Lead", new)
    loaded.pass_time(HOUR)
    assert loaded.land("lead") == {"lead": 1}
    assert loaded.newest() == loaded.truth()


def test_what_the_next_window_brings_is_not_fetched_before(loaded: Stand) -> None:
    now = loaded.pass_time(8 * DAY)
    new = [{**row, "Id": lead_id(100), "SystemModstamp": now} for row in leads(1)]
    loaded.site.store.load("Lead", new)
    assert loaded.land("lead") == {"lead": 0}
    # in the same second, which is all that the key can tell
    loaded.write(100, now, Company="changed once more")
    loaded.pass_time(HOUR)
    assert loaded.land("lead") == {"lead": 1}
    assert loaded.newest() == loaded.truth()


def test_ids_that_a_query_cannot_list_in_time_come_by_bulk(loaded: Stand) -> None:
    loaded.pass_time(8 * DAY)
    loaded.wire.intercept = failing(rest_error("QUERY_TIMEOUT"), at="SELECT Id, IsDeleted FROM")
    assert loaded.land("lead") == {"lead": 0}
    assert jobs_started(loaded) == 1


def test_a_record_that_was_hidden_for_a_time_comes_back(loaded: Stand) -> None:
    seen = [{"attributes": {}, "Id": lead_id(number), "IsDeleted": False} for number in range(11)]
    answer = Response.json({"totalSize": 11, "done": True, "records": seen})
    loaded.wire.intercept = failing(answer, at="SELECT Id, IsDeleted FROM")
    for flag in ("true", "false"):
        loaded.pass_time(8 * DAY)
        assert loaded.land("lead") == {"lead": 1}
        assert loaded.newest()[lead_id(11)]["is_deleted"] == flag
    loaded.pass_time(8 * DAY)
    assert loaded.land("lead") == {"lead": 0}
    assert loaded.newest()[lead_id(11)] | {"system_modstamp": ""} == (
        loaded.truth()[lead_id(11)] | {"system_modstamp": ""}
    )


def test_lost_rights_do_not_look_like_deletions(loaded: Stand) -> None:
    only = {"attributes": {}, "Id": lead_id(0), "IsDeleted": False}
    loaded.wire.intercept = failing(
        Response.json({"totalSize": 1, "done": True, "records": [only]}), at="SELECT Id, IsDeleted FROM"
    )
    loaded.pass_time(8 * DAY)
    report = loaded.run("lead")["lead"]
    assert report.error is None
    assert (
        "11 records are not to be seen any more, and 1 are; that looks like lost rights" in report.warnings[0]
    )
    assert {row["is_deleted"] for row in loaded.newest().values()} == {"false"}


# Quota and faults


def test_the_quota_ends_the_run_and_the_next_one_goes_on(serve: Serve) -> None:
    stand = serve(Limits(bulk_polls=1, daily_calls=50), Lead=leads(3), Account=[], Contact=[])
    half = stand.with_settings(SALESFORCE_QUOTA_SHARE="0.5")
    reports = half.run()
    *others, last = reports.values()
    assert last.error
    assert last.error.exit_code == 75
    assert last.run.outcome == "quota"
    assert "25 of the 50 calls that Salesforce grants this organisation in 24 hours are used" in str(
        last.error
    )
    assert "all by 2026-11-03 12:00 UTC" in str(last.error)
    assert len(half.calls) == 25
    assert [report.error for report in others] == [None] * len(others)
    assert len(stand.raw("id")) == 3
    half.pass_time(DAY)
    assert last.run.table_name in half.run()
    half.pass_time(DAY)
    assert half.land(last.run.table_name) == {last.run.table_name: 0}


def test_a_quota_that_is_used_up_ends_the_run(loaded: Stand) -> None:
    loaded.pass_time(HOUR)
    loaded.write(1, Company="X")
    loaded.pass_time(HOUR)
    quick = loaded.with_settings(LEADHOUSE_RETRY_SECONDS="1")
    answer = rest_error("REQUEST_LIMIT_EXCEEDED", 403, "ConcurrentRequests Limit exceeded.")
    loaded.wire.intercept = lambda request: answer if "queryAll" in asked(request) else None
    report = quick.run("lead")["lead"]
    assert report.error
    assert report.error.exit_code == 75
    assert len(quick.calls) > 1
    in_sight(loaded)
    assert loaded.land("lead") == {"lead": 1}


@pytest.mark.parametrize(
    "fault",
    ["slow", "rate_limit", "server_error", "reset", "truncated", "truncated_silently", "concurrent_limit"],
)
def test_what_passes_is_waited_for(loaded: Stand, fault: str) -> None:
    loaded.pass_time(HOUR)
    loaded.write(1, Company="X")
    loaded.pass_time(HOUR)
    loaded.faults.switch([fault], seed=1, rate=0.5)
    loaded.faults.slow_seconds = 0.05
    while not loaded.faults.struck[fault]:
        loaded.land("lead")
        loaded.pass_time(HOUR)
    assert loaded.newest() == loaded.truth()


def test_a_locked_row_is_waited_for(loaded: Stand) -> None:
    loaded.write(1, Company="X")
    loaded.pass_time(HOUR)
    loaded.wire.intercept = failing(rest_error("UNABLE_TO_LOCK_ROW"), at="queryAll")
    assert loaded.land("lead") == {"lead": 1}
    assert len(loaded.calls) == 2


@pytest.mark.parametrize(
    "code", ["MALFORMED_QUERY", "INVALID_TYPE", "INSUFFICIENT_ACCESS", "API_DISABLED_FOR_ORG", "ANY_OTHER"]
)
def test_what_does_not_pass_ends_at_once(loaded: Stand, code: str) -> None:
    loaded.pass_time(HOUR)
    loaded.wire.intercept = failing(*[rest_error(code, message="one\ntwo")] * 9, at="queryAll")
    report = loaded.run("lead")["lead"]
    assert isinstance(report.error, ApiError)
    assert (report.error.error_class, report.error.exit_code) == (code, 1)
    assert str(report.error).startswith("Salesforce's Lead: ")
    assert str(report.error).endswith(f"({code})")
    assert "\n" not in str(report.error)
    assert len(loaded.calls) == 1
    assert report.run.outcome == "failed"


def test_another_organisation_does_not_get_into_the_same_tables(
    loaded: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = loaded.sign_in()
    organisation.account = "00DHs0000000002MAA"
    monkeypatch.setattr(Stand, "sign_in", lambda self: organisation)
    report = loaded.run("lead")["lead"]
    assert "holds the data of 00DHs0000000001MAA, and this is 00DHs0000000002MAA" in str(report.error)


# The command


def test_the_command_tells_of_everything(serve: Serve) -> None:
    stand = serve(Lead=leads(3))
    variables = way_to(stand.server, stand.site, stand.settings)
    mine = {name: value for name, value in variables.items() if name.startswith(("SALESFORCE", "LEADHOUSE_"))}
    secrets = [stand.site.credentials.client_secret, stand.site._sessions.open(START)]
    checked = call_leadhouse(stand.settings, "extract", "salesforce", "--check", status=0, **mine)
    landed = call_leadhouse(stand.settings, "extract", "salesforce", "--table", "lead", status=0, **mine)
    assert "signed in to organisation 00DHs0000000001MAA" in checked.stdout
    assert "3" in landed.stdout
    everything = checked.stdout + checked.stderr + landed.stdout + landed.stderr
    everything += json.dumps(stand.raw("*"), default=str)
    assert not any(secret in unquote_plus(everything) for secret in secrets)
    assert not any(secret in repr(load_settings(mine)) for secret in secrets)


def test_exports_named_after_objects_land(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "Case.csv").write_text(
        "Id,AccountId,Status,Priority,CreatedDate,LastModifiedDate,Customer_Satisfaction__c\n"
        "500x,001x,New,High,2026-11-01,2026-11-02,4\n"
    )
    (folder / "users.csv").write_text("User ID,Name,Is Active,Last Modified Date\n005x,Ada,true,2026-11-02\n")
    call_leadhouse(settings, "extract", "salesforce", "--files", folder, "--period", "2026-11")
    with standing(settings, LIMITS) as stand:
        assert stand.raw("id, customer_satisfaction_c", "case") == [("500x", "4")]
        assert stand.raw("id, is_active", "user") == [("005x", "true")]


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"records": None},
        {"totalSize": 1, "done": True, "records": [None]},
        {"totalSize": "1", "done": True, "records": []},
        {"totalSize": 5, "done": True, "records": []},
        {"totalSize": 0, "done": False, "records": []},
        {"totalSize": 0, "done": False, "records": [], "nextRecordsUrl": "@elsewhere.example/x"},
    ],
)
def test_an_answer_that_is_none_moves_nothing(loaded: Stand, answer: object) -> None:
    loaded.pass_time(HOUR)
    loaded.write(3, Company="changed")
    loaded.pass_time(HOUR)
    loaded.wire.intercept = lambda request: Response.json(answer) if "queryAll" in request.path else None
    assert loaded.run("lead")["lead"].run.error_class in ("BAD_ANSWER", "TRUNCATED")
    loaded.wire.intercept = lambda request: None
    assert loaded.land("lead") == {"lead": 1}


def test_a_page_that_is_not_salesforces_is_waited_for(loaded: Stand) -> None:
    loaded.pass_time(HOUR)
    page = Response(200, b"<html>Log in to the guests' network</html>", {}, "text/html")
    loaded.wire.intercept = failing(page, at="queryAll")
    assert loaded.land("lead") == {"lead": 0}


def test_what_nothing_provides_for_fails_one_table_only(serve: Serve) -> None:
    stand = serve(Lead=leads(2))
    stand.wire.intercept = lambda request: (
        Response.json({"fields": [None]}) if "sobjects/Lead/" in request.path else None
    )
    reports = stand.run("lead", "account")
    assert (reports["lead"].run.error_class, reports["account"].error) == ("NOT_UNDERSTOOD", None)


def test_a_record_without_a_key_is_put_aside(loaded: Stand) -> None:
    loaded.pass_time(HOUR)
    answer = {"totalSize": 1, "done": True, "records": [{"LastName": "Nobody"}]}
    loaded.wire.intercept = lambda request: Response.json(answer) if "queryAll" in request.path else None
    report = loaded.run("lead")["lead"]
    assert (report.error, report.run.rows_landed, report.run.rows_rejected) == (None, 0, 1)
    assert len(loaded.raw("id")) == 12


def test_secrets_that_salesforce_says_are_not_repeated(loaded: Stand) -> None:
    secret = loaded.site.credentials.client_secret
    loaded.pass_time(HOUR)
    loaded.wire.intercept = lambda request: (
        rest_error("FOO", message=f"what is {request.headers['Authorization']}?")
        if "queryAll" in request.path
        else None
    )
    assert "what is Bearer …?" in str(loaded.run("lead")["lead"].error)
    loaded.wire.intercept = lambda request: Response.json(
        {"error": "invalid_client", "error_description": f"no such {secret}"}, 400
    )
    with pytest.raises(ApiError, match="no such …"):
        loaded.run("lead")


@pytest.mark.parametrize(
    "answer",
    [[], None, {"access_token": "a\nb"}, {"access_token": "a", "instance_url": "https://["}],
)
def test_an_answer_to_signing_in_that_is_none_is_one_clear_line(stand: Stand, answer: object) -> None:
    identity = {"instance_url": stand.server.url, "id": "https://x/id/00D000000000001AAA/005"}
    shown = identity | answer if isinstance(answer, dict) else answer
    stand.wire.intercept = lambda request: Response.json(shown)
    with pytest.raises(ApiError, match="signing in is not understood"):
        stand.run("lead")
