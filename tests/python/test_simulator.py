"""The simulated files have the formats and oddities of real ones, and tell one story from month to month."""

import csv
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from leadhouse.cli import cli
from leadhouse.errors import LeadhouseError
from leadhouse.simulator import laws, pipedrive
from leadhouse.simulator.draws import ArrayDraws, Draws, Scatter
from leadhouse.simulator.plan import MARKER, Plan, write
from tests.python.running import ROOT

REAL = next((path for folder in ROOT.parents if (path := folder / "shared" / "data").is_dir()), None)
"""Real exports beside the repository, where there are any."""

PERIODS = ("2027-11", "2027-12", "2028-01", "2028-02")
STATES = ("nevada", "oklahoma", "texas")

ID, DAY, DAY_US = "[0-9]+", "[0-9]{4}-[0-9]{2}-[0-9]{2}", "[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}"
TIME = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
TEXT, ANY, NONE = "(?s:.+)", "(?s:.*)", ""
OPEN_HOURS = "CLOSED|[0-9]{1,2}:[0-9]{2}[AP]M - [0-9]{1,2}:[0-9]{2}[AP]M"
AGES = (
    r"Infants \(0-11 months\)",
    r"Toddlers \(12-23 months; 1yr\.\)",
    r"Preschool \(24-48 months; 2-4 yrs\.\)",
    r"School-age \(5 years-older\)",
)
AGE = f"({'|'.join(AGES)})"
EMAIL = "[A-Za-z0-9._]+@[A-Za-z0-9.-]+"
LONG_STREET = "[0-9]+ [A-Z0-9 .,#'-]+"
REPEATED = f"(Accepts Subsidy|Year Round|Daytime Hours|Evening Hours|{AGE})"

SHAPES = {
    "pipedrive/deal_changes.csv": {
        "deal_id": ID,
        "change_time": f"{DAY} {TIME}",
        "changed_field_key": "add_time|user_id|stage_id|lost_reason",
        "new_value": f"{DAY}T{TIME}|{ID}",
    },
    "pipedrive/activity.csv": {
        "activity_id": ID,
        "type": "(?i:meeting|sc[_-]2|follow_up|after_close_call)",
        "assigned_to_user": ID,
        "deal_id": ID,
        "done": "True|False",
        "due_to": f"{DAY}T{TIME}",
    },
    "pipedrive/activity_types.csv": {"id": ID, "name": TEXT, "active": "Yes|No", "type": "[a-z_2]+"},
    "pipedrive/stages.csv": {"stage_id": ID, "stage_name": TEXT},
    "pipedrive/users.csv": {
        "id": ID,
        "name": "[A-Za-z. ]+",
        "email": EMAIL,
        "modified": rf"{DAY} {TIME}\.[0-9]{{6}}",
    },
    "pipedrive/fields.csv": {
        "ID": ID,
        "FIELD_KEY": "[a-z_]+",
        "NAME": TEXT,
        "FIELD_VALUE_OPTIONS": r"|\[\{.*\}\]",
    },
    "salesforce/salesforce_leads.csv": {
        "id": ID,
        "is_deleted": "TRUE|FALSE",
        "last_name": "[A-Za-z0-9]+",
        "first_name": "[A-Za-z.& ]*",
        "title": "[A-Za-z/ ]*",
        "company": TEXT,
        "street": ANY,
        "city": ANY,
        "state": "[A-Za-z ]+",
        "postal_code": "|[0-9]{5}(-[0-9]{4})?|[A-Z][0-9][A-Z] [0-9][A-Z][0-9]",
        "country": "|US|United States|Canada",
        "phone": "[0-9]{10}",
        "mobile_phone": "|[0-9]{10}",
        "email": EMAIL,
        "website": "|(https?://)?www[.].+",
        "lead_source": "|TAM|Web|Marketing Research|Proactive Trial|List Purchase",
        "status": "[A-Z][A-Za-z -]+",
        "is_converted": "TRUE|FALSE",
        "created_date": f"{DAY} ([0-9]|1[0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}}",
        "last_modified_date": f"{DAY} ([0-9]|1[0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}}",
        "last_activity_date": f"|{DAY}",
        "last_viewed_date": NONE,
        "last_referenced_date": NONE,
        "email_bounced_reason": NONE,
        "email_bounced_date": NONE,
        "outreach_stage_c": "[A-Za-z -]*",
        "current_enrollment_c": "[0-9]*",
        "capacity_c": "[0-9]*",
        "lead_source_last_updated_c": f"|{DAY}",
        "brightwheel_school_uuid_c": ID,
    },
    "facilities/nevada.csv": {
        "Name": "[^a-zìî-ÿ]+",
        "Credential Type": r"(CENTER|GROUP CARE|FAMILY CARE|ACCOMMODATION|PERMITS)( \(PROVISIONAL\))?",
        "Credential Number": "[0-9]{3,}-[0-9]{2}",
        "Status": "Active|Inactive",
        "Expiration Date": DAY_US,
        "Disciplinary Action": "Y|N",
        "Address": f"{LONG_STREET} [A-Z ]+, NV 89[0-9]{{3}}",
        "State": "NV",
        "County": "[A-Z ]+",
        "Phone": "[0-9]{3}-[0-9]{3}-[0-9]{4}",
        "First Issue Date": DAY_US,
        "Primary Contact Name": "[A-Z&,. -]+",
        "Primary Contact Role": "Director|Owner|Other|Person in Charge",
    },
    "facilities/oklahoma.csv": {
        "Type License": "CHILD CARE (FAMILY - K82|CENTER - K83)[0-9]{7}",
        "Company": "[^a-z]+",
        "Accepts Subsidy": "|Accepts Subsidy",
        "Year Round": "|Year Round",
        "Daytime Hours": "Daytime Hours",
        "Star Level": "[1-5] Star Level Program",
        **dict.fromkeys(("Mon", "Tues", "Wed", "Thurs", "Friday", "Saturday", "Sunday"), OPEN_HOURS),
        "Primary Caregiver": "[A-Za-z. ]+\n \n (Primary Caregiver|Director)",
        "Phone": r"\([0-9]{3}\) [0-9]{3}-[0-9]{4}",
        "Email": EMAIL,
        "Address1": LONG_STREET,
        "Address2": "|SUITE [A-E]",
        "City": "[A-Z ]+",
        "State": "OK",
        "Zip": "7[34][0-9]{3}",
        "Subsidy Contract Number": "Subsidy Contract Number: (N/A|[0-9]{5})",
        "Total Cap": ID,
        "Ages Accepted 1": AGE,
        **dict.fromkeys(("AA2", "AA3", "AA4"), f"|{AGE}"),
        "License Monitoring Since": f"Monitoring since {DAY}",
        "School Year Only": REPEATED,
        "Evening Hours": f"|{REPEATED}",
    },
    "facilities/texas.csv": {
        "Operation": "[0-9]{6,7}",
        "Agency Number": NONE,
        "Operation Name": TEXT,
        "Address": LONG_STREET,
        "City": "[A-Z ]+",
        "State": "TX",
        "Zip": "7[0-9]{4}",
        "County": "[A-Z ]+",
        "Phone": "[0-9]{3}-[0-9]{3}-[0-9]{4}",
        "Type": "Licensed Center - Child Care Program|Licensed Child-Care Home",
        "Status": "|Full Permit|Initial Permit|Suspended",
        "Issue Date": f"|{DAY_US}",
        "Capacity": "[0-9]*",
        "Email Address": "|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+",
        "Facility ID": ID,
        "Monitoring Frequency": NONE,
        **dict.fromkeys(("Infant", "Toddler", "Preschool", "School"), "Y|N"),
    },
}
"""The columns of each file, and what their cells look like, in the real exports and here."""

