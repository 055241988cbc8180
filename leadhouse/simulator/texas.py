"""Texas's licence file: numeric ids, empty cells, applications without a permit, quote characters in names."""

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from leadhouse.simulator import business_names, people, places
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.months import add_months, any_day, last_day, short_date
from leadhouse.simulator.sites import Change, Location, Number, Numbers, Site, dashed_phone, is_misspelt

CENTER = "Licensed Center - Child Care Program"
HOME = "Licensed Child-Care Home"
APPLICATION, INITIAL, FULL, SUSPENDED = "", "Initial Permit", "Full Permit", "Suspended"
NEXT_STATUS = {APPLICATION: INITIAL, INITIAL: FULL, FULL: SUSPENDED, SUSPENDED: FULL}
AGE_SETS = {"YYYY": 80, "NYYY": 12, "YYYN": 8}
"""Whether infants, toddlers, preschool and school children are served."""
SITES_PER_QUOTED_NAME = 40
SITES_PER_APPLICATION = 25


@dataclass(frozen=True, kw_only=True)
class TexasSite(Site):
    """A site in Texas.

    Args:
        facility_id: a second number.
        kind: centre or home.
        status: of the permit; empty before there is one.
        ages: see ``AGE_SETS``.
    """

    STATE: ClassVar[str] = "texas"
    HEADER: ClassVar[tuple[str, ...]] = (
        "Operation",
        "Agency Number",
        "Operation Name",
        "Address",
        "City",
        "State",
        "Zip",
        "County",
        "Phone",
        "Type",
        "Status",
        "Issue Date",
        "Capacity",
        "Email Address",
        "Facility ID",
        "Monitoring Frequency",
        "Infant",
        "Toddler",
        "Preschool",
        "School",
    )

    facility_id: int
    kind: str
    status: str
    ages: str

    @property
    def licence(self) -> str:
        """The operation's number."""
        return str(self.number)

    @property
    def sort_key(self) -> tuple[str, int]:
        """The site's place in its file: by name."""
        return self.name, self.number

    def row(self) -> tuple[str, ...]:
        """The site's row in the state's file; an application has neither date nor capacity nor ages yet."""
        has_permit = self.status != APPLICATION
        return (
            self.licence,
            "",
            self.name,
            self.written_street,
            self.city.name,
            "TX",
            self.postal_code,
            self.city.county,
            dashed_phone(self.phone),
            self.kind,
            self.status,
            short_date(self.issued) if has_permit else "",
            str(self.capacity) if has_permit else "",
            self.email,
            str(self.facility_id),
            "",
            *(self.ages if has_permit else "NNNN"),
        )

    def restated(self, draws: Draws, month: date) -> Change:
        """The site with the next status; a permit counts from the month in which it is first given."""
        status = NEXT_STATUS[self.status]
        issued = any_day(draws, month, last_day(month)) if self.status == APPLICATION else self.issued
        return Change(replace(self, status=status, issued=issued), "changed_status", self.status, status)


def new_sites(draws: Draws, numbers: Numbers, month: date) -> list[TexasSite]:
    """The sites of one operator: mostly one, else two of one name, or a chain with a phone in common."""
    kind = CENTER if draws.chance(0.78) else HOME
    site = _site(draws, next(numbers), month, kind, places.city(draws, "TX"))
    form = draws.weighted({"single": 92, "second": 4, "chain": 4})
    if form == "single":
        return [site]
    if form == "second":
        second = _site(draws, next(numbers), month, kind, site.city)
        return [site, replace(second, name=f"{site.name} II", owner=site.owner, email=site.email)]
    brand = business_names.brand_name(draws)
    return [
        replace(
            _site(draws, next(numbers), month, CENTER, site.city),
            name=f"{brand} - {street.title()}",
            phone=site.phone,
            email=f"info@{_domain(brand)}",
        )
        for street in draws.sample(places.STREET_NAMES, draws.between(2, 4))
    ]


def _site(draws: Draws, number: Number, month: date, kind: str, city: places.City) -> TexasSite:
    owner = people.person(draws)
    location = Location.within(draws, city)
    name = _name(draws, number, kind, owner)
    is_application = number.place % SITES_PER_APPLICATION == 4
    return TexasSite(
        number=number.value,
        name=name,
        owner=owner,
        street=_street(draws),
        misspelt=is_misspelt(number),
        city=location.city,
        postal_code=location.postal_code,
        phone=location.phone(draws),
        email="" if is_application else _email(draws, name, owner),
        issued=any_day(draws, add_months(month, -360), add_months(month, -1)),
        capacity=12 if kind == HOME else draws.between(16, 350),
        facility_id=number.value - 340000,
        kind=kind,
        status=APPLICATION if is_application else draws.weighted({FULL: 95, INITIAL: 5}),
        ages=draws.weighted(AGE_SETS),
    )


def _name(draws: Draws, number: Number, kind: str, owner: people.Person) -> str:
    if number.place % SITES_PER_QUOTED_NAME == 3:
        return f'{draws.pick("ABCDJKLMST")}" Street {draws.pick(business_names.NOUNS)} Learning Center LLC"'
    name = business_names.home_name(draws, owner) if kind == HOME else business_names.center_name(draws)
    return business_names.with_legal_form(
        draws, draws.weighted({"": 90, "A + ": 3, "1st ": 3, "2 ": 2, "1.2.. ": 2}) + name
    )


def _street(draws: Draws) -> str:
    street = (
        f"{draws.between(100, 32000)} FM {draws.between(100, 3500)}"
        if draws.chance(0.06)
        else places.street(draws, "N S E W")
    )
    return street + (f" STE {draws.between(1, 240)}" if draws.chance(0.06) else "")


def _email(draws: Draws, name: str, owner: people.Person) -> str:
    if draws.chance(0.3):
        return ""
    if draws.chance(0.25):
        return f"director@{_domain(name)}"
    return people.private_email(draws, owner)


def _domain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum()) + ".example.com"
