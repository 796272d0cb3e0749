{# The synapses that the spikes of a step reach, row by row (see bnsim.engine.rows) #}
{# USES_VARIABLES { _synaptic_pre } #}
{% extends 'common_synapses.cpp' %}

{% block maincode %}
    {% set other_end = '_postsynaptic_idx' if pathway.prepost == 'pre' else '_presynaptic_idx' %}
    // scalar code
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    bnsim::Rows& _rows = bnsim_rows_{{pathway.name}};
    {% set weights = get_array_name(variables['w']) if 'w' in variables else '' %}
    {% if pathway.program.drawable %}
    {# Threads call this function again, each for some of the targets. #}
    if (_rows.shares > 1 && bnsim::number_of_thread < 0)
    {
        bnsim::team.each([](int) { _run_{{codeobj_name}}(); });
        return;
    }
    {% endif %}
    for (bnsim::Reached _reached; _rows.next(_reached);)
    {
    {% if pathway.program.counted %}
    if (!_rows.counts.empty())
    {
        _rows.count(_reached);
        continue;
    }
    {% endif %}
    for (; _reached.row != _reached.end; _reached.row++)
    {
        const int _first = _reached.row->first, _last = _reached.row[1].first;
        {% if other_end in variables %}
        if (_rows.are_consecutive())
        {
            const bnsim::Consecutive {{get_array_name(variables[other_end])}} = {_rows.leads[_reached.row - _rows.rows.data()] - _first};
            for (int _idx = _first; _idx < _last; _idx++)
            {
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
            continue;
        }
        {% if pathway.program.fixed %}
        if (_rows.packed)
        {
            _rows.{{'with_weight' if pathway.program.counted else 'with_weights'}}(_rows.{{'near' if pathway.program.near else 'far'}}.data(), [=](const auto {{get_array_name(variables[other_end])}}, const auto {{weights}})
            {
                for (int _idx = _first; _idx < _last; _idx++)
                {
                    const size_t _vectorisation_idx = _idx;
                    {{vector_code|autoindent}}
                }
            });
            continue;
        }
        {% endif %}
        {% endif %}
        if (const int32_t* const _numbers = _reached.numbers)
            for (int _place = _first; _place < _last; _place++)
            {
                const size_t _idx = _numbers[_place];
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
        else
            for (int _idx = _first; _idx < _last; _idx++)
            {
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
            }
    }
    }
{% endblock %}
