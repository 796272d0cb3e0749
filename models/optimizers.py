"""Steps of gradient descent on plain arrays: plain ones, and those of Adam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from bnsim.expected import REAL, WHOLE, Expected, check

OPTIMIZERS = ("plain", "adam")
FIRST, SECOND, SMALL = 0.9, 0.999, 1e-7
"""Of Adam: what is left of the two moments after a step, and what is added to the square root of the second."""


@dataclass(frozen=True, eq=False)
class Moments:
    """What Adam keeps from step to step.

    Parameters
    ----------
    first, second : tuple of ndarray
        Running means of the gradient and of its square, of each array that is learned.
    steps : int
        Steps taken.
    """

    first: tuple[FloatArray, ...]
    second: tuple[FloatArray, ...]
    steps: int = 0

    @classmethod
    def of(cls, optimizer: str, values: Sequence[FloatArray]) -> Moments | None:
        """Return what an optimizer keeps before its first step.

        Parameters
        ----------
        optimizer : str
            One of `OPTIMIZERS`.
        values : sequence of ndarray
            What is to be learned.

        Returns
        -------
        Moments or None
            Zeros; None for plain steps, which keep nothing.
        """
        zeros = tuple(np.zeros_like(value) for value in values)
        return cls(zeros, zeros) if optimizer == "adam" else None

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the moments as plain arrays, for storage.

        Returns
        -------
        dict of str to ndarray
            Arrays by name.
        """
        named = {"first": self.first, "second": self.second}
        stored = {f"moments/{name}/{index}": each for name, all_ in named.items() for index, each in enumerate(all_)}
        return {**stored, "moments/steps": np.array(self.steps)}

    @classmethod
    def from_arrays(cls, optimizer: str, arrays: Mapping[str, NDArray], values: Sequence[FloatArray]) -> Moments | None:
        """Make moments from the arrays of `arrays`.

        Parameters
        ----------
        optimizer : str
            One of `OPTIMIZERS`.
        arrays : mapping of str to ndarray
            Arrays by name.
        values : sequence of ndarray
            What is learned.

        Returns
        -------
        Moments or None
            The moments; None for plain steps.

        Raises
        ------
        ValueError
            If the arrays do not fit to what is learned.
        """
        empty = cls.of(optimizer, values)
        if empty is None:
            return None
        names = [[f"moments/{name}/{index}" for index in range(len(values))] for name in ("first", "second")]
        shapes = {name: value.shape for of_moment in names for name, value in zip(of_moment, values, strict=True)}
        check(arrays, {name: Expected(REAL, shape) for name, shape in shapes.items()})
        check(arrays, {name: Expected(REAL, shapes[name], low=0) for name in names[1]})
        check(arrays, {"moments/steps": Expected(WHOLE, (), low=0)})
        first, second = (tuple(arrays[name] for name in of_moment) for of_moment in names)
        return cls(first, second, int(arrays["moments/steps"]))


def descend(
    values: Sequence[FloatArray], gradients: Sequence[FloatArray], learning_rate: float, moments: Moments | None
) -> tuple[tuple[FloatArray, ...], Moments | None]:
    """Take a step down the gradient.

    Parameters
    ----------
    values : sequence of ndarray
        What is learned, w.
    gradients : sequence of ndarray
        Of the loss by each of them, g.
    learning_rate : float
        eta.
    moments : Moments or None
        Those before the step; None for a plain step.

    Returns
    -------
    values : tuple of ndarray
        After the step, of the same types.
    moments : Moments or None
        After the step.

    Notes
    -----
    Plain: w - eta g. Adam (Kingma & Ba 2015, arXiv:1412.6980), at step n = 1, 2, ...: m <- 0.9 m + 0.1 g, v <- 0.999 v
    + 0.001 g^2, w - eta m' / (sqrt(v') + 1e-7) with m' = m / (1 - 0.9^n) and v' = v / (1 - 0.999^n).
    """
    if moments is None:
        changes = [learning_rate * gradient for gradient in gradients]
    else:
        means = zip(moments.first, moments.second, gradients, strict=True)
        updated = [(FIRST * m + (1 - FIRST) * g, SECOND * v + (1 - SECOND) * g**2) for m, v, g in means]
        moments = Moments(tuple(m for m, _ in updated), tuple(v for _, v in updated), moments.steps + 1)
        of_first, of_second = 1 - FIRST**moments.steps, 1 - SECOND**moments.steps
        changes = [learning_rate * (m / of_first) / (np.sqrt(v / of_second) + SMALL) for m, v in updated]
    learned = zip(values, changes, strict=True)
    return tuple((value - change).astype(value.dtype) for value, change in learned), moments
