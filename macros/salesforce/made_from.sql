{#
    What a row of an incremental model was made from: the model's code and that of the views it reads through, the seeds, and what
    the row that it comes from was made from.
#}
{% macro made_from(delivery_id, seeds=[], views=[]) -%}
    {%- set codes = [model.raw_code] -%}
    {#- a unit test knows of no other model -#}
    {%- if graph.nodes is defined -%}
        {%- for view in views %}{% do codes.append(graph.nodes['model.' ~ project_name ~ '.' ~ view].raw_code) %}{% endfor -%}
    {%- endif -%}
    '{{ local_md5(codes | join)[:8] }}'
    {%- for seed in seeds %} || ':' || {{ state_of_seed(seed) }}{% endfor %}
    || ':' || {{ delivery_id }}
{%- endmacro %}
