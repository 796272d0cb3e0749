"""Which firing patterns does one model, the adaptive exponential neuron, have under a constant current?

Eight cells with different parameters receive a constant current from the start, at which they rest without adaptation.
Each of them shows a pattern of the paper's figure 4. All are one population, whose parameters are arrays. A spike is
seen at -40 mV; from there, the upswing would take another 0.05 ms.

A pattern is recognised by these criteria, which are this project's. A cell that has fallen silent in the second half of
the simulation is transient. If its intervals there do not repeat after 1 to 6 of them, within 2 % of the longest, it is
irregular. If they repeat after 2 or more, it bursts regularly, and delayed if its first spike comes later than one and
a half membrane time constants. If they are all alike, the way to them decides: they have grown abruptly (by a factor of
3 from one interval to the next: initial burst), grown gradually from less than 80 % (adapting), shrunk from more than
120 % after a delay (delayed accelerating), or hardly changed (tonic). Nothing is random: all seeds agree.

References
----------
R. Naud, N. Marcille, C. Clopath and W. Gerstner, Biological Cybernetics 99, 335-347 (2008), table 1 and figure 4; the
parameters were taken from an example of Brian2 that quotes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import Field, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick


class Cell(NamedTuple):
    """Parameters of a cell; a threshold of -50 mV and a slope factor of 2 mV are common to all.

    Parameters
    ----------
    c_m
        Membrane capacitance in pF.
    g_leak
        Leak conductance in nS.
    e_leak
        Reversal potential of the leak in mV.
    a
        Adaptation below threshold in nS.
    tau_w
        Time constant of the adaptation in ms.
    b
        Adaptation by a spike in pA.
    v_reset
        Potential after a spike in mV.
    current
        Constant current in pA.
    """

    c_m: float
    g_leak: float
    e_leak: float
    a: float
    tau_w: float
    b: float
    v_reset: float
    current: float


PATTERNS: Mapping[str, Cell] = {
    "tonic": Cell(200, 10, -70, 2, 30, 0, -58, 500),
    "adapting": Cell(200, 12, -70, 2, 300, 60, -58, 500),
    "initial burst": Cell(130, 18, -58, 4, 150, 120, -50, 400),
    "regular bursting": Cell(200, 10, -58, 2, 120, 100, -46, 210),
    "delayed accelerating": Cell(200, 12, -70, -10, 300, 0, -58, 300),
    "delayed regular bursting": Cell(100, 10, -65, -10, 90, 30, -47, 110),
    "transient": Cell(100, 10, -65, 10, 90, 100, -47, 180),
    "irregular": Cell(100, 12, -60, -11, 130, 30, -48, 160),
}
"""Cells by the pattern that they show."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    steps
        Time steps in ms. Patterns are recognised with each; the first is what the others are compared with.
    duration
        Length of the simulation, in ms.
    """

    steps: tuple[PositiveFloat, ...] = Field(min_length=1)
    duration: PositiveInt = Field(ge=600)


_FACTS = {"pattern": str, "dt": float}

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Firing patterns of the adaptive exponential neuron",
    order=130,
    source="Naud et al. 2008",
    subjects={"adex": "BNS"},
    metrics=(
        Metric(
            "recognised",
            "",
            "Pattern recognised",
            "1 if the criteria give the paper's name to the response of its cell, 0 if another, with a time step in "
            "ms.",
            facts=_FACTS,
            bounds=(0.0, 1.0),
        ),
        Metric(
            "spikes", "count", "Spikes", "Number of spikes of a cell, simulated with a time step in ms.", facts=_FACTS
        ),
        Metric("latency", "ms", "Latency", "Time of the first spike of a cell.", facts=_FACTS),
        Metric(
            "shift",
            "ms",
            "Shift of spikes",
            "Largest difference of the first five spikes from those with the finest time step.",
            facts=_FACTS,
        ),
        Metric(
            "spike",
            "ms",
            "Spike times",
            "Time of each spike of a cell.",
            facts={"pattern": str},
            step="Spike",
            summarised=False,
        ),
        Metric(
            "potential",
            "mV",
            "Membrane potential",
            "Membrane potential of a cell in the first 400 ms.",
            facts={"pattern": str},
            step="Time (0.5 ms)",
            summarised=False,
        ),
        Metric(
            "adaptation",
            "pA",
            "Adaptation current",
            "Adaptation current of a cell in the first 400 ms.",
            facts={"pattern": str},
            step="Time (0.5 ms)",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(steps=(0.01, 0.1, 0.05, 0.02), duration=1000),
        "full": Config(steps=(0.005, 0.2, 0.1, 0.05, 0.02, 0.01), duration=4000),
        "tiny": Config(steps=(0.05,), duration=1000),
    },
    yardsticks=tuple(
        Yardstick(
            f"{pattern}, step {dt:g} ms",
            "recognised",
            1.0,
            0.0,
            "a pattern is recognised or it is not",
            "Naud et al. 2008, figure 4",
            "second-hand",
            {"pattern": pattern, "dt": dt},
        )
        for dt in (0.01, 0.05)
        for pattern in PATTERNS
    ),
)
