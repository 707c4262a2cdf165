//! AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) with PyTorch's default constants, and the state of a run.

use super::TrainError;

const FIRST_DECAY: f64 = 0.9;
const SECOND_DECAY: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// The format tag that a checkpoint's bytes begin with.
const TAG: &[u8] = b"AdamW f32";

/// The state of a run: the trainable parameters (the vectors, concatenated, or the adapter's numbers) and AdamW's moments.
/// With the settings and the pairs it is all that a run needs to resume.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Checkpoint {
    /// The number of steps done.
    pub(crate) step: usize,
    /// The trainable parameters.
    pub(crate) values: Vec<f32>,
    first_moment: Vec<f32>,
    second_moment: Vec<f32>,
}

impl Checkpoint {
    /// Returns the state before the first step, with these initial parameters.
    pub(crate) fn new(values: Vec<f32>) -> Self {
        let size = values.len();
        Self { step: 0, values, first_moment: vec![0.0; size], second_moment: vec![0.0; size] }
    }

    /// Serializes the state, little-endian: a format tag, the number of steps and of parameters (u64), then the parameters
    /// and both moments (f32). JSON would be too long for an adapter.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = TAG.to_vec();
        bytes.extend((self.step as u64).to_le_bytes());
        bytes.extend((self.values.len() as u64).to_le_bytes());
        let parts = [&self.values, &self.first_moment, &self.second_moment];
        bytes.extend(parts.into_iter().flatten().flat_map(|x| x.to_le_bytes()));
        bytes
    }

    /// Reads the bytes of [`Checkpoint::to_bytes`], or the JSON of earlier versions.
    ///
    /// # Errors
    /// [`TrainError::Checkpoint`] where the bytes are neither.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TrainError> {
        let refuse = |detail: String| TrainError::Checkpoint { detail };
        let Some(rest) = bytes.strip_prefix(TAG) else {
            return serde_json::from_slice(bytes).map_err(|error| refuse(error.to_string()));
        };
        let (words, numbers) = rest.as_chunks::<4>();
        let read = || {
            let word = |at: usize| {
                let [low, high] =
                    [words.get(at)?, words.get(at + 1)?].map(|word| u64::from(u32::from_le_bytes(*word)));
                usize::try_from(low | high << 32).ok()
            };
            let (step, size) = (word(0)?, word(2)?);
            let all: Vec<f32> = words[4..].iter().map(|word| f32::from_le_bytes(*word)).collect();
            let is_whole = numbers.is_empty() && size.checked_mul(3) == Some(all.len());
            let part = |at: usize| all[at * size..(at + 1) * size].to_vec();
            is_whole.then(|| Self { step, values: part(0), first_moment: part(1), second_moment: part(2) })
        };
        read().ok_or_else(|| refuse("its bytes are cut off or damaged".into()))
    }

    /// Refuses a checkpoint with another number of parameters or with numbers that are not finite, or one beyond the last step.
    pub(crate) fn check(&self, size: usize, steps: usize) -> Result<(), TrainError> {
        let parts = [&self.values, &self.first_moment, &self.second_moment];
        let refuse = |detail| Err(TrainError::Checkpoint { detail });
        if let Some(part) = parts.iter().find(|part| part.len() != size) {
            return refuse(format!("it is for {} numbers, the run has {size}", part.len()));
        }
        if parts.iter().any(|part| part.iter().any(|x| !x.is_finite())) {
            return refuse("it holds numbers that are not finite".into());
        }
        if self.step > steps {
            return refuse(format!("it is at step {} of {steps}", self.step));
        }
        Ok(())
    }

    /// Returns the number of steps done.
    #[must_use]
    pub fn step(&self) -> usize {
        self.step
    }

    /// One optimizer step with this gradient and learning rate. Returns false, and changes nothing, where a number would
    /// not be finite after it.
    #[must_use]
    pub(crate) fn update(&mut self, gradient: &[f32], rate: f64, weight_decay: f64) -> bool {
        let step = Step::new(self.step + 1, rate, weight_decay);
        let moments = self.first_moment.iter().zip(&self.second_moment);
        let mut all = self.values.iter().zip(moments).zip(gradient);
        let is_finite = all.all(|((x, (first, second)), g)| {
            let next = step.next([*x, *first, *second], *g);
            next.iter().all(|number| number.is_finite())
        });
        if !is_finite {
            return false;
        }
        self.step += 1;
        let moments = self.first_moment.iter_mut().zip(&mut self.second_moment);
        for ((x, (first, second)), g) in self.values.iter_mut().zip(moments).zip(gradient) {
            [*x, *first, *second] = step.next([*x, *first, *second], *g);
        }
        true
    }
}

