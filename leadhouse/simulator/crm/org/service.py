"""What happens around the sales: calls, mails, meetings, cases and campaigns."""

from datetime import datetime, timedelta
from decimal import Decimal

from leadhouse.simulator.crm.org.books import Books, Record, Value
from leadhouse.simulator.crm.org.texts import now_and_then_a_note
from leadhouse.simulator.draws import Draws

MINUTE = timedelta(minutes=1)
CALL_SUBJECTS = (
    "Call",
    "Call: introduction",
    "Call - follow-up",
    "Sales call, 2nd try",
    "Phone: billing question",
)
MAIL_SUBJECTS = ("Email: price list", 'Email: RE: your "trial"', "Email", "Mass Email: autumn offer")
OTHER_SUBJECTS = (
    "WhatsApp: opening hours",
    "Send Quote",
    "WhatsApp follow-up",
    "Prepare contract",
    "Send Letter",
)
DISPOSITIONS = {
    "Interested": 20,
    "Connected": 20,
    "No answer": 20,
    "Left voicemail": 15,
    "Not interested": 10,
    "Call back later": 8,
    "Wrong number": 4,
    None: 10,
}
MEETING_SUBJECTS = ("Meeting", "Demo", "Demo: parent app", "Site visit", "Contract review", "Call")
MEETING_TYPES = ("Meeting", "Meeting", "Call", None)
CASE_SUBJECTS = (
    "Cannot sign in",
    "Invoice shows the wrong site",
    'App says "try again later"',
    "Photos do not upload",
    "How do I add a classroom?",
    "Feature: export to Excel, please",
)
PRIORITIES = {"Low": 25, "Medium": 50, "High": 20, "Critical": 5}


def log_task(
    books: Books, draws: Draws, at: datetime, by: str, who: Record | None, what: Record | None, account: Value
) -> Record:
    """A call, a mail or something else, mostly done, else to be done.

    Args:
        books: where it is entered.
        draws: chance.
        at: when it is entered.
        by: who did it.
        who: the lead or contact.
        what: the account, opportunity or case.
        account: id of the account that it is about.
    """
    subtype = draws.weighted({"Call": 50, "Email": 30, "Task": 20})
    is_done = draws.chance(0.8)
    subjects = {"Call": CALL_SUBJECTS, "Email": MAIL_SUBJECTS, "Task": OTHER_SUBJECTS}[subtype]
    priority = draws.weighted({"Normal": 80, "High": 15, "Low": 5})
    fields: Record = {
        "WhoId": who["Id"] if who else None,
        "WhatId": what["Id"] if what else None,
        "AccountId": account,
        "Subject": draws.pick(subjects),
        "ActivityDate": at.date() if is_done else at.date() + timedelta(days=draws.between(1, 20)),
        "Status": "Completed" if is_done else draws.pick(("Not Started", "In Progress", "Deferred")),
        "Priority": priority,
        "IsHighPriority": priority == "High",
        "OwnerId": by,
        "Description": now_and_then_a_note(draws, 0.3),
        "Type": subtype if subtype != "Task" else draws.pick(("WhatsApp", "Other", None)),
        "IsClosed": is_done,
        "TaskSubtype": subtype,
        "CompletedDateTime": at if is_done else None,
    }
    if subtype == "Call":
        fields["CallType"] = draws.weighted({"Outbound": 80, "Inbound": 18, "Internal": 2})
        if is_done:
            fields |= _outcome_of_call(draws)
    elif not is_done and draws.chance(0.3):
        fields |= {"IsReminderSet": True, "ReminderDateTime": at + timedelta(days=1)}
    return books.create("Task", at, by, fields)


def complete_task(books: Books, draws: Draws, task: Record, at: datetime, by: str) -> Record:
    """End an open task."""
    fields: Record = {
        "Status": "Completed",
        "IsClosed": True,
        "CompletedDateTime": at,
        "IsReminderSet": False,
    }
    if task["TaskSubtype"] == "Call":
        fields |= _outcome_of_call(draws)
    return books.update("Task", task, at, by, fields)


