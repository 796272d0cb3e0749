{# The synapses that the spikes of a step reach, row by row (see bnsim.engine.rows) #}
{# USES_VARIABLES { _synaptic_pre } #}
{% extends 'common_synapses.cpp' %}

{% block maincode %}
    // scalar code
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    bnsim::Rows& _rows = bnsim_rows_{{pathway.name}};
    for (bnsim::Reached _reached; _rows.next(_reached);)
    {
        const int _last = _reached.last;
        if (const int32_t* const _numbers = _reached.numbers)
        {
            for (int _place = _reached.first; _place < _last; _place++)
            {
                const size_t _idx = _numbers[_place];
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
        }
        {% if '_postsynaptic_idx' in variables %}
        else if (_reached.target >= 0)
        {
            const bnsim::Consecutive {{get_array_name(variables['_postsynaptic_idx'])}} = {_reached.target - _reached.first};
            for (int _idx = _reached.first; _idx < _last; _idx++)
            {
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
        }
        {% endif %}
        else
        {
            for (int _idx = _reached.first; _idx < _last; _idx++)
            {
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
        }
    }
{% endblock %}
