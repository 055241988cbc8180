"""What the org's objects look like: names, types and lengths as Salesforce's own ``describe()`` gives them."""

import re
from dataclasses import dataclass

SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
    "anyType": "xsd:anyType",
}
"""By type; every other type is ``xsd:string``."""


@dataclass(frozen=True)
class Field:
    """One field of an object.

    Args:
        name: as the API has it.
        type: in Salesforce's terms: ``id``, ``reference``, ``string``, ``textarea``, ``picklist``, ``double`` …
        length: characters; 0 for what is no text.
        precision: digits in all, of a ``double``, ``currency`` or ``percent``.
        scale: digits after the point.
        digits: digits of an ``int``.
        nillable: whether it may be empty.
        is_writable: whether a client may set it.
        is_filterable: whether a query may select and sort by it.
        reference_to: objects that an id in it may belong to.
        picklist: values to choose from.
        compound: the compound field (``Name``, ``Address`` …) that it is a part of.
        is_external_id: whether records can be upserted by it; it is unique then.
    """

    name: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    nillable: bool = True
    is_writable: bool = True
    is_filterable: bool = True
    reference_to: tuple[str, ...] = ()
    picklist: tuple[str, ...] = ()
    compound: str | None = None
    is_external_id: bool = False

    @property
    def custom(self) -> bool:
        """Whether the org added it."""
        return self.name.endswith("__c")

    @property
    def label(self) -> str:
        """What people see: ``Website Visits`` for ``Website_Visits__c``."""
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name.removesuffix("__c").replace("_", " "))
        return re.sub(r"\bId\b", "ID", words.removeprefix("Is "))

    @property
    def soap_type(self) -> str:
        """``xsd:string`` and the like."""
        return SOAP_TYPES.get(self.type, "xsd:string")

    @property
    def relationship_name(self) -> str | None:
        """What a query calls the record that this field names: ``Owner`` for ``OwnerId``."""
        return self.name.removesuffix("Id") if self.type == "reference" else None


@dataclass(frozen=True)
class SObject:
    """One kind of record.

    Args:
        name: as the API has it.
        key_prefix: the first three characters of its ids.
        fields: in the order of ``describe()``.
        plural: what people call several of them.
        is_writable: whether a client may create, change and delete them.
        is_undeletable: whether deleted ones lie in the recycle bin.
    """

    name: str
    key_prefix: str
    fields: tuple[Field, ...]
    plural: str
    is_writable: bool = True
    is_undeletable: bool = True

    @property
    def label(self) -> str:
        """What people see: ``Campaign Member``."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name).removesuffix("2")

    @property
    def field_names(self) -> tuple[str, ...]:
        """Names of all fields, in order."""
        return tuple(field.name for field in self.fields)

    @property
    def stored_names(self) -> tuple[str, ...]:
        """Names of the fields that a record holds: all but compound addresses, which are made of their parts."""
        return tuple(field.name for field in self.fields if field.type != "address")

    def field(self, name: str) -> Field:
        """The field of this name.

        Raises:
            KeyError: there is none.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


# How fields are declared


def _text(name: str, length: int = 255, **options: object) -> Field:
    return Field(name, "string", length, **options)  # type: ignore[arg-type]


def _long_text(name: str, length: int = 32000) -> Field:
    return Field(name, "textarea", length, is_filterable=length <= 255)


def _picklist(name: str, *values: str, **options: object) -> Field:
    return Field(name, "picklist", 255, picklist=values, **options)  # type: ignore[arg-type]


def _id_of(name: str, *objects: str, **options: object) -> Field:
    return Field(name, "reference", 18, reference_to=objects, **options)  # type: ignore[arg-type]


def _flag(name: str, **options: object) -> Field:
    return Field(name, "boolean", nillable=False, **options)  # type: ignore[arg-type]


def _whole(name: str, digits: int = 8, **options: object) -> Field:
    return Field(name, "int", digits=digits, **options)  # type: ignore[arg-type]


def _number(name: str, precision: int = 18, scale: int = 0, **options: object) -> Field:
    return Field(name, "double", precision=precision, scale=scale, **options)  # type: ignore[arg-type]


