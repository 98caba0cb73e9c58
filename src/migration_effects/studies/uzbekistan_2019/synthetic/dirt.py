"""Planted faults D1–D11: few, documented, the same for the same seed. D12, heaping, is part of the clean data."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .damage import KINDS as TEXT_DAMAGE
from .damage import ON_TOP
from .files import Files
from .labels import log_damaged_labels
from .planter import Planter
from .settings import Settings

MISSING_DROPPED = "set missing, list"
BANDS = ((11, 13), (14, 15), (16, 17))


def plant_dirt(clean: Files, settings: Settings) -> tuple[Files, pd.DataFrame]:
    """Damage copies of the clean files.

    Parameters
    ----------
    clean : dict of pandas.DataFrame
        The five files before dirt.
    settings : Settings
        Parameters and knobs; with ``dirt`` off the files stay as they are.

    Returns
    -------
    files : dict of pandas.DataFrame
        The raw files.
    log : pandas.DataFrame
        ``id, file, key, variable, clean, raw, rule, action, resolved``: one line per case.
    """
    planter = Planter({unit: frame.copy() for unit, frame in clean.items()}, settings)
    if settings.dirt:
        for plant in (
            _ranges,
            _skips,
            _gaps,
            _conflicts,
            _undeclared,
            _texts,
            _identifiers,
            _orphans,
            _duplicates,
        ):
            plant(planter)
        log_damaged_labels(planter)
    files = {unit: frame.reset_index(drop=True) for unit, frame in planter.files.items()}
    return files, planter.table()


def _ranges(planter: Planter) -> None:
    """D3: sixteen values outside the range; days missed only where no reason depends on them."""
    roster, children = planter.files["roster"], planter.files["children"]
    plans = [
        ("children", "k_age", [10, 18, 110], children["k_age"].notna()),
        ("children", "k_missed", [31, 45, 31, 45], children["k_missed"] == 0),
        ("children", "ch_hours", [120, 120, 120], children["ch_hours"] <= 60),
        ("roster", "p_age", [130, 130], (roster["p_age"] >= 60) & (roster["p_where"] == 1)),
        ("migrants", "m_year1", [2091, 2091], planter.files["migrants"]["m_year1"] < 2020),
        ("sample", "int_ym", [209012, 209012], planter.files["sample"]["result"] == 1),
    ]
    for file, variable, values, eligible in plans:
        rows = planter.pick(file, eligible, len(values), f"D3.{variable}")
        for row, value in zip(rows, values, strict=False):
            planter.change("D3", file, row, variable, float(value), MISSING_DROPPED)


def _skips(planter: Planter) -> None:
    """D4: answers of households or children that were not asked."""
    caregivers, children, roster = (planter.files[u] for u in ("caregivers", "children", "roster"))
    plans = [
        ("caregivers", "rem_freq", 10, (caregivers["rem_any"] == 2).to_numpy()),
        ("children", "k_freq", 8, (children["k_mood0"].isna() & children["k_sepage"].isna()).to_numpy()),
        ("roster", "p_level", 6, (roster["p_attend"] == 2).to_numpy()),
    ]
    for file, variable, count, eligible in plans:
        for place, row in enumerate(planter.pick(file, eligible, count, f"D4.{variable}")):
            planter.change(
                "D4", file, row, variable, float(1 + place % 3), "blank the dependent answer, list"
            )


def _gaps(planter: Planter) -> None:
    """D5: questions that everybody is asked, left empty."""
    for file, variables in (("caregivers", ["c_work", "h_heat"]), ("children", ["k_teeth", "k_hand"])):
        for variable in variables:
            eligible = planter.files[file][variable] < 90
            for row in planter.pick(file, eligible, 2, f"D5.{variable}"):
                planter.change("D5", file, row, variable, np.nan, "code 99, list", 99.0)


def _conflicts(planter: Planter) -> None:
    """D6: sex and age of the child against the roster, a mother who is a man."""
    children, caregivers = planter.files["children"], planter.files["caregivers"]
    for row in planter.pick("children", children["k_sex"] > 0, 5, "D6.k_sex"):
        sex = children.loc[row, "k_sex"]
        planter.change("D6", "children", row, "k_sex", 3.0 - sex, "roster wins for sex, list", sex)
    for row in planter.pick("children", children["k_age"] > 0, 6, "D6.k_age"):
        age = _neighbouring_age(int(children.loc[row, "k_age"]))
        planter.change("D6", "children", row, "k_age", age, "child's file wins for age within 1, list", age)
    for row in planter.pick("caregivers", caregivers["c_rel"].isin([2, 4]), 2, "D6.c_rel"):
        planter.change("D6", "caregivers", row, "c_rel", 1.0, "no answer, list", 99.0)


def _neighbouring_age(age: int) -> float:
    """Return an age one year off inside the same age band, so that no weighting cell changes."""
    low, high = next(band for band in BANDS if band[0] <= age <= band[1])
    return float(age + 1 if age < high else age - 1 if age > low else age)


def _undeclared(planter: Planter) -> None:
    """D8: codes -1 and 9 that no codebook declares, in yes/no questions."""
    plans = [("caregivers", v, 2) for v in ("as_wash", "ben_mat", "srv_known")]
    plans += [("children", v, 2) for v in ("k_hand", "ch_home", "ch_sib")]
    for file, variable, count in plans:
        eligible = planter.files[file][variable].isin([1, 2])
        rows = planter.pick(file, eligible, count, f"D8.{variable}")
        for row, raw in zip(rows, (-1.0, 9.0), strict=False):
            planter.change("D8", file, row, variable, raw, "declare by rule as no answer", 99.0)


def _texts(planter: Planter) -> None:
    """D9: damaged names of countries; blanks may come on top, because few migrants go to other countries."""
    frame = planter.files["migrants"]
    clean = frame["m_desttxt"].copy()
    cases = []
    for name, (count, damage) in TEXT_DAMAGE.items():
        eligible = np.array([bool(text) and damage(text) != text for text in clean])
        rows = planter.pick("migrants", eligible, count, f"D9.{name}")
        if name == ON_TOP:
            again = frame.index[eligible & ~frame.index.isin(rows)]
            rows = np.concatenate([rows, again[: count - len(rows)]])
        for row in rows:
            frame.loc[row, "m_desttxt"] = damage(frame.loc[row, "m_desttxt"])
            cases.append((row, name))
    for row, name in cases:
        values = (clean[row], frame.loc[row, "m_desttxt"], clean[row])
        planter.note(
            "D9", "migrants", planter.key("migrants", row), "m_desttxt", values, f"repair by rule: {name}"
        )


def _identifiers(planter: Planter) -> None:
    """D7: one identifier with a wrong check digit that has one neighbour only."""
    ids = set(planter.files["sample"]["hh_id"])
    children = planter.files["children"]
    damaged = children["hh_id"].map(lambda text: text[:-1] + str((int(text[-1]) + 5) % 10))
    eligible = damaged.map(lambda text: _neighbours(text, ids) == 1)
    for row in planter.pick("children", eligible, 1, "D7.hh_id"):
        clean = children.loc[row, "hh_id"]
        planter.change("D7", "children", row, "hh_id", damaged[row], "repair: one neighbour fits", clean)


def _neighbours(identifier: str, ids: set[str]) -> int:
    """Count identifiers that differ in one digit or by two adjacent digits exchanged."""
    variants = {
        identifier[:i] + d + identifier[i + 1 :] for i in range(len(identifier)) for d in "0123456789"
    }
    variants |= {
        identifier[:i] + identifier[i + 1] + identifier[i] + identifier[i + 2 :]
        for i in range(len(identifier) - 1)
    }
    return len((variants - {identifier}) & ids)


def _orphans(planter: Planter) -> None:
    """D7: three migrants who are not in the roster."""
    frame = planter.files["migrants"]
    for row in planter.pick("migrants", frame["m_line"] < 20, 3, "D7.m_line"):
        planter.insert("migrants", row, {"m_line": 20.0}, after=True)
        key = f"{frame.loc[row, 'hh_id']}:20"
        planter.note("D7", "migrants", key, "m_line", (np.nan, 20.0, np.nan), "exclude the orphan row, list")


def _duplicates(planter: Planter) -> None:
    """D1 and D2: rows delivered twice; of contradictory ones the later is right."""
    for file, variable, exact, near in (("caregivers", "c_work", 4, 2), ("children", "k_teeth", 2, 1)):
        frame = planter.files[file]
        twice = planter.pick(file, frame[variable].notna(), exact, f"D1.{file}")
        contradicted = planter.pick(file, frame[variable] < 90, near, f"D2.{file}")
        for row in twice:
            planter.insert(file, row, {}, after=True)
            planter.note("D1", file, planter.key(file, row), "", (np.nan,) * 3, "drop one row, count")
        for row in contradicted:
            clean = frame.loc[row, variable]
            raw = 1.0 if clean != 1 else 2.0
            planter.insert(file, row, {variable: raw}, after=False)
            planter.note(
                "D2", file, planter.key(file, row), variable, (clean, raw, clean), "keep the latest row, list"
            )
