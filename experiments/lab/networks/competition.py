"""Synapses that compete: the weights of one cell's inputs under spike-timing-dependent plasticity."""

from __future__ import annotations

import numpy as np
from brian2.units import Hz, ms, mV

import bnsim
from experiments.lab.simulation import Simulation
from experiments.lab.spec import Knob, Values
from experiments.lab.views import Potentials, Rates
from experiments.lab.weights import WeightCourse, WeightHistogram

INPUTS, LARGEST = 400, 0.03
"""Number of inputs, and their largest weight relative to the leak."""


def network(values: Values) -> bnsim.Network:
    """Return a cell like that of S. Song, K. Miller and L. Abbott (2000), Nature Neuroscience 3:919, with fewer inputs.

    Parameters
    ----------
    values
        Values of the knobs.

    Returns
    -------
    Network
        Populations "input" and "cell".
    """
    excite = bnsim.ExponentialConductance(tau=5 * ms, reversal=0 * mV)
    inhibit = bnsim.ExponentialConductance(tau=5 * ms, reversal=-70 * mV)
    cell = bnsim.LIF(tau_m=values["tau_m"], v_rest=-70 * mV, v_threshold=-54 * mV, v_reset=-60 * mV)
    # Five times the strengthening and weakening of the paper: what takes minutes there takes seconds here.
    rule = bnsim.PairSTDP(tau_plus=20 * ms, tau_minus=20 * ms, a_plus=0.025, a_minus=0.02625, w_max=LARGEST)
    start = values["start"] * LARGEST
    return bnsim.Network(
        [
            bnsim.Population("input", INPUTS, bnsim.Poisson(values["rate"])),
            bnsim.Population("cell", 1, cell, drive=bnsim.PoissonDrive(10 * Hz, values["inhibition"], 100, inhibit)),
        ],
        [bnsim.Projection("input", "cell", excite, bnsim.Uniform(0, start), plasticity=rule)],
    )


EXPERIMENTS = (
    Simulation(
        "competition",
        "Synaptic competition (STDP)",
        "Networks",
        "Spikes of the inputs that come before one of the cell strengthen their synapses, those after it weaken them. "
        "In a few seconds the weights part into strong and weak ones, and the cell settles at a rate of its own: try a "
        "higher rate of the inputs, and weights that start low.",
        (
            Knob("rate", "Rate of the inputs", 5, 60, 25, 1, "Hz"),
            Knob("start", "Weights at the start, up to this share", 0.05, 1, 1, 0.05),
            Knob("inhibition", "Inhibitory weight relative to the leak", 0, 0.3, 0.1, 0.01),
            Knob.of(bnsim.LIF, "tau_m", 5, 50, 1),
        ),
        network=network,
        dt=0.5,
        seconds=20.0,
        record=(
            bnsim.Spikes("cell"),
            bnsim.Trace("cell", "v", every=5 * ms),
            bnsim.Weights("input_to_cell", every=200 * ms),
        ),
        views=(
            Rates(("cell",), 200),
            WeightHistogram("input_to_cell", LARGEST),
            WeightCourse("input_to_cell", LARGEST, 24, 200),
            Potentials("cell", (0,)),
        ),
        stimulus=lambda values: {"input": np.ones(INPUTS)},
        piece=200,
    ),
)
