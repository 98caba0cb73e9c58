"""The five files before dirt: `sample, roster, caregivers, migrants, children`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import migration_effects as me

from .answers import discipline_items, fies_items, food_items, reasons
from .contexts import child_context, household_context
from .education import draw_education
from .households import draw_categories
from .members import build_members
from .sample import Sample
from .settings import Settings
from .variables import fill_variables

Files = dict[str, pd.DataFrame]
UNITS = ("sample", "roster", "caregivers", "migrants", "children")
M_REL = {"father": 1, "mother": 2, "sibling": 3, "relative": 4}


@cache
def study_codebook() -> me.Codebook:
    """Return the codebook of the study folder, the only source of labels, codes and universes."""
    return me.Codebook.read(Path(__file__).parents[1])


def asked_of(file: str) -> dict[str, str]:
    """Return who is asked, by variable of a file."""
    return {v.name: v.asked_of for v in study_codebook().of(file) if v.asked_of}


def build_contexts(sample: Sample, settings: Settings) -> Files:
    """Generate all answers, unit by unit; later files may depend on the answers of earlier ones.

    Parameters
    ----------
    sample : Sample
        Who was selected and answered, with outcomes.
    settings : Settings
        Parameters and knobs.

    Returns
    -------
    dict of pandas.DataFrame
        Per file its variables and the facts they depend on, for those who answered, ordered by key.
    """
    house = household_context(sample, settings)
    child = child_context(sample, settings)
    roster = _roster(sample, house, child, settings)
    discipline = _discipline(sample, child, settings)
    children = _children(sample, house, child, discipline, roster, settings)
    caregivers = _caregivers(sample, house, discipline, children, roster, settings)
    migrants = _migrants(house, roster, settings)
    return {
        "sample": _sample(sample, house, settings),
        "roster": roster,
        "caregivers": caregivers,
        "migrants": migrants,
        "children": children,
    }


def select_columns(contexts: Mapping[str, pd.DataFrame]) -> Files:
    """Keep the variables of the codebook, in its order.

    Parameters
    ----------
    contexts : mapping of pandas.DataFrame
        Output of :func:`build_contexts`.

    Returns
    -------
    dict of pandas.DataFrame
        The five files; numbers are floats, identifiers and free text are text.
    """
    files = {}
    for unit in UNITS:
        variables = list(study_codebook().of(unit))
        frame = contexts[unit][[v.name for v in variables]].reset_index(drop=True)
        numeric = {v.name: float for v in variables if not v.is_text}
        files[unit] = frame.astype(numeric)
    return files


def _sample(sample: Sample, house: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return file 00: every selected household."""
    p = settings.params["fieldwork"]
    units = sample.units.households
    uniform = settings.rng("fieldwork.month").uniform(size=len(house))
    month = np.array(p["months"], dtype=float)[draw_categories(uniform, p["share"])]
    columns = ["psu", "psu_size", "list_str", "list_n", "result", "k_result", "w_base"]
    return house.join(units[columns]).assign(int_ym=np.where(sample.complete, month, np.nan))


