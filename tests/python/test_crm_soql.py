"""SOQL in the Salesforce stand-in: every condition gives what Python picks out of the org's own records."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from simple_salesforce.format import format_soql

from leadhouse.simulator.crm.org import OBJECTS
from tests.python.salesforce_stage import START, STORED, Stage, salesforce_stage

Record = dict[str, Any]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Shared: only to be read, but for leads of its own that a test adds."""
    with salesforce_stage() as stage:
        yield stage


def low(value: object) -> str:
    return str(value or "").lower()


def days_ago(count: int) -> datetime:
    return START - timedelta(days=count)


SINCE = "2026-06-01T00:00:00Z"
MOMENT = datetime.fromisoformat(SINCE)

CONDITIONS: list[tuple[str, Callable[[Record], object]]] = [
    ("Status = 'qualified'", lambda r: r["Status"] == "Qualified"),
    ("Status != 'New'", lambda r: r["Status"] != "New"),
    ("Rating <> 'Hot'", lambda r: r["Rating"] != "Hot"),
    ("Rating = null", lambda r: r["Rating"] is None),
    ("Rating != NULL", lambda r: r["Rating"] is not None),
    ("Rating = ''", lambda r: r["Rating"] is None),
    ("City > 'M'", lambda r: r["City"] and low(r["City"]) > "m"),
    ("City <= 'M'", lambda r: r["City"] and low(r["City"]) <= "m"),
    ("Status IN ('New', 'qualified', 'x')", lambda r: r["Status"] in ("New", "Qualified")),
    ("Rating NOT IN ('Hot', null)", lambda r: r["Rating"] not in ("Hot", None)),
    ("Rating not in ('Hot')", lambda r: r["Rating"] != "Hot"),
    ("Company LIKE '%learning%'", lambda r: "learning" in low(r["Company"])),
    ("Company LIKE 'b_i%'", lambda r: low(r["Company"])[:1] == "b" and low(r["Company"])[2:3] == "i"),
    ("Company LIKE 'b\\_%'", lambda r: low(r["Company"]).startswith("b_")),
    ("NumberOfEmployees >= 9", lambda r: r["NumberOfEmployees"] is not None and r["NumberOfEmployees"] >= 9),
    ("NumberOfEmployees < 9", lambda r: r["NumberOfEmployees"] is not None and r["NumberOfEmployees"] < 9),
    ("NumberOfEmployees != 4", lambda r: r["NumberOfEmployees"] != 4),
    ("NumberOfEmployees = 0", lambda r: r["NumberOfEmployees"] == 0),
    ("NumberOfEmployees = null", lambda r: r["NumberOfEmployees"] is None),
    ("NumberOfEmployees NOT IN (4, 5)", lambda r: r["NumberOfEmployees"] not in (4, 5)),
    ("AnnualRevenue > 9.5e4", lambda r: (r["AnnualRevenue"] or 0) > 95000),
    (
        "Website_Visits__c <= 10",
        lambda r: r["Website_Visits__c"] is not None and r["Website_Visits__c"] <= 10,
    ),
    ("IsConverted = TRUE", lambda r: r["IsConverted"]),
    ("isconverted = false", lambda r: not r["IsConverted"]),
    (f"CreatedDate >= {SINCE}", lambda r: r["CreatedDate"] >= MOMENT),
    (
        f"CreatedDate < {SINCE} AND LastModifiedDate >= {SINCE}",
        lambda r: r["CreatedDate"] < MOMENT <= r["LastModifiedDate"],
    ),
    ("ConvertedDate > 2026-01-31", lambda r: r["ConvertedDate"] and str(r["ConvertedDate"]) > "2026-01-31"),
    ("ConvertedDate != null", lambda r: r["ConvertedDate"] is not None),
    ("LastModifiedDate = LAST_N_DAYS:60", lambda r: days_ago(60).date() <= r["LastModifiedDate"].date()),
    ("LastModifiedDate < YESTERDAY", lambda r: r["LastModifiedDate"].date() < days_ago(1).date()),
    (
        "LastModifiedDate > LAST_MONTH",
        lambda r: r["LastModifiedDate"].month == 10 and r["LastModifiedDate"].year == 2026,
    ),
    ("LastModifiedDate <= LAST_YEAR", lambda r: r["LastModifiedDate"].year <= 2025),
    ("LastModifiedDate != THIS_YEAR", lambda r: r["LastModifiedDate"].year != 2026),
    ("ConvertedDate = THIS_YEAR", lambda r: r["ConvertedDate"] and r["ConvertedDate"].year == 2026),
    ("ConvertedDate >= NEXT_N_DAYS:3", lambda r: False),
    (
        "(Status = 'New' OR Status = 'Qualified') AND Rating = null",
        lambda r: r["Status"] in ("New", "Qualified") and r["Rating"] is None,
    ),
    ("NOT Status = 'New'", lambda r: r["Status"] != "New"),
    (
        "NOT (Status = 'New' OR Rating = 'Hot') AND IsConverted = false",
        lambda r: r["Status"] != "New" and r["Rating"] != "Hot" and not r["IsConverted"],
    ),
    (
        "Status = 'New' OR Status = 'Qualified' OR Status = 'Assigned'",
        lambda r: r["Status"] in ("New", "Qualified", "Assigned"),
    ),
]


