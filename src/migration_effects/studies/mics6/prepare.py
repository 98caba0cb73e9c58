"""From the files of MICS6 to the frames ``households``, ``roster``, ``children`` and ``discipline``."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

import migration_effects as me

from .preparation import checks, exposure, linking, outcomes, reading

DESIGN = ["psu", "strata"]
PARENTS = [*exposure.PLACES, "parent_lives_abroad", "parent_abroad_mics"]
ADULT = 18


def prepare(files: Mapping[str, me.SurveyFile], study: me.Study) -> me.Prepared:
    """Return the analysis frames of a MICS6 survey.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        Units hh, hl, fs; ch and wm where present.
    study : Study
        Codebook and the table of needs.

    Returns
    -------
    Prepared
        Frames ``households, roster, children, discipline`` and ``absent`` (what the files lack).

    Raises
    ------
    CodebookError
        When required variables are absent or codes are unknown, each with all its faults at once.
    DataFileError
        When keys are empty or repeat.
    """
    found = reading.read_columns(files, study)
    reading.require(found, _names(study))
    reading.check_codes(found, study)
    raw = {unit: linking.with_keys(frame, unit) for unit, frame in found.frames.items()}
    book = study.codebook
    homes = linking.household_facts(raw["hh"], files["hh"], book, found.name_in_file("hh", "HH7"))
    roster, audit = exposure.roster(raw["hl"], homes.drop(columns="completed"), book.of("hl"))
    children, more = _children(raw, roster, files["fs"], book, found.name_in_file("fs", "melevel"))
    audit = _renamed(found) + _absent(found) + audit + more
    audit += checks.label_checks(files) + checks.weight_checks(raw) + checks.design_checks(raw["hh"])
    audit += checks.list_checks(raw["hl"])
    young, more = _discipline(raw, children, roster, book)
    frames = {"households": homes, "roster": roster, "children": children, "discipline": young}
    columns = ["file", "variable", "need", "exhibits", "lost"]
    frames["absent"] = found.absent[columns].astype(object)
    return me.Prepared(frames, (audit + more).table, _flow(children, roster))


def check(files: Mapping[str, me.SurveyFile], study: me.Study) -> list[str]:
    """Return every variable the files lack with the exhibits lost, and checks that fail.

    Parameters
    ----------
    files : mapping of str to SurveyFile
        The raw files.
    study : Study
        Codebook and the table of needs.

    Returns
    -------
    list of str
        Empty when every exhibit can be made.
    """
    found = reading.read_columns(files, study)
    lines = reading.absence_lines(found.absent, _names(study))
    labels = checks.label_checks(files)
    return lines + [f"{f.file}: {f.variable}: {f.detail}." for f in labels.findings]


def design(unit: str, frames: Mapping[str, pd.DataFrame], study: me.Study) -> me.SurveyDesign | None:
    """Return the design of a unit: completed interviews are a domain, so that all clusters stay known.

    Parameters
    ----------
    unit : str
        ``households``, ``roster``, ``children`` or ``discipline``.
    frames : mapping of str to DataFrame
        The prepared frames.
    study : Study
        Design columns.

    Returns
    -------
    SurveyDesign or None
        None where the columns of study.toml say everything.
    """
    columns = study.definition.design[unit]
    whole = me.SurveyDesign(
        frames[unit], weights=columns.weights, psu=columns.psu[0], strata=columns.strata,
        lonely_psu=columns.lonely_psu,
    )  # fmt: skip
    return whole.where("age < 18") if unit == "roster" else whole.where("completed == 1")


def _names(study: me.Study) -> dict[str, str]:
    """Return the file name of each unit."""
    return {unit: raw.name for unit, raw in study.definition.files.items()}


def _renamed(found: reading.Reading) -> me.cleaning.Audit:
    """Return which names differ from the codebook's."""
    audit = me.cleaning.Audit()
    for unit, column, name in found.renamed:
        audit = audit.add("other name in the file", unit, name, 1, "taken", column)
    return audit


def _absent(found: reading.Reading) -> me.cleaning.Audit:
    """Return what the files lack."""
    audit = me.cleaning.Audit()
    for row in found.absent.itertuples():
        audit = audit.add("absent", row.file, row.variable, 1, f"lost: {row.lost}", row.exhibits)
    return audit