def _roster(sample: Sample, house: pd.DataFrame, child: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return file 01 with the answers about each person of households that took part."""
    units = sample.units
    people = build_members(units.households, units.children, settings)
    people["p_edu"] = draw_education(people, units.households, settings)
    people = people[sample.complete[people["hh"]]].reset_index(drop=True)
    structure, kind = (units.households[c].to_numpy()[people["hh"]] for c in ("structure", "type"))
    is_child = (people["p_age"] <= 17).to_numpy()
    where = _parents_whereabouts(units.households, settings)
    for column, place in (("p_mwhere", where[0]), ("p_fwhere", where[1])):
        people[column] = np.where(is_child, place[people["hh"]], np.nan)
    line = people["p_line"].where(people["carer"]).groupby(people["hh"]).transform("max")
    people["p_carer"] = line.where(is_child)
    facts = house.iloc[people["hh"]].reset_index(drop=True)
    own = child.reindex(people["child"]).reset_index(drop=True)
    context = pd.concat([people, facts, own], axis=1).assign(structure=structure, type=kind)
    return fill_variables("roster", context, asked_of("roster"), settings)


def _parents_whereabouts(house: pd.DataFrame, settings: Settings) -> tuple[np.ndarray, np.ndarray]:
    """Return `p_mwhere` and `p_fwhere` by household: 1 home, 2 elsewhere, 3 abroad for work, 5 dead, 6 unknown."""
    tables = settings.params["whereabouts"]
    rng = settings.rng("households.whereabouts")
    structure, kind = house["structure"].to_numpy(), house["type"].to_numpy()
    names = np.array(settings.params["structure"]["names"])[structure]
    places = []
    for parent, abroad in (("mother", [2, 3]), ("father", [1, 3])):
        uniform = rng.uniform(size=len(house))
        place = np.ones(len(house))
        for name, shares in tables[parent].items():
            inside = names == name
            place[inside] = 1 + draw_categories(uniform[inside], shares)
        places.append(np.where(np.isin(kind, abroad), 3.0, place))
    return places[0], places[1]


def _discipline(sample: Sample, child: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return the discipline answers by household, blank without a child 1–14."""
    chosen = child.iloc[np.maximum(sample.disciplined, 0)]
    there = sample.disciplined >= 0
    levels = np.where(there[:, None], chosen[["violent", "physical", "severe"]], 0.0)
    violent, physical, severe = levels.T
    items = discipline_items(violent, physical, severe, settings)
    items["physical"] = physical
    items[~there] = np.nan
    return items


def _children(
    sample: Sample,
    house: pd.DataFrame,
    child: pd.DataFrame,
    discipline: pd.DataFrame,
    roster: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Return file 04: the interviewed adolescents."""
    hh = np.flatnonzero(sample.adolescent >= 0)
    rows = sample.adolescent[hh]
    own = roster[roster["child"] >= 0].set_index("child")
    facts = pd.concat(
        [
            house.iloc[hh].reset_index(drop=True),
            discipline[["d_d", "physical"]].iloc[hh].reset_index(drop=True),
            child.drop(columns=["physical", "attends"]).iloc[rows].reset_index(drop=True),
            food_items(child["food_groups"].to_numpy()[rows], settings),
            own.loc[rows, ["p_line", "p_age", "p_sex", "p_attend"]].reset_index(drop=True),
        ],
        axis=1,
    )
    facts = facts.assign(
        k_line=facts["p_line"],
        k_sex=facts["p_sex"],
        k_age=facts["p_age"],
        attends=facts["p_attend"] == 1,
        w_child=np.round(sample.w_child[rows], 6),
    )
    return fill_variables("children", facts, asked_of("children"), settings)


def _caregivers(
    sample: Sample,
    house: pd.DataFrame,
    discipline: pd.DataFrame,
    children: pd.DataFrame,
    roster: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    """Return file 02: one caregiver per household that took part."""
    units = sample.units.households
    kept = np.flatnonzero(sample.complete)
    carers = roster[roster["carer"]].set_index("hh")["p_line"]
    lines = roster[roster["child"] >= 0].set_index("child")["p_line"]
    facts = house.assign(
        w_hh=np.round(units["w_hh"], 6),
        c_line=carers.reindex(range(len(house))),
        c_rel=units["carer"] + 1,
        h_edu=units["edu"] + 1,
        h_ladder5=units["ladder"],
        a_line=lines.reindex(sample.adolescent).to_numpy(),
        d_line=lines.reindex(sample.disciplined).to_numpy(),
    )
    batteries = [
        fies_items(house["food_insecurity"].to_numpy(), settings),
        discipline.drop(columns="physical"),
    ]
    facts = pd.concat([facts, *batteries], axis=1)
    facts[[f"dis_{k}" for k in range(1, 6)]] = 2.0 - house[[f"dis_{k}" for k in range(1, 6)]]
    facts = facts.iloc[kept].reset_index(drop=True)
    answers = children.set_index("hh_id")[
        ["k_asp", "k_trust", "z_k_perf", "z_health", "z_k_mood0", "z_k_mood1"]
    ]
    facts = facts.join(answers, on="hh_id")
    return fill_variables("caregivers", facts, asked_of("caregivers"), settings)


def _migrants(house: pd.DataFrame, roster: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return file 03: members abroad now or returned within 24 months."""
    rows = roster[roster["migrant"] > 0].reset_index(drop=True)
    facts = rows[["hh_id", "region", "rural", "hhtype", "p_sex", "p_age", "z_start"]].assign(
        m_line=rows["p_line"],
        m_status=rows["migrant"],
        m_rel=rows["role"].astype(str).map(M_REL),
    )
    facts = pd.concat([facts, reasons(len(facts), settings)], axis=1)
    return fill_variables("migrants", facts, asked_of("migrants"), settings)
