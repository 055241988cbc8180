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
# # Scores and churn
#
# Which leads are promising, how healthy the pipeline is, which accounts may leave, and what customers are like: from
# the **published tables** alone, the state of the last build whose tests all passed. What each figure means is said
# once, in the descriptions of its columns (`make docs`). Amounts are in the org's currency.

# %%
from textwrap import shorten

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from IPython.display import Markdown, display
from matplotlib.ticker import EngFormatter

from leadhouse.config import load_settings
from leadhouse.reading import open_published

sns.set_theme(style="whitegrid", palette="colorblind", context="notebook")
plt.rcParams.update({"figure.dpi": 110, "axes.titleweight": "bold", "axes.titlelocation": "left"})

FEW = 30
"""What rests on fewer than so many is grey."""
GREY = "0.55"
AMOUNT = EngFormatter(places=1, sep="")
PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}

published = open_published(load_settings())


def say(sentence: str) -> None:
    """Tell in words what cannot be drawn."""
    display(Markdown(f"*{sentence}*"))


# %% [markdown]
# ## How do leads score?

# %%
PRIORITIES = {"Low": "0.75", "Medium": "#56b4e9", "High": "#0173b2", "Critical": "#d55e00"}
PARTS = ["size", "engagement", "industry", "budget", "recency", "email"]

leads = published.query("select * from published.lead_scores")
if leads.empty:
    say("There is no lead of Salesforce to score.")
else:
    fig, axis = plt.subplots(figsize=(10, 4))
    sns.histplot(
        leads,
        x="lead_score",
        hue="priority",
        hue_order=list(PRIORITIES),
        palette=PRIORITIES,
        bins=range(0, 102, 2),
        multiple="stack",
        alpha=1,
        linewidth=0.3,
        ax=axis,
    )
    axis.set(title="Leads by their score", xlabel="Score (0 to 100)", ylabel="Leads", xlim=(0, 100))
    sns.move_legend(axis, "upper left", bbox_to_anchor=(1, 1), frameon=False, title="Priority")
    plt.show()

# %% [markdown]
# A bar counts the leads with that score, converted ones too; colours are the priorities. A score without a spread sorts
# nobody: then the weights (seed `lead_score_weights`), or the fields that are empty, are worth a look.

# %% [markdown]
# ## What are the scores made of?

# %%
if leads.empty:
    say("There is no lead of Salesforce to score.")
else:
    by_priority = leads.groupby("priority")
    counts = by_priority.size().reindex(list(PRIORITIES)).dropna()
    parts = by_priority[[f"{part}_part" for part in PARTS]].mean().reindex(counts.index).astype(float)
    parts.columns = PARTS
    parts.index = [f"{priority}  (n = {n:,.0f})" for priority, n in counts.items()]
    fig, axis = plt.subplots(figsize=(9, 1.4 + 0.55 * len(parts)))
    sns.heatmap(
        parts,
        cmap="Blues",
        vmin=0,
        vmax=1,
        annot=True,
        fmt=".2f",
        linewidths=0.5,
        cbar_kws={"label": "Mean of the part"},
        ax=axis,
    )
    for label, n in zip(axis.get_yticklabels(), counts, strict=True):
        label.set_color(GREY if n < FEW else "black")
    axis.set(
        title="The six parts of the score, by priority", xlabel="Part (0 to 1, before its weight)", ylabel=""
    )
    axis.tick_params(axis="y", rotation=0)
    plt.show()

# %% [markdown]
# A column that is pale from top to bottom is a part in which all leads are weak, or a field that nobody fills in; one
# that darkens towards the higher priorities tells leads apart. Priorities of fewer than 30 leads are grey.

# %% [markdown]
# ## What would raise them most?

# %%
open_leads = leads[~leads["is_converted"].astype(bool)]
if open_leads.empty:
    say("There is no lead that is not converted.")
