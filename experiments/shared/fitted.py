"""A classifier that is trained once for all studies of a run that examine it.

The first study that needs the classifier trains it on the training set (validation samples included) and stores it in
a folder of the run, the shelf. The other studies read it from there, in whichever process they run. An interrupted
training goes on when the run does.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from experiments.documents import Training
from experiments.run_directory import read_json
from experiments.spec import Progress, Subject
from experiments.tasks.dataset import ClosedSamples, Split, final_split

if TYPE_CHECKING:
    from models.classifier import Classifier


@dataclass(frozen=True)
class Fitted:
    """A trained classifier.

    Parameters
    ----------
    model
        The classifier.
    split
        Training samples, and test samples (`held_out`), which are closed to a study that does not open them.
    seconds
        Wall-clock time of `fit`, in s.
    presentations
        Number of training presentations.
    """

    model: Classifier
    split: Split
    seconds: float
    presentations: int


def fitted(subject: Subject, max_train: int | None, progress: Progress) -> Fitted:
    """Return the trained model of a subject, from the shelf if it is there.

    Parameters
    ----------
    subject
        Model, data and seed.
    max_train
        Largest number of training samples, None for all of them.
    progress
        Called during training only.

    Returns
    -------
    Fitted
        The model and its data.
    """
    split = final_split(subject.dataset, subject.seed, max_train)
    if not subject.opens_test_set:
        split = Split(split.train, ClosedSamples(len(split.held_out)))
    path = place(subject, max_train)
    with nullcontext() if path is None else FileLock(path.with_suffix(".lock")):
        if path is None or not path.exists():
            return _trained(subject, split, path, progress)
        model = type(subject.create()).load(path)
        about = read_json(path.with_suffix(".json"), Training)
    return Fitted(model, split, about["seconds"], about["presentations"])


def place(subject: Subject, max_train: int | None) -> Path | None:
    """Return the path of a trained model on the shelf.

    Parameters
    ----------
    subject
        Model, data and seed.
    max_train
        Largest number of training samples, None for all of them.

    Returns
    -------
    Path or None
        Path of the file, whether it exists or not; None for a subject without a shelf.
    """
    if subject.shelf is None:
        return None
    settings = repr((sorted(subject.parameters.items()), max_train))
    digest = hashlib.blake2b(settings.encode(), digest_size=8).hexdigest()
    return subject.shelf / f"{subject.model}-{subject.seed}-{digest}.npz"


def _trained(subject: Subject, split: Split, path: Path | None, progress: Progress) -> Fitted:
    presentations = 0

    def count(done: int, total: int) -> None:
        nonlocal presentations
        presentations = done
        progress(done, total)

    model = subject.create()
    model.fit(split.train.X, split.train.y, progress=count, keep=None if path is None else path.with_suffix(""))
    if path is not None:
        about = {"seconds": model.seconds_, "presentations": presentations}
        path.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
        model.save(path)  # whole or not there, whatever ends the process
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)
    return Fitted(model, split, model.seconds_, presentations)
