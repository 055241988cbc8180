"""What lead matching has found, read from the warehouse: leads, and what each attribute of a pair says."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from leadhouse.config import Settings
from leadhouse.errors import LeadhouseError
from leadhouse.lock import running
from leadhouse.warehouse import Connection, WarehouseInUse, connect, table_columns

SOURCES = ("salesforce", "nevada", "oklahoma", "texas")

ATTRIBUTES = ("name", "number", "address", "place", "phone", "email", "domain", "person")
"""What is compared of two leads, in the order in which it is told."""

WORDS = {
    "number": "number in the name",
    "email": "e-mail",
    "domain": "internet domain",
    "person": "contact person",
}
"""Attributes whose names are not plain English; `match_explanation` in `macros/` says the same."""

NEEDED = (
    ("marts", "fct_leads"),
    ("intermediate", "int_lead_match_pairs"),
    ("intermediate", "int_lead_match_links"),
)
"""What a build must have made before there is anything to tell."""

WAIT_SECONDS = 5
"""How long to wait for a DuckDB file that another process has open."""

LEADS = (
    "select fct_leads.lead_key, fct_leads.source_system, fct_leads.source_lead_id, fct_leads.business_name,"
    " leads.street, leads.city, leads.state_code, leads.postal_code, fct_leads.is_deleted, fct_leads.is_listed,"
    " fct_leads.is_duplicate, fct_leads.is_net_new, fct_leads.site_key, fct_leads.organization_key,"
    " fct_leads.duplicate_of_lead_key"
    " from marts.fct_leads inner join intermediate.int_leads_unioned as leads"
    " on fct_leads.lead_key = leads.lead_key"
)


@dataclass(frozen=True)
class Lead:
    """One row of ``fct_leads`` with its address.

    Args:
        lead_key: its key in the warehouse.
        source_system: one of `SOURCES`.
        source_lead_id: its key there.
        business_name: as the source has it.
        street: house number and street.
        city: the town.
        state_code: two letters.
        postal_code: of the address.
        is_deleted: deleted in Salesforce.
        is_listed: in its state's latest file; ``None`` for Salesforce.
        is_duplicate: another record of its site goes before it.
        is_net_new: first record of a listed site that Salesforce does not have.
        site_key: same value, same site.
        organization_key: same value, same organisation.
        duplicate_of_lead_key: the record that goes before a duplicate.
    """

    lead_key: str
    source_system: str
    source_lead_id: str
    business_name: str | None
    street: str | None
    city: str | None
    state_code: str | None
    postal_code: str | None
    is_deleted: bool
    is_listed: bool | None
    is_duplicate: bool
    is_net_new: bool
    site_key: str
    organization_key: str
    duplicate_of_lead_key: str | None

    @property
    def id(self) -> str:
        """How a user names it: ``texas:1239246``."""
        return f"{self.source_system}:{self.source_lead_id}"

    @property
    def name(self) -> str:
        """The business's name, or that there is none."""
        return self.business_name or "(no name)"

    @property
    def address(self) -> str:
        """On one line; empty if nothing is known."""
        state = " ".join(part for part in (self.state_code, self.postal_code) if part)
        return ", ".join(part for part in (self.street, self.city, state) if part)


@dataclass(frozen=True)
class Evidence:
    """What one attribute of a pair says.

    Args:
        attribute: one of `ATTRIBUTES`.
        level: how far the two agree.
        bits: what that is worth.
    """

    attribute: str
    level: str
    bits: Decimal

    def __str__(self) -> str:
        return f"{WORDS.get(self.attribute, self.attribute)} ({self.level})"


@contextmanager
def matched_warehouse(settings: Settings) -> Iterator[Connection]:
    """Open the warehouse only to look at what matching has found.

    Raises:
        LeadhouseError: it cannot be opened, or nothing has been matched yet.
    """
    not_built = "the leads have not been matched yet: run 'leadhouse build' after extracting them"
    if settings.target == "duckdb" and not settings.warehouse_file.exists():
        raise LeadhouseError(f"there is no {settings.warehouse_file}; {not_built}")
    try:
        with connect(replace(settings, lock_seconds=WAIT_SECONDS), read_only=True) as connection:
            if connection.engine == "postgres":
                connection.execute("set default_transaction_read_only = on")
            if not all(table_columns(connection, schema, table) for schema, table in NEEDED):
                raise LeadhouseError(not_built)
            yield connection
    except WarehouseInUse as error:
        holder = running(settings) or "another process"
        raise LeadhouseError(
            f"{settings.warehouse_file} is in use by {holder}; ask again when it has ended"
        ) from error


def leads_where(connection: Connection, where: str, parameters: Sequence[Any]) -> list[Lead]:
    """Leads for which a condition on ``fct_leads`` holds, those of Salesforce first.

    Args:
        connection: the warehouse.
        where: SQL, with ``?`` for each of the parameters.
        parameters: their values.
    """
    found = [Lead(*row) for row in connection.execute(f"{LEADS} where {where}", parameters)]
    return sorted(found, key=lambda lead: (SOURCES.index(lead.source_system), lead.source_lead_id))


def leads_by_key(connection: Connection, keys: Iterable[str]) -> dict[str, Lead]:
    """Leads by their ``lead_key``."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    places = ", ".join("?" * len(wanted))
    return {
        lead.lead_key: lead for lead in leads_where(connection, f"fct_leads.lead_key in ({places})", wanted)
    }


def evidence_columns(table: str, unit: str) -> str:
    """The columns of a table that `evidence_of` understands, for a ``select``.

    Args:
        table: its name in the query.
        unit: ``bits`` or ``millibits``, as the table has it.
    """
    return ", ".join(f"{table}.{name}_level, {table}.{name}_{unit}" for name in ATTRIBUTES)


def evidence_of(values: Sequence[Any], *, is_thousandths: bool = False) -> tuple[Evidence, ...]:
    """What each attribute says, from a row's `evidence_columns`; nothing where the two were not compared."""
    levels, amounts = values[::2], values[1::2]
    if any(amount is None for amount in amounts):
        return ()
    divisor = 1000 if is_thousandths else 1
    return tuple(
        Evidence(name, level, Decimal(amount) / divisor)
        for name, level, amount in zip(ATTRIBUTES, levels, amounts, strict=True)
    )


def for_it(evidence: Iterable[Evidence]) -> str:
    """What speaks for a match, the strongest first."""
    found = sorted((item for item in evidence if item.bits > 0), key=lambda item: -item.bits)
    return ", ".join(map(str, found))


def against_it(evidence: Iterable[Evidence]) -> str:
    """What speaks against a match, the strongest first."""
    found = sorted((item for item in evidence if item.bits < 0), key=lambda item: item.bits)
    return ", ".join(map(str, found))


def shown_confidence(confidence: Decimal | float) -> str:
    """In whole per cent, and never surer than it is."""
    return "over 99 %" if confidence >= 0.995 else f"{round(100 * confidence)} %"
