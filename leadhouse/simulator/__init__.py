"""Invented sources in the formats of the real ones, for the demo, the tests and the benchmarks.

Every number comes from the seed: the same options give the same bytes on any machine. Every person is invented.

- ``draws``, ``months``: chance and the calendar
- ``words``, ``people``, ``places``, ``business_names``: what things are called
- ``pipedrive``: the one CRM
- ``laws``, ``leads``, ``lead_lives``, ``customers``, ``activities``: what is true in the other, who the leads are, and
  what becomes of them and of accounts
- ``salesforce``, ``salesforce_rows``: the exports that show it at the end of a month
- ``sites``, ``nevada``, ``oklahoma``, ``texas``, ``register``: licensed facilities, month by month
- ``files``, ``plan``, ``commands``: bytes, what to write where, and the command line
- ``crm``: both CRMs as servers, with data that change as time goes on
"""
