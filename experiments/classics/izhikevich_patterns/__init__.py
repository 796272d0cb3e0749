"""Which firing patterns does Izhikevich's simple model show, with parameters for the known types of cells?

Eight cells receive currents that change in steps, as in the paper's figure 2 and the author's script for it. All are
one population, whose parameters are arrays. They are integrated by the model's own method, of fourth order, while the
script takes forward Euler steps of 0.25 ms, so that single spike times differ.

A cell is recognised by these criteria, which are this project's; a rise of the intervals is abrupt if one is at least 3
times as long as that before it. Cells that fire up to the end: after two or more abrupt rises, the cell is chattering;
after one, intrinsically bursting if three spikes or more came before it, and regular spiking if there were two. Without
one, it is thalamo-cortical if the last interval is above 20 ms, low-threshold spiking if the last interval is more than
3 times as long as the first, and fast spiking otherwise. Cells that fall silent: a burst of three spikes or more, after
a release from hyperpolarisation and without a current, is that of a thalamo-cortical cell, and a resonator is a cell
whose potential, raised below threshold, overshoots its later value by more than 1 mV. Nothing is random: all seeds
agree.

References
----------
E. Izhikevich, IEEE Transactions on Neural Networks 14, 1569-1572 (2003), figure 2; currents and initial potentials are
those of the author's script, as the Open Source Brain keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pydantic import Field, PositiveFloat

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick


class Cell(NamedTuple):
    """Parameters of a cell, and what it receives.

    Parameters
    ----------
    a
        Rate of the recovery, in 1/ms.
    b
        Sensitivity of the recovery to the potential.
    c
        Potential after a spike in mV.
    d
        Rise of the recovery by a spike in mV.
    start
        Initial potential in mV.
    currents
        Current in mV by the time in ms at which it begins.
    """

    a: float
    b: float
    c: float
    d: float
    start: float
    currents: Mapping[int, float]


PATTERNS: Mapping[str, Cell] = {
    "regular spiking": Cell(0.02, 0.2, -65, 8, -63, {0: 0, 15: 14}),
    "intrinsically bursting": Cell(0.02, 0.2, -55, 4, -70, {0: 0, 15: 11}),
    "chattering": Cell(0.02, 0.2, -50, 2, -70, {0: 0, 15: 10}),
    "fast spiking": Cell(0.1, 0.2, -65, 2, -70, {0: 0, 15: 10}),
    "low-threshold spiking": Cell(0.02, 0.25, -65, 2, -63, {0: 0, 25: 10}),
    "thalamo-cortical": Cell(0.02, 0.25, -65, 0.05, -63, {0: 0, 30: 1.5}),
    "thalamo-cortical, released": Cell(0.02, 0.25, -65, 0.05, -87, {0: -25, 45: 0}),
    "resonator": Cell(0.1, 0.26, -65, 2, -70, {0: -2, 10: -0.5, 60: 10, 65: -0.5}),
}
"""Cells by the pattern that they show."""
PART, DURATION = 5, 250
"""Length of the parts in which a current is constant, and of the simulation (ms)."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    steps
        Time steps in ms, of which 0.5 ms is a whole number. Patterns are recognised with each; the first is what the
        others are compared with.
    """

    steps: tuple[PositiveFloat, ...] = Field(min_length=1)


_FACTS = {"pattern": str, "dt": float}

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Firing patterns of Izhikevich's model",
    order=140,
    source="Izhikevich 2003",
    subjects={"izhikevich": "BNS"},
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
            "Membrane potential of a cell.",
            facts={"pattern": str},
            step="Time (0.5 ms)",
            summarised=False,
        ),
        Metric(
            "current",
            "mV",
            "Current",
            "Current of a cell.",
            facts={"pattern": str},
            step="Time (5 ms)",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(steps=(0.01, 0.25, 0.1, 0.05, 0.02)),
        "full": Config(steps=(0.005, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01)),
        "tiny": Config(steps=(0.1,)),
    },
    yardsticks=tuple(
        Yardstick(
            f"{pattern}, step {dt:g} ms",
            "recognised",
            1.0,
            0.0,
            "a pattern is recognised or it is not",
            "Izhikevich 2003, figure 2",
            "second-hand",
            {"pattern": pattern, "dt": dt},
        )
        for dt in (0.01, 0.1)
        for pattern in PATTERNS
    ),
)