@pytest.mark.parametrize(
    ("condition", "is_meant"), CONDITIONS, ids=[condition for condition, _ in CONDITIONS]
)
def test_conditions(stage: Stage, condition: str, is_meant: Callable[[Record], object]):
    records = [record for record in stage.org.records("Lead") if not record["IsDeleted"]]
    expected = {record["Id"] for record in records if is_meant(record)}
    assert set(stage.ids(condition)) == expected
    assert len(expected) < len(records)
    count = stage.query(f"select count() from lead where {condition}").json()
    assert count == {"totalSize": len(expected), "done": True, "records": []}


def test_the_conditions_pick_something():
    with salesforce_stage() as stage:
        empty = [condition for condition, _ in CONDITIONS if not stage.ids(condition)]
    assert set(empty) <= {
        "Company LIKE 'b\\_%'",
        "ConvertedDate >= NEXT_N_DAYS:3",
        "NumberOfEmployees = 0",
        "LastModifiedDate > LAST_MONTH",
    }


def test_ids_of_both_lengths(stage: Stage):
    key = stage.ids("Id != null")[3]
    assert stage.ids(f"Id = '{key[:15]}'") == stage.ids(f"Id IN ('{key}')") == [key]
    owners = {record["Id"] for record in stage.org.records("User")}
    assert owners & {record["OwnerId"] for record in stage.records("SELECT OwnerId FROM Lead")}


def test_order_limit_and_offset(stage: Stage):
    def ordered(clause: str) -> list[Any]:
        return [
            record["NumberOfEmployees"]
            for record in stage.records(f"SELECT NumberOfEmployees FROM Lead {clause}")
        ]

    numbers: list[Any] = [r["NumberOfEmployees"] for r in stage.org.records("Lead") if not r["IsDeleted"]]
    known = sorted(number for number in numbers if number is not None)
    nothing = [None] * numbers.count(None)
    assert nothing and known[-1] > 9
    assert ordered("ORDER BY NumberOfEmployees") == [*nothing, *known]
    assert ordered("order by numberofemployees desc nulls last") == [*known[::-1], *nothing]
    assert ordered("ORDER BY NumberOfEmployees ASC NULLS FIRST LIMIT 3") == [*nothing, *known][:3]
    assert ordered("ORDER BY NumberOfEmployees NULLS LAST LIMIT 5 OFFSET 2") == known[2:7]
    names = [record["Name"] for record in stage.records("SELECT Name FROM Lead ORDER BY Name, Id DESC")]
    assert names == sorted(names, key=str.lower)


def test_fields_are_shown_as_they_are_called_and_in_the_order_asked_for(stage: Stage):
    record = stage.records("select NAME, id from LEAD limit 1")[0]
    assert list(record) == ["attributes", "Name", "Id"]


def test_groups_of_fields(stage: Stage):
    record = stage.records("SELECT FIELDS(ALL) FROM Lead LIMIT 200")[0]
    assert set(record) - {"attributes"} == set(OBJECTS["Lead"].field_names)
    record = stage.records("SELECT Id, FIELDS(CUSTOM) FROM Lead LIMIT 1")[0]
    assert set(record) - {"attributes", "Id"} == {name for name in STORED["Lead"] if name.endswith("__c")}
    assert "Status" in stage.records("SELECT FIELDS(STANDARD) FROM Lead")[0]


@pytest.mark.parametrize(
    "text", ["O'Neill", 'say "hi"', "back\\slash", "100%_x", "two\nlines", "tab\tbed", "Zoë 🎈"]
)
def test_texts_that_need_escapes(stage: Stage, text: str):
    client = stage.client()
    key = client.Lead.create({"LastName": "Escape", "Company": text})["id"]
    assert stage.ids(format_soql("Company = {}", text)) == [key]
    assert stage.ids(format_soql("Company LIKE '{:like}%'", text)) == [key]
    client.Lead.delete(key)


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("", "MALFORMED_QUERY"),
        ("SELECT FROM Lead", "MALFORMED_QUERY"),
        ("SELECT Id FORM Lead", "MALFORMED_QUERY"),
        ("SELECT Id, FROM Lead", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE Name = 'x", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE Name = 'it's'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE Name = 'a\\q'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE Name = 'a' OR Name = 'b' AND Name = 'c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE Name IN ()", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE Name < null", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead LIMIT x", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead LIMIT 1 2", "MALFORMED_QUERY"),
        ("SELECT Id; DROP FROM Lead", "MALFORMED_QUERY"),
        ("SELECT Id, Name, id FROM Lead", "MALFORMED_QUERY"),
        ("SELECT FIELDS(ALL) FROM Lead", "MALFORMED_QUERY"),
        ("SELECT FIELDS(ALL) FROM Lead LIMIT 201", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("SELECT Id FROM Leads", "INVALID_TYPE"),
        ("SELECT Nonsense FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE Nonsense = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Lead ORDER BY Nonsense", "INVALID_FIELD"),
        ("SELECT Owner.Name FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE Address = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-01-01", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-13-01T00:00:00Z", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE Name = 5", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE NumberOfEmployees = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE IsConverted = 'true'", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE Id = 'nonsense'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Lead WHERE CreatedDate LIKE 'x'", "INVALID_QUERY_FILTER_OPERATOR"),
    ],
)
def test_queries_that_cannot_be_answered(stage: Stage, soql: str, code: str):
    assert stage.error(stage.query(soql)) == (400, code)


def test_an_error_points_at_its_place(stage: Stage):
    message = stage.query("SELECT Id,\n  Nonsense\nFROM Lead").json()[0]["message"]
    assert "ERROR at Row:2:Column:3\nNo such column 'Nonsense' on entity 'Lead'." in message
    _, line, arrow, *_ = message.split("\n")
    assert line[arrow.index("^") :].startswith("Nonsense")
