"""An organisation of a few records behind the stand-in's server, whose answers a test can see and replace."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from extract import loading, salesforce
from extract.api.extraction import TableReport, extract_api
from extract.api.salesforce import Organisation, connect
from leadhouse.config import Settings, load_settings
from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.org import OBJECTS
from leadhouse.simulator.crm.org.ids import record_id
from leadhouse.simulator.crm.salesforce import Credentials, Limits, SalesforceSite
from leadhouse.simulator.crm.server import Request, Response, Server
from leadhouse.warehouse import Connection, quote
from leadhouse.warehouse import connect as open_warehouse
from tests.python.running import environment

START = datetime(2026, 11, 2, 12, tzinfo=UTC)
LAG = timedelta(seconds=120)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

READ = {sobject.name: sobject for sobject in salesforce.OBJECTS}
"""The objects that are read, by name."""

Row = dict[str, Any]
Intercept = Callable[[Request], Response | None]


def lead_id(number: int) -> str:
    """The id of the so-manieth lead."""
    return record_id("00Q", number)


@dataclass
class Records:
    """What the stand-in's site wants to know of an org: its first records. Nothing happens by itself."""

    start: datetime
    first: dict[str, list[Row]]

    def records(self, name: str) -> Iterator[Row]:
        """The records of an object."""
        return iter(self.first.get(name, []))

    def changes(self, since: datetime, until: datetime) -> Iterator[Any]:
        """None."""
        return iter(())


@dataclass
class Wire:
    """The site, with an ear on what it is asked.

    Args:
        site: answers.
        calls: method and path with query of every request that was let in or replaced, in order.
        intercept: gives another answer to a request, or ``None``.
    """

    site: SalesforceSite
    calls: list[str] = field(default_factory=list)
    intercept: Intercept = lambda request: None

    def answer(self, request: Request) -> Response:
        """The answer to a request."""
        path = request.path.partition("/services/")[2]
        path = re.sub(r"^data/v[0-9.]+/", "", path)
        self.calls.append(" ".join([request.method, path, *(value for [value] in request.query.values())]))
        return self.intercept(request) or self.site.answer(request)


class Stand:
    """The organisation, and a warehouse that is fed from it.

    Args:
        server: serves it.
        wire: the site on the server.
        settings: of the warehouse and of the way to the organisation.
    """

    def __init__(self, server: Server, wire: Wire, settings: Settings) -> None:
        self.server, self.wire, self.settings = server, wire, settings
        self.site, self.clock, self.faults = wire.site, server.clock, server.faults

    @property
    def calls(self) -> list[str]:
        """What was asked since they were last cleared, sign-ins aside."""
        return [call for call in self.wire.calls if " oauth2/" not in call and " Soap/" not in call]

    def with_settings(self, **variables: str) -> "Stand":
        """The same organisation with further environment variables, all else as before."""
        settings = load_settings(way_to(self.server, self.site, self.settings) | variables)
        return Stand(self.server, self.wire, settings)

    def sign_in(self) -> Organisation:
        """Sign in."""
        return connect(self.settings)

    def run(self, *names: str, replace: bool = False) -> dict[str, TableReport]:
        """One extraction of these tables (all if none is named); the calls of it are counted from 0."""
        self.wire.calls.clear()
        reports = extract_api(self.settings, self.sign_in(), names, replace)
        return {report.run.table_name: report for report in reports}

    def land(self, *names: str) -> dict[str, int]:
        """One extraction in which nothing goes wrong; how many rows each table got."""
        reports = self.run(*names)
        assert {name: report.error for name, report in reports.items() if report.error} == {}
        return {name: report.run.rows_landed for name, report in reports.items()}

    def pass_time(self, time: timedelta) -> datetime:
        """Let time pass; the time then."""
        self.site.advance(time.total_seconds())
        return self.clock.now()

    def write(self, number: int, at: datetime | None = None, kind: str = "update", **texts: str) -> None:
        """Let something happen to a lead, now or at a time."""
        self.site.store.write("Lead", lead_id(number), texts, kind, at or self.clock.now())

    def raw(self, columns: str, table: str = "lead", where: str = "true") -> list[tuple[Any, ...]]:
        """Rows of a raw table, in the order in which they landed."""
        with open_warehouse(self.settings) as warehouse:
            return warehouse.execute(
                f"select {columns} from raw_salesforce.{quote(table)} where {where} order by _row_number"
            )

    def newest(self, name: str = "Lead") -> dict[str, Row]:
        """The newest version of each record in the warehouse, by id, with all declared columns."""
        sobject = READ[name]
        columns = [declared.column for declared in sobject.fields]
        rows = self.raw(", ".join(map(quote, columns)), sobject.table.name)
        rows.sort(key=lambda row: str(row[columns.index("system_modstamp")]))
        return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}

    def truth(self, name: str = "Lead") -> dict[str, Row]:
        """The same, as the organisation has it."""
        columns = [declared.column for declared in READ[name].fields]
        return {
            str(row["id"]): {column: row[column] for column in columns} for row in self.site.store.truth(name)
        }


