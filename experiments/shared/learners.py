"""The three learners that play games, and what a decision costs each: light, so that experiments can name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from experiments.spec import Kind, Measurement, Metric, Study

if TYPE_CHECKING:
    from models.agent import Agent

SPIKING, RATES, KERAS = "spiking-actor-critic", "rate-actor-critic", "policy-gradient"
LEARNERS: Mapping[str, Kind] = {SPIKING: "BNS", RATES: "BNS", KERAS: "ANN"}

COSTS = (
    Metric(
        "spikes",
        "count",
        "Spikes of a decision",
        "Mean number of spikes of a population in a decision, over all episodes.",
        facts={"population": str},
    ),
    Metric(
        "decision_time",
        "ms",
        "Time of a decision",
        "Mean time on a clock that passes from an observation to the action, over all episodes; learning is part "
        "of it where it does not wait for the episode's end.",
        better="less",
    ),
    Metric("parameters", "count", "Weights that learn", "Number of weights that learn."),
)


def costs(study: Study, agent: Agent, n_decisions: int, seconds: float) -> Iterator[Measurement]:
    """Yield what a decision costs, as `COSTS` has it.

    Parameters
    ----------
    study
        The experiment, whose metrics contain `COSTS`.
    agent
        The learner, after it has played.
    n_decisions
        Number of its decisions.
    seconds
        Time on a clock that passed in them, in s.

    Yields
    ------
    Measurement
        Spikes by population, time of a decision, and number of weights.
    """
    for population, spikes in agent.spikes.items():
        yield study["spikes"](spikes / n_decisions, population=population)
    yield study["decision_time"](1e3 * seconds / n_decisions)
    yield study["parameters"](agent.n_parameters)
