"""The two Pipedrive reports, recomputed from the CSV exports event by event.

The definitions once more, in plain Python: nothing here is shared with the models: no SQL, no macro, not even the seed.
"""

import csv
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

STEPS = [
    # step, name, stage before it or (for a call) the stage it is measured against, is it a call
    ("1", "Lead Generation", None, False),
    ("2", "Qualified Lead", "1", False),
    ("2.1", "Sales Call 1", "2", True),
    ("3", "Needs Assessment", "2", False),
    ("3.1", "Sales Call 2", "3", True),
    ("4", "Proposal/Quote Preparation", "3", False),
    ("5", "Negotiation", "4", False),
    ("6", "Closing", "5", False),
    ("7", "Implementation/Onboarding", "6", False),
    ("8", "Follow-up/Customer Success", "7", False),
    ("9", "Renewal/Expansion", "8", False),
    ("Lost", "Lost", None, False),
]
CALLS = {"meeting": "2.1", "sc 2": "3.1"}

FunnelRow = tuple[date, str, str, int, float | None]
PerformanceRow = tuple[Any, ...]


@dataclass(frozen=True)
class Event:
    """One change of a deal, in the order in which changes count."""

    at: datetime
    field: str
    place: int
    deal: int
    value: str


@dataclass(frozen=True)
class Activity:
    """One activity; what the export does not say is ``None``."""

    kind: str
    rep: int | None
    deal: int | None
    done: bool
    due: datetime | None


def funnel(folder: Path) -> list[FunnelRow]:
    """Rows of ``rep_sales_funnel_monthly``, in no order."""
    entered = _funnel_entries(folder)
    if not entered:
        return []
    counts = Counter((_month(at), step) for (_, step), at in entered.items())
    rows = []
    for month in _months(min(entered.values()), max(entered.values())):
        for step, name, base, is_call in STEPS:
            of_base = counts[month, base] if base else 0
            kept = counts[month, step]
            if is_call:
                kept = sum(
                    (deal, step) in entered
                    for (deal, other), at in entered.items()
                    if other == base and _month(at) == month
                )
            rows.append((month, name, step, counts[month, step], 100 * kept / of_base if of_base else None))
    return rows


def performance(folder: Path) -> list[PerformanceRow]:
    """Rows of ``rep_sales_rep_performance_monthly``, in no order."""
    names = _users(folder)
    log = _events(folder)
    worked: dict[tuple[date, int], set[int]] = defaultdict(set)
    figures: dict[tuple[date, int], Counter[str]] = defaultdict(Counter)
    for events in log.values():
        for event in events:
            owner = _owner(events, event.at)
            if owner is not None:
                worked[_month(event.at), owner].add(event.deal)
                figures[_month(event.at), owner]["events"] += 1
        for outcome in ("lost", "won"):
            at = _first(events, outcome)
            owner = _owner(events, at) if at else None
            if at and owner is not None:
                figures[_month(at), owner][outcome] += 1
    for activity in _activities(folder):
        if activity.rep is None or activity.due is None:
            continue
        key = _month(activity.due), activity.rep
        figures[key]["completed" if activity.done else "planned"] += 1
        if activity.done:
            figures[key][CALLS.get(activity.kind, "other")] += 1
        if activity.deal is not None:
            worked[key].add(activity.deal)
    return [
        (
            month,
            rep,
            f"{names[rep][0]}*******" if names.get(rep) else None,
            f"{names[rep][0]}******* ({rep})" if names.get(rep) else f"Unknown ({rep})",
            len(worked[month, rep]),
            *(figure[name] for name in ("completed", "planned", "2.1", "3.1", "other", "lost", "won")),
            figure["completed"] / len(worked[month, rep]) if worked[month, rep] else None,
        )
        for (month, rep), figure in list(figures.items())
    ]


def _funnel_entries(folder: Path) -> dict[tuple[int, str], datetime]:
    stages = _stages(folder)
    step_of = {_fold(name): step for step, name, _, is_call in STEPS if not is_call and step != "Lost"}
    candidates: list[tuple[int | None, str | None, datetime | None]] = []
    for deal, events in _events(folder).items():
        for event in events:
            if event.field == "stage_id" and (number := _integer(event.value)) in stages:
                candidates.append((deal, step_of.get(_fold(stages[number])), event.at))
        candidates.append((deal, "Lost", _first(events, "lost")))
    candidates += [
        (activity.deal, CALLS.get(activity.kind), activity.due)
        for activity in _activities(folder)
        if activity.done
    ]
    entered: dict[tuple[int, str], datetime] = {}
    for entering, step, at in candidates:
        if entering is not None and step is not None and at is not None:
            entered[entering, step] = min(at, entered.get((entering, step), at))
    return entered


def _owner(events: list[Event], at: datetime) -> int | None:
    owner = None
    for event in events:
        if event.field == "user_id" and event.at <= at:
            owner = _integer(event.value)
    return owner


def _first(events: list[Event], outcome: str) -> datetime | None:
    """When a deal first became lost or won: by its status, and lost also by any reason."""
    state = None
    for event in events:
        before = state
        if event.field == "lost_reason" and event.value:
            state = "lost"
        if event.field == "status" and _fold(event.value) in ("open", "won", "lost"):
            state = _fold(event.value)
        if state == outcome != before:
            return event.at
    return None


def _events(folder: Path) -> dict[int, list[Event]]:
    log = defaultdict(list)
    for place, row in enumerate(_rows(folder / "deal_changes.csv")):
        deal, at = _integer(row["deal_id"]), _time(row["change_time"])
        if deal is not None and at is not None:
            field = row["changed_field_key"].strip().lower()
            log[deal].append(Event(at, field, place, deal, row["new_value"].strip()))
    return {
        deal: sorted(events, key=lambda event: (event.at, event.field, event.place))
        for deal, events in log.items()
    }


def _activities(folder: Path) -> list[Activity]:
    return [
        Activity(
            kind=_fold(row["type"]),
            rep=_integer(row["assigned_to_user"]),
            deal=_integer(row["deal_id"]),
            done=row["done"].strip().lower() == "true",
            due=_time(row["due_to"]),
        )
        for row in _rows(folder / "activity.csv")
    ]


def _users(folder: Path) -> dict[int, str]:
    newest = sorted(_rows(folder / "users.csv"), key=lambda row: row["modified"])
    return {int(row["id"]): row["name"].strip() for row in newest}


def _stages(folder: Path) -> dict[int, str]:
    named = {}
    for row in _rows(folder / "fields.csv"):
        if row["FIELD_KEY"] == "stage_id" and row["FIELD_VALUE_OPTIONS"]:
            named.update(
                {int(option["id"]): option["label"] for option in json.loads(row["FIELD_VALUE_OPTIONS"])}
            )
    named.update({int(row["stage_id"]): row["stage_name"] for row in _rows(folder / "stages.csv")})
    return named


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def _fold(text: str) -> str:
    return re.sub(r"[-_\s]+", " ", text.lower()).strip()


def _integer(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text.strip()) else None


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _month(at: datetime) -> date:
    return at.date().replace(day=1)


def _months(first: datetime, last: datetime) -> list[date]:
    span = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in span]
