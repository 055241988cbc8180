"""``leadhouse explain``: what a lead is, what it was linked with, what it was not linked with, and why."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import click
from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from leadhouse.config import Settings, load_settings
from leadhouse.errors import LeadhouseError
from leadhouse.matches import (
    SOURCES,
    WORDS,
    Evidence,
    Lead,
    evidence_columns,
    evidence_of,
    leads_by_key,
    leads_where,
    matched_warehouse,
    shown_confidence,
)
from leadhouse.status import LOG_WIDTH
from leadhouse.warehouse import Connection
from leadhouse.wording import counted

MOST_RECORDS = 20
"""Records of a site that are listed; more are counted."""

MOST_RIVALS = 5
"""Records that a lead was not linked with, and sites of its organisation, that are listed."""

MOST_CANDIDATES = 8
"""Leads of one id that an error names."""

LEAD_KEY = re.compile("[0-9a-f]{32}")
SHORT_SALESFORCE_ID = 15

IDS = (
    "a lead is a Salesforce id, a credential number of Nevada, a licence number of Oklahoma (K8…),"
    " an operation number of Texas, one of them behind its source (texas:ID), or a lead_key"
)


@dataclass(frozen=True)
class Link:
    """Two leads that are linked.

    Args:
        left_lead_key: the one lead.
        right_lead_key: the other lead.
        match_rule: why.
        confidence: how sure, 0 to 1.
        explanation: a sentence.
        prior_bits: what the score starts from; ``None`` where the two were not compared.
        total_bits: the score; ``None`` where the two were not compared.
        evidence: what each attribute says; empty where the two were not compared.
    """

    left_lead_key: str
    right_lead_key: str
    match_rule: str
    confidence: Decimal
    explanation: str
    prior_bits: Decimal | None
    total_bits: Decimal | None
    evidence: tuple[Evidence, ...]

    def other(self, keys: Sequence[str]) -> str:
        """The lead at the other end than some leads."""
        return self.right_lead_key if self.left_lead_key in keys else self.left_lead_key


@dataclass(frozen=True)
class Rival:
    """A record of another site that a lead was compared with.

    Args:
        lead: the record.
        is_decided: a person has said that the two are not one site.
        total_bits: the score.
        evidence: what each attribute says.
    """

    lead: Lead
    is_decided: bool
    total_bits: Decimal
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Weight:
    """One row of the seed ``match_weights``.

    Args:
        bits: what the level is worth where one site alone has the value.
        bits_per_doubling: what is added for every doubling of the sites that share it.
        most_doublings: how far that goes.
        description: what the level means.
    """

    bits: Decimal
    bits_per_doubling: Decimal
    most_doublings: Decimal
    description: str


@click.command()
@click.argument("lead")
def explain(lead: str) -> None:
    """Show what a lead is, what it was linked with, and why.

    LEAD is its id in its source: a Salesforce id, a credential number, a licence or operation number. Where several
    sources have the id, put the source before it: texas:1239246. A lead_key will do, too.
    """
    settings = load_settings()
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=LOG_WIDTH)
    for part in explanation(settings, lead):
        if isinstance(part, Grid) and not console.is_terminal:
            part.box = None
        console.print(part, soft_wrap=isinstance(part, Text))


def explanation(settings: Settings, asked: str) -> list[Text | Grid]:
    """Everything there is to say of a lead, as lines and tables.

    Args:
        settings: where the warehouse is.
        asked: the lead, as the user names it.

    Raises:
        LeadhouseError: there is no such lead, there are several, or the warehouse cannot tell.
    """
    with matched_warehouse(settings) as connection:
        lead = find(connection, asked)
        site = leads_where(connection, "fct_leads.site_key = ?", [lead.site_key])
        links = _links(connection, lead)
        return [
            *_what_it_is(connection, lead, site),
            *_site(lead, site, links),
            *_why(connection, lead, site, links),
            *_rivals(connection, lead, links),
            *_organization(connection, lead, site),
        ]


def find(connection: Connection, asked: str) -> Lead:
    """The one lead that a user means.

    Args:
        connection: the warehouse.
        asked: an id, ``source:id`` or a ``lead_key``.

    Raises:
        LeadhouseError: there is none, or there are several.
    """
    asked = asked.strip()
    source, separator, rest = asked.partition(":")
    source, wanted = (source.strip().lower(), rest.strip()) if separator else ("", asked)
    if source and source not in SOURCES:
        raise LeadhouseError(f"'{source}' is no source of leads; there are {', '.join(SOURCES)}")
    of_source, values = ("source_system = ? and ", [source]) if source else ("", [])
    attempts = ["source_lead_id = ?", "lower(source_lead_id) = lower(?)"]
    if len(wanted) == SHORT_SALESFORCE_ID:  # the other three letters only repeat which ones are capitals
        attempts.insert(1, "source_system = 'salesforce' and left(source_lead_id, 15) = ?")
    if not source and LEAD_KEY.fullmatch(wanted):
        attempts.insert(0, "lead_key = ?")
    for attempt in attempts:
        keys = connection.execute(
            f"select lead_key from marts.fct_leads where {of_source}{attempt}", [*values, wanted]
        )
        found = sorted(
            leads_by_key(connection, (key for (key,) in keys)).values(),
            key=lambda lead: (SOURCES.index(lead.source_system), lead.source_lead_id),
        )
        if len(found) > 1:
            raise LeadhouseError(_ambiguous(asked, found))
        if found:
            return found[0]
    raise LeadhouseError(f"no lead is called '{asked}': {IDS}")


def _ambiguous(asked: str, found: Sequence[Lead]) -> str:
    shown = "; ".join(
        f"{lead.id} ({', '.join(part for part in (lead.name, lead.city) if part)})"
        for lead in found[:MOST_CANDIDATES]
    )
    more = f"; and {len(found) - MOST_CANDIDATES} more" if len(found) > MOST_CANDIDATES else ""
    return f"'{asked}' is the id of {len(found)} leads, name one of them: {shown}{more}"


def _links(connection: Connection, lead: Lead) -> list[Link]:
    """The lead's links within its site."""
    return _read_links(
        connection,
        "match_level = 'site' and (left_lead_key = ? or right_lead_key = ?)",
        [lead.lead_key, lead.lead_key],
    )


