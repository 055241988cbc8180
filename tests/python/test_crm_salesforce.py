"""The Salesforce stand-in: sign-in, REST, faults, and clients that were not written here."""

import base64
import csv
import io
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.login import SalesforceLogin

from leadhouse.simulator.crm.org import OBJECTS
from leadhouse.simulator.crm.salesforce import Credentials, Limits
from leadhouse.simulator.crm.salesforce.values import double_text, long_id, plain_decimal, raw_name
from tests.python.salesforce_stage import (
    START,
    STORED,
    Stage,
    from_csv,
    from_json,
    normal_records,
    salesforce_stage,
)

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture(scope="module")
def reading() -> Iterator[Stage]:
    """Shared: only to be read."""
    with salesforce_stage() as stage:
        yield stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with salesforce_stage(leads=60, accounts=10) as stage:
        yield stage


@pytest.fixture(scope="module")
def key() -> str:
    """A private key in PEM."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture(scope="module")
def signing(key: str) -> Iterator[Stage]:
    """Shared: an org that trusts the key, only to sign in to."""
    private = serialization.load_pem_private_key(key.encode(), None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with salesforce_stage(credentials=Credentials(public_key=public.decode()), leads=10, accounts=2) as stage:
        yield stage


# Signing in


def sign_ins(stage: Stage, key: str) -> dict[str, dict[str, Any]]:
    """simple-salesforce's arguments by the way to sign in."""
    known = stage.site.credentials
    return {
        "client credentials": {
            "consumer_key": known.client_id,
            "consumer_secret": known.client_secret,
            "domain": "leadhouse.my",
        },
        "JWT bearer": {"username": known.username, "consumer_key": known.client_id, "privatekey": key},
        "SOAP": {
            "username": known.username,
            "password": known.password,
            "security_token": known.security_token,
        },
        "password grant": {
            "username": known.username,
            "password": known.password + known.security_token,
            "consumer_key": known.client_id,
            "consumer_secret": known.client_secret,
        },
    }


@pytest.mark.parametrize("way", ["client credentials", "JWT bearer", "SOAP", "password grant"])
def test_simple_salesforce_signs_in(signing: Stage, key: str, way: str):
    client = Salesforce(session=signing.redirected(), **sign_ins(signing, key)[way])
    assert client.sf_instance == f"localhost:{signing.server.port}"
    assert client.query("SELECT COUNT() FROM Lead")["totalSize"] == len(normal_records(signing.org, "Lead"))


@pytest.mark.parametrize(
    ("way", "spoilt", "code"),
    [
        ("client credentials", {"consumer_secret": "x"}, "invalid_client"),
        ("client credentials", {"consumer_key": "x"}, "invalid_client_id"),
        ("JWT bearer", {"username": "other@example.com"}, "invalid_grant"),
        ("SOAP", {"security_token": "x"}, "INVALID_LOGIN"),
        ("SOAP", {"sf_version": "65.0"}, "UNSUPPORTED_API_VERSION"),
        ("password grant", {"password": "x"}, "invalid_grant"),
    ],
)
def test_wrong_credentials_are_refused(signing: Stage, key: str, way: str, spoilt: dict[str, str], code: str):
    with pytest.raises(SalesforceAuthenticationFailed) as refused:
        SalesforceLogin(session=signing.redirected(), **(sign_ins(signing, key)[way] | spoilt))
    assert refused.value.code == code


def assertion(stage: Stage, key: str, **claims: Any) -> str:
    known = stage.site.credentials
    usual = {"iss": known.client_id, "sub": known.username, "aud": "https://login.salesforce.com"}
    return jwt.encode({**usual, "exp": int(time.time()) + 120, **claims}, key, algorithm="RS256")


@pytest.mark.parametrize(
    ("claims", "description"),
    [
        ({"exp": 1}, "expired assertion"),
        ({"exp": 4102444800}, "expired assertion"),
        ({"aud": "https://example.com"}, "audience is invalid"),
        ({"iss": "other"}, "client identifier invalid"),
        ({"sub": "other"}, "user hasn't approved this consumer"),
    ],
)
def test_claims_of_an_assertion_are_checked(
    signing: Stage, key: str, claims: dict[str, Any], description: str
):
    form = {"grant_type": JWT_GRANT, "assertion": assertion(signing, key, **claims)}
    answer = signing.post("/services/oauth2/token", data=form)
    assert answer.status_code == 400
    assert answer.json()["error_description"] == description


def test_an_assertion_may_name_the_stand_in_itself(signing: Stage, key: str):
    form = {"grant_type": JWT_GRANT, "assertion": assertion(signing, key, aud=signing.server.url)}
    assert signing.post("/services/oauth2/token", data=form).status_code == 200


