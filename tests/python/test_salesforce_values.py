"""Salesforce's names, values, queries and errors, without a server."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from extract.api.salesforce import bulk, describe, soql
from extract.api.salesforce.client import extra_fields
from extract.api.salesforce.errors import about, judge
from extract.api.salesforce.progress import Progress
from extract.api.salesforce.values import from_records, long_id, normalised, plain_number, time_text
from extract.api.salesforce.windows import OVERLAP, Window, next_window
from extract.api.session import ApiError, QuotaReached, Retry, SignInAgain
from extract.salesforce import OBJECTS, column_name
from leadhouse.errors import LeadhouseError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

# Names


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("SystemModstamp", "system_modstamp"),
        ("Website_Visits__c", "website_visits_c"),
        ("Brightwheel_School_UUID__c", "brightwheel_school_uuid_c"),
        ("Product2Id", "product2_id"),
        ("OpportunityFieldHistory", "opportunity_field_history"),
        ("LastCUUpdateDate", "last_cu_update_date"),
        ("acme__Tier__c", "acme_tier_c"),
        ("id", "id"),
    ],
)
def test_columns_are_fields_in_snake_case(name: str, column: str) -> None:
    assert column_name(name) == column


def test_names_that_postgres_would_cut_stay_apart() -> None:
    first, second = (column_name(f"acme__{'X' * 60}{end}__c") for end in "AB")
    assert len(first) == len(second) == 63
    assert first != second


def test_every_object_declares_what_reading_it_needs() -> None:
    assert len(OBJECTS) == len({sobject.table.name for sobject in OBJECTS}) == 15
    for sobject in OBJECTS:
        names = [field.name for field in sobject.fields]
        assert len(names) == len({column_name(name) for name in names})
        assert {*sobject.key, sobject.cursor} <= set(names)
        assert sobject.keeps_deletions == ("IsDeleted" in names and "History" not in sobject.name)


# Values


def column(kind: str, *values: object) -> list[object]:
    """A column's values in normal form, as they come from Bulk 2.0."""
    return list(normalised(pa.table({"X": pa.array(values, pa.string())}), {"X": kind})["x"].to_pylist())


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("100000.0", "100000"),
        ("0.5", "0.5"),
        ("12.340", "12.34"),
        ("1.5E7", "15000000"),
        ("1.0E-7", "0.0000001"),
        ("-0.0", "0"),
        ("-12.0", "-12"),
        ("100", "100"),
        ("0", "0"),
        ("007", "7"),
    ],
)
def test_numbers_are_plain_shortest_decimals(text: str, plain: str) -> None:
    assert plain_number(text) == plain
    for kind in ("int", "double", "currency", "percent"):
        assert column(kind, text, None) == [plain, None]


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15)))
def test_numbers_keep_their_value_and_have_one_form(numbers: list[Decimal]) -> None:
    plain = column("double", *map(str, numbers))
    assert [Decimal(str(text)) for text in plain] == numbers
    assert plain == column("double", *(f"{number:E}" for number in numbers))
    assert plain == column("double", *plain)
    assert not any("E" in str(text) or str(text).endswith(".") for text in plain)


def test_times_and_ids_have_one_form() -> None:
    assert column(
        "datetime",
        "2026-11-20T12:00:00.123Z",
        "2026-11-20T12:00:00.123+0000",
        "2026-11-20T12:00:00Z",
        "2026-11-20T14:00:00.5+02:00",
        "",
        None,
    ) == [
        "2026-11-20T12:00:00.123Z",
        "2026-11-20T12:00:00.123Z",
        "2026-11-20T12:00:00.000Z",
        "2026-11-20T12:00:00.500Z",
        None,
        None,
    ]
    assert long_id("001D000000IRFma") == "001D000000IRFmaIAH"
    assert column("reference", "001D000000IRFma", "001D000000IRFmaIAH", None) == [
        "001D000000IRFmaIAH",
        "001D000000IRFmaIAH",
        None,
    ]


RECORD = {
    "attributes": {"type": "Lead"},
    "Id": "00QD000000AbCdEIAV",
    "IsDeleted": False,
    "AnnualRevenue": "1.25E7",  # floating-point numbers keep their text
    "NumberOfEmployees": 12,
    "SystemModstamp": "2026-11-20T12:00:00.000+0000",
    "ConvertedDate": "2026-11-20",
    "Description": ' two\nlines, "quoted" é 電 ',
    "City": None,
    "Company": "1.50",
}
TYPES = {
    "Id": "id",
    "IsDeleted": "boolean",
    "AnnualRevenue": "currency",
    "NumberOfEmployees": "int",
    "SystemModstamp": "datetime",
    "ConvertedDate": "date",
    "Description": "textarea",
    "City": "string",
    "Company": "string",
}
PAGE = (
    '"Id","IsDeleted","AnnualRevenue","NumberOfEmployees","SystemModstamp","ConvertedDate","Description","City",'
    '"Company"\n"00QD000000AbCdEIAV","false","1.25E7","12","2026-11-20T12:00:00.000Z","2026-11-20",'
    '" two\nlines, ""quoted"" é 電 ","","1.50"\n'
)


