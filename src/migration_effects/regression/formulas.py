"""The one door to the formula engine: a formula and a frame become arrays, and stay a recipe for new frames."""

from __future__ import annotations

import re
import warnings
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from formulaic import Formula, ModelSpec
from formulaic.errors import DataMismatchWarning, FormulaicError
from numpy.typing import NDArray

from migration_effects.design.columns import levels
from migration_effects.errors import SpecificationError, nearest
from migration_effects.regression.plain import plain_matrix

Array = NDArray[np.float64]
FUNCTIONS = {"np": np}
QUOTED = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"")
BACKTICKED = re.compile(r"`([^`]+)`")
# A name that is neither called, nor an attribute, nor the name of an argument.
ARGUMENT = re.compile(r"(?<![\w.])[^\W\d]\w*(?!\w|\s*\(|\s*=(?!=))")


@dataclass(frozen=True, slots=True, eq=False)
class ModelFrame:
    """The rows and columns of a model.

    Parameters
    ----------
    outcome : ndarray, shape (m,)
        Values of the rows in use.
    matrix : ndarray, shape (m, k)
        Model matrix of the rows in use.
    rows : ndarray of bool, shape (n,)
        Which rows of the data are in use.
    columns : tuple of str
        Names of the k columns.
    terms : dict of str to tuple of int
        Positions of the columns of each term of the formula.
    formula : formulaic.Formula
        Two-sided, parsed.
    example : dict of str to array-like, length 1
        Variables of a plain formula, from which its recipe can be made.
    variables : tuple of str
        Columns of the data that the right-hand side needs.
    notes : tuple of str
        Rows left out and levels not in use.
    levels : tuple of str
        Levels of the outcome in their order; empty for a number.
    """

    outcome: Array
    matrix: Array
    rows: NDArray[np.bool_]
    columns: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    formula: Formula
    example: dict[str, Any]
    variables: tuple[str, ...]
    notes: tuple[str, ...]
    levels: tuple[str, ...] = ()
    spec: ModelSpec | None = None

    @property
    def recipe(self) -> ModelSpec:
        """What builds the matrix for another frame with the same levels; made when first asked of a plain formula."""
        if self.spec is not None:
            return self.spec
        return _evaluate(self.formula.rhs, pd.DataFrame(self.example)).model_spec


def model_frame(
    formula: str, data: pd.DataFrame, rows: NDArray[np.bool_], *, extra: list[str], with_levels: bool = False
) -> ModelFrame:
    """Build outcome and model matrix of the rows in use.

    Parameters
    ----------
    formula : str
        ``"y ~ x * sex + bs(age, df=4)"``.
    data : DataFrame
    rows : ndarray of bool, shape (n,)
        Rows of the domain.
    extra : list of str
        Further columns that must be known, such as the groups of fixed effects.
    with_levels : bool
        The outcome is one column of levels; it is returned as codes.

    Returns
    -------
    ModelFrame
        Rows without a value of any variable are left out and counted.

    Raises
    ------
    SpecificationError
        The formula cannot be read, names an unknown column, or leaves no row.
    """
    parsed = _parse(str(formula))
    names = _variables(formula, parsed, data)
    wanted = list(dict.fromkeys([*names, *extra]))
    unknown = [name for name in wanted if name not in data.columns]
    if unknown:
        hints = "; ".join(f"{name!r}.{nearest(name, map(str, data.columns))}" for name in unknown)
        raise SpecificationError(f"The formula {formula!r} names columns that do not exist: {hints}")
    known = rows
    for name in wanted:
        absent = _missing(data[name])
        if absent.any():
            known = known & ~absent
    missing = int(rows.sum() - known.sum())
    notes = [f"{missing} rows without a value of a model variable are left out."] if missing else []
    if not known.any():
        raise SpecificationError(f"No row of the domain has values of all variables of {formula!r}.")
    plain = None if with_levels else plain_matrix(parsed, data, known)
    if plain is None:
        return _by_engine(formula, parsed, data[names], known, notes, with_levels=with_levels)
    _check_finite(formula, plain.outcome, plain.matrix)
    notes += [_absent(name, plain.unused[name]) for name in sorted(plain.unused) if plain.unused[name]]
    return ModelFrame(
        outcome=plain.outcome,
        matrix=plain.matrix,
        rows=known,
        columns=plain.columns,
        terms=plain.terms,
        formula=parsed,
        example=plain.example,
        variables=tuple(sorted(plain.example)),
        notes=tuple(notes),
    )


