"""Monthly CSV exports of an org whose leads convert, and whose customers buy, by chances that are known."""

import csv
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

START = datetime(2024, 1, 1)
MONTHS = 12
AS_OF = datetime(2025, 1, 1, 6)
"""What "now" is for them."""

HORIZON_DAYS = 30
"""Whatever happens in a month happens on its days 3 to 27: seen from its start, within this time or not at all."""

INDUSTRIES = {"Technology": 1.3, "Finance": 0.6, "Retail": -0.4, "Education": -1.0}
SOURCES = ("Web", "Trade Show", "Partner")

Row = Mapping[str, object]
Truth = dict[tuple[str, datetime], float]
"""The chance by record and month start at which it was open."""


@dataclass
class Lead:
    """One lead, and what happened to it."""

    id: str
    created: datetime
    industry: str
    employees: int
    chance: float
    moves: list[tuple[datetime, str, str]] = field(default_factory=list)
    calls: list[datetime] = field(default_factory=list)
    converted: datetime | None = None

    def status(self, at: datetime) -> str:
        """Its status at that time."""
        return next((new for when, _, new in reversed(self.moves) if when < at), "New")


@dataclass(frozen=True)
class Exports:
    """A folder of exports per month, and the truth behind them."""

    folder: Path
    chances: dict[str, float]
    leads: Truth
    customers: Truth


