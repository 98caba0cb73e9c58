"""Verbs that fit weights to population totals: post-stratification, raking, calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from migration_effects.design import SurveyDesign
from migration_effects.design.columns import levels, numeric
from migration_effects.errors import ConvergenceError, SpecificationError, nearest
from migration_effects.numerics.calibration import Distance, calibrate_factors
from migration_effects.numerics.grouping import compress
from migration_effects.numerics.raking import rake_cells
from migration_effects.numerics.terms import CellTerms, DenseTerms
from migration_effects.weighting.sample import margin_codes, weighted_rows
from migration_effects.weighting.steps import TotalsStep

Array = NDArray[np.float64]
TOTALS_AGREE = 1e-6


def poststratify(design: SurveyDesign, totals: pd.Series | pd.DataFrame) -> SurveyDesign:
    """Scale the weights of each cell to its population total.

    ``w_new = w N_c / sum_c w``. Weights and standard errors equal R's ``postStratify``.

    Parameters
    ----------
    design : SurveyDesign
    totals : Series or one-column DataFrame
        Population totals; the index level names are columns of the data.

    Returns
    -------
    SurveyDesign

    Raises
    ------
    SpecificationError
        Cells of the sample and of the totals do not match, or a total is not positive.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> design = me.SurveyDesign(pd.DataFrame({"sex": ["boy", "boy", "girl"]}))
    >>> totals = pd.Series({"boy": 100.0, "girl": 90.0}).rename_axis("sex")
    >>> me.poststratify(design, totals).weights.tolist()
    [50.0, 50.0, 90.0]
    """
    rows = weighted_rows(design, "poststratify")
    targets = _as_series(totals)
    if targets.index.nlevels == 1:
        name = str(targets.index.name)
        codes, wanted, _ = margin_codes(design, name, dict(targets.items()), rows, "poststratify")
    else:
        codes, wanted = _cell_codes(design, targets, rows)
    terms = CellTerms(codes, [np.arange(len(wanted))], [len(wanted)])

    def solve(weights: Array) -> Array:
        """Scale each cell to its total."""
        sums = terms.by_cell(weights)
        if (sums <= 0).any():
            raise ConvergenceError(
                f"me.poststratify: {int((sums <= 0).sum())} cells have no weight in a replicate. Merge cells, use "
                "replicates that leave nobody out (method='fay'), or the linearised variance."
            )
        return weights * terms.of_rows(wanted / sums)

    before = design.final_weights
    return design.with_step(TotalsStep("poststratify", before, solve(before), terms, solve))


def _as_series(totals: pd.Series | pd.DataFrame) -> pd.Series:
    """Check the shape and the index names of totals."""
    if isinstance(totals, pd.DataFrame):
        if totals.shape[1] != 1:
            raise SpecificationError(
                f"totals must hold one column of population totals; it has {totals.shape[1]}: "
                f"{list(map(str, totals.columns))}. Put the cells into the index."
            )
        totals = totals.iloc[:, 0]
    if not isinstance(totals, pd.Series):
        raise SpecificationError(
            f"totals must be a Series or DataFrame indexed by cell; got {type(totals).__name__}."
        )
    if any(name is None for name in totals.index.names):
        raise SpecificationError(
            "The index levels of totals must be named after columns of the data: use totals.rename_axis([...])."
        )
    if not totals.index.is_unique:
        raise SpecificationError(f"{int(totals.index.duplicated().sum())} cells occur twice in totals.")
    try:
        return totals.astype(float)
    except (TypeError, ValueError) as error:
        raise SpecificationError(f"totals must be numbers; got {totals.dtype}: {error}.") from error


def _cell_codes(
    design: SurveyDesign, totals: pd.Series, rows: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], Array]:
    """Match rows with cells of several columns."""
    columns = [str(name) for name in totals.index.names]
    found = [levels(design.data, column) for column in columns]
    position = {tuple(map(str, cell)): i for i, cell in enumerate(totals.index)}
    frame = pd.MultiIndex.from_arrays([np.where(rows, part.codes, -2) for part in found])
    distinct, inverse = np.unique(np.array(frame.to_list(), dtype=np.intp), axis=0, return_inverse=True)
    lookup = np.full(len(distinct), -1, dtype=np.intp)
    unknown = []
    for i, combination in enumerate(distinct):
        if (combination == -2).any():
            continue
        if (combination == -1).any():
            unknown.append("a missing value")
            continue
        cell = tuple(str(part.levels[code]) for part, code in zip(found, combination, strict=True))
        lookup[i] = position.get(cell, -1)
        if lookup[i] < 0:
            unknown.append(str(cell))
    codes = lookup[inverse.ravel()]
    sampled = np.bincount(codes[codes >= 0], minlength=len(totals))
    faults = []
    if unknown:
        faults.append(f"no total is given for {len(unknown)} cells of the sample ({'; '.join(unknown[:5])})")
    empty = [str(cell) for cell, n in zip(totals.index, sampled, strict=True) if not n]
    if empty:
        faults.append(
            f"the sample has no weighted row in {len(empty)} cells ({'; '.join(empty[:5])}): merge cells"
        )
    if not (np.isfinite(totals) & (totals > 0)).all():
        faults.append("some totals are not positive finite numbers")
    if faults:
        raise SpecificationError(f"me.poststratify, cells {' x '.join(columns)}: " + "; ".join(faults) + ".")
    return codes, totals.to_numpy(dtype=np.float64)


def rake(
    design: SurveyDesign,
    margins: Mapping[str, Mapping[object, float]],
    *,
    max_iterations: int = 100,
    tolerance: float = 1e-8,
) -> SurveyDesign:
    """Adjust weights until every margin meets its population totals.

    Iterative proportional fitting on the table of cells. The weights are those of R's ``rake`` and of
    ``calibrate(calfun = "raking")`` on the same margins; the standard errors are those of ``calibrate``: the
    residual of a regression on the margins with the weights before raking. R's ``rake`` takes unweighted margin
    means instead, which agrees on equal weights only.

    Parameters
    ----------
    design : SurveyDesign
    margins : dict
        ``{"sex": {"girl": N, "boy": N}, "region": {...}}``; a Series per margin works too.
    max_iterations : int
    tolerance : float
        Largest relative distance to a target that counts as met.

    Returns
    -------
    SurveyDesign

    Raises
    ------
    SpecificationError
        A level without rows or without a target, missing values, margins with different totals.
    ConvergenceError
        The margins contradict each other on the cells of the sample; the message holds the numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"sex": ["boy", "girl", "boy", "girl"], "area": ["urban", "urban", "rural", "rural"]})
    >>> raked = me.rake(me.SurveyDesign(data), {"sex": {"boy": 60, "girl": 40}, "area": {"urban": 50, "rural": 50}})
    >>> raked.weights.round(6).tolist()
    [30.0, 20.0, 30.0, 20.0]
    """
    rows = weighted_rows(design, "rake")
    given: object = margins  # what a caller hands in need not be what the signature says
    if not isinstance(given, Mapping) or not all(isinstance(m, (Mapping, pd.Series)) for m in given.values()):
        raise SpecificationError(
            'margins is a dictionary of columns, each with the total of every level: {"sex": {"girl": N, "boy": N}}.'
        )
    if not margins:
        raise SpecificationError('me.rake needs at least one margin: {"sex": {"girl": N, "boy": N}}.')
    columns = list(margins)
    matched = [margin_codes(design, column, dict(margins[column]), rows, "rake") for column in columns]
    _check_same_total(columns, [totals for _, totals, _ in matched])
    targets = [part[1] for part in matched]
    terms = _cells([part[0] for part in matched], [len(target) for target in targets], rows)

    def solve(weights: Array) -> Array:
        """Rake the table of cells and hand each row its cell's factor."""
        table = terms.by_cell(weights)
        fit = rake_cells(table, terms.codes, targets, max_iterations=max_iterations, tolerance=tolerance)
        if not fit.error <= tolerance:
            margin, level = fit.worst
            raise ConvergenceError(
                f"me.rake did not converge: after {fit.iterations} iterations the weights of "
                f"{columns[margin]} = {matched[margin][2][level]!r} are still {fit.error:.3g} (relative) away from "
                f"{targets[margin][level]:g}; tolerance {tolerance:g}. The margins may contradict each other on the "
                "cells of the sample: merge levels, or raise max_iterations."
            )
        factors = np.divide(fit.weights, table, out=np.zeros_like(table), where=table > 0)
        return weights * terms.of_rows(factors)

    before = design.final_weights
    return design.with_step(TotalsStep("rake", before, solve(before), terms, solve))


