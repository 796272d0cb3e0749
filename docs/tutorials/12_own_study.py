"""
A study of your own
===================

A question that bnsim does not ask yet: how it is measured, drawn, put to two networks, and answered.
"""

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import experiments

# %%
# A folder to begin with
# ----------------------
#
# A study is a folder with three files: ``__init__.py`` has the question, ``measure.py`` asks it of one network,
# ``figure.py`` draws and words what came out. ``bnsim new`` writes one that works, and its test. A notebook
# would say ``!bnsim new study shifted-digits``.

folder = Path(tempfile.mkdtemp())


def bnsim(command):
    """Carry out a command in the folder, and return what it prints."""
    words = [sys.executable, "-m", "bnsim", *shlex.split(command)]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout


print(bnsim("new study shifted-digits"))

# %%
# The question
# ------------
#
# Networks here see digits in the middle of the image. *What does each network lose when the digits are shifted?*
#
# The first line of the docstring is the question, the rest is the method. Each metric has a unit and a
# definition. One of them may be primary: verdicts between twins are about it, so it must say whether more or
# less is better. What tells several values of a metric apart is a fact, here the length of the shift. Options
# are what ``--set`` changes; the presets are ``quick``, ``full``, and ``tiny`` for tests.


def write(file, text):
    """Write a file of the study."""
    (folder / "shifted_digits" / file).write_text(text)


write(
    "__init__.py",
    '''"""What does each network lose when the digits are shifted?

Networks are trained on images as they are. Those of the test set are then shifted up, down, left and right; what
moves out of the image is lost, and zeros move in.
"""

from experiments.spec import Metric, Options, Study
from pydantic import PositiveInt


class Config(Options):
    """Options of the study.

    Parameters
    ----------
    max_train
        Largest number of training samples (a stratified subset).
    shifts
        Lengths of the shifts in pixels.
    """

    max_train: PositiveInt
    shifts: tuple[PositiveInt, ...] = (1, 2)


STUDY = Study(
    __name__,
    __doc__,
    title="Shifted digits",
    opens_test_set=True,
    metrics=(
        Metric(
            "shifted_accuracy",
            "fraction",
            "Accuracy on shifted digits",
            "Share of test images that are recognised, mean of all shifts.",
            better="more",
            primary=True,
        ),
        Metric(
            "accuracy",
            "fraction",
            "Accuracy",
            "Share of test images that are recognised after shifts of this length, mean of four directions.",
            facts={"pixels": int},
        ),
    ),
    presets={"quick": Config(max_train=300), "full": Config(max_train=10_000), "tiny": Config(max_train=100)},
)
''',
)

# %%
# The measurement
# ---------------
#
# ``run`` gets one network with one seed. ``fitted`` trains it, or takes it from another study of the same run.
# The split that belongs to the seed comes with it: nobody else has seen ``split.held_out``. Values are made by
# calling the metric.

write(
    "measure.py",
    '''"""Measure one network with one seed."""

import numpy as np
from experiments.shared.fitted import fitted
from experiments.spec import Outcome
from scipy.ndimage import shift

from . import STUDY

DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1))


def run(config, subject, progress):
    """Train the network, and let it classify the test images at each shift."""
    found = fitted(subject, config.max_train, progress)
    test = found.split.held_out
    images = test.X.reshape(-1, *subject.dataset.image_shape)

    def accuracy(*offset):
        moved = shift(images, (0, *offset), order=0).reshape(test.X.shape)
        return np.mean(found.model.predict(moved) == test.y)

    shifted = {
        pixels: np.mean([accuracy(pixels * down, pixels * right) for down, right in DIRECTIONS])
        for pixels in config.shifts
    }
    values = [STUDY["accuracy"](accuracy(0, 0), pixels=0)]
    values += [STUDY["accuracy"](value, pixels=pixels) for pixels, value in shifted.items()]
    values.append(STUDY["shifted_accuracy"](np.mean(list(shifted.values()))))
    return Outcome(len(found.split.train), len(test), tuple(values))
''',
)

