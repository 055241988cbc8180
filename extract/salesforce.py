"""Salesforce's objects: which are read, how, and which of their fields; and the raw tables made of them.

Raw columns have the names of the API's fields in snake case: ``SystemModstamp`` is ``system_modstamp``,
``Website_Visits__c`` is ``website_visits_c``.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from extract.tables import Column, Table

LONGEST_NAME = 63
"""Characters that Postgres keeps of a name."""


def column_name(name: str) -> str:
    """The raw column or table for a field or object of the API: snake case, ``__`` as ``_``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    column = re.sub("_+", "_", words).lower().strip("_")
    if len(column) > LONGEST_NAME:
        column = f"{column[: LONGEST_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return column


@dataclass(frozen=True)
class Field:
    """One declared field of an object.

    Args:
        name: its name in the API.
        required: a CSV export without it is refused.
        aliases: other headers that mean it in a CSV export.
    """

    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        """Its raw column."""
        return column_name(self.name)

    @property
    def is_custom(self) -> bool:
        """Whether only some organisations have it."""
        return self.name.endswith("__c")


@dataclass(frozen=True)
class SObject:
    """How one object is read.

    Args:
        name: its name in the API.
        fields: the declared fields, in the order of the raw columns.
        mode: ``versions`` keeps every version of a record; a record of an ``insert_only`` object never changes.
        cursor: the field by whose value windows are cut.
        key: the fields that tell one raw row from another.
        file_names: stems of the CSV exports that may feed its table, beside the table's name.
    """

    name: str
    fields: tuple[Field, ...]
    mode: Literal["versions", "insert_only"]
    cursor: str
    key: tuple[str, ...]
    file_names: tuple[str, ...]

    @property
    def table(self) -> Table:
        """Its raw table."""
        columns = tuple(Column(field.column, field.required, field.aliases) for field in self.fields)
        return Table("salesforce", column_name(self.name), columns, self.file_names)

    @property
    def keeps_deletions(self) -> bool:
        """Whether the table says which records were deleted: history goes with its record, users never go."""
        return self.mode == "versions" and any(field.name == "IsDeleted" for field in self.fields)


def _fields(names: str) -> tuple[Field, ...]:
    """Fields from a list of names; ``!`` behind a name: a CSV export must bring it."""
    return tuple(Field(name.rstrip("!"), name.endswith("!")) for name in names.split())


def _id(name: str) -> Field:
    return Field("Id", True, (f"{column_name(name)}_id",))


def _versions(name: str, file_names: str, fields: str) -> SObject:
    own = (_id(name), *_fields(fields))
    return SObject(
        name, own, "versions", "SystemModstamp", ("Id", "SystemModstamp"), tuple(file_names.split())
    )


def _history(name: str, file_names: str, fields: str) -> SObject:
    own = (_id(name), *_fields(fields))
    return SObject(name, own, "insert_only", "CreatedDate", ("Id",), tuple(file_names.split()))


