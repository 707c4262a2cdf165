"""The probabilities of tokens after each of llama.cpp's samplers, one JSON line a case: an oracle of
vectors/src/generate/sampling.rs.

usage: sampling_llama_cpp.py > sampling-llama-cpp.jsonl
needs: pip install xllamacpp, whose library exports llama.cpp's C interface; no model is read

A case lists its steps in the order in which Tiller and transformers apply them: repetition penalty, temperature, top-k, top-p,
min-p. llama.cpp's own default order puts the temperature last; `llama_cpp_order` holds what comes out of that. A case whose
outcome rounding could decide stops the script.
"""

import ctypes
import json
import random

import xllamacpp

LIBRARY = ctypes.CDLL(xllamacpp.xllamacpp.__file__)


class Token(ctypes.Structure):
    _fields_ = [("id", ctypes.c_int32), ("logit", ctypes.c_float), ("p", ctypes.c_float)]


class Tokens(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.POINTER(Token)),
        ("size", ctypes.c_size_t),
        ("selected", ctypes.c_int64),
        ("sorted", ctypes.c_bool),
    ]


def function(name, result, *arguments):
    found = getattr(LIBRARY, name)
    found.restype, found.argtypes = result, arguments
    return found


POINTER = ctypes.c_void_p
accept = function("llama_sampler_accept", None, POINTER, ctypes.c_int32)
apply = function("llama_sampler_apply", None, POINTER, ctypes.POINTER(Tokens))
free = function("llama_sampler_free", None, POINTER)
FLOAT, COUNT, INT = ctypes.c_float, ctypes.c_size_t, ctypes.c_int32
SAMPLERS = {
    # The vocabulary's size, the number of tokens, then the penalties for repetition, frequency and presence.
    "penalties": function("llama_sampler_init_penalties", POINTER, INT, INT, FLOAT, FLOAT, FLOAT),
    "temperature": function("llama_sampler_init_temp", POINTER, FLOAT),
    "top_k": function("llama_sampler_init_top_k", POINTER, INT),
    "top_p": function("llama_sampler_init_top_p", POINTER, FLOAT, COUNT),
    "min_p": function("llama_sampler_init_min_p", POINTER, FLOAT, COUNT),
    # Fills in the probabilities, which the others do not.
    "dist": function("llama_sampler_init_dist", POINTER, ctypes.c_uint32),
}
OWN_ORDER = ["penalties", "top_k", "top_p", "min_p", "temperature"]


class Distribution:
    """The tokens that are left, with their logits."""

    def __init__(self, logits):
        self.size = len(logits)
        self.left = [(i, logit) for i, logit in enumerate(logits)]

    def array(self):
        data = (Token * len(self.left))(*[Token(i, logit, 0.0) for i, logit in self.left])
        return data, Tokens(data, len(self.left), -1, False)

    def apply(self, sampler, *arguments, context=()):
        made = SAMPLERS[sampler](*arguments)
        for token in context:
            accept(made, token)
        data, tokens = self.array()
        apply(made, ctypes.byref(tokens))
        free(made)
        self.left = [(tokens.data[i].id, tokens.data[i].logit) for i in range(tokens.size)]
        return [(tokens.data[i].id, tokens.data[i].p) for i in range(tokens.size)]

    def probabilities(self):
        found = Distribution([])
        found.left = list(self.left)
        all_of_them = [0.0] * self.size
        for token, p in found.apply("dist", 1):
            all_of_them[token] = p
        assert abs(sum(all_of_them) - 1) < 1e-5
        return all_of_them


def steps_of(settings, size):
    """The samplers of a case, in Tiller's order, with the settings that ask for each."""
    if settings["repeat_penalty"] != 1:
        yield "penalties", (size, settings["repeat_last_n"], settings["repeat_penalty"], 0.0, 0.0)
    if settings["temperature"] != 1:
        yield "temperature", (settings["temperature"],)
    if settings["top_k"]:
        yield "top_k", (settings["top_k"],)
    if settings["top_p"] < 1:
        yield "top_p", (settings["top_p"], 1)
    if settings["min_p"]:
        yield "min_p", (settings["min_p"], 1)


