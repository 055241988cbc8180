"""The one error that users meet: what went wrong, where, and what to do, in one line."""


class LeadhouseError(Exception):
    """An error whose message is meant for the user; the command line prints it without a traceback.

    Args:
        message: one line.
        exit_code: the process's exit status.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