def month_start(number: int) -> datetime:
    """The start of a month, counted from 0."""
    return START.replace(year=START.year + number // 12, month=number % 12 + 1)


def periods() -> list[str]:
    """The months that are delivered."""
    return [f"{month_start(number):%Y-%m}" for number in range(MONTHS)]


def write_months(folder: Path, leads: int, accounts: int, seed: int) -> Exports:
    """Write ``<period>/salesforce/*.csv``: leads every month, all else with the last one.

    Args:
        folder: where to.
        leads: how many leads.
        accounts: how many customers.
        seed: the same seed gives the same files.
    """
    draws = random.Random(seed)
    made = [_lead(draws, number) for number in range(leads)]
    truth: Truth = {}
    for lead in made:
        _live(draws, lead, truth)
    for number, period in enumerate(periods()):
        _write(folder / period, "leads", _lead_rows(made, month_start(number + 1)))
    last = folder / periods()[-1]
    deals, stages, calls, customers = _business(draws, accounts)
    _write(last, "lead_histories", _history_rows(made))
    _write(last, "tasks", [*_task_rows(made), *calls])
    _write(last, "accounts", (_account_row(number) for number in range(accounts)))
    _write(last, "opportunities", deals)
    _write(last, "opportunity_histories", stages)
    return Exports(folder, {lead.id: lead.chance for lead in made}, truth, customers)


def _write(folder: Path, name: str, rows: Iterable[Row]) -> None:
    path = folder / "salesforce" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _within(draws: random.Random, number: int) -> datetime:
    """A moment of a month that counts for its start."""
    return month_start(number) + timedelta(days=3 + 24 * draws.random())


def _lead(draws: random.Random, number: int) -> Lead:
    created = START + (month_start(MONTHS) - START) * draws.random()
    industry = draws.choice(list(INDUSTRIES))
    employees = round(10 ** (4 * draws.random()))
    calls = sorted(created + timedelta(days=14 * draws.random()) for _ in range(draws.randrange(5)))
    liking = INDUSTRIES[industry] + 0.5 * math.log10(employees) + 0.5 * len(calls)
    lead = Lead(
        f"00Q{number:012}", created.replace(microsecond=0), industry, employees, _sigmoid(liking - 4.2)
    )
    lead.calls = [call.replace(microsecond=0) for call in calls]
    return lead


def _live(draws: random.Random, lead: Lead, truth: Truth) -> None:
    first = next(number for number in range(MONTHS + 1) if month_start(number) >= lead.created)
    status = "New"
    for number in range(first, MONTHS):
        truth[lead.id, month_start(number)] = lead.chance
        at = _within(draws, number).replace(microsecond=0)
        fate = draws.random()
        if fate < lead.chance:
            # the org's status of converted leads, and the conversion in the same moment
            lead.moves.append((at, status, "Qualified"))
            lead.converted = at
            return
        if fate > 0.92:
            lead.moves.append((at, status, "Unqualified"))
            return
        if status == "New" and fate > 0.5:
            lead.moves.append((at, "New", "Working"))
            status = "Working"


def _lead_rows(leads: Iterable[Lead], end: datetime) -> Iterator[Row]:
    """A full export as of the end of a month; what conversion fills in is there to be fallen for."""
    for lead in leads:
        if lead.created >= end:
            continue
        is_converted = lead.converted is not None and lead.converted < end
        changes = [lead.created, *(at for at, _, _ in lead.moves if at < end)]
        yield {
            "id": lead.id,
            "is_deleted": False,
            "company": "Company",
            "status": lead.status(end),
            "is_converted": is_converted,
            "converted_date": f"{lead.converted:%Y-%m-%d}" if is_converted else "",
            "converted_contact_id": lead.id.replace("00Q", "003") if is_converted else "",
            "created_date": lead.created.isoformat(),
            "last_modified_date": max(changes).isoformat(),
            "system_modstamp": max(changes).isoformat(),
            "lead_source": SOURCES[int(lead.id[3:]) % len(SOURCES)],
            "industry": lead.industry,
            "number_of_employees": lead.employees,
            "annual_revenue": 1_000_000 if is_converted else "",
            "website_visits_c": 99 if is_converted else 3,
        }


def _history_rows(leads: Iterable[Lead]) -> Iterator[Row]:
    number = 0
    for lead in leads:
        rows = [(at, "Status", old, new) for at, old, new in lead.moves]
        if lead.converted:
            rows.append((lead.converted, "leadConverted", "", ""))
        for at, name, old, new in rows:
            number += 1
            yield {
                "id": f"017{number:012}",
                "lead_id": lead.id,
                "created_date": at.isoformat(),
                "field": name,
                "old_value": old,
                "new_value": new,
            }


def _task(number: int, at: datetime, who: str, account: str) -> Row:
    stamp = at.isoformat()
    return {
        "id": f"00T{number:012}",
        "is_deleted": False,
        "who_id": who,
        "what_id": "",
        "account_id": account,
        "subject": "Call",
        "task_subtype": "Call",
        "status": "Completed",
        "is_closed": True,
        "activity_date": f"{at:%Y-%m-%d}",
        "completed_date_time": stamp,
        "created_date": stamp,
        "last_modified_date": stamp,
        "system_modstamp": stamp,
    }


def _task_rows(leads: Iterable[Lead]) -> Iterator[Row]:
    """With the conversion a lead's tasks have become the contact's, and one more was entered on that day."""
    number = 0
    for lead in leads:
        who = lead.id.replace("00Q", "003") if lead.converted else lead.id
        for at in [*lead.calls, *([lead.converted] if lead.converted else [])]:
            number += 1
            if at < month_start(MONTHS):
                yield _task(number, at, who, "")


def _account_row(number: int) -> Row:
    created = (START - timedelta(days=30)).isoformat()
    return {
        "id": f"001{number:012}",
        "name": f"Account {number}",
        "created_date": created,
        "last_modified_date": created,
        "system_modstamp": created,
    }


def _business(draws: random.Random, accounts: int) -> tuple[list[Row], list[Row], list[Row], Truth]:
    """Deals, their stages and calls: an open deal is won the sooner, the more calls there were in three months."""
    truth: Truth = {}
    deals, stages, calls = list[Row](), list[Row](), list[Row]()
    called: dict[str, Counter[int]] = defaultdict(Counter)
    for account in range(accounts):
        key, opened = f"001{account:012}", None
        for number in range(MONTHS):
            recent = sum(called[key][number - back] for back in (1, 2, 3))
            chance = _sigmoid(0.7 * recent - 4.2) if opened else 0.0
            truth[key, month_start(number)] = chance
            if opened and draws.random() < chance:
                _deal(deals, stages, key, opened, _within(draws, number))
                opened = None
            elif not opened and draws.random() < 0.5:
                opened = _within(draws, number)
            for _ in range(draws.randrange(4)):
                called[key][number] += 1
                calls.append(
                    _task(10**9 + len(calls), _within(draws, number).replace(microsecond=0), "", key)
                )
        if opened:
            _deal(deals, stages, key, opened, None)
    return deals, stages, calls, truth


def _deal(deals: list[Row], stages: list[Row], account: str, opened: datetime, won: datetime | None) -> None:
    opened, won = opened.replace(microsecond=0), won and won.replace(microsecond=0)
    last = (won or opened).isoformat()
    key = f"006{len(deals):012}"
    path = [(opened, "Prospecting"), *([(won, "Closed Won")] if won else [])]
    deals.append(
        {
            "id": key,
            "is_deleted": False,
            "account_id": account,
            "name": "Deal",
            "stage_name": path[-1][1],
            "amount": 100,
            "is_closed": won is not None,
            "is_won": won is not None,
            "close_date": f"{won or AS_OF:%Y-%m-%d}",
            "created_date": opened.isoformat(),
            "last_modified_date": last,
            "system_modstamp": last,
        }
    )
    for at, stage in path:
        stages.append(
            {
                "id": f"008{len(stages):012}",
                "opportunity_id": key,
                "stage_name": stage,
                "created_date": at.isoformat(),
            }
        )
