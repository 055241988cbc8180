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
# # What the sources deliver
#
# This notebook looks at the **raw tables**: everything as it came, all text, before any rule is applied. It asks what
# can be relied on, and says for each surprise what the models make of it. It reads a copy of the warehouse (on
# DuckDB) or a read-only session (on Postgres), so it can stay open while Leadhouse works.
#
# The raw tables hold names, phones and e-mail addresses of persons. Everything shown here is a **count or a shape**,
# never a value of one of those.

# %%
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

from leadhouse.config import load_settings
from leadhouse.errors import LeadhouseError
from leadhouse.reading import open_warehouse

sns.set_theme(style="whitegrid", palette="colorblind", context="notebook")
plt.rcParams.update({"figure.dpi": 110, "axes.titleweight": "bold", "axes.titlelocation": "left"})

warehouse = open_warehouse(load_settings())


KEYS = {"activity": "activity_id", "lead": "id"}


def newest(source: str, table: str) -> str:
    """A raw table's rows of its latest delivery; of the versions that an API gave of a record, the last one."""
    key = KEYS.get(table, "_run_id, _row_number")
    return f"""(
        select *
        from (
            select
                *,
                row_number() over (partition by {key}, _period order by _run_id desc, _row_number desc) as version_rank
            from raw_{source}.{table}
            where _period is not distinct from (
                select max(period) from operations.files
                where source_name = '{source}' and table_name = '{table}' and status = 'landed'
            )
        ) as versions
        where _period is not null or version_rank = 1
    ) as {table}"""


def share(part: float, whole: float) -> str:
    """A share for people to read."""
    return f"{part / whole:.1%}" if whole else "none"


# %% [markdown]
# ## Deliveries
#
# An export is the full content of its table for a month. Delivered again with other content, it replaces that month;
# a file that is no readable export is refused whole. Always: rows in the file = rows landed + rows rejected.

# %%
warehouse.query("""
    select
        source_name as source,
        table_name as "table",
        count(distinct case when status = 'landed' then period end) as months,
        max(case when status = 'landed' then period end) as latest_month,
        sum(case when status = 'landed' then rows_landed else 0 end) as rows_landed,
        sum(case when status = 'landed' then rows_rejected else 0 end) as rows_rejected,
        count(case when status = 'replaced' then 1 end) as replaced_files,
        count(case when status = 'refused' then 1 end) as refused_files
    from operations.files
    group by source_name, table_name
    order by source_name, table_name
""").style.hide(axis="index").format(precision=0, thousands=",")

# %% [markdown]
# ## Pipedrive: the log of changes
#
# `deal_changes` is an event log: each row says that one field of one deal got a new value. Four fields matter to the
# funnel: `add_time` (the deal was created), `user_id` (it got an owner), `stage_id` (it moved), `lost_reason` (it was
# lost).

# %%
changes = warehouse.query(f"""
    select
        substr(change_time, 1, 7) as month,
        changed_field_key as field,
        count(*) as changes
    from {newest("pipedrive", "deal_changes")}
    group by 1, 2
    order by 1, 2
""")
if changes.empty:
    raise LeadhouseError("nothing of Pipedrive has been landed; run 'leadhouse extract pipedrive' first")
