"""Experiments in which a digit is drawn, and a brain-like network and its artificial twin say what it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from bokeh.models import Range1d

from bnsim.arrays import Float64Array
from bnsim.errors import InputError
from bnsim.recording import Recording
from experiments.lab import images, script
from experiments.lab.runs import Run
from experiments.lab.setting import Setting
from experiments.lab.spec import Experiment
from experiments.lab.trained import Wanted, data, training
from experiments.lab.views import Drawn, Shown, arranged, marks, raster
from experiments.shared.answers import shares


@dataclass(frozen=True, kw_only=True)
class DigitReading(Experiment):
    """A network and its twin that read digits: drawn ones, or images of the test set.

    Both are trained at the first use, on training images alone, and kept. The label of a test image is shown beside the
    answers and given to no network.

    Parameters
    ----------
    name, title, group, about, knobs, seconds, piece
        As of all experiments (`Experiment`); there is no simulated time to choose.
    task
        Name of a task in `experiments.tasks.drawn.FORMS`.
    networks
        Names of the brain-like network and of its twin in `models.registry`.
    layers
        The brain-like network's populations that are drawn, from input to output, and their sizes.
    milliseconds
        Duration of its simulation.
    """

    takes_drawing: ClassVar[bool] = True

    task: str
    networks: tuple[str, str]
    layers: Mapping[str, int]
    milliseconds: float

    def plots(self) -> Drawn:
        """Return the plots, without data."""
        time = Range1d(0, self.milliseconds, bounds=(0, self.milliseconds))
        spikes = raster(self.layers, time)
        spikes.plot.title.text = f"Spikes of {self.networks[0]} for this image"
        drawn = [images.picture_plot(), images.votes_plot(data(self.task).classes, self.networks), spikes]
        return arranged([(each, each is spikes) for each in drawn], time)

    def wanted(self, setting: Setting) -> tuple[Wanted, Wanted]:
        """Return the brain-like network and its twin.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        tuple of Wanted
            Both, with the same training images.
        """
        first, second = (Wanted(self.task, name, int(setting.values["train"]), setting.key) for name in self.networks)
        return first, second

    def script(self, setting: Setting) -> str:
        """Return the Python script that trains both networks and asks them, without the lab.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        str
            It ends with the `models`, the `image` and the `recording`.
        """
        made = "\n".join(
            f'    create("{each.model}", {script.keywords({**each.parameters, "random_state": each.key})}),'
            for each in self.wanted(setting)
        )
        if setting.drawing is None:
            more, image = "", f"split.held_out.X[[{int(setting.values['sample'])}]]"
        else:
            more = "from experiments.tasks.drawn import Drawing\n"
            image = f'Drawing.of("{setting.drawing.text()}").sample("{self.task}")[None] / data.scaling'
        return f"""import bnsim
from experiments.tasks import load_task
from experiments.tasks.dataset import final_split
{more}from models.registry import create

data = load_task("{self.task}")
split = final_split(data, {setting.key}, {int(setting.values["train"])})
image = {image}
models = [
{made}
]
for model in models:
    model.fit(split.train.X, split.train.y)
    print(model.name, model.predict(image)[0], model.activity(image).layers[-1].responses[0])