def test_an_assertion_must_be_signed_with_the_key_that_is_known(signing: Stage, reading: Stage, key: str):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for forged in (assertion(signing, other), assertion(signing, key)[:-4] + "AAAA", "x"):  # type: ignore[arg-type]
        form = {"grant_type": JWT_GRANT, "assertion": forged}
        assert signing.post("/services/oauth2/token", data=form).json()["error"] == "invalid_grant"
    form = {"grant_type": JWT_GRANT, "assertion": assertion(signing, key)}
    assert reading.post("/services/oauth2/token", data=form).json()["error"] == "invalid_grant"


def test_client_credentials_in_the_body_and_by_basic_authentication(signing: Stage):
    known = signing.site.credentials
    pair = base64.b64encode(f"{known.client_id}:{known.client_secret}".encode()).decode()
    answer = signing.call(
        "POST",
        "/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {pair}"},
    )
    granted = answer.json()
    assert granted["instance_url"] == signing.server.url
    assert granted["token_type"] == "Bearer"
    assert re.fullmatch(r"https://login\.salesforce\.com/id/00D\w{15}/005\w{15}", granted["id"])
    assert granted["issued_at"] == str(int(START.timestamp() * 1000))
    answer = signing.post("/services/oauth2/token", data={"grant_type": "saml"})
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_who_am_i(reading: Stage):
    info = reading.get("/services/oauth2/userinfo").json()
    assert info["organization_id"] == "00DHs0000000001MAA"
    assert info["user_id"] in normal_records(reading.org, "User")
    assert reading.get(f"/id/{info['organization_id']}/{info['user_id']}").json() == info
    refused = requests.get(
        f"{reading.server.url}/services/oauth2/userinfo", verify=reading.session.verify, timeout=10
    )
    assert (refused.status_code, refused.text) == (403, "Bad_OAuth_Token")


def test_sessions_end(stage: Stage):
    unused = stage.sign_in()
    stage.clock.advance(119 * 60)
    used = stage.sign_in()
    stage.clock.advance(2 * 60)
    assert stage.get("limits").status_code == 200
    stage.session.headers["Authorization"] = f"Bearer {unused}"
    assert stage.error(stage.get("limits")) == (401, "INVALID_SESSION_ID")
    stage.session.headers["Authorization"] = f"OAuth {used}"
    assert stage.get("limits").status_code == 200
    assert stage.post("/services/oauth2/revoke", data={"token": used}).status_code == 200
    assert stage.error(stage.get("limits")) == (401, "INVALID_SESSION_ID")
    del stage.session.headers["Authorization"]
    assert stage.error(stage.get("limits")) == (401, "INVALID_AUTH_HEADER")


# Metadata


def test_versions_are_listed_for_anybody(reading: Stage):
    listed = requests.get(
        f"{reading.server.url}/services/data", verify=reading.session.verify, timeout=10
    ).json()
    assert {"label": "Summer '24", "url": "/services/data/v61.0", "version": "61.0"} in listed
    assert {"label": "Spring '15", "url": "/services/data/v33.0", "version": "33.0"} in listed
    for path in ("/services/data/v99.0/limits", "/services/data/v61/limits", "nonsense", "sobjects/Nonsense"):
        assert reading.error(reading.get(path)) == (404, "NOT_FOUND")
    assert reading.get("").json()["sobjects"] == f"{reading.base}/sobjects"


def test_all_objects_are_described(reading: Stage):
    client = reading.client()
    described = client.describe()
    assert described is not None
    names = {sobject["name"]: sobject for sobject in described["sobjects"]}
    assert set(names) == set(OBJECTS)
    assert names["Lead"]["keyPrefix"] == "00Q"
    assert not names["LeadHistory"]["createable"]
    assert reading.get(names["Lead"]["urls"]["describe"]).json()["name"] == "Lead"


def test_describe_tells_each_field(reading: Stage):
    fields = {field["name"]: field for field in reading.client().Lead.describe()["fields"]}
    assert list(fields) == list(OBJECTS["Lead"].field_names)
    assert fields["Address"]["type"] == "address"
    assert fields["City"]["compoundFieldName"] == "Address"
    assert fields["OwnerId"]["referenceTo"]
    assert fields["Status"]["picklistValues"][0]["value"] == "New"
    assert fields["SystemModstamp"]["soapType"] == "xsd:dateTime"
    assert fields["Brightwheel_School_UUID__c"]["externalId"]
    assert not fields["Description"]["filterable"]
    assert fields["Website_Visits__c"]["custom"]


def test_other_methods_are_refused(reading: Stage):
    assert reading.error(reading.call("PUT", "sobjects/Lead")) == (405, "METHOD_NOT_ALLOWED")
    assert reading.error(reading.call("POST", "sobjects")) == (405, "METHOD_NOT_ALLOWED")


def test_a_request_that_is_too_long_is_refused(reading: Stage):
    assert reading.query(f"SELECT Id FROM Lead WHERE Name = '{'x' * 17000}'").status_code == 414


# Reading


