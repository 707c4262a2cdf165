"""Paired changes of means and of perplexities with their percentile bootstrap intervals, by SciPy.

Writes JSON: for each case both measurements of every item, the change, and its 95 % interval over 400,000 paired resamples.
"""

import json

import numpy as np
from scipy.stats import bootstrap

RESAMPLES = 400_000


def mean_change(steered, unsteered, axis=-1):
    return np.mean(steered, axis=axis) - np.mean(unsteered, axis=axis)


def perplexity_change(steered, unsteered, tokens, axis=-1):
    total = np.sum(tokens, axis=axis)
    return np.exp(np.sum(steered, axis=axis) / total) - np.exp(np.sum(unsteered, axis=axis) / total)


def case(name, samples, statistic):
    found = bootstrap(
        samples, statistic, paired=True, vectorized=True, n_resamples=RESAMPLES, confidence_level=0.95,
        method="percentile", batch=10_000, rng=np.random.default_rng(7),
    )
    low, high = found.confidence_interval
    return {
        "name": name,
        "steered": samples[0].tolist(),
        "unsteered": samples[1].tolist(),
        "tokens": samples[2].tolist() if len(samples) > 2 else None,
        "change": float(statistic(*samples)),
        "low": float(low),
        "high": float(high),
    }


draw = np.random.default_rng(3)
# The items differ by far more than steering moves them.
unsteered = draw.normal(0, 8, 20).round(4)
steered = (unsteered + draw.normal(0.8, 0.7, 20)).round(4)
wins = (draw.random(40) < 0.45).astype(float)
wins_steered = np.maximum(wins, (draw.random(40) < 0.25).astype(float))
tokens = draw.integers(20, 160, 12).astype(float)
nats = (tokens * draw.normal(3.1, 0.5, 12)).round(4)
nats_steered = (nats + tokens * draw.normal(0.12, 0.05, 12)).round(4)
print(json.dumps([
    case("preference", (steered, unsteered), mean_change),
    case("wins", (wins_steered, wins), mean_change),
    case("perplexity", (nats_steered, nats, tokens), perplexity_change),
], indent=1))
