//! Chooses the colours of a picture with few of them: the colours are divided in the middle of the channel in which they lie farthest
//! apart, until there are enough groups, and each group becomes its mean.

use std::collections::HashMap;

use super::picture::{Color, Picture};

/// The colours of one picture or of several, and which of them stands for each colour that was there.
#[derive(Debug)]
pub(super) struct Palette {
    colors: Vec<Color>,
    places: HashMap<Color, u8>,
}

/// A colour, and the number of pixels that have it.
type Counted = (Color, usize);

impl Palette {
    /// Chooses at most `most` colours, and at most the 256 that a byte can name.
    pub(super) fn of(pictures: &[&Picture], most: usize) -> Self {
        let mut counts: HashMap<Color, usize> = HashMap::new();
        for color in pictures.iter().flat_map(|picture| &picture.pixels) {
            *counts.entry(*color).or_default() += 1;
        }
        let mut all: Vec<Counted> = counts.into_iter().collect();
        // The order of a map changes from run to run.
        all.sort_unstable();
        let groups = divided(all, most.min(256));
        let colors = groups.iter().map(|group| mean(group)).collect();
        let of_group = |(place, group): (usize, &Vec<Counted>)| {
            group.iter().map(|(color, _)| (*color, place as u8)).collect::<Vec<_>>()
        };
        let places = groups.iter().enumerate().flat_map(of_group).collect();
        Self { colors, places }
    }

    /// Returns the colours in their order.
    pub(super) fn colors(&self) -> &[Color] {
        &self.colors
    }
}

/// Returns the place of each pixel's colour in the palette. The palette was made of these pixels, among others.
pub(super) fn indices(pixels: &[Color], palette: &Palette) -> Vec<u8> {
    pixels.iter().map(|color| palette.places.get(color).copied().unwrap_or_default()).collect()
}

/// Divides colours into at most so many groups.
fn divided(all: Vec<Counted>, most: usize) -> Vec<Vec<Counted>> {
    let mut groups = vec![all];
    while groups.len() < most {
        // A group matters by how far its colours lie apart, and by how many pixels would be wrong.
        let weight = |group: &Vec<Counted>| {
            let pixels: usize = group.iter().map(|(_, count)| count).sum();
            usize::from(widest(group).1) * (pixels.max(1).ilog2() as usize + 1)
        };
        let Some((place, weight)) =
            groups.iter().map(weight).enumerate().max_by_key(|(place, weight)| (*weight, usize::MAX - place))
        else {
            break;
        };
        if weight == 0 {
            break;
        }
        let group = groups.swap_remove(place);
        let (low, high) = cut(group);
        groups.extend([low, high]);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Returns the channel in which colours lie farthest apart, and how far.
fn widest(group: &[Counted]) -> (usize, u8) {
    let width = |channel: usize| {
        let values = || group.iter().map(|(color, _)| color[channel]);
        values().max().unwrap_or_default() - values().min().unwrap_or_default()
    };
    (0..3).map(|channel| (channel, width(channel))).max_by_key(|(_, width)| *width).unwrap_or_default()
}

/// Divides colours in the middle of their widest channel. Both parts have at least one if that is wider than nothing.
fn cut(group: Vec<Counted>) -> (Vec<Counted>, Vec<Counted>) {
    let (channel, width) = widest(&group);
    let least = group.iter().map(|(color, _)| color[channel]).min().unwrap_or_default();
    group.into_iter().partition(|(color, _)| color[channel] - least <= width / 2)
}

/// Returns the mean of colours, each as often as it is there.
fn mean(group: &[Counted]) -> Color {
    let pixels: usize = group.iter().map(|(_, count)| count).sum();
    [0, 1, 2].map(|channel| {
        let sum: usize = group.iter().map(|(color, count)| usize::from(color[channel]) * count).sum();
        ((sum + pixels / 2) / pixels.max(1)) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(pixels: Vec<Color>) -> Picture {
        Picture { width: pixels.len(), height: 1, pixels }
    }

    #[test]
    fn few_colours_stay_as_they_are() {
        let picture = row(vec![[1, 2, 3], [250, 0, 9], [1, 2, 3], [0, 0, 0]]);
        let palette = Palette::of(&[&picture], 256);
        assert_eq!(palette.colors().len(), 3);
        let shown: Vec<Color> = indices(&picture.pixels, &palette)
            .iter()
            .map(|place| palette.colors()[usize::from(*place)])
            .collect();
        assert_eq!(shown, picture.pixels);
    }

    #[test]
    fn similar_colours_become_one_and_others_do_not() {
        let mut pixels = vec![[250, 250, 250]; 90];
        pixels.extend([[10, 10, 10], [12, 10, 10], [200, 0, 0]]);
        let palette = Palette::of(&[&row(pixels.clone())], 3);
        let places = indices(&pixels, &palette);
        assert_eq!(palette.colors().len(), 3);
        assert_eq!(palette.colors()[usize::from(places[0])], [250, 250, 250], "most pixels stay as they are");
        assert_eq!(places[90], places[91]);
        assert!(places[92] != places[91] && places[92] != places[0]);
    }

    #[test]
    fn pictures_of_a_film_share_their_colours() {
        let (one, other) = (row(vec![[0; 3], [9; 3]]), row(vec![[9; 3], [200; 3]]));
        let palette = Palette::of(&[&one, &other], 256);
        assert_eq!(palette.colors().len(), 3);
        assert_eq!(indices(&one.pixels, &palette)[1], indices(&other.pixels, &palette)[0]);
    }
}
