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
use crate::memory::Lines;
use lanes::{Isa, Lanes};
use std::ops::Range;

/// Rows of a column.
const ROWS: usize = 6;

/// Phases and slots of all translations.
#[derive(Debug)]
pub(super) struct Translations {
    /// Nodes, padded to whole vectors.
    n: usize,
    /// By block of two vectors of nodes (the last may be of one), then row, then column: e^{−λ(x + iy)} with x = 2 or 1
    /// and y from 2 down to −3, as [`complex`] for the nodes of the block.
    phases: Lines<f64>,
    /// e^{−iλ}, likewise.
    up: Lines<f64>,
    /// e^{−λ}.
    along: Lines<f64>,
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
        // Vectors of real parts, each before that of the imaginary parts.
        let complex = |nodes: Range<usize>, x: f64, y: f64| {
            let vectors = nodes.step_by(lanes);
            let parts = vectors.flat_map(|vector| [0, 1].map(|part| (vector, part)));
            let numbers = move |(vector, part): (usize, usize)| {
                (vector..vector + lanes).map(move |j| phase(j, x, y)[part])
            };
            parts.flat_map(numbers).collect::<Vec<f64>>()
        };
        let mut phases = vec![];
        for block in (0..n).step_by(2 * lanes) {
            for r in 0..ROWS {
                for c in 0..2 {
                    let nodes = block..(block + 2 * lanes).min(n);
                    phases.extend(complex(nodes, f64::from(-column(c)), f64::from(-row(r))));
                }
            }
        }
        let along: Vec<f64> = (0..n).map(|j| phase(j, 1.0, 0.0)[0]).collect();
        let slots = std::array::from_fn(|d| {
            [0, 1].map(|c| std::array::from_fn(|r| slots::at(place(d, [column(c), row(r)]))))
        });
        let octant = |[x, y]: [i32; 2]| (x + 2 * y) as usize;
        let siblings =
            std::array::from_fn(|d| [0, 1].map(|x| [0, 1].map(|y| octant(place(d, [x, y])))));
        Self {
            n,
            phases: phases[..].into(),
            up: complex(0..n, 0.0, 1.0)[..].into(),
            along: along[..].into(),
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
            let mut places = [[0; 2]; ROWS];
            for r in 0..ROWS {
                for c in 0..2 {
                    places[r][c] = sources[self.slots[d][c][r]] as usize + 2 * d * n;
                }
            }
            let mut j = 0;
            while j + 2 * lanes <= n {
                self.nodes::<I, 2>(isa, d, &places, outgoing, j, incoming);
                j += 2 * lanes;
            }
            if j < n {
                self.nodes::<I, 1>(isa, d, &places, outgoing, j, incoming);
            }
        }
    }

    /// One direction, `B` vectors of nodes from node `j` on.
    #[inline(always)]
    fn nodes<I: Isa, const B: usize>(
        &self,
        isa: I,
        d: usize,
        places: &[[usize; 2]; ROWS],
        outgoing: &Outgoing,
        j: usize,
        incoming: &mut [f64],
    ) {
        let nothing = [[I::F64::splat(isa, 0.0); 2]; B];
        if d.is_multiple_of(2) {
            let [a, b] = self.rows(isa, places, 0..ROWS, outgoing, j, [nothing; 2]);
            self.tell_apart::<I, B, false>(isa, d, a, b, j, incoming);
            self.tell_apart::<I, B, true>(isa, d, a, b, j, incoming);
        } else {
            // Rows 0 and 1 serve both.
            let both = self.rows(isa, places, 2..4, outgoing, j, [nothing; 2]);
            let [a, b] = self.rows(isa, places, 1..2, outgoing, j, both);
            self.tell_apart::<I, B, false>(isa, d, a, b, j, incoming);
            let [a, b] = self.rows(isa, places, 4..5, outgoing, j, both);
            self.tell_apart::<I, B, true>(isa, d, a, b, j, incoming);
        }
    }

    /// Translations from some rows of both columns: sum + Σ X e^{−λz}.
    #[inline(always)]
    fn rows<I: Isa, const B: usize>(
        &self,
        isa: I,
        places: &[[usize; 2]; ROWS],
        rows: Range<usize>,
        outgoing: &Outgoing,
        j: usize,
        [mut a, mut b]: [Complex<I, B>; 2],
    ) -> [Complex<I, B>; 2] {
        let wide = 2 * B * I::F64::LANES;
        let phases = &self.phases[2 * ROWS * 2 * j..][..2 * ROWS * wide];
        let phases = phases[rows.start * 2 * wide..].chunks_exact(2 * wide);
        for (place, phases) in places[rows].iter().zip(phases) {
            let (first, second) = phases.split_at(wide);
            let x = outgoing.numbers(place[0] + 2 * j, wide);
            add::<I, B>(isa, x, first, &mut a);
            let x = outgoing.numbers(place[1] + 2 * j, wide);
            add::<I, B>(isa, x, second, &mut b);
        }
        [a, b]
    }

    /// From (0, 0) to the siblings with y = 1 (`UP`) or 0.
    #[inline(always)]
    fn tell_apart<I: Isa, const B: usize, const UP: bool>(
        &self,
        isa: I,
        d: usize,
        mut a: Complex<I, B>,
        mut b: Complex<I, B>,
        j: usize,
        incoming: &mut [f64],
    ) {
        let along: [_; B] = I::F64::load_each(isa, &self.along[j..]);
        for k in 0..B {
            b[k][0] = (a[k][0] + b[k][0]) * along[k];
            b[k][1] = (a[k][1] + b[k][1]) * along[k];
        }
        if UP {
            let up = complex::<I, B>(isa, &self.up[2 * j..][..2 * B * I::F64::LANES]);
            for k in 0..B {
                a[k] = product::<I>(a[k], up[k]);
                b[k] = product::<I>(b[k], up[k]);
            }
        }
        let [first, second] = self.siblings[d].map(|octants| octants[usize::from(UP)]);
        self.put::<I, B>(d, first, a, j, incoming);
        self.put::<I, B>(d, second, b, j, incoming);
    }

    /// Into the form of one sibling.
    #[inline(always)]
    fn put<I: Isa, const B: usize>(
        &self,
        d: usize,
        octant: usize,
        sum: Complex<I, B>,
        j: usize,
        incoming: &mut [f64],
    ) {
        let wide = 2 * I::F64::LANES;
        let at = 2 * ((octant * DIRECTIONS + d) * self.n + j);
        let out = &mut incoming[at..][..B * wide];
        for k in 0..B {
            I::F64::store_each(sum[k], &mut out[k * wide..][..wide]);
        }
    }
}

