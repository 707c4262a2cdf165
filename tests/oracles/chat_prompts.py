"""Chat prompts as token ids, by transformers and by llama.cpp: the oracle of vectors/tests/chat_prompts.rs.

usage: chat_prompts.py $GGUF > chat-prompts.jsonl      $GGUF is the starter model
For every family of families.py: `by` transformers, from the folder; `by` llama.cpp, from the GGUF file, with the chat tokens typed as
they are (`type` null), CONTROL (3) and USER_DEFINED (4). llama.cpp's server renders the template itself and puts the
begin token there as it does before a completion. Of tokens typed NORMAL (1) llama.cpp mends only
those whose names it knows as ends of turns (<|im_end|>, not <|im_start|>), and splits the others, which no template means: that type is
left out, and the test asks for the ids of the same file as it is. phi3.gguf is left out by llama.cpp: whether marks take the white space
behind them along it decides by the file's name, Tiller by the architecture.
needs: pip install transformers jinja2 gguf numpy xllamacpp
"""
import json, os, shutil, sys, tempfile, urllib.request
import gguf, xllamacpp
from transformers import PreTrainedTokenizerFast

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "families")
TYPES = (None, 3, 4)
MARKS = ("<|begin|>", "<|end|>", "<|turn|>", "<|im_start|>", "<|im_end|>")
SYSTEM, QUESTION = "Be brief.", "What is money for?"
TALKS = {
    "question": [{"role": "user", "content": QUESTION}],
    "system": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}],
    "scripts": [{"role": "user", "content": "naïve 价格 🙂\n\n  x?"}],
}


def by_transformers(name):
    tokenizer = PreTrainedTokenizerFast.from_pretrained(os.path.join(FOLDER, name))
    for talk, messages in TALKS.items():
        ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=True)
        yield talk, list(ids["input_ids"] if hasattr(ids, "keys") else ids)


def by_llama_cpp(source, kind):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.gguf")
        shutil.copy(source, path)
        if kind is not None:
            reader = gguf.GGUFReader(path, "r+")
            tokens = reader.get_field("tokenizer.ggml.tokens").contents()
            types = reader.get_field("tokenizer.ggml.token_type")
            for mark in filter(tokens.__contains__, MARKS):
                types.parts[types.data[tokens.index(mark)]][0] = kind
            reader.data.flush()
            del reader, types
        params = xllamacpp.CommonParams()
        params.model.path, params.n_ctx, params.n_gpu_layers = path, 128, 0
        server = xllamacpp.Server(params)

        def ask(what, request):
            body = urllib.request.Request(server.listening_address + what, json.dumps(request).encode(), {"Content-Type": "application/json"})
            return json.load(urllib.request.urlopen(body))

        for talk, messages in TALKS.items():
            prompt = ask("/apply-template", {"messages": messages})["prompt"]
            yield talk, ask("/tokenize", {"content": prompt, "add_special": True, "parse_special": True})["tokens"]


out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # llama.cpp writes its log to standard output
for name in sorted(name for name in os.listdir(FOLDER) if os.path.exists(os.path.join(FOLDER, name, "tokenizer.json"))):
    for talk, ids in by_transformers(name):
        print(json.dumps({"file": name, "by": "transformers", "type": None, "talk": talk, "ids": ids}), file=out)
for source in [*sorted(os.path.join(FOLDER, name) for name in os.listdir(FOLDER) if name.endswith(".gguf") and name != "phi3.gguf"), sys.argv[1]]:
    name = "starter" if source == sys.argv[1] else os.path.basename(source)
    for kind in TYPES:
        for talk, ids in by_llama_cpp(source, kind):
            print(json.dumps({"file": name, "by": "llama.cpp", "type": kind, "talk": talk, "ids": ids}), file=out)
