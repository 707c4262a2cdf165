//! Chat templates for models whose files have none.

/// A chat template for a family of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltInTemplate {
    /// The template's name.
    pub name: &'static str,
    /// The Jinja source.
    pub source: &'static str,
}

/// The format that Meta's Llama 2 chat models were trained on. The system message is part of the first question.
const LLAMA_2: BuiltInTemplate = BuiltInTemplate {
    name: "Llama 2",
    source: "\
{%- set system = namespace(text='') -%}
{%- for message in messages -%}
  {%- set content = message['content'].strip() -%}
  {%- if message['role'] == 'system' -%}
    {%- set system.text = '<<SYS>>\\n' + content + '\\n<</SYS>>\\n\\n' -%}
  {%- elif message['role'] == 'user' -%}
    {{- bos_token + '[INST] ' + system.text + content + ' [/INST]' -}}
    {%- set system.text = '' -%}
  {%- else -%}
    {{- ' ' + content + ' ' + eos_token -}}
  {%- endif -%}
{%- endfor -%}",
};

/// The format of Mistral's first Instruct models, which know no system message.
const MISTRAL: BuiltInTemplate = BuiltInTemplate {
    name: "Mistral",
    source: "\
{{- bos_token -}}
{%- for message in messages -%}
  {%- if message['role'] == 'user' -%}
    {{- '[INST] ' + message['content'].strip() + ' [/INST]' -}}
  {%- elif message['role'] == 'assistant' -%}
    {{- ' ' + message['content'].strip() + eos_token -}}
  {%- else -%}
    {{- raise_exception('These models know no system message.') -}}
  {%- endif -%}
{%- endfor -%}",
};

/// The format of Vicuna 1.1 and later. Without a system message it uses the one that the model was trained with.
const VICUNA: BuiltInTemplate = BuiltInTemplate {
    name: "Vicuna",
    source: "\
{%- set usual = \"A chat between a curious user and an artificial intelligence assistant. \" \
~ \"The assistant gives helpful, detailed, and polite answers to the user's questions.\" -%}
{{- bos_token -}}
{%- if messages[0]['role'] != 'system' -%}
  {{- usual + ' ' -}}
{%- endif -%}
{%- for message in messages -%}
  {%- set content = message['content'].strip() -%}
  {%- if message['role'] == 'system' -%}
    {{- content + ' ' -}}
  {%- elif message['role'] == 'user' -%}
    {{- 'USER: ' + content + ' ' -}}
  {%- else -%}
    {{- 'ASSISTANT: ' + content + eos_token -}}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {{- 'ASSISTANT:' -}}
{%- endif -%}",
};

/// The format of the Llama2-Chinese chat models, which know no system message.
const LLAMA_2_CHINESE: BuiltInTemplate = BuiltInTemplate {
    name: "Llama2-Chinese",
    source: "\
{%- for message in messages -%}
  {%- if message['role'] == 'user' -%}
    {{- bos_token + 'Human: ' + message['content'].strip() + '\\n' + eos_token -}}
  {%- elif message['role'] == 'assistant' -%}
    {{- bos_token + 'Assistant: ' + message['content'].strip() + '\\n' + eos_token -}}
  {%- else -%}
    {{- raise_exception('These models know no system message.') -}}
  {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {{- bos_token + 'Assistant: ' -}}
{%- endif -%}",
};

/// Returns the templates that Tiller brings.
#[must_use]
pub fn built_in_templates() -> [BuiltInTemplate; 4] {
    [LLAMA_2, LLAMA_2_CHINESE, MISTRAL, VICUNA]
}

/// Chooses a template by a model's family and name, for models whose files carry none; `None` where the name says too
/// little.
pub(super) fn for_model(family: &str, name: &str) -> Option<BuiltInTemplate> {
    let name: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let is = |part: &str| name.contains(part);
    if is("vicuna") {
        return Some(VICUNA);
    }
    if is("llama2") && is("chat") {
        return Some(if is("chinese") { LLAMA_2_CHINESE } else { LLAMA_2 });
    }
    let is_mistral = is("mistral") || family == "Mistral";
    (is_mistral && is("instruct")).then_some(MISTRAL)
}

#[cfg(test)]
mod tests {
    use super::super::{ChatTemplate, Message, Role};
    use super::*;

    fn rendered(built_in: BuiltInTemplate, messages: &[(Role, &str)]) -> String {
        let messages: Vec<Message> = messages.iter().map(|(role, text)| Message::new(*role, *text)).collect();
        ChatTemplate::new(built_in.source, "<s>", "</s>").unwrap().render(&messages).unwrap()
    }

    #[test]
    fn conversations_are_written_as_the_models_were_trained() {
        let talk = [
            (Role::System, "Be brief."),
            (Role::User, "Hi "),
            (Role::Assistant, "Hello."),
            (Role::User, "Bye"),
        ];
        for (built_in, expected) in [
            (
                LLAMA_2,
                "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello. </s><s>[INST] Bye [/INST]",
            ),
            (MISTRAL, "<s>[INST] Be brief.\n\nHi [/INST] Hello.</s>[INST] Bye [/INST]"),
            (VICUNA, "<s>Be brief. USER: Hi ASSISTANT: Hello.</s>USER: Bye ASSISTANT:"),
            (
                LLAMA_2_CHINESE,
                "<s>Human: Be brief.\n\nHi\n</s><s>Assistant: Hello.\n</s><s>Human: Bye\n</s><s>Assistant: ",
            ),
        ] {
            assert_eq!(rendered(built_in, &talk), expected, "{}", built_in.name);
        }
        let alone = rendered(VICUNA, &[(Role::User, "Hi")]);
        assert!(alone.starts_with("<s>A chat between a curious user and"), "{alone}");
        assert!(alone.ends_with("user's questions. USER: Hi ASSISTANT:"), "{alone}");
    }

    #[test]
    fn models_are_known_by_what_they_are_called() {
        for (name, expected) in [
            ("lmsys/vicuna-7b-v1.5", Some("Vicuna")),
            ("Llama-2-7b-chat-hf", Some("Llama 2")),
            ("FlagAlpha/Llama2-Chinese-7b-Chat", Some("Llama2-Chinese")),
            ("mistralai_mistral-7b-instruct-v0.2", Some("Mistral")),
            ("Llama-2-7b-hf", None),
            ("Mistral-7B-v0.1", None),
        ] {
            assert_eq!(for_model("Llama", name).map(|found| found.name), expected, "{name}");
        }
    }
}
