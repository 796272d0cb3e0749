{# Brian2's loop over all units or synapses; synapses that are wired in rows are taken row by row (see bnsim.engine.rows) #}
{# USES_VARIABLES { N } #}
{# ALLOWS_SCALAR_WRITE #}
{% extends 'common_group.cpp' %}

{% block maincode %}
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
            for (int _idx = _first; _idx < _last; _idx++)
            {
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
        }
        return;
    }
    {% endif %}
    {% if '_synaptic_pre' not in owner.variables and owner.N >= 4096 %}
    if (bnsim::team.size > 1)
    {
        bnsim::team.each([=](int _thread)
        {
            const int _last = bnsim::team.first(_thread + 1, _N);
            #pragma GCC ivdep
            for (int _idx = bnsim::team.first(_thread, _N); _idx < _last; _idx++)
            {
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
        });
        return;
    }
    {% endif %}
    {% if '_synaptic_pre' not in owner.variables %}
    {# Each unit has its own place in every array: compilers give up where they would have to compare many addresses. #}
    #pragma GCC ivdep
    {% endif %}
    for (int _idx = 0; _idx < _N; _idx++)
    {
        const size_t _vectorisation_idx = _idx;
        {{vector_code|autoindent}}
    }
{% endblock %}
