"""One small run of everything, as `bnsim compare --preset full` makes it, for all tests of figures and sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from experiments import compare
from experiments.run_directory import Run, read_run
from experiments.studies import STUDIES, load

from .here import here

FIELD = {"n_filters": 100, "duration": 20.0, "learning_rate": 0.005, "passes": 3}
SETTINGS: dict[str, dict[str, Any]] = {
    # What is not named is as in the preset quick.
    "models": {
        **{f"receptive-field.{name}": value for name, value in FIELD.items()},
        "receptive-dense.passes": 5,
    },
    "accuracy": {"max_train": 600, "n_measured": 50},
    "learning": {
        "max_train": 300,
        "max_validation": 100,
        "presentations": 600,
        "points_per_octave": 1,
        "n_measured": 50,
        "n_gradient": 32,
    },
    "sample-efficiency": {"max_per_class": 3, "max_validation": 100, "min_presentations": 60},
    "latency": {"max_train": 600, "n_measured": 60, "n_probe": 60, "points": 4, "margins": (1, 1000)},
    "energy": {"max_train": 600, "n_measured": 50},
    "representation": {"max_train": 600, "n_measured": 60},
    "robustness": {"max_train": 600, "n_measured": 50},
    "information": {"max_train": 600, "n_measured": 100, "folds": 2, "levels": 3, "times": 2, "shuffles": 1},
    "adversarial": {"max_train": 600, "n_measured": 20, "epsilons": (0.05, 0.15, 0.4), "steps": 5, "queries": 30},
    "explain": {"max_train": 600, "n_images": 6, "n_shown": 2, "n_noise": 60, "deletion_steps": 4},
    "privacy": {"sizes": (20, 60), "passes": 5},
    "synchrony": {"max_train": 600, "n_measured": 3, "n_units": 4},
    "transfer": {"points": 7, "seconds": 0.5},
    "depth-activity": {"width": 60, "depth": 6, "scales": (0.5, 2.0), "samples": 2, "duration": 60.0},
    "correlation-map": {
        "width": 200,
        "depth": 4,
        "networks": 1,
        "scales": (1.0, 2.5),
        "spiking_scales": (0.5, 4.0),
        "spiking_width": 100,
        "spiking_networks": 1,
    },
    "perturbation": {
        "width": 100,
        "depth": 4,
        "scales": (0.8, 2.5),
        "spiking_scales": (0.5, 4.0),
        "samples": 3,
        "duration": 90.0,
    },
    "timing": {
        "units": 8,
        "trials": 60,
        "images": 40,
        "passes": 4,
        "artificial_passes": 10,
        "jitters": (2.0,),
        "bin_widths": (),
        "at_jitter": 2.0,
    },
    "pulse-packets": {"spikes": (20, 90), "spreads": (0.5,), "trials": 4, "groups": 4},
    "one-pass": {"max_train": 300, "max_validation": 100, "points_per_octave": 1},
    "forgetting": {"max_train": 600, "max_validation": 100, "presentations": 60, "permuted_tasks": 2},
}


@pytest.fixture(scope="session")
def full_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Run:
    """All studies of a pair of twins with one seed, made once for all workers of the suite."""
    base = tmp_path_factory.getbasetemp()
    folder: Path = (base if worker_id == "master" else base.parent) / "full"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            quick = {study: load(study).PRESETS["quick"].model_dump() for study in STUDIES}
            parts = {part: {**quick.get(part, {}), **SETTINGS.get(part, {})} for part in ("models", *STUDIES)}
            settings = {f"{part}.{name}": value for part, values in parts.items() for name, value in values.items()}
            models = ("receptive-field", "receptive-dense")
            with here():
                compare(seeds=1, models=models, preset="full", out=folder, settings=settings)
    (directory,) = folder.iterdir()
    return read_run(directory)
