"""Vector files between Tiller and the programs that own the formats: torch, numpy, safetensors, gguf and llama.cpp.

usage: vector_files.py --cli TILLER_CLI [--gguf MODEL.gguf] [--pretrained FOLDER]
Without --gguf no logits are compared. With --pretrained the BiPO authors' two files are read too.
needs: pip install torch numpy safetensors gguf   (and llama-cpp-python for --gguf)

Every format goes both ways, and all numbers must be the same bits. With --gguf, vectors at layers 1, 10 and 28, and at
three layers together, are applied by llama.cpp to the same model file; the logits of the last prompt token must agree
with ours within 0.05 at multipliers -2, -1, 1 and 2. That is asked of the model's weights as f32, which the script
writes to a GGUF file of its own: with quantised weights llama.cpp rounds the activations to 8 bits as well, and its
logits for a prompt read at once and for the same prompt read token by token are further apart than that. How far both
programs are apart on the quantised file is printed beside it.
"""
import argparse, ctypes, json, os, subprocess, sys, tempfile
import numpy as np

PROMPT = "<|im_start|>user\nWhat would you do with a large sum of money?<|im_end|>\n<|im_start|>assistant\n"
SIZE = 576
# How much of a random vector (norm 24) is added at each layer: enough to move the logits, not to break the text.
STRENGTH = {1: 0.2, 10: 0.4, 28: 4.0}

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--cli", required=True)
ap.add_argument("--gguf")
ap.add_argument("--pretrained")
a = ap.parse_args()
folder = tempfile.mkdtemp()
place = lambda name: os.path.join(folder, name)
rng = np.random.default_rng(7)


