"""SOQL: a query's text into its parts.

What is understood: field lists, ``FIELDS(…)``, ``COUNT()``, conditions of all comparison operators with ``AND``,
``OR``, ``NOT`` and parentheses, dates, times and date literals, ``ORDER BY``, ``LIMIT`` and ``OFFSET``. Anything else
is refused as malformed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from leadhouse.simulator.crm.salesforce.errors import SalesforceError

T = TypeVar("T")

_TOKEN = re.compile(
    r"""\s+
    | (?P<text>'(?:[^'\\]|\\.)*')
    | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    | (?P<date>\d{4}-\d\d-\d\d)
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[A-Za-z_][\w.]*(?::\d+)?)
    | (?P<sign><=|>=|!=|<>|[=<>(),])""",
    re.VERBOSE | re.ASCII | re.IGNORECASE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_OPERATORS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_DATE_LITERAL = re.compile(
    r"TODAY|YESTERDAY|TOMORROW|(?:THIS|LAST|NEXT)_(?:MONTH|YEAR)|(?:LAST|NEXT)_N_DAYS:\d+"
)


@dataclass(frozen=True)
class Name:
    """A field as the query wrote it.

    Args:
        text: in the query's own capitals.
        position: where it begins in the query, from 0.
    """

    text: str
    position: int


@dataclass(frozen=True)
class Value:
    r"""A value to compare with.

    Args:
        kind: ``text``, ``datetime``, ``date``, ``number``, ``boolean``, ``null`` or ``date literal``.
        text: unescaped; a date literal in capitals.
        pattern: of a text: with ``\`` before what ``LIKE`` is to take literally.
        position: where it begins in the query, from 0.
    """

    kind: str
    text: str
    pattern: str
    position: int


@dataclass(frozen=True)
class Comparison:
    """``field operator value``; ``IN`` and ``NOT IN`` have any number of values, all others one."""

    field: Name
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Not:
    """``NOT condition``."""

    condition: "Condition"


@dataclass(frozen=True)
class Group:
    """Conditions joined by ``AND`` or by ``OR``."""

    joint: str
    conditions: tuple["Condition", ...]


Condition = Comparison | Not | Group


@dataclass(frozen=True)
class Order:
    """One criterion of ``ORDER BY``."""

    field: Name
    is_descending: bool
    has_nulls_last: bool


@dataclass(frozen=True)
class Query:
    """A query's parts.

    Args:
        text: the whole of it.
        fields: what is selected; a function's text is ``FIELDS(ALL)`` or the like.
        is_count: whether it is ``COUNT()``; then there are no fields.
        object_name: what follows ``FROM``.
    """

    text: str
    fields: tuple[Name, ...]
    is_count: bool
    object_name: Name
    condition: Condition | None
    orders: tuple[Order, ...]
    limit: int | None
    offset: int


def parse(text: str) -> Query:
    """The parts of a query.

    Raises:
        SalesforceError: ``MALFORMED_QUERY``.
    """
    return _Parser(text).query()


def refuse(query: str, position: int, message: str, code: str = "MALFORMED_QUERY") -> SalesforceError:
    """An error that points at a place in the query, drawn as Salesforce does."""
    end = min(len(query), position + 20)
    line = query[max(0, position - 40) : end].replace("\n", " ")
    arrow = " " * min(position, 40) + "^"
    row = query.count("\n", 0, position) + 1
    column = position - (query.rfind("\n", 0, position) + 1) + 1
    return SalesforceError(code, f"\n{line}\n{arrow}\nERROR at Row:{row}:Column:{column}\n{message}")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind in ("word", "sign") else ""


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._split())
        self._place = 0

    def query(self) -> Query:
        self._expect("SELECT")
        fields, is_count = self._selected()
        self._expect("FROM")
        object_name = self._name()
        condition = self._condition() if self._accept("WHERE") else None
        orders = self._orders() if self._accept("ORDER") else ()
        limit = self._number() if self._accept("LIMIT") else None
        offset = self._number() if self._accept("OFFSET") else 0
        self._end()
        return Query(self._text, fields, is_count, object_name, condition, orders, limit, offset)

    def _split(self) -> "list[_Token]":
        tokens, position = [], 0
        while position < len(self._text):
            match = _TOKEN.match(self._text, position)
            if not match:
                raise self._refuse(position, f"unexpected token: '{self._text[position]}'")
            if match.lastgroup:
                tokens.append(_Token(match.lastgroup, match[0], position))
            position = match.end()
        return tokens

    def _selected(self) -> tuple[tuple[Name, ...], bool]:
        if self._peek().word == "COUNT":
            self._next()
            self._expect("(")
            self._expect(")")
            return (), True
        return self._list(self._selection), False

    def _selection(self) -> Name:
        name = self._name()
        if name.text.upper() != "FIELDS":
            return name
        self._expect("(")
        group = self._name().text.upper()
        self._expect(")")
        return Name(f"FIELDS({group})", name.position)

    def _condition(self) -> Condition:
        conditions = [self._simple()]
        joint = self._peek().word
        if joint not in ("AND", "OR"):
            return conditions[0]
        while self._accept(joint):
            conditions.append(self._simple())
        return Group(joint, tuple(conditions))

    def _simple(self) -> Condition:
        if self._accept("NOT"):
            return Not(self._simple())
        if self._accept("("):
            condition = self._condition()
            self._expect(")")
            return condition
        return self._comparison()

    def _comparison(self) -> Comparison:
        field, token = self._name(), self._next()
        if token.text in _OPERATORS:
            return Comparison(field, _OPERATORS[token.text], (self._value(),))
        if token.word == "LIKE":
            return Comparison(field, "LIKE", (self._value(),))
        operator = token.word
        if operator == "NOT":
            self._expect("IN")
            operator = "NOT IN"
        if operator not in ("IN", "NOT IN"):
            raise self._unexpected(token)
        self._expect("(")
        values = self._list(self._value)
        self._expect(")")
        return Comparison(field, operator, values)

    def _value(self) -> Value:
        token = self._next()
        if token.kind == "text":
            return self._text_value(token)
        if token.kind in ("datetime", "date", "number"):
            return Value(token.kind, token.text, "", token.position)
        if token.word in ("TRUE", "FALSE"):
            return Value("boolean", token.word.lower(), "", token.position)
        if token.word == "NULL":
            return Value("null", "", "", token.position)
        if _DATE_LITERAL.fullmatch(token.word):
            return Value("date literal", token.word, "", token.position)
        raise self._unexpected(token)

    def _text_value(self, token: _Token) -> Value:
        text, pattern = [], []
        for escaped, plain in re.findall(r"\\(.)|([^\\])", token.text[1:-1], re.DOTALL):
            if escaped in ("_", "%"):
                text.append(escaped)
                pattern.append("\\" + escaped)
            elif escaped and escaped not in _ESCAPES:
                raise self._refuse(
                    token.position,
                    f"Invalid string literal {token.text}. Illegal character sequence '\\{escaped}' in string literal",
                )
            else:
                character = _ESCAPES.get(escaped, plain)
                text.append(character)
                pattern.append("\\\\" if character == "\\" else character)
        return Value("text", "".join(text), "".join(pattern), token.position)

    def _orders(self) -> tuple[Order, ...]:
        self._expect("BY")
        return self._list(self._order)

    def _order(self) -> Order:
        field = self._name()
        is_descending = self._accept("DESC")
        if not is_descending:
            self._accept("ASC")
        has_nulls_last = False
        if self._accept("NULLS"):
            has_nulls_last = self._accept("LAST")
            if not has_nulls_last:
                self._expect("FIRST")
        return Order(field, is_descending, has_nulls_last)

    def _number(self) -> int:
        token = self._next()
        if token.kind != "number" or not token.text.isdigit():
            raise self._unexpected(token)
        return int(token.text)

    def _name(self) -> Name:
        token = self._next()
        if token.kind != "word" or ":" in token.text:
            raise self._unexpected(token)
        return Name(token.text, token.position)

    def _list(self, item: Callable[[], T]) -> tuple[T, ...]:
        items = [item()]
        while self._accept(","):
            items.append(item())
        return tuple(items)

    # Tokens

    def _peek(self) -> _Token:
        if self._place < len(self._tokens):
            return self._tokens[self._place]
        return _Token("end", "<EOF>", len(self._text))

    def _next(self) -> _Token:
        token = self._peek()
        self._place += 1
        return token

    def _accept(self, word: str) -> bool:
        if self._peek().word != word:
            return False
        self._place += 1
        return True

    def _expect(self, word: str) -> None:
        token = self._next()
        if token.word != word:
            raise self._unexpected(token)

    def _end(self) -> None:
        if self._place < len(self._tokens):
            raise self._unexpected(self._peek())

    def _unexpected(self, token: _Token) -> SalesforceError:
        return self._refuse(token.position, f"unexpected token: '{token.text}'")

    def _refuse(self, position: int, message: str) -> SalesforceError:
        return refuse(self._text, position, message)
