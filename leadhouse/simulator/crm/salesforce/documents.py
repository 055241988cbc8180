"""Records as JSON."""

from collections.abc import Callable, Sequence

from leadhouse.simulator.crm.org import Field, SObject
from leadhouse.simulator.crm.salesforce.values import HISTORY_TYPES, to_json

_Writers = list[tuple[int, Callable[[str], str], str]]
"""Of each part of a field: its place in a row, how it becomes JSON, its name."""


class Documents:
    """Writes records of one object with some of its fields.

    Args:
        sobject: their object.
        fields: to be shown, in order; compound ones too.
        base: path of the API's version.

    Attributes:
        names: the stored fields that ``document`` needs, in this order; the first is ``Id``.
    """

    def __init__(self, sobject: SObject, fields: Sequence[Field], base: str) -> None:
        names = ["Id"]
        parts = []
        for field in fields:
            shown = [field] if field.type != "address" else _parts(sobject, field)
            for part in shown:
                if part.name not in names:
                    names.append(part.name)
            writers = [(names.index(part.name), to_json(part.type), part.name) for part in shown]
            parts.append((field, writers))
        if any(field.type == "anyType" for field in fields) and "DataType" not in names:
            names.append("DataType")
        self._data_type = names.index("DataType") if "DataType" in names else None
        self.names = tuple(names)
        self._parts = parts
        self._head = f'{{"attributes":{{"type":"{sobject.name}","url":"{base}/sobjects/{sobject.name}/'

    def document(self, row: Sequence[str]) -> str:
        """One record's JSON.

        Args:
            row: stored texts in the order of ``names``.
        """
        shown = [f'{self._head}{row[0]}"}}']
        for field, writers in self._parts:
            if field.type == "address":
                shown.append(f'"{field.name}":{self._address(field, writers, row)}')
            else:
                [(place, write, name)] = writers
                if field.type == "anyType" and self._data_type is not None:
                    write = to_json(HISTORY_TYPES.get(row[self._data_type], "string"))
                shown.append(f'"{name}":{write(row[place])}')
        return ",".join(shown) + "}"

    def _address(self, field: Field, writers: _Writers, row: Sequence[str]) -> str:
        if not any(row[place] for place, _, _ in writers):
            return "null"
        prefix = field.name.removesuffix("Address")
        keys = ((name.removeprefix(prefix), write(row[place])) for place, write, name in writers)
        return "{" + ",".join(f'"{key[0].lower()}{key[1:]}":{json}' for key, json in sorted(keys)) + "}"


def _parts(sobject: SObject, compound: Field) -> list[Field]:
    return [field for field in sobject.fields if field.compound == compound.name]
