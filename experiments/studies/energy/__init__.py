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

An artificial network need not calculate with floats. A spiking network is therefore also held against its twin with
integers: weights of 8 bits in both, sums in 32 bits, and the activations of the twin rounded to as many levels as a
hidden neuron of the spiking network takes spike counts. These are the counts from 0 to the largest of any hidden neuron
in a trial, over `n_measured` training samples; a neuron that can fire in each of T steps could take T + 1, which
refractoriness and drive keep it from. Steps between levels are chosen on the same training samples, and nothing is
trained again (`quantised.py`). The features of a sample have 8 bits; a front end of fixed filters, which twins share,
stays in floats. Energies of Horowitz: 0.1 pJ for an accumulate; 0.3 pJ for a multiply-accumulate; 3.2 pJ for the update
of a neuron; one byte moved for a weight. All multiply-accumulates of the twin count, those with a level of 0 too. Twins
that are no chain of rectifiers, and networks without hidden spikes, are left out.

References
----------
M. Horowitz, IEEE International Solid-State Circuits Conference (2014).
M. Davies et al., IEEE Micro 38 (2018): why memory matters.
S. Davidson and S. Furber, Frontiers in Neuroscience 15 (2021).
J. Yik et al., NeuroBench, Nature Communications 16 (2025).
Z. Yan et al. (2024), arXiv:2409.08290: the quantised network as the baseline, with T + 1 levels.
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
        Number of test samples over which operations and activity are counted, and of training samples from which the
        levels of the quantised twin follow.
    """

    max_train: PositiveInt | None
    n_measured: PositiveInt


_OF_NETWORK = "of the spiking network with weights of 8 bits (`network`: `spiking`) or of its quantised twin (`twin`)"
_ENERGIES = {
    "energy_arithmetic": ("arithmetic alone", "Accumulates and multiply-accumulates alone"),
    "energy_least": ("with small memory", "Arithmetic, updates of neurons, and memory accesses at 10 pJ"),
    "energy_most": ("with large memory", "Arithmetic, updates of neurons, and memory accesses at 100 pJ"),
}
"""End of the label, and definition, of the energies of an answer."""

STUDY = Study(
    __name__,
    __doc__,
    title="Energy",
    order=150,
    opens_test_set=True,
    metrics=(
        Metric(
            "accuracy",
            "fraction",
            "Accuracy on the measured samples",
            "Share of the measured test samples that are classified correctly.",
            better="more",
        ),
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
            "network, one for each synapse at each time step, those from values and between hidden neurons included, "
            "and the multiply-accumulates outside of it. Time steps after the end of a sequence do not count.",
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
        *(
            Metric(
                name,
                "nJ",
                f"Energy of an answer, {label}",
                f"{definition}.",
                better="less",
                primary=name == "energy_least",
            )
            for name, (label, definition) in _ENERGIES.items()
        ),
        Metric(
            "sample_cpu_seconds",
            "s",
            "Processor time of a sample",
            "Processor time that `predict` took on this machine, child processes included.",
            better="less",
        ),
        Metric(
            "levels",
            "count",
            "Levels of the quantised twin",
            "One more than the largest number of spikes of a hidden neuron in a trial, over training samples, and at "
            "most 256: to as many levels the activations of the twin are rounded.",
        ),
        Metric(
            "integer_accuracy",
            "fraction",
            "Accuracy with integers",
            f"Share of the measured test samples that are classified correctly with integers, {_OF_NETWORK}.",
            better="more",
            facts={"network": str},
        ),
        *(
            Metric(
                f"integer_{name}",
                "nJ",
                f"Energy of an answer with integers, {label}",
                f"{definition}, with integers, {_OF_NETWORK}.",
                better="less",
                facts={"network": str},
            )
            for name, (label, definition) in _ENERGIES.items()
        ),
        Metric(
            "integer_energy_ratio",
            "ratio",
            "Energy with integers, spiking network over quantised twin",
            "Energy of an answer of the spiking network over that of its quantised twin, both with integers, by size "
            "of the memory (`memory`: `small` or `large`).",
            better="less",
            facts={"memory": str},
            bounds=(0.0, None),
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, n_measured=200),
        "full": Config(max_train=None, n_measured=1000),
        "tiny": Config(max_train=600, n_measured=50),
    },
)