/// `B` vectors of complex numbers: real and imaginary parts.
type Complex<I, const B: usize> = [[<I as Isa>::F64; 2]; B];

/// Reads them: a vector of real parts, that of their imaginary parts, the next vector of real parts …
#[inline(always)]
fn complex<I: Isa, const B: usize>(isa: I, from: &[f64]) -> Complex<I, B> {
    let wide = 2 * I::F64::LANES;
    let from = &from[..B * wide];
    let mut numbers = [[I::F64::splat(isa, 0.0); 2]; B];
    for k in 0..B {
        numbers[k] = I::F64::load_each(isa, &from[k * wide..][..wide]);
    }
    numbers
}

/// sum += X e^{−λz}
#[inline(always)]
fn add<I: Isa, const B: usize>(isa: I, x: &[f64], phases: &[f64], sum: &mut Complex<I, B>) {
    let (x, phase) = (complex::<I, B>(isa, x), complex::<I, B>(isa, phases));
    for k in 0..B {
        sum[k][0] = x[k][0].mul_add(phase[k][0], sum[k][0]);
        sum[k][1] = x[k][0].mul_add(phase[k][1], sum[k][1]);
    }
    for k in 0..B {
        sum[k][0] = x[k][1].neg_mul_add(phase[k][1], sum[k][0]);
        sum[k][1] = x[k][1].mul_add(phase[k][0], sum[k][1]);
    }
}

#[inline(always)]
fn product<I: Isa>(a: [I::F64; 2], b: [I::F64; 2]) -> [I::F64; 2] {
    [
        a[1].neg_mul_add(b[1], a[0] * b[0]),
        a[1].mul_add(b[0], a[0] * b[1]),
    ]
}
