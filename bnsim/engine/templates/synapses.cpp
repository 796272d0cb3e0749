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
    {% set reads_weights = weights and 'const double w = ' ~ weights in vector_code | join('\n') %}
    {% set shares = pathway.program.drawable and other_end in variables and reads_weights %}
    {% if shares %}
    {# Threads call this function again, each for some of the targets. #}
    const bool _shared = bnsim::team.size > 1 && _rows.packed && _rows.ascending;
    if (_shared && bnsim::number_of_thread < 0)
    {
        _rows.find_due();
        bnsim::team.each([](int) { _run_{{codeobj_name}}(); });
        _rows.counted = _rows.counted || !_rows.due.empty();
        return;
    }
    bnsim::Share _share(_rows, {{pathway.program.n_target}});
    for (bnsim::Reached _reached; _shared ? _share.next(_reached) : _rows.next(_reached);)
    {% else %}
    for (bnsim::Reached _reached; _rows.next(_reached);)
    {% endif %}
    {
    {% if pathway.program.counted %}
    if (!_rows.counts.empty())
    {
        {% if shares %}
        if (_shared) _rows.count_part(_share.first, _share.last); else
        {% endif %}
        _rows.count(_reached);
        continue;
    }
    {% endif %}
    for (; _reached.row != _reached.end; _reached.row++)
    {
        {% if shares %}
        const int _first = _shared ? _share.first : _reached.row->first, _last = _shared ? _share.last : _reached.row[1].first;
        {% else %}
        const int _first = _reached.row->first, _last = _reached.row[1].first;
        {% endif %}
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
        {% if pathway.program.fixed and reads_weights %}
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
