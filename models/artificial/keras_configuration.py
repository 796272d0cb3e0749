"""The layers that the configuration of a .keras file describes, each checked before anything is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bnsim.errors import InputError
from models.artificial import keras_archive
from models.artificial.keras_kind import Layer, RefusedLayerError, remedy_for
from models.artificial.keras_layers import LAYERS

MOST_LAYERS = 10_000
FLOATS = ("float32", "mixed_float16", "mixed_bfloat16", "float64")
"""Types in which a model may compute; here Keras computes in float32."""
_IGNORED = frozenset(
    {
        *("name", "trainable", "dtype", "batch_input_shape", "sparse", "ragged", "optional", "seed", "noise_shape"),
        *("kernel_initializer", "bias_initializer", "depthwise_initializer", "beta_initializer", "gamma_initializer"),
        *("kernel_regularizer", "bias_regularizer", "activity_regularizer", "beta_regularizer", "gamma_regularizer"),
        *("kernel_constraint", "bias_constraint", "beta_constraint", "gamma_constraint", "depthwise_constraint"),
        *("moving_mean_initializer", "moving_variance_initializer", "momentum", "renorm_momentum", "synchronized"),
        *("depthwise_regularizer", "data_format"),
    }
)
"""Options that bear on training alone; they are read by nobody."""


def refused(path: Path, layer: str, kind: str, what: str) -> InputError:
    """Return the error that names a layer.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    layer : str
        Name of the layer.
    kind : str
        Its class.
    what : str
        What is wrong, and the remedy.

    Returns
    -------
    InputError
        The error.
    """
    return InputError(f"{path}: layer {layer!r} ({kind}): {what}")


def described(path: Path, configuration: Mapping[str, Any]) -> tuple[list[Layer], str]:
    """Return the layers that a configuration describes.

    Parameters
    ----------
    path : pathlib.Path
        The file, for messages.
    configuration : mapping
        What its JSON holds, unchecked.

    Returns
    -------
    layers : list of Layer
        Each after its sources.
    output : str
        Name of the last one.

    Raises
    ------
    InputError
        If it is no model of known layers with one input and one output; the message names the layer.
    """
    kind, config = configuration.get("class_name"), configuration.get("config")
    if (
        kind not in ("Sequential", "Functional")
        or not isinstance(config, dict)
        or configuration.get("registered_name") not in (None, kind)
    ):
        raise InputError(
            f"{path}: a model of class {kind!r}, whose code is not in the file; give a Sequential or functional model"
        )
    given = config.get("layers")
    if (
        not isinstance(given, list)
        or not 0 < len(given) <= MOST_LAYERS
        or not all(isinstance(each, dict) for each in given)
    ):
        raise InputError(f"{path}: its configuration lists no layers; {keras_archive.SAVE_AGAIN}")
    layers: dict[str, Layer] = {}
    for each in given:
        name, class_name, options = _options(path, each)
        sources = _sources(path, name, class_name, each) if kind == "Functional" else tuple(layers)[-1:]
        layers[_new(path, name, layers)] = _layer(path, name, class_name, options, sources, layers)
    if kind == "Sequential":
        return list(layers.values()), next(reversed(layers))
    return list(layers.values()), _output(path, config, layers)


def _new(path: Path, name: str, layers: Mapping[str, Layer]) -> str:
    if name in layers:
        raise InputError(f"{path}: two layers are called {name!r}; {keras_archive.SAVE_AGAIN}")
    return name


def _options(path: Path, given: Mapping[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Name and class of a layer, and the options that matter, checked."""
    config, kind = given.get("config"), str(given.get("class_name"))
    name = config.get("name") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(name, str) or not name:
        raise InputError(f"{path}: a layer of class {kind!r} without a name; {keras_archive.SAVE_AGAIN}")
    module = given.get("module")
    if kind in ("Sequential", "Functional"):
        raise refused(path, name, kind, "a model inside the model; put its layers into the model itself")
    if kind == "Lambda":
        raise refused(path, name, kind, "holds code, which is never run; use layers that say what they do")
    if module != "keras.layers" or given.get("registered_name") not in (None, kind):
        raise refused(path, name, kind, f"a custom class of {module!r}, never imported; use layers of Keras itself")
    if kind not in LAYERS:
        raise refused(path, name, kind, f"cannot become spiking; use {', '.join(LAYERS)}")
    if _type(config) not in FLOATS:
        raise refused(path, name, kind, f"computes in {_type(config)!r}; save the model in float32")
    checks, found = LAYERS[kind].options, {}
    for option, check in checks.items():
        if option not in config or not check(config[option]):
            shown = "missing" if option not in config else _shown(config[option])
            raise refused(path, name, kind, f"{option} is {shown}; {remedy_for(option, config.get(option))}")
        found[option] = config[option]
    for option, value in config.items():
        if option not in checks and option not in _IGNORED and value not in (None, False):
            raise refused(path, name, kind, f"has the option {option!r}; build it without")
    return name, kind, found


