"""The synthetic Salesforce org is right in itself, at its start and later, and follows from its seed."""

import hashlib
import os
import re
import subprocess
import sys
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice, pairwise

import pytest

from leadhouse.simulator.crm.org import OBJECTS, Change, Org, Record
from leadhouse.simulator.crm.org.ids import record_id, record_number, with_check_characters
from leadhouse.simulator.laws import LEAD_MOVES, OPPORTUNITY_STAGES
from leadhouse.simulator.register import Register, sizes
from tests.python.running import ROOT

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ELSEWHERE = {"Pricebook2", "PricebookEntry", "Profile", "UserRole", "ExternalDataSource", "Group"}
"""Objects that records refer to and that are not simulated."""
FEWER = {"leads": 120, "accounts": 40, "contacts": 60, "opportunities": 50, "tasks": 80, "facilities": 60}
NOTHING = dict.fromkeys(
    (
        "leads",
        "accounts",
        "contacts",
        "opportunities",
        "cases",
        "tasks",
        "events",
        "products",
        "campaigns",
        "campaign_members",
        "facilities",
    ),
    0,
)


class World:
    """All records of an org, as somebody has them who applies the changes."""

    def __init__(self, org: Org) -> None:
        self.tables: dict[str, dict[str, Record]] = {
            name: {str(record["Id"]): record for record in org.records(name)} for name in OBJECTS
        }
        self.purged: dict[str, Record] = {}

    def apply(self, change: Change) -> None:
        table = self.tables[change.object_name]
        known = table.get(change.record_id)
        is_deleted = known.get("IsDeleted", False) if known else None
        assert is_deleted is {"create": None, "update": False, "delete": False}.get(change.kind, True), change
        if change.kind == "purge":
            assert known and not change.fields
            self.purged[change.record_id] = table.pop(change.record_id)
            return
        assert change.fields.keys() <= set(OBJECTS[change.object_name].stored_names)
        if known:
            assert known["SystemModstamp"] < change.at, "each version has its own stamp"  # type: ignore[operator]
        table[change.record_id] = (known or {}) | change.fields
        record = table[change.record_id]
        assert record.get("IsDeleted", False) is (change.kind == "delete")
        stamp = "SystemModstamp" if "SystemModstamp" in record else "CreatedDate"
        assert record[stamp] == change.at

    def all(self, name: str) -> list[Record]:
        return list(self.tables[name].values())

    def living(self, name: str) -> list[Record]:
        return [record for record in self.all(name) if not record.get("IsDeleted")]


def changes_of(org: Org, days: float) -> list[Change]:
    return list(org.changes(org.start, org.start + days * DAY))


@pytest.fixture(scope="module")
def org() -> Org:
    return Org(7, START)


@pytest.fixture(scope="module")
def changes(org: Org) -> list[Change]:
    return changes_of(org, 12)


@pytest.fixture(scope="module", params=["at its start", "twelve days later"])
def world(request: pytest.FixtureRequest, org: Org, changes: list[Change]) -> World:
    world = World(org)
    if request.param != "at its start":
        for change in changes:
            world.apply(change)
    return world


# Ids


@pytest.mark.parametrize("real", ["0015f00002JUX1JAAX", "001A0000006Vm9uIAC", "005D0000001KyEIIA0"])
def test_check_characters_are_salesforces(real: str) -> None:
    assert with_check_characters(real[:15]) == real


def test_ids_are_whole_different_and_in_order() -> None:
    numbers = [0, 1, 61, 62, 62**2, 62**5 - 1, 62**5, 62**6 + 1, 62**10 - 1]
    ids = [record_id("00Q", number) for number in numbers]
    assert ids == sorted(set(ids))
    assert [record_number(identifier) for identifier in ids] == numbers
    assert all(identifier == with_check_characters(identifier[:15]) for identifier in ids)


