//! Draws lines into an array of pixels. A chart with many curves is drawn so once, and then shown as a picture: what draws the window
//! would take every one of its triangles again in every frame.

use super::strokes::Piece;

/// A colour that is multiplied with its own alpha: red, green, blue and alpha.
pub(super) type Premultiplied = [u8; 4];

/// The width of a soft edge in pixels.
const EDGE: f64 = 1.0;

/// A picture of lines on a ground through which everything is seen.
pub(super) struct Raster {
    size: [usize; 2],
    pixels: Vec<Premultiplied>,
    /// How much of each pixel the line covers that is being drawn, of 255. It is 0 everywhere between two lines.
    covered: Vec<u8>,
    /// The pixels of which it covers something.
    touched: Vec<usize>,
}

impl Raster {
    /// Returns an empty picture with a width and a height.
    pub(super) fn new(size: [usize; 2]) -> Self {
        let count = size[0] * size[1];
        Self { size, pixels: vec![[0; 4]; count], covered: vec![0; count], touched: Vec::new() }
    }

    /// Covers what is nearer to a piece than a radius, with a soft edge. A pixel that several pieces of a line cover is covered once,
    /// so that their joints are not seen.
    pub(super) fn cover(&mut self, [from, to]: Piece, radius: f64) {
        if !from.iter().chain(&to).all(|value| value.is_finite()) {
            return;
        }
        let way = [to[0] - from[0], to[1] - from[1]];
        let squared = way[0] * way[0] + way[1] * way[1];
        let reach = radius + EDGE / 2.0;
        // The piece is followed along the axis on which it is longer, so that it is never steep.
        let (along, across) = if way[0].abs() >= way[1].abs() { (0, 1) } else { (1, 0) };
        let (low, high) = (from[along].min(to[along]), from[along].max(to[along]));
        let slope = if squared > 0.0 { way[across] / way[along] } else { 0.0 };
        let half = reach * slope.hypot(1.0);
        let (begin, end) = pixels(low - reach, high + reach, self.size[along]);
        for line in begin..end {
            let place = line as f64 + 0.5;
            let middle = from[across] + (place.clamp(low, high) - from[along]) * slope;
            let (first, last) = pixels(middle - half, middle + half, self.size[across]);
            for pixel in first..last {
                let (to_place, to_pixel) = (place - from[along], pixel as f64 + 0.5 - from[across]);
                let passed = to_place * way[along] + to_pixel * way[across];
                let share = if squared > 0.0 { (passed / squared).clamp(0.0, 1.0) } else { 0.0 };
                let (beside, above) = (to_place - share * way[along], to_pixel - share * way[across]);
                let part = (reach - (beside * beside + above * above).sqrt()).clamp(0.0, EDGE) / EDGE;
                let (x, y) = if along == 0 { (line, pixel) } else { (pixel, line) };
                self.touch(y * self.size[0] + x, (part * 255.0).round() as u8);
            }
        }
    }

    fn touch(&mut self, at: usize, part: u8) {
        let before = self.covered[at];
        if before == 0 && part > 0 {
            self.touched.push(at);
        }
        self.covered[at] = before.max(part);
    }

    /// Gives all that was covered since the last time a colour, over what is already there.
    pub(super) fn paint(&mut self, color: Premultiplied) {
        for at in self.touched.drain(..) {
            let part = std::mem::take(&mut self.covered[at]);
            let over = color.map(|channel| share(channel, part));
            let through = 255 - over[3];
            for (channel, over) in self.pixels[at].iter_mut().zip(over) {
                *channel = over.saturating_add(share(*channel, through));
            }
        }
    }

    /// Returns the pixels, row by row from the top.
    pub(super) fn into_pixels(self) -> Vec<Premultiplied> {
        self.pixels
    }
}

/// Returns the range of pixels that a range of places touches.
fn pixels(low: f64, high: f64, count: usize) -> (usize, usize) {
    // What is below zero becomes zero.
    ((low.floor() as usize).min(count), (high.ceil() as usize).min(count))
}

