"""Published figures that a run is held against, each with the tolerance and the reason for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reference:
    """A reference figure; what was measured passes if it is at least `published` - `tolerance`.

    Parameters
    ----------
    name
        The published network.
    task, model, study, metric
        What it is held against.
    published, tolerance
        In the metric's unit.
    reason
        Why the two may differ by so much; of the published network and of the measurement alone.
    this_network
        How the network of the run differs, with its parameters in braces: no number that a setting decides is written
        down here.
    source
        Where the figure was published.
    """

    name: str
    task: str
    model: str
    study: str
    metric: str
    published: float
    tolerance: float
    reason: str
    this_network: str
    source: str

    def explained(self, parameters: Mapping[str, Any]) -> str:
        """Return the reason, with what is to be said of the network that was measured.

        Parameters
        ----------
        parameters
            Those of the model in the run.

        Returns
        -------
        str
            Two clauses without a full stop.
        """
        shown = {name: _shown(value) for name, value in parameters.items()}
        return f"{self.reason}; {self.this_network.format_map(shown)}"


def _shown(value: object) -> str:
    return " and ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


REFERENCES = (
    Reference(
        name="fixed localized filters, spiking LIF neurons, plastic read-out",
        task="mnist",
        model="receptive-field",
        study="accuracy",
        metric="test_accuracy",
        published=0.982,
        tolerance=0.004,
        reason="the abstract gives a lower bound, for 5000 hidden neurons, and three standard errors of a share of "
        "10,000 test images are 0.4 points",
        this_network="this network has {n_filters} hidden neurons",
        source="Illing, Gerstner & Brea, Biologically plausible deep learning - but how far can we go with "
        "shallow networks?, Neural Networks 118 (2019)",
    ),
    Reference(
        name="Keras mnist_mlp, 784-512-512-10 with dropout, 20 epochs",
        task="mnist",
        model="dense",
        study="accuracy",
        metric="test_accuracy",
        published=0.984,
        tolerance=0.006,
        reason="the published network is larger, drops units out and was trained for longer",
        this_network="this network has {hidden} hidden units, no dropout and {passes} passes",
        source="Keras examples, mnist_mlp.py",
    ),
)
"""They speak of networks trained on all of the training data, so they are checked with preset `full` only."""
