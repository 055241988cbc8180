# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How leads move
#
# From status to status, how surely, how fast, and where to in the end: from the **published tables** alone, the state
# of the last build whose tests all passed. What each figure means is said once, in the descriptions of its columns
# (`make docs`).
#
# A share of few moves is shown like any other, but **in grey**: it may well be chance.

# %%
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from IPython.display import Markdown, display
from matplotlib.patches import Rectangle

from leadhouse.config import load_settings
from leadhouse.reading import open_published

sns.set_theme(style="whitegrid", palette="colorblind", context="notebook")
plt.rcParams.update({"figure.dpi": 110, "axes.titleweight": "bold", "axes.titlelocation": "left"})

FEW = 30
"""Moves out of a status of which there are fewer are grey."""
GREY = "0.55"

settings = load_settings()
pictures = settings.home / "notebooks"
pictures.mkdir(exist_ok=True)
published = open_published(settings)

# the order of the pipeline; statuses that the seed does not know come last, by name
outlook = published.query("select * from published.lead_status_outlook").sort_values(
    ["pipeline_order", "status"], na_position="last"
)
STATUSES = list(outlook["status"])


def say(sentence: str) -> None:
    """Tell in words what cannot be drawn."""
    display(Markdown(f"*{sentence}*"))


def numbered(status: str, n: float) -> str:
    """A status, with how many moves out of it are known."""
    return f"{status}  (n = {n:,.0f})"


def grey_few(axis: plt.Axes, counts: pd.Series) -> None:
    """Grey the names of statuses that were left seldom."""
    for label, n in zip(axis.get_yticklabels(), counts, strict=True):
        label.set_color(GREY if n < FEW else "black")


# %% [markdown]
# ## Where do leads go from each status?

# %%
moves = published.query("select * from published.lead_status_transition_probs")
if moves.empty:
    say("No lead has moved yet, or no history and no second version of the leads has been landed.")
else:
    n = moves.groupby("from_status")["from_count"].first().reindex(STATUSES).dropna()
    table = moves.pivot(index="from_status", columns="to_status", values="probability")
    table = table.reindex(index=n.index, columns=STATUSES).astype(float)
    moves["text"] = [f"{row.probability:.0%}\n{row.count:,}" for row in moves.itertuples(index=False)]
    texts = moves.pivot(index="from_status", columns="to_status", values="text")
    texts = texts.reindex_like(table).astype(object).fillna("")

    fig, axis = plt.subplots(figsize=(3.5 + 0.7 * len(STATUSES), 1.8 + 0.52 * len(n)), layout="constrained")
    few = pd.DataFrame(dict.fromkeys(table, n < FEW))
    for cmap, hidden, bar in (("Blues", few, True), ("Greys", ~few, False)):
        if hidden.all(axis=None):
            continue
        sns.heatmap(
            table,
            mask=hidden | table.isna(),
            annot=texts,
            fmt="",
            annot_kws={"size": 8} if bar else {"size": 8, "color": "0.4"},
            cmap=cmap,
            vmin=0,
            vmax=1 if bar else 4,
            linewidths=0.5,
            linecolor="0.93",
            cbar=bar,
            cbar_kws={"label": "Share of the moves out of the status", "shrink": 0.7},
            ax=axis,
        )
    for row, status in enumerate(n.index):
        axis.add_patch(Rectangle((STATUSES.index(status), row), 1, 1, facecolor="0.93", edgecolor="white"))
    axis.set(
        title="Share and number of moves from a status (row) to another (column)",
        xlabel="To",
        ylabel="From (moves out of it)",
    )
    axis.set_yticks([row + 0.5 for row in range(len(n))], [numbered(*row) for row in n.items()])
    grey_few(axis, n)
    axis.grid(visible=False)
    plt.setp(axis.get_xticklabels(), rotation=45, ha="right", rotation_mode="anchor")
    picture = pictures / "lead_status_transitions.png"
    fig.savefig(picture, dpi=150)
    plt.show()
    say(f"Saved as `{picture.name}` in the folder `notebooks` of `LEADHOUSE_HOME`.")

# %% [markdown]
# Read a row from left to right: of all moves out of its status, the upper number is the share that led to the status
# of the column, the lower one how many those were; a row adds up to 100 %. Rows and columns stand in the order of the
# pipeline: right of the light field, which is the status itself, leads go forward, left of it they go back. A row with
# fewer than 30 moves is grey.