def test_every_record_has_a_valid_id_of_its_kind(world: World) -> None:
    seen: set[str] = set()
    for name, sobject in OBJECTS.items():
        for identifier in world.tables[name]:
            assert re.fullmatch("[0-9A-Za-z]{18}", identifier)
            assert identifier.startswith(sobject.key_prefix)
            assert identifier == with_check_characters(identifier[:15])
            assert identifier.lower() not in seen
            seen.add(identifier.lower())


# Metadata


def test_objects_are_the_fifteen_with_their_prefixes() -> None:
    assert {name: sobject.key_prefix for name, sobject in OBJECTS.items()} == {
        "Lead": "00Q",
        "LeadHistory": "017",
        "Opportunity": "006",
        "OpportunityHistory": "008",
        "OpportunityFieldHistory": "017",
        "Account": "001",
        "Contact": "003",
        "Case": "500",
        "Task": "00T",
        "Event": "00U",
        "User": "005",
        "Product2": "01t",
        "OpportunityLineItem": "00k",
        "Campaign": "701",
        "CampaignMember": "00v",
    }


def test_field_names_are_given_once_and_parts_name_their_whole() -> None:
    for sobject in OBJECTS.values():
        assert len(set(sobject.field_names)) == len(sobject.field_names)
        for field in sobject.fields:
            assert field.compound is None or field.compound in sobject.field_names
            assert (field.type == "reference") == bool(field.reference_to)
            assert set(field.reference_to) <= OBJECTS.keys() | ELSEWHERE


TYPES: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "int": int,
    "double": Decimal,
    "currency": Decimal,
    "percent": Decimal,
    "date": date,
    "datetime": datetime,
    "anyType": (str, Decimal, date),
}


def test_every_value_is_one_that_its_field_can_hold(world: World) -> None:
    for name, sobject in OBJECTS.items():
        for record in world.all(name):
            assert tuple(record) == sobject.stored_names
            for field in sobject.fields:
                if field.type == "address":
                    continue
                value, place = record[field.name], (name, record["Id"], field.name)
                if value is None:
                    assert field.nillable, place
                    continue
                assert isinstance(value, TYPES.get(field.type, str)), place
                assert isinstance(value, datetime) == (field.type == "datetime"), place
                if isinstance(value, str):
                    assert 0 < len(value) <= (field.length or 255), place
                    assert value.strip(" \t\r\n") == value, "Salesforce removes blanks around a text"
                    assert field.type != "picklist" or not field.picklist or value in field.picklist, place
                if isinstance(value, Decimal):
                    assert value == round(value, field.scale) or field.type == "anyType", place
                    assert abs(value) < 10 ** (field.precision or 18), place
                if isinstance(value, datetime):
                    assert value.tzinfo is UTC, place
                    assert value.microsecond == 0, place


def test_awkward_texts_and_numbers_occur(org: Org) -> None:
    texts = {
        value
        for name in ("Lead", "Account", "Task", "Opportunity")
        for record in org.records(name)
        for value in record.values()
        if isinstance(value, str)
    }
    for wanted in (
        "\r\n",
        "[^\r]\n",
        "\t",
        '"',
        "^\u00a0",
        "\u00a0$",
        ",",
        "\\\\$",
        "[\u4e00-\u9fff]",
        "^NULL$",
        "^#N/A$",
    ):
        assert any(re.search(wanted, text) for text in texts), wanted
    assert any(ord(character) > 0xFFFF for text in texts for character in text)
    assert any(len(text) > 2000 for text in texts)
    amounts = [record["Amount"] for record in org.records("Opportunity")]
    assert None in amounts
    assert any(isinstance(amount, Decimal) and amount % 1 for amount in amounts)
    assert any(isinstance(amount, Decimal) and amount > 10**9 for amount in amounts)
    assert any(
        isinstance(lead["AnnualRevenue"], Decimal) and lead["AnnualRevenue"] > 10**14
        for lead in org.records("Lead")
    )


# References


