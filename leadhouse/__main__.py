"""``python -m leadhouse``."""

from leadhouse.cli import main

main()
