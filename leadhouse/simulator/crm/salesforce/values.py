"""A value's forms: Python's, the text that is stored and that Bulk API 2.0 serves, JSON's, and that of the raw tables.

The stored text of nothing is ``''``; Salesforce does not tell nothing from an empty text.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from leadhouse.simulator.crm.org.ids import with_check_characters

NUMBER_TYPES = frozenset({"int", "double", "currency", "percent"})
ID_TYPES = frozenset({"id", "reference"})

_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Z0-5]{3})?")
_DATETIME = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?(Z|[+-]\d\d:?\d\d)", re.ASCII | re.IGNORECASE
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def long_id(record_id: str) -> str | None:
    """The 18 characters of an id of 15 or 18; ``None`` for what is no id."""
    if not _ID.fullmatch(record_id):
        return None
    return with_check_characters(record_id[:15])


# Python's values to stored text


def double_text(value: float | Decimal) -> str:
    """A double as Java writes it: ``12.0``, ``0.5``, ``1.5E7``."""
    number = float(value)
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(number)
    sign, figures, exponent = Decimal(repr(number)).normalize().as_tuple()
    first, *rest = map(str, figures)
    return f"{'-' if sign else ''}{first}.{''.join(rest) or '0'}E{int(exponent) + len(rest)}"


def datetime_text(time: datetime) -> str:
    """``2026-10-01T12:00:00.000Z``."""
    if time.tzinfo is not UTC:
        time = time.astimezone(UTC)
    return time.isoformat(timespec="milliseconds")[:23] + "Z"


def _flag_text(flag: Any) -> str:
    return "true" if flag else "false"


def _any_text(value: Any) -> str:
    """Old and new values of a history are of any type."""
    if isinstance(value, bool):
        return _flag_text(value)
    if isinstance(value, datetime):
        return datetime_text(value)
    return double_text(value) if isinstance(value, int | float | Decimal) else str(value)


_STORED: dict[str, Callable[[Any], str]] = {
    "boolean": _flag_text,
    "datetime": datetime_text,
    "date": date.isoformat,
    "double": double_text,
    "currency": double_text,
    "percent": double_text,
    "anyType": _any_text,
}


def storing(field_type: str) -> Callable[[Any], str]:
    """The function that turns a Python value of a field of this type, but not ``None``, into the stored text."""
    return _STORED.get(field_type, str)


# Stored text to the API's JSON, and back


HISTORY_TYPES = {
    "Boolean": "boolean",
    "Currency": "currency",
    "DateTime": "datetime",
    "Double": "double",
    "Percent": "percent",
}
"""What a history's ``DataType`` says of its old and new value; all others are text."""


def to_json(field_type: str) -> Callable[[str], str]:
    """The function that turns stored text of a field of this type into its JSON."""
    plain: Callable[[str], str] = encode_basestring
    if field_type in NUMBER_TYPES or field_type == "boolean":
        plain = str
    elif field_type == "datetime":
        plain = _json_datetime
    return lambda text: plain(text) if text else "null"


def _json_datetime(text: str) -> str:
    return f'"{text[:-1]}+0000"'


def parse_datetime(text: str) -> datetime | None:
    """A time as the API accepts it, with its zone; ``None`` for what is none."""
    match = _DATETIME.fullmatch(text)
    if not match:
        return None
    seconds, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{seconds}.{(fraction or '0').ljust(3, '0')}{zone.upper()}")
    except ValueError:
        return None
    return moment.astimezone(UTC)


def parse_date(text: str) -> date | None:
    """A calendar day; ``None`` for what is none."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def from_text(field_type: str, text: str) -> str | None:
    """Stored text for what a client wrote, in CSV or as a text in JSON; ``None`` where it does not suit the type."""
    reader = _READERS.get(field_type)
    return reader(text) if text and reader else text


def _read_flag(text: str) -> str | None:
    return {"true": "true", "1": "true", "false": "false", "0": "false"}.get(text.lower())


def _read_datetime(text: str) -> str | None:
    moment = parse_datetime(text)
    return datetime_text(moment) if moment else None


def _read_date(text: str) -> str | None:
    moment = parse_datetime(text)
    day = moment.date() if moment else parse_date(text)
    return day.isoformat() if day else None


def _read_double(text: str) -> str | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return double_text(number) if math.isfinite(number) else None


def _read_whole(text: str) -> str | None:
    double = _read_double(text)
    number = plain_decimal(double) if double else "."
    return None if "." in number else number


_READERS: dict[str, Callable[[str], str | None]] = {
    "id": long_id,
    "reference": long_id,
    "boolean": _read_flag,
    "datetime": _read_datetime,
    "date": _read_date,
    "int": _read_whole,
    "double": _read_double,
    "currency": _read_double,
    "percent": _read_double,
}


# Stored text to the raw tables' normal form


def to_normal(field_type: str) -> Callable[[str], str | None]:
    """The function that turns stored text into the warehouse's normal form: plain shortest decimals, else as stored."""
    if field_type in ("double", "currency", "percent"):
        return lambda text: plain_decimal(text) if text else None
    return lambda text: text or None


def plain_decimal(text: str) -> str:
    """A number without exponent and without trailing zeros."""
    number = Decimal(text).normalize()
    return format(number, "f") if number else "0"


_RAW_NAME = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def raw_name(name: str) -> str:
    """The raw table's or column's name: ``system_modstamp`` for ``SystemModstamp``."""
    return re.sub("_+", "_", _RAW_NAME.sub("_", name)).lower()
