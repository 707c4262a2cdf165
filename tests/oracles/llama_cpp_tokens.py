"""Token ids by llama.cpp, one JSON line a text: the oracle of vectors/tests/tokens.rs.

usage: llama_cpp_tokens.py --gguf FILE > tokens.jsonl
       llama_cpp_tokens.py --gguf FILE --hashes TRAIN.csv TEST.csv > tokens-wealth-seeking.txt
With --hashes the texts stay out of the output: each line is the number of tokens and a 64-bit FNV-1a hash of the ids.
needs: pip install llama-cpp-python
"""
import argparse, csv, json
import llama_cpp

TEXTS = [
    "Hello", " Hello", "  Hello  ", "Hello\n", "\n\n\nHello\n \n", "\t\ttabs\tand  spaces ", " ", "\n", "   \n  ",
    "It's we're I'll you've he'd I'm don't IT'S", "a1b22c333 4444 55,555.55 $1,000,000", "1 2  3   4", "12345678901234567890",
    "x=1;y=2", "Price: €12.50 (was £15)", "½ ¾ ² ³ ٣٤٥ १२३ 五六七 Ⅷ ①", "naïve café über Ærøskøbing", "e\u0301 e\u0301e\u0301",
    "价格是 1234 元。你会怎么做?", "東京タワーは333メートルです。", "안녕하세요, 세계!", "Привет, мир! Сколько это стоит?", "مرحبا بالعالم ١٢٣",
    "שלום עולם", "नमस्ते दुनिया", "🙂 👩‍👩‍👧 🏳️‍🌈 5️⃣", "mixed 中文 and English, ok?", "a\u00a0b\u2003c\u200bd\u3000e", "line one\r\nline two\r\n",
    "https://example.org/a?b=1&c=%20", "fn main() { println!(\"{}\", 1_000); }", "don\u2019t \u201cquote\u201d \u2014 dash\u2026",
    "<|im_start|>user\nHi<|im_end|>\n", "<|im_start|>", "not <|special|> here", "<|im_end|><|im_end|>", "...!!!???", "--- ___ ***",
    "ALLCAPS lowercase CamelCase snake_case", "\u0000nul\u0000", "very" * 40, " " * 33 + "x", "\n" * 9 + "y", "",
]


def fnv(ids):
    value = 0xCBF29CE484222325
    for token in ids:
        for byte in token.to_bytes(4, "little"):
            value = ((value ^ byte) * 0x100000001B3) & (2**64 - 1)
    return value


ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--gguf", required=True)
ap.add_argument("--hashes", nargs="*")
a = ap.parse_args()
model = llama_cpp.Llama(a.gguf, vocab_only=True, verbose=False)
ids = lambda text: model.tokenize(text.encode(), add_bos=False, special=True) if text else []
if a.hashes:
    csv.field_size_limit(10**9)
    for path in a.hashes:
        for row in csv.DictReader(open(path, newline="")):
            for column in ("question", "matching", "not_matching"):
                tokens = ids(row[column])
                print(f"{len(tokens)} {fnv(tokens):016x}")
else:
    for text in TEXTS:
        print(json.dumps({"text": text, "ids": ids(text)}))
