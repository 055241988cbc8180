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
# # What the models say
#
# The funnel, the sales reps, the deals and the facilities, from the **published tables** alone: the same that a BI
# tool reads, the state of the last build whose tests all passed.

# %%
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from leadhouse.config import load_settings
from leadhouse.errors import LeadhouseError
from leadhouse.reading import open_published

sns.set_theme(style="whitegrid", palette="colorblind", context="notebook")
plt.rcParams.update({"figure.dpi": 110, "axes.titleweight": "bold", "axes.titlelocation": "left"})

published = open_published(load_settings())

# %% [markdown]
# ## The funnel
#
# A deal enters a step once, at its first event for it. `funnel_step` is text; its order is that of the numbers in it,
# with `Lost` at the end. The sub-steps 2.1 and 3.1 are sales calls, which hang on the stage before them: a deal may
# have one or not.

# %%
funnel = published.query("select * from published.rep_sales_funnel_monthly")
if funnel.empty:
    raise LeadhouseError("the funnel is empty; land Pipedrive's export and run 'leadhouse build' first")
funnel["position"] = pd.to_numeric(funnel["funnel_step"], errors="coerce")
funnel["step"] = funnel["funnel_step"].where(funnel["position"].notna(), "") + " " + funnel["kpi_name"]
funnel["step"] = funnel["step"].str.strip()
funnel = funnel.sort_values(["position", "month"], na_position="last")
STEPS = list(funnel["step"].unique())

totals = funnel.groupby("step", sort=False).agg(
    deals=("deals_count", "sum"), funnel_step=("funnel_step", "first")
)
totals["kind"] = "stage"
totals.loc[totals["funnel_step"].str.contains(".", regex=False), "kind"] = "sales call"
totals.loc[~totals["funnel_step"].str[:1].str.isdigit(), "kind"] = "lost"

fig, axis = plt.subplots(figsize=(10, 5))
sns.barplot(
    totals.reset_index(),
    x="deals",
    y="step",
    order=STEPS,
    hue="kind",
    hue_order=["stage", "sales call", "lost"],
    palette=["C0", "C2", "C3"],
    dodge=False,
    ax=axis,
)
for bars in axis.containers:
    axis.bar_label(bars, fmt="{:,.0f}", padding=4)
axis.set(title="Deals that ever entered a step", xlabel="Deals", ylabel="")
axis.margins(x=0.1)
axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
plt.show()

# %% [markdown]
# A bar may be longer than the one above it: deals skip stages, and a deal can be older than the log. What a stage
# keeps of the stage before it is `retention_pct`, here over all months together.

# %%
stages = totals[totals["kind"] == "stage"].copy()
stages["kept"] = 100 * stages["deals"] / stages["deals"].shift()
stages[["deals", "kept"]].style.format({"deals": "{:,.0f}", "kept": "{:.0f} %"}, na_rep="").bar(
    subset=["kept"], color="#bcd7ec", vmin=0, vmax=100
)

# %% [markdown]
# ### Month by month
#
# Each cell counts the deals that entered the step in the month. Down a column are not the same deals: who entered a
# late step in a month was created months before. The first months of the log therefore look thin at the bottom, and
# the last month ends with the export.


# %%
def by_month(column: str) -> pd.DataFrame:
    """Steps in their order down, months to the right."""
    table = funnel.pivot_table(index="step", columns="month", values=column, dropna=False).reindex(STEPS)
    table.columns = [f"{month:%b %y}" for month in table.columns]
    return table.astype(float)


months = funnel["month"].nunique()
width = max(7, 2.5 + 0.42 * months)
fig, axis = plt.subplots(figsize=(width, 5))
sns.heatmap(
    by_month("deals_count"),
    cmap="Blues",
    annot=months <= 26,
    fmt=".0f",
    annot_kws={"size": 8},
    linewidths=0.5,
    cbar_kws={"label": "Deals"},
    ax=axis,
)
axis.set(title="Deals that entered a step, by month", xlabel="Month (UTC)", ylabel="")
plt.show()

# %% [markdown]
# What each stage kept of the stage before it, in the same month. Beyond 100 % a backlog moved on; the axis ends at
# 200 %, so that a month with few deals does not flatten the rest. The sales calls show the share of their stage's
# deals that have the call at any time: falling at the right end only means that the call is yet to come.

# %%
kept = funnel[funnel["retention_pct"].notna() & (funnel["position"] <= 5)].copy()
grid = sns.relplot(
    kept,
    x="month",
    y="retention_pct",
    col="step",
    col_order=[step for step in STEPS if step in set(kept["step"])],
    col_wrap=3,
    kind="line",
    height=2.4,
    aspect=1.5,
    linewidth=2,
)
grid.refline(y=100, color="0.4", linestyle="-", linewidth=1)
grid.set(ylim=(0, 200)).set_titles("{col_name}", loc="left", weight="bold", size=11)
grid.set_axis_labels("Month (UTC)", "Kept (%)").tick_params(axis="x", rotation=45, labelsize=9)
plt.show()

# %% [markdown]
# ## Deals
#
# How do deals end, how long do they take, and why are they lost?

