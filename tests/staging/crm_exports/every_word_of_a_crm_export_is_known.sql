{{ config(severity='warn') }}

{%- set unknown %}
select
    'leads.csv: status' as column_name,
    deal_status as word,
    count(*) as row_count,
    'counts as open' as meaning
from {{ ref('stg_crm_exports__deals') }}
where
    deal_status not in ('open', 'won', 'lost', 'closed won', 'closed lost')
    and deal_status not in (select {{ fold('stage_name') }} from {{ ref('opportunity_stage_groups') }})
    and deal_status not in (select {{ fold('status') }} from {{ ref('lead_status_groups') }})
group by deal_status

union all

select
    'interactions.csv: outcome' as column_name,
    outcome as word,
    count(*) as row_count,
    'counts as neutral' as meaning
from {{ ref('stg_crm_exports__interactions') }}
where
    outcome not in ('positive', 'negative', 'neutral')
    and outcome not in (
        select {{ fold('value') }} from {{ ref('interaction_outcomes') }}
        where attribute = 'call disposition'
    )
group by outcome

union all

select
    'interactions.csv: channel' as column_name,
    channel as word,
    count(*) as row_count,
    'is a channel of its own' as meaning
from {{ ref('stg_crm_exports__interactions') }}
where
    channel not in (select {{ fold('value') }} from {{ ref('interaction_channels') }} where attribute = 'type')
    and channel not in (select channel from {{ ref('interaction_channels') }})
    and channel <> 'other'
group by channel

union all

select
    'interactions.csv: direction' as column_name,
    direction as word,
    count(*) as row_count,
    'is left out' as meaning
from {{ ref('stg_crm_exports__interactions') }}
where direction not in ('inbound', 'outbound')
group by direction
{%- endset %}

{%- do warn_by_name(unknown, 'a word of an export of another CRM is not known (column, word, rows, what becomes of it)') %}

{{ unknown }}
