"""The command `bnsim`: one file for each kind of command, in which a function is a command.

Heavy libraries are imported inside the commands, so that `--help` answers at once. The help texts of the options
describe the parameters of the commands.
"""

from experiments.command_line import (  # noqa: F401, I001  in the order of `bnsim --help`
    measuring,
    sweeping,
    fitting,
    looking,
    playing,
    comparing,
    converting,
    making,
    machine,
)
from experiments.command_line.process import main, own_process

__all__ = ["main", "own_process"]
