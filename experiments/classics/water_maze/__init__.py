"""Does a network of spiking neurons learn the way to a platform that it cannot see, within some thirty trials?

An animal is put into a round pool at the wall, in one of four places, and swims until it meets a hidden platform, which
never moves (see `experiments.environments.water_maze`). The reward is 1 there, and -0.02 for a step into the wall. A
trial that does not find the platform in 600 steps is cut off, and without reward. Three learners swim the same trials:

- `spiking-actor-critic`: 121 place cells on a grid fire Poisson spikes at 3 kHz together; 20 critic cells stand for the
  expected reward by their rate, and 10 actor cells for each of eight directions, leaky integrate-and-fire neurons with
  noise. In 200 ms, which are a step, the direction with most spikes wins. Eligibilities at the synapses and one signal,
  the temporal-difference error, change the weights (see `models.spiking.actor_critic`). As a step lasts longer than in
  `cartpole`, so do the eligibility (1 s) and the time within which later reward counts (4 s).
- `rate-actor-critic`: its twin without noise and spikes, on the same place cells and by the same rule.
- `policy-gradient`: a Keras network with about as many weights as the spiking one, which sees the place itself and
  learns by backpropagation at the end of each trial (REINFORCE with a baseline, Adam).

Beside the steps of each trial, it shows some paths, and what the learners have made of the pool in the end: the value
of each place, and the way from there, as the mean of the directions weighted with the chances that they take these to
have. The spiking network decides by noisy counts of spikes, and more surely than it takes itself to do.
Learning is never switched off.

Settings were chosen on seeds from 101 on, with other trials than those of a run: of 8 settings of the spiking network
with 4 to 14 seeds each, 21 of its twin with 4 or 14, and 3 of the Keras network with two. Where the actor learns twice
as fast or more, some seeds get caught: the twin was seen to swim to and fro between two or three places, with a
certainty that the small errors there no longer change.

Status: the four papers on the task were not at hand, and no figure of theirs is quoted. Bounds are this project's own.

References
----------
R. Morris, Journal of Neuroscience Methods 11, 47-60 (1984), the experiment. D. Foster, R. Morris and P. Dayan,
Hippocampus 10, 1-16 (2000), actor and critic on place cells. E. Vasilaki et al., PLoS Computational Biology 5, e1000586
(2009), and N. Fremaux, H. Sprekeler and W. Gerstner, PLoS Computational Biology 9, e1003024 (2013), spiking neurons.
R. Williams, Machine Learning 8, 229-256 (1992), REINFORCE.
"""

from __future__ import annotations

from pydantic import Field, PositiveFloat, PositiveInt

from experiments.shared.learners import COSTS, LEARNERS, RATES, SPIKING
from experiments.spec import Metric, Options
from experiments.yardsticks import Classic, Yardstick

MOST = 600
"""Most steps of a trial."""
SOON, LATE = (16, 20), (21, 30)
"""First and last trial of which the median, and of which the mean is told."""
ENOUGH = 60
"""Steps of which the mean of late trials may be at most, for the way to count as learned."""


class Config(Options):
    """Options of the experiment.

    Parameters
    ----------
    trials
        Trials of a learner.
    spacing
        Distance between the places whose value is looked at in the end, in m.
    """

    trials: PositiveInt
    spacing: PositiveFloat = Field(le=1.0)


_AT = {"east": float, "north": float}
_AT_PLACE = "in the end, at a place so many metres to the east and to the north of the pool's middle"

CLASSIC = Classic(
    __name__,
    __doc__,
    title="A water maze",
    order=200,
    source="Fremaux, Sprekeler & Gerstner 2013",
    subjects=LEARNERS,
    metrics=(
        Metric(
            "length",
            "count",
            "Steps of a trial",
            f"Steps until the platform is reached, or {MOST} where it is not.",
            better="less",
            step="Trial",
            bounds=(1.0, MOST),
        ),
        Metric(
            "reached",
            "fraction",
            "Platform reached",
            "Share of all trials in which the platform is reached.",
            better="more",
            facts={"trials": int},
        ),
        Metric(
            "soon",
            "count",
            f"Steps of trials {SOON[0]} to {SOON[1]}",
            f"Median of the steps of trials {SOON[0]} to {SOON[1]}, where there are so many.",
            better="less",
            bounds=(1.0, MOST),
        ),
        Metric(
            "late",
            "count",
            f"Steps of trials {LATE[0]} to {LATE[1]}",
            f"Mean of the steps of trials {LATE[0]} to {LATE[1]}, where there are so many.",
            better="less",
            bounds=(1.0, MOST),
        ),
        Metric(
            "learned",
            "fraction",
            "Way learned",
            f"1 if the mean of the steps of trials {LATE[0]} to {LATE[1]} is at most {ENOUGH}, else 0.",
            better="more",
        ),
        Metric(
            "afterwards",
            "count",
            "Steps of later trials",
            f"Mean of the steps of the trials after the {LATE[1]}th, where there are any.",
            better="less",
            bounds=(1.0, MOST),
        ),
        *COSTS,
        Metric(
            "value",
            "",
            "Value of a place",
            f"Reward that the learner expects {_AT_PLACE}.",
            facts=_AT,
            summarised=False,
        ),
        Metric(
            "heading_east",
            "",
            "Heading to the east",
            f"Eastern part of the mean of the directions, weighted with their chances, {_AT_PLACE}.",
            facts=_AT,
            bounds=(-1.0, 1.0),
            summarised=False,
        ),
        Metric(
            "heading_north",
            "",
            "Heading to the north",
            f"Northern part of the mean of the directions, weighted with their chances, {_AT_PLACE}.",
            facts=_AT,
            bounds=(-1.0, 1.0),
            summarised=False,
        ),
        Metric(
            "path_east",
            "",
            "Path, to the east",
            "Place after each step in m to the east of the pool's middle, in the first, the fifth and the last trial.",
            facts={"trial": int},
            step="Step",
            summarised=False,
        ),
        Metric(
            "path_north",
            "",
            "Path, to the north",
            "Place after each step in m to the north of the pool's middle, in the first, the fifth and the last trial.",
            facts={"trial": int},
            step="Step",
            summarised=False,
        ),
    ),
    presets={
        "quick": Config(trials=30, spacing=0.125),
        "full": Config(trials=100, spacing=0.125),
        "tiny": Config(trials=1, spacing=0.5),
    },
    yardsticks=tuple(
        Yardstick(
            f"way learned within 30 trials, {model}",
            "learned",
            1.0,
            0.1,
            "of 10 seeds, one may take longer: this project's own bound",
            "bound of this project",
            "confirmed",
            model=model,
        )
        for model in (SPIKING, RATES)
    ),
)
