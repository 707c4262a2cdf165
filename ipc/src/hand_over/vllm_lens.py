from safetensors.torch import load_file
from vllm import SamplingParams
from vllm_lens import SteeringVector

steering = [
    SteeringVector(activations=vector[None], layer_indices=[int(name.split(".")[1])], scale={{multiplier}})
    for name, vector in load_file({{file}}).items()
]
sampling = SamplingParams(extra_args={"apply_steering_vectors": steering})
