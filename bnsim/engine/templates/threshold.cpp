{# Brian2's threshold in two loops: the first, without branches, is turned into vector instructions #}
{# USES_VARIABLES { N } #}
{% extends 'common_group.cpp' %}

{% block maincode %}
    {% set _eventspace = get_array_name(eventspace_variable) %}
    // scalar code
    const int _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    static std::vector<char> _flags(N);
    char* __restrict _fires = &_flags[0];
    const int _N = N;
    for (int _idx = 0; _idx < _N; _idx++)
    {
        const size_t _vectorisation_idx = _idx;
        {{vector_code|autoindent}}
        _fires[_idx] = _cond;
    }
    long _count = 0;
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
