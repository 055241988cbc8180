-- The generator's files as a careful user of a matching library would clean them: one table `records`.
-- Variables: `folder` of the files, `cities` (a regular expression: Nevada's), `states` (file of names and codes).
create macro clean_phone(text) as (
    regexp_extract(regexp_replace(regexp_extract(lower(text), '^[^xe]*'), '\D', '', 'g'), '^1?([2-9]\d\d[2-9]\d{6})$', 1)
);

create macro clean_email(text) as regexp_extract(lower(trim(text)), '^[^@\s]+@[^@\s]+\.[a-z]+$');

create macro own_domain(text) as (
    case
        when not regexp_matches(
            text, '^(gmail|yahoo|ymail|hotmail|aol|outlook|live|msn|icloud|me|comcast|sbcglobal|att|verizon|cox|none|na|test)\.'
        ) then text
    end
);

create macro clean_words(text) as (
    trim(regexp_replace(replace(lower(strip_accents(replace(text, '''', ''))), '&', ' and '), '[^a-z0-9]+', ' ', 'g'))
);

create macro clean_name(text) as (
    trim(regexp_replace(regexp_replace(clean_words(text), '\b(the|and|llc|l l c|inc|ltd|lp|llp|corp|co)\b', '', 'g'), ' +', ' ', 'g'))
);

create macro clean_street(text) as (
    array_to_string(
        list_transform(
            string_split(clean_words(regexp_replace(text, '[ ,]+(ste|suite|unit|apt|bldg|#).*$', '', 'i')), ' '),
            lambda word: coalesce(
                map {
                    'street': 'st', 'avenue': 'ave', 'road': 'rd', 'drive': 'dr', 'boulevard': 'blvd', 'lane': 'ln', 'court': 'ct',
                    'parkway': 'pkwy', 'circle': 'cir', 'place': 'pl', 'highway': 'hwy', 'trail': 'trl', 'freeway': 'fwy',
                    'north': 'n', 'south': 's', 'east': 'e', 'west': 'w', 'northwest': 'nw', 'northeast': 'ne', 'southwest': 'sw',
                    'southeast': 'se'
                }[word],
                word
            )
        ),
        ' '
    )
);

create temp table collected as
with
leads as (
    select * from read_csv(getvariable('folder') || '/salesforce_leads.csv', all_varchar = true)
),

nevada as (
    select
        *,
        regexp_extract(
            "Address", '^(.*?)[ ,]+(' || getvariable('cities') || '),? *NV *(\d{5}).*$', ['street', 'city', 'zip'], 'i'
        ) as place
    from read_csv(getvariable('folder') || '/source1.csv', all_varchar = true)
),

oklahoma as (
    select * from read_csv(getvariable('folder') || '/source2.csv', all_varchar = true)
),

texas as (
    select * from read_csv(getvariable('folder') || '/source3.csv', all_varchar = true)
)

select
    'salesforce' as source,
    id as key,
    company as name,
    phone,
    mobile_phone as mobile,
    email,
    website,
    last_name,
    street,
    city,
    state,
    postal_code
from leads
union all
select
    'nevada',
    "Credential Number",
    "Name",
    "Phone",
    null,
    null,
    null,
    regexp_extract("Primary Contact Name", '\S+$'),
    place.street,
    place.city,
    'NV',
    place.zip
from nevada
union all
select
    'oklahoma',
    regexp_extract("Type License", '\S+$'),
    regexp_replace("Company", '^.* DBA ', ''),
    "Phone",
    null,
    "Email",
    null,
    regexp_extract(regexp_extract("Primary Caregiver", '^[^\n]*'), '\S+$'),
    "Address1",
    "City",
    "State",
    "Zip"
from oklahoma
union all
select
    'texas',
    "Operation",
    "Operation Name",
    "Phone",
    null,
    "Email Address",
    null,
    null,
    "Address",
    "City",
    "State",
    "Zip"
from texas;

create table records as
with
states as (
    select
        lower(state_name) as state_name,
        state_code
    from read_csv(getvariable('states'), all_varchar = true)
),

cleaned as (
    select
        collected.source,
        collected.key,
        collected.source || ' ' || collected.key as unique_id,
        nullif(clean_name(collected.name), '') as name,
        nullif(clean_phone(collected.phone), '') as phone,
        nullif(clean_phone(collected.mobile), '') as mobile,
        nullif(clean_email(collected.email), '') as email,
        nullif(nullif(clean_words(collected.last_name), ''), 'unknown') as last_name,
        nullif(clean_street(collected.street), '') as street,
        nullif(clean_words(collected.city), '') as city,
        coalesce(states.state_code, upper(collected.state)) as state,
        nullif(left(collected.postal_code, 5), '') as postal_code,
        lower(regexp_extract(collected.website, '^(?:https?://)?(?:www\.)?([^/]+)', 1)) as site
    from collected
    left join states on lower(trim(collected.state)) = states.state_name
)

select
    cleaned.* exclude (site),
    coalesce(own_domain(nullif(regexp_extract(email, '@(.*)$', 1), '')), own_domain(nullif(site, ''))) as domain,
    nullif(regexp_extract(street, '^\d+'), '') as street_number,
    nullif(regexp_extract(street, '^\d+ (.*)$', 1), '') as street_name
from cleaned;
