"""Codes the codebook does not have: found, and declared where a rule says what they mean."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype

from migration_effects.cleaning.audit import Audit
from migration_effects.io.codebook import Codebook
from migration_effects.io.codebook_check import holds, undeclared
from migration_effects.io.variable import Code, Variable


def declare_missing(
    frame: pd.DataFrame, codebook: Codebook, extra: Mapping[Code, str], *, file: str
) -> tuple[pd.DataFrame, Audit]:
    """Turn missing codes the file does not declare into declared ones, by a stated rule.

    Only values that are neither valid nor declared are touched: 9 stays where 9 is an answer.

    Parameters
    ----------
    frame : DataFrame
        Raw codes.
    codebook : Codebook
        Declared codes and bounds.
    extra : mapping of code to str
        Undeclared codes and their reason, for example ``{-1: "no_answer"}``.
    file : str
        Unit of the frame.

    Returns
    -------
    frame : DataFrame
        A copy, with the declared code of that reason; missing where the variable has none.
    audit : Audit
        One finding per variable and code.

    Examples
    --------
    >>> from migration_effects.io.codebook import Variable
    >>> trust = Variable("trust", "children", "k_trust", "categorical", {1: {"en": "mother"}, 9: {"en": "nobody"}},
    ...                  {99: "no_answer"})
    >>> raw = pd.DataFrame({"k_trust": [1.0, 9.0, -1.0]})
    >>> found, audit = declare_missing(raw, Codebook((trust,)), {-1: "no_answer"}, file="children")
    >>> found["k_trust"].tolist(), audit.table["count"].tolist()
    ([1.0, 9.0, 99.0], [1])
    """
    changed, audit = {}, Audit()
    for variable in codebook.of(file):
        column = frame.get(variable.source)
        if column is None or not is_numeric_dtype(column):
            continue
        for code, reason in extra.items():
            found = holds(column, [code])
            if not found.any():
                continue
            found &= ~_valid(variable, column)
            target = next((c for c, r in variable.missing.items() if r == reason), np.nan)
            column = column.mask(found, target)
            detail = f"code {code} taken as {reason}"
            audit = audit.add(
                "undeclared missing code", file, variable.source, int(found.sum()), "declared", detail
            )
        changed[variable.source] = column
    return frame.assign(**changed), audit


def _valid(variable: Variable, column: pd.Series) -> NDArray[np.bool_]:
    """Return where a raw column holds a valid value or a declared missing code."""
    declared = holds(column, [*variable.values, *variable.missing])
    if variable.is_coded:
        return declared
    low, high = variable.bounds or (0.0, np.inf)
    return declared | column.between(low, high).to_numpy()


def undeclared_codes(frame: pd.DataFrame, codebook: Codebook, *, file: str) -> dict[str, pd.Series]:
    """Return the undeclared codes of every coded variable.

    Parameters
    ----------
    frame : DataFrame
        Raw codes.
    codebook : Codebook
        The definitions.
    file : str
        Unit of the frame.

    Returns
    -------
    dict of str to Series
        Count per code, for the variables that have any.

    Examples
    --------
    >>> from migration_effects.io.codebook import Variable
    >>> sex = Variable("sex", "children", "k_sex", "categorical", {1: {"en": "boy"}, 2: {"en": "girl"}})
    >>> raw = pd.DataFrame({"k_sex": [1.0, 2.0, 3.0, 3.0]})
    >>> found = undeclared_codes(raw, Codebook((sex,)), file="children")
    >>> {name: codes.to_dict() for name, codes in found.items()}
    {'k_sex': {3.0: 2}}
    """
    found = {
        v.source: undeclared(v, frame[v.source])
        for v in codebook.of(file)
        if v.is_coded and v.source in frame
    }
    return {source: counts for source, counts in found.items() if len(counts)}
