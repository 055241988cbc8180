"""Calls to one organisation: simple-salesforce's client on a session that signs in, retries and counts."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import requests
from simple_salesforce.api import Salesforce

from extract.api.salesforce.errors import judge
from extract.api.salesforce.signin import SignIn, Ticket
from extract.api.salesforce.values import parse_time
from extract.api.session import ApiError, QuotaReached, Session, Usage
from extract.salesforce import OBJECTS
from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError

Record = dict[str, Any]

QUOTA_HOURS = 24
"""How long Salesforce counts a call."""


def extra_fields(settings: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The fields that SALESFORCE_EXTRA_FIELDS adds, by object.

    Raises:
        LeadhouseError: one is of an object that is not read.
    """
    objects = {sobject.name.lower(): sobject.name for sobject in OBJECTS}
    extra: dict[str, tuple[str, ...]] = {}
    for setting in settings:
        owner, _, name = setting.partition(".")
        if owner.lower() not in objects:
            raise LeadhouseError(
                f"SALESFORCE_EXTRA_FIELDS names '{setting}'; the objects that are read are"
                f" {', '.join(objects.values())}"
            )
        sobject = objects[owner.lower()]
        extra[sobject] = (*extra.get(sobject, ()), name)
    return extra


class Client:
    """One organisation.

    Args:
        settings: how to reach it.

    Raises:
        LeadhouseError: the settings are not enough to sign in, or Salesforce refuses them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings.salesforce
        self.extra_fields = extra_fields(self.settings.extra_fields)
        self.usage = Usage()
        self.calls_used: tuple[int, int] | None = None
        self.sign_in = SignIn(self.settings, settings.http, self.usage)
        ticket = self.sign_in()
        self.organisation = ticket.organisation
        self._ticket: Ticket | None = ticket
        self.session = Session(
            "Salesforce", settings.http, self._judge, self._token, self._keep_to_quota, self.usage
        )
        self._salesforce = Salesforce(
            session_id="the session has it",
            instance_url=ticket.instance_url,
            version=self.version,
            session=self.session,
            parse_float=str,
        )
        del self._salesforce.headers["X-PrettyPrint"]  # indented answers are a quarter longer

    @property
    def version(self) -> str:
        """The version of the API that is spoken."""
        return self.settings.api_version

    @property
    def now(self) -> datetime:
        """The server's clock, to the second, as of its last answer."""
        now = self.session.server_time or self.sign_in.session.server_time
        if now is None:
            raise ApiError("Salesforce: its answers bear no date; a proxy may have removed it", "NO_DATE")
        return now

    def describe(self, sobject: str) -> dict[str, Any]:
        """What an object looks like to this user."""
        return dict(self._get(f"sobjects/{sobject}/describe"))

    def query(self, soql: str) -> tuple[int, Iterator[list[Record]]]:
        """Start a query that sees deleted records too.

        Returns:
            How many records there are, and the pages that hold them; only the first is there already.
        """
        first = _page(self._salesforce.query(soql, include_deleted=True))
        return first["totalSize"], self._pages(first)

    def deleted(self, sobject: str, start: datetime, end: datetime) -> dict[str, Any]:
        """Salesforce's list of the records that were deleted in a stretch of time; it ignores seconds."""
        answer = getattr(self._salesforce, sobject).deleted(start, end)
        return dict(answer)

    def start_job(self, soql: str) -> str:
        """Start a Bulk 2.0 job for a query that sees deleted records too, and give its id."""
        body = {"operation": "queryAll", "query": soql}
        return str(self._get("jobs/query", method="POST", json=body)["id"])

    def job(self, job_id: str) -> dict[str, Any]:
        """How a Bulk job is getting on."""
        return dict(self._get(f"jobs/query/{job_id}"))

    def job_results(self, job_id: str, locator: str | None, most_rows: int) -> requests.Response:
        """One page of a Bulk job's results."""
        parameters = {"maxRecords": str(most_rows)} | ({"locator": locator} if locator else {})
        return self.session.get(
            f"{self._salesforce.bulk2_url}query/{job_id}/results",
            params=parameters,
            headers={"Accept": "text/csv"},
        )

    def _get(self, path: str, **options: Any) -> Any:
        return self._salesforce.restful(path, **options)

    def _pages(self, page: dict[str, Any]) -> Iterator[list[Record]]:
        promised, come = page["totalSize"], len(page["records"])
        yield page["records"]
        seen = set()
        while not page["done"]:
            address = page["nextRecordsUrl"]
            if address in seen:
                raise ApiError(
                    "Salesforce gives the same page of a query again and again; run it again", "REPEATED_PAGE"
                )
            seen.add(address)
            page = _page(self._salesforce.query_more(address, identifier_is_url=True))
            come += len(page["records"])
            yield page["records"]
        if come < promised:
            raise ApiError(
                f"a query gave {come:,} of the {promised:,} records that it promised; run it again later",
                "TRUNCATED",
            )

    def _token(self) -> str:
        """The token of the first sign-in; of a new one if it is not accepted any more."""
        ticket, self._ticket = self._ticket or self.sign_in(), None
        return ticket.token

    def _judge(self, response: requests.Response) -> None:
        usage = re.search(r"api-usage=(\d+)/(\d+)", response.headers.get("Sforce-Limit-Info", ""))
        if usage:
            self.calls_used = int(usage[1]), int(usage[2])
        judge(response)

    def _keep_to_quota(self) -> None:
        """Called before each call, so that what the last one gave is not lost.

        Raises:
            QuotaReached: the share of the organisation's calls that we may use is used up, by whomever.
        """
        if self.calls_used is None:
            return
        used, allowed = self.calls_used
        if used < allowed * self.settings.quota_share:
            return
        later = self.now + timedelta(hours=QUOTA_HOURS)
        raise QuotaReached(
            f"{used:,} of the {allowed:,} calls that Salesforce grants this organisation in {QUOTA_HOURS} hours are"
            f" used, and SALESFORCE_QUOTA_SHARE is {self.settings.quota_share:g}; what was landed stays. Run it again"
            f" when older calls have dropped out of the {QUOTA_HOURS} hours: some within the hour, all by"
            f" {later:%Y-%m-%d %H:%M} UTC"
        )


def _page(answer: Any) -> dict[str, Any]:
    """A page of a query's answer.

    Raises:
        ApiError: it is none, or does not lead to the next one at the same host.
    """
    if (
        isinstance(answer, dict)
        and isinstance(answer.get("totalSize"), int)
        and isinstance(answer.get("records"), list)
        and all(isinstance(record, dict) for record in answer["records"])
        and (answer.get("done") is True or str(answer.get("nextRecordsUrl", "")).startswith("/"))
    ):
        return {"done": False} | answer
    raise ApiError("what a query gave is not understood; run it again later", "BAD_ANSWER")


def records_deleted(answer: dict[str, Any]) -> list[tuple[str, datetime]]:
    """Ids and times out of what ``Client.deleted`` gives."""
    return [(row["id"], parse_time(row["deletedDate"])) for row in answer["deletedRecords"]]