def _read_links(connection: Connection, where: str, parameters: Sequence[str]) -> list[Link]:
    rows = connection.execute(
        "select left_lead_key, right_lead_key, match_rule, confidence, explanation, prior_bits, total_bits, "
        f"{evidence_columns('links', 'bits')} from intermediate.int_lead_match_links as links where {where}"
        " order by confidence desc, total_bits desc nulls last, left_lead_key, right_lead_key",
        parameters,
    )
    return [
        Link(left, right, rule, confidence, explanation, prior, total, evidence_of(values))
        for left, right, rule, confidence, explanation, prior, total, *values in rows
    ]


def _what_it_is(connection: Connection, lead: Lead, site: Sequence[Lead]) -> Iterator[Text | Grid]:
    yield Text(lead.name, style="bold")
    yield Text(lead.address or "(no address)")
    yield Text(f"{lead.id}, {_standing_at_source(lead)}; lead_key {lead.lead_key}")
    yield Text()
    for sentence in _sentences(connection, lead, site):
        yield Text(sentence)


def _standing_at_source(lead: Lead) -> str:
    if lead.is_deleted:
        return "deleted"
    if lead.is_listed is None:
        return "a lead in Salesforce"
    return "listed by its state" if lead.is_listed else "no longer listed by its state"


def _sentences(connection: Connection, lead: Lead, site: Sequence[Lead]) -> Iterator[str]:
    """What the lead is, and what it belongs to."""
    if lead.is_deleted:
        yield "Deleted: it is matched with nothing, and is neither a duplicate nor net-new."
        return
    others = len(site) - 1
    if lead.is_duplicate:
        [original] = [record for record in site if record.lead_key == lead.duplicate_of_lead_key]
        yield f"A duplicate of {original.id}, {original.name}."
    elif others:
        yield f"The survivor of its site, with {counted(others, 'duplicate')}."
    else:
        yield "The only record of its site."
    if lead.is_net_new:
        yield "Net-new: its state lists it, and Salesforce does not have it."
    elif lead.is_listed is False and not lead.is_duplicate:
        yield "Not net-new: its state no longer lists it."
    [(sites,)] = connection.execute(
        "select count(distinct site_key) from marts.fct_leads where organization_key = ?",
        [lead.organization_key],
    )
    yield (
        f"Its site is one of {sites:,} of its organisation."
        if sites > 1
        else "Its site is the only one of its organisation."
    )


