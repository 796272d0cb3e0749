"""Which classifiers there are and what parameters they take, found without importing Keras or Brian2."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from bnsim.errors import InputError, advice

if TYPE_CHECKING:
    from models.classifier import Classifier


@dataclass(frozen=True)
class Entry:
    """What is known of a classifier before its class is imported.

    Parameters
    ----------
    path : str
        Where it lives, as "module:Class".
    kind : str
        "BNS" or "ANN".
    twin : str or None
        Name of the ANN with which a verdict is drawn.
    summary : str
        One line.
    shared : tuple of str
        Parameters in which it must agree with its twin: front end and topology; training too, where the weights are the
        twin's.
    """

    path: str
    """Where it lives, as "module:Class"."""
    kind: Literal["BNS", "ANN"]
    twin: str | None
    """Name of the ANN with which a verdict is drawn."""
    summary: str
    shared: tuple[str, ...] = ()
    """Parameters in which it must agree with its twin: front end and topology; training too, where the weights are the
    twin's."""

    def load(self) -> type[Classifier]:
        """Import the class.

        Returns
        -------
        type
            The class.
        """
        module, _, name = self.path.partition(":")
        return getattr(import_module(module), name)

    def parameter_names(self) -> tuple[str, ...]:
        """Return the names of the constructor's parameters, read from the source: importing takes seconds.

        Returns
        -------
        tuple of str
            Names, in order.
        """
        return tuple(argument.arg for argument in self._init().args.args[1:])

    def lists(self) -> dict[str, bool]:
        """Return which of the constructor's parameters are tuples, read from the source.

        Returns
        -------
        dict of str to bool
            Names, in order, and whether the tuple is of any length.
        """
        init = self._init().args
        defaults = dict(zip((argument.arg for argument in init.args[::-1]), init.defaults[::-1], strict=False))
        kinds = {argument.arg: ast.unparse(argument.annotation or ast.Constant("")) for argument in init.args}
        return {
            name: bool(_OF_ANY_LENGTH.match(kind))
            for name, kind in kinds.items()
            if "tuple[" in kind or isinstance(defaults.get(name), ast.Tuple)
        }

    def _init(self) -> ast.FunctionDef:
        module, _, name = self.path.partition(":")
        spec = find_spec(module)
        assert spec is not None
        assert spec.origin is not None
        source = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
        (model,) = (node for node in source.body if isinstance(node, ast.ClassDef) and node.name == name)
        (init,) = (node for node in model.body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
        return init


_OF_ANY_LENGTH = re.compile(r"tuple\[.*, \.\.\.\]$")
"""Annotation of a tuple of any length."""


GROUP = "bnsim.models"
"""Entry points by which other packages bring classifiers."""

_FRONT_END = ("image_shape", "n_filters", "patch", "wavelength", "sigma", "semisaturation", "gain", "shift")

_SEQUENCE_TRAINING = (
    "sequence_shape",
    "answer_steps",
    "predict_next",
    "units",
    "optimizer",
    "batch_size",
    "final_rate",
    "passes",
)

_OWN: Mapping[str, Entry] = MappingProxyType(
    {
        "receptive-field": Entry(
            "models.spiking.receptive_field:ReceptiveField",
            "BNS",
            "receptive-dense",
            "fixed receptive fields, spiking cells, read-out learned by a three-factor rule",
            shared=_FRONT_END,
        ),
        "three-factor": Entry(
            "models.spiking.three_factor:ThreeFactor",
            "BNS",
            "dense",
            "spiking throughout, hidden layers learn from errors sent back along synapses of their own",
            shared=("hidden",),
        ),
        "surrogate": Entry(
            "models.spiking.surrogate:Surrogate",
            "BNS",
            "dense",
            "the network of three-factor, trained through time by surrogate gradients",
            shared=("hidden",),
        ),
        "reward": Entry(
            "models.spiking.reward:RewardLearner",
            "BNS",
            "receptive-dense",
            "fixed receptive fields, reward-modulated STDP that is told right or wrong only",
            shared=_FRONT_END,
        ),
        "diehl-cook": Entry(
            "models.spiking.diehl_cook:DiehlCook",
            "BNS",
            None,
            "unsupervised STDP with lateral inhibition and adaptive thresholds (Diehl & Cook 2015)",
        ),
        "diehl-cook-improved": Entry(
            "models.spiking.diehl_cook_improved:ImprovedDiehlCook",
            "BNS",
            None,
            "diehl-cook with shorter blocking, likelihoods as votes and five looks at a test image",
        ),
        "receptive-dense": Entry(
            "models.artificial.receptive_dense:ReceptiveDense",
            "ANN",
            None,
            "the same fixed receptive fields, ReLU, softmax read-out trained by Adam",
        ),
        "dense": Entry(
            "models.artificial.dense:Dense",
            "ANN",
            None,
            "fully connected network of any depth, trained by backpropagation",
        ),
        "local-rate": Entry(
            "models.rate.local_rate:LocalRate",
            "BNS",
            "dense-sgd",
            "rates without spikes or time, all layers learn by the local rule of three-factor",
            shared=("hidden", "final_rate", "passes"),
        ),
        "dense-sgd": Entry(
            "models.artificial.dense_sgd:DenseSGD",
            "ANN",
            None,
            "dense trained by plain gradient steps, one sample at a time",
        ),
        "rate": Entry(
            "models.rate.classifier:Rate",
            "BNS",
            "rate-dense",
            "rates without spikes or time, plain gradient descent on the squared error",
            shared=("hidden", "activation"),
        ),
        "rate-dense": Entry(
            "models.artificial.rate_dense:RateDense",
            "ANN",
            None,
            "the same layers, softmax output trained by Adam",
        ),
        "article-dense": Entry(
            "models.artificial.article_dense:ArticleDense",
            "ANN",
            None,
            "10 and 8 ReLU units and one sigmoid unit, trained by Adam, as an article has it",
        ),
        "gru": Entry(
            "models.artificial.gated_recurrent:GatedRecurrent",
            "ANN",
            None,
            "gated recurrent units that read a sequence step after step, trained by backpropagation through time",
        ),
        "rate-recurrent": Entry(
            "models.artificial.rate_recurrent:RateRecurrent",
            "ANN",
            None,
            "leaky rates with connections among them, trained by backpropagation through time",
        ),
        "surrogate-recurrent": Entry(
            "models.spiking.surrogate_recurrent:SurrogateRecurrent",
            "BNS",
            "rate-recurrent",
            "recurrent spiking neurons with adaptation, trained through time by surrogate gradients",
            shared=_SEQUENCE_TRAINING,
        ),
        "eprop": Entry(
            "models.spiking.eprop:Eprop",
            "BNS",
            "rate-recurrent",
            "the network of surrogate-recurrent, which learns by eligibility propagation (Bellec et al. 2020)",
            shared=_SEQUENCE_TRAINING,
        ),
        "rflo": Entry(
            "models.rate.rflo:RandomFeedbackLocalOnline",
            "BNS",
            "rate-recurrent",
            "the network of rate-recurrent, of which each synapse learns from its own trace (Murray 2019)",
            shared=(*_SEQUENCE_TRAINING, "memory", "input_scale"),
        ),
        "converted": Entry(
            "models.spiking.converted:ConvertedDense",
            "BNS",
            "dense",
            "a trained dense network whose units run as integrate-and-fire neurons",
            shared=("hidden", "learning_rate", "batch_size", "passes"),
        ),
        "convolutional": Entry(
            "models.artificial.convolutional:Convolutional",
            "ANN",
            None,
            "convolutional network for images, trained by backpropagation",
        ),
        "converted-convolutional": Entry(
            "models.spiking.converted:ConvertedConvolutional",
            "BNS",
            "convolutional",
            "a trained convolutional network whose units run as integrate-and-fire neurons",
            shared=(
                *("image_shape", "filters", "kernel", "stride", "hidden"),
                *("dropout", "learning_rate", "final_rate", "batch_size", "passes"),
            ),
        ),
    }
)


def _of_other_packages() -> dict[str, Entry]:
    """Classifiers that installed packages bring: an entry point of `GROUP` names an `Entry`."""
    found: dict[str, Entry] = {}
    for point in entry_points(group=GROUP):
        brought = point.load()
        if point.name in _OWN or not isinstance(brought, Entry):
            what = "that name exists already" if point.name in _OWN else f"{point.value} is no models.registry.Entry"
            raise InputError(f"entry point {GROUP} {point.name!r}: {what}; change that package or uninstall it")
        found[point.name] = brought
    return found


MODELS: Mapping[str, Entry] = MappingProxyType({**_OWN, **_of_other_packages()})
"""All classifiers by name."""


def entry(name: str) -> Entry:
    """Return what is known of a classifier.

    Parameters
    ----------
    name : str
        Its name.

    Returns
    -------
    Entry
        What is known.

    Raises
    ------
    InputError
        For an unknown name.
    """
    if name not in MODELS:
        raise InputError(f"unknown model {name!r}; {advice(name, MODELS)}")
    return MODELS[name]


def create(name: str, **parameters: Any) -> Classifier:
    """Make a classifier by name, e.g. create("dense", hidden=(100,), random_state=0).

    Parameters
    ----------
    name : str
        Its name.
    **parameters
        Parameters of its constructor.

    Returns
    -------
    models.classifier.Classifier
        The classifier, not fitted.

    Raises
    ------
    InputError
        For an unknown name or parameter.
    """
    check_parameters(name, parameters)
    return entry(name).load()(**parameters)


def check_parameters(name: str, parameters: Iterable[str]) -> None:
    """Refuse parameters that a classifier does not take, without importing it.

    Parameters
    ----------
    name : str
        Its name.
    parameters : iterable of str
        Names of parameters.

    Raises
    ------
    InputError
        For an unknown name.
    """
    known = entry(name).parameter_names()
    for parameter in parameters:
        if parameter not in known:
            raise InputError(f"{name}: unknown parameter {parameter!r}; {advice(parameter, known)}")
