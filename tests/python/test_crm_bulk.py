"""Bulk API 2.0 in the Salesforce stand-in: query jobs, ingest jobs."""

import csv
import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceOperationError

from leadhouse.simulator.crm.org import OBJECTS
from leadhouse.simulator.crm.salesforce import Limits
from leadhouse.simulator.crm.salesforce.values import raw_name
from tests.python.salesforce_stage import STORED, Stage, normal_records, salesforce_stage

ALL_LEADS = f"SELECT {', '.join(STORED['Lead'])} FROM Lead"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with salesforce_stage(leads=60, accounts=10) as stage:
        yield stage


def create(stage: Stage, query: str = ALL_LEADS, **options: str) -> requests.Response:
    return stage.post("jobs/query", json={"operation": "query", "query": query, **options})


def finished(stage: Stage, query: str = ALL_LEADS, **options: str) -> str:
    """Id of a query job that is complete."""
    job = create(stage, query, **options).json()
    wait(stage, f"jobs/query/{job['id']}")
    return str(job["id"])


def wait(stage: Stage, path: str) -> dict[str, Any]:
    for _ in range(100):
        job: dict[str, Any] = stage.get(path).json()
        if job["state"] not in ("UploadComplete", "InProgress"):
            return job
        time.sleep(0.01)
    raise AssertionError(job)


def rows_of(text: str, **dialect: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), **dialect))


# Query jobs


def test_a_job_becomes_complete_over_some_polls(stage: Stage):
    created = create(stage).json()
    path = f"jobs/query/{created['id']}"
    assert created == {
        "id": created["id"],
        "operation": "query",
        "object": "Lead",
        "createdById": stage.get("/services/oauth2/userinfo").json()["user_id"],
        "createdDate": "2026-10-01T12:00:00.000+0000",
        "systemModstamp": "2026-10-01T12:00:00.000+0000",
        "state": "UploadComplete",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": 61.0,
        "lineEnding": "LF",
        "columnDelimiter": "COMMA",
    }
    assert created["id"].startswith("750")
    assert stage.error(stage.get(f"{path}/results")) == (412, "JOB_NOT_COMPLETE")
    assert [stage.get(path).json()["state"] for _ in range(3)] == ["InProgress", "JobComplete", "JobComplete"]
    job = stage.get(path[:-3]).json()
    assert job["jobType"] == "V2Query"
    assert job["numberRecordsProcessed"] == len(normal_records(stage.org, "Lead"))


def test_results_come_in_parts_that_stay_what_they_are(stage: Stage):
    path = f"jobs/query/{finished(stage)}/results"
    whole = stage.get(path)
    assert whole.headers["Sforce-Locator"] == "null"
    assert whole.headers["Content-Type"].startswith("text/csv")
    header = whole.text.splitlines()[0]
    assert header == ",".join(f'"{name}"' for name in STORED["Lead"])
    parts, locator = [], None
    locators = []
    while locator != "null":
        part = stage.get(path, maxRecords=7, **({"locator": locator} if locator else {}))
        rows = rows_of(part.text)
        assert part.headers["Sforce-NumberOfRecords"] == str(len(rows))
        parts += rows
        locator = part.headers["Sforce-Locator"]
        locators.append(locator)
    assert parts == rows_of(whole.text)
    stage.client().Lead.delete(parts[-1]["Id"])
    stage.sign_in()
    assert rows_of(stage.get(path, maxRecords=7, locator=locators[3]).text) == parts[28:35]
    assert rows_of(stage.get(path).text) == parts


def test_an_empty_result_is_a_header(stage: Stage):
    answer = stage.get(f"jobs/query/{finished(stage, 'SELECT Id FROM Lead WHERE Name = null')}/results")
    assert answer.text == '"Id"\n'
    assert (answer.headers["Sforce-NumberOfRecords"], answer.headers["Sforce-Locator"]) == ("0", "null")


def test_values_in_csv_look_like_salesforces(stage: Stage):
    stage.client().Lead.create(
        {"LastName": 'J "x", y', "Company": "two\nlines", "AnnualRevenue": 5e7, "Website_Visits__c": 3}
    )
    query = (
        "SELECT LastName, Company, AnnualRevenue, Website_Visits__c, CreatedDate, IsDeleted, Phone FROM Lead "
        "WHERE Company LIKE 'two%'"
    )
    answer = stage.get(f"jobs/query/{finished(stage, query)}/results")
    assert answer.text.partition("\n")[2] == (
        '"J ""x"", y","two\nlines","5.0E7","3.0","2026-10-01T12:00:00.000Z","false",""\n'
    )
    [page] = stage.client().bulk2.Lead.query(query, wait=0)
    assert rows_of(page)[0]["LastName"] == 'J "x", y'


