"""What may happen in the org at any moment, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from leadhouse.simulator import laws, people
from leadhouse.simulator import leads as schools
from leadhouse.simulator.crm.org import sales, service
from leadhouse.simulator.crm.org.beginning import campaign_fields, parents, product_fields, user_fields
from leadhouse.simulator.crm.org.books import SECOND, Books, Record
from leadhouse.simulator.crm.org.first_leads import (
    FIRST_STATUSES,
    Person,
    extras,
    history,
    lead_record,
    owner_history,
)
from leadhouse.simulator.crm.org.texts import mistyped, note
from leadhouse.simulator.draws import Draws


@dataclass(frozen=True)
class Scene:
    """One moment.

    Args:
        books: what is known then.
        draws: chance.
        at: when.
        by: the user who acts.
    """

    books: Books
    draws: Draws
    at: datetime
    by: str

    def anybody_but(self, user: str) -> Record | None:
        """Another active user."""
        return self.books.pick(
            self.draws, "User", lambda other: bool(other["IsActive"]) and other["Id"] != user
        )

    def open_lead(self) -> Record | None:
        """A lead that has not become an account."""
        return self.books.pick(self.draws, "Lead", lambda lead: not lead["IsConverted"])

    def open_opportunity(self) -> Record | None:
        """An opportunity that is neither won nor lost."""
        return self.books.pick(self.draws, "Opportunity", lambda opportunity: not opportunity["IsClosed"])


def _lead_moves(scene: Scene) -> None:
    lead = scene.open_lead()
    if not lead or lead["Status"] not in laws.LEAD_MOVES:
        return
    status = scene.draws.weighted(laws.LEAD_MOVES[str(lead["Status"])])
    stage = schools.outreach_stage(scene.draws, status)
    _change_lead(scene, lead, scene.at, {"Status": status, "Outreach_Stage__c": stage or None})


def _lead_is_edited(scene: Scene) -> None:
    lead = scene.open_lead()
    if lead:
        _change_lead(scene, lead, scene.at, _edit(scene.draws, lead))


def _lead_is_edited_again_and_again(scene: Scene) -> None:
    lead, at = scene.open_lead(), scene.at
    for _ in range(scene.draws.between(2, 4) if lead else 0):
        if lead:
            lead = _change_lead(scene, lead, at, _edit(scene.draws, lead))
            at += SECOND * scene.draws.between(1, 15)


def _edit(draws: Draws, lead: Record) -> Record:
    visits, opens = lead["Website_Visits__c"], lead["Email_Opens__c"]
    more = Decimal(draws.between(1, 9))
    return draws.pick(
        (
            {"Website_Visits__c": visits + more if isinstance(visits, Decimal) else more},
            {"Email_Opens__c": opens + more if isinstance(opens, Decimal) else more},
            {"Content_Downloads__c": None if draws.chance(0.2) else more},
            {"Days_Since_Last_Activity__c": Decimal(draws.below(4000)) / 100},
            {"Phone": people.phone(draws, "405 512 702 918")},
            {"Email": f"office{draws.below(10**6)}@example.com"},
            {"Description": note(draws)},
            {"Title": None, "Website": None},
            {"Company": mistyped(draws, str(lead["Company"])[:120])},
            {"AnnualRevenue": Decimal(draws.below(10**9)) * 1000, "NumberOfEmployees": draws.below(5000)},
            {"Rating": draws.pick(("Hot", "Warm", "Cold", None)), "HasOptedOutOfEmail": draws.chance(0.2)},
        )
    )


def _change_lead(scene: Scene, lead: Record, at: datetime, fields: Record) -> Record:
    """Change a lead, with the history of what is tracked."""
    at = scene.books.later_than(at, lead)
    after = scene.books.update("Lead", lead, at, scene.by, fields)
    for name, data_type in (("Status", "DynamicEnum"), ("Phone", "Text"), ("Email", "Text")):
        if after[name] != lead[name]:
            row = history(name, data_type, lead[name], after[name])
            scene.books.create("LeadHistory", at, scene.by, {"LeadId": lead["Id"], **row})
    return after


def _lead_comes_in(scene: Scene) -> None:
    _enter_lead(scene, scene.at)


def _leads_are_imported(scene: Scene) -> None:
    """Many in the same second."""
    for _ in range(scene.draws.between(3, 12)):
        _enter_lead(scene, scene.at)


def _enter_lead(scene: Scene, at: datetime) -> None:
    books, draws = scene.books, scene.draws
    school = schools.from_anywhere(draws, books.count("Lead") + 1, at, at)
    status = draws.weighted(FIRST_STATUSES)
    fields = lead_record(school) | extras(draws, school, status, at)
    fields |= {"Status": status, "IsUnreadByOwner": draws.chance(0.5)}
    twin = scene.open_lead() if draws.chance(0.1) else None
    if twin:
        fields |= {name: twin[name] for name in ("Company", "Street", "City", "State", "PostalCode", "Phone")}
    lead = books.create("Lead", at, scene.by, fields)
    books.create("LeadHistory", at, scene.by, {"LeadId": lead["Id"], **history("created")})


def _lead_is_assigned(scene: Scene) -> None:
    lead = scene.open_lead()
    other = scene.anybody_but(str(lead["OwnerId"])) if lead else None
    if lead and other:
        _assign_lead(scene, lead, scene.books.later_than(scene.at, lead), other)


def _leads_are_assigned_together(scene: Scene) -> None:
    """Many in the same second, so that they share a SystemModstamp."""
    new_owner = scene.anybody_but("")
    for _ in range(scene.draws.between(5, 30)):
        lead = scene.open_lead()
        if lead and new_owner and lead["OwnerId"] != new_owner["Id"] and _is_free(lead, scene.at):
            _assign_lead(scene, lead, scene.at, new_owner)


def _assign_lead(scene: Scene, lead: Record, at: datetime, new_owner: Record) -> None:
    old = _person(scene.books.get("User", lead["OwnerId"]))
    new = _person(new_owner)
    scene.books.update("Lead", lead, at, scene.by, {"OwnerId": new.id})
    for row in owner_history(old, new):
        scene.books.create("LeadHistory", at, scene.by, {"LeadId": lead["Id"], **row})


def _lead_is_converted(scene: Scene) -> None:
    lead = scene.open_lead()
    if lead and lead["Status"] in laws.LEAD_MOVES:
        at = scene.books.later_than(scene.at, lead)
        sales.convert_lead(scene.books, scene.draws, lead, at, scene.by)


def _task_is_logged(scene: Scene) -> None:
    _log(scene, "Task")


def _event_is_planned(scene: Scene) -> None:
    _log(scene, "Event")


def _log(scene: Scene, name: str) -> None:
    """An activity with a lead or a customer, who was never contacted later than that."""
    books, draws, at = scene.books, scene.draws, scene.at
    log = service.log_task if name == "Task" else service.plan_event
    if draws.chance(0.5):
        lead = scene.open_lead()
        activity = log(books, draws, at, scene.by, lead, None, None) if lead else None
    else:
        contact = books.pick(draws, "Contact")
        if not contact:
            return
        account = books.get("Account", contact["AccountId"])
        what = draws.pick([account, *books.referring(account["Id"], "Opportunity")])
        activity = log(books, draws, at, scene.by, contact, what, account["Id"])
    if activity:
        _note_last_activity(scene, activity)


def _note_last_activity(scene: Scene, activity: Record) -> None:
    """The system keeps the last activity's day at those whom it concerns; nobody has modified them."""
    books, day = scene.books, activity["ActivityDate"]
    if not isinstance(day, date) or day > scene.at.date():
        return
    for name, identifier in parents(activity):
        parent = books.get(name, identifier)
        known = parent["LastActivityDate"]
        if not isinstance(known, date) or known < day:
            at = books.later_than(scene.at, parent)
            books.update(name, parent, at, None, {"LastActivityDate": day})


