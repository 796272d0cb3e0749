"""Reading classes from cells that learned without labels: what each cell responds to, and how cells vote.

Let r_ic be the mean number of spikes of cell i in presentations of class c. The label of a cell is the class with the
largest r_ic (of equals the first), or -1 where the cell never fired; its proportions are p_ic = r_ic / sum_c r_ic.

Readouts, for the spike counts n_i of a presentation
----------------------------------------------------
most-active   votes_c = mean of n_i over the cells whose label is c
proportion    votes_c = sum_i p_ic n_i
likelihood    votes_c = sum_i n_i ln q_ic, with q_ic = (S_ic + s) / sum_j (S_jc + s), S_ic the spikes of all
              presentations of class c and s = 0.1 spikes: how likely it is that the spikes of a presentation of class
              c, drawn one by one, fall on these cells (a multinomial naive Bayes classifier)

The class with most votes is the answer; of equals the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray, LabelArray
from bnsim.expected import NUMBER, Expected, check

SMOOTHING = 0.1
"""Spikes that are added to those of each cell and class: a cell that never fired for a class rules it out otherwise."""


@dataclass(frozen=True, eq=False)
class LabelReadout:
    """Running sums over presentations, older ones fading away.

    Parameters
    ----------
    spikes : ndarray, shape (n_cells, n_classes)
        Spikes of each cell in presentations of each class.
    shown : ndarray, shape (n_classes,)
        Presentations of each class.
    """

    spikes: FloatArray
    shown: FloatArray

    @classmethod
    def empty(cls, n_cells: int, n_classes: int) -> Self:
        """Make a readout that has seen nothing.

        Parameters
        ----------
        n_cells : int
            Cells.
        n_classes : int
            Classes.

        Returns
        -------
        LabelReadout
            With sums of 0.
        """
        return cls(np.zeros((n_cells, n_classes)), np.zeros(n_classes))

    def updated(self, counts: NDArray[np.integer], labels: LabelArray, window: float) -> Self:
        """Return the readout with presentations added, one after the other.

        Parameters
        ----------
        counts : ndarray of int, shape (n_presentations, n_cells)
            Spikes.
        labels : ndarray of int, shape (n_presentations,)
            Classes.
        window : float
            Presentations after which the weight of a presentation has fallen to 1/e; math.inf where all count alike.

        Returns
        -------
        LabelReadout
            The new readout.
        """
        spikes, shown, keep = self.spikes.copy(), self.shown.copy(), np.exp(-1 / window)
        for row, label in zip(counts, labels, strict=True):
            spikes *= keep
            shown *= keep
            spikes[:, label] += row
            shown[label] += 1
        return type(self)(spikes, shown)

    @property
    def responses(self) -> FloatArray:
        """Return the mean number of spikes r of each cell in presentations of each class.

        Returns
        -------
        ndarray, shape (n_cells, n_classes)
            r.
        """
        return self.spikes / np.where(self.shown > 0, self.shown, 1.0)

    @property
    def labels(self) -> LabelArray:
        """Return the label of each cell.

        Returns
        -------
        ndarray of int, shape (n_cells,)
            Class with the largest r, of equals the first; -1 where the cell never fired.
        """
        responses = self.responses
        return np.where(responses.any(axis=1), responses.argmax(axis=1), -1)

    @property
    def proportions(self) -> FloatArray:
        """Return the share of each class in the responses of each cell.

        Returns
        -------
        ndarray, shape (n_cells, n_classes)
            Shares; rows of cells that never fired are 0.
        """
        responses = self.responses
        totals = responses.sum(axis=1, keepdims=True)
        return responses / np.where(totals > 0, totals, 1.0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the sums as plain arrays, for storage.

        Returns
        -------
        dict of str to ndarray
            Arrays by name.
        """
        return {"readout/spikes": self.spikes, "readout/shown": self.shown}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], n_cells: int, n_classes: int) -> Self:
        """Make a readout from the arrays of `arrays`.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            Arrays by name; other entries are ignored.
        n_cells, n_classes : int
            Cells and classes.

        Returns
        -------
        LabelReadout
            The readout.

        Raises
        ------
        ValueError
            If the arrays are not those of such a readout.
        """
        shapes = {"readout/spikes": (n_cells, n_classes), "readout/shown": (n_classes,)}
        check(arrays, {name: Expected(NUMBER, shape, low=0) for name, shape in shapes.items()})
        return cls(arrays["readout/spikes"], arrays["readout/shown"])


def _most_active(readout: LabelReadout, counts: NDArray[np.number]) -> FloatArray:
    n_classes = len(readout.shown)
    members = (readout.labels[:, None] == np.arange(n_classes)).astype(np.float64)
    return (counts @ members) / np.maximum(members.sum(axis=0), 1)  # sums of whole numbers: exact in any order


def _proportion(readout: LabelReadout, counts: NDArray[np.number]) -> FloatArray:
    proportions = readout.proportions
    # Row by row: the rounding of one product of matrices would depend on the number of its rows.
    return np.stack([row @ proportions for row in counts]) if len(counts) else np.zeros((0, len(readout.shown)))


def _likelihood(readout: LabelReadout, counts: NDArray[np.number]) -> FloatArray:
    spikes = readout.spikes + SMOOTHING
    logarithms = np.log(spikes / spikes.sum(axis=0))
    return np.stack([row @ logarithms for row in counts]) if len(counts) else np.zeros((0, len(readout.shown)))


READOUTS: Mapping[str, Callable[[LabelReadout, NDArray[np.number]], FloatArray]] = MappingProxyType(
    {"most-active": _most_active, "proportion": _proportion, "likelihood": _likelihood}
)
