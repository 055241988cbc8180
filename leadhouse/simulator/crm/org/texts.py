"""What people type: mostly plain, now and then with all that breaks careless readers of CSV, JSON and SQL.

Salesforce removes blanks around a text and keeps no empty one, but leaves a no-break space, and line ends as they came.
"""

from leadhouse.simulator.draws import Draws

NOTES = (
    "Left a voicemail; will try again next week.",
    "Interested in the parent app. Wants to see billing first.",
    "Director is on leave until the end of the month",
    "Uses paper sign-in sheets today.",
    "Asked for references nearby.",
    "Two sites, one shared office.",
    "Budget is decided in the spring.",
)
AWKWARD_NOTES = (
    'Said "call me back", then hung up, twice.\r\nSecond try: no answer',
    "Line one\nline two\n\nline four, after an empty one",
    "Enrollment: 42\tCapacity: 60\tStaff: 9",
    "Quote \u201cas is\u201d \u2013 caf\u00e9 r\u00e9sum\u00e9, \u00a312.50 \u2026 \U0001f423",
    "\u5712\u9577\u3055\u3093\u306b\u96fb\u8a71\u3059\u308b\u3053\u3068\u3002\r\n\u660e\u65e5\u306e\u5348\u5f8c",
    "SELECT Id FROM Lead WHERE Name = 'O\\'Brien' -- typed by somebody curious",
    '=HYPERLINK("http://www.example.com","prices")',
    "NULL",
    "#N/A",
    "\\N",
    '""',
    "ends with a backslash \\",
    "e\u0301 is not \u00e9, and \u200bthis begins with nothing",
    ",,;\t,",
    "\u00a0\u00a0between no-break spaces\u00a0",
    "<p>Pasted from a <b>mail</b> &amp; never cleaned</p>",
    "\u0645\u0631\u062d\u0628\u0627 (asked for material in Arabic)",
)
"""Nothing in them but what may stand in a note."""


def note(draws: Draws) -> str:
    """A remark of a sentence or so, or one of the awkward kind; seldom a very long one."""
    if draws.chance(0.02):
        return "\r\n".join(f"{place}. {draws.pick(NOTES)}" for place in range(1, 80))
    return draws.pick(AWKWARD_NOTES) if draws.chance(0.3) else draws.pick(NOTES)


def now_and_then_a_note(draws: Draws, share: float) -> str | None:
    """A note in this share of the draws."""
    return note(draws) if draws.chance(share) else None


def mistyped(draws: Draws, name: str) -> str:
    """A business's name with what gets into such names."""
    form = draws.pick(
        (
            '{0} "The Original"',
            '"{0}"',
            "{0}, Inc., d/b/a {0}",
            "Cr\u00e8che {0}",
            "{0} \u2013 Ni\u00f1os & Ni\u00f1as",
            "\u00a0{0}",
            "{0}\u00a0",
            "{0} (\u307b\u3044\u304f\u3048\u3093)",
            "{0}  -  2nd site",
            "{0}; ex-Stra\u00dfe 5",
            "'{0}'",
            "{0} \U0001f31f",
        )
    )
    return form.format(name)


def with_suite(draws: Draws, street: str) -> str:
    """A street on two lines."""
    line_end, unit = draws.pick(("\r\n", "\n")), draws.pick(("Suite", "Bldg", "#"))
    return f"{street}{line_end}{unit} {draws.between(1, 40)}"
