"""The logits that an unmodified llama.cpp computes from tiny GGUF files, with a control vector or an adapter where one is given: an oracle that tests run
themselves (`vectors/src/bake`).

usage: llama_cpp_logits.py < jobs.jsonl
needs: pip install xllamacpp==2026.10.11549

Each line of the input is a job: {"model": FILE, "control_vector": FILE or null, "adapter": FILE or null, "tokens": [ids]}. Each line of the output has the `logits`
after each token, or null where llama.cpp refuses the model.
"""

import json
import sys

import llama_cpp_c


def logits(job):
    try:
        model = llama_cpp_c.Model(job["model"])
    except RuntimeError:
        return None
    with model:
        control = job["control_vector"]
        return model.logits(job["tokens"], model.control_vector(control) if control else None, job["adapter"])


for line in sys.stdin:
    print("result: " + json.dumps({"logits": logits(json.loads(line))}), flush=True)
