"""Baked folders in transformers: what they compute there, and what the original computes with a hook that adds the vector, or with weights
out of which PyTorch has taken the direction.

usage: baked_transformers.py --cli ../../target/release/tiller-cli > baked_transformers.json
needs: pip install torch transformers==5.24.0

Bakes the vector of families/NAME/oracle.safetensors into copies of families/NAME (Llama, Granite) in f32, whole and in several parts, with
`tiller-cli bake`, and stops where transformers' logits of the two differ by more than 1e-5. Then it takes the vector's direction out of
each, and of a model whose head shares the embedding's weights, in the same way. What transformers computes from the baked folders in their own
16 bits is the output, with the SHA-256 of their weights: the oracle of vectors/src/bake/by_transformers.rs.
"""

import argparse
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

parser = argparse.ArgumentParser()
parser.add_argument("--cli", required=True)
cli = parser.parse_args().cli
FAMILIES = pathlib.Path(__file__).parent / "families"
ADD, PROJECT_OUT = "add at every position", "project out at every position"


def load(folder):
    model, report = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    left = {key: value for key, value in report.items() if value and key != "error_msgs"}
    assert not left, f"transformers did not read all of {folder}: {left}"
    return model.eval()


def logits(model, tokens):
    with torch.no_grad():
        return model(tokens).logits


def bake(source, vector, layer, multiplier, action, out, folder):
    file = folder / "vector.safetensors"
    save_file({f"layer.{layer}": vector}, file, metadata={"policy": action})
    subprocess.run([cli, "bake", "--model", source, "--vector", file, f"--multiplier={multiplier}", "--out", out], check=True, stdout=sys.stderr)
    return load(out)


def check(what, found, steered, plain):
    gap, effect = (found - steered).abs().max().item(), (steered - plain).abs().max().item()
    print(f"{what}: largest gap of two logits {gap:.1e}, steering moves them by {effect:.2f}", file=sys.stderr)
    assert gap < 1e-5 < effect


def without(model, vector):
    """Takes the direction out of everything that writes to the residual stream: W - u u^T W."""
    u = vector / vector.norm()
    head = model.lm_head.weight.detach().clone()
    with torch.no_grad():
        for layer in model.model.layers:
            for matrix in (layer.self_attn.o_proj.weight, layer.mlp.down_proj.weight):
                matrix -= torch.outer(u, u @ matrix)
        embedding = model.model.embed_tokens.weight.detach().clone()
        model.model.embed_tokens.weight = torch.nn.Parameter(embedding - torch.outer(embedding @ u, u))
        model.lm_head.weight = torch.nn.Parameter(head)
    return model


def kept(family, vector, oracle, layer, multiplier, action, folder):
    """What transformers computes from a baked folder in the formats of the original."""
    out = folder / f"kept-{layer}"
    model = bake(FAMILIES / family, vector, layer, multiplier, action, out, folder)
    ids = {part: oracle[part].view(torch.int32).tolist() for part in ("prompt", "wanted", "opposite")}
    log_probs = []
    for answer in (ids["wanted"], ids["opposite"]):
        found = logits(model, torch.tensor([ids["prompt"] + answer]))[0, len(ids["prompt"]) - 1:-1].double().log_softmax(-1)
        log_probs.append(found[range(len(answer)), answer].sum().item())
    weights = hashlib.sha256((out / "model.safetensors").read_bytes()).hexdigest()
    return {"family": family, "layer": layer, "multiplier": multiplier, "action": action, "sha256": weights, "log_probs": log_probs}


results = []
for family, size in [("llama", "100KB"), ("granite", "80KB"), ("llama3", "1GB")]:
    oracle = load_file(FAMILIES / family / "oracle.safetensors")
    vector, tokens = oracle["vector"].float(), oracle["tokens"].view(torch.int32).long()[None]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        original = load(FAMILIES / family)
        plain = logits(original, tokens)
        for name, most in [("whole", "1GB"), ("parts", size)]:
            source = folder / name
            original.save_pretrained(source, max_shard_size=most)
            for file in ["tokenizer.json", "tokenizer_config.json"]:
                shutil.copy(FAMILIES / family / file, source)
            parts = len(list(source.glob("*.safetensors")))
            for layer, multiplier in [(0, 1.0), (1, -2.0)]:
                baked = bake(source, vector, layer, multiplier, ADD, folder / f"{name}-{layer}", folder)

                def add(module, inputs, output):
                    changed = (output[0] if isinstance(output, tuple) else output) + multiplier * vector
                    return (changed, *output[1:]) if isinstance(output, tuple) else changed

                hook = original.model.layers[layer].register_forward_hook(add)
                steered = logits(original, tokens)
                hook.remove()
                check(f"{family}, {name} ({parts} files), block {layer} x {multiplier}", logits(baked, tokens), steered, plain)
            baked = bake(source, vector, 1, 1.0, PROJECT_OUT, folder / f"{name}-out", folder)
            steered = logits(without(load(source), vector), tokens)
            check(f"{family}, {name} ({parts} files), without the direction", logits(baked, tokens), steered, plain)
        for layer, multiplier, action in [(0, 1.0, ADD), (1, 1.0, PROJECT_OUT)]:
            results.append(kept(family, vector, oracle, layer, multiplier, action, folder))
print(json.dumps(results, indent=1))
