"""How the org came to be what it is at its start: years of work, deed by deed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from leadhouse.simulator import people
from leadhouse.simulator.crm.org import sales, service
from leadhouse.simulator.crm.org.books import SECOND, Books, Record, Value
from leadhouse.simulator.crm.org.first_leads import (
    HISTORY_DAYS,
    MOST_HISTORY_ROWS,
    Conversion,
    FirstLeads,
    Person,
)
from leadhouse.simulator.crm.org.ids import record_id
from leadhouse.simulator.crm.org.texts import now_and_then_a_note
from leadhouse.simulator.draws import Draws, Scatter
from leadhouse.simulator.register import Register
from leadhouse.simulator.register import sizes as register_sizes

LEADS_WITH_BUSINESS = 5000
"""Activities and campaigns are about the first so many leads."""
PRODUCTS = (
    "Parent App",
    "Billing",
    "Staff Hours",
    "Curriculum",
    "Lesson Plans \u201cA\u2013Z\u201d",
    'Door Tablet, 10"',
    "Onboarding",
)
PLANS = ("Basic", "Premium", "Enterprise", "Trial")
CAMPAIGN_NAMES = (
    "Autumn Webinar",
    "Regional Conference",
    "Back to School, 1st wave",
    "Directors' Breakfast",
    "Referral \u201cFriends\u201d",
)
CAMPAIGN_TYPES = ("Webinar", "Conference", "Email", "Trade Show", "Referral Program")


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How many records of each kind the org begins with; ``facilities`` are the licensed sites that leads may be."""

    leads: int = 400
    accounts: int = 150
    contacts: int = 250
    opportunities: int = 200
    cases: int = 120
    tasks: int = 600
    events: int = 150
    users: int = 12
    products: int = 20
    campaigns: int = 8
    campaign_members: int = 200
    facilities: int = 300


