"""How Salesforce's records look in its exports: columns and rows."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from leadhouse.simulator import customers, laws
from leadhouse.simulator.activities import Activity
from leadhouse.simulator.crm.org.ids import record_id
from leadhouse.simulator.customers import Account, Business, Case, Deal
from leadhouse.simulator.files import Row

STAMPS = "created_date last_modified_date system_modstamp"
TABLES: dict[str, Row] = {
    name: tuple(columns.split())
    for name, columns in {
        "users": f"id username last_name first_name name email title is_active user_type manager_id {STAMPS}",
        "salesforce_leads": """
            id is_deleted last_name first_name title company street city state postal_code country phone mobile_phone
            email website lead_source status is_converted created_date last_modified_date last_activity_date
            last_viewed_date last_referenced_date email_bounced_reason email_bounced_date outreach_stage_c
            current_enrollment_c capacity_c lead_source_last_updated_c brightwheel_school_uuid_c
            system_modstamp owner_id industry number_of_employees annual_revenue rating website_visits_c
            content_downloads_c email_opens_c converted_date converted_account_id converted_contact_id
            converted_opportunity_id
        """,
        "lead_histories": "id is_deleted lead_id created_by_id created_date field data_type old_value new_value",
        "accounts": f"""
            id is_deleted name type industry annual_revenue number_of_employees phone website billing_street
            billing_city billing_state billing_postal_code billing_country account_source owner_id last_activity_date
            {STAMPS}
        """,
        "contacts": f"""
            id is_deleted account_id last_name first_name title phone email lead_source owner_id last_activity_date
            {STAMPS}
        """,
        "opportunities": f"""
            id is_deleted account_id contact_id name stage_name amount probability close_date type lead_source
            is_closed is_won forecast_category forecast_category_name owner_id last_stage_change_date {STAMPS}
        """,
        "opportunity_histories": """
            id is_deleted opportunity_id stage_name amount probability expected_revenue close_date forecast_category
            created_by_id created_date
        """,
        "cases": f"""
            id is_deleted case_number account_id contact_id status origin subject priority is_closed closed_date
            owner_id customer_satisfaction_c {STAMPS}
        """,
        "tasks": f"""
            id is_deleted who_id what_id account_id subject activity_date status is_closed type task_subtype call_type
            call_disposition call_duration_in_seconds completed_date_time owner_id {STAMPS}
        """,
        "events": f"""
            id is_deleted who_id what_id account_id subject activity_date start_date_time end_date_time
            duration_in_minutes type is_child owner_id {STAMPS}
        """,
    }.items()
}
"""The columns of each file."""
TRUTH: dict[str, Row] = {
    "lead_conversion": (
        "lead_id",
        "first_status",
        "chance_at_each_decision",
        "chance_ever",
        "decisions",
        "converted_at",
    ),
    "account_churn": (
        "account_id",
        "customer_since",
        "cases",
        "urgent_cases",
        "satisfaction",
        "silent_days",
        "chance_next_month",
        "left_at",
    ),
}
"""The same of what the files do not tell."""

CASE_SUBJECTS = ("Cannot sign in", "Invoice shows the wrong site", "Photos do not upload")
PER_PARENT, PER_ACCOUNT = 1_000, 10_000
"""Room for the ids of what belongs to one record: within an opportunity, lead or account, and an account's calls."""

Entry = tuple[str, Row]
"""The name of a file and a row of it."""


def account_row(account: Account, business: Business, last_activity: datetime | None, end: datetime) -> Row:
    """An account as it is at the end of the month."""
    bought = business.customer_since and business.customer_since < end
    modified = business.customer_since if bought and business.customer_since else account.since
    return (
        account_id(account.number),
        "FALSE",
        account.name,
        "Customer" if bought else "Prospect",
        account.industry,
        number_text(account.annual_revenue),
        number_text(account.employees),
        account.phone,
        account.website,
        account.street,
        account.city,
        account.state,
        account.postal_code,
        account.country,
        account.source,
        user_id(account.owner),
        f"{last_activity.date()}" if last_activity else "",
        time_text(account.since),
        time_text(modified),
        time_text(max(modified, last_activity or modified)),
    )


def contact_row(account: Account, last_activity: datetime | None) -> Row:
    """The person of an account, who never changes."""
    return (
        contact_id(account.number),
        "FALSE",
        account_id(account.number),
        account.last_name,
        account.first_name,
        account.title,
        account.phone,
        account.email,
        account.source,
        user_id(account.owner),
        f"{last_activity.date()}" if last_activity else "",
        time_text(account.since),
        time_text(account.since),
        time_text(max(account.since, last_activity or account.since)),
    )


