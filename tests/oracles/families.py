"""Tiny random models of every family by Hugging Face transformers, and what they compute: the oracle of vectors/tests/families.rs.

usage: families.py [NAME ...]        writes families/NAME/ and, for most, families/NAME.gguf
A folder holds config.json, weights, tokenizer files and oracle.safetensors: the logits at all positions of a sequence, the
log-probabilities of a pair's answers without and with a vector added after block 0, BiPO's loss and its gradient with respect to
the vector, and a greedy answer with the vector. Everything is computed in f32 from the weights as they are stored.
The GGUF files hold the same weights by the conventions of llama.cpp's converter; llama.cpp's logits must be the same, or the script
stops. Its token ids of texts in many scripts go to families/tokens.jsonl.
needs: pip install torch transformers safetensors gguf xllamacpp==2026.10.11549
"""
import json, math, os, shutil, sys
import gguf, llama_cpp_c, numpy as np, torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
import transformers

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "families")
VOCABULARY = 320
CORPUS = ["the cat sat on the mat and the dog ran to the cat", "a steering vector is added to the residual stream", "naïve café 123",
          "价格是 1234 元。价格 价格 元", "one two three and then the other", "hello there, hello world", "it is what it is", "in the end the"] * 4
TEXTS = ["", " ", "Hello world", "  two  spaces ", "the cat\n\nsat\ton", "价格是 1234 元。", "naïve café 🙂👩‍👩‍👧", "It's 12345 o'clock, WE'LL see",
         "\n\n\n", "ŵéïrđ", "a" * 40, "x <s> y </s>", "日本語のテキスト", "tab\there", "…—“”", "end "]
SPECIAL = ["<|begin|>", "<|end|>", "<|turn|>"]
TEMPLATE = ("{{ bos_token }}{% for m in messages %}<|turn|>{{ m['role'] }}\n{{ m['content'] }}<|end|>\n{% endfor %}"
            "{% if add_generation_prompt %}<|turn|>assistant\n{% endif %}")
LLAMA_3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
COMMON = dict(vocab_size=VOCABULARY, hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
              num_key_value_heads=2, max_position_embeddings=128, bos_token_id=None, eos_token_id=None)
LONG = [1.0 + 0.5 * i for i in range(6)]
SHORT = [1.0 + 0.1 * i for i in range(6)]
# name: model class, its configuration, how weights are stored, the kind of tokenizer, whether there is a GGUF file
FAMILIES = {
    "llama": ("Llama", dict(tie_word_embeddings=False), torch.float16, "llama", True),
    "llama3": ("Llama", dict(tie_word_embeddings=True, rope_theta=500000.0, rope_scaling=dict(
        rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)),
        torch.bfloat16, "llama-bpe", True),
    "llama-linear": ("Llama", dict(rope_scaling=dict(rope_type="linear", factor=4.0), attention_bias=False), torch.bfloat16, "llama", False),
    "mistral": ("Mistral", dict(sliding_window=6, tie_word_embeddings=False), torch.float16, "llama", False),
    "qwen2": ("Qwen2", dict(tie_word_embeddings=True, use_sliding_window=True, sliding_window=5, max_window_layers=1), torch.bfloat16, "qwen2", False),
    "qwen2-yarn": ("Qwen2", dict(rope_scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=32)), torch.float16, "qwen2", True),
    "qwen3": ("Qwen3", dict(head_dim=32, tie_word_embeddings=True), torch.bfloat16, "qwen2", True),
    "gemma2": ("Gemma2", dict(head_dim=16, query_pre_attn_scalar=16, sliding_window=6, attn_logit_softcapping=2.0,
                              final_logit_softcapping=3.0, hidden_activation="gelu_pytorch_tanh"), torch.float16, "gemma", True),
    "gemma2-scaled": ("Gemma2", dict(hidden_size=32, head_dim=12, query_pre_attn_scalar=40, sliding_window=4096), torch.float32, "gemma", False),
    "gemma3": ("Gemma3", dict(hidden_size=32, num_hidden_layers=6, head_dim=16, query_pre_attn_scalar=16, sliding_window=6,
                              rope_scaling=dict(rope_type="linear", factor=8.0)), torch.bfloat16, "gemma", True),
    "phi3": ("Phi3", dict(partial_rotary_factor=0.75, max_position_embeddings=1024, original_max_position_embeddings=512, sliding_window=100,
                          rope_scaling=dict(type="longrope", short_factor=SHORT, long_factor=LONG), pad_token_id=None), torch.float16, "llama", True),
    "phi3-window": ("Phi3", dict(sliding_window=6, pad_token_id=None), torch.float16, "llama", False),
    "granite": ("Granite", dict(attention_multiplier=0.3, embedding_multiplier=3.0, residual_multiplier=0.6, logits_scaling=1.5,
                                tie_word_embeddings=True), torch.float16, "refact", True),
}
CLASSES = {"Gemma3": ("Gemma3TextConfig", "Gemma3ForCausalLM")}


