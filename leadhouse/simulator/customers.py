"""What becomes of accounts: opportunities, cases, calls, and whether they leave.

An account's life, too, is a matter of the seed and the account alone, and is told up to any day.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from leadhouse.simulator import business_names, laws, lead_lives, leads, people, places
from leadhouse.simulator.activities import Activity, activity
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.leads import Lead
from leadhouse.simulator.months import add_months

FIRST_NUMBER, FIRST_OF_LEADS = 5_000_000, 10_000_000
"""The numbers of accounts: those that never were leads, and those that were, by the lead's id."""
DEAL_DAYS = 200
"""Between the beginnings of an account's opportunities, on average."""
ATTENTION_DAYS = (14, 30, 60, 140)
"""Between an account's calls, mails and meetings, on average: some are well looked after."""
CASES_PER_MONTH, MORE_CASES_PER_MONTH = 0.04, 0.8
"""Of the most satisfied, and so many more of the least."""
CASE_DAYS = 4
RATED_SHARE = 0.7
MONTH_DAYS = 30
SIGNALS = timedelta(days=laws.SIGNAL_DAYS)
FORESIGHT_MONTHS = 3
"""The truth tells so many months more than the files do."""


@dataclass(frozen=True, slots=True)
class Account:
    """A school that has an account.

    Args:
        number: tells it from all others, and so do ids made of it.
        since: when the account was opened.
        owner: number of the user who has it.
        first_name: of the person to talk to there; so are the other fields of a person.
        lead_id: the lead that it was.

    The others are Salesforce's fields; text that is missing is empty.
    """

    number: int
    since: datetime
    owner: int
    name: str
    industry: str
    employees: int | None
    annual_revenue: int | None
    source: str
    street: str
    city: str
    state: str
    postal_code: str
    country: str
    phone: str
    website: str
    first_name: str
    last_name: str
    title: str
    email: str
    lead_id: int | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity.

    Args:
        amount: in dollars.
        steps: its stages and since when, in order.
        planned_days: after how many days it was to be closed.
    """

    amount: int
    steps: tuple[tuple[datetime, str], ...]
    planned_days: int

    @property
    def began(self) -> datetime:
        """When it was opened."""
        return self.steps[0][0]


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint or a question.

    Args:
        opened: when.
        closed: when it is.
        priority: Low, Medium, High or Critical.
        rating: 1 to 5, given when it was closed; None where it was not.
    """

    opened: datetime
    closed: datetime
    priority: str
    rating: int | None

    @property
    def is_urgent(self) -> bool:
        """Whether it could not wait."""
        return self.priority in ("High", "Critical")


@dataclass(frozen=True, slots=True)
class Signals:
    """What a customer shows at one moment: the arguments of ``laws.leaving_chance``."""

    cases: int
    urgent_cases: int
    satisfaction: float | None
    silent_days: int

    @property
    def leaving_chance(self) -> float:
        """How likely it leaves in the month from then on."""
        return laws.leaving_chance(self.cases, self.urgent_cases, self.satisfaction, self.silent_days)


@dataclass(frozen=True, slots=True)
class Business:
    """All that happens with an account up to some day.

    Args:
        deals: its opportunities.
        cases: its cases.
        activities: calls, mails and meetings.
        customer_since: when it first bought; None if it did not.
        left: when it went; None if it did not.
    """

    deals: tuple[Deal, ...]
    cases: tuple[Case, ...]
    activities: tuple[Activity, ...]
    customer_since: datetime | None
    left: datetime | None


def of_lead(lead: Lead, life: lead_lives.Life, since: datetime, owner: int) -> Account:
    """The account of a lead that is converted."""
    return Account(
        number=FIRST_OF_LEADS + lead.id,
        since=since,
        owner=owner,
        name=lead.company,
        industry=life.traits.industry,
        employees=life.traits.employees,
        annual_revenue=life.traits.annual_revenue,
        source=lead.source,
        street=lead.street,
        city=lead.city,
        state=lead.state,
        postal_code=lead.postal_code,
        country=lead.country,
        phone=lead.phone,
        website=lead.website,
        first_name=lead.first_name,
        last_name=lead.last_name,
        title=lead.title,
        email=lead.email,
        lead_id=lead.id,
    )


def never_a_lead(seed: int, place: int, first: datetime, last: datetime, users: int) -> Account:
    """An account that was opened between two moments, as one of many such."""
    draws = Draws(seed, "account", place)
    code, _, city, postal_code = draws.pick(places.ELSEWHERE)
    person = people.person(draws)
    return Account(
        number=FIRST_NUMBER + place,
        since=first + timedelta(seconds=draws.below(int((last - first).total_seconds()))),
        owner=draws.below(users),
        name=business_names.center_name(draws),
        industry=draws.weighted(lead_lives.INDUSTRIES),
        employees=1 + draws.below(draws.pick(lead_lives.EMPLOYEES)),
        annual_revenue=draws.pick(lead_lives.REVENUES),
        source=draws.weighted(leads.SOURCES),
        street=places.street(draws, "N S E W").title(),
        city=city,
        state=code,
        postal_code=postal_code,
        country="US",
        phone=people.phone(draws, "212 305 404 503 614"),
        website="",
        first_name=person.first,
        last_name=person.last,
        title=draws.weighted(leads.TITLES),
        email=people.work_email(draws, person),
    )