def test_living_records_refer_to_living_records_of_the_right_kind(world: World) -> None:
    by_prefix = {sobject.key_prefix: name for name, sobject in OBJECTS.items() if "History" not in name}
    referring = Counter[tuple[str, str]]()
    for name, sobject in OBJECTS.items():
        for field in sobject.fields:
            if field.type != "reference" or set(field.reference_to) <= ELSEWHERE:
                continue
            for record in world.living(name):
                target = record[field.name]
                if target is None:
                    continue
                kind = by_prefix[str(target)[:3]]
                assert kind in field.reference_to, (name, field.name)
                found = world.tables[kind].get(str(target)) or world.purged[str(target)]
                if "History" not in name:  # histories outlive what they tell of
                    assert str(target) not in world.purged, (name, record["Id"], field.name)
                    assert not found.get("IsDeleted"), (name, record["Id"], field.name)
                referring[name, field.name] += 1
    for wanted in (
        ("Lead", "ConvertedAccountId"),
        ("Task", "WhoId"),
        ("Task", "WhatId"),
        ("Event", "WhoId"),
        ("Case", "ContactId"),
        ("CampaignMember", "LeadId"),
        ("CampaignMember", "ContactId"),
        ("OpportunityLineItem", "Product2Id"),
    ):
        assert referring[wanted] > 5, wanted


def test_nothing_happened_before_its_creation(world: World) -> None:
    parents = {
        "LeadHistory": "LeadId",
        "OpportunityHistory": "OpportunityId",
        "OpportunityLineItem": "OpportunityId",
        "Contact": "AccountId",
        "Task": "WhoId",
        "Event": "WhoId",
        "Case": "ContactId",
        "CampaignMember": "CampaignId",
    }
    records = {key: record for table in world.tables.values() for key, record in table.items()} | world.purged
    for name, reference in parents.items():
        for record in world.all(name):
            if record[reference] is not None:
                parent = records[str(record[reference])]
                # a conversion hands activities to the new contact
                since = record["LastModifiedDate" if reference == "WhoId" else "CreatedDate"]
                assert parent["CreatedDate"] <= since, (name, record["Id"])  # type: ignore[operator]
    for name, sobject in OBJECTS.items():
        if "LastModifiedDate" in sobject.field_names:
            for record in world.all(name):
                assert record["CreatedDate"] <= record["LastModifiedDate"] <= record["SystemModstamp"]  # type: ignore[operator]


def test_converted_leads_became_an_account_with_a_contact_and_an_opportunity(world: World) -> None:
    converted = [lead for lead in world.living("Lead") if lead["IsConverted"]]
    assert len(converted) > 20
    for lead in converted:
        account = world.tables["Account"][str(lead["ConvertedAccountId"])]
        contact = world.tables["Contact"][str(lead["ConvertedContactId"])]
        opportunity = world.tables["Opportunity"][str(lead["ConvertedOpportunityId"])]
        assert lead["Status"] == "Qualified"
        assert account["Name"] == lead["Company"]
        assert contact["LastName"] == lead["LastName"]
        assert contact["AccountId"] == opportunity["AccountId"] == account["Id"]
        assert isinstance(account["CreatedDate"], datetime)
        assert lead["ConvertedDate"] == account["CreatedDate"].date()
    for lead in world.all("Lead"):
        assert lead["IsConverted"] or not (lead["ConvertedDate"] or lead["ConvertedAccountId"])


def test_some_leads_are_sites_of_the_licence_files(org: Org) -> None:
    first_month = START.date()
    phones = {
        site.phone
        for state, size in sizes(300).items()
        for site in Register(state, size, 7, first_month).sites
    }
    leads = [re.sub(r"\D", "", str(lead["Phone"]))[:10] for lead in org.records("Lead")]
    assert len(leads) / 10 < sum(phone in phones for phone in leads) < len(leads) / 2


# Histories


def histories(world: World, name: str, reference: str) -> dict[str, list[Record]]:
    """The rows of each record, oldest first."""
    rows = defaultdict(list)
    for row in sorted(world.all(name), key=lambda row: (row["CreatedDate"], row["Id"])):
        rows[str(row[reference])].append(row)
    return rows