def _cells(codes: list[NDArray[np.intp]], sizes: list[int], rows: NDArray[np.bool_]) -> CellTerms:
    """Return the cells of the cross-table of margins that have a row, and each cell's level in every margin."""
    everyone = bool(rows.all())
    combined = codes[0] if everyone else codes[0][rows]
    bound = sizes[0]
    for code, size in zip(codes[1:], sizes[1:], strict=True):
        combined = combined * size + (code if everyone else code[rows])
        bound *= size
        if bound > 8 * len(combined):  # many margins: renumber before the product outgrows an integer
            combined, bound = compress(combined, bound)
    cell, count = compress(combined, bound)
    first = np.empty(count, dtype=np.intp)
    first[cell[::-1]] = np.arange(len(cell) - 1, -1, -1, dtype=np.intp)
    row = first if everyone else np.flatnonzero(rows)[first]
    if not everyone:
        cell_of_row = np.full(len(rows), -1, dtype=np.intp)
        cell_of_row[rows] = cell
        cell = cell_of_row
    return CellTerms(cell, [code[row] for code in codes], sizes)


def _check_same_total(columns: Sequence[str], targets: Sequence[Array]) -> None:
    """Raise when margins add up to different populations."""
    sums = [float(target.sum()) for target in targets]
    if max(sums) - min(sums) > TOTALS_AGREE * max(sums):
        listed = ", ".join(f"{column} {total:.10g}" for column, total in zip(columns, sums, strict=True))
        raise SpecificationError(
            f"me.rake: the margins add up to different totals ({listed}), so no weights can meet all of them. "
            "Scale them to one population total first."
        )


