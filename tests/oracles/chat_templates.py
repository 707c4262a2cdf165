"""Real chat templates rendered by Jinja as Hugging Face's library sets it up: the oracle of vectors/tests/vocabularies.rs.

usage: chat_templates.py FOLDER > chat-templates.jsonl      FOLDER is llama.cpp's models/templates
The clock stands at noon of 26 July 2024, as Tiller's does. `text` is null where the template refuses the messages.
needs: pip install jinja2 transformers
"""
import datetime, json, os, sys
from transformers.utils import chat_template_utils

FILES = ["Qwen-Qwen2.5-7B-Instruct", "Qwen-Qwen3-0.6B", "google-gemma-2-2b-it", "meta-llama-Llama-3.1-8B-Instruct",
         "meta-llama-Llama-3.2-3B-Instruct", "microsoft-Phi-3.5-mini-instruct", "mistralai-Mistral-Nemo-Instruct-2407",
         "HuggingFaceTB-SmolLM3-3B", "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "Qwen-QwQ-32B", "unsloth-mistral-Devstral-Small-2507"]
TURNS = [{"role": "user", "content": " Why? "}, {"role": "assistant", "content": "Because 1 < 2.\n"}, {"role": "user", "content": "价格 🙂"}]


class Still(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26, 12)


chat_template_utils.datetime = Still
for name in FILES:
    source = open(os.path.join(sys.argv[1], name + ".jinja")).read()
    template = chat_template_utils._compile_jinja_template(source)
    for system in (False, True):
        for turns in (1, 3):
            messages = [{"role": "system", "content": " Be \"brief\" & <kind>. "}] * system + TURNS[:turns]
            try:
                text = template.render(messages=messages, tools=None, documents=None, add_generation_prompt=True, bos_token="<s>", eos_token="</s>")
            except Exception:
                text = None
            print(json.dumps({"file": name + ".jinja", "system": system, "turns": turns, "text": text}, ensure_ascii=False))
