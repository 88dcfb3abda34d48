//! The hot loop: the radial sums over a tile of sources at a few targets, in passes of one loop over the pairs each.

use crate::kernel::Pair;
use lanes::Lanes;
use lanes::accuracy::FULL;

/// Sources of one tile: what is kept of its pairs stays in the first-level cache.
pub(super) const TILE: usize = 128;
/// Targets of one tile.
pub(super) const N: usize = 8;

/// A γ above this counts as infinite: where powers leave the range of the numbers, they end not far above.
const LARGEST: f64 = 1e303;

/// A tile, with what is kept of its pairs from one pass to the next: for each vector of sources, one vector a target.
pub(super) struct Tile<'a> {
    /// Sources by axis.
    pub(super) y: &'a [f64],
    pub(super) w: &'a [f64],
    /// Targets by axis.
    x: Vec<[f64; N]>,
    r2: Vec<f64>,
    /// Factors of z, where z times the next may leave the range of the numbers before their product does.
    factor: Vec<f64>,
    /// w φ less that factor.
    action: Vec<f64>,
    /// w r φ′.
    slope: Vec<f64>,
}

/// 0 where points coincide.
#[inline(always)]
fn apart<V: Lanes<Elem = f64>>(isa: V::Isa, r2: V, value: V) -> V {
    let zero = V::splat(isa, 0.0);
    V::select(zero.lt(r2), value, zero)
}

impl<'a> Tile<'a> {
    pub(super) fn new(dimension: usize) -> Self {
        let pairs = || vec![0.0; N * TILE];
        Self {
            y: &[],
            w: &[],
            x: vec![[0.0; N]; dimension],
            r2: pairs(),
            factor: pairs(),
            action: pairs(),
            slope: pairs(),
        }
    }

    /// Up to `N` targets; sums at places that are left over have no rows.
    pub(super) fn take(&mut self, targets: &[f64]) {
        let d = self.x.len();
        for (k, target) in targets.chunks_exact(d).enumerate() {
            for (x, target) in self.x.iter_mut().zip(target) {
                x[k] = *target;
            }
        }
    }

    /// r².
    #[inline(always)]
    pub(super) fn squares<V: Lanes<Elem = f64>>(&mut self, isa: V::Isa) {
        let n = self.w.len();
        for (v, place) in self.r2.chunks_exact_mut(N * V::LANES).enumerate() {
            let first = v * V::LANES;
            if first >= n {
                break;
            }
            let mut r2 = [V::splat(isa, 0.0); N];
            for (a, x) in self.x.iter().enumerate() {
                let y = V::load(isa, &self.y[a * n + first..]);
                for k in 0..N {
                    let z = V::splat(isa, x[k]) - y;
                    r2[k] = z.mul_add(z, r2[k]);
                }
            }
            V::store_each(r2, place);
        }
    }

    /// Adds Σ w z φ to the rows.
    #[inline(always)]
    pub(super) fn field<V: Lanes<Elem = f64>, P: Pair>(
        &mut self,
        isa: V::Isa,
        pair: &P,
        width: usize,
        rows: &mut [f64],
    ) {
        let one = V::splat(isa, 1.0);
        for (v, w) in self.w.chunks_exact(V::LANES).enumerate() {
            let (w, pairs) = (V::load(isa, w), v * N * V::LANES..);
            let r2 = V::load_each::<N>(isa, &self.r2[pairs.clone()]);
            let (mut factor, mut action) = ([one; N], [one; N]);
            for k in 0..N {
                if P::SPLIT {
                    ([factor[k]], action[k]) = pair.in_single::<V, FULL, 1>(isa, [one], r2[k]);
                    factor[k] = apart(isa, r2[k], factor[k]);
                } else {
                    action[k] = pair.phi::<V, FULL>(isa, r2[k]);
                }
                action[k] = apart(isa, r2[k], action[k]) * w;
            }
            if P::SPLIT {
                V::store_each(factor, &mut self.factor[pairs.clone()]);
            }
            V::store_each(action, &mut self.action[pairs]);
        }
        self.add::<V>(isa, 0, P::SPLIT, width, rows);
    }

