"""Calls to Pipedrive: pages of lists, what they cost, and what its refusals mean."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

from extract.api.pipedrive.allowance import Allowance
from extract.api.pipedrive.resources import EndPoint, Paging
from extract.api.session import ApiError, QuotaReached, Retry, Session, Usage
from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError

Item = dict[str, Any]
"""One object as an answer shows it."""

TOKEN = re.compile(r"[\x21-\x7e]+")
LONGEST_REASON = 200


class Client:
    """A company's Pipedrive.

    Args:
        settings: where it is, the token, how far to go.

    Attributes:
        host: the company's host.
        usage: calls and tokens so far.
        allowance: how much more may be asked for.
        session: what the calls go through.

    Raises:
        LeadhouseError: the address or the token is not set, or is none.
    """

    def __init__(self, settings: Settings) -> None:
        pipedrive = settings.pipedrive
        missing = [
            name
            for name, value in (
                ("PIPEDRIVE_URL", pipedrive.url),
                ("PIPEDRIVE_API_TOKEN", pipedrive.api_token),
            )
            if not value
        ]
        if missing:
            raise LeadhouseError(
                f"{' and '.join(missing)} not set; they hold the company's address, https://COMPANY.pipedrive.com,"
                " and a user's API token (Personal preferences → API)"
            )
        if not TOKEN.fullmatch(pipedrive.api_token or ""):
            raise LeadhouseError("PIPEDRIVE_API_TOKEN holds blanks or other characters that no token has")
        self.host = _host(pipedrive.url or "")
        self.usage = Usage()
        self.allowance = Allowance(pipedrive.budget_share, self.host)
        self.session = Session(
            "Pipedrive", settings.http, self._judge, pace=self.allowance.wait, usage=self.usage
        )
        self.session.headers["x-api-token"] = pipedrive.api_token or ""
        self._base_url = f"https://{self.host}"

    def now(self) -> datetime:
        """The server's time, as of its last answer; UTC."""
        return self.session.server_time or datetime.now(UTC)

    def one(self, end_point: EndPoint) -> Item:
        """The object that an end point shows.

        Raises:
            ApiError: it cannot be read.
        """
        response = self.session.get(self._base_url + end_point.path)
        self.usage.tokens += end_point.cost
        item = response.json()["data"]
        if not isinstance(item, dict):
            raise self._refused(response, NOT_PIPEDRIVE)
        return item

    def items(self, end_point: EndPoint, parameters: Mapping[str, str] | None = None) -> Iterator[Item]:
        """All objects of a list; as `pages`."""
        for page in self.pages(end_point, parameters):
            yield from page

    def pages(self, end_point: EndPoint, parameters: Mapping[str, str] | None = None) -> Iterator[list[Item]]:
        """The pages of a list, empty ones too.

        Args:
            end_point: the list.
            parameters: besides the end point's own.

        Raises:
            ApiError: it cannot be read, or its pages go round in circles.
        """
        asked: dict[str, Any] = {**end_point.parameters, **(parameters or {})}
        if end_point.paging:
            asked["limit"] = str(end_point.limit)
        # Without hooks of ours the client would take the judging of answers out of the session's hands.
        pages: Iterator[Any] = self._client.paginate(
            end_point.path, params=asked, paginator=_paginator(end_point.paging), hooks={"response": []}
        )
        seen: set[object] = set()
        for page in pages:
            self.usage.tokens += end_point.cost
            marks = {self._next(page, end_point)}
            marks |= {hashlib.sha256(json.dumps(page).encode()).hexdigest()} if page else set()
            if marks & seen:
                raise ApiError(
                    f"Pipedrive at {self.host}: {end_point.path} gave the same page a second time; what was landed"
                    " stays, run it again later",
                    "REPEATED_PAGE",
                )
            seen |= marks - {None}
            if not all(isinstance(item, dict) for item in page):
                raise ApiError(
                    f"Pipedrive at {self.host}: {end_point.path} lists what are no records; run it again later",
                    "BAD_ANSWER",
                )
            yield list(page)

    @cached_property
    def _client(self) -> Any:
        from dlt.sources.helpers.rest_client.client import RESTClient  # noqa: PLC0415 - dlt takes seconds to import

        return RESTClient(self._base_url, session=self.session, data_selector="data")

    def _next(self, page: Any, end_point: EndPoint) -> str | None:
        """Where the next page begins; ``None`` after the last one."""
        if end_point.paging and (marker := page.request.params.get(end_point.paging.parameter)) is not None:
            return str(marker)
        additional = page.response.json().get("additional_data") or {}
        if (additional.get("pagination") or additional).get("more_items_in_collection"):
            raise ApiError(
                f"Pipedrive at {self.host}: {end_point.path} has more pages, and does not say where they begin",
                "UNKNOWN_PAGING",
            )
        return None

    def _judge(self, response: requests.Response) -> None:
        self.allowance.note(response.headers)
        status = response.status_code
        if status == HTTPStatus.OK:
            try:
                answer = response.json()
            except requests.exceptions.JSONDecodeError:
                raise Retry("the answer breaks off, or is not JSON", "BAD_ANSWER") from None
            if not isinstance(answer, dict) or "data" not in answer:
                raise self._refused(response, NOT_PIPEDRIVE)
            if answer.get("success") is False:
                raise self._refused(response, "the call failed")
        elif status == HTTPStatus.TOO_MANY_REQUESTS:
            self._judge_429(response)
        elif status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY) or (
            status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED
        ):
            raise Retry(f"the server answers {status}", f"HTTP_{status}")
        else:
            raise self._refused(response, _MEANINGS.get(status, "the call is refused"))

    def _judge_429(self, response: requests.Response) -> None:
        """The day's budget is used up, or there were too many calls in the last two seconds: the status is the same."""
        if self.allowance.is_used_up:
            raise QuotaReached(self.allowance.used_up())
        raise Retry(
            "too many calls",
            "HTTP_429",
            self.allowance.seconds_to_wait(response.headers),
            # Bursts are over in seconds. What lasts is the day's budget, whose headers are sometimes missing.
            at_end=QuotaReached(self.allowance.used_up()),
        )

    def _refused(self, response: requests.Response, meaning: str) -> ApiError:
        status = response.status_code
        path = urlsplit(response.url).path
        try:
            reason = str(response.json().get("error") or "")
        except (requests.exceptions.JSONDecodeError, AttributeError):
            # After many refused calls a gateway answers in Pipedrive's place, with a page.
            reason = ""
            if status == HTTPStatus.FORBIDDEN:
                meaning = (
                    "a gateway blocks us, for calling too often; wait some hours, and look who else calls"
                )
        token = self.session.headers["x-api-token"]
        said = " ".join(reason.replace(str(token), "…").split())[:LONGEST_REASON]
        return ApiError(
            f"Pipedrive at {self.host}, {path}: {meaning} ({status}{f': {said}' if said else ''})",
            f"HTTP_{status}",
        )


