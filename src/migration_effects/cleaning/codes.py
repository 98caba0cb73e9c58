"""From raw codes to analysis values, with every missing value counted by its reason."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from migration_effects.cleaning.audit import Audit
from migration_effects.errors import CodebookError
from migration_effects.io.codebook import Code, Codebook, Variable
from migration_effects.io.codebook_check import undeclared


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
    """
    frame, audit = frame.copy(), Audit()
    for variable in codebook.of(file):
        column = frame.get(variable.source)
        if column is None or not is_numeric_dtype(column):
            continue
        for code, reason in extra.items():
            found = column.eq(code) & ~_valid(variable, column)
            target = next((c for c, r in variable.missing.items() if r == reason), np.nan)
            column = column.mask(found, target)
            detail = f"code {code} taken as {reason}"
            audit = audit.add(
                "undeclared missing code", file, variable.source, int(found.sum()), "declared", detail
            )
        frame[variable.source] = column
    return frame, audit


def _valid(variable: Variable, column: pd.Series) -> pd.Series:
    """Return where a raw column holds a valid value or a declared missing code."""
    declared = column.isin([*variable.values, *variable.missing])
    if variable.is_coded:
        return declared
    low, high = variable.bounds or (0.0, np.inf)
    return declared | column.between(low, high)


def apply_codebook(frame: pd.DataFrame, codebook: Codebook, *, file: str) -> tuple[pd.DataFrame, Audit]:
    """Turn raw codes into analysis values under the names of the codebook.

    Categories become an ordered `Categorical` of English labels in code order, yes/no becomes 1.0 and 0.0,
    numbers stay numbers, identifiers and text become str. Declared missing codes become missing values.

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
    frame : DataFrame
        Same rows; one column per variable of the file, under its analysis name.
    audit : Audit
        Counts per variable and reason.

    Raises
    ------
    CodebookError
        When columns or codes disagree with the codebook, listing each with value and count.

    Examples
    --------
    >>> from migration_effects.io.codebook import Variable
    >>> sex = Variable("sex", "persons", "q1", "categorical", {1: {"en": "male"}, 2: {"en": "female"}},
    ...                {9: "refused"}, label={"en": "Sex"})
    >>> clean, audit = apply_codebook(pd.DataFrame({"q1": [2.0, 9.0, 1.0]}), Codebook((sex,)), file="persons")
    >>> clean["sex"].tolist(), audit.count("missing value", "sex")
    (['female', nan, 'male'], 1)
    """
    book = codebook.of(file)
    book.check(frame)
    columns, audit = {}, Audit()
    for variable in book:
        raw = frame[variable.source]
        missing = raw.isin(list(variable.missing))
        for reason in dict.fromkeys(variable.missing.values()):
            codes = [code for code, why in variable.missing.items() if why == reason]
            count = int(raw.isin(codes).sum())
            audit = audit.add("missing value", file, variable.name, count, "set missing", reason)
        empty = int(raw.isna().sum())
        audit = audit.add("missing value", file, variable.name, empty, "left empty", "not asked or blank")
        columns[variable.name] = _values(variable, raw.mask(missing))
    return pd.DataFrame(columns, index=frame.index), audit


def _values(variable: Variable, raw: pd.Series) -> pd.Series:
    """Return analysis values of a raw column without missing codes."""
    if variable.kind == "id" and is_numeric_dtype(raw):
        return raw.map(lambda number: f"{number:.0f}", na_action="ignore").astype(object)
    if variable.is_text:
        return raw
    if variable.kind == "yesno":
        return raw.map(yes_no_codes(variable)).astype(float)
    if variable.kind == "categorical":
        labels = dict(zip(variable.values, variable.categories(), strict=True))
        return pd.Series(
            pd.Categorical(raw.map(labels), categories=list(labels.values()), ordered=True), index=raw.index
        )
    return raw.astype(float)


def yes_no_codes(variable: Variable) -> dict[Code, float]:
    """Return what the codes of a yes/no variable become.

    Parameters
    ----------
    variable : Variable
        Of kind ``yesno``.

    Returns
    -------
    dict of code to float
        1.0 for yes, 0.0 for no.

    Raises
    ------
    CodebookError
        When its values are not the two labels ``yes`` and ``no``.
    """
    codes = {
        labels.get("en", labels.get("file", "")).casefold(): code for code, labels in variable.values.items()
    }
    if set(codes) != {"yes", "no"}:
        raise CodebookError(
            f"{variable.name} is of kind yesno, so its set needs the labels yes and no, not {', '.join(codes)}."
        )
    return {codes["yes"]: 1.0, codes["no"]: 0.0}


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
    """
    found = {
        v.source: undeclared(v, frame[v.source])
        for v in codebook.of(file)
        if v.is_coded and v.source in frame
    }
    return {source: counts for source, counts in found.items() if len(counts)}
