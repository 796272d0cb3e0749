"""What passes through a gap junction, and when do coupled neurons fire together?

Two passive cells with a membrane time constant of 20 ms are coupled by a gap junction (`bnsim.GapJunction`), and one of
them receives a current. The coupling coefficient is the response of the other cell relative to its own: w / (1 + w) for
a steady current and a conductance w relative to the leak, and w / sqrt((1 + w)^2 + (2 pi f tau)^2) for a current of the
frequency f, so that the junction is a low-pass filter.

A spike passes it as a spikelet: two Hodgkin-Huxley cells of 10,000 square micrometres are coupled by 3 nS, and one of
them fires, driven by 1 nA. Its neighbour is held against a solution of the same equations with an error below 1e-6 mV.

Groups of Hodgkin-Huxley cells are driven by constant currents from 1.1 to 1.5 nA, so that by themselves they fire at
different rates, and begin in different states. Within a group each pair is coupled, by the same part of a total
conductance of each cell; one group is uncoupled. Their synchrony is the standard deviation in time of the mean
potential of all cells, relative to the root mean square of those of single cells: 1 where all are equal, 1 / sqrt(n)
for n cells that have nothing to do with each other. It is measured from 0.3 s to 0.7 s, as is the difference of rates.

The currents of gap junctions are computed at the start of a time step and held within it. So a steady state is exact,
and all else of first order in the step. Hodgkin-Huxley cells are integrated by the fourth-order Runge-Kutta method.

References
----------
M. Galarreta and S. Hestrin, Nature 402, 72-75 (1999); J. Gibson, M. Beierlein and B. Connors, Nature 402, 75-79 (1999):
coupling coefficients, spikelets and synchrony of neocortical interneurons. M. Bennett and R. Zukin, Neuron 41, 495-511
(2004). D. Golomb and D. Hansel, Neural Computation 12, 1095-1139 (2000), for the measure of synchrony.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

TAU = 20.0
"""Membrane time constant of passive cells, in ms."""
COUPLING = 0.5
"""Conductance, relative to the leak, at which the frequency is varied."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    couplings
        Conductances between passive cells, relative to their leak.
    frequencies
        Frequencies of the current into passive cells, even, in Hz.
    totals
        Conductances of all gap junctions of a cell of a group together, in nS.
    cells
        Cells of a group; 0 for no groups.
    steps
        Time steps, at most 0.05 ms, of which 0.25 ms are whole numbers, in ms.
    """

    couplings: tuple[PositiveFloat, ...] = Field(min_length=1)
    frequencies: tuple[Annotated[PositiveInt, Field(multiple_of=2)], ...] = Field(min_length=1)
    totals: tuple[NonNegativeFloat, ...] = Field(min_length=1)
    cells: int = Field(ge=0)
    steps: tuple[Annotated[PositiveFloat, Field(le=0.05)], ...] = Field(min_length=1)


_COUPLINGS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
_FREQUENCIES = (2, 4, 10, 20, 40, 100)
_TOTALS = (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 15.0, 25.0, 50.0)
_COARSE = 0.05
"""Time step (ms) of every preset, at which yardsticks are given."""
_EXACT = "a steady state is exact: rounding, and what is left of the beginning after 0.7 s"
_GROUP = {"total": float, "cells": int, "dt": float}


_LOW_PASS = {10: 0.255517, 100: 0.039508}
"""Coupling coefficient in theory, by frequency (Hz)."""

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Gap junctions",
    order=47,
    source="Galarreta & Hestrin 1999, Gibson et al. 1999",
    subjects={"coupled-cells": "BNS"},
    metrics=(
        Metric(
            "coefficient",
            "",
            "Coupling coefficient",
            "Response of the other passive cell relative to that of the driven one, by the conductance of the junction "
            "relative to the leak, the frequency of the current in Hz (0 for a steady one) and the time step in ms.",
            facts={"coupling": float, "frequency": float, "dt": float},
        ),
        Metric(
            "theory",
            "",
            "Coupling coefficient in theory",
            "Closed solution of the same.",
            facts={"coupling": float, "frequency": float},
        ),
        Metric(
            "coefficient_error",
            "",
            "Error of the coupling coefficient",
            "Largest difference between a coupling coefficient and the closed solution, relative to the latter, over "
            "all frequencies above 0, with a time step in ms.",
            facts={"dt": float},
            bounds=(0.0, None),
        ),
        Metric(
            "spikelet",
            "mV",
            "Spikelet",
            "Largest depolarization of a cell at rest whose neighbour fires, in 100 ms, with a time step in ms.",
            facts={"dt": float},
        ),
        Metric(
            "potential",
            "mV",
            "Membrane potentials",
            "Membrane potentials of a cell that fires and of its neighbour at rest, with the smallest time step.",
            facts={"cell": str},
            step="Time (0.25 ms)",
            summarised=False,
        ),
        Metric(
            "synchrony",
            "",
            "Synchrony",
            "Standard deviation of the mean potential of a group, relative to the root mean square of those of its "
            "cells, by the total conductance of each cell in nS, the number of cells and the time step in ms.",
            facts=_GROUP,
            bounds=(0.0, 1.0),
        ),
        Metric(
            "spread",
            "Hz",
            "Difference of rates",
            "Highest minus lowest rate of the cells of a group, by the total conductance of each cell in nS, the "
            "number of cells and the time step in ms.",
            facts=_GROUP,
        ),
        Metric(
            "spike",
            "count",
            "Spikes",
            "Spikes of the groups with the lowest and the highest total conductance in nS, in the last 100 ms of the "
            "first seed, with the smallest time step.",
            facts={"total": float, "neuron": int},
            step="Time (0.05 ms)",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(
            couplings=_COUPLINGS, frequencies=_FREQUENCIES, totals=_TOTALS, cells=24, steps=(_COARSE, 0.025)
        ),
        "full": Config(
            couplings=_COUPLINGS, frequencies=_FREQUENCIES, totals=_TOTALS, cells=24, steps=(_COARSE, 0.025, 0.0125)
        ),
        "tiny": Config(couplings=(0.1, 0.5), frequencies=(10, 100), totals=(0.0,), cells=0, steps=(_COARSE,)),
    },
    yardsticks=(
        *(
            Yardstick(
                f"coupling coefficient, conductance {coupling:g} of the leak",
                "coefficient",
                coupling / (1 + coupling),
                1e-12,
                _EXACT,
                "w / (1 + w)",
                "theory",
                {"coupling": coupling, "frequency": 0.0, "dt": _COARSE},
            )
            for coupling in _COUPLINGS
        ),
        *(
            Yardstick(
                f"coupling coefficient at {frequency} Hz",
                "coefficient",
                coefficient,
                round(_COARSE / TAU * coefficient, 6),
                "of first order: at most step / tau of it",
                "w / sqrt((1 + w)^2 + (2 pi f tau)^2)",
                "theory",
                {"coupling": COUPLING, "frequency": float(frequency), "dt": _COARSE},
            )
            for frequency, coefficient in _LOW_PASS.items()
        ),
        Yardstick(
            "spikelet",
            "spikelet",
            3.242934,
            0.005,
            "of first order in the step, and the peak lies between two steps",
            "the same equations, solved with an error below 1e-6 mV",
            "theory",
            {"dt": _COARSE},
        ),
        Yardstick(
            "synchrony of 24 uncoupled cells",
            "synchrony",
            0.204,
            0.15,
            "phases of 24 cells are a small sample",
            "1 / sqrt(n) for independent cells",
            "theory",
            {"total": 0.0, "cells": 24, "dt": _COARSE},
        ),
        Yardstick(
            "synchrony of 24 strongly coupled cells",
            "synchrony",
            1.0,
            0.1,
            "cells with different currents fire one after the other, within a millisecond",
            "1 where all cells are equal",
            "theory",
            {"total": 50.0, "cells": 24, "dt": _COARSE},
        ),
        Yardstick(
            "difference of rates of 24 strongly coupled cells",
            "spread",
            0.0,
            2.6,
            "coupled cells have one rate; in 0.4 s counts differ by at most one",
            "one rate for all cells",
            "theory",
            {"total": 50.0, "cells": 24, "dt": _COARSE},
        ),
    ),
)
