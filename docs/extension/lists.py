"""Reference of names: what `bnsim list` names, with links."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.catalogue import catalogue
from extension.text import escaped, heading, literal, table
from models.registry import MODELS

_PARTS = ("neurons", "synapses", "rules", "drives", "encoders", "connectivity", "distributions")


def pages() -> dict[str, str]:
    """Return the page of models, tasks, presets and parts of networks."""
    text = heading("Names") + "What ``bnsim list`` names, by its kind.\n\n"
    text += heading("Models", "-")
    text += "A verdict is drawn only between a brain-like network (BNS) and its twin (ANN).\n\n"
    text += table(
        ("name", "kind", "", "twin"),
        [
            (
                f":py:class:`{name} <{entry.path.replace(':', '.')}>`",
                entry.kind,
                escaped(entry.summary),
                literal(entry.twin) if entry.twin else "",
            )
            for name, entry in MODELS.items()
        ],
    )
    text += heading("Tasks", "-") + _table(catalogue("tasks"))
    text += "A path of an ``.npz`` file with ``X`` and ``y`` is a task too; with ``lengths`` its samples are sequences "
    text += "(:doc:`/how_to/sequences`). So are a text (``book.txt``) and a table (``flowers.csv:kind``).\n\n"
    text += heading("Presets", "-") + _table(catalogue("presets"))
    for kind in _PARTS:
        entries = catalogue(kind)
        rows = [(f":py:class:`{name} <bnsim.{name}>`", about) for name, about in entries.items()]
        text += heading(kind.capitalize(), "-") + table(("name", ""), rows)
    return {"lists": text}


def _table(entries: Mapping[str, str]) -> str:
    return table(("name", ""), [(literal(name), escaped(about)) for name, about in entries.items()])
