"""Experiments that train a classifier: what one is, and its run from checkpoint to checkpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bnsim.arrays import FloatArray
from bnsim.errors import InputError
from experiments.lab import images, script
from experiments.lab.pacing import Paced, Report
from experiments.lab.runs import Run
from experiments.lab.setting import Setting
from experiments.lab.spec import Experiment
from experiments.lab.trained import data
from experiments.lab.views import Drawn, Shown, arranged
from experiments.tasks.dataset import Split, validation_split

if TYPE_CHECKING:
    from models.classifier import Classifier

Parameters = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Training(Experiment):
    """A classifier whose cells have receptive fields that are looked at while it learns.

    It learns from training images alone, without those on which the learning curve is measured; the test images are
    not opened.

    Parameters
    ----------
    name, title, group, about, knobs, seconds, piece
        As of all experiments (`Experiment`); there is no simulated time to choose.
    task
        Name of a task of images.
    model
        Name in `models.registry` of a model that is `models.capabilities.Receptive`.
    parameters
        Makes the model's parameters, without `random_state`, of the knobs' values.
    cells
        Number of its cells.
    train, validation
        Make the numbers of training and validation images of the knobs' values.
    every
        Presentations from one look to the next.
    """

    task: str
    model: str
    parameters: Callable[[Mapping[str, float]], Parameters]
    cells: int
    train: Callable[[Mapping[str, float]], int]
    validation: int
    every: int

    def plots(self) -> Drawn:
        """Return the plots, without data."""
        total = self.presentations(Setting.of(self, {}))
        drawn = [images.fields_plot(self.cells), images.curve_plot(total), images.weights_plot()]
        return arranged([(each, False) for each in drawn], None)

    def presentations(self, setting: Setting) -> int:
        """Return how many presentations a training has.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        int
            The number.
        """
        return self.train(setting.values) * int(self.parameters(setting.values)["passes"])

    def checkpoints(self, setting: Setting) -> range:
        """Return after which presentations the model is looked at.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        range
            Increasing; the last is within the training.
        """
        return range(self.every, self.presentations(setting) + 1, self.every)

    def split(self, setting: Setting) -> Split:
        """Return the training and the validation images.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        Split
            Both, scaled by the training images alone.
        """
        return validation_split(data(self.task), setting.key, self.train(setting.values), self.validation)

    def script(self, setting: Setting) -> str:
        """Return the Python script that trains the same, without the lab.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        str
            It ends with the trained `model`, and draws its receptive fields.
        """
        parameters = script.keywords({**self.parameters(setting.values), "random_state": setting.key})
        looks = self.checkpoints(setting)
        return f"""import bnsim
from experiments.tasks import load_task
from experiments.tasks.dataset import validation_split
from models.registry import create

data = load_task("{self.task}")
split = validation_split(data, {setting.key}, {self.train(setting.values)}, {self.validation})
model = create("{self.model}", {parameters})
validation = (split.held_out.X, split.held_out.y)
looks = range({looks.start}, {looks.stop}, {looks.step})
model.fit(split.train.X, split.train.y, validation=validation, checkpoints=looks)
for point in model.history_:
    print(f"{{point.samples_seen}} presentations: accuracy {{point.validation_accuracy:.1%}}")
