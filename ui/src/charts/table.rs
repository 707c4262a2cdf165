//! The numbers of charts as a table, for other programs.

use std::fmt::Write as _;

use ipc::spreadsheet::{guarded, quoted};

use super::picture::{Heat, Line, Picture};

/// Writes the numbers of charts that are shown together as CSV, with every digit. Names that a spreadsheet takes for formulas
/// begin with an apostrophe.
#[must_use]
pub fn csv(pictures: &[Picture]) -> String {
    let mut text = String::new();
    for picture in pictures {
        if !text.is_empty() {
            text.push('\n');
        }
        match &picture.heat {
            Some(heat) => write_heat(&mut text, &picture.title, heat),
            None => write_lines(&mut text, picture),
        }
    }
    text
}

/// Writes one row for each point: the line, its coordinates, and its interval where the chart draws one.
fn write_lines(text: &mut String, picture: &Picture) {
    let has_bands = !picture.bands.is_empty();
    let interval = if has_bands { ",low,high" } else { "" };
    // Writing to a String does not fail.
    let _ = writeln!(text, "chart,line,{},{}{interval}", name(&picture.x_title), name(&picture.y_title));
    for line in &picture.lines {
        for [x, y] in &line.points {
            let interval = match interval_at(picture, line, *x) {
                Some([low, high]) => format!(",{},{}", value(picture, low), value(picture, high)),
                None if has_bands => ",,".to_owned(),
                None => String::new(),
            };
            let (chart, line) = (name(&picture.title), name(&line.name));
            let _ = writeln!(text, "{chart},{line},{x},{}{interval}", value(picture, *y));
        }
    }
}

/// Finds the interval of a line at `x`: a band has the colour of its line.
fn interval_at(picture: &Picture, line: &Line, x: f64) -> Option<[f64; 2]> {
    let bands = picture.bands.iter().filter(|band| band.color == line.color);
    let mut points = bands.flat_map(|band| &band.points);
    points.find(|[at, ..]| at.total_cmp(&x).is_eq()).map(|[_, low, high]| [*low, *high])
}

/// Returns the number of a y: a logarithmic axis has it as its decimal logarithm.
fn value(picture: &Picture, y: f64) -> f64 {
    if picture.is_log { 10.0_f64.powf(y) } else { y }
}

/// Writes one row for each cell that is known.
fn write_heat(text: &mut String, title: &str, heat: &Heat) {
    text.push_str("chart,row,column,value\n");
    for (row, values) in heat.rows.iter().zip(heat.values.chunks(heat.columns.len().max(1))) {
        for (column, value) in heat.columns.iter().zip(values).filter(|(_, value)| value.is_finite()) {
            let _ = writeln!(text, "{},{},{},{value}", name(title), name(row), name(column));
        }
    }
}

fn name(text: &str) -> String {
    quoted(&guarded(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{Band, Stroke};

    fn line(name: &str, color: u8, points: &[[f64; 2]]) -> Line {
        Line { name: name.into(), color, stroke: Stroke::Solid, points: points.to_vec(), notes: vec![] }
    }

    #[test]
    fn every_point_is_a_row_with_its_interval() {
        let picture = Picture {
            x_title: "multiplier".into(),
            y_title: "change, nats".into(),
            title: "A, B".into(),
            lines: vec![line("=sum", 0, &[[-1.0, 0.1], [1.0, 2.5]]), line("other", 1, &[[0.0, 3.0]])],
            bands: vec![Band { color: 0, points: vec![[1.0, 2.0, 3.0]] }],
            ..Picture::default()
        };
        let expected = "chart,line,multiplier,\"change, nats\",low,high\n\
            \"A, B\",'=sum,-1,0.1,,\n\"A, B\",'=sum,1,2.5,2,3\n\"A, B\",other,0,3,,\n";
        assert_eq!(csv(&[picture]), expected);
    }

    #[test]
    fn a_logarithmic_axis_and_a_heat_map_are_written_as_their_numbers() {
        let log = Picture {
            x_title: "step".into(),
            y_title: "norm".into(),
            is_log: true,
            lines: vec![line("run", 0, &[[1.0, 2.0]])],
            ..Picture::default()
        };
        let heat = Heat {
            columns: vec!["a".into(), "b".into()],
            rows: vec!["r".into(), "s".into()],
            values: vec![1.0, f64::NAN, 0.25, 4.0],
            ..Heat::default()
        };
        let map = Picture { heat: Some(heat), ..Picture::default() };
        assert_eq!(
            csv(&[log, map]),
            "chart,line,step,norm\n,run,1,100\n\nchart,row,column,value\n,r,a,1\n,s,a,0.25\n,s,b,4\n"
        );
    }
}
