"""The command line."""

import click


@click.group()
def main() -> None:
    """A CRM warehouse: from Salesforce, Pipedrive and licence files to tested marts."""
