{# Brian2's loop over all units or synapses; synapses that are wired in rows are taken row by row (see bnsim.engine.rows) #}
{# USES_VARIABLES { N } #}
{# ALLOWS_SCALAR_WRITE #}
{% extends 'common_group.cpp' %}

{% block maincode %}
    {# Threads call this function again, each for some of the units; what is shared by all units is written once. #}
    {% set shares = '_synaptic_pre' not in owner.variables and owner.N >= LEAST_SHARED and '[0] =' not in scalar_code | join('\n') %}
    {% if shares %}
    if (bnsim::team.size > 1 && bnsim::number_of_thread < 0)
    {
        bnsim::team.each([](int) { _run_{{codeobj_name}}(); });
        return;
    }
    {% endif %}
    // scalar code
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    {# N is a constant of a NeuronGroup, but an array of one number for synapses. #}
    const int _N = {{constant_or_scalar('N', variables['N'])}};
    {% if '_postsynaptic_idx' in variables %}
    const bnsim::Rows& _rows = bnsim_rows_{{owner.name}}_pre;
    if (_rows.are_consecutive())
    {
        for (int32_t _unit = 0, _place = 0; _place < _rows.n_rows(); _place++)
        {
            while (_place == _rows.start[_unit + 1]) _unit++;
            const int _first = _rows.rows[_place].first, _last = _rows.rows[_place + 1].first;
            const bnsim::Consecutive {{get_array_name(variables['_postsynaptic_idx'])}} = {_rows.leads[_place] - _first};
            {% if '_presynaptic_idx' in variables %}
            const bnsim::Constant {{get_array_name(variables['_presynaptic_idx'])}} = {_unit};
            {% endif %}
            {# The targets of a row differ, but its source is one unit, to which synapses may add. #}
            {% if '[_presynaptic_idx] =' not in vector_code | join('\n') %}
            #pragma GCC ivdep
            {% endif %}
            for (int _idx = _first; _idx < _last; _idx++)
            {
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
        }
        return;
    }
    {% endif %}
    {% if shares %}
    const int _begin = bnsim::team.begin_of_share(_N), _end = bnsim::team.end_of_share(_N);
    {% else %}
    const int _begin = 0, _end = _N;
    {% endif %}
    {% if '_synaptic_pre' not in owner.variables %}
    {# Each unit has its own place in every array: compilers give up where they would have to compare many addresses. #}
    #pragma GCC ivdep
    {% endif %}
    for (int _idx = _begin; _idx < _end; _idx++)
    {
        const size_t _vectorisation_idx = _idx;
        {{vector_code|autoindent}}
    }
{% endblock %}