def _task_is_completed(scene: Scene) -> None:
    task = scene.books.pick(scene.draws, "Task", lambda found: not found["IsClosed"])
    if task:
        at = scene.books.later_than(scene.at, task)
        service.complete_task(scene.books, scene.draws, task, at, scene.by)


def _event_is_moved(scene: Scene) -> None:
    event = scene.books.pick(scene.draws, "Event")
    if event:
        at = scene.books.later_than(scene.at, event)
        service.move_event(scene.books, scene.draws, event, at, scene.by)


def _opportunity_is_opened(scene: Scene) -> None:
    contact = scene.books.pick(scene.draws, "Contact")
    if contact:
        account = scene.books.get("Account", contact["AccountId"])
        sales.new_opportunity(scene.books, scene.draws, scene.at, scene.by, account, contact)


def _opportunity_moves(scene: Scene) -> None:
    opportunity = scene.open_opportunity()
    if opportunity:
        at = scene.books.later_than(scene.at, opportunity)
        sales.move_opportunity(scene.books, scene.draws, opportunity, at, scene.by)


def _opportunity_is_put_off(scene: Scene) -> None:
    opportunity = scene.open_opportunity()
    if opportunity:
        at = scene.books.later_than(scene.at, opportunity)
        fields: Record = {
            "CloseDate": at.date() + timedelta(days=scene.draws.between(7, 90)),
            "NextStep": scene.draws.pick((*sales.NEXT_STEPS, None)),
        }
        sales.change_opportunity(scene.books, opportunity, at, scene.by, fields)


