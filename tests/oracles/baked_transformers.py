"""Baked folders in transformers: what they compute there, and what the original computes with a hook that adds the vector.

usage: baked_transformers.py --cli ../../target/release/tiller-cli
needs: pip install torch transformers==5.24.0

Bakes the vector of families/llama/oracle.safetensors into copies of families/llama in f32, whole and in two parts, with
`tiller-cli bake`, and stops where transformers' logits of the two differ by more than 1e-5.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import tempfile

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

parser = argparse.ArgumentParser()
parser.add_argument("--cli", required=True)
cli = parser.parse_args().cli
HERE = pathlib.Path(__file__).parent / "families" / "llama"
oracle = load_file(HERE / "oracle.safetensors")
vector, tokens = oracle["vector"].float(), oracle["tokens"].view(torch.int32).long()[None]
torch.manual_seed(0)


def load(folder):
    model, report = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    left = {key: value for key, value in report.items() if value and key != "error_msgs"}
    assert not left, f"transformers did not read all of {folder}: {left}"
    return model.eval()


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    original = load(HERE)
    for name, most in [("whole", "1GB"), ("parts", "100KB")]:
        source = folder / name
        original.save_pretrained(source, max_shard_size=most)
        for file in ["tokenizer.json", "tokenizer_config.json"]:
            shutil.copy(HERE / file, source)
        parts = len(list(source.glob("*.safetensors")))
        for layer, multiplier in [(0, 1.0), (1, -2.0)]:
            file = folder / "vector.json"
            file.write_text(json.dumps({"layer": layer, "vector": vector.tolist()}))
            out = folder / f"{name}-{layer}"
            subprocess.run([cli, "bake", "--model", source, "--vector", file, f"--multiplier={multiplier}", "--out", out],
                           check=True)
            baked = load(out)
            add = lambda module, inputs, output: (output[0] + multiplier * vector,) + output[1:] \
                if isinstance(output, tuple) else output + multiplier * vector
            with torch.no_grad():
                plain = original(tokens).logits
                hook = original.model.layers[layer].register_forward_hook(add)
                steered = original(tokens).logits
                hook.remove()
                gap = (baked(tokens).logits - steered).abs().max().item()
            effect = (steered - plain).abs().max().item()
            print(f"{name} ({parts} files), block {layer} x {multiplier}: largest gap of two logits {gap:.1e}, steering moves them by {effect:.2f}")
            assert gap < 1e-5 < effect
