"""Writing: one record at a time, with Salesforce's checks."""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

from leadhouse.simulator.crm.org import Field, SObject
from leadhouse.simulator.crm.org.ids import record_id
from leadhouse.simulator.crm.salesforce.context import Context
from leadhouse.simulator.crm.salesforce.errors import SalesforceError, not_found
from leadhouse.simulator.crm.salesforce.store import LIVE, Record
from leadhouse.simulator.crm.salesforce.values import ID_TYPES, datetime_text, from_text, long_id

FIRST_NUMBER = 10**12
"""Of the ids of clients' records: far beyond those of the org's own."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class Records:
    """Creates, changes and deletes records.

    Args:
        context: the org.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._numbers = count(FIRST_NUMBER)

    def create(self, sobject: SObject, values: Mapping[str, Any], now: datetime) -> str:
        """Create a record; returns its id.

        Raises:
            SalesforceError: Salesforce would not have it.
        """
        self._check_writable(sobject)
        texts = self._texts(sobject, values)
        missing = [
            field.name for field in sobject.fields if _is_required(field) and not texts.get(field.name)
        ]
        if missing:
            raise _missing(missing)
        with self._context.store.transaction():
            self._check_unique(sobject, texts, None)
            key = record_id(sobject.key_prefix, next(self._numbers))
            self._strike_lock(key)
            by = {"CreatedDate": _stamp(now), "CreatedById": self._context.user_id}
            self._write(sobject, key, _defaults(sobject, self._context.user_id) | texts | by, "create", now)
        return key

    def update(self, sobject: SObject, key: str, values: Mapping[str, Any], now: datetime) -> None:
        """Change a record.

        Raises:
            SalesforceError: there is none, or Salesforce would not have it so.
        """
        self._check_writable(sobject)
        with self._context.store.transaction():
            record = self.live(sobject, key)
            texts = self._texts(sobject, values)
            emptied = [
                field.name for field in sobject.fields if _is_required(field) and texts.get(field.name) == ""
            ]
            if emptied:
                raise _missing(emptied)
            self._check_unique(sobject, texts, record.texts["Id"])
            self._strike_lock(record.texts["Id"])
            self._write(sobject, record.texts["Id"], {**record.texts, **texts}, "update", now)

    def upsert(
        self, sobject: SObject, key_field: str, key: str, values: Mapping[str, Any], now: datetime
    ) -> tuple[str, bool]:
        """Change the record that has a value in an external id field, or create it.

        Returns:
            Its id, and whether it was created.

        Raises:
            SalesforceError: the field is no external id, or Salesforce would not have it so.
        """
        field = self.key_field(sobject, key_field)
        with self._context.store.transaction():
            if field.name == "Id":
                if key:
                    self.update(sobject, key, values, now)
                    return self.live(sobject, key).texts["Id"], False
                return self.create(sobject, values, now), True
            if not key:
                raise SalesforceError("MISSING_ARGUMENT", f"{field.name} not specified", 400, ())
            found = self.by_external_id(sobject, field, key)
            if found:
                self.update(sobject, found.texts["Id"], values, now)
                return found.texts["Id"], False
            return self.create(sobject, {**values, field.name: key}, now), True

    def delete(self, sobject: SObject, key: str, now: datetime, *, for_good: bool = False) -> str:
        """Move a record into the recycle bin, or delete it for good; returns its id.

        Raises:
            SalesforceError: there is none.
        """
        self._check_writable(sobject)
        with self._context.store.transaction():
            key = self.live(sobject, key).texts["Id"]
            self._strike_lock(key)
            kind = "purge" if for_good else "delete"
            self._context.store.write(sobject.name, key, self._audit(sobject, now), kind, _second(now))
        return key

    def live(self, sobject: SObject, key: str) -> Record:
        """The record of an id of 15 or 18 characters.

        Raises:
            SalesforceError: there never was one, or it is deleted.
        """
        whole = long_id(key)
        found = self._context.store.find(sobject.name, "Id", whole) if whole else []
        if not found:
            raise not_found()
        if found[0].state != LIVE:
            raise SalesforceError("ENTITY_IS_DELETED", "entity is deleted", 404, ())
        return found[0]

    def key_field(self, sobject: SObject, name: str) -> Field:
        """The field of an external id, or ``Id`` itself.

        Raises:
            SalesforceError: it is none.
        """
        for field in sobject.fields:
            if field.name.lower() == name.lower() and (field.is_external_id or field.name == "Id"):
                return field
        raise not_found("Provided external ID field does not exist or is not accessible: " + name)

    def by_external_id(self, sobject: SObject, field: Field, key: str) -> Record | None:
        """The live record that has this external id."""
        found = self._context.store.find(sobject.name, field.name, from_text(field.type, key) or "")
        return next((record for record in found if record.state == LIVE), None)

    # Checks

    def _check_writable(self, sobject: SObject) -> None:
        if not sobject.is_writable:
            raise SalesforceError(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                f"entity type {sobject.name} does not support this",
                400,
                (),
            )

    def _texts(self, sobject: SObject, values: Mapping[str, Any]) -> dict[str, str]:
        fields = {field.name.lower(): field for field in sobject.fields}
        texts = {}
        for name, value in values.items():
            if name == "attributes":
                continue
            field = fields.get(name.lower())
            if field is None:
                raise SalesforceError(
                    "INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}"
                )
            if not field.is_writable:
                raise SalesforceError(
                    "INVALID_FIELD_FOR_INSERT_UPDATE",
                    f"Unable to create/update fields: {field.name}. Please check the security settings of this field "
                    "and verify that it is read/write for your profile or permission set.",
                    400,
                    [field.name],
                )
            texts[field.name] = self._text(field, value)
        return texts

    def _text(self, field: Field, value: Any) -> str:
        plain = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        text = from_text(field.type, plain.strip())
        if text is None or isinstance(value, dict | list):
            code = "MALFORMED_ID" if field.type in ID_TYPES else "INVALID_TYPE_ON_FIELD_IN_RECORD"
            raise SalesforceError(
                code, f"{field.label}: value not of required type: {plain}", 400, [field.name]
            )
        if field.length and len(text) > field.length:
            message = f"{field.label}: data value too large: {text} (max length={field.length})"
            raise SalesforceError("STRING_TOO_LONG", message, 400, [field.name])
        if text and field.type == "email" and not _EMAIL.fullmatch(text):
            message = f"{field.label}: invalid email address: {text}"
            raise SalesforceError("INVALID_EMAIL_ADDRESS", message, 400, [field.name])
        if text and field.type == "reference":
            self._check_reference(field, text)
        return text or ("false" if field.type == "boolean" else "")

    def _check_reference(self, field: Field, key: str) -> None:
        store = self._context.store
        known = [name for name in field.reference_to if self._context.catalogue.find(name)]
        if known and not any(store.find(name, "Id", key) for name in known):
            message = f"{field.label}: id value of incorrect type or of no record: {key}"
            raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", message, 400, [field.name])

    def _check_unique(self, sobject: SObject, texts: Mapping[str, str], own: str | None) -> None:
        for field in sobject.fields:
            if not field.is_external_id or not texts.get(field.name):
                continue
            other = self.by_external_id(sobject, field, texts[field.name])
            if other and other.texts["Id"] != own:
                raise SalesforceError(
                    "DUPLICATE_VALUE",
                    f"duplicate value found: {field.name} duplicates value on record with id: {other.texts['Id'][:15]}",
                    400,
                    (),
                )

    def _strike_lock(self, key: str) -> None:
        if self._context.faults.strikes("lock"):
            raise SalesforceError(
                "UNABLE_TO_LOCK_ROW",
                f"unable to obtain exclusive access to this record or 1 records: {key}",
                400,
                (),
            )

    # What every write sets

    def _write(self, sobject: SObject, key: str, texts: dict[str, str], kind: str, now: datetime) -> None:
        texts = {**texts, "Id": key, **_whole_name(sobject, texts), **self._audit(sobject, now)}
        self._context.store.write(sobject.name, key, texts, kind, _second(now))

    def _audit(self, sobject: SObject, now: datetime) -> dict[str, str]:
        stamps = {
            "LastModifiedDate": _stamp(now),
            "LastModifiedById": self._context.user_id,
            "SystemModstamp": _stamp(now),
        }
        return {name: text for name, text in stamps.items() if name in sobject.field_names}


def _second(now: datetime) -> datetime:
    """Salesforce's stamps have whole seconds."""
    return now.replace(microsecond=0)


def _stamp(now: datetime) -> str:
    return datetime_text(_second(now))


def _is_required(field: Field) -> bool:
    return (
        not field.nillable
        and field.is_writable
        and field.type not in ("boolean", "picklist")
        and field.name != "OwnerId"
    )


def _defaults(sobject: SObject, user_id: str) -> dict[str, str]:
    defaults = {}
    for field in sobject.fields:
        if field.type == "boolean":
            defaults[field.name] = "false"
        elif field.name == "OwnerId":
            defaults[field.name] = user_id
        elif field.type == "picklist" and not field.nillable:
            defaults[field.name] = field.picklist[0]
    return defaults


def _whole_name(sobject: SObject, texts: Mapping[str, str]) -> dict[str, str]:
    """A person's ``Name``, which nobody writes: it is made of its parts."""
    parts = [field.name for field in sobject.fields if field.compound == "Name"]
    if not parts:
        return {}
    return {"Name": " ".join(filter(None, (texts.get(part) for part in ("FirstName", "LastName"))))}


def _missing(names: list[str]) -> SalesforceError:
    return SalesforceError(
        "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", 400, names
    )