def _site(lead: Lead, site: Sequence[Lead], links: Sequence[Link]) -> Iterator[Text | Grid]:
    if len(site) == 1:
        return
    yield Text()
    yield Text("Records of its site", style="bold")
    grid = _grid("record", "name", "address", "", "linked with this lead")
    by_other = {link.other([lead.lead_key]): link for link in links}
    for record in site[:MOST_RECORDS]:
        link = by_other.get(record.lead_key)
        if record.lead_key == lead.lead_key:
            how = "this lead"
        else:
            how = f"{link.match_rule}, {shown_confidence(link.confidence)}" if link else "through the others"
        standing = "duplicate" if record.is_duplicate else "survivor"
        _add(grid, record.id, record.name, record.address, standing, how)
    yield grid
    if len(site) > MOST_RECORDS:
        yield Text(f"and {counted(len(site) - MOST_RECORDS, 'more record')}")


def _why(
    connection: Connection, lead: Lead, site: Sequence[Lead], links: Sequence[Link]
) -> Iterator[Text | Grid]:
    reasons = connection.execute(
        "select via_lead_key from intermediate.int_lead_match_reasons where lead_key = ?", [lead.lead_key]
    )
    if not reasons:
        return
    [(via,)] = reasons
    strongest = [link for link in links if link.other([lead.lead_key]) == via]
    names = {record.lead_key: record for record in site}
    if not strongest or via not in names:
        return
    link = strongest[0]
    yield Text()
    yield Text(f"Why: its strongest link, with {names[via].id}, {names[via].name}", style="bold")
    yield Text(link.explanation)
    if not link.evidence or link.total_bits is None:
        yield Text("The score of the two is not known: no key led to comparing them.")
        return
    weights = _weights(connection)
    grid = _grid("attribute", "agreement", ">bits", "what that means")
    _add(grid, "start", "", _signed(link.prior_bits or Decimal(0)), weights["prior", ""].description)
    for item in link.evidence:
        meaning = _meaning(item, weights.get((item.attribute, item.level)))
        _add(grid, WORDS.get(item.attribute, item.attribute), item.level, _signed(item.bits), meaning)
    _add(grid, "total", "", _signed(link.total_bits), f"Odds of {_shown_odds(link.total_bits)}")
    is_choice = (lead.is_listed is None) != (names[via].is_listed is None)
    _add(
        grid,
        "confidence",
        "",
        shown_confidence(link.confidence),
        _basis(link.match_rule, is_choice=is_choice),
    )
    yield grid


def _basis(rule: str, *, is_choice: bool) -> str:
    """What a confidence is made from."""
    if rule in ("override", "renewal"):
        return "Certain without a score"
    if is_choice:
        return "These odds beside those of its other facilities and of none"
    return "What agrees is not independent, so that each bit counts for less"


def _weights(connection: Connection) -> dict[tuple[str, str], Weight]:
    rows = connection.execute(
        "select attribute, level, bits, bits_per_doubling, most_doublings, description"
        " from reference.match_weights"
    )
    return {(attribute, level or ""): Weight(*row) for attribute, level, *row in rows}


def _meaning(item: Evidence, weight: Weight | None) -> str:
    """What a level means, and what sharing has cost."""
    if weight is None:
        return "Missing on a side, or on both"
    lost = weight.bits - item.bits
    if item.attribute == "name" or lost <= 0 or not weight.bits_per_doubling:
        return weight.description
    doublings = lost / -weight.bits_per_doubling
    or_more = " or more" if doublings > weight.most_doublings - Decimal("0.01") else ""
    sites = round(2 ** float(doublings))
    return (
        f"{weight.description}; {sites}{or_more} sites share it, which costs {lost:.2f} of {weight.bits:.2f}"
    )


def _rivals(connection: Connection, lead: Lead, links: Sequence[Link]) -> Iterator[Text | Grid]:
    if lead.is_deleted:
        return
    yield Text()
    rivals = _read_rivals(connection, lead)
    if not rivals:
        yield Text("No record of another site was like it enough to be compared with it.")
        return
    yield Text("Best rivals: what it was compared with and not linked", style="bold")
    grid = _grid("record", "name", "address", ">bits", "what decided")
    for rival in rivals:
        decisive = what_decided(lead, rival, links)
        _add(grid, rival.lead.id, rival.lead.name, rival.lead.address, _signed(rival.total_bits), decisive)
    yield grid