/// The factors of one step, which all numbers share.
struct Step {
    rate: f64,
    weight_decay: f64,
    first_bias: f64,
    second_bias: f64,
}

impl Step {
    fn new(step: usize, rate: f64, weight_decay: f64) -> Self {
        let first_bias = 1.0 - FIRST_DECAY.powi(step as i32);
        let second_bias = 1.0 - SECOND_DECAY.powi(step as i32);
        Self { rate, weight_decay, first_bias, second_bias }
    }

    /// Returns a value and its two moments after the step.
    fn next(&self, [x, first, second]: [f32; 3], gradient: f32) -> [f32; 3] {
        let g = f64::from(gradient);
        let first = (FIRST_DECAY * f64::from(first) + (1.0 - FIRST_DECAY) * g) as f32;
        let second = (SECOND_DECAY * f64::from(second) + (1.0 - SECOND_DECAY) * g * g) as f32;
        let size = (f64::from(second) / self.second_bias).sqrt() + EPSILON;
        let decayed = f64::from(x) * (1.0 - self.rate * self.weight_decay);
        [(decayed - self.rate * f64::from(first) / self.first_bias / size) as f32, first, second]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_pytorch() {
        // torch.optim.AdamW([zeros(3)], lr=0.05, weight_decay=0.05), gradients of step s: [1, -2e-3, 0.3 * (-1)^s].
        let mut state = Checkpoint::new(vec![0.0; 3]);
        for step in 0..5 {
            let sign = if step % 2 == 0 { 1.0 } else { -1.0 };
            assert!(state.update(&[1.0, -2e-3, 0.3 * sign], 0.05, 0.05));
        }
        let expected = GOLDEN;
        for (x, expected) in state.values.iter().zip(expected) {
            assert!((x - expected).abs() < 1e-6, "{x} is not {expected}");
        }
    }

    /// The values that the command in the test above leaves after five steps (PyTorch 2.15).
    const GOLDEN: [f32; 3] = [-0.248_753_1, 0.248_751_88, -0.071_191_56];

    #[test]
    fn bytes_and_the_json_of_earlier_versions_come_back() {
        let mut state = Checkpoint::new(vec![0.5, -0.0, f32::MIN_POSITIVE]);
        assert!(state.update(&[1.0, -2.0, 0.25], 0.1, 0.0));
        let bytes = state.to_bytes();
        assert_eq!(Checkpoint::from_bytes(&bytes).unwrap(), state);
        assert_eq!(Checkpoint::from_bytes(&serde_json::to_vec(&state).unwrap()).unwrap(), state);
        for end in [3, 12, 20, bytes.len() - 4, bytes.len() - 1] {
            assert!(Checkpoint::from_bytes(&bytes[..end]).is_err(), "{end}");
        }
        let mut huge = bytes;
        huge[17..25].fill(255);
        assert!(Checkpoint::from_bytes(&huge).is_err());
    }

    #[test]
    fn the_first_step_moves_every_number_by_the_rate() {
        let mut state = Checkpoint::new(vec![0.0; 2]);
        assert!(state.update(&[7.0, -1e-4], 0.01, 0.0));
        assert!((state.values[0] + 0.01).abs() < 1e-6 && (state.values[1] - 0.01).abs() < 1e-5);
    }

    #[test]
    fn a_step_out_of_the_numbers_is_not_made() {
        let mut state = Checkpoint::new(vec![0.5; 2]);
        assert!(state.update(&[1.0, 1.0], 0.1, 0.0));
        let before = state.clone();
        for (gradient, rate) in [([1.0, f32::NAN], 0.1), ([f32::INFINITY, 1.0], 0.1), ([1.0, 1.0], 1e300)] {
            assert!(!state.update(&gradient, rate, 0.0), "{gradient:?} {rate}");
            assert_eq!(state, before);
        }
    }
}