def byte_level(pattern, normalizer):
    tok = Tokenizer(models.BPE(ignore_merges=pattern is LLAMA_3))
    tok.normalizer = normalizer
    # Without a pattern, every digit is a word and then GPT-2's rule applies, as in StarCoder's tokenizer.
    steps = [pre_tokenizers.Split(Regex(pattern), "isolated")] if pattern else [pre_tokenizers.Digits(individual_digits=True)]
    tok.pre_tokenizer = pre_tokenizers.Sequence(steps + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=pattern is None)])
    tok.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tok.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=VOCABULARY - len(SPECIAL), initial_alphabet=alphabet, show_progress=False))
    return tok, None


def sentencepiece(prefix):
    """Pieces with scores as SentencePiece has them: control tokens, bytes, joined pieces best first, single characters last."""
    raw = Tokenizer(models.BPE())
    raw.normalizer = normalizers.Replace(" ", "▁")
    raw.train_from_iterator(["▁" + text for text in CORPUS], trainers.BpeTrainer(vocab_size=VOCABULARY - 259 - len(SPECIAL), show_progress=False))
    trained = json.loads(raw.to_str())["model"]
    joined = ["".join(merge) for merge in trained["merges"]]
    single = [piece for piece in sorted(trained["vocab"], key=trained["vocab"].get) if len(piece) == 1]
    pieces = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + joined + single
    scores = [0.0] * 259 + [-float(rank) for rank in range(len(joined) + len(single))]
    vocab = {piece: index for index, piece in enumerate(pieces)}
    merges = [(left, right) for piece in joined for left, right in ((piece[:i], piece[i:]) for i in range(1, len(piece)))
              if left in vocab and right in vocab]
    tok = Tokenizer(models.BPE(vocab=vocab, merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    steps = [normalizers.Prepend("▁")] if prefix else []
    tok.normalizer = normalizers.Sequence(steps + [normalizers.Replace(" ", "▁")])
    strip = [decoders.Strip(" ", 1, 0)] if prefix else []
    tok.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()] + strip)
    tok.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in pieces[:3]])
    return tok, scores


def tokenizer(kind):
    """A tokenizer of the kind with VOCABULARY tokens, and its scores."""
    if kind in ("llama", "gemma"):
        tok, scores = sentencepiece(prefix=kind == "llama")
    else:
        patterns = {"llama-bpe": LLAMA_3, "qwen2": LLAMA_3.replace(r"\p{N}{1,3}", r"\p{N}"), "refact": None}
        pattern = patterns[kind]
        tok, scores = byte_level(pattern, normalizers.NFC() if kind == "qwen2" else None)
    fillers = VOCABULARY - tok.get_vocab_size() - len(SPECIAL)
    tok.add_tokens([AddedToken(f"<filler{i}>", special=False, normalized=False) for i in range(fillers)])
    tok.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    assert tok.get_vocab_size() == VOCABULARY, tok.get_vocab_size()
    if scores is not None:
        scores = scores + [0.0] * (VOCABULARY - len(scores))
    return tok, scores


def random_model(name, seed):
    kind, own, dtype, _, _ = FAMILIES[name]
    config_class, model_class = CLASSES.get(kind, (f"{kind}Config", f"{kind}ForCausalLM"))
    config = getattr(transformers, config_class)(**{**COMMON, **own})
    config._attn_implementation = "eager"
    model = getattr(transformers, model_class)(config).float().eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for key, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            if key.endswith("bias"):
                value = 0.5 * noise
            elif weight.dim() == 1:
                value = (0.0 if kind.startswith("Gemma") else 1.0) + 0.2 * noise
            else:
                value = noise * (0.3 if "embed" in key else 1.6 / math.sqrt(weight.shape[1]))
            weight.copy_(value.to(dtype).float())
    return model, dtype


