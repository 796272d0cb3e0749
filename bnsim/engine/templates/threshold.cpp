{# Brian2's threshold in two loops: the first, without branches, is turned into vector instructions #}
{# USES_VARIABLES { N } #}
{% extends 'common_group.cpp' %}

{% block maincode %}
    {% set _eventspace = get_array_name(eventspace_variable) %}
    static std::vector<char> _flags(N);
    {# Threads call this function again, each for some of the units. #}
    {% set shares = owner.N >= LEAST_SHARED and '[0] =' not in scalar_code | join('\n') %}
    {% if shares %}
    if (bnsim::team.size > 1 && bnsim::number_of_thread < 0) bnsim::team.each([](int) { _run_{{codeobj_name}}(); });
    else
    {% endif %}
    {
        // scalar code
        const int _vectorisation_idx = -1;
        {{scalar_code|autoindent}}

        char* __restrict _fires = &_flags[0];
        const int _N = N;
        {% if shares %}
        const int _begin = bnsim::team.begin_of_share(_N), _end = bnsim::team.end_of_share(_N);
        {% else %}
        const int _begin = 0, _end = _N;
        {% endif %}
        for (int _idx = _begin; _idx < _end; _idx++)
        {
            const size_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
            _fires[_idx] = _cond;
        }
    }
    if (bnsim::number_of_thread >= 0) return;
    long _count = 0;
    const char* const _fires = &_flags[0];
    const int _N = N;
    const char* const _end = _fires + _N;
    for (const char* _next = _fires; (_next = (const char*)memchr(_next, 1, _end - _next)); _next++)
    {
        const int _idx = (int)(_next - _fires);
        {{_eventspace}}[_count++] = _idx;
        {% if _uses_refractory %}
        {{not_refractory}}[_idx] = false;
        {{lastspike}}[_idx] = {{t}};
        {% endif %}
    }
    {{_eventspace}}[N] = _count;
{% endblock %}

{% block after_code %}
{% set _eventspace = get_array_name(eventspace_variable) %}
    {{_eventspace}}[N] = 0;
{% endblock %}
