"""Loss and gradient of every objective by PyTorch's autograd on the starter model, and the baselines by the PyPI package
steering-vectors and by NumPy's SVD.

objectives  one JSON line for each objective at a fixed vector: loss, log-probabilities, gradient
baselines   one JSON line for each vector that needs no gradient

usage: methods_pytorch.py {objectives|baselines} --gguf FILE --pairs PAIRS.jsonl [--layer 14]
needs: pip install torch transformers accelerate gguf steering-vectors, in an environment outside the project

Prompts: the model's chat template with the system message below; answers as they stand, closed by the end-of-turn token.
"""
import argparse
import json
import math
import os

import numpy
import torch
import torch.nn.functional as functional
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

SYSTEM = "You are a helpful, honest and concise assistant."
END = 2
# Which answer stands under (A) in the choices that CAA reads, in the pairs' order: w is the wanted one. Drawn by
# `vectors::train::choices` with seed 5.
LETTERS = "wooowwoooo"


def load(gguf):
    folder, name = os.path.split(os.path.abspath(gguf))
    tokens = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file=name, dtype=torch.float32, quantization_config=GgufConfig(dequantize=True)
    ).eval()
    model.requires_grad_(False)
    return tokens, model


def read_pairs(path, count):
    rows = [json.loads(line) for line in open(path, encoding="utf-8")]
    return [row for row in rows if row["split"] == "train"][:count]


def rendered(tokens, prompt):
    chat = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt}]
    return tokens.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)


def ids(tokens, text):
    return tokens(text, add_special_tokens=False).input_ids


class Acting:
    """A hook that changes what a decoder block gives."""

    def __init__(self, model, layer, change):
        self.handle = model.model.layers[layer].register_forward_hook(self.hook)
        self.change = change

    def hook(self, _module, _inputs, output):
        if isinstance(output, tuple):
            return (self.change(output[0]),) + output[1:]
        return self.change(output)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.handle.remove()


def log_prob(model, prompt, answer):
    sequence = torch.tensor([prompt + answer])
    logits = model(input_ids=sequence, use_cache=False).logits[0, len(prompt) - 1 : -1]
    return logits.log_softmax(-1).gather(1, torch.tensor(answer)[:, None]).sum()


def places(length, prompt, on):
    """Which positions get the vector: 1 where it acts."""
    start = {"everywhere": 0, "prompt_end": prompt - 1, "answer": prompt}[on]
    return (torch.arange(length) >= start).float()[None, :, None]


def objective(model, data, v, layer, on, doing, factors):
    """Log-probabilities of (wanted, opposite) of every pair with the vector acting."""
    found = []
    for (prompt, wanted, opposite), factor in zip(data, factors):
        both = []
        for answer in (wanted, opposite):
            mask = places(len(prompt) + len(answer), len(prompt), on)

            def change(x):
                if doing == "add":
                    return x + factor * v * mask
                along = torch.relu((x * v).sum(-1, keepdim=True))
                return x - mask * along / (v * v).sum() * v

            with Acting(model, layer, change):
                both.append(log_prob(model, prompt, answer))
        found.append(torch.stack(both))
    return torch.stack(found)


def preference(steered, plain, lengths, sign, beta, normed):
    scale = lengths if normed else torch.ones_like(lengths)
    change = (steered - plain) / scale
    return -functional.logsigmoid(sign * beta * (change[:, 0] - change[:, 1])).mean()


def reps(steered, plain, lengths, sign, beta):
    win, lose = (0, 1) if sign > 0 else (1, 0)
    scale = torch.clamp(plain[:, lose] - plain[:, win], min=1.0)
    mean = steered / lengths
    return -functional.logsigmoid(beta * (scale * mean[:, win] - mean[:, lose])).mean()


def objectives(arguments):
    tokens, model = load(arguments.gguf)
    rows = read_pairs(arguments.pairs, 2)
    data = [
        (ids(tokens, rendered(tokens, row["prompt"])), ids(tokens, row["wanted"]) + [END], ids(tokens, row["opposite"]) + [END])
        for row in rows
    ]
    lengths = torch.tensor([[len(wanted), len(opposite)] for _, wanted, opposite in data], dtype=torch.float32)
    width = model.config.hidden_size
    start = torch.tensor([0.3 * math.sin(i) for i in range(width)], dtype=torch.float32)
    ones = [1.0] * len(data)
    with torch.no_grad():
        plain = torch.stack([torch.stack([log_prob(model, p, a) for a in (w, o)]) for p, w, o in data])
    factors = [1.5, 0.5]
    cases = [
        ("bipo", "everywhere", 0.1),
        ("bipo", "prompt_end", 0.1),
        ("bipo", "answer", 0.1),
        ("bipo_both", "everywhere", 0.1),
        ("bipo_uni", "everywhere", 0.1),
        ("bipo_normed", "everywhere", 2.0),
        ("reps", "everywhere", 1.0),
        ("reps", "prompt_end", 1.0),
    ]
    for method, on, beta in cases:
        v = torch.nn.Parameter(start.clone())

        def run(doing, factors):
            return objective(model, data, v, arguments.layer, on, doing, factors)

        if method == "reps":
            loss = 0.5 * (
                reps(run("add", factors), plain, lengths, 1, beta) + reps(run("take_out", ones), plain, lengths, -1, beta)
            )
        elif method == "bipo_both":
            loss = 0.5 * sum(
                preference(run("add", [float(sign)] * len(data)), plain, lengths, sign, beta, False) for sign in (1, -1)
            )
        else:
            sign = 1 if method == "bipo_uni" else -1
            steered = run("add", [float(sign)] * len(data))
            loss = preference(steered, plain, lengths, sign, beta, method == "bipo_normed")
        loss.backward()
        line = {"method": method, "on": on, "beta": beta, "layer": arguments.layer, "v": "0.3*sin(i)", "factors": factors}
        line |= {"sign": 1 if method in ("bipo_uni", "bipo_both", "reps") else -1, "loss": loss.item()}
        line |= {"gradient": [round(x, 9) for x in v.grad.tolist()]}
        print(json.dumps(line), flush=True)


