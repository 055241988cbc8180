"""What a deal's changelog says of a change: keys and values as API v1 writes them, whatever v2 calls them."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from leadhouse.simulator.crm.pipedrive.fields import Record
from leadhouse.simulator.crm.pipedrive.times import v1

LOGGED = {
    "title": "title",
    "value": "value",
    "currency": "currency",
    "owner_id": "user_id",
    "person_id": "person_id",
    "org_id": "org_id",
    "pipeline_id": "pipeline_id",
    "stage_id": "stage_id",
    "stage_change_time": "stage_change_time",
    "status": "status",
    "lost_reason": "lost_reason",
    "lost_time": "lost_time",
    "won_time": "won_time",
    "close_time": "close_time",
    "expected_close_date": "expected_close_date",
    "probability": "probability",
    "is_archived": "is_archived",
    "archive_time": "archive_time",
}
"""A deal's name for a value → the changelog's key for it. Custom fields have the same key in both."""
LOCAL_DATES = {"won_time": "local_won_date", "lost_time": "local_lost_date", "close_time": "local_close_date"}
TIMES = {name for name in LOGGED if name.endswith("_time")}


class Item(NamedTuple):
    """One line of a changelog.

    Args:
        field_key: API v1's.
        old_value: text, ``None`` for nothing.
        new_value: likewise.
        actor_user_id: who did it.
        time: when, in API v1's form.
        change_source: ``app``, ``mobile`` or ``api``.
        change_source_user_agent: the program that was used.
        is_bulk_update_flag: whether many deals were changed at once.
    """

    field_key: str
    old_value: str | None
    new_value: str | None
    actor_user_id: int | None
    time: str
    change_source: str | None
    change_source_user_agent: str | None = None
    is_bulk_update_flag: bool = False


@dataclass(frozen=True)
class Actor:
    """Who makes a change, and by what means."""

    user_id: int
    source: str = "app"
    agent: str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    is_bulk: bool = False


def began(deal: Record, actor: Actor) -> Item:
    """The line that every changelog begins with; a deal's other first values are in no line."""
    added = v1(deal["add_time"])
    return Item("add_time", None, added, actor.user_id, added, actor.source, actor.agent)


def change(deal: Record, new: dict[str, Any], time: str, actor: Actor) -> list[Item]:
    """Change a deal in place, with all that follows from it.

    Args:
        deal: as API v2 shows it.
        new: new values by v2's names, custom ones by their keys.
        time: when, in API v2's form.
        actor: who does it.

    Returns:
        The lines for what is different now, in the order in which they are written.
    """
    items: list[Item] = []
    moves = "stage_id" in new and new["stage_id"] != deal["stage_id"]
    for name, value in (new | {"stage_change_time": time} if moves else new).items():
        holder = deal if name in LOGGED else deal["custom_fields"]
        old = holder[name]
        if old == value:
            continue
        holder[name] = value
        if name in LOCAL_DATES:
            deal[LOCAL_DATES[name]] = value and value[:10]
        items += [
            Item(key, before, after, actor.user_id, v1(time), actor.source, actor.agent, actor.is_bulk)
            for key, before, after in _differences(LOGGED.get(name, name), old, value)
        ]
    deal["is_deleted"] = deal["status"] == "deleted"
    deal["update_time"] = time
    return items


def _differences(key: str, old: Any, new: Any) -> list[tuple[str, str | None, str | None]]:
    """Key, old and new text; the parts of a value that has parts, each under a key of its own."""
    if not isinstance(old, dict) and not isinstance(new, dict):
        return [(key, _text(key, old), _text(key, new))]
    before, after = old or {}, new or {}
    return [
        (
            key if part == "value" else f"{key}_{part}",
            _text(key, before.get(part)),
            _text(key, after.get(part)),
        )
        for part in {**before, **after}
        if before.get(part) != after.get(part)
    ]


def _text(key: str, value: Any) -> str | None:
    if value is None:
        return None
    if key in TIMES:
        return v1(value)
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list):
        return ",".join(str(number) for number in value)
    return str(value)