def calibrate(
    design: SurveyDesign,
    totals: Mapping[str, float] | pd.Series,
    *,
    distance: Distance = "linear",
    bounds: tuple[float, float] | None = None,
    max_iterations: int = 100,
    tolerance: float = 1e-9,
) -> SurveyDesign:
    """Adjust weights so that weighted sums of the terms equal population totals.

    ``w_new = w F(x'lambda)`` with ``sum w_new x = totals`` (Deville and Särndal 1992). Weights and standard
    errors equal R's ``calibrate``.

    Parameters
    ----------
    design : SurveyDesign
    totals : dict or Series
        Term to total. A term is a numeric column, ``"Intercept"`` (the population size), or ``"column[level]"``.
    distance : {"linear", "raking", "logit"}
        ``F(u) = 1 + u``, ``exp(u)``, or the logit between `bounds`.
    bounds : (float, float), optional
        Least and largest ratio of new to old weights, around 1; needed by "logit".
    max_iterations : int
    tolerance : float
        Relative distance to a total that counts as met.

    Returns
    -------
    SurveyDesign

    Raises
    ------
    SpecificationError
        Unknown terms, missing values, or bounds that do not contain 1.
    ConvergenceError
        The totals cannot be met, within the bounds if given; the message holds the numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> design = me.SurveyDesign(pd.DataFrame({"age": [11.0, 12.0, 13.0]}))
    >>> calibrated = me.calibrate(design, {"Intercept": 30, "age": 366})
    >>> calibrated.weights.round(6).tolist()
    [7.0, 10.0, 13.0]
    """
    rows = weighted_rows(design, "calibrate")
    low, high = _checked_bounds(distance, bounds)
    named = _named_totals(totals)
    terms = DenseTerms(_term_matrix(design, list(named), rows))
    targets = np.array(list(named.values()))
    if not np.all(np.isfinite(targets)):
        raise SpecificationError("me.calibrate: every total must be a finite number.")

    def solve(weights: Array) -> Array:
        """Find the factors for these weights."""
        fit = calibrate_factors(
            terms, weights, targets,
            distance=distance, low=low, high=high, max_iterations=max_iterations, tolerance=tolerance,
        )  # fmt: skip
        if not (fit.error <= tolerance).all():
            worst = int(np.argmax(fit.error))
            inside = f" with ratios between {low:g} and {high:g}" if bounds is not None else ""
            raise ConvergenceError(
                f"me.calibrate cannot meet the totals{inside}: after {fit.iterations} iterations term "
                f"{list(named)[worst]!r} is {fit.error[worst]:.3g} (relative) away from {targets[worst]:g}. "
                "Widen the bounds, drop a term, or check the totals against the sample."
            )
        result = weights * fit.factors
        if (result < 0).any():
            raise ConvergenceError(
                f"me.calibrate gives {int((result < 0).sum())} negative weights (least ratio "
                f'{fit.factors.min():.3g}). Use distance="raking", or bounds such as (0.2, 5).'
            )
        return result

    before = design.final_weights
    return design.with_step(TotalsStep("calibrate", before, solve(before), terms, solve))


