//! The vorticity in a plane through the axis, averaged around it: one ring orange, the other blue.

use farfield_dynamics::vortex_particles::VortexParticles;
use std::error::Error;
use std::f64::consts::{PI, TAU};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// The axis points to the right; z at the left edge, and the distance from the axis at the upper and lower one.
const LEFT: f64 = -0.6;
const HEIGHT: f64 = 1.6;
const SIZE: [usize; 2] = [520, 320];
const PIXEL: f64 = 2.0 * HEIGHT / SIZE[1] as f64;
const COLOURS: [[f64; 3]; 2] = [[255.0, 150.0, 50.0], [60.0, 140.0, 255.0]];

/// ω_φ(z, ρ) on the upper half, row by row from the axis: a particle is α_φ/(2πρ) e^{−s²/δ²}/(πδ²).
fn vorticity(particles: &VortexParticles, members: std::ops::Range<usize>) -> Vec<f64> {
    let [columns, rows] = [SIZE[0], SIZE[1] / 2];
    let mut image = vec![0.0; columns * rows];
    let delta = particles.core.delta();
    let reach = (3.0 * delta / PIXEL).ceil();
    for i in members {
        let ([x, y, z], [a, b, _]) = (particles.positions[i], particles.strengths[i]);
        let rho = x.hypot(y);
        let weight = (x * b - y * a) / (rho * TAU * rho * PI * delta * delta);
        let place = [(z - LEFT) / PIXEL - 0.5, rho / PIXEL - 0.5];
        let range = |at: f64, most: usize| {
            let edge = |x: f64| x.clamp(0.0, most as f64) as usize;
            edge((at - reach).ceil())..edge((at + reach).floor() + 1.0)
        };
        for row in range(place[1], rows) {
            for column in range(place[0], columns) {
                let [dx, dy] = [column as f64 - place[0], row as f64 - place[1]];
                let s = (dx * dx + dy * dy) * (PIXEL / delta).powi(2);
                image[row * columns + column] += weight * (-s).exp();
            }
        }
    }
    image
}

/// Writes a PNG; the first `half` particles are one ring, the others the other.
pub(crate) fn write(
    path: &Path,
    particles: &VortexParticles,
    half: usize,
) -> Result<(), Box<dyn Error>> {
    let [columns, rows] = SIZE;
    let rings = [0..half, half..particles.n()].map(|members| vorticity(particles, members));
    let largest = rings
        .iter()
        .flatten()
        .fold(0.0, |most: f64, x| most.max(*x));
    let mut image = Vec::with_capacity(3 * columns * rows);
    for row in 0..rows {
        // Both halves of the plane: the lower one is the image of the upper one.
        let up = row.max(rows - 1 - row) - rows / 2;
        for column in 0..columns {
            let at = up * columns + column;
            for c in 0..3 {
                let light: f64 = (0..2).map(|r| COLOURS[r][c] * rings[r][at] / largest).sum();
                image.push(light.clamp(0.0, 255.0) as u8);
            }
        }
    }
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, columns as u32, rows as u32);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&image)?;
    writer.finish()?;
    Ok(())
}
