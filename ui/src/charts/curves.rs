//! Draws the lines of a chart that has very many points. They are drawn once into a picture, which is shown until the lines, the axes
//! or the size change: as triangles they would be drawn again in every frame, whatever moves over them.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use eframe::egui::{self, Color32, ColorImage, Rect, Shape, TextureHandle, TextureOptions, pos2};
use egui_plot::{PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotPoint, PlotTransform};

use super::bounds::{self, Axis};
use super::brush::{MARK, brush, has_marks};
use super::colors::Colors;
use super::picture::{Line, Picture, Stroke};
use super::raster::Raster;
use super::strokes::{Dashes, dashed, thinned};

/// The number of points from which on lines are drawn into a picture.
const MANY: usize = 4_000;
/// The length of a dash, and the gap behind it as a part of that: those of `LineStyle::dashed_dense`.
const DASH: f64 = 5.0;
const GAP: f64 = 0.618;
/// The part of a picture that is shown: all of it.
const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

/// What is known of a chart's lines until they or their colours change.
pub(super) struct Curves {
    /// How far the axes reach to all that may be drawn, across and upright.
    pub(super) axes: [Axis; 2],
    /// Whether they are drawn into a picture.
    pub(super) are_many: bool,
    drawn: RefCell<Option<Drawn>>,
}

/// A picture of the lines, and what it was drawn for.
struct Drawn {
    view: View,
    place: Rect,
    texture: TextureHandle,
}

/// What a picture of the lines depends on beside them.
#[derive(Clone, Copy, PartialEq)]
struct View {
    bounds: PlotBounds,
    frame: Rect,
    pixels_per_point: f32,
}

impl Curves {
    /// Looks at the lines of a chart.
    pub(super) fn of(picture: &Picture) -> Self {
        let points: usize = picture.lines.iter().map(|line| line.points.len()).sum();
        Self { axes: bounds::axes(picture), are_many: points >= MANY, drawn: RefCell::default() }
    }
}

/// The lines of a chart as one thing in a plot.
pub(super) struct CurvesItem<'a> {
    base: PlotItemBase,
    picture: &'a Picture,
    curves: &'a Curves,
    colors: &'a Colors,
    /// The width of the chart, on which it depends whether lines have marks.
    room: f32,
}

impl<'a> CurvesItem<'a> {
    /// Returns the lines of a picture, to be shown with these colours.
    pub(super) fn new(picture: &'a Picture, curves: &'a Curves, colors: &'a Colors, room: f32) -> Self {
        Self { base: PlotItemBase::new(String::new()), picture, curves, colors, room }
    }

    /// Draws the lines, into the texture of before where there is one.
    fn draw(
        &self,
        context: &egui::Context,
        transform: &PlotTransform,
        view: View,
        before: Option<Drawn>,
    ) -> Drawn {
        let frame = view.frame;
        // A texture has a largest side. A pixel more is drawn on each side where the frame ends within one.
        let most = context.input(|input| input.max_texture_side).max(3) as f32 - 2.0;
        let side = frame.width().max(frame.height()).max(1.0);
        let scale = f64::from(view.pixels_per_point.min(most / side));
        let [left, top] = [frame.left(), frame.top()].map(|edge| (f64::from(edge) * scale).floor());
        let [right, bottom] = [frame.right(), frame.bottom()].map(|edge| (f64::from(edge) * scale).ceil());
        let size = [right - left, bottom - top].map(|length| length.max(1.0) as usize);

        let mut raster = Raster::new(size);
        let place = |point: &[f64; 2]| {
            let at = transform.position_from_point(&PlotPoint::new(point[0], point[1]));
            [f64::from(at.x) * scale - left, f64::from(at.y) * scale - top]
        };
        for line in &self.picture.lines {
            let places: Vec<[f64; 2]> = line.points.iter().map(place).collect();
            self.draw_line(&mut raster, line, &places, scale, size);
        }

        let pixels = raster.into_pixels().into_iter();
        let pixels = pixels.map(|[r, g, b, a]| Color32::from_rgba_premultiplied(r, g, b, a)).collect();
        let image = ColorImage::new(size, pixels);
        let texture = match before {
            Some(Drawn { mut texture, .. }) => {
                texture.set(image, TextureOptions::NEAREST);
                texture
            }
            None => context.load_texture("curves", image, TextureOptions::NEAREST),
        };
        let point = |x: f64, y: f64| pos2((x / scale) as f32, (y / scale) as f32);
        let end = point(left + size[0] as f64, top + size[1] as f64);
        Drawn { view, place: Rect::from_min_max(point(left, top), end), texture }
    }

    /// Draws one line, and the marks at its points, at places in pixels.
    fn draw_line(&self, raster: &mut Raster, line: &Line, places: &[[f64; 2]], scale: f64, size: [usize; 2]) {
        let (color, width) = brush(self.colors, line);
        let radius = f64::from(width) / 2.0 * scale;
        let points = thinned(places);
        if let [only] = points[..] {
            raster.cover([only, only], radius);
        } else if line.stroke == Stroke::Dashed {
            let cut = Dashes { dash: DASH * scale, gap: DASH * GAP * scale, cap: radius };
            for piece in dashed(&points, cut, size.map(|length| length as f64)) {
                raster.cover(piece, radius);
            }
        } else {
            for two in points.windows(2) {
                raster.cover([two[0], two[1]], radius);
            }
        }
        raster.paint(color.to_array());
        if has_marks(line, self.room) {
            for at in places {
                raster.cover([*at, *at], f64::from(MARK) * scale);
            }
            raster.paint(color.to_array());
        }
    }
}

impl PlotItem for CurvesItem<'_> {
    fn shapes(&self, ui: &egui::Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let view = View {
            bounds: *transform.bounds(),
            frame: *transform.frame(),
            pixels_per_point: ui.ctx().pixels_per_point(),
        };
        // A frame that has no number yet, or no size, shows nothing.
        if !view.frame.is_positive() || !view.frame.is_finite() {
            return;
        }
        let kept = self.curves.drawn.take();
        let drawn = match kept {
            Some(drawn) if drawn.view == view => drawn,
            before => self.draw(ui.ctx(), transform, view, before),
        };
        shapes.push(Shape::image(drawn.texture.id(), drawn.place, WHOLE, Color32::WHITE));
        self.curves.drawn.replace(Some(drawn));
    }

    fn initialize(&mut self, _x_range: RangeInclusive<f64>) {}

    fn color(&self) -> Color32 {
        Color32::TRANSPARENT
    }

    fn allow_hover(&self) -> bool {
        false
    }

    fn geometry(&self) -> PlotGeometry<'_> {
        PlotGeometry::None
    }

    fn bounds(&self) -> PlotBounds {
        let [across, upright] = self.curves.axes.map(|axis| axis.ends);
        PlotBounds::from_min_max([across.0, upright.0], [across.1, upright.1])
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}
