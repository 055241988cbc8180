"""What may be asked of each list, and what a request asks: API v2 refuses whatever it does not know."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

MOST_IDS, MOST_CUSTOM_FIELDS, MOST_ROWS, ROWS = 100, 15, 500, 100
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
STATUSES = ("open", "won", "lost", "deleted")
COLUMNS = {"id": "id", "update_time": "update_time"}
"""Sorted by a column; by anything else in the body."""

COUNTS = ("email_messages_count", "files_count", "notes_count", "followers_count")
ACTIVITY_EXTRAS = (
    "next_activity_id",
    "last_activity_id",
    "activities_count",
    "done_activities_count",
    "undone_activities_count",
)
DEAL_COUNTS = (
    "open_deals_count",
    "related_open_deals_count",
    "closed_deals_count",
    "related_closed_deals_count",
    "won_deals_count",
    "related_won_deals_count",
    "lost_deals_count",
    "related_lost_deals_count",
)
MAIL_TIMES = ("last_incoming_mail_time", "last_outgoing_mail_time")


class BadRequest(Exception):
    """A request that Pipedrive would refuse; the message says why."""


@dataclass(frozen=True)
class Listing:
    """A kind of record that can be listed and asked for one by one.

    Args:
        kind: as the path names it.
        cost: tokens of a page.
        sorts: what it may be sorted by.
        filters: parameter → SQL condition with one ``?``.
        extras: what ``include_fields`` may name.
        has_since: whether ``ids`` and ``updated_since`` are known.
        has_until: whether ``updated_until`` is known.
        has_custom: whether ``custom_fields`` is known.
        has_labels: whether ``include_option_labels`` and ``include_labels`` are known.
        has_status: whether ``status`` is known.
    """

    kind: str
    cost: int
    sorts: tuple[str, ...] = ("id", "update_time", "add_time")
    filters: Mapping[str, str] = field(default_factory=dict)
    extras: tuple[str, ...] = ()
    has_since: bool = True
    has_until: bool = True
    has_custom: bool = True
    has_labels: bool = True
    has_status: bool = False

    @property
    def form(self) -> set[str]:
        """Parameters that shape a record in the answer."""
        return (
            ({"include_fields"} if self.extras else set())
            | ({"custom_fields"} if self.has_custom else set())
            | ({"include_option_labels", "include_labels"} if self.has_labels else set())
        )

    @property
    def parameters(self) -> set[str]:
        """Everything that a list may be asked with."""
        return (
            {"limit", "cursor", "sort_by", "sort_direction", *self.filters}
            | self.form
            | ({"ids", "updated_since"} if self.has_since else set())
            | ({"updated_until"} if self.has_until else set())
            | ({"status"} if self.has_status else set())
        )


def _of(*names: str) -> dict[str, str]:
    return {name: f"json_extract(body, '$.{name}') = ?" for name in names}


DEALS = Listing(
    "deals",
    10,
    filters=_of("owner_id", "person_id", "org_id", "pipeline_id", "stage_id"),
    extras=(
        *ACTIVITY_EXTRAS,
        *COUNTS,
        *MAIL_TIMES,
        "first_won_time",
        "products_count",
        "participants_count",
        "smart_bcc_email",
        "source_lead_id",
    ),
    has_status=True,
)
LISTINGS = {
    "deals": DEALS,
    "activities": Listing(
        "activities",
        10,
        sorts=("id", "update_time", "add_time", "due_date"),
        filters=_of("owner_id", "deal_id", "lead_id", "person_id", "org_id", "done"),
        extras=("attendees",),
        has_custom=False,
        has_labels=False,
    ),
    "persons": Listing(
        "persons",
        10,
        filters={
            **_of("owner_id", "org_id"),
            "deal_id": "id = (select json_extract(deal.body, '$.person_id') from records as deal "
            "where deal.kind = 'deals' and deal.id = ?)",
        },
        extras=(
            *ACTIVITY_EXTRAS,
            *COUNTS,
            *DEAL_COUNTS,
            *MAIL_TIMES,
            "participant_open_deals_count",
            "participant_closed_deals_count",
            "marketing_status",
            "doi_status",
            "smart_bcc_email",
        ),
    ),
    "organizations": Listing(
        "organizations",
        10,
        filters=_of("owner_id"),
        extras=(*ACTIVITY_EXTRAS, *COUNTS, *DEAL_COUNTS, "people_count", "smart_bcc_email"),
    ),
    "products": Listing(
        "products",
        10,
        sorts=("id", "name", "add_time", "update_time"),
        filters=_of("owner_id"),
        has_until=False,
        has_labels=False,
    ),
    "stages": Listing(
        "stages",
        5,
        sorts=("id", "update_time", "add_time", "order_nr"),
        filters=_of("pipeline_id"),
        has_since=False,
        has_until=False,
        has_custom=False,
        has_labels=False,
    ),
    "pipelines": Listing(
        "pipelines", 5, has_since=False, has_until=False, has_custom=False, has_labels=False
    ),
}
"""By the name in the path."""


@dataclass(frozen=True)
class Form:
    """How a record is to be shown.

    Args:
        extras: what ``include_fields`` names.
        custom: keys of the custom fields wanted; ``None``: all.
        option_labels: whether chosen options come with their labels.
        labels: whether labels come with their names.
    """

    extras: tuple[str, ...] = ()
    custom: frozenset[str] | None = None
    option_labels: bool = False
    labels: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether a record is shown as it is kept."""
        return self == Form()