def cli(*arguments, code=0):
    done = subprocess.run([a.cli, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")], done.stderr


def same(ours, theirs, what):
    ours, theirs = np.asarray(ours, dtype=np.float32), np.asarray(theirs, dtype=np.float32)
    assert ours.shape == theirs.shape and ours.tobytes() == theirs.tobytes(), what
    print(f"ok  {what}")


def as_json(path, layer=None):
    """What Tiller reads of a file: {layer: numbers}."""
    out = place("read.json")
    cli("vector", "convert", path, out, *([] if layer is None else ["--layer", layer]))
    content = json.load(open(out))
    entries = content if isinstance(content, list) else [content]
    return {entry["layer"]: np.array(entry["vector"], dtype=np.float32) for entry in entries}


def write_json(name, vectors):
    path = place(name)
    json.dump([{"layer": n, "vector": [float(x) for x in v]} for n, v in vectors.items()], open(path, "w"))
    return path


one = {10: rng.normal(size=SIZE).astype(np.float32)}
several = {n: rng.normal(size=SIZE).astype(np.float32) for n in (1, 10, 28)}
ours = {"one": write_json("one.json", one), "several": write_json("several.json", several)}
rows = np.zeros((29, SIZE), dtype=np.float32)
for n, v in several.items():
    rows[n] = v

# torch
import torch

for name, expected in (("one", one[10]), ("several", rows)):
    cli("vector", "convert", ours[name], place("v.pt"))
    for mmap in (False, True):
        tensor = torch.load(place("v.pt"), weights_only=True, mmap=mmap)
        same(tensor.numpy(), expected, f"torch.load(weights_only=True, mmap={mmap}) reads ours, {name}")
for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
    tensor = torch.from_numpy(one[10]).to(dtype)
    torch.save(tensor, place("t.pt"))
    same(as_json(place("t.pt"), 10)[10], tensor.float().numpy(), f"we read torch.save of {dtype}")
view = torch.from_numpy(rng.normal(size=(SIZE, 3)).astype(np.float32))[:, 1]
torch.save(view, place("t.pt"))
same(as_json(place("t.pt"), 10)[10], view.numpy(), "we read torch.save of a view with strides")
for what, value in (
    ("a dictionary", {"v": torch.ones(3)}),
    ("a parameter", torch.nn.Parameter(torch.ones(3))),
    ("integers", torch.ones(3, dtype=torch.int64)),
):
    torch.save(value, place("t.pt"))
    print(f"ok  we refuse torch.save of {what}: {cli('vector', 'info', place('t.pt'), '--layer', 3, code=3)[1].strip()[-90:]}")


class Evil:
    def __reduce__(self):
        return os.system, (f"touch {place('harm')}",)


torch.save(Evil(), place("evil.pt"))
_, told = cli("vector", "info", place("evil.pt"), "--layer", 3, code=3)
assert "system" in told and not os.path.exists(place("harm")), told
print(f"ok  we refuse a pickle that runs a command: {told.strip()[-110:]}")
import zipfile

torch.save(torch.ones(3), place("t.pt"))
with zipfile.ZipFile(place("t.pt")) as archive, zipfile.ZipFile(place("bomb.pt"), "w", zipfile.ZIP_DEFLATED) as bomb:
    for name in archive.namelist():
        bomb.writestr(name, bytes(1 << 30) if "data/" in name else archive.read(name))
_, told = cli("vector", "info", place("bomb.pt"), "--layer", 3, code=3)
print(f"ok  we refuse a zip bomb of {os.path.getsize(place('bomb.pt')) >> 10} KB: {told.strip()[-70:]}")
if a.pretrained:
    for name, norm in (("llama-2_wealth-seeking_vec_ep20_layer15.pt", 8.99), ("mistral_wealth-seeking_vec_ep5_layer13.pt", 1.45)):
        path = os.path.join(a.pretrained, name)
        tensor = torch.load(path, map_location="cpu", weights_only=True)
        same(as_json(path, 3)[3], tensor.numpy(), f"we read {name} as torch does, norm {tensor.norm():.2f}")
        assert abs(tensor.norm().item() - norm) < 0.005

# numpy
for name, expected in (("one", one[10]), ("several", rows)):
    cli("vector", "convert", ours[name], place("v.npy"))
    same(np.load(place("v.npy"), allow_pickle=False), expected, f"numpy.load reads ours, {name}")
for dtype in ("<f4", "<f8", "<f2"):
    np.save(place("n.npy"), one[10].astype(dtype))
    same(as_json(place("n.npy"), 10)[10], one[10].astype(dtype), f"we read numpy.save of {dtype}")
with open(place("n.npy"), "wb") as file:
    np.lib.format.write_array(file, rows, version=(2, 0))
back = as_json(place("n.npy"))
[same(back[n], several[n], f"we read numpy's version 2.0, layer {n}") for n in several]

# safetensors
from safetensors import safe_open
from safetensors.numpy import save_file

cli("vector", "convert", ours["several"], place("v.safetensors"))
with safe_open(place("v.safetensors"), framework="np") as file:
    assert sorted(file.keys()) == sorted(f"layer.{n}" for n in several), file.keys()
    [same(file.get_tensor(f"layer.{n}"), v, f"safetensors reads ours, layer {n}") for n, v in several.items()]
save_file({f"layer.{n}": v for n, v in several.items()}, place("s.safetensors"), metadata={"method": "caa"})
back = as_json(place("s.safetensors"))
[same(back[n], several[n], f"we read safetensors.save_file, layer {n}") for n in several]
assert cli("vector", "info", place("s.safetensors"), "--json")[0][0]["method"] == "caa"

# gguf, written as repeng's export_gguf does: architecture, model hint, count, one direction for each layer
from gguf import GGUFReader, GGUFWriter

cli("vector", "convert", ours["several"], place("v.gguf"))
reader = GGUFReader(place("v.gguf"))
assert bytes(reader.fields["general.architecture"].parts[-1]).decode() == "controlvector"
assert int(reader.fields["controlvector.layer_count"].parts[-1][0]) == 3
[same(t.data, several[int(t.name.split(".")[1])], f"gguf reads ours, {t.name}") for t in reader.tensors]
writer = GGUFWriter(place("r.gguf"), "controlvector")
writer.add_string("controlvector.model_hint", "llama")
writer.add_uint32("controlvector.layer_count", len(several))
for n, v in several.items():
    writer.add_tensor(f"direction.{n}", v)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
back = as_json(place("r.gguf"))
[same(back[n], several[n], f"we read gguf's writer, direction.{n}") for n in several]
assert cli("vector", "info", place("r.gguf"), "--json")[0][0]["architecture"] == "llama"
_, told = cli("vector", "convert", write_json("zero.json", {0: one[10]}), place("zero.gguf"), code=3)
print(f"ok  layer 0 is refused: {told.strip()[-90:]}")

# llama.cpp
def write_f32(source, target):
    """The same model with every weight as f32."""
    from gguf import GGUFValueType
    from gguf.quants import dequantize

    reader = GGUFReader(source)
    writer = GGUFWriter(target, reader.fields["general.architecture"].contents())
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        sub_type = field.types[-1] if field.types[0] == GGUFValueType.ARRAY else None
        value = 0 if field.name == "general.file_type" else field.contents()
        writer.add_key_value(field.name, value, field.types[0], sub_type=sub_type)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, dequantize(tensor.data, tensor.tensor_type).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def compare(gguf, name, bar):
    import llama_cpp

    model = llama_cpp.Llama(gguf, n_ctx=512, n_threads=2, n_threads_batch=2, verbose=False)
    ids = model.tokenize(PROMPT.encode(), add_bos=False, special=True)
    setter = getattr(llama_cpp, "llama_set_adapter_cvec", None) or llama_cpp.llama_apply_adapter_cvec

    def theirs(path=None, scale=1.0, one_by_one=False):
        data = np.zeros((1, SIZE), dtype=np.float32)
        if path:
            tensors = {int(t.name.split(".")[1]): np.asarray(t.data, dtype=np.float32) for t in GGUFReader(path).tensors}
            # As llama.cpp's own loader of such files lays them out: row N-1 is direction.N, applied from layer 1 on.
            data = np.zeros((max(tensors), SIZE), dtype=np.float32)
            for n, v in tensors.items():
                data[n - 1] = scale * v
        pointer = data.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        assert setter(model.ctx, pointer, data.size, SIZE, 1, len(data)) == 0
        model.reset()
        for part in [[token] for token in ids] if one_by_one else [ids]:
            model.eval(part)
        return np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(model.ctx, -1), shape=(model.n_vocab(),)).copy()

    def mine(path=None, multiplier=1.0):
        vector = ["--vector", path, f"--multiplier={multiplier}"] if path else []
        lines, _ = cli("logits", "--model", gguf, "--prompt", PROMPT, "--raw", "--full", "--json", *vector)
        assert lines[0]["prompt_tokens"] == len(ids)
        return np.array([logit for _, logit in lines[0]["logits"]], dtype=np.float32)

    plain, at_once = mine(), theirs()
    itself = np.abs(at_once - theirs(one_by_one=True)).max()
    print(f"{name}, no vector: {np.abs(plain - at_once).max():.4f} apart; llama.cpp from itself, token by token: {itself:.4f}")
    worst = 0.0
    sets = {f"layer {n}": {n: STRENGTH[n] * v} for n, v in several.items()}
    sets["layers 1, 10 and 28"] = {n: STRENGTH[n] / 2 * v for n, v in several.items()}
    for layers, vectors in sets.items():
        path = place("steer.gguf")
        cli("vector", "convert", write_json("steer.json", vectors), path)
        for scale in (-2.0, -1.0, 1.0, 2.0):
            steered = mine(path, scale)
            difference, shift = np.abs(steered - theirs(path, scale)).max(), np.abs(steered - plain).max()
            worst = max(worst, difference)
            print(f"{name}, {layers}, {scale:+}: {difference:.4f} apart, moved by up to {shift:.2f}")
            assert shift > 1.0, "a vector that moves nothing would prove nothing"
    assert bar is None or worst < bar, worst
    print(f"ok  llama.cpp agrees within {worst:.4f} on {name}")


if a.gguf:
    write_f32(a.gguf, place("f32.gguf"))
    compare(place("f32.gguf"), "f32", 0.05)
    os.remove(place("f32.gguf"))
    compare(a.gguf, "the quantised file", None)
print("all agree")
