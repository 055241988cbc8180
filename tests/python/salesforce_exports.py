"""CSV exports of a made-up Salesforce org with all that is odd in real ones: for figures that are computed twice."""

import csv
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

AS_OF = datetime(2024, 7, 1, 15, 30)
"""What "now" is for them."""

STATUSES = (
    "New",
    "Assigned",
    "Contacted",
    "Working",
    "Qualified",
    "Nurturing",
    "On Hold",
    "Unqualified",
    "Closed Won",
)
ODD_STATUSES = ("contacted", " New ", "Parked", "", "Disqualified", "Re-engagement")
INDUSTRIES = ("Technology", "finance", "Healthcare", "Education", "Retail", "", "Consulting")
STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Verbal Yes",
)
CLOSED = ("Closed Won", "Closed Lost")
SUBJECTS = (
    "Call",
    "Re: our phone call",
    "WhatsApp with them",
    "Sent e-mail",
    "Mailed the offer",
    "Tour",
    "Recall",
    "",
)
DISPOSITIONS = ("Interested", "meeting scheduled", "No Answer", "Not Interested", "Left Voicemail", "Odd", "")
FORECASTS = ("Pipeline", "Best Case", "Commit", "Omitted", "", "Upside")

Row = Mapping[str, object]


def write_org(folder: Path, leads: int, seed: int) -> Path:
    """Write ``salesforce/*.csv``: leads, accounts, cases, opportunities, their histories, tasks and events.

    Args:
        folder: where to.
        leads: how many leads; there are a third as many accounts and as many opportunities.
        seed: the same seed gives the same files.
    """
    draws = random.Random(seed)
    accounts = [f"A{number}" for number in range(leads // 3)]
    opportunities = list(_opportunities(draws, accounts, leads))
    tables: dict[str, Sequence[Row]] = {
        "leads": list(_leads(draws, leads)),
        "lead_histories": list(_lead_history(draws, leads)),
        "accounts": list(_accounts(draws, accounts)),
        "cases": list(_cases(draws, accounts, leads)),
        "opportunities": opportunities,
        "opportunity_histories": list(_opportunity_history(draws, opportunities)),
        "tasks": list(_tasks(draws, accounts, leads)),
        "events": list(_events(draws, accounts, leads // 4)),
    }
    for name, rows in tables.items():
        write_rows(folder / "salesforce" / f"{name}.csv", rows)
    return folder


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write a CSV file with the columns of the first row."""
    rows = list(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _moment(draws: random.Random, days: int = 400) -> datetime:
    return AS_OF - timedelta(seconds=draws.randrange(1, days * 86_400))


def _day(draws: random.Random) -> date | str:
    """Now and then in the future, now and then not known."""
    return "" if draws.random() < 0.2 else (AS_OF + timedelta(days=draws.randrange(-150, 5))).date()


def _number(draws: random.Random, most: float, digits: int = 0) -> object:
    """Now and then nothing, 0, negative or far too much."""
    kind = draws.random()
    if kind < 0.15:
        return ""
    if kind < 0.2:
        return 0
    if kind < 0.25:
        return -draws.randrange(1, 100)
    number = draws.random() * most * (30 if kind > 0.97 else 1)
    return round(number, digits) if digits else round(number)


def _leads(draws: random.Random, count: int) -> Iterator[Row]:
    for number in range(count):
        created = _moment(draws)
        modified = created + (AS_OF - created) * draws.random()
        if draws.random() < 0.3:
            modified = modified.replace(minute=0, second=0)
        yield {
            "id": f"L{number}",
            "is_deleted": draws.random() < 0.05,
            "company": f"Company {number}",
            "status": draws.choice(STATUSES if draws.random() < 0.9 else ODD_STATUSES),
            "is_converted": draws.random() < 0.1,
            "created_date": created.isoformat(timespec="seconds"),
            "last_modified_date": modified.isoformat(timespec="seconds"),
            "system_modstamp": modified.isoformat(timespec="seconds"),
            "last_activity_date": _day(draws),
            "industry": draws.choice(INDUSTRIES),
            "annual_revenue": _number(draws, 2e7, 2),
            "number_of_employees": _number(draws, 3000),
            "website_visits_c": _number(draws, 60),
            "content_downloads_c": _number(draws, 12),
            "email_opens_c": _number(draws, 35),
            "days_since_last_activity_c": _number(draws, 80, 2) if draws.random() < 0.5 else "",
        }


def _lead_history(draws: random.Random, leads: int) -> Iterator[Row]:
    rows = []
    for number in range(leads):
        at = AS_OF - timedelta(days=draws.randrange(20, 400), seconds=draws.randrange(86_400))
        status = draws.choice(STATUSES[:3])
        for _ in range(draws.randrange(5)):
            at += timedelta(hours=draws.randrange(1, 200))
            new = draws.choice(STATUSES if draws.random() < 0.9 else ODD_STATUSES)
            old = "" if draws.random() < 0.03 else status
            rows.append((number, at, "Status", "DynamicEnum", old, new))
            status = new
        if draws.random() < 0.2:
            # in the moment of the last change, or later
            rows.append(
                (number, at + timedelta(hours=draws.choice((0, 5))), "leadConverted", "Boolean", "", "")
            )
        if draws.random() < 0.3:
            rows.append((number, at, "Owner", "Text", "Wilhelmina Roe", "Jo Lee"))
        if draws.random() < 0.1:
            rows.append((number, at, "Notes__c", "TextArea", "", "called Wilhelmina"))
    draws.shuffle(rows)
    for number, (lead, at, field, data_type, old, new) in enumerate(rows):
        row = {
            "id": f"H{number:07}",
            # some leads are not known any more
            "lead_id": f"L{lead if lead % 50 else lead + leads}",
            "created_date": at.isoformat(timespec="seconds"),
            "field": field,
            "data_type": data_type,
            "old_value": old,
            "new_value": new,
        }
        yield row
        if number % 400 == 0:
            yield row


def _accounts(draws: random.Random, accounts: Iterable[str]) -> Iterator[Row]:
    for account in accounts:
        created = _moment(draws).isoformat(timespec="seconds")
        yield {
            "id": account,
            "is_deleted": draws.random() < 0.05,
            "name": f"Account {account}",
            "industry": draws.choice(INDUSTRIES),
            "annual_revenue": _number(draws, 1e7, 2),
            "created_date": created,
            "last_modified_date": created,
            "system_modstamp": created,
            "last_activity_date": _day(draws),
        }


def _cases(draws: random.Random, accounts: Sequence[str], count: int) -> Iterator[Row]:
    for number in range(count):
        created = _moment(draws).isoformat(timespec="seconds")
        yield {
            "id": f"C{number}",
            "is_deleted": draws.random() < 0.05,
            # few have many
            "account_id": accounts[int(len(accounts) * draws.random() ** 2)] if number % 20 else "",
            "status": "New",
            "priority": draws.choice(("Low", "Medium", "High", "critical", "")),
            "created_date": created,
            "last_modified_date": created,
            "system_modstamp": created,
            "customer_satisfaction_c": draws.choice(("", 1, 2, 3, 4, 5)),
        }


def _opportunities(draws: random.Random, accounts: Sequence[str], count: int) -> Iterator[Row]:
    for number in range(count):
        created = _moment(draws, 200)
        is_closed = draws.random() < 0.4
        stage = draws.choice(CLOSED if is_closed else STAGES)
        yield {
            "id": f"O{number}",
            "is_deleted": draws.random() < 0.05,
            "account_id": accounts[int(len(accounts) * draws.random() ** 2)] if number % 25 else "",
            "name": f"Opportunity {number}",
            "stage_name": stage,
            "amount": _number(draws, 50_000, 2),
            "probability": draws.choice(("", 0, 10, 25, 50, 75, 90, 100)),
            "is_closed": is_closed,
            "is_won": stage == "Closed Won",
            "forecast_category_name": draws.choice(FORECASTS),
            "close_date": (created + timedelta(days=draws.randrange(0, 90))).date(),
            "created_date": created.isoformat(timespec="seconds"),
            "last_modified_date": created.isoformat(timespec="seconds"),
            "system_modstamp": created.isoformat(timespec="seconds"),
            "days_in_stage_c": _number(draws, 70) if number % 3 == 0 else "",
        }


def _opportunity_history(draws: random.Random, opportunities: Iterable[Row]) -> Iterator[Row]:
    number = 0
    for opportunity in opportunities:
        if draws.random() < 0.2:
            continue
        at = datetime.fromisoformat(str(opportunity["created_date"]))
        stages = sorted(draws.sample(range(len(STAGES)), draws.randrange(1, 4)))
        path = [STAGES[place] for place in stages]
        # amounts change too; some were closed before
        path = [stage for stage in path for _ in range(draws.choice((1, 1, 2)))]
        if draws.random() < 0.1:
            path.append("Closed Lost")
        path.append(str(opportunity["stage_name"]))
        for stage in path:
            number += 1
            yield {
                "id": f"P{number:08}",
                "opportunity_id": opportunity["id"],
                "stage_name": stage,
                "amount": opportunity["amount"],
                "probability": opportunity["probability"],
                "created_date": at.isoformat(timespec="seconds"),
            }
            at = min(at + timedelta(hours=draws.randrange(0, 900)), AS_OF - timedelta(hours=1))


def _account(draws: random.Random, accounts: Sequence[str]) -> str:
    """A few have most, some have none, and some are not known."""
    return (
        draws.choice(("", "A-unknown"))
        if draws.random() < 0.05
        else accounts[int(len(accounts) * draws.random() ** 3)]
    )


def _tasks(draws: random.Random, accounts: Sequence[str], count: int) -> Iterator[Row]:
    for number in range(count):
        created = _moment(draws)
        is_closed = draws.random() < 0.8
        completed = min(created + timedelta(hours=draws.randrange(0, 300)), AS_OF)
        is_timed = is_closed and draws.random() < 0.7
        yield {
            "id": f"T{number}",
            "is_deleted": draws.random() < 0.05,
            "who_id": "",
            "what_id": "",
            "account_id": _account(draws, accounts),
            "subject": draws.choice(SUBJECTS),
            "activity_date": _day(draws),
            "status": draws.choice(("Completed", "Deferred", "")) if is_closed else "Not Started",
            "is_closed": is_closed,
            "type": draws.choice(("", "", "WhatsApp", "Meeting", "Other", "phone")),
            "task_subtype": draws.choice(("", "Task", "Call", "Email", "ListEmail")),
            "call_type": draws.choice(("", "Inbound", "Outbound", "Internal")),
            "call_disposition": draws.choice(DISPOSITIONS),
            "call_duration_in_seconds": draws.choice(("", 0, 95, 1800)),
            "completed_date_time": completed.isoformat(timespec="seconds") if is_timed else "",
            "created_date": created.isoformat(timespec="seconds"),
            "last_modified_date": created.isoformat(timespec="seconds"),
            "system_modstamp": created.isoformat(timespec="seconds"),
        }


def _events(draws: random.Random, accounts: Sequence[str], count: int) -> Iterator[Row]:
    for number in range(count):
        created = _moment(draws)
        # some lie ahead
        started = created + timedelta(days=draws.randrange(0, 60))
        yield {
            "id": f"E{number}",
            "is_deleted": draws.random() < 0.05,
            "who_id": "",
            "what_id": "",
            "account_id": _account(draws, accounts),
            "subject": draws.choice(SUBJECTS),
            "activity_date": started.date(),
            "start_date_time": started.isoformat(timespec="seconds") if draws.random() < 0.9 else "",
            "type": draws.choice(("", "Meeting", "Call", "Other")),
            "is_child": draws.random() < 0.1,
            "duration_in_minutes": draws.choice((15, 30, "")),
            "created_date": created.isoformat(timespec="seconds"),
            "last_modified_date": created.isoformat(timespec="seconds"),
            "system_modstamp": created.isoformat(timespec="seconds"),
        }
