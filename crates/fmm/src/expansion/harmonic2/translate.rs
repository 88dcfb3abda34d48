//! Plane waves from all sources of the far lists of four siblings, summed before they are told apart.
//!
//! Seen along its direction, every sibling lies at (x, y) with x, y in {0, 1}, and the sources lie in the two columns
//! x = −2 and x = −1. Siblings at x = 0 have the column −2 in their far lists, those at x = 1 both columns:
//!
//! ```text
//! A_y = Σ over column −2, seen from (0, 0)      Y(0, y) = A_y s^y
//! B_y = Σ over column −1, seen from (0, 0)      Y(1, y) = (A_y + B_y) e^{−λ} s^y         s = e^{−iλ}
//! ```
//!
//! E and W take the rows −2 … 3 of a column for both siblings; N and S, which only serve |dy| ≤ 1 in their own frame, the
//! rows y − 1 … y + 1. That is 40 translations for four siblings instead of 108.

use super::waves::DIRECTIONS;
use crate::expansion::Outgoing;
use crate::lists::slots;
use lanes::{Isa, Lanes};
use std::ops::Range;

/// Rows of a column.
const ROWS: usize = 6;

/// Phases and slots of all translations.
#[derive(Debug)]
pub(super) struct Translations {
    /// Nodes, padded to whole vectors.
    n: usize,
    /// By block of two vectors of nodes (the last may be of one), then row, then column: e^{−λ(x + iy)} with x = 2 or 1 and y from 2 down to −3, real
    /// then imaginary parts for the nodes of the block.
    phases: Vec<f64>,
    /// e^{−iλ}, real then imaginary.
    up: Vec<f64>,
    /// e^{−λ}.
    along: Vec<f64>,
    /// By direction and column, the slot of each row.
    slots: [[[usize; ROWS]; 2]; DIRECTIONS],
    /// By direction, x and y: the octant of the sibling.
    siblings: [[[usize; 2]; 2]; DIRECTIONS],
}

/// Where the cell lies that is seen at `seen` along direction d: both relative to the siblings, of which the first is (0, 0).
fn place(direction: usize, seen: [i32; 2]) -> [i32; 2] {
    // Turned about the middle of the four siblings, by i^d.
    let [x, y] = seen.map(|a| 2 * a - 1);
    let turned = match direction {
        0 => [x, y],
        1 => [-y, x],
        2 => [-x, -y],
        _ => [y, -x],
    };
    turned.map(|a| (a + 1) / 2)
}

impl Translations {
    pub(super) fn new(nodes: &[(f64, f64)], n: usize, lanes: usize) -> Self {
        let row = |r: usize| r as i32 - 2;
        let column = |c: usize| c as i32 - 2;
        // e^{−λ(x + iy)}, 0 in the padding.
        let phase = |j: usize, x: f64, y: f64| {
            let size = nodes.get(j).map_or(0.0, |node| (-node.0 * x).exp());
            let angle = nodes.get(j).map_or(0.0, |node| -node.0 * y);
            [size * angle.cos(), size * angle.sin()]
        };
        let mut phases = vec![];
        for block in (0..n).step_by(2 * lanes) {
            for r in 0..ROWS {
                for c in 0..2 {
                    for part in 0..2 {
                        let nodes = block..(block + 2 * lanes).min(n);
                        let (x, y) = (f64::from(-column(c)), f64::from(-row(r)));
                        phases.extend(nodes.map(|j| phase(j, x, y)[part]));
                    }
                }
            }
        }
        let slots = std::array::from_fn(|d| {
            [0, 1].map(|c| std::array::from_fn(|r| slots::at(place(d, [column(c), row(r)]))))
        });
        let octant = |[x, y]: [i32; 2]| (x + 2 * y) as usize;
        let siblings =
            std::array::from_fn(|d| [0, 1].map(|x| [0, 1].map(|y| octant(place(d, [x, y])))));
        let up = |part: usize| (0..n).map(move |j| phase(j, 0.0, 1.0)[part]);
        Self {
            n,
            phases,
            up: up(0).chain(up(1)).collect(),
            along: (0..n).map(|j| phase(j, 1.0, 0.0)[0]).collect(),
            slots,
            siblings,
        }
    }

    /// Sums over all slots into the forms of the four siblings, by octant.
    #[inline(always)]
    pub(super) fn run<I: Isa>(
        &self,
        isa: I,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut [f64],
    ) {
        let (n, lanes) = (self.n, I::F64::LANES);
        for d in 0..DIRECTIONS {
            let mut columns: [[&[f64]; ROWS]; 2] = [[&[]; ROWS]; 2];
            for c in 0..2 {
                for r in 0..ROWS {
                    let waves = outgoing.at(sources[self.slots[d][c][r]]);
                    columns[c][r] = &waves[2 * d * n..][..2 * n];
                }
            }
            let mut j = 0;
            while j + 2 * lanes <= n {
                self.nodes::<I, 2>(isa, d, &columns, j, incoming);
                j += 2 * lanes;
            }
            if j < n {
                self.nodes::<I, 1>(isa, d, &columns, j, incoming);
            }
        }
    }

