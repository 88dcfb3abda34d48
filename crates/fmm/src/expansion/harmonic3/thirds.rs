//! On a torus whose box is three cells wide: the images of its cells beyond those that touch a cell, from multipoles to locals.
//!
//! In units of a cell the box is 3 wide, and of each cell one image is at r ∈ {−1, 0, 1}³ from another's middle, which is near; the sums
//! over all others, seen from r + 3w,
//!
//! ```text
//! T_n^m(r) = Σ_{w≠0} S_n^m(r + 3w) = Σ_{0<|w|_∞≤1} S_n^m(r + 3w) + Σ_{k,l} (−1)^k conj R_k^l(r) 3^{−n−k−1} T_{n+k}^{m+l},
//! ```
//!
//! with those of `lattice.rs`, stand in its formula for T_n^m. For a source's own middle at y and a target's at x, what a neutral torus
//! adds to the potential of growing cubes is c |x − y + r|² with c = 2π/81. Here belongs what r has of that,
//!
//! ```text
//! T_0^0(r) += c |r|²      T_1^0(r) −= 2c r_z      T_1^1(r) += 2c (r_x + i r_y),
//! ```
//!
//! and the rest to `torus/background.rs`. All sums over sources are products of a matrix, of which a row is made when it is
//! wanted, with the multipoles of all cells.

use super::lattice::Sums;
use super::layout::{Layout, at};
use super::uniform::{irregular, regular};
use crate::expansion::LargestCells;
use lanes::{Chosen, Isa, Job, Lanes};
use rayon::prelude::*;
use std::array::from_fn;
use std::f64::consts::PI;

/// A complex number.
type Complex = [f64; 2];

/// Cells of the box, and offsets.
const CELLS: usize = 27;
/// Those in whole vectors.
const PADDED: usize = 32;
/// Degrees of T beyond those of T(r) that may add to these.
const MORE: usize = 44;
/// Higher ones would leave the range of f64.
const LAST: usize = 150;
/// Vectors of columns that are summed together.
const TOGETHER: usize = 4;

/// The sums of all offsets.
#[derive(Debug)]
pub(super) struct Thirds {
    layout: Layout,
    /// T_n^m(r) by offset, packed, of degrees up to twice that of the series.
    of: Vec<Vec<Complex>>,
}

/// (−1)^n x.
fn signed(n: usize, x: Complex) -> Complex {
    if n.is_multiple_of(2) {
        x
    } else {
        x.map(|x| -x)
    }
}

fn conjugate([re, im]: Complex) -> Complex {
    [re, -im]
}

/// 0, 1 or −1 along each axis.
fn place([x, y, z]: [i32; 3]) -> usize {
    (9 * (z + 1) + 3 * (y + 1) + x + 1) as usize
}

/// All of them, by place.
fn offsets() -> impl Iterator<Item = [i32; 3]> {
    (0..CELLS as i32).map(|k| [k % 3 - 1, k / 3 % 3 - 1, k / 9 - 1])
}

impl Thirds {
    pub(super) fn new(layout: Layout) -> Self {
        let degree = 2 * (layout.order - 1);
        let lattice = Sums::new((degree + MORE).min(LAST).max(degree));
        let up = |r: &[i32; 3]| r.iter().all(|&r| r >= 0);
        let upper: Vec<_> = offsets().filter(up).collect();
        let sums = |&r: &[i32; 3]| sums(&lattice, degree, r);
        let upper_sums: Vec<_> = upper.par_iter().map(sums).collect();
        let of = offsets().map(|r| {
            let mirrored = upper.iter().position(|upper| *upper == r.map(i32::abs));
            mirror(&upper_sums[mirrored.unwrap_or(0)], degree, r)
        });
        Self {
            layout,
            of: of.collect(),
        }
    }

    /// From the multipoles of all cells to their locals.
    pub(super) fn images(&self, chosen: Chosen, all: &LargestCells<3>, locals: &mut [f64]) {
        let Layout { order, padded, .. } = self.layout;
        let columns = self.columns(all);
        let of_degree = |k: usize| {
            chosen.run(Degree {
                thirds: self,
                columns: &columns,
                k,
            })
        };
        let degrees: Vec<Vec<f64>> = (0..order).into_par_iter().map(of_degree).collect();
        for (target, local) in locals.chunks_exact_mut(2 * padded).enumerate() {
            for (k, rows) in degrees.iter().enumerate() {
                for (l, row) in rows.chunks_exact(2 * PADDED).enumerate() {
                    local[at(k, l)] += row[target];
                    local[padded + at(k, l)] += row[PADDED + target];
                }
            }
        }
    }

