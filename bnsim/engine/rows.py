"""Synapses in rows: the common wiring, in which a unit's synapses end on one target after the other.

Brian2's generated code collects the numbers of all synapses that a spike reaches and looks up the target of each. In
a row both are consecutive, so that the loop needs neither the list nor the look-up, and the compiler turns it into
vector instructions. The order of all sums stays the same, and so does every bit of the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from brian2.devices.cpp_standalone.codeobject import CPPStandaloneCodeObject
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice

SHORTEST = 4
"""Mean length of rows below which they are not worth their bookkeeping."""

DECLARATIONS = (Path(__file__).parent / "cpp" / "rows.h").read_text(encoding="utf-8")


class RowCodeObject(CPPStandaloneCodeObject):
    """Brian2's standalone code, with this package's templates for synapses and thresholds."""

    templater = CPPStandaloneCodeObject.templater.derive("bnsim.engine")


class RowDevice(CPPStandaloneDevice):
    """Brian2's standalone device with these templates."""

    def code_object_class(self, codeobj_class: Any = None, fallback_pref: Any = None) -> Any:
        return RowCodeObject


def declarations(projections: Iterable[str]) -> str:
    """C++ that comes before all code objects: the rows of each of these Brian2 synapses."""
    return DECLARATIONS + "".join(f"static bnsim::Rows bnsim_rows_{name};\n" for name in projections)
