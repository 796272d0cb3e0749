"""Classic experiments: one folder for each, discovered automatically.

A classic is a package with a `CLASSIC` (see `experiments.yardsticks`) that is quick to import, a module `measure` and a
module `figure`. It lies in this folder, or is named by an entry point of another installed package (`GROUP`).
"""

from __future__ import annotations

import sys

from experiments.discovery import discovered
from experiments.yardsticks import Classic

GROUP = "bnsim.classics"
"""Entry points of other packages: each names a package with a `CLASSIC`."""

CLASSICS = discovered(sys.modules[__name__], GROUP, "CLASSIC", Classic)
"""All classic experiments by name, in the order in which they are listed."""
