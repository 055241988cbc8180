"""Salesforce over its REST API and Bulk API 2.0.

- ``signin``, ``client``, ``errors``: calls, and what their answers mean
- ``describe``, ``soql``, ``values``: which fields, the queries' text, one form for every value
- ``reading``, ``windows``, ``bulk``: what has changed since the last run
- ``deleted``: what no query shows any more
- ``progress``: how far an object has been read
"""

from extract.api.salesforce.organisation import Organisation, connect

__all__ = ["Organisation", "connect"]
