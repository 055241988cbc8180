{#
    What people write in more than one way becomes one word; what says nothing about the business is left out.
    Phrases stand first: their words are looked for once they have been joined.
#}
{% macro standard_name(column) -%}
    {{ replace_words(plain_words(column), {
        'daycare': ['day care'],
        'childcare': ['child care'],
        'preschool': ['pre school', 'presch', 'pre k', 'prek'],
        'headstart': ['head start'],
        'afterschool': ['after school'],
        'kindercare': ['kinder care'],
        'child development center': ['cdc'],
        'early learning center': ['elc'],
        'learning center': ['lc'],
        'center': ['ctr', 'cntr', 'cntrs', 'centre', 'centers'],
        'learning': ['lrng', 'lrn'],
        'academy': ['acad', 'acadmy', 'academies'],
        'development': ['dev', 'devl', 'devel', 'developmental', 'developement'],
        'childrens': ['children'],
        'kids': ['kid', 'kidz'],
        'montessori': ['mont'],
        'christian': ['chrstn'],
        'school': ['sch', 'schl', 'schools'],
        'elementary': ['elem'],
        'st': ['saint', 'sts'],
        'mount': ['mt'],
        'fort': ['ft'],
        'university': ['univ'],
        'international': ['intl'],
        'association': ['assn', 'assoc'],
        'service': ['svc', 'svcs', 'services'],
        'restaurant': ['restaurants', 'rest'],
        'hospital': ['hosp'],
        'brothers': ['bros'],
        'barbecue': ['bbq', 'barbeque'],
        '2': ['ii'], '3': ['iii'], '4': ['iv'], '5': ['v'], '6': ['vi'], '7': ['vii'], '8': ['viii'], '9': ['ix'],
        '': ['llc', 'inc', 'incorporated', 'corp', 'corporation', 'co', 'company', 'ltd', 'limited', 'lp', 'llp', 'pllc', 'l l c',
            'the', 'and', 'of', 'a', 'at', 'in', 'dba'],
    }) }}
{%- endmacro %}
