"""Everything in the company but deals and activities: who works there, what they sell, and to whom."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from leadhouse.simulator import business_names, people, places
from leadhouse.simulator.crm.pipedrive.fields import (
    LABELS,
    CustomField,
    Record,
    custom_fields,
    definitions,
)
from leadhouse.simulator.crm.pipedrive.times import v1, v2
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.pipedrive import ACTIVITY_TYPES, STAGES, Pipedrive

COMPANY_ID = 12_003_004
COMPANY_NAME = "Leadhouse Demo"
COMPANY_DOMAIN = "leadhouse-demo"

SALES, PARTNERS = 1, 2
"""The pipelines. Stages of both may have the same name, and are two stages all the same."""
PARTNER_STAGES = ("Qualified Lead", "Negotiation", "Closing")
FIRST_PARTNER_STAGE = len(STAGES) + 1
PROBABILITIES = (10, 20, 30, 50, 60, 80, 100, 100, 100)

PRODUCTS = (
    ("Infant Care", "month", 1450),
    ("Toddler Care", "month", 1280),
    ("Preschool Programme", "month", 1100),
    ("After-School Club", "month", 420),
    ("Summer Camp", "week", 310),
    ("Staff Training", "day", 900),
    ("Licence Consulting", "hour", 120),
    ("Meal Plan", "month", 160),
    ("Playground Safety Check", "piece", 380),
    ("Enrolment Software", "seat", 35),
    ("Transport Service", "month", 240),
    ("Tutoring", "hour", 45),
)
CURRENCIES = {"USD": 92, "CAD": 5, "EUR": 3}
ICONS = ("meeting", "call", "task", "deadline")
REGIONS = ("North", "South", "East", "West", "Online")
INDUSTRIES = 8
DAY = 86_400


@dataclass(frozen=True)
class Company:
    """What deals and activities refer to.

    Args:
        seed: everything follows from it.
        users: how many people sell; their ids are 1 and on.
        organizations: how many there are at first; ids likewise.
        persons: how many there are at first; ids likewise.
        start: seconds since 1970 at which the company's first data end.
    """

    seed: int
    users: int
    organizations: int
    persons: int
    start: int

    @property
    def founded(self) -> int:
        """Seconds since 1970; nothing is older."""
        return self.start - 4 * 365 * DAY

    @property
    def fields(self) -> tuple[CustomField, ...]:
        """The company's own fields of deals."""
        return custom_fields(self.seed)


def users(company: Company, crm: Pipedrive) -> Iterator[Record]:
    """Who works there; the first is the one whose token it is."""
    draws = Draws(company.seed, "crm", "users")
    founded = v1(v2(company.founded))
    for number, (_, name, email, modified) in enumerate(crm.users(), start=1):
        yield {
            "id": number,
            "name": name,
            "default_currency": "USD",
            "locale": "en_US",
            "lang": 1,
            "email": email,
            "phone": people.phone(draws, "702 775") if draws.chance(0.5) else None,
            "activated": True,
            "last_login": v1(v2(company.start - draws.below(30 * DAY))),
            "created": founded,
            "modified": modified[:19],
            "has_created_company": number == 1,
            "access": [
                {
                    "app": "sales",
                    "admin": number == 1,
                    "permission_set_id": f"{company.seed:032x}",
                },
            ],
            "active_flag": True,
            "timezone_name": "America/Los_Angeles",
            "timezone_offset": "-08:00",
            "role_id": 1,
            "icon_url": None,
            "is_you": number == 1,
            "is_deleted": False,
        }


def activity_types(company: Company) -> Iterator[Record]:
    """What people do, inactive kinds too."""
    founded = v1(v2(company.founded))
    for place, (number, name, active, key) in enumerate(ACTIVITY_TYPES):
        yield {
            "id": int(number),
            "order_nr": place + 1,
            "name": name,
            "key_string": key,
            "icon_key": ICONS[place],
            "active_flag": active == "Yes",
            "color": "FFFFFF",
            "is_custom_flag": key != "meeting",
            "add_time": founded,
            "update_time": founded,
        }


def fields(company: Company, owner: str) -> Iterator[Record]:
    """Every field of deals, persons, organizations or products."""
    return definitions(company.seed, owner, v1(v2(company.founded)), creator=1)


def pipelines(company: Company) -> Iterator[Record]:
    """Both of them."""
    for number, name in ((SALES, "Sales"), (PARTNERS, "Partners")):
        yield {
            "id": number,
            "name": name,
            "order_nr": number,
            "is_deleted": False,
            "is_deal_probability_enabled": number == SALES,
            "add_time": v2(company.founded),
            "update_time": v2(company.founded),
        }


def stages(company: Company) -> Iterator[Record]:
    """Those of both pipelines, in order."""
    rows = [(SALES, place, name) for place, name in enumerate(STAGES)]
    rows += [(PARTNERS, place, name) for place, name in enumerate(PARTNER_STAGES)]
    for number, (pipeline, place, name) in enumerate(rows, start=1):
        yield {
            "id": number,
            "order_nr": place + 1,
            "name": name,
            "is_deleted": False,
            "deal_probability": PROBABILITIES[place],
            "pipeline_id": pipeline,
            "is_deal_rot_enabled": pipeline == SALES,
            "days_to_rotten": 30 if pipeline == SALES else None,
            "add_time": v2(company.founded),
            "update_time": v2(company.founded),
        }


