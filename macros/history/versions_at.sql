{% macro versions_at(history, moment) -%}
    (
        select *
        from {{ history }}
        where
            valid_from <= {{ moment }}
            and ({{ moment }} < valid_to or valid_to is null)
            and not has_vanished
    ) as versions_at
{%- endmacro %}
