"""The lines of Python that the window hands over, run: the hook of transformers, and the stack for hotwire-vllm.

usage: hand_over.py
needs: pip install torch transformers==5.24.0

Fills in the templates of ipc/src/hand_over as Tiller does, for the vector of families/llama/oracle.safetensors after layer 1, and stops
where the hook's logits differ from those of a hook written here, or where the stack is not zero but for that layer.
"""

import os
import pathlib
import tempfile

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

HERE = pathlib.Path(__file__).resolve().parent
TEMPLATES = HERE.parent.parent / "ipc" / "src" / "hand_over"
MULTIPLIER, LAYER = 2, 1
oracle = load_file(HERE / "families" / "llama" / "oracle.safetensors")
vector, tokens = oracle["vector"].float(), oracle["tokens"].view(torch.int32).long()[None]


def filled(name, blocks):
    text = (TEMPLATES / name).read_text()
    for key, value in {"multiplier": MULTIPLIER, "blocks": blocks, "name": "wealth", "file": '"vector.safetensors"'}.items():
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
    stack = torch.load("vectors/wealth.pt")
    os.chdir("/")

print("transformers: largest difference", (found - expected).abs().max().item(), "steered from plain", (found - plain).abs().max().item())
assert (found - expected).abs().max() < 1e-6 and (found - plain).abs().max() > 1e-3
assert torch.equal(again, plain), "the hooks are gone again"
rest = [layer for layer in range(blocks) if layer != LAYER]
assert stack.shape == (blocks, len(vector)) and torch.equal(stack[LAYER], vector) and not stack[rest].any()
print("hotwire-vllm: a stack of", tuple(stack.shape))