def _money(name: str, scale: int = 2, **options: object) -> Field:
    return Field(name, "currency", precision=18, scale=scale, **options)  # type: ignore[arg-type]


def _percent(name: str, precision: int, scale: int) -> Field:
    return Field(name, "percent", precision=precision, scale=scale)


def _date(name: str, **options: object) -> Field:
    return Field(name, "date", **options)  # type: ignore[arg-type]


def _time(name: str, **options: object) -> Field:
    return Field(name, "datetime", **options)  # type: ignore[arg-type]


def _phone(name: str) -> Field:
    return Field(name, "phone", 40)


def _email(name: str) -> Field:
    return Field(name, "email", 80)


def _url(name: str) -> Field:
    return Field(name, "url", 255)


def _address(prefix: str = "") -> tuple[Field, ...]:
    """The parts of an address, and the compound field made of them."""
    compound = f"{prefix}Address"
    return (
        Field(f"{prefix}Street", "textarea", 255, compound=compound),
        _text(f"{prefix}City", 40, compound=compound),
        _text(f"{prefix}State", 80, compound=compound),
        _text(f"{prefix}PostalCode", 20, compound=compound),
        _text(f"{prefix}Country", 80, compound=compound),
        _number(f"{prefix}Latitude", 18, 15, compound=compound),
        _number(f"{prefix}Longitude", 18, 15, compound=compound),
        _picklist(f"{prefix}GeocodeAccuracy", *GEOCODE_ACCURACIES, compound=compound),
        Field(compound, "address", is_writable=False),
    )


def _person_name(last_name_length: int = 80) -> tuple[Field, ...]:
    """The parts of a person's name, and the whole."""
    return (
        _text("LastName", last_name_length, nillable=False, compound="Name"),
        _text("FirstName", 40, compound="Name"),
        _picklist("Salutation", *SALUTATIONS, compound="Name"),
        _text("Name", 121, nillable=False, is_writable=False),
    )


GEOCODE_ACCURACIES = (
    "Address",
    "NearAddress",
    "Block",
    "Street",
    "ExtendedZip",
    "Zip",
    "City",
    "State",
    "Unknown",
)
SALUTATIONS = ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.")
INDUSTRIES = (
    "Consulting",
    "Education",
    "Finance",
    "Government",
    "Healthcare",
    "Hospitality",
    "Not For Profit",
    "Recreation",
    "Technology",
    "Other",
)
RATINGS = ("Hot", "Warm", "Cold")
LEAD_STATUSES = (
    "New",
    "New Lead",
    "Assigned",
    "Contacted",
    "Re-engagement",
    "Working",
    "Connected",
    "Nurturing",
    "Recycled",
    "Qualified",
    "Proposal Sent",
    "Negotiation",
    "On Hold",
    "Closed Won",
    "Closed Lost",
    "Unqualified",
    "Disqualified",
)
LEAD_SOURCES = (
    "TAM",
    "Web",
    "Marketing Research",
    "Proactive Trial",
    "List Purchase",
    "Partner Referral",
    "Other",
)
STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
)
FORECAST_CATEGORIES = ("Omitted", "Pipeline", "BestCase", "Forecast", "Closed")
FORECAST_CATEGORY_NAMES = ("Omitted", "Pipeline", "Best Case", "Commit", "Closed")
HISTORY_DATA_TYPES = (
    "Boolean",
    "Currency",
    "DateOnly",
    "DateTime",
    "Double",
    "DynamicEnum",
    "EntityId",
    "Text",
)

