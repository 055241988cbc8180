"""The leads that the org begins with: made when asked for, block by block, so that a million of them need no memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from leadhouse.simulator import laws, lead_lives, leads
from leadhouse.simulator.crm.org.books import SECOND, Record, Value, blank
from leadhouse.simulator.crm.org.ids import record_id
from leadhouse.simulator.crm.org.metadata import RATINGS
from leadhouse.simulator.crm.org.texts import mistyped, now_and_then_a_note, with_suite
from leadhouse.simulator.draws import Draws
from leadhouse.simulator.leads import Lead
from leadhouse.simulator.sites import Site

HOUR = timedelta(hours=1)
BLOCK = 50
"""Leads that are made together; a lead repeats only others of its block."""
HISTORY_DAYS = 1080
"""How far back the first lead was created."""
MOST_HISTORY_ROWS = 16
"""Of one lead; their ids are numbered from this times its place."""
SITES_PER_BLOCK = int(BLOCK * leads.SITE_SHARE)
MASS_ASSIGNMENT = timedelta(days=19, hours=4, minutes=11, seconds=7)
"""So long before the start somebody gave many leads to others, all in the same second."""

FIRST_STATUSES = {"New": 88, "Assigned": 12}
MOVES = {0: 8, 1: 22, 2: 28, 3: 20, 4: 12, 5: 6, 6: 4}
"""How often a lead's status has changed."""
WAYS_TO_CONVERSION = (
    ("New", "Contacted", "Qualified"),
    ("New", "Assigned", "Working", "Connected", "Qualified"),
    ("New", "Contacted", "Nurturing", "Qualified"),
    ("New", "Assigned", "Contacted", "Connected", "Nurturing", "Re-engagement", "Qualified"),
)
HUGE_REVENUE = Decimal(999_999_999_999_999)


@dataclass(frozen=True, slots=True)
class Person:
    """A user as leads know her."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a lead became: ids of the account, the contact and the opportunity."""

    account: str
    contact: str
    opportunity: str


@dataclass(frozen=True, slots=True)
class _Life:
    """What happened to a lead until the org's start.

    Args:
        lead: who it is.
        moves: its statuses and since when; the first since its creation.
        owners: its owners and since when, likewise.
        modified: the last change.
        stamped: the system's own last change.
        is_deleted: whether that was its deletion.
        extras: fields that only the org has.
    """

    lead: Lead
    moves: tuple[tuple[datetime, str], ...]
    owners: tuple[tuple[datetime, Person], ...]
    modified: datetime
    stamped: datetime
    is_deleted: bool
    extras: Record


