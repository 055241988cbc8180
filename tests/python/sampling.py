"""What samples should show of known chances, and how well scores tell what comes true."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

MOST_ERRORS = 4
"""Standard errors that a figure may differ from what it should be. The seeds of the tests are fixed."""


def auc(scores: Iterable[tuple[float, bool]]) -> float:
    """How likely one that comes true has a higher score than one that does not."""
    ordered = sorted(scores)
    ranks: dict[float, list[int]] = defaultdict(list)
    for rank, (score, _) in enumerate(ordered, start=1):
        ranks[score].append(rank)
    mean = {score: sum(places) / len(places) for score, places in ranks.items()}
    true = sum(outcome for _, outcome in ordered)
    total = sum(mean[score] for score, outcome in ordered if outcome)
    return (total - true * (true + 1) / 2) / (true * (len(ordered) - true))


def assert_expected(count: int, chances: Sequence[float]) -> None:
    """So many of the draws with these chances came true, give or take the sampling error."""
    error = math.sqrt(sum(chance * (1 - chance) for chance in chances))
    assert abs(count - sum(chances)) <= MOST_ERRORS * error + 1