_ID = Field("Id", "id", 18, nillable=False, is_writable=False)
_IS_DELETED = _flag("IsDeleted", is_writable=False)
_OWNER = _id_of("OwnerId", "User", nillable=False)
_CREATED = (
    _time("CreatedDate", nillable=False, is_writable=False),
    _id_of("CreatedById", "User", nillable=False, is_writable=False),
)
_AUDIT = (
    *_CREATED,
    _time("LastModifiedDate", nillable=False, is_writable=False),
    _id_of("LastModifiedById", "User", nillable=False, is_writable=False),
    _time("SystemModstamp", nillable=False, is_writable=False),
)
_ACTIVITY_DATE = _date("LastActivityDate", is_writable=False)
_VIEWED = (_time("LastViewedDate", is_writable=False), _time("LastReferencedDate", is_writable=False))
_BOUNCED = (_text("EmailBouncedReason"), _time("EmailBouncedDate"))
_FIELD_HISTORY = (
    _picklist("Field", nillable=False),
    _picklist("DataType", *HISTORY_DATA_TYPES),
    Field("OldValue", "anyType", is_filterable=False),
    Field("NewValue", "anyType", is_filterable=False),
)

_LEAD = SObject(
    "Lead",
    "00Q",
    (
        _ID,
        _IS_DELETED,
        _id_of("MasterRecordId", "Lead", is_writable=False),
        *_person_name(),
        _text("Title", 128),
        _text("Company", nillable=False),
        *_address(),
        _phone("Phone"),
        _phone("MobilePhone"),
        _phone("Fax"),
        _email("Email"),
        _url("Website"),
        _long_text("Description"),
        _picklist("LeadSource", *LEAD_SOURCES),
        _picklist("Status", *LEAD_STATUSES, nillable=False),
        _picklist("Industry", *INDUSTRIES),
        _picklist("Rating", *RATINGS),
        _money("AnnualRevenue", 0),
        _whole("NumberOfEmployees"),
        _OWNER,
        _flag("HasOptedOutOfEmail"),
        _flag("IsConverted", is_writable=False),
        _date("ConvertedDate", is_writable=False),
        _id_of("ConvertedAccountId", "Account", is_writable=False),
        _id_of("ConvertedContactId", "Contact", is_writable=False),
        _id_of("ConvertedOpportunityId", "Opportunity", is_writable=False),
        _flag("IsUnreadByOwner"),
        *_AUDIT,
        _ACTIVITY_DATE,
        *_VIEWED,
        *_BOUNCED,
        _text("Outreach_Stage__c"),
        _number("Current_Enrollment__c"),
        _number("Capacity__c"),
        _date("Lead_Source_Last_Updated__c"),
        _text("Brightwheel_School_UUID__c", 36, is_external_id=True),
        _number("Website_Visits__c"),
        _number("Content_Downloads__c"),
        _number("Email_Opens__c"),
        _number("Days_Since_Last_Activity__c", 18, 2),
    ),
    "Leads",
)

_LEAD_HISTORY = SObject(
    "LeadHistory",
    "017",
    (_ID, _IS_DELETED, _id_of("LeadId", "Lead", nillable=False), *reversed(_CREATED), *_FIELD_HISTORY),
    "Lead History",
    is_writable=False,
    is_undeletable=False,
)

_OPPORTUNITY = SObject(
    "Opportunity",
    "006",
    (
        _ID,
        _IS_DELETED,
        _id_of("AccountId", "Account"),
        _flag("IsPrivate"),
        _text("Name", 120, nillable=False),
        _long_text("Description"),
        _picklist("StageName", *STAGES, nillable=False),
        _money("Amount"),
        _percent("Probability", 3, 0),
        _money("ExpectedRevenue", is_writable=False),
        _number("TotalOpportunityQuantity", 18, 2),
        _date("CloseDate", nillable=False),
        _picklist("Type", "New Business", "Existing Business"),
        _text("NextStep"),
        _picklist("LeadSource", *LEAD_SOURCES),
        _flag("IsClosed", is_writable=False),
        _flag("IsWon", is_writable=False),
        _picklist("ForecastCategory", *FORECAST_CATEGORIES, nillable=False, is_writable=False),
        _picklist("ForecastCategoryName", *FORECAST_CATEGORY_NAMES),
        _id_of("CampaignId", "Campaign"),
        _flag("HasOpportunityLineItem", is_writable=False),
        _id_of("Pricebook2Id", "Pricebook2"),
        _OWNER,
        *_AUDIT,
        _ACTIVITY_DATE,
        _time("LastStageChangeDate", is_writable=False),
        _whole("FiscalQuarter", 9, is_writable=False),
        _whole("FiscalYear", 9, is_writable=False),
        _text("Fiscal", 6, is_writable=False),
        _id_of("ContactId", "Contact"),
        *_VIEWED,
        _number("Days_In_Stage__c", 18, 4),
    ),
    "Opportunities",
)

