//! Multipole to local through plane waves, on which a translation is a diagonal scaling.
//!
//! Each offset belongs to a direction d in {E, N, W, S} = {0, 1, 2, 3}: E or W where |dx| ≥ 2, else N or S. With z = i^d z',
//! Re z' > 0 there, and 1/z' ≈ Σ_j w_j e^{−λ_j z'} ([`super::nodes`]) gives
//!
//! ```text
//! outgoing   X^d_j = w_j Σ_k M_k (i^{−d})^k λ_j^k/k!
//! translate  Y^d_j += X^d_j e^{−λ_j i^{−d} z₀}            z₀ = (c_target − c_source)/h
//! incoming   L_l += Σ_d i^{−d} Σ_j Y^d_j (−i^{−d} λ_j)^l/l!
//! ```
//!
//! The potential's constant comes along: log z' ≈ C − Σ_j (w_j/λ_j) e^{−λ_j z'}, so Λ += (C + log h) M_0 − Re Σ_j Y^d_j/λ_j.
//! All four directions share their sums over k ≡ r mod 4, and over l ≡ r mod 4 on the way back. [`super::translate`] has
//! the middle step.

use super::WIDEST;
use super::nodes::QUADRATURES;
use super::translate::Translations;
use crate::expansion::Outgoing;
use crate::memory::Lines;
use lanes::{Isa, Lanes};

/// Directions: E, N, W, S.
pub(super) const DIRECTIONS: usize = 4;

/// The quadrature and what it makes of the order p.
///
/// Tables lie in the order in which the loops read them. In a form, too, a vector of real parts and the vector of their
/// imaginary parts lie behind each other, so that a loop looks at one length.
#[derive(Debug)]
pub(super) struct Waves {
    count: usize,
    /// Nodes rounded up to whole vectors; the padding has weight 0.
    n: usize,
    padded: usize,
    /// Terms k ≡ r mod 4: p/4 rounded up.
    rows: usize,
    /// By vector of nodes, then k: w_j λ_j^k/k! for the nodes of the vector.
    out: Lines<f64>,
    /// By r, then block of terms l ≡ r ([`blocks`]), then vector of nodes: λ_j^l/l! for the terms of the block.
    into: Lines<f64>,
    translations: Translations,
    /// −1/λ_j, and 0 in the padding.
    minus_inverse: Vec<f64>,
    log_constant: f64,
}

/// Start and size of the blocks in which `count` rows are taken.
fn blocks(count: usize) -> Vec<(usize, usize)> {
    let mut blocks = vec![];
    let mut start = 0;
    for size in [4, 2, 1] {
        while start + size <= count {
            blocks.push((start, size));
            start += size;
        }
    }
    blocks
}

