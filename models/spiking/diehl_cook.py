"""Unsupervised STDP with lateral inhibition and adaptive thresholds, as Diehl & Cook described it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
from brian2.units import Hz, ms, mV
from brian2.units.fundamentalunits import Quantity
from numpy.typing import NDArray
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

import bnsim
from bnsim.arrays import FloatArray, LabelArray
from bnsim.engine.simulator import Simulator
from models.checks import is_count
from models.classifier import Activity, Layer, OperationCount
from models.intensities import IntensityScale
from models.spiking.label_readout import READOUTS, LabelReadout
from models.spiking.spiking_classifier import SpikingClassifier, WeightArray

INPUT = "input_to_excitatory"
DT = 0.5


INTEGRATION = ("euler", "exponential-euler")


class DiehlCook(SpikingClassifier):
    """Let excitatory cells compete for images; labels only say what they have become selective for.

    Pixel j fires as a Poisson process with rate max_rate x intensity. Its spikes reach every excitatory cell i through
    the weight w_ji in [0, 1] (`bnsim.DiehlCookSTDP`; neurons: `bnsim.DiehlCookExcitatory`,
    `bnsim.DiehlCookInhibitory`). Each excitatory cell drives one inhibitory cell, which inhibits all other excitatory
    cells. Conductances (relative to the leak) jump by the weight and decay with 1 ms (excitatory) or 2 ms (inhibitory),
    towards 0 mV and -100 mV (-85 mV on inhibitory cells). Initial weights are uniform in (0.003, 0.3), then normalised.
    A presentation with fewer than `minimum_spikes` excitatory spikes is repeated, its rates raised by half of the first
    each time (`bnsim.Repetition`).

    No label reaches the network. While it learns, the mean response of each cell to each class is kept (a running mean
    over the last `label_window` presentations), and gives the cell its label and its proportions; see
    `models.spiking.label_readout` for the readouts and their tie rule. With `label_samples`, `fit` shows so many
    training samples again in the end, learning and thresholds frozen, and their responses replace the running mean;
    `partial_fit` does not. Learning, thresholds and labels are frozen at test.

    Parameters
    ----------
    n_neurons : int
        Excitatory cells, and as many inhibitory ones.
    readout : str
        "most-active" (the paper's), "proportion" or "likelihood" (see `models.spiking.label_readout`).
    max_rate : float
        Rate of a pixel of full intensity, in Hz.
    duration : float
        Of a presentation, in ms, in steps of 0.5 ms.
    delay : float
        Longest delay from the input, in ms; each synapse has its own, uniform in [0, delay).
    blocked : float
        Time after a spike without another, in ms: 5 in the paper, 50 in Brian2's example of this network (see
        `bnsim.DiehlCookExcitatory`).
    integration : str
        Of the excitatory cells: "euler" or "exponential-euler". "euler", the authors', is unstable where more than 23
        of them fire in one step: 17 of inhibition from each, times 0.5 / 100 ms, is then more than 2, and potentials
        oscillate until all cells fire. Cells are most alike, and volleys largest, in the first presentations, and in
        networks of more than some 400 cells, which need "exponential-euler".
    tau_theta : float
        Time constant of the decay of thresholds, in ms. The authors' 1e7 ms acts in 350 ms of presentation and 150 ms
        of silence, which is 7e6 ms without the silence.
    minimum_spikes : int
        Excitatory spikes below which a presentation is repeated; 0 never repeats one.
    total : float
        Sum of the weights into a cell.
    a_plus, a_minus : float
        Amplitudes of the rule (`bnsim.DiehlCookSTDP`).
    theta_increment : float
        Rise of the threshold at a spike, in mV.
    label_window : int
        Presentations over which the mean response of a cell is kept.
    label_samples : int
        Training samples shown again in the end, the last that were presented, all of them where there are fewer; 0
        keeps the running mean.
    passes : int
        Presentations of each training sample.
    backend : str
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`.
    random_state : None, int or RandomState
        Drives weights, delays, spikes and order of presentations.

    Attributes
    ----------
    learned_ : dict of str to ndarray
        Weights and thresholds.
    readout_ : models.spiking.label_readout.LabelReadout
        Responses of the cells to each class.

    Raises
    ------
    InputError
        For a parameter out of its range.

    Notes
    -----
    What delays, the blocked period, repeated presentations and the silence are worth is measured by
    `benchmarks/ablations.py`.

    References
    ----------
    Diehl & Cook (2015), Frontiers in Computational Neuroscience 9:99.
    """

    name = "diehl-cook"
    twin = None
    REFERENCE = "Diehl & Cook (2015), Frontiers in Computational Neuroscience 9:99"
    DEVIATIONS: ClassVar[tuple[str, ...]] = (
        "no delays from the input unless `delay` is given (the authors': 0 to 10 ms)",
        "membrane, conductances and traces start anew in each presentation, instead of 150 ms of silence in between",
        "thresholds decay as much in a presentation as the authors' do with the silence",
        "weights are normalised after a presentation, not before it",
        "a spike blocks the next for `blocked` = 50 ms, as in Brian2's example (the paper's: 5 ms)",
        "labels come from a running mean of the responses during training unless `label_samples` is given",
    )
    recorded = ("input", "excitatory", "inhibitory")
    traced = (bnsim.Trace("excitatory", "v"),)
    bin_width = 25.0
    STEP = "a_plus"
    WAKES = "scale X to [0, 1] feature by feature, or give a larger max_rate or total"

    def __init__(
        self,
        n_neurons: int = 400,
        readout: str = "most-active",
        max_rate: float = 63.75,
        duration: float = 350.0,
        delay: float = 0.0,
        blocked: float = 50.0,
        integration: str = "euler",
        tau_theta: float = 7e6,
        minimum_spikes: int = 5,
        total: float = 78.0,
        a_plus: float = 1e-2,
        a_minus: float = 1e-4,
        theta_increment: float = 0.05,
        label_window: int = 10_000,
        label_samples: int = 0,
        passes: int = 3,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_neurons = n_neurons
        self.readout = readout
        self.max_rate = max_rate
        self.duration = duration
        self.delay = delay
        self.blocked = blocked
        self.integration = integration
        self.tau_theta = tau_theta
        self.minimum_spikes = minimum_spikes
        self.total = total
        self.a_plus = a_plus
        self.a_minus = a_minus
        self.theta_increment = theta_increment
        self.label_window = label_window
        self.label_samples = label_samples
        self.passes = passes
        self.backend = backend
        self.random_state = random_state

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        # Images are told apart by which pixels are bright; a few plain features have no such patterns to compete for.
        tags.classifier_tags.poor_score = True
        return tags

    @property
    def labels_(self) -> LabelArray:
        """Return the label of each cell.

        Returns
        -------
        ndarray of int, shape (n_neurons,)
            Index of the class that a cell stands for, -1 where it never fired.
        """
        return self.readout_.labels

    @property
    def proportions_(self) -> FloatArray:
        """Return the share of each class in the responses of each cell.

        Returns
        -------
        ndarray, shape (n_neurons, n_classes)
            Shares; rows of cells that never fired are 0.
        """
        return self.readout_.proportions

    def receptive_fields(self) -> tuple[FloatArray, LabelArray]:
        """Return the receptive field and the label of each cell.

        Returns
        -------
        weights : ndarray, shape (n_neurons, n_features)
            Weights from the input.
        labels : ndarray of int, shape (n_neurons,)
            Index into `classes_` of the class that a cell stands for; -1 for one that never fired.
        """
        check_is_fitted(self)
        return self.learned_[f"{INPUT}.w"].reshape(self.n_features_in_, self.n_neurons).T, self.labels_

    @property
    def trainable_parameters(self) -> int:
        """Return the number of weights from the input and thresholds."""
        return self.n_features_in_ * self.n_neurons + self.n_neurons

    def _check_parameters(self) -> None:
        self._require_count("n_neurons", "label_window")
        self._require_positive("max_rate", "duration", "tau_theta", "total")
        for name in ("delay", "blocked", "minimum_spikes", "a_plus", "a_minus", "theta_increment"):
            value = getattr(self, name)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            self._require(number and 0 <= value < np.inf, name, "a finite number of at least 0")
        whole = self.label_samples == 0 or is_count(self.label_samples)
        self._require(whole, "label_samples", "an integer of at least 0")
        steps = self.duration / DT
        self._require(steps == round(steps), "duration", "a multiple of 0.5 ms")
        self._require_one_of("integration", INTEGRATION)
        self._require_one_of("readout", READOUTS)
        self._check_backend()

    # What `OnlineClassifier` asks for.

    def _start(self, X: FloatArray) -> None:
        self.intensities_ = IntensityScale.of(X)
        self.readout_ = LabelReadout.empty(self.n_neurons, len(self.classes_))
        self.learned_ = {}
        state = self._simulator().initial_state(self.random_state_)
        weights = state[f"{INPUT}.w"].reshape(self.n_features_in_, self.n_neurons)
        normalised = weights * (self.total / weights.sum(axis=0))
        self.learned_ = {f"{INPUT}.w": normalised.ravel(), "excitatory.theta": state["excitatory.theta"]}

    def _learn(self, X: FloatArray, labels: LabelArray, total: int | None) -> None:
        counts = self._train(X, {}).counts["excitatory"]
        self.readout_ = self.readout_.updated(counts, labels, self.label_window)

    def _finish(self, X: FloatArray, labels: LabelArray, order: LabelArray) -> None:
        if self.label_samples:
            shown = order[-min(self.label_samples, len(X)) :]  # of one pass, so each sample once
            empty = LabelReadout.empty(self.n_neurons, len(self.classes_))
            counts = super()._counts(X[shown], "excitatory")  # of one look, whatever looks a subclass takes at test
            self.readout_ = empty.updated(counts, labels[shown], window=math.inf)

    def _degeneracies(self, X: FloatArray) -> Iterator[str]:
        volleys = self._survey is not None and self._survey.in_step("excitatory")
        yield from super()._degeneracies(X)
        labels = np.unique(self.labels_[self.labels_ >= 0])
        if len(labels) == 0:
            yield f"no cell carries a label, since none of the {self.n_neurons} fired; {self.WAKES}"
        elif len(labels) == 1 and self.n_neurons > 1:
            calm = "give a smaller max_rate or total, or integration='exponential-euler'"
            cause, remedy = ("fire in volleys and ", calm) if volleys else ("", self.WAKES)
            yield f"all cells {cause}carry one label, that of class {self.classes_[labels[0]]}; {remedy}"

    def _weight_arrays(self) -> dict[str, WeightArray]:
        return {"excitatory": WeightArray(f"{INPUT}.w", (self.n_features_in_, self.n_neurons))}

    def _predict(self, X: FloatArray) -> LabelArray:
        return self._votes(self._counts(X, "excitatory")).argmax(axis=1)

    def _votes(self, counts: NDArray[Any]) -> FloatArray:
        return READOUTS[self.readout](self.readout_, counts)

    def _activity(self, X: FloatArray) -> Activity:
        layers = self._spiking_layers(list(self._presented(X, self.recorded)))
        votes = self._votes(layers[1].responses)
        return Activity((*layers, Layer("output", votes, None)), bin_width=self.bin_width / 1e3)

    def _operations(self, X: FloatArray) -> OperationCount:
        fan_out = {"input": self.n_neurons, "excitatory": 1, "inhibitory": self.n_neurons - 1}
        synaptic = updates = 0
        for part in self._presented(X):
            synaptic += sum(int(part.counts[name].sum()) * fan_out[name] for name in fan_out)
            updates += int(part.presentations.sum()) * 2 * self.n_neurons * round(self.duration / DT)
        return OperationCount(synaptic, 0, updates, 8 * synaptic)

    def _fitted_arrays(self) -> dict[str, NDArray[Any]]:
        return {**super()._fitted_arrays(), **self.intensities_.arrays(), **self.readout_.arrays()}

    def _restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        super()._restore(arrays)
        self.intensities_ = IntensityScale.from_arrays(arrays, self.n_features_in_)
        self.readout_ = LabelReadout.from_arrays(arrays, self.n_neurons, len(self.classes_))

    # The spiking network.

    def _network(self) -> bnsim.Network:
        n, rule = (
            self.n_neurons,
            bnsim.DiehlCookSTDP(a_plus=self.a_plus, a_minus=self.a_minus, total=Quantity(self.total)),
        )
        excitatory = bnsim.DiehlCookExcitatory(
            blocked=self.blocked * ms,
            tau_theta=self.tau_theta * ms,
            theta_increment=self.theta_increment * mV,
            method="euler" if self.integration == "euler" else "exponential_euler",
        )
        delay = bnsim.Uniform(0 * ms, self.delay * ms) if self.delay else 0 * ms
        return bnsim.Network(
            populations=[
                bnsim.Population("input", self.n_features_in_, bnsim.Poisson(self.max_rate * Hz)),
                bnsim.Population("excitatory", n, excitatory),
                bnsim.Population("inhibitory", n, bnsim.DiehlCookInhibitory()),
            ],
            projections=[
                bnsim.Projection(
                    "input",
                    "excitatory",
                    bnsim.ExponentialConductance(tau=1 * ms, reversal=0 * mV),
                    weights=bnsim.Uniform(Quantity(0.003), Quantity(0.3)),
                    delay=delay,
                    plasticity=rule,
                ),
                bnsim.Projection(
                    "excitatory",
                    "inhibitory",
                    bnsim.ExponentialConductance(tau=1 * ms, reversal=0 * mV),
                    weights=Quantity(10.4),
                    connectivity=bnsim.OneToOne(),
                ),
                bnsim.Projection(
                    "inhibitory",
                    "excitatory",
                    bnsim.ExponentialConductance(tau=2 * ms, reversal=-100 * mV),
                    weights=Quantity(17.0),
                    connectivity=bnsim.AllToOthers(),
                ),
            ],
            repetition=bnsim.Repetition("excitatory", self.minimum_spikes) if self.minimum_spikes else None,
        )

    def _simulator(self) -> Simulator:
        silence = np.ceil(self.delay / DT) * DT
        return self._network().compile(
            trial=(self.duration + silence) * ms,
            dt=DT * ms,
            presentation=self.duration * ms,
            backend=self.backend,
        )

    def _stimulus(self, X: FloatArray) -> dict[str, FloatArray]:
        return {"input": self.intensities_(X)}
