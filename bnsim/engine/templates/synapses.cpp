{# The synapses that the spikes of a step reach, row by row (see bnsim.engine.rows) #}
{# USES_VARIABLES { _synaptic_pre } #}
{% extends 'common_synapses.cpp' %}

{% block maincode %}
    {% set other_end = '_postsynaptic_idx' if pathway.prepost == 'pre' else '_presynaptic_idx' %}
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
        {% if other_end in variables %}
        else if (_reached.target >= 0)
        {
            const bnsim::Consecutive {{get_array_name(variables[other_end])}} = {_reached.target - _reached.first};
            for (int _idx = _reached.first; _idx < _last; _idx++)
            {
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
        }
        {% set weights = get_array_name(variables['w']) if 'w' in variables else '' %}
        {% if weights and 'const double w = ' ~ weights in vector_code | join('\n') %}
        else if (!_rows.targets.empty())
        {
            const uint16_t* const {{get_array_name(variables[other_end])}} = _rows.targets.data();
            const bnsim::Alike {{weights}} = {_rows.weight};
            for (int _idx = _reached.first; _idx < _last; _idx++)
            {
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
        }
        {% endif %}
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
