//! Multipole to local through plane waves, on which a translation is a diagonal scaling.
//!
//! Each offset belongs to the direction d in {E, N, W, S} = {0, 1, 2, 3} of its larger component (E and W on a tie); with
//! z = i^d z', Re z' > 0 there, and 1/z' ≈ Σ_j w_j e^{−λ_j z'} ([`super::nodes`]) gives
//!
//! ```text
//! outgoing   X^d_j = w_j Σ_k M_k (i^{−d})^k λ_j^k/k!
//! translate  Y^d_j += X^d_j e^{−λ_j i^{−d} z₀}            z₀ = (c_target − c_source)/h
//! incoming   L_l += Σ_d i^{−d} Σ_j Y^d_j (−i^{−d} λ_j)^l/l!
//! ```
//!
//! The potential's constant comes along: log z' ≈ C − Σ_j (w_j/λ_j) e^{−λ_j z'}, so Λ += (C + log h) M_0 − Re Σ_j Y^d_j/λ_j.
//! All four directions share their sums over k ≡ r mod 4, and over l ≡ r mod 4 on the way back.

use super::WIDEST;
use super::nodes::QUADRATURES;
use crate::expansion::Outgoing;
use crate::lists::{FarPair, GROUP};
use lanes::{Isa, Lanes};

/// Directions: E, N, W, S.
const DIRECTIONS: usize = 4;
/// Nodes of the largest quadrature, rounded up to whole vectors.
const MOST_WAVES: usize = 32;
/// Offsets run from −3 to 3 on each axis.
const WIDTH: i32 = 7;
/// Room for the classes of one direction: E and W have 12 each (ties included), N and S 8.
const CLASSES: u32 = GROUP;

/// The quadrature and what it makes of the order p.
#[derive(Debug)]
pub(super) struct Waves {
    count: usize,
    /// Nodes rounded up to whole vectors; the padding has weight 0.
    n: usize,
    order: usize,
    padded: usize,
    /// Row k, columns j: w_j λ_j^k/k!; rows up to a multiple of 4.
    out: Vec<f64>,
    /// Row l, columns j: λ_j^l/l!; rows up to `padded`.
    into: Vec<f64>,
    /// By class: e^{−λ_j i^{−d} z₀}, real then imaginary.
    phases: Vec<f64>,
    /// −1/λ_j, and 0 in the padding.
    minus_inverse: Vec<f64>,
    log_constant: f64,
}

/// Direction of an offset target − source.
const fn direction([dx, dy]: [i32; 2]) -> usize {
    match (dx.abs() >= dy.abs(), dx > 0, dy > 0) {
        (true, true, _) => 0,
        (true, false, _) => 2,
        (false, _, true) => 1,
        (false, _, false) => 3,
    }
}

/// The offset seen along its direction: i^{−d} z₀.
const fn turned([dx, dy]: [i32; 2]) -> [i32; 2] {
    match direction([dx, dy]) {
        0 => [dx, dy],
        1 => [dy, -dx],
        2 => [-dx, -dy],
        _ => [-dy, dx],
    }
}

/// Class of an offset, from a table: lists ask for millions.
#[inline(always)]
pub(super) fn class_of([dx, dy]: [i32; 2]) -> u32 {
    const WORDS: usize = (WIDTH * WIDTH) as usize;
    static TABLE: [u8; WORDS] = {
        let mut table = [0; WORDS];
        let mut k = 0;
        while k < WORDS {
            table[k] = find_class([k as i32 % WIDTH - 3, k as i32 / WIDTH - 3]) as u8;
            k += 1;
        }
        table
    };
    u32::from(TABLE[((dy + 3) * WIDTH + dx + 3) as usize])
}

/// Turned offsets are (2, −2 … 2) and (3, −3 … 3): direction first, so that sorting by class groups directions.
const fn find_class(offset: [i32; 2]) -> u32 {
    let [x, y] = turned(offset);
    let within = if x == 2 { y + 2 } else { 5 + y + 3 };
    direction(offset) as u32 * CLASSES + within as u32
}