STAMP = rf"{DAY}T{TIME}\.000Z"
MAYBE_STAMP, MAYBE_DAY, MAYBE_NUMBER, TRUTH_VALUE = f"|{STAMP}", f"|{DAY}", f"|{ID}", "TRUE|FALSE"
STAMPS = dict.fromkeys(("created_date", "last_modified_date", "system_modstamp"), STAMP)


def record_ids(prefix: str) -> str:
    return f"{prefix}[A-Za-z0-9]{{15}}"


USER, ACCOUNT, CONTACT, OPPORTUNITY = (record_ids(prefix) for prefix in ("005", "001", "003", "006"))
STAGE = "|".join(map(re.escape, laws.OPPORTUNITY_STAGES))
INDUSTRY = "|".join(laws.INDUSTRIES)
OUR_SHAPES = {
    "salesforce/salesforce_leads.csv": SHAPES["salesforce/salesforce_leads.csv"]
    | {
        "system_modstamp": f"{DAY} ([0-9]|1[0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}}",
        "owner_id": USER,
        "industry": INDUSTRY,
        "number_of_employees": MAYBE_NUMBER,
        "annual_revenue": MAYBE_NUMBER,
        "rating": "|Hot",
        **dict.fromkeys(("website_visits_c", "content_downloads_c", "email_opens_c"), "|[0-9]{1,2}"),
        "converted_date": MAYBE_DAY,
        "converted_account_id": f"|{ACCOUNT}",
        "converted_contact_id": f"|{CONTACT}",
        "converted_opportunity_id": f"|{OPPORTUNITY}",
    },
    "salesforce/lead_histories.csv": {
        "id": record_ids("017"),
        "is_deleted": TRUTH_VALUE,
        "lead_id": ID,
        "created_by_id": USER,
        "created_date": STAMP,
        "field": "created|Status|leadConverted",
        "data_type": "Text|DynamicEnum",
        "old_value": "[A-Za-z -]*",
        "new_value": "[A-Za-z -]*",
    },
    "salesforce/accounts.csv": {
        "id": ACCOUNT,
        "is_deleted": "FALSE",
        "name": TEXT,
        "type": "Prospect|Customer",
        "industry": INDUSTRY,
        "annual_revenue": MAYBE_NUMBER,
        "number_of_employees": MAYBE_NUMBER,
        "phone": "[0-9]{10}",
        "website": ANY,
        "billing_street": ANY,
        "billing_city": ANY,
        "billing_state": "[A-Za-z ]+",
        "billing_postal_code": "[A-Z0-9 -]*",
        "billing_country": "|US|United States|Canada",
        "account_source": "|".join(laws.SOURCES),
        "owner_id": USER,
        "last_activity_date": MAYBE_DAY,
        **STAMPS,
    },
    "salesforce/contacts.csv": {
        "id": CONTACT,
        "is_deleted": "FALSE",
        "account_id": ACCOUNT,
        "last_name": "[A-Za-z0-9]+",
        "first_name": "[A-Za-z.& ]*",
        "title": "[A-Za-z/ ]*",
        "phone": "[0-9]{10}",
        "email": EMAIL,
        "lead_source": "|".join(laws.SOURCES),
        "owner_id": USER,
        "last_activity_date": MAYBE_DAY,
        **STAMPS,
    },
    "salesforce/opportunities.csv": {
        "id": OPPORTUNITY,
        "is_deleted": "FALSE",
        "account_id": ACCOUNT,
        "contact_id": CONTACT,
        "name": TEXT,
        "stage_name": STAGE,
        "amount": ID,
        "probability": "[0-9]{1,3}",
        "close_date": DAY,
        "type": "New Business|Existing Business",
        "lead_source": "|".join(laws.SOURCES),
        "is_closed": TRUTH_VALUE,
        "is_won": TRUTH_VALUE,
        "forecast_category": "Pipeline|BestCase|Forecast|Omitted|Closed",
        "forecast_category_name": "Pipeline|Best Case|Commit|Omitted|Closed",
        "owner_id": USER,
        "last_stage_change_date": STAMP,
        **STAMPS,
    },
    "salesforce/opportunity_histories.csv": {
        "id": record_ids("008"),
        "is_deleted": "FALSE",
        "opportunity_id": OPPORTUNITY,
        "stage_name": STAGE,
        "amount": ID,
        "probability": "[0-9]{1,3}",
        "expected_revenue": r"[0-9]+\.[0-9]{2}",
        "close_date": DAY,
        "forecast_category": "Pipeline|BestCase|Forecast|Omitted|Closed",
        "created_by_id": USER,
        "created_date": STAMP,
    },
    "salesforce/cases.csv": {
        "id": record_ids("500"),
        "is_deleted": "FALSE",
        "case_number": "[0-9]{8,}",
        "account_id": ACCOUNT,
        "contact_id": CONTACT,
        "status": "New|Closed",
        "origin": "Phone|Email",
        "subject": TEXT,
        "priority": "Low|Medium|High|Critical",
        "is_closed": TRUTH_VALUE,
        "closed_date": MAYBE_STAMP,
        "owner_id": USER,
        "customer_satisfaction_c": "[1-5]?",
        **STAMPS,
    },
    "salesforce/tasks.csv": {
        "id": record_ids("00T"),
        "is_deleted": TRUTH_VALUE,
        "who_id": f"{ID}|{CONTACT}",
        "what_id": f"|{ACCOUNT}",
        "account_id": f"|{ACCOUNT}",
        "subject": TEXT,
        "activity_date": MAYBE_DAY,
        "status": "Completed|Not Started",
        "is_closed": TRUTH_VALUE,
        "type": "Call|Email|WhatsApp",
        "task_subtype": "Call|Email|Task",
        "call_type": "|Inbound|Outbound",
        "call_disposition": "[A-Za-z ]*",
        "call_duration_in_seconds": MAYBE_NUMBER,
        "completed_date_time": MAYBE_STAMP,
        "owner_id": USER,
        **STAMPS,
    },
    "salesforce/events.csv": {
        "id": record_ids("00U"),
        "is_deleted": TRUTH_VALUE,
        "who_id": f"{ID}|{CONTACT}",
        "what_id": f"|{ACCOUNT}",
        "account_id": f"|{ACCOUNT}",
        "subject": TEXT,
        "activity_date": DAY,
        "start_date_time": STAMP,
        "end_date_time": STAMP,
        "duration_in_minutes": ID,
        "type": "Meeting",
        "is_child": "FALSE",
        "owner_id": USER,
        **STAMPS,
    },
    "salesforce/users.csv": {
        "id": USER,
        "username": EMAIL,
        **dict.fromkeys(("last_name", "first_name", "name"), "[A-Za-z ]+"),
        "email": EMAIL,
        "title": "Sales",
        "is_active": "TRUE",
        "user_type": "Standard",
        "manager_id": f"|{USER}",
        **STAMPS,
    },
}
"""The same for what is made up: further columns of the leads, and the objects of which there are no real exports."""
FILES = SHAPES | OUR_SHAPES

