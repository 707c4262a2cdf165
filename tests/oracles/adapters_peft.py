"""Adapters that peft writes for the tiny Llama of families/, and what peft computes with them: the oracle of vectors/tests/adapter_cases.rs.

usage: adapters_peft.py      writes adapters/NAME/adapter_config.json and adapter_model.safetensors, and adapters/log-probs.json
Each adapter has random matrices. It is saved, loaded again by peft, and scores the pair of families/llama/oracle.safetensors in f32.
needs: pip install torch transformers peft
"""
import json, os, shutil, sys
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors import safe_open
from transformers import AutoModelForCausalLM

HERE = os.path.dirname(os.path.abspath(__file__))
BASE = os.path.join(HERE, "families", "llama")
OUT = os.path.join(HERE, "adapters")
BOTH = ["q_proj", "v_proj"]
# What differs from rank 2, alpha 8 on queries and values.
CASES = {
    "plain": {},
    "alpha-pattern": dict(alpha_pattern={"q_proj": 64}),
    "rank-pattern": dict(rank_pattern={"q_proj": 4}),
    "rslora": dict(use_rslora=True),
    "all-three": dict(use_rslora=True, rank_pattern={"^model.layers.1.self_attn.v_proj": 3, "layers\\.(0|1)\\..*q_proj": 1},
                      alpha_pattern={"v_proj": 5, "model.layers.1.self_attn.v_proj": 40, "layers.0.self_attn.q_proj|x": 1.5}),
    "some-layers": dict(layers_to_transform=[1], layers_pattern="layers"),
    "excluded": dict(exclude_modules=["layers.0.self_attn.v_proj"]),
    "expression": dict(target_modules=r"^(?!.*layers\.1\..*v_proj).*\.(q|v)_proj"),
    "gaussian": dict(init_lora_weights="gaussian", lora_dropout=0.5),
}


def log_probs(model, ids):
    def of(answer):
        row = torch.tensor([ids["prompt"] + answer])
        logits = model(row).logits[0].double().log_softmax(-1)
        start = len(ids["prompt"]) - 1
        return sum(logits[start + at, token].item() for at, token in enumerate(answer))
    return [of(ids["wanted"]), of(ids["opposite"])]


def base():
    return AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32).eval()


def main():
    with safe_open(os.path.join(BASE, "oracle.safetensors"), "pt") as file:
        ids = {part: file.get_tensor(part).tolist() for part in ("prompt", "wanted", "opposite")}
    shutil.rmtree(OUT, ignore_errors=True)
    found = {}
    with torch.no_grad():
        found["none"] = log_probs(base(), ids)
        for seed, (name, more) in enumerate(CASES.items()):
            torch.manual_seed(seed)
            config = dict(r=2, lora_alpha=8, target_modules=BOTH, task_type="CAUSAL_LM") | more
            model = get_peft_model(base(), LoraConfig(**config))
            for part, numbers in model.named_parameters():
                if "lora_" in part:
                    numbers.copy_(torch.randn(numbers.shape) * 0.3)
            folder = os.path.join(OUT, name)
            model.peft_config["default"].base_model_name_or_path = "llama"
            model.save_pretrained(folder)
            readme = os.path.join(folder, "README.md")
            if os.path.exists(readme):
                os.remove(readme)
            found[name] = log_probs(PeftModel.from_pretrained(base(), folder).eval(), ids)
    with open(os.path.join(OUT, "log-probs.json"), "w", encoding="utf-8") as out:
        json.dump(found, out, indent=1)
        out.write("\n")
    differing = {tuple(round(number, 3) for number in numbers) for numbers in found.values()}
    assert len(differing) == len(found), found
    json.dump(found, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
