"""Two-way tables with the Rao–Scott test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from migration_effects.design import SurveyDesign, require_design
from migration_effects.design.columns import levels
from migration_effects.errors import SpecificationError
from migration_effects.estimation.estimate import Estimate, Test
from migration_effects.estimation.proportions import proportion

if TYPE_CHECKING:
    from migration_effects import Table

Array = NDArray[np.float64]
Share = Literal["row", "column", "total"]
TABLE_COLUMNS = (
    *("n", "weight_sum", "share_total", "share_row", "share_column"),
    *("std_error", "conf_low", "conf_high"),
)


@dataclass(frozen=True, repr=False, eq=False)
class Crosstab:
    """A weighted two-way table.

    Parameters
    ----------
    rows, columns : str
    share : {"row", "column", "total"}
        Which share the standard errors and limits belong to.
    estimate : Estimate
        The joint estimate of those shares.
    counts : DataFrame
        The two variables, ``n``, ``weight_sum``.
    cells : Estimate
        The joint estimate of the shares of the whole, all cells.
    shape : tuple of int
        Levels of rows and columns.
    """

    rows: str
    columns: str
    share: Share
    estimate: Estimate
    counts: pd.DataFrame
    cells: Estimate
    shape: tuple[int, int]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One line per cell: levels, ``n, weight_sum``, three shares, and the chosen share's uncertainty."""
        frame = self.counts.copy()
        whole = frame["weight_sum"].sum()
        frame["share_total"] = frame["weight_sum"] / whole
        for name, column in (("share_row", self.rows), ("share_column", self.columns)):
            frame[name] = frame["weight_sum"] / frame.groupby(column, observed=True)["weight_sum"].transform(
                "sum"
            )
        found = self.estimate.table
        if self.share == "total":
            found = found.assign(_key=[f"({a}, {b})" for a, b in zip(*self._levels_of_cells(), strict=True)])
        else:
            inner, outer = (self.columns, self.rows) if self.share == "row" else (self.rows, self.columns)
            level = found["term"].str[len(inner) + 1 : -1]
            found = found.assign(
                _key=[f"({a}, {b})" for a, b in zip(found[outer].map(str), level, strict=True)]
            )
        outer, inner = (self.columns, self.rows) if self.share == "column" else (self.rows, self.columns)
        keys = [f"({a}, {b})" for a, b in zip(frame[outer].map(str), frame[inner].map(str), strict=True)]
        position = found.reset_index(drop=True).set_index("_key")
        for name in ("std_error", "conf_low", "conf_high"):
            frame[name] = position[name].reindex(keys).to_numpy()
        return frame

    def _levels_of_cells(self) -> tuple[pd.Series, pd.Series]:
        """Return the row and column level of each cell as text."""
        return self.counts[self.rows].map(str), self.counts[self.columns].map(str)

    @cached_property
    def test(self) -> Test:
        """Rao–Scott second-order test of independence, F version (Rao and Scott 1984; as ``svychisq``)."""
        shares = self.cells.values.reshape(self.shape)
        contrast = _interaction_contrasts(self.shape)
        V = self.cells.covariance
        inverse = np.divide(1.0, self.cells.values, out=np.zeros(shares.size), where=self.cells.values > 0)
        expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
        phi2 = float(((shares - expected) ** 2 / expected).sum())
        under_srs = contrast.T @ (inverse[:, None] * contrast)
        actual = contrast.T @ (inverse[:, None] * V * inverse[None, :]) @ contrast
        try:
            delta = np.linalg.solve(under_srs, actual)
        except np.linalg.LinAlgError as error:
            raise SpecificationError(
                f"Too many empty cells in {self.rows} x {self.columns} for a test. Merge levels."
            ) from error
        trace = float(np.trace(delta))
        df1 = trace**2 / float(np.trace(delta @ delta))
        nu = float(self.cells.df.min())
        statistic = phi2 / trace
        p_value = float(special.fdtrc(df1, df1 * nu, statistic)) if nu > 0 else float("nan")
        name = f"Rao–Scott test of independence of {self.rows} and {self.columns}"
        return Test(statistic, df1, df1 * nu, p_value, name)

    def to_table(self, *, population: str = "", weight: str = "weight", source: str = "") -> Table:
        """Return the chosen shares as a printable table.

        Parameters
        ----------
        population : str
            Whom the table is about and what it measures; by default named after the two columns.
        weight : str
            Name of the weight, for the footer.
        source : str

        Returns
        -------
        Table
            Rows and columns as in the cross-tabulation.

        Examples
        --------
        >>> import pandas as pd
        >>> import migration_effects as me
        >>> data = pd.DataFrame({"sex": ["boy", "girl"] * 40, "club": ["yes", "no", "yes", "yes"] * 20})
        >>> table = me.crosstab("sex", "club", me.SurveyDesign(data)).to_table(population="Children")
        >>> [row.label for row in table.rows]
        ['sex=boy', 'sex=girl']
        """
        from migration_effects import Table

        shares = self.estimate
        if self.share == "total":
            pairs = self.counts[[self.rows, self.columns]].astype(str).itertuples(index=False)
            levels = [(a, f"{self.columns}[{b}]") for a, b in pairs]
            labels = pd.DataFrame(levels, columns=[self.rows, "term"])
            shares = replace(shares, labels=labels)
        named = population or f"{self.rows} by {self.columns}: share of the {self.share}, per cent"
        rows = "term" if self.share == "column" else "by"
        return Table.from_estimates(shares, rows=rows, population=named, weight=weight, source=source)

    def __repr__(self) -> str:
        wide = self.table.pivot_table(
            index=self.rows, columns=self.columns, values=f"share_{self.share}", observed=True, sort=False
        )
        shown = [f"{self.share} shares, weighted", (100 * wide).round(1).to_string()]
        if min(self.shape) > 1:
            shown.append(repr(self.test))
        return "\n".join([*shown, *(f"Note: {note}" for note in self.estimate.notes)])


