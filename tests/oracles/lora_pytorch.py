"""Loss and gradient of DPO on a low-rank adapter, and what the adapter does at other multipliers, by PyTorch's autograd on the
starter model. The formulas are those of peft: y += multiplier * alpha / rank * B (A x) on q_proj and v_proj of every block.

usage: lora_pytorch.py --gguf FILE --pairs PAIRS.jsonl > lora.json
needs: pip install torch transformers accelerate gguf, in an environment outside the project

Of every block the adapter has A and B of the queries, then A and B of the values, all row by row, one block after the other.
Number i of them all is 0.03 * sin(0.37 * i). Rows are those of transformers' weights. The gradient is in the same order.
"""
import argparse
import json
import math

import torch
import torch.nn.functional as functional

from methods_pytorch import END, ids, load, log_prob, read_pairs, rendered

RANK, ALPHA, BETA = 8, 16.0, 0.1
# Every so many numbers of the gradient are written out.
STRIDE = 1009


def matrices(model):
    """The adapter: of every block A and B of the queries, A and B of the values."""
    at, blocks = 0, []
    for layer in model.model.layers:
        block = []
        for module in (layer.self_attn.q_proj, layer.self_attn.v_proj):
            for shape in ((RANK, module.in_features), (module.out_features, RANK)):
                count = shape[0] * shape[1]
                numbers = [0.03 * math.sin(0.37 * i) for i in range(at, at + count)]
                block.append(torch.nn.Parameter(torch.tensor(numbers, dtype=torch.float32).reshape(shape)))
                at += count
        blocks.append(block)
    return blocks


class Adapted:
    """Hooks that add the adapter's products to queries and values."""

    def __init__(self, model, blocks, multiplier):
        scale = multiplier * ALPHA / RANK
        self.handles = []
        for layer, (qa, qb, va, vb) in zip(model.model.layers, blocks):
            for module, a, b in ((layer.self_attn.q_proj, qa, qb), (layer.self_attn.v_proj, va, vb)):
                hook = lambda _module, inputs, output, a=a, b=b: output + scale * (inputs[0] @ a.T @ b.T)
                self.handles.append(module.register_forward_hook(hook))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for handle in self.handles:
            handle.remove()


def log_probs(model, data):
    return torch.stack([torch.stack([log_prob(model, prompt, answer) for answer in both]) for prompt, *both in data])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gguf", required=True)
    parser.add_argument("--pairs", required=True)
    arguments = parser.parse_args()
    tokens, model = load(arguments.gguf)
    data = [
        (ids(tokens, rendered(tokens, row["prompt"])), ids(tokens, row["wanted"]) + [END], ids(tokens, row["opposite"]) + [END])
        for row in read_pairs(arguments.pairs, 2)
    ]
    blocks = matrices(model)
    at = {}
    with torch.no_grad():
        plain = log_probs(model, data)
        for multiplier in (-1.0, 0.5):
            with Adapted(model, blocks, multiplier):
                at[multiplier] = log_probs(model, data).tolist()
    with Adapted(model, blocks, 1.0):
        policy = log_probs(model, data)
        # Rafailov et al. 2023, equation 7.
        change = policy - plain
        loss = -functional.logsigmoid(BETA * (change[:, 0] - change[:, 1])).mean()
        loss.backward()
    parameters = [matrix for block in blocks for matrix in block]
    gradient = torch.cat([matrix.grad.flatten() for matrix in parameters])
    found = {"rank": RANK, "alpha": ALPHA, "beta": BETA, "loss": loss.item()}
    found |= {"gradient_norm": gradient.double().norm().item(), "stride": STRIDE}
    found |= {"gradient": [float(f"{x:.7e}") for x in gradient[::STRIDE].tolist()]}
    found |= {"block_norms": [float(f"{m.grad.double().norm().item():.7e}") for m in parameters]}
    found |= {"plain": plain.tolist(), "log_probs": [{"multiplier": m, "pairs": pairs} for m, pairs in at.items()]}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
