"""From raw codes to analysis values, with every missing value counted by its reason."""

from __future__ import annotations

import pandas as pd
from pandas.api.types import is_numeric_dtype

from migration_effects.cleaning.audit import Audit
from migration_effects.cleaning.columns import allowed_columns
from migration_effects.errors import CodebookError
from migration_effects.io.codebook import Codebook
from migration_effects.io.codebook_check import holds
from migration_effects.io.variable import Code, Variable


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
        When columns are missing, or codes disagree with the codebook, listing each with value and count.

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
    kept, audit = allowed_columns({file: frame}, codebook)
    book.check(kept[file])
    columns = {}
    for variable in book:
        raw = frame[variable.source]
        missing = holds(raw, variable.missing)
        for reason in dict.fromkeys(variable.missing.values()) if missing.any() else ():
            count = int(holds(raw, [code for code, why in variable.missing.items() if why == reason]).sum())
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
        yes = next(code for code, value in yes_no_codes(variable).items() if value)
        return raw.eq(yes).astype(float).where(raw.notna())
    if variable.kind == "categorical":
        return as_categories(raw, variable)
    return raw.astype(float)


def as_categories(codes: pd.Series, variable: Variable) -> pd.Series:
    """Return codes as an ordered categorical of English labels in code order.

    Parameters
    ----------
    codes : Series
        Valid codes; missing values stay missing.
    variable : Variable
        With the value labels.

    Returns
    -------
    Series
        Ordered `Categorical`.

    Raises
    ------
    CodebookError
        For a code without label, with the count.

    Examples
    --------
    >>> area = Variable("resid", "sample", "resid", "categorical", {1: {"en": "urban"}, 2: {"en": "rural"}})
    >>> as_categories(pd.Series([2.0, None, 1.0]), area).tolist()
    ['rural', nan, 'urban']
    """
    positions = pd.Index(list(variable.values)).get_indexer(codes)
    unknown = int((codes.notna() & (positions < 0)).sum())
    if unknown:
        known = ", ".join(map(str, variable.values))
        raise CodebookError(f"{variable.name}: {unknown} values have no label; labelled are {known}.")
    dtype = pd.CategoricalDtype(variable.categories(), ordered=True)
    return pd.Series(pd.Categorical.from_codes(positions, dtype=dtype), index=codes.index)


def blank_missing(frame: pd.DataFrame, codebook: Codebook, *, file: str) -> pd.DataFrame:
    """Return raw codes with declared missing codes blank, for scores and derived variables.

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
    DataFrame
        Under the analysis names of the codebook.

    Examples
    --------
    >>> from migration_effects.io.codebook import Variable
    >>> days = Variable("days", "children", "k_missed", "count", missing={98: "dont_know"})
    >>> blank_missing(pd.DataFrame({"k_missed": [2.0, 98.0]}), Codebook((days,)), file="children")["days"].tolist()
    [2.0, nan]
    """
    columns = {v.name: frame[v.source].mask(holds(frame[v.source], v.missing)) for v in codebook.of(file)}
    return pd.DataFrame(columns, index=frame.index)


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
