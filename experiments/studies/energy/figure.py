"""Figure of the energy study."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, NullFormatter

from bnsim.plotting.style import FAINT, INK, style
from experiments.run_directory import Run
from experiments.shared.drawing.curves import plain_numbers
from experiments.shared.stored import Entry, Look, differences, looks, summaries
from experiments.shared.wording import listed, number, stated, told_verdict
from experiments.spec import Plate
from experiments.studies.energy import BREAK_EVEN, STUDY

PLATES = (
    Plate(
        "energy",
        "Energy and operations per answer",
        "Left: estimated energy of one answer, from small to large memory; the open mark is the formula that counts "
        "only arithmetic. Middle: operations for an answer, as performed (filled) and as needed if all units were "
        "active (open). Right: spikes per synapse and answer; beyond the line, a spiking network cannot use less "
        "energy than the same network without spikes (Davidson & Furber 2021).",
    ),
)


def draw(run: Run) -> dict[str, Figure]:
    """Draw `energy`: joules, operations and spikes per synapse of every model.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    dict of str to Figure
        Figures by file name without suffix.
    """
    models = looks(run)
    with style():
        figure = Figure(figsize=(7.2, 1.6 + 0.42 * len(models)))
        energy, operations, spikes = figure.subplots(1, 3, sharey=True, width_ratios=[1.2, 1.2, 0.8])
        for row, (model, look) in enumerate(models.items()):
            means = _means(run, model)
            _range(energy, row, look, means)
            done = means["effective_acs"] + means["effective_macs"]
            _mark(operations, done, row, look, filled=True)
            _mark(operations, means["dense"], row, look, filled=False)
            if "spikes_per_synapse" in means:
                _mark(spikes, means["spikes_per_synapse"], row, look, filled=True)
        energy.set(title="Energy", xlabel="An answer (nJ)", xscale="log")
        operations.set(title="Operations", xlabel="Of an answer", xscale="log")
        spikes.set(title="Spikes", xlabel="Of a synapse")
        spikes.axvline(BREAK_EVEN, color=INK, linewidth=0.9, linestyle=(0, (3, 2)))
        spikes.set_xlim(0, max(2.2 * BREAK_EVEN, 1.15 * spikes.get_xlim()[1]))
        energy.set_yticks(range(len(models)), [f"{model} ({look.kind})" for model, look in models.items()])
        energy.set_ylim(len(models) - 0.5, -0.5)
        plain_numbers(energy.xaxis)
        operations.xaxis.set_major_formatter(EngFormatter())
        for ax in (energy, operations):
            ax.xaxis.set_minor_formatter(NullFormatter())
        for ax in figure.axes:
            ax.grid(axis="x", color=FAINT, linewidth=0.5, alpha=0.6)
            ax.tick_params(axis="y", length=0)
    return {"energy": figure}


def sentences(run: Run) -> list[str]:
    """Describe the energy of an answer, with the verdict on twins, and whether there are too many spikes to save any.

    Parameters
    ----------
    run
        A stored run.

    Returns
    -------
    list of str
        Sentences for the report.
    """
    found = [_verdict(run, entry) for entry in differences(run, primary=True) if entry["study"] == STUDY.name]
    if not found:
        costs = [f"{_told_range(_means(run, model))} in {model}" for model in looks(run)]
        found = [f"Estimated energy of an answer: {listed(costs)}."]
    spikes = [f"{stated(entry)} in {entry['model']}" for entry in summaries(run, STUDY["spikes_per_synapse"])]
    if spikes:
        found.append(
            "Spikes per synapse and answer (with more than "
            f"{BREAK_EVEN}, a spiking network cannot use less energy): {listed(spikes)}."
        )
    return found


def _verdict(run: Run, entry: Entry) -> str:
    bns, ann = (_means(run, entry[role]) for role in ("model", "twin"))
    ratios = sorted(bns[metric] / ann[metric] for metric in ("energy_least", "energy_most"))
    least, most = map(_times, ratios)
    return (
        f"An answer of {entry['model']} (BNS) is estimated at {_told_range(bns)}, one of its twin {entry['twin']} at "
        f"{_told_range(ann)}: {least if least == most else f'{least} to {most}'} times as much"
        f"{told_verdict(entry, 'with small memory')}"
    )


def _times(ratio: float) -> str:
    return f"{ratio:.3g}" if ratio < 100 else f"{ratio:,.0f}"


def _told_range(means: dict[str, float]) -> str:
    return f"{number(means['energy_least'], 'nJ')} to {number(means['energy_most'], 'nJ')}"


def _means(run: Run, model: str) -> dict[str, float]:
    """Return the means over seeds of one model, by metric."""
    entries = [entry for metric in STUDY.metrics for entry in summaries(run, metric) if entry["model"] == model]
    return {entry["metric"]: entry["mean"] for entry in entries}


def _range(ax: Axes, row: int, look: Look, means: dict[str, float]) -> None:
    low, high = means["energy_least"], means["energy_most"]
    ax.plot([low, high], [row, row], color=look.colour, linewidth=5, solid_capstyle="butt")
    _mark(ax, means["energy_arithmetic"], row, look, filled=False)


def _mark(ax: Axes, value: float, row: int, look: Look, *, filled: bool) -> None:
    ax.plot(
        [value], [row], marker=look.marker, markersize=6, markeredgecolor=look.colour, linestyle="none",
        markerfacecolor=look.colour if filled else "white",
    )  # fmt: skip
