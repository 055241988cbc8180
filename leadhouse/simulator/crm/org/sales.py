"""Accounts, contacts, opportunities with their histories, and what is sold: each deed as Salesforce would record it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from leadhouse.simulator import business_names, laws, people, places
from leadhouse.simulator.crm.org.books import Books, Record, Value
from leadhouse.simulator.crm.org.first_leads import Conversion, Person, converted, history, owner_history
from leadhouse.simulator.crm.org.ids import record_id
from leadhouse.simulator.crm.org.metadata import LEAD_SOURCES
from leadhouse.simulator.crm.org.texts import mistyped, now_and_then_a_note, with_suite
from leadhouse.simulator.draws import Draws

TRACKED = {"StageName": "DynamicEnum", "Amount": "Currency", "CloseDate": "DateOnly", "NextStep": "Text"}
"""Fields of which OpportunityFieldHistory keeps the changes, with their types."""
SNAPSHOT = ("StageName", "Amount", "ExpectedRevenue", "CloseDate", "Probability", "ForecastCategory")
CENT = Decimal("0.01")
PRICEBOOK = record_id("01s", 0)
NEXT_STEPS = (
    "Send quote",
    "Call the director",
    'Ask for "go/no-go"',
    "Demo, 2nd site",
    "Wait for the board's vote",
)
DEPARTMENTS = ("Administration", "Office", "Board", "Kitchen & Facilities")
INDUSTRIES = (
    "Education",
    "Education",
    "Education",
    "Healthcare",
    "Technology",
    "Consulting",
    "Not For Profit",
    None,
)


def new_account(books: Books, draws: Draws, at: datetime, by: str, lead: Record | None = None) -> Record:
    """An account: that of a lead, or a school that never was one."""
    return books.create("Account", at, by, _of_lead(lead) if lead else _of_school(draws))


def _of_lead(lead: Record) -> Record:
    return {
        "Name": lead["Company"],
        "OwnerId": lead["OwnerId"],
        "AccountSource": lead["LeadSource"],
        "Description": lead["Description"],
        "LastActivityDate": lead["LastActivityDate"],
        **{f"Billing{part}": lead[part] for part in ("Street", "City", "State", "PostalCode", "Country")},
        **{
            name: lead[name]
            for name in ("Phone", "Website", "Industry", "AnnualRevenue", "NumberOfEmployees", "Rating")
        },
    }


def _of_school(draws: Draws) -> Record:
    state = draws.pick(sorted(places.CITIES))
    city = places.city(draws, state)
    street = places.street(draws, "N S E W").title()
    name = business_names.brand_name(draws) if draws.chance(0.3) else business_names.center_name(draws)
    name = business_names.with_legal_form(draws, name)
    fields: Record = {
        "Name": mistyped(draws, name) if draws.chance(0.1) else name,
        "Type": draws.pick(
            ("Prospect", "Customer - Direct", "Customer - Direct", "Customer - Channel", None)
        ),
        "BillingStreet": with_suite(draws, street) if draws.chance(0.1) else street,
        "BillingCity": city.name.title(),
        "BillingState": state,
        "BillingPostalCode": draws.pick(city.postal_codes.split()),
        "BillingCountry": draws.pick(("United States", "US", None)),
        "Phone": people.phone(draws, city.area_codes),
        "Website": draws.pick(("https://www.example.com/schools?id=1&x=2", "www.example.org", None)),
        "AccountSource": draws.pick((*LEAD_SOURCES, None)),
        "AccountNumber": f"CD{draws.below(10**6):06d}-{draws.pick('ABC')}" if draws.chance(0.4) else None,
        "Industry": draws.pick(INDUSTRIES),
        "AnnualRevenue": Decimal(draws.below(3_000_000)) if draws.chance(0.7) else None,
        "NumberOfEmployees": draws.between(2, 240) if draws.chance(0.8) else None,
        "Ownership": draws.pick(("Private", "Private", "Subsidiary", "Public", None)),
        "Description": now_and_then_a_note(draws, 0.15),
    }
    if draws.chance(0.3):
        fields |= {
            "BillingLatitude": Decimal(draws.between(28_000_000, 41_000_000)).scaleb(-6),
            "BillingLongitude": Decimal(-draws.between(75_000_000, 120_000_000)).scaleb(-6),
            "BillingGeocodeAccuracy": draws.pick(("Address", "Zip", "NearAddress")),
            **{
                f"Shipping{part}": fields[f"Billing{part}"]
                for part in ("Street", "City", "State", "PostalCode")
            },
        }
    return fields


def new_contact(
    books: Books, draws: Draws, at: datetime, by: str, account: Record, lead: Record | None = None
) -> Record:
    """A person of an account: that of a lead, or another one."""
    if lead:
        same = (
            "FirstName",
            "LastName",
            "Name",
            "Title",
            "Phone",
            "MobilePhone",
            "Email",
            "LeadSource",
            "LastActivityDate",
            "OwnerId",
        )
        fields: Record = {name: lead[name] for name in same}
    else:
        person = people.person(draws)
        fields = {
            "FirstName": person.first,
            "LastName": person.last,
            "Name": person.full,
            "Salutation": draws.pick(("Ms.", "Mr.", "Dr.", None, None)),
            "Title": draws.pick(("Director", "Owner", "Office Manager", "Treasurer, acting", None)),
            "Phone": draws.pick((account["Phone"], people.phone(draws, "405 512 702 918"))),
            "Email": draws.pick(
                (people.work_email(draws, person), people.private_email(draws, person), None)
            ),
            "OwnerId": account["OwnerId"],
        }
    fields |= {
        "AccountId": account["Id"],
        **{
            f"Mailing{part}": account[f"Billing{part}"]
            for part in ("Street", "City", "State", "PostalCode", "Country")
        },
        "Department": draws.pick((*DEPARTMENTS, None, None)),
        "Birthdate": date(draws.between(1950, 2003), draws.between(1, 12), draws.between(1, 28))
        if draws.chance(0.1)
        else None,
        "Description": now_and_then_a_note(draws, 0.1),
        "HasOptedOutOfEmail": draws.chance(0.05),
    }
    return books.create("Contact", at, by, fields)


def convert(books: Books, draws: Draws, lead: Record, at: datetime, by: str) -> Conversion:
    """Make an account, a contact and an opportunity of a lead; the lead itself is left to the caller."""
    account = new_account(books, draws, at, by, lead)
    contact = new_contact(books, draws, at, by, account, lead)
    opportunity = new_opportunity(books, draws, at, by, account, contact, lead)
    return Conversion(str(account["Id"]), str(contact["Id"]), str(opportunity["Id"]))


def convert_lead(books: Books, draws: Draws, lead: Record, at: datetime, by: str) -> None:
    """Convert a lead, with its status, its history, and its open business, which becomes the contact's."""
    conversion = convert(books, draws, lead, at, by)
    old_status = lead["Status"]
    lead = books.update("Lead", lead, at, by, {"Status": "Qualified", **converted(conversion, at)})
    rows = [history("leadConverted")]
    if old_status != "Qualified":
        rows.insert(0, history("Status", "DynamicEnum", old_status, "Qualified"))
    for row in rows:
        books.create("LeadHistory", at, by, {"LeadId": lead["Id"], **row})
    for name in ("Task", "Event"):
        for activity in books.referring(lead["Id"], name):
            if activity["WhoId"] == lead["Id"]:
                moved = {"WhoId": conversion.contact, "AccountId": conversion.account}
                books.update(name, activity, books.later_than(at, activity), by, moved)


