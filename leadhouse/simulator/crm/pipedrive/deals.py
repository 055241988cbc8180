"""Deals with their changelogs, and activities: the file simulation's, as the API would have had them.

In the files a deal gets its first owner and stage some days after its beginning; in Pipedrive it has both from the
first second on. So the first of each is what the deal begins with, and each later one a change. Ids that the files use
twice are used once here: the second bearer gets a new one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from leadhouse.simulator.crm.pipedrive.changelog import Actor, Item, began, change
from leadhouse.simulator.crm.pipedrive.company import (
    CURRENCIES,
    DAY,
    REGIONS,
    SALES,
    Company,
    organization_of,
)
from leadhouse.simulator.crm.pipedrive.fields import LABELS, CustomField, Record
from leadhouse.simulator.crm.pipedrive.times import seconds, v2
from leadhouse.simulator.draws import ArrayDraws, Draws, Integers
from leadhouse.simulator.pipedrive import FIRST_ID, LOST_REASONS, SMALLEST_SPREAD, Pipedrive

LATE_STAGE = 6
"""From this stage on, deals that the files leave open may have been won."""
WON_SHARE, DELETED_SHARE, ARCHIVED_SHARE = 0.5, 0.02, 0.3
DAYS_UNTIL_ARCHIVED = 60
ORIGINS = {"ManuallyCreated": 80, "API": 12, "Import": 8}
SUBJECTS = {
    "meeting": "Sales call 1",
    "sc_2": "Sales call 2",
    "follow_up": "Follow up",
    "after_close_call": "Thank you",
}
PERSON_SHARE = 0.9
PLAIN_FIELDS = (
    CustomField("title", "Title", "name"),
    CustomField("value", "Value", "amount"),
    CustomField("expected_close_date", "Expected close date", "date"),
)
"""What people rewrite besides the company's own fields; never emptied."""


@dataclass(frozen=True)
class Deal:
    """A deal and what its changelog says, the oldest line first."""

    record: Record
    items: list[Item]


class Row(NamedTuple):
    """A row of the file simulation's log; the time in API v2's form."""

    deal_id: int
    time: str
    key: str
    value: str


def file_simulation(company: Company, deals: int, activities: int) -> Pipedrive:
    """The simulation that the file exports come from, for the two years before the company's start."""
    return Pipedrive(deals, activities, company.users, company.seed, _month(company))


def deals(company: Company, crm: Pipedrive) -> Iterator[Deal]:
    """All that began before the company's start, with what happened to each until then."""
    ids, now = _Ids(), v2(company.start)
    for table in crm.deal_changes(_month(company)):
        rows = zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
        happened = (Row(number, f"{time[:10]}T{time[11:]}Z", key, value) for number, time, key, value in rows)
        for life in _lives(row for row in happened if row.time < now):
            yield _deal(company, ids.free(life[0].deal_id), life)


def _lives(rows: Iterator[Row]) -> Iterator[list[Row]]:
    life: list[Row] = []
    for row in rows:
        if row.key == "add_time" and life:
            yield life
            life = []
        life.append(row)
    if life:
        yield life


def _deal(company: Company, number: int, life: list[Row]) -> Deal:
    draws = Draws(company.seed, "crm", "deal", number)
    owners = [(time, int(value)) for _, time, key, value in life if key == "user_id"]
    stages = [(time, int(value)) for _, time, key, value in life if key == "stage_id"]
    losses = [(time, int(value)) for _, time, key, value in life if key == "lost_reason"]
    owner = owners[0][1] if owners else 1 + draws.below(company.users)
    record = new_deal(company, draws, number, life[0].time, owner, stages[0][1] if stages else 1)
    items = [began(record, Actor(owner))]
    happenings: list[tuple[str, dict[str, Any]]] = [(time, {"owner_id": new}) for time, new in owners[1:]]
    happenings += [(time, {"stage_id": stage}) for time, stage in stages[1:]]
    happenings += [(time, lost(time, LOST_REASONS[reason - 1])) for time, reason in losses[:1]]
    happenings.sort(key=itemgetter(0))
    for time, happening in happenings:
        besides = other_values(company, draws) if draws.chance(0.4) else {}
        items += change(record, happening | besides, time, Actor(record["owner_id"]))
    for time, changes in _endings(company, draws, record):
        items += change(record, changes, time, Actor(record["owner_id"]))
    return Deal(record, items)


