"""Equations and statements of short-term plasticity at a projection's synapses."""

from __future__ import annotations

import re

from bnsim.program.links import Link
from bnsim.program.statements import rename


def equations(link: Link) -> list[str]:
    """Return the variables of each synapse, which are brought up to date at its spikes.

    Parameters
    ----------
    link : Link
        The projection.

    Returns
    -------
    list of str
        Equations in Brian2's notation.
    """
    if link.short_term is None:
        return []
    lines = ["dresources/dt = (1 - resources) / tau_rec : 1 (event-driven)"]
    if link.short_term.facilitates:
        lines.append("dutilization/dt = (U - utilization) / tau_facil : 1 (event-driven)")
    return [rename(line, link.short_term_names) for line in lines]


def scaled(link: Link, statements: str) -> str:
    """Return statements of transmission with the part of the weight that a spike transmits.

    Parameters
    ----------
    link : Link
        The projection.
    statements : str
        What a spike does to the postsynaptic neuron, with the weight `w`.

    Returns
    -------
    str
        The statements; the same ones without short-term plasticity.
    """
    if link.short_term is None:
        return statements
    return re.sub(r"\bw\b", f"({_utilization(link)} * resources * w)", statements)


def on_pre(link: Link) -> list[str]:
    """Return what a spike does to the synapse after it was transmitted.

    Parameters
    ----------
    link : Link
        The projection.

    Returns
    -------
    list of str
        Statements.
    """
    if link.short_term is None:
        return []
    lines = [f"resources -= {_utilization(link)} * resources"]
    if link.short_term.facilitates:
        lines.append(rename("utilization += U * (1 - utilization)", link.short_term_names))
    return lines


def initial(link: Link, symbol: str) -> float:
    """Return the value of a variable of each synapse at rest.

    Parameters
    ----------
    link : Link
        The projection.
    symbol : str
        Any variable of its synapses.

    Returns
    -------
    float
        Its value; 0 where the variable is not one of short-term plasticity.
    """
    if link.short_term is None or symbol not in ("resources", "utilization"):
        return 0.0
    return 1.0 if symbol == "resources" else float(link.short_term.U)


def _utilization(link: Link) -> str:
    assert link.short_term is not None
    return "utilization" if link.short_term.facilitates else link.short_term_names["U"]
