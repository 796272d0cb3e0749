"""`digits-parity`: the images of `digits`, to be told apart as even or odd numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from experiments.tasks import digits
from experiments.tasks.dataset import Dataset


def load(data_dir: Path | None) -> Dataset:
    """Scaled and split as `digits`, but stratified by parity alone. `data_dir` is not used."""
    dataset = digits.load(data_dir)
    return replace(dataset, name="digits-parity", y=dataset.y % 2, classes=("even", "odd"))
