"""Place cells: a bank of tuning curves over the observations of an environment, which agents share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bnsim import checks
from bnsim.arrays import Float64Array, FloatArray
from bnsim.errors import InputError

__all__ = ["PlaceCells"]


@dataclass(frozen=True)
class PlaceCells:
    """Place cells on a grid: each responds most to one place, and all together always respond equally strongly.

    Parameters
    ----------
    lowest, highest : tuple of float
        Range of the grid in each dimension, in the units of the observation. What lies beyond is seen at its border.
    numbers : tuple of int
        Places in each dimension, at least two.

    Raises
    ------
    InputError
        If the three do not have the same length, a range is empty, or a dimension has fewer than two places.

    Notes
    -----
    With places c_j at distances s_d from each other in dimension d,

        g_j = exp(-sum_d (o_d - c_jd)^2 / (2 s_d^2))        activity_j = g_j / sum_k g_k
    """

    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    numbers: tuple[int, ...]

    def __post_init__(self) -> None:
        if not len(self.lowest) == len(self.highest) == len(self.numbers):
            sizes = f"{len(self.lowest)}, {len(self.highest)} and {len(self.numbers)}"
            raise InputError(f"PlaceCells: lowest, highest and numbers have {sizes} dimensions; give each the same")
        for dimension, (low, high, number) in enumerate(zip(self.lowest, self.highest, self.numbers, strict=True)):
            checks.count(f"PlaceCells.numbers[{dimension}]", number, minimum=2)
            if not low < high:
                raise InputError(f"PlaceCells.lowest[{dimension}]: {low:g}, not below {high:g}; lower it")

    @property
    def size(self) -> int:
        """Number of cells."""
        return int(np.prod(self.numbers))

    @cached_property
    def places(self) -> Float64Array:
        """Where cells respond most (cell, dimension)."""
        axes = [np.linspace(*ends) for ends in zip(self.lowest, self.highest, self.numbers, strict=True)]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))

    @cached_property
    def _ranges(self) -> tuple[Float64Array, Float64Array, Float64Array]:
        low, high = np.array(self.lowest, float), np.array(self.highest, float)
        return low, high, (high - low) / (np.array(self.numbers) - 1)

    def activity(self, observation: FloatArray | Sequence[float]) -> Float64Array:
        """Return how strongly each cell responds.

        Parameters
        ----------
        observation : array_like, shape (n_dimensions,)
            What is observed.

        Returns
        -------
        ndarray of float64, shape (n_cells,)
            Activities, whose sum is 1.

        Raises
        ------
        InputError
            If the observation has another shape.
        """
        if np.shape(observation) != (len(self.numbers),):
            raise InputError(
                f"PlaceCells.activity(observation): shape {np.shape(observation)}; give ({len(self.numbers)},)"
            )
        low, high, distance = self._ranges
        away = (np.clip(observation, low, high) - self.places) / distance
        responses = np.exp(-0.5 * np.einsum("cd,cd->c", away, away))
        return np.asarray(responses / responses.sum())
