"""Pipedrive's raw tables, as its exports name them; what only its API brings is optional."""

from extract.tables import Column, Table, optional, required


def _optional(*names: str) -> tuple[Column, ...]:
    return tuple(optional(name) for name in names)


TABLES = (
    Table(
        "pipedrive",
        "deal_changes",
        (
            required("deal_id"),
            required("change_time"),
            required("changed_field_key", "field_key"),
            required("new_value"),
            *_optional("old_value", "change_key", "actor_user_id", "change_source"),
        ),
    ),
    Table(
        "pipedrive",
        "activity",
        (
            required("activity_id"),
            required("type", "activity_type"),
            required("assigned_to_user", "assigned_to_user_id"),
            required("deal_id"),
            required("done"),
            required("due_to", "due_at"),
            *_optional("subject", "creator_user_id", "lead_id", "person_id", "org_id", "project_id"),
            *_optional("due_date", "due_time", "duration", "marked_as_done_time", "busy", "location"),
            *_optional("participants", "attendees", "conference_meeting_client", "conference_meeting_url"),
            *_optional("conference_meeting_id", "public_description", "priority", "outcome", "note"),
            *_optional("add_time", "update_time", "is_deleted"),
        ),
        ("activities",),
    ),
    Table(
        "pipedrive",
        "activity_types",
        (
            required("id"),
            required("name"),
            optional("active", "active_flag"),
            required("type", "key_string"),
            *_optional("icon_key", "color", "order_nr", "is_custom_flag"),
            *_optional("add_time", "update_time", "is_deleted"),
        ),
    ),
    Table(
        "pipedrive",
        "stages",
        (
            required("stage_id"),
            required("stage_name"),
            *_optional(
                "pipeline_id", "order_nr", "deal_probability", "is_deal_rot_enabled", "days_to_rotten"
            ),
            *_optional("add_time", "update_time", "is_deleted"),
        ),
    ),
    Table(
        "pipedrive",
        "users",
        (
            required("id", "user_id"),
            required("name"),
            optional("email"),
            optional("modified"),
            *_optional("phone", "default_currency", "locale", "lang", "role_id", "timezone_name"),
            *_optional("timezone_offset", "access", "activated", "active_flag", "has_created_company"),
            *_optional("icon_url", "is_you", "last_login", "created", "is_deleted"),
        ),
    ),
    Table(
        "pipedrive",
        "fields",
        (
            required("id"),
            required("field_key", "key"),
            optional("name"),
            required("field_value_options", "options"),
            *_optional("options_deleted", "field_type", "order_nr", "active_flag", "edit_flag"),
            *_optional("mandatory_flag", "created_by_user_id", "last_updated_by_user_id"),
            *_optional("add_time", "update_time", "is_deleted"),
        ),
    ),
    Table(
        "pipedrive",
        "pipelines",
        (
            required("id"),
            required("name"),
            *_optional("order_nr", "is_deal_probability_enabled", "add_time", "update_time", "is_deleted"),
        ),
    ),
    Table(
        "pipedrive",
        "deals",
        (
            required("id"),
            *_optional("title", "creator_user_id", "owner_id", "person_id", "org_id", "pipeline_id"),
            *_optional("stage_id", "value", "currency", "status", "probability", "lost_reason"),
            *_optional("label_ids", "visible_to", "origin", "origin_id", "channel", "channel_id"),
            *_optional("acv", "arr", "mrr", "stage_change_time", "won_time", "lost_time", "close_time"),
            *_optional("local_won_date", "local_lost_date", "local_close_date", "expected_close_date"),
            *_optional("archive_time", "is_archived", "add_time", "update_time", "is_deleted"),
        ),
    ),
    Table(
        "pipedrive",
        "persons",
        (
            required("id"),
            *_optional("name", "first_name", "last_name", "owner_id", "org_id", "emails", "phones"),
            *_optional("label_ids", "visible_to", "picture_id", "job_title", "birthday", "notes", "im"),
            *_optional("postal_address", "add_time", "update_time", "is_deleted"),
        ),
    ),
    Table(
        "pipedrive",
        "organizations",
        (
            required("id"),
            *_optional("name", "owner_id", "address", "label_ids", "visible_to", "website", "linkedin"),
            *_optional(
                "industry", "annual_revenue", "employee_count", "add_time", "update_time", "is_deleted"
            ),
        ),
    ),
    Table(
        "pipedrive",
        "products",
        (
            required("id"),
            *_optional("name", "code", "description", "unit", "tax", "category", "owner_id", "prices"),
            *_optional("is_linkable", "visible_to", "billing_frequency", "billing_frequency_cycles"),
            *_optional("add_time", "update_time", "is_deleted"),
        ),
    ),
)

NEWEST_DEALS = (
    "select id, coalesce(update_time, add_time) as version, add_time, owner_id, stage_id,"
    " coalesce(is_deleted, '') = 'true' or coalesce(status, '') = 'deleted' as is_gone from ("
    "select *, row_number() over (partition by id order by update_time desc nulls last, _row_number desc) as _age"
    " from raw_pipedrive.deals) as versions where _age = 1 and coalesce(update_time, add_time) is not null"
)
"""A query for every deal's newest version, and whether that is deleted.

The deal's changelog is still to be read where its checkpoint is of another version.
"""
