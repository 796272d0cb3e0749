"""A setting of a small network of the lab's own, simulated without a compiler."""

from __future__ import annotations

from brian2.units import mV

import bnsim
from experiments.lab.setting import Setting
from experiments.lab.simulation import Simulation
from experiments.lab.spec import Knob, Values
from experiments.lab.views import Potentials, Raster, Rates, Spectrum


def network(values: Values) -> bnsim.Network:
    cell = bnsim.LIF(tau_m=values["tau_m"])
    drives = bnsim.Current(values["current"])
    weight = bnsim.Projection("cells", "others", bnsim.Delta(), 1 * mV)
    return bnsim.Network([bnsim.Population(name, 3, cell, drive=drives) for name in ("cells", "others")], [weight])


EXPERIMENT = Simulation(
    "small",
    "Small",
    "Networks",
    "Six cells.",
    (Knob("current", "Current", 0, 40, 20, 0.5, "mV"), Knob.of(bnsim.LIF, "tau_m", 5, 50, 1)),
    network=network,
    dt=0.5,
    seconds=0.2,
    record=(bnsim.Spikes("cells"), bnsim.Spikes("others"), bnsim.Trace("cells", "v", units=[0])),
    views=(Raster(("cells", "others")), Rates(("cells",)), Potentials("cells", (0,)), Spectrum(("cells",))),
)


def setting(**values: float) -> Setting:
    return Setting.of(EXPERIMENT, values)
