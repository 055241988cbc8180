"""Pipedrive exports in which everything goes wrong that can, and every case occurs that the definitions decide."""

import csv
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

DEALS = 200
CHANGES = 2500
ACTIVITIES = 800
REPS = ["10", "11", "12", "13", "14", "999"]
VALUES = {
    "add_time": ["2024-01-01T00:00:00", "2023-12-24", "never", ""],
    "user_id": [*REPS, *REPS, "", "nobody"],
    "stage_id": [*"123456789", *"123456789", "11", "12", "77", "x", ""],
    "lost_reason": ["1", "2", "9", "Went bust", ""],
    "status": ["open", "won", "lost", "Lost ", "deleted", ""],
    "title": ["lost", "1"],
}
STAGES = [
    (1, "Lead Generation"),
    (2, "qualified_lead"),
    (3, "NEEDS  Assessment"),
    (4, "Proposal/Quote Preparation"),
    (5, "Negotiation"),
    (6, "closing"),
    (7, "Implementation/Onboarding"),
    (8, "Follow up/Customer-Success"),
    (9, "Renewal/Expansion"),
    (11, "Parking"),
]
TYPES = ["meeting", "Meeting", "sc_2", "SC-2", " sc  2", "follow_up", "after_close_call", "lunch", ""]


def write(folder: Path, seed: int = 1) -> Path:
    """Write the six exports into ``folder``; the same seed gives the same files."""
    draw = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)

    def moment() -> str:
        # half days: many changes share their instant
        at = datetime(2023, 11, 20) + timedelta(hours=12 * draw.randrange(240))
        return draw.choice([at.isoformat(), at.isoformat(" "), at.isoformat(" ")])

    def now_and_then(bad: list[str], good: str) -> str:
        return draw.choice(bad) if draw.random() < 0.02 else good

    changes = []
    for _ in range(CHANGES):
        field = draw.choices(list(VALUES), weights=[5, 20, 50, 7, 7, 11])[0]
        deal = now_and_then(["", "x7", "7.5"], str(draw.randint(1, DEALS)))
        changes.append(
            (deal, now_and_then(["", "soon", "2024-13-01"], moment()), field, draw.choice(VALUES[field]))
        )
    activities = []
    for _ in range(ACTIVITIES):
        deal = draw.choice(
            ["", str(draw.randint(1, DEALS)), str(draw.randint(1, DEALS)), str(draw.randint(900, 950))]
        )
        activities.append(
            (
                draw.randint(1, ACTIVITIES // 2),
                draw.choice(TYPES),
                draw.choice([*REPS, "15", ""]),
                deal,
                draw.choice(["True", "true", "False", "False", "", "maybe"]),
                now_and_then(["", "later"], moment()),
            )
        )
    users = [
        (
            number,
            f"{draw.choice('JKé')}ody Example",
            f"user{number}@example.com",
            f"2024-0{place}-01 00:00:00.5",
        )
        for place, number in enumerate([10, 11, 12, 13, 14, 16, 10], start=1)
    ]
    reasons = '[{"id": "1", "label": "Too \\"dear\\""}, {"id": 2, "label": "Caf\\u00e9"}]'
    fields = [
        (1, "stage_id", "Stage", '[{"id": 12, "label": "Negotiation"}, {"id": 2, "label": "Closing"}]'),
        (2, "lost_reason", "Lost reason", reasons),
        (3, "title", "Title", '[{"id": 1, "label": "cut o'),
        (4, "user_id", "Owner", ""),
    ]
    _write(folder / "deal_changes.csv", ("deal_id", "change_time", "changed_field_key", "new_value"), changes)
    _write(
        folder / "activity.csv",
        ("activity_id", "type", "assigned_to_user", "deal_id", "done", "due_to"),
        activities,
    )
    _write(folder / "users.csv", ("id", "name", "email", "modified"), users)
    _write(folder / "stages.csv", ("stage_id", "stage_name"), STAGES)
    _write(
        folder / "activity_types.csv",
        ("id", "name", "active", "type"),
        [(1, "Sales Call 1", "Yes", "meeting")],
    )
    _write(folder / "fields.csv", ("ID", "FIELD_KEY", "NAME", "FIELD_VALUE_OPTIONS"), fields)
    return folder


def _write(path: Path, header: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
