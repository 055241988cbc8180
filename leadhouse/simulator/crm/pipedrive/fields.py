"""The fields of deals, persons, organizations and products: those of every company, and this one's own."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from leadhouse.simulator.pipedrive import LOST_REASONS

Record = dict[str, Any]
"""One object as an API answer shows it."""

DEAL = (
    ("id", "ID", "int"),
    ("title", "Title", "varchar"),
    ("creator_user_id", "Creator", "user"),
    ("user_id", "Owner", "user"),
    ("value", "Value", "monetary"),
    ("weighted_value", "Weighted value", "monetary"),
    ("probability", "Probability", "int"),
    ("org_id", "Organization", "org"),
    ("pipeline", "Pipeline", "double"),
    ("person_id", "Contact person", "people"),
    ("stage_id", "Stage", "stage"),
    ("label", "Label", "set"),
    ("status", "Status", "status"),
    ("add_time", "Deal created", "date"),
    ("update_time", "Update time", "date"),
    ("stage_change_time", "Last stage change", "date"),
    ("next_activity_date", "Next activity date", "date"),
    ("last_activity_date", "Last activity date", "date"),
    ("won_time", "Won time", "date"),
    ("last_incoming_mail_time", "Last email received", "date"),
    ("last_outgoing_mail_time", "Last email sent", "date"),
    ("lost_time", "Lost time", "date"),
    ("close_time", "Deal closed on", "date"),
    ("lost_reason", "Lost reason", "varchar_options"),
    ("visible_to", "Visible to", "visible_to"),
    ("activities_count", "Total activities", "int"),
    ("done_activities_count", "Done activities", "int"),
    ("undone_activities_count", "Activities to do", "int"),
    ("email_messages_count", "Email messages count", "int"),
    ("expected_close_date", "Expected close date", "date"),
    ("origin", "Source origin", "varchar"),
    ("origin_id", "Source origin ID", "varchar"),
    ("channel", "Source channel", "enum"),
    ("channel_id", "Source channel ID", "varchar"),
    ("is_archived", "Is archived", "boolean"),
    ("archive_time", "Archive time", "date"),
)
PERSON = (
    ("id", "ID", "int"),
    ("name", "Name", "varchar"),
    ("label", "Label", "set"),
    ("phone", "Phone", "phone"),
    ("email", "Email", "varchar"),
    ("org_id", "Organization", "org"),
    ("owner_id", "Owner", "user"),
    ("add_time", "Person created", "date"),
    ("update_time", "Update time", "date"),
    ("visible_to", "Visible to", "visible_to"),
)
ORGANIZATION = (
    ("id", "ID", "int"),
    ("name", "Name", "varchar"),
    ("label", "Label", "set"),
    ("address", "Address", "address"),
    ("owner_id", "Owner", "user"),
    ("add_time", "Organization created", "date"),
    ("update_time", "Update time", "date"),
    ("visible_to", "Visible to", "visible_to"),
)
PRODUCT = (
    ("id", "ID", "int"),
    ("name", "Name", "varchar"),
    ("code", "Product code", "varchar"),
    ("unit", "Unit", "varchar"),
    ("tax", "Tax", "double"),
    ("owner_id", "Owner", "user"),
    ("add_time", "Product created", "date"),
    ("update_time", "Update time", "date"),
    ("visible_to", "Visible to", "visible_to"),
)
STANDARD = {"deal": DEAL, "person": PERSON, "organization": ORGANIZATION, "product": PRODUCT}
"""By what has them: key, name and type of the fields that every company has."""

LABELS = ("Hot", "Warm", "Cold")
STATUSES = ("open", "lost", "won", "deleted")
VISIBILITIES = (
    (1, "Item owner"),
    (3, "Item owner's visibility group"),
    (5, "Item owner's visibility group and sub-groups"),
    (7, "All users"),
)
SUBFIELDS = {"monetary": ("currency", "Currency of {}"), "daterange": ("until", "End date of {}")}
"""By type: API v1 lists the second half of such a field as a field of its own."""

FIRST_FIELD_IDS = {"deal": 12_451, "person": 9_041, "organization": 4_002, "product": 2_031}
FIRST_OPTION_ID = 21
OPTION_IDS_PER_FIELD = 20
WRITTEN_BY_PEOPLE = {
    "title",
    "name",
    "user_id",
    "owner_id",
    "value",
    "org_id",
    "person_id",
    "stage_id",
    "label",
}


@dataclass(frozen=True)
class CustomField:
    """A field that the company added.

    Args:
        key: 40 hexadecimal digits.
        name: as people read it.
        kind: Pipedrive's type: ``enum``, ``set``, ``monetary``, ``date`` …
        options: id and label of what may be chosen; empty for other types.
    """

    key: str
    name: str
    kind: str
    options: tuple[tuple[int, str], ...] = ()


CUSTOM: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "deal": (
        ("Lead Source", "enum", ("Referral", "Web Form", "Trade Fair", "Cold Call", "Partner")),
        ("Services", "set", ("Meals", "Transport", "Weekend Care", "Tutoring")),
        ("Budget", "monetary", ()),
        ("Decision Date", "date", ()),
        ("Region", "varchar", ()),
        ("Seats", "double", ()),
        ("Success Manager", "user", ()),
        ("Contract Period", "daterange", ()),
    ),
    "person": (("Newsletter", "enum", ("Yes", "No")),),
    "organization": (("Region", "varchar", ()),),
    "product": (),
}


@cache
def custom_fields(seed: int, owner: str = "deal") -> tuple[CustomField, ...]:
    """The company's own fields; another company has other keys for fields of the same names.

    Args:
        seed: the company's.
        owner: what has them: ``deal``, ``person``, ``organization`` or ``product``.
    """
    fields = []
    for place, (name, kind, labels) in enumerate(CUSTOM[owner]):
        key = hashlib.sha256(f"{seed}/{owner}/{name}".encode()).hexdigest()[:40]
        first = FIRST_OPTION_ID + place * OPTION_IDS_PER_FIELD
        options = tuple((first + number, label) for number, label in enumerate(labels))
        fields.append(CustomField(key, name, kind, options))
    return tuple(fields)


def definitions(seed: int, owner: str, added: str, creator: int) -> Iterator[Record]:
    """Every field, as ``/v1/dealFields`` and its sisters list them.

    Args:
        seed: the company's.
        owner: what has the fields.
        added: when the company began, in API v1's form.
        creator: who added the company's own fields.
    """
    first = FIRST_FIELD_IDS[owner]
    for number, (key, name, kind) in enumerate(STANDARD[owner], start=first):
        yield _definition(number, number - first + 1, key, name, kind, added, _standard_options(key))
        if key == "weighted_value":
            yield _subfield(number, key, name, kind, is_custom=False)
    first += len(STANDARD[owner])
    for number, field in enumerate(custom_fields(seed, owner), start=first):
        options = [{"id": option, "label": label} for option, label in field.options] or None
        place = number - FIRST_FIELD_IDS[owner] + 1
        yield _definition(number, place, field.key, field.name, field.kind, added, options, creator)
        if field.kind in SUBFIELDS:
            yield _subfield(number, field.key, field.name, field.kind, is_custom=True)


def _standard_options(key: str) -> list[Record] | None:
    if key == "status":
        return [{"id": status, "label": status.capitalize()} for status in STATUSES]
    if key == "visible_to":
        return [{"id": number, "label": label} for number, label in VISIBILITIES]
    if key in ("label", "lost_reason"):
        labels = LABELS if key == "label" else LOST_REASONS
        return [{"id": number, "label": label} for number, label in enumerate(labels, start=1)]
    return None


def _definition(
    number: int,
    place: int,
    key: str,
    name: str,
    kind: str,
    added: str,
    options: list[Record] | None,
    creator: int | None = None,
) -> Record:
    is_custom = creator is not None
    is_written = is_custom or key in WRITTEN_BY_PEOPLE
    return {
        "id": number,
        "key": key,
        "name": name,
        "order_nr": place,
        "field_type": kind,
        "add_time": added,
        "update_time": added,
        "last_updated_by_user_id": creator,
        "created_by_user_id": creator,
        "active_flag": True,
        "edit_flag": is_custom,
        "index_visible_flag": True,
        "details_visible_flag": is_written,
        "add_visible_flag": is_written,
        "important_flag": False,
        "bulk_edit_allowed": is_written,
        "searchable_flag": kind == "varchar",
        "filtering_allowed": True,
        "sortable_flag": True,
        "mandatory_flag": not is_custom,
        "options": options,
    }


def _subfield(parent: int, key: str, name: str, kind: str, *, is_custom: bool) -> Record:
    suffix, form = SUBFIELDS[kind]
    return {
        "id": None,
        "key": f"{key}_{suffix}",
        "name": form.format(name),
        "field_type": "date" if kind == "daterange" else "varchar",
        "active_flag": True,
        "edit_flag": is_custom,
        "is_subfield": True,
        "mandatory_flag": not is_custom,
        "parent_id": parent,
        "id_suffix": suffix,
    }
