//! `cargo xtask film`: makes one moving picture of the pictures that a test takes of the first minute.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use png::Encoder;

use super::palette::{Palette, indices};
use super::picture::{Picture, indexed};
use super::take;
use crate::folders;
use crate::print;
use crate::problem::{Outcome, Problem, WithContext as _};

/// The test that takes the pictures.
const TEST: &str = "pictures::film::first_minute";

/// The film, beside the kept pictures.
const FILM: &str = "first-minute.png";

/// The colours of the film. The light theme has few, and letters need some greys.
const COLORS: usize = 64;

/// The most bytes: a page with the film must open quickly.
const MOST_BYTES: u64 = 2_000_000;

/// The longest time in milliseconds for which nothing changes, and the time for which the last picture stands.
const LONGEST: u64 = 3_000;
const END: u64 = 3_000;

/// Takes the pictures, or takes those that are there, and makes the film.
pub(crate) fn film(is_taken: bool) -> Outcome {
    let frames = take::folder().join("film");
    if !is_taken {
        take::run(TEST)?;
    }
    let files = pictures(&frames)?;
    print::step(&format!("Making a film of {} pictures", files.len()));
    let film = super::kept::folder().join(FILM);
    let frames = read(&files)?;
    write(&film, &frames).with_context(|| format!("{} cannot be written", folders::short(&film)))?;
    let bytes = fs::metadata(&film).map_or(0, |file| file.len());
    let milliseconds: u64 = frames.iter().map(|frame| frame.milliseconds).sum();
    print::note(&format!(
        "{}: {} pictures, {} s, {} KB.",
        folders::short(&film),
        frames.len(),
        milliseconds / 1000,
        bytes / 1000
    ));
    if bytes > MOST_BYTES {
        return Err(Problem::new(format!("The film has more than {} KB.", MOST_BYTES / 1000))
            .next("Film less in tests/window/pictures/film.rs, or take fewer colours in xtask/src/pictures/film.rs."));
    }
    Ok(())
}

/// A picture of the film, and how long it stands.
struct Frame {
    picture: Picture,
    milliseconds: u64,
}

/// Lists the pictures with the times at which they are shown, which are their names.
fn pictures(folder: &Path) -> Outcome<Vec<(u64, PathBuf)>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folders::short(folder)))?;
    let timed = |path: PathBuf| Some((path.file_stem()?.to_str()?.parse().ok()?, path));
    let mut files: Vec<(u64, PathBuf)> = entries.filter_map(|entry| timed(entry.ok()?.path())).collect();
    files.sort();
    if files.is_empty() {
        return Err(Problem::new(format!("{} has no pictures.", folders::short(folder)))
            .next("Run `cargo xtask film` without `--taken`."));
    }
    Ok(files)
}

/// Reads the pictures. One that is as the one before only makes that stand longer.
fn read(files: &[(u64, PathBuf)]) -> Outcome<Vec<Frame>> {
    let mut frames: Vec<Frame> = Vec::new();
    let next = files.iter().skip(1).map(|(time, _)| Some(*time)).chain([None]);
    for ((time, path), next) in files.iter().zip(next) {
        let picture = Picture::read(path)?;
        let stands = next.map_or(END, |next| next - time);
        match frames.last_mut().filter(|last| last.picture == picture) {
            Some(last) => last.milliseconds = (last.milliseconds + stands).min(LONGEST.max(stands)),
            None => frames.push(Frame { picture, milliseconds: stands }),
        }
    }
    Ok(frames)
}

/// Writes an animated PNG: of each picture after the first only the box in which something is new.
fn write(path: &Path, frames: &[Frame]) -> io::Result<()> {
    let pictures: Vec<&Picture> = frames.iter().map(|frame| &frame.picture).collect();
    let palette = Palette::of(&pictures, COLORS);
    let Some(first) = pictures.first() else { return Ok(()) };
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = Encoder::new(file, first.width as u32, first.height as u32);
    indexed(&mut encoder, &palette);
    encoder.set_animated(frames.len() as u32, 0)?;
    let mut writer = encoder.write_header()?;
    let mut before: Option<Vec<u8>> = None;
    for frame in frames {
        let places = indices(&frame.picture.pixels, &palette);
        let [left, top, right, bottom] = changed(before.as_deref(), &places, &frame.picture);
        writer.reset_frame_position()?;
        writer.set_frame_dimension((right - left) as u32, (bottom - top) as u32)?;
        writer.set_frame_position(left as u32, top as u32)?;
        writer.set_frame_delay(u16::try_from(frame.milliseconds).unwrap_or(u16::MAX), 1000)?;
        let width = frame.picture.width;
        let rows = (top..bottom).map(|row| &places[row * width + left..row * width + right]);
        writer.write_image_data(&rows.collect::<Vec<_>>().concat())?;
        before = Some(places);
    }
    Ok(writer.finish()?)
}

/// Returns the box in which a picture differs from the one before: left, top, and the first column and row outside. The whole of
/// the first one, and one pixel where nothing differs, because a picture of a film cannot be empty.
fn changed(before: Option<&[u8]>, now: &[u8], picture: &Picture) -> [usize; 4] {
    let Some(before) = before else { return [0, 0, picture.width, picture.height] };
    let places = (0..now.len()).filter(|place| before[*place] != now[*place]);
    let found = places.fold(None, |found: Option<[usize; 4]>, place| {
        let (column, row) = (place % picture.width, place / picture.width);
        let [left, top, right, bottom] = found.unwrap_or([column, row, column, row]);
        Some([left.min(column), top.min(row), right.max(column + 1), bottom.max(row + 1)])
    });
    found.unwrap_or([0, 0, 1, 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white picture of 8 by 4 pixels with one black pixel.
    fn dot(place: usize) -> Picture {
        let mut pixels = vec![[255; 3]; 32];
        pixels[place] = [0; 3];
        Picture { width: 8, height: 4, pixels }
    }

    #[test]
    fn a_film_has_its_pictures_in_their_order_for_their_times() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (time, place) in [(0, 3), (250, 3), (500, 12), (10_000, 3)] {
            dot(place).write(&folder.path().join(format!("{time:06}.png")), 256).expect("a picture");
        }
        let frames = read(&pictures(folder.path()).expect("files")).expect("pictures");
        let times: Vec<u64> = frames.iter().map(|frame| frame.milliseconds).collect();
        assert_eq!(times, [500, 9_500, END]);
        let film = folder.path().join("film/all.png");
        write(&film, &frames).expect("a film");

        let mut decoder = png::Decoder::new(io::BufReader::new(File::open(&film).expect("the film")));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("a film");
        assert_eq!(reader.info().animation_control().expect("it moves").num_frames, 3);
        let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
        reader.next_frame(&mut bytes).expect("the first picture");
        assert_eq!(bytes.chunks_exact(3).position(|color| color == [0; 3]), Some(3));
        reader.next_frame(&mut bytes).expect("the second picture");
        let second = *reader.info().frame_control().expect("its place");
        // Both the dot that went and the one that came are in its box.
        assert_eq!((second.x_offset, second.y_offset, second.width, second.height), (3, 0, 2, 2));
        assert_eq!((second.delay_num, second.delay_den), (9_500, 1000));
    }

    #[test]
    fn a_folder_without_pictures_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(pictures(folder.path()).expect_err("nothing is there").mentions("has no pictures"));
    }
}
