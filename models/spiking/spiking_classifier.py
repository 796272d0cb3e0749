"""What classifiers have in common whose whole network is simulated by `bnsim`."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray

import bnsim
from bnsim.arrays import FloatArray
from bnsim.engine.simulator import Simulator
from bnsim.errors import DivergenceError, InputError
from bnsim.expected import REAL, Expected, check
from models.classifier import Layer
from models.online import OnlineClassifier
from models.spiking.degeneracy import ResponseSurvey

BACKENDS = ("auto", "cpp", "cython", "numpy")
CHUNK = 500
"""Presentations simulated at once: a matter of memory and of how often progress is shown, not of results."""


@dataclass(frozen=True)
class WeightArray:
    """Where the weights of a layer are kept.

    Parameters
    ----------
    name : str
        Name in `SpikingClassifier.learned_`.
    shape : tuple of int
        (n_inputs, n_units).
    unit : float
        What the array holds for a weight of 1, in SI units.
    """

    name: str
    shape: tuple[int, int]
    unit: float = 1.0


class SpikingClassifier(OnlineClassifier):
    """A classifier around one compiled network.

    A subclass describes the network (`_simulator`), its stimulus (`_stimulus`) and how it decides. Fitted attribute:
    `learned_`, the arrays of the network's state that learning changes (plastic weights, adaptive thresholds), by the
    names that `bnsim.State` gives them; all else is drawn anew from `random_state_`.

    Random numbers of the simulation: a presentation of the training has its own number; at test a sample's number is a
    hash of its bytes, so that its spikes depend on neither the order nor the company of the samples.
    """

    kind = "BNS"
    recorded: ClassVar[tuple[str, ...]]
    traced: ClassVar[tuple[bnsim.Trace, ...]]
    """Populations whose spikes `record` and `activity` show, from input to output."""
    bin_width: ClassVar[float]
    """Width in ms of the time bins of `activity`."""
    STEP: ClassVar[str] = "learning_rate"
    """Parameter that decides how far a presentation moves the weights."""
    WAKES: ClassVar[str]
    """What makes a silent layer fire, in words."""
    backend: str
    _survey: ResponseSurvey | None = None
    """Of the last pass, while it learns."""
    learned_: dict[str, NDArray[Any]]

    @abstractmethod
    def _network(self) -> bnsim.Network:
        """The network, whose plastic projections are all-to-all."""

    @abstractmethod
    def _simulator(self) -> Simulator:
        """The compiled network."""

    @abstractmethod
    def _stimulus(self, X: FloatArray) -> dict[str, FloatArray]:
        """What each encoder is given for these samples."""

    @abstractmethod
    def _weight_arrays(self) -> dict[str, WeightArray]:
        """Where the weights of each layer of `weights` are kept."""

    @final
    def record(self, X: FloatArray) -> bnsim.Recording:
        """Return spike times and traces, with learning frozen.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Samples.

        Returns
        -------
        bnsim.Recording
            One trial for each sample.
        """
        return self._present(self._checked(X), self.recorded, self.traced)

    @property
    def _surveyed(self) -> tuple[str, ...]:
        """Populations whose spike counts must differ between samples, from input to output."""
        return self.recorded

    def _check_backend(self) -> None:
        self._require_one_of("backend", BACKENDS)

    def _chunk_size(self) -> int:
        return CHUNK

    def _train(self, X: FloatArray, signals: Mapping[str, FloatArray]) -> bnsim.Recording:
        """Present with learning on; `signals` as `Simulator.run` takes them."""
        simulator = self._simulator()
        trials = self.presentations_seen_ + np.arange(len(X))
        try:
            state, recording = simulator.run(
                self._state(simulator), self._stimulus(X), self.random_state_, trials=trials, signals=signals
            )
        except DivergenceError as error:
            raise self._diverged(str(error).removeprefix("simulation: ").partition(";")[0]) from error
        self.learned_ = {name: state[name] for name in self._learned_sizes(simulator.network)}
        if self._survey is not None:
            self._survey.add(self.presentations_seen_, recording.counts)
        return recording

    def _diverged(self, found: str) -> InputError:
        """The error for a training that ended in numbers that are not finite."""
        return InputError(
            f"{type(self).__name__}.{self.STEP}: with {getattr(self, self.STEP)!r} training diverged ({found}); "
            "give a smaller one, or scale X to about 1"
        )

    def _survey_from(self, first: int) -> None:
        self._survey = ResponseSurvey(first)

    def _degeneracies(self, X: FloatArray) -> Iterator[str]:
        if self._survey is not None:
            yield from self._survey.findings(self._surveyed, self.WAKES)
            self._survey = None

    def _presented(self, X: FloatArray, record: tuple[str, ...] = ()) -> Iterator[bnsim.Recording]:
        """Recordings of the samples with learning frozen, a chunk each."""
        for start in range(0, len(X), CHUNK):
            yield self._present(X[start : start + CHUNK], record)

    def _present(self, X: FloatArray, record: tuple[str, ...], traced: tuple[bnsim.Trace, ...] = ()) -> bnsim.Recording:
        simulator = self._simulator()
        _, recording = simulator.run(
            self._state(simulator),
            self._stimulus(X),
            self.random_state_,
            plastic=False,
            trials=sample_numbers(X),
            record=[*(bnsim.Spikes(name) for name in record), *traced],
        )
        return recording

    def _state(self, simulator: Simulator) -> bnsim.State:
        return simulator.initial_state(self.random_state_).replace(self.learned_)

    def _counts(self, X: FloatArray, population: str) -> NDArray[np.int32]:
        """Spike counts (sample, unit) with learning frozen."""
        return np.concatenate([part.counts[population] for part in self._presented(X)])

    def _spiking_layers(self, parts: list[bnsim.Recording]) -> list[Layer]:
        """Layers of the recorded populations."""
        layers = []
        for name in self.recorded:
            counts = np.concatenate([part.counts[name] for part in parts])
            binned = np.concatenate([part.binned(name, self.bin_width / 1e3) for part in parts])
            layers.append(Layer(name, counts.astype(np.float64), binned.astype(np.float64)))
        return layers

    def _weights(self) -> dict[str, FloatArray]:
        arrays = self._weight_arrays().items()
        return {layer: self.learned_[array.name].reshape(array.shape) / array.unit for layer, array in arrays}

    def _replace_weights(self, weights: Mapping[str, FloatArray]) -> None:
        arrays, present = self._weight_arrays(), self._weights()
        for layer, matrix in weights.items():
            array, kept = arrays[layer], matrix == present[layer]
            stored = self.learned_[array.name]
            self.learned_[array.name] = np.where(kept.ravel(), stored, array.unit * matrix.ravel())

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {f"learned/{name}": array for name, array in self.learned_.items()}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        prefix, sizes = "learned/", self._learned_sizes(self._network())
        check(arrays, {f"{prefix}{name}": Expected(REAL, (size,)) for name, size in sizes.items()})
        self.learned_ = {name: arrays[f"{prefix}{name}"] for name in sizes}

    def _learned_sizes(self, network: bnsim.Network) -> dict[str, int]:
        """Length of each array of `learned_`: weights that learn, then persistent variables of neurons."""
        sizes = {population.name: population.size for population in network.populations}
        learning = [projection for projection in network.projections if self._learns(projection)]
        weights = {f"{each.name}.w": sizes[each.source] * sizes[each.target] for each in learning}
        variables = {
            f"{population.name}.{variable}": population.size
            for population in network.populations
            for variable in getattr(population.model, "persistent", ())
        }
        return weights | variables

    def _learns(self, projection: bnsim.Projection) -> bool:
        """Whether training changes the weights of a projection: those with a rule, unless overridden."""
        return projection.plasticity is not None

    def _unfinished_arrays(self) -> dict[str, NDArray[Any]]:
        assert self._survey is not None
        return {**self._fitted_arrays(), **self._survey.arrays()}

    def _go_on(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._survey = ResponseSurvey.from_arrays(arrays)
        self._restore(arrays)


def sample_numbers(X: FloatArray) -> NDArray[np.uint64]:
    """Return a trial number for each sample: a 64-bit hash of its bytes.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_features)
        Samples.

    Returns
    -------
    ndarray of uint64, shape (n_samples,)
        Numbers.
    """
    rows = np.ascontiguousarray(X, dtype=np.float64)
    digests = b"".join(hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in rows)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)