def _endings(company: Company, draws: Draws, record: Record) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the files do not know of: deals that are won, put away or deleted."""
    last = seconds(record["update_time"]) + 3600 + draws.below(5 * DAY)
    if record["status"] == "open" and record["stage_id"] >= LATE_STAGE and draws.chance(WON_SHARE):
        if last >= company.start:
            return
        yield v2(last), won(v2(last))
    last += DAYS_UNTIL_ARCHIVED * DAY + draws.below(30 * DAY)
    if record["status"] != "open" and last < company.start and draws.chance(ARCHIVED_SHARE):
        yield v2(last), archived(v2(last))
    recently = company.start - 1 - draws.below(25 * DAY)
    if recently > seconds(record["update_time"]) and draws.chance(DELETED_SHARE):
        yield v2(recently), {"status": "deleted"}


def new_deal(company: Company, draws: Draws, number: int, added: str, owner: int, stage: int) -> Record:
    """A deal as it is entered.

    Args:
        company: where it is kept.
        draws: chance.
        number: its id.
        added: in API v2's form.
        owner: a user.
        stage: one of the first pipeline.
    """
    person = 1 + draws.below(company.persons) if company.persons and draws.chance(PERSON_SHARE) else None
    values = other_values(company, draws)
    title = values.pop("title", f"Deal {number}")
    custom = {field.key: None for field in company.fields}
    return {
        "id": number,
        "title": title,
        "creator_user_id": owner,
        "owner_id": owner,
        "value": values.pop("value", 0),
        "person_id": person,
        "org_id": organization_of(company, person) if person else None,
        "stage_id": stage,
        "pipeline_id": SALES,
        "currency": draws.weighted(CURRENCIES),
        "archive_time": None,
        "add_time": added,
        "update_time": added,
        "stage_change_time": added,
        "status": "open",
        "is_archived": False,
        "is_deleted": False,
        "probability": None,
        "lost_reason": None,
        "visible_to": draws.pick((3, 3, 7)),
        "close_time": None,
        "won_time": None,
        "lost_time": None,
        "local_won_date": None,
        "local_lost_date": None,
        "local_close_date": None,
        "expected_close_date": values.pop("expected_close_date", None),
        "label_ids": [draws.between(1, len(LABELS))] if draws.chance(0.3) else [],
        "origin": draws.weighted(ORIGINS),
        "origin_id": None,
        "channel": None,
        "channel_id": None,
        "acv": None,
        "arr": None,
        "mrr": None,
        "custom_fields": custom | values,
    }


def other_values(company: Company, draws: Draws) -> dict[str, Any]:
    """New values of one to three fields that say nothing of the deal's progress."""
    chosen = draws.sample((*PLAIN_FIELDS, *company.fields), draws.between(1, 3))
    return {field.key: _value(company, draws, field) for field in chosen}


def _value(company: Company, draws: Draws, field: CustomField) -> Any:
    if field not in PLAIN_FIELDS and draws.chance(0.1):
        return None
    match field.kind:
        case "name":
            value: Any = f"{draws.pick(REGIONS)} programme {draws.between(100, 999)}"
        case "amount":
            value = amount(draws)
        case "enum":
            value = draws.pick(field.options)[0]
        case "set":
            picked = draws.sample(field.options, draws.between(1, len(field.options)))
            value = sorted(number for number, _ in picked)
        case "monetary":
            value = {"value": amount(draws), "currency": draws.weighted(CURRENCIES)}
        case "double":
            value = draws.between(1, 2000) / 2
        case "user":
            value = 1 + draws.below(company.users)
        case "varchar":
            value = draws.pick(REGIONS)
        case "daterange":
            first, last = sorted((_day(company, draws), _day(company, draws)))
            value = {"value": first, "until": last}
        case _:
            value = _day(company, draws)
    return value


def amount(draws: Draws) -> int | float:
    """Money: mostly whole, now and then with cents."""
    whole = 50 * draws.between(4, 2000)
    return whole + 0.75 if draws.chance(0.1) else whole