# %%
# A study may also train for itself, on other samples or with other parameters than everybody else. It then looks at
# validation samples, which ``validation_split`` takes from the training set, and leaves the test set alone. ``keep`` is
# a folder of the job, so that ``bnsim resume`` goes on within an interrupted training; its name tells the trainings
# of a job apart. ``part_of`` counts several trainings as one work. With a metric ``validation_accuracy`` whose fact is
# the number of samples:
#
# .. code-block:: python
#
#    from experiments.spec import Outcome, part_of
#    from experiments.tasks.dataset import validation_split
#
#
#    def run(config, subject, progress):
#        values, sizes = [], [100, 200]
#        passes = subject.create().get_params()["passes"]
#        for number, size in enumerate(sizes):
#            split = validation_split(subject.dataset, subject.seed, max_train=size)
#            part = part_of(progress, passes * sum(sizes[:number]), passes * sum(sizes))
#            model = subject.create().fit(
#                split.train.X, split.train.y, progress=part, keep=subject.training(f"{size}")
#            )
#            correct = model.predict(split.held_out.X) == split.held_out.y
#            values.append(STUDY["validation_accuracy"](np.mean(correct), samples=size))
#        return Outcome(len(split.train), len(split.held_out), tuple(values))

# %%
# The figure and the sentences
# ----------------------------
#
# Both are made from the stored run alone, so that ``bnsim draw`` can make them again without measuring. ``along``
# returns the means over seeds with their intervals along a fact. An interval is None with one seed; ``draw_curve``
# and ``by_model`` know that.

write(
    "figure.py",
    '''"""Figure and sentences, made from stored numbers alone."""

from experiments.shared.drawing.curves import draw_curve, placed
from experiments.shared.stored import along, looks
from experiments.shared.wording import by_model
from experiments.spec import Plate
from matplotlib.figure import Figure

from . import STUDY

PLATES = (Plate("shifted_digits", "Accuracy by the length of the shift", "Bands are 95 % intervals over seeds."),)


def draw(run):
    """Draw a curve for each network."""
    figure = Figure(figsize=(5, 3), layout="constrained")
    ax = figure.subplots()
    for model, look in looks(run).items():
        curve = placed(along(run, STUDY["accuracy"], model, "pixels"))
        draw_curve(ax, curve, look, label=model, scale=100)
    ax.set(xlabel="shift (pixels)", ylabel="accuracy (%)", xticks=[0, 1, 2])
    ax.legend()
    return {"shifted_digits": figure}


def sentences(run):
    """Say how many of the shifted digits each network recognises."""
    return [f"Of the shifted digits, the networks recognise {by_model(run, STUDY['shifted_accuracy'])}."]
''',
)

# %%
# Two networks, three seeds
# -------------------------
#
# ``./shifted_digits`` is the folder; with the slash it is never taken for a study that bnsim knows by name. The
# spiking network ``three-factor`` and its twin ``dense`` see the same samples in the same order.

print(bnsim("run ./shifted_digits --models three-factor,dense --seeds 3"))

# %%
# If a figure fails, the numbers are stored all the same: a warning names the file and the line, and ``bnsim draw
# RUN --study ./shifted_digits`` draws again. The study is named there once more, since a stored run may be
# somebody else's, and no code of theirs is run unasked.
#
# The figure lies in the run directory, and on the page ``report.html`` with everything else.

(directory,) = (folder / "runs").iterdir()
figure, ax = plt.subplots(figsize=(5, 3), layout="constrained")
ax.imshow(plt.imread(directory / "figures" / "shifted_digits.png"))
ax.set_axis_off()

# %%
# The answer
# ----------
#
# ``table`` has each value of a metric with its facts as columns, ``summary`` the means over seeds and the
# difference between twins.

run = experiments.read_run(directory)
table = run.table("accuracy")
print((100 * table.pivot_table(index="facts.pixels", columns="model", values="value")).round(1))

(difference,) = (entry for entry in run.summary["differences"] if entry["primary"])
print(f"three-factor minus dense: {difference['difference']:+.1f} points, 95 % interval "
      f"{difference['ci_low']:+.1f} to {difference['ci_high']:+.1f}")  # fmt: skip
print(difference["verdict"])

# %%
# The interval says which differences agree with these three seeds. If it holds zero, the networks are *not told
# apart*, which does not mean equal. If not, one of them did better *in these three seeds*: an observation, without
# a p-value. ``--seeds 10`` and more give one. :doc:`../explanation/statistics` says how to read a verdict with few
# seeds.
#
# Next, rewrite ``test_shifted_digits.py`` for what the study measures, and run it with ``python -m pytest
# test_shifted_digits.py``. :doc:`../reference/generated/extending` has every name that was used here.
