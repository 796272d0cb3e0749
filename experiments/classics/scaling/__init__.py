"""How does the cost of a simulation grow with the network, and with the number of trials?

What is measured is the simulator, not the brain: processor time and memory of Brunel's asynchronous and irregular
network (see `brunel`) in growing sizes. Each neuron receives from a tenth of the others, and from 1250 at most, with
weights in inverse proportion to their number: so synapses grow as the square of the neurons up to 12,500 neurons, and
in proportion to them from there on. The cost is the processor time that a biological second takes, less that of a run
of one time step, which sends and reads the network; it contains neurons and their outer spikes, which are most of it in
small networks, and synaptic events, which are most of it in large ones. A synaptic event is a spike that reaches one
target. Trials of 100 ms are runs of 1000 neurons in one call.

The slope of logarithms, by least squares over the sizes that are at least a hundredth of the largest, is 1 where the
cost is proportional; it is less where neurons, which are fewer, are most of the cost. By how much it exceeds 1 is what
the yardstick limits: an algorithm that handles each event once is linear, and caches that become too small should not
cost more than that. Yardsticks hold for the sizes of the presets.

Times and memory depend on the machine and on what else it does, so no run gives the same ones twice; that is why their
names end as they do (`experiments.spec.Metric`), and why comparisons of runs leave them out. The least of some
repetitions is taken, since other work only adds. Run it on an idle machine, with one worker (`--workers 1`). Steps in
the curves are caches that overflow.

References
----------
N. Brunel, Journal of Computational Neuroscience 8, 183-208 (2000). J. Jordan et al., Frontiers in Neuroinformatics 12,
2 (2018), on time and memory of growing networks in NEST.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

MOST_INPUTS, TENTH = 1250, 10
"""Most synapses that end on a neuron, and one in how many others sends one."""
REACH = 100
"""Slopes are those over sizes from the largest down to this part of it."""


def synapses(neurons: int) -> int:
    """Return the number of synapses of a network.

    Parameters
    ----------
    neurons
        Its number of neurons.

    Returns
    -------
    int
        The number.
    """
    return neurons * min(neurons // TENTH, MOST_INPUTS)


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    neurons
        Sizes of the networks, in multiples of 50 neurons.
    duration
        Length of each simulation, in ms.
    trials
        Numbers of trials of 100 ms.
    repetitions
        How often each is measured; the least counts.
    """

    neurons: tuple[Annotated[int, Field(ge=100, multiple_of=50)], ...] = Field(min_length=2)
    duration: PositiveInt = Field(ge=10)
    trials: tuple[PositiveInt, ...] = Field(min_length=2)
    repetitions: PositiveInt


Against = Literal["synapses", "trials"]
_SIZE: Mapping[str, type[str] | type[int] | type[float]] = {"neurons": int, "synapses": int}
_TRIALS: Mapping[str, type[str] | type[int] | type[float]] = {"trials": int}
_GROWTH: Mapping[str, type[str] | type[int] | type[float]] = {"against": str, "largest": int}
_OF = "of a network with so many neurons and synapses"


def _linear(against: Against, largest: int) -> Yardstick:
    return Yardstick(
        f"{against} up to {largest:,}: slope above 1",
        "excess_seconds",
        0.0,
        0.05,
        "0.05: caches that overflow may cost a little, an algorithm that is not linear costs more",
        "each event and each trial is handled once",
        "theory",
        {"against": against, "largest": largest},
    )


CLASSIC = Classic(
    __name__,
    __doc__,
    title="Cost of growing networks",
    order=170,
    source="Brunel 2000",
    subjects={"balanced-network": "BNS"},
    metrics=(
        Metric(
            "simulation_seconds",
            "s",
            "Processor time a biological second",
            f"Processor time that a biological second takes {_OF}, without reading the network.",
            facts=_SIZE,
            better="less",
        ),
        Metric(
            "event_seconds",
            "ns",
            "Processor time a synaptic event",
            f"Processor time of the simulation, neurons included, divided by the synaptic events {_OF}.",
            facts=_SIZE,
            better="less",
        ),
        Metric(
            "reading_seconds",
            "s",
            "Processor time of a run of one step",
            f"Processor time of a run of one time step, which sends and reads the network, {_OF}.",
            facts=_SIZE,
            better="less",
        ),
        Metric(
            "drawing_seconds",
            "s",
            "Processor time of the first state",
            f"Processor time that connections and initial values take {_OF}.",
            facts=_SIZE,
            better="less",
        ),
        Metric(
            "peak_memory",
            "byte",
            "Most memory",
            "Most memory that Python and the compiled network hold at once, from the first state to the end of the "
            f"simulation, beyond what Python held before, {_OF}.",
            facts=_SIZE,
            better="less",
        ),
        Metric("state_size", "byte", "Size of the state", f"Size of all arrays of the state {_OF}.", facts=_SIZE),
        Metric(
            "events",
            "1/s",
            "Synaptic events",
            f"Synaptic events in a biological second {_OF}: spikes times the mean number of targets.",
            facts=_SIZE,
        ),
        Metric(
            "trials_seconds",
            "s",
            "Processor time of trials",
            "Processor time of a call with so many trials of 100 ms of a network of 1000 neurons.",
            facts=_TRIALS,
            better="less",
        ),
        Metric(
            "trials_memory",
            "byte",
            "Most memory of trials",
            "Most memory that Python and the compiled network hold at once, beyond what Python held before, in a call "
            "with so many trials of 100 ms of a network of 1000 neurons.",
            facts=_TRIALS,
            better="less",
        ),
        Metric(
            "slope_seconds",
            "",
            "Slope of the processor time",
            "Slope of the logarithm of the processor time against that of the number of synapses or trials, over those "
            "from the largest down to a hundredth of it.",
            facts=_GROWTH,
            better="less",
        ),
        Metric(
            "excess_seconds",
            "",
            "Slope above 1",
            "By how much the slope of the processor time exceeds 1; 0 where it does not.",
            facts=_GROWTH,
            better="less",
            bounds=(0.0, None),
        ),
        Metric(
            "slope_memory",
            "",
            "Slope of the most memory",
            "Slope of the logarithm of the most memory against that of the number of synapses, over those from the "
            "largest down to a hundredth of it.",
            facts=_GROWTH,
            better="less",
        ),
    ),
    presets={
        "quick": Config(
            neurons=(100, 300, 1000, 1750, 3000, 5600), duration=500, trials=(1, 4, 16, 64, 256), repetitions=3
        ),
        "full": Config(
            neurons=(100, 300, 1000, 3000, 5600, 12_500, 25_000, 80_000),
            duration=1000,
            trials=(1, 4, 16, 64, 256, 1024),
            repetitions=3,
        ),
        "tiny": Config(neurons=(100, 150), duration=50, trials=(1, 3), repetitions=1),
    },
    yardsticks=(
        _linear("synapses", synapses(5600)),
        _linear("synapses", synapses(80_000)),
        _linear("trials", 256),
        _linear("trials", 1024),
    ),
)