def pair_sum(model, prompt, answer):
    logits = model(input_ids=torch.tensor([prompt + answer])).logits[0].float()
    return torch.log_softmax(logits[len(prompt) - 1:-1], -1)[range(len(answer)), answer].sum()


def steered(model, vector):
    def add(module, inputs, output):
        return (output[0] + vector,) + output[1:] if isinstance(output, tuple) else output + vector
    return model.model.layers[0].register_forward_hook(add)


def oracle(model, seed):
    """What the tests compare with; None where a greedy answer is decided by rounding or by a special token."""
    generator = np.random.default_rng(seed)
    ids = lambda count: generator.integers(3, 250, count).tolist()
    tokens, prompt, wanted, opposite = ids(24), ids(10), ids(8), ids(6)
    hidden = model.config.hidden_size
    v = torch.tensor([0.3 * math.sin(i) for i in range(hidden)], requires_grad=True)
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([tokens])).logits[0].float()
        reference = torch.stack([pair_sum(model, prompt, answer) for answer in (wanted, opposite)])
    hook = steered(model, v)
    sums = torch.stack([pair_sum(model, prompt, answer) for answer in (wanted, opposite)])
    change = sums - reference
    loss = -torch.nn.functional.logsigmoid(0.1 * (change[0] - change[1]))
    loss.backward()
    greedy, read = [], list(prompt)
    with torch.no_grad():
        while len(greedy) < 12:
            best = model(input_ids=torch.tensor([read])).logits[0, -1].float().topk(2)
            if best.values[0] - best.values[1] < 5e-3 or best.indices[0] < 3 or best.indices[0] >= VOCABULARY - len(SPECIAL):
                return None
            greedy.append(best.indices[0].item())
            read.append(greedy[-1])
    hook.remove()
    of = lambda values: torch.tensor(values, dtype=torch.int32)
    return dict(tokens=of(tokens), prompt=of(prompt), wanted=of(wanted), opposite=of(opposite), greedy=of(greedy), logits=logits,
                vector=v.detach(), log_probs=torch.stack([reference, sums.detach()]), loss=loss.detach()[None], gradient=v.grad.detach())


def rope_of(config):
    """The base and the scaling of blocks that see everything."""
    numbers = config.rope_parameters
    numbers = dict(numbers.get("full_attention", numbers))
    scaling = {key: value for key, value in numbers.items() if key not in ("rope_theta", "partial_rotary_factor")}
    return numbers["rope_theta"], scaling if scaling.get("rope_type", "default") != "default" else {}


def older(config, written):
    """The configuration as libraries before 5.0 wrote it, as most models on the hub still have it."""
    written.pop("rope_parameters")
    written.pop("layer_types", None)
    written["rope_theta"], scaling = rope_of(config)
    written["rope_scaling"] = scaling or None
    if config.model_type == "gemma3_text":
        written["rope_local_base_freq"] = config.rope_parameters["sliding_attention"]["rope_theta"]
    if scaling.get("rope_type") == "longrope":
        written["rope_scaling"] = dict(type="su", short_factor=scaling["short_factor"], long_factor=scaling["long_factor"])
    return written


