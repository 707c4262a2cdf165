//! The positions and attention masks of a packing, on a device. All blocks of a pass use the same ones.

use std::ops::Range;
use std::sync::Arc;

use candle_core::{Device, Result, Tensor};

use crate::packing::{Group, Packing};

/// The most rows of groups that share one product, masked from each other. On a card, a small product takes as long
/// as one of this size.
const CHUNK: usize = 1024;

/// The mask of a score that does not count: e to its power is 0.
pub(super) const MASKED: f32 = f32::NEG_INFINITY;

/// Consecutive groups of rows with their attention mask: 0 where a row sees another, else [`MASKED`].
pub(super) struct MaskedRows {
    pub(super) rows: Range<usize>,
    /// `[rows, rows]`.
    pub(super) mask: Tensor,
}

/// The positions and masks of one packing.
pub(super) struct PackingMasks {
    groups: Vec<Group>,
    numbers: Vec<u32>,
    /// Each row's position in its own sequence, `[rows]`.
    pub(super) positions: Tensor,
    masks: Vec<(Option<usize>, Arc<Vec<MaskedRows>>)>,
}

impl PackingMasks {
    pub(super) fn new(packing: &Packing, device: &Device) -> Result<Self> {
        let positions = Tensor::new(packing.positions.as_slice(), device)?;
        let (groups, numbers) = (packing.groups.clone(), packing.positions.clone());
        Ok(Self { groups, numbers, positions, masks: Vec::new() })
    }

    pub(super) fn is_for(&self, packing: &Packing) -> bool {
        self.groups == packing.groups && self.numbers == packing.positions
    }

    /// Returns the masks of blocks with this sliding window.
    pub(super) fn chunks(&mut self, window: Option<usize>) -> Result<Arc<Vec<MaskedRows>>> {
        if let Some((_, known)) = self.masks.iter().find(|(of, _)| *of == window) {
            return Ok(Arc::clone(known));
        }
        let chunks = chunks(&self.groups)
            .into_iter()
            .map(|groups| {
                let rows = groups[0].rows.start..groups[groups.len() - 1].rows.end;
                let mask = mask(groups, &rows, window);
                let mask = Tensor::from_vec(mask, (rows.len(), rows.len()), self.positions.device())?;
                Ok(MaskedRows { rows, mask })
            })
            .collect::<Result<Vec<_>>>()?;
        let chunks = Arc::new(chunks);
        self.masks.push((window, Arc::clone(&chunks)));
        Ok(chunks)
    }
}

/// Splits groups into runs of at most [`CHUNK`] rows; a larger group is a run of its own. Groups without rows are
/// left out.
fn chunks(groups: &[Group]) -> Vec<&[Group]> {
    let (mut all, mut start) = (Vec::new(), 0);
    for end in 1..=groups.len() {
        let first = groups[start].rows.start;
        if end == groups.len() || groups[end].rows.end - first > CHUNK {
            if groups[end - 1].rows.end > first {
                all.push(&groups[start..end]);
            }
            start = end;
        }
    }
    all
}

fn mask(groups: &[Group], rows: &Range<usize>, window: Option<usize>) -> Vec<f32> {
    let (count, window) = (rows.len(), window.unwrap_or(usize::MAX));
    let mut mask = vec![MASKED; count * count];
    for span in groups.iter().flat_map(|group| &group.spans) {
        for (place, row) in span.rows.clone().enumerate() {
            let line = &mut mask[(row - rows.start) * count..][..count];
            // A row sees its prefix first, then its own span up to itself.
            let unseen = (span.prefix.len() + place + 1).saturating_sub(window);
            let seen = span.prefix.clone().chain(span.rows.start..=row).skip(unseen);
            seen.for_each(|other| line[other - rows.start] = 0.0);
        }
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pairs::EncodedPair;

    #[test]
    fn answers_see_their_prompt_and_themselves_as_far_as_the_window_goes() {
        let mut packing = Packing::default();
        packing.push_pair(&EncodedPair { prompt: vec![0; 2], wanted: vec![0; 3], opposite: vec![0; 2] });
        packing.push_sequence(&[0; 2]);
        let lines = |window| {
            let mask = mask(&packing.groups, &(0..7), window);
            let line = |line: &[f32]| line.iter().map(|x| if *x == 0.0 { '1' } else { '.' }).collect();
            mask.chunks(7).map(line).collect::<Vec<String>>()
        };
        assert_eq!(
            lines(None),
            ["1......", "11.....", "111....", "1111...", "11..1..", ".....1.", ".....11"]
        );
        assert_eq!(lines(Some(2))[2..5], [".11....", "..11...", ".1..1.."]);
    }

    #[test]
    fn groups_share_a_chunk_while_there_is_room() {
        let mut packing = Packing::default();
        for size in [600, 400, 30, 2000, 5] {
            packing.push_sequence(&vec![0; size]);
        }
        let sizes: Vec<usize> = chunks(&packing.groups).iter().map(|groups| groups.len()).collect();
        assert_eq!(sizes, [2, 1, 1, 1]);
        assert!(chunks(&[]).is_empty());
    }
}
