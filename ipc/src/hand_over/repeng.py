from repeng import ControlModel, ControlVector

# model = AutoModelForCausalLM.from_pretrained(...)
model = ControlModel(model, [{{layers}}])
model.set_control(ControlVector.import_gguf({{file}}), {{multiplier}})
