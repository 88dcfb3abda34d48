//! The hot tile: particles on particles.

use crate::kernel::Pair;
use lanes::{Lanes, Real};
use std::ops::Range;

/// Sources in tree order, structure of arrays; `w` holds the `M` strength vectors summed at once.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a, T, const M: usize> {
    pub(crate) x: &'a [T],
    pub(crate) y: &'a [T],
    pub(crate) w: [&'a [T]; M],
}

/// The radial sums of `N` vectors of targets, one set a strength vector.
#[derive(Clone, Copy)]
pub(crate) struct Accumulator<V, const N: usize, const M: usize> {
    pub(crate) s1: [[V; N]; M],
    pub(crate) s2: [[V; N]; M],
    pub(crate) t: [[V; N]; M],
}

impl<V: Lanes, const N: usize, const M: usize> Accumulator<V, N, M> {
    #[inline(always)]
    pub(crate) fn zero(isa: V::Isa) -> Self {
        let zero = [[V::splat(isa, V::Elem::ZERO); N]; M];
        Self {
            s1: zero,
            s2: zero,
            t: zero,
        }
    }

    /// Whether every field sum is finite: a pair at distance 0 without a mask leaves NaN.
    #[inline(always)]
    pub(crate) fn is_finite(&self, isa: V::Isa) -> bool {
        let zero = V::splat(isa, V::Elem::ZERO);
        let mut sum = zero;
        for m in 0..M {
            for k in 0..N {
                sum += (self.s1[m][k] - self.s1[m][k]) + (self.s2[m][k] - self.s2[m][k]);
            }
        }
        !V::any(!sum.eq(zero))
    }
}

/// Adds the sums over a range of sources at `N` vectors of targets.
///
/// Lanes are targets and sources are broadcast, so nothing is summed across lanes. `MASKED` where a source may lie on
/// a target: only points of the same leaf can.
#[inline(always)]
pub(crate) fn p2p<
    V,
    P,
    const ACCURACY: usize,
    const MASKED: bool,
    const POTENTIAL: bool,
    const N: usize,
    const M: usize,
>(
    isa: V::Isa,
    pair: P,
    targets: [[V; N]; 2],
    sources: &Sources<V::Elem, M>,
    range: Range<usize>,
    sum: &mut Accumulator<V, N, M>,
) where
    V: Lanes,
    P: Pair,
{
    let (x, y) = (&sources.x[range.clone()], &sources.y[range.clone()]);
    let n = x.len();
    let w: [&[V::Elem]; M] = std::array::from_fn(|m| &sources.w[m][range.start..range.start + n]);
    for j in 0..n {
        let (xj, yj) = (V::splat(isa, x[j]), V::splat(isa, y[j]));
        for k in 0..N {
            let (dx, dy) = (targets[0][k] - xj, targets[1][k] - yj);
            let r2 = dx.mul_add(dx, dy * dy);
            let phi = pair.phi::<V, ACCURACY, MASKED>(isa, r2);
            for m in 0..M {
                let c = phi * V::splat(isa, w[m][j]);
                sum.s1[m][k] = dx.mul_add(c, sum.s1[m][k]);
                sum.s2[m][k] = dy.mul_add(c, sum.s2[m][k]);
            }
            if POTENTIAL {
                let mut gamma = pair.gamma::<V, ACCURACY>(isa, r2);
                if MASKED {
                    let zero = V::splat(isa, V::Elem::ZERO);
                    gamma = V::select(r2.eq(zero), zero, gamma);
                }
                for m in 0..M {
                    sum.t[m][k] = gamma.mul_add(V::splat(isa, w[m][j]), sum.t[m][k]);
                }
            }
        }
    }
}