ENDS_WITH_LINE_END = ("pipedrive/deal_changes.csv", "pipedrive/activity.csv", "pipedrive/users.csv")
LINE_ENDS = dict.fromkeys(FILES, "\n") | {"pipedrive/fields.csv": "\r\n"}

Record = dict[str, str]


def records(path: Path) -> list[Record]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def small_plan(**changes: object) -> Plan:
    plan = {
        "seed": 3,
        "start": date(2027, 11, 1),
        "months": 1,
        "deals": 50,
        "activities": 60,
        "users": 5,
        "leads": 30,
        "facilities": 40,
    }
    return Plan(**(plan | changes))  # type: ignore[arg-type]


def simulated(plan: Plan, out: Path) -> Path:
    for _ in write(plan, out):
        pass
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months of the usual size, over the turn of a year and to the end of a leap year's February."""
    plan = small_plan(months=4, deals=2000, activities=5000, users=60, leads=400, facilities=300)
    return simulated(plan, tmp_path_factory.mktemp("simulated") / "months")


@pytest.fixture(params=["simulated", "real"])
def exports(request: pytest.FixtureRequest, months: Path) -> Path:
    """A folder of exports: ours, then the real ones, which keeps the description of the format honest."""
    if request.param == "simulated":
        return months / PERIODS[-1]
    if REAL is None:
        pytest.skip("the real exports do not lie beside the repository")
    return REAL


