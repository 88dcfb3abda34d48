//! What part of the plane the pictures show, and what their colours stand for: fixed at the first picture.

use super::cloud::{centre, radius, velocity};
use super::vorticity::vorticity;
use crate::error::{Error, Result};
use crate::files;
use farfield_dynamics::config::{Confinement, Core};
use farfield_dynamics::{Config, Observables, State};
use serde::{Deserialize, Serialize};
use std::f64::consts::FRAC_1_SQRT_2;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Frame {
    /// Middle of the picture.
    centre: [f64; 2],
    /// Half of its width and height.
    half: [f64; 2],
    /// Pixels of its longer side.
    pixels: u32,
    /// Narrowest Gaussian that a particle is smeared to, as a standard deviation: that of its core.
    pub(super) narrowest: f64,
    /// Vorticity at the end of the colours.
    pub(super) scale: f64,
    /// Whether there are both signs.
    pub(super) signed: bool,
    /// Whether it is all of a torus.
    #[serde(default)]
    pub(super) wraps: bool,
}

/// Part of the particles that the frame holds at the start.
const INSIDE: f64 = 0.997;
/// Room beyond that, for arms that the cloud may throw.
const MARGIN: f64 = 1.35;
/// Growth of a gas that there is room for where a formula confines it, or says how it spreads.
const BY_A_FORMULA: f64 = 2.0;
/// Longer over shorter side at most.
const ASPECT: f64 = 2.5;

impl Frame {
    pub(super) fn path(folder: &Path) -> PathBuf {
        folder.join("frame.toml")
    }

    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(Error::file("read", path))?;
        let allowed = "the frame of earlier pictures";
        toml::from_str(&text).map_err(|e| Error::refused(path.display(), e.message(), allowed))
    }

    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let text = toml::to_string(self).map_err(|e| Error::Failed(e.to_string()))?;
        files::write(path, |to| {
            write!(to, "# Every picture of the run shows this.\n{text}")
        })
    }

    /// Room for the cloud from its start to the end of the run, as far as can be told at its start: vortices travel at their
    /// mean velocity and spread by diffusion, a gas spreads as its second moment grows, vortex particles in space go `way`. On a torus the box.
    pub(super) fn of<const D: usize>(
        state: &State,
        sums: &Observables<D>,
        config: &Config,
        way: [f64; 2],
    ) -> Result<Self> {
        let model = &config.model;
        let (start, half) = match (model.periodic(), model.kind()) {
            (Some(torus), _) => {
                let sides = torus.sides(D);
                ([0.0; 2], [0.5 * sides[0], 0.5 * sides[1]])
            }
            (None, "vortex") => room_of_vortices(state, config)?,
            (None, "vortex-particles") => room_on(state, config, way),
            (None, _) => room_of_gas(state, sums, config),
        };
        let longer = half[0].max(half[1]);
        let sign = |positive: bool| {
            state
                .circulations
                .iter()
                .any(|&m| m != 0.0 && (m > 0.0) == positive)
        };
        let mut frame = Self {
            centre: start,
            half: half.map(|half| half.max(longer / ASPECT)),
            pixels: config.output.picture_pixels,
            narrowest: match *model.core() {
                Core::None => 0.0,
                // e^{−r²/δ²} is a Gaussian of standard deviation δ/√2.
                Core::Gaussian { delta } => delta * FRAC_1_SQRT_2,
                // Half of δ²/(π (r² + δ²)²) lies within δ, as of a Gaussian of standard deviation δ/√(2 log 2).
                Core::Algebraic { delta } => 0.85 * delta,
            },
            scale: 1.0,
            signed: sign(true) && sign(false),
            wraps: model.periodic().is_some(),
        };
        frame.scale = brightest(vorticity(&frame, state));
        Ok(frame)
    }

    /// Width and height.
    pub(super) fn pixels(&self) -> [usize; 2] {
        let longer = self.half[0].max(self.half[1]);
        let pixels = f64::from(self.pixels);
        self.half
            .map(|half| (pixels * half / longer).round().max(1.0) as usize)
    }

    /// Length of a pixel's side.
    pub(super) fn pixel(&self) -> f64 {
        2.0 * self.half[0].max(self.half[1]) / f64::from(self.pixels)
    }

    /// Pixels to the right of and below the upper left corner.
    pub(super) fn place(&self, x: &[f64; 2]) -> [f64; 2] {
        let right = x[0] - self.centre[0] + self.half[0];
        let below = self.centre[1] + self.half[1] - x[1];
        let [across, down] = self.pixel_sides();
        [right / across, below / down]
    }

    /// Sides of a pixel: where the picture wraps, its sides are whole numbers of them.
    fn pixel_sides(&self) -> [f64; 2] {
        if !self.wraps || self.half[0] == self.half[1] {
            return [self.pixel(); 2];
        }
        let pixels = self.pixels();
        [0, 1].map(|a| 2.0 * self.half[a] / pixels[a] as f64)
    }
}

/// Middle and half of the sides of what vortices need: they carry each other along, and spread by diffusion.
fn room_of_vortices(state: &State, config: &Config) -> Result<([f64; 2], [f64; 2])> {
    let duration = left(state, config);
    let way = velocity(state)?.map(|v| v * duration);
    Ok(room_on(state, config, way))
}

