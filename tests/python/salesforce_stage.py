"""A Salesforce stand-in on loopback with a client that has signed in, for tests."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce

from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.control import ControlSite
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.org import OBJECTS, Org
from leadhouse.simulator.crm.salesforce import Credentials, Limits, SalesforceSite
from leadhouse.simulator.crm.server import Server, Site

START = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
VERSION = "61.0"
STORED = {
    name: [field.name for field in sobject.fields if field.type != "address"]
    for name, sobject in OBJECTS.items()
}


class Stage:
    """The stand-in, its parts, and a client."""

    def __init__(self, server: Server, site: SalesforceSite, clock: Clock, faults: Faults, org: Org) -> None:
        self.server, self.site, self.clock, self.faults, self.org = server, site, clock, faults, org
        self.store = site.store
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(server.ca_file)
        self.base = f"/services/data/v{VERSION}"
        self.sign_in()

    def sign_in(self) -> str:
        """A new access token, used from now on."""
        known = self.site.credentials
        form = {"client_id": known.client_id, "client_secret": known.client_secret}
        answer = self.post("/services/oauth2/token", data={"grant_type": "client_credentials", **form})
        self.token = str(answer.json()["access_token"])
        self.session.headers["Authorization"] = f"Bearer {self.token}"
        return self.token

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request; a path that does not begin with a slash is the API's."""
        url = self.server.url + (path if path.startswith("/") else f"{self.base}/{path}")
        return self.session.request(method, url, timeout=20, **options)

    def get(self, path: str, **parameters: Any) -> requests.Response:
        """A GET with query parameters."""
        return self.call("GET", path, params=parameters)

    def post(self, path: str, **options: Any) -> requests.Response:
        """A POST."""
        return self.call("POST", path, **options)

    def query(self, soql: str) -> requests.Response:
        """The first page of a query's answer."""
        return self.get("query", q=soql)

    def records(self, soql: str, resource: str = "query") -> list[dict[str, Any]]:
        """All records of a query."""
        answer = self.get(resource, q=soql).json()
        records = list(answer["records"])
        while not answer["done"]:
            answer = self.get(answer["nextRecordsUrl"]).json()
            records += answer["records"]
        return records

    def ids(self, condition: str, name: str = "Lead") -> list[str]:
        """Ids of the records that meet a condition."""
        return [record["Id"] for record in self.records(f"SELECT Id FROM {name} WHERE {condition}")]

    def error(self, answer: requests.Response) -> tuple[int, str]:
        """Status and error code of a refusal."""
        [error] = answer.json()
        return answer.status_code, error["errorCode"]

    def client(self, **options: Any) -> Any:
        """A simple-salesforce client that holds our token."""
        return Salesforce(
            session_id=self.token,
            instance_url=self.server.url,
            session=self.session,
            version=VERSION,
            **options,
        )

    def redirected(self) -> requests.Session:
        """A session for which all of salesforce.com is the stand-in."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.server.ca_file)
        session.mount("https://", _Redirect(self.server.url))
        return session


class _Redirect(HTTPAdapter):
    def __init__(self, url: str) -> None:
        self._url = url
        super().__init__()

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        request.url = self._url + request.path_url
        return super().send(request, *arguments, **options)


@contextmanager
def salesforce_stage(
    *, limits: Limits | None = None, credentials: Credentials | None = None, frozen: bool = True, **sizes: Any
) -> Iterator[Stage]:
    """The stand-in from a small org; its clock stands still unless it is advanced."""
    org = Org(7, START, **sizes)
    clock, faults = Clock(START, frozen=frozen), Faults()
    site = SalesforceSite(clock, faults, org, limits=limits, credentials=credentials)
    sites: dict[str, Site] = {
        "/services": site,
        "/id": site,
        "/simulator": ControlSite(clock, faults, {"salesforce": site}),
    }
    try:
        with Server(sites, clock, faults) as server:
            yield Stage(server, site, clock, faults, org)
    finally:
        site.close()


def normal(value: Any) -> str | None:
    """The raw tables' normal form of an org's own value."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | float | int):
        return format(Decimal(str(value)).normalize(), "f") if value else "0"
    return str(value)


def normal_records(org: Org, name: str, *, deleted: bool = False) -> dict[str, dict[str, str | None]]:
    """The records that an org began with, by id, in normal form under the API's names."""
    return {
        record["Id"]: {field: normal(record.get(field)) for field in STORED[name]}  # type: ignore[misc]
        for record in org.records(name)
        if deleted or not record.get("IsDeleted")
    }


def from_json(name: str, record: Mapping[str, Any]) -> dict[str, str | None]:
    """The normal form of a record in REST's JSON."""
    fields = {field.name: field for field in OBJECTS[name].fields}
    shown = {}
    for key, value in record.items():
        if key in fields and fields[key].type == "datetime" and value:
            assert value.endswith("+0000")
            shown[key] = value.replace("+0000", "Z")
        elif key in fields and fields[key].type != "address":
            shown[key] = normal(value)
    return shown


def from_csv(name: str, row: Mapping[str, str]) -> dict[str, str | None]:
    """The normal form of a row of Bulk API 2.0."""
    numbers = {
        field.name for field in OBJECTS[name].fields if field.type in ("double", "currency", "percent")
    }
    if row.get("DataType") in ("Currency", "Double", "Percent"):
        numbers |= {"OldValue", "NewValue"}
    return {
        key: None if cell == "" else normal(Decimal(cell)) if key in numbers else cell
        for key, cell in row.items()
    }
