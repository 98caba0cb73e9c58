"""The weight chains of section 3.8 as steps of a design, so that variances know them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

import migration_effects as me

COMPLETE = "complete"
NO_CHILD_INTERVIEW = ("caregiver refused", "child refused", "away or other")
PARENT_ABROAD_LISTED = 2  # the first two listing strata
FIRST_AGE, LAST_AGE, LATE_TEENS = 11, 17, 16
RAKING_TOLERANCE = 1e-10


def household_design(frames: Mapping[str, pd.DataFrame], study: me.Study) -> me.SurveyDesign:
    """Return the design of households: all selected ones, those not interviewed with weight 0.

    Base weight; non-response by stratum × parent abroad (as listed); post-stratification to families with
    children by region × residence.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Analysis frames.
    study : Study
        For the margins.

    Returns
    -------
    SurveyDesign
        Columns of the caregivers' frame are missing where nobody was interviewed.
    """
    sample, caregivers = frames["sample"], frames["caregivers"]
    own = [c for c in caregivers.columns if c == "hh_id" or c not in sample.columns]
    data, _ = me.cleaning.link(sample, caregivers[own], ["hh_id"], files=("sample", "caregivers"))
    abroad = data["list_str"].cat.codes < PARENT_ABROAD_LISTED
    data = data.assign(interviewed=data["result"].eq(COMPLETE), listed_abroad=abroad)
    design = me.SurveyDesign(data, weights="w_base", psu="psu", strata="stratum")
    design = me.adjust_nonresponse(design, "interviewed", within=["stratum", "listed_abroad"])
    return me.poststratify(design, family_totals(study))


def family_totals(study: me.Study) -> pd.Series:
    """Return families with children by region × residence."""
    margins = study.reference("margins")
    rows = margins[margins["table"] == "families_with_children_by_residence"]
    cells = rows.rename(columns={"residence": "resid"}).set_index(["region", "resid"])
    return cells["value"].astype(float)


def child_design(
    frames: Mapping[str, pd.DataFrame], households: me.SurveyDesign, study: me.Study
) -> me.SurveyDesign:
    """Return the design of adolescents 11–17.

    The final household weight is the base; times the number of children 11–17 in the household; non-response by
    sex × (11–15, 16–17); raking to region × age band and region × sex. Where the adolescent selected was not
    interviewed, the files do not say who it was: each child 11–17 of the household stands with its chance of
    selection, and weight 0 in the end. Sex and age of the cells are those of the roster, known for everybody.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Analysis frames.
    households : SurveyDesign
        Of `household_design`; its steps count as fixed.
    study : Study
        For the margins.

    Returns
    -------
    SurveyDesign
        The interviewed adolescents first, then the children of households without interview.
    """
    weight = pd.Series(households.weights.to_numpy(), index=households.data["hh_id"].to_numpy())
    data = pd.concat([_interviewed(frames), _not_interviewed(frames)], ignore_index=True)
    data["w_household"] = weight.reindex(data["hh_id"]).to_numpy()
    data["late_teens"] = data["cell_age"] >= LATE_TEENS
    band = pd.cut(data["cell_age"], [10, 13, 15, 17], labels=["11-13", "14-15", "16-17"]).astype(str)
    data["region_age"] = data["region"].astype(str) + ", " + band
    data["region_sex"] = data["region"].astype(str) + ", " + data["cell_sex"].astype(str)
    design = me.SurveyDesign(data, weights="w_household", psu="psu", strata="stratum")
    design = me.scale_weights(design, "children_stood_for")
    design = me.adjust_nonresponse(design, "interviewed", within=["cell_sex", "late_teens"])
    return me.rake(design, child_margins(study), tolerance=RAKING_TOLERANCE)


def _interviewed(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the interviewed adolescents with what the weighting cells need."""
    children = frames["children"]
    boy_girl = children["sex"].cat.categories
    sex = children["p_sex"].cat.rename_categories(list(boy_girl)).astype(str)
    return children.assign(
        interviewed=True, cell_age=children["p_age"], cell_sex=sex, children_stood_for=children["n_1117"]
    )


def _not_interviewed(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the children 11–17 of households where the selected adolescent was not interviewed."""
    sample, roster, children = frames["sample"], frames["roster"], frames["children"]
    silent = sample.loc[sample["k_result"].isin(NO_CHILD_INTERVIEW), "hh_id"]
    rows = roster[roster["hh_id"].isin(silent) & roster["p_age"].between(FIRST_AGE, LAST_AGE)]
    boy_girl = dict(zip(rows["p_sex"].cat.categories, children["sex"].cat.categories, strict=True))
    shared = rows[[c for c in rows.columns if c in children.columns]]
    return shared.assign(
        interviewed=False, cell_age=rows["p_age"], cell_sex=rows["p_sex"].map(boy_girl).astype(str),
        children_stood_for=np.ones(len(rows)),
    )  # fmt: skip


def child_margins(study: me.Study) -> dict[str, dict[str, float]]:
    """Return children 11–17 by region × age band and by region × sex."""
    margins = study.reference("margins")
    ages = margins[(margins["table"] == "children_by_age") & margins["age"].isin(["11-13", "14-15", "16-17"])]
    sexes = margins[margins["table"] == "children_by_sex"]
    return {
        "region_age": dict(
            zip(ages["region"] + ", " + ages["age"], ages["value"].astype(float), strict=True)
        ),
        "region_sex": dict(
            zip(sexes["region"] + ", " + sexes["sex"], sexes["value"].astype(float), strict=True)
        ),
    }
