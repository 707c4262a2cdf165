"""What an unmodified llama.cpp computes from GGUF files: an oracle that tests run themselves (`vectors/src/bake`).

usage: llama_cpp_completions.py < jobs.jsonl
needs: pip install xllamacpp==2026.10.11549

Each line of the input is a job: {"model": FILE, "adapter": FILE or null, "prompt": [ids], "tokens": N}. Each line of the output has the greedy
`tokens`, and the log-probabilities of the likeliest `first` tokens: pairs of id and log-probability. The KV cache is in f32.
"""

import json
import sys

import xllamacpp

# llama.cpp tells of its loading on standard output, too.
RESULT = "result: "
LIKELIEST = 20


def complete(job):
    params = xllamacpp.CommonParams()
    params.model.path = job["model"]
    params.n_ctx = 512
    params.n_parallel = 1
    params.warmup = False
    params.cpuparams.n_threads = 2
    params.cpuparams_batch.n_threads = 2
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    if job["adapter"]:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(job["adapter"], 1.0)]
    server = xllamacpp.Server(params)
    asked = {"prompt": job["prompt"], "max_tokens": job["tokens"], "temperature": 0.0, "n_probs": LIKELIEST,
             "cache_prompt": False}
    answer = server.handle_completions(asked)
    assert answer["usage"]["prompt_tokens"] == len(job["prompt"]), answer["usage"]
    found = answer["choices"][0]["logprobs"]["content"]
    first = [[token["id"], token["logprob"]] for token in found[0]["top_logprobs"]]
    return {"tokens": [token["id"] for token in found], "first": first}


for line in sys.stdin:
    print(RESULT + json.dumps(complete(json.loads(line))), flush=True)
