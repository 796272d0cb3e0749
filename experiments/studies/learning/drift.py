"""Changes of the weights of a layer during learning."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import FloatArray


def drift(initial: FloatArray, previous: FloatArray, current: FloatArray) -> dict[str, float]:
    """Return the moments of the weights of one layer and how far the weights have moved.

    Norms are Euclidean, over all weights of the layer.

    Parameters
    ----------
    initial, previous, current
        Weights before learning, at the checkpoint before, and now; all of one shape.

    Returns
    -------
    dict
        Metric -> value, of these metrics of the study:

        - `weight_mean`, `weight_standard_deviation`: in the unit of the weights;
        - `relative_weight_distance`: |W - W_0| / |W_0|, the distance from the initial weights W_0;
        - `weight_norm`: |W|, in place of the distance where the initial weights are all zero;
        - `weight_cosine`: of the angle between the weights now and at the checkpoint before; absent where either are
          all zero.
    """
    found = {"weight_mean": float(current.mean()), "weight_standard_deviation": float(current.std())}
    start, before, now = (float(np.linalg.norm(weights)) for weights in (initial, previous, current))
    if start > 0:
        found["relative_weight_distance"] = float(np.linalg.norm(current - initial)) / start
    else:
        found["weight_norm"] = now
    if before > 0 and now > 0:
        found["weight_cosine"] = float(np.vdot(previous, current)) / (before * now)
    return found