def _host(url: str) -> str:
    """Host and port of an address.

    Raises:
        LeadhouseError: it is not an https address.
    """
    parts = urlsplit(url)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = None
    if parts.scheme != "https" or not parts.hostname or port is None:
        raise LeadhouseError("PIPEDRIVE_URL is not an address such as https://COMPANY.pipedrive.com")
    return f"{parts.hostname}{port}"


NOT_PIPEDRIVE = "this is not Pipedrive's API; check PIPEDRIVE_URL"

_MEANINGS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "the API token is refused; check that PIPEDRIVE_API_TOKEN is valid, and that"
    " PIPEDRIVE_URL is its own company's",
    HTTPStatus.PAYMENT_REQUIRED: "the company's account is not open; see to its plan or payment",
    HTTPStatus.FORBIDDEN: "the token's user may not read it; check the plan and the user's permissions",
    HTTPStatus.NOT_FOUND: "there is no such thing; check that PIPEDRIVE_URL is the company's address",
    HTTPStatus.GONE: "it is gone",
}


def _paginator(paging: Paging | None) -> Any:
    from dlt.sources.helpers.rest_client.paginators import (  # noqa: PLC0415
        JSONResponseCursorPaginator,
        SinglePagePaginator,
    )

    return JSONResponseCursorPaginator(paging.marker, paging.parameter) if paging else SinglePagePaginator()
