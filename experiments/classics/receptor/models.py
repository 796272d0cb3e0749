"""What a model of the receptor is: an intensity given what was recorded, and spikes that it samples by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from experiments.classics.receptor import Config
from experiments.classics.receptor.read_out import Sampler
from experiments.classics.receptor.recorded import Recorded


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model whose parameters are fitted.

    Parameters
    ----------
    with_history, without_history
        Logarithm of the intensity in each step, in spikes per ms, given the stimulus and the recorded spikes before the
        step, and given the stimulus alone, by a read-out that was fitted to it alone.
    sample
        Samples spikes from the model, each train with its own spikes as its history.
    times
        Times in ms that were chosen, by name.
    """

    with_history: FloatArray
    without_history: FloatArray
    sample: Sampler
    times: Mapping[str, float] = field(default_factory=dict)


Fit = Callable[[Recorded, NDArray[np.bool_], Config, int], Fitted]
"""Function of the recording, the steps in which the cell is not refractory, the options, and a seed."""
