"""What a layer of Keras is to the conversion: options, shape, sizes, and what it computes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bnsim.arrays import FloatArray
from models.artificial.keras_values import Shape, Stages, Value
from models.checks import is_count

ANSWERS = ("softmax", "sigmoid")
"""Activation functions that do not change which unit is largest."""
ACTIVATIONS = ("linear", "relu", *ANSWERS)
_NO_ACTIVATION = (
    "use relu inside the network (spikes cannot stand for values below 0), and softmax or sigmoid at its end alone"
)


class RefusedLayerError(Exception):
    """A layer that cannot be converted.

    Parameters
    ----------
    reason, remedy : str
        Why, and what to do instead.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")


Check = Callable[[Any], bool]


def is_pair(value: Any) -> bool:
    """Return whether an option is a pair of positive integers.

    Parameters
    ----------
    value : object
        Its value, as JSON has it.

    Returns
    -------
    bool
        Whether it is.
    """
    return isinstance(value, list) and len(value) == 2 and all(map(is_count, value))


def is_flag(value: Any) -> bool:
    """Return whether an option is true or false.

    Parameters
    ----------
    value : object
        Its value, as JSON has it.

    Returns
    -------
    bool
        Whether it is.
    """
    return isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Return whether an option is a finite number.

    Parameters
    ----------
    value : object
        Its value, as JSON has it.

    Returns
    -------
    bool
        Whether it is.
    """
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_whole(value: Any) -> bool:
    """Return whether an option is an integer.

    Parameters
    ----------
    value : object
        Its value, as JSON has it.

    Returns
    -------
    bool
        Whether it is.
    """
    return isinstance(value, int) and not isinstance(value, bool)


def among(*options: Any) -> Check:
    """Return the check that an option is one of some values, and of the same type.

    Parameters
    ----------
    *options : object
        The values.

    Returns
    -------
    callable
        The check.
    """
    return lambda value: any(value == option and type(value) is type(option) for option in options)


def is_padding(value: Any) -> bool:
    """Return whether an option is two pairs of numbers of pixels.

    Parameters
    ----------
    value : object
        Its value, as JSON has it.

    Returns
    -------
    bool
        Whether it is.
    """
    sides = value if isinstance(value, list) and len(value) == 2 else [None]
    return all(
        isinstance(side, list) and len(side) == 2 and all(is_whole(n) and n >= 0 for n in side) for side in sides
    )


def is_shape(value: Any) -> bool:
    """Return whether an option is a shape, of which one size may be left open.

    Parameters
    ----------
    value : object
        Its value, as JSON has it.

    Returns
    -------
    bool
        Whether it is.
    """
    return isinstance(value, list) and all(is_whole(n) and n >= -1 for n in value) and value.count(-1) <= 1


def is_last(value: Any) -> bool:
    """Return whether an option says that the channels of an image come last.

    Parameters
    ----------
    value : object
        Its value, as JSON has it.

    Returns
    -------
    bool
        Whether it does.
    """
    return bool(value == "channels_last")


class LayerKind(ABC):
    """A class of Keras' layers."""

    options: ClassVar[Mapping[str, Check]] = {}
    """The options that matter, each with what it must be; they are handed to Keras again."""
    keeps: ClassVar[bool] = False
    """Whether it may follow units whose rectifier is still to come."""
    keeps_answers: ClassVar[bool] = False
    """Whether it may follow softmax or sigmoid."""

    @abstractmethod
    def shape(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> Shape:
        """Return the shape of its output, found without any array.

        Parameters
        ----------
        options : mapping of str to object
            Those of the layer.
        shapes : sequence of tuple of int
            Shapes of its inputs.

        Returns
        -------
        tuple of int
            The shape, without samples.

        Raises
        ------
        RefusedLayerError
            If the inputs do not fit.
        """

    def n_weights(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        """Return how many numbers its weights hold.

        Parameters
        ----------
        options : mapping of str to object
            Those of the layer.
        shapes : sequence of tuple of int
            Shapes of its inputs.

        Returns
        -------
        int
            The number.
        """
        return 0

    def n_connections(self, options: Mapping[str, Any], shapes: Sequence[Shape]) -> int:
        """Return how many connections it makes at most.

        Parameters
        ----------
        options : mapping of str to object
            Those of the layer.
        shapes : sequence of tuple of int
            Shapes of its inputs.

        Returns
        -------
        int
            The number.
        """
        return math.prod(self.shape(options, shapes))

    @abstractmethod
    def value(self, layer: Layer, weights: Sequence[FloatArray], values: Sequence[Value], stages: Stages) -> Value:
        """Return what it computes.

        Parameters
        ----------
        layer : Layer
            The layer.
        weights : sequence of ndarray
            Its weights, in the order of Keras.
        values : sequence of Value
            Its inputs.
        stages : Stages
            The stages so far, to which it may add.

        Returns
        -------
        Value
            Its output.

        Raises
        ------
        RefusedLayerError
            If it cannot be converted.
        """


@dataclass(frozen=True)
class Layer:
    """A layer as its configuration describes it.

    Parameters
    ----------
    name : str
        Its name.
    kind : str
        Its class.
    options : mapping of str to object
        Those that matter, checked.
    sources : tuple of str
        Names of the layers that it takes its input from.
    shape : tuple of int
        Shape of its output, without samples.
    """

    name: str
    kind: str
    options: Mapping[str, Any]
    sources: tuple[str, ...]
    shape: Shape


def activated(name: str, layer: Layer, value: Value, stages: Stages) -> Value:
    """Return a value after an activation function.

    Parameters
    ----------
    name : str
        Name of the function.
    layer : Layer
        The layer that it belongs to.
    value : Value
        The value.
    stages : Stages
        The stages so far.

    Returns
    -------
    Value
        The value after it.
    """
    if name == "relu":
        return stages.rectified(layer.name, value)
    if name in ANSWERS:
        return Value(value.shape, value.terms, value.bias, is_answer=True)
    return value


def unsettled() -> RefusedLayerError:
    """Return the refusal of a layer that needs values which are not known before a rectifier.

    Returns
    -------
    RefusedLayerError
        The refusal.
    """
    return RefusedLayerError(
        "maximum pooling comes before it without a rectifier between, and spikes cannot stand for values below 0",
        "put ReLU before the pooling, or directly after it",
    )


def remedy_for(option: str, value: object) -> str:
    """Return what to do about the value of an option that is refused.

    Parameters
    ----------
    option : str
        Name of the option.
    value : object
        Its value.

    Returns
    -------
    str
        The remedy.
    """
    return {
        "activation": _NO_ACTIVATION,
        "max_value": "use a plain ReLU",
        "negative_slope": "use a plain ReLU",
        "threshold": "use a plain ReLU",
        "data_format": "build the model with data_format='channels_last'",
    }.get(option, "build the layer with Keras 3 and save the model again")


def settled(kind: LayerKind, values: Sequence[Value]) -> None:
    """Refuse a layer that needs values which are not known yet.

    Parameters
    ----------
    kind : LayerKind
        Class of the layer.
    values : sequence of Value
        Its inputs.

    Raises
    ------
    RefusedLayerError
        If a rectifier must come first, or softmax or sigmoid came before.
    """
    if any(value.unsettled for value in values) and not kind.keeps:
        raise unsettled()
    if any(value.is_answer for value in values) and not kind.keeps_answers:
        raise RefusedLayerError("softmax or sigmoid comes before it", _NO_ACTIVATION)