class Beginning:
    """Makes the first records.

    Args:
        sizes: how many; there is always one user.
        seed: the simulation's.
        start: when the org's own time begins; aware, in whole seconds.
    """

    def __init__(self, sizes: Sizes, seed: int, start: datetime) -> None:
        self._sizes = sizes
        self._seed = seed
        self._start = start
        draws = Draws(seed, "org", "staff")
        self._people = [people.person(draws) for _ in range(max(1, sizes.users))]
        self.staff = [
            Person(record_id("005", place), somebody.full) for place, somebody in enumerate(self._people)
        ]
        self.leads = self._first_leads()
        self.books = Books(self.leads, sizes.leads * MOST_HISTORY_ROWS)

    def run(self) -> Books:
        """All that happened until the start. Returns the books, with nothing left to tell."""
        self._enter_users()
        self._enter_products()
        self._enter_campaigns()
        self._convert_leads()
        self._enter_accounts_and_contacts()
        self._enter_opportunities()
        self._enter_cases()
        self._enter_activities()
        self._enter_members()
        self._throw_away()
        self.books.commit()
        return self.books

    def _first_leads(self) -> FirstLeads:
        sizes, first_month = self._sizes, self._start.date().replace(day=1)
        registers = [
            Register(state, size, self._seed, first_month)
            for state, size in register_sizes(sizes.facilities).items()
        ]
        count = min(sizes.accounts * 3 // 5, sizes.contacts, sizes.opportunities, sizes.leads // 6)
        scatter = Scatter(self._seed, sizes.leads, "org", "conversions") if count else None
        self._converted = [scatter.number(place) for place in range(count)] if scatter else []
        conversions = {
            lead: Conversion(record_id("001", place), record_id("003", place), record_id("006", place))
            for place, lead in enumerate(self._converted)
        }
        sites = [site for register in registers for site in register.sites]
        return FirstLeads(sizes.leads, self._seed, self._start, sites, self.staff, conversions)

    def _draws(self, *path: object) -> Draws:
        return Draws(self._seed, "org", "beginning", *path)

    def _before(self, days: int) -> datetime:
        return self._start - timedelta(days=days)

    def _since(self, draws: Draws, *times: Value) -> datetime | None:
        """Any second after these times and before the start; None where there is none."""
        latest = max(time for time in times if isinstance(time, datetime))
        seconds = (self._start - latest) // SECOND - 1
        return latest + SECOND * (1 + draws.below(seconds)) if seconds > 0 else None

    def _anybody(self, draws: Draws) -> str:
        return draws.pick(self.staff).id

    # Who, what and how it is advertised

    def _enter_users(self) -> None:
        draws = self._draws("users")
        for place, person in enumerate(self._people):
            at = self._before(HISTORY_DAYS + 400) + timedelta(hours=place, minutes=draws.below(60))
            fields: Record = {
                **user_fields(draws, person, place),
                "ManagerId": self.staff[0].id if place else None,
                "LastLoginDate": self._before(0) - SECOND * draws.between(60, 20 * 86400),
            }
            self.books.create("User", at, self.staff[0].id, fields)

    def _enter_products(self) -> None:
        draws = self._draws("products")
        for place in range(self._sizes.products):
            at = self._before(HISTORY_DAYS + 300) + timedelta(days=place % 200, seconds=draws.below(86400))
            self.books.create("Product2", at, self._anybody(draws), product_fields(draws, place))

    def _enter_campaigns(self) -> None:
        draws = self._draws("campaigns")
        for place in range(self._sizes.campaigns):
            at = self._before(draws.between(30, HISTORY_DAYS))
            fields = campaign_fields(draws, place, at.date(), self._start.date())
            self.books.create("Campaign", at, self._anybody(draws), fields)

    # Sales

    def _convert_leads(self) -> None:
        draws = self._draws("conversions")
        for place in self._converted:
            lead = self.leads.record(place)
            at = lead["LastModifiedDate"]
            if isinstance(at, datetime):
                sales.convert(self.books, draws, lead, at, str(lead["OwnerId"]))
                self.books.note_references("Lead", lead)

    def _enter_accounts_and_contacts(self) -> None:
        draws = self._draws("accounts")
        for _ in range(self._sizes.accounts - len(self._converted)):
            at = self._since(draws, self._before(HISTORY_DAYS))
            if at:
                by = self._anybody(draws)
                sales.new_account(self.books, draws, at, by)
        for _ in range(self._sizes.contacts - len(self._converted)):
            picked = self.books.pick(draws, "Account")
            at = self._since(draws, picked["CreatedDate"]) if picked else None
            if picked and at:
                sales.new_contact(self.books, draws, at, str(picked["OwnerId"]), picked)

    def _enter_opportunities(self) -> None:
        draws = self._draws("opportunities")
        for _ in range(self._sizes.opportunities - len(self._converted)):
            contact = self.books.pick(draws, "Contact")
            if contact:
                account = self.books.get("Account", contact["AccountId"])
                at = self._since(draws, contact["CreatedDate"])
                if at:
                    sales.new_opportunity(self.books, draws, at, str(account["OwnerId"]), account, contact)
        for opportunity in list(self.books.undeleted("Opportunity")):
            self._live(draws, opportunity)

    def _live(self, draws: Draws, opportunity: Record) -> None:
        """What became of an opportunity."""
        products = list(self.books.undeleted("Product2"))
        at = _time(opportunity["CreatedDate"])
        by, previous_move = str(opportunity["OwnerId"]), at
        sells = bool(products) and draws.chance(0.6)
        while not opportunity["IsClosed"]:
            at += SECOND * draws.between(1, 2_600_000)
            if at >= self._start:
                break
            if sells and not opportunity["HasOpportunityLineItem"]:
                count = draws.between(1, 4)
                opportunity = sales.add_line_items(self.books, draws, opportunity, at, by, products, count)
            elif draws.chance(0.15):
                later = at.date() + timedelta(days=draws.between(10, 90))
                opportunity = sales.change_opportunity(self.books, opportunity, at, by, {"CloseDate": later})
            else:
                previous_move = _time(opportunity["LastStageChangeDate"])
                opportunity = sales.move_opportunity(self.books, draws, opportunity, at, by)
        if draws.chance(0.5):
            last_move = _time(opportunity["LastStageChangeDate"])
            until, since = (last_move, previous_move) if opportunity["IsClosed"] else (self._start, last_move)
            days = (Decimal((until - since) // SECOND) / 86400).quantize(Decimal("0.0001"))
            self.books.set_silently("Opportunity", opportunity, {"Days_In_Stage__c": days})

    # Service, calls, campaigns

    def _enter_cases(self) -> None:
        draws = self._draws("cases")
        for _ in range(self._sizes.cases):
            contact = self.books.pick(draws, "Contact")
            at = self._since(draws, contact["CreatedDate"]) if contact else None
            if not contact or not at:
                continue
            account, by = self.books.get("Account", contact["AccountId"]), self._anybody(draws)
            case = service.open_case(
                self.books, draws, at, by, account, contact if draws.chance(0.9) else None
            )
            while not case["IsClosed"]:
                at += SECOND * draws.between(300, 700_000)
                if at >= self._start:
                    break
                case = service.work_on_case(self.books, draws, case, at, by)
            if case["IsClosed"] and draws.chance(0.6):
                at += SECOND * draws.between(60, 200_000)
                if at < self._start:
                    service.rate_case(self.books, draws, case, at)

    def _enter_activities(self) -> None:
        draws = self._draws("activities")
        for name, count in (("Task", self._sizes.tasks), ("Event", self._sizes.events)):
            for _ in range(count):
                if draws.chance(0.5):
                    self._about_a_lead(draws, name)
                else:
                    self._about_a_customer(draws, name)

    def _about_a_lead(self, draws: Draws, name: str) -> None:
        """An activity between a lead's creation and its last one."""
        lead = self._any_lead(draws)
        if not lead or not lead["LastActivityDate"] or lead["IsConverted"]:
            return
        created, modified = _time(lead["CreatedDate"]), _time(lead["LastModifiedDate"])
        at = created + SECOND * draws.below((modified - created) // SECOND + 1)
        log = service.log_task if name == "Task" else service.plan_event
        log(self.books, draws, at, str(lead["OwnerId"]), lead, None, None)

    def _about_a_customer(self, draws: Draws, name: str) -> None:
        contact = self.books.pick(draws, "Contact")
        at = self._since(draws, contact["CreatedDate"]) if contact else None
        if not contact or not at:
            return
        account = self.books.get("Account", contact["AccountId"])
        subjects = [account, *self.books.referring(account["Id"], "Opportunity")]
        what = draws.pick(
            [subject for subject in subjects if _time(subject["CreatedDate"]) <= at] or [account]
        )
        log = service.log_task if name == "Task" else service.plan_event
        activity = log(self.books, draws, at, self._anybody(draws), contact, what, account["Id"])
        day = activity["ActivityDate"]
        if isinstance(day, date) and day <= at.date():
            for parent_name, identifier in parents(activity):
                parent = self.books.get(parent_name, identifier)
                known = parent["LastActivityDate"]
                if not isinstance(known, date) or known < day:
                    self.books.set_silently(parent_name, parent, {"LastActivityDate": day})

    def _any_lead(self, draws: Draws) -> Record | None:
        """An undeleted lead among those that business is done with."""
        count = min(self._sizes.leads, LEADS_WITH_BUSINESS)
        for _ in range(10 if count else 0):
            lead = self.leads.record(draws.below(count))
            if not lead["IsDeleted"]:
                return lead
        return None

    def _enter_members(self) -> None:
        draws = self._draws("members")
        members = set()
        for _ in range(self._sizes.campaign_members):
            campaign = self.books.pick(draws, "Campaign")
            is_lead = draws.chance(0.7)
            person = self._any_lead(draws) if is_lead else self.books.pick(draws, "Contact")
            if not campaign or not person or (campaign["Id"], person["Id"]) in members:
                continue
            at = self._since(draws, campaign["CreatedDate"], person["CreatedDate"])
            if not at:
                continue
            members.add((campaign["Id"], person["Id"]))
            by = str(campaign["OwnerId"])
            member = service.join_campaign(
                self.books, at, by, campaign, "Lead" if is_lead else "Contact", person
            )
            answered = self._since(draws, at) if draws.chance(0.3) else None
            if answered:
                service.respond(self.books, member, answered, by)

    def _throw_away(self) -> None:
        """Some records lie in the recycle bin already."""
        draws = self._draws("deletions")
        for name in ("Task", "Event", "Case", "Contact", "Account", "Opportunity"):
            for _ in range(self.books.count(name) // 40):
                record = self.books.pick(draws, name)
                at = self._since(draws, record["SystemModstamp"]) if record else None
                if record and at and self.books.is_deletable(name, record):
                    self.books.delete(name, record, at, self._anybody(draws))


def user_fields(draws: Draws, person: people.Person, place: int) -> Record:
    """A colleague; the first one is the administrator."""
    name = f"{person.first}.{person.last}{place}".lower()
    return {
        "Username": f"{name}@leadhouse.example.com",
        "FirstName": person.first,
        "LastName": person.last,
        "Name": person.full,
        "Email": f"{name}@example.com",
        "Alias": (person.first[:1] + person.last[:4] + str(place)).lower()[:8],
        "CommunityNickname": name[:40],
        "Title": "Administrator" if place == 0 else draws.pick(("Account Executive", "SDR, West", None)),
        "Department": draws.pick(("Sales", "Sales", "Success", None)),
        "IsActive": place == 0 or draws.chance(0.9),
        "TimeZoneSidKey": draws.pick(("America/Chicago", "America/Los_Angeles", "America/New_York")),
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
        "ProfileId": record_id("00e", min(place, 1)),
        "UserRoleId": record_id("00E", draws.below(3)),
        "UserType": "Standard",
        "EmployeeNumber": f"{1000 + place}",
    }


def product_fields(draws: Draws, place: int) -> Record:
    """Something to sell; its place in the catalogue is its id outside."""
    family = draws.pick(("Subscription", "Subscription", "Services", "Hardware"))
    name = PRODUCTS[place % len(PRODUCTS)]
    return {
        "Name": f"{name} {PLANS[place // len(PRODUCTS) % len(PLANS)]}",
        "ProductCode": f"LH-{place:03d}",
        "Description": now_and_then_a_note(draws, 0.4),
        "IsActive": draws.chance(0.9),
        "Family": family,
        "ExternalId": str(place),
        "QuantityUnitOfMeasure": {"Subscription": "Month", "Services": "Hour", "Hardware": "Each"}[family],
        "StockKeepingUnit": f"SKU/{place:05d}" if family == "Hardware" else None,
    }


def campaign_fields(draws: Draws, place: int, first_day: date, today: date) -> Record:
    """Something to reach people with."""
    last_day = first_day + timedelta(days=draws.between(5, 120))
    is_over = last_day < today
    budget = Decimal(draws.between(5, 400)) * 100
    kind = place % len(CAMPAIGN_NAMES)
    return {
        "Name": f"{CAMPAIGN_NAMES[kind]} {first_day.year} #{place + 1}",
        "Type": CAMPAIGN_TYPES[kind],
        "Status": "Completed" if is_over else "In Progress",
        "IsActive": not is_over,
        "StartDate": first_day,
        "EndDate": last_day,
        "BudgetedCost": budget,
        "ActualCost": (budget * draws.between(60, 130) / 100).quantize(sales.CENT) if is_over else None,
        "ExpectedRevenue": budget * draws.between(2, 20),
        "ExpectedResponse": Decimal(draws.between(1, 2000)) / 100,
        "NumberSent": Decimal(draws.below(5000)),
        "Description": now_and_then_a_note(draws, 0.3),
    }


def parents(activity: Record) -> Sequence[tuple[str, Value]]:
    """The records whose last activity an activity of a customer is: contact, account and opportunity."""
    return [
        (name, identifier)
        for prefix, name in PARENT_PREFIXES.items()
        for identifier in {activity["WhoId"], activity["WhatId"], activity["AccountId"]}
        if isinstance(identifier, str) and identifier.startswith(prefix)
    ]


PARENT_PREFIXES: Mapping[str, str] = {"00Q": "Lead", "003": "Contact", "001": "Account", "006": "Opportunity"}


def _time(value: Value) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is no time")
    return value
