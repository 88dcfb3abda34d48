//! `bench.svg`: seconds against N, both on a logarithmic axis.

use super::Report;
use super::axes::{self, Axis, Scale};
use super::crossover::{Crossover, about};
use super::measure::Row;
use crate::error::{Error, Result};
use crate::files;
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::io::Write;
use std::path::Path;

const SIZE: (u32, u32) = (900, 640);
const INK: RGBColor = RGBColor(60, 60, 60);
const GRID: RGBColor = RGBColor(222, 222, 222);
const FAINT: RGBColor = RGBColor(242, 242, 242);
/// Of dashed lines.
const DASH: i32 = 11;
const GAP: i32 = 6;
/// Left edge of the frame, where title and legend begin too.
const LEFT: i32 = 100;
const MARGIN: i32 = 14;
/// Height of title and legend, and the space below them for the label of the crossover.
const HEAD: u32 = 84;
const ABOVE_FRAME: u32 = 30;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Scale, Scale>>;
type Drawn = std::result::Result<(), Box<dyn std::error::Error>>;

/// A line of the plot; its points are (N, seconds).
struct Line {
    name: &'static str,
    colour: RGBColor,
    dashed: bool,
    points: Vec<(f64, f64)>,
}

pub(super) fn write(path: &Path, report: &Report) -> Result<()> {
    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
    let drawn = draw(&root, report);
    drop(root);
    drawn.map_err(|error| Error::Failed(format!("{}: cannot draw: {error}", path.display())))?;
    files::write(path, |to| to.write_all(svg.as_bytes()))
}

fn draw(root: &Area, report: &Report) -> Drawn {
    root.fill(&WHITE)?;
    let lines = lines(&report.rows);
    let (head, below) = root.split_vertically(HEAD);
    let title = "Fast multipole method and direct sum";
    head.draw_text(title, &text(20, HPos::Left, VPos::Center), (LEFT, 20))?;
    let settings = report.about.to_string();
    head.draw_text(&settings, &text(13, HPos::Left, VPos::Center), (LEFT, 44))?;
    legend(&head, &lines)?;
    chart(&below, &lines, report.crossover)?;
    root.present()?;
    Ok(())
}

fn lines(rows: &[Row]) -> Vec<Line> {
    let direct = |row: &Row, extrapolated: bool| {
        let direct = row.direct.filter(|d| d.extrapolated == extrapolated)?;
        Some((row.n as f64, direct.seconds))
    };
    let measured: Vec<_> = rows.iter().filter_map(|row| direct(row, false)).collect();
    // From the last measured point on.
    let beyond = rows.iter().filter_map(|row| direct(row, true));
    let mut extrapolated: Vec<_> = measured.last().copied().into_iter().chain(beyond).collect();
    if extrapolated.len() < 2 {
        extrapolated.clear();
    }
    let of = |seconds: fn(&Row) -> f64| {
        rows.iter()
            .map(|row| (row.n as f64, seconds(row)))
            .collect()
    };
    // Colours that the colour-blind tell apart (Okabe, Ito 2008).
    let (red, blue, green) = (
        RGBColor(213, 94, 0),
        RGBColor(0, 114, 178),
        RGBColor(0, 158, 115),
    );
    let line = |name, colour, dashed, points| Line {
        name,
        colour,
        dashed,
        points,
    };
    let mut lines = vec![
        line("direct sum", red, false, measured),
        line("direct sum, extrapolated", red, true, extrapolated),
        line("plan and evaluation", blue, false, of(Row::fmm)),
        line(
            "evaluation alone",
            green,
            false,
            of(|row| row.evaluate.total),
        ),
    ];
    lines.retain(|line| !line.points.is_empty());
    lines
}

