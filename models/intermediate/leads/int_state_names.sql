with

states as (

    select * from {{ ref('states') }}

),

state_aliases as (

    select * from {{ ref('state_aliases') }}

),

spellings as (

    select
        state_code as spelling,
        state_code
    from states

    union all

    select
        state_name as spelling,
        state_code
    from states

    union all

    select
        alias as spelling,
        state_code
    from state_aliases

),

final as (

    select distinct
        {{ state_spelling('spelling') }} as state_spelling,
        state_code
    from spellings

)

select * from final
