"""Pipedrive's raw tables, as its exports name them."""

from extract.tables import Table, optional, required

TABLES = (
    Table(
        "pipedrive",
        "deal_changes",
        (
            required("deal_id"),
            required("change_time"),
            required("changed_field_key", "field_key"),
            required("new_value"),
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
        ),
        ("activities",),
    ),
    Table(
        "pipedrive",
        "activity_types",
        (required("id"), required("name"), optional("active", "active_flag"), required("type", "key_string")),
    ),
    Table("pipedrive", "stages", (required("stage_id"), required("stage_name"))),
    Table(
        "pipedrive",
        "users",
        (required("id", "user_id"), required("name"), optional("email"), optional("modified")),
    ),
    Table(
        "pipedrive",
        "fields",
        (
            required("id"),
            required("field_key", "key"),
            optional("name"),
            required("field_value_options", "options"),
        ),
    ),
)
