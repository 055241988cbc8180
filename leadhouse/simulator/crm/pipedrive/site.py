"""Pipedrive's API over the company's data: who may ask, how much, and what is answered."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any

from leadhouse.errors import LeadhouseError
from leadhouse.simulator.crm.clock import Clock
from leadhouse.simulator.crm.faults import Faults
from leadhouse.simulator.crm.pipedrive import company as things
from leadhouse.simulator.crm.pipedrive import deals as sales
from leadhouse.simulator.crm.pipedrive.acts import Acts
from leadhouse.simulator.crm.pipedrive.answers import Answers
from leadhouse.simulator.crm.pipedrive.company import (
    COMPANY_DOMAIN,
    COMPANY_ID,
    COMPANY_NAME,
    DAY,
    Company,
)
from leadhouse.simulator.crm.pipedrive.fields import STANDARD, Record
from leadhouse.simulator.crm.pipedrive.limits import Limits
from leadhouse.simulator.crm.pipedrive.questions import (
    DEALS,
    LISTINGS,
    BadRequest,
    Form,
    Listing,
    Place,
    Question,
    changelog_cursor,
    changelog_place,
    form,
    known,
    limit,
    question,
)
from leadhouse.simulator.crm.pipedrive.store import Store
from leadhouse.simulator.crm.pipedrive.times import v2
from leadhouse.simulator.crm.server import Request, Response

DAYS_UNTIL_GONE = 30
ARCHIVED_COST = LIST_COST_V1 = CHANGELOG_COST = 20
ONE_COST, ONE_COST_V1 = 1, 2
TOKENS_PER_SEAT = 150_000
"""Of a Premium plan: 30,000 times 5."""
BURST = 100
"""Of the same, for an API token."""
ACTS_PER_HOUR, ACTS_PER_DEAL = 20.0, 0.001
INFO = "Please check developers.pipedrive.com"
LONG_INFO = f"{INFO} for more information about Pipedrive API."
FIELD_KINDS = {f"{owner}Fields" for owner in STANDARD}
CHANGELOG_ITEM = (
    "field_key",
    "old_value",
    "new_value",
    "actor_user_id",
    "time",
    "change_source",
    "change_source_user_agent",
    "is_bulk_update_flag",
)


@dataclass(frozen=True)
class Call:
    """One end point that was asked for.

    Args:
        cost: tokens.
        answer: makes the answer.
        is_v2: which version's errors it has.
    """

    cost: int
    answer: Callable[[dict[str, str]], Response]
    is_v2: bool = True


class PipedriveSite:
    """A company at Pipedrive: its data, which change with the clock, and API v1 and v2 over them.

    Put it at both prefixes of one server: ``Server({"/api": site, "/v1": site, …}, clock, faults)``. Give clients
    ``api_token`` (header ``x-api-token``, or parameter ``api_token``) or ``access_token`` (``Authorization: Bearer``).

    The folder keeps everything: a second site over it goes on where the first stopped (its clock must not be earlier
    than ``caught_up``). The data that a new company begins with end at the clock's time. Nothing changes by itself
    after that: put the clock forward and call ``catch_up()``. What happens is the same whether time passes in one
    step or in many, unless clients ask in between: nothing happens at a time that somebody has already looked at. Some
    changes are late: they become visible up to five minutes after their ``update_time``, when the clock says so, no
    ``catch_up()`` needed. To let late ones come in and nothing else happen, put the clock forward, look, and leave
    ``catch_up()``.

    ``store.truth(table)`` gives what is true, ``store.served(table)`` what clients have seen, by raw table.

    Args:
        clock: its time is the company's.
        faults: ``daily_budget`` and ``repeated_page`` strike here.
        folder: where the data lie.
        seed: everything follows from it.
        deals: how many there are at first, about.
        activities: likewise.
        users: people who sell.
        burst: requests that are answered in any two seconds of real time.
        daily_tokens: tokens of a day, UTC by the clock; ``None``: as a Premium plan has for so many users.
        acts_per_hour: how often somebody in the company does something; ``None``: in an hour a thousandth of the
            deals change or so, but at least twenty things happen.
        timer: seconds of real time.

    Raises:
        LeadhouseError: the folder holds another company.
    """

    def __init__(
        self,
        clock: Clock,
        faults: Faults,
        folder: Path,
        seed: int,
        *,
        deals: int = 2000,
        activities: int = 5000,
        users: int = 60,
        burst: int = BURST,
        daily_tokens: int | None = None,
        acts_per_hour: float | None = None,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.api_token = hashlib.sha256(f"{seed}/api token".encode()).hexdigest()[:40]
        self.access_token = f"v1:{hashlib.sha256(f'{seed}/access token'.encode()).hexdigest()}"
        self._clock, self._faults, self._lock = clock, faults, RLock()
        self.store = Store(folder)
        self._sizes = {"seed": seed, "deals": deals, "activities": activities, "users": users}
        start = self.store.fact("start")
        self._company = Company(
            seed, users, max(1, deals // 3), max(1, deals // 2), int(start or self._now())
        )
        if start is None:
            self._found(deals, activities)
        elif self.store.fact("sizes") != json.dumps(self._sizes):
            raise LeadhouseError(
                f"{folder}: holds another company ({self.store.fact('sizes')}); name a new folder"
            )
        self._answers = Answers(self.store, seed)
        tokens = TOKENS_PER_SEAT * users if daily_tokens is None else daily_tokens
        self._limits = Limits(self.store, burst, tokens, timer)
        rate = max(ACTS_PER_HOUR, ACTS_PER_DEAL * deals) if acts_per_hour is None else acts_per_hour
        self._acts = Acts(self._company, self.store, rate)
        self._spent_at: int | None = None
        self._looked_at = int(self.store.fact("looked_at") or 0)

    @property
    def caught_up(self) -> int:
        """The second since 1970 up to which everything has happened."""
        return int(self.store.fact("caught_up") or 0)

    def catch_up(self) -> int:
        """Let everything happen that was to happen up to the clock's time.

        Returns:
            How many records changed.
        """
        with self._lock:
            now = self._now()
            changed = self._acts.between(max(self.caught_up, self._looked_at), now)
            self.store.note("caught_up", now)
            self.store.publish(now)
            return changed

    def state(self) -> dict[str, Any]:
        """Records of each kind, and how much of the day is used."""
        with self._lock:
            self.store.publish(self._now())
            counts = self.store.rows("select kind, count(*) from records group by kind order by kind")
            return {
                "records": dict(counts),
                "tokens_used": self._limits.used,
                "tokens_a_day": self._limits.daily_tokens,
            }

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self.store.close()

    def answer(self, request: Request) -> Response:
        """The answer to one request."""
        with self._lock:
            self._look()
            if refused := self._stranger(request):
                return refused
            call, now, is_spent = self._call(request.path), self._clock.now(), self._is_spent()
            if refused := self._limits.refusal(call.cost, now, is_spent=is_spent):
                return refused
            response = self._answer(call, request)
            response.headers |= self._limits.headers(now, is_spent=is_spent)
            return response

    def _look(self) -> None:
        now = self._now()
        if now != self._looked_at:
            self._looked_at = now
            self.store.note("looked_at", now)
        self.store.publish(now)

    def _answer(self, call: Call, request: Request) -> Response:
        if request.method != "GET":
            return _error(405, "Method not allowed", is_v2=call.is_v2)
        try:
            return call.answer({name: values[-1] for name, values in request.query.items()})
        except BadRequest as error:
            return _error(400, str(error), is_v2=call.is_v2)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())

    def _found(self, deals: int, activities: int) -> None:
        company = self._company
        crm = sales.file_simulation(company, deals, activities)
        kinds: dict[str, Iterable[Record]] = {
            "users": things.users(company, crm),
            "activityTypes": things.activity_types(company),
            "pipelines": things.pipelines(company),
            "stages": things.stages(company),
            "products": things.products(company),
            "organizations": things.organizations(company),
            "persons": things.persons(company),
        }
        kinds |= {f"{owner}Fields": things.fields(company, owner) for owner in STANDARD}
        known: dict[int, Record] = {}
        with self.store.filling():
            for deal in sales.deals(company, crm):
                known[deal.record["id"]] = deal.record
                self.store.add_items((deal.record["id"], item) for item in deal.items)
            kinds |= {"deals": known.values(), "activities": sales.activities(company, crm, known)}
            for kind, records in kinds.items():
                self.store.add(kind, records)
        self.store.note("caught_up", company.start)
        self.store.note("sizes", json.dumps(self._sizes))
        self.store.note("start", company.start)  # the last: a folder without it is not complete

    def _is_spent(self) -> bool:
        """Whether the fault has struck since the faults were last switched."""
        if self._spent_at != self._faults.switched:
            self._spent_at = self._faults.switched if self._faults.strikes("daily_budget") else None
        return self._spent_at is not None

    def _stranger(self, request: Request) -> Response | None:
        authorization = request.headers.get("Authorization", "")
        if authorization:
            if authorization == f"Bearer {self.access_token}":
                return None
            return _refused("Invalid token: access token is invalid")
        token = request.headers.get("x-api-token") or request.parameter("api_token")
        return None if token == self.api_token else _refused("unauthorized access")

    def _call(self, path: str) -> Call:
        """The end point at a path."""
        match path.strip("/").removeprefix("api/").split("/"):
            case ["v2", *parts]:
                call = self._call_v2(parts)
            case ["v1", *parts]:
                call = self._call_v1(parts)
            case _:
                call = None
        return call or Call(0, lambda asked: _error(404, "Unknown method", is_v2=False), is_v2=False)

    def _call_v2(self, parts: list[str]) -> Call | None:
        match parts:
            case ["deals", "archived"]:
                return Call(ARCHIVED_COST, lambda asked: self._page(question(asked, DEALS, is_archived=True)))
            case [kind] if kind in LISTINGS:
                listing = LISTINGS[kind]
                return Call(listing.cost, lambda asked: self._page(question(asked, listing)))
            case [kind, number] if kind in LISTINGS and number.isdecimal():
                return Call(ONE_COST, lambda asked: self._one(LISTINGS[kind], int(number), asked))
        return None

    def _call_v1(self, parts: list[str]) -> Call | None:
        match parts:
            case ["users" | "activityTypes" as kind]:
                return Call(LIST_COST_V1, lambda asked: self._everything(kind), is_v2=False)
            case ["users", "me"]:
                return Call(ONE_COST_V1, lambda asked: self._me(), is_v2=False)
            case [kind, number] if kind in {"users", *FIELD_KINDS} and number.isdecimal():
                return Call(ONE_COST_V1, lambda asked: self._one_v1(kind, int(number)), is_v2=False)
            case [kind] if kind in FIELD_KINDS:
                return Call(LIST_COST_V1, lambda asked: self._offset_page(kind, asked), is_v2=False)
            case ["deals", number, "changelog"] if number.isdecimal():
                return Call(CHANGELOG_COST, lambda asked: self._changelog(int(number), asked), is_v2=False)
        return None

    def _page(self, asked: Question) -> Response:
        place = asked.place
        conditions = [*asked.conditions, "not (is_deleted and update_time < ?)"]
        values = [*asked.values, self._forgotten_before]
        if place.number is not None:
            conditions.append(f"({place.column}, id) {'<=' if place.descending else '>='} (?, ?)")
            values += [place.value, place.number]
        direction = "desc" if place.descending else "asc"
        rows = self.store.rows(
            f"select id, {place.column}, body from records where {' and '.join(conditions)} "
            f"order by {place.column} {direction}, id {direction} limit ?",
            (*values, asked.limit + 1),
        )
        following = rows[asked.limit :]
        if rows and self._faults.strikes("repeated_page"):
            following = rows[:1]
        cursors = [Place(place.sort, place.descending, row[1], row[0]).cursor for row in following]
        shown = [row[2] for row in rows[: asked.limit]]
        return self._list(
            asked.listing.kind, shown, asked.form, {"next_cursor": cursors[0] if cursors else None}
        )

    def _one(self, listing: Listing, number: int, parameters: dict[str, str]) -> Response:
        known(parameters, listing.form)
        wanted = form(parameters, listing)
        body = self._remembered(listing.kind, number)
        if body is None:
            return _error(404, f"There is no such record in {listing.kind}", is_v2=True)
        return self._single(listing.kind, body, self._answers.shaped(listing.kind, body, wanted))

    def _remembered(self, kind: str, number: int) -> str | None:
        """A record, unless it was deleted so long ago that Pipedrive has forgotten it."""
        body = self.store.body(kind, number)
        record: Record = json.loads(body) if body else {}
        is_gone = record.get("is_deleted") and record["update_time"] < self._forgotten_before
        return None if is_gone else body

    @property
    def _forgotten_before(self) -> str:
        return v2(self._looked_at - DAYS_UNTIL_GONE * DAY)

    def _one_v1(self, kind: str, number: int) -> Response:
        body = self.store.body(kind, number)
        return self._single(kind, body, body) if body else _error(404, "Not found", is_v2=False)

    def _everything(self, kind: str) -> Response:
        return self._list(kind, self.store.bodies(kind))

    def _me(self) -> Response:
        body = self.store.body("users", 1)
        record = json.loads(body or "{}") | {
            "company_id": COMPANY_ID,
            "company_name": COMPANY_NAME,
            "company_domain": COMPANY_DOMAIN,
            "company_country": "US",
            "company_industry": None,
            "language": {"language_code": "en", "country_code": "US"},
        }
        return Response.json({"success": True, "data": record})

    def _offset_page(self, kind: str, parameters: dict[str, str]) -> Response:
        start, most = _start(parameters), limit(parameters)
        bodies = self.store.bodies(kind)
        shown = bodies[start : start + most]
        following = start + len(shown)
        if shown and self._faults.strikes("repeated_page"):
            following = start
        pagination: Record = {
            "start": start,
            "limit": most,
            "more_items_in_collection": following < len(bodies),
        }
        if following < len(bodies):
            pagination["next_start"] = following
        return self._list(kind, shown, additional={"pagination": pagination})

    def _changelog(self, deal_id: int, parameters: dict[str, str]) -> Response:
        place, most = changelog_place(parameters), limit(parameters)
        if self._remembered("deals", deal_id) is None:
            return _error(404, "Deal not found", is_v2=False)
        rows = self.store.rows(
            f"select number, {', '.join(CHANGELOG_ITEM)} from changes where deal_id = ? and number <= ? "
            "order by number desc limit ?",
            (deal_id, 2**62 if place is None else place, most + 1),
        )
        following = rows[most:]
        if rows and self._faults.strikes("repeated_page"):
            following = rows[:1]
        items = [dict(zip(CHANGELOG_ITEM, row[1:], strict=True)) for row in rows[:most]]
        for item in items:
            item["is_bulk_update_flag"] = bool(item["is_bulk_update_flag"])
        cursor = changelog_cursor(following[0][0]) if following else None
        response = Response.json({"success": True, "data": items, "additional_data": {"next_cursor": cursor}})
        numbers = [row[0] for row in rows[:most]]
        response.delivered = partial(self._locked, self.store.mark_items_served, numbers)
        return response

    def _list(
        self, kind: str, bodies: list[str], wanted: Form | None = None, additional: Record | None = None
    ) -> Response:
        shaped = (self._answers.shaped(kind, body, wanted) for body in bodies) if wanted else bodies
        tail = f',"additional_data":{json.dumps(additional, separators=(",", ":"))}' if additional else ""
        text = f'{{"success":true,"data":[{",".join(shaped)}]{tail}}}'
        return self._delivered(kind, bodies, text)

    def _single(self, kind: str, kept: str, shown: str) -> Response:
        return self._delivered(kind, [kept], f'{{"success":true,"data":{shown}}}')

    def _delivered(self, kind: str, bodies: list[str], text: str) -> Response:
        response = Response(body=text.encode(), content_type="application/json; charset=utf-8")
        response.delivered = partial(self._locked, self.store.mark_served, kind, bodies)
        return response

    def _locked(self, note: Callable[..., None], *what: object) -> None:
        with self._lock:
            note(*what)


def _start(parameters: dict[str, str]) -> int:
    start = parameters.get("start", "0")
    if not start.isdecimal():
        raise BadRequest(f"start: '{start}' is not a valid number")
    return int(start)


def _refused(error: str) -> Response:
    return Response.json(
        {"success": False, "error": error, "errorCode": 401, "error_info": INFO}, 401, {"x-401-by-gw": "true"}
    )


def _error(status: int, error: str, *, is_v2: bool) -> Response:
    if is_v2 and status == 400:
        answer: Record = {
            "success": False,
            "error": f"Validation failed: {error}",
            "code": "ERR_SCHEMA_VALIDATION_FAILED",
        }
    else:
        answer = {
            "success": False,
            "error": error,
            "error_info": LONG_INFO,
            "data": None,
            "additional_data": None,
        }
    return Response.json(answer, status)
