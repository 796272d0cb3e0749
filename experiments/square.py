"""Squares: four classifiers of one topology that differ in two things alone, spikes and whether learning is local.

A brain-like network differs from an artificial one in both at once, so that no difference between two of them can be
put down to either. The four together tell them apart:

                 backpropagation         local rule
    rates        rates_backpropagation   rates_local
    spikes       spikes_backpropagation  spikes_local

All four take plain gradient steps, one sample at a time: another optimizer or batches would be a third thing in which
they differ. Beside the square stands what is usually taken: the same network trained by Adam, or one with gates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Square:
    """Four classifiers by what they are made of.

    Parameters
    ----------
    rates_backpropagation, rates_local, spikes_backpropagation, spikes_local : str
        Their names in `models.registry`.
    beside : str
        Name of the classifier that stands beside the square.
    shared : tuple of str
        Parameters in which all four must agree.
    shared_locally : tuple of str
        Parameters in which the two with a local rule must agree.
    sequences : bool
        Whether it is for tasks of sequences; otherwise for all others.
    """

    rates_backpropagation: str
    rates_local: str
    spikes_backpropagation: str
    spikes_local: str
    beside: str
    shared: tuple[str, ...]
    shared_locally: tuple[str, ...]
    sequences: bool = False

    @property
    def corners(self) -> tuple[str, str, str, str]:
        """The four: rates before spikes, and of these backpropagation before the local rule."""
        return (self.rates_backpropagation, self.rates_local, self.spikes_backpropagation, self.spikes_local)

    def agrees(self, parameters: Mapping[str, Mapping[str, Any]]) -> bool:
        """Return whether the four differ in nothing but what the square is about.

        Parameters
        ----------
        parameters : mapping of str to mapping
            Those of each classifier, without those that have their default.

        Returns
        -------
        bool
            Whether they agree in what is shared.
        """

        def same(corners: tuple[str, ...], names: tuple[str, ...]) -> bool:
            return all(len({parameters[corner].get(name) for corner in corners}) == 1 for name in names)

        return same(self.corners, self.shared) and same((self.rates_local, self.spikes_local), self.shared_locally)


SQUARES: Mapping[str, Square] = MappingProxyType(
    {
        "feed-forward": Square(
            "dense-sgd",
            "local-rate",
            "surrogate",
            "three-factor",
            beside="dense",
            shared=("hidden", "passes"),
            shared_locally=("feedback",),
        ),
        "recurrent": Square(
            "rate-recurrent",
            "rflo",
            "surrogate-recurrent",
            "eprop",
            beside="gru",
            shared=("sequence_shape", "answer_steps", "predict_next", "units", "optimizer", "batch_size", "passes"),
            shared_locally=("feedback",),
            sequences=True,
        ),
    }
)
"""All squares by name."""


def square_for(sequences: bool) -> str:
    """Return the square that `bnsim compare --square` takes.

    Parameters
    ----------
    sequences : bool
        Whether the samples of the task are sequences.

    Returns
    -------
    str
        Its name.
    """
    return next(name for name, square in SQUARES.items() if square.sequences == sequences)