def test_rest_and_bulk_give_the_same_rows() -> None:
    from_rest = from_records([RECORD], TYPES)
    from_bulk = normalised(bulk.parse(PAGE.encode(), list(TYPES)), TYPES)
    assert from_rest.to_pylist() == from_bulk.to_pylist()
    assert from_rest.to_pylist() == [
        {
            "id": "00QD000000AbCdEIAV",
            "is_deleted": "false",
            "annual_revenue": "12500000",
            "number_of_employees": "12",
            "system_modstamp": "2026-11-20T12:00:00.000Z",
            "converted_date": "2026-11-20",
            "description": ' two\nlines, "quoted" é 電 ',
            "city": None,
            "company": "1.50",
        }
    ]


def test_old_and_new_values_are_of_the_type_that_the_row_says() -> None:
    rows: list[dict[str, object]] = [
        {"DataType": "Currency", "OldValue": None, "NewValue": "5.0E7"},
        {"DataType": "Text", "OldValue": "1.50", "NewValue": "5.0E7"},
        {"DataType": "Boolean", "OldValue": True, "NewValue": "false"},
        {"DataType": "DateTime", "OldValue": "2026-11-20T12:00:00.000+0000", "NewValue": None},
        {"DataType": None, "OldValue": "7.0", "NewValue": None},
    ]
    types = {"DataType": "picklist", "OldValue": "anyType", "NewValue": "anyType"}
    values = [(row["old_value"], row["new_value"]) for row in from_records(rows, types).to_pylist()]
    assert values == [
        (None, "50000000"),
        ("1.50", "5.0E7"),
        ("true", "false"),
        ("2026-11-20T12:00:00.000Z", None),
        ("7.0", None),
    ]


def test_text_that_no_warehouse_takes_is_made_harmless() -> None:
    table = from_records([{"X": "a\0b"}, {"X": "half \ud83d"}], {"X": "string"})
    assert table["x"].to_pylist() == ["a␀b", "half ?"]
    assert bulk.parse(b'"X"\n"a\0b"\n', ["X"])["X"].to_pylist() == ["a␀b"]


def test_pages_without_rows_and_pages_cut_off() -> None:
    assert bulk.parse(b"", ["Id"]).num_rows == 0
    assert bulk.parse(b'"Id"\n', ["Id"]).num_rows == 0
    with pytest.raises(pa.ArrowException):
        bulk.parse(b'"Id","Name"\n"1","A"\n"2"', ["Id", "Name"])


# Queries

TEXTS = ["O'Brien", "back\\slash", "'; DELETE", 'a "quote"', "new\nline", "') OR Id != ('"]


@pytest.mark.parametrize("text", TEXTS)
def test_no_value_leaves_its_quotes(text: str) -> None:
    condition = soql.is_one_of("Id", [text, "x"])
    inside = condition.removeprefix("Id IN ('").removesuffix("','x')")
    assert condition == f"Id IN ('{inside}','x')"
    assert "\n" not in inside
    assert all(inside[place - 1] == "\\" for place, letter in enumerate(inside) if letter == "'")


@pytest.mark.parametrize("name", ["Lead WHERE", "Na'me", "", "Id,Name", "(SELECT Id FROM Contacts)", "é"])
def test_what_is_no_name_gets_into_no_query(name: str) -> None:
    with pytest.raises(ApiError, match="is no name of an object or field"):
        soql.select("Lead", ["Id", name])
    with pytest.raises(ApiError, match="is no name of an object or field"):
        soql.select(name, ["Id"])


def test_windows_are_cut_to_the_millisecond_in_utc() -> None:
    low = datetime(2026, 11, 20, 14, 0, 0, 123999, timezone(timedelta(hours=2)))
    assert soql.select("Case", ["Id", "Status"], soql.within("SystemModstamp", low, NOON)) == (
        "SELECT Id, Status FROM Case WHERE SystemModstamp >= 2026-11-20T12:00:00.123Z"
        " AND SystemModstamp < 2026-11-20T12:00:00.000Z"
    )
    assert soql.within("CreatedDate", None, NOON) == ["CreatedDate < 2026-11-20T12:00:00.000Z"]


def test_halves_meet_and_cover_the_whole() -> None:
    whole = Window(None, NOON)
    first, second = whole.halves() or (whole, whole)
    assert (first.low, first.high, second.high) == (None, second.low, NOON)
    steps = 0
    while halves := second.halves():
        first, second = halves
        assert first.high == second.low
        assert first.high.microsecond % 1000 == 0
        steps += 1
    assert second.high == NOON
    assert 25 < steps < 45


