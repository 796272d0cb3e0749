"""
Sweep, stop and go on
=====================

Measure an experiment at many points of its settings. What is finished is kept at once; the same command goes on.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

# %%
# Three points, two seeds
# -----------------------
#
# The preset tiny is for tests, with numbers of little meaning. A notebook would say ``!bnsim sweep ...``.

folder = Path(tempfile.mkdtemp())
command = "bnsim sweep siegert --preset tiny --grid siegert.sigma=3,4,5 --name noise --json --seeds"


def swept(seeds):
    asked = [sys.executable, "-m", *command.split(), str(seeds)]
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


print(swept(2))

# %%
# The tables are plain files
# --------------------------
#
# ``summary.parquet`` has the means over the seeds of each point with their 95 % intervals, ``results.parquet``
# a row for each number. ``experiments.read_sweep`` holds them against what they should be, and also says what was
# varied and what has failed.

first = pd.read_parquet(folder / "sweeps" / "noise" / "results.parquet")
summary = pd.read_parquet(folder / "sweeps" / "noise" / "summary.parquet")
print(summary.query("metric == 'rate'")[["siegert.sigma", "mean", "ci_low", "ci_high"]].to_string(index=False))

# %%
# More seeds add to what there is
# -------------------------------
#
# Only the third seed of each point is measured; the finished numbers stay, to the last bit. The same happens
# after a kill: each finished job is a line of ``finished.jsonl``, and the same command, or ``bnsim resume
# sweeps/noise``, carries out what is missing.

print(swept(3))
second = pd.read_parquet(folder / "sweeps" / "noise" / "results.parquet")
again = second[second["seed"] < 2].reset_index(drop=True)
print(again["value"].equals(first["value"]), len(first), len(second))

# %%
figure, ax = plt.subplots()
table = pd.read_parquet(folder / "sweeps" / "noise" / "summary.parquet").query("metric == 'rate'")
ax.errorbar(table["siegert.sigma"], table["mean"], table["mean"] - table["ci_low"], fmt="o-", capsize=3)
ax.set(xlabel="strength of the noise (mV)", ylabel="firing rate (Hz)")

# %%
# Everything else about sweeps, fits and clusters is in :doc:`../many_runs`.