/// Returns a share of a number, of 255, rounded.
fn share(number: u8, of: u8) -> u8 {
    ((u32::from(number) * u32::from(of) + 127) / 255) as u8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WIDTH: usize = 23;
    const HEIGHT: usize = 17;
    const WHITE: Premultiplied = [255; 4];

    /// The distance of a place from a piece.
    fn distance([from, to]: Piece, at: [f64; 2]) -> f64 {
        let way = [to[0] - from[0], to[1] - from[1]];
        let length = way[0].hypot(way[1]);
        let ends = [from, to].map(|end| (at[0] - end[0]).hypot(at[1] - end[1]));
        let nearest_end = ends[0].min(ends[1]);
        if length < 1e-12 {
            return nearest_end;
        }
        let passed = ((at[0] - from[0]) * way[0] + (at[1] - from[1]) * way[1]) / length;
        let beside = ((at[0] - from[0]) * way[1] - (at[1] - from[1]) * way[0]).abs() / length;
        if (0.0..=length).contains(&passed) { beside } else { nearest_end }
    }

    fn alphas(raster: Raster) -> Vec<u8> {
        raster.into_pixels().iter().map(|pixel| pixel[3]).collect()
    }

    proptest! {
        #[test]
        fn every_pixel_is_covered_as_far_as_it_is_near(
            piece in prop::array::uniform2(prop::array::uniform2(-30.0_f64..50.0)),
            radius in 0.2_f64..4.0,
        ) {
            let mut raster = Raster::new([WIDTH, HEIGHT]);
            raster.cover(piece, radius);
            raster.paint(WHITE);
            for (at, alpha) in alphas(raster).into_iter().enumerate() {
                let place = [(at % WIDTH) as f64 + 0.5, (at / WIDTH) as f64 + 0.5];
                let part = (radius + 0.5 - distance(piece, place)).clamp(0.0, 1.0) * 255.0;
                prop_assert!((f64::from(alpha) - part).abs() <= 0.51, "{place:?}: {alpha} of {part}");
            }
        }
    }

    #[test]
    fn level_and_upright_lines_points_and_what_is_far_away_are_covered() {
        for piece in [[[2.0, 3.5], [9.0, 3.5]], [[4.5, 2.0], [4.5, 9.0]], [[5.5, 5.5]; 2]] {
            let mut raster = Raster::new([WIDTH, HEIGHT]);
            raster.cover(piece, 1.0);
            raster.paint(WHITE);
            assert_eq!(alphas(raster).into_iter().max(), Some(255), "{piece:?}");
        }
        let mut raster = Raster::new([WIDTH, HEIGHT]);
        raster.cover([[-1e12, 8.5], [1e12, 8.5]], 1.0);
        raster.cover([[f64::NAN, 1.0], [9.0, 1.0]], 1.0);
        raster.cover([[1.0, 1.0], [f64::INFINITY, 1.0]], 1.0);
        raster.paint(WHITE);
        let covered: Vec<usize> =
            alphas(raster).iter().enumerate().filter(|at| *at.1 > 0).map(|at| at.0 / WIDTH).collect();
        assert_eq!(covered.len(), 3 * WIDTH);
        assert!(covered.iter().all(|row| (7..=9).contains(row)));
    }

    #[test]
    fn a_joint_is_painted_once_and_another_line_over_it() {
        let half: Premultiplied = [100, 0, 0, 128];
        let mut raster = Raster::new([WIDTH, HEIGHT]);
        raster.cover([[2.0, 8.5], [10.0, 8.5]], 1.0);
        raster.cover([[10.0, 8.5], [20.0, 8.5]], 1.0);
        raster.paint(half);
        let middle = 8 * WIDTH + 10;
        assert_eq!(raster.pixels[middle], half);
        raster.cover([[10.5, 2.0], [10.5, 15.0]], 1.0);
        raster.paint([0, 255, 0, 255]);
        assert_eq!(raster.pixels[middle], [0, 255, 0, 255]);
        raster.cover([[10.5, 2.0], [10.5, 15.0]], 1.0);
        raster.paint(half);
        assert_eq!(raster.pixels[middle], [100, 127, 0, 255]);
        raster.paint(WHITE);
        assert_eq!(raster.pixels[middle], [100, 127, 0, 255], "nothing was covered since");
    }
}
