"""What a run found, in five sentences at most: made from its stored numbers, and no more than they allow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from experiments.findings.comparisons import Comparison, Side, comparisons, pairs
from experiments.run_directory import Run
from experiments.shared.stored import looks
from experiments.shared.wording import CONFIDENCE, counted, interval, listed, number
from experiments.spec import Study
from experiments.statistics import MIN_SEEDS_FOR_P
from experiments.studies import carried_out
from experiments.yardsticks import Classic

Sentence: TypeAlias = tuple[str | Study, ...]
"""Pieces of a sentence; a study stands for its title, which leads to its section."""

MOST = 5
"""Sentences."""
_NAMED = 3
"""Pairs of twins, networks or reference figures that are named rather than counted."""
_SIDES: tuple[Side, Side] = ("model", "twin")
_END = re.compile(r"[.!?](?=\s+[A-Z]|\s*$)")
"""Of a sentence."""


def in_short(run: Run, said: Mapping[str, Sequence[str]]) -> list[Sentence]:
    """Return what a run found, in short.

    With twins: in which measures either side did better, by the same decision as the verdicts (`experiments.verdict`).
    Without: what its studies say first. In any case what was compared, what limits it, and how many reference figures
    were met.

    Parameters
    ----------
    run
        A stored run.
    said
        What its studies say, by name.

    Returns
    -------
    list of Sentence
        `MOST` at most.
    """
    found = comparisons(run)
    limits, published = _limits(run, found), _published(run)
    if found:
        return [_compared(run, found), *limits, *_outcomes(found), *published]
    room = MOST - 1 - len(limits) - len(published)
    return [_looked_at(run), *limits, *_leads(run, said, room), *published]


def _compared(run: Run, found: Sequence[Comparison]) -> Sentence:
    twins, measures = pairs(found), counted(len({one.study.name for one in found}), "measure")
    seeds = counted(max(one.entry["n"] for one in found), "seed")
    if len(twins) == 1:
        ((bns, ann),) = twins
        who = f"{bns}, a brain-like network, and its artificial twin {ann} were"
        what = f"in {measures}; differences are brain-like minus artificial"
    else:
        who = f"{len(twins)} pairs of a brain-like network and its artificial twin were"
        what = f"in {measures}, {len(found)} comparisons in all"
    return (f"{who} compared on {run.summary['task']} with {seeds} {what}.",)


def _looked_at(run: Run) -> Sentence:
    seeds, studies = counted(len(run.summary["seeds"]), "seed"), list(carried_out(run.config).values())
    if run.summary["protocol"] == "simulation":
        return (f"A classic experiment was repeated with {seeds}: ", *_joined((study,) for study in studies), ".")
    classifiers = list(looks(run))
    models = classifiers or list(dict.fromkeys(entry["model"] for entry in run.summary["metrics"]))
    whom = _named(models, "network") + (f" on {run.summary['task']}" if classifiers else "")
    compared = any(entry["primary"] for entry in run.summary["differences"])  # by a study that is not known here
    alone = f"; without a pair of twins{_missing(run, classifiers)} there is no verdict"
    none = alone if classifiers and not compared else ""
    which = (": ", *_joined((study,) for study in studies)) if studies else ()
    return (f"This run measured {whom} with {seeds}", *which, none, ".")


def _missing(run: Run, classifiers: Sequence[str]) -> str:
    """Say which twins the run lacks, where these are few."""
    twins = {name: run.manifest["models"][name]["twin"] for name in classifiers}
    lacking = [f"that of {name} is {twin}" for name, twin in twins.items() if twin is not None and twin not in twins]
    return f" ({listed(lacking)})" if 0 < len(lacking) <= _NAMED else ""


def _limits(run: Run, found: Sequence[Comparison]) -> list[Sentence]:
    """Return what must be known before anything is concluded, if there is anything."""
    limits = []
    if run.config["run"]["preset"] == "tiny":
        limits.append("that the preset tiny is made for tests and gives no meaningful numbers")
    limits += _of_training(run, found)
    seeds = min((one.entry["n"] for one in found), default=len(run.summary["seeds"]))
    few = bool(found) and seeds < MIN_SEEDS_FOR_P
    if few:
        are = "1 seed is" if seeds == 1 else f"{seeds} seeds are"
        limits.append(f"that {are} fewer than the {MIN_SEEDS_FOR_P} that a p-value takes")
        if seeds > 1 and len(found) > 1:
            limits.append("that the intervals are not corrected for their number")
    elif seeds == 1:
        limits.append("that one seed does not show how much results vary")
    if run.manifest.get("warnings"):
        limits.append(f"that there were warnings about {_named(list(run.manifest['warnings']), 'network')}")
    only = f"; what follows describes {'this seed' if seeds == 1 else 'these seeds'} only" if few else ""
    return [(f"Mind {listed(limits)}{only}.",)] if limits else []


def _of_training(run: Run, found: Sequence[Comparison]) -> list[str]:
    """Return what must be known of twins that saw their samples unequally often."""
    trained = [one for one in found if "passes" not in one.study.fixes]
    unequal = []
    for twins in pairs(trained):
        known = [run.manifest["models"][name] for name in twins if name in run.manifest["models"]]
        passes = [about["parameters"].get("passes") for about in known] if len(known) == 2 else [None]
        if None not in passes and passes[0] != passes[1]:
            unequal.append(" and ".join(f"{name} {count}" for name, count in zip(twins, passes, strict=True)))
    if not unequal:
        return []
    if len(unequal) > _NAMED:
        return ["that twins made different numbers of passes through the training samples"]
    return [f"that the passes through the training samples are not equally many ({'; '.join(unequal)})"]


def _outcomes(found: Sequence[Comparison]) -> list[Sentence]:
    """Return what came out for each side; what was not told apart ends the last sentence."""
    if min(one.entry["n"] for one in found) == 1:
        return [_of_one_seed(found)]
    said: list[Sentence] = []
    for side in _SIDES:
        won = [one for one in found if one.winner == side]
        if won:
            who = _who(found, side) if len(pairs(found)) == 1 else _who(found, side).capitalize()
            said.append((f"{who} did better in {_share(found, won)}", *_items(found, won, figures=True)))
    rest = [one for one in found if one.winner is None]
    if rest and said:
        untold = f"; in the other {len(rest)} the twins were not told apart"
        which = _items(found, rest, figures=False) if len(pairs(found)) == 1 else ()
        said[-1] = (*said[-1], untold, *((" (", *which, ")") if which else ()))
    elif rest:
        where = "in " if len(found) == 1 else f"in any of the {len(found)} comparisons{_how(found)}: "
        said = [(f"The twins were not told apart {where}", *_items(found, rest, figures=len(rest) <= _NAMED))]
    if rest:
        said[-1] = (*said[-1], ", which does not show that they are equal")
    return [(*sentence, ".") for sentence in said]


def _share(found: Sequence[Comparison], chosen: Sequence[Comparison]) -> str:
    """Return how many of the comparisons, and by what; nothing where there is one."""
    return "" if len(found) == 1 else f"{len(chosen)} of {len(found)}{_how(found)}: "


def _how(found: Sequence[Comparison]) -> str:
    return " after Holm's correction" if all(one.decidable for one in found) else f" by their {CONFIDENCE} intervals"


def _of_one_seed(found: Sequence[Comparison]) -> Sentence:
    if len(found) == 1:
        amount = number(found[0].entry["difference"], found[0].entry["unit"], signed=True)
        return (f"The difference, brain-like minus artificial, was {amount} in ", found[0].study, ".")
    ahead = {side: sum(one.ahead == side for one in found) for side in _SIDES}
    equal = len(found) - sum(ahead.values())
    told = [f"that of {_who(found, side)} in {count}" for side, count in ahead.items()]
    ties = f", and in {equal} they were equal" if equal else ""
    return (f"Of the two values, the better one was {listed(told)} of the {len(found)} comparisons{ties}.",)


def _who(found: Sequence[Comparison], side: Side) -> str:
    twins = pairs(found)
    if len(twins) == 1:
        return twins[0][_SIDES.index(side)]
    return "the brain-like network" if side == "model" else "the artificial twin"


def _items(found: Sequence[Comparison], chosen: Sequence[Comparison], *, figures: bool) -> Sentence:
    """Return the studies of comparisons: of one pair with its figures, of several with which pairs these are."""
    twins = pairs(found)
    studies: dict[str, list[Comparison]] = {}
    for one in chosen:
        studies.setdefault(one.study.name, []).append(one)
    return _joined((held[0].study, _told(held, len(twins), figures)) for held in studies.values())


def _told(held: Sequence[Comparison], twins: int, figures: bool) -> str:
    if twins > _NAMED:
        return f" ({counted(len(held), 'pair')})"
    if twins > 1:
        return f" ({listed([one.entry['model'] for one in held])})"
    if not figures:
        return ""
    entry = held[0].entry
    limits = "" if entry["ci_low"] is None else f", {interval(entry, signed=True)}"
    return f" ({number(entry['difference'], entry['unit'], signed=True)}{limits})"


def _leads(run: Run, said: Mapping[str, Sequence[str]], room: int) -> list[Sentence]:
    """Return what studies say first; of a single study as much as there is room for."""
    studies = list(carried_out(run.config))
    each = room if len(studies) == 1 else 1
    texts = [text for name in studies for text in said.get(name, [])[:each]]
    leads: list[Sentence] = [(text,) for text in texts if len(_END.findall(text)) == 1]
    return leads[:room]


def _published(run: Run) -> list[Sentence]:
    """Return how many of the reference figures were met."""
    references = run.summary["references"]
    missed = [reference["name"] for reference in references if not reference["passed"]]
    if not references:
        classics = [study for study in carried_out(run.config).values() if isinstance(study, Classic)]
        none = "No reference figure can be held against it, since none is of the conditions that were run."
        return [(none,)] if any(classic.yardsticks for classic in classics) else []
    if len(references) == 1:
        return [(f"The reference figure was {'missed' if missed else 'met within the tolerance'}.",)]
    met = len(references) - len(missed)
    less = f"; missed: {listed(missed)}" if 0 < len(missed) <= _NAMED else ""
    count = f"{met} of {len(references)} reference figures {'was' if met == 1 else 'were'}"
    return [(f"{count} met within the tolerance{less}.",)]


def _named(names: Sequence[str], noun: str) -> str:
    return listed(list(names)) if len(names) <= _NAMED else counted(len(names), noun)


def _joined(items: Iterable[Sentence]) -> Sentence:
    """Return pieces of a sentence as "a", "a and b", "a, b and c"."""
    parts = list(items)
    joined: list[str | Study] = []
    for place, part in enumerate(parts):
        joined += ["" if place == 0 else " and " if place == len(parts) - 1 else ", ", *part]
    return tuple(joined)