@pytest.mark.parametrize(
    ("name", "character"),
    [("PIPE", "|"), ("TAB", "\t"), ("SEMICOLON", ";"), ("CARET", "^"), ("BACKQUOTE", "`")],
)
def test_delimiters_and_line_endings(stage: Stage, name: str, character: str):
    usual = stage.get(f"jobs/query/{finished(stage)}/results").text
    other = stage.get(f"jobs/query/{finished(stage, columnDelimiter=name, lineEnding='CRLF')}/results").text
    assert other.count("\r\n") >= len(normal_records(stage.org, "Lead"))
    assert rows_of(other, delimiter=character) == rows_of(usual)


def test_deleted_records_too(stage: Stage):
    both = {
        operation: {row["Id"] for row in rows_of(stage.get(f"jobs/query/{key}/results").text)}
        for operation in ("query", "queryAll")
        for key in [finished(stage, "SELECT Id FROM Task", operation=operation)]
    }
    assert both["query"] == set(normal_records(stage.org, "Task"))
    assert both["queryAll"] == set(normal_records(stage.org, "Task", deleted=True)) != both["query"]


def test_a_result_is_what_was_there_when_the_job_ran(stage: Stage):
    key = finished(stage, "SELECT Id, Company FROM Lead")
    before = rows_of(stage.get(f"jobs/query/{key}/results").text)
    stage.clock.advance(1)
    stage.client().Lead.update(before[0]["Id"], {"Company": "Changed"})
    assert rows_of(stage.get(f"jobs/query/{key}/results").text) == before
    again = finished(stage, "SELECT Id, Company FROM Lead")
    assert "Changed" in stage.get(f"jobs/query/{again}/results").text


def test_what_bulk_served_is_known_once_it_arrived(stage: Stage):
    path = f"jobs/query/{finished(stage)}/results"
    assert stage.store.served("Lead") == {}
    stage.get(path, maxRecords=10)
    assert len(stage.store.served("Lead")) == 10
    stage.get(path)
    served = {key[0]: row for key, row in stage.store.served("Lead").items()}
    assert served == {
        key: {raw_name(name): value for name, value in record.items()}
        for key, record in normal_records(stage.org, "Lead").items()
    }


def test_pages_to_be_read_in_parallel():
    with salesforce_stage(leads=60, accounts=10, limits=Limits(bulk_page_rows=7)) as stage:
        path = f"jobs/query/{finished(stage)}"
        links, url, done = [], f"{path}/resultPages", False
        while not done:
            answer = stage.get(url).json()
            assert len(answer["resultPages"]) <= 5
            links += [page["resultLink"] for page in answer["resultPages"]]
            done, url = answer["done"], answer["nextRecordsUrl"]
        pages = [rows_of(stage.get(link).text) for link in links]
        whole = rows_of(stage.get(f"{path}/results", maxRecords=1000).text)
    assert [row for page in pages for row in page] == whole
    assert {len(page) for page in pages[:-1]} == {7}
    assert len(links) > 5


def test_jobs_are_aborted_deleted_and_listed(stage: Stage):
    aborted = create(stage).json()["id"]
    assert (
        stage.call("PATCH", f"jobs/query/{aborted}", json={"state": "Aborted"}).json()["state"] == "Aborted"
    )
    complete = finished(stage)
    again = stage.call("PATCH", f"jobs/query/{complete}", json={"state": "Aborted"})
    assert stage.error(again) == (400, "INVALIDJOBSTATE")
    listed = stage.get("jobs/query").json()
    assert {job["id"]: job["state"] for job in listed["records"]} == {
        aborted: "Aborted",
        complete: "JobComplete",
    }
    assert listed["done"] is True
    assert stage.call("DELETE", f"jobs/query/{complete}").status_code == 204
    for path in (complete, f"{complete}/results"):
        assert stage.error(stage.get(f"jobs/query/{path}")) == (404, "NOT_FOUND")
    running = create(stage).json()["id"]
    stage.get(f"jobs/query/{running}")
    assert stage.error(stage.call("DELETE", f"jobs/query/{running}")) == (400, "INVALIDJOBSTATE")


def test_jobs_are_kept_for_a_week(stage: Stage):
    path = f"jobs/query/{finished(stage)}/results"
    stage.clock.advance(7 * 86400 - 1)
    stage.sign_in()
    assert stage.get(path).status_code == 200
    stage.clock.advance(1)
    assert stage.error(stage.get(path)) == (404, "NOT_FOUND")
    assert not list(stage.store.folder.glob("*.csv"))


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"query": "SELECT Id FORM Lead"}, "MALFORMED_QUERY"),
        ({"query": "SELECT Nonsense FROM Lead"}, "INVALID_FIELD"),
        ({"query": "SELECT Id FROM Nonsense"}, "INVALID_TYPE"),
        ({"query": "SELECT Id, Address FROM Lead"}, "FUNCTIONALITY_NOT_ENABLED"),
        ({"query": "SELECT COUNT() FROM Lead"}, "API_ERROR"),
        ({"query": "SELECT Id FROM Lead OFFSET 5"}, "API_ERROR"),
        ({"operation": "guess"}, "INVALIDJOB"),
        ({"columnDelimiter": "SPACE"}, "INVALIDJOB"),
        ({"contentType": "XML"}, "INVALIDJOB"),
    ],
)
def test_jobs_that_cannot_be_done_are_refused(stage: Stage, order: dict[str, str], code: str):
    assert stage.error(create(stage, **{"query": "SELECT Id FROM Lead", **order})) == (400, code)


