"""One form for every value, however it came: the REST API's JSON and Bulk 2.0's CSV write the same value differently.

Booleans are ``true`` and ``false``, times ``YYYY-MM-DDTHH:MM:SS.mmmZ``, numbers plain shortest decimals, ids have 18
characters, nothing and empty text are null; everything else stays as it came. Columns are done as a whole, since a
first load has a hundred million values.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extract.salesforce import column_name

NUMBERS = {"int", "long", "double", "currency", "percent"}
IDS = {"id", "reference"}
HISTORY_TYPES = {
    "Boolean": "boolean",
    "Currency": "currency",
    "DateTime": "datetime",
    "Double": "double",
    "Percent": "percent",
}
"""What a history row's ``DataType`` says of the type of its old and new value; all others are text."""

PLAIN_NUMBER = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$"
ID_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def from_records(records: Sequence[Mapping[str, Any]], types: Mapping[str, str]) -> pa.Table:
    """Records of the REST API as rows of the raw table.

    Args:
        records: as JSON gave them; floating-point numbers may still be the text that they were.
        types: the fields to take, in order, with their types in ``describe()``'s terms.

    Returns:
        A table of text, with the raw table's names.
    """
    columns = [pa.array([_text(record.get(name)) for record in records], pa.string()) for name in types]
    return normalised(pa.table(columns, list(types)), types)


def normalised(table: pa.Table, types: Mapping[str, str]) -> pa.Table:
    """A table of text, named as in the API, in normal form and with the raw table's names."""
    columns = {name: _column(table[name].combine_chunks(), kind) for name, kind in types.items()}
    if "DataType" in columns:
        for name in [name for name, kind in types.items() if kind == "anyType"]:
            columns[name] = _of_any_type(columns[name], columns["DataType"])
    return pa.table(list(columns.values()), [column_name(name) for name in columns])


def plain_number(text: str) -> str:
    """A number without exponent and without trailing zeros: ``1.5E7`` is ``15000000``.

    Text that is no number stays as it is.
    """
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    if not number.is_finite():
        return text
    plain = format(number, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def time_text(moment: datetime) -> str:
    """A time in normal form, which is also how SOQL writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def parse_time(text: str) -> datetime:
    """A time that the API wrote.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def long_id(text: str) -> str:
    """An id's 18 characters, of which the last three say which of the first 15 are capitals."""
    if len(text) != 15:
        return text
    suffix = (
        ID_SUFFIX[sum(letter.isupper() << place for place, letter in enumerate(text[start : start + 5]))]
        for start in (0, 5, 10)
    )
    return text + "".join(suffix)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        # JSON may hold half of a surrogate pair, which is no text in UTF-8, and NUL, which Postgres does not take.
        return value and value.encode(errors="replace").decode().replace("\0", "␀")
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_number(str(value))


def _column(values: pa.Array, kind: str) -> pa.Array:
    values = pc.if_else(pc.equal(values, ""), None, values)
    if kind == "boolean":
        return pc.utf8_lower(values)
    if kind in NUMBERS:
        return _numbers(values)
    if kind == "datetime":
        return _times(values)
    if kind in IDS:
        is_long = pc.not_equal(pc.utf8_length(values), 15)
        return _where_not(is_long, values, values, long_id)
    return values


def _of_any_type(values: pa.Array, data_types: pa.Array) -> pa.Array:
    for data_type, kind in HISTORY_TYPES.items():
        is_it = pc.fill_null(pc.equal(data_types, data_type), False)
        if pc.any(is_it).as_py():
            values = pc.if_else(is_it, _column(pc.if_else(is_it, values, None), kind), values)
    return values


def _numbers(values: pa.Array) -> pa.Array:
    trimmed = pc.utf8_rtrim(pc.utf8_rtrim(values, "0"), ".")
    trimmed = pc.if_else(pc.match_substring(values, "."), trimmed, values)
    # An exponent is rare, and so is minus zero.
    is_plain = pc.and_(pc.match_substring_regex(values, PLAIN_NUMBER), pc.not_equal(trimmed, "-0"))
    return _where_not(is_plain, trimmed, values, plain_number)


def _times(values: pa.Array) -> pa.Array:
    short = pc.replace_substring_regex(values, r"(\+00:?00|Z)$", "")
    is_plain = pc.match_substring_regex(short, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}$")
    return _where_not(is_plain, pc.binary_join_element_wise(short, "Z", ""), values, _time)


def _time(text: str) -> str:
    try:
        return time_text(parse_time(text))
    except ValueError:
        return text


def _where_not(
    is_done: pa.Array, done: pa.Array, values: pa.Array, convert: Callable[[str], str]
) -> pa.Array:
    """``done``, but what is not done is converted one distinct value at a time."""
    if pc.all(is_done).as_py():  # nulls do not count
        return done
    rest = pc.if_else(is_done, None, values).dictionary_encode()
    converted = pa.array([convert(text) for text in rest.dictionary.to_pylist()], pa.string())
    return pc.if_else(is_done, done, converted.take(rest.indices))
