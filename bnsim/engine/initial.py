"""The state before the first run: edges, weights and delays drawn from a key, variables at their initial value."""

from __future__ import annotations

from typing import Any

import numpy as np

from bnsim.connectivity import Edges, draw_values
from bnsim.engine import random
from bnsim.network import Network, Projection


def draw_edges(network: Network, projection: Projection, key: int) -> Edges:
    """Edges of a projection; they depend on the key and the projection's name alone."""
    generator = random.generator(key, f"{projection.name}:connectivity")
    return projection.connectivity.draw(network[projection.source].size, network[projection.target].size, generator)


def draw_synapses(network: Network, projection: Projection, edges: Edges, key: int) -> dict[str, np.ndarray]:
    """Weight `w` and `delay` (s) of every edge; a shared delay is one number."""
    culprit = f"Projection({projection.name!r})"
    generator = random.generator(key, f"{projection.name}:weights")
    values: dict[str, Any] = {"w": draw_values(f"{culprit}.weights", projection.weights, edges, generator)}
    if projection.delay_kind == "shared":
        values["delay"] = np.array([float(np.asarray(projection.delay))])
    elif projection.delay_kind == "each":
        bare = Edges(edges.source, edges.target)
        generator = random.generator(key, f"{projection.name}:delays")
        values["delay"] = draw_values(f"{culprit}.delay", projection.delay, bare, generator)
    return values


def connectivity_arrays(network: Network, key: int) -> dict[str, np.ndarray]:
    """`<projection>.source`, `.target`, `.w` and, where there are delays, `.delay` of all projections."""
    arrays = {}
    for projection in network.projections:
        edges = draw_edges(network, projection, key)
        arrays[f"{projection.name}.source"] = edges.source
        arrays[f"{projection.name}.target"] = edges.target
        for name, values in draw_synapses(network, projection, edges, key).items():
            arrays[f"{projection.name}.{name}"] = values
    return arrays
