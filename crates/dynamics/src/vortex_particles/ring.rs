//! Where vortex rings start.

use super::observables::cross;
use super::{Core, VortexParticles};
use crate::{Error, ErrorKind, Result};
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// A circular vortex tube with the vorticity Γ/(π a²) e^{−s²/a²} at distance s from its centre line.
///
/// With a ≪ R it travels along its axis at Γ/(4πR)·[log(8R/a) − 0.5579658] (Saffman 1970; *Vortex Dynamics*, 1992, §10.3).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[serde(deny_unknown_fields)]
pub struct VortexRing {
    /// Its centre.
    pub centre: [f64; 3],
    /// Direction of its axis, of any length above 0; a ring with Γ > 0 travels that way.
    pub axis: [f64; 3],
    /// R, from the centre to the centre line, above 0.
    pub radius: f64,
    /// Γ, right-handed around the axis.
    pub circulation: f64,
    /// a, between 0 and R; with a Gaussian core of the particles, above its δ.
    pub core: f64,
}

/// Layers reach to about so many times the width of the layered profile.
const REACH: f64 = 2.5;
/// Cells in the first layer; layer k has 2k − 1 times as many, of the same area.
const FIRST: usize = 3;

impl VortexRing {
    /// Speed of a thin ring, Γ/(4πR)·[log(8R/a) − 0.5579658], up to O((a/R)² log(R/a)). The constant is
    /// ½(1 − γ + log 2) with γ of Euler.
    pub fn thin_speed(&self) -> f64 {
        let (big, small) = (self.radius, self.core);
        self.circulation / (2.0 * TAU * big) * ((8.0 * big / small).ln() - 0.557_965_8)
    }

    /// Rings as particles about `spacing` apart, one ring after another, with this core for all particles.
    ///
    /// The cross-section of a tube has n layers of equal width around the centre line, the last one open. Layer k has
    /// 3(2k − 1) particles, which carry what the Gaussian profile has between the layer's edges, at the root mean square of s
    /// there: circulation and mean square of s are exact. The same section stands at evenly spaced places around the ring; a
    /// particle has α = (its part of Γ)·(its distance from the axis)·(its angle), so that Γ is exact. A section is symmetric
    /// to the plane of the ring, and the ring to two planes through its axis.
    ///
    /// Particles with a Gaussian core δ are laid out with the width √(a² − δ²), so that ω_δ has the core a. For the field to
    /// be smooth, cores should overlap: δ ≥ 1.3 `spacing`.
    ///
    /// Errors: no ring, numbers out of the bounds above, more than 2³² − 1 particles.
    pub fn particles(rings: &[Self], spacing: f64, core: Core) -> Result<VortexParticles> {
        let mut all = VortexParticles {
            positions: vec![],
            strengths: vec![],
            core,
        };
        let layouts = Self::layouts(rings, spacing, core)?;
        for (ring, layout) in rings.iter().zip(&layouts) {
            ring.add_to(&mut all, layout);
        }
        Ok(all)
    }

    /// How many [`particles`](Self::particles) these rings are. Errors: the same.
    pub fn count(rings: &[Self], spacing: f64, core: Core) -> Result<usize> {
        let layouts = Self::layouts(rings, spacing, core)?;
        Ok(layouts.iter().map(|layout| layout.n() as usize).sum())
    }

    fn layouts(rings: &[Self], spacing: f64, core: Core) -> Result<Vec<Layout>> {
        core.check()?;
        if !(spacing > 0.0 && spacing.is_finite()) {
            return Err(input("spacing", spacing, "finite and above 0"));
        }
        if rings.is_empty() {
            return Err(input("rings", "0 rings", "1 or more"));
        }
        let layouts = rings.iter().enumerate();
        let layouts: Vec<_> = layouts
            .map(|(i, ring)| ring.layout(i, spacing, core))
            .collect::<Result<_>>()?;
        if layouts.iter().map(Layout::n).sum::<f64>() > f64::from(u32::MAX) {
            let allowed = "one that gives at most 2^32 - 1 particles";
            return Err(input("spacing", spacing, allowed));
        }
        Ok(layouts)
    }

