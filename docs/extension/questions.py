"""Reference of studies and classic experiments: method, metrics, options and yardsticks, from the objects."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpydoc.docscrape import NumpyDocString

from experiments.classics import CLASSICS
from experiments.spec import Metric, Study
from experiments.studies import STUDIES
from experiments.yardsticks import Classic, Yardstick
from extension.pictures import command, stored
from extension.prose import method
from extension.text import escaped, heading, literal, table, toctree

_GALLERY = Path(__file__).parents[1] / "gallery"


def pages() -> dict[str, str]:
    """Return a page for each study and each classic, and the two lists of them."""
    found = {
        "studies": _listed(
            "Studies", "Questions about classifiers. ``bnsim run NAME`` carries one out.", "studies", STUDIES
        ),
        "classics": _listed(
            "Classic experiments",
            "Published experiments, and the figures that they must reproduce. ``bnsim run NAME`` carries one out.",
            "classics",
            CLASSICS,
        ),
    }
    found |= {f"studies/{name}": _study(study) for name, study in STUDIES.items()}
    found |= {f"classics/{name}": _study(classic) for name, classic in CLASSICS.items()}
    return found


def _listed(title: str, sentence: str, room: str, studies: Mapping[str, Study]) -> str:
    rows = [(f":doc:`{name} <{room}/{name}>`", escaped(study.question)) for name, study in studies.items()]
    return (
        heading(title)
        + f"{sentence}\n\n"
        + table(("", "question"), rows)
        + toctree((f"{room}/{name}" for name in studies), hidden=True)
    )


_TASKS = {"sequences": " --task evidence --models gru", "strings": " --task book.txt --models gru"}
"""What must be added to the command of a study that takes no digits, by the samples that it takes."""


def _study(study: Study) -> str:
    text = heading(study.name) + f"**{escaped(study.question)}**\n\n"
    if isinstance(study, Classic):
        text += f"Source: {escaped(study.source)}.\n\n"
    text += f".. code-block:: console\n\n   $ bnsim run {study.name}{_TASKS.get(study.samples, '')}\n\n" + _picture(
        study
    )
    text += heading("Method", "-") + method(study.method) + "\n\n"
    if isinstance(study, Classic):
        text += heading("Yardsticks", "-") + _yardsticks(study) + _elsewhere(study)
    text += heading("Metrics", "-") + _metrics(study)
    return text + heading("Options", "-") + _options(study)


def _picture(study: Study) -> str:
    if stored(study.name) is None:
        return ""
    plate = study.figure.PLATES[0]
    text = f".. figure:: /pictures/{study.name}.png\n   :alt: {escaped(plate.heading)}\n\n"
    words = f"{plate.heading}. {plate.caption}".rstrip()
    return f"{text}   {escaped(words)} Stored result of ``{command(study.name)}``.\n\n"


def _yardsticks(classic: Classic) -> str:
    rows = [
        (
            escaped(yardstick.name),
            f"{yardstick.published:g} ± {yardstick.tolerance:g} {escaped(str(classic[yardstick.metric].unit))}".strip(),
            f"{escaped(yardstick.source)} ({yardstick.status})",
            escaped(yardstick.reason),
            _facts_of(yardstick),
        )
        for yardstick in classic.yardsticks
    ]
    return table(("figure", "published ± tolerance", "source", "why so much", "under"), rows)


def _elsewhere(classic: Classic) -> str:
    text = "What was measured is in :doc:`/results`."
    if (_GALLERY / f"{classic.name}.py").is_file():
        text += f" The experiment as a short script, with its picture: :doc:`/auto_gallery/{classic.name}`."
    return f"{text}\n\n"


def _facts_of(yardstick: Yardstick) -> str:
    return ", ".join(literal(f"{name}={value}") for name, value in yardstick.facts.items())


def _metrics(study: Study) -> str:
    rows = [
        (literal(metric.name) + (" (primary)" if metric.primary else ""), _unit(metric), _definition(metric))
        for metric in study.metrics
    ]
    return table(("metric", "unit", "definition"), rows, "25 12 63")


def _unit(metric: Metric) -> str:
    if isinstance(metric.unit, str):
        return escaped(metric.unit) or "\\-"
    return ", ".join(f"{escaped(unit)} ({kind})" for kind, unit in metric.unit.items())


def _definition(metric: Metric) -> str:
    more = [f"{metric.better} is better" if metric.better else ""]
    more += [f"step: {metric.step}" if metric.step else "", f"facts: {', '.join(metric.facts)}" if metric.facts else ""]
    extra = "; ".join(filter(None, more))
    text = f"*{escaped(metric.label)}.* {escaped(metric.definition)}"
    return f"{text} ({escaped(extra)})" if extra else text


def _options(study: Study) -> str:
    fields = study.options
    if not fields:
        return "None.\n"
    about = _abouts(type(study.presets["quick"]))
    rows = [
        (literal(name), about.get(name, ""), *(_value(study.presets[preset], name) for preset in ("quick", "full")))
        for name in fields
    ]
    example = f"``--set {study.name}.{fields[0]}=...`` sets one.\n\n"
    return example + table(("option", "", "quick", "full"), rows)


def _abouts(options: type) -> dict[str, str]:
    """What the docstring says of each option."""
    found: dict[str, str] = {}
    for entry in NumpyDocString(inspect.getdoc(options) or "")["Parameters"]:
        for name in (entry.name or entry.type).split(", "):
            found[name.strip()] = " ".join(entry.desc).strip()
    return found


def _value(options: Any, name: str) -> str:
    return literal(str(getattr(options, name)))