_OPPORTUNITY_HISTORY = SObject(
    "OpportunityHistory",
    "008",
    (
        _ID,
        _id_of("OpportunityId", "Opportunity", nillable=False),
        *reversed(_CREATED),
        _picklist("StageName", *STAGES),
        _money("Amount"),
        _money("ExpectedRevenue"),
        _date("CloseDate"),
        _percent("Probability", 3, 0),
        _picklist("ForecastCategory", *FORECAST_CATEGORIES),
        _time("SystemModstamp", nillable=False),
        _IS_DELETED,
        _money("PrevAmount"),
        _date("PrevCloseDate"),
    ),
    "Opportunity History",
    is_writable=False,
    is_undeletable=False,
)

_OPPORTUNITY_FIELD_HISTORY = SObject(
    "OpportunityFieldHistory",
    "017",
    (
        _ID,
        _IS_DELETED,
        _id_of("OpportunityId", "Opportunity", nillable=False),
        *reversed(_CREATED),
        *_FIELD_HISTORY,
    ),
    "Opportunity Field History",
    is_writable=False,
    is_undeletable=False,
)

_ACCOUNT = SObject(
    "Account",
    "001",
    (
        _ID,
        _IS_DELETED,
        _id_of("MasterRecordId", "Account", is_writable=False),
        _text("Name", nillable=False),
        _picklist("Type", "Prospect", "Customer - Direct", "Customer - Channel", "Partner", "Other"),
        _id_of("ParentId", "Account"),
        *_address("Billing"),
        *_address("Shipping"),
        _phone("Phone"),
        _phone("Fax"),
        _text("AccountNumber", 40),
        _url("Website"),
        _text("Sic", 20),
        _picklist("Industry", *INDUSTRIES),
        _money("AnnualRevenue", 0),
        _whole("NumberOfEmployees"),
        _picklist("Ownership", "Public", "Private", "Subsidiary", "Other"),
        _text("TickerSymbol", 20),
        _long_text("Description"),
        _picklist("Rating", *RATINGS),
        _text("Site", 80),
        _OWNER,
        *_AUDIT,
        _ACTIVITY_DATE,
        *_VIEWED,
        _picklist("AccountSource", *LEAD_SOURCES),
    ),
    "Accounts",
)

_CONTACT = SObject(
    "Contact",
    "003",
    (
        _ID,
        _IS_DELETED,
        _id_of("MasterRecordId", "Contact", is_writable=False),
        _id_of("AccountId", "Account"),
        *_person_name(),
        *_address("Mailing"),
        _phone("Phone"),
        _phone("Fax"),
        _phone("MobilePhone"),
        _id_of("ReportsToId", "Contact"),
        _email("Email"),
        _text("Title", 128),
        _text("Department", 80),
        _picklist("LeadSource", *LEAD_SOURCES),
        _date("Birthdate"),
        _long_text("Description"),
        _OWNER,
        _flag("HasOptedOutOfEmail"),
        *_AUDIT,
        _ACTIVITY_DATE,
        *_VIEWED,
        *_BOUNCED,
        _flag("IsEmailBounced", is_writable=False),
    ),
    "Contacts",
)

_CASE = SObject(
    "Case",
    "500",
    (
        _ID,
        _IS_DELETED,
        _text("CaseNumber", 30, nillable=False, is_writable=False),
        _id_of("ContactId", "Contact"),
        _id_of("AccountId", "Account"),
        _id_of("ParentId", "Case"),
        _text("SuppliedName", 80),
        _email("SuppliedEmail"),
        _picklist("Type", "Question", "Problem", "Feature Request", "Billing"),
        _picklist("Status", "New", "Working", "Escalated", "Closed"),
        _picklist("Reason", "Installation", "Performance", "User didn't attend training", "Billing", "Other"),
        _picklist("Origin", "Phone", "Email", "Web"),
        _text("Subject"),
        _picklist("Priority", "Low", "Medium", "High", "Critical"),
        _long_text("Description"),
        _flag("IsClosed", is_writable=False),
        _time("ClosedDate", is_writable=False),
        _flag("IsEscalated"),
        _OWNER,
        *_AUDIT,
        *_VIEWED,
        _number("Customer_Satisfaction__c", 2, 1),
    ),
    "Cases",
)

