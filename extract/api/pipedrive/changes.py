"""`deal_changes`: the changelog of every deal that has moved, and what a changelog leaves out, the deal's beginning."""

import hashlib
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from extract.api.landing import Target
from extract.api.pipedrive.client import Client, Item
from extract.api.pipedrive.reading import LAG, METHOD
from extract.api.pipedrive.records import Record, batches
from extract.api.pipedrive.resources import CHANGELOG, EndPoint
from extract.api.pipedrive.values import as_text, parsed, v1_time, v2_time
from extract.api.session import ApiError
from extract.pipedrive import NEWEST_DEALS

TABLE = "deal_changes"
KEY = ("change_key",)

DEALS_PER_LANDING = 200
SECONDS_PER_LANDING = 30
"""What a run that is killed must read again."""

RENAMED = {"owner_id": "user_id"}
"""API v2's name of a field, where the files and the changelog have another."""

GONE = ("HTTP_404", "HTTP_410")
"""A deal that was deleted long ago has no changelog any more."""

OF_ONE_DEAL = ("HTTP_403", "REPEATED_PAGE", *GONE)
"""Failures that say nothing of other deals."""

MOST_FAILED = 10
"""If so many fail and not one can be read, it is not the deals."""


@dataclass(frozen=True)
class Deal:
    """A deal's newest version, as far as it is needed here.

    Args:
        id: its number.
        version: when it last changed.
        add_time: when it was added.
        user_id: its present owner.
        stage_id: its present stage.
        is_deleted: whether it is.
    """

    id: str
    version: str
    add_time: str | None
    user_id: str | None
    stage_id: str | None
    is_deleted: bool = False


def read_changes(client: Client, target: Target) -> None:
    """Read the changelogs of the deals that have changed since theirs were read, the latest changed ones first.

    Raises:
        ApiError: some cannot be read; what was read before is landed, and the next run reads the rest. Or the deals
            have not been read from this company.
    """
    _check_deals(target)
    waiting: list[Record] = []
    read: dict[str, str] = {}
    failed: list[ApiError] = []

    def land() -> None:
        cursor = {"read_at": v2_time(client.now())}
        target.land(batches(waiting, KEY), KEY, cursor, method=METHOD, checkpoints=read)
        waiting.clear()
        read.clear()

    landed_at = time.monotonic()
    for deals_so_far, deal in enumerate(_pending(target, client.now() - LAG), start=1):
        try:
            found = rows(deal, _changelog(client, deal, target))
        except ApiError as error:
            failed.append(error)
            if error.error_class in OF_ONE_DEAL and len(failed) < max(MOST_FAILED, deals_so_far):
                continue
            land()
            raise
        waiting += found
        target.progress(len(found))
        read[deal.id] = deal.version
        if deals_so_far % DEALS_PER_LANDING == 0 or time.monotonic() > landed_at + SECONDS_PER_LANDING:
            land()
            landed_at = time.monotonic()
    land()
    if failed:
        raise ApiError(
            f"{failed[0]}; so it is with the changelogs of {len(failed):,} deals, which the next run tries again",
            failed[0].error_class,
        )


def change_key(
    deal_id: str, change_time: str | None, field: str | None, old: str | None, new: str | None, ordinal: int
) -> str:
    """What tells a change from every other: 64 hexadecimal digits.

    Args:
        deal_id: the deal's number.
        change_time: as in ``change_time``.
        field: as in ``changed_field_key``.
        old: the value before.
        new: the value after.
        ordinal: 0 for the first of several changes that are the same in all that, 1 for the second …
    """
    parts = json.dumps([deal_id, change_time, field, old, new, ordinal], ensure_ascii=False)
    return hashlib.sha256(parts.encode()).hexdigest()


def changelog_of(deal_id: str) -> EndPoint:
    """The list of a deal's changes."""
    return replace(CHANGELOG, path=CHANGELOG.path.format(id=deal_id))


def _check_deals(target: Target) -> None:
    accounts = target.query(
        "select account from operations.cursors where source_name = 'pipedrive' and table_name = 'deals'"
    )
    if accounts != [(target.account,)]:
        raise ApiError(
            f"raw_pipedrive.{TABLE} needs the deals of {target.account} in raw_pipedrive.deals; read those first"
            " ('leadhouse extract pipedrive', with --replace if others are there)",
            "NO_DEALS",
        )


