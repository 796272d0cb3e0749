"""How a conversion is carried out: calibration on training samples, measurement on test samples."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bnsim.errors import InputError
from experiments.conversion.result import Conversion, make_folder
from experiments.output import complain
from experiments.tasks import load_task
from experiments.tasks.dataset import Dataset, Samples, Scaling, final_split

if TYPE_CHECKING:
    from models.artificial.keras_source import KerasSource
    from models.spiking.converted_keras import ConvertedKeras

TASK = "task"
SCALINGS: dict[str, Scaling] = {"none": 1.0, "standardise": "standardise", "range": "range"}
"""Ways to scale samples besides that of the task."""
TRIED = 500
"""Training samples on which other ways of scaling are tried."""
BETTER = 0.1
"""By how much the source's accuracy is to be better with another scaling, for that to be said."""
BLOCK = 1000
"""Samples after which progress is told."""

Progress = Callable[[int, int], None]


def convert(
    model: str | Path,
    task: str,
    *,
    data_dir: str | Path | None = None,
    steps: int = 200,
    percentile: float = 99.9,
    scaling: str = TASK,
    test_samples: int | None = None,
    seed: int = 0,
    to: str | Path | None = None,
    backend: str = "auto",
    progress: Progress | None = None,
) -> Conversion:
    """Convert a trained Keras network into a spiking one, and measure both on the test samples of a task.

    Parameters
    ----------
    model
        A .keras file (`models.artificial.keras_source.read` says of which layers).
    task
        Name of a task; path of an .npz file with X and y, of a text, or of a table and its column ("t.csv:kind").
    data_dir
        Folder of the data files, for tasks that read some.
    steps
        Time steps of 1 ms in which a sample is shown.
    percentile
        Of the activations over training samples, that becomes one spike a step.
    scaling
        How the samples are scaled for the model: "task" as bnsim does for its own networks (pixels to [0, 1], features
        standardised), "none" as they are in the data's file, "standardise" each feature by mean and standard deviation
        of the training samples, "range" all by their minimum and maximum to [0, 1], or a number to divide by.
    test_samples
        Measure on so many test samples, drawn by the seed; None takes all.
    seed
        Draws the split where the task has no fixed test set, and the samples that activations are measured on.
    to
        Folder in which the classifier, the numbers and a figure are written; None writes nothing.
    backend
        "auto", "cpp", "cython" or "numpy"; see `bnsim.Network.compile`.
    progress
        Called as progress(done, total) in test samples.

    Returns
    -------
    Conversion
        The spiking network, and accuracy by time step.

    Raises
    ------
    InputError
        For a file that cannot be converted, a task that does not fit it, or an argument out of its range.

    Notes
    -----
    Nothing is trained. Activations are measured on training samples, and test samples are shown once to each network.
    The order of the classes is that of the task: sorted labels.

    Examples
    --------
    ::

        conversion = experiments.convert("lenet.keras", "mnist", to="converted")
        conversion.source_accuracy, conversion.accuracy[-1], conversion.steps_until(0.3)
    """
    from models.artificial.keras_source import read
    from models.spiking.conversion import CALIBRATION
    from models.spiking.converted_keras import ConvertedKeras

    source = read(model)
    classifier = ConvertedKeras(str(model), percentile, duration=steps, backend=backend, random_state=seed)
    dataset = load_task(task, None if data_dir is None else Path(data_dir))
    source.check_fits(dataset.X.shape[1], len(dataset.classes))
    classifier.check_parameters(dataset.X.shape[1], len(dataset.classes))
    scaled = _scaled(dataset, scaling)
    if to is not None:
        make_folder(Path(to))
    # What samples are scaled by may depend on all of them.
    split = final_split(scaled, seed, CALIBRATION if not isinstance(scaled.scaling, str) else None)
    classifier.fit(split.train.X, split.train.y)
    _warn_of_scaling(source, dataset, scaling, split.train.first(TRIED), seed)
    test = _chosen(split.held_out, test_samples, seed)
    started = time.perf_counter()
    answers = _answers(classifier, test, progress)
    seconds = time.perf_counter() - started
    found = source.predict(test.X)
    conversion = Conversion(
        classifier=classifier,
        model=str(model),
        task=dataset.name,
        scaling=scaling,
        seed=seed,
        source_accuracy=float((found == test.y).mean()),
        accuracy=(answers == test.y[:, None]).mean(axis=0),
        agreement=float((answers[:, -1] == found).mean()),
        n_test=len(test),
        seconds=seconds / len(test),
    )
    if to is not None:
        conversion.save(to)
    return conversion


def _scaled(dataset: Dataset, scaling: str) -> Dataset:
    """The data, to be scaled as asked for."""
    if scaling == TASK:
        return dataset
    if scaling in SCALINGS:
        return replace(dataset, scaling=SCALINGS[scaling])
    try:
        divisor = float(scaling)
    except ValueError:
        divisor = 0.0
    if not 0 < divisor < np.inf:
        known = ", ".join([TASK, *SCALINGS])
        raise InputError(f"scaling: got {scaling!r}; give one of {known}, or a positive number to divide by")
    return replace(dataset, scaling=divisor)


def _warn_of_scaling(source: KerasSource, dataset: Dataset, scaling: str, train: Samples, seed: int) -> None:
    """Say so if the source answers much better to samples that are scaled in another way, or to none well."""
    found = float((source.predict(train.X) == train.y).mean())
    others = {}
    for other in (TASK, *SCALINGS):
        if other != scaling:
            tried = final_split(_scaled(dataset, other), seed, max(TRIED, len(dataset.classes))).train.first(TRIED)
            others[other] = float((source.predict(tried.X) == tried.y).mean())
    best = max(others, key=others.__getitem__)
    said = f"the model answers {100 * found:.1f} % of {len(train)} training samples right"
    chance = np.bincount(train.y).max() / len(train)
    if others[best] > found + BETTER:
        complain(
            f"warning: {said} with --scaling {scaling}, and {100 * others[best]:.1f} % with --scaling {best}; "
            "give that, if it is how the model was trained"
        )
    elif found < chance + BETTER:
        complain(
            f"warning: {said} however they are scaled, about chance level; was it trained on this task, with its "
            f"classes in the order {', '.join(dataset.classes[:12])}?"
        )


def _chosen(test: Samples, limit: int | None, seed: int) -> Samples:
    if limit is None or limit >= len(test):
        return test
    if limit < 1:
        raise InputError(f"test_samples: got {limit}; give an integer of at least 1")
    return test.chosen(np.sort(np.random.default_rng(seed).permutation(len(test))[:limit]))


def _answers(classifier: ConvertedKeras, test: Samples, progress: Progress | None) -> NDArray[Any]:
    """The answer to each sample after each time step."""
    blocks = []
    for start in range(0, len(test), BLOCK):
        blocks.append(classifier.predictions_over_time(test.X[start : start + BLOCK]))
        if progress is not None:
            progress(min(start + BLOCK, len(test)), len(test))
    return np.concatenate(blocks)
