"""The three models, simplest first, how they are trained and calibrated, and when the better one is better."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

BASE_RATE, LOGISTIC, BOOSTING = "base rate", "logistic regression", "gradient boosting"
KINDS = (BASE_RATE, LOGISTIC, BOOSTING)

MOST_ROUNDS = 300
"""Trees of gradient boosting at most; the validation months tell how many are best."""

RARE = 20
"""A text that fewer examples have is one of the rare ones, taken together."""

MOST_TEXTS = 50
"""Texts of a feature that are told apart."""

CERTAINTY = 2.0
"""Standard errors by which the better model must be better."""


@dataclass(frozen=True)
class Sample:
    """Examples of a span of months.

    Args:
        features: one row per observation.
        outcome: 1 where it happened within the horizon, else 0.
        record: whose observation it is.
    """

    features: pd.DataFrame
    outcome: np.ndarray[Any, np.dtype[np.int64]]
    record: pd.Series


@dataclass(frozen=True)
class Figures:
    """How good probabilities are.

    Args:
        auc: chance that of two observations the one that came true has the higher probability; 0.5 is none.
        brier: mean squared error; the smaller, the better.
        log_loss: mean logarithmic loss; the smaller, the better.
        mean_probability: what was predicted on average.
        share: what came true.
    """

    auc: float
    brier: float
    log_loss: float
    mean_probability: float
    share: float


@dataclass(frozen=True)
class Fitted:
    """A trained and calibrated model.

    Args:
        kind: one of `KINDS`.
        estimator: scikit-learn's.
        rounds: trees of gradient boosting.
    """

    kind: str
    estimator: Any
    rounds: int

    def probabilities(self, features: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The chance of each observation, 0 to 1."""
        chances: np.ndarray[Any, np.dtype[np.float64]] = self.estimator.predict_proba(features)[:, 1]
        return chances


def fit(kind: str, train: Sample, calibration: Sample, seed: int, rounds: int | None = None) -> Fitted:
    """Train a model, and bring its probabilities in line with what came true in later months.

    Args:
        kind: one of `KINDS`.
        train: what to learn from.
        calibration: later months.
        seed: for what is drawn.
        rounds: trees of gradient boosting; as many as the calibration's months are predicted best with, if not given.
    """
    if kind == BASE_RATE:
        constant = DummyClassifier(strategy="prior").fit(calibration.features, calibration.outcome)
        return Fitted(kind, constant, 0)
    if kind == BOOSTING and rounds is None:
        rounds = _best_rounds(_boosting(train, seed, MOST_ROUNDS), train, calibration)
    pipeline = _boosting(train, seed, rounds or 0) if kind == BOOSTING else _logistic(train, seed)
    pipeline.fit(train.features, train.outcome)
    calibrated = CalibratedClassifierCV(FrozenEstimator(pipeline), method="sigmoid")
    calibrated.fit(calibration.features, calibration.outcome)
    return Fitted(kind, calibrated, rounds or 0)


def measure(outcome: np.ndarray[Any, Any], chances: np.ndarray[Any, Any]) -> Figures:
    """How good these chances of these outcomes were."""
    return Figures(
        auc=float(roc_auc_score(outcome, chances)),
        brier=float(brier_score_loss(outcome, chances)),
        log_loss=float(log_loss(outcome, chances)),
        mean_probability=float(np.mean(chances)),
        share=float(np.mean(outcome)),
    )


def choose(models: Sequence[Fitted], test: Sample) -> Fitted:
    """The best of some models, simplest first: a later one only if it beats the best before it.

    It does if its AUC is higher, its log loss and Brier score are lower, and the latter not just by chance: by
    `CERTAINTY` standard errors of the difference, where all observations of one record count as one.
    """
    chosen = models[0]
    for model in models[1:]:
        if beats(model.probabilities(test.features), chosen.probabilities(test.features), test):
            chosen = model
    return chosen


def beats(better: np.ndarray[Any, Any], simpler: np.ndarray[Any, Any], test: Sample) -> bool:
    """Whether one set of chances is better than that of a simpler model; see `choose`."""
    of_better, of_simpler = measure(test.outcome, better), measure(test.outcome, simpler)
    gain = (simpler - test.outcome) ** 2 - (better - test.outcome) ** 2
    by_record = pd.Series(gain).groupby(test.record.to_numpy()).sum()
    error = float(by_record.std(ddof=1)) * np.sqrt(len(by_record))
    return bool(
        of_better.auc > of_simpler.auc
        and of_better.log_loss < of_simpler.log_loss
        and float(by_record.sum()) > CERTAINTY * error
    )


def texts_and_numbers(features: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The names of the features that are texts, and of those that are numbers and not always missing."""
    texts = [str(name) for name in features if not pd.api.types.is_numeric_dtype(features[name])]
    numbers = [str(name) for name in features if name not in texts and features[name].notna().any()]
    return texts, numbers


def codes_for_texts() -> OrdinalEncoder:
    """Texts as numbers; rare ones are one, missing and unknown ones are missing."""
    return OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
        min_frequency=RARE,
        max_categories=MOST_TEXTS,
    )


def _boosting(train: Sample, seed: int, rounds: int) -> Pipeline:
    texts, numbers = texts_and_numbers(train.features)
    return make_pipeline(
        ColumnTransformer([("texts", codes_for_texts(), texts), ("numbers", "passthrough", numbers)]),
        HistGradientBoostingClassifier(
            categorical_features=list(range(len(texts))) or None,
            # early stopping would hold back examples by chance, and not by time
            early_stopping=False,
            l2_regularization=1.0,
            learning_rate=0.05,
            max_iter=rounds,
            max_leaf_nodes=15,
            min_samples_leaf=50,
            random_state=seed,
        ),
    )


def _best_rounds(pipeline: Pipeline, train: Sample, calibration: Sample) -> int:
    pipeline.fit(train.features, train.outcome)
    prepared = pipeline[:-1].transform(calibration.features)
    losses = [
        log_loss(calibration.outcome, chances[:, 1])
        for chances in pipeline[-1].staged_predict_proba(prepared)
    ]
    return int(np.argmin(losses)) + 1


def _logistic(train: Sample, seed: int) -> Pipeline:
    texts, numbers = texts_and_numbers(train.features)
    one_column_each = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="?", keep_empty_features=True),
        OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE, max_categories=MOST_TEXTS),
    )
    even_numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        FunctionTransformer(_logarithm),
        StandardScaler(),
    )
    return make_pipeline(
        ColumnTransformer([("texts", one_column_each, texts), ("numbers", even_numbers, numbers)]),
        LogisticRegression(max_iter=1000, random_state=seed),
    )


def _logarithm(values: Any) -> Any:
    """Counts, amounts and days spread over orders of magnitude."""
    return np.sign(values) * np.log1p(np.abs(values))