@pytest.mark.parametrize("name", OBJECTS)
def test_a_query_gives_every_value_of_every_record(reading: Stage, name: str):
    result = reading.client().query_all(f"SELECT {', '.join(STORED[name])} FROM {name}")
    got = {record["Id"]: from_json(name, record) for record in result["records"]}
    assert got == normal_records(reading.org, name)
    assert len(got) == result["totalSize"] > 0


@pytest.mark.parametrize("name", OBJECTS)
def test_a_bulk_query_gives_every_value_of_every_record(reading: Stage, name: str):
    pages = getattr(reading.client().bulk2, name).query_all(
        f"SELECT {', '.join(STORED[name])} FROM {name}", max_records=100, wait=0
    )
    rows = [row for page in pages for row in csv.DictReader(io.StringIO(page, newline=""))]
    got = {row["Id"]: from_csv(name, row) for row in rows}
    assert got == normal_records(reading.org, name, deleted=True)
    assert len(rows) == len(got)


def test_deleted_records_are_iterated_over_too(reading: Stage):
    pages = reading.client().query_all_iter(
        "SELECT Id, IsDeleted FROM Task",
        include_deleted=True,
        headers={"Sforce-Query-Options": "batchSize=200"},
    )
    got = {record["Id"]: record["IsDeleted"] for record in pages}
    assert got == {record["Id"]: record["IsDeleted"] for record in reading.org.records("Task")}
    assert any(got.values()), "no task of this org is deleted: nothing was shown"


def test_values_in_json_look_like_salesforces(reading: Stage):
    number = reading.client().Lead.create(
        {
            "LastName": 'D\'Arc "J"\\\n',
            "Company": "Zoë & Söhne",
            "AnnualRevenue": 50000000,
            "NumberOfEmployees": 12,
            "Website_Visits__c": 3,
            "City": "Reno",
        }
    )["id"]
    try:
        text = reading.query(
            "SELECT AnnualRevenue, NumberOfEmployees, Website_Visits__c, CreatedDate, IsDeleted, Phone, Address, "
            f"LastName FROM Lead WHERE Id = '{number}'"
        ).text
        assert (
            '"AnnualRevenue":5.0E7,"NumberOfEmployees":12,"Website_Visits__c":3.0,'
            '"CreatedDate":"2026-10-01T12:00:00.000+0000","IsDeleted":false,"Phone":null,'
            '"Address":{"city":"Reno","country":null,"geocodeAccuracy":null,"latitude":null,"longitude":null,'
            '"postalCode":null,"state":null,"street":null},'
        ) in text
        record = json.loads(text)["records"][0]
        assert record["LastName"] == 'D\'Arc "J"\\'
        assert record["attributes"] == {"type": "Lead", "url": f"{reading.base}/sobjects/Lead/{number}"}
    finally:
        reading.store.write("Lead", number, {}, "purge", START)


def test_pages_are_as_long_as_asked_for_within_bounds(reading: Stage):
    def length(option: str, name: str = "LeadHistory") -> int:
        answer = reading.call(
            "GET",
            "query",
            params={"q": f"SELECT Id FROM {name} WHERE IsDeleted = false"},
            headers={"Sforce-Query-Options": option},
        )
        return len(answer.json()["records"])

    whole = len(normal_records(reading.org, "LeadHistory"))
    assert [length(f"batchSize={size}") for size in (1, 200, 250, 5000)] == [200, 200, 250, min(2000, whole)]
    assert whole > 250


def test_a_cursor_goes_on_from_what_was_there_at_its_beginning(stage: Stage):
    options = {"headers": {"Sforce-Query-Options": "batchSize=200"}}
    soql = "SELECT Id, Field FROM LeadHistory ORDER BY Id"
    before = stage.records("SELECT Id, Field FROM LeadHistory ORDER BY Id")
    first = stage.call("GET", "query", params={"q": soql}, **options).json()
    assert first["totalSize"] == len(before) > 200
    last = before[-1]["Id"]
    stage.store.write("LeadHistory", last, {"Field": "changed"}, "update", START + timedelta(seconds=1))
    rest = stage.get(first["nextRecordsUrl"]).json()
    assert first["records"] + rest["records"] == before[: 200 + len(rest["records"])]
    assert stage.records(f"SELECT Field FROM LeadHistory WHERE Id = '{last}'")[0]["Field"] == "changed"


def open_query(stage: Stage) -> str:
    answer = stage.call(
        "GET",
        "query",
        params={"q": "SELECT Id FROM LeadHistory"},
        headers={"Sforce-Query-Options": "batchSize=200"},
    )
    return str(answer.json()["nextRecordsUrl"])


