{#
    What a row of staging was made from: the code, the key of its hashes and the seeds that made it, the period in force, and the
    file or the run that brought it. A row is as it would be made today if its delivery still is one.
#}
{% macro delivery_id(source_name, table_name, seeds=[], load="coalesce(_run_id, _file_id, '')") -%}
    '{{ staging_version() }}:' || (select left({{ pii_hash("'key'") }}, 8))
    {%- for seed in seeds %} || ':' || {{ state_of_seed(seed) }}{% endfor %}
    || ':' || coalesce({{ latest_period(source_name, table_name) }}, '')
    || ':' || {{ load }}
{%- endmacro %}
