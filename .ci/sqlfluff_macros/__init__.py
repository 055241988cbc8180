"""Stand-ins for dbt's macros in sqlfluff: the call of a macro becomes the call of an SQL function of that name.

sqlfluff then checks what people wrote, not what a macro makes of it, and needs neither a warehouse nor dbt's packages.
"""

import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

Macro = Callable[..., str]


def _stand_in(name: str) -> Macro:
    def call(*arguments: object, **_: object) -> str:
        subject = arguments[0] if arguments else ""
        return f"{name}({', '.join(map(str, subject)) if isinstance(subject, list) else subject})"

    return call


class Package:
    """The macros of a package."""

    def __getattr__(self, name: str) -> Macro:
        """A stand-in for any macro; the types of ``dbt.type_…`` are types, and a spine is a query."""
        if name.startswith("type_"):
            return lambda *_: "text"
        if name == "date_spine":
            return lambda *_, **__: "select date_spine() as date_day"
        return _stand_in(name)


dbt = Package()
dbt_utils = Package()

for _path in (ROOT / "macros").rglob("*.sql"):
    for _name in re.findall(r"{%-?\s*macro\s+(\w+)", _path.read_text()):
        globals()[_name] = _stand_in(_name)
