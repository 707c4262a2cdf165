"""The lines of Python that the window hands over, run: the hook of transformers, repeng, and the stack for hotwire-vllm; and the passport of an
adapter in peft.

usage: hand_over.py --cli ../../target/release/tiller-cli
needs: pip install torch transformers==5.24.0 repeng==0.4.0 peft==0.21.2

Fills in the templates of ipc/src/hand_over as Tiller does, for the vector of families/llama/oracle.safetensors after layer 1, and stops
where the logits of the hook or of repeng differ from those of a hook written here, or where the stack is not zero but for that layer.
repeng reads the control vector that `tiller-cli vector convert` writes. peft loads the folder that `tiller-cli pack` writes of
adapters/all-three, and must compute with it what it computes with its own folder.
"""

import argparse
import os
import pathlib
import subprocess
import tempfile

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

parser = argparse.ArgumentParser()
parser.add_argument("--cli", required=True, type=pathlib.Path)
cli = parser.parse_args().cli.resolve()
HERE = pathlib.Path(__file__).resolve().parent
TEMPLATES = HERE.parent.parent / "ipc" / "src" / "hand_over"
MULTIPLIER, LAYER = 2, 1
oracle = load_file(HERE / "families" / "llama" / "oracle.safetensors")
vector, tokens = oracle["vector"].float(), oracle["tokens"].view(torch.int32).long()[None]


def filled(name, blocks, file="vector.safetensors"):
    text = (TEMPLATES / name).read_text()
    values = {"multiplier": MULTIPLIER, "blocks": blocks, "layers": LAYER, "name": "wealth", "file": f'"{file}"'}
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", str(value))
    assert "{{" not in text, text
    return text


def logits(model):
    with torch.no_grad():
        return model(tokens).logits


model = AutoModelForCausalLM.from_pretrained(HERE / "families" / "llama", dtype=torch.float32).eval()
blocks = model.config.num_hidden_layers
plain = logits(model)


def add(module, inputs, output):
    changed = (output[0] if isinstance(output, tuple) else output) + MULTIPLIER * vector
    return (changed, *output[1:]) if isinstance(output, tuple) else changed


hook = model.model.layers[LAYER].register_forward_hook(add)
expected = logits(model)
hook.remove()

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    save_file({f"layer.{LAYER}": vector}, "vector.safetensors")
    names = {}
    exec(filled("steer.py", blocks), names)
    hooks = names["steer"](model)
    found = logits(model)
    for hook in hooks:
        hook.remove()
    again = logits(model)
    exec(filled("stack.py", blocks), {})
    subprocess.run([cli, "vector", "convert", "vector.safetensors", "vector.gguf"], check=True)
    names = {"model": model}
    exec(filled("repeng.py", blocks, "vector.gguf"), names)
    by_repeng = logits(names["model"])

    def with_adapter(path):
        base = AutoModelForCausalLM.from_pretrained(HERE / "families" / "llama", dtype=torch.float32)
        return logits(PeftModel.from_pretrained(base, path).eval())

    own = HERE / "adapters" / "all-three"
    subprocess.run([cli, "pack", "--vector", own, "--model", HERE / "families" / "llama.gguf", "--out", "passport"], check=True)
    by_peft = [with_adapter(path) for path in (own, "passport")]
    stack = torch.load("vectors/wealth.pt")
    os.chdir("/")

print("transformers: largest difference", (found - expected).abs().max().item(), "steered from plain", (found - plain).abs().max().item())
assert (found - expected).abs().max() < 1e-6 and (found - plain).abs().max() > 1e-3
assert torch.equal(again, plain), "the hooks are gone again"
print("repeng: largest difference", (by_repeng - expected).abs().max().item())
assert (by_repeng - expected).abs().max() < 1e-5
gap, moved = (by_peft[0] - by_peft[1]).abs().max(), (by_peft[0] - plain).abs().max()
print("peft: an adapter's passport, largest difference", gap.item(), "from plain", moved.item())
assert gap < 1e-5 * moved and moved > 1e-3
rest = [layer for layer in range(blocks) if layer != LAYER]
assert stack.shape == (blocks, len(vector)) and torch.equal(stack[LAYER], vector) and not stack[rest].any()
print("hotwire-vllm: a stack of", tuple(stack.shape))