def _read_rivals(connection: Connection, lead: Lead) -> list[Rival]:
    """The records of other sites that agree with a lead best; for a lead of Salesforce facilities come first."""
    sides = " union all ".join(
        f"select {there}_lead_key as other_lead_key, is_{there}_licensed as is_licensed, pairs.*"
        f" from intermediate.int_lead_match_pairs as pairs where {here}_lead_key = ?"
        for here, there in (("left", "right"), ("right", "left"))
    )
    facilities_first = "case when others.is_licensed then 0 else 1 end," if lead.is_listed is None else ""
    rows = connection.execute(
        f"select other_lead_key, decisions.left_lead_key is not null, total_millibits,"
        f" {evidence_columns('others', 'millibits')} from ({sides}) as others"
        " inner join marts.fct_leads on others.other_lead_key = fct_leads.lead_key"
        " left join intermediate.int_lead_match_decisions as decisions on decisions.left_lead_key = ?"
        " and decisions.right_lead_key = others.other_lead_key and not decisions.is_same"
        f" where fct_leads.site_key <> ? order by {facilities_first} total_millibits desc, other_lead_key"
        f" limit {MOST_RIVALS}",
        [lead.lead_key, lead.lead_key, lead.lead_key, lead.site_key],
    )
    leads = leads_by_key(connection, (row[0] for row in rows))
    return [
        Rival(leads[key], decided, Decimal(total) / 1000, evidence_of(values, is_thousandths=True))
        for key, decided, total, *values in rows
        if key in leads
    ]


def what_decided(lead: Lead, rival: Rival, links: Sequence[Link]) -> str:
    """Why two were not linked: a person, what speaks against it, or something likelier."""
    if rival.is_decided:
        return "a person: not the same"
    against = sorted((item for item in rival.evidence if item.bits < 0), key=lambda item: item.bits)[:2]
    reasons = [f"{item} {_signed(item.bits)}" for item in against]
    if rival.total_bits > 0:
        is_lead, is_rival_lead = lead.is_listed is None, rival.lead.is_listed is None
        if is_lead != is_rival_lead:
            reasons.insert(0, _why_not_chosen(links))
        elif is_lead:
            reasons.insert(0, "each belongs with other records")
        else:
            reasons.insert(0, "two licences are one site only by name, number and address")
    return ", ".join(reasons) or "too little speaks for it"


def _why_not_chosen(links: Sequence[Link]) -> str:
    """Why a facility is not the lead's, or a lead not the facility's, though more speaks for it than against it."""
    if any(link.match_rule == "override" for link in links):
        return "a person chose another record"
    return "another record is likelier" if links else "not clear of its own rivals"


def _organization(connection: Connection, lead: Lead, site: Sequence[Lead]) -> Iterator[Text | Grid]:
    keys = [record.lead_key for record in site]
    places = ", ".join("?" * len(keys))
    links = _read_links(
        connection,
        f"match_level = 'organization' and (left_lead_key in ({places}) or right_lead_key in ({places}))",
        [*keys, *keys],
    )
    leads = leads_by_key(connection, (link.other(keys) for link in links))
    shown: dict[str, tuple[Lead, Link]] = {}
    for link in links:
        if other := leads.get(link.other(keys)):
            shown.setdefault(other.site_key, (other, link))
    if not shown:
        return
    yield Text()
    yield Text("Other sites of its organisation that it is linked with", style="bold")
    grid = _grid("record", "name", "address", "by", ">sure")
    for other, link in list(shown.values())[:MOST_RIVALS]:
        _add(grid, other.id, other.name, other.address, link.match_rule, shown_confidence(link.confidence))
    yield grid
    if len(shown) > MOST_RIVALS:
        yield Text(f"and {counted(len(shown) - MOST_RIVALS, 'more site')}")


def _shown_odds(bits: Decimal) -> str:
    """Bits as odds: ``1,024 to 1``."""
    odds = 2 ** min(abs(float(bits)), 30)
    amount = f"{odds:,.0f}" if odds >= 10 else f"{odds:.1f}"
    return f"{amount} to 1" + (" against it" if bits < 0 else "")


def _signed(bits: Decimal) -> str:
    return f"{bits:+.2f}" if bits else "0"


def _grid(*headings: str) -> Grid:
    """An empty table; a heading behind ``>`` is of numbers."""
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        is_number = heading.startswith(">")
        grid.add_column(heading.lstrip(">"), justify="right" if is_number else "left", overflow="fold")
    return grid


def _add(grid: Grid, *values: str) -> None:
    """Add a row; what the data say is never taken for markup."""
    grid.add_row(*(Text(value) for value in values))