# %% [markdown]
# ## Are the goals met?

# %%
kpis = published.query("select * from published.lead_status_kpis order by kpi")
if kpis["n"].sum() == 0:
    say("No lead has left any of the statuses that the goals are about.")
else:
    met = kpis["is_met"].map({True: "met", False: "missed"}).fillna("nobody knows yet")
    colors = [
        GREY if row.n < FEW else {True: "C0", False: "C1"}.get(row.is_met, GREY) for row in kpis.itertuples()
    ]
    fig, axis = plt.subplots(figsize=(10, 1.3 + 0.75 * len(kpis)))
    axis.barh(kpis["kpi"], 100 * kpis["value"].astype(float).fillna(0), height=0.55, color=colors)
    for place, row in enumerate(kpis.itertuples()):
        axis.plot([100 * row.goal] * 2, [place - 0.38, place + 0.38], color="black", linewidth=2.5)
        value = "no moves" if pd.isna(row.value) else f"{row.value:.0%} of {row.n:,}"
        axis.text(
            102,
            place,
            f"{value}, goal {row.comparison} {row.goal:.0%}: {met.iloc[place]}",
            va="center",
            color=GREY if row.n < FEW else "black",
        )
    axis.set(
        title="Shares of moves beside their goals", xlabel="Share of the moves out of the first status (%)"
    )
    axis.set(xlim=(0, 100))
    axis.invert_yaxis()
    axis.grid(axis="y", visible=False)
    plt.show()

# %% [markdown]
# The black line is the goal (seed `kpi_goals`). Where the share should be *at least* the goal the bar has to reach it,
# where it should be *below* it has to end before it; blue bars do, orange ones do not, grey ones rest on fewer than 30
# moves.

# %% [markdown]
# ## What becomes of a lead that stands here now?

# %%
ENDS = {
    "chance_converted": ("Converted", "#0173b2"),
    "chance_closed_won": ("Closed Won", "#56b4e9"),
    "chance_of_no_end": ("No end", "0.88"),
    "chance_closed_lost": ("Closed Lost", "#ece133"),
    "chance_disqualified": ("Disqualified", "#de8f05"),
    "chance_unqualified": ("Unqualified", "#d55e00"),
}
open_statuses = outlook[~outlook["is_end_state"].astype(bool)].iloc[::-1]
names = [numbered(row.status, row.n) for row in open_statuses.itertuples()]
if open_statuses.empty:
    say("No status is known that leads have left or come to.")
else:
    fig, axis = plt.subplots(figsize=(10, 1.8 + 0.4 * len(names)))
    reached = pd.Series(0.0, index=open_statuses.index)
    for column, (end, color) in ENDS.items():
        chance = 100 * open_statuses[column].astype(float)
        bars = axis.barh(names, chance, left=reached, height=0.72, color=color, label=end)
        labels = [f"{width:.0f}" if width >= 6 else "" for width in chance]
        axis.bar_label(
            bars, labels, label_type="center", size=8, color="white" if color == "#0173b2" else "black"
        )
        reached += chance
    axis.plot(
        100 * open_statuses["chance_to_visit_qualified"].astype(float),
        names,
        "D",
        color="black",
        markeredgecolor="white",
        markersize=8,
        clip_on=False,
        label="ever Qualified",
    )
    axis.set(title="How likely each end is, by status", xlabel="Chance (%)", ylabel="", xlim=(0, 100))
    axis.grid(axis="y", visible=False)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    grey_few(axis, open_statuses["n"])
    plt.show()

# %% [markdown]
# A bar adds up to 100 %: where leads of that status end if leads go on to move as they have so far. Blue ends are wins,
# yellow to red ones are not; *No end* is the chance to stay at a status that nobody has left, or to go round for ever.
# The diamond is the chance to come by *Qualified*, now or later. It compares statuses; it is no promise for one lead.

# %% [markdown]
# ## How long does it take?

# %%
if open_statuses.empty:
    say("Nothing is known about how long leads stay.")
