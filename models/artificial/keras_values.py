"""What the layers of a Keras network compute, as weighted sums of rectified units."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from bnsim import npz
from bnsim.arrays import FloatArray
from models.rectifiers import INPUT, OUTPUT, RectifierNetwork, Stage
from models.windows import Windows, pooling_matrix

BYTES = 12
"""Of a connection: its weight and the number of its source."""

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Value:
    """What a layer returns: sum over sources of W x + b, flattened.

    Parameters
    ----------
    shape : tuple of int
        Its shape in Keras, without samples.
    terms : mapping of str to sparse array, shape (n_units, n_source)
        W by the name of the source, a stage or the input.
    bias : ndarray, shape (n_units,)
        b.
    stage : str
        The stage whose units these are, unchanged; "" where they are none's.
    unsettled : bool
        Whether values below 0 were replaced by 0, which is right only if a rectifier follows.
    is_answer : bool
        Whether a softmax or sigmoid, which does not change which unit is largest, was left out.
    """

    shape: Shape
    terms: Mapping[str, sparse.csr_array]
    bias: FloatArray
    stage: str = ""
    unsettled: bool = False
    is_answer: bool = False

    @property
    def is_never_negative(self) -> bool:
        """Whether no unit can be below 0, as all stages are never."""
        return INPUT not in self.terms and all(
            (values >= 0).all() for values in (self.bias, *(matrix.data for matrix in self.terms.values()))
        )

    def reshaped(self, shape: Shape) -> Value:
        """Return the same units in another shape.

        Parameters
        ----------
        shape : tuple of int
            The shape.

        Returns
        -------
        Value
            The value.
        """
        return replace(self, shape=shape)

    def mapped(self, matrix: sparse.csr_array, bias: FloatArray | float, shape: Shape, limit: Limit) -> Value:
        """Return W' (W x + b) + b'.

        Parameters
        ----------
        matrix : sparse array
            W'.
        bias : ndarray or float
            b'.
        shape : tuple of int
            Shape of the result.
        limit : Limit
            Counts the connections.

        Returns
        -------
        Value
            The value.

        Raises
        ------
        InputError
            If there are too many connections.
        """
        if not self.stage:  # with a stage's own units there is nothing to multiply
            limit.add(sum(_n_products(matrix, own) for own in self.terms.values()))
        terms = {source: matrix if self.stage else (matrix @ own).tocsr() for source, own in self.terms.items()}
        return Value(shape, terms, matrix @ self.bias + bias)

    def multiplied(self, factor: FloatArray, added: FloatArray) -> Value:
        """Return each unit times its factor, plus its summand.

        Parameters
        ----------
        factor, added : ndarray, shape (n_units,)
            Factors and summands.

        Returns
        -------
        Value
            The value.
        """
        terms = {source: sparse.csr_array(sparse.diags_array(factor) @ own) for source, own in self.terms.items()}
        return Value(self.shape, terms, factor * self.bias + added)


def units_of(name: str, shape: Shape) -> Value:
    """Return the units of a stage, or of the input.

    Parameters
    ----------
    name : str
        Its name.
    shape : tuple of int
        Shape in Keras.

    Returns
    -------
    Value
        The value.
    """
    size = math.prod(shape)
    return Value(shape, {name: sparse.eye_array(size, format="csr")}, np.zeros(size), stage=name)


def summed(values: Sequence[Value]) -> Value:
    """Return the sum of values of one shape.

    Parameters
    ----------
    values : sequence of Value
        The values.

    Returns
    -------
    Value
        The value.
    """
    terms: dict[str, sparse.csr_array] = {}
    for value in values:
        for source, matrix in value.terms.items():
            terms[source] = (terms[source] + matrix).tocsr() if source in terms else matrix
    return Value(values[0].shape, terms, np.sum([value.bias for value in values], axis=0))


def joined(values: Sequence[Value], axis: int, shape: Shape) -> Value:
    """Return values side by side along an axis.

    Parameters
    ----------
    values : sequence of Value
        The values.
    axis : int
        The axis.
    shape : tuple of int
        Shape of the result.

    Returns
    -------
    Value
        The value.
    """
    places = [np.arange(math.prod(value.shape)).reshape(value.shape) for value in values]
    starts = np.cumsum([0, *(place.size for place in places)])
    order = np.concatenate([place + start for place, start in zip(places, starts, strict=False)], axis).ravel()
    sources = dict.fromkeys(source for value in values for source in value.terms)
    terms = {}
    for source in sources:
        size = next(value.terms[source].shape[1] for value in values if source in value.terms)
        blocks = [value.terms.get(source, sparse.csr_array((len(value.bias), size))) for value in values]
        terms[source] = sparse.vstack(blocks, format="csr")[order]
    return Value(shape, terms, np.concatenate([value.bias for value in values])[order])


def _n_products(matrix: sparse.csr_array, other: sparse.csr_array) -> int:
    """Entries that the product of two matrices has at most."""
    return int(np.diff(other.indptr)[matrix.indices].sum())


@dataclass
class Limit:
    """The connections made so far, which may not exceed what is read of a file.

    Parameters
    ----------
    path : pathlib.Path
        The file, for the message of an error.
    n_connections : int
        Connections so far.
    """

    path: object
    n_connections: int = 0

    def add(self, n_connections: int) -> None:
        """Count connections before they are made.

        Parameters
        ----------
        n_connections : int
            Their number.

        Raises
        ------
        InputError
            If there are too many.
        """
        self.n_connections += n_connections
        npz.check_size(self.path, BYTES * self.n_connections)  # type: ignore[arg-type]


@dataclass
class Stages:
    """The stages of a network as they come about, layer after layer.

    Parameters
    ----------
    limit : Limit
        Counts the connections.
    made : list of Stage
        Stages so far.
    """

    limit: Limit
    made: list[Stage] = field(default_factory=list)

    def rectified(self, name: str, value: Value) -> Value:
        """Return max(0, value), by a new stage unless nothing would change.

        Parameters
        ----------
        name : str
            Name of the stage.
        value : Value
            The value.

        Returns
        -------
        Value
            The value.
        """
        if value.is_never_negative:
            return replace(value, unsettled=False)
        name = self._free(name)
        self.made.append(Stage(name, "rectified", value.terms, value.bias))
        return units_of(name, value.shape)

    def largest(self, name: str, value: Value, windows: Windows, shape: Shape) -> Value:
        """Return the largest unit of each window and channel; units below 0 count as 0.

        Parameters
        ----------
        name : str
            Name of the stage.
        value : Value
            The value.
        windows : Windows
            The windows.
        shape : tuple of int
            Shape of the result.

        Returns
        -------
        Value
            The value.
        """
        unsettled = value.unsettled or not value.is_never_negative
        if not value.stage or value.stage == INPUT:
            name_of_inputs = self._free(f"{name}_inputs")
            self.made.append(Stage(name_of_inputs, "rectified", value.terms, value.bias))
            value = units_of(name_of_inputs, value.shape)
        name = self._free(name)
        matrix = pooling_matrix(windows, value.shape[-1])
        self.made.append(Stage(name, "largest", {value.stage: matrix}, np.zeros(matrix.shape[0])))
        return replace(units_of(name, shape), unsettled=unsettled)

    def finished(self, value: Value) -> RectifierNetwork:
        """Return the network with its output; a single unit becomes two, -z and z.

        Parameters
        ----------
        value : Value
            What the last layer returns.

        Returns
        -------
        RectifierNetwork
            Without stages from which nothing leads to the output.
        """
        terms, bias = value.terms, value.bias
        if len(bias) == 1:
            terms = {source: sparse.vstack([-matrix, matrix], format="csr") for source, matrix in terms.items()}
            bias = np.array([-bias[0], bias[0]])
        network = RectifierNetwork((*self.made, Stage(OUTPUT, "output", terms, bias)))
        return _without_unused(network)

    def _free(self, name: str) -> str:
        """A name for a population that no other has."""
        name = name.rstrip("_") or "layer"
        taken, number = {stage.name for stage in self.made} | {INPUT, OUTPUT}, 1
        found = name
        while found in taken:
            number += 1
            found = f"{name}_{number}"
        return found


def _without_unused(network: RectifierNetwork) -> RectifierNetwork:
    """The network without stages from which nothing leads to the output."""
    needed = {OUTPUT}
    for stage in reversed(network.stages):
        if stage.name in needed:
            needed |= set(stage.matrices)
    return RectifierNetwork(tuple(stage for stage in network.stages if stage.name in needed))
