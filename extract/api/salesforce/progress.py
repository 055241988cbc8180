"""How far an object has been read: the cursor that is committed with its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from extract.api.salesforce.values import parse_time, time_text

TIMES = ("read_to", "described_at", "reread_from", "deleted_to", "listed_at")


@dataclass(frozen=True)
class Progress:
    """What is known of an object from earlier runs.

    Args:
        read_to: end of the last window; every version below it has landed.
        described_at: when ``describe()`` was last asked.
        wanted: fingerprint of the fields that were wanted then.
        types: the fields that are read, with their types.
        is_replicated: whether Salesforce keeps a list of the object's deleted records.
        vanished: fields that were there and are not any more, each with the end of the last window that had it.
        must_reread: records that could be seen only in part, or not at all, are to be read again.
        reread_from: from when on they are; without it, all of them.
        fresh: the fields that they lack.
        deleted_to: how far the list of deleted records has been read.
        listed_at: when the ids of all records were last compared.
    """

    read_to: datetime | None = None
    described_at: datetime | None = None
    wanted: str = ""
    types: dict[str, str] = field(default_factory=dict)
    is_replicated: bool = True
    vanished: dict[str, str] = field(default_factory=dict)
    must_reread: bool = False
    reread_from: datetime | None = None
    fresh: tuple[str, ...] = ()
    deleted_to: datetime | None = None
    listed_at: datetime | None = None

    @classmethod
    def from_cursor(cls, cursor: Mapping[str, Any]) -> "Progress":
        """What a committed cursor says."""
        known = {name: value for name, value in cursor.items() if name in cls.__dataclass_fields__}
        times = {name: parse_time(known[name]) for name in TIMES if name in known}
        return cls(**known | times | {"fresh": tuple(known.get("fresh", ()))})

    @property
    def cursor(self) -> dict[str, Any]:
        """It as JSON takes it; what is not known is left out."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {
            name: time_text(value) if isinstance(value, datetime) else value
            for name, value in values.items()
            if value is not None
        }

    def change(self, **changes: Any) -> "Progress":
        """It with some of its parts replaced."""
        return replace(self, **changes)