    /// By offset and M_n^m: real parts, then imaginary parts, of the source that is there of each target.
    fn columns(&self, all: &LargestCells<3>) -> Vec<f64> {
        let Layout { order, padded, .. } = self.layout;
        let terms = at(order, 0);
        let mut columns = vec![0.0; CELLS * terms * 2 * PADDED];
        for target in 0..CELLS {
            for source in 0..CELLS {
                let offset = place(all.offset(target, source));
                let to = &mut columns[offset * terms * 2 * PADDED..][..terms * 2 * PADDED];
                let multipole = &all.multipoles[source * 2 * padded..][..2 * padded];
                for (term, to) in to.chunks_exact_mut(2 * PADDED).enumerate() {
                    to[target] = multipole[term];
                    to[PADDED + target] = multipole[padded + term];
                }
            }
        }
        columns
    }

    /// T_n^m of an offset for any m.
    #[inline(always)]
    fn sum(sums: &[Complex], n: usize, m: i32) -> Complex {
        let positive = m.unsigned_abs() as usize;
        let sum = sums[at(n, positive)];
        if m < 0 {
            signed(positive, conjugate(sum))
        } else {
            sum
        }
    }

    /// What L_k^l takes of the real and imaginary parts of M_n^m, for its real part and for its imaginary part.
    #[inline(always)]
    fn row(&self, k: usize, l: usize, row: &mut Vec<[f64; 4]>) {
        row.clear();
        for sums in &self.of {
            for n in 0..self.layout.order {
                for m in 0..=n {
                    let a = Self::sum(sums, n + k, (m + l) as i32);
                    // M_n^{−m} = (−1)^m conj M_n^m.
                    let b = match m {
                        0 => [0.0; 2],
                        _ => signed(m, Self::sum(sums, n + k, l as i32 - m as i32)),
                    };
                    let [a, b] = [a, b].map(|x| signed(k, x));
                    row.push([a[0] + b[0], b[1] - a[1], a[1] + b[1], a[0] - b[0]]);
                }
            }
        }
    }
}

/// L_k^l of all targets for one k, by l: real parts, then imaginary parts.
struct Degree<'a> {
    thirds: &'a Thirds,
    columns: &'a [f64],
    k: usize,
}

impl Job for Degree<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> Vec<f64> {
        let mut row = vec![];
        let mut sums = vec![0.0; (self.k + 1) * 2 * PADDED];
        let lanes = I::F64::LANES;
        for (l, sums) in sums.chunks_exact_mut(2 * PADDED).enumerate() {
            self.thirds.row(self.k, l, &mut row);
            for first in (0..PADDED).step_by(TOGETHER * lanes) {
                let mut re = [I::F64::splat(isa, 0.0); TOGETHER];
                let mut im = re;
                for (factors, column) in row.iter().zip(self.columns.chunks_exact(2 * PADDED)) {
                    let [a, b, c, d] = *factors;
                    let (a, b) = (I::F64::splat(isa, a), I::F64::splat(isa, b));
                    let (c, d) = (I::F64::splat(isa, c), I::F64::splat(isa, d));
                    for v in 0..TOGETHER {
                        let at = first + v * lanes;
                        let x = I::F64::load(isa, &column[at..]);
                        let y = I::F64::load(isa, &column[PADDED + at..]);
                        re[v] = a.mul_add(x, b.mul_add(y, re[v]));
                        im[v] = c.mul_add(x, d.mul_add(y, im[v]));
                    }
                }
                for v in 0..TOGETHER {
                    let at = first + v * lanes;
                    re[v].store(&mut sums[at..]);
                    im[v].store(&mut sums[PADDED + at..]);
                }
            }
        }
        sums
    }
}

