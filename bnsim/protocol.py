"""Protocol of a trial: repeated presentation to a network that stays silent, and reward for a correct decision."""

from __future__ import annotations

from dataclasses import dataclass

from bnsim import checks
from bnsim.description import Description, parameter

__all__ = ["Repetition", "Reward"]


@dataclass(frozen=True, repr=False)
class Repetition(Description):
    """Repeated presentation, with a stronger drive, of a trial in which a population fires too few spikes.

    Parameters
    ----------
    population : str
        Population whose spikes are counted.
    minimum_spikes : int
        Smallest number of spikes with which a trial is not presented again.
    increment : float
        Rise of the drive at each presentation, as a fraction of the first.
    most : int
        Largest number of presentations of one trial.

    Notes
    -----
    Presentation k = 0, 1, ... of a trial starts like any trial and is driven by (1 + increment k) times the stimulus,
    with random numbers of its own. The first with at least `minimum_spikes` spikes of `population` is the last, or the
    one after which `most` have been made. All of them may learn; only the last one's spikes and traces are kept, and
    `Recording.presentations` says how many there were.

    References
    ----------
    P. Diehl and M. Cook, Frontiers in Computational Neuroscience 9:99 (2015): below 5 spikes the highest rate rises by
    32 Hz, which is half of the first.
    """

    population: str
    minimum_spikes: int = 5
    increment: float = parameter(0.5, minimum=0)
    most: int = 20

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.count("Repetition.minimum_spikes", self.minimum_spikes)
        checks.count("Repetition.most", self.most)


@dataclass(frozen=True, repr=False)
class Reward(Description):
    """Reward at the end of each trial: whether the network's decision was correct, never which one would have been.

    Parameters
    ----------
    population : str
        Population whose decision is rewarded.

    Notes
    -----
    The decision is the unit of `population` with the most spikes; of units with equally many, the one whose last spike
    came earliest, then the first. Every rule's signal of the kind "reward" is 1 where the decision is the trial's
    correct unit, else 0; a network that did not fire has not decided and gets 0. The correct units are given to
    `Simulator.run` as the signal "reward.correct", whole numbers of shape (trial,), where learning is on. No neuron and
    no synapse depends on them in any other way.
    """

    population: str
