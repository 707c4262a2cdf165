//! A picture in memory: reads and writes PNG files, and makes a picture smaller.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::Path;

use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Filter, Transformations};

use super::palette::{Palette, indices};
use crate::folders;
use crate::problem::{Outcome, Problem, WithContext as _};

/// Red, green and blue.
pub(super) type Color = [u8; 3];

/// A picture without transparency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Row by row.
    pub(super) pixels: Vec<Color>,
}

impl Picture {
    /// Reads a PNG file. Transparency is left out: the window has none.
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        let file = File::open(path).with_context(|| format!("{} cannot be read", folders::short(path)))?;
        decode(BufReader::new(file))
            .map_err(|error| Problem::new(format!("{} is no picture: {error}.", folders::short(path))))
    }

    /// Writes a PNG file with at most this many colours.
    pub(super) fn write(&self, path: &Path, colors: usize) -> Outcome {
        let palette = Palette::of(&[self], colors);
        let write = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            let mut encoder =
                Encoder::new(BufWriter::new(File::create(path)?), self.width as u32, self.height as u32);
            indexed(&mut encoder, &palette);
            let mut writer = encoder.write_header()?;
            writer.write_image_data(&indices(&self.pixels, &palette))?;
            Ok(writer.finish()?)
        };
        write().with_context(|| format!("{} cannot be written", folders::short(path)))
    }

    /// Makes it so many times as small, each pixel the mean of a square. What is left over at the right and below is cut off.
    pub(super) fn shrunk(&self, times: usize) -> Self {
        let (width, height) = (self.width / times, self.height / times);
        let mean = |place: usize| {
            let (left, top) = (place % width * times, place / width * times);
            let mut sums = [0_usize; 3];
            for row in top..top + times {
                for color in &self.pixels[row * self.width + left..][..times] {
                    sums.iter_mut().zip(color).for_each(|(sum, part)| *sum += usize::from(*part));
                }
            }
            let area = times * times;
            sums.map(|sum| ((sum + area / 2) / area) as u8)
        };
        Self { width, height, pixels: (0..width * height).map(mean).collect() }
    }
}

/// Prepares an encoder for a picture of a palette's colours.
pub(super) fn indexed<W: std::io::Write>(encoder: &mut Encoder<'_, W>, palette: &Palette) {
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(palette.colors().concat());
    encoder.set_compression(Compression::High);
    // Neighbouring places of a palette are no similar colours, so that differences of them would only be longer.
    encoder.set_filter(Filter::NoFilter);
}

fn decode(file: BufReader<File>) -> Result<Picture, png::DecodingError> {
    let mut decoder = Decoder::new(file);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let info = reader.next_frame(&mut bytes)?;
    let color: fn(&[u8]) -> Color = match info.color_type {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => |pixel| [pixel[0]; 3],
        _ => |pixel| [pixel[0], pixel[1], pixel[2]],
    };
    let pixels = bytes[..info.buffer_size()].chunks_exact(info.color_type.samples()).map(color).collect();
    Ok(Picture { width: info.width as usize, height: info.height as usize, pixels })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose pixels all differ, as long as it is small.
    fn colorful(width: usize, height: usize) -> Picture {
        let pixels = (0..width * height).map(|place| [place as u8, (place * 7) as u8, 200]).collect();
        Picture { width, height, pixels }
    }

    #[test]
    fn a_picture_of_few_colours_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("below/one.png");
        let picture = colorful(16, 15);
        picture.write(&file, 256).expect("a file");
        assert_eq!(Picture::read(&file).expect("a picture"), picture);
        fs::write(&file, "no picture").expect("a file");
        let refused = Picture::read(&file).expect_err("it is no picture");
        assert!(refused.mentions("is no picture"), "{refused:?}");
    }

    #[test]
    fn a_smaller_picture_has_the_means() {
        let pixels = vec![[0, 10, 0], [2, 20, 0], [9, 9, 9], [4, 30, 0], [6, 40, 1], [9, 9, 9]];
        let small = Picture { width: 3, height: 2, pixels }.shrunk(2);
        assert_eq!(small, Picture { width: 1, height: 1, pixels: vec![[3, 25, 0]] });
    }
}
