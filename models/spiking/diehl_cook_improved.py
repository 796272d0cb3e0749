"""Diehl & Cook's network with what makes it better and leaves it as unsupervised and as local as it was."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bnsim.arrays import FloatArray
from models import augmentation
from models.classifier import Activity, Layer, OperationCount
from models.spiking.diehl_cook import DiehlCook

LOOKS = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]])
"""Directions, right and down, in which an image is moved at test."""


class ImprovedDiehlCook(DiehlCook):
    """Classify as `diehl-cook`, but for four changes; the rules that learn are the same.

    1. A spike blocks the next for 10 ms instead of 50, so that the winner of a moment wins more often, and a
       presentation has more spikes to learn from and to count.
    2. Votes are log-likelihoods of the spike counts instead of a mean over the cells of a class
       (`models.spiking.label_readout`).
    3. At test an image is looked at five times, as it is and moved by `saccade` pixels to either side, up and down, as
       small eye movements would; the spikes are counted over all looks. Cells learn one place each, so that a digit
       that is a pixel off finds its cell.
    4. Cells are labelled once all is learned, by training images that are shown again (`label_samples`): a running mean
       still holds what cells were before they changed.

    `activity` shows the spikes of the look at the image as it is, and the votes of all looks; `operations` counts all
    looks.

    Parameters
    ----------
    image_shape : tuple of int or None
        (height, width) of the images that the samples are; None for plain features, which cannot be moved.
    n_neurons : int
        Excitatory cells, and as many inhibitory ones.
    readout : str
        "most-active" (the paper's), "proportion" or "likelihood" (see `models.spiking.label_readout`).
    saccade : int
        Pixels by which an image is moved, 0 for a single look.
    max_rate : float
        Rate of a pixel of full intensity, in Hz.
    duration : float
        Of a presentation, in ms, in steps of 0.5 ms.
    delay : float
        Longest delay from the input, in ms; each synapse has its own, uniform in [0, delay).
    blocked : float
        Time after a spike without another, in ms.
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
    """

    name = "diehl-cook-improved"
    DEVIATIONS = (
        *DiehlCook.DEVIATIONS,
        "spikes are blocked for 10 ms instead of 50",
        "votes are log-likelihoods of counts",
        "at test an image is looked at from five places a pixel apart",
    )

    def __init__(
        self,
        image_shape: tuple[int, int] | None = None,
        n_neurons: int = 400,
        readout: str = "likelihood",
        saccade: int = 0,
        max_rate: float = 63.75,
        duration: float = 350.0,
        delay: float = 0.0,
        blocked: float = 10.0,
        integration: str = "euler",
        tau_theta: float = 7e6,
        minimum_spikes: int = 5,
        total: float = 78.0,
        a_plus: float = 1e-2,
        a_minus: float = 1e-4,
        theta_increment: float = 0.05,
        label_window: int = 10_000,
        label_samples: int = 12_000,
        passes: int = 3,
        backend: str = "auto",
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.image_shape = image_shape
        self.saccade = saccade
        super().__init__(
            n_neurons=n_neurons,
            readout=readout,
            max_rate=max_rate,
            duration=duration,
            delay=delay,
            blocked=blocked,
            integration=integration,
            tau_theta=tau_theta,
            minimum_spikes=minimum_spikes,
            total=total,
            a_plus=a_plus,
            a_minus=a_minus,
            theta_increment=theta_increment,
            label_window=label_window,
            label_samples=label_samples,
            passes=passes,
            backend=backend,
            random_state=random_state,
        )

    def _check_parameters(self) -> None:
        super()._check_parameters()
        self._require(augmentation.allows(self.image_shape, self.saccade), "saccade", augmentation.ALLOWED)

    def _looks(self, X: FloatArray) -> list[FloatArray]:
        if self.saccade == 0 or self.image_shape is None:
            return [X]
        return [augmentation.moved(X, self.image_shape, np.tile(self.saccade * step, (len(X), 1))) for step in LOOKS]

    def _counts(self, X: FloatArray, population: str) -> NDArray[np.int32]:
        return np.sum(self._counts_of(self._looks(X), population), axis=0)

    def _counts_of(self, looks: list[FloatArray], population: str) -> list[NDArray[np.int32]]:
        return [super(ImprovedDiehlCook, self)._counts(look, population) for look in looks]

    def _activity(self, X: FloatArray) -> Activity:
        activity = super()._activity(X)
        counts = [activity["excitatory"].responses, *self._counts_of(self._looks(X)[1:], "excitatory")]
        votes = Layer("output", self._votes(np.sum(counts, axis=0)), None)
        return Activity((*activity.layers[:-1], votes), bin_width=activity.bin_width)

    def _operations(self, X: FloatArray) -> OperationCount:
        return super()._operations(np.concatenate(self._looks(X)))
