//! The options of caps that `generate`, `chat` and `sweep` share: the vectors cap their projections at a percentile of a quiet text's.

use std::path::PathBuf;

use ::data::benchmarks::neutral_text;
use steering_types::{CapSide, Caps};
use vectors::files::SteeringFile;
use vectors::model::Model;
use vectors::score::projection_percentiles;
use vectors::steering::{SteeringVector, Term};

use crate::data::{self, ReadArguments};
use crate::halt::Halt;
use crate::progress::Bar;
use crate::steering::file_name;

/// The most tokens of a data file's prompts that are read.
const MOST_TOKENS: usize = 4096;

#[derive(clap::Args)]
pub(crate) struct CapArguments {
    /// The vectors cap their projections in place of what they do else: at this percentile, such as p25, of a quiet text's
    /// projections, after each of their layers
    #[arg(long, value_name = "pN", requires = "vector", value_parser = percentile)]
    cap: Option<u8>,
    /// Keep the projections at most at the percentile, or at least at it
    #[arg(long, value_enum, requires = "cap", default_value_t = CapSide::AtMost)]
    cap_side: CapSide,
    /// The quiet text: the prompts of a data file [default: the neutral text on board]
    #[arg(long, value_name = "FILE", requires = "cap")]
    cap_over: Option<PathBuf>,
}

fn percentile(text: &str) -> Result<u8, String> {
    let number = text.strip_prefix(['p', 'P']).unwrap_or(text).parse().ok();
    number.filter(|percent| *percent <= 100).ok_or_else(|| "it must be p0 to p100, such as p25".to_owned())
}

impl CapArguments {
    /// Measures the caps of each file's vectors. Empty where none are asked for.
    pub(crate) fn measure(
        &self,
        model: &Model,
        files: &[SteeringFile],
        system: &str,
    ) -> Result<Vec<Caps>, Halt> {
        let Some(percentile) = self.cap else { return Ok(vec![]) };
        let (over, texts) = self.texts(model, system)?;
        let mut all = Vec::with_capacity(files.len());
        for file in files {
            let parts = parts(file)?;
            let mut bar = Bar::new("Reading the quiet text");
            let mut show = |done, total| bar.show(done, total);
            let layers = projection_percentiles(model, &texts, &parts, Some(&mut show))?;
            let thresholds = layers.iter().map(|layer| layer.values[usize::from(percentile)]).collect();
            all.push(Caps { percentile, side: self.cap_side, over: over.clone(), thresholds });
        }
        Ok(all)
    }

    /// Returns the quiet text's name and its tokens.
    fn texts(&self, model: &Model, system: &str) -> Result<(String, Vec<Vec<u32>>), Halt> {
        let Some(path) = &self.cap_over else {
            let encode = |text: &str| model.encode_text(text).map_err(|error| Halt::text(None, &error));
            let texts = neutral_text().into_iter().map(encode).collect::<Result<_, _>>()?;
            return Ok(("the neutral text".to_owned(), texts));
        };
        let (rows, _) = data::rows(path, None, &ReadArguments::default())?;
        let (mut texts, mut tokens) = (Vec::<Vec<u32>>::new(), 0);
        for (index, row) in rows.iter().enumerate() {
            let pair = data::pair(row);
            let system = pair.system.as_deref().unwrap_or(system);
            let prompt = model.encode_conversation(system, &pair.turns, &pair.prompt);
            let prompt = prompt.map_err(|error| Halt::text(Some(&data::place(path, row, index)), &error))?;
            if tokens > 0 && tokens + prompt.len() > MOST_TOKENS {
                break;
            }
            if !texts.contains(&prompt) {
                tokens += prompt.len();
                texts.push(prompt);
            }
        }
        Ok((format!("the prompts of {}", file_name(path)), texts))
    }
}

/// Returns a file's vectors. An adapter has no direction.
fn parts(file: &SteeringFile) -> Result<Vec<SteeringVector>, Halt> {
    let part = |term| match term {
        Term::Vector { vector, .. } => Ok(vector),
        Term::Adapter { .. } => {
            Err(Halt::Usage("an adapter has no direction to cap: leave out --cap.".to_owned()))
        }
    };
    file.terms(1.0).into_iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn percentiles_are_typed_with_or_without_their_letter() {
        assert_eq!([percentile("p25"), percentile("P0"), percentile("100")], [Ok(25), Ok(0), Ok(100)]);
        for odd in ["p101", "p2.5", "-1", "p", "q25"] {
            assert!(percentile(odd).is_err_and(|words| words.contains("p25")), "{odd}");
        }
    }
}
