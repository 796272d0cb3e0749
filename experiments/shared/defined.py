"""Means of values that not every neuron has, such as a coefficient of variation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bnsim.arrays import FloatArray
from experiments.spec import Fact, Measurement, Metric


def mean_of_defined(metric: Metric, values: FloatArray, **facts: Fact) -> Iterator[Measurement]:
    """Yield the mean of the values that are numbers; nothing where none is.

    Parameters
    ----------
    metric
        What is measured; it has no step.
    values
        Values, NaN where they are not defined.
    **facts
        What distinguishes the measurement.

    Yields
    ------
    Measurement
        One at most.
    """
    if not np.isnan(values).all():
        yield metric(np.nanmean(values), None, **facts)