impl Waves {
    pub(super) fn new(order: usize, padded: usize, error: f64) -> Self {
        let nodes = choose(error);
        let (count, n) = (nodes.len(), nodes.len().next_multiple_of(WIDEST));
        let rows = order.next_multiple_of(4);
        let mut out = vec![0.0; rows * n];
        let mut into = vec![0.0; padded * n];
        let mut minus_inverse = vec![0.0; n];
        let mut phases = vec![0.0; DIRECTIONS * CLASSES as usize * 2 * n];
        for (j, &(lambda, w)) in nodes.iter().enumerate() {
            let mut term = 1.0;
            for k in 0..order {
                out[k * n + j] = w * term;
                into[k * n + j] = term;
                term *= lambda / (k + 1) as f64;
            }
            minus_inverse[j] = -1.0 / lambda;
            for offset in offsets() {
                let [x, y] = turned(offset).map(f64::from);
                let phase = &mut phases[class_of(offset) as usize * 2 * n..][..2 * n];
                let size = (-lambda * x).exp();
                phase[j] = size * (lambda * y).cos();
                phase[n + j] = -size * (lambda * y).sin();
            }
        }
        let log_constant = log_constant(nodes);
        Self {
            count,
            n,
            order,
            padded,
            out,
            into,
            phases,
            minus_inverse,
            log_constant,
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn len(&self) -> usize {
        DIRECTIONS * 2 * self.n
    }

    pub(super) fn log_constant(&self) -> f64 {
        self.log_constant
    }

    #[inline(always)]
    pub(super) fn outgoing<I: Isa>(&self, isa: I, multipole: &[f64], waves: &mut [f64]) {
        let n = self.n;
        let (m_re, m_im) = multipole.split_at(self.padded);
        for j in (0..n).step_by(I::F64::LANES) {
            let zero = I::F64::splat(isa, 0.0);
            // Sums over k ≡ r mod 4.
            let mut re = [zero; 4];
            let mut im = [zero; 4];
            for k in (0..self.order).step_by(4) {
                for r in 0..4 {
                    let row = I::F64::load(isa, &self.out[(k + r) * n + j..]);
                    re[r] = row.mul_add(I::F64::splat(isa, m_re[k + r]), re[r]);
                    im[r] = row.mul_add(I::F64::splat(isa, m_im[k + r]), im[r]);
                }
            }
            let (even_re, even_im) = (re[0] + re[2], im[0] + im[2]);
            let (odd_re, odd_im) = (re[1] + re[3], im[1] + im[3]);
            let (turn_re, turn_im) = (re[0] - re[2], im[0] - im[2]);
            // −i(S₁ − S₃)
            let (side_re, side_im) = (im[1] - im[3], re[3] - re[1]);
            let by_direction = [
                [even_re + odd_re, even_im + odd_im],
                [turn_re + side_re, turn_im + side_im],
                [even_re - odd_re, even_im - odd_im],
                [turn_re - side_re, turn_im - side_im],
            ];
            for (d, [re, im]) in by_direction.into_iter().enumerate() {
                re.store(&mut waves[2 * d * n + j..]);
                im.store(&mut waves[(2 * d + 1) * n + j..]);
            }
        }
    }

    #[inline(always)]
    pub(super) fn translate<I: Isa>(
        &self,
        isa: I,
        pairs: &[FarPair],
        outgoing: &Outgoing,
        incoming: &mut [f64],
    ) {
        let lanes = I::F64::LANES;
        let mut rest = pairs;
        for d in 0..DIRECTIONS {
            let end = rest.partition_point(|pair| pair.class < (d as u32 + 1) * CLASSES);
            let (here, after) = rest.split_at(end);
            rest = after;
            let incoming = &mut incoming[2 * d * self.n..][..2 * self.n];
            let mut j = 0;
            while j + 2 * lanes <= self.n {
                self.translate_nodes::<I, 2>(isa, here, outgoing, d, j, incoming);
                j += 2 * lanes;
            }
            if j < self.n {
                self.translate_nodes::<I, 1>(isa, here, outgoing, d, j, incoming);
            }
        }
    }

    /// One direction, `B` vectors of nodes from node `j` on.
    #[inline(always)]
    fn translate_nodes<I: Isa, const B: usize>(
        &self,
        isa: I,
        pairs: &[FarPair],
        outgoing: &Outgoing,
        d: usize,
        j: usize,
        incoming: &mut [f64],
    ) {
        let (n, lanes) = (self.n, I::F64::LANES);
        let mut re = [I::F64::splat(isa, 0.0); B];
        let mut im = re;
        for pair in pairs {
            let x = &outgoing.of(pair.source)[2 * d * n + j..];
            let phase = &self.phases[pair.class as usize * 2 * n + j..];
            let (x_re, x_im) = (&x[..B * lanes], &x[n..][..B * lanes]);
            let (phase_re, phase_im) = (&phase[..B * lanes], &phase[n..][..B * lanes]);
            for b in 0..B {
                let at = b * lanes;
                let a = [
                    I::F64::load(isa, &x_re[at..]),
                    I::F64::load(isa, &x_im[at..]),
                ];
                let u = [
                    I::F64::load(isa, &phase_re[at..]),
                    I::F64::load(isa, &phase_im[at..]),
                ];
                re[b] = a[1].neg_mul_add(u[1], a[0].mul_add(u[0], re[b]));
                im[b] = a[1].mul_add(u[0], a[0].mul_add(u[1], im[b]));
            }
        }
        for b in 0..B {
            re[b].store(&mut incoming[j + b * lanes..]);
            im[b].store(&mut incoming[n + j + b * lanes..]);
        }
    }

    #[inline(always)]
    pub(super) fn incoming<I: Isa>(&self, isa: I, incoming: &[f64], local: &mut [f64]) {
        let (n, lanes) = (self.n, I::F64::LANES);
        // What the four directions give to l ≡ r mod 4, by r: real, then imaginary.
        let mut z = [[[0.0; MOST_WAVES]; 2]; 4];
        let mut constant = I::F64::splat(isa, 0.0);
        for j in (0..n).step_by(lanes) {
            let mut y = [constant; 8];
            for (part, y) in y.iter_mut().enumerate() {
                *y = I::F64::load(isa, &incoming[part * n + j..]);
            }
            let [e_re, e_im, n_re, n_im, w_re, w_im, s_re, s_im] = y;
            let (minus_re, minus_im) = (e_re - w_re, e_im - w_im);
            let (plus_re, plus_im) = (e_re + w_re, e_im + w_im);
            // −i(N − S)
            let (turn_re, turn_im) = (n_im - s_im, s_re - n_re);
            let (sum_re, sum_im) = (n_re + s_re, n_im + s_im);
            let by_class = [
                [minus_re + turn_re, minus_im + turn_im],
                [sum_re - plus_re, sum_im - plus_im],
                [minus_re - turn_re, minus_im - turn_im],
                [-(sum_re + plus_re), -(sum_im + plus_im)],
            ];
            for r in 0..4 {
                by_class[r][0].store(&mut z[r][0][j..]);
                by_class[r][1].store(&mut z[r][1][j..]);
            }
            let weight = I::F64::load(isa, &self.minus_inverse[j..]);
            constant = weight.mul_add(plus_re + sum_re, constant);
        }
        let (l_re, rest) = local.split_at_mut(self.padded);
        let (l_im, rest) = rest.split_at_mut(self.padded);
        for l in (0..self.order).step_by(8) {
            let (mut re, mut im) = ([I::F64::splat(isa, 0.0); 8], [I::F64::splat(isa, 0.0); 8]);
            for j in (0..n).step_by(lanes) {
                for i in 0..8 {
                    let term = I::F64::load(isa, &self.into[(l + i) * n + j..]);
                    re[i] = term.mul_add(I::F64::load(isa, &z[i % 4][0][j..]), re[i]);
                    im[i] = term.mul_add(I::F64::load(isa, &z[i % 4][1][j..]), im[i]);
                }
            }
            let (re, im) = (I::F64::sum_each(re), I::F64::sum_each(im));
            for i in 0..8 {
                l_re[l + i] += re[i];
                l_im[l + i] += im[i];
            }
        }
        rest[0] += constant.sum();
    }
}

/// The nodes of the smallest quadrature with at most this error, or of a better one that fills the same vectors.
fn choose(error: f64) -> &'static [(f64, f64)] {
    let last = QUADRATURES.len() - 1;
    let smallest = QUADRATURES
        .iter()
        .position(|q| q.error <= error)
        .unwrap_or(last);
    let vectors = |q: usize| QUADRATURES[q].nodes.len().div_ceil(WIDEST);
    let fills = (smallest..=last)
        .take_while(|&q| vectors(q) == vectors(smallest))
        .last();
    QUADRATURES[fills.unwrap_or(last)].nodes
}

/// Every offset of a far pair.
fn offsets() -> impl Iterator<Item = [i32; 2]> {
    let all = (0..WIDTH * WIDTH).map(|k| [k % WIDTH - 3, k / WIDTH - 3]);
    all.filter(|[x, y]| x.abs() >= 2 || y.abs() >= 2)
}

/// C with log z ≈ C − Σ (w/λ) e^{−λz}: the mean over the middle of the domain, where the quadrature is best.
fn log_constant(nodes: &[(f64, f64)]) -> f64 {
    let at = |x: f64| {
        x.ln()
            + nodes
                .iter()
                .map(|&(lambda, w)| w / lambda * (-lambda * x).exp())
                .sum::<f64>()
    };
    let samples = 16;
    (0..samples)
        .map(|k| at(2.0 + f64::from(k) / f64::from(samples)))
        .sum::<f64>()
        / f64::from(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_classes_in_four_directions() {
        let mut classes: Vec<u32> = offsets().map(class_of).collect();
        assert_eq!(classes.len(), 40);
        classes.sort_unstable();
        classes.dedup();
        assert_eq!(classes.len(), 40, "two offsets share a class");
        for offset in offsets() {
            let [x, y] = turned(offset);
            assert!(x >= 2 && y.abs() <= x, "{offset:?} turned to {x}, {y}");
            assert_eq!(class_of(offset) / CLASSES, direction(offset) as u32);
        }
    }
}
