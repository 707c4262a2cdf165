"""Lists the keys of config.json that transformers' decoders have: of the families that Tiller reads, and of all others.

    pip install transformers==5.24.0
    python config_keys.py > config_keys.json
"""

import ast
import json
import pathlib
import re

import transformers

OURS = ["gemma2", "gemma3", "granite", "llama", "mistral", "phi3", "qwen2", "qwen3"]
# Parts of a model beside its decoder have keys of their own.
OTHER_PARTS = re.compile("Vision|Audio|Encoder|Speech|Quantizer|Codec|Talker|Code2Wav|Depth|Dit|BigVGAN")
MODELS = pathlib.Path(transformers.__file__).parent / "models"


def keys(path):
    """The fields of the configurations in a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef) and not OTHER_PARTS.search(node.name):
            fields = [field.target for field in node.body if isinstance(field, ast.AnnAssign)]
            found.update(field.id for field in fields if isinstance(field, ast.Name))
    return found


def is_decoder(folder):
    modeling = folder / f"modeling_{folder.name}.py"
    text = modeling.read_text() if modeling.exists() else ""
    return "ForCausalLM" in text and "apply_rotary_pos_emb" in text


ours, others = set(), set()
for path in sorted(MODELS.glob("*/configuration_*.py")):
    if path.parent.name in OURS:
        ours |= keys(path)
    elif is_decoder(path.parent):
        others |= keys(path)
print(json.dumps({"ours": sorted(ours), "others": sorted(others - ours)}, indent=0))
