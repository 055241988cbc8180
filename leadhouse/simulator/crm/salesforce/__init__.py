"""Salesforce's protocol over a synthetic org: sign-in, REST, SOQL, Bulk API 2.0.

- ``site``: which request goes where; ``sign_in``, ``limits``: who may ask, and how often
- ``soql``, ``selection``: a query's text, and the SQL that answers it
- ``store``, ``values``: the records, and their values in each of the API's forms
- ``describe``, ``queries``, ``replication``, ``records``: metadata, reading, what was deleted, writing
- ``jobs``, ``bulk_query``, ``bulk_ingest``: Bulk API 2.0
"""

from leadhouse.simulator.crm.salesforce.limits import Limits
from leadhouse.simulator.crm.salesforce.sign_in import Credentials
from leadhouse.simulator.crm.salesforce.site import SalesforceSite

__all__ = ["Credentials", "Limits", "SalesforceSite"]
