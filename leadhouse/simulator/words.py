"""Word lists as plain text."""


def words(text: str) -> list[str]:
    """Split at white space."""
    return text.split()


def phrases(text: str) -> list[str]:
    """Split at commas; a phrase may hold blanks."""
    return [" ".join(phrase.split()) for phrase in text.split(",")]
