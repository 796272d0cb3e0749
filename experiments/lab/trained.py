"""Networks that the lab trains once and keeps, so that they answer at once the next time."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from bnsim.errors import InputError, MachineError
from experiments.lab.pacing import Paced, Report
from experiments.run.configuration import model_parameters
from experiments.run.job import code_of
from experiments.tasks import dataset, load_task
from experiments.tasks.dataset import Dataset, Split, final_split

if TYPE_CHECKING:
    from models.classifier import Classifier

FOLDER = "BNSIM_MODELS"
"""Environment variable that says where trained networks are kept; without it, the user's folder for caches."""
MOST = 20
"""Networks that are kept: of more, those that were trained first are removed."""
PRESET = "quick"


@dataclass(frozen=True)
class Wanted:
    """A trained network.

    Parameters
    ----------
    task
        Name of the task.
    model
        Name in `models.registry`.
    train
        Number of training images.
    key
        Seed of the split, the weights and the order of the images.
    """

    task: str
    model: str
    train: int
    key: int

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters of the model, without `random_state`: those of `bnsim compare`."""
        return model_parameters(self.model, data(self.task), PRESET)

    @property
    def split(self) -> Split:
        """Training and test images."""
        return split(self.task, self.train, self.key)

    @property
    def path(self) -> Path:
        """Where it is kept: under a name that says all that it depends on, the code too."""
        facts = (
            self,
            data(self.task).checksum,
            sorted(self.parameters.items()),
            code_of(Path(dataset.__file__).parent),
        )
        digest = hashlib.blake2b(repr(facts).encode(), digest_size=12).hexdigest()
        return folder() / f"{self.model}-{digest}.npz"


def folder() -> Path:
    """Return where trained networks are kept.

    Returns
    -------
    Path
        The folder, which may not exist yet.
    """
    return Path(os.environ.get(FOLDER) or Path(platformdirs.user_cache_dir("bnsim")) / "models")


@lru_cache(maxsize=4)
def data(task: str) -> Dataset:
    """Return the samples of a task, loaded once.

    Parameters
    ----------
    task
        Name of the task.

    Returns
    -------
    Dataset
        Its samples.
    """
    return load_task(task)


@lru_cache(maxsize=8)
def split(task: str, train: int, key: int) -> Split:
    """Return training and test images, split once.

    Parameters
    ----------
    task
        Name of the task.
    train
        Number of training images.
    key
        Seed.

    Returns
    -------
    Split
        Scaled by the training images alone.
    """
    return final_split(data(task), key, train)


@lru_cache(maxsize=8)
def training(wanted: Wanted) -> Paced[Classifier]:
    """Return the training of a network, which all settings of the page share; it ends at once where one is kept.

    Parameters
    ----------
    wanted
        The network.

    Returns
    -------
    Paced of Classifier
        Its reports are the presentations so far, and in all.
    """
    return Paced(lambda report: _trained(wanted, report))


def _trained(wanted: Wanted, report: Report) -> Classifier:
    from models.registry import create, entry

    with suppress(InputError):  # none is kept, or it is damaged
        return entry(wanted.model).load().load(wanted.path)
    model, train = create(wanted.model, random_state=wanted.key, **wanted.parameters), wanted.split.train
    model.fit(train.X, train.y, progress=lambda done, total: report((done, total)))
    _keep(model, wanted.path)
    return model


def _keep(model: Classifier, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        model.save(path)
        for old in sorted(folder().glob("*.npz"), key=lambda kept: kept.stat().st_mtime)[:-MOST]:
            old.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise MachineError(
            f"{path.parent}: cannot be written ({reason}); name another folder in {FOLDER} and start the lab again"
        ) from error