def _day(company: Company, draws: Draws) -> str:
    return v2(company.start + (draws.below(365) - 120) * DAY)[:10]


def won(time: str) -> dict[str, Any]:
    """What being won changes."""
    return {"status": "won", "won_time": time, "close_time": time, "probability": None}


def lost(time: str, reason: str) -> dict[str, Any]:
    """What being lost changes."""
    return {"status": "lost", "lost_reason": reason, "lost_time": time, "close_time": time}


def reopened() -> dict[str, Any]:
    """What being taken up again changes."""
    return {"status": "open", "lost_reason": None, "lost_time": None, "won_time": None, "close_time": None}


def archived(time: str) -> dict[str, Any]:
    """What being put away changes."""
    return {"is_archived": True, "archive_time": time}


def activities(company: Company, crm: Pipedrive, known: dict[int, Record]) -> Iterator[Record]:
    """All that were planned or done before the company's start.

    Args:
        company: where they are kept.
        crm: the file simulation.
        known: the deals by id; activities of deals that are not among them have none.
    """
    ids, now = _Ids(), v2(company.start)
    for chunk, table in enumerate(crm.activities(_month(company))):
        count = table.num_rows
        draws = ArrayDraws(company.seed, "crm", "activities", chunk)
        due = np.array(table["due_to"].to_pylist(), dtype="datetime64[s]").astype(np.int64)
        added = np.minimum(due, company.start) - 3600 - draws.below(count, 20 * DAY)
        done, timed = draws.chance(count, 700), draws.chance(count, 900)
        columns = [table[name].to_pylist() for name in ("activity_id", "type", "assigned_to_user", "deal_id")]
        times = [_texts(due), _texts(added), done.tolist(), timed.tolist()]
        for number, kind, user, deal_id, due_time, add_time, is_done, is_timed in zip(
            *columns, *times, strict=True
        ):
            yield activity(
                number=ids.free(number),
                kind=kind.lower().replace("-", "_"),
                owner=user,
                deal=known.get(deal_id),
                added=add_time,
                due=due_time,
                is_timed=is_timed,
                done=due_time if is_done and due_time < now else None,
            )


def activity(
    *,
    number: int,
    kind: str,
    owner: int,
    deal: Record | None,
    added: str,
    due: str,
    is_timed: bool,
    done: str | None = None,
) -> Record:
    """A call or meeting. Times are in API v2's form.

    Args:
        number: its id.
        kind: the key of an activity type.
        owner: the user who is to do it.
        deal: what it is about.
        added: when it was planned.
        due: when it is to be done.
        is_timed: whether it is planned for a time of the day, or for any.
        done: when it was marked as done.
    """
    person = deal["person_id"] if deal else None
    return {
        "id": number,
        "subject": SUBJECTS[kind],
        "type": kind,
        "owner_id": owner,
        "creator_user_id": owner,
        "is_deleted": False,
        "add_time": added,
        "update_time": done or added,
        "deal_id": deal["id"] if deal else None,
        "lead_id": None,
        "person_id": person,
        "org_id": deal["org_id"] if deal else None,
        "project_id": None,
        "due_date": due[:10],
        "due_time": due[11:19] if is_timed else None,
        "duration": "00:30:00" if is_timed else None,
        "busy": is_timed,
        "done": done is not None,
        "marked_as_done_time": done,
        "location": None,
        "participants": [{"person_id": person, "primary": True}] if person else [],
        "conference_meeting_client": None,
        "conference_meeting_url": None,
        "conference_meeting_id": None,
        "public_description": None,
        "priority": None,
        "outcome": None,
        "note": None,
    }


class _Ids:
    """Gives the second bearer of an id a new one, above all that the files use."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def free(self, number: int) -> int:
        while number in self._taken:
            number += 10 * SMALLEST_SPREAD + FIRST_ID
        self._taken.add(number)
        return number


def _month(company: Company) -> date:
    return datetime.fromtimestamp(company.start, UTC).date().replace(day=1)


def _texts(times: Integers) -> list[str]:
    return [f"{time}Z" for time in times.astype("datetime64[s]").astype(str).tolist()]
