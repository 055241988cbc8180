"""Nevada's licence file: one-line addresses, provisional types, credential numbers that end in the year of renewal."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar, Self

from leadhouse.simulator import business_names, people, places
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.months import add_months, any_day, last_day, short_date
from leadhouse.simulator.sites import Change, Location, Number, Numbers, Site, dashed_phone, is_misspelt

KINDS = {"CENTER": 62, "GROUP CARE": 15, "FAMILY CARE": 14, "ACCOMMODATION": 6, "PERMITS": 3}
HOMES = ("GROUP CARE", "FAMILY CARE")
ROLES = {"Director": 60, "Owner": 20, "Other": 12, "Person in Charge": 8}
BRANCHES = (
    "ALTA",
    "BLUE DIAMOND",
    "CENTENNIAL HILLS",
    "DURANGO",
    "EASTERN",
    "GREEN VALLEY",
    "LAKES",
    "RUSSELL",
    "SAHARA",
    "SMOKE RANCH",
    "SUMMERLIN",
)
BRANCH_FORMS = {"{} - {}": 8, "{} -{}": 1, "{}- {}": 1}
CONTACT_FORMS = (
    "{a.first} & {b.first} {a.last} & {b.last}",
    "{a.first} AND {b.first} {a.last} AND {b.last}",
    "{a.first}, {b.first} {a.last}, {b.last}",
    "{a.first} & {b.first}, {a.last} & {b.last}",
)
SITES_PER_GARBLED_NAME = 40
GARBLED_APOSTROPHE = "í"


@dataclass(frozen=True, kw_only=True)
class NevadaSite(Site):
    """A site in Nevada.

    Args:
        is_garbled: whether the licence file has a wrong letter for the apostrophe in the name.
        kind: the credential type without ``(PROVISIONAL)``.
        is_provisional: whether the licence is for some months only.
        status: ``Active`` or ``Inactive``.
        expires: last day of the licence.
        contact: one person or several, upper case.
        role: the contact's.
    """

    STATE: ClassVar[str] = "nevada"
    HEADER: ClassVar[tuple[str, ...]] = (
        "Name",
        "Credential Type",
        "Credential Number",
        "Status",
        "Expiration Date",
        "Disciplinary Action",
        "Address",
        "State",
        "County",
        "Phone",
        "First Issue Date",
        "Primary Contact Name",
        "Primary Contact Role",
    )

    is_garbled: bool
    kind: str
    is_provisional: bool
    status: str
    expires: date
    has_disciplinary_action: bool
    contact: str
    role: str

    @property
    def licence(self) -> str:
        """The credential number without the year."""
        return f"{self.number:03d}"

    @property
    def credential_number(self) -> str:
        """The number and the year in which the licence now in force began; full licences last one year."""
        began = self.expires - timedelta(days=120 if self.is_provisional else 364)
        return f"{self.licence}-{began:%y}"

    @property
    def _term(self) -> str:
        return f"{self.credential_number} to {self.expires}"

    def row(self) -> tuple[str, ...]:
        """The site's row in the state's file."""
        return (
            self.name.upper().replace("'", GARBLED_APOSTROPHE if self.is_garbled else "'"),
            self.kind + (" (PROVISIONAL)" if self.is_provisional else ""),
            self.credential_number,
            self.status,
            short_date(self.expires),
            "Y" if self.has_disciplinary_action else "N",
            f"{self.written_street} {self.city.name}, NV {self.postal_code}",
            "NV",
            self.city.county,
            dashed_phone(self.phone),
            short_date(self.issued),
            self.contact,
            self.role,
        )

    def licensed_in(self, draws: Draws, month: date) -> Self:
        """The site with a first licence of this month, for a year."""
        site = super().licensed_in(draws, month)
        return replace(site, expires=last_day(add_months(month, 11)), is_provisional=False)

    def renewed(self, month: date) -> Change | None:
        """The site with a full licence for a year more, where the old one has run out before this month."""
        if self.expires >= month:
            return None
        expires = last_day(add_months(self.expires, 12))
        site = replace(self, expires=expires, is_provisional=False)
        return Change(site, "renewed", self._term, site._term)

    def restated(self, draws: Draws, month: date) -> Change:
        """The site with its licence laid down, or taken up again."""
        status = "Inactive" if self.status == "Active" else "Active"
        return Change(replace(self, status=status), "changed_status", self.status, status)


def new_sites(draws: Draws, numbers: Numbers, month: date) -> list[NevadaSite]:
    """The sites of one operator: mostly one, else a chain, whose sites may share a phone."""
    if not draws.chance(0.08):
        return [_site(draws, next(numbers), month, draws.weighted(KINDS), places.city(draws, "NV"))]
    kind, city = draws.weighted({"CENTER": 4, "ACCOMMODATION": 1}), places.city(draws, "NV")
    brand, head_office = business_names.brand_name(draws), people.phone(draws, city.area_codes)
    shares_phone = draws.chance(0.5)
    chain = []
    for branch in draws.sample(BRANCHES, draws.between(2, 5)):
        site = _site(draws, next(numbers), month, kind, city)
        name = draws.weighted(BRANCH_FORMS).format(brand, branch)
        phone = head_office if shares_phone else site.phone
        chain.append(replace(site, name=name, phone=phone, is_garbled=False))
    return chain


def _site(draws: Draws, number: Number, month: date, kind: str, city: places.City) -> NevadaSite:
    owner = people.person(draws)
    location = Location.within(draws, city)
    is_garbled = number.place % SITES_PER_GARBLED_NAME == 5
    is_provisional = draws.chance(0.12)
    return NevadaSite(
        number=number.value,
        name=_garbled_name(draws) if is_garbled else _name(draws, kind, owner, city),
        owner=owner,
        street=_street(draws),
        misspelt=is_misspelt(number),
        city=location.city,
        postal_code=location.postal_code,
        phone=location.phone(draws),
        issued=any_day(draws, add_months(month, -120), add_months(month, -12)).replace(
            day=draws.pick((1, 1, 1, 8, 17, 26))
        ),
        is_garbled=is_garbled,
        kind=kind,
        is_provisional=is_provisional,
        status="Active",
        expires=last_day(add_months(month, _months_left(draws, is_provisional))),
        has_disciplinary_action=draws.chance(0.02),
        contact=_contact(draws, owner),
        role="Owner" if kind in HOMES else draws.weighted(ROLES),
    )


def _months_left(draws: Draws, is_provisional: bool) -> int:
    """Months after this one in which a licence is good; some are renewed late."""
    if draws.chance(0.02):
        return -1
    return draws.below(4 if is_provisional else 12)


def _garbled_name(draws: Draws) -> str:
    return draws.pick(("My Little Angel's {}", "Grandma's {}", "The Children's {}")).format(
        business_names.center_name(draws)
    )


def _name(draws: Draws, kind: str, owner: people.Person, city: places.City) -> str:
    if kind == "PERMITS":
        return f"City of {city.name.title()} Youth Programs"
    if kind in HOMES:
        return owner.full if draws.chance(0.15) else business_names.home_name(draws, owner)
    name = business_names.center_name(draws)
    return business_names.with_legal_form(draws, name) if draws.chance(0.3) else name


def _street(draws: Draws) -> str:
    street = places.street(draws)
    is_abbreviated = street.split()[-1] in ("ST", "AVE", "RD", "DR", "BLVD")
    dot = "." if is_abbreviated and draws.chance(0.08) else ""
    suite = f", STE {draws.between(1, 180)}" if draws.chance(0.05) else ""
    return street + dot + suite


def _contact(draws: Draws, owner: people.Person) -> str:
    if not draws.chance(0.08):
        return owner.full.upper()
    form = draws.pick(CONTACT_FORMS)
    return form.format(a=owner, b=people.person(draws)).upper()