def _opportunity_is_assigned(scene: Scene) -> None:
    opportunity = scene.open_opportunity()
    other = scene.anybody_but(str(opportunity["OwnerId"])) if opportunity else None
    if opportunity and other:
        old = _person(scene.books.get("User", opportunity["OwnerId"]))
        at = scene.books.later_than(scene.at, opportunity)
        sales.assign_opportunity(scene.books, opportunity, at, scene.by, old, _person(other))


def _products_are_added(scene: Scene) -> None:
    opportunity = scene.open_opportunity()
    products = list(scene.books.undeleted("Product2"))
    if opportunity and products:
        at = scene.books.later_than(scene.at, opportunity)
        count = scene.draws.between(1, 3)
        sales.add_line_items(scene.books, scene.draws, opportunity, at, scene.by, products, count)


def _line_item_changes(scene: Scene) -> None:
    """Another quantity, or it is taken out again; either way the opportunity's amount follows."""
    books = scene.books
    item = books.pick(scene.draws, "OpportunityLineItem")
    opportunity = books.get("Opportunity", item["OpportunityId"]) if item else None
    if not item or not opportunity or opportunity["IsClosed"]:
        return
    at = books.later_than(scene.at, item, opportunity)
    if scene.draws.chance(0.3):
        books.delete("OpportunityLineItem", item, at, scene.by)
    else:
        sales.change_quantity(books, scene.draws, item, at, scene.by)
    sales.add_up(books, opportunity, at, scene.by)


def _case_is_opened(scene: Scene) -> None:
    contact = scene.books.pick(scene.draws, "Contact")
    if contact:
        account = scene.books.get("Account", contact["AccountId"])
        service.open_case(scene.books, scene.draws, scene.at, scene.by, account, contact)


def _case_is_worked_on(scene: Scene) -> None:
    case = scene.books.pick(scene.draws, "Case", lambda found: not found["IsClosed"])
    if case:
        at = scene.books.later_than(scene.at, case)
        service.work_on_case(scene.books, scene.draws, case, at, scene.by)


def _case_is_rated(scene: Scene) -> None:
    case = scene.books.pick(scene.draws, "Case", lambda found: bool(found["IsClosed"]))
    if case:
        service.rate_case(scene.books, scene.draws, case, scene.books.later_than(scene.at, case))


def _account_or_contact_is_edited(scene: Scene) -> None:
    name = scene.draws.pick(("Account", "Contact"))
    record = scene.books.pick(scene.draws, name)
    if record:
        fields: Record = {"Description": note(scene.draws)}
        if scene.draws.chance(0.5):
            fields["Phone"] = (
                people.phone(scene.draws, "405 512 702 918") if scene.draws.chance(0.8) else None
            )
        scene.books.update(name, record, scene.books.later_than(scene.at, record), scene.by, fields)


def _contact_joins(scene: Scene) -> None:
    account = scene.books.pick(scene.draws, "Account")
    if account:
        sales.new_contact(scene.books, scene.draws, scene.at, scene.by, account)


def _somebody_joins_a_campaign(scene: Scene) -> None:
    books, name = scene.books, scene.draws.pick(("Lead", "Lead", "Contact"))
    person = books.pick(scene.draws, name)
    campaign = books.pick(scene.draws, "Campaign")
    if person and campaign:
        memberships = books.referring(person["Id"], "CampaignMember")
        if all(member["CampaignId"] != campaign["Id"] for member in memberships):
            service.join_campaign(books, scene.at, scene.by, campaign, name, person)


def _somebody_responds(scene: Scene) -> None:
    member = scene.books.pick(scene.draws, "CampaignMember", lambda found: not found["HasResponded"])
    if member:
        service.respond(scene.books, member, scene.books.later_than(scene.at, member), scene.by)