    fn layout(&self, i: usize, spacing: f64, core: Core) -> Result<Layout> {
        let name = |field: &str| format!("rings[{i}].{field}");
        let vector = |field, vector: [f64; 3], fine: bool| match fine {
            true => Ok(()),
            false => Err(input(
                name(field),
                format!("{vector:?}"),
                "finite numbers, for an axis not all 0",
            )),
        };
        let finite = |vector: [f64; 3]| vector.iter().all(|x| x.is_finite());
        vector("centre", self.centre, finite(self.centre))?;
        let long = self.axis != [0.0; 3] && finite(self.axis);
        vector("axis", self.axis, long)?;
        if !(self.radius > 0.0 && self.radius.is_finite()) {
            return Err(input(name("radius"), self.radius, "finite and above 0"));
        }
        if !self.circulation.is_finite() {
            return Err(input(name("circulation"), self.circulation, "finite"));
        }
        let least = match core {
            Core::Gaussian { delta } => delta,
            Core::None | Core::Algebraic { .. } => 0.0,
        };
        if !(self.core > least && self.core < self.radius) {
            let allowed = format!("above {least} and below the radius {}", self.radius);
            return Err(input(name("core"), self.core, &allowed));
        }
        let width = (self.core * self.core - least * least).sqrt();
        Ok(Layout {
            width,
            layers: (REACH * width / spacing).ceil().max(1.0),
            quarter: (0.25 * TAU * self.radius / spacing).ceil().max(2.0),
        })
    }

    fn add_to(&self, all: &mut VortexParticles, layout: &Layout) {
        let axes = frame(self.axis);
        let around = 4 * layout.quarter as usize;
        let angle = TAU / around as f64;
        let section = layout.section();
        for m in 0..around {
            let (sin, cos) = (angle * m as f64).sin_cos();
            // In the frame of the ring, to the user's.
            let turned = |[x, y, z]: [f64; 3]| {
                [0, 1, 2].map(|k| x * axes[0][k] + y * axes[1][k] + z * axes[2][k])
            };
            for &[outward, along, part] in &section {
                let distance = self.radius + outward;
                let x = turned([distance * cos, distance * sin, along]);
                all.positions.push([0, 1, 2].map(|k| self.centre[k] + x[k]));
                let strength = self.circulation * part * distance * angle;
                all.strengths
                    .push(turned([-strength * sin, strength * cos, 0.0]));
            }
        }
    }
}

/// How many particles, and where; numbers are whole, but perhaps too large for an integer.
#[derive(Clone, Copy, Debug)]
struct Layout {
    /// √(a² − δ²).
    width: f64,
    layers: f64,
    /// Sections in a quarter of the ring.
    quarter: f64,
}

impl Layout {
    fn n(&self) -> f64 {
        4.0 * self.quarter * FIRST as f64 * self.layers * self.layers
    }

    /// (outward, along the axis, part of Γ) of every particle of a cross-section.
    fn section(&self) -> Vec<[f64; 3]> {
        let layers = self.layers as usize;
        // Layer k is between the squares t of s/width; the profile is e^{−t} dt, and its primitives −e^{−t}, −(t + 1) e^{−t}.
        let edge = |k: usize| (REACH * k as f64 / self.layers).powi(2);
        let [beyond, moment] = [|t: f64| (-t).exp(), |t: f64| (t + 1.0) * (-t).exp()];
        let mut section = vec![];
        for k in 1..=layers {
            let (inner, outer) = (edge(k - 1), edge(k));
            let [part, square] = match k == layers {
                true => [beyond(inner), moment(inner)],
                false => [beyond(inner) - beyond(outer), moment(inner) - moment(outer)],
            };
            let s = self.width * (square / part).sqrt();
            let cells = FIRST * (2 * k - 1);
            for j in 0..cells {
                let (sin, cos) = ((j as f64 + 0.5) / cells as f64 * TAU).sin_cos();
                section.push([s * cos, s * sin, part / cells as f64]);
            }
        }
        section
    }
}

/// Three orthonormal vectors, right-handed, the last one along `axis`.
fn frame(axis: [f64; 3]) -> [[f64; 3]; 3] {
    // Divided first: neither an axis of 1e-300 nor one of 1e300 may lose its direction.
    let largest = axis.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let axis = unit(axis.map(|x| x / largest));
    // The coordinate axis that it is furthest from.
    let smallest = (0..3).min_by(|&a, &b| axis[a].abs().total_cmp(&axis[b].abs()));
    let mut other = [0.0; 3];
    other[smallest.unwrap_or(0)] = 1.0;
    let second = unit(cross(axis, other));
    [cross(second, axis), second, axis]
}

fn unit(x: [f64; 3]) -> [f64; 3] {
    let length = x[0].hypot(x[1]).hypot(x[2]);
    x.map(|x| x / length)
}

fn input(name: impl std::fmt::Display, value: impl std::fmt::Display, allowed: &str) -> Error {
    Error::value(ErrorKind::Input, name, value, allowed)
}
