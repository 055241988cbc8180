"""Salesforce leads: schools from anywhere, with all that sales people leave out.

Some are sites of the licence files, some are there twice. What becomes of them is told in ``lead_lives``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from leadhouse.simulator import business_names, people, places
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.months import add_months, any_time, last_day
from leadhouse.simulator.sites import Site

FIRST_STATUSES = {
    "Working": 50,
    "Assigned": 16,
    "Recycled": 9,
    "Connected": 6,
    "New": 5,
    "Contacted": 4,
    "Unqualified": 4,
    "Qualified": 3,
    "Nurturing": 2,
    "On Hold": 1,
}
"""Under which they are entered: many come from lists of other systems."""
OUTREACH_STAGES = {
    "Assigned": ("", "Assigned", "Added to sequence"),
    "Recycled": ("Recycled - Neglected", "Recycled - Using Competitor"),
    "Unqualified": ("Unqualified - Enterprise", "Unqualified"),
}
SOURCES = {"TAM": 60, "Web": 22, "Marketing Research": 6, "Proactive Trial": 5, "List Purchase": 3, "": 4}
TITLES = {"": 80, "Director": 8, "Owner": 5, "Director/Principal": 3, "Principal": 2, "Provider": 2}
COUNTRIES = {"": 50, "US": 35, "United States": 15}
WEBSITES = ("www.example.com", "https://www.example.org/staff-directory", "http://www.example.net/")
SHARED_EMAILS = ("frontdesk@example.com", "info@example.org")
"""Typed into many leads, whoever they are."""
IMPOSSIBLE_PHONE = 1234567890
"""The first of a counter; its exchange code is impossible, and so is the area code."""
MOBILE_PHONE_STEP = 2_000_000
FIRST_SCHOOL_ID = 20
CODES = {"nevada": "NV", "oklahoma": "OK", "texas": "TX"}
"""State codes of the registers."""

SITE_SHARE, DUPLICATE_SHARE = 0.25, 0.04
DELETED_SHARE, NEW_PER_MILLE = 0.005, 20
"""Per month."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """One lead as it was entered.

    Args:
        id: from 1.
        site: the licensed site that it is, if any: state and licence.
        duplicate_of: id of the lead that it repeats, if any.
        is_deleted: whether that was its last change.
        created: in UTC.
        edited: when somebody last changed who or where it is, not before ``created``.
        had_activity: whether anybody ever called, wrote or went there.

    The others are Salesforce's fields; text that is missing is empty.
    """

    id: int
    site: tuple[str, str] | None = None
    duplicate_of: int | None = None
    is_deleted: bool = False
    first_name: str
    last_name: str
    title: str = ""
    company: str
    street: str = ""
    city: str = ""
    state: str
    postal_code: str = ""
    country: str = ""
    phone: str
    mobile_phone: str
    email: str
    website: str = ""
    source: str
    status: str
    outreach_stage: str
    rating: str = ""
    created: datetime
    edited: datetime
    had_activity: bool = True
    enrollment: str = ""
    capacity: str = ""


class Leads:
    """All leads, month by month.

    Args:
        size: leads in the first month.
        sites: the licensed sites of the first month, some of which are leads.
        seed: the simulation's seed.
        first_month: first day of the first month.
    """

    def __init__(self, size: int, sites: Sequence[Site], seed: int, first_month: date) -> None:
        self._seed = seed
        self._first_month_size = size
        draws = Draws(seed, "leads", "first")
        self._open_sites = draws.sample(sites, len(sites))
        self.leads: list[Lead] = []
        self._add(draws, size, add_months(first_month, -36), first_month)

    def advance(self, month: date) -> None:
        """Move on to the next month: some leads are deleted, new ones come in."""
        draws = Draws(self._seed, "leads", month)
        for place, lead in enumerate(self.leads):
            if draws.chance(DELETED_SHARE) and not lead.is_deleted:
                deleted_at = any_time(draws, month, last_day(month))
                self.leads[place] = replace(lead, is_deleted=True, edited=deleted_at)
        self._add(draws, self._first_month_size * NEW_PER_MILLE // 1000, month, month)

    def truth(self) -> list[tuple[str, ...]]:
        """Say which lead is which site, and which repeats which other.

        Returns:
            Id, state, licence and the other lead's id, of the leads that are either.
        """
        return [
            (str(lead.id), *(lead.site or ("", "")), str(lead.duplicate_of or ""))
            for lead in self.leads
            if lead.site or lead.duplicate_of
        ]

    def _add(self, draws: Draws, count: int, since: date, month: date) -> None:
        for number in range(len(self.leads) + 1, len(self.leads) + count + 1):
            created = any_time(draws, since, last_day(month))
            edited = max(created, any_time(draws, add_months(month, -2), last_day(month)))
            if self.leads and draws.chance(DUPLICATE_SHARE):
                lead = repeated(draws, draws.pick(self.leads), number, created, edited)
            elif self._open_sites and draws.chance(SITE_SHARE):
                lead = of_site(draws, self._open_sites.pop(), number, created, edited)
            else:
                lead = from_anywhere(draws, number, created, edited)
            self.leads.append(lead)


def from_anywhere(draws: Draws, number: int, created: datetime, edited: datetime) -> Lead:
    """A school outside the three states of the licence files."""
    is_canadian = draws.chance(0.08)
    code, state, city, postal_code = draws.pick(places.CANADA if is_canadian else places.ELSEWHERE)
    owner = people.person(draws)
    address = _Address(
        places.street(draws, "N S E W").title(),
        city,
        draws.pick((code, state)),
        postal_code,
        "Canada" if is_canadian else draws.weighted(COUNTRIES),
    )
    if draws.chance(0.45):
        address = _Address(state=draws.weighted({address.state: 19, "Other": 1}))
    company = (
        business_names.home_name(draws, owner) if draws.chance(0.3) else business_names.center_name(draws)
    )
    return _lead(
        draws,
        number,
        created,
        edited,
        company,
        owner,
        address,
        people.phone(draws, "212 305 404 503 614"),
        people.private_email(draws, owner),
    )


def of_site(draws: Draws, site: Site, number: int, created: datetime, edited: datetime) -> Lead:
    """A licensed site as sales people enter it."""
    code = CODES[site.STATE]
    address = _Address(
        site.street.title(),
        site.city.name.title(),
        draws.pick((code, places.STATE_NAMES[code])),
        site.postal_code,
        draws.weighted(COUNTRIES),
    )
    if draws.chance(0.2):
        address = _Address(state=address.state)
    company = site.name.title() if site.name.isupper() else site.name
    lead = _lead(
        draws,
        number,
        created,
        edited,
        company,
        site.owner,
        address,
        site.phone,
        site.email or people.private_email(draws, site.owner),
    )
    return replace(
        lead,
        site=(site.STATE, site.licence),
        capacity=str(site.capacity) if site.capacity and draws.chance(0.3) else "",
    )


def repeated(draws: Draws, original: Lead, number: int, created: datetime, edited: datetime) -> Lead:
    """The same school, entered once more."""
    created = max(created, original.created)
    return replace(
        original,
        id=number,
        duplicate_of=original.duplicate_of or original.id,
        is_deleted=False,
        company=draws.pick(
            (original.company, original.company.upper(), original.company.replace("Center", "Ctr"))
        ),
        email=draws.pick((original.email, *SHARED_EMAILS)),
        source=draws.weighted(SOURCES),
        status="New",
        outreach_stage="",
        rating="",
        created=created,
        edited=max(created, edited),
    )


@dataclass(frozen=True)
class _Address:
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


def _lead(
    draws: Draws,
    number: int,
    created: datetime,
    edited: datetime,
    company: str,
    owner: people.Person,
    address: _Address,
    phone: str,
    email: str,
) -> Lead:
    status = draws.weighted(FIRST_STATUSES)
    return Lead(
        id=number,
        is_deleted=draws.chance(0.02),
        first_name=draws.weighted(
            {"": 25, owner.first: 62, owner.first.upper(): 6, f"Ms. {owner.first}": 5, "Ms.": 2}
        ),
        last_name=owner.last,
        title=draws.weighted(TITLES),
        company=company,
        street=address.street,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        country=address.country,
        phone=str(IMPOSSIBLE_PHONE + number) if draws.chance(0.3) else phone,
        mobile_phone=str(IMPOSSIBLE_PHONE + MOBILE_PHONE_STEP + number) if draws.chance(0.3) else "",
        email=draws.pick(SHARED_EMAILS) if draws.chance(0.25) else email,
        website=draws.pick(WEBSITES) if draws.chance(0.06) else "",
        source=draws.weighted(SOURCES),
        status=status,
        outreach_stage=outreach_stage(draws, status),
        rating="Hot" if status == "Qualified" and draws.chance(0.3) else "",
        created=created,
        edited=edited,
        had_activity=draws.chance(0.9),
        enrollment=str(draws.between(5, 90)) if draws.chance(0.08) else "",
        capacity=str(draws.between(12, 120)) if draws.chance(0.08) else "",
    )


def outreach_stage(draws: Draws, status: str) -> str:
    """The outreach tool's word for a status."""
    return draws.pick(OUTREACH_STAGES.get(status, (status,)))
