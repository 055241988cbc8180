"""Records as an answer shows them where more is asked for than is kept: labels, counts, chosen custom fields."""

import json
from collections.abc import Callable
from typing import Any

from leadhouse.simulator.crm.pipedrive.company import COMPANY_DOMAIN
from leadhouse.simulator.crm.pipedrive.fields import LABELS, Record, custom_fields
from leadhouse.simulator.crm.pipedrive.questions import Form
from leadhouse.simulator.crm.pipedrive.store import Store

LINKS = {"deals": "deal_id", "persons": "person_id", "organizations": "org_id"}
"""By kind: the key under which activities, and deals, name a record of it."""
OWNERS = {"deals": "deal", "persons": "person", "organizations": "organization", "products": "product"}
ACTIVITY_COUNTS = {
    "activities_count": "true",
    "done_activities_count": "json_extract(body, '$.done')",
    "undone_activities_count": "not json_extract(body, '$.done')",
}
ACTIVITY_ENDS = {
    "next_activity_id": "not json_extract(body, '$.done') order by json_extract(body, '$.due_date')",
    "last_activity_id": "json_extract(body, '$.done') order by json_extract(body, '$.due_date') desc",
}
DEAL_STATUSES = {
    "open_deals_count": ("open",),
    "closed_deals_count": ("won", "lost"),
    "won_deals_count": ("won",),
    "lost_deals_count": ("lost",),
}


class Answers:
    """Shapes records.

    Args:
        store: where what is counted is.
        seed: the company's.
    """

    def __init__(self, store: Store, seed: int) -> None:
        self._store, self._seed = store, seed

    def shaped(self, kind: str, body: str, form: Form) -> str:
        """A record in JSON as asked for.

        Args:
            kind: of the record.
            body: the record as it is kept.
            form: what is asked for.
        """
        if form.is_plain:
            return body
        record: Record = json.loads(body)
        if "custom_fields" in record:
            record["custom_fields"] = self._custom(kind, record["custom_fields"], form)
        if form.labels:
            record["labels"] = [{"id": number, "label": LABELS[number - 1]} for number in record["label_ids"]]
        for name in form.extras:
            record[name] = self._extra(kind, record, name)
        return json.dumps(record, ensure_ascii=False, separators=(",", ":"))

    def _custom(self, kind: str, values: Record, form: Form) -> Record:
        if form.custom is not None:
            values = {key: value for key, value in values.items() if key in form.custom}
        if not form.option_labels:
            return values
        labels = {
            field.key: dict(self._options(kind, field.key, field.options))
            for field in custom_fields(self._seed, OWNERS[kind])
            if field.options
        }
        return {key: _labelled(value, labels.get(key)) for key, value in values.items()}

    def _options(self, kind: str, key: str, first: tuple[tuple[int, str], ...]) -> dict[int, str]:
        """Options of a field, those that were added later among them."""
        for body in self._store.bodies(f"{OWNERS[kind]}Fields"):
            definition = json.loads(body)
            if definition["key"] == key:
                return {option["id"]: option["label"] for option in definition["options"]}
        return dict(first)

    def _extra(self, kind: str, record: Record, name: str) -> Any:
        if name in ACTIVITY_COUNTS:
            return self._count("activities", kind, record, ACTIVITY_COUNTS[name])
        if name in ACTIVITY_ENDS:
            return self._end(kind, record, ACTIVITY_ENDS[name])
        if name in DEAL_STATUSES:
            statuses = ", ".join(f"'{status}'" for status in DEAL_STATUSES[name])
            return self._count("deals", kind, record, f"status in ({statuses})")
        others: dict[str, Callable[[], Any]] = {
            "attendees": lambda: self._attendees(record),
            "people_count": lambda: self._count("persons", kind, record, "true"),
            "participants_count": lambda: int(record["person_id"] is not None),
            "first_won_time": lambda: record["won_time"],
            "smart_bcc_email": lambda: f"{COMPANY_DOMAIN}+{OWNERS[kind]}{record['id']}@pipedrivemail.example",
        }
        if name in others:
            return others[name]()
        return 0 if name.endswith("_count") else None

    def _count(self, counted: str, kind: str, record: Record, condition: str) -> int:
        rows = self._store.rows(
            f"select count(*) from records where kind = ? and is_deleted = 0 "
            f"and json_extract(body, '$.{LINKS[kind]}') = ? and {condition}",
            (counted, record["id"]),
        )
        return int(rows[0][0])

    def _end(self, kind: str, record: Record, condition: str) -> int | None:
        rows = self._store.rows(
            f"select id from records where kind = 'activities' and is_deleted = 0 "
            f"and json_extract(body, '$.{LINKS[kind]}') = ? and {condition} limit 1",
            (record["id"],),
        )
        return rows[0][0] if rows else None

    def _attendees(self, record: Record) -> list[Record]:
        user = json.loads(self._store.body("users", record["owner_id"]) or "{}")
        return [
            {
                "email": user.get("email"),
                "name": user.get("name"),
                "status": "accepted",
                "is_organizer": True,
                "person_id": None,
                "user_id": record["owner_id"],
            }
        ]


def _labelled(value: Any, labels: dict[int, str] | None) -> Any:
    if labels is None or value is None:
        return value
    if isinstance(value, list):
        return [{"id": number, "label": labels[number]} for number in value]
    return {"id": value, "label": labels[value]}
