"""
A classifier of your own, and its twin
======================================

A spiking network that learns to tell digits apart, its artificial twin, and the verdict between them.
"""

import matplotlib.pyplot as plt
import numpy as np
from brian2 import Hz, ms, mV

import bnsim
from experiments.statistics import corrected_resampled_t
from experiments.tasks import load_task
from experiments.tasks.dataset import final_split
from models.classifier import Activity, OperationCount
from models.registry import create
from models.spiking.output_decision import OutputDecision
from models.spiking.spiking_classifier import WeightArray

# %%
# The network
# -----------
#
# Pixels fire as Poisson trains, and one output neuron a class listens to all of them. Its weights learn by
# `ErrorModulated`, a delta rule on spikes whose error each output neuron computes from what it has received
# and from its target. The class says what it is made of: the network, its stimulus, where the weights are,
# and what it is told. Everything else, from ``fit`` to ``save``, it inherits.


class SpikingPerceptron(OutputDecision):
    """One layer of integrate-and-fire neurons that learns by a delta rule on spikes."""

    name, twin = "spiking-perceptron", "dense"
    REFERENCE = "Widrow & Hoff (1960), IRE WESCON Convention Record 4:96-104"
    DEVIATIONS = ("inputs and outputs are spikes",)
    recorded, traced, bin_width = ("input", "output"), (bnsim.Trace("output", "v"),), 5.0
    WAKES = "scale X to [0, 1]"
    cell = bnsim.SubtractiveLIF(tau_m=20 * ms)
    unit = float(cell.rheobase)  # from rest to threshold, in volt

    def __init__(self, learning_rate=3e-3, passes=20, backend="auto", random_state=None):
        self.learning_rate = learning_rate
        self.passes = passes
        self.backend = backend
        self.random_state = random_state

    @property
    def trainable_parameters(self):
        return (self.n_features_in_ + 1) * len(self.classes_)

    def _check_parameters(self):
        self._require_positive("learning_rate")
        self._check_backend()

    def _network(self):
        rule = bnsim.ErrorModulated(learning_rate=self.learning_rate, scale=self.cell.rheobase)
        n_inputs = self.n_features_in_ + 1  # the last one is a bias
        return bnsim.Network(
            [
                bnsim.Population("input", n_inputs, bnsim.Poisson(200 * Hz)),
                bnsim.Population("output", len(self.classes_), self.cell),
            ],
            [bnsim.Projection("input", "output", bnsim.Delta(), 0 * mV, plasticity=rule)],
        )

    def _simulator(self):
        return self._network().compile(trial=50 * ms, dt=1 * ms, backend=self.backend)

    def _stimulus(self, X):
        return {"input": np.column_stack([np.clip(X, 0, 1), np.ones(len(X))])}

    def _start(self, X):
        self.learned_ = {"input_to_output.w": np.zeros(self.trainable_parameters)}

    def _learn(self, X, labels, total):
        target = labels[:, None] == np.arange(len(self.classes_))
        self._train(X, {"input_to_output.target": target.astype(float)})

    def _weight_arrays(self):
        shape = (self.n_features_in_ + 1, len(self.classes_))
        return {"output": WeightArray("input_to_output.w", shape, self.unit)}

    def _activity(self, X):
        return Activity(tuple(self._spiking_layers(list(self._presented(X, self.recorded)))), self.bin_width / 1e3)

    def _operations(self, X):
        spikes = sum(int(part.counts["input"].sum()) for part in self._presented(X))
        operations = spikes * len(self.classes_)
        return OperationCount(operations, 0, 50 * len(self.classes_) * len(X), 8 * operations)


# %%
# It is an estimator
# ------------------
#
# ``record`` returns the spikes with which it answers.

task = load_task("digits")
split = final_split(task, seed=0)
model = SpikingPerceptron(random_state=0).fit(split.train.X, split.train.y)
recording = model.record(split.held_out.X[:1])
bnsim.plotting.raster(recording)

# %%
# What a neuron has learned is an image: the weights of its pixels.

figure, axes = plt.subplots(1, 10, figsize=(10, 1.4), layout="constrained")
for digit, ax in enumerate(axes):
    ax.imshow(model.weights()["output"][:-1, digit].reshape(8, 8), cmap="RdBu_r", vmin=-1, vmax=1)
    ax.set(title=digit, xticks=[], yticks=[])

# %%
# The twin
# --------
#
# The artificial network with the same inputs, outputs and trainable parameters is ``dense`` without hidden
# layers, trained by backpropagation. Both see the same splits, 20 times. The learning rate above is the best
# of three on a validation split, which is not the test set. Training sets of different seeds overlap, which
# the corrected resampled t takes into account.

accuracies = []
for seed in range(3):
    split = final_split(task, seed)
    pair = SpikingPerceptron(random_state=seed), create("dense", hidden=(), passes=20, random_state=seed)
    accuracies.append(
        [each.fit(split.train.X, split.train.y).score(split.held_out.X, split.held_out.y) for each in pair]
    )
ours, twins = 100 * np.transpose(accuracies)
difference = corrected_resampled_t(ours - twins, len(split.held_out.y) / len(split.train.y)).interval
print(f"spiking {ours.mean():.1f} %, twin {twins.mean():.1f} %")
print(f"difference {difference.mean:+.1f} points ({difference.low:+.1f} to {difference.high:+.1f})")

# %%
# In all studies
# --------------
#
# A package brings its classifiers to ``bnsim run`` and ``bnsim compare`` by an entry point. In its
# ``pyproject.toml``:
#
# .. code-block:: toml
#
#    [project.entry-points."bnsim.models"]
#    spiking-perceptron = "my_package:ENTRY"
#
# and in ``my_package/__init__.py``:
#
# .. code-block:: python
#
#    from models.registry import Entry
#
#    ENTRY = Entry("my_package.perceptron:SpikingPerceptron", "BNS", "dense", "one spiking layer, a delta rule")
#
# Then ``bnsim run robustness --models spiking-perceptron,dense --set models.dense.hidden=[]`` asks both, as every
# other study does, and reports the verdict.
