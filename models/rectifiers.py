"""A network of rectifiers as plain arrays: what passes from a network of any shape to a spiking one.

Every stage takes a weighted sum of the input and of stages before it. Whatever is linear between two rectifiers
(convolutions, normalisation, averages, sums of branches) is one matrix for each pair of stages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bnsim.arrays import FloatArray
from bnsim.expected import NUMBER, TEXT, Expected, check
from models.linear import BLOCK, matrix_arrays, matrix_from_arrays, products

INPUT = "input"
"""Name of the samples among the sources of a stage."""
OUTPUT = "output"
"""Name of the last stage."""
Kind = Literal["rectified", "largest", "output"]
KINDS = ("rectified", "largest", "output")


@dataclass(frozen=True, eq=False)
class Stage:
    """Units that take their input from the same sources.

    Parameters
    ----------
    name : str
        Name of the stage.
    kind : {"rectified", "largest", "output"}
        What a unit returns: max(0, z) with z the sum over sources of W x + b; the largest of the units that it sees of
        its only source; or z itself, in the last stage.
    matrices : mapping of str to sparse array, shape (n_units, n_source)
        W by the name of the source; of a "largest" stage, 1 where a unit sees one.
    bias : ndarray, shape (n_units,)
        b; 0 in a "largest" stage.
    """

    name: str
    kind: Kind
    matrices: Mapping[str, sparse.csr_array]
    bias: FloatArray

    @property
    def n_units(self) -> int:
        """Return the number of units.

        Returns
        -------
        int
            Units.
        """
        return len(self.bias)

    @property
    def spiking(self) -> dict[str, sparse.csr_array]:
        """Return the matrices from other stages.

        Returns
        -------
        dict of str to sparse array
            Without that of the input.
        """
        return {source: matrix for source, matrix in self.matrices.items() if source != INPUT}

    def outside(self, X: FloatArray) -> FloatArray:
        """Return what a unit receives that is no other stage's.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        ndarray, shape (n_samples, n_units)
            W x + b of the input alone.
        """
        given = self.matrices.get(INPUT)
        return np.tile(self.bias, (len(X), 1)) if given is None else products(given, X) + self.bias

    def __call__(self, X: FloatArray, values: Mapping[str, FloatArray]) -> FloatArray:
        """What the units return for samples X, given what the stages before it return."""
        if self.kind == "largest":
            ((source, matrix),) = self.matrices.items()
            return largest(matrix, values[source])
        drive = self.outside(X)
        for source, matrix in self.spiking.items():
            drive += products(matrix, values[source])
        return drive if self.kind == "output" else np.maximum(drive, 0)

    def scaled(self, scales: Mapping[str, float]) -> Stage:
        """Return the stage for scaled sources and outputs.

        Parameters
        ----------
        scales : mapping of str to float
            What sources, and the outputs of this stage, are divided by, by name; 1 for the input.

        Returns
        -------
        Stage
            The scaled stage; a "largest" one, whose scale is that of its source, as it is.
        """
        if self.kind == "largest":
            return self
        own = scales[self.name]
        matrices = {source: matrix * (scales.get(source, 1.0) / own) for source, matrix in self.matrices.items()}
        return replace(self, matrices=matrices, bias=self.bias / own)


def largest(matrix: sparse.csr_array, values: FloatArray) -> FloatArray:
    """Return the largest of the values that each row sees.

    Parameters
    ----------
    matrix : sparse array, shape (n_rows, n_columns)
        Its entries say which; every row has some.
    values : ndarray, shape (n_samples, n_columns)
        Values.

    Returns
    -------
    ndarray, shape (n_samples, n_rows)
        The largest.
    """
    found = np.empty((len(values), matrix.shape[0]), values.dtype)
    for start in range(0, len(values), BLOCK):
        block = slice(start, start + BLOCK)
        found[block] = np.maximum.reduceat(values[block][:, matrix.indices], matrix.indptr[:-1], axis=1)
    return found


@dataclass(frozen=True, eq=False)
class RectifierNetwork:
    """Stages, each of which comes after its sources.

    Parameters
    ----------
    stages : tuple of Stage
        From input to output.
    """

    stages: tuple[Stage, ...]

    @property
    def output(self) -> Stage:
        """Return the last stage.

        Returns
        -------
        Stage
            The output.
        """
        return self.stages[-1]

    @property
    def n_units(self) -> int:
        """Return the number of units of all stages.

        Returns
        -------
        int
            Units.
        """
        return sum(stage.n_units for stage in self.stages)

    def connections(self) -> Iterator[tuple[str, Stage, sparse.csr_array]]:
        """Iterate over the connections between stages.

        Yields
        ------
        source : str
            Name of the stage that they come from.
        stage : Stage
            The stage that they lead to.
        matrix : sparse array
            Their weights.
        """
        for stage in self.stages:
            for source, matrix in stage.spiking.items():
                yield source, stage, matrix

    def activations(self, X: FloatArray) -> dict[str, FloatArray]:
        """Return what every stage returns.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        dict of str to ndarray
            Values (n_samples, n_units) by name of the stage.
        """
        values: dict[str, FloatArray] = {}
        for stage in self.stages:
            values[stage.name] = stage(X, values)
        return values

    def normalised(self, X: FloatArray, percentile: float) -> RectifierNetwork:
        """Return the network whose activations have a percentile of 1 in each stage.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_features)
            Samples over which activations are measured.
        percentile : float
            In (0, 100].

        Returns
        -------
        RectifierNetwork
            The scaled network: W s_source / s and b / s, with s the percentile of max(0, z) over all units and samples.
            A stage of which the percentile is 0 keeps its scale; a "largest" one has that of its source. Where the
            largest output is below 0 in more samples than the percentile leaves out, the same number is added to all
            outputs, which changes no answer, so that the largest is not.
        """
        scales: dict[str, float] = {}
        values = self.activations(X)
        lowest = float(np.percentile(values[OUTPUT].max(axis=1), 100 - percentile))
        shift = max(0.0, -lowest)
        values[OUTPUT] = values[OUTPUT] + shift
        stages = (*self.stages[:-1], replace(self.output, bias=self.output.bias + shift))
        for stage in stages:
            if stage.kind == "largest":
                scales[stage.name] = scales[next(iter(stage.matrices))]
            else:
                found = float(np.percentile(np.maximum(values[stage.name], 0), percentile))
                scales[stage.name] = found or 1.0
        return RectifierNetwork(tuple(stage.scaled(scales) for stage in stages))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the network as plain arrays, for storage.

        Returns
        -------
        dict of str to ndarray
            Arrays by name.
        """
        found: dict[str, NDArray[np.generic]] = {
            "stages": np.array([stage.name for stage in self.stages]),
            "kinds": np.array([stage.kind for stage in self.stages]),
        }
        for stage in self.stages:
            found[f"{stage.name}/sources"] = np.array(list(stage.matrices))
            found[f"{stage.name}/bias"] = stage.bias
            for source, matrix in stage.matrices.items():
                found |= matrix_arrays(f"{stage.name}/{source}", matrix)
        return found


