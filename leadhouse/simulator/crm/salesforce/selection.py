"""A parsed query and the org's metadata into SQL over the store's tables."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from leadhouse.simulator.crm.org import Field, SObject
from leadhouse.simulator.crm.salesforce.errors import SalesforceError
from leadhouse.simulator.crm.salesforce.soql import (
    Comparison,
    Condition,
    Name,
    Not,
    Order,
    Query,
    Value,
    refuse,
)
from leadhouse.simulator.crm.salesforce.values import (
    ID_TYPES,
    NUMBER_TYPES,
    datetime_text,
    long_id,
    parse_date,
    parse_datetime,
)

MOST_ROWS_OF_ALL_FIELDS = 200
MOST_OFFSET = 2000

_HINT = (
    "be sure to append the '__c' after the {what} name. Please reference your WSDL or the describe call for the "
    "appropriate names."
)
_KINDS = {"boolean": "boolean", "int": "int", "date": "date", "datetime": "dateTime"}


@dataclass(frozen=True)
class Selection:
    """A query that the store can answer.

    Args:
        sobject: what is asked for.
        fields: selected, in order; compound ones too.
        is_count: whether only the number of records is wanted.
        where: an SQL condition, ``1`` for all.
        parameters: its values.
        order: SQL criteria, ``""`` for none.
        limit: the most records; ``None`` for all.
        offset: records to leave out at the beginning.
    """

    sobject: SObject
    fields: tuple[Field, ...]
    is_count: bool
    where: str
    parameters: tuple[Any, ...]
    order: str
    limit: int | None
    offset: int


class Compiler:
    """Turns parsed queries into selections.

    Args:
        find: the object of a name in any capitals, with the fields that the user may see; ``None`` if there is none.
        now: the clock's time, for date literals.
    """

    def __init__(self, find: Callable[[str], SObject | None], now: datetime) -> None:
        self._find = find
        self._now = now

    def compile(self, query: Query) -> Selection:
        """The selection that answers a query.

        Raises:
            SalesforceError: ``INVALID_TYPE``, ``INVALID_FIELD``, ``MALFORMED_QUERY``, ``NUMBER_OUTSIDE_VALID_RANGE``.
        """
        sobject = self._find(query.object_name.text)
        if sobject is None:
            raise refuse(
                query.text,
                query.object_name.position,
                f"sObject type '{query.object_name.text}' is not supported. If you are attempting to use a custom "
                "object, " + _HINT.format(what="entity"),
                "INVALID_TYPE",
            )
        if query.offset > MOST_OFFSET:
            raise SalesforceError(
                "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MOST_OFFSET}"
            )
        conditions = _Conditions(query.text, sobject, self._now)
        return Selection(
            sobject=sobject,
            fields=_selected(query, sobject),
            is_count=query.is_count,
            where=conditions.sql(query.condition) if query.condition else "1",
            parameters=tuple(conditions.parameters),
            order=", ".join(conditions.order(order) for order in query.orders),
            limit=query.limit,
            offset=query.offset,
        )


def _selected(query: Query, sobject: SObject) -> tuple[Field, ...]:
    fields: dict[str, Field] = {}
    for name in query.fields:
        for field in _fields_of(query, sobject, name):
            if field.name in fields:
                raise refuse(query.text, name.position, f"duplicate field selected: {field.name}")
            fields[field.name] = field
    return tuple(fields.values())


def _fields_of(query: Query, sobject: SObject, name: Name) -> list[Field]:
    group = re.fullmatch(r"FIELDS\((.*)\)", name.text)
    if not group:
        return [_field(query.text, sobject, name)]
    if group[1] not in ("ALL", "CUSTOM", "STANDARD"):
        raise refuse(query.text, name.position, f"unexpected token: '{group[1]}'")
    if group[1] != "STANDARD" and (query.limit is None or query.limit > MOST_ROWS_OF_ALL_FIELDS):
        raise SalesforceError(
            "MALFORMED_QUERY",
            f"The SOQL FIELDS function must have a LIMIT of at most {MOST_ROWS_OF_ALL_FIELDS}",
        )
    return [field for field in sobject.fields if group[1] == "ALL" or field.custom == (group[1] == "CUSTOM")]


def _field(text: str, sobject: SObject, name: Name) -> Field:
    found = next((field for field in sobject.fields if field.name.lower() == name.text.lower()), None)
    if found:
        return found
    relationship, dot, _ = name.text.partition(".")
    if dot:
        raise refuse(
            text,
            name.position,
            f"Didn't understand relationship '{relationship}' in field path. If you are attempting to use a custom "
            "relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL "
            "or the describe call for the appropriate names.",
            "INVALID_FIELD",
        )
    raise refuse(
        text,
        name.position,
        f"No such column '{name.text}' on entity '{sobject.name}'. If you are attempting to use a custom field, "
        + _HINT.format(what="custom field"),
        "INVALID_FIELD",
    )


class _Conditions:
    """Conditions and orders over one object; collects the SQL's parameters.

    Nothing is stored as ``''``, so that comparisons for order must leave it out; ``!=`` includes it, as in SOQL.
    """

    def __init__(self, text: str, sobject: SObject, now: datetime) -> None:
        self._text = text
        self._sobject = sobject
        self._now = now
        self.parameters: list[Any] = []

    def sql(self, condition: Condition) -> str:
        if isinstance(condition, Not):
            return f"not ({self.sql(condition.condition)})"
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        joint = f" {condition.joint.lower()} "
        return "(" + joint.join(self.sql(part) for part in condition.conditions) + ")"

    def order(self, order: Order) -> str:
        field = self._filterable(order.field)
        nulls = "asc" if order.has_nulls_last else "desc"
        direction = "desc" if order.is_descending else "asc"
        return f"\"{field.name}\" = '' {nulls}, {_comparable(field)} {direction}"

    def _filterable(self, name: Name) -> Field:
        field = _field(self._text, self._sobject, name)
        if not field.is_filterable or field.type == "address":
            raise refuse(
                self._text,
                name.position,
                f"field '{field.name}' can not be filtered in a query call",
                "INVALID_FIELD",
            )
        return field

    def _comparison(self, comparison: Comparison) -> str:
        field, operator = self._filterable(comparison.field), comparison.operator
        column = _comparable(field)
        if operator in ("IN", "NOT IN"):
            marks = [self._one_of(field, value) for value in comparison.values]
            return f"{column} {operator.lower()} ({', '.join(marks)})"
        [value] = comparison.values
        if value.kind == "null":
            return self._emptiness(field, operator, value)
        if operator == "LIKE":
            return self._like(field, value)
        if value.kind == "date literal":
            return self._in_range(field, operator, value)
        mark = self._mark(field, value)
        if operator in ("=", "!="):
            return f"{column} {operator} {mark}"
        return f"(\"{field.name}\" != '' and {column} {operator} {mark})"

    def _one_of(self, field: Field, value: Value) -> str:
        if value.kind == "date literal":
            raise refuse(self._text, value.position, f"unexpected token: '{value.text}'")
        return "''" if value.kind == "null" else self._mark(field, value)

    def _emptiness(self, field: Field, operator: str, value: Value) -> str:
        if operator not in ("=", "!="):
            raise refuse(self._text, value.position, "unexpected token: 'null'")
        return f"\"{field.name}\" {operator} ''"

    def _like(self, field: Field, value: Value) -> str:
        if value.kind != "text" or field.type in NUMBER_TYPES | ID_TYPES | _KINDS.keys():
            raise refuse(
                self._text,
                value.position,
                f"invalid operator on {field.type} field",
                "INVALID_QUERY_FILTER_OPERATOR",
            )
        self.parameters.append(value.pattern)
        return f"\"{field.name}\" like ? escape '\\'"

    def _in_range(self, field: Field, operator: str, value: Value) -> str:
        if field.type not in ("date", "datetime"):
            raise self._unsuited(field, value)
        first, after = (self._day(field, day) for day in _days(value.text, self._now.date()))
        name = f'"{field.name}"'
        sql = {
            "=": f"({name} >= ? and {name} < ?)",
            "!=": f"not ({name} >= ? and {name} < ?)",
            "<": f"({name} != '' and {name} < ?)",
            ">=": f"{name} >= ?",
            "<=": f"({name} != '' and {name} < ?)",
            ">": f"{name} >= ?",
        }[operator]
        self.parameters += {"<": [first], ">=": [first], "<=": [after], ">": [after]}.get(
            operator, [first, after]
        )
        return sql

    def _day(self, field: Field, day: date) -> str:
        if field.type == "date":
            return day.isoformat()
        return datetime_text(datetime(day.year, day.month, day.day, tzinfo=UTC))

    def _mark(self, field: Field, value: Value) -> str:
        """A parameter for one value, in the form in which the field is stored."""
        self.parameters.append(self._parameter(field, value))
        return "?"

    def _parameter(self, field: Field, value: Value) -> Any:
        kind = field.type
        if kind in NUMBER_TYPES and value.kind == "number":
            return float(value.text)
        if kind == "boolean" and value.kind == "boolean":
            return value.text
        if kind == "datetime" and value.kind == "datetime":
            moment = parse_datetime(value.text)
            if moment:
                return datetime_text(moment)
        elif kind == "date" and value.kind == "date":
            day = parse_date(value.text)
            if day:
                return day.isoformat()
        elif kind in ID_TYPES and value.kind == "text":
            record_id = long_id(value.text)
            if record_id:
                return record_id
            raise SalesforceError("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value.text}")
        elif kind not in NUMBER_TYPES and kind not in _KINDS and value.kind == "text":
            return value.text
        raise self._unsuited(field, value)

    def _unsuited(self, field: Field, value: Value) -> SalesforceError:
        kind = "double" if field.type in NUMBER_TYPES - {"int"} else _KINDS.get(field.type, "string")
        quotes = "should be" if kind == "string" else "should not be"
        return refuse(
            self._text,
            value.position,
            f"value of filter criterion for field '{field.name}' must be of type {kind} "
            f"and {quotes} enclosed in quotes",
            "INVALID_FIELD",
        )


def _comparable(field: Field) -> str:
    """The column as SQL compares it: numbers by size, texts whatever their capitals."""
    if field.type in NUMBER_TYPES:
        return f"ifnull(cast(nullif(\"{field.name}\", '') as real), '')"
    is_exact = field.type in ID_TYPES or field.type in _KINDS
    return f'"{field.name}"' if is_exact else f'"{field.name}" collate nocase'


def _days(literal: str, today: date) -> tuple[date, date]:
    """The first day of a date literal, and the first one after it."""
    one = timedelta(days=1)
    word, _, count = literal.partition(":")
    if word == "LAST_N_DAYS":
        return today - int(count) * one, today + one
    if word == "NEXT_N_DAYS":
        return today + one, today + (int(count) + 1) * one
    if word in ("TODAY", "YESTERDAY", "TOMORROW"):
        day = today + {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}[word] * one
        return day, day + one
    step = {"THIS": 0, "LAST": -1, "NEXT": 1}[word.split("_")[0]]
    if word.endswith("YEAR"):
        return date(today.year + step, 1, 1), date(today.year + step + 1, 1, 1)
    return _month(today, step), _month(today, step + 1)


def _month(today: date, step: int) -> date:
    years, month = divmod(today.year * 12 + today.month - 1 + step, 12)
    return date(years, month + 1, 1)
