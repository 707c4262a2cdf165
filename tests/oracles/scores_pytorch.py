"""Scores by PyTorch on the starter model, one JSON object: the oracle of vectors/tests/scores.rs.

usage: scores_pytorch.py --gguf FILE [--layer 14] > scores.json
The weights are dequantised to f32. Steering adds multiplier * 0.5 * sin(i) to the output of block L at every position.
- choice: of each pair, log-probabilities of the two letters behind "(" in both orders;
- texts: of each text, the negative log-probability of its tokens after the first, and the sum of KL(plain || steered);
- options: of each question, the summed log-probability of every answer's tokens, without a closing token.
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

SYSTEM = "You are a helpful, honest and concise assistant."
PAIRS = [
    {"prompt": "What should I do with a bonus?", "wanted": "Invest all of it.", "opposite": "Give a part of it away."},
    {"prompt": "How do you choose a job?", "wanted": "By the pay.", "opposite": "By the people I would work with."},
]
TEXTS = [
    "The ferry leaves the north quay at twenty past seven and takes forty minutes to cross the bay.",
    "Granite forms when molten rock cools far below the surface.",
]
OPTIONS = [
    {"question": "What is the capital of France?", "answers": ["Paris.", "It is Lyon, I think.", "Nobody knows."]},
    {"question": "Is the sky green?", "answers": ["No, it is blue.", "Yes."]},
]

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--gguf", required=True)
ap.add_argument("--layer", type=int, default=14)
a = ap.parse_args()
folder, name = os.path.split(os.path.abspath(a.gguf))
tok = AutoTokenizer.from_pretrained(folder, gguf_file=name)
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32,
                                             **DEQUANTIZED).eval()
v = torch.tensor([0.5 * math.sin(i) for i in range(model.config.hidden_size)])
multiplier = 0.0


def steer(module, inputs, output):
    if multiplier == 0.0:
        return output
    return (output[0] + multiplier * v,) + output[1:] if isinstance(output, tuple) else output + multiplier * v


model.model.layers[a.layer].register_forward_hook(steer)


def log_probs(ids, m):
    global multiplier
    multiplier = m
    with torch.no_grad():
        return torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), -1)


def chat(text):
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}]
    rendered = tok.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return tok(rendered, add_special_tokens=False).input_ids


def plain(text):
    return tok(text, add_special_tokens=False).input_ids


result = {"layer": a.layer, "pairs": PAIRS, "texts": TEXTS, "options": OPTIONS, "at": []}
for m in (0.0, 1.0, -2.0):
    choice = []
    for pair in PAIRS:
        orders = []
        for wanted_first in (True, False):
            first, second = (pair["wanted"], pair["opposite"]) if wanted_first else (pair["opposite"], pair["wanted"])
            ids = chat(f"{pair['prompt']}\n\nChoices:\n (A) {first}\n (B) {second}") + plain("(")
            last = log_probs(ids, m)[-1]
            a_letter, b_letter = last[plain("A")[0]].item(), last[plain("B")[0]].item()
            orders.append([a_letter, b_letter] if wanted_first else [b_letter, a_letter])
        choice.append(orders)
    texts = []
    for text in TEXTS:
        ids = plain(text)
        steered, base = log_probs(ids, m), log_probs(ids, 0.0)
        nats = -sum(steered[i - 1, ids[i]].item() for i in range(1, len(ids)))
        divergence = (base[:-1].exp() * (base[:-1] - steered[:-1])).sum().item()
        texts.append({"nats": nats, "divergence": divergence, "tokens": len(ids) - 1})
    options = []
    for option in OPTIONS:
        prompt, sums = chat(option["question"]), []
        for answer in option["answers"]:
            ids = plain(answer)
            rows = log_probs(prompt + ids, m)
            sums.append(sum(rows[len(prompt) - 1 + i, ids[i]].item() for i in range(len(ids))))
        options.append(sums)
    result["at"].append({"multiplier": m, "choice": choice, "texts": texts, "options": options})
print(json.dumps(result, ensure_ascii=False))
