"""Salesforce's exports at the end of a month: one row for each record that existed by then, as it was then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from leadhouse.simulator import customers, laws, lead_lives, people
from leadhouse.simulator.activities import Activity
from leadhouse.simulator.crm.org.ids import record_id
from leadhouse.simulator.customers import Account
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.files import Row
from leadhouse.simulator.lead_lives import Life, Move
from leadhouse.simulator.leads import FIRST_SCHOOL_ID, Lead, Leads
from leadhouse.simulator.months import add_months, any_time
from leadhouse.simulator.salesforce_rows import (
    PER_ACCOUNT,
    PER_PARENT,
    Entry,
    account_id,
    account_row,
    activity_row,
    boolean_text,
    case_row,
    churn_row,
    contact_id,
    contact_row,
    deal_id,
    deal_rows,
    local_time_text,
    midnight,
    number_text,
    time_text,
    user_id,
)

OLDER_ACCOUNTS_PER_LEADS = 8
"""One account that never was a lead for so many leads."""


class Salesforce:
    """The files of one month after the other.

    Args:
        leads: all leads as of the first month, and later as of each.
        seed: the simulation's seed.
        first_month: first day of the first month.
        users: sales people.
    """

    def __init__(self, leads: Leads, seed: int, first_month: date, users: int) -> None:
        self._leads, self._seed, self._first_month, self._users = leads, seed, first_month, users
        last = midnight(add_months(first_month, 1))
        first = midnight(add_months(first_month, -36))
        self._older = [
            customers.never_a_lead(seed, place, first, last, users)
            for place in range(len(leads.leads) // OLDER_ACCOUNTS_PER_LEADS)
        ]

    def entries(self, month: date) -> Iterator[Entry]:
        """Every row of a month's files and of the truth as of its end: lead by lead, then the other accounts."""
        end = midnight(add_months(month, 1))
        yield from self._user_rows()
        for lead in self._leads.leads:
            if lead.created < end:
                yield from self._lead_entries(lead, end)
        for account in self._older:
            if account.since < end:
                yield from self._account_entries(account, end)

    def _user_rows(self) -> Iterator[Entry]:
        draws = Draws(self._seed, "salesforce users")
        begun = add_months(self._first_month, -40)
        for number in range(self._users):
            user, at = people.person(draws), time_text(any_time(draws, begun, add_months(begun, 2)))
            email = people.work_email(draws, user)
            manager = user_id(0) if number else ""
            names = (email, user.last, user.first, user.full, email)
            yield "users", (user_id(number), *names, "Sales", "TRUE", "Standard", manager, at, at, at)

    def _lead_entries(self, lead: Lead, end: datetime) -> Iterator[Entry]:
        life = lead_lives.live(self._seed, lead)
        owner = lead.id % self._users
        until = lead.edited if lead.is_deleted else end
        converted_at = life.converted_at if life.converted_at and life.converted_at < until else None
        standing = _Standing(
            lead,
            life,
            owner,
            converted_at=converted_at,
            moves=tuple(move for move in life.moves if move.at < until),
            activities=tuple(one for one in life.activities if one.entered < until),
            end=until,
        )
        yield "salesforce_leads", standing.row()
        yield from standing.history_rows()
        yield from standing.activity_rows()
        yield "lead_conversion", standing.truth()
        if converted_at:
            account = customers.of_lead(lead, life, converted_at, owner)
            yield from self._account_entries(account, end, standing.activities)

    def _account_entries(
        self, account: Account, end: datetime, before: tuple[Activity, ...] = ()
    ) -> Iterator[Entry]:
        """An account's rows.

        Args:
            account: which.
            end: of the month.
            before: calls, mails and meetings while it was a lead; their rows are the lead's.
        """
        horizon = midnight(add_months(end.date(), customers.FORESIGHT_MONTHS))
        business = customers.business(self._seed, account, horizon)
        done = [one.done for one in (*before, *business.activities) if one.done < end]
        last_activity = max(done, default=None)
        yield "accounts", account_row(account, business, last_activity, end)
        yield "contacts", contact_row(account, last_activity)
        for place, deal in enumerate(business.deals):
            if deal.began < end:
                yield from deal_rows(account, place, deal, end)
        for place, case in enumerate(business.cases):
            if case.opened < end:
                yield "cases", case_row(account, place, case, end)
        for place, one in enumerate(business.activities):
            if one.entered < end:
                number = account.number * PER_ACCOUNT + place
                yield activity_row(
                    number, one, end, contact_id(account.number), account.number, account.owner
                )
        if business.customer_since and business.customer_since < end:
            yield "account_churn", churn_row(account, business, end)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A lead as it is at the end of a month.

    Args:
        lead: who it is.
        life: all that ever happens to it.
        owner: number of the user who has it.
        converted_at: when it was converted; None if it was not.
        moves: its changes of status until then.
        activities: what had been entered by then.
        end: of the month, or when it was deleted.
    """

    lead: Lead
    life: Life
    owner: int
    converted_at: datetime | None
    moves: tuple[Move, ...]
    activities: tuple[Activity, ...]
    end: datetime

    @property
    def _number(self) -> int:
        return customers.FIRST_OF_LEADS + self.lead.id

    def row(self) -> Row:
        """The row of the leads' file; a conversion leaves the status as it was."""
        lead, traits = self.lead, self.life.traits
        moved = [move for move in self.moves if move.new != laws.CONVERTED]
        status, stage = (
            (moved[-1].new, moved[-1].outreach_stage) if moved else (lead.status, lead.outreach_stage)
        )
        modified = max((lead.created, *(move.at for move in self.moves)))
        if lead.is_deleted or not self.converted_at:
            # a converted lead can be deleted, but not edited
            modified = max(modified, lead.edited)
        done = [one.done for one in self.activities if one.done < self.end]
        stamped = max(modified, *(one.entered for one in self.activities), *done, lead.created)
        return (
            str(lead.id),
            boolean_text(lead.is_deleted),
            lead.last_name,
            lead.first_name,
            lead.title,
            lead.company,
            lead.street,
            lead.city,
            lead.state,
            lead.postal_code,
            lead.country,
            lead.phone,
            lead.mobile_phone,
            lead.email,
            lead.website,
            lead.source,
            status,
            boolean_text(bool(self.converted_at)),
            local_time_text(lead.created),
            local_time_text(modified),
            f"{max(done).date()}" if done else "",
            "",
            "",
            "",
            "",
            stage,
            lead.enrollment,
            lead.capacity,
            f"{lead.created.date()}" if lead.source == "Marketing Research" else "",
            str(lead.id + FIRST_SCHOOL_ID),
            local_time_text(stamped),
            user_id(self.owner),
            traits.industry,
            number_text(traits.employees),
            number_text(traits.annual_revenue),
            lead.rating,
            number_text(traits.visits),
            number_text(traits.downloads),
            number_text(traits.opens),
            *(
                (
                    f"{self.converted_at.date()}",
                    account_id(self._number),
                    contact_id(self._number),
                    deal_id(self._number, 0),
                )
                if self.converted_at
                else ("", "", "", "")
            ),
        )

    def history_rows(self) -> Iterator[Entry]:
        """Its creation and its changes of status."""
        told = [(self.lead.created, "created", "Text", "", "")]
        told += [
            (move.at, "leadConverted", "Text", "", "")
            if move.new == laws.CONVERTED
            else (move.at, "Status", "DynamicEnum", move.old, move.new)
            for move in self.moves
        ]
        for place, (at, *change) in enumerate(told):
            identifier = record_id("017", self.lead.id * PER_PARENT + place)
            fixed = (
                identifier,
                boolean_text(self.lead.is_deleted),
                str(self.lead.id),
                user_id(self.owner),
                time_text(at),
            )
            yield "lead_histories", (*fixed, *change)

    def activity_rows(self) -> Iterator[Entry]:
        """Its calls, mails and meetings; a conversion makes them the contact's and the account's, who keep them."""
        is_deleted = self.lead.is_deleted and not self.converted_at
        for place, one in enumerate(self.activities):
            yield activity_row(
                self.lead.id * PER_PARENT + place,
                one,
                self.end,
                contact_id(self._number) if self.converted_at else str(self.lead.id),
                self._number if self.converted_at else None,
                self.owner,
                changed=self.lead.edited if is_deleted else self.converted_at,
                is_deleted=is_deleted,
            )

    def truth(self) -> Row:
        """What was going to happen, also after the end of the month, unless it is deleted before."""
        converted_at = self.converted_at or (None if self.lead.is_deleted else self.life.converted_at)
        return (
            str(self.lead.id),
            self.lead.status,
            f"{self.life.chance:.6f}",
            f"{self.life.ever:.6f}",
            str(sum(move.old == laws.QUALIFIED for move in self.moves)),
            time_text(converted_at) if converted_at else "",
        )
