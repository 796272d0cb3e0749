"""At what rate does a leaky integrate-and-fire neuron fire in response to a constant current?

The time constant is 10 ms, the threshold 15 mV above rest and reset, the refractory period 2 ms. Each current is given
as the potential that it would reach without a threshold. The rate is the inverse of the mean interspike interval, and
the closed solution is f = 1 / (t_ref + tau ln(mu / (mu - theta))) for mu > theta, and 0 otherwise.

Spikes lie on the time grid, so that an interval is longer than the closed solution, by less than one step: the error
vanishes in proportion to the step. The refractory period of `bnsim` includes the step of the spike itself; the
model's is therefore one step longer than the 2 ms during which the neuron rests. Nothing is random: all seeds agree.

References
----------
W. Gerstner, W. Kistler, R. Naud and L. Paninski, Neuronal Dynamics, Cambridge University Press (2014), section 1.3.
"""

from __future__ import annotations

from pydantic import Field, FiniteFloat, PositiveFloat

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

TAU, THRESHOLD, REFRACTORY = 10.0, 15.0, 2.0
"""Membrane time constant (ms), threshold above rest and reset (mV), refractory period (ms)."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    currents
        Currents, as the potential above rest that they would reach without a threshold, in mV.
    steps
        Time steps, in ms.
    duration
        Length of the simulation, a whole number of all steps, in ms.
    """

    currents: tuple[FiniteFloat, ...] = Field(min_length=1)
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)
    duration: PositiveFloat


_CURRENTS = (10.0, 14.0, 15.0, 15.1, 15.5, 16.0, 17.0, 18.0, 20.0, 22.5, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 60.0)
_CLOSED = {15.1: 19.1671, 18.0: 50.2069, 22.5: 77.0053, 30.0: 111.9636, 60.0: 205.0516}
"""Closed solution (Hz) by current (mV)."""
_FINE = 0.01
"""Time step (ms) at which rates are held against it."""

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Rate against current",
    order=10,
    source="closed solution",
    subjects={"lif": "BNS"},
    metrics=(
        Metric(
            "rate",
            "Hz",
            "Firing rate",
            "Inverse of the mean interspike interval at a current in mV, simulated with a time step in ms; 0 if there "
            "are fewer than two spikes.",
            facts={"current": float, "dt": float},
        ),
        Metric("theory", "Hz", "Closed solution", "Closed solution at a current in mV.", facts={"current": float}),
        Metric(
            "interval_error",
            "ms",
            "Largest error of an interval",
            "Largest difference between an interspike interval and the closed solution, over all currents, simulated "
            "with a time step in ms.",
            facts={"dt": float},
        ),
    ),
    presets={
        "quick": Config(currents=_CURRENTS, steps=(0.5, 0.1, 0.01), duration=500.0),
        "full": Config(currents=_CURRENTS, steps=(0.5, 0.2, 0.1, 0.05, 0.02, 0.01), duration=2000.0),
        "tiny": Config(currents=(10.0, *_CLOSED), steps=(0.01,), duration=200.0),
    },
    yardsticks=tuple(
        Yardstick(
            f"LIF at {current:g} mV",
            "rate",
            rate,
            round(_FINE / 1e3 * rate**2, 4),
            "an interval is longer than the closed solution by less than one time step",
            "1 / (t_ref + tau ln(mu / (mu - theta)))",
            "theory",
            {"current": current, "dt": _FINE},
        )
        for current, rate in _CLOSED.items()
    )
    + tuple(
        Yardstick(
            f"error of intervals at a step of {dt:g} ms",
            "interval_error",
            0.0,
            dt,
            "spikes lie on the time grid",
            "1 / (t_ref + tau ln(mu / (mu - theta)))",
            "theory",
            {"dt": dt},
        )
        for dt in (0.5, 0.1, 0.01)
    ),
)
