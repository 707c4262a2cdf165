"""The logit lens and the residual stream's norms by PyTorch on the starter model, one JSON object: the oracle of
vectors/tests/lens.rs.

usage: lens_pytorch.py --gguf FILE > lens.json
The weights are dequantised to f32.
- lens: for v = scale * sin(i + shift), the 12 highest logits of head(norm(v)) and of head(norm(-v)), with their tokens;
- residual: after each block, the mean L2 norm over the texts' tokens, each text's first token left out.
needs: pip install torch transformers accelerate gguf
"""
import argparse, json, math, os
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

try:  # Newer versions keep the weights quantised unless they are told otherwise.
    from transformers import GgufConfig
    DEQUANTIZED = {"quantization_config": GgufConfig(dequantize=True)}
except ImportError:
    DEQUANTIZED = {}

VECTORS = [(0.5, 0.0), (3.0, 1.0), (0.01, 2.0)]
TEXTS = [
    "The ferry leaves the north quay at twenty past seven and takes forty minutes to cross the bay.",
    "Granite forms when molten rock cools far below the surface.",
]

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--gguf", required=True)
a = ap.parse_args()
folder, name = os.path.split(os.path.abspath(a.gguf))
tok = AutoTokenizer.from_pretrained(folder, gguf_file=name)
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32, **DEQUANTIZED).eval()


def highest(v):
    with torch.no_grad():
        logits = model.lm_head(model.model.norm(v))
    found = torch.topk(logits, 12)
    return [[int(i), float(x)] for i, x in zip(found.indices, found.values)]


lens = []
for scale, shift in VECTORS:
    v = torch.tensor([scale * math.sin(i + shift) for i in range(model.config.hidden_size)])
    lens.append({"scale": scale, "shift": shift, "along": highest(v), "against": highest(-v)})

# The last entry of transformers' hidden states is behind the final norm, so blocks are listened to.
rows = [[] for _ in model.model.layers]
for block, layer in enumerate(model.model.layers):
    def keep(module, inputs, output, block=block):
        x = output[0] if isinstance(output, tuple) else output
        rows[block].append(x.reshape(-1, x.shape[-1])[1:].double().norm(dim=-1))
    layer.register_forward_hook(keep)
for text in TEXTS:
    with torch.no_grad():
        model(torch.tensor([tok(text, add_special_tokens=False).input_ids]))
residual = [float(torch.cat(block).mean()) for block in rows]
print(json.dumps({"lens": lens, "texts": TEXTS, "residual": residual}))
