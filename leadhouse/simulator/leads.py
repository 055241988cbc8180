"""Salesforce leads: schools from anywhere, with all that sales people leave out.

Some are sites of the licence files, some are there twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from leadhouse.simulator import business_names, people, places
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.months import add_months, any_time, last_day
from leadhouse.simulator.sites import Site

HEADER = (
    "id",
    "is_deleted",
    "last_name",
    "first_name",
    "title",
    "company",
    "street",
    "city",
    "state",
    "postal_code",
    "country",
    "phone",
    "mobile_phone",
    "email",
    "website",
    "lead_source",
    "status",
    "is_converted",
    "created_date",
    "last_modified_date",
    "last_activity_date",
    "last_viewed_date",
    "last_referenced_date",
    "email_bounced_reason",
    "email_bounced_date",
    "outreach_stage_c",
    "current_enrollment_c",
    "capacity_c",
    "lead_source_last_updated_c",
    "brightwheel_school_uuid_c",
)

STATUSES = {
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
STATUS_MOVES = {
    "New": {"Assigned": 8, "Contacted": 2},
    "Assigned": {"Working": 6, "Contacted": 3, "Unqualified": 1},
    "Working": {"Connected": 5, "Recycled": 3, "Unqualified": 2},
    "Contacted": {"Connected": 4, "Nurturing": 3, "Qualified": 2, "Unqualified": 1},
    "Connected": {"Qualified": 5, "Nurturing": 3, "Unqualified": 2},
    "Nurturing": {"Re-engagement": 5, "Recycled": 3, "Qualified": 2},
    "Re-engagement": {"Qualified": 5, "Recycled": 3, "Unqualified": 2},
    "Recycled": {"Re-engagement": 6, "Assigned": 4},
    "Qualified": {"Proposal Sent": 6, "On Hold": 2, "Unqualified": 1},
    "Proposal Sent": {"Negotiation": 6, "Closed Lost": 3},
    "Negotiation": {"Closed Won": 6, "Closed Lost": 4},
    "On Hold": {"Re-engagement": 5, "Disqualified": 2},
}
"""Where a lead goes from each status, with weights; it stays for ever in a status that is not named."""
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
MOVED_SHARE, DELETED_SHARE, NEW_PER_MILLE = 0.12, 0.005, 20
"""Per month."""


@dataclass(frozen=True, kw_only=True)
class Lead:
    """One lead.

    Args:
        id: from 1.
        site: the licensed site that it is, if any: state and licence.
        duplicate_of: id of the lead that it repeats, if any.
        created: in UTC.
        modified: in UTC, not before ``created``.
        had_activity: whether the last change was an activity.

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
    is_converted: bool = False
    created: datetime
    modified: datetime
    had_activity: bool = True
    enrollment: str = ""
    capacity: str = ""

    def row(self) -> tuple[str, ...]:
        """The lead's row in the file."""
        return (
            str(self.id),
            str(self.is_deleted).upper(),
            self.last_name,
            self.first_name,
            self.title,
            self.company,
            self.street,
            self.city,
            self.state,
            self.postal_code,
            self.country,
            self.phone,
            self.mobile_phone,
            self.email,
            self.website,
            self.source,
            self.status,
            str(self.is_converted).upper(),
            _timestamp(self.created),
            _timestamp(self.modified),
            f"{self.modified:%Y-%m-%d}" if self.had_activity else "",
            "",
            "",
            "",
            "",
            self.outreach_stage,
            self.enrollment,
            self.capacity,
            f"{self.created:%Y-%m-%d}" if self.source == "Marketing Research" else "",
            str(self.id + FIRST_SCHOOL_ID),
        )


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
        """Move on to the next month: leads change their status, some are deleted, new ones come in."""
        draws = Draws(self._seed, "leads", month)
        self.leads = [_a_month_later(draws, lead, month) for lead in self.leads]
        self._add(draws, self._first_month_size * NEW_PER_MILLE // 1000, month, month)

    def rows(self) -> list[tuple[str, ...]]:
        """The rows of the file."""
        return [lead.row() for lead in self.leads]

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
            modified = max(created, any_time(draws, add_months(month, -2), last_day(month)))
            if self.leads and draws.chance(DUPLICATE_SHARE):
                lead = repeated(draws, draws.pick(self.leads), number, created, modified)
            elif self._open_sites and draws.chance(SITE_SHARE):
                lead = of_site(draws, self._open_sites.pop(), number, created, modified)
            else:
                lead = from_anywhere(draws, number, created, modified)
            self.leads.append(lead)


def from_anywhere(draws: Draws, number: int, created: datetime, modified: datetime) -> Lead:
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
        modified,
        company,
        owner,
        address,
        people.phone(draws, "212 305 404 503 614"),
        people.private_email(draws, owner),
    )


def of_site(draws: Draws, site: Site, number: int, created: datetime, modified: datetime) -> Lead:
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
        modified,
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


def repeated(draws: Draws, original: Lead, number: int, created: datetime, modified: datetime) -> Lead:
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
        is_converted=False,
        created=created,
        modified=max(created, modified),
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
    modified: datetime,
    company: str,
    owner: people.Person,
    address: _Address,
    phone: str,
    email: str,
) -> Lead:
    status = draws.weighted(STATUSES)
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
        is_converted=status == "Qualified" and draws.chance(0.3),
        created=created,
        modified=modified,
        had_activity=draws.chance(0.9),
        enrollment=str(draws.between(5, 90)) if draws.chance(0.08) else "",
        capacity=str(draws.between(12, 120)) if draws.chance(0.08) else "",
    )


def _a_month_later(draws: Draws, lead: Lead, month: date) -> Lead:
    moves, is_deleted = draws.chance(MOVED_SHARE), draws.chance(DELETED_SHARE)
    if lead.is_deleted or not (is_deleted or (moves and lead.status in STATUS_MOVES)):
        return lead
    changed = replace(lead, modified=any_time(draws, month, last_day(month)))
    if is_deleted:
        return replace(changed, is_deleted=True)
    status = draws.weighted(STATUS_MOVES[lead.status])
    return replace(
        changed,
        status=status,
        outreach_stage=outreach_stage(draws, status),
        is_converted=lead.is_converted or status == "Closed Won",
    )


def outreach_stage(draws: Draws, status: str) -> str:
    """The outreach tool's word for a status."""
    return draws.pick(OUTREACH_STAGES.get(status, (status,)))


def _timestamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d} {moment.hour}:{moment:%M:%S}"
