"""Studies: one question a file. To add one, write a file like `accuracy.py` and name it in `STUDIES`.

A study module has `Config` (frozen, validated), `PRESETS` (name -> Config) and
`run(config, subject, progress) -> Outcome`, subject being a `Subject` (a classifier of the run), or an `Untrained`
where the study names itself what it looks at. It may have `SETTINGS`, parameters that models have in this study
alone, and `TUNING`, how many settings were tried for them: both by kind of task (`experiments.settings`), then model. A
figure module of the same name draws what it stored.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Literal


@dataclass(frozen=True)
class Study:
    """What is known of a study before its module is imported.

    title: of its section in the report. primary_metric: the one that verdicts between twins rest on, None where there
    is none. less_is_better: of this metric. fixes: parameter of the models -> how the study itself sets it, with which
    `--set` would be at odds. subjects: name -> kind of the units or networks that the study names itself; empty where
    it looks at the run's classifiers. brief: whether `compare` carries it out with the preset quick too.
    opens_test_set: whether it measures on the test set, once for each model and seed in which it finds what to measure.
    """

    title: str
    question: str
    primary_metric: str | None
    fixes: Mapping[str, str] = field(default_factory=dict)
    subjects: Mapping[str, Literal["BNS", "ANN"]] = field(default_factory=dict)
    brief: bool = True
    opens_test_set: bool = False
    less_is_better: bool = False


STUDIES: Mapping[str, Study] = MappingProxyType(
    {
        "accuracy": Study(
            "Test accuracy",
            "How well, how fast and at what cost does each network classify the test set?",
            "test_accuracy",
            opens_test_set=True,
        ),
        "learning": Study(
            "Learning",
            "How fast does each network learn, by the number of samples that it has seen, and what changes in it?",
            "learning_curve_mean",
            {"passes": "learning shows every model equally many samples; use learning.presentations"},
        ),
        "sample-efficiency": Study(
            "Sample efficiency",
            "How well does each network classify after training on few samples of each class?",
            "sample_efficiency_mean",
            brief=False,
        ),
        "one-pass": Study(
            "One pass",
            "How much does each network learn from seeing every sample once, one at a time?",
            "one_pass_accuracy",
            {
                "passes": "one-pass shows every sample once; leave it out",
                "batch_size": "one-pass shows one sample at a time; leave it out",
            },
            brief=False,
        ),
        "forgetting": Study(
            "Forgetting",
            "What becomes of old knowledge when a network learns something new?",
            "forgetting_final_accuracy",
            {
                "passes": "forgetting shows every task equally often; use forgetting.presentations",
                "batch_size": "forgetting shows one sample at a time; leave it out",
                "final_rate": "forgetting lets no learning rate fall; leave it out",
                "shift": "forgetting shows images as they are; leave it out",
                "saccade": "forgetting shows images as they are; leave it out",
            },
            brief=False,
        ),
        "latency": Study(
            "Time to the answer",
            "When does the answer arrive?",
            None,
            opens_test_set=True,
        ),
        "information": Study(
            "Information",
            "How much of the class do the layers of each network hold, and from when on?",
            None,
            brief=False,
            opens_test_set=True,
        ),
        "representation": Study(
            "Representation",
            "Do twins represent the same samples alike, layer by layer, and from when on?",
            None,
            opens_test_set=True,
        ),
        "synchrony": Study(
            "Synchrony",
            "How much do units of a trained layer fire together, beyond what their spike counts explain?",
            None,
            brief=False,
            opens_test_set=True,
        ),
        "timing": Study(
            "Spike times",
            "What can each network learn of the times of spikes, where their counts tell nothing?",
            None,
            subjects={"three-factor": "BNS", "dense": "ANN", "recurrent": "ANN"},
            brief=False,
        ),
        "robustness": Study(
            "Robustness",
            "How much does each network still know when its input, its weights or its spikes are disturbed?",
            "robustness_mean",
            opens_test_set=True,
        ),
        "adversarial": Study(
            "Adversarial examples",
            "How little must an input be changed to deceive each network?",
            "adversarial_mean",
            brief=False,
            opens_test_set=True,
        ),
        "explain": Study(
            "Explanation",
            "What made it decide?",
            None,
            brief=False,
            opens_test_set=True,
        ),
        "privacy": Study(
            "Privacy",
            "Local plasticity or backpropagation, which remembers its samples?",
            "membership_advantage_mean",
            {
                "passes": "privacy takes every model at the same training accuracy; use privacy.passes",
                "final_rate": "privacy lets no learning rate fall; leave it out",
                "shift": "privacy shows images as they are; leave it out",
            },
            brief=False,
            less_is_better=True,
        ),
        "energy": Study(
            "Energy",
            "What does an answer cost, in operations that were counted and in joules that they might take?",
            "energy_least",
            opens_test_set=True,
            less_is_better=True,
        ),
        "transfer": Study(
            "One unit",
            "Where does one unit begin to respond to its input, how steeply, and what does noise change?",
            None,
            subjects={"lif": "BNS", "noisy-lif": "BNS", "sigmoid": "ANN", "tanh": "ANN", "relu": "ANN"},
        ),
        "depth-activity": Study(
            "Many layers",
            "Does activity survive the way through many layers, or does it die out or saturate?",
            None,
            subjects={"lif": "BNS", "tanh": "ANN", "relu": "ANN"},
            brief=False,
        ),
        "correlation-map": Study(
            "Two inputs",
            "What becomes of the likeness of two inputs on their way through the layers of a random network?",
            None,
            subjects={"lif": "BNS", "tanh": "ANN"},
            brief=False,
        ),
        "perturbation": Study(
            "The smallest change",
            "Does the smallest change of an input die out, or grow from layer to layer and in time?",
            None,
            subjects={"lif": "BNS", "tanh": "ANN"},
            brief=False,
        ),
        "pulse-packets": Study(
            "Packets of spikes",
            "Does a packet of spikes settle as it travels along a chain of groups of neurons, or does it die?",
            None,
            subjects={"synfire-chain": "BNS"},
            brief=False,
        ),
    }
)
"""By name, in the order of the report."""

PRESETS = ("quick", "full")


def of_classifiers(studies: Iterable[str]) -> bool:
    """Whether any of these studies looks at the classifiers of a run."""
    return any(not STUDIES[study].subjects for study in studies)


def method(name: str) -> str:
    """How a study goes about its question and what it measures: the docstring of its module after the question, read
    from the source, since importing a study may take seconds."""
    path = Path(__file__).parent / name.replace("-", "_") / "measure.py"
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[2].strip()


def load(name: str) -> ModuleType:
    """The module of a study: a hyphen in its name is an underscore in that of its file."""
    return import_module(f"{__name__}.{name.replace('-', '_')}.measure")
