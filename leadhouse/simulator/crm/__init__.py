"""Stand-ins for the CRMs' APIs: HTTPS on loopback, stateful, with a clock that can be advanced and faults on demand.

- ``server``, ``certificate``: requests and answers, over TLS
- ``clock``, ``faults``, ``control``: time, what goes wrong, and ``/simulator``, where a person turns both
- ``org``: what a Salesforce org holds and how it changes
- ``salesforce``, ``pipedrive``: the two protocols
"""
