"""Attribution: maps (pixel,) of the pixels that an answer depends on, their agreement, and tests by deletion.

Every method needs only the answers to modified images, so it works for any classifier: these functions create the
images, and turn the scores of the images into a map.

occlusion          a square window at every position is replaced by the baseline; the importance of a pixel is the mean
                   drop of the score over the windows that cover it (Zeiler & Fergus 2014)
gradient           derivative of the score with respect to each pixel, from central differences (Simonyan, Vedaldi &
                   Zisserman 2014)
triggered_average  mean of the noise added to an image, each draw weighted by the response to it, so that in a spiking
                   network it is the spike-triggered average; for small Gaussian noise it is, up to a factor, the
                   gradient of the response (Schwartz, Pillow, Rust & Simoncelli 2006)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray


def windows(image_shape: tuple[int, int], side: int) -> NDArray[np.bool_]:
    """Return square windows at every position inside the image.

    Parameters
    ----------
    image_shape
        Height and width of the image.
    side
        Side of a window in pixels.

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
    image
        Values of the pixels (pixel,).
    baseline
        Replacement values of the pixels (pixel,).
    places
        Result of `windows` (window, pixel).

    Returns
    -------
    array (window, pixel)
        An image for each window.
    """
    return np.where(places, baseline, image)


def occlusion(drops: FloatArray, places: NDArray[np.bool_]) -> FloatArray:
    """Compute the occlusion map.

    Parameters
    ----------
    drops
        Drop of the score when each window is replaced (window,).
    places
        Result of `windows` (window, pixel).

    Returns
    -------
    array (pixel,)
        Mean drop over the windows that cover the pixel.
    """
    return drops @ places / places.sum(axis=0)


def nudged(image: FloatArray, step: float) -> FloatArray:
    """Return copies of the image with each pixel raised, and with each pixel lowered.

    Parameters
    ----------
    image
        Values of the pixels (pixel,).
    step
        Size of the change.

    Returns
    -------
    array (2 x pixel, pixel)
        An image for each raised pixel, then one for each lowered pixel.
    """
    steps = step * np.eye(len(image))
    return image + np.concatenate([steps, -steps])


def gradient(scores: FloatArray, step: float) -> FloatArray:
    """Compute the gradient map by central differences.

    Parameters
    ----------
    scores
        Scores of the images that `nudged` returns (2 x pixel,).
    step
        Size of the change of their pixels.

    Returns
    -------
    array (pixel,)
        Derivative of the score with respect to each pixel.
    """
    raised, lowered = np.split(scores, 2)
    return (raised - lowered) / (2 * step)


def mirrored_noise(shape: tuple[int, int], deviation: float, generator: np.random.Generator) -> FloatArray:
    """Draw Gaussian noise, with every draw repeated with the opposite sign, so that the mean is 0.

    Parameters
    ----------
    shape
        Number of draws and number of pixels.
    deviation
        Standard deviation.
    generator
        Source of random numbers.

    Returns
    -------
    array (draw, pixel)
        The noise; for an odd number of draws there is one more.
    """
    draws = deviation * generator.standard_normal((-(-shape[0] // 2), shape[1]))
    return np.concatenate([draws, -draws])


def triggered_average(noise: FloatArray, responses: FloatArray) -> FloatArray:
    """Compute the response-triggered average of noise.

    Parameters
    ----------
    noise
        Noise that was added to the image (draw, pixel).
    responses
        Responses to the image with each draw of the noise (draw,).

    Returns
    -------
    array (pixel,)
        Mean of the noise, weighted by the responses; zeros if there is no response.
    """
    total = responses.sum()
    return responses @ noise / total if total > 0 else np.zeros(noise.shape[1])


def agreement(first: FloatArray, second: FloatArray) -> float | None:
    """Compute the agreement between two maps.

    Parameters
    ----------
    first
        A map (pixel,).
    second
        Another map (pixel,).

    Returns
    -------
    float or None
        Spearman's correlation of the absolute values; None if a map is constant.
    """
    from scipy.stats import spearmanr

    maps = np.abs(first), np.abs(second)
    if any(np.ptp(each) == 0 for each in maps):
        return None
    return float(spearmanr(*maps).statistic)


def deleted(image: FloatArray, baseline: FloatArray, order: NDArray[np.intp], steps: int) -> FloatArray:
    """Return images with an increasing number of replaced pixels, from none to all.

    Parameters
    ----------
    image
        Values of the pixels (pixel,).
    baseline
        Replacement values of the pixels (pixel,).
    order
        Indices of the pixels in the order of replacement (pixel,).
    steps
        Number of steps from no pixel to all.

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

    Returns
    -------
    float
        The area.
    """
    return float(np.mean((curve[1:] + curve[:-1]) / 2))