def plan_event(
    books: Books, draws: Draws, at: datetime, by: str, who: Record | None, what: Record | None, account: Value
) -> Record:
    """A meeting: one that was held, or one to come."""
    begins = at.replace(minute=draws.pick((0, 15, 30)), second=0) + timedelta(days=draws.between(-10, 14))
    minutes = draws.pick((15, 30, 30, 45, 60, 90, 240))
    fields: Record = {
        "WhoId": who["Id"] if who else None,
        "WhatId": what["Id"] if what else None,
        "AccountId": account,
        "Subject": draws.pick(MEETING_SUBJECTS),
        "Location": draws.pick(("Zoom", "On site, main entrance", "Room \u201eGr\u00fcn\u201c", None)),
        "OwnerId": by,
        "Description": now_and_then_a_note(draws, 0.3),
        "Type": draws.pick(MEETING_TYPES),
        "ShowAs": "Busy",
        "EventSubtype": "Event",
        **_times(begins, minutes),
    }
    if draws.chance(0.05):
        fields |= {"IsAllDayEvent": True, **_times(begins.replace(hour=0, minute=0), 1440)}
    return books.create("Event", at, by, fields)


def move_event(books: Books, draws: Draws, event: Record, at: datetime, by: str) -> Record:
    """Put a meeting off by some days."""
    begins = event["StartDateTime"]
    if not isinstance(begins, datetime):
        raise TypeError(f"event {event['Id']} has no start")
    minutes = 1440 if event["IsAllDayEvent"] else draws.pick((30, 60))
    return books.update("Event", event, at, by, _times(begins + timedelta(days=draws.between(1, 7)), minutes))


def open_case(
    books: Books, draws: Draws, at: datetime, by: str, account: Record, contact: Record | None
) -> Record:
    """A customer's question or trouble."""
    origin = draws.pick(("Phone", "Email", "Web"))
    fields: Record = {
        "CaseNumber": f"{1000 + books.count('Case'):08d}",
        "AccountId": account["Id"],
        "ContactId": contact["Id"] if contact else None,
        "SuppliedEmail": contact["Email"] if contact and origin != "Phone" else None,
        "Type": draws.pick(("Question", "Problem", "Problem", "Feature Request", "Billing", None)),
        "Status": "New",
        "Reason": draws.pick(("Installation", "Performance", "User didn't attend training", "Other", None)),
        "Origin": origin,
        "Subject": draws.pick(CASE_SUBJECTS),
        "Priority": draws.weighted(PRIORITIES),
        "Description": now_and_then_a_note(draws, 0.5),
        "OwnerId": by,
    }
    return books.create("Case", at, by, fields)


def work_on_case(books: Books, draws: Draws, case: Record, at: datetime, by: str) -> Record:
    """Bring an open case a step further."""
    status = draws.weighted(
        {
            "New": {"Working": 7, "Closed": 3},
            "Working": {"Closed": 7, "Escalated": 2},
            "Escalated": {"Closed": 8, "Working": 2},
        }[str(case["Status"])]
    )
    fields: Record = {
        "Status": status,
        "OwnerId": by,
        "IsEscalated": case["IsEscalated"] or status == "Escalated",
    }
    if status == "Closed":
        fields |= {"IsClosed": True, "ClosedDate": at}
    elif draws.chance(0.2):
        fields["Priority"] = draws.weighted(PRIORITIES)
    return books.update("Case", case, at, by, fields)


def rate_case(books: Books, draws: Draws, case: Record, at: datetime) -> Record:
    """The customer says how content she was; the system enters it."""
    return books.update("Case", case, at, None, {"Customer_Satisfaction__c": satisfaction(draws)})


def satisfaction(draws: Draws) -> Decimal:
    """1 to 5 in halves."""
    return Decimal(draws.between(2, 10)) / 2


def join_campaign(
    books: Books, at: datetime, by: str, campaign: Record, object_name: str, person: Record
) -> Record:
    """Make a lead or a contact a member of a campaign."""
    fields: Record = {
        "CampaignId": campaign["Id"],
        f"{object_name}Id": person["Id"],
        "Status": "Sent",
        "Type": object_name,
        "LeadOrContactId": person["Id"],
    }
    return books.create("CampaignMember", at, by, fields)


def respond(books: Books, member: Record, at: datetime, by: str) -> Record:
    """A member of a campaign answers."""
    fields: Record = {"Status": "Responded", "HasResponded": True, "FirstRespondedDate": at.date()}
    return books.update("CampaignMember", member, at, by, fields)


def _outcome_of_call(draws: Draws) -> Record:
    disposition = draws.weighted(DISPOSITIONS)
    unanswered = disposition in ("No answer", "Left voicemail")
    return {
        "CallDisposition": disposition,
        "CallDurationInSeconds": draws.below(40) if unanswered else draws.between(20, 2400),
    }


def _times(begins: datetime, minutes: int) -> Record:
    ends = begins + minutes * MINUTE
    return {
        "ActivityDateTime": begins,
        "ActivityDate": begins.date(),
        "StartDateTime": begins,
        "EndDateTime": ends,
        "EndDate": ends.date(),
        "DurationInMinutes": minutes,
    }
