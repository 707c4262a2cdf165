"""What the gguf package makes of GGUF's storage: the oracle of vectors/tests/gguf_parts.rs and of the
blocks in vectors/src/ops/weight.

usage: gguf_files.py
Writes families/parts/llama-0000N-of-00003.gguf, the parts of families/llama.gguf as the package's writer splits a model; llama.cpp
must read both with the same logits, or the script stops. And formats.safetensors: for every format of weights that Tiller reads, 1,024
weights as stored bytes (NAME) and as the package's dequantize gives them (NAME.weights). Bytes are random where the package cannot
quantise, with scales that are sound half-precision numbers: every bit of a block is used.
needs: pip install gguf numpy safetensors llama-cpp-python
"""
import glob, os
import gguf, numpy as np
from gguf import GGMLQuantizationType as Kind
from safetensors.numpy import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = os.path.join(HERE, "families", "parts")
# Where the half-precision scales of a block stand, for the formats that the package reads and does not write.
SCALES = {Kind.Q2_K: (80, 82), Kind.Q3_K: (108,), Kind.Q4_K: (0, 2), Kind.Q5_K: (0, 2), Kind.Q6_K: (208,)}
WRITTEN = [Kind.F32, Kind.F16, Kind.BF16, Kind.Q4_0, Kind.Q4_1, Kind.Q5_0, Kind.Q5_1, Kind.Q8_0]


def split(source):
    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(os.path.join(PARTS, "llama.gguf"), "llama", split_max_tensors=8)
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def logits(path, tokens):
    import llama_cpp
    llm = llama_cpp.Llama(model_path=path, n_ctx=64, n_batch=64, logits_all=True, verbose=False, n_threads=1)
    llm.eval(tokens)
    return np.array(llm.scores[:len(tokens)])


def stored(kind, generator):
    if kind in WRITTEN:
        return gguf.quants.quantize(generator.normal(size=(4, 256)).astype(np.float32), kind)
    bytes_ = generator.integers(0, 256, (4, gguf.GGML_QUANT_SIZES[kind][1]), dtype=np.uint8)
    for place in SCALES[kind]:
        scale = generator.normal(scale=0.1, size=(4, 1)).astype(np.float16)
        bytes_[:, place:place + 2] = scale.view(np.uint8)
    return bytes_


def main():
    os.makedirs(PARTS, exist_ok=True)
    for old in glob.glob(os.path.join(PARTS, "*.gguf")):
        os.remove(old)
    whole = os.path.join(HERE, "families", "llama.gguf")
    split(whole)
    made = sorted(glob.glob(os.path.join(PARTS, "*.gguf")))
    tokens = [5, 270, 12, 290, 33]
    assert np.array_equal(logits(whole, tokens), logits(made[0], tokens)), "not the same model"
    print(*[os.path.basename(path) for path in made])

    generator, tensors = np.random.default_rng(7), {}
    for kind in WRITTEN + list(SCALES):
        data = stored(kind, generator)
        weights = gguf.quants.dequantize(data, kind).astype(np.float32)
        assert weights.size == 1024 and np.isfinite(weights).all(), kind
        tensors[kind.name] = np.ascontiguousarray(data).view(np.uint8).reshape(-1)
        tensors[kind.name + ".weights"] = np.ascontiguousarray(weights.reshape(-1))
    save_file(tensors, os.path.join(HERE, "formats.safetensors"))
    print(f"{len(tensors) // 2} formats")


main()
