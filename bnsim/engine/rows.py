"""Synapses in rows: the common connectivity, in which a unit's synapses end on one target after the other.

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
    """Brian2's standalone code, with this package's templates for synapses and thresholds.

    Parameters
    ----------
    *args, **kwds : object
        Passed on to Brian2's class.
    """

    templater = CPPStandaloneCodeObject.templater.derive("bnsim.engine")


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


def declarations(projections: Iterable[str]) -> str:
    """Return the C++ that comes before all code objects: the declarations of rows.

    Parameters
    ----------
    projections : iterable of str
        Names of the Brian2 synapses, each of which gets its rows.

    Returns
    -------
    str
        C++ source.
    """
    return DECLARATIONS + "".join(f"static bnsim::Rows bnsim_rows_{name};\n" for name in projections)
