"""What some classifiers can do beyond their contract; studies ask for it by `isinstance`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from bnsim.recording import Recording

FloatArray = NDArray[np.float64]
LabelArray = NDArray[np.int64]


@runtime_checkable
class Recordable(Protocol):
    """A spiking classifier that hands out the spike times behind its decision, of the layers that the recording holds
    spikes of."""

    def record(self, X: FloatArray) -> Recording: ...


@runtime_checkable
class Anytime(Protocol):
    """A classifier that decides after each time step: classes (sample, step)."""

    def predictions_over_time(self, X: FloatArray) -> LabelArray: ...


@runtime_checkable
class Receptive(Protocol):
    """A classifier whose cells learned receptive fields: weights (unit, feature), class index of each (-1: none)."""

    def receptive_fields(self) -> tuple[NDArray[np.floating], LabelArray]: ...


@runtime_checkable
class Probabilistic(Protocol):
    """A classifier that gives each class a probability, in the order of `classes_`."""

    classes_: LabelArray

    def predict_proba(self, X: FloatArray) -> FloatArray: ...


@runtime_checkable
class Tolerant(Protocol):
    """A classifier whose outputs have targets of their own."""

    def within_tolerance(self, X: FloatArray, y: LabelArray) -> float: ...
