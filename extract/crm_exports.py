"""Exports of any other CRM: customers, what was talked with them, their deals and the products, one raw table each."""

from extract.tables import Table, optional, required

TABLES = (
    Table(
        "crm_exports",
        "customers",
        (
            required("customer_id"),
            required("customer_name"),
            optional("industry"),
            optional("country"),
            optional("city"),
            optional("employee_count"),
            optional("annual_revenue"),
            optional("account_manager"),
            optional("created_at"),
        ),
    ),
    Table(
        "crm_exports",
        "interactions",
        (
            required("interaction_id"),
            required("customer_id"),
            required("channel"),
            required("interaction_date"),
            optional("interaction_time_minutes"),
            required("outcome"),
            optional("direction"),
            optional("notes"),
        ),
    ),
    Table(
        "crm_exports",
        "deals",
        (
            required("lead_id", "deal_id"),
            required("customer_id"),
            optional("lead_name", "contact_name"),
            optional("email"),
            optional("phone"),
            optional("company"),
            required("deal_value"),
            required("status"),
            optional("created_at"),
            optional("updated_at"),
            optional("source"),
        ),
        ("leads",),
    ),
    Table(
        "crm_exports",
        "products",
        (
            required("product_id"),
            required("product_name"),
            optional("category"),
            optional("base_price"),
            optional("currency"),
            optional("launch_date"),
        ),
    ),
)
"""The raw tables; the deals come as ``leads.csv`` or ``deals.csv``."""