# Left out are the fields that Salesforce computes without touching SystemModstamp where they can be had from other
# objects (a campaign's counts of leads and opportunities): their values here would be of some past day.
OBJECTS = (
    _versions(
        "Lead",
        "leads salesforce_leads",
        """
        IsDeleted LastName FirstName Title Company! Street City State PostalCode Country Phone MobilePhone Email
        Website LeadSource Status! IsConverted CreatedDate! LastModifiedDate! SystemModstamp LastActivityDate
        LastViewedDate LastReferencedDate EmailBouncedReason EmailBouncedDate OwnerId ConvertedDate
        Outreach_Stage__c Current_Enrollment__c Capacity__c Lead_Source_Last_Updated__c
        Brightwheel_School_UUID__c Industry AnnualRevenue NumberOfEmployees Rating Description
        ConvertedAccountId ConvertedContactId ConvertedOpportunityId MasterRecordId CreatedById LastModifiedById
        Website_Visits__c Content_Downloads__c Days_Since_Last_Activity__c Email_Opens__c
        """,
    ),
    _history(
        "LeadHistory",
        "lead_histories",
        "IsDeleted LeadId! CreatedById CreatedDate! Field! DataType OldValue! NewValue!",
    ),
    _versions(
        "Opportunity",
        "opportunities",
        """
        IsDeleted AccountId IsPrivate Name Description StageName! Amount! Probability ExpectedRevenue
        TotalOpportunityQuantity CloseDate Type NextStep LeadSource IsClosed! IsWon! ForecastCategory
        ForecastCategoryName CampaignId HasOpportunityLineItem Pricebook2Id OwnerId CreatedDate! CreatedById
        LastModifiedDate! LastModifiedById SystemModstamp LastActivityDate LastStageChangeDate FiscalYear
        FiscalQuarter ContactId Days_In_Stage__c
        """,
    ),
    _history(
        "OpportunityHistory",
        "opportunity_histories",
        """
        IsDeleted OpportunityId! StageName! Amount Probability ExpectedRevenue CloseDate ForecastCategory
        CreatedById CreatedDate! SystemModstamp
        """,
    ),
    _history(
        "OpportunityFieldHistory",
        "opportunity_field_histories",
        "IsDeleted OpportunityId! CreatedById CreatedDate! Field! DataType OldValue! NewValue!",
    ),
    _versions(
        "Account",
        "accounts",
        """
        IsDeleted MasterRecordId Name! Type ParentId Industry AnnualRevenue NumberOfEmployees Rating Phone Website
        BillingStreet BillingCity BillingState BillingPostalCode BillingCountry ShippingStreet ShippingCity
        ShippingState ShippingPostalCode ShippingCountry AccountSource Description OwnerId CreatedDate!
        CreatedById LastModifiedDate! LastModifiedById SystemModstamp LastActivityDate
        """,
    ),
    _versions(
        "Contact",
        "contacts",
        """
        IsDeleted MasterRecordId AccountId! LastName FirstName Salutation Title Department Phone MobilePhone Email
        MailingStreet MailingCity MailingState MailingPostalCode MailingCountry LeadSource ReportsToId
        HasOptedOutOfEmail EmailBouncedReason EmailBouncedDate OwnerId CreatedDate! CreatedById
        LastModifiedDate! LastModifiedById SystemModstamp LastActivityDate
        """,
    ),
    _versions(
        "Case",
        "cases",
        """
        IsDeleted CaseNumber AccountId! ContactId Type Status! Reason Origin Subject Priority! Description
        IsClosed ClosedDate IsEscalated ParentId OwnerId CreatedDate! CreatedById LastModifiedDate!
        LastModifiedById SystemModstamp Customer_Satisfaction__c
        """,
    ),
    _versions(
        "Task",
        "tasks",
        """
        IsDeleted WhoId! WhatId! AccountId Subject! ActivityDate Status! Priority IsHighPriority IsClosed
        IsArchived Type TaskSubtype CallType CallDisposition CallDurationInSeconds CompletedDateTime Description
        OwnerId CreatedDate! CreatedById LastModifiedDate! LastModifiedById SystemModstamp
        """,
    ),
    _versions(
        "Event",
        "events",
        """
        IsDeleted WhoId! WhatId! AccountId Subject! Location IsAllDayEvent ActivityDate ActivityDateTime
        StartDateTime! EndDateTime DurationInMinutes Type EventSubtype IsPrivate IsArchived IsChild
        Description OwnerId CreatedDate! CreatedById LastModifiedDate! LastModifiedById SystemModstamp
        """,
    ),
    _versions(
        "User",
        "users",
        """
        Username LastName FirstName Name! Email Title Department IsActive! UserType UserRoleId ProfileId ManagerId
        TimeZoneSidKey LastLoginDate CreatedDate CreatedById LastModifiedDate! LastModifiedById SystemModstamp
        """,
    ),
    _versions(
        "Product2",
        "products product",
        """
        IsDeleted Name! ProductCode Description IsActive Family QuantityUnitOfMeasure StockKeepingUnit CreatedDate
        CreatedById LastModifiedDate! LastModifiedById SystemModstamp
        """,
    ),
    _versions(
        "OpportunityLineItem",
        "opportunity_line_items",
        """
        IsDeleted OpportunityId! PricebookEntryId Product2Id! ProductCode Name Quantity! UnitPrice ListPrice
        TotalPrice! Discount ServiceDate SortOrder Description CreatedDate CreatedById LastModifiedDate!
        LastModifiedById SystemModstamp
        """,
    ),
    _versions(
        "Campaign",
        "campaigns",
        """
        IsDeleted Name! ParentId Type Status StartDate EndDate IsActive ExpectedRevenue BudgetedCost ActualCost
        ExpectedResponse NumberSent Description OwnerId CreatedDate CreatedById LastModifiedDate! LastModifiedById
        SystemModstamp
        """,
    ),
    _versions(
        "CampaignMember",
        "campaign_members",
        """
        IsDeleted CampaignId! LeadId! ContactId! LeadOrContactId Status! HasResponded FirstRespondedDate
        CreatedDate CreatedById LastModifiedDate! LastModifiedById SystemModstamp
        """,
    ),
)
"""Every object that is read, in the order in which a run reads them."""

TABLES = tuple(sobject.table for sobject in OBJECTS)