def replay(rows: list[Record], field: str, present: object, data_type: str | None = None) -> int:
    """Follow a field's history to the present. Returns how often it changed."""
    moves = [row for row in rows if row["Field"] == field and data_type in (None, row["DataType"])]
    for earlier, later in pairwise(moves):
        assert later["OldValue"] == earlier["NewValue"], (field, later["Id"])
    if moves:
        assert moves[-1]["NewValue"] == present, (field, moves[-1]["Id"])
    assert all(move["OldValue"] != move["NewValue"] for move in moves)
    return len(moves)


def test_the_history_of_a_lead_leads_to_what_it_is(world: World) -> None:
    rows = histories(world, "LeadHistory", "LeadId")
    names = {user["Id"]: user["Name"] for user in world.all("User")}
    moves = Counter[str]()
    for lead in world.all("Lead"):
        own = rows[str(lead["Id"])]
        assert [row["Field"] for row in own].count("created") == 1
        assert own[0]["Field"] == "created"
        assert own[0]["CreatedDate"] == lead["CreatedDate"]
        assert own[-1]["CreatedDate"] <= lead["LastModifiedDate"]  # type: ignore[operator]
        moves["Status"] += replay(own, "Status", lead["Status"])
        moves["Owner"] += replay(own, "Owner", lead["OwnerId"], "EntityId")
        assert replay(own, "Owner", names[lead["OwnerId"]], "Text") == replay(
            own, "Owner", lead["OwnerId"], "EntityId"
        )
        moves["Phone"] += replay(own, "Phone", lead["Phone"])
        conversions = [row for row in own if row["Field"] == "leadConverted"]
        assert len(conversions) == lead["IsConverted"]
        for move in own:
            if move["Field"] == "Status":
                known_ways = LEAD_MOVES.get(str(move["OldValue"]), {})
                assert move["NewValue"] in known_ways or (move["NewValue"] == "Qualified" and conversions)
    assert moves["Status"] > 500
    assert moves["Owner"] > 50


def test_both_histories_of_an_opportunity_lead_to_what_it_is(world: World) -> None:
    snapshots = histories(world, "OpportunityHistory", "OpportunityId")
    rows = histories(world, "OpportunityFieldHistory", "OpportunityId")
    moved = 0
    for opportunity in world.all("Opportunity"):
        own = rows[str(opportunity["Id"])]
        assert own[0]["Field"] == "created"
        moved += replay(own, "StageName", opportunity["StageName"])
        replay(own, "Amount", opportunity["Amount"])
        replay(own, "CloseDate", opportunity["CloseDate"])
        replay(own, "Owner", opportunity["OwnerId"], "EntityId")
        kept = snapshots[str(opportunity["Id"])]
        for name in (
            "StageName",
            "Amount",
            "CloseDate",
            "Probability",
            "ExpectedRevenue",
            "ForecastCategory",
        ):
            assert kept[-1][name] == opportunity[name], name
        for earlier, later in pairwise(kept):
            assert (later["PrevAmount"], later["PrevCloseDate"]) == (earlier["Amount"], earlier["CloseDate"])
        stages = [earlier["StageName"] != later["StageName"] for earlier, later in pairwise(kept)]
        assert sum(stages) == sum(row["Field"] == "StageName" for row in own)
    assert moved > 300


def test_an_opportunitys_stage_says_what_follows_from_it(world: World) -> None:
    for opportunity in world.all("Opportunity"):
        probability, category, name = OPPORTUNITY_STAGES[str(opportunity["StageName"])]
        assert opportunity["Probability"] == probability
        assert (opportunity["ForecastCategory"], opportunity["ForecastCategoryName"]) == (category, name)
        assert opportunity["IsWon"] is (opportunity["StageName"] == "Closed Won")
        assert opportunity["IsClosed"] is str(opportunity["StageName"]).startswith("Closed")


# Sums and lives