def new_opportunity(
    books: Books,
    draws: Draws,
    at: datetime,
    by: str,
    account: Record,
    contact: Record,
    lead: Record | None = None,
) -> Record:
    """An opportunity in its first stage, mostly without an amount yet."""
    close_date = at.date() + timedelta(days=draws.between(14, 150))
    name = str(account["Name"])[:90]
    fields: Record = {
        "AccountId": account["Id"],
        "ContactId": contact["Id"],
        "Name": f"{name} - {draws.pick(('New Site', 'Annual plan', 'Renewal, 2nd year', 'Pilot'))}",
        "OwnerId": account["OwnerId"],
        "StageName": draws.weighted(laws.FIRST_STAGES),
        "Amount": _round_amount(draws) if draws.chance(0.6) else None,
        "CloseDate": close_date,
        "Type": draws.pick(("New Business", "New Business", "Existing Business", None)),
        "LeadSource": lead["LeadSource"] if lead else account["AccountSource"],
        "NextStep": draws.pick((*NEXT_STEPS, None)),
        "Description": now_and_then_a_note(draws, 0.2),
    }
    created = books.create("Opportunity", at, by, fields | _consequences(fields, at, moved=True))
    _snapshot(books, created, at, by, None)
    _field_history(books, created, at, by, [history("created")])
    return created


