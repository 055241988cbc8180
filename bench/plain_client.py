"""Download all leads by Bulk API 2.0 with simple-salesforce and nothing around it: what extraction is measured by."""

import os
import sys
from pathlib import Path

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.bulk2 import SFBulk2Type

from extract.salesforce import OBJECTS


def download(folder: Path) -> None:
    """Write the results as CSV files into a folder."""
    session = requests.Session()
    session.trust_env, session.verify = False, os.environ["LEADHOUSE_CA_FILE"]
    url = os.environ["SALESFORCE_URL"]
    token = session.post(
        f"{url}/services/oauth2/token",
        data={
            "grant_type": "client_credentials",
            "client_id": os.environ["SALESFORCE_CLIENT_ID"],
            "client_secret": os.environ["SALESFORCE_CLIENT_SECRET"],
        },
    ).json()
    client = Salesforce(instance_url=url, session_id=token["access_token"], session=session, version="66.0")
    lead = next(sobject for sobject in OBJECTS if sobject.name == "Lead")
    fields = ", ".join(field.name for field in lead.fields)
    SFBulk2Type("Lead", client.bulk2_url, client.headers, session).download(
        f"select {fields} from Lead", str(folder)
    )


if __name__ == "__main__":
    download(Path(sys.argv[1]))