def test_line_items_add_up_to_the_opportunitys_amount(world: World) -> None:
    items = defaultdict(list)
    for item in world.living("OpportunityLineItem"):
        assert isinstance(item["Quantity"], Decimal)
        assert isinstance(item["UnitPrice"], Decimal)
        assert isinstance(item["TotalPrice"], Decimal)
        discount = item["Discount"] if isinstance(item["Discount"], Decimal) else Decimal(0)
        exact = item["Quantity"] * item["UnitPrice"] * (1 - discount / 100)
        assert abs(exact - item["TotalPrice"]) <= Decimal("0.005")
        items[item["OpportunityId"]].append(item["TotalPrice"])
    assert len(items) > 50
    for opportunity in world.living("Opportunity"):
        own = items.get(opportunity["Id"], [])
        assert opportunity["HasOpportunityLineItem"] is bool(own)
        assert not own or opportunity["Amount"] == sum(own)


def test_activities_and_cases_tell_of_their_end(world: World) -> None:
    for task in world.all("Task"):
        assert task["IsClosed"] is (task["Status"] == "Completed") is (task["CompletedDateTime"] is not None)
        assert task["CallDurationInSeconds"] is None or (task["TaskSubtype"] == "Call" and task["IsClosed"])
    assert any(task["CallDisposition"] for task in world.all("Task"))
    for event in world.all("Event"):
        assert isinstance(event["StartDateTime"], datetime)
        assert isinstance(event["DurationInMinutes"], int)
        assert event["EndDateTime"] == event["StartDateTime"] + timedelta(minutes=event["DurationInMinutes"])
    for case in world.all("Case"):
        assert case["IsClosed"] is (case["Status"] == "Closed") is (case["ClosedDate"] is not None)
        assert case["IsClosed"] or case["Customer_Satisfaction__c"] is None
    assert {case["Priority"] for case in world.all("Case")} == {"Low", "Medium", "High", "Critical"}


def test_the_last_activity_is_not_before_any_done(world: World) -> None:
    records = {key: record for table in world.tables.values() for key, record in table.items()}
    for task in world.living("Task"):
        for reference in ("WhoId", "WhatId", "AccountId"):
            parent = records.get(str(task[reference]))
            if parent and task["IsClosed"] and parent["IsDeleted"] is False:
                created = task["CreatedDate"]
                assert isinstance(created, datetime)
                if task["ActivityDate"] == created.date():
                    assert parent["LastActivityDate"] >= created.date()  # type: ignore[operator]


# Changes


def test_changes_become_visible_in_order_and_never_before_they_happen(changes: list[Change]) -> None:
    delays = [change.visible_at - change.at for change in changes]
    assert min(delays) == timedelta()
    assert timedelta(minutes=5) < max(delays) <= timedelta(minutes=8)
    assert [change.visible_at for change in changes] == sorted(change.visible_at for change in changes)
    assert [change.at for change in changes] != sorted(change.at for change in changes)
    last: dict[str, datetime] = {}
    for change in changes:
        known = last.get(change.record_id, START)
        assert known < change.at or change.kind == "purge", "a record's changes come in their own order"
        last[change.record_id] = change.at


def test_everything_happens_that_may_happen(changes: list[Change]) -> None:
    seen = Counter((change.object_name, change.kind) for change in changes)
    assert {kind for _, kind in seen} == {"create", "update", "delete", "undelete", "purge"}
    for kind in ("create", "update", "delete", "undelete", "purge"):
        assert seen["Lead", kind] > 3, kind
    assert {name for name, kind in seen if kind == "create"} == OBJECTS.keys()
    assert {name for name, _ in seen if "History" in name} == {name for name in OBJECTS if "History" in name}
    assert all(kind == "create" for name, kind in seen if "History" in name)


def test_stamps_are_shared_by_records_and_records_change_again_and_again(changes: list[Change]) -> None:
    leads = [change for change in changes if change.object_name == "Lead" and change.kind == "update"]
    assert Counter(change.at for change in leads).most_common(1)[0][1] >= 5
    hours = Counter((change.record_id, change.at.replace(minute=0, second=0)) for change in leads)
    assert max(hours.values()) >= 3


def test_the_systems_own_changes_are_no_modifications(changes: list[Change]) -> None:
    silent = [
        change for change in changes if change.kind == "update" and "LastModifiedDate" not in change.fields
    ]
    assert any("LastActivityDate" in change.fields for change in silent)
    assert all("SystemModstamp" in change.fields for change in silent)


