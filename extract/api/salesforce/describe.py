"""Which of an object's fields are read: what the settings table declares, as far as the user may see it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from extract.api.landing import Target
from extract.api.salesforce.client import Client
from extract.api.salesforce.progress import Progress
from extract.api.salesforce.values import parse_time, time_text
from extract.api.session import ApiError
from extract.salesforce import SObject, column_name

MOST_AGE = timedelta(days=1)
"""How long what ``describe()`` said is relied on."""

UNREADABLE = {"address", "location", "base64", "complexvalue"}
"""Types that no table of text can hold: compound fields, whose parts are fields of their own, and files."""


def is_due(progress: Progress, client: Client, sobject: SObject) -> bool:
    """Whether ``describe()`` is to be asked again.

    Once a day; when other fields are wanted than last time; and as long as one is missed, lest it is back.
    """
    if progress.described_at is None or _missed(progress, client, sobject):
        return True
    if progress.wanted != _fingerprint(wanted_fields(client, sobject)):
        return True
    return client.now - progress.described_at >= MOST_AGE


def describe(progress: Progress, client: Client, sobject: SObject) -> Progress:
    """Ask which fields the user may see, and compare with what was seen before.

    Raises:
        ApiError: the user may not see the object, or not the fields without which nothing can be read.
    """
    description = client.describe(sobject.name)
    wanted = wanted_fields(client, sobject)
    types = readable(wanted, description)
    for name in {*sobject.key, sobject.cursor}:
        if name not in types:
            raise ApiError(f"the user may not see {name}, without which nothing can be read", "INVALID_FIELD")
    still_wanted = {name.lower() for name in wanted}
    gone = {
        name: time_text(progress.read_to)
        for name in progress.types
        if progress.read_to and name not in types and name.lower() in still_wanted
    }
    fresh = [name for name in types if progress.types and name not in progress.types]
    return _to_read_again(progress, fresh).change(
        described_at=client.now,
        wanted=_fingerprint(wanted),
        types=types,
        is_replicated=bool(description.get("replicateable", True)),
        vanished={name: since for name, since in (gone | progress.vanished).items() if name not in types},
    )


def warn(progress: Progress, client: Client, sobject: SObject, target: Target) -> None:
    """Raise the alarm for fields that have vanished, on every run until they are back or taken note of."""
    for name in _missed(progress, client, sobject):
        since = progress.vanished[name][:16].replace("T", " ")
        target.warn(
            f"{sobject.name}.{name} was there until {since} UTC and cannot be seen any more; its column keeps what it"
            f" has. Give the user read access to the field, or add {sobject.name}.{name} to SALESFORCE_GONE_FIELDS if"
            " it is meant to be gone"
        )
    known = {name.lower() for name in (*progress.types, *progress.vanished)}
    for name in client.extra_fields.get(sobject.name, ()):
        if name.lower() not in known:
            target.warn(f"{sobject.name}.{name} of SALESFORCE_EXTRA_FIELDS does not exist, or cannot be read")


def wanted_fields(client: Client, sobject: SObject) -> list[str]:
    """The declared fields and those that the settings add.

    Raises:
        ApiError: an added field's column would be that of another one.
    """
    names = [field.name for field in sobject.fields]
    columns = {column_name(name): name for name in names}
    for name in client.extra_fields.get(sobject.name, ()):
        other = columns.setdefault(column_name(name), name)
        if other.lower() != name.lower():
            raise ApiError(
                f"SALESFORCE_EXTRA_FIELDS: {name} would have the same column as {other}", "EXTRA_FIELD"
            )
        if other == name and name not in names:
            names.append(name)
    return names


def readable(wanted: Sequence[str], description: Mapping[str, Any]) -> dict[str, str]:
    """Those of the wanted fields that the user may see, by the names that Salesforce gives them, with their types."""
    there = {field["name"].lower(): field for field in description["fields"]}
    found = (there[name.lower()] for name in wanted if name.lower() in there)
    return {field["name"]: field["type"] for field in found if field["type"] not in UNREADABLE}


def _missed(progress: Progress, client: Client, sobject: SObject) -> list[str]:
    """Fields that have vanished, and that nobody has taken note of."""
    noted = {name.lower() for name in client.settings.gone_fields}
    return [name for name in progress.vanished if f"{sobject.name}.{name}".lower() not in noted]


def _to_read_again(progress: Progress, fresh: Sequence[str]) -> Progress:
    """Note for which time records have landed without a field that can be seen now."""
    if not fresh or progress.read_to is None:
        return progress
    starts = [parse_time(progress.vanished[name]) if name in progress.vanished else None for name in fresh]
    if progress.must_reread:
        starts.append(progress.reread_from)
    known = [start for start in starts if start is not None]
    return progress.change(
        must_reread=True,
        reread_from=min(known) if len(known) == len(starts) else None,
        fresh=tuple(dict.fromkeys((*progress.fresh, *fresh))),
    )


def _fingerprint(names: Sequence[str]) -> str:
    return hashlib.sha256(",".join(names).lower().encode()).hexdigest()[:16]
