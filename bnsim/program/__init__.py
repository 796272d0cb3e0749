"""A network with every name, unit, equation and statement resolved: the step between description and simulation.

`lower` reads the descriptions, once. Whatever comes after (the back ends of `bnsim.engine`, the checks of a state, the
fingerprint of a compiled network) reads the `Program` that it returns and nothing else.
"""

from bnsim.program.lowering import lower
from bnsim.program.parts import (
    KEY_WORDS,
    Computed,
    Data,
    Draw,
    Received,
    Recordable,
    Series,
    Signal,
    Stimulus,
    TrialEnd,
    Variable,
)
from bnsim.program.whole import PopulationProgram, Program, ProjectionProgram

__all__ = [
    "KEY_WORDS",
    "Computed",
    "Data",
    "Draw",
    "PopulationProgram",
    "Program",
    "ProjectionProgram",
    "Received",
    "Recordable",
    "Series",
    "Signal",
    "Stimulus",
    "TrialEnd",
    "Variable",
    "lower",
]