recording = models[0].record(image)
bnsim.plotting.raster(recording).figure.savefig("raster.png")
"""

    def run(self, setting: Setting) -> ReadingRun:
        """Return a run that has not begun.

        Parameters
        ----------
        setting
            This experiment with its values.

        Returns
        -------
        ReadingRun
            The run.
        """
        return ReadingRun(setting, self)


@dataclass(frozen=True)
class Answer:
    """What a network says of an image.

    Parameters
    ----------
    name
        The class.
    outputs
        Responses of its output units: spikes, or activations.
    shares
        The share of each class in them.
    """

    name: str
    outputs: list[float]
    shares: list[float]

    @classmethod
    def of(cls, model: Any, image: Float64Array, classes: tuple[str, ...]) -> Answer:
        """Ask a network.

        Parameters
        ----------
        model
            The trained network.
        image
            One image (1, pixel).
        classes
            Names of the classes.

        Returns
        -------
        Answer
            What it says.
        """
        outputs = np.asarray(model.activity(image).layers[-1].responses, np.float64)
        votes = shares(outputs)[0]
        return cls(classes[int(model.predict(image)[0])], outputs[0].tolist(), votes.tolist())


class ReadingRun(Run):
    """A run: training, where it is the first, then the answers.

    Parameters
    ----------
    setting
        The setting.
    experiment
        Its experiment.

    Attributes
    ----------
    answers
        Of the brain-like network and its twin, empty before the end.
    recording
        Spikes of the brain-like network, None before the end.
    """

    result = "recording.npz"

    def __init__(self, setting: Setting, experiment: DigitReading) -> None:
        super().__init__(setting)
        self._experiment, self._wanted = experiment, experiment.wanted(setting)
        self.answers: tuple[Answer, ...] = ()
        self.recording: Recording | None = None
        self._training = 0.0, ""

    @property
    def done(self) -> float:
        """Which share of the run is done, from 0 to 1."""
        return 1.0 if self.finished else self._training[0]

    @property
    def finished(self) -> bool:
        """Whether the run has reached its end."""
        return bool(self.answers)

    @property
    def said(self) -> str:
        """How far it is, or what both say."""
        if not self.finished:
            return self._training[1] or "Training both networks; trained ones are kept, and the next start is quick"
        said = "; ".join(
            f"{each.model}: {answer.name}" for each, answer in zip(self._wanted, self.answers, strict=True)
        )
        return said + (f" (label: {self._label})" if self.setting.drawing is None else "")

    @property
    def _label(self) -> str:
        held_out = self._wanted[0].split.held_out
        return data(self._experiment.task).classes[int(held_out.y[int(self.setting.values["sample"])])]

    def prepare(self) -> None:
        """Load the images, so that what does not fit is said before a training begins.

        Raises
        ------
        InputError
            If the images cannot be read.
        """
        self._image()

    def advance(self) -> list[Shown | None]:
        """Train for a while, or ask both networks once they are trained.

        Returns
        -------
        list of Shown or None
            The image, the votes and the spikes.

        Raises
        ------
        InputError
            If the images cannot be read.
        MachineError
            If a network cannot be trained or kept.
        """
        for place, wanted in enumerate(self._wanted):
            work = training(wanted)
            if work.result is None:
                work.advance()
                done, total = work.last or (0, 1)
                share = 1.0 if work.result is not None else done / total
                self._training = (place + share) / 2, f"{wanted.model}: {done:,} of {total:,} presentations learned"
                return [None, None, None]
        return self._asked()

    def _asked(self) -> list[Shown | None]:
        image, dataset = self._image(), data(self._experiment.task)
        models = [training(wanted).result for wanted in self._wanted]
        self.recording = models[0].record(image)  # type: ignore[union-attr]
        first, second = (Answer.of(model, image, dataset.classes) for model in models)
        assert dataset.image_shape is not None
        votes = {
            "class": list(range(len(dataset.classes))),
            "name": list(dataset.classes),
            "first": np.round(first.shares, 4).tolist(),
            "second": np.round(second.shares, 4).tolist(),
            "output": [f"{each:.4g}" for each in first.outputs],
            "other": [f"{each:.4g}" for each in second.outputs],
        }
        self.answers = first, second
        return [
            Shown(images.picture_columns(image.reshape(dataset.image_shape))),
            Shown(votes),
            Shown(marks(self.recording, tuple(self._experiment.layers))),
        ]

    def _image(self) -> Float64Array:
        """The image (1, pixel) as both networks see it."""
        task, drawing = self._experiment.task, self.setting.drawing
        if drawing is None:
            return self._wanted[0].split.held_out.X[[int(self.setting.values["sample"])]]
        scaling = data(task).scaling
        assert not isinstance(scaling, str)
        return drawing.sample(task)[None] / scaling

    def _check_worth_keeping(self) -> None:
        if self.recording is None:
            raise InputError("run: no network has answered yet; run it first")

    def _write(self, folder: Path) -> dict[str, Any]:
        assert self.recording is not None
        self.recording.save(folder / self.result)
        said = {
            each.model: {"answer": answer.name, "outputs": answer.outputs, "shares": answer.shares}
            for each, answer in zip(self._wanted, self.answers, strict=True)
        }
        (folder / "answers.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
        return {"drawing": None if self.setting.drawing is None else self.setting.drawing.text()}
