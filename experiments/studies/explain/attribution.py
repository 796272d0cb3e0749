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
    """Return square windows at every place inside the image.

    Parameters
    ----------
    image_shape
        Height and width of the image.
    side
        Of a window, in pixels.

    Returns
    -------
    array (window, pixel)
        True inside the window.
    """
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
    """Replace each window of an image by the baseline.

    Parameters
    ----------
    image, baseline
        Values of the pixels (pixel,).
    places
        What `windows` returns (window, pixel).

    Returns
    -------
    array (window, pixel)
        An image for each window.
    """
    return np.where(places, baseline, image)


def occlusion(drops: FloatArray, places: NDArray[np.bool_]) -> FloatArray:
    """Compute the map of occlusion.

    Parameters
    ----------
    drops
        By how much the score drops with each window replaced (window,).
    places
        What `windows` returns (window, pixel).

    Returns
    -------
    array (pixel,)
        Mean drop over the windows that cover the pixel.
    """
    return drops @ places / places.sum(axis=0)


def nudged(image: FloatArray, step: float) -> FloatArray:
    """Return the image with each pixel raised, and with each lowered.

    Parameters
    ----------
    image
        Values of the pixels (pixel,).
    step
        By how much.

    Returns
    -------
    array (2 x pixel, pixel)
        An image for each pixel that is raised, then one for each that is lowered.
    """
    steps = step * np.eye(len(image))
    return image + np.concatenate([steps, -steps])


def gradient(scores: FloatArray, step: float) -> FloatArray:
    """Compute the map of the gradient by central differences.

    Parameters
    ----------
    scores
        Of the images that `nudged` returns (2 x pixel,).
    step
        By how much their pixels were raised and lowered.

    Returns
    -------
    array (pixel,)
        Slope of the score by each pixel.
    """
    raised, lowered = np.split(scores, 2)
    return (raised - lowered) / (2 * step)


def mirrored_noise(shape: tuple[int, int], deviation: float, generator: np.random.Generator) -> FloatArray:
    """Draw Gaussian noise, each draw once more with the other sign, so that the mean is 0.

    Parameters
    ----------
    shape
        Number of draws, and of pixels.
    deviation
        Standard deviation.
    generator
        Of the random numbers.

    Returns
    -------
    array (draw, pixel)
        The noise; one draw more than asked for where that is an odd number.
    """
    draws = deviation * generator.standard_normal((-(-shape[0] // 2), shape[1]))
    return np.concatenate([draws, -draws])


def triggered_average(noise: FloatArray, responses: FloatArray) -> FloatArray:
    """Compute the map of triggered noise.

    Parameters
    ----------
    noise
        Added to the image (draw, pixel).
    responses
        To the image with each draw of the noise (draw,).

    Returns
    -------
    array (pixel,)
        Mean of the noise, weighted by the responses; zeros where nothing responds.
    """
    total = responses.sum()
    return responses @ noise / total if total > 0 else np.zeros(noise.shape[1])


def agreement(first: FloatArray, second: FloatArray) -> float | None:
    """Compute how alike two maps are.

    Parameters
    ----------
    first, second
        Maps (pixel,).

    Returns
    -------
    float or None
        Spearman's correlation of their absolute values; None where one of them is the same everywhere.
    """
    from scipy.stats import spearmanr

    maps = np.abs(first), np.abs(second)
    if any(np.ptp(each) == 0 for each in maps):
        return None
    return float(spearmanr(*maps).statistic)


def deleted(image: FloatArray, baseline: FloatArray, order: NDArray[np.intp], steps: int) -> FloatArray:
    """Return the image with none, then more and more of its pixels replaced, at last all.

    Parameters
    ----------
    image, baseline
        Values of the pixels (pixel,), before and after.
    order
        Pixels, those first that are replaced first (pixel,).
    steps
        From no pixel to all.

    Returns
    -------
    array (steps + 1, pixel)
        An image for each step.
    """
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    counts = np.rint(np.linspace(0, len(order), steps + 1))
    return np.where(rank < counts[:, np.newaxis], baseline, image)


def area(curve: FloatArray) -> float:
    """Compute the area under a curve of width 1.

    Parameters
    ----------
    curve
        Heights at equal distances (point,).
    """
    return float(np.mean((curve[1:] + curve[:-1]) / 2))
