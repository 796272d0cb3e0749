"""What does an answer cost, in operations that were counted and in joules that they might take?

Each network is trained and then classifies test samples. While it answers, its operations are counted
(`OperationCount`), and so are its spikes, if it has any. The metrics have the names of NeuroBench; all of them are for
one sample, averaged over the first `n_measured` test samples.

The energy is an estimate and is therefore given as a range. It consists of the arithmetic of 32-bit floats and of
memory accesses in a 45 nm process, with the figures of Horowitz for all networks alike: 0.9 pJ for an accumulate;
4.6 pJ for a multiply-accumulate, and also for the update of a neuron; 10 pJ (memory of 8 kB) to 100 pJ (1 MB) for 8
bytes moved. A weight of 4 bytes is moved for each operation, or fewer where operations share weights; the state of a
neuron, 4 bytes, is read and written at each update. The formula often used for spiking networks counts arithmetic
alone; it is given beside the range. Real chips differ from all of this by more than a factor of ten. Between twins,
the range shows which of them the assumptions favour.

References
----------
M. Horowitz, IEEE International Solid-State Circuits Conference (2014).
M. Davies et al., IEEE Micro 38 (2018): why memory matters.
S. Davidson and S. Furber, Frontiers in Neuroscience 15 (2021).
J. Yik et al., NeuroBench, Nature Communications 16 (2025).
"""

from __future__ import annotations

from pydantic import PositiveInt

from experiments.spec import Metric, Options, Study

BREAK_EVEN = 1.72
"""Spikes per synapse and answer above which a spiking network costs more than the same network without spikes
(Davidson and Furber 2021)."""


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    n_measured
        Number of test samples over which operations and activity are counted.
    """

    max_train: PositiveInt | None
    n_measured: PositiveInt


STUDY = Study(
    __name__,
    __doc__,
    title="Energy",
    order=150,
    opens_test_set=True,
    metrics=(
        Metric("effective_acs", "count", "Effective accumulates", "Accumulates caused by spikes."),
        Metric(
            "effective_macs",
            "count",
            "Effective multiply-accumulates",
            "Multiply-accumulates with an input other than 0, in fully connected layers; front ends and convolutions "
            "count in full.",
        ),
        Metric(
            "dense",
            "count",
            "Operations if all units were active",
            "Operations if every unit were active: the multiply-accumulates of an artificial network; for a spiking "
            "network, one for each synapse at each time step, and the multiply-accumulates outside of it.",
        ),
        Metric("neuron_updates", "count", "Neuron updates", "Number of neurons times number of time steps."),
        Metric(
            "activation_sparsity",
            "fraction",
            "Activation sparsity",
            "Fraction of the activations that are 0, over the layers after the input; of spiking networks over all "
            "time steps.",
        ),
        Metric(
            "footprint",
            "byte",
            "Footprint",
            "Bytes of all arrays in which the fitted network is stored.",
            better="less",
        ),
        Metric(
            "spikes_per_synapse",
            "count",
            "Spikes per synapse",
            "Mean number of presynaptic spikes over the synapses that learn, of networks with spikes. Above "
            f"{BREAK_EVEN}, a spiking network cannot cost less than the same network without spikes (Davidson & Furber "
            "2021).",
            better="less",
        ),
        Metric(
            "energy_arithmetic",
            "nJ",
            "Energy of an answer, arithmetic alone",
            "Accumulates and multiply-accumulates alone.",
            better="less",
        ),
        Metric(
            "energy_least",
            "nJ",
            "Energy of an answer, with small memory",
            "Arithmetic, updates of neurons, and memory accesses at 10 pJ.",
            better="less",
            primary=True,
        ),
        Metric(
            "energy_most",
            "nJ",
            "Energy of an answer, with large memory",
            "Arithmetic, updates of neurons, and memory accesses at 100 pJ.",
            better="less",
        ),
        Metric(
            "sample_cpu_seconds",
            "s",
            "Processor time of a sample",
            "Processor time that `predict` took on this machine, child processes included.",
            better="less",
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, n_measured=200),
        "full": Config(max_train=None, n_measured=1000),
        "tiny": Config(max_train=600, n_measured=50),
    },
)
