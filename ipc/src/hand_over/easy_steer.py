from vllm.steer_vectors.request import SteerVectorRequest

request = SteerVectorRequest(
    "{{name}}",
    1,
    steer_vector_local_path={{file}},
    scale={{multiplier}},
    target_layers=[{{layers}}],
    prefill_trigger_tokens=[-1],
    generate_trigger_tokens=[-1],
)
# llm = LLM(model=..., enable_steer_vector=True)
# llm.generate(text, steer_vector_request=request)
