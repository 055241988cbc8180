"""The Salesforce stand-in: sign-in, the versions of the API, and which request goes where."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.org import OBJECTS, Org
from leadhouse.simulator.crm.salesforce.bulk_ingest import IngestJobs
from leadhouse.simulator.crm.salesforce.bulk_query import QueryJobs
from leadhouse.simulator.crm.salesforce.context import Call, Context
from leadhouse.simulator.crm.salesforce.describe import Catalogue
from leadhouse.simulator.crm.salesforce.errors import SalesforceError, not_found
from leadhouse.simulator.crm.salesforce.limits import Limits, Usage
from leadhouse.simulator.crm.salesforce.queries import Queries
from leadhouse.simulator.crm.salesforce.records import Records
from leadhouse.simulator.crm.salesforce.resources import Resources
from leadhouse.simulator.crm.salesforce.sign_in import Credentials, Sessions, SignIn, bearer, check_session
from leadhouse.simulator.crm.salesforce.store import PURGED, Store
from leadhouse.simulator.crm.server import Request, Response

FIRST_VERSION, LAST_VERSION = 31, 66
_SEASONS = ("Spring", "Summer", "Winter")


class SalesforceSite:
    """A Salesforce org behind its API; belongs below ``/services`` and ``/id``.

    Args:
        clock: the time.
        faults: what goes wrong.
        org: the records to begin with, and what happens to them.
        credentials: who may sign in.
        limits: the org's.
        folder: where scratch files are to lie; with the system's other temporary files where none is named.
        objects: the ones that have records; the others stay empty.

    Attributes:
        store: the records, with what is true and what was served.
        catalogue: objects and fields, as the user may see them.
        credentials: who may sign in.
    """

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        org: Org,
        *,
        credentials: Credentials | None = None,
        limits: Limits | None = None,
        folder: Path | None = None,
        objects: Collection[str] = tuple(OBJECTS),
    ) -> None:
        self.credentials = credentials or Credentials()
        self.store = Store(OBJECTS.values(), folder)
        self.catalogue = Catalogue(OBJECTS, faults)
        self._org = org
        self._clock = clock
        self._faults = faults
        self._limits = limits or Limits()
        self._objects = frozenset(objects)
        for name in self._objects:
            self.store.load(name, org.records(name))
        self._caught_up = org.start
        self._catching_up = Lock()
        self.catch_up()
        user_id = self.store.smallest_id("User") or ""
        context = Context(clock, faults, self._limits, self.catalogue, self.store, user_id)
        self._sessions = Sessions(self._limits)
        self._sign_in = SignIn(self.credentials, self._sessions, user_id)
        self._usage = Usage(self._limits, faults)
        records = Records(context)
        self._queries = Queries(context)
        self._query_jobs = QueryJobs(context)
        self._ingest_jobs = IngestJobs(context, records)
        resources = Resources(context, records)
        self._resources_by_path: dict[str, Callable[[Call], Response]] = {
            "composite/sobjects": resources.answer_collection,
            "jobs/ingest": self._ingest_jobs.answer,
            "jobs/query": self._query_jobs.answer,
            "limits": self._limits_resource,
            "query": self._queries.answer,
            "queryAll": self._queries.answer,
            "sobjects": resources.answer,
        }

    def close(self) -> None:
        """Remove the scratch files."""
        self.store.close()

    def advance(self, seconds: float) -> int:
        """Put the clock forward, and let happen what happens meanwhile; returns the number of changes."""
        self._clock.advance(seconds)
        return self.catch_up()

    def catch_up(self) -> int:
        """Let everything happen that was to be seen by the clock's time; returns the number of changes."""
        with self._catching_up:
            since, self._caught_up = self._caught_up, self._clock.now()
            changes = self._org.changes(since, self._caught_up)
            return self.store.apply(change for change in changes if change.object_name in self._objects)

    def state(self) -> dict[str, Any]:
        """Records by object, API calls, open queries and jobs."""
        now = self._clock.now()
        return {
            "records": {name: self.store.count(name) for name in OBJECTS},
            "deleted": {name: self.store.count(name, "_state > 1", most=PURGED) for name in OBJECTS},
            "api_calls": {"used": self._usage.used(now), "of": self._limits.daily_calls},
            "open_queries": self._queries.open_count,
            "bulk_jobs": {
                "query": self._query_jobs.created_count(now),
                "ingest": self._ingest_jobs.created_count(now),
            },
        }

    # Requests

    def answer(self, request: Request) -> Response:
        """The answer to one request."""
        now = self._clock.now()
        parts = tuple(part for part in request.path.split("/") if part)
        try:
            return self._route(request, parts, now)
        except SalesforceError as error:
            return error.response()

    def _route(self, request: Request, parts: tuple[str, ...], now: datetime) -> Response:
        match parts:
            case ("services", "oauth2", "token"):
                return self._sign_in.token(request, now)
            case ("services", "oauth2", "revoke"):
                return self._sign_in.revoke(request)
            case ("services", "oauth2", "userinfo") | ("id", _, _):
                return self._sign_in.user_info(request, now)
            case ("services", "Soap", "u", version, *_) if _is_version(version):
                return self._sign_in.soap(request, version, now)
            case ("services", "data"):
                return Response.json(_versions())
            case ("services", "data", version, *rest) if version[:1] == "v" and _is_version(version[1:]):
                return self._api(request, version[1:], tuple(rest), now)
        raise not_found()

    def _api(self, request: Request, version: str, parts: tuple[str, ...], now: datetime) -> Response:
        if len(request.target) > self._limits.url_characters:
            return Response(414, b"<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>", {}, "text/html")
        if self._faults.strikes("session_expired"):
            self._sessions.end(bearer(request))
        token = check_session(request, self._sessions, now)
        try:
            response = self._counted(Call(request, version, parts, token, now))
        except SalesforceError as error:
            response = error.response()
        response.headers |= self._usage.header(now)
        return response

    def _counted(self, call: Call) -> Response:
        if not self._usage.count(call.now):
            raise SalesforceError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)
        if self._faults.strikes("concurrent_limit"):
            message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
            raise SalesforceError("REQUEST_LIMIT_EXCEEDED", message, 403)
        if not call.parts:
            return Response.json({name: f"{call.base}/{name}" for name in self._resources_by_path})
        answer = self._resources_by_path.get("/".join(call.parts[:2])) or self._resources_by_path.get(
            call.parts[0]
        )
        if answer is None:
            raise not_found()
        return answer(call)

    def _limits_resource(self, call: Call) -> Response:
        call.allow("GET")
        return Response.json(self._usage.resource(call.now, self._query_jobs.created_count(call.now)))


def _is_version(text: str) -> bool:
    whole, _, rest = text.partition(".")
    return whole.isdigit() and rest == "0" and FIRST_VERSION <= int(whole) <= LAST_VERSION


def _versions() -> list[dict[str, str]]:
    """``/services/data``; a version comes out three times a year."""
    listed = []
    for number in range(FIRST_VERSION, LAST_VERSION + 1):
        year = 15 + (number - 33) // 3 + (number % 3 == 2)
        label = f"{_SEASONS[number % 3]} '{year}"
        listed.append({"label": label, "url": f"/services/data/v{number}.0", "version": f"{number}.0"})
    return listed