def _type(config: Mapping[str, Any]) -> str:
    """Name of the type in which a layer computes."""
    given = config.get("dtype", "float32")
    inner = given.get("config") if isinstance(given, dict) else None
    return str(inner.get("name") if isinstance(inner, dict) else given)


def _shown(value: object) -> str:
    """A value, or what an object is that is given instead of one."""
    if isinstance(value, dict):
        return f"an object of class {str(value.get('config') or value.get('class_name'))[:40]!r}, never made"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _sources(path: Path, name: str, kind: str, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the layers that a layer of a functional model takes its input from."""
    nodes = given.get("inbound_nodes")
    if kind == "InputLayer":
        return ()
    if not isinstance(nodes, list) or len(nodes) != 1:
        number = len(nodes) if isinstance(nodes, list) else 0
        raise refused(path, name, kind, f"is used {number} times; use a layer of its own in each place")
    arguments = nodes[0].get("args") if isinstance(nodes[0], dict) else None
    if not isinstance(arguments, list) or len(arguments) != 1:
        raise refused(path, name, kind, f"is called with more than its input; {keras_archive.SAVE_AGAIN}")
    tensors = arguments[0] if isinstance(arguments[0], list) else arguments
    return tuple(_tensor(path, name, kind, tensor) for tensor in tensors)


def _tensor(path: Path, name: str, kind: str, tensor: object) -> str:
    match tensor:
        case {"class_name": "__keras_tensor__", "config": {"keras_history": [str(source), 0, 0]}}:
            return source
    raise refused(path, name, kind, f"takes an input that is no layer's output; {keras_archive.SAVE_AGAIN}")


def _output(path: Path, config: Mapping[str, Any], layers: Mapping[str, Layer]) -> str:
    """Name of the output of a functional model with one input."""
    ends = []
    for which in ("input_layers", "output_layers"):
        end = config.get(which)
        while isinstance(end, list) and len(end) == 1:
            end = end[0]
        match end:
            case [str(name), 0, 0] if name in layers:
                ends.append(name)
            case _:
                raise InputError(
                    f"{path}: not one {which.split('_')[0]} alone; give a model with one input and one output"
                )
    if [layer.name for layer in layers.values() if layer.kind == "InputLayer"] != ends[:1]:
        raise InputError(f"{path}: not one input alone; give a model with one input and one output")
    return ends[1]


def _layer(
    path: Path, name: str, kind: str, options: Mapping[str, Any], sources: tuple[str, ...], layers: Mapping[str, Layer]
) -> Layer:
    if bool(sources) == (kind == "InputLayer") or (len(sources) > 1 and kind not in ("Add", "Concatenate")):
        raise refused(
            path, name, kind, f"has {len(sources)} inputs; begin with an Input layer, and give each layer one"
        )
    for source in sources:
        if source not in layers:
            raise refused(
                path, name, kind, f"takes its input from {source!r}, which comes later; {keras_archive.SAVE_AGAIN}"
            )
    try:
        shape = LAYERS[kind].shape(options, [layers[source].shape for source in sources])
    except RefusedLayerError as error:
        raise refused(path, name, kind, str(error)) from None
    return Layer(name, kind, options, sources, shape)
