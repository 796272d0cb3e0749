"""Reference of Python: every public name, by what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import bnsim
import experiments
from extension.text import heading
from models.registry import MODELS

_ROOMS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "networks": (
        "Networks, simulators and states",
        "Describe a network, compile it, run it, go on from its state.",
        ("network", "engine.simulator", "state", "description", "distributions", "protocol", "errors"),
    ),
    "neurons": ("Neurons", "Models of neurons, and the base class of one's own.", ("neurons",)),
    "synapses": (
        "Synapses",
        "What a spike does to the cell that receives it, and short-term plasticity.",
        ("synapses", "short_term", "jumps"),
    ),
    "drives": ("Drives and encoders", "What acts on neurons from outside.", ("drives",)),
    "connectivity": (
        "Connectivity and positions",
        "Who is wired to whom, and where units lie.",
        ("connectivity", "positions", "receptive_fields"),
    ),
    "plasticity": ("Plasticity", "How weights learn, and protocols of pairs.", ("plasticity", "pairing")),
    "recording": ("Recording", "What a run is asked to record, and what it recorded.", ("record", "recording")),
    "exchange": ("Exchange", "Networks in files that other programs read and write.", ("exchange", "engine.script")),
}
"""Pages of the package's own names: title, a sentence, the modules whose names they list."""

_OF_MODULES = {
    "measures": ("Measures", "Numbers of a recording."),
    "plotting": ("Plotting", "Pictures of recordings, states and models. Each takes axes or makes a figure."),
}
"""Pages of modules that are reached by their name."""

_OWN_STUDY = (
    *(f"experiments.spec.{name}" for name in ("Study", "Metric", "Measurement", "Options", "Subject", "Untrained")),
    *("experiments.spec.Outcome", "experiments.spec.Predictions", "experiments.spec.Progress"),
    "experiments.spec.part_of",
    *("experiments.yardsticks.Classic", "experiments.yardsticks.Yardstick"),
    *("experiments.tasks.Task", "experiments.tasks.load_task"),
    *("experiments.tasks.dataset.Dataset", "experiments.tasks.dataset.Split", "experiments.tasks.dataset.Samples"),
    *("experiments.tasks.dataset.final_split", "experiments.tasks.dataset.validation_split"),
    *("models.sequences.as_rows", "models.sequences.as_sequences", "models.sequences.check_rows"),
    *("experiments.statistics.Interval",),
    *("experiments.spec.Plate", "experiments.shared.fitted.fitted", "experiments.shared.fitted.Fitted"),
    *("experiments.shared.wording.by_model", "experiments.shared.stored.Look"),
    *(f"experiments.shared.stored.{name}" for name in ("summaries", "along", "looks")),
    *(f"experiments.shared.drawing.curves.{name}" for name in ("draw_curve", "placed", "means_and_bars")),
)
_OWN_STUDY_SENTENCE = (
    "``bnsim new study my-study`` writes a folder with a study of one's own, and its test; ``bnsim new classic`` and "
    "``bnsim new task`` do the same. ``bnsim run ./my_study`` carries it out, ``bnsim draw RUN --study ./my_study`` "
    "draws it again. ``measure.py`` gets trained networks from ``fitted``, whose ``split.held_out`` is the test set: a "
    "study that measures on it sets ``opens_test_set=True``. ``figure.py`` reads the stored run by ``summaries``, "
    "``along`` and ``looks``. In an entry of a summary, ``ci_low`` and ``ci_high`` are None with one seed, which "
    "``draw_curve`` and ``means_and_bars`` know. :doc:`/auto_tutorials/12_own_study` goes through one, and shows how a "
    "study trains for itself. Each page says from which module a name is imported."
)


_CLASSIFIERS_SENTENCE = (
    "Estimators in the manner of scikit-learn. ``bnsim list models`` gives the names by which ``create`` knows them. "
    "The defaults of a class are what Python gets by ``create``. Runs use others where settings were chosen for a "
    "model, by preset and kind of task (small images, large images, features, sequences): ``settings_of`` returns "
    "these, and ``config.toml`` in the folder of a run holds all values that were used."
)

_UNREGISTERED = ("models.spiking.converted_keras.ConvertedKeras", "models.rate.regressor.RateRegressor")
"""Estimators that `bnsim run` does not know by name: one needs a file, the other is no classifier."""


_SETTINGS = ("experiments.settings.settings_of", "experiments.settings.Chosen")
"""What runs use in place of the defaults of classes."""


def pages() -> dict[str, str]:
    """Return the pages: of the simulator, of the classifiers, of the experiments."""
    found = {}
    listed = []
    for page, (title, sentence, rooms) in _ROOMS.items():
        held = [f"bnsim.{name}" for room in rooms for name in bnsim.public(room)]
        listed += held
        found[page] = _page(title, sentence, held)
    for module, (title, sentence) in _OF_MODULES.items():
        found[module] = _page(title, sentence, [f"bnsim.{module}.{name}" for name in bnsim.public(module)])
    _refuse_missing(listed)
    found["experiments"] = _page(
        "Experiments from Python",
        "What the commands do, as functions. They return what the command prints.",
        [f"experiments.{name}" for name in experiments.__all__],
    )
    found["classifiers"] = _page(
        "Classifiers",
        _CLASSIFIERS_SENTENCE,
        ["models.registry.create", "models.classifier.Classifier", *_classes(), *_UNREGISTERED, *_SETTINGS],
    )
    found["extending"] = _page("Studies, classics and tasks of one's own", _OWN_STUDY_SENTENCE, _OWN_STUDY)
    return found


def _classes() -> list[str]:
    return [entry.path.replace(":", ".") for entry in MODELS.values()]


def _refuse_missing(listed: Iterable[str]) -> None:
    """Hold the list against the package: a new room must have a place here."""
    missing = {f"bnsim.{name}" for name in dir(bnsim)} - {*listed, *(f"bnsim.{name}" for name in bnsim._MODULES)}
    if missing:
        raise ValueError(
            f"the reference lists no {', '.join(sorted(missing))}; add the module to docs/extension/names.py"
        )


def _page(title: str, sentence: str, names: Iterable[str]) -> str:
    lines = "\n".join(f"   {name}" for name in names)
    return f"{heading(title)}{sentence}\n\n.. autosummary::\n   :toctree: names\n   :nosignatures:\n\n{lines}\n"