# The format


def assert_shapes(path: Path, shapes: dict[str, str]) -> None:
    rows = records(path)
    for column, shape in shapes.items():
        odd = {row[column] for row in rows if not re.fullmatch(shape, row[column])}
        assert not odd, column


@pytest.mark.parametrize("name", SHAPES)
def test_every_cell_has_the_shape_of_its_column(exports: Path, name: str) -> None:
    assert_shapes(exports / name, SHAPES[name])


@pytest.mark.parametrize("name", SHAPES)
def test_the_columns_are_the_real_ones_before_our_own(exports: Path, name: str) -> None:
    columns = list(records(exports / name)[0])
    assert columns[: len(SHAPES[name])] == list(SHAPES[name])
    assert columns[len(SHAPES[name]) :] in ([], list(FILES[name])[len(SHAPES[name]) :])


@pytest.mark.parametrize("name", OUR_SHAPES)
def test_what_no_real_export_shows_has_its_shape_too(months: Path, name: str) -> None:
    assert list(records(months / PERIODS[-1] / name)[0]) == list(OUR_SHAPES[name])
    assert_shapes(months / PERIODS[-1] / name, OUR_SHAPES[name])


@pytest.mark.parametrize("name", SHAPES)
def test_bytes_are_minimal_csv_with_the_sources_line_ends(exports: Path, tmp_path: Path, name: str) -> None:
    original = (exports / name).read_bytes()
    with (exports / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    copy = tmp_path / "copy.csv"
    with copy.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator=LINE_ENDS[name]).writerows(rows)
    expected = copy.read_bytes()
    assert original == (
        expected if name in ENDS_WITH_LINE_END else expected.removesuffix(LINE_ENDS[name].encode())
    )


@pytest.mark.parametrize("name", ["stages", "activity_types", "fields"])
def test_lookups_are_those_of_the_real_export(months: Path, name: str) -> None:
    if REAL is None:
        pytest.skip("the real exports do not lie beside the repository")
    path = f"pipedrive/{name}.csv"
    assert (months / PERIODS[0] / path).read_bytes() == (REAL / path).read_bytes()


# The oddities


def test_activity_ids_are_reused_for_different_activities(exports: Path) -> None:
    rows = records(exports / "pipedrive/activity.csv")
    by_id: dict[str, set[tuple[str, ...]]] = {}
    for row in rows:
        by_id.setdefault(row["activity_id"], set()).add(tuple(row.values()))
    reused = [activities for activities in by_id.values() if len(activities) > 1]
    assert 5 <= len(reused) <= len(rows) / 100


def test_some_deals_have_two_lives_that_overlap(exports: Path) -> None:
    first_lives: dict[str, list[Record]] = {}
    overlaps = []
    for life in deal_lives(exports):
        other = first_lives.setdefault(life[0]["deal_id"], life)
        if other is not life:
            overlaps.append(moment(life[0]) < moment(other[-1]) and moment(other[0]) < moment(life[-1]))
    assert len(overlaps) >= 5
    assert any(overlaps)


def test_types_and_stages_are_spelt_in_several_ways(months: Path) -> None:
    folder = months / PERIODS[0] / "pipedrive"
    types = {row["type"] for row in records(folder / "activity.csv")}
    assert {"meeting", "Meeting", "sc_2", "SC_2", "SC-2"} <= types
    assert "Qualified lead" in {row["stage_name"] for row in records(folder / "stages.csv")}
    assert "Qualified Lead" in (folder / "fields.csv").read_text(encoding="utf-8")


def test_activities_name_users_of_the_file_and_now_and_then_unknown_deals(months: Path) -> None:
    folder = months / PERIODS[0] / "pipedrive"
    users = {row["id"] for row in records(folder / "users.csv")}
    deals = {row["deal_id"] for row in records(folder / "deal_changes.csv")}
    activities = records(folder / "activity.csv")
    assert {row["assigned_to_user"] for row in activities} <= users
    unknown = sum(row["deal_id"] not in deals for row in activities) / len(activities)
    assert 0.1 < unknown < 0.2


def test_nevada_has_its_oddities(exports: Path) -> None:
    rows = records(exports / "facilities/nevada.csv")
    assert any(re.search("[A-Z]íS ", row["Name"]) for row in rows)
    assert any("PROVISIONAL" in row["Credential Type"] for row in rows)
    assert any(re.search(", STE [0-9]+.* [A-Z ]+, NV", row["Address"]) for row in rows)
    assert any(re.search(" & | AND |, ", row["Primary Contact Name"]) for row in rows)
    assert any(" - " in row["Name"] for row in rows)
    shared = [row["Name"] for row in rows if sum(other["Phone"] == row["Phone"] for other in rows) > 1]
    assert len({name.split("-")[0].strip() for name in shared}) < len(shared)


def test_nevadas_full_licences_last_a_year_from_the_year_in_their_number(months: Path) -> None:
    for row in records(months / PERIODS[-1] / "facilities/nevada.csv"):
        expires = datetime.strptime(row["Expiration Date"], "%m/%d/%y")
        assert (expires + timedelta(days=1)).day == 1, "the last day of a month"
        if "PROVISIONAL" not in row["Credential Type"]:
            assert row["Credential Number"][-2:] == f"{expires - timedelta(days=364):%y}"


