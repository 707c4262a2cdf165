//! Compares two pictures within a tolerance.

use super::picture::{Color, Picture};

/// How much of a picture may differ, and by how much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tolerance {
    /// A pixel differs if one of its channels does by more than this, of 255.
    pub(super) channel: u8,
    /// The largest share of pixels that may differ.
    pub(super) share: f64,
}

/// What a comparison has found.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    /// They are the same within the tolerance.
    Same,
    /// They are not.
    Different {
        /// The share of pixels that differ.
        share: f64,
        /// The smallest box around them: left, top, right and bottom; the last two are the first outside.
        within: [usize; 4],
        /// The newer picture in grey, with what differs in red.
        marked: Picture,
    },
    /// They have other sizes: width and height of the kept one and of the taken one.
    OtherSize([[usize; 2]; 2]),
}

/// The colour of what differs.
const RED: Color = [224, 49, 49];

/// Compares the picture that was kept with the one that was taken now.
pub(super) fn compare(kept: &Picture, taken: &Picture, tolerance: Tolerance) -> Found {
    let sizes = [kept, taken].map(|picture| [picture.width, picture.height]);
    if sizes[0] != sizes[1] {
        return Found::OtherSize(sizes);
    }
    let differs = |(one, other): (&Color, &Color)| {
        one.iter().zip(other).any(|(one, other)| one.abs_diff(*other) > tolerance.channel)
    };
    let different: Vec<bool> = kept.pixels.iter().zip(&taken.pixels).map(differs).collect();
    let count = different.iter().filter(|is| **is).count();
    let share = count as f64 / different.len().max(1) as f64;
    if share <= tolerance.share {
        return Found::Same;
    }
    let color = |(is_different, color): (&bool, &Color)| if *is_different { RED } else { pale(*color) };
    let pixels = different.iter().zip(&taken.pixels).map(color).collect();
    Found::Different { share, within: around(&different, kept.width), marked: Picture { pixels, ..*taken } }
}

/// Returns a colour's brightness as a light grey, on which red is seen in either theme.
fn pale(color: Color) -> Color {
    let sum: u16 = color.iter().map(|part| u16::from(*part)).sum();
    [(160 + sum / 9).min(255) as u8; 3]
}

/// Returns the smallest box around the marked pixels of a picture of this width.
fn around(marked: &[bool], width: usize) -> [usize; 4] {
    let places = marked.iter().enumerate().filter(|(_, is)| **is).map(|(place, _)| place);
    places.fold([usize::MAX, usize::MAX, 0, 0], |[left, top, right, bottom], place| {
        let (column, row) = (place % width, place / width);
        [left.min(column), top.min(row), right.max(column + 1), bottom.max(row + 1)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Tolerance = Tolerance { channel: 24, share: 0.01 };

    /// A white picture of 40 by 20 pixels with a dark square of 10 by 10 pixels.
    fn square(left: usize, top: usize, dark: Color) -> Picture {
        let is_dark = |place: usize| {
            (left..left + 10).contains(&(place % 40)) && (top..top + 10).contains(&(place / 40))
        };
        let pixels = (0..800).map(|place| if is_dark(place) { dark } else { [255; 3] }).collect();
        Picture { width: 40, height: 20, pixels }
    }

    #[test]
    fn the_same_picture_is_the_same() {
        let one = square(5, 5, [0; 3]);
        assert_eq!(compare(&one, &one, Tolerance { channel: 0, share: 0.0 }), Found::Same);
        // As another way of smoothing letters does.
        let smoother = square(5, 5, [STRICT.channel; 3]);
        assert_eq!(compare(&one, &smoother, STRICT), Found::Same);
    }

    #[test]
    fn what_is_moved_by_a_pixel_is_found_where_it_is() {
        let found = compare(&square(5, 5, [0; 3]), &square(6, 5, [0; 3]), STRICT);
        let Found::Different { share, within, marked } = found else { panic!("{found:?}") };
        assert!(
            (share - 20.0 / 800.0).abs() < 1e-9,
            "a column of ten pixels went, another one came: {share}"
        );
        assert_eq!(within, [5, 5, 16, 15]);
        assert_eq!(marked.pixels.iter().filter(|color| **color == RED).count(), 20);
        let loose = Tolerance { share: 0.03, ..STRICT };
        assert_eq!(compare(&square(5, 5, [0; 3]), &square(6, 5, [0; 3]), loose), Found::Same);
    }

    #[test]
    fn another_colour_is_found_even_in_one_channel() {
        let found = compare(&square(5, 5, [0; 3]), &square(5, 5, [0, 0, STRICT.channel + 1]), STRICT);
        let Found::Different { share, within, .. } = found else { panic!("{found:?}") };
        assert!((share - 0.125).abs() < 1e-9, "{share}");
        assert_eq!(within, [5, 5, 15, 15]);
    }

    #[test]
    fn another_size_is_named() {
        let other = Picture { width: 20, height: 20, pixels: vec![[255; 3]; 400] };
        let found = compare(&square(5, 5, [0; 3]), &other, STRICT);
        assert_eq!(found, Found::OtherSize([[40, 20], [20, 20]]));
    }
}