def change_opportunity(books: Books, opportunity: Record, at: datetime, by: str, fields: Record) -> Record:
    """Set fields of an opportunity, with all that follows from them and both histories."""
    before = opportunity
    known = before | fields
    moved = known["StageName"] != before["StageName"]
    after = books.update("Opportunity", before, at, by, fields | _consequences(known, at, moved=moved))
    if any(after[name] != before[name] for name in ("StageName", "Amount", "CloseDate", "Probability")):
        _snapshot(books, after, at, by, before)
    rows = [
        history(name, data_type, before[name], after[name])
        for name, data_type in TRACKED.items()
        if before[name] != after[name]
    ]
    _field_history(books, after, at, by, rows)
    return after


def assign_opportunity(
    books: Books, opportunity: Record, at: datetime, by: str, old: Person, new: Person
) -> Record:
    """Give an opportunity to another owner."""
    after = books.update("Opportunity", opportunity, at, by, {"OwnerId": new.id})
    _field_history(books, after, at, by, owner_history(old, new))
    return after


def move_opportunity(books: Books, draws: Draws, opportunity: Record, at: datetime, by: str) -> Record:
    """Move an open opportunity to another stage; a closed one's date is the day itself."""
    stage = draws.weighted(laws.STAGE_MOVES[str(opportunity["StageName"])])
    fields: Record = {"StageName": stage}
    if stage.startswith("Closed"):
        fields["CloseDate"] = at.date()
    if opportunity["Amount"] is None:
        fields["Amount"] = _round_amount(draws)
    if opportunity["Days_In_Stage__c"] is not None:
        fields["Days_In_Stage__c"] = Decimal(0)
    return change_opportunity(books, opportunity, at, by, fields)


def add_line_items(
    books: Books,
    draws: Draws,
    opportunity: Record,
    at: datetime,
    by: str,
    products: Sequence[Record],
    count: int,
) -> Record:
    """Sell more products within an opportunity, whose amount is their sum."""
    present = len(books.referring(opportunity["Id"], "OpportunityLineItem"))
    for place in range(count):
        product = draws.pick(products)
        price = list_price(product)
        unit_price = price if draws.chance(0.6) else _cents(price * draws.between(70, 99) / 100)
        quantity = draws.pick(
            (Decimal(1), Decimal(2), Decimal(draws.between(3, 60)), Decimal("0.25"), Decimal("1.5"))
        )
        discount = draws.pick((None, None, Decimal(10), Decimal("12.5")))
        fields: Record = {
            "OpportunityId": opportunity["Id"],
            "SortOrder": present + place + 1,
            "PricebookEntryId": record_id("01u", int(str(product["ExternalId"]))),
            "Product2Id": product["Id"],
            "ProductCode": product["ProductCode"],
            "Name": f"{str(opportunity['Name'])[:120]} {product['Name']}",
            "Quantity": quantity,
            "UnitPrice": unit_price,
            "ListPrice": price,
            "Discount": discount,
            "TotalPrice": total_price(quantity, unit_price, discount),
            "ServiceDate": at.date() + timedelta(days=draws.below(60)) if draws.chance(0.4) else None,
            "Description": now_and_then_a_note(draws, 0.1) if draws.chance(0.5) else None,
        }
        if len(str(fields["Description"])) > 255:
            fields["Description"] = None
        books.create("OpportunityLineItem", at, by, fields)
    return add_up(books, opportunity, at, by)


