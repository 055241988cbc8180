-- The two Pipedrive reports straight from the raw tables, in the shortest SQL for DuckDB that gives the same figures:
-- no layers, no tests, no tolerance for values that do not parse, and this project's own stages, types and steps spelt out.
-- It is the yardstick for `dbt build`.
create or replace temp table changes as
select
    cast(deal_id as bigint) as deal_id,
    cast(change_time as timestamp) as changed_at,
    changed_field_key,
    new_value,
    _row_number,
from raw_pipedrive.deal_changes
where _period = (select max(period) from operations.files where table_name = 'deal_changes' and status = 'landed');

create or replace temp table activities as
select
    cast(deal_id as bigint) as deal_id,
    cast(assigned_to_user as bigint) as sales_rep_id,
    date_trunc('month', cast(due_to as timestamp)) as month,
    cast(due_to as timestamp) as due_at,
    lower(replace(type, '-', '_')) as activity_type,
    cast(done as boolean) as is_completed,
from raw_pipedrive.activity
where _period = (select max(period) from operations.files where table_name = 'activity' and status = 'landed');

create or replace temp table owners as
select
    deal_id,
    cast(new_value as bigint) as sales_rep_id,
    changed_at as owned_from,
    lead(changed_at, 1, timestamp 'infinity') over (partition by deal_id order by changed_at, _row_number) as owned_until,
from changes
where changed_field_key = 'user_id';

create or replace temp table entries as
select deal_id, new_value as funnel_step, min(changed_at) as entered_at
from changes
where changed_field_key = 'stage_id'
group by all
union all
select deal_id, case activity_type when 'meeting' then '2.1' else '3.1' end, min(due_at)
from activities
where is_completed and activity_type in ('meeting', 'sc_2')
group by all
union all
select deal_id, 'Lost', min(changed_at)
from changes
where changed_field_key = 'lost_reason' or (changed_field_key = 'status' and new_value = 'lost')
group by all;

create or replace temp table funnel as
with months as (
    select unnest(generate_series(date_trunc('month', min(entered_at)), date_trunc('month', max(entered_at)), interval 1 month)) as month
    from entries
),

steps (funnel_step, kpi_name, previous_step, parent_step) as (
    values
    ('1', 'Lead Generation', null, null),
    ('2', 'Qualified Lead', '1', null),
    ('2.1', 'Sales Call 1', null, '2'),
    ('3', 'Needs Assessment', '2', null),
    ('3.1', 'Sales Call 2', null, '3'),
    ('4', 'Proposal/Quote Preparation', '3', null),
    ('5', 'Negotiation', '4', null),
    ('6', 'Closing', '5', null),
    ('7', 'Implementation/Onboarding', '6', null),
    ('8', 'Follow-up/Customer Success', '7', null),
    ('9', 'Renewal/Expansion', '8', null),
    ('Lost', 'Lost', null, null)
),

counts as (
    select date_trunc('month', entered_at) as month, funnel_step, count(*) as deals_count
    from entries
    group by all
),

calls as (
    select date_trunc('month', parent.entered_at) as month, steps.funnel_step, count(*) as deals_count
    from steps
    inner join entries as parent on steps.parent_step = parent.funnel_step
    inner join entries as call on parent.deal_id = call.deal_id and steps.funnel_step = call.funnel_step
    group by all
)

select
    months.month,
    steps.kpi_name,
    steps.funnel_step,
    coalesce(counts.deals_count, 0) as deals_count,
    100.0 * case when steps.parent_step is null then coalesce(counts.deals_count, 0) else coalesce(calls.deals_count, 0) end
    / base.deals_count as retention_pct,
from months
cross join steps
left join counts using (month, funnel_step)
left join calls using (month, funnel_step)
left join counts as base on months.month = base.month and coalesce(steps.previous_step, steps.parent_step) = base.funnel_step;

create or replace temp table performance as
with worked as (
    select date_trunc('month', changes.changed_at) as month, owners.sales_rep_id, changes.deal_id
    from changes
    inner join owners
        on changes.deal_id = owners.deal_id and changes.changed_at >= owners.owned_from and changes.changed_at < owners.owned_until
    union all
    select month, sales_rep_id, deal_id from activities
),

deals_worked as (
    select month, sales_rep_id, count(distinct deal_id) as deals_worked from worked group by all
),

activity_counts as (
    select
        month,
        sales_rep_id,
        count(*) filter (is_completed) as activities_completed,
        count(*) filter (not is_completed) as activities_planned,
        count(*) filter (is_completed and activity_type = 'meeting') as sales_call_1_count,
        count(*) filter (is_completed and activity_type = 'sc_2') as sales_call_2_count,
    from activities
    group by all
),

losses as (
    select date_trunc('month', entries.entered_at) as month, owners.sales_rep_id, count(*) as deals_lost
    from entries
    inner join owners
        on entries.deal_id = owners.deal_id and entries.entered_at >= owners.owned_from and entries.entered_at < owners.owned_until
    where entries.funnel_step = 'Lost'
    group by all
),

wins as (
    select date_trunc('month', won.won_at) as month, owners.sales_rep_id, count(*) as deals_won
    from (select deal_id, min(changed_at) as won_at from changes where changed_field_key = 'status' and new_value = 'won' group by all) as won
    inner join owners on won.deal_id = owners.deal_id and won.won_at >= owners.owned_from and won.won_at < owners.owned_until
    group by all
)

select
    deals_worked.month,
    deals_worked.sales_rep_id,
    left(users.name, 1) || '*******' as sales_rep_name,
    left(users.name, 1) || '******* (' || deals_worked.sales_rep_id || ')' as sales_rep_label,
    deals_worked.deals_worked,
    coalesce(activity_counts.activities_completed, 0) as activities_completed,
    coalesce(activity_counts.activities_planned, 0) as activities_planned,
    coalesce(activity_counts.sales_call_1_count, 0) as sales_call_1_count,
    coalesce(activity_counts.sales_call_2_count, 0) as sales_call_2_count,
    coalesce(activities_completed - sales_call_1_count - sales_call_2_count, 0) as other_activities_count,
    coalesce(losses.deals_lost, 0) as deals_lost,
    coalesce(wins.deals_won, 0) as deals_won,
    coalesce(activity_counts.activities_completed, 0) / deals_worked.deals_worked as avg_effort_per_deal,
from deals_worked
left join activity_counts using (month, sales_rep_id)
left join losses using (month, sales_rep_id)
left join wins using (month, sales_rep_id)
left join raw_pipedrive.users on deals_worked.sales_rep_id = cast(users.id as bigint)
    and users._period = (select max(period) from operations.files where table_name = 'users' and status = 'landed');
