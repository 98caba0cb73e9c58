"""The floor: what the arithmetic of each task costs without checks, labels or calibration residuals."""

import sys

import numpy as np
from sample import MARGINS, REPLICATES, SEED, STRATA, read
from worker import serve


def codes(found):
    """Return one code per PSU, and the stratum of each."""
    width = int(found["psu"].max()) + 1
    present = np.zeros(STRATA * width, dtype=bool)
    combined = found["stratum"] * width + found["psu"]
    present[combined] = True
    number = np.cumsum(present) - 1
    return number[combined], np.flatnonzero(present) // width


def spread(totals, stratum):
    """Return the covariance of sums of PSU totals, shape (psus, k)."""
    size = np.bincount(stratum, minlength=STRATA)
    means = np.stack([np.bincount(stratum, column, STRATA) for column in totals.T], axis=1) / size[:, None]
    centred = (totals - means[stratum]) * np.sqrt(size / (size - 1))[stratum, None]
    return centred.T @ centred


def gather(psu, values, count):
    return np.stack([np.bincount(psu, column, count) for column in values.T], axis=1)


def mean_of(y, weights, psu, stratum):
    total = weights.sum()
    mean = weights @ y / total
    totals = np.bincount(psu, weights * (y - mean), len(stratum)) / total
    return [mean], np.sqrt(np.diag(spread(totals[:, None], stratum)))


def design_mean(found, psu, stratum, X, margins):
    psu, stratum = codes(found)
    return mean_of(found["y"], found["weight"], psu, stratum)


def mean(found, psu, stratum, X, margins):
    return mean_of(found["y"], found["weight"], psu, stratum)


def domains(found, psu, stratum, X, margins):
    w, domain, k = found["weight"], found["domain"], MARGINS["domain"]
    sizes = np.bincount(domain, w, k)
    means = np.bincount(domain, w * found["y"], k) / sizes
    influence = w * (found["y"] - means[domain]) / sizes[domain]
    totals = np.bincount(psu * k + domain, influence, len(stratum) * k).reshape(-1, k)
    return means, np.sqrt(np.diag(spread(totals, stratum)))


def linear(found, psu, stratum, X, margins):
    w = found["weight"] / found["weight"].mean()
    bread = np.linalg.inv(X.T @ (X * w[:, None]))
    coefficients = bread @ (X.T @ (w * found["y"]))
    scores = X * (w * (found["y"] - X @ coefficients))[:, None]
    totals = gather(psu, scores, len(stratum))
    return coefficients, np.sqrt(np.diag(bread @ spread(totals, stratum) @ bread))


def newton(X, z, w, coefficients):
    """Return coefficients, inverse information and fitted means of a weighted logit."""
    for _ in range(25):
        p = 1 / (1 + np.exp(-(X @ coefficients)))
        information = X.T @ (X * (w * p * (1 - p))[:, None])
        step = np.linalg.solve(information, X.T @ (w * (z - p)))
        coefficients = coefficients + step
        if np.abs(step).max() < 1e-9:
            break
    return coefficients, np.linalg.inv(information), p


def logit(found, psu, stratum, X, margins):
    w = found["weight"] / found["weight"].mean()
    coefficients, bread, p = newton(X, found["z"], w, np.zeros(X.shape[1]))
    totals = gather(psu, X * (w * (found["z"] - p))[:, None], len(stratum))
    return coefficients, np.sqrt(np.diag(bread @ spread(totals, stratum) @ bread))


def rake(found, psu, stratum, X, margins):
    """Rake the table of cells; the standard error takes the weights as known (the floor has no residuals)."""
    sizes = list(MARGINS.values())
    cell = np.ravel_multi_index([found[name] for name in MARGINS], sizes)
    table = np.bincount(cell, found["weight"], int(np.prod(sizes))).reshape(sizes)
    start = table.copy()
    for _ in range(50):
        for axis, name in enumerate(MARGINS):
            others = tuple(i for i in range(len(sizes)) if i != axis)
            shape = [-1 if i == axis else 1 for i in range(len(sizes))]
            table = table * (np.array(margins[name]) / table.sum(axis=others)).reshape(shape)
    weights = found["weight"] * (table / start).ravel()[cell]
    return mean_of(found["y"], weights, psu, stratum)


def factors(stratum):
    """Return Rao and Wu's bootstrap factors, shape (psus, replicates)."""
    rng = np.random.default_rng(SEED)
    result = np.empty((len(stratum), REPLICATES))
    for h in range(STRATA):
        units = np.flatnonzero(stratum == h)
        m = len(units)
        result[units] = m / (m - 1) * rng.multinomial(m - 1, np.full(m, 1 / m), size=REPLICATES).T
    return result


def bootstrap(found, psu, stratum, X, margins):
    w = found["weight"]
    totals = gather(psu, np.stack([w * found["y"], w], axis=1), len(stratum))
    sums = factors(stratum).T @ totals
    thetas = sums[:, 0] / sums[:, 1]
    return [w @ found["y"] / w.sum()], [thetas.std(ddof=1)]


def replicate_logit(found, psu, stratum, X, margins):
    w = found["weight"] / found["weight"].mean()
    coefficients, _, _ = newton(X, found["z"], w, np.zeros(X.shape[1]))
    made = factors(stratum)
    thetas = [newton(X, found["z"], w * made[psu, r], coefficients)[0] for r in range(REPLICATES)]
    return coefficients, np.std(thetas, axis=0, ddof=1)


TASKS = {
    task.__name__: task
    for task in (design_mean, mean, domains, linear, logit, rake, bootstrap, replicate_logit)
}


def main(folder):
    facts, found = read(folder)
    psu, stratum = codes(found)

    def setup(name):
        """Build the model matrix where it is needed, and not for the memory of other tasks."""
        if name not in ("linear", "logit", "replicate_logit"):
            return found, psu, stratum, None, facts["margins"]
        indicators = [(found["group"] == level).astype(float) for level in (1, 2)]
        x = [found[f"x{j}"] for j in range(1, 6)]
        X = np.column_stack([np.ones(len(psu)), *indicators, *x])
        return found, psu, stratum, X, facts["margins"]

    serve(TASKS, setup)


if __name__ == "__main__":
    main(sys.argv[1])
