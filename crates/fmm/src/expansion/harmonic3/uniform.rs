//! A uniform density, one in the unit cube, and sums with the symmetry of the cube.
//!
//! ```text
//! multipole  M_n^m = ∫_{unit cube} conj R_n^m
//! local      ∫_A dw/|u − w| = −(2π/3) u² + Σ L_k^l conj R_k^l(u),   L_k^l = ∫_{A less a ball} S_k^l(w) dw (of k = 0 all of A)
//! ```
//!
//! in the cube A of half side a = 3/2. Powers of r can be integrated along rays, which leaves the faces: of a function of degree d,
//! ∫ = a/(d + 3) ∫_faces. Only even n with 4 | m are not 0, and of degree 2 none is.

use super::layout::{Layout, at};
use crate::expansion::quadrature::gauss_legendre;
use crate::expansion::{HarmonicUniform, Uniform};
use std::f64::consts::PI;

/// Nodes of Gauss and Legendre along half of an edge.
const NODES: usize = 24;

pub(super) fn uniform(layout: Layout) -> Uniform {
    let mut multipole = vec![0.0; 2 * layout.padded];
    let mut local = multipole.clone();
    let degree = layout.order - 1;
    let of_faces = |a: f64, harmonics: &dyn Fn(usize, [f64; 3], usize) -> Vec<[f64; 2]>| {
        symmetric_sums(degree, faces(a).into_iter(), harmonics)
    };
    let (inner, outer) = (of_faces(0.5, &regular), of_faces(1.5, &irregular));
    for n in (0..layout.order).step_by(2).filter(|&n| n != 2) {
        for m in (0..=n).step_by(4) {
            multipole[at(n, m)] = 0.5 / (n + 3) as f64 * inner[n / 2][m / 4];
            local[at(n, m)] = 1.5 / (2.0 - n as f64) * outer[n / 2][m / 4];
        }
    }
    let harmonic = HarmonicUniform {
        local,
        // −Δ 1/r = 4π δ₀ and Δ r²/6 = 1.
        field: -4.0 * PI / 3.0,
        potential: 2.0 * PI / 3.0,
        constant: 0,
        logarithms: 0.0,
    };
    Uniform {
        multipole,
        harmonic: Some(harmonic),
    }
}

/// Points and weights for functions with the symmetry of the cube of half side `a`: a quarter of the upper face, and of one beside it.
fn faces(a: f64) -> Vec<([f64; 3], f64)> {
    let half = gauss_legendre(NODES).map(|(x, w)| (0.5 * a * (1.0 + x), 0.5 * a * w));
    let half: Vec<_> = half.collect();
    let mut points = vec![];
    for &(x, v) in &half {
        for &(y, w) in &half {
            points.push(([x, y, a], 8.0 * v * w));
            points.push(([a, x, y], 16.0 * v * w));
        }
    }
    points
}

/// Sums of harmonics over weighted points, real parts by n/2 and m/4 for even n and 4 | m. `harmonics` gives, for a point and m, those
/// of degrees m to `degree`.
pub(super) fn symmetric_sums(
    degree: usize,
    points: impl Iterator<Item = ([f64; 3], f64)>,
    harmonics: impl Fn(usize, [f64; 3], usize) -> Vec<[f64; 2]>,
) -> Vec<Vec<f64>> {
    let degrees = (0..=degree).step_by(2);
    let mut sums: Vec<Vec<f64>> = degrees.map(|n| vec![0.0; n / 4 + 1]).collect();
    for (point, weight) in points {
        for m in (0..=degree).step_by(4) {
            let values = harmonics(degree, point, m);
            for (n, [re, _]) in (m..).zip(values).step_by(2) {
                sums[n / 2][m / 4] += weight * re;
            }
        }
    }
    sums
}

/// S_n^m for n from m to `degree`: S_m^m = (−1)^m (2m−1)!! (x + iy)^m/r^{2m+1}, and three terms up the degrees.
pub(super) fn irregular(degree: usize, [x, y, z]: [f64; 3], m: usize) -> Vec<[f64; 2]> {
    let r2 = x * x + y * y + z * z;
    let first = (1..=m).fold([1.0 / r2.sqrt(), 0.0], |[re, im], m| {
        let factor = -((2 * m - 1) as f64) / r2;
        [factor * (re * x - im * y), factor * (re * y + im * x)]
    });
    up_the_degrees(m, degree, first, |n, now, before| {
        ((2 * n + 1) as f64 * z * now - ((n + m) * (n - m)) as f64 * before) / r2
    })
}

/// R_n^m for n from m to `degree`: R_m^m = (−1)^m (x + iy)^m/(2^m m!), likewise.
pub(super) fn regular(degree: usize, [x, y, z]: [f64; 3], m: usize) -> Vec<[f64; 2]> {
    let r2 = x * x + y * y + z * z;
    let first = (1..=m).fold([1.0, 0.0], |[re, im], m| {
        let factor = -0.5 / m as f64;
        [factor * (re * x - im * y), factor * (re * y + im * x)]
    });
    up_the_degrees(m, degree, first, |n, now, before| {
        let both = ((n + 1 - m) * (n + 1 + m)) as f64;
        ((2 * n + 1) as f64 * z * now - r2 * before) / both
    })
}

/// Real and imaginary parts alike.
fn up_the_degrees(
    m: usize,
    degree: usize,
    first: [f64; 2],
    next: impl Fn(usize, f64, f64) -> f64,
) -> Vec<[f64; 2]> {
    let (mut before, mut now) = ([0.0; 2], first);
    let mut values = vec![];
    for n in m..=degree {
        values.push(now);
        let after = [0, 1].map(|part| next(n, now[part], before[part]));
        (before, now) = (now, after);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uniform_cube_has_its_series() {
        let layout = Layout::new(30, 8);
        let Uniform {
            multipole,
            harmonic,
        } = uniform(layout);
        let local = harmonic.unwrap().local;
        // Volume, and the potential in the middle of a cube of side 3: 9 times 2.38007….
        assert!((multipole[0] - 1.0).abs() < 1e-14);
        assert!((local[0] / 9.0 - 2.380_077_4).abs() < 1e-7);
        // Along an axis: R_n^0 = z^n/n!, against the quadrature of rings of small cubes.
        let height = 0.4;
        let cells = 150;
        let h = 3.0 / f64::from(cells);
        let mut expected = 0.0;
        let place = |i: i32| (f64::from(i) + 0.5) * h - 1.5;
        for (i, j) in (0..cells).flat_map(|i| (0..cells).map(move |j| (i, j))) {
            for k in 0..cells {
                let (x, y, z) = (place(i), place(j), place(k) - height);
                expected += h * h * h / (x * x + y * y + z * z).sqrt();
            }
        }
        let mut found = -2.0 * PI / 3.0 * height * height;
        let mut power = 1.0;
        for n in 0..30 {
            found += local[at(n, 0)] * power;
            power *= height / (n + 1) as f64;
        }
        assert!((found - expected).abs() < 1e-3, "{found} {expected}");
    }
}