def test_oklahoma_packs_ages_to_the_left_in_order(exports: Path) -> None:
    order = ["Infants", "Toddlers", "Preschool", "School-age", ""]
    packed = 0
    for row in records(exports / "facilities/oklahoma.csv"):
        places = [
            order.index(row[column].split(" ")[0]) for column in ("Ages Accepted 1", "AA2", "AA3", "AA4")
        ]
        assert all(one < other or one == other == 4 for one, other in pairwise(places))
        packed += places[0] > 0
    assert packed, "place is not age"


def test_oklahomas_last_columns_repeat_earlier_cells(exports: Path) -> None:
    for row in records(exports / "facilities/oklahoma.csv"):
        services = [
            row[column] for column in ("Accepts Subsidy", "Year Round", "Daytime Hours") if row[column]
        ]
        assert row["School Year Only"] == services[0]
        if not row["Accepts Subsidy"]:
            assert row["Evening Hours"] == row["AA3"]
        else:
            assert row["Evening Hours"] == ("Daytime Hours" if row["Year Round"] else "Evening Hours")


def test_oklahoma_names_holders_and_some_run_a_home_and_a_centre(exports: Path) -> None:
    rows = records(exports / "facilities/oklahoma.csv")
    assert any(re.fullmatch("[A-Z]+, [A-Z ]+ DBA .+", row["Company"]) for row in rows)
    assert any(re.fullmatch("[A-Z]+, [A-Z]+", row["Company"]) for row in rows)
    assert any(
        one["Phone"] == other["Phone"]
        and one["Email"] == other["Email"]
        and one["Type License"][:15] != other["Type License"][:15]
        for one, other in pairwise(rows)
    )


def test_texas_has_its_oddities(exports: Path) -> None:
    rows = records(exports / "facilities/texas.csv")
    assert any(re.fullmatch('[A-Z]" Street .+"', row["Operation Name"]) for row in rows)
    assert any(row["Operation Name"].endswith(" II") for row in rows)
    assert any(row["Email Address"] == "" for row in rows)
    applications = [row for row in rows if row["Status"] == ""]
    assert applications
    for row in applications:
        assert (row["Issue Date"], row["Capacity"], row["Infant"]) == ("", "", "N")


