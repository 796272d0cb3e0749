"""Information about the class in responses, in bits: of single units, and of all units together through a probe.

Entropy from counts n_i that sum to n, with the correction of Miller and Madow for the bias of a finite sample:

    H = -sum_i n_i / n log2(n_i / n) + (occupied cells - 1) / (2 n ln 2)

Mutual information of the rows and columns of a table of counts: I = H(rows) + H(columns) - H(cells), each corrected.

The class that a probe decodes (`experiments.shared.probe`) is a function of the responses. The mutual information of
true and decoded class is therefore a lower bound of that of class and responses; it misses information that is not in a
linear combination of the units.

References
----------
Miller (1955), in Information Theory in Psychology, 95-100. Panzeri, Senatore, Montemurro & Petersen (2007),
J. Neurophysiology 98:1064-1072: bias, its corrections and shuffling. Quian Quiroga & Panzeri (2009), Nature Reviews
Neuroscience 10:173-185: information from decoding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from bnsim.arrays import FloatArray

Integers = NDArray[np.integer]


def entropy(counts: NDArray[np.number]) -> FloatArray:
    """Compute the entropy of a distribution from counts.

    Parameters
    ----------
    counts
        Number of occurrences of each value (..., cell).

    Returns
    -------
    array (...)
        Entropy in bits, corrected for the finite sample.
    """
    total = counts.sum(axis=-1)
    share = counts / total[..., np.newaxis]
    plain = -np.sum(share * np.log2(share, out=np.zeros_like(share), where=share > 0), axis=-1)
    return plain + ((counts > 0).sum(axis=-1) - 1) / (2 * total * np.log(2))


def mutual_information(table: NDArray[np.number]) -> FloatArray:
    """Compute the mutual information of the rows and columns of a table of counts.

    Parameters
    ----------
    table
        Number of occurrences of each pair of values (..., row, column).

    Returns
    -------
    array (...)
        Mutual information in bits, corrected for the finite sample.
    """
    cells = table.reshape(*table.shape[:-2], -1)
    return entropy(table.sum(axis=-1)) + entropy(table.sum(axis=-2)) - entropy(cells)


def symbols(responses: FloatArray, levels: int) -> Integers:
    """Discretise responses, unit by unit.

    A unit with at most `levels` different responses, for instance spike counts, keeps them distinct. The responses of
    other units are divided into levels, lowest first, with equal numbers of samples as far as possible: equal responses
    get the same level.

    Parameters
    ----------
    responses
        Spike counts or activations (sample, unit).
    levels
        Largest number of different symbols.

    Returns
    -------
    array (sample, unit)
        Integers from 0 to levels - 1.
    """
    n = len(responses)
    ordered = np.sort(responses, axis=0)
    edges = ordered[[-(-n * level // levels) - 1 for level in range(1, levels)]]
    found = np.sum(responses > edges[:, np.newaxis], axis=0)
    few = np.sum(np.diff(ordered, axis=0) > 0, axis=0) < levels
    found[:, few] = rankdata(responses[:, few], method="dense", axis=0) - 1
    return found


def unit_information(responses: Integers, labels: Integers) -> FloatArray:
    """Compute the mutual information of the class and the response of each unit.

    Parameters
    ----------
    responses
        Result of `symbols` (sample, unit).
    labels
        Class indices (sample,).

    Returns
    -------
    array (unit,)
        Mutual information in bits, corrected for the finite sample.
    """
    units, levels, classes = responses.shape[1], int(responses.max()) + 1, int(labels.max()) + 1
    cells = (np.arange(units) * levels + responses) * classes + labels[:, np.newaxis]
    table = np.bincount(cells.ravel(), minlength=units * levels * classes)
    return mutual_information(table.reshape(units, levels, classes))