def _campaign_or_product_changes(scene: Scene) -> None:
    books, draws, today = scene.books, scene.draws, scene.at.date()
    name = draws.pick(("Campaign", "Product2"))
    if draws.chance(0.3):
        place = books.count(name)
        fields = (
            campaign_fields(draws, place, today, today)
            if name == "Campaign"
            else product_fields(draws, place)
        )
        books.create(name, scene.at, scene.by, fields)
        return
    record = books.pick(draws, name)
    if record:
        change: Record = {"IsActive": not record["IsActive"], "Description": note(draws)}
        books.update(name, record, books.later_than(scene.at, record), scene.by, change)


def _user_signs_in(scene: Scene) -> None:
    user = scene.books.pick(scene.draws, "User", lambda found: bool(found["IsActive"]))
    if user:
        at = scene.books.later_than(scene.at, user)
        scene.books.update("User", user, at, None, {"LastLoginDate": at})


def _staff_changes(scene: Scene) -> None:
    books, draws = scene.books, scene.draws
    if draws.chance(0.6):
        person = people.person(draws)
        manager = books.pick(draws, "User")
        fields: Record = {**user_fields(draws, person, books.count("User")), "IsActive": True}
        books.create("User", scene.at, scene.by, fields | {"ManagerId": manager["Id"] if manager else None})
        return
    user = scene.anybody_but(scene.by)
    if user and user["Title"] != "Administrator":
        books.update("User", user, books.later_than(scene.at, user), scene.by, {"IsActive": False})


def _record_is_deleted(scene: Scene) -> None:
    name = scene.draws.weighted(DELETED)
    record = scene.books.pick(scene.draws, name, lambda found: not found.get("IsConverted"))
    if record and scene.books.is_deletable(name, record):
        scene.books.delete(name, record, scene.books.later_than(scene.at, record), scene.by)


def _record_is_undeleted(scene: Scene) -> None:
    name = scene.draws.pick(UNDELETED)
    record = scene.books.pick_deleted(scene.draws, name)
    if record and scene.books.is_undeletable(name, record):
        scene.books.undelete(name, record, scene.books.later_than(scene.at, record), scene.by)


def _recycle_bin_is_emptied(scene: Scene) -> None:
    """Partly: of records that were deleted by themselves."""
    for name in UNDELETED:
        record = scene.books.pick_deleted(scene.draws, name)
        if record and scene.draws.chance(0.5):
            scene.books.purge(name, record, scene.books.later_than(scene.at, record))


def _is_free(record: Record, at: datetime) -> bool:
    stamp = record["SystemModstamp"]
    return isinstance(stamp, datetime) and stamp < at


def _person(user: Record) -> Person:
    return Person(str(user["Id"]), str(user["Name"]))


DELETED = {
    "Lead": 6,
    "Task": 5,
    "Event": 2,
    "Case": 2,
    "Contact": 2,
    "Opportunity": 2,
    "Account": 1,
    "CampaignMember": 2,
}
UNDELETED = ("Lead", "Lead", "Task", "Case", "Contact", "Opportunity", "Account")
HAPPENINGS: dict[Callable[[Scene], None], int] = {
    _lead_moves: 20,
    _lead_is_edited: 15,
    _lead_is_edited_again_and_again: 3,
    _lead_comes_in: 6,
    _leads_are_imported: 1,
    _lead_is_assigned: 4,
    _leads_are_assigned_together: 1,
    _lead_is_converted: 2,
    _task_is_logged: 14,
    _task_is_completed: 4,
    _event_is_planned: 5,
    _event_is_moved: 2,
    _opportunity_is_opened: 2,
    _opportunity_moves: 8,
    _opportunity_is_put_off: 3,
    _opportunity_is_assigned: 1,
    _products_are_added: 4,
    _line_item_changes: 3,
    _case_is_opened: 3,
    _case_is_worked_on: 4,
    _case_is_rated: 2,
    _account_or_contact_is_edited: 4,
    _contact_joins: 1,
    _somebody_joins_a_campaign: 4,
    _somebody_responds: 2,
    _campaign_or_product_changes: 1,
    _user_signs_in: 2,
    _staff_changes: 1,
    _record_is_deleted: 5,
    _record_is_undeleted: 2,
    _recycle_bin_is_emptied: 1,
}
"""How often each happens, relative to the others."""
