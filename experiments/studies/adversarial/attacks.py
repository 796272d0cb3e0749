"""Attacks on a classifier: changes of samples by at most epsilon in each feature (the L-infinity norm).

Epsilon and all distances are in units of the range of values, low to high (feature,). Attacked samples stay within it.

White-box attacks follow the gradient of the margin: the largest output of a wrong class minus that of the right one.
Unlike the cross-entropy, the margin is not flat when the network is certain, so its gradient does not vanish. The
black-box attack sees only answers and searches along directions of signs, as in RayS.

References
----------
Goodfellow, Shlens & Szegedy (2015), ICLR: FGSM. Madry et al. (2018), ICLR: PGD. Carlini & Wagner (2017), IEEE S&P: the
margin. Chen & Gu (2020), KDD: RayS. Athalye, Carlini & Wagner (2018), ICML: gradients that are hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray, IntArray
from models.differentiable import Chain

STEP = 2.5
"""A step of PGD is this times epsilon divided by the number of steps: enough to cross the box and return."""
TOLERANCE = 0.005
"""Largest error of the distances found by the black-box attack, along their direction."""


@dataclass(frozen=True, eq=False)
class Box:
    """Range of the values.

    Parameters
    ----------
    low
        Smallest values (feature,).
    high
        Largest values (feature,).
    """

    low: FloatArray
    high: FloatArray

    def moved(self, X: FloatArray, by: FloatArray | float) -> FloatArray:
        """Return samples moved by a part of the range, and cut at its ends.

        Parameters
        ----------
        X
            Samples (n, features).
        by
            Shift in units of the range: one number for all, or one for each feature (n, features).
        """
        return np.clip(X + by * (self.high - self.low), self.low, self.high)


def margin(chain: Chain, X: FloatArray, labels: IntArray) -> tuple[FloatArray, FloatArray]:
    """Compute the margin and its gradient.

    Parameters
    ----------
    chain
        The network.
    X
        Samples (n, features).
    labels
        Index of each sample's right class (n,).

    Returns
    -------
    margin : array (n,)
        Positive where a wrong class wins.
    gradient : array (n, features)
        Its derivative by the samples.
    """
    outputs, rows = chain.outputs(X), np.arange(len(X))
    others = outputs.copy()
    others[rows, labels] = -np.inf
    rival = others.argmax(axis=1)
    error = np.zeros_like(outputs)
    error[rows, rival], error[rows, labels] = 1, -1
    return outputs[rows, rival] - outputs[rows, labels], chain.gradient(X, error)


def fgsm(chain: Chain, X: FloatArray, labels: IntArray, epsilon: float, box: Box) -> FloatArray:
    """Attack by one step of epsilon along the sign of the gradient.

    Parameters
    ----------
    chain
        The network.
    X
        Samples (n, features).
    labels
        Index of each sample's right class (n,).
    epsilon
        Largest change of a feature, in units of the range.
    box
        The range of values.

    Returns
    -------
    array (n, features)
        The changed samples.
    """
    return box.moved(X, epsilon * np.sign(margin(chain, X, labels)[1]))


def pgd(
    chain: Chain, X: FloatArray, labels: IntArray, epsilon: float, box: Box, steps: int, noise: FloatArray
) -> FloatArray:
    """Attack by small steps along the sign of the gradient, never further than epsilon away.

    Parameters
    ----------
    chain
        The network.
    X
        Samples (n, features).
    labels
        Index of each sample's right class (n,).
    epsilon
        Largest change of a feature, in units of the range.
    box
        The range of values.
    steps
        Number of steps.
    noise
        Starting points in units of epsilon, in [-1, 1] (n, features).

    Returns
    -------
    array (n, features)
        The changed samples: of all points, those of the largest margin.
    """
    inner = Box(box.moved(X, -epsilon), box.moved(X, epsilon))
    now = best = box.moved(X, epsilon * noise)
    reached = np.full(len(X), -np.inf)
    for _ in range(steps + 1):
        found, gradient = margin(chain, now, labels)
        best = np.where((found > reached)[:, None], now, best)
        reached = np.maximum(reached, found)
        now = np.clip(box.moved(now, STEP * epsilon / steps * np.sign(gradient)), inner.low, inner.high)
    return best


def black_box(
    predict: Callable[[FloatArray], NDArray[Any]], X: FloatArray, y: NDArray[Any], box: Box, budget: int
) -> FloatArray:
    """Attack with the model's answers only.

    Parameters
    ----------
    predict
        Function from samples (n, features) to classes (n,).
    X
        Samples (n, features).
    y
        Their right classes (n,).
    box
        The range of values.
    budget
        Largest number of answers for each sample.

    Returns
    -------
    array (n,)
        Distance, in units of the range, to the nearest misclassified sample that was found: 0 if the sample itself is
        misclassified, infinity if none was found.
    """
    rays = [_Ray(x, box) for x in X]
    for ray in [ray for ray, wrong in zip(rays, predict(X) != y, strict=True) if wrong]:
        ray.distance = 0.0
    searches = {row: ray.search() for row, ray in enumerate(rays) if ray.distance > 0}
    asked = {row: next(search) for row, search in searches.items()}
    for _ in range(budget - 1):
        if not asked:
            break
        rows = list(asked)
        wrong = predict(np.stack([asked[row] for row in rows])) != y[rows]
        for row, answer in zip(rows, wrong, strict=True):
            try:
                asked[row] = searches[row].send(bool(answer))
            except StopIteration:
                del asked[row]
    return np.array([ray.distance for ray in rays])


@dataclass
class _Ray:
    """The direction of signs in which the nearest wrongly classified sample was found, and its distance."""

    x: FloatArray
    box: Box
    distance: float = np.inf
    signs: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.signs = np.ones(len(self.x))

    def search(self) -> Generator[FloatArray, bool, None]:
        """Yield samples; the caller sends back whether each is misclassified."""
        for start, stop in _blocks(len(self.x)):
            signs = self.signs.copy()
            signs[start:stop] *= -1
            low, high = 0.0, min(self.distance - TOLERANCE, 1.0)
            if high <= 0:
                return
            if not (yield self.box.moved(self.x, high * signs)):
                continue
            while high - low > TOLERANCE:
                middle = (low + high) / 2
                if (yield self.box.moved(self.x, middle * signs)):
                    high = middle
                else:
                    low = middle
            self.signs, self.distance = signs, high


def _blocks(n: int) -> Iterator[tuple[int, int]]:
    """Yield blocks of features: none, all, halves, quarters and so on down to single features, and these once more."""
    yield 0, 0
    levels = int(np.ceil(np.log2(n))) if n > 1 else 0
    for level in [*range(levels + 1), levels]:
        edges = np.unique(np.linspace(0, n, 2**level + 1).astype(int))
        yield from zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