def change_quantity(books: Books, draws: Draws, item: Record, at: datetime, by: str) -> Record:
    """Sell more or less of a product; the opportunity's amount is left to the caller."""
    quantity = Decimal(draws.between(1, 80))
    discount = item["Discount"]
    price = total_price(
        quantity, _decimal(item["UnitPrice"]), discount if isinstance(discount, Decimal) else None
    )
    return books.update("OpportunityLineItem", item, at, by, {"Quantity": quantity, "TotalPrice": price})


def add_up(books: Books, opportunity: Record, at: datetime, by: str) -> Record:
    """Set an opportunity's amount to the sum of its line items; without any it keeps its amount."""
    items = books.referring(opportunity["Id"], "OpportunityLineItem")
    fields: Record = {"HasOpportunityLineItem": bool(items), "Pricebook2Id": PRICEBOOK}
    if items:
        fields["Amount"] = sum((_decimal(item["TotalPrice"]) for item in items), Decimal(0))
    return change_opportunity(books, opportunity, at, by, fields)


def total_price(quantity: Decimal, unit_price: Decimal, discount: Decimal | None) -> Decimal:
    """What a line item costs: quantity times price, less the discount in percent."""
    return _cents(quantity * unit_price * (100 - (discount or 0)) / 100)


def list_price(product: Record) -> Decimal:
    """A product's price in the price book."""
    return Decimal(
        f"{19 + 37 * int(str(product['ExternalId'])) % 900}.{'00' if product['Family'] == 'Services' else '95'}"
    )


def _consequences(known: Record, at: datetime, *, moved: bool) -> Record:
    """What follows from an opportunity's stage, amount and date."""
    probability, category, category_name = laws.OPPORTUNITY_STAGES[str(known["StageName"])]
    amount, close_date = known["Amount"], known["CloseDate"]
    fields: Record = {
        "ExpectedRevenue": _cents(amount * probability / 100) if isinstance(amount, Decimal) else None,
        "Probability": Decimal(probability),
        "IsClosed": probability in (0, 100),
        "IsWon": probability == 100,
        "ForecastCategory": category,
        "ForecastCategoryName": category_name,
    }
    if isinstance(close_date, date):
        quarter = (close_date.month + 2) // 3
        fields |= {
            "FiscalQuarter": quarter,
            "FiscalYear": close_date.year,
            "Fiscal": f"{close_date.year} {quarter}",
        }
    if moved:
        fields["LastStageChangeDate"] = at
    return fields


def _snapshot(books: Books, opportunity: Record, at: datetime, by: str, before: Record | None) -> None:
    fields: Record = {name: opportunity[name] for name in SNAPSHOT}
    fields |= {
        "OpportunityId": opportunity["Id"],
        "PrevAmount": before["Amount"] if before else None,
        "PrevCloseDate": before["CloseDate"] if before else None,
    }
    books.create("OpportunityHistory", at, by, fields)


def _field_history(books: Books, opportunity: Record, at: datetime, by: str, rows: Sequence[Record]) -> None:
    for row in rows:
        books.create("OpportunityFieldHistory", at, by, {"OpportunityId": opportunity["Id"], **row})


def _round_amount(draws: Draws) -> Decimal:
    if draws.chance(0.03):
        return Decimal(draws.between(1, 9)) * 10**9 + Decimal("0.01")
    return Decimal(draws.between(4, 400)) * 100 + (Decimal("0.5") if draws.chance(0.1) else 0)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _decimal(value: Value) -> Decimal:
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} is no amount")
    return value
