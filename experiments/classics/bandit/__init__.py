"""How soon does a learner notice that the better of several arms has become another one?

Each trial is one decision between arms, which pay 1 with a chance of their own, else 0. After each block of trials the
chances move on by one arm, so that of two arms the better one becomes the worse one. Nothing announces it. Three
learners meet the same draws:

- `spiking-actor-critic`: 20 critic cells, whose rate stands for the expected reward, and 10 actor cells for each arm;
  in 20 ms the arm with more spikes wins (see `models.spiking.actor_critic`). The place never changes: two place cells
  fire Poisson spikes at 750 Hz each.
- `rate-actor-critic`: its twin without noise and spikes, by the same rule.
- `policy-gradient`: a Keras network, which learns by backpropagation after each trial (REINFORCE with a baseline,
  Adam); as a trial is one decision, its error counts by its sign alone.

What the critic expects can be said in closed form. Where nothing but the reward of a trial changes it, temporal-
difference learning is the delta rule of Rescorla and Wagner,

    V <- V + alpha (reward - V)

For the twin, alpha is the critic's learning rate times the sum of the squared activities, and V is met exactly. To each
learner, alpha is fitted: it is told how much of what the learner expects the delta rule explains.

How soon a choice is given up depends on how certain of its decisions a learner takes itself to be: what it is almost
sure to choose leaves it little to learn. The twin knows its chances. The efference copy of the spiking network takes
them from spikes by a temperature, and with the option `temperatures`, networks are compared whose expectation of their
own decisions is sharp (few spikes) or soft (many).

Settings were chosen on seeds from 101 on, with other draws than those of a run: of 9 settings of the spiking network
with 3 or 4 seeds each, 21 of its twin with 3 or 6, and 3 of the Keras network with three.

References
----------
R. Rescorla and A. Wagner, in: Classical Conditioning II, 64-99 (1972), the delta rule. R. Sutton and A. Barto,
Reinforcement Learning (2018), chapter 2. N. Fremaux, H. Sprekeler and W. Gerstner, PLoS Computational Biology 9,
e1003024 (2013), actor and critic of spiking neurons. No figure of them is quoted.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt, field_validator

from experiments.shared.learners import COSTS, LEARNERS, RATES
from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

PIECE = 5
"""Trials of which a point of the curves is the mean."""
DELTA_RULE_RATE = 0.1
"""Learning rate of the delta rule that the twin follows with its settings."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    chances
        Chance of each arm in the first block, at least two, of which one must be the largest.
    block
        Trials of a block.
    blocks
        Number of blocks, at least two.
    temperatures
        Spikes by which the spiking network expects an action e-fold; the curves are those of the first.
    """

    chances: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(min_length=2)
    block: PositiveInt = Field(multiple_of=PIECE)
    blocks: int = Field(ge=2)
    temperatures: tuple[PositiveFloat, ...] = Field(min_length=1)

    @field_validator("chances")
    @classmethod
    def _one_is_best(cls, chances: tuple[float, ...]) -> tuple[float, ...]:
        if chances.count(max(chances)) > 1:
            raise ValueError("two arms have the largest chance; give one of them less")
        return chances

    @field_validator("temperatures")
    @classmethod
    def _each_once(cls, temperatures: tuple[float, ...]) -> tuple[float, ...]:
        if len(set(temperatures)) < len(temperatures):
            raise ValueError("a temperature is given twice; give each once")
        return temperatures


CLASSIC = Classic(
    __name__,
    __doc__,
    title="A bandit whose arms change places",
    order=210,
    source="Rescorla & Wagner 1972",
    subjects=LEARNERS,
    metrics=(
        Metric(
            "better",
            "fraction",
            "Best arm chosen",
            f"Share of {PIECE} consecutive trials, of which the point is the last one, in which the arm with the "
            "largest chance is chosen, after a change; mean over all changes.",
            better="more",
            step="Trials since a change",
        ),
        Metric(
            "expected",
            "",
            "Reward that is expected",
            f"Reward that the learner expects after each {PIECE} trials.",
            step="Trial",
        ),
        Metric(
            "regret",
            "",
            "Regret of a trial",
            "Largest chance less the chance of the arm that is chosen, mean over all trials.",
            better="less",
            bounds=(0.0, 1.0),
        ),
        Metric(
            "regret_of_temperature",
            "",
            "Regret of a trial by temperature",
            "Regret of the spiking network if so many more spikes for an action make it expect it e-fold.",
            better="less",
            facts={"temperature": float},
            bounds=(0.0, 1.0),
        ),
        Metric(
            "delta_rule_rate",
            "",
            "Learning rate of the delta rule",
            "Learning rate with which the delta rule, given the same rewards, comes nearest to what a learner expects.",
            bounds=(0.0, 1.0),
        ),
        Metric(
            "explained",
            "",
            "Explained by the delta rule",
            "Share of the variance of what the learner expects that the delta rule with this learning rate explains.",
            bounds=(None, 1.0),
        ),
        *COSTS,
    ),
    presets={
        "quick": Config(chances=(0.8, 0.2), block=100, blocks=6, temperatures=(10.0, 5.0, 2.0, 1.0)),
        "full": Config(chances=(0.8, 0.2), block=100, blocks=20, temperatures=(10.0, 20.0, 5.0, 2.0, 1.0)),
        "tiny": Config(chances=(0.9, 0.1), block=10, blocks=2, temperatures=(10.0, 1.0)),
    },
    yardsticks=(
        Yardstick(
            "learning rate of the delta rule, rates",
            "delta_rule_rate",
            DELTA_RULE_RATE,
            1e-4,
            "the critic of rates is the delta rule itself; the fit is good to five digits",
            "temporal-difference learning in a single step",
            "theory",
            model=RATES,
        ),
        Yardstick(
            "explained by the delta rule, rates",
            "explained",
            1.0,
            1e-6,
            "the critic of rates is the delta rule itself, but for the fit of its rate",
            "temporal-difference learning in a single step",
            "theory",
            model=RATES,
        ),
    ),
)
