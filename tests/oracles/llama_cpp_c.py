"""llama.cpp's C interface as the shared object of the package xllamacpp exports it, for the other scripts here: logits at every position,
with a control vector or an adapter where one is given, and token ids.

needs: pip install xllamacpp==2026.10.11549

llama.cpp passes its settings as structures whose layout changes. Here they are blocks of bytes that llama.cpp fills in itself; only the few
settings below are written, at places whose defaults are looked at first, so that another layout stops the script.
"""

import ctypes
import struct

import xllamacpp

LIBRARY = ctypes.CDLL(xllamacpp.xllamacpp.__file__)
POINTER, INT, SIZE, BOOL = ctypes.c_void_p, ctypes.c_int32, ctypes.c_size_t, ctypes.c_bool
F16, F32 = 1, 0
# The settings of a context: the place, the type, the default, and what is wanted.
SETTINGS = {
    "n_ctx": (0, "I", 512, 128),
    "n_threads": (28, "i", 4, 1),
    "n_threads_batch": (32, "i", 4, 1),
    "flash_attn_type": (52, "i", -1, 0),
    "type_k": (104, "i", F16, F32),
    "type_v": (108, "i", F16, F32),
}


class Settings(ctypes.Structure):
    """More bytes than any of llama.cpp's structures of settings has."""

    _fields_ = [("bytes", ctypes.c_char * 1024)]


class Batch(ctypes.Structure):
    _fields_ = [("n_tokens", INT)] + [(name, POINTER) for name in ("token", "embd", "pos", "n_seq_id", "seq_id", "logits")]


class GgufSettings(ctypes.Structure):
    _fields_ = [("no_alloc", BOOL), ("context", POINTER)]


def function(name, result, *arguments):
    found = getattr(LIBRARY, name)
    found.restype, found.argtypes = result, arguments
    return found


model_defaults = function("llama_model_default_params", Settings)
context_defaults = function("llama_context_default_params", Settings)
load = function("llama_model_load_from_file", POINTER, ctypes.c_char_p, Settings)
free_model = function("llama_model_free", None, POINTER)
open_context = function("llama_init_from_model", POINTER, POINTER, Settings)
free_context = function("llama_free", None, POINTER)
model_width = function("llama_model_n_embd", INT, POINTER)
model_layers = function("llama_model_n_layer", INT, POINTER)
model_vocabulary = function("llama_model_get_vocab", POINTER, POINTER)
vocabulary_size = function("llama_vocab_n_tokens", INT, POINTER)
tokenize = function("llama_tokenize", INT, POINTER, ctypes.c_char_p, INT, ctypes.POINTER(INT), INT, BOOL, BOOL)
set_control_vector = function("llama_set_adapter_cvec", INT, POINTER, ctypes.POINTER(ctypes.c_float), SIZE, INT, INT, INT)
open_adapter = function("llama_adapter_lora_init", POINTER, POINTER, ctypes.c_char_p)
set_adapters = function("llama_set_adapters_lora", INT, POINTER, ctypes.POINTER(POINTER), SIZE, ctypes.POINTER(ctypes.c_float))
batch_of = function("llama_batch_get_one", Batch, ctypes.POINTER(INT), INT)
decode = function("llama_decode", INT, POINTER, Batch)
last_logits = function("llama_get_logits_ith", ctypes.POINTER(ctypes.c_float), POINTER, INT)
gguf_open = function("gguf_init_from_file", POINTER, ctypes.c_char_p, GgufSettings)
gguf_free = function("gguf_free", None, POINTER)
gguf_find = function("gguf_find_tensor", ctypes.c_int64, POINTER, ctypes.c_char_p)
gguf_data = function("gguf_get_data_offset", SIZE, POINTER)
gguf_offset = function("gguf_get_tensor_offset", SIZE, POINTER, ctypes.c_int64)
gguf_bytes = function("gguf_get_tensor_size", SIZE, POINTER, ctypes.c_int64)
gguf_type = function("gguf_get_tensor_type", INT, POINTER, ctypes.c_int64)
# Its lines about every tensor would hide those of the scripts.
LOG = ctypes.CFUNCTYPE(None, INT, ctypes.c_char_p, POINTER)
SILENT = LOG(lambda level, text, data: None)
function("llama_log_set", None, LOG, POINTER)(SILENT, None)


def context_settings():
    settings = context_defaults()
    content = bytearray(ctypes.string_at(ctypes.addressof(settings), ctypes.sizeof(settings)))
    for name, (place, kind, default, wanted) in SETTINGS.items():
        found = struct.unpack_from(kind, content, place)[0]
        assert found == default, f"the layout of llama.cpp's settings has changed: {name} is {found}, not {default}"
        struct.pack_into(kind, content, place, wanted)
    return Settings.from_buffer_copy(content)


class Model:
    """A GGUF file in llama.cpp."""

    def __init__(self, path):
        self.model = load(str(path).encode(), model_defaults())
        if not self.model:
            raise RuntimeError(f"llama.cpp refuses {path}")
        self.width, self.layers = model_width(self.model), model_layers(self.model)
        self.vocabulary = vocabulary_size(model_vocabulary(self.model))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        free_model(self.model)

    def tokenize(self, text):
        content, found = text.encode(), (INT * 1024)()
        count = tokenize(model_vocabulary(self.model), content, len(content), found, len(found), False, True)
        assert count >= 0, text
        return list(found[:count])

    def logits(self, tokens, control=None, adapter=None):
        """Returns the logits after each token, read one by one, with a control vector by the number of its layer, and with the file of an
        adapter, where they are given."""
        context = open_context(self.model, context_settings())
        assert context, "no context"
        if control:
            # The first row belongs to layer 1.
            rows = (ctypes.c_float * (self.width * (self.layers - 1)))()
            for layer, numbers in control.items():
                rows[(layer - 1) * self.width:layer * self.width] = numbers
            assert set_control_vector(context, rows, len(rows), self.width, 1, self.layers) == 0
        if adapter:
            opened = open_adapter(self.model, str(adapter).encode())
            assert opened, f"llama.cpp refuses {adapter}"
            assert set_adapters(context, (POINTER * 1)(opened), 1, (ctypes.c_float * 1)(1.0)) == 0
        found = []
        for token in tokens:
            assert decode(context, batch_of((INT * 1)(token), 1)) == 0
            found.append(last_logits(context, -1)[:self.vocabulary])
        free_context(context)
        return found

    def control_vector(self, path):
        """Reads a file of control vectors with llama.cpp's own reader: the numbers by layer."""
        header = gguf_open(str(path).encode(), GgufSettings(True, None))
        assert header, f"llama.cpp cannot read {path}"
        content, found = open(path, "rb").read(), {}
        for layer in range(1, self.layers):
            index = gguf_find(header, f"direction.{layer}".encode())
            if index >= 0:
                assert gguf_type(header, index) == F32 and gguf_bytes(header, index) == 4 * self.width
                start = gguf_data(header) + gguf_offset(header, index)
                found[layer] = list(struct.unpack_from(f"{self.width}f", content, start))
        gguf_free(header)
        assert found, f"{path} has no direction"
        return found
