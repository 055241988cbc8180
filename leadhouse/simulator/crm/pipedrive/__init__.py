"""The stand-in for Pipedrive: a company's data, how they change, and API v1 and v2 over them.

- ``company``, ``fields``, ``deals``: what there is at first
- ``acts``, ``changelog``: what happens, and what deals' changelogs say of it
- ``store``: all of it in one file, with what clients have seen
- ``site``, ``questions``, ``answers``, ``limits``: the protocol
"""

from leadhouse.simulator.crm.pipedrive.site import PipedriveSite

__all__ = ["PipedriveSite"]
