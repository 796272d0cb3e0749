"""How well, how fast and at what cost does each network classify the test set?

Each model is trained on the whole training set (including validation samples) and then, with learning frozen, tested
once per seed on the test set. Operations and activity are counted over the first `n_measured` test samples.
"""

from __future__ import annotations

from pydantic import PositiveInt

from experiments.spec import Metric, Options, Study


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset); None for all samples.
    n_measured
        Number of test samples over which activity and operations are counted.
    """

    max_train: PositiveInt | None
    n_measured: PositiveInt


STUDY = Study(
    __name__,
    __doc__,
    title="Test accuracy",
    order=10,
    opens_test_set=True,
    metrics=(
        Metric(
            "test_accuracy",
            "fraction",
            "Test accuracy",
            "Fraction of the test set classified correctly.",
            better="more",
            primary=True,
            cases="test_samples",
        ),
        Metric(
            "balanced_accuracy",
            "fraction",
            "Balanced accuracy",
            "Mean of the recalls of all classes, which counts a rare class as much as a frequent one.",
            better="more",
        ),
        Metric(
            "recall",
            "fraction",
            "Recall",
            "Fraction of the test samples of a class that were given to it.",
            better="more",
            facts={"class": str},
            cases="test_samples",
        ),
        Metric(
            "majority_accuracy",
            "fraction",
            "Accuracy of always answering the majority",
            "Fraction of the test samples that are of the class most frequent in the training set.",
            cases="test_samples",
        ),
        Metric(
            "test_samples",
            "count",
            "Test samples",
            "Number of test samples, of all or of one class.",
            facts={"class": str},
        ),
        Metric(
            "test_loss",
            "nat",
            "Test loss (mean cross-entropy)",
            "Mean of -ln of the probability of the true class, of models that give probabilities; these count as 1e-7 "
            "at least, as in Keras.",
            better="less",
            bounds=(0.0, None),
        ),
        Metric(
            "within_tolerance",
            "fraction",
            "Outputs within 0.1 of their target",
            "Share of outputs within 0.1 of their target, of models that have such targets (`models.rate`). It is no "
            "accuracy: outputs that never leave 0 score high.",
            better="more",
        ),
        Metric(
            "confusion_count",
            "count",
            "Test samples by true and predicted class",
            "Number of test samples of one class that were classified as another, or as the same.",
            facts={"true": str, "predicted": str},
            summarised=False,
        ),
        Metric("trainable_parameters", "count", "Trainable parameters", "Number of values that training changes."),
        Metric(
            "training_seconds",
            "s",
            "Training",
            "Wall-clock time of `fit`, building of the network included.",
            better="less",
        ),
        Metric(
            "presentations_per_second",
            "1/s",
            "Presentations per second",
            "Training presentations over that time.",
            better="more",
        ),
        Metric(
            "prediction_seconds", "s", "Prediction", "Wall-clock time of classifying the whole test set.", better="less"
        ),
        Metric(
            "synaptic_operations_per_sample",
            "count",
            "Synaptic operations per sample",
            "Accumulations caused by spikes, for one test sample.",
        ),
        Metric(
            "multiply_accumulates_per_sample",
            "count",
            "Multiply-accumulates per sample",
            "Multiplications with an addition, for one test sample.",
        ),
        Metric(
            "neuron_updates_per_sample",
            "count",
            "Neuron updates per sample",
            "Neurons times time steps, for one test sample.",
        ),
        Metric("bytes_per_sample", "byte", "Bytes per sample", "Memory that is read for one test sample."),
        Metric(
            "spikes_per_neuron_trial",
            "count",
            "Spikes per neuron and trial",
            "Mean count over all spiking neurons, or over those of one layer, of networks with spikes.",
            facts={"layer": str},
        ),
        Metric(
            "tie_share",
            "fraction",
            "Share of ties in the decision",
            "Fraction of the samples in which two output neurons share the highest count, of networks with spikes.",
            better="less",
        ),
        Metric(
            "accuracy_after",
            "fraction",
            "Accuracy after some time steps",
            "Fraction of the samples classified correctly, by models that decide at any time.",
            better="more",
            step="Time steps gone by",
        ),
    ),
    presets={
        "quick": Config(max_train=10_000, n_measured=200),
        "full": Config(max_train=None, n_measured=1000),
        "tiny": Config(max_train=600, n_measured=50),
    },
)
