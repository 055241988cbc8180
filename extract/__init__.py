"""Sources to raw tables."""

from extract import facilities, pipedrive, salesforce

TABLES = pipedrive.TABLES + salesforce.TABLES + facilities.TABLES
"""Every raw table of every source."""