class FirstLeads:
    """The first leads and their history.

    Args:
        size: how many.
        seed: the simulation's.
        start: the org's; all that happened lies before it.
        sites: licensed sites, some of which are leads.
        users: who owns leads; the first one is the administrator.
        conversions: by the leads' places.
    """

    def __init__(
        self,
        size: int,
        seed: int,
        start: datetime,
        sites: Sequence[Site],
        users: Sequence[Person],
        conversions: Mapping[int, Conversion],
    ) -> None:
        self.size = size
        self._seed = seed
        self._start = start
        self._sites = Draws(seed, "org", "sites").sample(sites, len(sites))
        self._users = users
        self._conversions = conversions
        self._recent_block = lru_cache(maxsize=64)(self._block)

    def record(self, index: int) -> Record:
        """One lead, by its place from 0."""
        block, place = divmod(index, BLOCK)
        return self._record(index, self._recent_block(block)[place])

    def records(self) -> Iterator[Record]:
        """All of them."""
        return (self._record(index, life) for index, life in self._lives())

    def history(self) -> Iterator[Record]:
        """Their rows of LeadHistory, which lead from their creation to what they are."""
        for index, life in self._lives():
            yield from self._history(index, life)

    def _lives(self) -> Iterator[tuple[int, _Life]]:
        for block in range(-(-self.size // BLOCK)):
            yield from enumerate(self._block(block), block * BLOCK)

    def _block(self, block: int) -> list[_Life]:
        draws = Draws(self._seed, "org", "leads", block)
        sites = self._sites[block * SITES_PER_BLOCK : (block + 1) * SITES_PER_BLOCK]
        first, count = block * BLOCK, min(BLOCK, self.size - block * BLOCK)
        schools: list[Lead] = []
        for index in range(first, first + count):
            number, created = index + 1, self._creation(draws, index)
            if schools and draws.chance(leads.DUPLICATE_SHARE):
                school = leads.repeated(draws, draws.pick(schools), number, created, created)
            elif sites and draws.chance(leads.SITE_SHARE):
                school = leads.of_site(draws, sites.pop(), number, created, created)
            else:
                school = leads.from_anywhere(draws, number, created, created)
            schools.append(school)
        return [self._life(draws, index, school) for index, school in enumerate(schools, first)]

    def _creation(self, draws: Draws, index: int) -> datetime:
        """When a lead was created: the later, the higher its number."""
        seconds = (HISTORY_DAYS - 1) * 86400 * (index * 1000 + draws.below(1000)) // (self.size * 1000)
        return self._start - timedelta(days=HISTORY_DAYS) + timedelta(seconds=seconds)

    def _life(self, draws: Draws, index: int, lead: Lead) -> _Life:
        created, is_converted = lead.created, index in self._conversions
        statuses = draws.pick(WAYS_TO_CONVERSION) if is_converted else _way(draws)
        is_deleted = lead.is_deleted and not is_converted
        mass_assignment = self._start - MASS_ASSIGNMENT
        was_mass_assigned = not is_converted and draws.chance(0.04) and created + HOUR < mass_assignment
        end = mass_assignment if was_mass_assigned else self._end(draws, created)

        moves = tuple(zip([created, *_times(draws, created, end, len(statuses) - 1)], statuses, strict=True))
        ends_with_last_move = is_converted or (not is_deleted and not was_mass_assigned and draws.chance(0.7))
        modified = moves[-1][0] if ends_with_last_move else end
        owner = draws.below(len(self._users))
        owners = [(created, self._users[owner])]
        if len(self._users) > 1 and (was_mass_assigned or draws.chance(0.2)):
            other = (owner + 1 + draws.below(len(self._users) - 1)) % len(self._users)
            owners.append((end if was_mass_assigned else modified, self._users[other]))
        is_stamped_later = not is_deleted and not was_mass_assigned and draws.chance(0.1)
        stamped = (
            min(modified + SECOND * draws.below(86400), self._start - SECOND)
            if is_stamped_later
            else modified
        )
        return _Life(
            lead,
            moves,
            tuple(owners),
            modified,
            stamped,
            is_deleted,
            extras(draws, lead, statuses[-1], modified),
        )

    def _end(self, draws: Draws, created: datetime) -> datetime:
        """The last time at which something may have happened: an hour after the creation at the earliest."""
        seconds = (self._start - created) // SECOND
        recent = min(seconds - 3600, 60 * 86400)
        since_end = draws.below(recent if draws.chance(0.5) else seconds - 3600)
        return self._start - SECOND * (1 + since_end)

    def _record(self, index: int, life: _Life) -> Record:
        created_by, owner = life.owners[0][1].id, life.owners[-1][1].id
        record = lead_record(life.lead) | life.extras
        record |= {
            "Id": record_id("00Q", index),
            "IsDeleted": life.is_deleted,
            "Status": life.moves[-1][1],
            "OwnerId": owner,
            "CreatedDate": life.lead.created,
            "CreatedById": created_by,
            "LastModifiedDate": life.modified,
            "LastModifiedById": owner,
            "SystemModstamp": life.stamped,
        }
        conversion = self._conversions.get(index)
        if conversion:
            record |= converted(conversion, life.modified)
        return record

    def _history(self, index: int, life: _Life) -> Iterator[Record]:
        lead, number = record_id("00Q", index), index * MOST_HISTORY_ROWS
        entries: list[tuple[datetime, Record]] = [(life.lead.created, history("created"))]
        for (_, old_status), (at, status) in pairwise(life.moves):
            entries.append((at, history("Status", "DynamicEnum", old_status, status)))
        for (_, old), (at, new) in pairwise(life.owners):
            entries += [(at, row) for row in owner_history(old, new)]
        if index in self._conversions:
            entries.append((life.modified, history("leadConverted")))
        by = life.owners[0][1].id
        for place, (at, fields) in enumerate(sorted(entries, key=lambda entry: entry[0])):
            row = blank("LeadHistory") | fields
            row |= {
                "Id": record_id("017", number + place),
                "LeadId": lead,
                "CreatedById": by,
                "CreatedDate": at,
            }
            yield row


def lead_record(lead: Lead) -> Record:
    """The fields that a lead has in the file exports too; its status, owner and times are left to the caller."""
    record = blank("Lead")
    record |= {
        "LastName": lead.last_name,
        "FirstName": lead.first_name or None,
        "Name": f"{lead.first_name} {lead.last_name}".strip(),
        "Title": lead.title or None,
        "Company": lead.company,
        "Street": lead.street or None,
        "City": lead.city or None,
        "State": lead.state,
        "PostalCode": lead.postal_code or None,
        "Country": lead.country or None,
        "Phone": lead.phone,
        "MobilePhone": lead.mobile_phone or None,
        "Email": lead.email,
        "Website": lead.website or None,
        "LeadSource": lead.source or None,
        "Current_Enrollment__c": Decimal(lead.enrollment) if lead.enrollment else None,
        "Capacity__c": Decimal(lead.capacity) if lead.capacity else None,
        "Brightwheel_School_UUID__c": str(lead.id + leads.FIRST_SCHOOL_ID),
    }
    return record


def extras(draws: Draws, lead: Lead, status: str, modified: datetime) -> Record:
    """What only the org knows of a lead: industry, size, engagement, notes; and what was mistyped there.

    Args:
        draws: chance.
        lead: who it is.
        status: where it stands.
        modified: when its engagement was counted.
    """
    revenue = draws.pick(lead_lives.REVENUES)
    fields: Record = {
        "Industry": draws.weighted(lead_lives.INDUSTRIES) or None,
        "AnnualRevenue": Decimal(revenue + draws.below(10_000)) if revenue else None,
        "Outreach_Stage__c": leads.outreach_stage(draws, status) or None,
    }
    if draws.chance(0.7):
        fields["NumberOfEmployees"] = 1 + draws.below(draws.pick((8, 25, 60, 400)))
    if draws.chance(0.6):
        fields |= {
            "Website_Visits__c": Decimal(draws.below(60)),
            "Content_Downloads__c": Decimal(draws.below(12)),
            "Email_Opens__c": Decimal(draws.below(35)),
            "Rating": draws.pick(RATINGS),
        }
    if lead.had_activity:
        fields["LastActivityDate"] = modified.date()
        if draws.chance(0.4):
            fields["Days_Since_Last_Activity__c"] = Decimal(draws.below(360)) / 4
    if lead.source == "Marketing Research":
        fields["Lead_Source_Last_Updated__c"] = lead.created.date()
    if draws.chance(0.2):
        fields |= _oddities(draws, lead, modified)
    return fields


def _oddities(draws: Draws, lead: Lead, modified: datetime) -> Record:
    fields: Record = {"Description": now_and_then_a_note(draws, 0.6)}
    if draws.chance(0.25):
        fields["Company"] = mistyped(draws, lead.company)
    if lead.street and draws.chance(0.25):
        fields["Street"] = with_suite(draws, lead.street)
    if draws.chance(0.1):
        fields |= {
            "EmailBouncedReason": f"550 5.1.1 <{lead.email}>: user unknown",
            "EmailBouncedDate": modified,
        }
    if draws.chance(0.3):
        phone = lead.phone
        fields["Phone"] = f"({phone[:3]}) {phone[3:6]}-{phone[6:]}{draws.pick(('', ' x12'))}"
    if draws.chance(0.02):
        fields["AnnualRevenue"] = HUGE_REVENUE
    fields["HasOptedOutOfEmail"] = draws.chance(0.2)
    return fields


def history(field: str, data_type: str = "Text", old_value: Value = None, new_value: Value = None) -> Record:
    """What a row of a field's history says."""
    return {"Field": field, "DataType": data_type, "OldValue": old_value, "NewValue": new_value}


def owner_history(old: Person, new: Person) -> tuple[Record, Record]:
    """A change of owner is told twice: with names and with ids."""
    return history("Owner", "Text", old.name, new.name), history("Owner", "EntityId", old.id, new.id)


def converted(conversion: Conversion, at: datetime) -> Record:
    """What a conversion changes in the lead itself, its status apart."""
    return {
        "IsConverted": True,
        "ConvertedDate": at.date(),
        "ConvertedAccountId": conversion.account,
        "ConvertedContactId": conversion.contact,
        "ConvertedOpportunityId": conversion.opportunity,
    }


def _way(draws: Draws) -> list[str]:
    """The statuses that a lead has gone through."""
    way = [draws.weighted(FIRST_STATUSES)]
    for _ in range(draws.weighted(MOVES)):
        if way[-1] not in laws.LEAD_MOVES:
            break
        way.append(draws.weighted(laws.LEAD_MOVES[way[-1]]))
    return way


def _times(draws: Draws, first: datetime, last: datetime, count: int) -> Iterator[datetime]:
    """``count`` different seconds between two that lie an hour apart or more, in order."""
    seconds = (last - first) // SECOND - 1
    for place in range(count):
        yield first + SECOND * (1 + seconds * (place * 1000 + draws.below(900)) // (count * 1000))
