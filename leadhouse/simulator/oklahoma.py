"""Oklahoma's licence file: line breaks inside cells, ages packed to the left, last columns that only repeat others."""

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from leadhouse.simulator import business_names, people, places
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.months import add_months, any_day
from leadhouse.simulator.sites import Change, Location, Number, Numbers, Site, is_misspelt

AGES = (
    "Infants (0-11 months)",
    "Toddlers (12-23 months; 1yr.)",
    "Preschool (24-48 months; 2-4 yrs.)",
    "School-age (5 years-older)",
)
AGE_SETS = {(0, 1, 2, 3): 66, (0, 1, 2): 14, (1, 2): 7, (1, 2, 3): 5, (2, 3): 4, (3,): 4}
"""Places in ``AGES`` of the ages that a site serves."""
HOURS = {
    "7:30AM - 5:30PM": 24,
    "7:00AM - 5:30PM": 16,
    "6:00AM - 6:00PM": 16,
    "7:00AM - 5:00PM": 10,
    "8:00AM - 5:30PM": 8,
    "6:30AM - 6:30PM": 8,
    "6:00AM - 10:30PM": 3,
    "5:30AM - 11:59PM": 3,
    "12:00AM - 12:00AM": 3,
}
STARS = {1: 20, 2: 35, 3: 15, 4: 10, 5: 20}
DIRECTIONS = "N N. S E E. W NE NW SE SW"


@dataclass(frozen=True, kw_only=True)
class OklahomaSite(Site):
    """A site in Oklahoma.

    Args:
        is_center: a centre; else a family's home.
        holder: the holder of the licence as the file has it (``Company``), upper case.
        subsidy_contract: its number; 0 where the site takes no subsidy.
        is_open_all_year: whether it is.
        stars: 1 to 5.
        hours: Monday to Sunday.
        ages: places in ``AGES``.
        caregiver: the caregiver's name as the file has it.
        suite: second line of the address.
    """

    STATE: ClassVar[str] = "oklahoma"
    HEADER: ClassVar[tuple[str, ...]] = (
        "Type License",
        "Company",
        "Accepts Subsidy",
        "Year Round",
        "Daytime Hours",
        "Star Level",
        "Mon",
        "Tues",
        "Wed",
        "Thurs",
        "Friday",
        "Saturday",
        "Sunday",
        "Primary Caregiver",
        "Phone",
        "Email",
        "Address1",
        "Address2",
        "City",
        "State",
        "Zip",
        "Subsidy Contract Number",
        "Total Cap",
        "Ages Accepted 1",
        "AA2",
        "AA3",
        "AA4",
        "License Monitoring Since",
        "School Year Only",
        "Evening Hours",
    )

    is_center: bool
    holder: str
    subsidy_contract: int
    is_open_all_year: bool
    stars: int
    hours: tuple[str, ...]
    ages: tuple[int, ...]
    caregiver: str
    suite: str = ""

    @property
    def licence(self) -> str:
        """The licence number."""
        return f"K8{3 if self.is_center else 2}{self.number:07d}"

    @property
    def star_level(self) -> str:
        """As the file has it."""
        return f"{self.stars} Star Level Program"

    def row(self) -> tuple[str, ...]:
        """The site's row in the state's file."""
        ages = [AGES[place] for place in self.ages] + [""] * (len(AGES) - len(self.ages))
        subsidy = "Accepts Subsidy" if self.subsidy_contract else ""
        all_year = "Year Round" if self.is_open_all_year else ""
        return (
            f"CHILD CARE {'CENTER' if self.is_center else 'FAMILY'} - {self.licence}",
            self.holder,
            subsidy,
            all_year,
            "Daytime Hours",
            self.star_level,
            *self.hours,
            f"{self.caregiver}\n \n {'Director' if self.is_center else 'Primary Caregiver'}",
            f"({self.phone[:3]}) {self.phone[3:6]}-{self.phone[6:]}",
            self.email,
            self.written_street,
            self.suite,
            self.city.name,
            "OK",
            self.postal_code,
            f"Subsidy Contract Number: {self.subsidy_contract or 'N/A'}",
            str(self.capacity),
            *ages,
            f"Monitoring since {self.issued}",
            *_repeated_cells(subsidy, all_year, ages[2]),
        )

    def restated(self, draws: Draws, month: date) -> Change:
        """The site with one star more or less: Oklahoma lists only sites in operation and gives no status."""
        site = replace(self, stars=self.stars - 1 if self.stars == 5 else self.stars + 1)
        return Change(site, "changed_stars", self.star_level, site.star_level)


