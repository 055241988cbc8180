"""Small words for what people are told."""


def counted(number: int, thing: str) -> str:
    """A number of things: ``1 call``, ``1,200 calls``."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
