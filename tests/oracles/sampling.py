"""The probabilities that tokens are drawn with, from the definitions, in f64 and in the order of transformers' generate():
repetition penalty (Keskar et al. 2019), temperature, top-k, top-p (Holtzman et al. 2020), min-p (Nguyen et al. 2024). Every
filter sees the probabilities that the one before it left, brought to a sum of 1 again.

A case whose outcome rounding could decide stops the script.
"""

import json
import math
import random

DEFAULTS = {
    "temperature": 1.0,
    "top_k": 0,
    "top_p": 1.0,
    "min_p": 0.0,
    "repeat_penalty": 1.0,
    "repeat_last_n": 64,
}


def softmax(logits):
    most = max(logits)
    weights = [math.exp(logit - most) for logit in logits]
    return [weight / sum(weights) for weight in weights]


def renormalised(probabilities, kept):
    total = sum(probabilities[i] for i in kept)
    return [p / total if i in kept else 0.0 for i, p in enumerate(probabilities)]


def apart(a, b):
    assert abs(a - b) > 1e-4, "rounding could decide this"


def probabilities(logits, context, temperature, top_k, top_p, min_p, repeat_penalty, repeat_last_n):
    logits = list(logits)
    for token in set(context[-repeat_last_n:]) if repeat_last_n else ():
        logits[token] = logits[token] / repeat_penalty if logits[token] >= 0 else logits[token] * repeat_penalty
    p = softmax([logit / temperature for logit in logits])
    order = sorted(range(len(p)), key=lambda i: -p[i])
    if top_k:
        if top_k < len(p):
            apart(p[order[top_k - 1]], p[order[top_k]])
        p = renormalised(p, set(order[:top_k]))
    if top_p < 1:
        kept, total = set(), 0.0
        for i in order:
            if total >= top_p:
                break
            kept.add(i)
            total += p[i]
            apart(total, top_p)
        p = renormalised(p, kept)
    if min_p:
        most = max(p)
        for x in p:
            apart(x / most, min_p)
        p = renormalised(p, {i for i, x in enumerate(p) if x >= min_p * most})
    return p


def case(what, numbers, context=(), masked=(), **settings):
    settings = DEFAULTS | settings
    # Numbers that f32 holds exactly.
    logits = [-math.inf if i in masked else round(numbers.gauss(0, 2) * 1024) / 1024 for i in range(24)]
    found = probabilities(logits, list(context), **settings)
    assert abs(sum(found) - 1) < 1e-12
    written = [None if logit == -math.inf else logit for logit in logits]
    print(json.dumps({"what": what, "logits": written, "context": list(context), **settings, "probabilities": found}))


numbers = random.Random(20)
case("temperature 1", numbers)
case("temperature 0.5", numbers, temperature=0.5)
case("temperature 3", numbers, temperature=3.0)
case("top-k 5", numbers, top_k=5)
case("top-k 1", numbers, top_k=1)
case("top-k beyond the vocabulary", numbers, top_k=100)
case("top-p 0.8", numbers, top_p=0.8)
case("top-p 0.8, hot", numbers, top_p=0.8, temperature=2.5)
case("top-p 0.05", numbers, top_p=0.05)
case("min-p 0.1", numbers, min_p=0.1)
case("min-p 0.1, hot", numbers, min_p=0.1, temperature=2.0)
case("top-k 8 and top-p 0.7", numbers, top_k=8, top_p=0.7, temperature=1.5)
case("all filters, and tokens that cannot come", numbers, masked=(3, 4, 17), top_k=12, top_p=0.9, min_p=0.2, temperature=1.2)
case("penalty 1.3", numbers, context=(0, 1, 2, 3, 3, 3, 4, 5), repeat_penalty=1.3)
case("penalty 1.8 of the last four, and filters", numbers, context=(9, 8, 7, 6, 2, 2, 1), repeat_penalty=1.8, repeat_last_n=4, top_k=10, top_p=0.95, temperature=0.9)
