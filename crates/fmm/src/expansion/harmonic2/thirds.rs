//! On a torus whose box is three cells wide: the images of its cells beyond those that touch a cell, from multipoles to locals.
//!
//! In units of a cell the box is 3 wide, and of each cell one image is at r ∈ {−1, 0, 1}² from another's middle, which is near; the sums
//! over all others, at r + 3w,
//!
//! ```text
//! S_n(r) = Σ_{w≠0} (3w − r)^{−n} = Σ_{0<|w|_∞≤1} (3w − r)^{−n} + Σ_k C(n+k−1, k) 3^{−n−k} r^k S_{n+k},
//! ```
//!
//! with those of `lattice.rs`, stand in its formulas for S_n. For a source's own middle at y and a target's at x, what a neutral torus
//! adds to the field of growing squares is c (x − y + r) with c = −π/9. Here belongs what r has of that,
//!
//! ```text
//! S_1(r) −= c conj r        Λ += M_0 c |r|²/2,
//! ```
//!
//! and the rest to `torus/background.rs`.

use super::WIDEST;
use super::lattice::{FAR_FROM_ZERO, Lattice};
use crate::expansion::LargestCells;
use std::array::from_fn;
use std::f64::consts::PI;

/// A complex number.
type Complex = [f64; 2];

/// The sums of all offsets.
#[derive(Debug)]
pub(super) struct Thirds {
    /// By offset.
    of: Vec<Offset>,
}

/// Those of one offset.
#[derive(Debug)]
struct Offset {
    /// S_n(r) by n; the first is not used.
    sums: Vec<Complex>,
    /// What the potential of a source of one has, but for the logarithm of the cell's side.
    constant: f64,
}

fn times([a, b]: Complex, [c, d]: Complex) -> Complex {
    [a * c - b * d, a * d + b * c]
}

/// z^{−1}.
fn inverse([x, y]: Complex) -> Complex {
    let square = x * x + y * y;
    [x / square, -y / square]
}

/// 0, 1 or −1 along each axis.
fn place([x, y]: [i32; 2]) -> usize {
    (3 * (y + 1) + x + 1) as usize
}

impl Thirds {
    /// For series of this order.
    pub(super) fn new(lattice: &Lattice, order: usize) -> Self {
        let axis = || -1..=1;
        let offsets = axis().flat_map(|y| axis().map(move |x| [x, y]));
        Self {
            of: offsets.map(|r| Offset::new(lattice, order, r)).collect(),
        }
    }

    /// From the multipoles of all cells to their locals.
    pub(super) fn images(&self, order: usize, all: &LargestCells<2>, locals: &mut [f64]) {
        let cells = all.anchors.len();
        let (to, from) = (locals.len() / cells, all.multipoles.len() / cells);
        for (target, local) in locals.chunks_exact_mut(to).enumerate() {
            for (source, multipole) in all.multipoles.chunks_exact(from).enumerate() {
                let of = &self.of[place(all.offset(target, source))];
                of.bring(order, multipole, local);
                let constant = &mut local[to - WIDEST];
                *constant += multipole[0] * (of.constant - all.log_side);
            }
        }
    }
}

impl Offset {
    fn new(lattice: &Lattice, order: usize, offset: [i32; 2]) -> Self {
        let r = offset.map(f64::from);
        let around = || {
            let all = (0..9).map(|k| [k % 3 - 1, k / 3 - 1]);
            let others = all.filter(|w| *w != [0, 0]);
            others.map(|w| -> Complex { from_fn(|a| 3.0 * f64::from(w[a]) - r[a]) })
        };
        let mut sums: Vec<Complex> = vec![[0.0; 2]; 2 * order];
        for w in around() {
            let inverse = inverse(w);
            let mut power = [1.0, 0.0];
            for sum in &mut sums[1..] {
                power = times(power, inverse);
                *sum = from_fn(|part| sum[part] + power[part]);
            }
        }
        for n in 1..2 * order {
            // C(n+k−1, k) r^k 3^{−n−k}.
            let mut factor = [3f64.powi(-(n as i32)), 0.0];
            for k in 0..lattice.sums.len() - n {
                let s = lattice.sums[n + k];
                sums[n] = from_fn(|part| sums[n][part] + factor[part] * s);
                let next = (n + k) as f64 / (3 * (k + 1)) as f64;
                factor = times(factor, r).map(|x| x * next);
            }
        }
        // log|w − r/3| less log|w|, of all w that are not next to 0; and of the others all of it.
        let mut constant = FAR_FROM_ZERO - 3f64.ln();
        let mut power = [1.0, 0.0];
        for (k, s) in lattice.sums.iter().enumerate().skip(1) {
            power = times(power, r.map(|x| x / 3.0));
            constant -= s * power[0] / k as f64;
        }
        for [x, y] in around() {
            constant += (x.hypot(y) / 3.0).ln();
        }
        let c = -PI / 9.0;
        sums[1] = [sums[1][0] - c * r[0], sums[1][1] + c * r[1]];
        constant += 0.5 * c * (r[0] * r[0] + r[1] * r[1]);
        Self { sums, constant }
    }

    /// What M_k with k ≥ 1, and all of the local but M_0's constant, come to.
    fn bring(&self, order: usize, multipole: &[f64], local: &mut [f64]) {
        let (re, im) = multipole.split_at(multipole.len() / 2);
        let (local_re, rest) = local.split_at_mut(re.len());
        let (local_im, constant) = rest.split_at_mut(im.len());
        for l in 0..order {
            let mut binomial = -1.0;
            let mut sum = [0.0; 2];
            for k in 0..order {
                let product = times(self.sums[k + l + 1], [re[k], im[k]]);
                sum = from_fn(|part| sum[part] + binomial * product[part]);
                binomial *= -((k + l + 1) as f64) / (k + 1) as f64;
            }
            local_re[l] += sum[0];
            local_im[l] += sum[1];
        }
        let mut sign = 1.0;
        for k in 1..order {
            constant[0] += sign * times(self.sums[k], [re[k], im[k]])[0] / k as f64;
            sign = -sign;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By brute force, of powers whose sums over what is left out are small.
    #[test]
    fn sums_are_those_of_many_squares() {
        let (order, last) = (30, 60);
        let thirds = Thirds::new(&Lattice::new(order, 32), order);
        for r in [[0, 0], [1, 0], [0, -1], [-1, 1], [1, 1]] {
            let mut expected = vec![[0.0; 2]; 2 * order];
            for (x, y) in (-last..=last).flat_map(|x| (-last..=last).map(move |y| (x, y))) {
                if (x, y) != (0, 0) {
                    let inverse = inverse([f64::from(3 * x - r[0]), f64::from(3 * y - r[1])]);
                    let mut power = [1.0, 0.0];
                    for sum in &mut expected[1..] {
                        power = times(power, inverse);
                        *sum = from_fn(|part| sum[part] + power[part]);
                    }
                }
            }
            let found = &thirds.of[place(r)].sums;
            for n in 6..2 * order {
                let size = 2f64.powi(-(n as i32));
                for (found, expected) in found[n].into_iter().zip(expected[n]) {
                    let error = (found - expected).abs() / size;
                    assert!(error < 2e-9, "{r:?} {n}: {found} {expected}");
                }
            }
        }
    }
}
