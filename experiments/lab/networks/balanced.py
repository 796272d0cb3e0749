"""A sparse network of excitatory and inhibitory neurons, as Brunel's: which state is it in?"""

from __future__ import annotations

from brian2.units import Hz, ms, mV

import bnsim
from experiments.lab.simulation import Simulation
from experiments.lab.spec import Knob, Values
from experiments.lab.views import Potentials, Raster, Rates, Spectrum

SIZES = {"E": 1000, "I": 250}
INPUTS = 100
"""Excitatory synapses of a neuron; a quarter as many are inhibitory."""
TAU, THRESHOLD, RESET = 20.0, 20.0, 10.0
"""Membrane time constant in ms, threshold and reset potential above rest in mV."""


def network(values: Values) -> bnsim.Network:
    """Return the network of N. Brunel (2000), Journal of Computational Neuroscience 8:183, with fewer neurons.

    Parameters
    ----------
    values
        Values of the knobs.

    Returns
    -------
    Network
        Populations E and I.
    """
    weight, tau, threshold = values["weight"], values["tau_m"], THRESHOLD * mV
    cell = bnsim.LIF(tau_m=tau, v_rest=0 * mV, v_threshold=threshold, v_reset=RESET * mV, refractory=2.1 * ms)
    # The rate at which the mean input from outside reaches the threshold, times eta.
    rate = values["eta"] * round(float(threshold / (weight * tau) / Hz), 3) * Hz
    drive = bnsim.PoissonDrive(rate, weight)
    start = {"v": bnsim.Uniform(RESET * mV, threshold)}
    sources = {"E": (weight, INPUTS), "I": (-values["g"] * weight, INPUTS // 4)}
    return bnsim.Network(
        [bnsim.Population(name, size, cell, drive=drive, initial=start) for name, size in SIZES.items()],
        [
            bnsim.Projection(source, target, bnsim.Delta(), each, bnsim.FixedInDegree(degree), delay=values["delay"])
            for source, (each, degree) in sources.items()
            for target in SIZES
        ],
    )


EXPERIMENTS = (
    Simulation(
        "balanced",
        "Balanced network (Brunel)",
        "Networks",
        "Four neurons in five excite, one inhibits; all receive Poisson spikes from outside. Strong inhibition keeps "
        "the rate low and the spikes irregular. Lower the inhibition below 4, and all fire together; lower the outer "
        "rate below 1, and slow waves appear.",
        (
            Knob("g", "Inhibition relative to excitation", 0, 10, 5, 0.1),
            Knob("eta", "Outer rate relative to threshold", 0.5, 4, 2, 0.05),
            Knob("weight", "Excitatory weight", 0.2, 2, 1, 0.05, "mV"),
            Knob("delay", "Delay of all synapses", 0.5, 5, 1.5, 0.1, "ms"),
            Knob.of(bnsim.LIF, "tau_m", 5, 50, 1),
        ),
        network=network,
        dt=0.1,
        seconds=1.0,
        record=(bnsim.Spikes("E"), bnsim.Spikes("I"), bnsim.Trace("E", "v", units=range(3), every=0.5 * ms)),
        views=(Raster(("E", "I")), Rates(("E", "I")), Potentials("E", (0, 1, 2)), Spectrum(("E", "I"))),
    ),
)
