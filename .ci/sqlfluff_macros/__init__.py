"""Stand-ins for dbt's macros in sqlfluff: the call of a macro becomes the call of an SQL function of that name.

sqlfluff then checks what people wrote, not what a macro makes of it, and needs neither a warehouse nor dbt's packages.
"""

import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

QUERIES = {"best_links_to_places", "date_spine", "weights_by_part"}
"""Macros that give a query without brackets."""

TABLE_EXPRESSIONS = {
    "connected_components": ["components"],
    "matrix_powers": ["powers", "visits"],
    "moves_in_order": ["moves_in_order"],
}
"""Macros that give common table expressions: the last of them, which select from their first argument."""

MAPPINGS = {"golden_attributes": {"business_name": ["business_name"], "address": ["street", "city"]}}
"""Macros that give no SQL but what models loop over: an example."""

Macro = Callable[..., str]


def _stand_in(name: str) -> Macro:
    def call(*arguments: object, **_: object) -> str:
        subject = arguments[0] if arguments else ""
        if name in TABLE_EXPRESSIONS:
            return ",\n\n".join(
                f"{result} as (\n\n    select * from {subject}\n\n)" for result in TABLE_EXPRESSIONS[name]
            )
        if subject == "case":
            subject = '"case"'  # an object of Salesforce, and a word of SQL
        called = f"{name}({', '.join(map(str, subject)) if isinstance(subject, list) else subject})"
        return f"select {called} as result" if name in QUERIES else called

    return call


class Package:
    """The macros of a package."""

    def __getattr__(self, name: str) -> Macro:
        """A stand-in for any macro; those called ``type_…`` give a type."""
        return (lambda *_: "text") if name.startswith("type_") else _stand_in(name)


dbt = Package()
dbt_utils = Package()

for _path in (ROOT / "macros").rglob("*.sql"):
    for _name in re.findall(r"{%-?\s*macro\s+(\w+)", _path.read_text()):
        globals()[_name] = _stand_in(_name)

for _name, _mapping in MAPPINGS.items():
    globals()[_name] = lambda mapping=_mapping: mapping
