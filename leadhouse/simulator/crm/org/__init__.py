"""The synthetic Salesforce org: what its objects look like, its records, and how they change as time goes on.

- ``metadata``, ``ids``: objects and fields, record ids
- ``texts``: what people type
- ``books``: all records at one moment, and what can be done to them
- ``first_leads``, ``sales``, ``service``: leads by the million, and the deeds of sales people
- ``beginning``, ``happenings``, ``org``: the years until the start, what may happen from then on, and the whole

Leads and opportunities go from status to status as ``leadhouse.simulator.laws`` says, as in the simulated files.
When they go is a matter of this org, which tries all that can happen to records rather than what sells: it converts any
open lead, whatever is known of it, and nobody leaves for a reason. To look for what makes leads convert or customers
leave, take the files.
"""

from leadhouse.simulator.crm.org.books import Change, Record, Value
from leadhouse.simulator.crm.org.metadata import OBJECTS, Field, SObject
from leadhouse.simulator.crm.org.org import Org

__all__ = ["OBJECTS", "Change", "Field", "Org", "Record", "SObject", "Value"]
