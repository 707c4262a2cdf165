//! Finds texts that are nearly the same, by `MinHash` over shingles of three words with locality-sensitive hashing.
//!
//! Broder (1997): the share of equal minima over random orders of the shingles estimates the texts' Jaccard
//! similarity. Here eight orders are each cut into bins (one-permutation hashing, Li et al. 2012; an empty
//! bin takes over its neighbour's minimum, Shrivastava and Li 2014), and texts that agree in all six minima
//! of a band are compared shingle by shingle.

use std::collections::HashMap;

use rayon::prelude::*;

use super::words::words;

/// The number of words in a shingle.
const SHINGLE: usize = 3;
/// The number of orders of the shingles, and of bins in each order.
const ORDERS: usize = 8;
const BINS: usize = 15;
/// The number of bands, and of minima in each. Two texts of similarity s meet in a band with probability 1 -
/// (1 - s^6)^20: 99.8 % at 0.8.
const BANDS: usize = 20;
const ROWS: usize = ORDERS * BINS / BANDS;
/// A text is compared with at most this many earlier texts of one band's bucket, because a template makes large
/// buckets.
const COMPARED: usize = 8;

/// Holds a text's shingles as sorted hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shingles(Vec<u64>);

impl Shingles {
    /// Makes the shingles of several texts, one after another; no shingle reaches from one text into the
    /// next.
    pub(super) fn new(texts: &[&str]) -> Self {
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

    /// Returns the Jaccard similarity: the number of shingles in both, divided by the number in either.
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

    /// Returns one hash for each band.
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
                // The bin takes its neighbour's minimum and mixes in the distance, so that two empty bins
                // agree only where their texts do.
                let taken = (0..BINS).map(|step| (step, minima[(place + step) % BINS]));
                if let Some((step, minimum)) = taken.into_iter().find(|(_, minimum)| *minimum != u64::MAX) {
                    *bin = minimum + ((step as u64) << 40);
                }
            }
        }
        std::array::from_fn(|band| {
            // The minima of one band come from different orders, so that they depend less on one another in a short
            // text.
            (0..ROWS).fold(band as u64 + 1, |so_far, row| {
                let number = band * ROWS + row;
                mix(so_far ^ filled[number % ORDERS][number / ORDERS])
            })
        })
    }
}

/// Hashes a word (FNV-1a, then mixed).
fn hash(word: &str) -> u64 {
    mix(word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    }))
}

/// Spreads a number over all 64 bits (the finalizer of `SplitMix64`).
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Returns index pairs (the earlier first) of texts whose similarity is at least `least`. Where many texts
/// are alike, each is found with some of the others only, which is enough for [`groups`].
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

/// Returns the first index of a group, and shortens the path to it for the next call.
fn root(first: &mut [usize], mut place: usize) -> usize {
    while first[place] != place {
        first[place] = first[first[place]];
        place = first[place];
    }
    place
}

/// Merges index pairs into groups: returns for each index the first index of its group.
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
        Shingles::new(&[text])
    }

    #[test]
    fn similarity_is_the_share_of_common_shingles() {
        // Each text has four shingles, of which two are common: 2 of 6.
        let (one, other) = (shingles("a b c d e f"), shingles("x b c d e y"));
        assert!((one.similarity(&other) - 2.0 / 6.0).abs() < 1e-12);
        assert!((shingles("").similarity(&shingles("")) - 1.0).abs() < 1e-12);
        assert!(Shingles::new(&["a b c", "d"]).similarity(&Shingles::new(&["a b", "c d"])) < 1e-12);
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
