"""Does a network of spiking neurons learn to balance a pole, in a closed loop and from the fall alone?

A cart carries a pole and is pushed to the left or to the right every 20 ms. The only reward is -1, when the pole falls
or the cart leaves its track (see `experiments.environments.cart_pole`). Three learners play the same episodes:

- `spiking-actor-critic`: 225 place cells fire Poisson spikes at 8 kHz together, the more the nearer they are to what is
  seen; 20 critic cells, whose rate stands for the expected reward, and 10 actor cells for each direction, leaky
  integrate-and-fire neurons with noise. The direction with more spikes wins. The network runs in the pole's own time,
  without a break within an episode. A presynaptic and a later postsynaptic spike leave an eligibility at their synapse,
  and one signal, the temporal-difference error, turns it into a change of the weight.
- `rate-actor-critic`: its twin without noise and spikes, on the same place cells and by the same rule.
- `policy-gradient`: a Keras network with about as many weights as the spiking one, which sees the observation itself
  and learns by backpropagation at the end of each episode (REINFORCE with a baseline, Adam).

The task counts as solved as soon as the mean of 100 consecutive episodes reaches gymnasium's threshold: 195 of 200
steps in CartPole-v0, 475 of 500 in CartPole-v1. Learning is never switched off, so that what comes afterwards shows
whether a learner unlearns.

An eligibility of the critic's own spikes is an estimate with the noise of these spikes. With the options `critic_cells`
and `eligibilities`, critics of several sizes and one whose eligibility is made of the firing intensity, read from the
membrane, are compared: how well they learn; by how much the same error of 1 at the same place changes the value from
time to time, as a coefficient of variation; and how far the error itself, read from the critic's spikes, scatters where
nothing happens.

Settings were chosen on seeds from 101 on, with other episodes than those of a run: of 20 settings of the spiking
network, 20 of its twin and 3 of the Keras network, with one to four seeds each.

Status: the paper, from which place cells, actor and critic of spiking neurons and the rule are taken, was not at hand.
What is known to differ from it is in `models.spiking.actor_critic`. No figure of it is quoted.

References
----------
N. Fremaux, H. Sprekeler and W. Gerstner, PLoS Computational Biology 9, e1003024 (2013). A. Barto, R. Sutton and C.
Anderson, IEEE Transactions on Systems, Man, and Cybernetics 13, 834-846 (1983), for cart, pole and reward. R. Williams,
Machine Learning 8, 229-256 (1992), REINFORCE.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PositiveInt

from experiments.shared.learners import COSTS, LEARNERS
from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

BLOCK, WINDOW = 20, 100
"""Episodes of which a point of the curve is the mean, and of which the mean decides whether the task is solved."""
LIMITS = {"CartPole-v0": 200, "CartPole-v1": 500}
"""Most steps of an episode, as gymnasium has them."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    version
        Gymnasium's version of the task: episodes of at most 200 or 500 steps.
    episodes
        Episodes of a learner.
    critic_cells
        Sizes of the spiking critic; the curve is that of the first.
    eligibilities
        Of what its eligibility is made; the curve is that of the first.
    samples
        How often the change by the same error, and an error where nothing happens, are looked at; at least 2.
    """

    version: Literal["CartPole-v0", "CartPole-v1"]
    episodes: PositiveInt = Field(multiple_of=BLOCK)
    critic_cells: tuple[PositiveInt, ...] = Field(min_length=1)
    eligibilities: tuple[Literal["spikes", "intensity"], ...] = Field(min_length=1)
    samples: int = Field(ge=2)


_TASK = {"version": str, "episodes": int}
_CRITIC = {"critic_cells": int, "eligibility": str}
_OF_CRITIC = "with a critic of so many cells and an eligibility of its spikes or its intensity"

CLASSIC = Classic(
    __name__,
    __doc__,
    title="A pole on a cart",
    order=190,
    source="Fremaux, Sprekeler & Gerstner 2013",
    subjects=LEARNERS,
    metrics=(
        Metric(
            "length",
            "count",
            "Steps of an episode",
            f"Mean number of steps in {BLOCK} consecutive episodes, of which the point is the last one.",
            better="more",
            step="Episode",
            bounds=(1.0, max(LIMITS.values())),
        ),
        Metric(
            "solved",
            "fraction",
            "Solved",
            f"1 if the mean of {WINDOW} consecutive episodes reaches the threshold within so many episodes, else 0.",
            better="more",
            facts=_TASK,
        ),
        Metric(
            "episodes_to_solve",
            "count",
            "Episodes until solved",
            f"Episodes until the mean of the last {WINDOW} reaches the threshold, where it does.",
            better="less",
        ),
        Metric(
            "steps_to_solve",
            "count",
            "Decisions until solved",
            "Decisions in all these episodes, where the task is solved.",
            better="less",
        ),
        Metric(
            "afterwards",
            "count",
            "Steps of an episode afterwards",
            "Mean number of steps of the episodes after it was solved, where there are any.",
            better="more",
        ),
        Metric(
            "worst_afterwards",
            "count",
            "Fewest steps afterwards",
            f"Smallest mean of {BLOCK} consecutive episodes after it was solved, where there are so many.",
            better="more",
        ),
        *COSTS,
        Metric(
            "length_of_critic",
            "count",
            "Steps of an episode by critic",
            f"Mean number of steps over all episodes, {_OF_CRITIC}.",
            better="more",
            facts=_CRITIC,
        ),
        Metric(
            "solved_of_critic",
            "fraction",
            "Solved by critic",
            f"1 if the task is solved {_OF_CRITIC}, else 0.",
            better="more",
            facts=_CRITIC,
        ),
        Metric(
            "variation",
            "",
            "Variation of the change",
            "Coefficient of variation of the change of the value of the middle place by the same error, before "
            f"anything is learned, {_OF_CRITIC}.",
            better="less",
            facts=_CRITIC,
            bounds=(0.0, None),
        ),
        Metric(
            "error_noise",
            "",
            "Noise of the error",
            "Standard deviation of the temporal-difference error from decision to decision in the middle place, before "
            "anything is learned, with a critic of so many cells; a fall lowers the value by 1.",
            better="less",
            facts={"critic_cells": int},
            bounds=(0.0, None),
        ),
    ),
    presets={
        "quick": Config(
            version="CartPole-v0", episodes=400, critic_cells=(20,), eligibilities=("spikes",), samples=100
        ),
        "full": Config(
            version="CartPole-v0",
            episodes=400,
            critic_cells=(20, 5, 80),
            eligibilities=("spikes", "intensity"),
            samples=200,
        ),
        "tiny": Config(version="CartPole-v0", episodes=20, critic_cells=(5,), eligibilities=("spikes",), samples=10),
    },
    yardsticks=(
        Yardstick(
            "solved within 400 episodes of CartPole-v0",
            "solved",
            1.0,
            0.2,
            "of 10 seeds, 2 may take longer: this project's own bound, the threshold is gymnasium's",
            "gymnasium, reward threshold of CartPole-v0",
            "confirmed",
            {"version": "CartPole-v0", "episodes": 400},
        ),
    ),
)
