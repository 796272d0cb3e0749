"""How much do units of a trained layer fire together, beyond what their spike counts explain?

Networks that are trained as for `accuracy` are shown some test samples. In each sample and layer, `n_units` units are
drawn from those that fire, or all of them where there are fewer, and all pairs of them are measured by Elephant: the
spike time tiling coefficient (spikes within 2 ms of each other coincide), spike contrast (bins down to 2 ms) and the
cross-correlation histogram.

Each measure is also computed for two controls, in which every unit keeps its number of spikes but not their times. They
are moved to random steps within windows of 10 ms ("jittered"), which leaves slow changes of the rates, or within the
whole trial ("scattered"), which leaves nothing but the counts. Nothing is measured of networks without spike times.

References
----------
Cutts and Eglen (2014), J. Neurosci. 34, 14288-14303: spike time tiling. Ciba et al. (2018), J. Neurosci. Methods 293,
136-143: spike contrast.
"""

from __future__ import annotations

from pydantic import Field, PositiveInt

from experiments.spec import Metric, Options, Study

_PLACE = {"layer": str, "spikes": str}
"""The latter is measured, jittered or scattered."""


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    n_measured
        Number of test samples shown.
    n_units
        Number of units drawn in each sample and layer.
    """

    max_train: PositiveInt | None
    n_measured: PositiveInt
    n_units: int = Field(ge=2)


STUDY = Study(
    __name__,
    __doc__,
    title="Synchrony",
    order=90,
    brief=False,
    opens_test_set=True,
    metrics=(
        Metric(
            "spike_time_tiling",
            "",
            "Spike time tiling coefficient",
            "Mean coefficient over pairs of units and samples: 0 for independent sparse trains, more where spikes are "
            "so dense that many trains leave no time in which they could miss each other.",
            facts=_PLACE,
            bounds=(-1, 1),
        ),
        Metric(
            "spike_contrast",
            "",
            "Spike contrast",
            "Mean over the samples; not where no unit fires twice.",
            facts=_PLACE,
            bounds=(0, 1),
        ),
        Metric(
            "cross_correlation",
            "Hz",
            "Firing rate around the spikes of another unit",
            "Firing rate of a unit, so many ms after the spikes of another, over all ordered pairs and samples.",
            facts=_PLACE,
            step="Time after spike (ms)",
            bounds=(0, None),
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, n_measured=10, n_units=8),
        "full": Config(max_train=None, n_measured=50, n_units=20),
        "tiny": Config(max_train=600, n_measured=3, n_units=4),
    },
)
