"""Licensed sites: what the three states know in common, and how a site changes from one month to the next."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, NamedTuple, Self

from leadhouse.simulator import places
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.months import any_day, last_day
from leadhouse.simulator.people import Person, phone


@dataclass(frozen=True)
class Change:
    """What happened to a site in a month.

    Args:
        site: the site after the change.
        event: its name in the truth file.
        old_value: what the licence file said before.
        new_value: what it says now.
    """

    site: "Site"
    event: str
    old_value: str
    new_value: str


@dataclass(frozen=True, kw_only=True)
class Site(ABC):
    """A licensed site of one state.

    Args:
        number: what makes it unique within its state.
        name: under which it does business, mixed case.
        owner: the person who holds or runs it.
        street: house number, street and suite, upper case.
        misspelt: whether the licence file has a typing error in the street.
        city: place.
        postal_code: five digits.
        phone: ten digits.
        email: empty where the state does not know it.
        issued: since when it is licensed.
        capacity: children; 0 where the state does not know it.
    """

    STATE: ClassVar[str]
    HEADER: ClassVar[tuple[str, ...]]

    number: int
    name: str
    owner: Person
    street: str
    misspelt: bool = False
    city: places.City
    postal_code: str
    phone: str
    email: str = ""
    issued: date
    capacity: int = 0

    @property
    @abstractmethod
    def licence(self) -> str:
        """The part of the licence number that stays the same for ever."""

    @property
    def written_street(self) -> str:
        """The street as the licence file has it."""
        return places.misspelt(self.street) if self.misspelt else self.street

    @property
    def sort_key(self) -> tuple[str, int]:
        """The site's place in its file: by phone."""
        return self.phone, self.number

    @abstractmethod
    def row(self) -> tuple[str, ...]:
        """The site's row in the state's file."""

    @abstractmethod
    def restated(self, draws: Draws, month: date) -> Change:
        """The site with another status (or whatever the state publishes in its place)."""

    def licensed_in(self, draws: Draws, month: date) -> Self:
        """The site with a first licence of this month."""
        return replace(self, issued=any_day(draws, month, last_day(month)))

    def renewed(self, month: date) -> Change | None:
        """The site with its licence renewed, where that is due and shows in the file."""
        return None

    def respelt(self) -> Change:
        """The site with the typing error in its address put right."""
        return Change(replace(self, misspelt=False), "corrected_address", self.written_street, self.street)

    def with_new_phone(self, draws: Draws) -> Change:
        """The site with another phone."""
        number = phone(draws, self.city.area_codes)
        return Change(replace(self, phone=number), "changed_phone", self.phone, number)


@dataclass(frozen=True)
class Location:
    """Where a site stands."""

    city: places.City
    postal_code: str

    @classmethod
    def anywhere(cls, draws: Draws, state: str) -> Self:
        """A place in the state."""
        return cls.within(draws, places.city(draws, state))

    @classmethod
    def within(cls, draws: Draws, city: places.City) -> Self:
        """A place in the city."""
        return cls(city, draws.pick(city.postal_codes.split()))

    def phone(self, draws: Draws) -> str:
        """A phone with the place's area code."""
        return phone(draws, self.city.area_codes)


class Number(NamedTuple):
    """A licence number: the site's place among all that were ever licensed (from 0), and the number itself."""

    place: int
    value: int


Numbers = Iterator[Number]
"""Numbers not yet given out."""


def is_misspelt(number: Number) -> bool:
    """Whether the licence file has a typing error in this site's street: one in twenty-five."""
    return number.place % 25 == 7


def dashed_phone(digits: str) -> str:
    """``702-201-1154``."""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
