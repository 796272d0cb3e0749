"""At which rates do the cell types of a cortical column fire, given which cells are connected to which?

The model is a square millimetre of early sensory cortex: excitatory and inhibitory neurons in layers 2/3, 4, 5 and 6,
77,169 in all, whose 64 connection probabilities were compiled from anatomical and physiological data. All neurons are
alike (tau 10 ms, threshold 15 mV above rest and reset, refractory period 2 ms, exponential currents of 0.5 ms), so that
rates differ by connectivity alone. A spike moves the potential by 0.15 mV, twice as much from layer 4 to excitatory
neurons of layer 2/3, and -4 times as much where it inhibits; weights vary by 10 %. Delays are 1.5 and 0.75 ms from
excitatory and inhibitory neurons, and vary by 50 %. The rest of the brain is Poisson spikes of 8 Hz through each of
1500 to 2900 outer synapses a neuron. All measures are of the time after the first 0.5 s.

Synchrony is that of the paper: the variance of the number of spikes in bins of 3 ms, divided by its mean, of 1000
neurons of a cell type (of all, where there are fewer). It is 1 where neurons are independent, and grows with the number
of neurons where they are not. Activity is asynchronous and irregular at a low rate, by the paper's criterion, where the
mean rate is below 30 Hz, the mean coefficient of variation of interspike intervals lies between 0.7 and 1.2, and
synchrony is below 8.

The preset full is the full model, with 299 million synapses, for 10 s. It needs a compiler, and each worker takes 2 GB
of memory. The preset quick has a tenth of the neurons: it is for any machine, and for several seeds at once.

The options neurons and inputs are shares of the full model's neurons and of the inputs of each; both are 1 in the full
model. With fewer inputs, weights are divided by the square root of inputs, and a constant current makes up for the mean
input that is then missing, by the rates of the full model: so mean and variance of each neuron's input are kept. The
size of a single potential is not, nor are correlations (van Albada et al.): with a tenth of neurons and inputs, rates
are 10 to 50 % lower than in the full model, in NEST as here.

Deviations: initial potentials are normally distributed (-63.5 +- 5 mV, below the threshold) in all cell types; delays
are at most 6 standard deviations above their mean. The refractory period of `bnsim` includes the step of the spike
itself; the model's is therefore one step longer than 2 ms. Weights have single precision. The paper's figure is of
60 s; in 10 s, neurons that fire rarely have few intervals, and their coefficient is lower. Its experiments with
thalamic input are left out.

References
----------
T. Potjans and M. Diesmann, Cerebral Cortex 24, 785-806 (2014), with the parameters and rates of the example in NEST's
repository (`Potjans_2014`). R. Shimoura et al., ReScience 4(1), 2 (2018), a replication, for the paper's samples and
its criterion of asynchronous and irregular activity. S. van Albada, M. Helias and M. Diesmann, PLoS Computational
Biology 11, e1004490 (2015).
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, PositiveFloat, PositiveInt

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

RATES: Mapping[str, float] = {
    "L23E": 0.903,
    "L23I": 2.965,
    "L4E": 4.414,
    "L4I": 5.876,
    "L5E": 7.569,
    "L5I": 8.633,
    "L6E": 1.105,
    "L6I": 7.829,
}
"""Mean firing rate (Hz) of each cell type in the full model: one seed, simulated with NEST."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    neurons, inputs
        Shares of the full model's neurons, and of the inputs of each.
    duration
        Length of the simulation after the first 0.5 s, in ms.
    steps
        Time steps, in ms. The figure shows the simulation with the first.
    """

    neurons: PositiveFloat = Field(ge=0.01, le=1)
    inputs: PositiveFloat = Field(ge=0.01, le=1)
    duration: PositiveInt = Field(ge=400)
    steps: tuple[PositiveFloat, ...] = Field(min_length=1)


_FACTS: Mapping[str, type[str] | type[int] | type[float]] = {
    "population": str,
    "neurons": float,
    "inputs": float,
    "dt": float,
}
_NETWORK = "of a network with shares of the full model's neurons and inputs, with a time step in ms"
_OF = f"of a cell type, {_NETWORK}"
_SCALED = "with fewer inputs potentials are larger, and one seed at full scale is a sample, too"
_FULL = "the figure is that of one network; in less than 10 s rates vary more"
_NEST: Mapping[str, float] = {
    "L23E": 0.456,
    "L23I": 2.105,
    "L4E": 3.927,
    "L4I": 5.029,
    "L5E": 6.885,
    "L5I": 7.755,
    "L6E": 0.873,
    "L6I": 6.986,
}
"""Rates (Hz) with a tenth of the neurons and of the inputs, in NEST 3.10: one second, one seed."""


def _scaled(population: str, rate: float, neurons: float, inputs: float, *, nest: bool) -> Yardstick:
    tolerance = max(0.08 * rate, 0.08) if nest else max(0.15 * rate, 0.3)
    return Yardstick(
        f"{population}: rate with {neurons:g} of the neurons, {inputs:g} of the inputs{', in NEST' if nest else ''}",
        "rate",
        rate,
        round(tolerance, 3),
        "8 %, at least 0.08 Hz: other connections, and one second" if nest else f"15 %, at least 0.3 Hz: {_SCALED}",
        "NEST 3.10, measured for this project" if nest else "Potjans & Diesmann's model in NEST's repository",
        "confirmed",
        {"population": population, "neurons": neurons, "inputs": inputs, "dt": 0.1},
    )


def _full(population: str, rate: float) -> Yardstick:
    share = 0.05 if rate < 2 else 0.03
    return Yardstick(
        f"{population}: rate in the full model",
        "rate",
        rate,
        round(share * rate, 3),
        f"{100 * share:g} %: {_FULL}",
        "Potjans & Diesmann's model in NEST's repository",
        "confirmed",
        {"population": population, "neurons": 1.0, "inputs": 1.0, "dt": 0.1},
    )


CLASSIC = Classic(
    __name__,
    __doc__,
    title="Cortical microcircuit",
    order=160,
    source="Potjans & Diesmann 2014",
    subjects={"microcircuit": "BNS"},
    metrics=(
        Metric("rate", "Hz", "Firing rate", f"Mean firing rate {_OF}.", facts=_FACTS),
        Metric(
            "variation",
            "",
            "Coefficient of variation",
            f"Mean over neurons of the coefficient of variation of interspike intervals {_OF}.",
            facts=_FACTS,
            bounds=(0.0, None),
        ),
        Metric(
            "synchrony",
            "",
            "Synchrony",
            "Variance of the number of spikes in bins of 3 ms, divided by its mean, of the first 1000 neurons (of all, "
            f"where there are fewer) {_OF}.",
            facts=_FACTS,
            bounds=(0.0, None),
        ),
        Metric(
            "asynchronous_irregular",
            "fraction",
            "Asynchronous and irregular",
            "Share of the cell types with a mean rate below 30 Hz, a mean coefficient of variation from 0.7 to 1.2 and "
            f"synchrony below 8, {_NETWORK}, in so many ms. In a short simulation neurons have few intervals, and a "
            "low coefficient.",
            facts={"neurons": float, "inputs": float, "dt": float, "duration": float},
        ),
        Metric(
            "quantile",
            "Hz",
            "Quantiles of rates",
            "Quantile of the rates of the neurons of a cell type, with the first time step.",
            facts={"population": str},
            step="Percentile",
        ),
        Metric(
            "spike",
            "count",
            "Spikes of some neurons",
            "Spikes of 1 neuron in 40 of the full model, in steps of 0.1 ms, in the last 400 ms of the first seed.",
            facts={"population": str, "neuron": int},
            step="Time (0.1 ms)",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(neurons=0.1, inputs=0.3, duration=10_000, steps=(0.1,)),
        "full": Config(neurons=1, inputs=1, duration=10_000, steps=(0.1,)),
        "tiny": Config(neurons=0.02, inputs=0.05, duration=400, steps=(0.2,)),
    },
    yardsticks=(
        *(
            _scaled(population, rate, neurons, inputs, nest=False)
            for neurons, inputs in ((0.1, 0.3), (0.2, 0.3))
            for population, rate in RATES.items()
        ),
        *(_scaled(population, rate, 0.1, 0.1, nest=True) for population, rate in _NEST.items()),
        *(_full(population, rate) for population, rate in RATES.items()),
        Yardstick(
            "asynchronous and irregular cell types of the full model",
            "asynchronous_irregular",
            1.0,
            0.13,
            "one cell type of eight: the synchrony of L5E lies near the limit",
            "Potjans & Diesmann 2014, quoted by Shimoura et al. 2018",
            "second-hand",
            {"neurons": 1.0, "inputs": 1.0, "dt": 0.1, "duration": 10_000.0},
        ),
    ),
)