def _by_engine(
    formula: str,
    parsed: Formula,
    data: pd.DataFrame,
    known: NDArray[np.bool_],
    notes: list[str],
    *,
    with_levels: bool,
) -> ModelFrame:
    """Have the formula engine build outcome and matrix of the known rows."""
    used = _plain_text(data.copy() if known.all() else data.loc[known]).reset_index(drop=True)
    for name in used.columns:
        if isinstance(used[name].dtype, pd.CategoricalDtype):
            trimmed = used[name].cat.remove_unused_categories()
            kept = set(trimmed.cat.categories)
            empty = [str(c) for c in used[name].cat.categories if c not in kept]
            if empty:
                notes = [*notes, _absent(name, empty)]
            used[name] = trimmed
    outcome_levels: tuple[str, ...] = ()
    if with_levels:
        codes, outcome_levels = _outcome_levels(formula, used)
        used[outcome_name(formula)] = codes
    try:
        matrices = _evaluate(parsed, used)
    except (FormulaicError, ValueError, TypeError, KeyError, NameError, AttributeError) as error:
        raise SpecificationError(f"The formula {formula!r} cannot be evaluated: {error}") from error
    left, right = matrices.lhs, matrices.rhs
    if left.shape[1] != 1:
        listed = ", ".join(left.model_spec.column_names)
        raise SpecificationError(
            f"The left side of {formula!r} makes {left.shape[1]} columns ({listed}); a model needs one numeric "
            "outcome. Recode a category to 0/1 first."
        )
    spec = right.model_spec
    matrix = np.ascontiguousarray(np.asarray(right, dtype=np.float64))
    outcome = np.asarray(left, dtype=np.float64)[:, 0]
    _check_finite(formula, outcome, matrix)
    return ModelFrame(
        outcome=outcome,
        matrix=matrix,
        rows=known,
        columns=tuple(map(str, spec.column_names)),
        terms={str(term): tuple(indices) for term, indices in spec.term_indices.items()},
        formula=parsed,
        example={},
        variables=tuple(sorted(str(v) for v in spec.required_variables)),
        notes=tuple(notes),
        levels=outcome_levels,
        spec=spec,
    )


def _missing(column: pd.Series) -> NDArray[np.bool_]:
    """Say which values of a column are missing."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f":
        return np.isnan(column.to_numpy())
    return column.isna().to_numpy()


def _evaluate(formula: Formula, data: pd.DataFrame) -> Any:
    """Return the engine's matrices."""
    return formula.get_model_matrix(data, output="numpy", na_action="ignore", context=FUNCTIONS)


def _check_finite(formula: str, outcome: Array, matrix: Array) -> None:
    """Refuse values that no fit can use."""
    if not (np.isfinite(matrix).all() and np.isfinite(outcome).all()):
        raise SpecificationError(f"The formula {formula!r} gives infinite or missing values, such as log(0).")


def _absent(name: str, levels_absent: list[str]) -> str:
    """Word the levels that no row has."""
    return f"No row in use has {name} = {', '.join(levels_absent)}."


def variables_of(formula: str, data: pd.DataFrame) -> list[str]:
    """Return the columns that a formula needs, sorted.

    Parameters
    ----------
    formula : str
    data : DataFrame

    Returns
    -------
    list of str

    Raises
    ------
    SpecificationError
        The formula cannot be read.
    """
    return _variables(formula, _parse(formula), data)


def _variables(formula: str, parsed: Formula, data: pd.DataFrame) -> list[str]:
    """Return the columns a formula needs.

    The engine does not list those that only a spline takes (``bs(x)``), nor those named like one of its functions
    (a column ``log`` or ``scale``).
    """
    words = [*ARGUMENT.findall(QUOTED.sub("", str(formula))), *BACKTICKED.findall(str(formula))]
    within = {word for word in words if word in data.columns}
    return sorted({*map(str, parsed.required_variables), *within})


