"""At what rate does a leaky integrate-and-fire neuron fire in response to white noise?

Many independent neurons (tau 20 ms, threshold 20 mV and reset 10 mV above rest, refractory period 2 ms) receive white
noise with a mean below threshold, so that the noise alone makes them fire. The rate is that of all neurons after a
warm-up of 300 ms, and the theory is that of a diffusion with an absorbing boundary.

On a time grid the threshold is crossed at grid points only, so that neurons fire more slowly. Theory for the grid
raises the threshold, not the reset, by 0.5826 sigma sqrt(dt / tau). The rate converges with the square root of the
step: at 0.1 ms it is still 7 % below that in continuous time. The refractory period of `bnsim` includes the step
of the spike itself; the model's is therefore one step longer than the 2 ms during which the neuron rests.

References
----------
A. Siegert, Physical Review 81 (1951). N. Brunel, Journal of Computational Neuroscience 8, 183-208 (2000), for the
neuron, the noise and equation 21.
"""

from __future__ import annotations

from pydantic import Field, FiniteFloat, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

TAU, THRESHOLD, RESET, REFRACTORY = 20.0, 20.0, 10.0, 2.0
"""Membrane time constant (ms), threshold and reset above rest (mV), refractory period (ms)."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    mean, sigma
        Mean and strength of the noise, in mV.
    steps
        Time steps, in ms.
    neurons
        Number of neurons.
    duration
        Length of the simulation after the warm-up, in s; a whole number of all steps.
    """

    mean: FiniteFloat
    sigma: PositiveFloat
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)
    neurons: PositiveInt
    duration: PositiveFloat


_INPUT = {"mean": float, "sigma": float, "dt": float}
_RATES = {0.5: 8.0714, 0.1: 8.8212, 0.02: 9.171, 0.01: 9.2553}
"""Theory for the grid (Hz) by time step (ms), for a mean of 15 mV and a strength of 5 mV."""

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Rate in response to white noise",
    order=20,
    source="Siegert 1951, Brunel 2000",
    subjects={"lif": "BNS"},
    metrics=(
        Metric(
            "rate",
            "Hz",
            "Firing rate",
            "Spikes of all neurons per neuron and second, for noise with a mean and a strength in mV, simulated with a "
            "time step in ms.",
            facts=_INPUT,
        ),
        Metric(
            "theory",
            "Hz",
            "Theory",
            "Siegert's rate for the same noise, with the threshold raised for the time step; a step of 0 is continuous "
            "time.",
            facts=_INPUT,
        ),
        Metric(
            "deviation",
            "fraction",
            "Deviation from theory",
            "Difference between the firing rate and theory for the same noise and time step, relative to theory.",
            facts=_INPUT,
            bounds=(-1.0, None),
        ),
    ),
    presets={
        "quick": Config(mean=15.0, sigma=5.0, steps=(0.5, 0.2, 0.1), neurons=8000, duration=4.0),
        "full": Config(mean=15.0, sigma=5.0, steps=(0.5, 0.2, 0.1, 0.05, 0.02, 0.01), neurons=20_000, duration=3.0),
        "tiny": Config(mean=15.0, sigma=5.0, steps=(0.5,), neurons=2000, duration=2.0),
    },
    yardsticks=tuple(
        Yardstick(
            f"white noise of 5 mV about 15 mV, step {dt:g} ms",
            "rate",
            rate,
            round(0.005 * rate, 4),
            "0.5 %: three standard errors of the mean over two seeds of the preset quick are 0.3 %, and the theory "
            "neglects terms of the order of dt / tau",
            "Siegert's rate with the threshold raised by 0.5826 sigma sqrt(dt / tau)",
            "theory",
            {"mean": 15.0, "sigma": 5.0, "dt": dt},
        )
        for dt, rate in _RATES.items()
    ),
)
