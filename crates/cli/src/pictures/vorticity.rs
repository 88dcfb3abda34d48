//! Particles to vorticity: each is smeared to a Gaussian that is narrow where particles are many and wide where they are
//! few, so that as many lie under each, and the picture is as sharp as the noise allows.

use super::cloud::GOLDEN;
use super::deposit::Sums;
use super::frame::Frame;
use super::smooth::smooth;
use farfield_dynamics::State;
use rayon::prelude::*;

/// Particles that share in a pixel, about: their number fluctuates by its root.
const SHARING: f64 = 2000.0;
/// Narrowest Gaussian in pixels; the others are wider by factors of 2.
const NARROWEST: f64 = 0.7;
/// Widest Gaussian, and that of the first look at the density, as parts of the picture.
const WIDEST: f64 = 0.05;
const FIRST: f64 = 0.008;

/// (1/N) Σ m_j, smeared, a unit of area; row by row from the upper left corner.
pub(super) fn vorticity(frame: &Frame, state: &State) -> Vec<f32> {
    let size = frame.pixels();
    let longer = size[0].max(size[1]) as f64;
    let m = &state.circulations;
    let strongest = m.iter().fold(0.0, |most: f64, m| most.max(m.abs()));
    if strongest == 0.0 {
        return vec![0.0; size[0] * size[1]];
    }
    let level = levels(frame, state, (FIRST * longer).max(1.0));
    let most = (WIDEST * longer / NARROWEST).max(1.0).log2().floor();
    let least = (frame.narrowest / frame.pixel() / NARROWEST)
        .log2()
        .clamp(0.0, most);
    let layers: Vec<Sums> = (0..=most as usize)
        .map(|_| Sums::new(size, frame.wraps))
        .collect();
    let weights = state.positions.par_iter().zip(m).enumerate();
    weights.for_each(|(i, (x, m))| {
        // Between two widths, the right part of the particles takes the wider one: those whose turn it is in an even
        // sequence, so that the same ones do each time.
        let turn = (i as f64 * GOLDEN).fract();
        let layer = (level(x).clamp(least, most) + turn).floor().min(most);
        layers[layer as usize].add(frame.place(x), m / strongest);
    });
    let mut image = vec![0.0; size[0] * size[1]];
    for (level, layer) in layers.into_iter().enumerate() {
        let sigma = NARROWEST * f64::from(1u32 << level);
        let layer = layer.into_image();
        if layer.iter().all(|&x| x == 0.0) {
            continue;
        }
        let smoothed = smooth(layer, size[0], sigma as f32, frame.wraps);
        image
            .iter_mut()
            .zip(smoothed)
            .for_each(|(sum, omega)| *sum += omega);
    }
    let pixel = frame.pixel();
    let density = (strongest / (state.n() as f64 * pixel * pixel)) as f32;
    image.iter_mut().for_each(|omega| *omega *= density);
    image
}

/// log₂ of the width that a place needs over the narrowest: 4πσ² times the density are `SHARING` particles, of small
/// clouds a fiftieth. The density is that after smearing all particles alike, by `sigma` pixels.
fn levels(frame: &Frame, state: &State, sigma: f64) -> impl Fn(&[f64; 2]) -> f64 {
    let [width, height] = frame.pixels();
    let counts = Sums::new([width, height], frame.wraps);
    let count = |x: &[f64; 2]| counts.add(frame.place(x), 1.0);
    state.positions.par_iter().for_each(count);
    let density = smooth(counts.into_image(), width, sigma as f32, frame.wraps);
    let sharing = (state.n() as f64 / 50.0).clamp(1.0, SHARING);
    move |x| {
        let [column, row] = frame.place(x);
        let inside = column >= 0.0 && row >= 0.0 && column < width as f64 && row < height as f64;
        let density = match inside {
            true => f64::from(density[row as usize * width + column as usize]),
            false => 0.0,
        };
        (sharing / (4.0 * std::f64::consts::PI * density))
            .sqrt()
            .log2()
            - NARROWEST.log2()
    }
}