def business(seed: int, account: Account, until: datetime) -> Business:
    """What happens with an account before a day; whatever the day, the story is the same."""
    temper = Draws(seed, "temper", account.number)
    mood, attention = temper.below(1000) / 1000, temper.pick(ATTENTION_DAYS)
    deals = list(_deals(Draws(seed, "deals", account.number), account, until))
    activities = list(
        _activities(Draws(seed, "calls", account.number), account.since, until, attention, mood)
    )
    wins = [step[0] for deal in deals for step in deal.steps[-1:] if step[1] == "Closed Won"]
    since = min((win for win in wins if win < until), default=None)
    if since is None:
        return Business(tuple(deals), (), tuple(activities), None, None)

    cases = list(_cases(Draws(seed, "cases", account.number), since, until, mood))
    left = _leaving(Draws(seed, "leaving", account.number), since, until, signals_of(cases, activities))
    if left:
        deals = [_given_up(deal, left) for deal in deals if deal.began < left]
        cases = [case for case in cases if case.opened < left]
        activities = [one for one in activities if one.done < left]
    return Business(tuple(deals), tuple(cases), tuple(activities), since, left)


def signals_of(cases: Sequence[Case], activities: Sequence[Activity]) -> Callable[[datetime], Signals]:
    """What a customer shows at any moment."""
    opened, done = [case.opened for case in cases], [one.done for one in activities]

    def at(moment: datetime) -> Signals:
        recent = cases[bisect_right(opened, moment - SIGNALS) : bisect_right(opened, moment)]
        ratings = [case.rating for case in recent if case.rating and case.closed <= moment]
        contacts = bisect_right(done, moment)
        return Signals(
            cases=len(recent),
            urgent_cases=sum(case.is_urgent for case in recent),
            satisfaction=sum(ratings) / len(ratings) if ratings else None,
            silent_days=(moment - done[contacts - 1]).days if contacts else laws.MOST_SILENT_DAYS,
        )

    return at


def _leaving(
    draws: Draws, since: datetime, until: datetime, signals: Callable[[datetime], Signals]
) -> datetime | None:
    month = add_months(since.date(), 1)
    while (end := datetime(month.year, month.month, 1)) < until:
        month = add_months(month, 1)
        following = datetime(month.year, month.month, 1)
        if draws.chance(signals(end).leaving_chance):
            return end + timedelta(seconds=draws.below(int((following - end).total_seconds())))
    return None


def _deals(draws: Draws, account: Account, until: datetime) -> Iterator[Deal]:
    at = account.since
    while at < until:
        size = 20 + (account.employees or laws.USUAL_EMPLOYEES)
        amount, planned = size * draws.between(40, 160), draws.between(30, 150)
        steps = [(at, draws.weighted(laws.FIRST_STAGES))]
        while steps[-1][1] in laws.STAGE_MOVES:
            moved = steps[-1][0] + draws.wait(laws.STAGE_DWELL_DAYS)
            steps.append((moved, draws.weighted(laws.STAGE_MOVES[steps[-1][1]])))
        yield Deal(amount, tuple(steps), planned)
        at += draws.wait(DEAL_DAYS)


def _given_up(deal: Deal, at: datetime) -> Deal:
    """The opportunity, lost at that moment if it was still open."""
    if deal.steps[-1][0] < at:
        return deal
    return replace(deal, steps=(*(step for step in deal.steps if step[0] < at), (at, "Closed Lost")))


def _activities(
    draws: Draws, since: datetime, until: datetime, mean_days: float, mood: float
) -> Iterator[Activity]:
    at = since
    while (done := at + draws.wait(mean_days)) < until:
        yield activity(draws, at, done, mood)
        at = done


def _cases(draws: Draws, since: datetime, until: datetime, mood: float) -> Iterator[Case]:
    per_month = CASES_PER_MONTH + MORE_CASES_PER_MONTH * (1 - mood) ** 3
    at = since
    while (at := at + draws.wait(MONTH_DAYS / per_month)) < until:
        if draws.chance(0.1 + 0.5 * (1 - mood)):
            priority = draws.weighted({"High": 3, "Critical": 1})
        else:
            priority = draws.weighted({"Low": 1, "Medium": 2})
        rating = 1 + sum(draws.chance(0.1 + 0.8 * mood) for _ in range(4))
        yield Case(
            opened=at,
            closed=at + draws.wait(CASE_DAYS),
            priority=priority,
            rating=rating if draws.chance(RATED_SHARE) else None,
        )
