"""Which pixels an answer rests on: maps (pixel,) of an image, how alike they are, and whether deleting bears them out.

Each method needs nothing but answers to other images, so it fits any classifier: these functions make the images, and
turn a score of each into a map.

occlusion          a square window at every place is replaced by the baseline; a pixel's importance is the mean drop of
                   the score over the windows that cover it (Zeiler & Fergus 2014)
gradient           slope of the score by each pixel, from central differences (Simonyan, Vedaldi & Zisserman 2014)
triggered_average  mean of the noise added to an image, each draw weighted by the response to it, so that in a spiking
                   network it is the spike-triggered average; for small Gaussian noise it is, up to a factor, the
                   gradient of the response (Schwartz, Pillow, Rust & Simoncelli 2006)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]


def windows(image_shape: tuple[int, int], side: int) -> NDArray[np.bool_]:
    """Square windows at every place inside the image: (window, pixel), True inside."""
    height, width = image_shape
    rows, columns = np.divmod(np.arange(height * width), width)
    return np.array(
        [
            (rows >= top) & (rows < top + side) & (columns >= left) & (columns < left + side)
            for top in range(height - side + 1)
            for left in range(width - side + 1)
        ]
    )


def occluded(image: FloatArray, baseline: FloatArray, places: NDArray[np.bool_]) -> FloatArray:
    """The image with the baseline in each window (window, pixel)."""
    return np.where(places, baseline, image)


def occlusion(drops: FloatArray, places: NDArray[np.bool_]) -> FloatArray:
    """Mean drop (window,) of the score over the windows that cover each pixel."""
    return drops @ places / places.sum(axis=0)


def nudged(image: FloatArray, step: float) -> FloatArray:
    """The image with each pixel raised, and with each lowered: (2 x pixel, pixel)."""
    steps = step * np.eye(len(image))
    return image + np.concatenate([steps, -steps])


def gradient(scores: FloatArray, step: float) -> FloatArray:
    """Slopes from the scores of the nudged images."""
    raised, lowered = np.split(scores, 2)
    return (raised - lowered) / (2 * step)


def mirrored_noise(shape: tuple[int, int], deviation: float, generator: np.random.Generator) -> FloatArray:
    """Gaussian noise (draw, pixel), each draw once more with the other sign, so that the mean is 0."""
    draws = deviation * generator.standard_normal((-(-shape[0] // 2), shape[1]))
    return np.concatenate([draws, -draws])


def triggered_average(noise: FloatArray, responses: FloatArray) -> FloatArray:
    """Mean of the noise (draw, pixel), weighted by the responses (draw,); zeros where nothing responds."""
    total = responses.sum()
    return responses @ noise / total if total > 0 else np.zeros(noise.shape[1])


def agreement(first: FloatArray, second: FloatArray) -> float | None:
    """Spearman's correlation of the absolute maps, None where one of them is the same everywhere."""
    from scipy.stats import spearmanr

    maps = np.abs(first), np.abs(second)
    if any(np.ptp(each) == 0 for each in maps):
        return None
    return float(spearmanr(*maps).statistic)


def deleted(image: FloatArray, baseline: FloatArray, order: NDArray[np.intp], steps: int) -> FloatArray:
    """The image with none, then more and more of its pixels replaced in this order, at last all: (steps + 1, pixel)."""
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    counts = np.rint(np.linspace(0, len(order), steps + 1))
    return np.where(rank < counts[:, np.newaxis], baseline, image)


def area(curve: FloatArray) -> float:
    """Area under a curve at equal distances, of width 1."""
    return float(np.mean((curve[1:] + curve[:-1]) / 2))
