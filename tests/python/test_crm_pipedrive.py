"""The stand-in for Pipedrive answers as the published documentation of each end point says, and tells one story."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from leadhouse.errors import LeadhouseError
from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.pipedrive import PipedriveSite
from leadhouse.simulator.crm.pipedrive.changelog import LOGGED
from leadhouse.simulator.crm.pipedrive.store import RAW
from leadhouse.simulator.crm.server import Server
from tests.python.pipedrive_reference import (
    CHANGELOG_ITEM,
    CUSTOM_TYPES,
    DOCUMENTED,
    FIELD,
    SUBFIELD,
    TRUTH,
)

START = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
HOUR = 3600
DAY = 24 * HOUR
ALL = "open,won,lost,deleted"
MANY_ACTS = 600.0


@dataclass
class Company:
    """A stand-in that is being served, and a client of it."""

    site: PipedriveSite
    server: Server
    clock: Clock
    faults: Faults
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, path: str, **parameters: Any) -> requests.Response:
        return self.session.get(self.server.url + path, params=parameters, timeout=20)

    def get(self, path: str, **parameters: Any) -> Any:
        response = self.ask(path, **parameters)
        assert response.status_code == 200, response.text
        answer = response.json()
        assert answer["success"] is True
        return answer

    def all(self, path: str, **parameters: Any) -> list[Any]:
        """Everything that a list with cursors holds, page by page."""
        rows, cursor = [], None
        for _ in range(1000):
            asked = parameters if cursor is None else parameters | {"cursor": cursor}
            answer = self.get(path, **asked)
            rows += answer["data"]
            cursor = answer["additional_data"]["next_cursor"]
            if cursor is None:
                return rows
        raise AssertionError(f"{path} has no end")

    def every_deal(self, **parameters: Any) -> list[Any]:
        asked = {"status": ALL, "limit": 500, **parameters}
        return self.all("/api/v2/deals", **asked) + self.all("/api/v2/deals/archived", **asked)

    def changelog(self, deal_id: int, **parameters: Any) -> list[Any]:
        return self.all(f"/api/v1/deals/{deal_id}/changelog", **parameters)

    def live(self, seconds: float) -> int:
        self.clock.advance(seconds)
        return self.site.catch_up()


@contextmanager
def serving(folder: Path, *, start: datetime = START, **options: Any) -> Iterator[Company]:
    clock, faults = Clock(start, frozen=True), Faults()
    options = {"deals": 120, "activities": 200, "users": 7, "burst": 100_000} | options
    site = PipedriveSite(clock, faults, folder, options.pop("seed", 3), **options)
    with Server({"/api": site, "/v1": site}, clock, faults) as server:
        company = Company(site, server, clock, faults)
        company.session.trust_env = False
        company.session.verify = str(server.ca_file)
        company.session.headers["x-api-token"] = site.api_token
        with company.session:
            yield company
    site.close()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """One for the tests that only read."""
    with serving(tmp_path_factory.mktemp("pipedrive")) as served:
        yield served


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """One in which much has happened for a day; late changes have come in."""
    with serving(tmp_path_factory.mktemp("lively"), acts_per_hour=MANY_ACTS / 10) as served:
        assert served.live(DAY) > 1000
        served.clock.advance(600)
        yield served


def fits(record: dict[str, Any], documented: dict[str, tuple[type, ...]]) -> list[str]:
    """What is not as documented."""
    wrong = [f"{key} is missing" for key in documented if key not in record]
    wrong += [f"{key} is not documented" for key in record if key not in documented]
    for key, types in documented.items():
        value = record.get(key)
        is_truth = isinstance(value, bool)
        if key in record and (not isinstance(value, types) or is_truth is not (types == TRUTH)):
            wrong.append(f"{key} is {value!r}")
    return wrong


# what the documentation says


@pytest.mark.parametrize("path", DOCUMENTED)
def test_records_have_the_documented_keys_and_types(lively: Company, path: str) -> None:
    asked = {"limit": 500} if path.startswith("/api/v2") else {}
    records = lively.get(path, **asked)["data"]
    assert records
    assert [wrong for record in records if (wrong := fits(record, DOCUMENTED[path]))] == []
    times = [record[key] for record in records for key in ("add_time", "update_time") if key in record]
    form = "%Y-%m-%dT%H:%M:%SZ" if path.startswith("/api/v2") else "%Y-%m-%d %H:%M:%S"
    for time in times:
        assert datetime.strptime(time, form)


@pytest.mark.parametrize("path", [path for path in DOCUMENTED if path.startswith("/api/v2")])
def test_one_record_is_the_same_alone_as_in_its_list(company: Company, path: str) -> None:
    record = company.get(path, limit=1)["data"][0]
    assert company.get(f"{path}/{record['id']}") == {"success": True, "data": record}


def test_archived_deals_have_the_keys_of_all_deals(company: Company) -> None:
    archived = company.get("/api/v2/deals/archived", limit=500)["data"]
    assert archived
    assert [wrong for deal in archived if (wrong := fits(deal, DOCUMENTED["/api/v2/deals"]))] == []
    assert all(deal["is_archived"] and deal["archive_time"] for deal in archived)


def test_changelog_items_have_the_documented_keys_and_types(lively: Company) -> None:
    items = [item for deal in lively.every_deal() for item in lively.changelog(deal["id"], limit=500)]
    assert [wrong for item in items if (wrong := fits(item, CHANGELOG_ITEM))] == []
    assert {item["change_source"] for item in items} >= {"app", "api"}
    assert any(item["is_bulk_update_flag"] for item in items)
    assert {item["field_key"] for item in items} >= {
        *(
            "add_time",
            "user_id",
            "stage_id",
            "stage_change_time",
            "status",
            "lost_reason",
            "lost_time",
            "won_time",
        ),
        *(
            "close_time",
            "value",
            "title",
            "expected_close_date",
            "is_archived",
            "archive_time",
            "pipeline_id",
        ),
    }


def test_nested_parts_are_as_documented(company: Company) -> None:
    person = next(person for person in company.all("/api/v2/persons", limit=500) if len(person["emails"]) > 1)
    assert [set(email) for email in person["emails"]] == [{"value", "primary", "label"}] * 2
    assert [email["primary"] for email in person["emails"]] == [True, False]
    organization = next(found for found in company.get("/api/v2/organizations")["data"] if found["address"])
    assert set(organization["address"]) == {
        *("value", "country", "admin_area_level_1", "admin_area_level_2", "locality", "sublocality", "route"),
        *("street_number", "subpremise", "postal_code", "formatted_address"),
    }
    assert set(company.get("/api/v2/products")["data"][0]["prices"][0]) == {
        *("product_id", "price", "currency", "cost", "direct_cost", "notes")
    }


def test_me_is_a_user_with_her_company(company: Company) -> None:
    me = company.get("/api/v1/users/me")["data"]
    assert me["is_you"] is True
    assert me["company_domain"] == "leadhouse-demo"
    assert set(me) - set(DOCUMENTED["/api/v1/users"]) == {
        *("company_id", "company_name", "company_domain", "company_country", "company_industry", "language")
    }
    assert company.get("/v1/users/me")["data"] == me


# pages


@pytest.mark.parametrize("sort", ["id", "update_time", "add_time"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("page", [1, 7, 500])
def test_cursors_lead_through_everything_once_and_in_order(
    company: Company, sort: str, direction: str, page: int
) -> None:
    stages = company.all("/api/v2/stages", sort_by=sort, sort_direction=direction, limit=page)
    assert sorted(stage["id"] for stage in stages) == list(range(1, 13))
    deals = company.all("/api/v2/deals", sort_by=sort, sort_direction=direction, limit=max(page, 7))
    assert len({deal["id"] for deal in deals}) == len(deals) > 50
    order = [(deal[sort], deal["id"]) for deal in deals]
    assert order == sorted(order, reverse=direction == "desc")


def test_pages_hold_a_hundred_where_nothing_else_is_asked_for(company: Company) -> None:
    answer = company.get("/api/v2/activities")
    assert len(answer["data"]) == 100
    assert answer["additional_data"]["next_cursor"]


def test_start_and_limit_lead_through_everything_once(company: Company) -> None:
    everything = company.get("/api/v1/dealFields", limit=500)
    assert everything["additional_data"]["pagination"] == {
        "start": 0,
        "limit": 500,
        "more_items_in_collection": False,
    }
    read, start = [], 0
    for _ in count():
        answer = company.get("/v1/dealFields", start=start, limit=9)
        read += answer["data"]
        pagination = answer["additional_data"]["pagination"]
        assert (pagination["start"], pagination["limit"]) == (start, 9)
        if not pagination["more_items_in_collection"]:
            assert "next_start" not in pagination
            break
        start = pagination["next_start"]
    assert read == everything["data"]


def test_changelogs_come_newest_first_in_pages(lively: Company) -> None:
    deal = max(lively.every_deal(), key=lambda deal: len(lively.changelog(deal["id"])))
    whole = lively.changelog(deal["id"], limit=500)
    assert len(whole) > 10
    assert lively.changelog(deal["id"], limit=3) == whole
    assert [item["time"] for item in whole] == sorted((item["time"] for item in whole), reverse=True)
    assert whole[-1]["field_key"] == "add_time"


def test_a_record_that_changes_between_pages_is_not_lost(tmp_path: Path) -> None:
    with serving(tmp_path / "moving", acts_per_hour=MANY_ACTS) as company:
        first = company.get("/api/v2/deals", limit=30, sort_by="update_time", status=ALL)
        known = {deal["id"] for deal in company.all("/api/v2/deals", limit=500, status=ALL)}
        company.live(HOUR)
        rest = company.all(
            "/api/v2/deals",
            **{"limit": 30, "sort_by": "update_time", "status": ALL},
            cursor=first["additional_data"]["next_cursor"],
        )
        seen = {deal["id"] for deal in first["data"] + rest}
        gone = {deal["id"] for deal in company.all("/api/v2/deals/archived", limit=500, status=ALL)}
        assert known - seen - gone == set()


# what may be asked for


def test_updated_since_includes_its_second_and_updated_until_does_not(company: Company) -> None:
    deals = company.all("/api/v2/deals", limit=500, sort_by="update_time")
    border = deals[len(deals) // 2]["update_time"]
    since = company.all("/api/v2/deals", limit=500, updated_since=border)
    until = company.all("/api/v2/deals", limit=500, updated_until=border)
    assert {deal["id"] for deal in since} == {deal["id"] for deal in deals if deal["update_time"] >= border}
    assert {deal["id"] for deal in until} == {deal["id"] for deal in deals if deal["update_time"] < border}
    assert company.all("/api/v2/deals", updated_since=border, updated_until=border) == []
    in_estonia = border[:11] + f"{(int(border[11:13]) + 2) % 24:02d}" + border[13:19] + "+02:00"
    if int(border[11:13]) < 22:
        assert company.all("/api/v2/deals", limit=500, updated_since=in_estonia) == since


@pytest.mark.parametrize("path", ["/api/v2/activities", "/api/v2/persons", "/api/v2/organizations"])
def test_other_lists_have_the_same_borders(company: Company, path: str) -> None:
    records = company.all(path, limit=500)
    border = sorted(record["update_time"] for record in records)[len(records) // 2]
    since = company.all(path, limit=500, updated_since=border)
    assert len(since) + len(company.all(path, limit=500, updated_until=border)) == len(records)
    assert min(record["update_time"] for record in since) == border


def test_filters_choose_what_they_name(company: Company) -> None:
    deals = company.all("/api/v2/deals", limit=500)
    chosen = [deal["id"] for deal in deals[3:9]]
    asked = ",".join(str(number) for number in [*chosen, 1])
    assert [deal["id"] for deal in company.get("/api/v2/deals", ids=asked)["data"]] == sorted(chosen)
    for name in ("owner_id", "stage_id", "person_id", "org_id", "pipeline_id"):
        value = next(deal[name] for deal in deals if deal[name])
        found = company.all("/api/v2/deals", limit=500, **{name: value})
        assert found == [deal for deal in deals if deal[name] == value]
    done = company.all("/api/v2/activities", limit=500, done="true")
    assert done
    assert all(activity["done"] for activity in done)
    assert all(stage["pipeline_id"] == 2 for stage in company.all("/api/v2/stages", pipeline_id=2))


def test_persons_can_be_asked_for_by_their_deal(company: Company) -> None:
    deal = next(deal for deal in company.all("/api/v2/deals") if deal["person_id"])
    found = company.get("/api/v2/persons", deal_id=deal["id"])["data"]
    assert [person["id"] for person in found] == [deal["person_id"]]


def test_statuses_divide_the_deals(lively: Company) -> None:
    lists = {status: lively.all("/api/v2/deals", limit=500, status=status) for status in ALL.split(",")}
    assert all({deal["status"] for deal in found} == {status} for status, found in lists.items())
    ids = [deal["id"] for found in lists.values() for deal in found]
    assert sorted(ids) == [deal["id"] for deal in lively.all("/api/v2/deals", limit=500, status=ALL)]
    present = lively.all("/api/v2/deals", limit=500)
    assert not any(deal["is_deleted"] or deal["is_archived"] for deal in present)
    assert len(present) == len(ids) - len(lists["deleted"])
    assert all(deal["is_deleted"] for deal in lists["deleted"])
    archived = lively.all("/api/v2/deals/archived", limit=500, status=ALL)
    assert {deal["status"] for deal in archived} >= {"won", "lost"}
    assert not {deal["id"] for deal in archived} & set(ids)


def test_deleted_records_are_in_no_list_but_can_be_asked_for_until_they_are_gone(tmp_path: Path) -> None:
    with serving(tmp_path / "deleting", acts_per_hour=MANY_ACTS) as company:
        before = {record["id"] for record in company.all("/api/v2/activities", limit=500)}
        company.live(3 * HOUR)
        company.clock.advance(600)
        after = {record["id"] for record in company.all("/api/v2/activities", limit=500)}
        missing = sorted(before - after)
        assert missing
        deleted = company.get(f"/api/v2/activities/{missing[0]}")["data"]
        assert deleted["is_deleted"] is True
        assert deleted["update_time"] > "2026-11-20T13:00:00Z"
        deals = company.all("/api/v2/deals", limit=500, status="deleted")
        company.clock.advance(31 * DAY)
        assert company.ask(f"/api/v2/activities/{missing[0]}").status_code == 404
        assert deals
        assert company.all("/api/v2/deals", limit=500, status="deleted") == []
        assert company.ask(f"/api/v1/deals/{deals[0]['id']}/changelog").status_code == 404
        raw = {row["activity_id"]: row["is_deleted"] for row in company.site.store.truth("activity")}
        assert {raw[str(number)] for number in missing} == {"true"}


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/api/v2/deals", {"limit": 501}),
        ("/api/v2/deals", {"limit": 0}),
        ("/api/v2/deals", {"limit": "many"}),
        ("/api/v2/deals", {"sort_by": "title"}),
        ("/api/v2/deals", {"sort_direction": "up"}),
        ("/api/v2/deals", {"status": "all"}),
        ("/api/v2/deals", {"updated_since": "2026-11-20T13:00:00.123Z"}),
        ("/api/v2/deals", {"updated_since": "2026-11-20 13:00:00"}),
        ("/api/v2/deals", {"updated_since": "2026-13-20T13:00:00Z"}),
        ("/api/v2/deals", {"start": 0}),
        ("/api/v2/deals", {"ids": ",".join(map(str, range(101)))}),
        ("/api/v2/deals", {"custom_fields": ",".join("x" * n for n in range(1, 17))}),
        ("/api/v2/deals", {"include_fields": "everything"}),
        ("/api/v2/deals", {"cursor": "nonsense"}),
        ("/api/v2/deals", {"cursor": "ew"}),
        ("/api/v2/activities", {"custom_fields": "x"}),
        ("/api/v2/products", {"updated_until": "2026-11-20T13:00:00Z"}),
        ("/api/v2/stages", {"updated_since": "2026-11-20T13:00:00Z"}),
    ],
)
def test_v2_refuses_what_it_does_not_know(company: Company, path: str, asked: dict[str, Any]) -> None:
    response = company.ask(path, **asked)
    assert response.status_code == 400
    answer = response.json()
    assert answer.keys() == {"success", "error", "code"}
    assert answer["success"] is False
    assert answer["error"].startswith(f"Validation failed: {next(iter(asked))}: ")
    assert answer["code"] == "ERR_SCHEMA_VALIDATION_FAILED"


def test_a_cursor_belongs_to_its_order(company: Company) -> None:
    cursor = company.get("/api/v2/deals", limit=5)["additional_data"]["next_cursor"]
    assert company.ask("/api/v2/deals", cursor=cursor, sort_by="update_time").status_code == 400
    assert company.ask("/api/v1/deals/1/changelog", cursor=cursor).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/api/v2/deals/1", "/api/v2/persons/99999", "/api/v1/deals/1/changelog", "/api/v2/nothing", "/v1/x/y/z"],
)
def test_what_is_not_there_is_not_found(company: Company, path: str) -> None:
    response = company.ask(path)
    assert response.status_code == 404
    assert response.json() == {
        "success": False,
        "error": response.json()["error"],
        "error_info": "Please check developers.pipedrive.com for more information about Pipedrive API.",
        "data": None,
        "additional_data": None,
    }


def test_nothing_can_be_written(company: Company) -> None:
    response = company.session.post(company.server.url + "/api/v2/deals", json={"title": "x"}, timeout=20)
    assert response.status_code == 405


# custom fields and what is shown besides


def test_custom_fields_are_shown_by_their_keys_and_types(lively: Company) -> None:
    definitions = lively.get("/api/v1/dealFields", limit=500)["data"]
    custom = {found["key"]: found for found in definitions if found["edit_flag"] and found["id"]}
    assert {found["name"] for found in custom.values()} == set(CUSTOM_TYPES)
    assert all(len(key) == 40 and int(key, 16) for key in custom)
    for found in definitions:
        assert fits(found, SUBFIELD if found["id"] is None else FIELD) == []
    subfields = {found["key"] for found in definitions if found["id"] is None}
    assert {key[40:] for key in subfields if len(key) > 40} == {"_currency", "_until"}
    seen: Counter[str] = Counter()
    for deal in lively.every_deal():
        assert deal["custom_fields"].keys() == custom.keys()
        for key, value in deal["custom_fields"].items():
            if value is not None:
                assert isinstance(value, CUSTOM_TYPES[custom[key]["name"]]), (custom[key]["name"], value)
                options = {option["id"] for option in custom[key]["options"] or ()}
                assert not options or options >= set(value if isinstance(value, list) else [value])
                seen[custom[key]["name"]] += 1
    assert set(seen) == set(CUSTOM_TYPES)


@pytest.mark.parametrize(("kind", "owner"), [("persons", "person"), ("organizations", "organization")])
def test_others_have_custom_fields_too(company: Company, kind: str, owner: str) -> None:
    definitions = company.get(f"/api/v1/{owner}Fields", limit=500)["data"]
    assert [wrong for found in definitions if (wrong := fits(found, FIELD))] == []
    custom = {found["key"] for found in definitions if found["edit_flag"]}
    records = company.all(f"/api/v2/{kind}", limit=500)
    assert custom
    assert all(record["custom_fields"].keys() == custom for record in records)
    assert any(value for record in records for value in record["custom_fields"].values())


def test_custom_fields_can_be_chosen_and_labelled(company: Company) -> None:
    definitions = {found["name"]: found for found in company.get("/v1/dealFields", limit=500)["data"]}
    source, services = definitions["Lead Source"], definitions["Services"]
    chosen = company.get("/api/v2/deals", custom_fields=f"{source['key']},{services['key']}")["data"]
    assert all(set(deal["custom_fields"]) == {source["key"], services["key"]} for deal in chosen)
    labelled = company.get("/api/v2/deals", include_option_labels="true", include_labels="true")["data"]
    plain = company.get("/api/v2/deals")["data"]
    labels = {option["id"]: option["label"] for option in (*source["options"], *services["options"])}
    for with_labels, without in zip(labelled, plain, strict=True):
        before, after = without["custom_fields"], with_labels["custom_fields"]
        for number, option in ((before[source["key"]], after[source["key"]]),):
            assert option == (number and {"id": number, "label": labels[number]})
        assert [option["id"] for option in after[services["key"]] or []] == (before[services["key"]] or [])
        assert [label["id"] for label in with_labels["labels"]] == without["label_ids"]


def test_counts_are_counted_where_asked_for(company: Company) -> None:
    activities = company.all("/api/v2/activities", limit=500)
    asked = "activities_count,done_activities_count,undone_activities_count,notes_count,next_activity_id"
    for deal in company.get("/api/v2/deals", limit=40, include_fields=asked)["data"]:
        own = [activity for activity in activities if activity["deal_id"] == deal["id"]]
        assert deal["activities_count"] == len(own)
        assert deal["done_activities_count"] == sum(activity["done"] for activity in own)
        assert deal["undone_activities_count"] == sum(not activity["done"] for activity in own)
        assert deal["notes_count"] == 0
        planned = {activity["id"] for activity in own if not activity["done"]}
        assert deal["next_activity_id"] in (planned or {None})
    activity = company.get("/api/v2/activities", limit=1, include_fields="attendees")["data"][0]
    assert activity["attendees"][0]["user_id"] == activity["owner_id"]


def test_persons_and_organizations_count_their_deals(company: Company) -> None:
    deals = company.all("/api/v2/deals", limit=500) + company.all("/api/v2/deals/archived", limit=500)
    asked = "won_deals_count,closed_deals_count,smart_bcc_email"
    for person in company.get("/api/v2/persons", limit=50, include_fields=asked)["data"]:
        own = [deal["status"] for deal in deals if deal["person_id"] == person["id"]]
        assert person["won_deals_count"] == own.count("won")
        assert person["closed_deals_count"] == own.count("won") + own.count("lost")


# who may ask, and how much


def test_strangers_are_refused(company: Company) -> None:
    def ask(headers: dict[str, str], query: str = "") -> requests.Response:
        address = f"{company.server.url}/api/v2/deals{query}"
        return requests.get(address, headers=headers, verify=company.session.verify, timeout=20)

    token = company.site.api_token
    assert ask({"x-api-token": token}).status_code == 200
    assert ask({}, f"?api_token={token}").status_code == 200
    assert ask({"Authorization": f"Bearer {company.site.access_token}"}).status_code == 200
    for refused in (
        ask({}),
        ask({"x-api-token": token[:-1]}),
        ask({}, "?api_token="),
        ask({"Authorization": "Bearer v1:0", "x-api-token": token}),
    ):
        assert refused.status_code == 401
        assert refused.json().keys() == {"success", "error", "errorCode", "error_info"}
        assert refused.json()["errorCode"] == 401


def test_every_call_costs_what_the_reference_says(tmp_path: Path) -> None:
    costs = {
        "/api/v2/deals": 10,
        "/api/v2/deals/archived": 20,
        "/api/v2/activities": 10,
        "/api/v2/persons": 10,
        "/api/v2/organizations": 10,
        "/api/v2/products": 10,
        "/api/v2/stages": 5,
        "/api/v2/pipelines": 5,
        "/api/v2/persons/1": 1,
        "/api/v1/users": 20,
        "/api/v1/users/me": 2,
        "/api/v1/activityTypes": 20,
        "/api/v1/dealFields": 20,
        "/api/v1/personFields": 20,
    }
    with serving(tmp_path / "costs", daily_tokens=10_000) as company:
        deal = company.get("/api/v2/deals", limit=1)["data"][0]["id"]
        left = 10_000 - 10
        for path, cost in (costs | {f"/api/v1/deals/{deal}/changelog": 20}).items():
            headers = company.ask(path).headers
            left -= cost
            assert (path, headers["x-daily-ratelimit-token-remaining"]) == (path, str(left))
            assert headers["x-daily-ratelimit-token-limit"] == "10000"


def test_the_days_tokens_end_and_begin_anew_at_midnight(tmp_path: Path) -> None:
    with serving(tmp_path / "budget", daily_tokens=25) as company:
        assert [company.ask("/api/v2/deals").status_code for _ in range(3)] == [200, 200, 429]
        refused = company.ask("/api/v2/deals")
        assert refused.json() == {
            "success": False,
            "error": "daily request budget exceeded",
            "errorCode": 429,
        }
        assert refused.headers["x-daily-ratelimit-token-remaining"] == "0"
        assert refused.headers["retry-after"] == str(11 * HOUR)
        company.clock.advance(11 * HOUR - 1)
        assert company.ask("/api/v2/deals").status_code == 429
        company.clock.advance(1)
        assert company.ask("/api/v2/deals").headers["x-daily-ratelimit-token-remaining"] == "15"


def test_a_burst_is_slowed_down_and_a_flood_shut_out(tmp_path: Path) -> None:
    moment = [0.0]
    with serving(tmp_path / "burst", burst=4, timer=lambda: moment[0]) as company:
        answers = [company.ask("/api/v2/pipelines") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
        left = [answer.headers["x-ratelimit-remaining"] for answer in answers]
        assert left == ["3", "2", "1", "0", "0"]
        assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"4"}
        assert answers[-1].json()["error"] == "request over limit"
        assert answers[-1].headers["retry-after"] == answers[-1].headers["x-ratelimit-reset"] == "2"
        moment[0] = 1.9
        assert company.ask("/api/v2/pipelines").status_code == 429
        moment[0] = 2.0
        assert company.ask("/api/v2/pipelines").status_code == 200
        flood = [company.ask("/api/v2/pipelines") for _ in range(30)][-1]
        assert flood.status_code == 403
        assert flood.headers["content-type"].startswith("text/html")
        moment[0] = 10.0
        assert company.ask("/api/v2/pipelines").status_code == 200


# faults


def test_the_fault_of_a_spent_day_lasts_until_faults_are_switched(company: Company) -> None:
    company.faults.switch(["daily_budget"], seed=1, rate=0.2)
    answers = [company.ask("/api/v2/stages") for _ in range(40)]
    company.faults.off()
    statuses = [answer.status_code for answer in answers]
    assert statuses == sorted(statuses)
    assert set(statuses) == {200, 429}
    assert answers[-1].headers["x-daily-ratelimit-token-remaining"] == "0"
    assert company.ask("/api/v2/stages").status_code == 200


def test_a_repeated_page_leads_to_itself(company: Company) -> None:
    deal = company.get("/api/v2/deals", limit=1)["data"][0]["id"]
    company.faults.switch(["repeated_page"], rate=1.0)
    for path in ("/api/v2/deals", f"/api/v1/deals/{deal}/changelog"):
        first = company.get(path, limit=3)
        second = company.get(path, limit=3, cursor=first["additional_data"]["next_cursor"])
        assert second == first
    fields = company.get("/api/v1/dealFields", limit=4, start=8)["additional_data"]["pagination"]
    assert (fields["next_start"], fields["more_items_in_collection"]) == (8, True)
    company.faults.off()


# what happens


def test_replaying_a_changelog_gives_the_deals_present_values(lively: Company) -> None:
    replayed = 0
    for deal in lively.every_deal():
        values: dict[str, str | None] = {}
        for item in reversed(lively.changelog(deal["id"], limit=500)):
            if item["field_key"] in values:
                assert values[item["field_key"]] == item["old_value"], (deal["id"], item)
            values[item["field_key"]] = item["new_value"]
            assert item["time"] <= spaced(deal["update_time"])
        assert values.pop("add_time") == spaced(deal["add_time"])
        assert {key: present(deal, key) for key in values} == values
        replayed += len(values)
    assert replayed > 500


def present(deal: dict[str, Any], key: str) -> str | None:
    """A deal's value under a changelog's key, as a changelog writes it."""
    name = {old: new for new, old in LOGGED.items()}.get(key)
    part = key[41:] or "value"
    value = deal[name] if name else deal["custom_fields"][key[:40]]
    if isinstance(value, dict):
        value = value[part]
    elif part != "value":
        value = None
    if value is None:
        return None
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list):
        return ",".join(map(str, value))
    return spaced(value) if key.endswith("_time") else str(value)


def spaced(time: str) -> str:
    return time.replace("T", " ").removesuffix("Z")


def test_every_deal_begins_with_its_add_time_alone(lively: Company) -> None:
    for deal in lively.every_deal()[:60]:
        first = lively.changelog(deal["id"], limit=500)[-1]
        assert first["field_key"] == "add_time"
        assert first["old_value"] is None
        assert first["new_value"] == first["time"] == spaced(deal["add_time"])


def test_two_changes_of_one_deal_in_one_second_may_be_the_same(lively: Company) -> None:
    twins = Counter(
        (deal["id"], item["time"], item["field_key"], item["old_value"], item["new_value"])
        for deal in lively.every_deal()
        for item in lively.changelog(deal["id"], limit=500)
    )
    assert max(twins.values()) == 2


def test_much_happens_of_every_kind(tmp_path: Path) -> None:
    with serving(tmp_path / "busy", acts_per_hour=200) as company:
        before = {
            table: {row_key(table, row): row for row in company.site.store.truth(table)} for table in RAW
        }
        company.live(2 * DAY)
        company.clock.advance(600)
        for table in RAW:
            after = {row_key(table, row): row for row in company.site.store.truth(table)}
            assert before[table].keys() <= after.keys()
            changed = [row for key, row in after.items() if before[table].get(key) not in (None, row)]
            assert changed, table
            assert all(row["update_time" if table != "users" else "modified"] for row in changed)
            if table in ("deals", "activity", "persons", "organizations", "products"):
                assert after.keys() > before[table].keys(), table
                assert any(row["is_deleted"] == "true" for row in changed), table
        statuses = Counter(row["status"] for row in company.site.store.truth("deals"))
        assert statuses.keys() == {"open", "won", "lost", "deleted"}


def row_key(table: str, row: dict[str, str | None]) -> str:
    names = {"activity": "activity_id", "stages": "stage_id", "fields": "field_key"}
    return row[names.get(table, "id")] or ""


def test_late_changes_come_in_minutes_after_their_time(tmp_path: Path) -> None:
    with serving(tmp_path / "late", acts_per_hour=MANY_ACTS) as company:
        company.live(HOUR)
        now = company.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        before = {deal["id"]: deal["update_time"] for deal in company.every_deal()}
        company.clock.advance(301)
        late = [
            deal for deal in company.every_deal() if before.get(deal["id"]) not in (None, deal["update_time"])
        ]
        assert late
        assert all("2026-11-20T13:54:00Z" < deal["update_time"] <= now for deal in late)
        company.clock.advance(HOUR)
        assert {deal["id"]: deal["update_time"] for deal in company.every_deal()} == {
            **before,
            **{deal["id"]: deal["update_time"] for deal in late},
            **{deal["id"]: deal["update_time"] for deal in company.every_deal() if deal["id"] not in before},
        }


def test_nothing_happens_at_a_time_that_somebody_has_looked_at(tmp_path: Path) -> None:
    with serving(tmp_path / "looked", acts_per_hour=MANY_ACTS) as company:
        company.clock.advance(HOUR)
        seen = {deal["id"]: deal["update_time"] for deal in company.every_deal()}
        assert company.site.catch_up() == 0
        assert company.live(HOUR) > 0
        company.clock.advance(600)
        moved = [deal for deal in company.every_deal() if seen.get(deal["id"]) != deal["update_time"]]
        assert moved
        assert min(deal["update_time"] for deal in moved) > "2026-11-20T14:00:00Z"


def test_a_second_of_a_record_is_one_version(lively: Company) -> None:
    """What raw tables tell versions by: no record is seen with two contents of one second."""
    with_time: dict[tuple[str, str, str], dict[str, str | None]] = {}
    for table in RAW:
        for row in [*lively.site.store.truth(table), *lively.site.store.served(table)]:
            key = (table, row_key(table, row), row.get("update_time") or row.get("modified") or "")
            assert with_time.setdefault(key, row) == row


@pytest.mark.parametrize("steps", [1, 7, 90])
def test_the_same_happens_in_one_step_or_in_many(tmp_path: Path, steps: int) -> None:
    assert told(tmp_path / "many", steps=steps) == told(tmp_path / "one", steps=1)


def test_another_seed_is_another_company(tmp_path: Path) -> None:
    assert told(tmp_path / "three") != told(tmp_path / "four", seed=4)


def told(folder: Path, *, steps: int = 1, seed: int = 3) -> dict[str, list[str]]:
    """Everything that is true after three hours."""
    clock = Clock(START, frozen=True)
    site = PipedriveSite(clock, Faults(), folder, seed, deals=40, activities=60, users=5, acts_per_hour=60)
    for _ in range(steps):
        clock.advance(3 * HOUR / steps)
        site.catch_up()
    clock.advance(600)
    site.state()
    tables = {table: [json.dumps(row) for row in site.store.truth(table)] for table in (*RAW, "deal_changes")}
    site.close()
    return tables


def test_a_restart_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with serving(tmp_path / "kept", acts_per_hour=MANY_ACTS, daily_tokens=10_000) as company:
        company.live(HOUR)
        company.every_deal()
        truth = {table: list(company.site.store.truth(table)) for table in RAW}
        served = list(company.site.store.served("deals"))
        caught_up = company.site.caught_up
        left = company.ask("/api/v2/pipelines").headers["x-daily-ratelimit-token-remaining"]
    start = datetime.fromtimestamp(caught_up, UTC)
    with serving(tmp_path / "kept", acts_per_hour=MANY_ACTS, daily_tokens=10_000, start=start) as company:
        assert {table: list(company.site.store.truth(table)) for table in RAW} == truth
        assert list(company.site.store.served("deals")) == served
        assert company.ask("/api/v2/pipelines").headers["x-daily-ratelimit-token-remaining"] == str(
            int(left) - 5
        )
        assert company.live(HOUR) > 0


def test_another_company_is_not_mixed_in(tmp_path: Path) -> None:
    with serving(tmp_path / "one"):
        pass
    with pytest.raises(LeadhouseError, match="holds another company"), serving(tmp_path / "one", seed=9):
        pass


def test_a_start_that_was_cut_short_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cut"
    with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="power"):
        patched.setattr("leadhouse.simulator.crm.pipedrive.deals.activities", fail)
        PipedriveSite(Clock(START, frozen=True), Faults(), folder, 3, deals=40, activities=60, users=5)
    assert told(folder) == told(tmp_path / "whole")


def fail(*_: object) -> Iterator[Any]:
    raise RuntimeError("power")


# what tests compare with


def test_truth_is_what_the_api_serves(lively: Company) -> None:
    truth = {row["id"]: row for row in lively.site.store.truth("deals")}
    deals = {str(deal["id"]): deal for deal in lively.every_deal()}
    assert truth.keys() == deals.keys()
    for number, deal in deals.items():
        row = truth[number]
        assert row["is_archived"] == str(deal["is_archived"]).lower()
        assert row["value"] == str(deal["value"])
        assert row["lost_reason"] == deal["lost_reason"]
        assert row["custom_fields"] == json.dumps(
            deal["custom_fields"], separators=(",", ":"), ensure_ascii=False
        )
    activity = lively.get("/api/v2/activities", limit=1)["data"][0]
    raw = next(
        row for row in lively.site.store.truth("activity") if row["activity_id"] == str(activity["id"])
    )
    assert raw["assigned_to_user"] == str(activity["owner_id"])
    assert (raw["due_to"] or "")[:10] == activity["due_date"]


def test_the_truth_of_deal_changes_has_the_beginnings(lively: Company) -> None:
    rows = list(lively.site.store.truth("deal_changes"))
    for deal in lively.every_deal()[:60]:
        items = lively.changelog(deal["id"], limit=500)
        own = [row for row in rows if row["deal_id"] == str(deal["id"])]
        assert len(own) == len(items) + 2
        for key, name in (("user_id", "owner_id"), ("stage_id", "stage_id")):
            oldest = [item["old_value"] for item in reversed(items) if item["field_key"] == key]
            beginning = [row for row in own if row["changed_field_key"] == key and row["old_value"] is None]
            assert [row["new_value"] for row in beginning] == [(oldest or [str(deal[name])])[0]]
            assert beginning[0]["change_time"] == spaced(deal["add_time"])


def test_served_is_what_reached_the_client_whole(tmp_path: Path) -> None:
    with serving(tmp_path / "served", acts_per_hour=MANY_ACTS) as company:
        assert list(company.site.store.served("deals")) == []
        company.faults.switch(["truncated"], rate=1.0)
        with pytest.raises(requests.RequestException):
            company.ask("/api/v2/deals", limit=10)
        company.faults.off()
        assert list(company.site.store.served("deals")) == []
        seen = company.get("/api/v2/deals", limit=10)["data"]
        company.get("/api/v2/pipelines")  # the note of the answer before is made by then
        served = list(company.site.store.served("deals"))
        assert {row["id"] for row in served} == {str(deal["id"]) for deal in seen}
        versions = {(row["id"], row["update_time"]) for row in served}
        deals = company.every_deal()
        company.live(6 * HOUR)
        company.clock.advance(600)
        deals += company.every_deal()
        company.get("/api/v2/pipelines")
        versions = {(row["id"], row["update_time"]) for row in company.site.store.served("deals")}
        assert versions == {(str(deal["id"]), deal["update_time"]) for deal in deals}
        items = company.changelog(deals[0]["id"], limit=500)
        company.get("/api/v2/pipelines")
        assert len(list(company.site.store.served("deal_changes"))) == len(items) + 2


def test_it_holds_as_much_as_is_asked_for(tmp_path: Path) -> None:
    with ExitStack() as stack:
        company = stack.enter_context(serving(tmp_path / "sizes", deals=300, activities=500, users=9))
        state = company.site.state()["records"]
        assert 285 <= state["deals"] <= 300
        assert (state["activities"], state["users"], state["persons"]) == (500, 9, 150)
        assert Counter(deal["status"] for deal in company.every_deal()).keys() == set(ALL.split(","))


def test_the_smallest_company_works_too(tmp_path: Path) -> None:
    with serving(tmp_path / "small", deals=1, activities=0, users=1, acts_per_hour=MANY_ACTS) as company:
        assert company.live(HOUR) > 0
        assert company.every_deal()