def network_from_arrays(arrays: Mapping[str, NDArray[np.generic]], n_features: int) -> RectifierNetwork:
    """Make a network from the arrays of `RectifierNetwork.arrays`.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        Arrays by name; other entries are ignored.
    n_features : int
        Features of a sample.

    Returns
    -------
    RectifierNetwork
        The network.

    Raises
    ------
    ValueError
        If the arrays are not those of such a network.
    """
    check(arrays, {"stages": Expected(TEXT, ("stages",)), "kinds": Expected(TEXT, ("stages",), among=KINDS)})
    sizes, stages = {INPUT: n_features}, []
    for name, kind in zip(arrays["stages"].tolist(), arrays["kinds"].tolist(), strict=True):
        if name in sizes:
            raise ValueError(f"'stages' names {name!r} twice, or the input")
        stages.append(_stage(name, kind, arrays, sizes))
        sizes[name] = stages[-1].n_units
    kinds = [stage.kind for stage in stages]
    if kinds.count("output") != 1 or kinds[-1] != "output" or stages[-1].name != OUTPUT:
        raise ValueError(f"the last of 'stages', and no other, is to be an {OUTPUT!r}")
    return RectifierNetwork(tuple(stages))


def _stage(name: str, kind: Kind, arrays: Mapping[str, NDArray[np.generic]], sizes: Mapping[str, int]) -> Stage:
    check(
        arrays,
        {
            f"{name}/sources": Expected(TEXT, ("sources",), among=tuple(sizes)),
            f"{name}/bias": Expected(NUMBER, ("units",)),
        },
    )
    bias, matrices = arrays[f"{name}/bias"], {}
    for source in arrays[f"{name}/sources"].tolist():
        matrices[source] = matrix_from_arrays(f"{name}/{source}", arrays, (len(bias), sizes[source]))
    stage = Stage(name, kind, matrices, bias.astype(np.float64))
    if not matrices or not len(bias):
        raise ValueError(f"stage {name!r} has no sources or no units")
    if kind == "largest" and (list(matrices) == [INPUT] or len(matrices) > 1 or _has_empty_row(matrices)):
        raise ValueError(f"stage {name!r} does not take the largest of one stage's units")
    return stage


def _has_empty_row(matrices: Mapping[str, sparse.csr_array]) -> bool:
    return any((np.diff(matrix.indptr) == 0).any() for matrix in matrices.values())
