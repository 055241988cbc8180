{#
    What a row of an incremental model was made from: the model's code, the seeds that it reads, and what the row that it comes
    from was made from.
#}
{% macro made_from(delivery_id, seeds=[]) -%}
    '{{ local_md5(model.raw_code)[:8] }}'
    {%- for seed in seeds %} || ':' || {{ state_of_seed(seed) }}{% endfor %}
    || ':' || {{ delivery_id }}
{%- endmacro %}