# %%
deals = published.query("select * from published.fct_deals")
deals["status"].value_counts().rename("deals").to_frame().assign(
    share=lambda table: (table["deals"] / table["deals"].sum()).map("{:.1%}".format)
)

# %%
reasons = deals.loc[deals["status"] == "lost", "lost_reason"].fillna("(none given)").value_counts().head(10)
fig, (left, right) = plt.subplots(1, 2, figsize=(12, 4.2), width_ratios=[3, 2])
sns.histplot(
    deals.dropna(subset=["days_to_close"]),
    x="days_to_close",
    hue="status",
    multiple="stack",
    bins=30,
    ax=left,
)
left.set(title="Time from creation to closing", xlabel="Days", ylabel="Closed deals")
sns.barplot(x=reasons.to_numpy(), y=reasons.index, color="C3", ax=right)
right.set(title="Reasons of losses", xlabel="Lost deals", ylabel="")
fig.tight_layout()
plt.show()

# %% [markdown]
# ## Sales reps
#
# Who makes the calls, and what comes of it? Names are masked; the number tells persons of one mask apart. What
# happened to a deal counts for who owned it then, an activity for whom it is assigned to.

# %%
performance = published.query("select * from published.rep_sales_rep_performance_monthly")
reps = performance.groupby(["sales_rep_id", "sales_rep_label"], as_index=False).agg(
    active_months=("month", "nunique"),
    deal_months=("deals_worked", "sum"),
    sales_call_1=("sales_call_1_count", "sum"),
    sales_call_2=("sales_call_2_count", "sum"),
    other=("other_activities_count", "sum"),
    planned=("activities_planned", "sum"),
    won=("deals_won", "sum"),
    lost=("deals_lost", "sum"),
)
reps["completed"] = reps[["sales_call_1", "sales_call_2", "other"]].sum(axis=1)
reps["sales_calls"] = reps["sales_call_1"] + reps["sales_call_2"]
reps = reps.sort_values(["sales_calls", "completed", "sales_rep_id"], ascending=[False, False, True])

board = reps.head(20).set_index("sales_rep_label")
parts = {"sales_call_1": "Sales call 1", "sales_call_2": "Sales call 2", "other": "Other activities"}
fig, axis = plt.subplots(figsize=(10, 6.5))
board[list(parts)].rename(columns=parts).iloc[::-1].plot.barh(
    stacked=True, width=0.78, ax=axis, linewidth=0, color=["C0", "C2", "0.8"]
)
axis.set(title="The 20 reps with most sales calls", xlabel="Completed activities, all months", ylabel="")
axis.grid(axis="y", visible=False)
axis.legend(title="", loc="lower right")
plt.show()

# %%
columns = ["active_months", "sales_calls", "completed", "planned", "deal_months", "won", "lost"]
table = board[columns].head(10)
table.style.format(precision=0, thousands=",").bar(subset=["sales_calls"], color="#bcd7ec", vmin=0)

# %% [markdown]
# `deal_months` adds up the deals worked in each month; a deal worked on in three months counts three times. Beside
# the leaders: how do all reps spread?

# %%
fig, axis = plt.subplots(figsize=(10, 4.5))
sns.scatterplot(
    reps.rename(columns={"lost": "Deals lost", "active_months": "Active months"}),
    x="deal_months",
    y="completed",
    size="Deals lost",
    sizes=(20, 260),
    hue="Active months",
    palette="crest",
    alpha=0.8,
    ax=axis,
)
axis.set(
    title="Effort and load of each rep",
    xlabel="Deals worked (deal-months)",
    ylabel="Completed activities",
)
axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
plt.show()

# %% [markdown]
# A point is a rep; a large one lost many deals, a dark one was active in many months. Reps far below the others work
# on many deals with few activities: their deals move without anybody noting why, or are handed on.
#
# ## Facilities
#
# The licensed child-care sites that stand in the latest list of their state.

# %%
facilities = published.query("""
    select
        places.state_name,
        coalesce(facilities.facility_type, '(unknown)') as facility_type,
        places.county,
        facilities.is_license_current,
        facilities.capacity
    from published.dim_facility as facilities
    inner join published.dim_geography as places on facilities.geography_key = places.geography_key
    where facilities.is_listed
""")
if facilities.empty:
    print("No licence file has been landed.")
else:
    kinds = facilities.groupby(["state_name", "facility_type"], as_index=False).size()
    fig, axis = plt.subplots(figsize=(10, 4.5))
    sns.barplot(kinds, x="size", y="facility_type", hue="state_name", ax=axis)
    axis.set(title="Listed facilities by kind", xlabel="Facilities", ylabel="")
    axis.legend(title="State", loc="lower right")
    plt.show()

# %%
facilities.groupby("state_name").agg(
    facilities=("facility_type", "size"),
    counties=("county", "nunique"),
    current=("is_license_current", "sum"),
    capacity_known=("capacity", "count"),
    median_capacity=("capacity", "median"),
).style.format(precision=0, thousands=",", na_rep="not told")

# %% [markdown]
# `current` counts the licences that are active and not expired as of the last build. A state that does not tell the
# capacity shows none.

# %%
published.close()