    /// Adds Σ w γ to the rows.
    #[inline(always)]
    pub(super) fn potential<V: Lanes<Elem = f64>, P: Pair>(
        &mut self,
        isa: V::Isa,
        pair: &P,
        width: usize,
        rows: &mut [f64],
    ) {
        let [largest, infinity] = [V::splat(isa, LARGEST), V::splat(isa, f64::INFINITY)];
        let mut t = [V::splat(isa, 0.0); N];
        for (v, w) in self.w.chunks_exact(V::LANES).enumerate() {
            let w = V::load(isa, w);
            let r2 = V::load_each::<N>(isa, &self.r2[v * N * V::LANES..]);
            for k in 0..N {
                let gamma = pair.gamma::<V, FULL>(isa, r2[k]);
                let gamma = V::select(largest.lt(gamma), infinity, gamma);
                t[k] = apart(isa, r2[k], gamma).mul_add(w, t[k]);
            }
        }
        for (row, t) in rows.chunks_mut(width).zip(V::sum_each(t)) {
            row[0] += t;
        }
    }

    /// Adds Σ w ∂_b (z_a φ) = Σ w (δ_ab φ + (z_a r φ′) (z_b/r²)) to the rows, a ≤ b.
    #[inline(always)]
    pub(super) fn gradient<V: Lanes<Elem = f64>, P: Pair>(
        &mut self,
        isa: V::Isa,
        pair: &P,
        width: usize,
        rows: &mut [f64],
    ) {
        let (d, n) = (self.x.len(), self.w.len());
        let zero = V::splat(isa, 0.0);
        let mut diagonal = [zero; N];
        for (v, w) in self.w.chunks_exact(V::LANES).enumerate() {
            let (w, pairs) = (V::load(isa, w), v * N * V::LANES..);
            let r2 = V::load_each::<N>(isa, &self.r2[pairs.clone()]);
            let (mut inverse, mut slope) = ([zero; N], [zero; N]);
            for k in 0..N {
                let phi = pair.phi::<V, FULL>(isa, r2[k]);
                let there = pair.slope::<V, FULL>(isa, r2[k], phi);
                slope[k] = apart(isa, r2[k], there) * w;
                inverse[k] = r2[k].recip0::<FULL>();
                // On a line z² is r², and the gradient of z/r is 0 exactly.
                let whole = if d == 1 { phi + there } else { phi };
                diagonal[k] = apart(isa, r2[k], whole).mul_add(w, diagonal[k]);
            }
            V::store_each(inverse, &mut self.factor[pairs.clone()]);
            V::store_each(slope, &mut self.slope[pairs]);
        }
        for (row, phi) in rows.chunks_mut(width).zip(V::sum_each(diagonal)) {
            (0..d).for_each(|a| row[a * d + a] += phi);
        }
        if d == 1 {
            return;
        }
        for a in 0..d {
            for (v, y) in self.y[a * n..][..n].chunks_exact(V::LANES).enumerate() {
                let (y, pairs) = (V::load(isa, y), v * N * V::LANES..);
                let mut along = V::load_each::<N>(isa, &self.slope[pairs.clone()]);
                for k in 0..N {
                    along[k] = (V::splat(isa, self.x[a][k]) - y) * along[k];
                }
                V::store_each(along, &mut self.action[pairs]);
            }
            self.add::<V>(isa, a, true, width, &mut rows[a * d..]);
        }
    }

    /// Adds Σ (z factor) action, or without that factor, to the rows, axis by axis from `first` on.
    #[inline(always)]
    fn add<V: Lanes<Elem = f64>>(
        &self,
        isa: V::Isa,
        first: usize,
        with_factor: bool,
        width: usize,
        rows: &mut [f64],
    ) {
        let n = self.w.len();
        for b in first..self.x.len() {
            let (mut x, mut s) = ([V::splat(isa, 0.0); N], [V::splat(isa, 0.0); N]);
            for k in 0..N {
                x[k] = V::splat(isa, self.x[b][k]);
            }
            for (v, y) in self.y[b * n..][..n].chunks_exact(V::LANES).enumerate() {
                let (y, pairs) = (V::load(isa, y), v * N * V::LANES..);
                let action = V::load_each::<N>(isa, &self.action[pairs.clone()]);
                let mut factor = action;
                if with_factor {
                    factor = V::load_each::<N>(isa, &self.factor[pairs]);
                }
                for k in 0..N {
                    let mut z = x[k] - y;
                    if with_factor {
                        z = z * factor[k];
                    }
                    s[k] = z.mul_add(action[k], s[k]);
                }
            }
            for (row, s) in rows.chunks_mut(width).zip(V::sum_each(s)) {
                row[b] += s;
            }
        }
    }
}