    /// One direction, `B` vectors of nodes from node `j` on.
    #[inline(always)]
    fn nodes<I: Isa, const B: usize>(
        &self,
        isa: I,
        d: usize,
        columns: &[[&[f64]; ROWS]; 2],
        j: usize,
        incoming: &mut [f64],
    ) {
        let nothing = Sum::<I, B>::nothing(isa);
        if d.is_multiple_of(2) {
            let [a, b] = self.rows(isa, columns, 0..ROWS, j, [nothing; 2]);
            self.tell_apart::<I, B, false>(isa, d, a, b, j, incoming);
            self.tell_apart::<I, B, true>(isa, d, a, b, j, incoming);
        } else {
            // Rows 0 and 1 serve both.
            let both = self.rows(isa, columns, 2..4, j, [nothing; 2]);
            let [a, b] = self.rows(isa, columns, 1..2, j, both);
            self.tell_apart::<I, B, false>(isa, d, a, b, j, incoming);
            let [a, b] = self.rows(isa, columns, 4..5, j, both);
            self.tell_apart::<I, B, true>(isa, d, a, b, j, incoming);
        }
    }

    /// Translations from some rows of both columns: sum + Σ X e^{−λz}.
    #[inline(always)]
    fn rows<I: Isa, const B: usize>(
        &self,
        isa: I,
        columns: &[[&[f64]; ROWS]; 2],
        rows: Range<usize>,
        j: usize,
        [mut a, mut b]: [Sum<I, B>; 2],
    ) -> [Sum<I, B>; 2] {
        let wide = 2 * B * I::F64::LANES;
        let phases = &self.phases[2 * ROWS * 2 * j..][..2 * ROWS * wide];
        let phases = phases[rows.start * 2 * wide..].chunks_exact(2 * wide);
        let waves = columns[0][rows.clone()].iter().zip(&columns[1][rows]);
        for ((first, second), phases) in waves.zip(phases) {
            a.add(isa, first, self.n, j, &phases[..wide]);
            b.add(isa, second, self.n, j, &phases[wide..]);
        }
        [a, b]
    }

    /// From (0, 0) to the siblings with y = 1 (`UP`) or 0.
    #[inline(always)]
    fn tell_apart<I: Isa, const B: usize, const UP: bool>(
        &self,
        isa: I,
        d: usize,
        a: Sum<I, B>,
        b: Sum<I, B>,
        j: usize,
        incoming: &mut [f64],
    ) {
        let along: [_; B] = I::F64::load_each(isa, &self.along[j..]);
        let mut both = a;
        for k in 0..B {
            both.re[k] = (a.re[k] + b.re[k]) * along[k];
            both.im[k] = (a.im[k] + b.im[k]) * along[k];
        }
        let first = self.siblings[d][0][usize::from(UP)];
        let second = self.siblings[d][1][usize::from(UP)];
        self.put::<I, B, UP>(isa, d, first, a, j, incoming);
        self.put::<I, B, UP>(isa, d, second, both, j, incoming);
    }

    /// Into the form of one sibling.
    #[inline(always)]
    fn put<I: Isa, const B: usize, const UP: bool>(
        &self,
        isa: I,
        d: usize,
        octant: usize,
        mut sum: Sum<I, B>,
        j: usize,
        incoming: &mut [f64],
    ) {
        let n = self.n;
        if UP {
            let re: [_; B] = I::F64::load_each(isa, &self.up[j..]);
            let im: [_; B] = I::F64::load_each(isa, &self.up[n + j..]);
            for k in 0..B {
                let (a, b) = (sum.re[k], sum.im[k]);
                sum.re[k] = b.neg_mul_add(im[k], a * re[k]);
                sum.im[k] = b.mul_add(re[k], a * im[k]);
            }
        }
        let at = (octant * DIRECTIONS + d) * 2 * n + j;
        I::F64::store_each(sum.re, &mut incoming[at..]);
        I::F64::store_each(sum.im, &mut incoming[at + n..]);
    }
}

/// Sums of one column for `B` vectors of nodes.
#[derive(Clone, Copy)]
struct Sum<I: Isa, const B: usize> {
    re: [I::F64; B],
    im: [I::F64; B],
}

impl<I: Isa, const B: usize> Sum<I, B> {
    #[inline(always)]
    fn nothing(isa: I) -> Self {
        let zeros = [I::F64::splat(isa, 0.0); B];
        Self {
            re: zeros,
            im: zeros,
        }
    }

    /// Adds X e^{−λz} for the nodes from `j` on of `n`.
    #[inline(always)]
    fn add(&mut self, isa: I, waves: &[f64], n: usize, j: usize, phases: &[f64]) {
        let x_re: [_; B] = I::F64::load_each(isa, &waves[j..]);
        let x_im: [_; B] = I::F64::load_each(isa, &waves[n + j..]);
        let phase_re: [_; B] = I::F64::load_each(isa, phases);
        let phase_im: [_; B] = I::F64::load_each(isa, &phases[B * I::F64::LANES..]);
        for k in 0..B {
            self.re[k] = x_re[k].mul_add(phase_re[k], self.re[k]);
            self.im[k] = x_re[k].mul_add(phase_im[k], self.im[k]);
        }
        for k in 0..B {
            self.re[k] = x_im[k].neg_mul_add(phase_im[k], self.re[k]);
            self.im[k] = x_im[k].mul_add(phase_re[k], self.im[k]);
        }
    }
}