def test_locators_expire(stage: Stage):
    refusal = (400, "INVALID_QUERY_LOCATOR")
    forgotten = open_query(stage)
    stage.clock.advance(14 * 60)
    kept = open_query(stage)
    stage.clock.advance(60)
    assert stage.error(stage.get(forgotten)) == refusal
    assert stage.get(kept).status_code == 200
    stage.clock.advance(14 * 60)
    assert stage.get(kept).status_code == 200
    stage.sign_in()
    assert stage.error(stage.get(kept)) == refusal
    for invented in ("query/nonsense", kept.replace("-200", "-999999"), kept.replace("-200", "")):
        assert stage.error(stage.get(invented)) == refusal


def test_an_eleventh_query_closes_the_first(stage: Stage):
    locators = [open_query(stage) for _ in range(11)]
    assert stage.error(stage.get(locators[0])) == (400, "INVALID_QUERY_LOCATOR")
    assert stage.get(locators[1]).status_code == 200


# What is deleted, and what comes late


def test_deleted_records_are_listed_by_the_minute(stage: Stage):
    client = stage.client()
    victims = stage.ids("IsConverted = false")[:2]
    stage.clock.advance(30)
    client.Lead.delete(victims[0])
    stage.clock.advance(60)
    client.Lead.delete(victims[1][:15])
    stage.clock.advance(3600)
    found = client.Lead.deleted(START, START + timedelta(seconds=119))
    assert found["deletedRecords"] == [{"id": victims[0], "deletedDate": "2026-10-01T12:00:30.000+0000"}]
    assert found["earliestDateAvailable"] == "2026-09-01T13:01:30.000+0000"
    found = client.Lead.deleted(START + timedelta(seconds=59), START + timedelta(minutes=2))
    assert [record["id"] for record in found["deletedRecords"]] == victims
    assert found["latestDateCovered"] == "2026-10-01T12:02:00.000+0000"


def test_what_may_still_come_to_light_is_not_called_covered(stage: Stage):
    found = stage.client().Lead.updated(START - timedelta(days=1), START + timedelta(minutes=1))
    assert found["latestDateCovered"] == "2026-10-01T11:53:00.000+0000"


def test_changed_records_are_listed(stage: Stage):
    client = stage.client()
    key = stage.ids("IsConverted = false")[0]
    stage.clock.advance(60)
    client.Lead.update(key, {"Company": "Other"})
    created = client.Lead.create({"LastName": "New", "Company": "New"})["id"]
    found = client.Lead.updated(START + timedelta(minutes=1), START + timedelta(minutes=2))
    assert found["ids"] == [key, created]


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2026-10-01T12:00:00Z", "2026-10-01T12:00:59Z", "INVALID_REPLICATION_DATE"),
        ("2026-10-01T12:00:00Z", "2026-10-01T11:00:00Z", "INVALID_REPLICATION_DATE"),
        ("2026-08-31T12:00:00Z", "2026-10-01T12:00:00Z", "INVALID_REPLICATION_DATE"),
        ("yesterday", "2026-10-01T12:00:00Z", "MISSING_ARGUMENT"),
    ],
)
def test_spans_that_make_no_sense_are_refused(reading: Stage, start: str, end: str, code: str):
    assert reading.error(reading.get("sobjects/Lead/deleted", start=start, end=end)) == (400, code)


def test_history_cannot_be_replicated(reading: Stage):
    span = {"start": "2026-09-30T12:00:00Z", "end": "2026-10-01T12:00:00Z"}
    assert reading.error(reading.get("sobjects/LeadHistory/deleted", **span))[0] == 400


def test_a_purged_record_appears_in_the_list_of_deleted_ones_only(stage: Stage):
    key = stage.ids("IsConverted = false")[0]
    stage.client().Lead.delete(key)
    assert [r["Id"] for r in stage.records(f"SELECT Id FROM Lead WHERE Id = '{key}'", "queryAll")] == [key]
    stage.clock.advance(600)
    stage.store.write("Lead", key, {}, "purge", stage.clock.now())
    assert stage.records(f"SELECT Id FROM Lead WHERE Id = '{key}'", "queryAll") == []
    [found] = stage.client().Lead.deleted(START, START + timedelta(minutes=5))["deletedRecords"]
    assert found == {"id": key, "deletedDate": "2026-10-01T12:00:00.000+0000"}
    [truth] = [row for row in stage.store.truth("Lead") if row["id"] == key]
    assert (truth["is_deleted"], truth["system_modstamp"]) == ("true", "2026-10-01T12:00:00.000Z")


def test_changes_come_late_and_never_twice(stage: Stage):
    until = START + timedelta(hours=24)
    changes = [
        change
        for change in type(stage.org)(7, START, leads=60, accounts=10).changes(START, until)
        if change.object_name == "Lead"
    ]
    late = next(change for change in changes if change.visible_at > change.at)
    stamp = late.at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    def is_visible() -> bool:
        soql = f"SELECT Id FROM Lead WHERE Id = '{late.record_id}' AND SystemModstamp = {stamp.replace('+0000', 'Z')}"
        return bool(stage.records(soql, "queryAll"))

    stage.site.advance((late.visible_at - START).total_seconds() - 1)
    stage.sign_in()
    assert not is_visible()
    stage.site.advance(1)
    assert is_visible()