def save(name, model, dtype, tok, kind, values):
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    config = json.loads(model.config.to_json_string())
    if list(FAMILIES).index(name) % 2 == 0:
        config = older(model.config, config)
    config["torch_dtype"] = str(dtype).removeprefix("torch.")
    json.dump(config, open(os.path.join(folder, "config.json"), "w"), indent=1)
    state = {key: weight.to(dtype).contiguous() for key, weight in model.state_dict().items()}
    if model.config.tie_word_embeddings:
        state.pop("lm_head.weight", None)
    if name == "mistral":
        # In two parts, with an index.
        names = sorted(state)
        parts = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
        for part, keys in parts.items():
            save_file({key: state[key] for key in keys}, os.path.join(folder, part), metadata={"format": "pt"})
        weight_map = {key: part for part, keys in parts.items() for key in keys}
        json.dump({"metadata": {}, "weight_map": weight_map}, open(os.path.join(folder, "model.safetensors.index.json"), "w"), indent=1)
    else:
        save_file(state, os.path.join(folder, "model.safetensors"), metadata={"format": "pt"})
    tok.save(os.path.join(folder, "tokenizer.json"), pretty=False)
    about = {"bos_token": "<|begin|>", "eos_token": "<|end|>", "add_bos_token": True}
    if name == "qwen3":
        open(os.path.join(folder, "chat_template.jinja"), "w").write(TEMPLATE)
    else:
        about["chat_template"] = TEMPLATE
    json.dump(about, open(os.path.join(folder, "tokenizer_config.json"), "w"), indent=1)
    json.dump({"eos_token_id": [tok.token_to_id("<|end|>"), tok.token_to_id("<|turn|>")]},
              open(os.path.join(folder, "generation_config.json"), "w"))
    save_file({key: value.contiguous() for key, value in values.items()}, os.path.join(folder, "oracle.safetensors"))
    return state


