"""Sources to raw tables."""

from extract import crm_exports, facilities, pipedrive, salesforce
from extract.tables import Table

SOURCES: dict[str, tuple[Table, ...]] = {
    "crm_exports": crm_exports.TABLES,
    "facilities": facilities.TABLES,
    "pipedrive": pipedrive.TABLES,
    "salesforce": salesforce.TABLES,
}
"""The raw tables of each source."""

TABLES = tuple(table for tables in SOURCES.values() for table in tables)
"""Every raw table."""
