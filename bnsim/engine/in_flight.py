"""Spikes in flight: a state holds who sent them and when, Brian2's queues hold the synapses that they will reach."""

from __future__ import annotations

import numpy as np

from bnsim.arrays import Int32Array, Int64Array


def expected(unit: Int32Array, age: Int32Array, source: Int32Array, steps: Int64Array) -> Int64Array:
    """Return which synapses spikes in flight will reach.

    Parameters
    ----------
    unit, age : ndarray of int32, shape (spike,)
        Who sent each spike, and for how many steps it has been in flight; in the order in which they were sent.
    source : ndarray of int32, shape (synapse,)
        The unit whose spikes each synapse takes.
    steps : ndarray of int64, shape (synapse,)
        Delay of each synapse in steps.

    Returns
    -------
    ndarray of int64, shape (arrival, 2)
        Steps until each arrives, from 1, and its synapse: by arrival, then in the order in which they were sent.
    """
    order = np.argsort(source, kind="stable")
    begin, end = (np.searchsorted(source[order], unit, side=side) for side in ("left", "right"))
    synapses = [order[first:last] for first, last in zip(begin, end, strict=True)]
    synapse = np.concatenate([np.zeros(0, np.int64), *synapses])
    ahead = steps[synapse] - np.repeat(age, end - begin)
    arrivals = np.stack([ahead, synapse], axis=1)[ahead > 0]
    return arrivals[np.argsort(arrivals[:, 0], kind="stable")]


def sent(arrivals: Int64Array, source: Int32Array, steps: Int64Array) -> tuple[Int32Array, Int32Array]:
    """Return who sent spikes in flight, and when.

    Parameters
    ----------
    arrivals : ndarray of int64, shape (arrival, 2)
        Steps until each arrives, and its synapse.
    source, steps : ndarray of int, shape (synapse,)
        As in `expected`.

    Returns
    -------
    unit, age : ndarray of int32, shape (spike,)
        As in `expected`; spikes of one step by unit.
    """
    ahead, synapse = arrivals.T
    spikes = np.unique(np.stack([ahead - steps[synapse], source[synapse]], axis=1), axis=0).astype(np.int32)
    return np.ascontiguousarray(spikes[:, 1]), -spikes[:, 0]