def _named_totals(totals: Mapping[str, float] | pd.Series) -> dict[str, float]:
    """Return term to total; a Series is read by its index."""
    if not isinstance(totals, (Mapping, pd.Series)):
        raise SpecificationError(
            'me.calibrate: totals are a dict {"Intercept": N, "age": total} or a Series; '
            f"got {type(totals).__name__}."
        )
    if isinstance(totals, pd.Series) and not totals.index.is_unique:
        twice = sorted({str(term) for term in totals.index[totals.index.duplicated()]})
        raise SpecificationError(f"me.calibrate: totals name {', '.join(twice)} more than once.")
    try:
        return {str(term): float(value) for term, value in totals.items()}
    except (TypeError, ValueError) as error:
        raise SpecificationError(f"me.calibrate: every total must be a number ({error}).") from error


def _checked_bounds(distance: str, bounds: tuple[float, float] | None) -> tuple[float, float]:
    """Return finite or infinite bounds that contain 1."""
    if distance not in ("linear", "raking", "logit"):
        raise SpecificationError(f"distance={distance!r} is unknown. Allowed: linear, raking, logit.")
    if bounds is None:
        if distance == "logit":
            raise SpecificationError('distance="logit" needs bounds, for example bounds=(0.5, 3).')
        return -np.inf, np.inf
    pair: object = bounds
    if not isinstance(pair, Sequence) or len(pair) != 2:
        raise SpecificationError(
            f"bounds={bounds!r}: give the least and the largest ratio, for example (0.5, 3)."
        )
    low, high = bounds
    if not low < 1 < high:
        raise SpecificationError(f"bounds={bounds!r} must lie on both sides of 1, for example (0.5, 3).")
    return float(low), float(high)


def _term_matrix(design: SurveyDesign, terms: list[str], rows: NDArray[np.bool_]) -> Array:
    """Return the calibration terms as a matrix; rows that are not weighted hold 0."""
    if not terms:
        raise SpecificationError('me.calibrate needs at least one term: {"Intercept": N, "age": total}.')
    matrix = np.empty((len(rows), len(terms)))
    for j, term in enumerate(terms):
        matrix[:, j] = _term_column(design, term)
    missing = np.isnan(matrix[rows]).sum(axis=0)
    if missing.any():
        listed = ", ".join(f"{term} ({count})" for term, count in zip(terms, missing, strict=True) if count)
        raise SpecificationError(
            f"me.calibrate: weighted rows without a value: {listed}. Complete them first."
        )
    matrix[~rows] = 0.0
    return matrix


def _term_column(design: SurveyDesign, term: str) -> Array:
    """Return one calibration term."""
    if term == "Intercept":
        return np.ones(len(design.data))
    if term in design.data.columns or "[" not in term:
        return numeric(design.data, term, purpose="a calibration total")
    brackets = [i for i, letter in enumerate(term) if letter == "["]
    place = next((i for i in brackets if term[:i] in design.data.columns), brackets[0])
    column, level = term[:place], term[place + 1 : -1]
    found = levels(design.data, column)
    texts = [str(value) for value in found.levels]
    if level not in texts:
        raise SpecificationError(f"Column {column!r} has no level {level!r}.{nearest(level, texts)}")
    indicator = (found.codes == texts.index(level)).astype(np.float64)
    indicator[found.codes < 0] = np.nan
    return indicator