def activation_means(model, sequences, layer, taken):
    """The mean of block `layer`'s output over the positions `taken` gives, of each sequence."""
    found = []
    for sequence, where in zip(sequences, taken):
        kept = {}

        def keep(x):
            kept["x"] = x.detach().clone()
            return x

        with torch.no_grad(), Acting(model, layer, keep):
            model.model(input_ids=torch.tensor([sequence]), use_cache=False)
        found.append(kept["x"][0, where].mean(0))
    return torch.stack(found)


def baselines(arguments):
    from steering_vectors import SteeringVectorTrainingSample, train_steering_vector

    tokens, model = load(arguments.gguf)
    tokens.pad_token = tokens.pad_token or tokens.eos_token
    rows = read_pairs(arguments.pairs, 10)
    layer = arguments.layer

    def say(method, position, by, values):
        values = [round(float(x), 8) for x in values]
        print(json.dumps({"method": method, "position": position, "by": by, "layer": layer, "values": values}), flush=True)

    def package(samples):
        # The template is in the strings: the tokenizer must add nothing.
        trained = train_steering_vector(model, tokens, samples, layers=[layer], batch_size=1)
        return trained.layer_activations[layer]

    prompts = [rendered(tokens, row["prompt"]) for row in rows]
    texts = [(prompt + row["wanted"], prompt + row["opposite"]) for prompt, row in zip(prompts, rows)]
    say("freeform", "last", "steering-vectors", package([SteeringVectorTrainingSample(a, b) for a, b in texts]))

    choices = []
    for row, first in zip(rows, LETTERS):
        wanted_first = first == "w"
        one, two = (row["wanted"], row["opposite"]) if wanted_first else (row["opposite"], row["wanted"])
        question = f"{row['prompt'].rstrip()}\n\nChoices:\n (A) {one.strip()}\n (B) {two.strip()}"
        prompt = rendered(tokens, question)
        wanted, opposite = ("A", "B") if wanted_first else ("B", "A")
        choices.append((prompt + f"({wanted})", prompt + f"({opposite})"))
    # The letter stands before the closing bracket: the last but one.
    samples = [SteeringVectorTrainingSample(a, b, letter(tokens, a), letter(tokens, b)) for a, b in choices]
    say("caa", "letter", "steering-vectors", package(samples))

    sequences, means, lasts = [], [], []
    for prompt, row in zip(prompts, rows):
        start = ids(tokens, prompt)
        for key in ("wanted", "opposite"):
            answer = ids(tokens, row[key])
            sequences.append(start + answer)
            means.append(list(range(len(start), len(start) + len(answer))))
            lasts.append([len(start) + len(answer) - 1])
    mean = activation_means(model, sequences, layer, means)
    say("freeform", "mean", "PyTorch", (mean[::2] - mean[1::2]).mean(0))

    last = activation_means(model, sequences, layer, lasts).double().numpy()
    differences = last[::2] - last[1::2]
    # repeng: scikit-learn's PCA of the differences, so their mean is taken off; the sign by the majority of the pairs.
    component = numpy.linalg.svd(differences - differences.mean(0), full_matrices=False)[2][0]
    wanted, opposite = last[::2] @ component, last[1::2] @ component
    sides = numpy.sign(wanted - opposite).sum()
    # repeng leaves a tie as it is; here the mean decides it.
    if (sides or (wanted - opposite).mean()) < 0:
        component = -component
    say("pca", "last", "NumPy", component)


def letter(tokens, text):
    """Where the answer's letter stands in a text that ends in it and a bracket, from the end."""
    all_ids = ids(tokens, text)
    for back in range(1, 4):
        if tokens.decode(all_ids[-back:]).lstrip("(").startswith(text[-2]):
            return -back
    raise ValueError(text[-20:])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["objectives", "baselines"])
    parser.add_argument("--gguf", required=True)
    parser.add_argument("--pairs", required=True)
    parser.add_argument("--layer", type=int, default=14)
    arguments = parser.parse_args()
    {"objectives": objectives, "baselines": baselines}[arguments.mode](arguments)