def test_parts_that_do_not_exist_are_refused(stage: Stage):
    path = f"jobs/query/{finished(stage)}"
    assert stage.error(stage.get(f"{path}/results", locator="!"))[0] == 400
    assert stage.error(stage.get(f"{path}/results", locator="OTk5OTk5"))[0] == 400
    assert stage.error(stage.get(f"{path}/results", maxRecords="many"))[0] == 400
    assert stage.error(stage.get(f"{path}/nonsense")) == (404, "NOT_FOUND")
    other = stage.get(f"/services/data/v60.0/{path}/results")
    assert stage.error(other)[0] == 409


def test_the_days_jobs_have_a_limit():
    with salesforce_stage(limits=Limits(daily_bulk_queries=1), leads=10, accounts=2) as stage:
        finished(stage)
        assert stage.error(create(stage)) == (400, "EXCEEDED_MAX_JOBS")


def test_fault_query_timeout_lets_a_job_fail(stage: Stage):
    stage.faults.switch(["query_timeout"], rate=1)
    path = f"jobs/query/{create(stage).json()['id']}"
    job = wait(stage, path)
    assert job["state"] == "Failed"
    assert job["errorMessage"].startswith("QUERY_TIMEOUT")
    assert stage.error(stage.get(f"{path}/results"))[0] == 412
    with pytest.raises(SalesforceOperationError, match="QUERY_TIMEOUT"):
        list(stage.client().bulk2.Lead.query(ALL_LEADS, wait=0))


def test_fault_locator_expired_ends_a_job_between_two_parts(stage: Stage):
    path = f"jobs/query/{finished(stage)}/results"
    stage.faults.switch(["locator_expired"], rate=1)
    first = stage.get(path, maxRecords=7)
    gone = stage.get(path, maxRecords=7, locator=first.headers["Sforce-Locator"])
    assert stage.error(gone) == stage.error(stage.get(path)) == (404, "NOT_FOUND")


# Ingest jobs


def test_simple_salesforce_writes_in_bulk(stage: Stage):
    bulk = stage.client().bulk2.Lead
    records = [
        {"LastName": f"L{n}", "Company": "Bulk", "Brightwheel_School_UUID__c": f"b{n}"} for n in range(5)
    ]
    [result] = bulk.insert(records=records, wait=0)
    assert (result["numberRecordsProcessed"], result["numberRecordsFailed"]) == (5, 0)
    keys = {row["LastName"]: row["sf__Id"] for row in rows_of(bulk.get_successful_records(result["job_id"]))}
    assert set(keys.values()) == set(stage.ids("Company = 'Bulk'"))

    changes = [
        {"Id": keys["L0"], "City": "Reno", "Company": ""},
        {"Id": keys["L1"][:15], "City": "Elko", "Company": "#N/A"},
        {"Id": "00Q000000000000AAA", "City": "Ely", "Company": ""},
    ]
    [result] = bulk.update(records=changes, wait=0)
    assert (result["numberRecordsProcessed"], result["numberRecordsFailed"]) == (3, 2)
    errors = {row["City"]: row["sf__Error"] for row in rows_of(bulk.get_failed_records(result["job_id"]))}
    assert errors["Elko"] == "REQUIRED_FIELD_MISSING:Required fields are missing: [Company]:Company --"
    assert errors["Ely"].startswith("NOT_FOUND")
    assert stage.records(f"SELECT Company FROM Lead WHERE Id = '{keys['L0']}'")[0]["Company"] == "Bulk"
    [result] = bulk.update(records=[{"Id": keys["L0"], "City": "#N/A"}], wait=0)
    assert stage.records(f"SELECT City FROM Lead WHERE Id = '{keys['L0']}'")[0]["City"] is None

    upserts = [
        {"Brightwheel_School_UUID__c": "b2", "Company": "Changed", "LastName": ""},
        {"Brightwheel_School_UUID__c": "b9", "Company": "Bulk", "LastName": "L9"},
        {"Brightwheel_School_UUID__c": "", "Company": "Bulk", "LastName": "L8"},
    ]
    [result] = bulk.upsert(records=upserts, external_id_field="Brightwheel_School_UUID__c", wait=0)
    created = {
        row["Company"]: row["sf__Created"] for row in rows_of(bulk.get_successful_records(result["job_id"]))
    }
    assert created == {"Changed": "false", "Bulk": "true"}
    assert result["numberRecordsFailed"] == 1

    bulk.delete(records=[{"Id": keys["L3"]}], wait=0)
    bulk.hard_delete(records=[{"Id": keys["L4"]}], wait=0)
    left = {r["Id"]: r["IsDeleted"] for r in stage.records("SELECT Id, IsDeleted FROM Lead", "queryAll")}
    assert left[keys["L3"]] is True
    assert keys["L4"] not in left
    listed = stage.get(
        "sobjects/Lead/deleted", start="2026-10-01T11:59:00Z", end="2026-10-01T12:01:00Z"
    ).json()
    assert {keys["L3"], keys["L4"]} <= {record["id"] for record in listed["deletedRecords"]}


