{# Brian2's loop over the synapses that a spike reaches, and a faster one for rows of synapses (see bnsim.engine.rows) #}
{# USES_VARIABLES { _synaptic_pre } #}
{% extends 'common_synapses.cpp' %}

{% block maincode %}
    // scalar code
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    const bnsim::Rows& _rows = bnsim_rows_{{pathway.synapses.name}};
    if ({{ 'true' if pathway.prepost == 'pre' else 'false' }} && _rows.direct())
    {
        for (int _spike = 0; _spike < *_rows.n_spikes; _spike++)
        {
            for (const bnsim::Row* _row = _rows.begin(_rows.spikes[_spike]); _row != _rows.end(_rows.spikes[_spike]); _row++)
            {
                {% if '_postsynaptic_idx' in variables %}
                const bnsim::Consecutive {{get_array_name(variables['_postsynaptic_idx'])}} = {_row->target - _row->first};
                {% endif %}
                const int _last = _row->last;
                for (int _idx = _row->first; _idx < _last; _idx++)
                {
                    const size_t _vectorisation_idx = _idx;
                    {{vector_code|autoindent}}
                }
            }
        }
    }
    else
    {
        std::vector<int> *_spiking_synapses = {{pathway.name}}.peek();
        const int _num_spiking_synapses = _spiking_synapses->size();
        for (int _spiking_synapse_idx = 0; _spiking_synapse_idx < _num_spiking_synapses; _spiking_synapse_idx++)
        {
            const size_t _idx = (*_spiking_synapses)[_spiking_synapse_idx];
            const size_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
        }
    }
{% endblock %}
