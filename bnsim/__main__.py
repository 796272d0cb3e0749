"""The command `bnsim`, also as `python -m bnsim`: checks whose packages are imported, then runs the command line."""

from __future__ import annotations

import sys
from importlib import import_module

from bnsim.errors import ForeignPackageError
from bnsim.packages import require_own
from bnsim.printable import one_line


def main() -> None:
    """Run the command line; exit with 2 where a package of other origin hides one of this project."""
    try:
        require_own("models", "experiments")
    except ForeignPackageError as error:
        sys.exit(_refusal(error))
    # By name: the simulator knows nothing of what stands on it.
    command_line = import_module("experiments.command_line")
    command_line.own_process()
    command_line.main()


def _refusal(error: ForeignPackageError) -> int:
    print(f"bnsim: error: {one_line(str(error))}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
