"""Names that `bnsim list` can show, with one line about each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from bnsim import public
from bnsim.errors import unknown_name
from experiments.classics import CLASSICS
from experiments.names import PRESETS
from experiments.studies import STUDIES
from experiments.tasks import tasks


def catalogue(what: str) -> dict[str, str]:
    """Return the entries of one list.

    Parameters
    ----------
    what
        "studies", "classics", "models", "tasks", "presets", "neurons", "synapses", "rules", "drives", "encoders",
        "connectivity" or "distributions".

    Returns
    -------
    dict of str to str
        One line about each name.

    Raises
    ------
    InputError
        If there is no such list.
    """
    if what not in _LISTS:
        raise unknown_name("list", what, _LISTS)
    return dict(_LISTS[what]())


def _models() -> dict[str, str]:
    from models.registry import MODELS

    lines = {}
    for name, entry in MODELS.items():
        twins = [entry.twin] if entry.twin else [other for other, its in MODELS.items() if its.twin == name]
        lines[name] = f"{entry.kind}: {entry.summary}" + (f" (twin: {', '.join(twins)})" if twins else "")
    return lines


def _classes(room: str, base: str) -> Callable[[], dict[str, str]]:
    """List the classes of one kind that a package exports, but for their base class, which only describes them."""

    def lines() -> dict[str, str]:
        exported = public(room)
        return {
            name: (inspect.getdoc(value) or "").partition("\n")[0]
            for name, value in exported.items()
            if inspect.isclass(value) and issubclass(value, exported[base]) and value is not exported[base]
        }

    return lines


_LISTS: Mapping[str, Callable[[], Mapping[str, str]]] = {
    "studies": lambda: {name: study.question for name, study in STUDIES.items()},
    "classics": lambda: {name: f"{classic.question} ({classic.source})" for name, classic in CLASSICS.items()},
    "models": _models,
    "tasks": lambda: {name: task.summary for name, task in tasks().items()},
    "presets": lambda: PRESETS,
    "neurons": _classes("neurons", "NeuronModel"),
    "synapses": _classes("synapses", "SynapseModel"),
    "rules": _classes("plasticity", "PlasticityRule"),
    "drives": _classes("drives", "Drive"),
    "encoders": _classes("drives", "Encoder"),
    "connectivity": _classes("connectivity", "Connectivity"),
    "distributions": _classes("distributions", "Distribution"),
}