def test_as_much_happens_as_is_asked_for() -> None:
    busy = changes_of(Org(3, START, changes_per_hour=200, **FEWER), 0.5)
    calm = changes_of(Org(3, START, changes_per_hour=2.5, **FEWER), 0.5)
    assert len(busy) > 20 * len(calm) > 20
    assert changes_of(Org(3, START, changes_per_hour=0, **FEWER), 3) == []


# The seed


def test_the_same_seed_makes_the_same_org_and_another_one_another() -> None:
    def everything(seed: int) -> tuple[object, ...]:
        org = Org(seed, START, **FEWER)
        return ([list(org.records(name)) for name in OBJECTS], changes_of(org, 2))

    assert everything(1) == everything(1)
    assert everything(1) != everything(2)


DIGEST = """
import hashlib
from datetime import timedelta
from leadhouse.simulator.crm.org import OBJECTS, Org
from tests.python.test_crm_org import FEWER, START
org = Org(1, START, **FEWER)
told = [list(org.records(name)) for name in OBJECTS], list(org.changes(START, START + timedelta(days=2)))
print(hashlib.sha256(repr(told).encode()).hexdigest())
"""


def test_every_process_makes_the_same_org() -> None:
    def digest(hash_seed: str) -> str:
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", DIGEST]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert len(digest("1")) == 2 * hashlib.sha256().digest_size + 1
    assert digest("1") == digest("2")


@pytest.mark.parametrize("minutes", [1, 7.31, 45, 60, 1000])
def test_it_does_not_matter_in_which_portions_changes_are_asked_for(minutes: float) -> None:
    whole = changes_of(Org(5, START, **FEWER), 1.5)
    org, told, since = Org(5, START, **FEWER), list[Change](), START
    while since < START + 1.5 * DAY:
        until = min(since + timedelta(minutes=minutes), START + 1.5 * DAY)
        portion = list(org.changes(since, until))
        assert all(since < change.visible_at <= until for change in portion)
        told += portion
        since = until
    assert told == whole


def test_a_later_org_goes_on_where_an_earlier_one_stood() -> None:
    whole = changes_of(Org(5, START, **FEWER), 2)
    half = START + DAY + timedelta(minutes=13)
    later = list(Org(5, START, **FEWER).changes(half, START + 2 * DAY))
    assert later == [change for change in whole if change.visible_at > half]


def test_an_org_can_tell_its_changes_again_and_keeps_its_beginning() -> None:
    org = Org(5, START, **FEWER)
    beginning = {name: list(org.records(name)) for name in OBJECTS}
    first = changes_of(org, 1)
    assert changes_of(org, 1) == first
    assert {name: list(org.records(name)) for name in OBJECTS} == beginning


# Sizes


@pytest.mark.parametrize(
    "changed", [{}, {"leads": 1}, {"leads": 60, "users": 1}, {"accounts": 3}, {"contacts": 3}]
)
def test_small_orgs_live_too(changed: dict[str, int]) -> None:
    org = Org(2, START, **(NOTHING | changed))
    world = World(org)
    for change in changes_of(org, 3):
        world.apply(change)
    assert len(list(org.records("Lead"))) == changed.get("leads", 0)
    assert list(org.records("User"))


def test_an_org_starts_at_a_whole_second() -> None:
    with pytest.raises(ValueError, match="not a whole second"):
        Org(1, START + timedelta(milliseconds=1))


def test_a_million_leads_are_not_held() -> None:
    org = Org(1, START, **(NOTHING | {"leads": 1_000_000}))

    def some() -> Iterator[Record]:
        yield from islice(org.records("Lead"), 5000)
        yield from islice(org.records("LeadHistory"), 5000)

    tracemalloc.start()
    ids = {record["Id"] for record in some()}
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(ids) == 10_000
    assert most < 10 * 2**20
    updated = [
        change for change in changes_of(org, 0.1) if change.object_name == "Lead" and change.kind == "update"
    ]
    assert len({change.record_id for change in updated}) > 10