/// The same of what goes this way.
fn room_on(state: &State, config: &Config, way: [f64; 2]) -> ([f64; 2], [f64; 2]) {
    let duration = left(state, config);
    let start = centre(state);
    // A Gaussian keeps this part of its mass within a²·log(1/(1 − part)), and a² grows by 4σ a unit of time.
    let (_, viscosity) = config.model.diffusion();
    let spread = (-(1.0 - INSIDE).ln() * 4.0 * viscosity * duration).sqrt();
    let radius = sensible(MARGIN * radius(state, start, INSIDE).hypot(spread));
    let way = way.map(|way| way.clamp(-1e3 * radius, 1e3 * radius));
    let half = way.map(|way| radius + 0.5 * way.abs());
    ([0, 1].map(|k| start[k] + 0.5 * way[k]), half)
}

/// The same of a gas: ⟨|x|²⟩ grows by 2dσ + 𝒱/N − 2k⟨|x|²⟩ a unit of time, as at the start ([`farfield_dynamics::model::Gas`]).
fn room_of_gas<const D: usize>(
    state: &State,
    sums: &Observables<D>,
    config: &Config,
) -> ([f64; 2], [f64; 2]) {
    let n = state.n() as f64;
    let (_, diffusion) = config.model.diffusion();
    let rate = 2.0 * D as f64 * diffusion + sums.virial.unwrap_or(0.0) / n;
    let (damping, most) = match *config.model.confinement() {
        Confinement::None => (0.0, f64::INFINITY),
        Confinement::Harmonic { stiffness } => (2.0 * stiffness, f64::INFINITY),
        // What it holds back is not known.
        Confinement::Formula { .. } => (0.0, BY_A_FORMULA),
    };
    let duration = left(state, config);
    let (decay, grown) = match damping > 0.0 {
        true => (
            (-damping * duration).exp(),
            -(-damping * duration).exp_m1() / damping,
        ),
        false => (1.0, duration),
    };
    let now = sums.second_moment / n;
    let growth = ((now * decay + rate * grown) / now)
        .max(1.0)
        .sqrt()
        .min(most);
    let start = centre(state);
    let growth = match config.model.diffusion_formula() {
        Some(_) => BY_A_FORMULA,
        None if growth.is_finite() => growth,
        None => 1.0,
    };
    let radius = sensible(MARGIN * growth * radius(state, start, INSIDE));
    (start, [radius; 2])
}

/// Time to the end of the run.
fn left(state: &State, config: &Config) -> f64 {
    config.time.dt * config.time.steps as f64 - state.time
}

fn sensible(radius: f64) -> f64 {
    match radius > 0.0 {
        true => radius.clamp(1e-290, 1e290),
        false => 1.0,
    }
}

/// The vorticity that a hundredth of the circulation lies above: the peak, without its noise.
fn brightest(mut image: Vec<f32>) -> f64 {
    image.iter_mut().for_each(|omega| *omega = omega.abs());
    image.sort_unstable_by(|a, b| b.total_cmp(a));
    let total: f64 = image.iter().map(|&omega| f64::from(omega)).sum();
    let mut above = 0.0;
    let found = image.iter().find(|&&omega| {
        above += f64::from(omega);
        above >= 0.01 * total
    });
    match found {
        Some(&omega) if omega > 0.0 => f64::from(omega),
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame_of(positions: Vec<[f64; 2]>, circulations: Vec<f64>) -> Frame {
        let state = State {
            step: 0,
            time: 0.0,
            positions,
            circulations,
            previous_drifts: vec![],
        };
        let mut config = Config::default();
        config.output.picture_pixels = 100;
        (config.time.dt, config.time.steps) = (0.5, 50);
        let sums = Observables::moments(&state.positions, &state.circulations);
        Frame::of(&state, &sums, &config, [0.0; 2]).unwrap()
    }

    #[test]
    fn the_upper_left_corner_is_pixel_zero() {
        let frame = frame_of(
            vec![[1.0, 2.0], [3.0, 2.0], [2.0, 1.0], [2.0, 3.0]],
            vec![1.0; 4],
        );
        assert_eq!(frame.pixels(), [100, 100]);
        let [x, y] = frame.place(&[2.0, 2.0]);
        // The mean velocity, which should vanish, is rounded as the field is.
        assert!((x - 50.0).abs() < 1e-4 && (y - 50.0).abs() < 1e-4);
        let [x, y] = frame.place(&[2.5, 2.5]);
        assert!(x > 50.0 && y < 50.0);
        assert!(!frame.signed);
    }

    #[test]
    fn a_dipole_finds_room_to_travel() {
        // Clockwise on the left, counter-clockwise on the right: the pair moves down, at m/(2π·distance·N).
        let frame = frame_of(vec![[-0.5, 0.0], [0.5, 0.0]], vec![-1.0, 1.0]);
        let way = -25.0 / (4.0 * std::f64::consts::PI);
        let [_, start] = frame.place(&[0.0, 0.0]);
        let [_, end] = frame.place(&[0.0, way]);
        assert!(frame.signed && (start + end - frame.pixels()[1] as f64).abs() < 1e-6);
        assert!(frame.half[1] > -0.5 * way && frame.half[1] > frame.half[0]);
    }

    #[test]
    fn any_cloud_has_a_frame() {
        for scale in [0.0, 1e-300, 1e300] {
            let frame = frame_of(vec![[scale, 0.0], [-scale, scale]], vec![1.0, 0.0]);
            let [x, y] = frame.place(&[scale, 0.0]);
            assert!(
                x.is_finite() && y.is_finite() && frame.scale.is_finite(),
                "{frame:?}"
            );
        }
        assert_eq!(frame_of(vec![[0.0; 2]], vec![0.0]).pixels(), [100, 100]);
    }
}