def leads(count: int, **fields: Any) -> list[Row]:
    """Leads that came to be a minute apart, the last one an hour before the start."""
    rows = []
    for number in range(count):
        at = START - HOUR - timedelta(minutes=count - 1 - number)
        rows.append(
            {
                "Id": lead_id(number),
                "IsDeleted": False,
                "LastName": f'Böll "{number}", Jr.\nPh. D. 電',
                "Company": f"Company {number}",
                "Status": "New",
                "AnnualRevenue": number * 1_000_000 + 0.5,
                "NumberOfEmployees": number,
                "Website_Visits__c": number / 4,
                "CreatedDate": at,
                "LastModifiedDate": at,
                "SystemModstamp": at,
                **fields,
            }
        )
    return rows


@contextmanager
def standing(
    settings: Settings, limits: Limits, public_key: str | None = None, **records: list[Row]
) -> Iterator[Stand]:
    """Serve an organisation of these records, at first at a frozen time."""
    assert set(records) <= set(OBJECTS)
    clock, faults = Clock(START, frozen=True), Faults()
    site = SalesforceSite(
        clock,
        faults,
        Records(START, records),  # type: ignore[arg-type]
        credentials=Credentials(public_key=public_key),
        limits=limits,
    )
    try:
        wire = Wire(site)
        with Server({"/services": wire}, clock, faults) as server:
            yield Stand(server, wire, load_settings(way_to(server, site, settings)))
    finally:
        site.close()


def way_to(server: Server, site: SalesforceSite, settings: Settings) -> dict[str, str]:
    """Environment variables for a warehouse and for signing in by client credentials."""
    return environment(settings) | {
        "SALESFORCE_URL": server.url,
        "SALESFORCE_CLIENT_ID": site.credentials.client_id,
        "SALESFORCE_CLIENT_SECRET": site.credentials.client_secret,
        "LEADHOUSE_CA_FILE": str(server.ca_file),
        "LEADHOUSE_RETRY_SECONDS": "20",
    }


def load_at_once(settings: Settings, connection: Connection, resources: Iterable[Any]) -> str:
    """What ``extract.loading.load_incoming`` does, on DuckDB and without dlt's second or two."""
    for name, read in resources:
        connection.execute("create schema if not exists raw_incoming")
        for number, batch in enumerate(read()):
            connection.raw.register("came", batch)
            verb = "insert into" if number else "create table"
            order = "by name" if number else "as"
            connection.execute(f"{verb} raw_incoming.{name} {order} select * from came")
            connection.raw.unregister("came")
    return ""


def incoming(name: str, types: Any, read: Callable[[], Iterator[Any]], *, nullable: bool) -> Any:
    """Stands for ``extract.loading.incoming`` beside `load_at_once`."""
    return name, read


def without_dlt(patch: Callable[[Any, str, Any], None]) -> None:
    """Have rows loaded by `load_at_once`."""
    patch(loading, "load_incoming", load_at_once)
    patch(loading, "incoming", incoming)


def rest_error(code: str, status: int = 400, message: str = "because it is so") -> Response:
    """An error as the REST API words it."""
    return Response.json([{"message": message, "errorCode": code}], status)