months = changes.pivot_table(index="month", columns="field", values="changes", aggfunc="sum", fill_value=0)
fig, axis = plt.subplots(figsize=(10, 4))
months.plot.bar(stacked=True, width=0.85, ax=axis, linewidth=0)
axis.set(title="Changes of deals by month", xlabel="Month (UTC)", ylabel="Changes (rows)")
axis.grid(axis="x", visible=False)
axis.set_xticks(axis.get_xticks()[:: max(1, len(months) // 12)])
axis.tick_params(axis="x", rotation=45)
axis.legend(title="Field", loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
plt.show()

# %% [markdown]
# A log begins and ends somewhere: its first months lack what had begun before, its last ones what has not happened
# yet. A report of months should be read with that in mind.
#
# How much happens to one deal?

# %%
deals = warehouse.query(f"""
    select
        deal_id,
        count(case when changed_field_key = 'add_time' then 1 end) as creations,
        count(case when changed_field_key = 'user_id' then 1 end) as owners,
        count(case when changed_field_key = 'stage_id' then 1 end) as stages,
        count(case when changed_field_key = 'lost_reason' then 1 end) as losses
    from {newest("pipedrive", "deal_changes")}
    group by deal_id
""")
names = {"owners": "Changes of owner", "stages": "Changes of stage"}
counts = (
    deals.rename(columns=names)[list(names.values())]
    .melt(var_name="what", value_name="changes")
    .value_counts()
    .rename("deals")
    .reset_index()
)
grid = sns.catplot(
    counts,
    x="changes",
    y="deals",
    col="what",
    kind="bar",
    height=3.4,
    aspect=1.45,
    sharex=False,
    color="C0",
)
grid.set_titles("{col_name} per deal", loc="left", weight="bold").set_axis_labels("Changes per deal", "Deals")
plt.show()

# %% [markdown]
# ### Deals with two lives
#
# A deal should be created once. Some numbers are created twice, with everything after it twice and interleaved, as if
# two deals had got one number. Nothing in the log can tell the two apart, so the models keep them as **one deal**:
# its creation is the first one, and it enters each step of the funnel once, at its first event for it.

# %%
lives = pd.Series(
    {
        "deals in the log": len(deals),
        "created more than once": (deals["creations"] > 1).sum(),
        "never created (the log begins later)": (deals["creations"] == 0).sum(),
        "lost more than once": (deals["losses"] > 1).sum(),
        "not lost (yet)": (deals["losses"] == 0).sum(),
        "without any owner": (deals["owners"] == 0).sum(),
        "without any stage": (deals["stages"] == 0).sum(),
    }
)
pd.DataFrame({"deals": lives, "share": [share(count, len(deals)) for count in lives]})

# %% [markdown]
# Deals that are never lost are open or won; a deal without an owner counts in the funnel, but for no sales rep.
#
# ### Order within an instant
#
# Time has a resolution of a second, and automations change several fields at once. Where two changes of a deal share
# an instant, the models order them by field and then by their place in the file, so that every run gives the same
# answer.

# %%
warehouse.query(f"""
    select
        count(*) as instants_of_a_deal,
        count(case when changes > 1 then 1 end) as with_several_changes,
        count(case when changes > fields then 1 end) as with_one_field_changed_twice
    from (
        select
            deal_id,
            change_time,
            count(*) as changes,
            count(distinct changed_field_key) as fields
        from {newest("pipedrive", "deal_changes")}
        group by deal_id, change_time
    ) as instants
""").style.hide(axis="index").format(thousands=",")

# %% [markdown]
# ## Pipedrive: activities
#
# Calls, meetings and follow-ups, planned or done. Types are typed by people: `SC-2`, `SC_2` and `sc_2` are one type
# in three spellings. The models compare text folded, in lower case with one blank for every run of blanks, dashes and
# underscores.

# %%
activities = warehouse.query(f"""
    select type, done, count(*) as activities
    from {newest("pipedrive", "activity")}
    group by type, done
""")
activities["type"] = activities["type"].replace("", None).fillna("(empty)")
activities["state"] = activities["done"].str.strip().str.lower().map({"true": "done", "false": "planned"})
activities["state"] = activities["state"].fillna("unclear")
by_type = activities.pivot_table(
    index="type", columns="state", values="activities", aggfunc="sum", fill_value=0
)
by_type = by_type.loc[by_type.sum(axis=1).sort_values().index]
fig, axis = plt.subplots(figsize=(10, 0.8 + 0.42 * len(by_type)))
by_type.plot.barh(stacked=True, width=0.75, ax=axis, linewidth=0)
axis.bar_label(axis.containers[-1], labels=[f"{count:,}" for count in by_type.sum(axis=1)], padding=4)
axis.set(title="Activities by type, as typed", xlabel="Activities (rows)", ylabel="Type")
axis.margins(x=0.1)
axis.grid(axis="y", visible=False)
axis.legend(title="State", loc="upper left", bbox_to_anchor=(1.01, 1))
plt.show()

# %% [markdown]
# ### Numbers that name two activities, and deals that nobody knows
#
# `activity_id` looks like a key and is none: some numbers stand for two activities of different deals, persons and
# days. All rows are real, so **nothing is merged**: a row is known by its place in the delivery.
#
# Many activities name a deal of which the log has no change. They count for the sales rep whom they are assigned to,
# and as funnel entries of their deal; they can say nothing about its stages. A `relationships` test warns with their
# number.

# %%
findings = warehouse.query(f"""
    select
        count(*) as activities,
        count(case when copies > 1 then 1 end) as with_a_shared_number,
        count(case when deal_id = '' or deal_id is null then 1 end) as without_a_deal,
        count(case when deal_id <> '' and known.deal is null then 1 end) as of_an_unknown_deal,
        count(case when type = '' or type is null then 1 end) as without_a_type
    from (
        select activity.*, count(*) over (partition by activity_id) as copies
        from {newest("pipedrive", "activity")}
    ) as activities
    left join (
        select distinct deal_id as deal
        from {newest("pipedrive", "deal_changes")}
    ) as known on activities.deal_id = known.deal
""").iloc[0]
pd.DataFrame(
    {"activities": findings, "share": [share(count, findings["activities"]) for count in findings]}
).rename(index=lambda name: name.replace("_", " "))

# %% [markdown]
# ## Salesforce: leads
#
# How much of each field is filled in? What is mostly empty cannot carry a rule.

# %%
columns = [
    name
    for name in warehouse.query("select * from raw_salesforce.lead where false").columns
    if not name.startswith("_")
]
filled = (
    warehouse.query(
        "select "
        + ", ".join(f"avg(case when {name} <> '' then 100.0 else 0.0 end) as {name}" for name in columns)
        + f" from {newest('salesforce', 'lead')}"
    )
    .iloc[0]
    .astype(float)
    .fillna(0)
    .sort_values(ascending=False)
)
fig, axis = plt.subplots(figsize=(10, 8))
sns.barplot(x=filled.to_numpy(), y=filled.index, color="C0", ax=axis)
axis.set(title="Leads with anything in the field", xlabel="Share of leads (%)", ylabel="", xlim=(0, 100))
plt.show()

# %% [markdown]
# ### Phones that cannot be, addresses that many share
#
# Two leads with the same phone or e-mail address are often one business. Before that is believed: is the value a real
# one? In the North American plan neither area code nor exchange begins with 0 or 1, and no area code ends in 11. What
# fails that is a filler, often a counter (`123…`), and **becomes null**: nothing may match on it.

# %%
POSSIBLE_PHONE = "^1?[2-9]([02-9][0-9]|1[02-9])[2-9][0-9]{6}$"

phones = warehouse.query(f"""
    select
        source,
        count(*) as records,
        count(case when digits <> '' then 1 end) as with_phone,
        count(case when digits ~ '{POSSIBLE_PHONE}' then 1 end) as possible,
        count(distinct case when digits ~ '{POSSIBLE_PHONE}' then digits end) as different
    from (
        select 'Salesforce, phone' as source, regexp_replace(phone, '[^0-9]', '', 'g') as digits
        from {newest("salesforce", "lead")}
        union all
        select 'Salesforce, mobile', regexp_replace(mobile_phone, '[^0-9]', '', 'g')
        from {newest("salesforce", "lead")}
        union all
        select 'Nevada', regexp_replace(phone, '[^0-9]', '', 'g') from {newest("facilities", "nevada")}
        union all
        select 'Oklahoma', regexp_replace(phone, '[^0-9]', '', 'g') from {newest("facilities", "oklahoma")}
        union all
        select 'Texas', regexp_replace(phone, '[^0-9]', '', 'g') from {newest("facilities", "texas")}
    ) as phones
    group by source
""").set_index("source")
phones = phones.reindex(
    ["Texas", "Oklahoma", "Nevada", "Salesforce, mobile", "Salesforce, phone"], fill_value=0
)
shares = pd.DataFrame(
    {
        "none given": phones["records"] - phones["with_phone"],
        "impossible": phones["with_phone"] - phones["possible"],
        "possible, shared": phones["possible"] - phones["different"],
        "possible, first of its kind": phones["different"],
    }
).div(phones["records"].replace(0, 1), axis=0)
fig, axis = plt.subplots(figsize=(10, 0.9 + 0.5 * len(shares)))
(100 * shares).plot.barh(stacked=True, width=0.7, ax=axis, color=["0.85", "C3", "C1", "C0"], linewidth=0)
axis.set(title="What phone numbers are worth", xlabel="Share of records (%)", ylabel="", xlim=(0, 100))
axis.grid(axis="y", visible=False)
axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
plt.show()

# %% [markdown]
# And the ways in which they are written, every digit as a `9`: why the models compare ten digits and not the text.

# %%
warehouse.query(f"""
    select shape, count(*) as phones
    from (
        select regexp_replace(regexp_replace(phone, '[0-9]', '9', 'g'), '[A-Za-z]', 'a', 'g') as shape
        from (
            select phone from {newest("salesforce", "lead")}
            union all
            select phone from {newest("facilities", "nevada")}
            union all
            select phone from {newest("facilities", "oklahoma")}
            union all
            select phone from {newest("facilities", "texas")}
        ) as phones
        where phone <> ''
    ) as shapes
    group by shape
    order by phones desc, shape
    limit 10
""").style.hide(axis="index").format(thousands=",")

# %% [markdown]
# An e-mail address that many leads share is no evidence either: it is somebody's test address or the address of an
# agency. How many leads does one address stand for?

# %%
sharing = warehouse.query(f"""
    select leads_per_address, count(*) as addresses, count(*) * leads_per_address as leads
    from (
        select count(*) as leads_per_address
        from {newest("salesforce", "lead")}
        where email like '%@%'
        group by lower(trim(email))
    ) as addresses
    group by leads_per_address
    order by leads_per_address
""")
sharing.style.hide(axis="index").format(thousands=",")

# %% [markdown]
# ### Status and source
#
# Both are lists that an administrator can change at any time. The models take them to groups by the seeds
# `lead_status_groups` and `lead_sources`; a text that a seed does not know is kept, as `other`, and named by a
# warning.

# %%
fig, axes = plt.subplots(1, 2, figsize=(11, 4.6))
for axis, column, title in zip(axes, ("status", "lead_source"), ("Status", "Source"), strict=True):
    kinds = warehouse.query(f"""
        select coalesce(nullif(trim({column}), ''), '(empty)') as kind, count(*) as leads
        from {newest("salesforce", "lead")}
        group by 1
        order by leads desc, kind
        limit 12
    """)
    sns.barplot(kinds, x="leads", y="kind", color="C0", ax=axis)
    axis.set(title=f"{title} of leads, as given", xlabel="Leads", ylabel="")
fig.tight_layout()
plt.show()

# %% [markdown]
# ## Licence files
#
# Each state has its own columns and habits: Nevada writes street and city on one line with nothing between, Oklahoma
# packs a name and a role into one cell and ages into four, Texas has no expiry date. One row should be one licence.

# %%
LICENCE = {"nevada": "credential_number", "oklahoma": "type_license", "texas": "operation"}
PHONE = "regexp_replace(phone, '[^0-9]', '', 'g')"

licences = pd.concat(
    warehouse.query(f"""
        select
            '{state.title()}' as state,
            max(_period) as month,
            count(*) as "rows",
            count(distinct {licence}) as licences,
            count(case when sites > 1 then 1 end) as rows_that_share_a_phone
        from (
            select
                {state}.*,
                case when {PHONE} ~ '{POSSIBLE_PHONE}' then count(*) over (partition by {PHONE}) end as sites
            from {newest("facilities", state)}
        ) as listings
    """)
    for state, licence in LICENCE.items()
)
licences.style.hide(axis="index").format(thousands=",", na_rep="")

# %% [markdown]
# A phone that several sites share tells of a **chain or an owner**, not of a duplicate: the sites have addresses of
# their own. Such sites belong together as an organisation and stay apart as places.

# %%
sizes = warehouse.query(f"""
    select 'Oklahoma' as state, total_cap as capacity from {newest("facilities", "oklahoma")}
    union all
    select 'Texas', capacity from {newest("facilities", "texas")}
""")
sizes["capacity"] = pd.to_numeric(sizes["capacity"], errors="coerce")
if sizes["capacity"].notna().any():
    fig, axis = plt.subplots(figsize=(10, 3.8))
    sns.histplot(
        sizes,
        x="capacity",
        hue="state",
        multiple="dodge",
        binwidth=20,
        binrange=(0, 300),
        shrink=0.85,
        ax=axis,
    )
    axis.set(
        title="How many children a site may take",
        xlabel="Licensed capacity (children, up to 300 shown)",
        ylabel="Sites",
    )
    plt.show()

# %% [markdown]
# Small numbers are homes, large ones are centers: two groups of customers, which `facility_type` tells apart. Nevada
# does not publish the capacity.
#
# ## What follows for the models
#
# | What one sees | What the models do | Where it is watched |
# |---|---|---|
# | one deal number, two lives | one deal, created first; one entry per step | `int_deals`, `int_deal_funnel_entries` |
# | several changes in one instant | ordered by time, field, place in the file | `int_deal_events` |
# | one activity number, two activities | both are kept, by their place in the file | test `unique` of `activity_id` |
# | activities of unknown deals | they count for the rep and for their own step | test `relationships` of `deal_id` |
# | types in several spellings | compared folded | `every_stage_and_activity_type_is_known_to_the_funnel` |
# | impossible phones, shared addresses | null; never evidence by themselves | `every_phone_is_possible` |
# | several sites, one phone | one organisation, several places | `dim_facility` |
# | cut first and last months | shown as they are | the reader |

# %%
warehouse.close()