def apart(a, b):
    assert abs(a - b) > 1e-4, "rounding could decide this"


def check(sampler, arguments, before):
    """Stops where the outcome of a filter is a matter of rounding."""
    order = sorted(before, reverse=True)
    if sampler == "top_k" and arguments[0] < len(order) and order[arguments[0]] > 0:
        assert order[arguments[0] - 1] / order[arguments[0]] > 1.001, "rounding could decide this"
    if sampler == "top_p":
        total = 0.0
        for p in order:
            total += p
            apart(total, arguments[0])
    if sampler == "min_p":
        for p in order:
            apart(p / order[0], arguments[0])


def run(logits, context, steps):
    left, written = Distribution(logits), []
    for sampler, arguments in steps:
        check(sampler, arguments, left.probabilities())
        left.apply(sampler, *arguments, context=context if sampler == "penalties" else ())
        written.append({"sampler": sampler, "probabilities": [float(f"{p:.8g}") for p in left.probabilities()]})
    return written


# Versions of llama.cpp differ in the arguments of the penalties: the last two of these five tokens are divided by 2.
probe = Distribution([1.0] * 5)
probe.apply("penalties", 5, 2, 2.0, 0.0, 0.0, context=range(5))
assert [logit for _, logit in sorted(probe.left)] == [1.0, 1.0, 1.0, 0.5, 0.5], "another version of llama.cpp"

DEFAULTS = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "repeat_penalty": 1.0, "repeat_last_n": 64}


def case(what, numbers, context=(), size=32, **settings):
    settings = DEFAULTS | settings
    # Numbers that f32 holds exactly.
    logits = [round(numbers.gauss(0, 2.5) * 1024) / 1024 for _ in range(size)]
    steps = list(steps_of(settings, size))
    own = run(logits, context, sorted(steps, key=lambda step: OWN_ORDER.index(step[0])))
    print(
        json.dumps(
            {"what": what, "logits": logits, "context": list(context), **settings}
            | {"steps": run(logits, context, steps), "llama_cpp_order": own[-1]["probabilities"]}
        )
    )


numbers = random.Random(2028)
case("temperature 0", numbers, temperature=0.0)
case("top-k 1", numbers, top_k=1)
case("top-k 1, hot", numbers, top_k=1, temperature=2.0)
case("temperature 0.7", numbers, temperature=0.7)
case("temperature 2.5", numbers, temperature=2.5)
case("top-k 6", numbers, top_k=6)
case("top-k beyond the vocabulary", numbers, top_k=100)
case("top-p 0.97", numbers, top_p=0.97)
case("top-p 0.05", numbers, top_p=0.05)
case("min-p 0.005", numbers, min_p=0.005)
case("penalty 1.3", numbers, context=(0, 1, 2, 3, 3, 3, 4, 5), repeat_penalty=1.3)
case("penalty 1.8 of the last four", numbers, context=(9, 8, 7, 6, 2, 2, 1), repeat_penalty=1.8, repeat_last_n=4)
case("penalty below 1", numbers, context=(3, 4), repeat_penalty=0.8)
case("top-p 0.8, hot", numbers, top_p=0.8, temperature=2.0)
case("min-p 0.1, hot", numbers, min_p=0.1, temperature=2.0)
case("all, hot", numbers, context=range(8), top_k=12, top_p=0.9, min_p=0.1, temperature=1.5, repeat_penalty=1.2)
for seed in range(3):
    lively = {"temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.05, "repeat_penalty": 1.1}
    case(f"lively {seed}", numbers, context=[numbers.randrange(400) for _ in range(90)], size=400, **lively)
