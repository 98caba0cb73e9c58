"""Join estimates of one design, so that any two numbers can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign
from migration_effects.design.variance import Influence
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate
from migration_effects.estimation.intervals import Joined
from migration_effects.estimation.jackknifed import has_first_order, jackknife_values, same_replicates
from migration_effects.estimation.sums import beside

Array = NDArray[np.float64]


def stack(estimates: Sequence[Estimate], *, names: Sequence[str] | None = None) -> Estimate:
    """Join estimates of one design with their joint covariance.

    Estimates from the same replicates (the same method, number and seed) are joined replicate by replicate. Where some
    are linearised and others have a jackknife of the same PSUs, as effects do with few PSUs, the linearised ones enter
    with their replicates to first order; no standard error changes.

    Parameters
    ----------
    estimates : sequence of Estimate
        Of the same sample and weights; their domains may differ.
    names : sequence of str, optional
        Prefixes. Without them the keys stay as they are when unique, otherwise all are prefixed ``e1:``,
        ``e2:``, ...

    Returns
    -------
    Estimate

    Raises
    ------
    SpecificationError
        Estimates of different samples or weights, or with kinds of variance that have no joint one, such as a
        bootstrap and a linearised one.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> design = me.SurveyDesign(pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [2.0, 2.0, 5.0]}))
    >>> both = me.stack([me.mean("x", design), me.mean("y", design)])
    >>> float(both.contrast("y - x").values[0])
    1.0
    """
    parts = estimate_list(estimates, "stack")
    if not parts:
        raise SpecificationError("me.stack needs at least one Estimate.")
    if names is not None and len(names) != len(parts):
        raise SpecificationError(f"me.stack: {len(names)} names for {len(parts)} estimates.")
    _check_one_design(parts)
    designs = [part.design for part in parts if part.replicate_values is not None]
    if not designs:
        return _joined(parts, names, linearised=beside([part.linearised for part in parts]))
    design = designs[0]
    assert design is not None
    thetas = np.hstack(
        [
            jackknife_values(part, design) if part.replicate_values is None else part.replicate_values
            for part in parts
        ]
    )
    return replace(_joined(parts, names, replicate_values=thetas), design=design)


def estimate_list(estimates: object, verb: str) -> list[Estimate]:
    """Return estimates as a list, or say what else was handed in.

    Parameters
    ----------
    estimates : object
        A sequence of Estimate, if all is well.
    verb : str
        For the message.

    Returns
    -------
    list of Estimate

    Raises
    ------
    SpecificationError
    """
    parts = list(estimates) if isinstance(estimates, Iterable) else [estimates]
    other = sorted({type(part).__name__ for part in parts if not isinstance(part, Estimate)})
    if other or isinstance(estimates, Estimate):
        raise SpecificationError(
            f"me.{verb} takes a list of estimates; got {', '.join(other) or 'one Estimate'}. "
            f"Write me.{verb}([first, second])."
        )
    return [part for part in parts if isinstance(part, Estimate)]


def side_by_side(estimates: Sequence[Estimate]) -> Estimate:
    """Join estimates whose covariance with each other is not asked for: NaN between them.

    Parameters
    ----------
    estimates : sequence of Estimate
        Of any designs, pooled ones too.

    Returns
    -------
    Estimate
        Keys as in `stack`.
    """
    parts = list(estimates)
    sizes = [len(part.terms) for part in parts]
    covariance = np.full((sum(sizes), sum(sizes)), np.nan)
    for end, size, part in zip(np.cumsum(sizes), sizes, parts, strict=True):
        covariance[end - size : end, end - size : end] = part.covariance
    return _joined(parts, None, given_vcov=covariance)


def _joined(
    parts: Sequence[Estimate],
    names: Sequence[str] | None,
    *,
    linearised: Influence | None = None,
    replicate_values: Array | None = None,
    given_vcov: Array | None = None,
) -> Estimate:
    """Join everything but the variance, which is handed in."""
    keys = [term for part in parts for term in part.terms]
    prefixes = list(names) if names is not None else None
    if prefixes is None and len(set(keys)) < len(keys):
        prefixes = [f"e{i}" for i in range(1, len(parts) + 1)]
    if prefixes is not None:
        keys = [
            f"{prefix}:{term}" for prefix, part in zip(prefixes, parts, strict=True) for term in part.terms
        ]
    labels = pd.concat([part.labels for part in parts], ignore_index=True)
    if prefixes is not None:
        owners = np.repeat(prefixes, [len(part.terms) for part in parts])
        labels = labels.assign(term=[f"{p}:{t}" for p, t in zip(owners, labels["term"], strict=True)])
    columns = [column for column in labels.columns if column != "term"]
    sizes = [len(part.terms) for part in parts]
    return Estimate(
        terms=tuple(keys),
        values=np.concatenate([part.values for part in parts]),
        labels=labels[[*columns, "term"]],
        df=np.concatenate([part.df for part in parts]),
        n=np.concatenate([part.n for part in parts]),
        n_psu=np.concatenate([part.n_psu for part in parts]),
        method="joint: " + "; ".join(dict.fromkeys(part.method for part in parts)),
        design=parts[0].design,
        linearised=linearised,
        replicate_values=replicate_values,
        given_vcov=given_vcov,
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        interval=Joined(
            tuple(part.interval for part in parts),
            np.repeat(np.arange(len(parts)), sizes),
            np.concatenate([np.arange(size) for size in sizes]),
        ),
    )


def _check_one_design(parts: Sequence[Estimate]) -> None:
    """Raise unless all estimates share sample, weights and the way to a covariance."""
    first = parts[0].design
    for number, part in enumerate(parts, start=1):
        if part.linearised is None and part.replicate_values is None:
            raise SpecificationError(
                f"Estimate {number} has neither influence nor replicates (pooled over imputations or given a "
                "covariance), so it has no joint covariance with the others. Stack before pooling."
            )
        if first is None or part.design is None or not same_sample(first, part.design):
            raise SpecificationError(
                f"Estimate {number} is of another sample or other weights than estimate 1, so their covariance is "
                "not known. Estimate both from the same design (domains by .where() are fine)."
            )
    given = next((part for part in parts if part.replicate_values is not None), None)
    for number, part in enumerate(parts, start=1):
        if given is not None and not _joinable(part, given):
            raise SpecificationError(
                f"Estimate {number} has its covariance from {_kind(part)} and another one from {_kind(given)}, so "
                "their joint covariance is not known. Give both the same method, number of replicates and seed; or, "
                'for effects, variance="linearised"; or estimate both from a design made by me.replicate.'
            )


def _joinable(part: Estimate, given: Estimate) -> bool:
    """Say whether an estimate has, or can be given, the replicates of another."""
    assert part.design is not None
    assert given.design is not None
    if part.replicate_values is None:
        return has_first_order(given.design)
    return same_replicates(part.design.replicates, given.design.replicates)


def _kind(estimate: Estimate) -> str:
    """Say what an estimate's covariance comes from."""
    if estimate.replicate_values is None:
        return "linearisation"
    return f"{len(estimate.replicate_values)} replicates ({estimate.method})"


def same_sample(one: SurveyDesign, other: SurveyDesign) -> bool:
    """Return whether two designs share stages, weights and steps; their replicates may differ."""
    return (
        one.stages is other.stages
        and one.base_weights is other.base_weights
        and len(one.steps) == len(other.steps)
        and all(a is b for a, b in zip(one.steps, other.steps, strict=True))
    )