_TASK = SObject(
    "Task",
    "00T",
    (
        _ID,
        _id_of("WhoId", "Contact", "Lead"),
        _id_of("WhatId", "Account", "Campaign", "Case", "Opportunity", "Product2"),
        Field("Subject", "combobox", 255, picklist=("Call", "Email", "Send Letter", "Send Quote", "Other")),
        _date("ActivityDate"),
        _picklist(
            "Status",
            "Not Started",
            "In Progress",
            "Completed",
            "Waiting on someone else",
            "Deferred",
            nillable=False,
        ),
        _picklist("Priority", "High", "Normal", "Low", nillable=False),
        _flag("IsHighPriority", is_writable=False),
        _OWNER,
        _long_text("Description"),
        _picklist("Type", "Call", "Email", "Meeting", "WhatsApp", "Other"),
        _IS_DELETED,
        _id_of("AccountId", "Account", is_writable=False),
        _flag("IsClosed", is_writable=False),
        *_AUDIT,
        _flag("IsArchived", is_writable=False),
        _whole("CallDurationInSeconds"),
        _picklist("CallType", "Internal", "Inbound", "Outbound"),
        _text("CallDisposition"),
        _text("CallObject"),
        _time("ReminderDateTime"),
        _flag("IsReminderSet"),
        _picklist("TaskSubtype", "Task", "Email", "ListEmail", "Call"),
        _time("CompletedDateTime", is_writable=False),
    ),
    "Tasks",
)

_EVENT = SObject(
    "Event",
    "00U",
    (
        _ID,
        _id_of("WhoId", "Contact", "Lead"),
        _id_of("WhatId", "Account", "Campaign", "Case", "Opportunity", "Product2"),
        Field(
            "Subject", "combobox", 255, picklist=("Call", "Email", "Meeting", "Send Letter/Quote", "Other")
        ),
        _text("Location"),
        _flag("IsAllDayEvent"),
        _time("ActivityDateTime"),
        _date("ActivityDate"),
        _whole("DurationInMinutes"),
        _time("StartDateTime"),
        _time("EndDateTime"),
        _date("EndDate", is_writable=False),
        _long_text("Description"),
        _id_of("AccountId", "Account", is_writable=False),
        _OWNER,
        _picklist("Type", "Call", "Email", "Meeting", "WhatsApp", "Other"),
        _flag("IsPrivate"),
        _picklist("ShowAs", "Busy", "OutOfOffice", "Free"),
        _IS_DELETED,
        _flag("IsChild", is_writable=False),
        *_AUDIT,
        _flag("IsArchived", is_writable=False),
        _time("ReminderDateTime"),
        _flag("IsReminderSet"),
        _picklist("EventSubtype", "Event"),
    ),
    "Events",
)

_USER = SObject(
    "User",
    "005",
    (
        _ID,
        _text("Username", 80, nillable=False),
        *(part for part in _person_name() if part.name != "Salutation"),
        _text("CompanyName", 80),
        _text("Division", 80),
        _text("Department", 80),
        _text("Title", 80),
        *_address(),
        Field("Email", "email", 128, nillable=False),
        _phone("Phone"),
        _phone("MobilePhone"),
        _text("Alias", 8, nillable=False),
        _text("CommunityNickname", 40, nillable=False),
        _flag("IsActive"),
        _picklist(
            "TimeZoneSidKey", "America/Chicago", "America/Los_Angeles", "America/New_York", nillable=False
        ),
        _id_of("UserRoleId", "UserRole"),
        _picklist("LocaleSidKey", "en_US", nillable=False),
        _picklist("EmailEncodingKey", "UTF-8", nillable=False),
        _id_of("ProfileId", "Profile", nillable=False),
        _picklist("UserType", "Standard", is_writable=False),
        _picklist("LanguageLocaleKey", "en_US", nillable=False),
        _text("EmployeeNumber", 20),
        _id_of("ManagerId", "User"),
        _time("LastLoginDate", is_writable=False),
        *_AUDIT,
        _text("FederationIdentifier", 512),
        *_VIEWED,
    ),
    "Users",
    is_undeletable=False,
)

