{#
    What names the street: without number, unit, directions and the street's type, which people leave out and abbreviate.
    Where nothing else is left (`100 AVENUE ROAD`), that is the name.
#}
{% macro street_name(words) -%}
    {%- set after_number = regex_extract(words, '^[0-9]+[a-z]?( .*)$') -%}
    {%- set units = '(suite|ste|unit|apt|apartment|bldg|building|room|rm|floor|fl|lot|space|spc|no)' -%}
    {%- set landmarks = '(between|btwn|bet|near|off|at|and)' -%}
    {%- set street = regex_replace(regex_replace(after_number ~ " || ' '", ' ' ~ units ~ ' [a-z0-9].*$', ''), ' ' ~ landmarks ~ ' .*$', '') -%}
    coalesce({{ replace_words(street, {
        '': ['north', 'south', 'east', 'west', 'northeast', 'northwest', 'southeast', 'southwest', 'n', 's', 'e', 'w', 'ne', 'nw', 'se', 'sw',
            'street', 'str', 'st', 'saint', 'avenue', 'ave', 'av', 'road', 'rd', 'drive', 'dr', 'boulevard', 'blvd', 'lane', 'ln', 'court', 'ct',
            'parkway', 'pkwy', 'pky', 'circle', 'cir', 'way', 'wy', 'place', 'pl', 'highway', 'hwy', 'trail', 'trl', 'freeway', 'fwy',
            'terrace', 'ter', 'square', 'sq', 'plaza', 'plz', 'loop', 'expressway', 'expy', 'route', 'rte', 'alley', 'turnpike', 'tpke', 'pike',
            'jr'],
        '1st': ['first'], '2nd': ['second'], '3rd': ['third'], '4th': ['fourth'], '5th': ['fifth'], '6th': ['sixth'],
        '7th': ['seventh'], '8th': ['eighth'], '9th': ['ninth'], '10th': ['tenth'], '11th': ['eleventh'], '12th': ['twelfth'],
        'martin luther king': ['mlk'],
        'mount': ['mt'],
        'fort': ['ft'],
    }) }}, nullif(trim({{ after_number }}), ''))
{%- endmacro %}