def test_the_next_window_overlaps_the_last_one() -> None:
    hour = timedelta(hours=1)
    assert next_window(Progress(), NOON) == Window(None, NOON)
    read = Progress(read_to=NOON)
    assert next_window(read, NOON + hour) == Window(NOON - OVERLAP, NOON + hour)
    assert next_window(read, NOON - hour) is None
    again = read.change(must_reread=True)
    assert next_window(again, NOON + hour) == Window(None, NOON + hour)
    assert next_window(again.change(reread_from=NOON - hour), NOON + hour) == Window(
        NOON - hour - OVERLAP, NOON + hour
    )


def test_progress_survives_as_json() -> None:
    progress = Progress(
        NOON, NOON, "x", {"Id": "id"}, False, {"City": time_text(NOON)}, True, None, ("A",), NOON, NOON
    )
    assert Progress.from_cursor(json.loads(json.dumps(progress.cursor))) == progress
    assert Progress.from_cursor({}) == Progress()


# Fields


def test_compound_fields_and_files_are_never_read() -> None:
    fields = [("Id", "id"), ("Address", "address"), ("Body", "base64"), ("City", "string")]
    description = {"fields": [{"name": name, "type": kind} for name, kind in fields]}
    assert describe.readable(["id", "Address", "Body", "City", "Gone__c"], description) == {
        "Id": "id",
        "City": "string",
    }


def test_extra_fields_are_of_objects_that_are_read() -> None:
    assert extra_fields(("lead.Region__c", "Lead.Tier__c")) == {"Lead": ("Region__c", "Tier__c")}
    with pytest.raises(LeadhouseError, match=r"SALESFORCE_EXTRA_FIELDS names 'Quote\.Total'; the objects"):
        extra_fields(("Quote.Total",))


# Errors


def answer(status: int, content: object, kind: str = "application/json", **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    response.headers.update({"Content-Type": kind, **headers})
    return response


def refusal(code: str, message: str = "because") -> list[dict[str, str]]:
    return [{"errorCode": code, "message": message}]


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (answer(401, refusal("INVALID_SESSION_ID")), SignInAgain),
        (answer(429, "<html>slow down</html>", "text/html"), Retry),
        (answer(502, "<html><body>Bad Gateway</body>", "text/html"), Retry),
        (answer(503, ""), Retry),
        (answer(504, ""), Retry),
        (answer(503, refusal("SERVER_UNAVAILABLE")), Retry),
        (answer(403, refusal("REQUEST_LIMIT_EXCEEDED")), Retry),
        (answer(400, refusal("UNABLE_TO_LOCK_ROW")), Retry),
        (answer(200, '{"records": [{"Id": "0'), Retry),
        (answer(200, "<a><b></a>", "text/xml"), Retry),
        (answer(200, ""), Retry),
        (answer(403, '[{"message": "cut off'), Retry),
        (answer(400, refusal("MALFORMED_QUERY", "\nFROM x\n    ^\nERROR at Row:1")), ApiError),
        (answer(400, refusal("INVALID_FIELD")), ApiError),
        (answer(400, refusal("INVALID_TYPE")), ApiError),
        (answer(400, refusal("QUERY_TIMEOUT")), ApiError),
        (answer(404, refusal("NOT_FOUND")), ApiError),
        (answer(403, refusal("API_DISABLED_FOR_ORG")), ApiError),
        (answer(503, refusal("API_CURRENTLY_DISABLED")), ApiError),
        (answer(400, refusal("ExceededQuota")), QuotaReached),
        (answer(418, "[]"), ApiError),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value.status_code),
)
def test_only_what_may_pass_is_tried_again(response: requests.Response, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        judge(response)
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)


def test_an_error_stays_what_it_is_when_it_names_its_object() -> None:
    error = about("Lead", bulk.Expired("750"))
    assert isinstance(error, bulk.Expired)
    assert str(error).startswith("Salesforce's Lead: Bulk job 750: ")
    assert (error.error_class, error.exit_code) == ("EXPIRED", 1)
    assert str(about("Lead", QuotaReached("no more calls"))) == "no more calls"


def test_good_answers_are_good() -> None:
    judge(answer(200, {"records": []}))
    judge(answer(204, ""))
    judge(answer(200, '"Id"\n"1"\n', "text/csv"))


def test_too_many_calls_end_in_the_quota_when_they_last() -> None:
    with pytest.raises(Retry) as caught:
        judge(answer(403, refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")))
    assert isinstance(caught.value.at_end, QuotaReached)
    assert "run it again in an hour" in str(caught.value.at_end)


def test_the_gateway_says_how_long_to_wait() -> None:
    with pytest.raises(Retry) as caught:
        judge(answer(429, refusal("x y"), **{"Retry-After": "7"}))
    assert caught.value.after_seconds == 7
