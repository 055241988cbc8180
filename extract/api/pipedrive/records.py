"""Objects of the API as rows: which field goes into which column, custom fields by the names that people gave them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

import pyarrow as pa

from extract.api.landing import to_arrow
from extract.api.pipedrive.client import Item
from extract.api.pipedrive.resources import Resource
from extract.api.pipedrive.values import as_text
from extract.files.headers import identifier, told_apart
from extract.tables import META_COLUMNS

Record = dict[str, str | None]
"""A row by column."""


class CustomColumns:
    """Which custom field is which column. A column keeps its name when the field's is changed.

    Args:
        known: columns by the fields' keys, as an earlier run left them.
        taken: columns that are something else.
        read_definitions: gives the fields' names by their keys; asked once, when a field comes that is not known.
    """

    def __init__(
        self,
        known: Mapping[str, str],
        taken: Iterable[str],
        read_definitions: Callable[[], Mapping[str, str]],
    ) -> None:
        self.columns = dict(known)
        self._declared = frozenset(taken)
        self._taken = {*self._declared, *META_COLUMNS, *known.values()}
        self._own: dict[str, str] = {}
        self._read_definitions = read_definitions
        self._names: Mapping[str, str] | None = None

    def __getitem__(self, key: str) -> str:
        """The column of a field."""
        if key not in self.columns:
            if self._names is None:
                self._names = self._read_definitions()
            # Whoever may see a field's values may not see its definition always.
            column = identifier(self._names.get(key) or "", f"custom_{key[:8]}")
            column = told_apart(column, key) if column in self._taken else column
            self.columns[key] = column
            self._taken.add(column)
        return self.columns[key]

    def beside(self, name: str) -> str:
        """The column of a field of the API's own: its name, unless no column can have it, or another one does."""
        if name in self._declared:
            return name
        if name not in self._own:
            column = identifier(name, "field")
            column = told_apart(column, name) if column in self._taken else column
            self._own[name] = column
            self._taken.add(column)
        return self._own[name]


def flatten(item: Item, resource: Resource, custom: CustomColumns) -> Record:
    """An object of the API as a row."""
    record: Record = {}
    for name, value in item.items():
        if name == "custom_fields":
            record |= {custom[key]: as_text(custom_value) for key, custom_value in (value or {}).items()}
        elif name not in resource.ignored:
            record[custom.beside(resource.columns.get(name, name))] = as_text(value)
    if resource.table == "activity":
        # Without a time of the day it is due on the day.
        parts = (record.get("due_date"), record.get("due_time"))
        record["due_to"] = "T".join(part for part in parts if part) or None
    return record


def batches(records: Sequence[Record], key: Sequence[str]) -> list[pa.Table]:
    """Rows as what `Target.land` takes: with the key's columns, and all that any of the rows has."""
    return [to_arrow(records, list(dict.fromkeys(chain(key, *records))))] if records else []
