"""Salesforce's record ids: 15 characters in which case counts, and 3 more that tell upper case from lower."""

from functools import cache

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECK_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
INSTANCE = "Hs"
"""Where the org lives; the same in all its ids."""


def _capitals(text: str) -> int:
    """Which characters are upper case, as bits; the first one's is the lowest."""
    return sum(character.isupper() << place for place, character in enumerate(text))


# Ids are made by the million: their digits come two at a time, together with their bits.
_PAIRS = [(pair, _capitals(pair)) for first in ALPHABET for second in ALPHABET for pair in [first + second]]
_DIGITS = [(digit, _capitals(digit)) for digit in ALPHABET]


def record_id(key_prefix: str, number: int) -> str:
    """The 18-character id of one record.

    Args:
        key_prefix: three characters that name the kind of record.
        number: from 0, less than 62**10; ids sort as their numbers do.
    """
    high, low = divmod(number, 62**5)
    rest, third = divmod(low, 62)
    first, second = divmod(rest, 62**2)
    one, one_bits = _PAIRS[first]
    other, other_bits = _PAIRS[second]
    last, last_bits = _DIGITS[third]
    head, check = _head(key_prefix, high)
    return f"{head}{one}{other}{last}{check}{CHECK_ALPHABET[one_bits | other_bits << 2 | last_bits << 4]}"


def with_check_characters(short_id: str) -> str:
    """The 18-character form of an id of 15."""
    return short_id + "".join(CHECK_ALPHABET[_capitals(short_id[place : place + 5])] for place in (0, 5, 10))


def record_number(identifier: str) -> int:
    """The number that an id was made of."""
    number = 0
    for character in identifier[5:15]:
        number = number * 62 + ALPHABET.index(character)
    return number


@cache
def _head(key_prefix: str, high: int) -> tuple[str, str]:
    """The first ten characters of an id, and their two check characters."""
    rest, third = divmod(high, 62)
    first, second = divmod(rest, 62**2)
    head = key_prefix + INSTANCE + _PAIRS[first][0] + _PAIRS[second][0] + ALPHABET[third]
    return head, with_check_characters(head + "00000")[-3:-1]
