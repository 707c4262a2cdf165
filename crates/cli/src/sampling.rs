//! The options of sampling that `generate` and `chat` share.

use clap::builder::NonEmptyStringValueParser;
use vectors::generate::{Sampling, SamplingSettings};

use crate::halt::Halt;

#[derive(clap::Args)]
pub(crate) struct SamplingArguments {
    /// The preset for talking, with a fixed seed and a light repetition penalty; the options below change it
    #[arg(long)]
    lively: bool,
    /// The preset that takes the likeliest token every time
    #[arg(long, conflicts_with = "lively")]
    exact: bool,
    /// 0 takes the likeliest token, more draws among the likely ones
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    temperature: Option<f32>,
    /// Draws among the so many likeliest tokens; 0 for all
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    top_k: Option<u32>,
    /// Draws among the fewest tokens that have this probability together; 1 for all
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    top_p: Option<f32>,
    /// Draws among the tokens with at least this share of the largest probability; 0 for all
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    min_p: Option<f32>,
    /// Divides the logits of the last tokens, so that they are repeated less; 1 changes nothing
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    repeat_penalty: Option<f32>,
    /// The number of the last tokens that are repeated less
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    repeat_last_n: Option<u32>,
    /// Seeds the draws
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Texts that end an answer, and are no part of it
    #[arg(long, value_name = "TEXT", num_args = 1.., value_parser = NonEmptyStringValueParser::new())]
    stop: Vec<String>,
    /// The most tokens of an answer [default: 200; 400 with a preset and in chat]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    max_new_tokens: Option<u32>,
}

impl SamplingArguments {
    /// Returns the settings: the preset's that is asked for, else `usual`, with every option that is given.
    pub(crate) fn settings(&self, usual: SamplingSettings) -> Result<SamplingSettings, Halt> {
        let preset = match (self.lively, self.exact) {
            (true, _) => SamplingSettings::lively(),
            (false, true) => SamplingSettings::exact(),
            (false, false) => usual,
        };
        let settings = SamplingSettings {
            temperature: self.temperature.unwrap_or(preset.temperature),
            top_k: self.top_k.unwrap_or(preset.top_k),
            top_p: self.top_p.unwrap_or(preset.top_p),
            min_p: self.min_p.unwrap_or(preset.min_p),
            repeat_penalty: self.repeat_penalty.unwrap_or(preset.repeat_penalty),
            repeat_last_n: self.repeat_last_n.unwrap_or(preset.repeat_last_n),
            seed: self.seed.unwrap_or(preset.seed),
            max_new_tokens: self.max_new_tokens.unwrap_or(preset.max_new_tokens),
            stop: self.stop.clone(),
        };
        if settings.max_new_tokens == 0 {
            return Err(Halt::Usage("--max-new-tokens is 0: an answer has at least one token.".into()));
        }
        Sampling::from(&settings).check().map_err(|error| Halt::Usage(format!("{error}.")))?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        sampling: SamplingArguments,
    }

    fn settings(arguments: &str) -> Result<SamplingSettings, Halt> {
        let line = Line::try_parse_from(["x"].into_iter().chain(arguments.split_whitespace()));
        line.expect(arguments).sampling.settings(SamplingSettings { seed: 0, ..SamplingSettings::exact() })
    }

    #[test]
    fn options_change_the_preset() {
        let usual = SamplingSettings { seed: 0, ..SamplingSettings::exact() };
        assert_eq!(settings("").expect("none"), usual);
        assert_eq!(settings("--lively").expect("a preset"), SamplingSettings::lively());
        assert_eq!(settings("--exact").expect("a preset"), SamplingSettings::exact());
        let changed = SamplingSettings {
            top_k: 0,
            seed: 3,
            stop: vec!["User:".into(), "END".into()],
            ..SamplingSettings::lively()
        };
        assert_eq!(settings("--lively --top-k 0 --seed 3 --stop User: END").expect("options"), changed);
        assert_eq!(
            settings("--stop User: --lively --stop END --seed 3 --top-k 0").expect("options"),
            changed
        );
    }

    #[test]
    fn values_out_of_range_are_wrong_usage() {
        for (arguments, word) in [
            ("--temperature -1", "temperature"),
            ("--temperature nan", "temperature"),
            ("--top-p 0", "top-p"),
            ("--top-p -0.5", "top-p"),
            ("--min-p 2", "min-p"),
            ("--repeat-penalty 0", "penalty"),
            ("--lively --repeat-penalty inf", "penalty"),
            ("--max-new-tokens 0", "at least one token"),
        ] {
            match settings(arguments) {
                Err(Halt::Usage(words)) => assert!(words.contains(word), "{words}"),
                other => panic!("{arguments}: {other:?}"),
            }
        }
    }
}