def test_leads_have_what_sales_people_leave_out_and_make_up(exports: Path) -> None:
    rows = records(exports / "salesforce/salesforce_leads.csv")
    counter = Counter(row["phone"] for row in rows if row["phone"].startswith("12345"))
    assert len(counter) > len(rows) / 5
    assert counter.most_common()[len(counter) // 2][1] == 1
    assert Counter(row["email"] for row in rows).most_common(2)[1][1] > len(rows) / 20, "shared by many"
    states = {row["state"] for row in rows}
    assert {"Other", "Wisconsin"} <= states
    assert states & {"NY", "CA", "TX"}
    assert states & {"BC", "Alberta", "Newfoundland"}
    assert any(row["street"] == row["city"] == row["postal_code"] == "" for row in rows)
    assert any(row["is_deleted"] == "TRUE" for row in rows)
    assert any(re.search(" [0-9]:", row["created_date"]) for row in rows)
    assert any(row["first_name"] == "" for row in rows)


# Deals


def deal_lives(exports: Path) -> list[list[Record]]:
    lives: list[list[Record]] = []
    for row in records(exports / "pipedrive/deal_changes.csv"):
        if row["changed_field_key"] == "add_time":
            lives.append([])
        lives[-1].append(row)
    return lives


def moment(change: Record) -> datetime:
    return datetime.fromisoformat(change["change_time"])


def test_a_life_begins_once_goes_forward_in_time_and_ends_with_its_loss(exports: Path) -> None:
    for life in deal_lives(exports):
        assert {row["deal_id"] for row in life} == {life[0]["deal_id"]}
        assert life[0]["new_value"] == life[0]["change_time"].replace(" ", "T")
        assert all(moment(one) <= moment(other) for one, other in pairwise(life))
        assert "lost_reason" not in [row["changed_field_key"] for row in life[:-1]]


def test_deals_go_through_the_stages_as_the_real_ones_do(months: Path) -> None:
    lives = deal_lives(months / PERIODS[0])
    stages = [
        [int(row["new_value"]) for row in life if row["changed_field_key"] == "stage_id"] for life in lives
    ]
    moves = [move for path in stages for move in pairwise(path)]
    owners = [sum(row["changed_field_key"] == "user_id" for row in life) for life in lives]
    lost = [life[-1]["new_value"] for life in lives if life[-1]["changed_field_key"] == "lost_reason"]
    days = [(moment(other) - moment(one)).days for life in lives for one, other in pairwise(life)]

    assert {stage for path in stages for stage in path} == set(range(1, 10))
    assert 0.55 < sum(other == one + 1 for one, other in moves) / len(moves) < 0.75
    assert 0.005 < sum(other < one for one, other in moves) / len(moves) < 0.05
    assert 0.6 < sum(count == 1 for count in owners) / len(owners) < 0.8
    assert max(owners) >= 3
    assert set(lost) == set("12345")
    assert 0.6 < len(lost) / len(lives) < 0.9, "some are open"
    assert (min(days), max(days)) == (0, 30)
    assert 13 < sum(days) / len(days) < 17


def test_a_months_log_is_all_that_had_happened_by_its_end(months: Path) -> None:
    logs = [
        [tuple(row.values()) for row in records(months / period / "pipedrive/deal_changes.csv")]
        for period in PERIODS
    ]
    for period, log in zip(PERIODS, logs, strict=True):
        assert max(row[1] for row in log)[:7] == period
    for earlier, later in pairwise(logs):
        period_end = max(row[1] for row in earlier)[:7]
        assert Counter(row for row in later if row[1][:7] <= period_end) == Counter(earlier)
        assert len(later) > len(earlier)


def test_activities_are_done_only_after_they_were_due(months: Path) -> None:
    before: dict[tuple[str, str, str, str], str] = {}
    became_done = 0
    for period in PERIODS:
        rows = records(months / period / "pipedrive/activity.csv")
        assert all(row["due_to"][:7] <= period for row in rows if row["done"] == "True")
        now = {(row["activity_id"], row["type"], row["deal_id"], row["due_to"]): row["done"] for row in rows}
        assert before.keys() <= now.keys()
        assert not any(now[key] == "False" for key, done in before.items() if done == "True")
        became_done += sum(now[key] == "True" for key, done in before.items() if done == "False")
        before = now
    assert became_done > 50


# Facilities and leads from month to month


def licence(state: str, row: Record) -> str:
    number = {"nevada": "Credential Number", "oklahoma": "Type License", "texas": "Operation"}[state]
    return {
        "nevada": row[number].split("-")[0],
        "oklahoma": row[number].split(" - ")[-1],
        "texas": row[number],
    }[state]


def listing(months: Path, period: str, state: str) -> dict[str, Record]:
    return {licence(state, row): row for row in records(months / period / f"facilities/{state}.csv")}


def events(months: Path) -> Iterator[tuple[str, str, dict[str, Record], dict[str, Record], list[Record]]]:
    """Period, state, listing of the month before and of the month itself by licence, and the truth about it."""
    truth = records(months / "truth/facility_events.csv")
    for earlier, period in pairwise(PERIODS):
        for state in STATES:
            told = [row for row in truth if (row["period"], row["state"]) == (period, state)]
            yield period, state, listing(months, earlier, state), listing(months, period, state), told


def test_the_truth_tells_every_change_of_the_licence_files_and_no_other(months: Path) -> None:
    for _, _, before, after, told in events(months):
        by_event: dict[str, set[str]] = {}
        for row in told:
            by_event.setdefault(row["event"], set()).add(row["licence"])
        assert by_event.pop("vanished") == before.keys() - after.keys()
        assert by_event.pop("new") == after.keys() - before.keys()
        assert set().union(*by_event.values()) == {
            key for key in before.keys() & after.keys() if before[key] != after[key]
        }


def test_every_state_has_every_kind_of_change(months: Path) -> None:
    kinds: dict[str, set[str]] = {state: set() for state in STATES}
    for _, state, _, _, told in events(months):
        in_month = {row["event"] for row in told}
        assert {"vanished", "new", "changed_phone"} <= in_month
        kinds[state] |= in_month
    usual = {"vanished", "new", "changed_phone", "corrected_address"}
    assert kinds == {
        "nevada": usual | {"renewed", "changed_status"},
        "oklahoma": usual | {"changed_stars"},
        "texas": usual | {"changed_status"},
    }


def test_corrections_show_in_the_cell_that_they_correct(months: Path) -> None:
    address = {"nevada": "Address", "oklahoma": "Address1", "texas": "Address"}
    for _, state, before, after, told in events(months):
        for row in told:
            old, new = before.get(row["licence"], {}), after.get(row["licence"], {})
            if row["event"] == "corrected_address":
                assert new[address[state]] == old[address[state]].replace(row["old_value"], row["new_value"])
                assert len(row["new_value"]) == len(row["old_value"]) + 1, "the missing letter is there"
            if row["event"] == "changed_phone":
                assert re.sub("[^0-9]", "", old["Phone"]) == row["old_value"]
                assert re.sub("[^0-9]", "", new["Phone"]) == row["new_value"]
            if row["event"] == "changed_status":
                assert (old["Status"], new["Status"]) == (row["old_value"], row["new_value"])
            if row["event"] == "changed_stars":
                assert (old["Star Level"], new["Star Level"]) == (row["old_value"], row["new_value"])


def test_a_renewal_moves_nevadas_expiry_by_a_year_once_it_has_passed(months: Path) -> None:
    in_time = late = 0
    for period, state, before, after, told in events(months):
        renewed = {row["licence"] for row in told if row["event"] == "renewed"}
        for key in renewed:
            old, new = before[key], after[key]
            old_expiry, new_expiry = (
                datetime.strptime(row["Expiration Date"], "%m/%d/%y") for row in (old, new)
            )
            assert f"{old_expiry:%Y-%m}" < period
            assert (new_expiry.year, new_expiry.month) == (old_expiry.year + 1, old_expiry.month)
            assert new["Credential Number"][-2:] == f"{old_expiry + timedelta(days=1):%y}"
            assert "PROVISIONAL" not in new["Credential Type"]
        if state == "nevada":
            due = {key for key in after.keys() & before.keys() if expired(before[key], period)}
            in_time, late = in_time + len(due & renewed), late + len(due - renewed)
    assert in_time > 10 * late > 0


def expired(row: Record, period: str) -> bool:
    return f"{datetime.strptime(row['Expiration Date'], '%m/%d/%y'):%Y-%m}" < period


def test_nobody_comes_back_from_the_recycle_bin(months: Path) -> None:
    by_month = [
        {row["id"]: row["is_deleted"] for row in records(months / period / "salesforce/salesforce_leads.csv")}
        for period in PERIODS
    ]
    changes: Counter[tuple[str, str]] = Counter()
    for before, after in pairwise(by_month):
        assert before.keys() < after.keys()
        changes.update((is_deleted, after[key]) for key, is_deleted in before.items())
    assert changes["TRUE", "FALSE"] == 0
    assert changes["FALSE", "TRUE"] > 0


def test_the_truth_about_leads_can_be_seen_in_the_files(months: Path) -> None:
    rows = {row["id"]: row for row in records(months / PERIODS[0] / "salesforce/salesforce_leads.csv")}
    sites = {(state, key): row for state in STATES for key, row in listing(months, PERIODS[0], state).items()}
    truth = [row for row in records(months / "truth/lead_facilities.csv") if row["lead_id"] in rows]
    of_sites = [row for row in truth if row["licence"]]
    assert 0.15 < len(of_sites) / len(rows) < 0.35
    for row in of_sites:
        lead, site = rows[row["lead_id"]], sites[row["state"], row["licence"]]
        digits = re.sub("[^0-9]", "", site["Phone"])
        assert lead["phone"] == digits or lead["phone"].startswith("12345")
        zipped = site["Address"][-5:] if row["state"] == "nevada" else site["Zip"]
        assert lead["postal_code"] in ("", zipped)
    originals = [(row["state"], row["licence"]) for row in of_sites if not row["duplicate_of"]]
    assert len(originals) == len(set(originals)), "a facility is one lead and its duplicates"
    repeated = [row for row in truth if row["duplicate_of"]]
    assert len(repeated) > 5
    for row in repeated:
        lead, original = rows[row["lead_id"]], rows[row["duplicate_of"]]
        assert lead["company"].replace("Ctr", "Center").upper() == original["company"].upper()
        assert datetime.strptime(lead["created_date"], "%Y-%m-%d %H:%M:%S") >= datetime.strptime(
            original["created_date"], "%Y-%m-%d %H:%M:%S"
        )


def test_nobody_is_real(months: Path) -> None:
    """Addresses end in reserved domains, or at a free mailer with four digits at the end of the name."""
    folder = months / PERIODS[0]
    addresses = [
        row["email"]
        for row in records(folder / "pipedrive/users.csv")
        + records(folder / "salesforce/salesforce_leads.csv")
        + records(folder / "salesforce/contacts.csv")
        + records(folder / "salesforce/users.csv")
    ]
    addresses += [row["Email"] for row in records(folder / "facilities/oklahoma.csv")]
    addresses += [
        row["Email Address"] for row in records(folder / "facilities/texas.csv") if row["Email Address"]
    ]
    for address in addresses:
        assert re.search(r"(@|\.)example\.(com|org|net)$|[0-9]{4}@[a-z]+\.com$", address.lower()), address


# The command


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["simulate", "files", *map(str, arguments)])
    return result.exit_code, result.output + (
        str(result.exception) if isinstance(result.exception, LeadhouseError) else ""
    )