def to_gguf(path, name, model, dtype, state, tok, scores, kind):
    config, arch = model.config, {"Gemma3": "gemma3"}.get(FAMILIES[name][0], FAMILIES[name][0].lower())
    w = gguf.GGUFWriter(path, arch)
    # llama.cpp looks for tokens of the real vocabulary where the name is Phi-3's.
    w.add_name("tiny" if name == "phi3" else f"tiny {name}")
    w.add_context_length(config.max_position_embeddings)
    w.add_embedding_length(config.hidden_size)
    w.add_block_count(config.num_hidden_layers)
    w.add_feed_forward_length(config.intermediate_size)
    w.add_head_count(config.num_attention_heads)
    w.add_head_count_kv(config.num_key_value_heads)
    w.add_layer_norm_rms_eps(config.rms_norm_eps)
    theta, scaling = rope_of(config)
    w.add_rope_freq_base(theta)
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    dims = int(size * (getattr(config, "partial_rotary_factor", None) or 1.0))
    if arch in ("llama", "phi3", "granite"):
        w.add_rope_dimension_count(dims)
    if arch in ("qwen3", "gemma2", "gemma3"):
        w.add_key_length(size)
        w.add_value_length(size)
    if arch in ("gemma2", "gemma3", "phi3"):
        w.add_sliding_window(config.sliding_window)
    if arch == "gemma2":
        w.add_attn_logit_softcapping(config.attn_logit_softcapping)
        w.add_final_logit_softcapping(config.final_logit_softcapping)
    if arch == "granite":
        w.add_attention_scale(config.attention_multiplier)
        w.add_embedding_scale(config.embedding_multiplier)
        w.add_residual_scale(config.residual_multiplier)
        w.add_logit_scale(config.logits_scaling)
    rope = scaling.get("rope_type")
    put = lambda key, value: w.add_tensor(key, value)
    if rope == "linear":
        w.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        w.add_rope_scaling_factor(scaling["factor"])
    elif rope == "yarn":
        w.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        w.add_rope_scaling_factor(scaling["factor"])
        w.add_rope_scaling_orig_ctx_len(scaling["original_max_position_embeddings"])
    elif rope == "longrope":
        scale = config.max_position_embeddings / config.original_max_position_embeddings
        w.add_rope_scaling_orig_ctx_len(config.original_max_position_embeddings)
        w.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(config.original_max_position_embeddings)))
        put("rope_factors_long.weight", np.array(scaling["long_factor"], np.float32))
        put("rope_factors_short.weight", np.array(scaling["short_factor"], np.float32))
    elif rope == "llama3":
        freqs = 1.0 / theta ** (np.arange(0, size, 2, dtype=np.float32) / size)
        original, factors = scaling["original_max_position_embeddings"], []
        for freq in freqs:
            wave = 2 * math.pi / freq
            if wave < original / scaling["high_freq_factor"]:
                factors.append(1)
            elif wave > original / scaling["low_freq_factor"]:
                factors.append(scaling["factor"])
            else:
                smooth = (original / wave - scaling["low_freq_factor"]) / (scaling["high_freq_factor"] - scaling["low_freq_factor"])
                factors.append(1 / ((1 - smooth) / scaling["factor"] + smooth))
        put("rope_freqs.weight", np.array(factors, np.float32))

    vocabulary = sorted(tok.get_vocab(), key=tok.get_vocab().get)
    control = set(SPECIAL) | {"<s>", "</s>"}
    def kind_of(token):
        if token == "<unk>": return gguf.TokenType.UNKNOWN
        if token in control: return gguf.TokenType.CONTROL
        if token.startswith("<filler"): return gguf.TokenType.USER_DEFINED
        if token.startswith("<0x"): return gguf.TokenType.BYTE
        return gguf.TokenType.NORMAL
    w.add_token_list(vocabulary)
    w.add_token_types([kind_of(token) for token in vocabulary])
    if scores is None:
        w.add_tokenizer_model("gpt2")
        w.add_tokenizer_pre(kind)
        w.add_token_merges([" ".join(merge) for merge in json.loads(tok.to_str())["model"]["merges"]])
    else:
        w.add_tokenizer_model("llama")
        w.add_tokenizer_pre("default")
        w.add_token_scores(scores)
        w.add_add_space_prefix(kind == "llama")
        w.add_unk_token_id(0)
    w.add_bos_token_id(tok.token_to_id("<|begin|>"))
    w.add_eos_token_id(tok.token_to_id("<|end|>"))
    w.add_add_bos_token(True)
    w.add_chat_template(TEMPLATE)

    gemma = arch.startswith("gemma")
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[arch.upper()], config.num_hidden_layers)
    for key, weight in state.items():
        weight = weight.float()
        if gemma and key.endswith("norm.weight"):
            weight = weight + 1
        for part, heads in (("q_proj", config.num_attention_heads), ("k_proj", config.num_key_value_heads)):
            if arch in ("llama", "granite") and part in key:
                weight = weight.reshape(heads, 2, -1, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)
        if weight.dim() == 1 or dtype == torch.float32:
            data = weight.numpy()
        elif dtype == torch.float16:
            data = weight.numpy().astype(np.float16)
        else:
            data = gguf.quants.quantize(weight.numpy(), gguf.GGMLQuantizationType.BF16)
        raw = gguf.GGMLQuantizationType.BF16 if data.dtype == np.uint8 else None
        w.add_tensor(names.get_name(key, try_suffixes=(".weight", ".bias")), data, raw_dtype=raw)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def check_llama_cpp(name, path, values, lines):
    """llama.cpp's logits must be transformers', and its token ids are the tokenizer's oracle."""
    model = llama_cpp_c.Model(path)
    logits = model.logits(values["tokens"].tolist())
    difference = np.abs(np.array(logits) - values["logits"].numpy()).max()
    print(f"{name}: llama.cpp's logits differ by {difference:.1e}")
    # Its GELU is read from a table in half precision.
    assert difference < (1e-2 if name.startswith("gemma") else 1e-3), "not the same model"
    for text in TEXTS:
        ids = model.tokenize(text)
        lines.append(json.dumps({"file": os.path.basename(path), "text": text, "ids": ids}, ensure_ascii=False))


def main():
    lines = []
    for name in sys.argv[1:] or FAMILIES:
        kind, has_gguf = FAMILIES[name][3:]
        tok, scores = tokenizer(kind)
        for seed in range(1, 200):
            model, dtype = random_model(name, seed)
            values = oracle(model, seed)
            if values is not None:
                break
        print(f"{name}: seed {seed}, logits up to {values['logits'].abs().max():.2f}, "
              f"gradient's length {values['gradient'].norm():.3f}")
        state = save(name, model, dtype, tok, kind, values)
        if has_gguf:
            path = os.path.join(HERE, name + ".gguf")
            # llama.cpp rounds what it multiplies with half-precision weights: it is compared with the same weights in f32.
            for own in (torch.float32, dtype):
                to_gguf(path, name, model, own, state, tok, scores, kind)
                if own == torch.float32:
                    check_llama_cpp(name, path, values, lines)
    if lines:
        # Of models that were made again, and of those that were not.
        path = os.path.join(HERE, "tokens.jsonl")
        made = {json.loads(line)["file"] for line in lines}
        kept = [line for line in open(path).read().splitlines() if json.loads(line)["file"] not in made] if os.path.exists(path) else []
        open(path, "w").write("\n".join(kept + lines) + "\n")


main()
