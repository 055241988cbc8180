"""What is kept of a run: the model, its card for people, its figures, a calibration plot, and the data behind it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import sklearn
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from leadhouse.score.models import Figures, Fitted
from leadhouse.score.observations import Split
from leadhouse.score.subjects import KNOWN_FROM, Columns, Subject

BINS = 10
"""Groups of about the same size, by probability, in the calibration plot."""

TOP = 10
"""Features that are named."""


@dataclass(frozen=True)
class Report:
    """All there is to say of a run over one subject.

    Args:
        subject: what was scored.
        columns: the columns of its observations.
        run_id: the run.
        horizon_days: the horizon.
        seed: for what is drawn.
        spans: the months.
        figures: on the test months, by kind of model.
        chosen: the kind that is used.
        served: it, trained again on all that is known by now.
        served_until: the last month that it learnt from.
        importance: by how much the AUC falls on the test months if a feature's values are mixed up, with its deviation.
        alone: the AUC of each feature alone.
        calibration: per group, observations, mean probability and share that came true.
        examples: how many observations there are of how many records.
        scored: how many probabilities were written.
    """

    subject: Subject
    columns: Columns
    run_id: str
    horizon_days: int
    seed: int
    spans: Split
    figures: Mapping[str, Figures]
    chosen: str
    served: Fitted
    served_until: pd.Timestamp
    importance: Mapping[str, tuple[float, float]]
    alone: Mapping[str, float]
    calibration: pd.DataFrame
    examples: tuple[int, int]
    scored: int

    @property
    def top(self) -> list[str]:
        """The features that matter most, the first the most."""
        useful = [name for name, (mean, _) in self.importance.items() if mean > 0]
        return sorted(useful, key=lambda name: (-self.importance[name][0], name))[:TOP]


def calibration_table(outcome: np.ndarray[Any, Any], chances: np.ndarray[Any, Any]) -> pd.DataFrame:
    """One row per group of observations of about the same probability: ``count``, ``probability``, ``share``."""
    order = np.argsort(chances, kind="stable")
    groups = [group for group in np.array_split(order, BINS) if len(group)]
    return pd.DataFrame(
        {
            "count": [len(group) for group in groups],
            "probability": [float(chances[group].mean()) for group in groups],
            "share": [float(outcome[group].mean()) for group in groups],
        }
    )


def keep(report: Report, training_data: pd.DataFrame, folder: Path) -> None:
    """Write everything of a run over one subject.

    Args:
        report: all there is to say.
        training_data: the examples, with the span that each belongs to.
        folder: a new folder.
    """
    folder.mkdir(parents=True)
    training_data.to_parquet(folder / "training_data.parquet", index=False)
    joblib.dump(report.served.estimator, folder / "model.joblib")
    (folder / "figures.json").write_text(json.dumps(_figures(report), indent=2) + "\n", encoding="utf-8")
    (folder / "model_card.md").write_text(_card(report), encoding="utf-8")
    _plot(report).savefig(folder / "calibration.png", dpi=110)


def _figures(report: Report) -> dict[str, Any]:
    return {
        "subject": report.subject.name,
        "horizon_days": report.horizon_days,
        "seed": report.seed,
        "chosen": report.chosen,
        "rounds": report.served.rounds,
        "months": {name: [f"{moment:%Y-%m-%d}" for moment in span] for name, span in _spans(report).items()},
        "test": {kind: asdict(figures) for kind, figures in report.figures.items()},
        "importance": {name: report.importance[name][0] for name in report.importance},
        "alone": dict(report.alone),
    }


def _spans(report: Report) -> dict[str, tuple[pd.Timestamp, ...]]:
    return {"train": report.spans.train, "validation": report.spans.validation, "test": report.spans.test}


def _plot(report: Report) -> Figure:
    figure = Figure(figsize=(5.5, 5.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    table = report.calibration
    most = max(table["probability"].max(), table["share"].max()) * 1.1
    error = 2 * np.sqrt(table["share"] * (1 - table["share"]) / table["count"])
    axes.plot([0, most], [0, most], color="0.6", linestyle="--", label="as predicted")
    axes.errorbar(table["probability"], table["share"], yerr=error, fmt="o-", capsize=3, label=report.chosen)
    axes.set(
        xlim=(0, most),
        ylim=(0, most),
        xlabel="mean probability of a tenth of the observations",
        ylabel=f"share that {report.subject.event}, ± 2 standard errors",
        title=f"{report.subject.name.capitalize()}, {_months(report.spans.test)}",
    )
    axes.legend()
    return figure


def _card(report: Report) -> str:
    best = report.figures[report.chosen]
    event, days = report.subject.event, report.horizon_days
    parts = [
        f"# {report.subject.name.capitalize()}: probability {report.subject.aim} within {days} days",
        f"Run `{report.run_id}`, seed {report.seed}, scikit-learn {sklearn.__version__}."
        f" {report.scored:,} probabilities were written by **{report.chosen}**.",
        "## How good it is",
        f"Measured on months that no model had seen, {_months(report.spans.test)}. {best.share:.1%} {event}"
        f" within {days} days; {report.chosen} predicted {best.mean_probability:.1%} on average.",
        _table(
            ["model", "AUC", "Brier score", "log loss"],
            [
                [
                    f"**{kind}**" if kind == report.chosen else kind,
                    f"{figures.auc:.3f}",
                    f"{figures.brier:.4f}",
                    f"{figures.log_loss:.4f}",
                ]
                for kind, figures in report.figures.items()
            ],
        ),
        "AUC: the higher, the better, 0.5 is chance. Brier score and log loss: the lower, the better. A model is used"
        " only where it is better than the simpler one in all three, and surely not by chance.",
        "## Calibration",
        "![Share that came true, by probability](calibration.png)",
        _table(
            ["observations", "mean probability", "came true"],
            [
                [f"{int(row['count']):,}", f"{row['probability']:.1%}", f"{row['share']:.1%}"]
                for row in report.calibration.to_dict("records")
            ],
        ),
        "## What it looks at",
        _importance(report),
        "## Data",
        f"{report.examples[0]:,} observations of {report.examples[1]:,} {report.subject.name} at month starts"
        " (`training_data.parquet`, with the span that each belongs to). The spans are cut by time, and"
        f" {days} days lie between them, so that all outcomes of one were known before the next began: learning"
        f" {_months(report.spans.train)}, calibration {_months(report.spans.validation)}, test"
        f" {_months(report.spans.test)}. What is served was then trained the same way on the months up to"
        f" {report.served_until:%Y-%m} and calibrated on the test months.",
        f"Every feature was known at the moment of its observation, from {_sources(report)}.",
        "## Limits",
        "It learns from what this organisation did in the past; whom it never called looks hopeless to it. It"
        " predicts, it does not say what a call would change. Records unlike any of the past get a chance near the"
        " average. Score again regularly: the figures above are those of its test months and grow old with them.",
    ]
    return "\n\n".join(parts) + "\n"


def _importance(report: Report) -> str:
    if not report.importance:
        return "At nothing: everybody gets the share of the newest months that are known, for nothing predicted better."
    rows = [
        [
            f"`{name}`",
            f"{report.importance[name][0]:.4f} ± {report.importance[name][1]:.4f}",
            f"{report.alone[name]:.3f}" if name in report.alone else "",
            report.columns.features[name],
        ]
        for name in report.top
    ]
    return _table(["feature", "AUC lost when it is shuffled", "AUC alone", "known from"], rows)


def _sources(report: Report) -> str:
    used = [place for place in KNOWN_FROM if place in report.columns.features.values()]
    return "; ".join(f"*{place}*: {KNOWN_FROM[place]}" for place in used)


def _months(span: tuple[pd.Timestamp, ...]) -> str:
    return f"{span[0]:%Y-%m} to {span[-1]:%Y-%m}" if len(span) > 1 else f"{span[0]:%Y-%m}"


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
