"""``leadhouse score``: what users type. What it needs beyond the other commands is only loaded when it runs."""

import click

from leadhouse.config import load_settings
from leadhouse.errors import LeadhouseError
from leadhouse.score.subjects import SUBJECTS

EXTRA = {"joblib", "sklearn", "threadpoolctl"}
"""Packages of the optional extra ``score``."""


@click.command()
@click.option(
    "--horizon-days",
    type=click.IntRange(1, 730),
    default=90,
    show_default=True,
    help="Within how many days it must happen. The longer, the more months of the past are needed.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed and data, same model.")
@click.option(
    "--only",
    type=click.Choice(list(SUBJECTS)),
    help="Score only these; both if not given.",
)
def score(horizon_days: int, seed: int, only: str | None) -> None:
    """Learn from past months, and give open leads and customers a probability.

    Of a lead to be converted, of a customer to win a deal. It reads what 'leadhouse build' has built; the next
    'leadhouse build' brings the probabilities into lead_scores and customer_features. The models are kept, each with
    its card, under LEADHOUSE_HOME/models.
    """
    try:
        from leadhouse.score.scoring import score_all  # noqa: PLC0415 - needs an optional extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        raise LeadhouseError(
            f"the package {error.name} is not installed; run 'make setup' in the checkout,"
            " or pip install 'leadhouse[score]'"
        ) from None
    subjects = [SUBJECTS[only]] if only else list(SUBJECTS.values())
    score_all(load_settings(), subjects, horizon_days, seed, click.echo)