impl Waves {
    pub(super) fn new(order: usize, padded: usize, error: f64, lanes: usize) -> Self {
        let nodes = choose(error, lanes);
        let (count, n) = (nodes.len(), nodes.len().next_multiple_of(lanes));
        let rows = order.div_ceil(4);
        let term = |k: usize, j: usize| {
            let lambda = nodes.get(j).map_or(0.0, |node| node.0);
            let power = (1..=k).fold(1.0, |term, i| term * lambda / i as f64);
            if k < order && j < count { power } else { 0.0 }
        };
        let weight = |j: usize| nodes.get(j).map_or(0.0, |node| node.1);
        let (mut out, mut into) = (vec![], vec![]);
        for vector in (0..n).step_by(lanes) {
            for k in 0..4 * rows {
                out.extend((vector..vector + lanes).map(|j| weight(j) * term(k, j)));
            }
        }
        for r in 0..4 {
            for (block, size) in blocks(rows) {
                for vector in 0..n / lanes {
                    for row in block..block + size {
                        let nodes = vector * lanes..(vector + 1) * lanes;
                        into.extend(nodes.map(|j| term(4 * row + r, j)));
                    }
                }
            }
        }
        let mut minus_inverse = vec![0.0; n];
        for (j, &(lambda, _)) in nodes.iter().enumerate() {
            minus_inverse[j] = -1.0 / lambda;
        }
        Self {
            count,
            n,
            padded,
            rows,
            out: out[..].into(),
            into: into[..].into(),
            translations: Translations::new(nodes, n, lanes),
            minus_inverse,
            log_constant: log_constant(nodes),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Numbers of one form: by direction, then vector of nodes, real parts then imaginary parts.
    pub(super) fn len(&self) -> usize {
        DIRECTIONS * 2 * self.n
    }

    pub(super) fn log_constant(&self) -> f64 {
        self.log_constant
    }

    #[inline(always)]
    pub(super) fn outgoing<I: Isa>(&self, isa: I, multipole: &[f64], waves: &mut [f64]) {
        let wide = 2 * I::F64::LANES;
        let (e, rest) = waves.split_at_mut(2 * self.n);
        let (n, rest) = rest.split_at_mut(2 * self.n);
        let (w, s) = rest.split_at_mut(2 * self.n);
        let [e, n, w, s] = [e, n, w, s].map(|part| part.chunks_exact_mut(wide));
        let tables = self.out.chunks_exact(4 * self.rows * I::F64::LANES);
        for ((((table, e), n), w), s) in tables.zip(e).zip(n).zip(w).zip(s) {
            let [s0, s1, s2, s3] = self.class_sums(isa, multipole, table);
            // Σ_r (i^{−d})^r S_r
            let even = [s0[0] + s2[0], s0[1] + s2[1]];
            let odd = [s1[0] + s3[0], s1[1] + s3[1]];
            let turn = [s0[0] - s2[0], s0[1] - s2[1]];
            // −i(S₁ − S₃)
            let side = [s1[1] - s3[1], s3[0] - s1[0]];
            I::F64::store_each([even[0] + odd[0], even[1] + odd[1]], e);
            I::F64::store_each([turn[0] + side[0], turn[1] + side[1]], n);
            I::F64::store_each([even[0] - odd[0], even[1] - odd[1]], w);
            I::F64::store_each([turn[0] - side[0], turn[1] - side[1]], s);
        }
    }

    /// By r: Σ over k ≡ r mod 4 of M_k w_j λ_j^k/k!, real and imaginary, for one vector of nodes.
    #[inline(always)]
    fn class_sums<I: Isa>(&self, isa: I, multipole: &[f64], table: &[f64]) -> [[I::F64; 2]; 4] {
        let (m_re, m_im) = multipole.split_at(self.padded);
        let terms = m_re.as_chunks::<4>().0.iter().zip(m_im.as_chunks::<4>().0);
        let mut sums = [[I::F64::splat(isa, 0.0); 2]; 4];
        for (row, (re, im)) in table.chunks_exact(4 * I::F64::LANES).zip(terms) {
            let row: [_; 4] = I::F64::load_each(isa, row);
            for r in 0..4 {
                sums[r][0] = row[r].mul_add(I::F64::splat(isa, re[r]), sums[r][0]);
                sums[r][1] = row[r].mul_add(I::F64::splat(isa, im[r]), sums[r][1]);
            }
        }
        sums
    }

    #[inline(always)]
    pub(super) fn translate<I: Isa>(
        &self,
        isa: I,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut [f64],
    ) {
        self.translations.run(isa, sources, outgoing, incoming);
    }

    #[inline(always)]
    pub(super) fn incoming<I: Isa>(&self, isa: I, incoming: &mut [f64], local: &mut [f64]) {
        let constant = self.by_class(isa, incoming);
        let n = self.n;
        for r in 0..4 {
            let z = &incoming[2 * r * n..][..2 * n];
            let mut row = 0;
            while row + 4 <= self.rows {
                self.incoming_rows::<I, 4>(isa, z, r, row, local);
                row += 4;
            }
            if row + 2 <= self.rows {
                self.incoming_rows::<I, 2>(isa, z, r, row, local);
                row += 2;
            }
            if row < self.rows {
                self.incoming_rows::<I, 1>(isa, z, r, row, local);
            }
        }
        local[2 * self.padded] += constant;
    }

    /// From what came by direction to what l ≡ r mod 4 needs, by r, in place; returns −Re Σ Y/λ.
    #[inline(always)]
    fn by_class<I: Isa>(&self, isa: I, incoming: &mut [f64]) -> f64 {
        let (n, lanes) = (self.n, I::F64::LANES);
        let mut constant = I::F64::splat(isa, 0.0);
        let (e, rest) = incoming.split_at_mut(2 * n);
        let (north, rest) = rest.split_at_mut(2 * n);
        let (w, s) = rest.split_at_mut(2 * n);
        let [e, north, w, s] = [e, north, w, s].map(|part| part.chunks_exact_mut(2 * lanes));
        let weights = self.minus_inverse.chunks_exact(lanes);
        for ((((weight, c0), c1), c2), c3) in weights.zip(e).zip(north).zip(w).zip(s) {
            let [e_re, e_im]: [_; 2] = I::F64::load_each(isa, c0);
            let [n_re, n_im]: [_; 2] = I::F64::load_each(isa, c1);
            let [w_re, w_im]: [_; 2] = I::F64::load_each(isa, c2);
            let [s_re, s_im]: [_; 2] = I::F64::load_each(isa, c3);
            let (minus_re, minus_im) = (e_re - w_re, e_im - w_im);
            let (plus_re, plus_im) = (e_re + w_re, e_im + w_im);
            // −i(N − S)
            let (turn_re, turn_im) = (n_im - s_im, s_re - n_re);
            let (sum_re, sum_im) = (n_re + s_re, n_im + s_im);
            I::F64::store_each([minus_re + turn_re, minus_im + turn_im], c0);
            I::F64::store_each([sum_re - plus_re, sum_im - plus_im], c1);
            I::F64::store_each([minus_re - turn_re, minus_im - turn_im], c2);
            I::F64::store_each([-(sum_re + plus_re), -(sum_im + plus_im)], c3);
            constant = I::F64::load(isa, weight).mul_add(plus_re + sum_re, constant);
        }
        constant.sum()
    }

    /// `R` terms of a local, l = 4 row + r, 4 (row + 1) + r, …
    #[inline(always)]
    fn incoming_rows<I: Isa, const R: usize>(
        &self,
        isa: I,
        z: &[f64],
        r: usize,
        row: usize,
        local: &mut [f64],
    ) {
        let (n, lanes) = (self.n, I::F64::LANES);
        let table = &self.into[(r * self.rows + row) * n..][..R * n];
        let mut sums = [I::F64::splat(isa, 0.0); 8];
        for (terms, z) in table.chunks_exact(R * lanes).zip(z.chunks_exact(2 * lanes)) {
            let [re, im]: [_; 2] = I::F64::load_each(isa, z);
            let terms: [_; R] = I::F64::load_each(isa, terms);
            for i in 0..R {
                sums[i] = terms[i].mul_add(re, sums[i]);
                sums[4 + i] = terms[i].mul_add(im, sums[4 + i]);
            }
        }
        let sums = I::F64::sum_each(sums);
        let (l_re, l_im) = local.split_at_mut(self.padded);
        let (l_re, l_im) = (l_re.as_chunks_mut::<4>().0, l_im.as_chunks_mut::<4>().0);
        let (l_re, l_im) = (&mut l_re[row..][..R], &mut l_im[row..][..R]);
        for i in 0..R {
            l_re[i][r] += sums[i];
            l_im[i][r] += sums[4 + i];
        }
    }
}

/// The nodes of the smallest quadrature with at most this error, or of a better one that fills the same vectors.
fn choose(error: f64, lanes: usize) -> &'static [(f64, f64)] {
    debug_assert!(lanes <= WIDEST);
    let last = QUADRATURES.len() - 1;
    let smallest = QUADRATURES
        .iter()
        .position(|q| q.error <= error)
        .unwrap_or(last);
    let vectors = |q: usize| QUADRATURES[q].nodes.len().div_ceil(lanes);
    let fills = (smallest..=last)
        .take_while(|&q| vectors(q) == vectors(smallest))
        .last();
    QUADRATURES[fills.unwrap_or(last)].nodes
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