def _repeated_cells(subsidy: str, all_year: str, third_age: str) -> tuple[str, str]:
    """The last two columns: leftovers of the page that the file was taken from, not what their headers say."""
    first = subsidy or all_year or "Daytime Hours"
    if not subsidy:
        return first, third_age
    return first, "Daytime Hours" if all_year else "Evening Hours"


def new_sites(draws: Draws, numbers: Numbers, month: date) -> list[OklahomaSite]:
    """The sites of one operator: mostly one, else a home and a centre with the same caregiver, phone and e-mail."""
    site = _site(draws, next(numbers), month, is_center=draws.chance(0.15))
    if site.is_center or not draws.chance(0.06):
        return [site]
    center = _site(draws, next(numbers), month, is_center=True)
    name = center.name if "LLC" in center.name else f"{center.name}, LLC"
    holder = f"{_last_name_first(site.owner)} DBA {name}".upper()
    same_operator = replace(
        center,
        name=name,
        holder=name.upper(),
        owner=site.owner,
        caregiver=site.caregiver,
        phone=site.phone,
        email=site.email,
    )
    return [replace(site, name=name, holder=holder), same_operator]


def _site(draws: Draws, number: Number, month: date, *, is_center: bool) -> OklahomaSite:
    owner = people.person(draws)
    location = Location.anywhere(draws, "OK")
    trades_under_a_name = is_center or draws.chance(0.5)
    name = owner.full
    if trades_under_a_name:
        name = business_names.center_name(draws) if is_center else business_names.home_name(draws, owner)
        name = business_names.with_legal_form(draws, name)
    holder = name if is_center else _last_name_first(owner) + (f" DBA {name}" if trades_under_a_name else "")
    email = people.private_email(draws, owner)
    return OklahomaSite(
        number=number.value,
        name=name,
        owner=owner,
        street=places.street(draws, DIRECTIONS) + ("." if draws.chance(0.1) else ""),
        misspelt=is_misspelt(number),
        city=location.city,
        postal_code=location.postal_code,
        phone=location.phone(draws),
        email=email.upper() if draws.chance(0.05) else email,
        issued=any_day(draws, add_months(month, -48), add_months(month, -1)),
        capacity=draws.between(20, 150) if is_center else draws.pick((7, 12)),
        is_center=is_center,
        holder=holder.upper(),
        subsidy_contract=draws.between(15000, 59999) if draws.chance(0.6) else 0,
        is_open_all_year=draws.chance(0.88),
        stars=draws.weighted(STARS),
        hours=_week(draws),
        ages=draws.weighted(AGE_SETS),
        caregiver=owner.full.upper() if draws.chance(0.07) else owner.full,
        suite=f"SUITE {draws.pick('ABCDE')}" if is_center and draws.chance(0.1) else "",
    )


def _last_name_first(owner: people.Person) -> str:
    return f"{owner.last}, {owner.first}"


def _week(draws: Draws) -> tuple[str, ...]:
    hours = draws.weighted(HOURS)
    days_open = draws.weighted({"1111100": 88, "1111110": 4, "1111111": 5, "0000011": 3})
    return tuple(hours if day == "1" else "CLOSED" for day in days_open)
