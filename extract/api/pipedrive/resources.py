"""What is read from Pipedrive's API and how: one entry per raw table; `deal_changes` comes from one list per deal.

Costs are tokens per page, as the reference of API v1 and v2 states them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

V1 = "/api/v1"
V2 = "/api/v2"


@dataclass(frozen=True)
class Paging:
    """How a list is cut into pages.

    Args:
        marker: where an answer names the next page, as a JSON path.
        parameter: where a request names it.
    """

    marker: str
    parameter: str


V1_PAGES = Paging("additional_data..next_start", "start")
V2_PAGES = Paging("additional_data.next_cursor", "cursor")


class Reading(Enum):
    """How changes are found."""

    UPDATED_SINCE = "the API lists what was changed since a time"
    NEWEST_FIRST = "the API can only sort by time: read until what is older comes"
    WHOLE = "small: read all of it every time"


@dataclass(frozen=True)
class EndPoint:
    """One list of the API.

    Args:
        path: below the company's host.
        cost: tokens per page.
        paging: how it is cut into pages; ``None`` if it is not.
        limit: items per page to ask for; the most that the API takes.
        parameters: besides those of paging and reading.
    """

    path: str
    cost: int
    paging: Paging | None = V2_PAGES
    limit: int = 500
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Resource:
    """One raw table and where it comes from.

    Args:
        table: the raw table.
        end_points: the lists that together hold all of it.
        reading: how changes are found.
        key: the columns that tell versions apart; the first is that of ids, the second that of the version's time. What
            follows may change while the time stays; a state that returns is then landed again, as the newest.
        columns: by field of the API, where the column is named otherwise.
        ignored: fields that are about Pipedrive's screens, or repeat another.
        definitions: the list of field definitions that names its custom fields.
    """

    table: str
    end_points: tuple[EndPoint, ...]
    reading: Reading
    key: tuple[str, ...] = ("id", "update_time")
    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    definitions: EndPoint | None = None

    @property
    def id_column(self) -> str:
        """The column of ids."""
        return self.key[0]

    @property
    def time_column(self) -> str:
        """The column of the version's time."""
        return self.key[1]


# Without a status the list lacks deleted deals; with it, it has those deleted in the last 30 days.
ALL_STATUSES = {"status": "open,won,lost,deleted"}

ME = EndPoint(f"{V1}/users/me", 2, None)

# The reference names no largest page; 100 is what other lists give unasked.
CHANGELOG = EndPoint(f"{V1}/deals/{{id}}/changelog", 20, limit=100)

DEAL_FIELDS = EndPoint(f"{V1}/dealFields", 20, V1_PAGES)

RESOURCES = (
    Resource(
        "fields",
        (DEAL_FIELDS,),
        Reading.WHOLE,
        # Fields that every company has may keep their time, or have none, when an option is added.
        key=("field_key", "update_time", "name", "field_value_options"),
        columns={"key": "field_key", "options": "field_value_options"},
        ignored=frozenset(
            {
                "add_visible_flag",
                "bulk_edit_allowed",
                "details_visible_flag",
                "display_field",
                "filtering_allowed",
                "id_suffix",
                "important_flag",
                "index_visible_flag",
                "is_subfield",
                "json_column_flag",
                "link",
                "parent_id",
                "pipeline_ids",
                "projects_detail_visible_flag",
                "searchable_flag",
                "show_in_pipelines",
                "sortable_flag",
                "subfields",
                "use_field",
            }
        ),
    ),
    Resource(
        "users",
        (EndPoint(f"{V1}/users", 20, None),),
        Reading.WHOLE,
        key=("id", "modified", "name", "email", "active_flag"),
    ),
    Resource(
        "activity_types",
        (EndPoint(f"{V1}/activityTypes", 20, None),),
        Reading.WHOLE,
        columns={"key_string": "type", "active_flag": "active"},
    ),
    Resource(
        "pipelines", (EndPoint(f"{V2}/pipelines", 5),), Reading.WHOLE, ignored=frozenset({"is_selected"})
    ),
    Resource(
        "stages",
        (EndPoint(f"{V2}/stages", 5),),
        Reading.WHOLE,
        key=("stage_id", "update_time"),
        columns={"id": "stage_id", "name": "stage_name"},
    ),
    Resource(
        "products",
        (EndPoint(f"{V2}/products", 10),),
        Reading.NEWEST_FIRST,
        definitions=EndPoint(f"{V1}/productFields", 20, V1_PAGES),
    ),
    Resource(
        "organizations",
        (EndPoint(f"{V2}/organizations", 10),),
        Reading.UPDATED_SINCE,
        definitions=EndPoint(f"{V1}/organizationFields", 20, V1_PAGES),
    ),
    Resource(
        "persons",
        (EndPoint(f"{V2}/persons", 10),),
        Reading.UPDATED_SINCE,
        definitions=EndPoint(f"{V1}/personFields", 20, V1_PAGES),
    ),
    Resource(
        "deals",
        (
            EndPoint(f"{V2}/deals", 10, parameters=ALL_STATUSES),
            EndPoint(f"{V2}/deals/archived", 20, parameters=ALL_STATUSES),
        ),
        Reading.UPDATED_SINCE,
        # It is not documented that a deal's time changes when it is deleted or archived.
        key=("id", "update_time", "is_deleted", "is_archived"),
        definitions=DEAL_FIELDS,
    ),
    Resource(
        "activity",
        (EndPoint(f"{V2}/activities", 10),),
        Reading.UPDATED_SINCE,
        key=("activity_id", "update_time"),
        columns={"id": "activity_id", "owner_id": "assigned_to_user"},
    ),
)
"""By the order in which they are read. What the changelogs need comes before them, and they, the dearest, at last."""
