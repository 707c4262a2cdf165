"""Greedy answers by PyTorch, one JSON line an answer: the oracle of vectors/tests/greedy.rs.

usage: greedy_pytorch.py --gguf FILE [--layer 14] [--tokens 48] > greedy.jsonl
Each prompt is answered by the plain model and by the model with 0.5*sin(i) added to the output of block L at every position.
The weights are dequantised to f32. `gap` is the smallest distance between the two best logits on the way: where it is tiny,
rounding alone could change the text.
needs: pip install torch transformers accelerate gguf
"""
import argparse, json, math, os
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

SYSTEM = "You are a helpful, honest and concise assistant."
PROMPTS = [
    "How do I keep houseplants alive while I am on holiday?",
    "Write two sentences about the sea in winter.",
    "What should I think about before I buy a bicycle?",
]
END = 2

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--gguf", required=True)
ap.add_argument("--layer", type=int, default=14)
ap.add_argument("--tokens", type=int, default=48)
a = ap.parse_args()
folder, name = os.path.split(os.path.abspath(a.gguf))
tok = AutoTokenizer.from_pretrained(folder, gguf_file=name)
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32,
                                             quantization_config=GgufConfig(dequantize=True)).eval()
v = torch.tensor([0.5 * math.sin(i) for i in range(model.config.hidden_size)])
multiplier = 0.0


def steer(module, inputs, output):
    if multiplier == 0.0:
        return output
    return (output[0] + multiplier * v,) + output[1:] if isinstance(output, tuple) else output + multiplier * v


model.model.layers[a.layer].register_forward_hook(steer)
for prompt in PROMPTS:
    chat = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt}]
    text = tok.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    start = tok(text, return_tensors="pt", add_special_tokens=False).input_ids
    for multiplier in (0.0, 1.0):
        ids, gap, past, read = [], math.inf, None, start
        with torch.no_grad():
            while len(ids) < a.tokens:
                out = model(input_ids=read, past_key_values=past, use_cache=True)
                past, best = out.past_key_values, out.logits[0, -1].topk(2)
                gap = min(gap, (best.values[0] - best.values[1]).item())
                if best.indices[0] == END:
                    break
                ids.append(best.indices[0].item())
                read = best.indices[:1][None]
        print(json.dumps({"prompt": prompt, "layer": a.layer, "multiplier": multiplier, "prompt_tokens": start.shape[1],
                          "ids": ids, "gap": gap, "text": tok.decode(ids)}, ensure_ascii=False))
