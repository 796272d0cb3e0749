"""How does the change of a synapse depend on the frequency at which pairs of spikes are repeated?

Sixty pairs of a presynaptic and a postsynaptic spike, 10 ms apart in either order, are repeated at a constant
frequency. In slices of visual cortex the synapse is depressed by post-before-pre pairs at low frequencies, does not
change with pre-before-post pairs at 0.1 Hz, and is potentiated in both orders from 40 Hz on. The triplet rule (the
minimal model of the visual cortex in which all spikes interact, `bnsim.TripletSTDP.visual_cortex`) is held against
these data. The pair rule has the same time constants, and the two amplitudes with the least error.

For each rule and condition there is a synapse that is given the spikes of both its neurons. All changes are relative to
the weight before. The closed solution sums the geometric series of all traces. Spikes lie on the time grid and traces
are exact, so that no time step makes a difference. The error of a rule is the mean over the ten data of its squared
deviation in standard errors. A pair rule whose time constants are fitted as well still has an error above 2. Nothing is
random: all seeds agree.

In the slices, five pairs at a time were repeated 15 times, every 10 s, and at 0.1 Hz 50 single pairs were given. The 60
pairs in a row are the protocol to which the triplet rule was fitted.

References
----------
P. J. Sjöström, G. Turrigiano and S. Nelson, Neuron 32, 1149-1164 (2001), for the data. J.-P. Pfister and W. Gerstner,
Journal of Neuroscience 26, 9673-9682 (2006), for the rule and the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

LAGS = (10, -10)
"""Times in ms from the presynaptic to the postsynaptic spike of a pair."""
FREQUENCIES = (0.1, 10.0, 20.0, 40.0, 50.0)
DATA: Mapping[int, tuple[float, ...]] = {10: (-0.04, 0.14, 0.29, 0.53, 0.56), -10: (-0.29, -0.41, -0.34, 0.56, 0.75)}
STANDARD_ERRORS: Mapping[int, tuple[float, ...]] = {
    10: (0.05, 0.1, 0.14, 0.11, 0.26),
    -10: (0.08, 0.11, 0.1, 0.32, 0.19),
}
"""Relative changes in slices by lag (ms), for each frequency (Hz), and their standard errors."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    pairings
        Number of pairs.
    frequencies
        Frequencies of pairs, in Hz, below 100; their inverses are whole numbers of all steps.
    steps
        Time steps, in ms, of which 10 ms are whole numbers.
    """

    pairings: PositiveInt
    frequencies: tuple[Annotated[PositiveFloat, Field(lt=100)], ...] = Field(min_length=1)
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_grid(self) -> Config:
        times = {f"the interval of {frequency:g} Hz": 1e3 / frequency for frequency in self.frequencies}
        for what, time in {"a lag of 10 ms": 10.0, **times}.items():
            for dt in self.steps:
                if abs(time / dt - round(time / dt)) > 1e-6:
                    raise ValueError(f"{what} is no whole number of steps of {dt:g} ms; change frequencies or steps")
        return self


_CONDITION: Mapping[str, type[str] | type[int] | type[float]] = {
    "rule": str,
    "lag": int,
    "frequency": float,
    "pairings": int,
}
_OF = "by one rule, for pairs with a lag in ms, repeated at a frequency in Hz, so many times"
_SLICES = "Sjöström et al. 2001, as Pfister & Gerstner 2006 and others use it"
_CLOSED = "closed solution, and data as Pfister & Gerstner 2006 use them"
_EXACT = "one part in a billion: rounding alone"

CLASSIC = Classic(
    __name__,
    __doc__,
    title="Plasticity by the frequency of pairs",
    order=40,
    source="Sjöström et al. 2001, Pfister & Gerstner 2006",
    subjects={"plastic-synapses": "BNS"},
    metrics=(
        Metric(
            "change",
            "",
            "Relative change of the weight",
            f"Change of the weight, relative to that before, {_OF}; with the smallest time step.",
            facts=_CONDITION,
        ),
        Metric("closed", "", "Closed solution", f"Closed solution of the same, {_OF}.", facts=_CONDITION),
        Metric(
            "deviation",
            "",
            "Difference from the data",
            f"Difference from the mean in slices, in units of its standard error, {_OF}.",
            facts=_CONDITION,
        ),
        Metric(
            "fit_error",
            "",
            "Error of the rule",
            "Mean over all data of the squared difference from a rule, in units of the squared standard error, for so "
            "many pairs.",
            facts={"rule": str, "pairings": int},
            bounds=(0.0, None),
        ),
        Metric(
            "rise",
            "",
            "Rise with the frequency",
            "Change by pre-before-post pairs at the highest frequency minus that at the lowest, by one rule, for so "
            "many pairs.",
            facts={"rule": str, "pairings": int},
        ),
        Metric(
            "error",
            "",
            "Largest error",
            "Largest difference between a relative change and the closed solution, over both rules, all lags and "
            "frequencies, with a time step in ms.",
            facts={"dt": float},
            bounds=(0.0, None),
        ),
    ),
    presets={
        "quick": Config(pairings=60, frequencies=FREQUENCIES, steps=(1.0, 0.5)),
        "full": Config(
            pairings=60,
            frequencies=(0.1, 1.0, 2.0, 5.0, 8.0, 10.0, 12.5, 20.0, 25.0, 40.0, 50.0),
            steps=(1.0, 0.5, 0.1),
        ),
        "tiny": Config(pairings=60, frequencies=(10.0, 20.0, 50.0), steps=(1.0,)),
    },
    yardsticks=(
        *(
            Yardstick(
                f"triplet rule, {lag:+d} ms at {frequency:g} Hz: standard errors from the data",
                "deviation",
                0.0,
                2.0,
                "two standard errors of the data",
                _SLICES,
                "second-hand",
                {"rule": "triplet", "lag": lag, "frequency": frequency, "pairings": 60},
            )
            for lag in LAGS
            for frequency in FREQUENCIES
        ),
        Yardstick(
            "triplet rule, +10 ms: rise from 0.1 to 50 Hz",
            "rise",
            0.60,
            0.53,
            "two standard errors of the difference of the data",
            _SLICES,
            "second-hand",
            {"rule": "triplet", "pairings": 60},
        ),
        Yardstick(
            "error of the triplet rule",
            "fit_error",
            0.355969,
            1e-6,
            "the closed solution is exact, and given with six digits",
            _CLOSED,
            "theory",
            {"rule": "triplet", "pairings": 60},
        ),
        Yardstick(
            "error of the best pair rule",
            "fit_error",
            7.582266,
            1e-6,
            "the closed solution is exact, and given with six digits",
            _CLOSED,
            "theory",
            {"rule": "pair", "pairings": 60},
        ),
        *(
            Yardstick(
                f"error of both rules, step {dt:g} ms",
                "error",
                0.0,
                1e-9,
                _EXACT,
                "closed solution",
                "theory",
                {"dt": dt},
            )
            for dt in (1.0, 0.5, 0.1)
        ),
    ),
)
