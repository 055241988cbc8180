"""The org's records as they are at one moment of its life, and what happens to them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol

from leadhouse.simulator.crm.org.ids import record_id, record_number
from leadhouse.simulator.crm.org.metadata import OBJECTS
from leadhouse.simulator.draws import Draws

Value = str | int | Decimal | bool | datetime | date | None
"""Times are aware, in UTC, in whole seconds, as Salesforce keeps them."""
Record = dict[str, Value]
Kind = Literal["create", "update", "delete", "undelete", "purge"]

SECOND = timedelta(seconds=1)
FIRST_NUMBERS = {"OpportunityFieldHistory": 62**6}
"""Where an object's ids begin, if not at 0: all histories of fields share one key prefix."""
CASCADES = {
    "Lead": {"Task", "Event", "CampaignMember", "LeadHistory"},
    "Contact": {"Task", "Event", "CampaignMember"},
    "Opportunity": {"OpportunityLineItem", "Task", "Event", "OpportunityHistory", "OpportunityFieldHistory"},
    "Case": {"Task", "Event"},
}
"""What is deleted together with a record. A record that anything else refers to is not deleted here."""
HISTORIES = frozenset({"LeadHistory", "OpportunityHistory", "OpportunityFieldHistory"})
"""Their rows never change, not even when their record is deleted."""
_REFERENCES = {
    name: tuple(
        field.name
        for field in sobject.fields
        if field.type == "reference" and not {"User"} & set(field.reference_to)
    )
    for name, sobject in OBJECTS.items()
}
_NAMES = {sobject.key_prefix: name for name, sobject in OBJECTS.items() if name not in HISTORIES}
_BLANK: dict[str, Record] = {
    name: {
        field.name: False if field.type == "boolean" else None
        for field in sobject.fields
        if field.type != "address"
    }
    for name, sobject in OBJECTS.items()
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to one record.

    Args:
        object_name: kind of record.
        record_id: 18 characters.
        fields: the changed fields with their new values; all fields of a new record; none of a purged one.
        kind: ``delete`` moves it into the recycle bin, ``undelete`` takes it out again, ``purge`` ends it for good.
        at: when; the record's SystemModstamp from then on.
        visible_at: when others can see it; later than ``at`` where a transaction took long.
    """

    object_name: str
    record_id: str
    fields: Record
    kind: Kind
    at: datetime
    visible_at: datetime


class LeadSource(Protocol):
    """Where leads come from that nothing has happened to yet: too many to be held."""

    size: int

    def record(self, index: int) -> Record:
        """One lead, by its place from 0."""


def blank(object_name: str) -> Record:
    """A record of this kind with nothing in it."""
    return dict(_BLANK[object_name])


class Books:
    """All records, and the changes that have not been told yet.

    Args:
        leads: the first leads; their ids are numbered from 0.
        first_lead_history: number of the first row of LeadHistory that is not the leads' own.
    """

    def __init__(self, leads: LeadSource, first_lead_history: int) -> None:
        self._leads = leads
        self.tables: dict[str, dict[str, Record]] = {name: {} for name in OBJECTS}
        """Records by id, purged ones not; of the first leads only those that were looked at."""
        self._ids: dict[str, list[str]] = {name: [] for name in OBJECTS}
        self._referring: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)  # sets in order
        self._deleted_with: dict[str, list[tuple[str, str]]] = {}
        self._open: list[tuple[str, str, Record, Kind, datetime]] = []
        self._unseen_until: dict[str, datetime] = {}
        self._purged: set[str] = set()
        self._numbers = defaultdict(int, FIRST_NUMBERS) | {
            "Lead": leads.size,
            "LeadHistory": first_lead_history,
        }

    # Reading

    def get(self, object_name: str, record: Value) -> Record:
        """One record by its id.

        Raises:
            KeyError: it is unknown, or purged.
        """
        identifier = str(record)
        held = self.tables[object_name].get(identifier)
        if held is None and object_name == "Lead":
            held = self._first_lead(identifier)
        if held is None:
            raise KeyError(identifier)
        return held

    def count(self, object_name: str) -> int:
        """How many records there ever were."""
        own = self._leads.size if object_name == "Lead" else 0
        return own + len(self._ids[object_name])

    def pick(
        self, draws: Draws, object_name: str, suits: Callable[[Record], bool] = lambda _: True
    ) -> Record | None:
        """Any record that is not deleted and suits; None where one is not found quickly."""
        count = self.count(object_name)
        for _ in range(30 if count else 0):
            record = self._at(object_name, draws.below(count))
            if record and not record.get("IsDeleted") and suits(record):
                return record
        return None

    def pick_deleted(self, draws: Draws, object_name: str) -> Record | None:
        """Any record in the recycle bin that was put there by itself; None where there is none."""
        deleted = [
            record
            for root in self._deleted_with
            if (record := self.tables[object_name].get(root)) and record["IsDeleted"]
        ]
        return draws.pick(deleted) if deleted else None

    def undeleted(self, object_name: str) -> Iterator[Record]:
        """All records of a kind that are held and not deleted."""
        return (record for record in self.tables[object_name].values() if not record.get("IsDeleted"))

    def referring(self, record: Value, object_name: str) -> list[Record]:
        """The undeleted records of this kind that refer to a record."""
        found = (
            self.tables[name].get(identifier)
            for name, identifier in self._referring[str(record)]
            if name == object_name
        )
        return [
            other
            for other in found
            if other
            and not other["IsDeleted"]
            and any(other[field] == record for field in _REFERENCES[object_name])
        ]

    def is_deletable(self, object_name: str, record: Record) -> bool:
        """Whether nothing would be left that refers to it."""
        allowed = CASCADES.get(object_name, set())
        return all(
            name in allowed or identifier in self._purged or self.get(name, identifier)["IsDeleted"]
            for name, identifier in self._referring[str(record["Id"])]
        )

    def is_undeletable(self, object_name: str, record: Record) -> bool:
        """Whether all that a record refers to is still there."""
        return not any(self._is_gone(str(record[name])) for name in _REFERENCES[object_name] if record[name])

    def later_than(self, at: datetime, *records: Record) -> datetime:
        """A time at which all the records can be changed: ``at``, or just after the last change of any."""
        stamps = [record["SystemModstamp"] for record in records]
        return max(at, *(stamp + SECOND for stamp in stamps if isinstance(stamp, datetime)))

    # Writing

    def create(self, object_name: str, at: datetime, by: str, fields: Mapping[str, Value]) -> Record:
        """A new record with these fields; those of the system are set here."""
        number = self._numbers[object_name]
        self._numbers[object_name] = number + 1
        record = blank(object_name)
        known = record.keys()
        record.update(fields)
        stamps: Record = {
            "Id": record_id(OBJECTS[object_name].key_prefix, number),
            "CreatedDate": at,
            "CreatedById": by,
            "LastModifiedDate": at,
            "LastModifiedById": by,
            "SystemModstamp": at,
        }
        record.update({name: value for name, value in stamps.items() if name in known})
        if record.get("OwnerId", by) is None:
            record["OwnerId"] = by
        identifier = str(record["Id"])
        self._ids[object_name].append(identifier)
        self._put(object_name, record)
        self._open.append((object_name, identifier, record, "create", at))
        return record

    def update(
        self, object_name: str, record: Record, at: datetime, by: str | None, fields: Mapping[str, Value]
    ) -> Record:
        """Set fields of a record.

        Args:
            object_name: its kind.
            record: as it was.
            at: later than its last change.
            by: who does it; None is the system itself, whose changes do not count as modifications.
            fields: new values.
        """
        return self._change(object_name, record, "update", at, by, dict(fields))

    def delete(self, object_name: str, record: Record, at: datetime, by: str) -> None:
        """Move a record, and what hangs on it, into the recycle bin."""
        identifier = str(record["Id"])
        along = [
            (name, str(other["Id"]))
            for name in sorted(CASCADES.get(object_name, set()) - HISTORIES)
            for other in self.referring(identifier, name)
        ]
        self._change(object_name, record, "delete", at, by, {"IsDeleted": True})
        for name, other in along:
            child = self.tables[name][other]
            self._change(name, child, "delete", self.later_than(at, child), by, {"IsDeleted": True})
        self._deleted_with[identifier] = along

    def undelete(self, object_name: str, record: Record, at: datetime, by: str) -> None:
        """Take a record, and what was deleted with it, out of the recycle bin."""
        self._change(object_name, record, "undelete", at, by, {"IsDeleted": False})
        for name, other in self._deleted_with.pop(str(record["Id"])):
            child = self.tables[name].get(other)
            if child and child["IsDeleted"] and OBJECTS[name].is_undeletable:
                self._change(name, child, "undelete", self.later_than(at, child), by, {"IsDeleted": False})

    def purge(self, object_name: str, record: Record, at: datetime) -> None:
        """Remove a deleted record, and what was deleted with it, for good."""
        identifier = str(record["Id"])
        for name, other in [(object_name, identifier), *self._deleted_with.pop(identifier)]:
            if self.tables[name].pop(other, None):
                self._purged.add(other)
                self._open.append((name, other, {}, "purge", at))

    def set_silently(self, object_name: str, record: Record, fields: Mapping[str, Value]) -> Record:
        """Change the past: only while the first records are made."""
        changed = {**record, **fields}
        self.tables[object_name][str(record["Id"])] = changed
        return changed

    def note_references(self, object_name: str, record: Record, names: Sequence[str] = ()) -> None:
        """Remember to which records a record refers in these fields; in all where none are named."""
        for name in names or _REFERENCES[object_name]:
            if name in _REFERENCES[object_name] and record[name] is not None:
                self._referring[str(record[name])][object_name, str(record["Id"])] = None

    def commit(self, delay: timedelta = timedelta()) -> list[Change]:
        """End a transaction.

        Args:
            delay: after which the others see what it did; a record that somebody waits to see takes longer.

        Returns:
            Its changes, in order.
        """
        opened, self._open = self._open, []
        if not opened:
            return []
        visible_at = max(at for *_, at in opened) + delay
        involved = {
            value
            for _, identifier, fields, _, _ in opened
            for value in (identifier, *fields.values())
            if isinstance(value, str) and value in self._unseen_until
        }
        visible_at = max([visible_at, *(self._unseen_until[value] for value in involved)])
        self._unseen_until |= {identifier: visible_at for _, identifier, *_ in opened}
        return [
            Change(name, identifier, fields, kind, at, visible_at)
            for name, identifier, fields, kind, at in opened
        ]

    def forget_delays(self, now: datetime) -> None:
        """Nobody waits any more for what was to be seen until now."""
        self._unseen_until = {
            identifier: until for identifier, until in self._unseen_until.items() if until > now
        }

    # Within

    def _is_gone(self, identifier: str) -> bool:
        """Whether a record is deleted or purged; one of an unknown kind is not."""
        name = _NAMES.get(identifier[:3])
        return identifier in self._purged or bool(name and self.get(name, identifier).get("IsDeleted"))

    def _at(self, object_name: str, place: int) -> Record | None:
        """The record at a place among all that ever were; None where it was purged."""
        first_leads = self._leads.size if object_name == "Lead" else 0
        if place < first_leads:
            identifier = record_id("00Q", place)
            return self.tables["Lead"].get(identifier) or self._first_lead(identifier)
        return self.tables[object_name].get(self._ids[object_name][place - first_leads])

    def _first_lead(self, identifier: str) -> Record | None:
        """One of the first leads, to which nothing has happened yet; None where something has."""
        place = record_number(identifier)
        is_unknown = identifier in self._purged or place >= self._leads.size
        return None if is_unknown else self._leads.record(place)

    def _change(
        self, object_name: str, record: Record, kind: Kind, at: datetime, by: str | None, fields: Record
    ) -> Record:
        if self.tables[object_name].get(str(record["Id"]), record) is not record:
            raise ValueError(f"{object_name} {record['Id']} is not as it was")
        stamp = record["SystemModstamp"]
        if isinstance(stamp, datetime) and at <= stamp:
            raise ValueError(f"{object_name} {record['Id']} was changed at {stamp} already")
        fields["SystemModstamp"] = at
        if by:
            fields |= {"LastModifiedDate": at, "LastModifiedById": by}
        changed = record | fields
        self._put(object_name, changed, *fields)
        self._open.append((object_name, str(record["Id"]), fields, kind, at))
        return changed

    def _put(self, object_name: str, record: Record, *names: str) -> None:
        """Enter a record, and the references in these fields of it (of a new one in all)."""
        is_new = record["Id"] not in self.tables[object_name]
        self.tables[object_name][str(record["Id"])] = record
        self.note_references(object_name, record, _REFERENCES[object_name] if is_new else names)
