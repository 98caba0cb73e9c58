"""Arithmetic of the twin's acceptance checks, independent of the package's estimators."""

import numpy as np
import pandas as pd

LEFT = (1, 2, 3)


class Clusters:
    """Stratified PSUs of one twin: standard errors of sums over rows by the usual between-PSU variance."""

    def __init__(self, sample: pd.DataFrame) -> None:
        keys = sample.groupby("psu")[["region", "resid"]].first()
        self.psus = keys.index.to_numpy()
        self.strata = (keys["region"] * 10 + keys["resid"]).to_numpy()
        self.of_household = sample.set_index("hh_id")["psu"]

    def rows(self, hh_id) -> np.ndarray:
        return np.searchsorted(self.psus, self.of_household.reindex(hh_id).to_numpy())

    def se(self, influence: np.ndarray, rows: np.ndarray) -> float:
        totals = np.bincount(rows, influence, minlength=len(self.psus))
        variance = 0.0
        for stratum in np.unique(self.strata):
            z = totals[self.strata == stratum]
            variance += len(z) / (len(z) - 1) * ((z - z.mean()) ** 2).sum()
        return float(np.sqrt(variance))

    def mean(self, y: np.ndarray, w: np.ndarray, rows: np.ndarray) -> tuple[float, float]:
        estimate = float((w * y).sum() / w.sum())
        return estimate, self.se(w * (y - estimate) / w.sum(), rows)


def covariates(house: pd.DataFrame, children: pd.DataFrame, units: pd.DataFrame) -> np.ndarray:
    """The confounding set as a matrix: ladder, education, residence, region, number of children; age and sex."""
    h = house.iloc[units["hh"]]
    columns = [np.ones(len(units)), h["ladder"], h["edu"] == 0, h["edu"] == 2, h["resid"] == 2, h["n_child"]]
    columns += [h["region"] == r for r in (2, 3, 4)]
    columns += [h["ladder"] ** 2, (h["resid"] == 2) * h["ladder"]]
    if (units["child"] >= 0).all():
        c = children.iloc[units["child"]]
        columns += [c["age"], c["age"] ** 2, c["girl"], c["girl"] * c["age"]]
    return np.column_stack([np.asarray(column, dtype=float) for column in columns])


def adjusted_att(measure, units, clusters: Clusters) -> tuple[float, float]:
    """Effect on those left behind: outcome minus prediction of a weighted regression in the comparison group."""
    u = measure.units
    u = u[u["type"].isin([0, *LEFT])]
    x, y, w = covariates(units.households, units.children, u), u["y1"].to_numpy(), u["weight"].to_numpy()
    left = u["type"].isin(LEFT).to_numpy()
    x0, w0 = x[~left], w[~left]
    bread = np.linalg.inv((x0 * w0[:, None]).T @ x0)
    beta = bread @ (x0 * w0[:, None]).T @ y[~left]
    residual = y - x @ beta
    share = np.where(left, w, 0.0) / w[left].sum()
    estimate = float(share @ residual)
    influence = share * (residual - estimate) - np.where(left, 0.0, w * residual * (x @ bread @ (share @ x)))
    return estimate, clusters.se(influence, clusters.rows(units.households["hh_id"].to_numpy()[u["hh"]]))


def raw_gap(measure, units, clusters: Clusters) -> tuple[float, float]:
    """Left behind minus comparison, without adjustment."""
    u = measure.units
    kind, y, w = u["type"].to_numpy(), u["y1"].to_numpy(), u["weight"].to_numpy()
    rows = clusters.rows(units.households["hh_id"].to_numpy()[u["hh"]])
    influence, values = np.zeros(len(u)), []
    for group, sign in ((np.isin(kind, LEFT), 1), (kind == 0, -1)):
        share = np.where(group, w, 0.0) / w[group].sum()
        values.append(sign * float(share @ y))
        influence += sign * share * (y - share @ y)
    return sum(values), clusters.se(influence, rows)