def test_the_command_counts_what_it_wrote(tmp_path: Path) -> None:
    sizes = ("--deals", 40, "--activities", 55, "--users", 7, "--leads", 33, "--facilities", 41)
    status, output = run(tmp_path / "out", *sizes)
    assert status == 0
    counted = {
        name: int(rows.replace(",", "")) for rows, name in re.findall(r"([0-9,]+) rows  (\S+\.csv)", output)
    }
    assert counted == {name: len(records(tmp_path / "out" / name)) for name in counted}
    assert {
        str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.csv")
    } == counted.keys()
    assert (counted["pipedrive/activity.csv"], counted["pipedrive/users.csv"]) == (55, 7)
    assert counted["salesforce/salesforce_leads.csv"] == 33
    assert sum(counted[f"facilities/{state}.csv"] for state in STATES) == 41
    assert len({row["deal_id"] for row in records(tmp_path / "out/pipedrive/deal_changes.csv")}) == 40
    assert f"{sum(counted.values()):,} rows in {len(counted)} files" in output


def test_the_smallest_sizes_give_headers_without_rows(tmp_path: Path) -> None:
    out = simulated(
        small_plan(deals=1, activities=0, users=1, leads=0, facilities=0, months=2), tmp_path / "out"
    )
    for name, columns in FILES.items():
        path = out / PERIODS[1] / name
        with path.open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == list(columns)
        if "facilities" in name or name == "pipedrive/activity.csv" or name in OUR_SHAPES:
            assert len(records(path)) == (name == "salesforce/users.csv")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--start", "2026-13"), "--start"),
        (("--start", "1999-12"), "choose a month from 2000 to 2060"),
        (("--months", 0), "--months"),
        (("--months", 61), "--months"),
        (("--deals", 0), "--deals"),
        (("--deals", "many"), "--deals"),
        (("--users", 0), "--users"),
        (("--leads", -1), "--leads"),
        (("--seed", -1), "--seed"),
    ],
)
def test_options_that_make_no_sense_write_nothing(
    tmp_path: Path, arguments: tuple[object, ...], message: str
) -> None:
    status, output = run(tmp_path / "out", *arguments)
    assert status == 2
    assert message in output
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_content_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    status, output = run(tmp_path)
    assert status == 1
    assert f"{tmp_path}: holds other content (notes.txt); name a new or an empty folder" in output
    assert contents(tmp_path) == {"notes.txt": b"mine"}


