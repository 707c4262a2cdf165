//! Exports a chart, which the window draws as SVG, as an SVG, PDF or PNG file that looks the same on every machine.
//!
//! In SVG and PNG files, letters become outlines. In PDF files they stay text, and the file contains their font.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, WriteOptions, fontdb};
use svg2pdf::{ConversionOptions, PageOptions};

/// The font of the window, which draws the same chart with it.
const FONT: &[u8] = include_bytes!("../../../ui/static/fonts/Inter.ttf");

/// The number of pixels in the PNG file for each pixel of the chart.
const SCALE: f32 = 2.0;

/// The longest side of a PNG file, in pixels.
const LONGEST_SIDE: f32 = 16_384.0;

/// Says why a chart cannot be exported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChartExportError {
    /// The chart is no valid SVG.
    #[error("the chart is not drawn as it should be: {0}")]
    Svg(String),
    /// The chart is too large for a PNG file.
    #[error("the chart would be a picture of {0} by {1} pixels")]
    TooLarge(u32, u32),
    /// The library that writes the format fails.
    #[error("the file cannot be made: {0}")]
    Format(String),
}

/// The format of a chart's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChartFormat {
    Svg,
    Pdf,
    Png,
}

impl ChartFormat {
    /// Returns the format that belongs to a file's ending.
    pub(crate) fn from_path(path: &std::path::Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        match ending.as_str() {
            "svg" => Some(Self::Svg),
            "pdf" => Some(Self::Pdf),
            "png" => Some(Self::Png),
            _ => None,
        }
    }

    /// Returns the content of the file.
    pub(crate) fn bytes(self, svg: &str) -> Result<Vec<u8>, ChartExportError> {
        let tree = tree(svg)?;
        match self {
            Self::Svg => Ok(tree.to_string(&WriteOptions::default()).into_bytes()),
            Self::Pdf => svg2pdf::to_pdf(&tree, ConversionOptions::default(), PageOptions::default())
                .map_err(|error| ChartExportError::Format(error.to_string())),
            Self::Png => png(&tree),
        }
    }
}

fn tree(svg: &str) -> Result<Tree, ChartExportError> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(FONT.to_vec());
    // The system's fonts have the letters that the bundled font lacks, for example those of a Chinese name.
    fonts.load_system_fonts();
    let options = Options {
        fontdb: Arc::new(fonts),
        // A chart contains no pictures, so nothing may be read from the disk for it.
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Tree::from_str(svg, &options).map_err(|error| ChartExportError::Svg(error.to_string()))
}

fn png(tree: &Tree) -> Result<Vec<u8>, ChartExportError> {
    let size = tree.size();
    let (width, height) = (size.width() * SCALE, size.height() * SCALE);
    if width > LONGEST_SIDE || height > LONGEST_SIDE {
        return Err(ChartExportError::TooLarge(width as u32, height as u32));
    }
    let mut picture = Pixmap::new(width.ceil() as u32, height.ceil() as u32)
        .ok_or(ChartExportError::TooLarge(width as u32, height as u32))?;
    resvg::render(tree, Transform::from_scale(SCALE, SCALE), &mut picture.as_mut());
    picture.encode_png().map_err(|error| ChartExportError::Format(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A red rectangle as SVG in base64.
    const RED: &str = "PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnIHdpZHRoPSc0MCcgaGVpZ2h0PScyMCc+PHJlY3Qgd2lkdGg9JzQwJyBoZWlnaHQ9JzIwJyBmaWxsPScjZjAwJy8+PC9zdmc+";

    const CHART: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20' font-family='Inter Variable'>\
        <rect width='40' height='20' fill='#fff'/><path d='M0 10H40' stroke='#0072b2'/>\
        <text x='2' y='12' font-size='10'>\u{2212}1.5</text></svg>";

    #[test]
    fn letters_become_outlines_and_a_picture_has_twice_the_size() {
        let svg = String::from_utf8(ChartFormat::Svg.bytes(CHART).expect("an SVG")).expect("text");
        assert!(!svg.contains("<text") && svg.matches("<path").count() >= 2, "{svg}");
        let png = ChartFormat::Png.bytes(CHART).expect("a PNG");
        // Width and height come after the header of the first chunk.
        assert_eq!((&png[1..4], &png[16..24]), (&b"PNG"[..], &[0, 0, 0, 80, 0, 0, 0, 40][..]));
    }

    #[test]
    fn a_pdf_holds_its_font() {
        let pdf = ChartFormat::Pdf.bytes(CHART).expect("a PDF");
        assert!(pdf.starts_with(b"%PDF-"));
        let holds = |needle: &[u8]| pdf.windows(needle.len()).any(|part| part == needle);
        assert!(holds(b"/FontFile") || holds(b"/FontFile3") || holds(b"/FontDescriptor"));
    }

    #[test]
    fn no_file_is_read_for_a_chart() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let secret = folder.path().join("secret.svg");
        let red = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='40' height='20' fill='#f00'/></svg>";
        std::fs::write(&secret, red).expect("a picture");
        let chart = |inside: &str| {
            format!(
                "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='40' height='20'>\
                <rect width='40' height='20' fill='#fff'/>{inside}</svg>"
            )
        };
        let png = |inside: &str| ChartFormat::Png.bytes(&chart(inside)).expect("a PNG");
        let plain = png("");
        assert_ne!(png("<rect width='40' height='20' fill='#f00'/>"), plain);
        let path = secret.display();
        for href in
            [format!("{path}"), format!("file://{path}"), "data:image/svg+xml;base64,".to_owned() + RED]
        {
            for name in ["href", "xlink:href"] {
                let image = format!("<image {name}='{href}' width='40' height='20'/>");
                assert_eq!(png(&image), plain, "{image}");
            }
        }
        let entity = format!("<!DOCTYPE svg [<!ENTITY secret SYSTEM '{path}'>]>{}", chart("&secret;"));
        assert!(
            ChartFormat::Png.bytes(&entity).is_err() || ChartFormat::Png.bytes(&entity).ok() == Some(plain)
        );
    }

    #[test]
    fn what_is_no_chart_is_refused() {
        assert!(matches!(ChartFormat::Svg.bytes("hello"), Err(ChartExportError::Svg(_))));
        let huge = "<svg xmlns='http://www.w3.org/2000/svg' width='90000' height='10'/>";
        assert!(matches!(ChartFormat::Png.bytes(huge), Err(ChartExportError::TooLarge(..))));
        assert_eq!(ChartFormat::from_path(std::path::Path::new("a.PDF")), Some(ChartFormat::Pdf));
        assert_eq!(ChartFormat::from_path(std::path::Path::new("a.gif")), None);
    }
}