def test_as_time_goes_on_the_org_changes_and_all_of_it_can_be_read(stage: Stage):
    for _ in range(12):
        stage.site.advance(6 * 3600)
    stage.sign_in()
    truth = {row["id"]: row for row in stage.store.truth("Lead")}
    rows = stage.records(f"SELECT {', '.join(STORED['Lead'])} FROM Lead", "queryAll")
    read = {
        row["Id"]: {raw_name(name): value for name, value in from_json("Lead", row).items()} for row in rows
    }
    unread = {key: row for key, row in truth.items() if key not in read}
    assert read == {key: row for key, row in truth.items() if key in read}
    assert all(row["is_deleted"] == "true" for row in unread.values())
    since = (START - timedelta(days=20)).isoformat()
    listed = stage.get("sobjects/Lead/deleted", start=since, end=stage.clock.now().isoformat())
    assert set(unread) <= {record["id"] for record in listed.json()["deletedRecords"]}
    assert {row["system_modstamp"] for row in truth.values()} != {
        row["SystemModstamp"] for row in normal_records(stage.org, "Lead", deleted=True).values()
    }


# What was served


def test_what_was_served_is_known_version_by_version(stage: Stage):
    key = stage.ids("IsConverted = false")[0]
    query = f"SELECT Id, Company FROM Lead WHERE Id = '{key}'"
    seen = set(stage.ids("Id != null"))
    assert {served[0] for served in stage.store.served("Lead")} == seen
    first = stage.records(query)[0]["Company"]
    stage.clock.advance(5)
    stage.client().Lead.update(key, {"Company": "Second"})
    assert len([served for served in stage.store.served("Lead") if served[0] == key]) == 1
    stage.faults.switch(["truncated"], rate=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        stage.query(query)
    assert len([served for served in stage.store.served("Lead") if served[0] == key]) == 1
    stage.faults.off()
    stage.query(query)
    companies = {
        served[1]: row["company"] for served, row in stage.store.served("Lead").items() if served[0] == key
    }
    assert companies[max(companies)] == "Second"
    assert companies[min(companies)] == first


# Writing


def test_a_record_is_created_changed_retrieved_and_deleted(stage: Stage):
    client = stage.client()
    stage.clock.advance(1.5)
    created = client.Lead.create({"FirstName": "Ann", "LastName": "Bee", "company": "Hive"})
    key = created["id"]
    assert created == {"id": key, "success": True, "errors": []}
    assert key.startswith("00Q") and long_id(key[:15]) == key
    stage.clock.advance(10)
    assert client.Lead.update(key[:15], {"LastName": "Wasp", "Website_Visits__c": "7"}) == 204
    record = client.Lead.get(key[:15])
    assert record["Name"] == "Ann Wasp"
    assert record["Website_Visits__c"] == 7.0
    assert record["Status"] == "New"
    assert record["CreatedDate"] == "2026-10-01T12:00:01.000+0000"
    assert record["SystemModstamp"] == record["LastModifiedDate"] == "2026-10-01T12:00:11.000+0000"
    assert record["OwnerId"] in normal_records(stage.org, "User")
    assert stage.get(f"sobjects/Lead/{key}", fields="Name,company").json().keys() == {
        "attributes",
        "Name",
        "Company",
    }
    assert client.Lead.delete(key) == 204
    with pytest.raises(SalesforceResourceNotFound, match="ENTITY_IS_DELETED"):
        client.Lead.get(key)
    [deleted] = stage.records(f"SELECT IsDeleted FROM Lead WHERE Id = '{key}'", "queryAll")
    assert deleted["IsDeleted"] is True


def test_records_are_upserted_by_external_id(stage: Stage):
    client, path = stage.client(), "Brightwheel_School_UUID__c/a%2Fb"
    assert client.Lead.upsert(path, {"LastName": "One", "Company": "C"}) == 201
    assert client.Lead.upsert(path, {"LastName": "Two"}) == 200
    record = client.Lead.get_by_custom_id("Brightwheel_School_UUID__c", "a/b")
    assert (record["LastName"], record["Brightwheel_School_UUID__c"]) == ("Two", "a/b")
    with pytest.raises(SalesforceMalformedRequest, match="DUPLICATE_VALUE"):
        client.Lead.create({"LastName": "X", "Company": "C", "Brightwheel_School_UUID__c": "a/b"})
    with pytest.raises(SalesforceMalformedRequest, match="should not be specified"):
        client.Lead.upsert(path, {"Brightwheel_School_UUID__c": "a/b"})
    with pytest.raises(SalesforceResourceNotFound):
        client.Lead.upsert("Company/x", {"LastName": "One"})


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({"FirstName": "A"}, "REQUIRED_FIELD_MISSING", ["LastName", "Company"]),
        ({"Nonsense": 1}, "INVALID_FIELD", None),
        ({"CreatedDate": "2026-01-01T00:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["CreatedDate"]),
        ({"FirstName": "x" * 41}, "STRING_TOO_LONG", ["FirstName"]),
        ({"Email": "nobody"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
        ({"NumberOfEmployees": "many"}, "INVALID_TYPE_ON_FIELD_IN_RECORD", ["NumberOfEmployees"]),
        ({"NumberOfEmployees": 1.5}, "INVALID_TYPE_ON_FIELD_IN_RECORD", ["NumberOfEmployees"]),
        ({"Website_Visits__c": "NaN"}, "INVALID_TYPE_ON_FIELD_IN_RECORD", ["Website_Visits__c"]),
        ({"OwnerId": "me"}, "MALFORMED_ID", ["OwnerId"]),
        ({"OwnerId": "005000000000000AAA"}, "INVALID_CROSS_REFERENCE_KEY", ["OwnerId"]),
    ],
)
def test_values_that_do_not_fit_are_refused(
    reading: Stage, values: dict[str, Any], code: str, fields: list[str]
):
    complete = {"LastName": "A", "Company": "B", **values} if code != "REQUIRED_FIELD_MISSING" else values
    answer = reading.post("sobjects/Lead", json=complete)
    assert reading.error(answer) == (400, code)
    assert answer.json()[0].get("fields") == fields


def test_bodies_and_ids_that_make_no_sense_are_refused(reading: Stage):
    assert reading.error(reading.post("sobjects/Lead", data="{")) == (400, "JSON_PARSER_ERROR")
    assert reading.error(reading.post("sobjects/Lead", data="[]")) == (400, "JSON_PARSER_ERROR")
    assert reading.error(reading.post("sobjects/LeadHistory", json={}))[0] == 400
    for key in ("00Q000000000000", "nonsense"):
        assert reading.error(reading.get(f"sobjects/Lead/{key}")) == (404, "NOT_FOUND")
        assert reading.error(reading.call("PATCH", f"sobjects/Lead/{key}", json={})) == (404, "NOT_FOUND")


# Collections


def lead(number: int, **values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Lead"}, "LastName": f"L{number}", "Company": "C", **values}


def test_a_collection_is_upserted_record_by_record(stage: Stage):
    url = "composite/sobjects/Lead/Brightwheel_School_UUID__c"
    records = [lead(n, Brightwheel_School_UUID__c=f"u{n}") for n in range(3)]
    first = stage.call("PATCH", url, json={"records": records}).json()
    assert [(result["success"], result["created"]) for result in first] == [(True, True)] * 3
    records = [
        {"attributes": {"type": "Lead"}, "Brightwheel_School_UUID__c": "u1", "Company": "Changed"},
        lead(9, Brightwheel_School_UUID__c="u9", Email="nobody"),
        lead(8),
        lead(7, Brightwheel_School_UUID__c="u9"),
    ]
    second = stage.call("PATCH", url, json={"allOrNone": False, "records": records}).json()
    assert second[0] == {"id": first[1]["id"], "success": True, "errors": [], "created": False}
    assert second[1] == {
        "success": False,
        "errors": [
            {
                "statusCode": "INVALID_EMAIL_ADDRESS",
                "message": "Email: invalid email address: nobody",
                "fields": ["Email"],
            }
        ],
    }
    assert second[2]["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
    assert second[3]["created"] is True
    assert stage.ids("Company = 'Changed'") == [first[1]["id"]]


def test_all_or_none(stage: Stage):
    before = stage.ids("Id != null")
    order = {"allOrNone": True, "records": [lead(1), lead(2, Email="nobody"), lead(3)]}
    results = stage.post("composite/sobjects", json=order).json()
    codes = [result["errors"][0]["statusCode"] for result in results]
    rolled_back = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert codes == [rolled_back, "INVALID_EMAIL_ADDRESS", rolled_back]
    assert stage.ids("Id != null") == before


def test_a_collection_is_created_updated_retrieved_and_deleted(stage: Stage):
    created = stage.post("composite/sobjects", json={"records": [lead(n) for n in range(200)]}).json()
    keys = [result["id"] for result in created]
    assert len(set(keys)) == 200
    changes = [{"attributes": {"type": "Lead"}, "Id": keys[0], "City": "Reno"}, {"Id": keys[1]}]
    updated = stage.call("PATCH", "composite/sobjects", json={"records": changes}).json()
    assert [result["success"] for result in updated] == [True, False]
    found = stage.get("composite/sobjects/Lead", ids=f"{keys[0]},00Q000000000000AAA", fields="City").json()
    assert (found[0]["City"], found[1]) == ("Reno", None)
    found = stage.post("composite/sobjects/Lead", json={"ids": keys[:2], "fields": ["LastName"]}).json()
    assert [record["LastName"] for record in found] == ["L0", "L1"]
    deleted = stage.call("DELETE", "composite/sobjects", params={"ids": f"{keys[0]},nonsense"}).json()
    assert [result["success"] for result in deleted] == [True, False]
    many = {"records": [lead(n) for n in range(201)]}
    assert stage.error(stage.post("composite/sobjects", json=many)) == (400, "EXCEEDED_ID_LIMIT")


# Limits and faults


def test_calls_are_counted_and_the_day_has_its_limit():
    with salesforce_stage(limits=Limits(daily_calls=3), leads=10, accounts=2) as stage:
        usage = [stage.get("limits").headers["Sforce-Limit-Info"] for _ in range(2)]
        assert usage == ["api-usage=1/3", "api-usage=2/3"]
        assert stage.get("limits").json()["DailyApiRequests"] == {"Max": 3, "Remaining": 0}
        refused = stage.get("limits")
        assert stage.error(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
        assert refused.headers["Sforce-Limit-Info"] == "api-usage=3/3"
        stage.clock.advance(24 * 3600)
        stage.sign_in()
        assert stage.get("limits").headers["Sforce-Limit-Info"] == "api-usage=1/3"


def test_fault_session_expired(stage: Stage):
    stage.faults.switch(["session_expired"], rate=1)
    assert stage.error(stage.get("limits")) == (401, "INVALID_SESSION_ID")
    stage.faults.off()
    assert stage.error(stage.get("limits")) == (401, "INVALID_SESSION_ID")
    stage.sign_in()
    assert stage.get("limits").status_code == 200


def test_simple_salesforce_signs_in_again_when_its_session_expires(signing: Stage, key: str):
    client = Salesforce(session=signing.redirected(), **sign_ins(signing, key)["client credentials"])
    first = client.session_id
    signing.site._sessions.end(first)
    assert client.query("SELECT COUNT() FROM Lead")["totalSize"]
    assert client.session_id != first


def test_fault_locator_expired(stage: Stage):
    locator = open_query(stage)
    stage.faults.switch(["locator_expired"], rate=1)
    assert stage.error(stage.get(locator)) == (400, "INVALID_QUERY_LOCATOR")
    stage.faults.off()
    assert stage.error(stage.get(locator)) == (400, "INVALID_QUERY_LOCATOR")


def test_fault_query_timeout(stage: Stage):
    stage.faults.switch(["query_timeout"], rate=1)
    assert stage.error(stage.query("SELECT Id FROM Lead")) == (400, "QUERY_TIMEOUT")


def test_fault_quota(stage: Stage):
    stage.faults.switch(["quota"], rate=1)
    refused = stage.get("limits")
    assert stage.error(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert refused.headers["Sforce-Limit-Info"] == "api-usage=100000/100000"
    stage.faults.off()
    assert stage.get("limits").status_code == 200


def test_fault_concurrent_limit(stage: Stage):
    stage.faults.switch(["concurrent_limit"], rate=1)
    refused = stage.get("limits")
    assert stage.error(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert "ConcurrentRequests" in refused.text


def test_fault_lock(stage: Stage):
    key = stage.ids("IsConverted = false")[0]
    stage.faults.switch(["lock"], rate=1)
    refused = stage.call("PATCH", f"sobjects/Lead/{key}", json={"City": "Reno"})
    assert stage.error(refused) == (400, "UNABLE_TO_LOCK_ROW")
    [result] = stage.post("composite/sobjects", json={"records": [lead(1)]}).json()
    assert result["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"


def test_fault_hidden_field(stage: Stage):
    stage.faults.switch(["hidden_field"], seed=5)
    hidden = stage.site.catalogue.hidden_field("Lead")
    assert hidden is not None
    shown = [field["name"] for field in stage.client().Lead.describe()["fields"]]
    assert set(OBJECTS["Lead"].field_names) - set(shown) == {hidden}
    assert stage.error(stage.query(f"SELECT Id, {hidden} FROM Lead")) == (400, "INVALID_FIELD")
    assert hidden not in stage.get(f"sobjects/Lead/{stage.ids('Id != null')[0]}").json()
    others = set()
    for seed in range(20):
        stage.faults.switch(["hidden_field"], seed=seed)
        others.add(stage.site.catalogue.hidden_field("Lead"))
    assert len(others) > 5
    stage.faults.off()
    assert stage.query(f"SELECT Id, {hidden} FROM Lead").status_code == 200


def test_many_read_while_others_write(stage: Stage):
    keys = stage.ids("IsConverted = false")
    whole = stage.query("SELECT COUNT() FROM Lead").json()["totalSize"]
    wrong: list[object] = []

    def read(number: int) -> None:
        session = stage.redirected()
        session.headers["Authorization"] = f"Bearer {stage.token}"
        for _ in range(15):
            answer = session.get(
                f"{stage.server.url}{stage.base}/query?q=SELECT Id, Company FROM Lead", timeout=20
            )
            if answer.status_code != 200 or answer.json()["totalSize"] != whole:
                wrong.append(answer.text)

    def write(number: int) -> None:
        session = stage.redirected()
        session.headers["Authorization"] = f"Bearer {stage.token}"
        for turn in range(15):
            url = f"{stage.server.url}{stage.base}/sobjects/Lead/{keys[number]}"
            answer = session.patch(url, json={"Company": f"{number} {turn}"}, timeout=20)
            if answer.status_code != 204:
                wrong.append(answer.text)

    threads = [Thread(target=work, args=(number,)) for number in range(4) for work in (read, write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert set(stage.ids("Company LIKE '% 14'")) == set(keys[:4])


def test_a_person_lets_a_day_pass(stage: Stage):
    answer = stage.post("/simulator/clock", json={"advance": 86400}).json()
    assert answer["time"] == "2026-10-02T12:00:00+00:00"
    assert answer["changes"]["salesforce"] > 100
    state = stage.get("/simulator").json()["salesforce"]
    assert state["records"]["Lead"] > 0
    assert state["deleted"]["Task"] > 0


# Clients and forms


def test_jsforce_reads_and_writes(stage: Stage):
    node = shutil.which("node")
    modules = [os.environ.get("LEADHOUSE_NODE_MODULES"), *os.environ.get("NODE_PATH", "").split(os.pathsep)]
    found = next((path for path in modules if path and (Path(path) / "jsforce").is_dir()), None)
    if not node or not found:
        pytest.skip("needs node, and jsforce in a folder named by LEADHOUSE_NODE_MODULES or NODE_PATH")
    known = stage.site.credentials
    run = subprocess.run(
        [
            node,
            Path(__file__).with_name("read_with_jsforce.cjs"),
            stage.server.url,
            known.username,
            known.password + known.security_token,
        ],
        env={**os.environ, "NODE_PATH": found, "NODE_EXTRA_CA_CERTS": str(stage.server.ca_file)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    live = normal_records(stage.org, "Lead")
    every = normal_records(stage.org, "Lead", deleted=True)
    assert result["fields"] == len(OBJECTS["Lead"].fields)
    assert result["identity"]["user_id"] == result["user"]["id"]
    names = {key: record["Name"] for key, record in live.items()}
    assert {record["Id"]: record["Name"] for record in result["queried"]["records"]} == names
    assert {record["Id"]: record["Name"] for record in result["bulk"]} == names
    assert {record["Id"] for record in result["bulkWithDeleted"]} == set(every)
    assert {record["Id"] for record in result["deleted"]["records"]} == set(every) - set(live)
    assert [entry["success"] for entry in result["created"]] == [True, False]
    assert result["upserted"]["created"] is True
    assert [len(result["loaded"][kind]) for kind in ("successfulResults", "failedResults")] == [1, 1]
    assert result["retrieved"]["Company"] == "Changed"
    assert result["destroyed"]["success"] is True


@pytest.mark.parametrize(
    ("number", "text", "plain"),
    [
        (0, "0.0", "0"),
        (12, "12.0", "12"),
        (-0.5, "-0.5", "-0.5"),
        (0.001, "0.001", "0.001"),
        (0.0009999, "9.999E-4", "0.0009999"),
        (9999999.99, "9999999.99", "9999999.99"),
        (1e7, "1.0E7", "10000000"),
        (16147805824397, "1.6147805824397E13", "16147805824397"),
        (-115056052.5, "-1.150560525E8", "-115056052.5"),
    ],
)
def test_doubles_are_written_as_java_does(number: float, text: str, plain: str):
    assert double_text(number) == text
    assert plain_decimal(text) == plain


def test_ids_of_15_characters_are_completed():
    assert long_id("001D000000IRFmaIAH") == "001D000000IRFmaIAH"
    assert long_id("001D000000IRFma") == "001D000000IRFmaIAH"
    assert long_id("001D000000IRFm") is None
    assert long_id("001D000000IRFm'") is None


def test_names_of_raw_columns():
    assert raw_name("SystemModstamp") == "system_modstamp"
    assert raw_name("Website_Visits__c") == "website_visits_c"
    assert raw_name("OpportunityFieldHistory") == "opportunity_field_history"


def test_times_may_have_any_zone(reading: Stage):
    since = datetime(2026, 9, 20, tzinfo=UTC)
    expected = {
        key
        for key, record in normal_records(reading.org, "Lead").items()
        if (record["SystemModstamp"] or "") >= "2026-09-20T00:00:00.000Z"
    }
    for text in ("2026-09-20T00:00:00Z", "2026-09-20T02:00:00+02:00", "2026-09-19T17:00:00.000-0700"):
        assert set(reading.ids(f"SystemModstamp >= {text}")) == expected
    assert since and expected
