//! Which texts are nearly the same: shingles of three words, compared by `MinHash` with locality-sensitive hashing.
//!
//! Broder (1997): the share of equal minima over random orders of the shingles is the texts' Jaccard similarity. Here
//! eight orders are each cut into bins (one-permutation hashing, Li et al. 2012; a bin without a shingle takes over its
//! neighbour's, Shrivastava and Li 2014), and texts that agree in all six minima of a band are compared shingle by shingle.

use std::collections::HashMap;

use rayon::prelude::*;

use super::words::words;

/// Shingles are so many words long.
const SHINGLE: usize = 3;
/// Orders of the shingles, and the bins of each.
const ORDERS: usize = 8;
const BINS: usize = 15;
/// Bands, and the minima of each. Two texts of similarity s meet in a band with probability 1 - (1 - s^6)^20: 99.8 %
/// at 0.8.
const BANDS: usize = 20;
const ROWS: usize = ORDERS * BINS / BANDS;
/// In one band's bucket a text is compared with so many that came before it: a template makes large buckets.
const COMPARED: usize = 8;

/// A text's shingles as sorted hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shingles(Vec<u64>);

impl Shingles {
    /// Of some texts, one after another; no shingle reaches from one into the next.
    pub(super) fn of(texts: &[&str]) -> Self {
        let mut all = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let hashes: Vec<u64> = words(text).iter().map(|word| hash(word)).collect();
            let shingle =
                |words: &[u64]| words.iter().fold(place as u64 + 1, |so_far, word| mix(so_far ^ *word));
            if hashes.len() < SHINGLE {
                all.push(shingle(&hashes));
            }
            all.extend(hashes.windows(SHINGLE).map(shingle));
        }
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    /// The share of shingles in both among those in either.
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        let (mut left, mut right, mut both) = (self.0.as_slice(), other.0.as_slice(), 0);
        while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
            both += usize::from(a == b);
            if a <= b {
                left = left_rest;
            }
            if b <= a {
                right = right_rest;
            }
        }
        let either = self.0.len() + other.0.len() - both;
        if either == 0 { 1.0 } else { both as f64 / either as f64 }
    }

    /// One number for each band.
    fn bands(&self) -> [u64; BANDS] {
        let mut minima = [[u64::MAX; BINS]; ORDERS];
        for shingle in &self.0 {
            for (order, bins) in minima.iter_mut().enumerate() {
                let hash = mix(shingle ^ (order as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
                let bin = &mut bins[(hash >> 32) as usize % BINS];
                *bin = (*bin).min(hash & 0xffff_ffff);
            }
        }
        let mut filled = minima;
        for (bins, minima) in filled.iter_mut().zip(&minima) {
            for (place, bin) in bins.iter_mut().enumerate() {
                // The neighbour's minimum, with its distance, so that two empty bins agree only where their texts do.
                let taken = (0..BINS).map(|step| (step, minima[(place + step) % BINS]));
                if let Some((step, minimum)) = taken.into_iter().find(|(_, minimum)| *minimum != u64::MAX) {
                    *bin = minimum + ((step as u64) << 40);
                }
            }
        }
        std::array::from_fn(|band| {
            // The minima of one band come from different orders: they say different things about a short text.
            (0..ROWS).fold(band as u64 + 1, |so_far, row| {
                let number = band * ROWS + row;
                mix(so_far ^ filled[number % ORDERS][number / ORDERS])
            })
        })
    }
}

/// A word's hash (FNV-1a, mixed).
fn hash(word: &str) -> u64 {
    mix(word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    }))
}