def _plain_text(data: pd.DataFrame) -> pd.DataFrame:
    """Return text columns of pandas' nullable type as objects: the engine takes them for numbers."""
    nullable = [
        name
        for name, kind in data.dtypes.items()
        if isinstance(kind, pd.StringDtype) and kind.na_value is pd.NA
    ]
    return data.astype(dict.fromkeys(nullable, object)) if nullable else data


def outcome_name(formula: str) -> str:
    """Return the left side of a formula; a column in backticks by its own name.

    Parameters
    ----------
    formula : str

    Returns
    -------
    str
    """
    left = formula.split("~")[0].strip()
    return left[1:-1] if BACKTICKED.fullmatch(left) else left


def _outcome_levels(formula: str, used: pd.DataFrame) -> tuple[Array, tuple[str, ...]]:
    """Return the outcome as codes of its levels in use."""
    name = outcome_name(formula)
    if name not in used.columns:
        raise SpecificationError(
            f"The outcome of {formula!r} must be one column for a model of levels; {name!r} is not a column."
        )
    found = levels(used, name)
    present = np.flatnonzero(np.bincount(found.codes, minlength=len(found.levels)))
    return np.searchsorted(present, found.codes).astype(np.float64), tuple(
        str(found.levels[i]) for i in present
    )


@lru_cache(maxsize=256)
def _parse(formula: str) -> Formula:
    """Parse a two-sided formula."""
    if "~" not in formula:
        raise SpecificationError(f"{formula!r} is not a formula. Write for example 'y ~ x + sex'.")
    try:
        parsed = Formula(formula)
    except (FormulaicError, ValueError, TypeError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SpecificationError(f"The formula {formula!r} cannot be read: {first}") from error
    if not hasattr(parsed, "lhs") or not hasattr(parsed, "rhs"):
        raise SpecificationError(f"The formula {formula!r} needs an outcome on its left side.")
    return parsed


def _holds_numbers(column: pd.Series) -> bool:
    """Say whether a column holds numbers, or nothing at all."""
    return pd.api.types.is_numeric_dtype(column.dtype) or not len(column)


def matrix_of(recipe: ModelSpec, variables: tuple[str, ...], data: pd.DataFrame) -> Array:
    """Build the model matrix of another frame by the recipe of a fit.

    Parameters
    ----------
    recipe : formulaic.ModelSpec
    variables : tuple of str
    data : DataFrame

    Returns
    -------
    ndarray, shape (rows, k)

    Raises
    ------
    SpecificationError
        A variable is absent, or holds a level that the fit has not seen.
    """
    absent = [name for name in variables if name not in data.columns]
    if absent:
        raise SpecificationError(f"The frame lacks the model's columns {absent}.")
    for name, (_, state) in recipe.encoder_state.items():
        if "categories" not in state and str(name) in data.columns and not _holds_numbers(data[str(name)]):
            raise SpecificationError(
                f"Column {name!s} is {data[str(name)].dtype}, but the model was fitted to numbers there."
            )
        if "categories" in state and str(name) in data.columns:
            seen = {str(level) for level in state["categories"]}
            new = sorted({str(v) for v in data[str(name)].dropna().unique()} - seen)
            if new:
                raise SpecificationError(
                    f"Column {name!s} holds {new}, which the model has not seen (levels: {sorted(seen)})."
                )
    used = _plain_text(data[list(variables)])
    try:
        with warnings.catch_warnings():
            # Of levels within C(...) the engine only warns, and takes them for the reference.
            warnings.simplefilter("error", DataMismatchWarning)
            # The engine writes into the recipe it works by; the fit's own stays as it was.
            matrix = deepcopy(recipe).get_model_matrix(used, na_action="ignore", context=FUNCTIONS)
    except DataMismatchWarning as error:
        listed = re.sub(r"np\.\w+\((.*?)\)", r"\1", str(error).partition("{")[2].partition("}")[0])
        raise SpecificationError(
            f"The frame holds levels within C(...) that the model has not seen: {listed}."
        ) from error
    except (FormulaicError, ValueError, TypeError) as error:
        raise SpecificationError(
            f"The model's columns cannot be made for this frame: {error} A spline is defined between the smallest "
            "and the largest value of the rows it was fitted to."
        ) from error
    return np.asarray(matrix, dtype=np.float64)