def form(parameters: Mapping[str, str], listing: Listing) -> Form:
    """How the records are to be shown.

    Raises:
        BadRequest: an unknown field, or too many.
    """
    extras = _names(parameters, "include_fields")
    for name in extras:
        if name not in listing.extras:
            raise BadRequest(f"include_fields: '{name}' is not one of [{', '.join(listing.extras)}]")
    custom = _names(parameters, "custom_fields")
    if len(custom) > MOST_CUSTOM_FIELDS:
        raise BadRequest(f"custom_fields: no more than {MOST_CUSTOM_FIELDS} keys are allowed")
    return Form(
        extras,
        frozenset(custom) if custom else None,
        _truth(parameters, "include_option_labels"),
        _truth(parameters, "include_labels"),
    )


@dataclass(frozen=True)
class Place:
    """Where a page begins: at this record, in this order.

    Args:
        sort: what is sorted by.
        descending: the direction.
        value: the first record's value of it; ``None`` and no number: at the very beginning.
        number: the first record's id.
    """

    sort: str
    descending: bool
    value: Any = None
    number: int | None = None

    @property
    def column(self) -> str:
        """What is sorted by, in SQL."""
        return COLUMNS.get(self.sort, f"json_extract(body, '$.{self.sort}')")

    @property
    def cursor(self) -> str:
        """The place as clients carry it."""
        return _encode(
            json.dumps(
                {
                    "field": self.sort,
                    "fieldValue": self.value,
                    "sortDirection": "desc" if self.descending else "asc",
                    "id": self.number,
                },
                separators=(",", ":"),
            )
        )


@dataclass(frozen=True)
class Question:
    """A page of a list.

    Args:
        listing: what is asked for.
        conditions: SQL.
        values: for the conditions' question marks.
        place: where the page begins.
        limit: its most records.
        form: how they are shown.
    """

    listing: Listing
    conditions: tuple[str, ...]
    values: tuple[Any, ...]
    place: Place
    limit: int
    form: Form


