"""The text of queries. Nothing gets into one unescaped: names are checked, values are quoted."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from simple_salesforce.format import quote_soql_value

from extract.api.salesforce.values import time_text
from extract.api.session import ApiError

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def select(sobject: str, fields: Iterable[str], conditions: Sequence[str] = ()) -> str:
    """A query for fields of an object's records that fulfil all conditions."""
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {', '.join(map(name, fields))} FROM {name(sobject)}{where}"


def within(field: str, low: datetime | None, high: datetime) -> list[str]:
    """Conditions for ``low <= field < high``, to the millisecond; without ``low`` from the beginning of time."""
    conditions = [f"{name(field)} < {time_text(high)}"]
    return conditions if low is None else [f"{name(field)} >= {time_text(low)}", *conditions]


def is_one_of(field: str, values: Sequence[str]) -> str:
    """A condition: the field has one of these values."""
    return f"{name(field)} IN {quote_soql_value(list(values))}"


def name(text: str) -> str:
    """The name of an object or field.

    Raises:
        ApiError: it cannot be one.
    """
    if not NAME.fullmatch(text):
        raise ApiError(f"'{text}' is no name of an object or field of Salesforce", "MALFORMED_QUERY")
    return text