def ingest(stage: Stage, content: str, **order: str) -> dict[str, Any]:
    job = stage.post("jobs/ingest", json={"object": "Lead", "operation": "insert", **order}).json()
    path = f"jobs/ingest/{job['id']}"
    assert stage.call("PUT", f"/{job['contentUrl']}", data=content.encode()).status_code == 201
    assert stage.call("PATCH", path, json={"state": "UploadComplete"}).json()["state"] == "UploadComplete"
    return wait(stage, path)


def test_an_ingest_job_from_open_to_complete(stage: Stage):
    job = ingest(stage, 'LastName|Company\r\n"A|B"|"x\ny"\r\n', columnDelimiter="PIPE", lineEnding="CRLF")
    assert (job["state"], job["jobType"]) == ("JobComplete", "V2Ingest")
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (1, 0)
    successful = stage.get(f"jobs/ingest/{job['id']}/successfulResults").text
    [row] = rows_of(successful, delimiter="|")
    assert (row["sf__Created"], row["LastName"], row["Company"]) == ("true", "A|B", "x\ny")
    assert successful.startswith('"sf__Id"|"sf__Created"|"LastName"|"Company"\r\n')
    for name in ("failedResults", "unprocessedRecords"):
        assert rows_of(stage.get(f"jobs/ingest/{job['id']}/{name}").text, delimiter="|") == []
    assert [entry["id"] for entry in stage.get("jobs/ingest").json()["records"]] == [job["id"]]


@pytest.mark.parametrize("content", ["LastName,Nonsense\na,b\n", "LastName,Company\na\n"])
def test_a_csv_that_does_not_fit_fails_as_a_whole(stage: Stage, content: str):
    job = ingest(stage, content)
    assert job["state"] == "Failed"
    assert job["errorMessage"].startswith("InvalidBatch")


@pytest.mark.parametrize(
    "order",
    [
        {"object": "Nonsense", "operation": "insert"},
        {"object": "Lead", "operation": "guess"},
        {"object": "Lead", "operation": "upsert"},
    ],
)
def test_ingest_jobs_that_make_no_sense_are_refused(stage: Stage, order: dict[str, str]):
    assert stage.error(stage.post("jobs/ingest", json=order)) == (400, "INVALIDJOB")


def test_an_ingest_job_takes_things_in_their_order_only(stage: Stage):
    job = stage.post("jobs/ingest", json={"object": "Lead", "operation": "insert"}).json()
    path = f"jobs/ingest/{job['id']}"
    assert stage.error(stage.get(f"{path}/successfulResults")) == (400, "INVALIDJOBSTATE")
    assert stage.call("PATCH", path, json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert stage.error(stage.call("PUT", f"{path}/batches", data=b"x")) == (400, "INVALIDJOBSTATE")
    again = stage.call("PATCH", path, json={"state": "UploadComplete"})
    assert stage.error(again) == (400, "INVALIDJOBSTATE")
    assert stage.call("DELETE", path).status_code == 204


def test_fault_lock_spoils_single_records(stage: Stage):
    stage.faults.switch(["lock"], seed=1, rate=0.5)
    rows = "".join(f"L{n},C\n" for n in range(40))
    job = ingest(stage, "LastName,Company\n" + rows)
    failed = rows_of(stage.get(f"jobs/ingest/{job['id']}/failedResults").text)
    assert 5 < len(failed) == job["numberRecordsFailed"] < 35
    assert all(row["sf__Error"].startswith("UNABLE_TO_LOCK_ROW") for row in failed)


def test_history_cannot_be_written(stage: Stage):
    job = ingest(stage, "Field\nStatus\n", object="LeadHistory")
    assert job["numberRecordsFailed"] == 1
    assert not OBJECTS["LeadHistory"].is_writable
    with pytest.raises(SalesforceMalformedRequest):
        stage.client().LeadHistory.create({"Field": "Status"})