else:
    fig, axes = plt.subplots(1, 3, figsize=(12, 1.6 + 0.4 * len(names)), sharey=True, layout="constrained")
    for axis, column, title, unit in zip(
        axes,
        ("mean_days", "expected_days", "expected_moves"),
        ("One stay", "Until an end", "Until an end"),
        ("Days", "Days", "Moves"),
        strict=True,
    ):
        values = open_statuses[column].astype(float)
        colors = [GREY if n < FEW else "C0" for n in open_statuses["n"]]
        bars = axis.barh(names, values.fillna(0), height=0.68, color=colors)
        axis.bar_label(
            bars,
            ["not known" if pd.isna(value) else f"{value:,.1f}" for value in values],
            padding=3,
            size=9,
        )
        axis.set(title=title, xlabel=f"{unit}, on average")
        axis.margins(x=0.2)
        axis.grid(axis="y", visible=False)
    grey_few(axes[0], open_statuses["n"])
    plt.show()

# %% [markdown]
# Left: how many days a lead stays before it moves on, each time that it comes to the status. Middle and right: how many
# days and moves lie before a lead that has come there, until it ends. All are means, so a few leads that lay for years
# weigh heavily. *Not known* stands where an end is not certain or nobody knows how long leads stayed.

# %% [markdown]
# ## How much happens, and when?

# %%
GROUPS = {
    "new_count": ("new", "#56b4e9"),
    "contacted_count": ("contacted", "#0173b2"),
    "nurturing_count": ("nurturing", "#cc78bc"),
    "qualified_count": ("qualified", "#029e73"),
    "unqualified_count": ("unqualified", "#de8f05"),
    "other_count": ("other", "0.75"),
}
UNITS = [
    (60, "day", "D", "%d %b %y"),
    (400, "week", "W-MON", "%d %b %y"),
    (2000, "month", "MS", "%b %y"),
    (0, "year", "YS", "%Y"),
]
"""What a bar stands for: up to so many days in all, its name, pandas' name of it, how a date of it is written."""

metrics = published.query("select * from published.lead_metrics order by metric_timestamp")
if metrics.empty:
    say("No lead has been modified yet.")
else:
    hourly = metrics.set_index("metric_timestamp").astype(float)
    days = (hourly.index.max() - hourly.index.min()).days + 1
    unit, step, label = next((unit for most, *unit in UNITS if days <= most), UNITS[-1][1:])
    periods = hourly.resample(step, label="left", closed="left").sum()
    fig, axis = plt.subplots(figsize=(10, 4.2))
    below = pd.Series(0.0, index=periods.index)
    for column, (group, color) in GROUPS.items():
        axis.bar(range(len(periods)), periods[column], 0.85, below, color=color, label=group, linewidth=0)
        below += periods[column]
    axis.plot(
        range(len(periods)),
        periods["is_converted_count"],
        color="black",
        marker="o",
        markersize=3,
        linewidth=1.2,
        label="converted",
    )
    every = max(1, len(periods) // 12)
    axis.set_xticks(
        range(0, len(periods), every),
        [f"{start:{label}}" for start in periods.index[::every]],
        rotation=45,
        ha="right",
    )
    axis.set(
        title=f"Versions of leads by the {unit} of their modification",
        xlabel=f"{unit.capitalize()} (UTC)",
        ylabel="Lead versions",
    )
    axis.grid(axis="x", visible=False)
    axis.legend(title="Status group", loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    plt.show()

# %% [markdown]
# A bar counts the versions of leads that were modified then, by the group of the status that they had; the line counts
# those that were converted, whatever their status. Of files only the newest version of a month is known, so that a lead
# shows where it was touched last.

# %%
if not metrics.empty:
    counted = hourly[list(GROUPS)].sum(axis=1)
    clock = counted.groupby([counted.index.day_of_week, counted.index.hour]).sum().unstack()
    clock = clock.reindex(index=range(7), columns=range(24)).fillna(0)
    clock.index = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    fig, axis = plt.subplots(figsize=(10, 3.4))
    sns.heatmap(clock, cmap="Blues", vmin=0, linewidths=0.5, cbar_kws={"label": "Lead versions"}, ax=axis)
    axis.set(title="Hours in which leads are modified", xlabel="Hour (UTC)", ylabel="")
    axis.tick_params(axis="y", rotation=0)
    plt.show()

# %% [markdown]
# A dark field is an hour of the week in which much is modified, by people or by automations; hours are UTC, so shift
# them to where your people work. Evenly dark nights are the mark of automations.

# %%
published.close()