def products(company: Company) -> Iterator[Record]:
    """What is sold at first."""
    return (product(company, number, company.founded) for number in range(1, len(PRODUCTS) + 1))


def product(company: Company, number: int, added: int) -> Record:
    """One product; those after the list's end are its variants."""
    draws = Draws(company.seed, "crm", "product", number)
    name, unit, price = PRODUCTS[(number - 1) % len(PRODUCTS)]
    edition = (number - 1) // len(PRODUCTS)
    return {
        "id": number,
        "name": f"{name} {edition + 1}" if edition else name,
        "code": f"P-{number:04d}",
        "unit": unit,
        "tax": 0,
        "is_deleted": False,
        "is_linkable": True,
        "visible_to": 3,
        "owner_id": 1 + draws.below(company.users),
        "add_time": v2(added),
        "update_time": v2(added),
        "description": None,
        "category": None,
        "custom_fields": {},
        "billing_frequency": "monthly" if unit == "month" else "one-time",
        "prices": [
            {
                "product_id": number,
                "price": price,
                "currency": "USD",
                "cost": price // 2,
                "direct_cost": None,
                "notes": "",
            }
        ],
    }


def organizations(company: Company) -> Iterator[Record]:
    """Whom the company sells to at first."""
    return _since_founding(company, company.organizations, "organization", organization)


def persons(company: Company) -> Iterator[Record]:
    """Whom the company speaks with at first."""
    return _since_founding(company, company.persons, "person", person)


def _since_founding(
    company: Company, count: int, name: str, make: Callable[[Company, int, int], Record]
) -> Iterator[Record]:
    draws = Draws(company.seed, "crm", name, "times")
    for number in range(1, count + 1):
        yield make(company, number, company.founded + draws.below(company.start - DAY - company.founded))


def organization(company: Company, number: int, added: int) -> Record:
    """One customer, or who may become one.

    Args:
        company: where it is kept.
        number: its id.
        added: seconds since 1970.
    """
    draws = Draws(company.seed, "crm", "organization", number)
    return {
        "id": number,
        "name": business_names.with_legal_form(draws, business_names.center_name(draws)),
        "owner_id": 1 + draws.below(company.users),
        "add_time": v2(added),
        "update_time": v2(added),
        "is_deleted": False,
        "visible_to": 3,
        "address": address(draws) if draws.chance(0.8) else None,
        "label_ids": [],
        "website": None,
        "linkedin": None,
        "industry": 1 + draws.below(INDUSTRIES) if draws.chance(0.6) else None,
        "annual_revenue": 10_000 * draws.between(5, 900) if draws.chance(0.4) else None,
        "employee_count": draws.between(1, 220) if draws.chance(0.5) else None,
        "custom_fields": {
            field.key: draws.pick((*REGIONS, None)) for field in custom_fields(company.seed, "organization")
        },
    }


def person(company: Company, number: int, added: int) -> Record:
    """Somebody at an organization.

    Args:
        company: where she is kept.
        number: her id.
        added: seconds since 1970.
    """
    draws = Draws(company.seed, "crm", "person", number)
    somebody = people.person(draws)
    emails = [people.work_email(draws, somebody)]
    if draws.chance(0.2):
        emails.append(people.private_email(draws, somebody))
    return {
        "id": number,
        "name": somebody.full,
        "first_name": somebody.first,
        "last_name": somebody.last,
        "owner_id": 1 + draws.below(company.users),
        "org_id": organization_of(company, number),
        "add_time": v2(added),
        "update_time": v2(added),
        "emails": contact(emails),
        "phones": contact([people.phone(draws, "702 775 405 512")] if draws.chance(0.8) else []),
        "is_deleted": False,
        "visible_to": 3,
        "label_ids": [draws.between(1, len(LABELS))] if draws.chance(0.2) else [],
        "picture_id": None,
        "custom_fields": {
            field.key: draws.pick((*(option for option, _ in field.options), None))
            for field in custom_fields(company.seed, "person")
        },
    }


def organization_of(company: Company, person_id: int) -> int | None:
    """The organization that a person works for."""
    return 1 + (person_id * 7) % company.organizations if company.organizations else None


def contact(values: Sequence[str]) -> list[Record]:
    """E-mail addresses or phone numbers; the first is the main one."""
    return [
        {"label": "work" if place == 0 else "home", "value": value, "primary": place == 0}
        for place, value in enumerate(values)
    ]


def address(draws: Draws) -> Record:
    """A place in one of the three states, in Pipedrive's parts."""
    state = draws.pick(tuple(places.STATE_NAMES))
    city, street = places.city(draws, state), places.street(draws)
    house_number, route = street.split(" ", 1)
    postal_code = draws.pick(city.postal_codes.split())
    return {
        "value": f"{street}, {city.name}, {state} {postal_code}, USA",
        "country": "USA",
        "admin_area_level_1": places.STATE_NAMES[state],
        "admin_area_level_2": None,
        "locality": city.name,
        "sublocality": None,
        "route": route,
        "street_number": house_number,
        "subpremise": None,
        "postal_code": postal_code,
        "formatted_address": f"{street}, {city.name}, {state} {postal_code}, USA",
    }
