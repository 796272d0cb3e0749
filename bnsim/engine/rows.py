"""Synapses in rows, by the unit whose spike they carry: how a spike reaches its targets.

Brian2's generated code puts the numbers of all synapses that a spike reaches into a queue and takes them out when their
delay has passed. Here a spike waits instead: the spikes of the last steps are kept, as many steps as the longest delay
has, and each of them goes through the rows of its unit, in the order of their delays. A row is read from its first
synapse to its last, without a list of numbers where synapses are in that order, and without a look-up of targets where
these are consecutive, which the compiler turns into vector instructions. Where synapses hold nothing but a weight that
nothing changes, targets and weights are packed in the order of the rows, in as little room as they take; where spikes
are counted (`bnsim.program.Received`), a spike reads two bytes a synapse and adds to two bytes. The order of all sums
is that of the queue (by the step in which a spike was sent, by unit, by synapse), and so is every bit of the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from brian2.devices.cpp_standalone.codeobject import CPPStandaloneCodeObject
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice

from bnsim.engine import random
from bnsim.engine.job import LEAST_SHARED

SHORTEST = 4
"""Mean number of consecutive targets below which they are not worth their bookkeeping."""

SHARING = f"enum {{ LEAST_SHARED = {LEAST_SHARED} }};\n"
TEAM, DRAWING, ROWS = (
    before + (Path(__file__).parent / "cpp" / name).read_text(encoding="utf-8")
    for before, name in ((SHARING, "team.h"), ("", "drawing.h"), ("", "rows.h"))
)


class RowCodeObject(CPPStandaloneCodeObject):
    """Brian2's standalone code, with this package's templates for synapses and thresholds.

    Parameters
    ----------
    *args, **kwds : object
        Passed on to Brian2's class.
    """

    templater = CPPStandaloneCodeObject.templater.derive("bnsim.engine", env_globals={"LEAST_SHARED": LEAST_SHARED})


class RowDevice(CPPStandaloneDevice):
    """Brian2's standalone device with these templates."""

    def code_object_class(self, codeobj_class: Any = None, fallback_pref: Any = None) -> Any:
        """Return the class of all code objects of this device.

        Parameters
        ----------
        codeobj_class : type, optional
            Not used.
        fallback_pref : str, optional
            Not used.

        Returns
        -------
        type
            `RowCodeObject`.
        """
        return RowCodeObject


def declarations(synapses: Iterable[Any]) -> str:
    """Return the C++ that comes before all code objects: the declarations of rows.

    Parameters
    ----------
    synapses : iterable of brian2.Synapses
        Those of the network. Each gets rows by source and rows by target, used or not.

    Returns
    -------
    str
        C++ source.
    """
    names = [f"{each.name}_{side}" for each in synapses for side in ("pre", "post")]
    headers = "".join(f"#include <{name}>\n" for name in ("stdint.h", "cmath", "cstring", "vector"))
    return (
        headers
        + random.UNIFORM_CPP
        + random.CONSTRUCTION_CPP
        + TEAM
        + DRAWING
        + ROWS
        + "".join(f"static bnsim::Rows bnsim_rows_{name};\n" for name in names)
    )
