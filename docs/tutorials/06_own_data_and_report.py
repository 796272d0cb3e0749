"""
Compare on your own data, and read the report
=============================================

From two arrays to a verdict, and what each part of it says.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_wine

import experiments

# %%
# An archive with ``X`` and ``y`` is a task
# -----------------------------------------

folder = Path(tempfile.mkdtemp())
wine = load_wine()
np.savez(folder / "wine.npz", X=wine.data, y=wine.target)

# %%
# Run
# ---
#
# The spiking network ``three-factor`` and its twin ``dense`` see the same samples in the same order. A notebook
# would say ``!bnsim run accuracy ...``.

command = "bnsim run accuracy --task wine.npz --models three-factor,dense --seeds 3"
done = subprocess.run([sys.executable, "-m", *command.split()], cwd=folder, capture_output=True, text=True, check=True)
print(done.stdout)

# %%
# Every number, and their summary
# -------------------------------
#
# ``results`` has a row for each number, ``summary`` the means over seeds with their 95 % intervals.

(directory,) = (folder / "runs").iterdir()
run = experiments.read_run(directory)
accuracy = run.results.query("metric == 'test_accuracy'")
print(accuracy.pivot(index="seed", columns="model", values="value"))

for entry in run.summary["metrics"]:
    if entry["metric"] == "test_accuracy":
        low, high = 100 * entry["ci_low"], 100 * entry["ci_high"]
        print(f"{entry['model']}: {100 * entry['mean']:.1f} % ({low:.1f} to {high:.1f})")

# %%
# The verdict
# -----------
#
# It is drawn between twins only, from the difference of the primary metric. With three seeds it is an
# observation: there is no p-value.

(difference,) = (entry for entry in run.summary["differences"] if entry["primary"])
print(f"{difference['difference']:+.1f} points ({difference['ci_low']:+.1f} to {difference['ci_high']:+.1f})")
print(difference["method"])
print(difference["verdict"])

# %%
# What the seconds of training, the operations and the share of each class came to is in the same table:

print(sorted(set(run.results["metric"])))

# %%
# The page
# --------
#
# ``report.html`` in the run directory has, from the top: the verdicts; for each study its question, its
# sentences, made from the numbers, its figures and its method; and test images with the spikes of one network
# beside the activations of the other. It is one file and needs no network.

print(sorted(path.name for path in directory.iterdir()))
