from safetensors.torch import load_file

VECTORS = load_file({{file}})  # a tensor "layer.N" for each 0-based layer N


def steer(model, multiplier={{multiplier}}):
    """Adds multiplier times vector to the output of each layer. Call .remove() on each of what it returns to stop."""

    def hook_of(vector):
        def hook(module, inputs, output):
            hidden = output[0] if isinstance(output, tuple) else output
            hidden += multiplier * vector.to(hidden.device, hidden.dtype)

        return hook

    layers = model.get_decoder().layers
    return [layers[int(name.split(".")[1])].register_forward_hook(hook_of(v)) for name, v in VECTORS.items()]