def _pending(target: Target, until: datetime) -> list[Deal]:
    """The deals whose newest version is not the one that their changelog was read for.

    Those that changed after ``until`` wait for the next run: their changelogs may not have it yet, and what a deal
    began with cannot be told then.
    """
    read = target.checkpoints() if target.cursor else {}
    deals = target.query(f"{NEWEST_DEALS} order by version desc, id")
    return [
        deal
        for deal in itertools.starmap(Deal, deals)
        if read.get(deal.id) != deal.version and parsed(deal.version) <= until
    ]


def _changelog(client: Client, deal: Deal, target: Target) -> list[Item] | None:
    """A deal's whole changelog, the oldest change first; ``None`` where there is none any more."""
    items = []
    try:
        for item in client.items(changelog_of(deal.id)):
            if item.get("time") and item.get("field_key"):
                items.append(item)
            else:
                target.reject(json.dumps(item, ensure_ascii=False), f"deal {deal.id}: no time or no field")
    except ApiError as error:
        # Of a deal that is there, or of all of them, it would be the end point that is gone.
        if error.error_class in GONE and deal.is_deleted:
            return None
        raise
    return in_order(items)


def in_order(items: Sequence[Item]) -> list[Item]:
    """A changelog's items, the oldest first, whichever way they are served; it is the newest first as a rule."""
    times = [str(item["time"]) for item in items]
    served = reversed(items) if times and times[0] >= times[-1] else items
    return sorted(served, key=lambda item: str(item["time"]))


def rows(deal: Deal, items: list[Item] | None) -> list[Record]:
    """A deal's changes as rows, in their order, each with its key."""
    changes = [_change(deal, item) for item in items or []]
    made = [*_beginning(deal, changes, is_known=items is not None), *changes]
    seen: Counter[tuple[str | None, ...]] = Counter()
    for row in made:
        parts = (row["change_time"], row["changed_field_key"], row["old_value"], row["new_value"])
        row["change_key"] = change_key(deal.id, *parts, ordinal=seen[parts])
        seen[parts] += 1
    return made


def _change(deal: Deal, item: Item) -> Record:
    field = as_text(item["field_key"]) or ""
    return {
        "deal_id": deal.id,
        "change_time": as_text(item["time"]),
        "changed_field_key": RENAMED.get(field, field),
        "old_value": as_text(item.get("old_value")),
        "new_value": as_text(item.get("new_value")),
        "actor_user_id": as_text(item.get("actor_user_id")),
        "change_source": as_text(item.get("change_source")),
    }


def _beginning(deal: Deal, changes: Sequence[Record], *, is_known: bool) -> Iterator[Record]:
    """What a changelog leaves out: when the deal was added, whose it was and in which stage.

    That is the value before the field's first change, or the present one if it never changed; so it stays the same
    whenever it is worked out. Where a changelog says it itself nothing is left out.

    Args:
        deal: the deal.
        changes: its changes, the oldest first.
        is_known: whether there is a changelog; without one only the time is known.
    """
    first: dict[str | None, Record] = {}
    for change in changes:
        first.setdefault(change["changed_field_key"], change)
    present = {"add_time": _as_v1(deal.add_time), "user_id": deal.user_id, "stage_id": deal.stage_id}
    added = present["add_time"]
    if "add_time" in first:
        added = _as_v1(first["add_time"]["old_value"] or first["add_time"]["new_value"])
    if added is None:
        return
    for field in present if is_known else ("add_time",):
        if field in first and first[field]["old_value"] is None:
            continue
        value = first[field]["old_value"] if field in first else present[field]
        yield {
            "deal_id": deal.id,
            "change_time": added,
            "changed_field_key": field,
            "old_value": None,
            "new_value": added if field == "add_time" else value,
        }


def _as_v1(time: str | None) -> str | None:
    """A time in the changelogs' own form."""
    try:
        return v1_time(parsed(time)) if time else None
    except ValueError:
        return time
