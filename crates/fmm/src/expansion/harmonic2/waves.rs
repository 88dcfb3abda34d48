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
use lanes::{Isa, Lanes};

/// Directions: E, N, W, S.
pub(super) const DIRECTIONS: usize = 4;

/// The quadrature and what it makes of the order p.
///
/// Tables lie in the order in which the loops read them: loops take blocks of 4, 2 or 1 vectors of nodes, or as many
/// rows, at a time ([`blocks`]).
#[derive(Debug)]
pub(super) struct Waves {
    count: usize,
    /// Nodes rounded up to whole vectors; the padding has weight 0.
    n: usize,
    padded: usize,
    /// Terms k ≡ r mod 4: p/4 rounded up.
    rows: usize,
    /// By r, then block of nodes, then k ≡ r: w_j λ_j^k/k! for the nodes of the block.
    out: Vec<f64>,
    /// By r, then block of terms l ≡ r, then vector of nodes: λ_j^l/l! for the terms of the block.
    into: Vec<f64>,
    translations: Translations,
    /// −1/λ_j, and 0 in the padding.
    minus_inverse: Vec<f64>,
    log_constant: f64,
}

/// Start and size of the blocks that the loops below take of `count` things.
pub(super) fn blocks(count: usize) -> Vec<(usize, usize)> {
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
        for r in 0..4 {
            for (block, size) in blocks(n / lanes) {
                for k in (r..4 * rows).step_by(4) {
                    let nodes = block * lanes..(block + size) * lanes;
                    out.extend(nodes.map(|j| weight(j) * term(k, j)));
                }
            }
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
            out,
            into,
            translations: Translations::new(nodes, n, lanes),
            minus_inverse,
            log_constant: log_constant(nodes),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Numbers of one form: by direction, real parts then imaginary parts.
    pub(super) fn len(&self) -> usize {
        DIRECTIONS * 2 * self.n
    }

    pub(super) fn log_constant(&self) -> f64 {
        self.log_constant
    }

    #[inline(always)]
    pub(super) fn outgoing<I: Isa>(&self, isa: I, multipole: &[f64], waves: &mut [f64]) {
        let (n, lanes) = (self.n, I::F64::LANES);
        let mut j = 0;
        while j + 4 * lanes <= n {
            self.outgoing_nodes::<I, 4>(isa, multipole, j, waves);
            j += 4 * lanes;
        }
        if j + 2 * lanes <= n {
            self.outgoing_nodes::<I, 2>(isa, multipole, j, waves);
            j += 2 * lanes;
        }
        if j < n {
            self.outgoing_nodes::<I, 1>(isa, multipole, j, waves);
        }
    }

    /// `B` vectors of nodes from node `j` on.
    #[inline(always)]
    fn outgoing_nodes<I: Isa, const B: usize>(
        &self,
        isa: I,
        multipole: &[f64],
        j: usize,
        waves: &mut [f64],
    ) {
        let s0 = self.class_sums::<I, B>(isa, multipole, 0, j);
        let s1 = self.class_sums::<I, B>(isa, multipole, 1, j);
        let s2 = self.class_sums::<I, B>(isa, multipole, 2, j);
        let s3 = self.class_sums::<I, B>(isa, multipole, 3, j);
        // Σ_r (i^{−d})^r S_r
        let (mut e, mut n, mut w, mut s) = (s0, s0, s0, s0);
        for b in 0..B {
            let (even_re, even_im) = (s0[0][b] + s2[0][b], s0[1][b] + s2[1][b]);
            let (odd_re, odd_im) = (s1[0][b] + s3[0][b], s1[1][b] + s3[1][b]);
            let (turn_re, turn_im) = (s0[0][b] - s2[0][b], s0[1][b] - s2[1][b]);
            // −i(S₁ − S₃)
            let (side_re, side_im) = (s1[1][b] - s3[1][b], s3[0][b] - s1[0][b]);
            (e[0][b], e[1][b]) = (even_re + odd_re, even_im + odd_im);
            (n[0][b], n[1][b]) = (turn_re + side_re, turn_im + side_im);
            (w[0][b], w[1][b]) = (even_re - odd_re, even_im - odd_im);
            (s[0][b], s[1][b]) = (turn_re - side_re, turn_im - side_im);
        }
        self.put::<I, B>(0, j, e, waves);
        self.put::<I, B>(1, j, n, waves);
        self.put::<I, B>(2, j, w, waves);
        self.put::<I, B>(3, j, s, waves);
    }

    /// Σ over k ≡ r mod 4 of M_k w_j λ_j^k/k!, real and imaginary, for `B` vectors of nodes from node `j` on.
    #[inline(always)]
    fn class_sums<I: Isa, const B: usize>(
        &self,
        isa: I,
        multipole: &[f64],
        r: usize,
        j: usize,
    ) -> [[I::F64; B]; 2] {
        let lanes = I::F64::LANES;
        let (m_re, m_im) = multipole.split_at(self.padded);
        let terms = m_re.as_chunks::<4>().0.iter().zip(m_im.as_chunks::<4>().0);
        let table = &self.out[(r * self.n + j) * self.rows..][..self.rows * B * lanes];
        let mut sum_re = [I::F64::splat(isa, 0.0); B];
        let mut sum_im = sum_re;
        for (row, (re, im)) in table.chunks_exact(B * lanes).zip(terms) {
            let (re, im) = (I::F64::splat(isa, re[r]), I::F64::splat(isa, im[r]));
            let row: [_; B] = I::F64::load_each(isa, row);
            for b in 0..B {
                sum_re[b] = row[b].mul_add(re, sum_re[b]);
                sum_im[b] = row[b].mul_add(im, sum_im[b]);
            }
        }
        [sum_re, sum_im]
    }

    /// One direction of a form.
    #[inline(always)]
    fn put<I: Isa, const B: usize>(
        &self,
        d: usize,
        j: usize,
        [re, im]: [[I::F64; B]; 2],
        waves: &mut [f64],
    ) {
        let at = 2 * d * self.n + j;
        I::F64::store_each(re, &mut waves[at..]);
        I::F64::store_each(im, &mut waves[at + self.n..]);
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
        // Slices of one length, which is looked at once.
        let (e, rest) = incoming.split_at_mut(2 * n);
        let (north, rest) = rest.split_at_mut(2 * n);
        let (w, s) = rest.split_at_mut(2 * n);
        let ((e0, e1), (n0, n1)) = (e.split_at_mut(n), north.split_at_mut(n));
        let ((w0, w1), (s0, s1)) = (w.split_at_mut(n), s[..2 * n].split_at_mut(n));
        for j in (0..n).step_by(lanes) {
            let (e_re, e_im) = (I::F64::load(isa, &e0[j..]), I::F64::load(isa, &e1[j..]));
            let (n_re, n_im) = (I::F64::load(isa, &n0[j..]), I::F64::load(isa, &n1[j..]));
            let (w_re, w_im) = (I::F64::load(isa, &w0[j..]), I::F64::load(isa, &w1[j..]));
            let (s_re, s_im) = (I::F64::load(isa, &s0[j..]), I::F64::load(isa, &s1[j..]));
            let (minus_re, minus_im) = (e_re - w_re, e_im - w_im);
            let (plus_re, plus_im) = (e_re + w_re, e_im + w_im);
            // −i(N − S)
            let (turn_re, turn_im) = (n_im - s_im, s_re - n_re);
            let (sum_re, sum_im) = (n_re + s_re, n_im + s_im);
            (minus_re + turn_re).store(&mut e0[j..]);
            (minus_im + turn_im).store(&mut e1[j..]);
            (sum_re - plus_re).store(&mut n0[j..]);
            (sum_im - plus_im).store(&mut n1[j..]);
            (minus_re - turn_re).store(&mut w0[j..]);
            (minus_im - turn_im).store(&mut w1[j..]);
            (-(sum_re + plus_re)).store(&mut s0[j..]);
            (-(sum_im + plus_im)).store(&mut s1[j..]);
            let weight = I::F64::load(isa, &self.minus_inverse[j..]);
            constant = weight.mul_add(plus_re + sum_re, constant);
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
        let (z_re, z_im) = z.split_at(n);
        let table = &self.into[(r * self.rows + row) * n..][..R * n];
        let z = z_re.chunks_exact(lanes).zip(z_im.chunks_exact(lanes));
        let mut sums = [I::F64::splat(isa, 0.0); 8];
        for (terms, (re, im)) in table.chunks_exact(R * lanes).zip(z) {
            let (re, im) = (I::F64::load(isa, re), I::F64::load(isa, im));
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