def deal_rows(account: Account, place: int, deal: Deal, end: datetime) -> Iterator[Entry]:
    """An opportunity as it is at the end of the month, and its history."""
    identifier = deal_id(account.number, place)
    steps = [step for step in deal.steps if step[0] < end]
    moved, stage = steps[-1]
    probability, category, category_name = laws.OPPORTUNITY_STAGES[stage]
    is_closed = stage not in laws.STAGE_MOVES
    planned = (deal.began + timedelta(days=deal.planned_days)).date()
    yield (
        "opportunities",
        (
            identifier,
            "FALSE",
            account_id(account.number),
            contact_id(account.number),
            f"{account.name[:90]} - {place + 1}",
            stage,
            str(deal.amount),
            str(probability),
            f"{moved.date() if is_closed else planned}",
            "Existing Business" if place else "New Business",
            account.source,
            boolean_text(is_closed),
            boolean_text(stage == "Closed Won"),
            category,
            category_name,
            user_id(account.owner),
            time_text(moved),
            time_text(deal.began),
            time_text(moved),
            time_text(moved),
        ),
    )
    for number, (at, stage) in enumerate(steps):
        probability, category, _ = laws.OPPORTUNITY_STAGES[stage]
        is_closed = stage not in laws.STAGE_MOVES
        yield (
            "opportunity_histories",
            (
                record_id("008", (account.number * PER_PARENT + place) * PER_PARENT + number),
                "FALSE",
                identifier,
                stage,
                str(deal.amount),
                str(probability),
                f"{deal.amount * probability / 100:.2f}",
                f"{at.date() if is_closed else planned}",
                category,
                user_id(account.owner),
                time_text(at),
            ),
        )


def case_row(account: Account, place: int, case: Case, end: datetime) -> Row:
    """A case as it is at the end of the month."""
    is_closed = case.closed < end
    modified = time_text(case.closed if is_closed else case.opened)
    number = account.number * PER_PARENT + place
    return (
        record_id("500", number),
        "FALSE",
        f"{number:08}",
        account_id(account.number),
        contact_id(account.number),
        "Closed" if is_closed else "New",
        "Phone" if place % 3 else "Email",
        CASE_SUBJECTS[place % len(CASE_SUBJECTS)],
        case.priority,
        boolean_text(is_closed),
        time_text(case.closed) if is_closed else "",
        user_id(account.owner),
        number_text(case.rating if is_closed else None),
        time_text(case.opened),
        modified,
        modified,
    )


def activity_row(
    number: int,
    one: Activity,
    end: datetime,
    who: str,
    account: int | None,
    owner: int,
    *,
    changed: datetime | None = None,
    is_deleted: bool = False,
) -> Entry:
    """A row of the tasks or events.

    Args:
        number: of the record.
        one: what happened.
        end: what was entered but not done by then is still to be done.
        who: id of the lead or contact.
        account: number of the account, if any.
        owner: number of the user.
        changed: when its lead was converted or deleted, and it with its lead.
        is_deleted: whether that was a deletion.
    """
    is_done = one.done < end
    its_account = account_id(account) if account else ""
    modified = time_text(one.done if is_done else one.entered)
    stamps = (time_text(one.entered), modified, max(modified, time_text(changed)) if changed else modified)
    fixed = (boolean_text(is_deleted), who, its_account, its_account, one.subject)
    if one.channel == "Meeting":
        begun = one.done - timedelta(minutes=one.minutes)
        times = (f"{begun.date()}", time_text(begun), time_text(one.done))
        event = (
            record_id("00U", number),
            *fixed,
            *times,
            str(one.minutes),
            "Meeting",
            "FALSE",
            user_id(owner),
        )
        return "events", (*event, *stamps)
    is_call = one.channel == "Call"
    return "tasks", (
        record_id("00T", number),
        *fixed,
        f"{one.done.date()}" if is_done else "",
        "Completed" if is_done else "Not Started",
        boolean_text(is_done),
        one.channel,
        one.channel if one.channel != "WhatsApp" else "Task",
        ("Inbound" if one.is_inbound else "Outbound") if is_call else "",
        one.disposition if is_done else "",
        str(60 * one.minutes) if is_call and is_done else "",
        time_text(one.done) if is_done else "",
        user_id(owner),
        *stamps,
    )


def churn_row(account: Account, business: Business, end: datetime) -> Row:
    """What a customer shows at the end of the month, and when it leaves."""
    signals = customers.signals_of(business.cases, business.activities)(end)
    is_gone = business.left is not None and business.left < end
    satisfaction = signals.satisfaction
    return (
        account_id(account.number),
        time_text(business.customer_since) if business.customer_since else "",
        str(signals.cases),
        str(signals.urgent_cases),
        "" if satisfaction is None else f"{satisfaction:.3f}",
        str(signals.silent_days),
        "" if is_gone else f"{signals.leaving_chance:.6f}",
        time_text(business.left) if business.left else "",
    )


def midnight(day: date) -> datetime:
    """When the day begins."""
    return datetime(day.year, day.month, day.day)


def time_text(moment: datetime) -> str:
    """As the API writes it."""
    return f"{moment.isoformat()}.000Z"


def local_time_text(moment: datetime) -> str:
    """As the export of leads writes it."""
    return f"{moment.date()} {moment.hour}:{moment.minute:02}:{moment.second:02}"


def boolean_text(value: bool) -> str:
    """TRUE or FALSE."""
    return "TRUE" if value else "FALSE"


def number_text(value: int | None) -> str:
    """Empty where nobody knows."""
    return "" if value is None else str(value)


def user_id(number: int) -> str:
    """Of the user with that number."""
    return record_id("005", number)


def account_id(number: int) -> str:
    """Of the account with that number."""
    return record_id("001", number)


def contact_id(number: int) -> str:
    """Of the only contact of the account with that number."""
    return record_id("003", number)


def deal_id(account: int, place: int) -> str:
    """Of one of the opportunities of the account with that number."""
    return record_id("006", account * PER_PARENT + place)