else:
    raising = open_leads.groupby(["part_to_raise", "priority"]).size().unstack(fill_value=0)
    raising = raising.reindex(columns=list(PRIORITIES), fill_value=0).loc[
        raising.sum(axis=1).sort_values().index
    ]
    fig, axis = plt.subplots(figsize=(10, 1.3 + 0.45 * len(raising)))
    raising.plot.barh(stacked=True, width=0.75, linewidth=0, color=PRIORITIES, ax=axis)
    axis.bar_label(axis.containers[-1], [f"{count:,}" for count in raising.sum(axis=1)], padding=4)
    axis.set(
        title="The part with most still to be gained", xlabel="Leads that are not converted", ylabel="Part"
    )
    axis.set_xlim(0, 1.1 * raising.sum(axis=1).max())
    axis.grid(axis="y", visible=False)
    axis.legend(title="Priority", loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    plt.show()

# %% [markdown]
# Each lead counts once, at the part that would raise its score most. *Engagement*, *recency* and *email* are for sales
# and marketing to raise; *size*, *industry* and *budget* are what a business is, or what nobody has asked it yet.

# %% [markdown]
# ## Are leads of higher scores converted more often?

# %%
if leads.empty:
    say("There is no lead of Salesforce to score.")
else:
    bands = leads.groupby((leads["lead_score"].clip(upper=99.9) // 10 * 10).astype(int))["is_converted"]
    bands = bands.agg(["size", "mean"]).astype(float)
    fig, axis = plt.subplots(figsize=(10, 4))
    bars = axis.bar(
        bands.index + 5,
        100 * bands["mean"],
        width=9,
        color=[GREY if n < FEW else "C0" for n in bands["size"]],
    )
    axis.bar_label(
        bars,
        [f"{row.mean:.0%}\nof {row.size:,.0f}" for row in bands.itertuples()],
        padding=2,
        size=9,
        bbox=PLATE,
    )
    axis.axhline(
        100 * leads["is_converted"].mean(), color="black", linestyle="--", linewidth=1, label="all leads"
    )
    axis.set(title="Leads that have been converted", xlabel="Score", ylabel="Share (%)", xlim=(0, 100))
    axis.set_xticks(range(0, 101, 10))
    axis.margins(y=0.15)
    axis.grid(axis="x", visible=False)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    plt.show()

# %% [markdown]
# Bars that rise from left to right say that the score is worth following; the dashed line is the share of all leads,
# and bars of fewer than 30 leads are grey. The score is that of today, after the conversion: to see what was known
# before, there is the probability.

# %% [markdown]
# ## How likely are the open ones converted?

# %%
likely = leads.dropna(subset=["conversion_probability"])
if likely.empty:
    say("Nobody has a probability yet; `leadhouse score` learns them, and the next build brings them here.")
else:
    outlook = published.query("select * from published.lead_status_outlook").set_index("status")
    statuses = likely.groupby("lead_status")["conversion_probability"].agg(["size", "mean"]).astype(float)
    statuses = statuses.join(outlook[["pipeline_order", "chance_converted", "n"]]).sort_values(
        "pipeline_order"
    )
    fig, (left, right) = plt.subplots(1, 2, figsize=(12, 1.8 + 0.36 * len(statuses)), layout="constrained")
    sns.histplot(
        x=100 * likely["conversion_probability"].astype(float), binwidth=5, binrange=(0, 100), ax=left
    )
    left.set(
        title="Open leads by their probability", xlabel="Probability (%)", ylabel="Open leads", xlim=(0, 100)
    )
    places = range(len(statuses))
    right.hlines(
        places, 100 * statuses["mean"], 100 * statuses["chance_converted"].astype(float), color="0.7"
    )
    right.scatter(
        100 * statuses["mean"], places, s=55, label="mean probability of the leads there now", zorder=3
    )
    right.scatter(
        100 * statuses["chance_converted"].astype(float),
        places,
        s=55,
        marker="D",
        color=[GREY if not n >= FEW else "C1" for n in statuses["n"]],
        label="chance in the end, by the moves of past leads",
        zorder=3,
    )
    right.set_yticks(places, [f"{row.Index}  (n = {row.size:,.0f})" for row in statuses.itertuples()])
    right.set(title="Beside what has become of such leads", xlabel="Converted (%)", xlim=(0, 100))
    right.invert_yaxis()
    fig.legend(loc="outside lower center", frameon=False, ncols=2)
    plt.show()

# %% [markdown]
# Left: many leads at both edges are a model that tells leads apart, all in the middle one that hardly does. Right: for
# each status the mean probability of the *n* leads that stand there, and how likely past leads were converted in the
# end once they had come there (grey: fewer than 30 moves). A probability covers only the days that `leadhouse score`
# looks ahead, for leads that have not moved on yet, so it may well lie below; but both should rank the statuses alike.
# How well probabilities came true is in the model's card, and in `analyses/conversion_calibration.sql`.

# %% [markdown]
# ## How healthy is the pipeline?

# %%
HEALTH = {
    "coverage_part": "Coverage of the quota",
    "distribution_part": "Share in late stages",
    "win_rate_part": "Win rate",
    "velocity_part": "Velocity",
}

health = published.query("select * from published.pipeline_health order by as_of_date")
known = health.dropna(subset=["health_score"])
if known.empty:
    say("There is no opportunity, so the pipeline has no score.")
else:
    latest = known.iloc[-1]
    fig, (left, right) = plt.subplots(1, 2, figsize=(12, 3.4), width_ratios=[3, 2], layout="constrained")
    points = 25 * latest[list(HEALTH)].astype(float)
    left.barh(list(HEALTH.values()), [25] * len(HEALTH), color="0.92", height=0.6)
    bars = left.barh(list(HEALTH.values()), points, color="C0", height=0.6)
    left.bar_label(bars, [f"{value:.1f}" for value in points], padding=4)
    left.set(
        title=f"{latest['health_score']:.1f} of 100 ({latest['rating']}), {latest['as_of_date']:%d %b %Y}",
        xlabel="Points (of 25 each)",
        xlim=(0, 28),
    )
    left.invert_yaxis()
    left.grid(axis="y", visible=False)
    right.plot(known["as_of_date"], known["health_score"].astype(float), "o-", markersize=4)
    for threshold, rating in ((75, "Excellent"), (55, "Good"), (35, "Fair"), (0, "Poor")):
        right.axhline(threshold, color="0.7", linewidth=0.8)
        right.text(1.01, threshold + 1, rating, transform=right.get_yaxis_transform(), size=9, color="0.35")
    right.set(title="Day by day", xlabel="Day of the build (UTC)", ylabel="Health", ylim=(0, 100))
    right.grid(visible=False)
    days = [known["as_of_date"].iloc[place] for place in sorted({0, len(known) // 2, len(known) - 1})]
    right.set_xticks(days, [f"{day:%d %b %y}" for day in days])
    plt.show()
    say(latest["recommendations"] or "Nothing stands out.")

# %% [markdown]
# Left: the four parts, each beside the 25 points that it could have; the shortest bar is where most is to be gained.
# Right: one point per day that was built, between the thresholds of the ratings. Below: what to do about what stands
# out.

# %% [markdown]
# ## What will come of it?

# %%
FORECASTS = ["commit", "most_likely", "best_case", "pipeline", "omitted", "closed", "other"]

funnel = published.query("select * from published.pipeline_funnel order by stage_order")
if known.empty or funnel.empty:
    say("There is no opportunity to forecast from.")
else:
    amounts = latest[[f"{name}_amount" for name in FORECASTS]].astype(float)
    amounts.index = [name.replace("_", " ").capitalize() for name in FORECASTS]
    amounts = amounts[amounts > 0]
    fig, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    bars = axes[0].barh(amounts.index, amounts, color="C0", height=0.65)
    axes[0].bar_label(bars, [AMOUNT(amount) for amount in amounts], padding=3, size=9)
    axes[0].axvline(
        float(latest["weighted_amount"]), color="black", linestyle="--", label="weighted, all open"
    )
    axes[0].set(title="Open, by forecast category", xlabel="Amount", ylabel="")
    axes[0].legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), frameon=False)
    for axis, column, title in (
        (axes[1], "opportunity_count", "Opportunities"),
        (axes[2], "amount", "Amount"),
    ):
        values = funnel[column].astype(float)
        colors = {"Closed Won": "C2", "Closed Lost": "C1"}
        bars = axis.barh(
            funnel["stage_group"],
            values,
            height=0.65,
            color=[colors.get(group, "C0") for group in funnel["stage_group"]],
        )
        labels = [f"{value:,.0f}" if column == "opportunity_count" else AMOUNT(value) for value in values]
        axis.bar_label(bars, labels, padding=3, size=9)
        axis.set(title=f"{title} by stage", xlabel=title, ylabel="")
    axes[2].set_yticklabels([])
    for axis in axes:
        axis.invert_yaxis()
        axis.margins(x=0.2)
        axis.xaxis.set_major_formatter(EngFormatter(sep=""))
        axis.grid(axis="y", visible=False)
    plt.show()

# %% [markdown]
# Left: what is open, by how sure its owners are; the dashed line is all of it, each times its probability. Middle and
# right: where all opportunities stand, open ones in blue, won ones in green, lost ones in orange. The latter are of all
# years, so they outgrow what is open.

# %% [markdown]
# ## Which accounts may leave, and what would that cost?

# %%
LEVELS = {"High": "#d55e00", "Medium": "#de8f05", "Low": "0.75"}

accounts = published.query("select * from published.churn_risk order by risk_rank, revenue_at_risk desc")
if accounts.empty:
    say("There is no account of Salesforce.")
else:
    fig, axes = plt.subplots(1, 3, figsize=(13, 3.8), width_ratios=[3, 2, 2], layout="constrained")
    sns.histplot(
        accounts,
        x="churn_risk",
        hue="risk_level",
        hue_order=list(LEVELS),
        palette=LEVELS,
        bins=[step / 20 for step in range(21)],
        multiple="stack",
        alpha=1,
        linewidth=0.3,
        ax=axes[0],
    )
    axes[0].set(title="Accounts by their risk", xlabel="Risk (0 to 1)", ylabel="Accounts", xlim=(0, 1))
    axes[0].get_legend().set_title("Level")
    levels = accounts.groupby("risk_level").agg(n=("account_id", "size"), revenue=("revenue_at_risk", "sum"))
    levels = levels.reindex(list(LEVELS), fill_value=0).astype(float)
    for axis, column, title in ((axes[1], "n", "Accounts"), (axes[2], "revenue", "Revenue at risk")):
        bars = axis.bar(levels.index, levels[column], color=list(LEVELS.values()), width=0.7)
        labels = [f"{value:,.0f}" if column == "n" else AMOUNT(value) for value in levels[column]]
        axis.bar_label(bars, labels, padding=2)
        axis.set(title=f"{title} by level", xlabel="Level", ylabel=title)
        axis.yaxis.set_major_formatter(EngFormatter(sep=""))
        axis.margins(y=0.12)
        axis.grid(axis="x", visible=False)
    plt.show()

# %% [markdown]
# The right panel is what counts: what the accounts of a level have bought so far. Many accounts of a high level with
# little revenue matter less than a few with much.

# %%
factors = (
    accounts.assign(factor=accounts["risk_factors"].str.split(", "))
    .explode("factor")
    .dropna(subset=["factor"])
)
if factors.empty:
    say("No factor stands out at any account.")
else:
    found = factors.groupby(["factor", "risk_level"]).size().unstack(fill_value=0)
    found = found.reindex(columns=list(LEVELS), fill_value=0).loc[found.sum(axis=1).sort_values().index]
    fig, axis = plt.subplots(figsize=(10, 1.3 + 0.45 * len(found)))
    found.plot.barh(stacked=True, width=0.75, linewidth=0, color=LEVELS, ax=axis)
    axis.bar_label(axis.containers[-1], [f"{count:,}" for count in found.sum(axis=1)], padding=4)
    axis.set(title="What stands out at the accounts", xlabel="Accounts", ylabel="")
    axis.set_xlim(0, 1.1 * found.sum(axis=1).max())
    axis.grid(axis="y", visible=False)
    axis.legend(title="Level", loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    plt.show()

# %% [markdown]
# An account counts at each factor that it shows, so the bars add up to more than there are accounts. And those with
# most to lose, of levels high and medium:

# %%
at_risk = accounts[(accounts["risk_level"] != "Low") & (accounts["revenue_at_risk"] > 0)]
if at_risk.empty:
    say("No account with revenue is at high or medium risk.")
else:
    columns = ["account_name", "industry", "churn_risk", "risk_level", "risk_factors", "revenue_at_risk"]
    board = at_risk.sort_values(["revenue_at_risk", "account_id"], ascending=[False, True])[columns].head(10)
    board.columns = [column.replace("_", " ") for column in columns]
    display(
        board.style.hide(axis="index")
        .format({"churn risk": "{:.3f}", "revenue at risk": "{:,.0f}"}, na_rep="")
        .bar(subset=["revenue at risk"], color="#f3c9a5", vmin=0)
    )

# %% [markdown]
# ## What are customers like?

# %%
QUALITIES = {"hot": "#d55e00", "warm": "#de8f05", "cool": "#56b4e9", "cold": "0.7"}

customers = published.query("select * from published.customer_features").astype({"total_revenue": float})
if customers.empty:
    say("There is no customer, neither of Salesforce nor of another CRM's exports.")
else:
    fig, (left, right) = plt.subplots(1, 2, figsize=(12, 4.4), width_ratios=[3, 2], layout="constrained")
    sns.scatterplot(
        customers,
        x="engagement_score",
        y="total_revenue",
        hue="lead_quality",
        hue_order=list(QUALITIES),
        palette=QUALITIES,
        alpha=0.8,
        s=30,
        ax=left,
    )
    left.set(
        title="Revenue and engagement",
        xlim=(-0.2, 10.2),
        xlabel="Engagement score (0 to 10)",
        ylabel="Revenue of won deals",
    )
    left.yaxis.set_major_formatter(EngFormatter(sep=""))
    left.legend(title="Quality", loc="best")
    top = published.query("select * from published.top_customers order by revenue_rank").head(12)
    names = [
        f"{row.revenue_rank}  {shorten(row.customer_name or row.customer_id, 30, placeholder=' …')}"
        for row in top.itertuples()
    ]
    bars = right.barh(
        names,
        top["total_revenue"].astype(float),
        height=0.72,
        color=[QUALITIES[q] for q in top["lead_quality"]],
    )
    right.bar_label(bars, [AMOUNT(float(revenue)) for revenue in top["total_revenue"]], padding=3, size=9)
    right.set(title="The largest customers", xlabel="Revenue of won deals")
    right.xaxis.set_major_formatter(EngFormatter(sep=""))
    right.margins(x=0.2)
    right.invert_yaxis()
    right.grid(axis="y", visible=False)
    plt.show()

# %% [markdown]
# A point is a customer, its colour the quality of the customer's own score. Who is high up on the left has bought much,
# and talks with them go badly or have stopped: the first to look at. Right: the twelve with most revenue, in the same
# colours.

# %% [markdown]
# ## Which channels reach them?

# %%
channels = published.query(
    "select * from published.channel_performance order by interaction_count desc, channel"
)
if channels.empty:
    say("No interaction has been landed.")
else:
    fig, axes = plt.subplots(
        1, 4, figsize=(13, 1.6 + 0.45 * len(channels)), sharey=True, layout="constrained"
    )
    for axis, column, title, unit, form in zip(
        axes,
        ("interaction_count", "conversion_rate", "mean_deal_value", "mean_response_hours"),
        ("Interactions", "Won of closed deals", "Value of a deal", "Time to a response"),
        ("Interactions", "Share (%)", "Mean amount", "Hours, on average"),
        ("{:,.0f}", "{:.1f}", "{:,.0f}", "{:,.1f}"),
        strict=True,
    ):
        values = channels[column].astype(float) * (100 if column == "conversion_rate" else 1)
        few = channels["customer_count"] < FEW
        bars = axis.barh(
            channels["channel"], values.fillna(0), height=0.65, color=few.map({True: GREY, False: "C0"})
        )
        axis.bar_label(
            bars,
            ["not known" if pd.isna(value) else form.format(value) for value in values],
            padding=3,
            size=9,
        )
        axis.set(title=title, xlabel=unit)
        axis.margins(x=0.28)
        axis.grid(axis="y", visible=False)
        axis.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes[0].invert_yaxis()
    plt.show()

# %% [markdown]
# Deals count for every channel by which their customer was ever reached, so channels that reach the same customers look
# alike, and a difference says who is reached by a channel, not what the channel does. Channels with fewer than 30
# customers are grey; where nobody knows which messages came in and which went out, no response can be told.

# %%
published.close()
