//! Pictures of the vorticity: what the particles look like from afar.

pub(crate) mod animation;
mod cloud;
mod colours;
mod deposit;
mod frame;
mod label;
mod palette;
mod smooth;
mod vorticity;

use crate::error::Result;
use crate::files;
use colours::Colours;
use farfield_dynamics::config::Periodic;
use farfield_dynamics::vortex_particles::COMPONENTS;
use farfield_dynamics::{Config, ErrorKind, Observer, State, View};
use frame::Frame;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Draws the states of some steps into a folder, all in the same frame and the same colours.
pub(crate) struct Pictures {
    folder: PathBuf,
    steps: Vec<u64>,
    /// Known from the first picture on.
    frame: Option<Frame>,
}

impl Pictures {
    /// Into this folder, with the frame of the pictures that are there already.
    pub(crate) fn new(folder: PathBuf, config: &Config) -> Result<Self> {
        let stored = Frame::path(&folder);
        let frame = match stored.exists() {
            true => Some(Frame::read(&stored)?),
            false => None,
        };
        let steps = spread(config.time.steps, config.output.pictures);
        Ok(Self {
            folder,
            steps,
            frame,
        })
    }

    fn draw<const D: usize>(&mut self, view: &View<D>) -> Result<()> {
        let config = view.simulation.config();
        let what = shown(config);
        let path = self.folder.join(file_name(what, view.state.step));
        let due = self.steps.contains(&view.state.step) || view.simulation.collapse().is_some();
        if !due || (view.first && path.exists()) {
            return Ok(());
        }
        let state = &seen(view.state, config.model.periodic());
        let frame = match self.frame {
            Some(frame) => frame,
            None => {
                let way = match config.model.components() {
                    COMPONENTS => cloud::way_of_vectors(view.state, config)?,
                    _ => [0.0; 2],
                };
                let frame = Frame::of(state, view.observables, config, way)?;
                frame.write(&Frame::path(&self.folder))?;
                *self.frame.insert(frame)
            }
        };
        write_png(&path, &frame, state, what)
    }
}

impl<const D: usize> Observer<D> for Pictures {
    fn observe(&mut self, view: &View<D>) -> farfield_dynamics::Result<()> {
        let observed = self.draw(view);
        observed.map_err(|e| farfield_dynamics::Error::new(ErrorKind::Observer, e.to_string()))
    }
}

/// What pictures show, as their names begin.
const VORTICITY: &str = "vorticity";
const DENSITY: &str = "density";

/// What the pictures of a model show.
fn shown(config: &Config) -> &'static str {
    match config.model.kind() {
        "vortex" | "vortex-particles" => VORTICITY,
        _ => DENSITY,
    }
}

fn file_name(what: &str, step: u64) -> String {
    format!("{what}-{step:010}.png")
}

/// What is seen of a state from above, of vectors their lengths; on a torus every particle at its place in the box around the
/// origin, where all initial data are.
fn seen<const D: usize>(state: &State<D>, torus: Option<&Periodic>) -> State {
    let sides = torus.map(|torus| torus.sides(D));
    let along = |a: usize, x: f64| match &sides {
        Some(sides) => x - sides[a] * (x / sides[a]).round(),
        None => x,
    };
    State {
        step: state.step,
        time: state.time,
        positions: state
            .positions
            .iter()
            .map(|x| [along(0, x[0]), along(1, x[1])])
            .collect(),
        circulations: match D {
            COMPONENTS => state.positions.iter().map(cloud::length).collect(),
            _ => state.circulations.clone(),
        },
        previous_drifts: vec![],
    }
}

/// `pictures` steps, the first and last included, evenly spread.
fn spread(steps: u64, pictures: u32) -> Vec<u64> {
    let gaps = u128::from(pictures.max(2) - 1);
    let nth = |i: u32| ((u128::from(i) * u128::from(steps) + gaps / 2) / gaps) as u64;
    let mut all: Vec<u64> = (0..pictures).map(nth).collect();
    all.dedup();
    all
}

fn write_png(path: &Path, frame: &Frame, state: &State, what: &str) -> Result<()> {
    let [width, height] = frame.pixels();
    let vorticity = vorticity::vorticity(frame, state);
    let colours = Colours::new(frame.signed);
    let mut image: Vec<u8> = vorticity
        .iter()
        .flat_map(|omega| colours.of(f64::from(*omega) / frame.scale))
        .collect();
    label::draw(&mut image, frame, colours.ink(), state.time);
    files::write(path, |to| {
        let mut encoder = png::Encoder::new(&mut *to, width as u32, height as u32);
        encoder.set_color(png::ColorType::Rgb);
        let what = format!("{what} at t = {}, step {}", state.time, state.step);
        encoder.add_text_chunk("Description".into(), what)?;
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&image)?;
        writer.finish()?;
        to.flush()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_spread_evenly() {
        assert_eq!(spread(50, 5), [0, 13, 25, 38, 50]);
        assert_eq!(spread(50, 2), [0, 50]);
        assert_eq!(spread(50, 1), [0]);
        assert_eq!(spread(50, 0), [0u64; 0]);
        assert_eq!(spread(3, 5), [0, 1, 2, 3]);
        assert_eq!(spread(0, 5), [0]);
        assert_eq!(spread(u64::MAX, 3), [0, u64::MAX / 2 + 1, u64::MAX]);
    }
}
