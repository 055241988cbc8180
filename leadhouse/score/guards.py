"""The search for leaks in the data: a feature that alone tells the outcome was written after it."""

from sklearn.compose import ColumnTransformer
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from leadhouse.score.models import Sample, codes_for_texts, texts_and_numbers
from leadhouse.score.subjects import LeakError, Subject

TOO_GOOD = 0.95
"""An AUC that no single feature reaches honestly."""


def refuse_leaks(subject: Subject, train: Sample, test: Sample) -> dict[str, float]:
    """Let each feature predict the outcome alone, with a small tree; missing values may tell something too.

    Args:
        subject: what is scored.
        train: what to learn from.
        test: later months.

    Returns:
        Each feature's AUC on the test months; 0.5 is none.

    Raises:
        LeakError: a feature is too good to have been known before.
    """
    texts, numbers = texts_and_numbers(train.features)
    found = {}
    for name in train.features:
        if name not in texts and name not in numbers:
            continue
        step = codes_for_texts() if name in texts else "passthrough"
        tree = make_pipeline(
            ColumnTransformer([("feature", step, [name])]),
            DecisionTreeClassifier(max_leaf_nodes=8, min_samples_leaf=10, random_state=0),
        )
        chances = tree.fit(train.features, train.outcome).predict_proba(test.features)[:, 1]
        found[str(name)] = float(roc_auc_score(test.outcome, chances))
    for name, auc in found.items():
        if auc > TOO_GOOD:
            raise LeakError(
                f"{subject.name}: '{name}' alone predicts which {subject.name} {subject.event}, with an AUC of"
                f" {auc:.3f} (1 is certainty): it seems to have been written afterwards; nothing was scored;"
                f" mend or remove it in {subject.table}"
            )
    return found