/// T_n^m(r).
fn sums(lattice: &Sums, degree: usize, offset: [i32; 3]) -> Vec<Complex> {
    let r = offset.map(f64::from);
    let mut sums = vec![[0.0; 2]; at(degree + 1, 0)];
    for w in offsets().filter(|w| *w != [0; 3]) {
        let seen = from_fn(|a| r[a] + 3.0 * f64::from(w[a]));
        for m in 0..=degree {
            for (n, s) in (m..).zip(irregular(degree, seen, m)) {
                sums[at(n, m)] = from_fn(|part| sums[at(n, m)][part] + s[part]);
            }
        }
    }
    // conj R_k^l (−1)^k 3^{−k}, by k and l.
    let degrees = lattice.degree() + 1;
    let mut to_third = vec![[0.0; 2]; at(degrees, 0)];
    for l in 0..degrees {
        for (k, x) in (l..).zip(regular(degrees - 1, r.map(|x| x / 3.0), l)) {
            to_third[at(k, l)] = signed(k, conjugate(x));
        }
    }
    for n in 0..=degree {
        for m in 0..=n {
            let mut sum = [0.0; 2];
            // Of even degree alone, and of orders m + l that are multiples of 4.
            for k in (n % 2..degrees - n).step_by(2) {
                for order in (m as i32 - k as i32..=m as i32 + k as i32).filter(|x| x % 4 == 0) {
                    let l = order - m as i32;
                    let factor = Thirds::sum(&to_third, k, l);
                    let t = lattice.at(n + k, order);
                    sum = from_fn(|part| sum[part] + factor[part] * t);
                }
            }
            let scale = 3f64.powi(-(n as i32) - 1);
            sums[at(n, m)] = from_fn(|part| sums[at(n, m)][part] + scale * sum[part]);
        }
    }
    let c = 2.0 * PI / 81.0;
    sums[at(0, 0)][0] += c * r.iter().map(|x| x * x).sum::<f64>();
    if degree > 0 {
        sums[at(1, 0)][0] -= 2.0 * c * r[2];
        sums[at(1, 1)][0] += 2.0 * c * r[0];
        sums[at(1, 1)][1] += 2.0 * c * r[1];
    }
    sums
}

/// The sums of an offset from those of the one of the same sizes.
fn mirror(sums: &[Complex], degree: usize, [x, y, z]: [i32; 3]) -> Vec<Complex> {
    let mut mirrored = sums.to_vec();
    for n in 0..=degree {
        for m in 0..=n {
            let sum = &mut mirrored[at(n, m)];
            if x < 0 {
                *sum = signed(m, conjugate(*sum));
            }
            if y < 0 {
                *sum = conjugate(*sum);
            }
            if z < 0 {
                *sum = signed(n + m, *sum);
            }
        }
    }
    mirrored
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By brute force, of degrees whose sums over what is left out are small.
    #[test]
    fn sums_are_those_of_many_cubes() {
        let (order, last) = (10, 12);
        let layout = Layout::new(order, 8);
        let thirds = Thirds::new(layout);
        let degree = 2 * (order - 1);
        let axis = || -last..=last;
        let sites =
            || axis().flat_map(|x| axis().flat_map(move |y| axis().map(move |z| [x, y, z])));
        for r in [[0, 0, 0], [1, 0, -1], [0, -1, 0], [-1, 1, 1], [1, -1, -1]] {
            let mut expected = vec![[0.0; 2]; at(degree + 1, 0)];
            for w in sites().filter(|w| *w != [0; 3]) {
                let seen = from_fn(|a| f64::from(r[a] + 3 * w[a]));
                for m in 0..=degree {
                    for (n, s) in (m..).zip(irregular(degree, seen, m)) {
                        expected[at(n, m)] = from_fn(|part| expected[at(n, m)][part] + s[part]);
                    }
                }
            }
            let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
            for (n, m) in (8..=degree).flat_map(|n| (0..=n).map(move |m| (n, m))) {
                // A bound of |S_n^m| at distance 2.
                let size = (factorial(n - m) * factorial(n + m)).sqrt() / 2f64.powi(n as i32 + 1);
                let found = thirds.of[place(r)][at(n, m)];
                for (found, expected) in found.into_iter().zip(expected[at(n, m)]) {
                    let error = (found - expected).abs() / size;
                    assert!(error < 1e-6, "{r:?} {n} {m}: {found} {expected}");
                }
            }
        }
    }
}
