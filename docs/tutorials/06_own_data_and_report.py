"""
Compare on your own data, and read the report
=============================================

From a table to a verdict, and what each part of it says.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from sklearn.datasets import load_wine

import experiments

# %%
# A table with a column of classes is a task
# ------------------------------------------
#
# So is an archive of NumPy with ``X`` and ``y``; see :doc:`/start/own_data`.

folder = Path(tempfile.mkdtemp())
wine = load_wine(as_frame=True)
table = wine.data.assign(kind=wine.target_names[wine.target])
table.to_csv(folder / "wine.csv", index=False)
print(table.iloc[::60, [0, 1, 2, -1]])

# %%
# Run
# ---
#
# The spiking network ``three-factor`` and its twin ``dense`` see the same samples in the same order. A notebook
# would say ``!bnsim run accuracy ...``.

command = "bnsim run accuracy --task wine.csv:kind --models three-factor,dense --seeds 3"
done = subprocess.run([sys.executable, "-m", *command.split()], cwd=folder, capture_output=True, text=True, check=True)
print(done.stdout)

# %%
# Every number, and their summary
# -------------------------------
#
# ``results`` has a row for each number, ``means`` gives the means over seeds with their 95 % intervals.

(directory,) = (folder / "runs").iterdir()
run = experiments.read_run(directory)
accuracy = run.results.query("metric == 'test_accuracy'")
print(accuracy.pivot(index="seed", columns="model", values="value"))

print(run.means("test_accuracy")[["model", "mean", "ci_low", "ci_high", "n"]])

# %%
# On the terminal, ``bnsim show RUN --metric test_accuracy`` prints the same.

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