def test_a_folder_that_only_looks_like_a_simulation_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pipedrive").mkdir()
    (tmp_path / "pipedrive/deal_changes.csv").write_text("precious")
    with pytest.raises(LeadhouseError, match="other content"):
        simulated(small_plan(), tmp_path)
    (tmp_path / MARKER).write_text("{}")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(LeadhouseError, match=r"notes\.txt"):
        simulated(small_plan(), tmp_path)
    assert (tmp_path / "pipedrive/deal_changes.csv").read_text() == "precious"


def test_an_earlier_simulation_is_replaced_as_a_whole(tmp_path: Path) -> None:
    simulated(small_plan(months=3), tmp_path / "again")
    simulated(small_plan(), tmp_path / "again")
    simulated(small_plan(), tmp_path / "fresh")
    assert contents(tmp_path / "again") == contents(tmp_path / "fresh")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LeadhouseError, match="file/out: cannot be written"):
        simulated(small_plan(), tmp_path / "file/out")


# Chance


GOLDEN = "1cbf5158a9e5b791c5be18207e8edd2c7f4c77737ddba18db786c11a4ea282a6"
"""Of all files of `small_plan(months=2)`. Changes with every change of what is drawn, but never with the machine."""


def digest(folder: Path) -> str:
    return hashlib.sha256(
        b"".join(name.encode() + content for name, content in contents(folder).items())
    ).hexdigest()


def test_the_same_seed_gives_the_same_bytes_on_every_machine(tmp_path: Path) -> None:
    assert digest(simulated(small_plan(months=2), tmp_path / "out")) == GOLDEN


def test_the_hash_seed_does_not_matter(tmp_path: Path) -> None:
    for hash_seed in ("1", "2"):
        subprocess.run(
            [
                sys.executable,
                "-m",
                "leadhouse",
                "simulate",
                "files",
                str(tmp_path / hash_seed),
                "--months",
                "2",
            ],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_another_seed_gives_other_data(tmp_path: Path) -> None:
    one = contents(simulated(small_plan(), tmp_path / "one"))
    other = contents(simulated(small_plan(seed=4), tmp_path / "other"))
    same = {name for name in one if one[name] == other[name]}
    assert same == {
        "pipedrive/activity_types.csv",
        "pipedrive/fields.csv",
        "pipedrive/stages.csv",
        "truth/facility_events.csv",
        "truth/lead_statuses.csv",
    }


def test_the_first_of_many_months_is_that_of_one(tmp_path: Path) -> None:
    one = contents(simulated(small_plan(), tmp_path / "one"))
    many = contents(simulated(small_plan(months=3), tmp_path / "many") / PERIODS[0])
    assert many == {name: content for name, content in one.items() if name in FILES}


def test_one_part_does_not_depend_on_the_size_of_another(tmp_path: Path) -> None:
    one = contents(simulated(small_plan(), tmp_path / "one"))
    other = contents(simulated(small_plan(deals=70, users=9, leads=10), tmp_path / "other"))
    for state in STATES:
        assert one[f"facilities/{state}.csv"] == other[f"facilities/{state}.csv"]


def test_chunks_do_not_overlap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipedrive, "DEALS_PER_CHUNK", 70)
    monkeypatch.setattr(pipedrive, "ACTIVITIES_PER_CHUNK", 90)
    out = simulated(small_plan(deals=500, activities=1000), tmp_path / "out")
    assert len({row["deal_id"] for row in records(out / "pipedrive/deal_changes.csv")}) == 500
    activities = records(out / "pipedrive/activity.csv")
    assert len(activities) == 1000
    assert 990 < len({row["activity_id"] for row in activities}) < 1000
    assert len({row["due_to"] for row in activities}) > 990, "a chunk repeats another's draws"
    waits = [[(moment(row) - moment(life[0])).days for row in life] for life in deal_lives(out)]
    alike = sum(one == other for one, other in zip(waits[:70], waits[70:140], strict=True))
    assert alike < 20, "a chunk repeats another's draws"


@pytest.mark.parametrize("size", [10, 97, 1000, 899_999])
def test_scattered_numbers_are_each_there_once(size: int) -> None:
    scatter = Scatter(1, size, "test")
    numbers = scatter.numbers(np.arange(size, dtype=np.int64))
    assert sorted(numbers.tolist()) == list(range(size))
    assert scatter.number(7) == numbers[7]
    assert numbers.tolist() != sorted(numbers.tolist())


def test_draws_are_as_likely_as_they_should_be() -> None:
    draws, arrays = Draws(1, "test"), ArrayDraws(1, "test")
    options = {"rare": 1, "never": 0, "often": 3}
    single = Counter(draws.weighted(options) for _ in range(10_000))
    many = Counter(list(options)[place] for place in arrays.weighted(10_000, list(options.values())))
    for counted in (single, many):
        assert counted["never"] == 0
        assert 2300 < counted["rare"] < 2700
    assert set(arrays.below(1000, 3).tolist()) == {0, 1, 2}
    assert 80 < arrays.chance(1000, 100).sum() < 120
    assert {draws.between(2, 4) for _ in range(100)} == {2, 3, 4}
    assert sorted(draws.sample(range(5), 9)) == [0, 1, 2, 3, 4]
    assert len(set(draws.sample(range(100), 40))) == 40