def question(parameters: Mapping[str, str], listing: Listing, *, is_archived: bool = False) -> Question:
    """What a list is asked for.

    Args:
        parameters: the request's.
        listing: what is asked for.
        is_archived: whether archived deals are wanted, instead of all others.

    Raises:
        BadRequest: something that Pipedrive would refuse.
    """
    known(parameters, listing.parameters)
    conditions = ["kind = ?", "is_archived = ?"]
    values: list[Any] = [listing.kind, is_archived]
    if statuses := _names(parameters, "status"):
        for status in statuses:
            _one_of("status", status, STATUSES)
        conditions.append(f"status in ({', '.join('?' * len(statuses))})")
        values += statuses
    if "deleted" not in statuses:
        conditions.append("is_deleted = 0")
    if ids := _names(parameters, "ids"):
        if len(ids) > MOST_IDS:
            raise BadRequest(f"ids: no more than {MOST_IDS} ids are allowed")
        conditions.append(f"id in ({', '.join('?' * len(ids))})")
        values += [_whole("ids", number) for number in ids]
    for name, sign in (("updated_since", ">="), ("updated_until", "<")):
        if name in parameters:
            conditions.append(f"update_time {sign} ?")
            values.append(_time(name, parameters[name]))
    for name, condition in listing.filters.items():
        if name in parameters:
            conditions.append(condition)
            values.append(_filter_value(name, parameters[name]))
    return Question(
        listing,
        tuple(conditions),
        tuple(values),
        _place(parameters, listing),
        limit(parameters),
        form(parameters, listing),
    )


def known(parameters: Mapping[str, str], names: set[str]) -> None:
    """Refuse any other parameter.

    Raises:
        BadRequest: there is one.
    """
    if unknown := [name for name in parameters if name not in names | {"api_token"}]:
        raise BadRequest(f"{unknown[0]}: Parameter '{unknown[0]}' is not allowed for this request")


def limit(parameters: Mapping[str, str]) -> int:
    """The most records of a page.

    Raises:
        BadRequest: it is no number from 1 to 500.
    """
    number = _whole("limit", parameters.get("limit", str(ROWS)))
    if not 1 <= number <= MOST_ROWS:
        raise BadRequest(f"limit: must be from 1 to {MOST_ROWS}")
    return number


def changelog_cursor(number: int) -> str:
    """Where a page of a changelog begins."""
    return _encode(f"id:{number}")


def changelog_place(parameters: Mapping[str, str]) -> int | None:
    """The line at which a page of a changelog begins; ``None``: at the newest.

    Raises:
        BadRequest: the cursor is none of ours.
    """
    if "cursor" not in parameters:
        return None
    kind, _, number = _decode(parameters["cursor"]).partition(":")
    if kind != "id" or not number.isdecimal():
        raise BadRequest("cursor: is not valid")
    return int(number)


def _place(parameters: Mapping[str, str], listing: Listing) -> Place:
    sort = parameters.get("sort_by", "id")
    _one_of("sort_by", sort, listing.sorts)
    direction = parameters.get("sort_direction", "asc")
    _one_of("sort_direction", direction, ("asc", "desc"))
    if "cursor" not in parameters:
        return Place(sort, direction == "desc")
    try:
        content = json.loads(_decode(parameters["cursor"]))
        place = Place(
            content["field"], content["sortDirection"] == "desc", content["fieldValue"], content["id"]
        )
    except (ValueError, TypeError, KeyError) as error:
        raise BadRequest("cursor: is not valid") from error
    if (place.sort, place.descending) != (sort, direction == "desc"):
        raise BadRequest("cursor: belongs to another order")
    return place


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise BadRequest("cursor: is not valid") from error


def _names(parameters: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part for part in parameters.get(name, "").split(",") if part)


def _truth(parameters: Mapping[str, str], name: str) -> bool:
    value = parameters.get(name, "false")
    _one_of(name, value, ("true", "false"))
    return value == "true"


def _one_of(name: str, value: str, values: tuple[str, ...]) -> None:
    if value not in values:
        raise BadRequest(f"{name}: '{value}' is not one of [{', '.join(values)}]")


def _whole(name: str, value: str) -> int:
    if not value.isdecimal():
        raise BadRequest(f"{name}: '{value}' is not a valid number")
    return int(value)


def _time(name: str, value: str) -> str:
    if not TIME.fullmatch(value):
        raise BadRequest(f"{name}: '{value}' is not a valid datetime")
    try:
        moment = datetime.fromisoformat(value).astimezone(UTC)
    except ValueError as error:
        raise BadRequest(f"{name}: '{value}' is not a valid datetime") from error
    return f"{moment.isoformat()[:19]}Z"


def _filter_value(name: str, value: str) -> int | str:
    if name == "done":
        _one_of(name, value, ("true", "false"))
        return int(value == "true")
    return value if name == "lead_id" else _whole(name, value)