def _children(
    raw: Mapping[str, pd.DataFrame],
    roster: pd.DataFrame,
    survey: me.SurveyFile,
    book: me.Codebook,
    education: str | None,
) -> tuple[pd.DataFrame, me.cleaning.Audit]:
    """Return the selected children 5–17 with their household, parents, caretaker and indicators."""
    fs = raw["fs"]
    listed = ["HL3", "HL6", "HL14", "HL18", "HL20"]
    joined, audit = me.cleaning.link(
        fs,
        linking.members(raw["hl"], "", listed, "line"),
        linking.KEY,
        files=("fs", "hl"),
        relation="one_to_one",
    )
    audit += checks.link_checks(joined)
    if "FS4" in fs:
        carers = linking.members(raw["hl"], "caretaker_", ["HL3"], "FS4")
        joined, more = me.cleaning.link(joined, carers, ["hh_id", "FS4"], files=("caretakers", "hl"))
        audit += more
    people = roster.drop(columns=["age", "age_group", "w_household", "living_with", "parent_dead"])
    frame, _ = me.cleaning.link(
        fs[linking.KEY], people, linking.KEY, files=("fs", "roster"), relation="one_to_one"
    )
    age = checks.clean_number(fs["CB3"], [98, 99])
    frame = frame.assign(
        completed=fs["FS17"].eq(1).astype(float),
        w_child=fs["fsweight"].fillna(0.0),
        age=age,
        age_group=exposure.age_groups(age).cat.remove_categories(["0-4"]),
        caretaker=exposure.caretakers(joined),
        caretaker_education=linking.labelled(fs, book.of("fs")["melevel"], survey, education),
    )
    with_mother = joined["HL14"].gt(0) if "HL14" in joined else pd.Series(False, index=fs.index)
    frame["mother_education"] = frame["caretaker_education"].where(with_mother)
    frame = frame.join(outcomes.child_outcomes(fs, book.of("fs")))
    frame["caretaker_ladder"], more = _ladder(raw, fs)
    return frame, audit + more + checks.functioning_check(frame, fs)


def _ladder(raw: Mapping[str, pd.DataFrame], fs: pd.DataFrame) -> tuple[pd.Series, me.cleaning.Audit]:
    """Return the ladder of life of the mother or caretaker, where she was interviewed."""
    if "wm" not in raw or "LS2" not in raw["wm"] or "FS4" not in fs:
        return pd.Series(float("nan"), index=fs.index), me.cleaning.Audit()
    women = raw["wm"].loc[raw["wm"]["WM17"].eq(1), [*linking.KEY, "LS2"]]
    scored = me.indicators.cantril(women, {"now": "LS2"}, missing={99: "no_answer"})
    women = women[linking.KEY].assign(ladder=scored["cantril_now"]).rename(columns={"line": "FS4"})
    linked, audit = me.cleaning.link(
        fs[["hh_id", "FS4"]], women, ["hh_id", "FS4"], files=("caretakers", "wm")
    )
    return linked["ladder"], audit


def _discipline(
    raw: Mapping[str, pd.DataFrame], children: pd.DataFrame, roster: pd.DataFrame, book: me.Codebook
) -> tuple[pd.DataFrame, me.cleaning.Audit]:
    """Return children 1–14: those of file fs aged 5–14, and those of file ch aged 1–4 where it is there."""
    kept = [
        "hh_id",
        "line",
        *DESIGN,
        "completed",
        "age",
        "sex",
        *PARENTS,
        "discipline_violent",
        "discipline_severe",
    ]
    older = children.assign(w_discipline=children["w_child"])[[*kept, "w_discipline"]]
    if "ch" not in raw:
        return older, me.cleaning.Audit()
    ch = raw["ch"]
    people = roster[[*linking.KEY, *DESIGN, "sex", *PARENTS]]
    frame, audit = me.cleaning.link(
        ch[linking.KEY], people, linking.KEY, files=("ch", "roster"), relation="one_to_one"
    )
    complete = ch["UF17"].eq(1)
    scores = outcomes.discipline(ch, book.of("ch"), "UCD2", "UB2").where(complete)
    frame = frame.assign(
        completed=complete.astype(float),
        age=checks.clean_number(ch["UB2"], [8, 9]),
        w_discipline=ch["chweight"].fillna(0.0),
    ).join(scores)
    return pd.concat([frame[[*kept, "w_discipline"]], older], ignore_index=True), audit


def _flow(children: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Return the steps to the children compared."""
    listed = me.cleaning.Selection(roster, "listed members")
    listed = listed.require("aged 0-17", roster["age"].lt(ADULT))
    known = listed.frame["parent_lives_abroad"].notna()
    listed = listed.require("known whether a parent lives abroad", known)
    chosen = me.cleaning.Selection(children, "selected children 5-17")
    chosen = chosen.require("interview completed", children["completed"].eq(1))
    chosen = chosen.require(
        "known whether a parent of the child lives abroad", chosen.frame["parent_lives_abroad"].notna()
    )
    return pd.concat([listed.flow, chosen.flow], ignore_index=True)