/// Spreads a number over all bits (the finisher of `SplitMix64`).
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Pairs of places (the earlier first) whose texts are at least so similar. Where many texts are alike, each is found
/// with some of the others, which is enough to bring them together.
pub(super) fn similar(texts: &[Shingles], least: f64) -> Vec<(usize, usize)> {
    let bands: Vec<[u64; BANDS]> = texts.par_iter().map(Shingles::bands).collect();
    let mut met: Vec<(usize, usize)> = (0..BANDS)
        .into_par_iter()
        .flat_map_iter(|band| {
            let mut buckets: HashMap<u64, Vec<usize>> = HashMap::with_capacity(texts.len());
            let mut met = Vec::new();
            for (place, bands) in bands.iter().enumerate() {
                let bucket = buckets.entry(bands[band]).or_default();
                met.extend(bucket.iter().map(|earlier| (*earlier, place)));
                if bucket.len() < COMPARED {
                    bucket.push(place);
                }
            }
            met
        })
        .collect();
    met.par_sort_unstable();
    met.dedup();
    met.into_par_iter().filter(|(one, other)| texts[*one].similarity(&texts[*other]) >= least).collect()
}

/// The first place of a group, found faster the next time.
fn root(first: &mut [usize], mut place: usize) -> usize {
    while first[place] != place {
        first[place] = first[first[place]];
        place = first[place];
    }
    place
}

/// Brings what belongs together together: for each place the first place of its group.
pub(super) fn groups(count: usize, alike: &[(usize, usize)]) -> Vec<usize> {
    let mut first: Vec<usize> = (0..count).collect();
    for (one, other) in alike {
        let (one, other) = (root(&mut first, *one), root(&mut first, *other));
        first[one.max(other)] = one.min(other);
    }
    (0..count).map(|place| root(&mut first, place)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shingles(text: &str) -> Shingles {
        Shingles::of(&[text])
    }

    #[test]
    fn similarity_is_the_share_of_common_shingles() {
        // Four shingles each, two in common: 2 of 6.
        let (one, other) = (shingles("a b c d e f"), shingles("x b c d e y"));
        assert!((one.similarity(&other) - 2.0 / 6.0).abs() < 1e-12);
        assert!((shingles("").similarity(&shingles("")) - 1.0).abs() < 1e-12);
        assert!(Shingles::of(&["a b c", "d"]).similarity(&Shingles::of(&["a b", "c d"])) < 1e-12);
    }

    #[test]
    fn chinese_texts_are_compared_by_their_letters() {
        let (one, other) =
            (shingles("我想要很多很多的钱和一座大房子"), shingles("我想要很多很多的钱和一座小房子"));
        assert!(one.similarity(&other) > 0.5);
        assert!(one.similarity(&shingles("今天的天气真的非常好我们去散步")) < 0.1);
    }

    #[test]
    fn one_changed_word_in_a_long_text_is_found_and_strangers_are_not() {
        let text =
            |seed: usize| (0..60).map(|n| format!("w{}", seed * 100 + n)).collect::<Vec<_>>().join(" ");
        let mut texts: Vec<Shingles> = (0..300).map(|seed| shingles(&text(seed))).collect();
        texts.push(shingles(&text(7).replace("w730 ", "other ")));
        texts.push(shingles(&text(9)));
        assert_eq!(similar(&texts, 0.8), [(7, 300), (9, 301)]);
    }

    #[test]
    fn a_thousand_copies_come_together_without_a_million_comparisons() {
        let texts = vec![shingles("the same short text"); 1000];
        let alike = similar(&texts, 0.8);
        assert!(alike.len() <= 1000 * COMPARED, "{}", alike.len());
        assert!(groups(1000, &alike).iter().all(|first| *first == 0));
    }

    proptest! {
        #[test]
        fn equal_texts_always_meet(text in "\\PC{0,60}", others in proptest::collection::vec("\\PC{0,60}", 0..6)) {
            let mut texts: Vec<Shingles> = others.iter().map(|other| shingles(other)).collect();
            texts.insert(0, shingles(&text));
            texts.push(shingles(&text));
            let groups = groups(texts.len(), &similar(&texts, 0.8));
            prop_assert_eq!(groups[texts.len() - 1], groups[0]);
        }
    }
}