_PRODUCT = SObject(
    "Product2",
    "01t",
    (
        _ID,
        _text("Name", nillable=False),
        _text("ProductCode"),
        _long_text("Description", 4000),
        _flag("IsActive"),
        *_AUDIT,
        _picklist("Family", "Subscription", "Hardware", "Services"),
        _id_of("ExternalDataSourceId", "ExternalDataSource"),
        _text("ExternalId"),
        _url("DisplayUrl"),
        _picklist("QuantityUnitOfMeasure", "Each", "Month", "Hour"),
        _IS_DELETED,
        _flag("IsArchived", is_writable=False),
        *_VIEWED,
        _text("StockKeepingUnit", 180),
    ),
    "Products",
)

_LINE_ITEM = SObject(
    "OpportunityLineItem",
    "00k",
    (
        _ID,
        _id_of("OpportunityId", "Opportunity", nillable=False),
        _whole("SortOrder", 9),
        _id_of("PricebookEntryId", "PricebookEntry"),
        _id_of("Product2Id", "Product2"),
        _text("ProductCode", is_writable=False),
        _text("Name", 376, is_writable=False),
        _number("Quantity", 12, 2, nillable=False),
        _percent("Discount", 5, 2),
        _money("TotalPrice"),
        _money("UnitPrice"),
        _money("ListPrice", is_writable=False),
        _date("ServiceDate"),
        _text("Description"),
        *_AUDIT,
        _IS_DELETED,
    ),
    "Opportunity Products",
)

_CAMPAIGN = SObject(
    "Campaign",
    "701",
    (
        _ID,
        _IS_DELETED,
        _text("Name", 80, nillable=False),
        _id_of("ParentId", "Campaign"),
        _picklist(
            "Type", "Conference", "Webinar", "Trade Show", "Email", "Direct Mail", "Referral Program", "Other"
        ),
        _picklist("Status", "Planned", "In Progress", "Completed", "Aborted"),
        _date("StartDate"),
        _date("EndDate"),
        _money("ExpectedRevenue"),
        _money("BudgetedCost"),
        _money("ActualCost"),
        _percent("ExpectedResponse", 10, 2),
        _number("NumberSent"),
        _flag("IsActive"),
        _long_text("Description"),
        _OWNER,
        *_AUDIT,
        _ACTIVITY_DATE,
        *_VIEWED,
    ),
    "Campaigns",
)

_CAMPAIGN_MEMBER = SObject(
    "CampaignMember",
    "00v",
    (
        _ID,
        _IS_DELETED,
        _id_of("CampaignId", "Campaign", nillable=False),
        _id_of("LeadId", "Lead"),
        _id_of("ContactId", "Contact"),
        _picklist("Status", "Sent", "Responded"),
        _flag("HasResponded", is_writable=False),
        *_AUDIT,
        _date("FirstRespondedDate", is_writable=False),
        _picklist("Type", "Lead", "Contact", is_writable=False),
        _id_of("LeadOrContactId", "Lead", "Contact", is_writable=False),
    ),
    "Campaign Members",
    is_undeletable=False,
)

OBJECTS = {
    sobject.name: sobject
    for sobject in (
        _USER,
        _PRODUCT,
        _CAMPAIGN,
        _LEAD,
        _LEAD_HISTORY,
        _ACCOUNT,
        _CONTACT,
        _OPPORTUNITY,
        _OPPORTUNITY_HISTORY,
        _OPPORTUNITY_FIELD_HISTORY,
        _LINE_ITEM,
        _CASE,
        _TASK,
        _EVENT,
        _CAMPAIGN_MEMBER,
    )
}
"""By name; an object stands after those that its records refer to, converted leads apart."""