/// A row of samples and names.
fn legend(head: &Area, lines: &[Line]) -> Drawn {
    let y = 70;
    let mut x = LEFT;
    for line in lines {
        let (ends, style) = ([(x, y), (x + 26, y)], line.colour.stroke_width(2));
        if line.dashed {
            head.draw(&DashedPathElement::new(ends, DASH, GAP, style))?;
        } else {
            head.draw(&PathElement::new(ends, style))?;
            head.draw(&Circle::new((x + 13, y), 3, line.colour.filled()))?;
        }
        head.draw_text(line.name, &text(13, HPos::Left, VPos::Center), (x + 33, y))?;
        // How wide text is, only the viewer knows; this is ample.
        x += 60 + 8 * line.name.len() as i32;
    }
    Ok(())
}

fn chart(area: &Area, lines: &[Line], crossover: Crossover) -> Drawn {
    let points = || lines.iter().flat_map(|line| &line.points);
    let ends = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, 0.0), |(a, b): (f64, f64), x| {
            (a.min(x), b.max(x))
        })
    };
    let (first, last) = ends(&mut points().map(|(n, _)| *n));
    let (least, most) = ends(&mut points().map(|(_, seconds)| *seconds));
    let (across, up) = (Axis::of_points(first, last), Axis::of_seconds(least, most));
    let mut chart = ChartBuilder::on(area)
        .margin_top(ABOVE_FRAME)
        .margin_right(30)
        .margin_bottom(MARGIN)
        .margin_left(MARGIN)
        .set_label_area_size(LabelAreaPosition::Left, LEFT - MARGIN)
        .set_label_area_size(LabelAreaPosition::Bottom, 50)
        .build_cartesian_2d(across.coordinate(), up.coordinate())?;
    chart
        .configure_mesh()
        .x_desc("N, the number of points (sources and targets)")
        .y_desc("time of a sum")
        .x_label_formatter(&axes::points_label)
        .y_label_formatter(&axes::seconds_label)
        .label_style(("sans-serif", 16, &INK))
        .axis_desc_style(("sans-serif", 17, &INK))
        .bold_line_style(GRID)
        .light_line_style(FAINT)
        .axis_style(INK)
        .draw()?;
    mark(area, &mut chart, crossover)?;
    for line in lines {
        let (points, style) = (line.points.iter().copied(), line.colour.stroke_width(2));
        if line.dashed {
            chart.draw_series(DashedLineSeries::new(points, DASH, GAP, style))?;
        } else {
            chart.draw_series(LineSeries::new(points.clone(), style))?;
            chart.draw_series(points.map(|at| Circle::new(at, 3, line.colour.filled())))?;
        }
    }
    Ok(())
}

/// A vertical line with a label above the frame; where there is no crossover, the label says so.
fn mark(area: &Area, chart: &mut Chart<'_, '_>, crossover: Crossover) -> Drawn {
    // Pixels of the whole picture become those of the area.
    let above = |(x, y): (i32, i32)| (x, y - HEAD as i32 - 6);
    let (across, up) = (chart.x_range(), chart.y_range());
    let Crossover::Between { n, .. } = crossover else {
        let at = above(chart.backend_coord(&(across.start, up.end)));
        let style = text(15, HPos::Left, VPos::Bottom);
        return Ok(area.draw_text(&crossover.to_string(), &style, at)?);
    };
    let upright = [(n, up.start), (n, up.end)];
    chart.draw_series(DashedLineSeries::new(upright, 3, 3, INK.stroke_width(1)))?;
    let (x, y) = above(chart.backend_coord(&(n, up.end)));
    let side = match 3 * x / SIZE.0 as i32 {
        0 => HPos::Left,
        1 => HPos::Center,
        _ => HPos::Right,
    };
    let label = format!("plan and evaluation are faster from N {}", about(n));
    area.draw_text(&label, &text(15, side, VPos::Bottom), (x, y))?;
    Ok(())
}

fn text(size: u32, h: HPos, v: VPos) -> TextStyle<'static> {
    let style = ("sans-serif", size).into_text_style(&(0, 0)).color(&INK);
    style.pos(Pos::new(h, v))
}