fields, labels = model.receptive_fields()
bnsim.plotting.receptive_fields(fields, image_shape=data.image_shape).figure.savefig("fields.png")
"""

    def run(self, setting: Setting) -> TrainingRun:
        """Return a run that has not begun.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        TrainingRun
            The run.
        """
        return TrainingRun(setting, self)


@dataclass(frozen=True)
class Look:
    """What is seen of a model at a checkpoint.

    Parameters
    ----------
    seen
        Presentations so far.
    fields
        Weights (cell, feature) into its cells.
    labels
        The class of each cell.
    curve
        Points of the learning curve so far: presentations and accuracy.
    """

    seen: int
    fields: FloatArray
    labels: tuple[str, ...]
    curve: tuple[tuple[int, float], ...]

    @classmethod
    def at(cls, model: Any, classes: tuple[str, ...], seen: int) -> Look:
        """Look at a model.

        Parameters
        ----------
        model
            The model, which is not changed.
        classes
            Names of the classes.
        seen
            Presentations so far.

        Returns
        -------
        Look
            What is seen.
        """
        fields, labels = model.receptive_fields()
        named = tuple("" if label < 0 else classes[label] for label in labels)
        curve = tuple((point.samples_seen, point.validation_accuracy) for point in model.history_)
        return cls(seen, fields, named, curve)


class TrainingRun(Run):
    """A run of a training.

    Parameters
    ----------
    setting
        The setting.
    experiment
        Its experiment.

    Attributes
    ----------
    model
        The trained model, None before the end.
    """

    result = "model.npz"

    def __init__(self, setting: Setting, experiment: Training) -> None:
        super().__init__(setting)
        self._experiment, self._total = experiment, experiment.presentations(setting)
        self._work: Paced[Classifier] = Paced(self._trained)

    @property
    def model(self) -> Classifier | None:
        """The trained model, None before the end."""
        return self._work.result

    @property
    def done(self) -> float:
        """Which share of the run is done, from 0 to 1."""
        return 1.0 if self.finished else self._seen / self._total

    @property
    def finished(self) -> bool:
        """Whether the run has reached its end."""
        return self.model is not None

    @property
    def said(self) -> str:
        """How far it is, in words."""
        look = self._work.last
        accuracy = (
            f"; it recognises {100 * look.curve[-1][1]:.1f} % of the validation images" if look and look.curve else ""
        )
        if self.finished:
            return f"Learned from {self._total} presentations{accuracy}"
        return f"{self._seen} of {self._total} presentations learned{accuracy}"

    @property
    def _seen(self) -> int:
        return 0 if self._work.last is None else self._work.last.seen

    def prepare(self) -> None:
        """Do nothing: images, network and first weights are on the way to the first look."""

    def advance(self) -> list[Shown | None]:
        """Learn until the next checkpoint.

        Returns
        -------
        list of Shown or None
            The receptive fields, the learning curve and the distribution of the weights.

        Raises
        ------
        InputError
            If the values do not fit each other.
        MachineError
            If the simulation fails.
        """
        before = self._work.last
        self._work.advance()
        look = self._work.last
        if look is before:
            return [None, None, None]
        seen, accuracy = zip(*(look.curve or [(0, 0.0)]), strict=True)
        shape = data(self._experiment.task).image_shape
        assert shape is not None
        return [
            Shown(images.fields_columns(look.fields.reshape(-1, *shape), look.labels)),
            Shown({"seen": list(seen), "accuracy": list(accuracy)}),
            Shown(images.weights_columns(look.fields)),
        ]

    def close(self) -> None:
        """End the training; a finished one can still be saved."""
        self._work.leave()

    def _trained(self, report: Report) -> Classifier:
        from models.registry import create

        experiment, setting = self._experiment, self.setting
        split, classes = experiment.split(setting), data(experiment.task).classes
        model = create(experiment.model, random_state=setting.key, **experiment.parameters(setting.values))
        return model.fit(
            split.train.X,
            split.train.y,
            validation=(split.held_out.X, split.held_out.y),
            checkpoints=experiment.checkpoints(setting),
            at_checkpoint=lambda model, seen: report(Look.at(model, classes, seen)),
        )

    def _check_worth_keeping(self) -> None:
        if self.model is None:
            raise InputError("run: has not learned to its end, and an unfinished model is not saved; let it end")

    def _write(self, folder: Path) -> dict[str, Any]:
        assert self.model is not None
        self.model.save(folder / self.result)
        curve = [{"presentations": seen, "accuracy": accuracy} for seen, accuracy in self._work.last.curve]
        (folder / "learning_curve.json").write_text(json.dumps(curve, indent=2) + "\n", encoding="utf-8")
        return {}