def crosstab(rows: str, columns: str, design: SurveyDesign, *, share: Share = "row") -> Crosstab:
    """Cross-tabulate two categorical columns.

    Parameters
    ----------
    rows, columns : str
        Categorical, text, True/False or whole-number columns. Rows that lack one of them are left out and counted in
        the notes of the estimate.
    design : SurveyDesign
    share : {"row", "column", "total"}
        Which share standard errors and limits are for.

    Returns
    -------
    Crosstab
        ``.table``, ``.test``, ``.estimate``.

    Raises
    ------
    SpecificationError
        Unknown columns, the same column twice, or a table with one row or column for `test`.

    Examples
    --------
    >>> import pandas as pd
    >>> import migration_effects as me
    >>> data = pd.DataFrame({"sex": ["boy", "girl"] * 4, "club": ["yes", "no", "yes", "yes", "no", "no", "yes", "no"]})
    >>> me.crosstab("sex", "club", me.SurveyDesign(data)).table[["sex", "club", "n", "share_row"]]
        sex club  n  share_row
    0   boy   no  1       0.25
    1   boy  yes  3       0.75
    2  girl   no  3       0.75
    3  girl  yes  1       0.25
    """
    require_design(design)
    if share not in ("row", "column", "total"):
        raise SpecificationError(f"share={share!r} is unknown. Allowed: row, column, total.")
    taken = [name for name in (rows, columns) if name in TABLE_COLUMNS]
    if taken:
        raise SpecificationError(
            f"A cross-tabulation has a column {taken[0]!r} of its own. Rename yours, for example to '{taken[0]}_'."
        )
    if rows == columns:
        raise SpecificationError(f"Rows and columns are the same column {rows!r}.")
    first, second = levels(design.data, rows), levels(design.data, columns)
    complete = (first.codes >= 0) & (second.codes >= 0)
    within = design.where(complete)
    used = within.in_use
    row_levels = np.flatnonzero(np.bincount(first.codes[used], minlength=len(first.levels)))
    column_levels = np.flatnonzero(np.bincount(second.codes[used], minlength=len(second.levels)))
    shape = (len(row_levels), len(column_levels))
    cell = np.full(len(used), -1, dtype=np.intp)
    cell[used] = np.searchsorted(row_levels, first.codes[used]) * shape[1] + np.searchsorted(
        column_levels, second.codes[used]
    )
    size = shape[0] * shape[1]
    counts = pd.DataFrame(
        {
            rows: _repeated(design, rows, [first.levels[i] for i in row_levels for _ in column_levels]),
            columns: _repeated(
                design, columns, [second.levels[j] for _ in row_levels for j in column_levels]
            ),
            "n": np.bincount(cell[used], minlength=size),
            "weight_sum": np.bincount(cell[used], weights=within.final_weights[used], minlength=size),
        }
    )
    missing = int((design.in_use & ~complete).sum())
    left_out = (f"{missing} rows without a value of {rows} or {columns} are left out.",) if missing else ()
    cells = _cell_shares(within, cell, size)
    chosen = {
        "row": lambda: proportion(columns, within, by=rows),
        "column": lambda: proportion(rows, within, by=columns),
        "total": lambda: cells,
    }[share]()
    chosen = replace(chosen, notes=(*left_out, *chosen.notes))
    return Crosstab(rows, columns, share, chosen, counts, cells, shape)


def _repeated(design: SurveyDesign, column: str, values: list[object]) -> pd.Series:
    """Return levels as a column of the same kind as the data's."""
    dtype = design.data[column].dtype
    return pd.Series(values, dtype=dtype if isinstance(dtype, pd.CategoricalDtype) else None)


def _cell_shares(design: SurveyDesign, cell: NDArray[np.intp], size: int) -> Estimate:
    """Return the joint shares of all cells, empty ones included."""
    data = pd.DataFrame({"cell": pd.Categorical.from_codes(cell, categories=list(range(size)))})
    found = proportion("cell", design.with_data(data))
    position = {f"cell[{i}]": i for i in range(size)}
    where = np.array([position[term] for term in found.terms])
    jacobian = np.zeros((size, len(where)))
    jacobian[where, np.arange(len(where))] = 1.0
    return found.transformed(
        tuple(f"cell[{i}]" for i in range(size)),
        jacobian @ found.values,
        jacobian,
        jacobian > 0,
        method="Weighted shares of cells",
        interval=found.interval,
    )


def _interaction_contrasts(shape: tuple[int, int]) -> Array:
    """Return interaction columns orthogonal to the main effects, shape (cells, (r-1)(c-1))."""
    r, c = shape
    if r < 2 or c < 2:
        raise SpecificationError(f"A test of independence needs two levels each; the table is {r} x {c}.")
    i, j = np.divmod(np.arange(r * c), c)
    rows = (i[:, None] == np.arange(1, r)).astype(np.float64)
    columns = (j[:, None] == np.arange(1, c)).astype(np.float64)
    main = np.hstack([np.ones((r * c, 1)), rows, columns])
    both = (rows[:, :, None] * columns[:, None, :]).reshape(r * c, -1)
    return both - main @ np.linalg.lstsq(main, both, rcond=None)[0]
