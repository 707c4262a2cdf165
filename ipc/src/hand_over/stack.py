import os

import torch
from safetensors.torch import load_file

vectors = load_file({{file}})
stack = torch.zeros({{blocks}}, next(iter(vectors.values())).shape[0])
for name, vector in vectors.items():
    stack[int(name.split(".")[1])] = vector
os.makedirs("vectors", exist_ok=True)
torch.save(stack, "vectors/{{name}}.pt")
