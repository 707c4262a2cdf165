"""The learned linear map of `vectors::transfer`, with NumPy: rows, parts and a vector, and what becomes of the vector.

Three cases: more rows than numbers (primal), fewer (dual), and one with a row that is many times as long as the others. Ridge
regression is solved as a least-squares problem with sqrt(lambda) I below the rows, by QR or SVD, not by the normal equations.
"""

import json

import numpy as np

SHARES = [10.0, 1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5]


def ridge(x, y, lam):
    width = x.shape[1]
    below = np.sqrt(lam) * np.eye(width)
    return np.linalg.lstsq(np.vstack([x, below]), np.vstack([y, np.zeros((width, y.shape[1]))]), rcond=None)[0]


def r_squared(predicted, y):
    return 1 - ((predicted - y) ** 2).sum() / (y**2).sum()


def case(rows, wide, narrow, noise, massive, seed):
    random = np.random.default_rng(seed)
    # What both models read has few directions; each model sees them in its own way, and something of its own beside them.
    hidden = random.normal(size=(rows, 6)) * np.array([9, 5, 3, 2, 1, 0.5])
    source = hidden @ random.normal(size=(6, wide)) + 0.1 * random.normal(size=(rows, wide)) + 3 * random.normal(size=wide)
    target = hidden @ random.normal(size=(6, narrow)) + noise * random.normal(size=(rows, narrow)) + random.normal(size=narrow)
    if massive:
        source[4] *= 50
    source, target = source.astype(np.float32), target.astype(np.float32)
    vector = random.normal(size=wide).astype(np.float32)
    # Passages of four rows take turns.
    parts = ["fffct"[row // 4 % 5] for row in range(rows)]

    x, y, v = (a.astype(np.float64) for a in (source, target, vector))
    norms = [np.linalg.norm(side, axis=1) for side in (x, y)]
    kept = np.array([all(norm[i] <= 5 * np.sort(norm)[rows // 2] for norm in norms) for i in range(rows)])
    part = np.array(parts)

    def fitted(which):
        fit = kept & np.isin(part, which)
        mean_x, mean_y = x[fit].mean(0), y[fit].mean(0)
        return x[fit] - mean_x, y[fit] - mean_y, mean_x, mean_y

    fit_x, fit_y, mean_x, mean_y = fitted(["f"])
    choose = kept & (part == "c")
    scores = []
    for share in SHARES:
        w = ridge(fit_x, fit_y, share * (fit_x**2).sum() / wide)
        scores.append(r_squared((x[choose] - mean_x) @ w, y[choose] - mean_y))
    share = SHARES[int(np.argmax(scores))]
    fit_x, fit_y, mean_x, mean_y = fitted(["f", "c"])
    lam = share * (fit_x**2).sum() / wide
    w = ridge(fit_x, fit_y, lam)
    test = kept & (part == "t")
    mapped = v @ w
    of_source, of_target = (norm[kept].mean() for norm in norms)
    transferred = mapped * np.linalg.norm(v) / of_source * of_target / np.linalg.norm(mapped)
    return {
        "source_size": wide,
        "source": source.ravel().tolist(),
        "target": target.ravel().tolist(),
        "parts": "".join(parts),
        "vector": vector.tolist(),
        "rows": int(kept.sum()),
        "lambda": lam,
        "r_squared": r_squared((x[test] - mean_x) @ w, y[test] - mean_y),
        "mapped_norm": float(np.linalg.norm(mapped)),
        "source_norm": of_source,
        "target_norm": of_target,
        "transferred": transferred.tolist(),
    }


for settings in [(80, 12, 7, 0.5, False, 1), (60, 70, 9, 0.2, False, 2), (75, 10, 14, 2.0, True, 3)]:
    print(json.dumps(case(*settings)))
