"""Keys of households and members, and the files linked by them."""

from __future__ import annotations

import pandas as pd

import migration_effects as me

KEY = ["hh_id", "line"]
LINES = {"hl": "HL1", "fs": "LN", "ch": "LN", "wm": "LN"}


def with_keys(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return a file with the household key ``"12/3"`` and, where there is one, the line number.

    Parameters
    ----------
    frame : DataFrame
        Raw codes under the names of the codebook.
    unit : str
        Which file.

    Returns
    -------
    DataFrame
        With ``hh_id`` (text: numbers collide once a cluster has a hundred households) and ``line``.

    Raises
    ------
    DataFileError
        When a key is empty or occurs twice.
    """
    keys = {"hh_id": frame["HH1"].map("{:.0f}".format) + "/" + frame["HH2"].map("{:.0f}".format)}
    columns = ["HH1", "HH2"]
    if unit in LINES:
        keys["line"] = frame[LINES[unit]]
        columns.append(LINES[unit])
    keyed = frame.assign(**keys)
    empty = int(frame[columns].isna().any(axis=1).sum())
    twice = int(keyed.duplicated(list(keys), keep=False).sum())
    if empty or twice:
        raise me.DataFileError(
            f"{unit}: {empty} rows without a complete key ({', '.join(columns)}), {twice} rows share a key. "
            "Keys identify households and members; get the released file again.",
            reason="corrupt",
        )
    return keyed


def household_facts(
    hh: pd.DataFrame, survey: me.SurveyFile, codebook: me.Codebook, region: str | None = None
) -> pd.DataFrame:
    """Return what is known of each household, one row per household visited.

    Parameters
    ----------
    hh : DataFrame
        File hh with keys.
    survey : SurveyFile
        The same file, for the labels of regions.
    codebook : Codebook
        Labels of area and wealth.
    region : str, optional
        Name of HH7 in the file, where that is another.

    Returns
    -------
    DataFrame
        ``hh_id, completed, w_household, psu, strata, area, region, wealth``; all missing where the file lacks them.
    """
    # Households without an interview may lack them; clusters and strata must stay known all the same.
    psu = hh["PSU"].fillna(hh["HH1"])
    stratum = hh["stratum"].fillna(hh.groupby(psu)["stratum"].transform("first"))
    facts = pd.DataFrame(
        {
            "hh_id": hh["hh_id"],
            "completed": hh["HH46"].eq(1).astype(float),
            "w_household": hh["hhweight"].fillna(0.0),
            "psu": psu.map("{:.0f}".format),
            "strata": stratum.map("{:g}".format, na_action="ignore"),
        }
    )
    for name, source in (("area", "HH6"), ("wealth", "windex5")):
        variable = codebook.of("hh")[source]
        raw = hh[source] if source in hh else pd.Series(float("nan"), index=hh.index)
        valid = raw.where(raw.isin(list(variable.values)))
        facts[name] = me.cleaning.as_categories(valid, variable)
    facts["region"] = labelled(hh, codebook.of("hh")["HH7"], survey, region)
    return facts


def labelled(
    frame: pd.DataFrame, variable: me.Variable, survey: me.SurveyFile, column: str | None = None
) -> pd.Series:
    """Return a variable whose codes are the country's, in the words of its file.

    Parameters
    ----------
    frame : DataFrame
        Raw codes under the names of the codebook.
    variable : Variable
        With its declared missing codes; a column of missing values where the file lacks it.
    survey : SurveyFile
        Whose value labels are used; the code itself where a code has none.
    column : str, optional
        Its name in the file, where that is another.

    Returns
    -------
    Series of str
        Missing where the code is missing.
    """
    if variable.source not in frame:
        return pd.Series(None, index=frame.index, dtype=object)
    pairs = survey.value_labels.get(column or variable.source, ())
    words = {float(code): text for code, text in pairs if not isinstance(code, str)}
    raw = frame[variable.source].where(~frame[variable.source].isin(list(variable.missing)))
    return raw.map(lambda code: words.get(code, f"{code:g}"), na_action="ignore").astype(object)


def members(frame: pd.DataFrame, prefix: str, columns: list[str], key: str) -> pd.DataFrame:
    """Return some columns of the household list, to be linked to the line number in another column.

    Parameters
    ----------
    frame : DataFrame
        File hl with keys.
    prefix : str
        Put before the names.
    columns : list of str
        What to take; those the file lacks are left out.
    key : str
        Column of the other file with the line number.

    Returns
    -------
    DataFrame
        ``hh_id``, the key, and the columns.
    """
    have = [column for column in columns if column in frame]
    renamed = {column: f"{prefix}{column}" for column in have}
    return frame[[*KEY, *have]].rename(columns={"line": key, **renamed})
