"""Makes no file: an adapter that Tiller trained is loaded by Hugging Face's peft, and both score the same pairs alike.

usage: lora_peft.py --cli PATH/tiller-cli --gguf FILE --pairs PAIRS.jsonl
needs: pip install torch transformers accelerate gguf peft, in an environment outside the project
"""
import argparse
import json
import os
import subprocess
import tempfile

import torch
from peft import PeftModel

from methods_pytorch import END, ids, load, log_prob, rendered


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--gguf", required=True)
    parser.add_argument("--pairs", required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "adapter_model.safetensors")
        data = os.path.join(folder, "pairs.jsonl")
        rows = [json.loads(line) for line in open(arguments.pairs, encoding="utf-8")]
        rows = [row for row in rows if row["split"] == "train"][:4]
        with open(data, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)

        def cli(*more):
            command = [arguments.cli, *more, "--model", arguments.gguf, "--data", data, "--json"]
            return [json.loads(line) for line in subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()]

        cli("train", "--method", "dpo-lora", "--epochs", "4", "--batch", "2", "--lr", "0.005", "--warmup", "0", "--out", file)
        ours = cli("logprobs", "--vector", file)
        plain = cli("logprobs")
        tokens, model = load(arguments.gguf)
        model = PeftModel.from_pretrained(model, folder).eval()
        worst = 0.0
        with torch.no_grad():
            for row, ours, plain in zip(rows, ours, plain):
                prompt = ids(tokens, rendered(tokens, row["prompt"]))
                for key, field in (("wanted", "matching"), ("opposite", "not_matching")):
                    theirs = log_prob(model, prompt, ids(tokens, row[key]) + [END]).item()
                    print(f"{field}: plain {plain[field]:.4f}, Tiller {ours[field]:.4f}, peft {theirs:.4f}")
                    worst = max(worst, abs(ours[field] - theirs) / abs(theirs))
    print(f"they differ by at most {worst:.1e} of the log-probability")
    assert worst < 1e-3


if __name__ == "__main__":
    main()
