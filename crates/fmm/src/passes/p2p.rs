//! The hot tile: particles on particles.

use crate::kernel::Pair;
use crate::points::coincident;
use lanes::accuracy::{DIVIDED, FULL};
use lanes::{Lanes, Real};

/// Sources as structure of arrays, padded with strength 0 to whole vectors; `w` holds the `M` strength vectors that are
/// summed at once.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a, T, const M: usize> {
    pub(crate) x: &'a [T],
    pub(crate) y: &'a [T],
    pub(crate) w: [&'a [T]; M],
}

/// The radial sums at `N` targets, one set a strength vector: s₁, s₂, t.
pub(crate) type Sums<T, const N: usize, const M: usize> = [[[T; 3]; N]; M];

/// The sums over all `sources` at `N` targets; `N·M` must not exceed 4.
///
/// Lanes are sources and targets are broadcast, so that runs of any length fill the vectors; lanes are added up once at
/// the end. A pair at distance 0 contributes nothing: r² + ε² with ε below every distance that is not 0 keeps φ finite
/// there, and z = 0 removes it, at no cost; ε is too small to change any other r².
#[inline(always)]
pub(crate) fn p2p<
    V,
    P,
    const ACCURACY: usize,
    const POTENTIAL: bool,
    const N: usize,
    const M: usize,
>(
    isa: V::Isa,
    pair: P,
    targets: [[V::Elem; 2]; N],
    sources: &Sources<V::Elem, M>,
) -> Sums<V::Elem, N, M>
where
    V: Lanes,
    P: Pair,
{
    let zero = V::splat(isa, V::Elem::ZERO);
    let nothing = V::splat(isa, V::Elem::from_f64(coincident::<V::Elem>()));
    let (mut s1, mut s2, mut t) = ([[zero; N]; M], [[zero; N]; M], [[zero; N]; M]);
    let (mut x, mut y) = ([zero; N], [zero; N]);
    for k in 0..N {
        (x[k], y[k]) = (V::splat(isa, targets[k][0]), V::splat(isa, targets[k][1]));
    }
    let vectors = sources
        .x
        .chunks_exact(V::LANES)
        .zip(sources.y.chunks_exact(V::LANES));
    for (j, (xj, yj)) in vectors.enumerate() {
        let (xj, yj) = (V::load(isa, xj), V::load(isa, yj));
        let mut w = [zero; M];
        for m in 0..M {
            w[m] = V::load(isa, &sources.w[m][j * V::LANES..]);
        }
        for k in 0..N {
            // −z, so that the targets' side can come from memory.
            let (dx, dy) = (xj - x[k], yj - y[k]);
            let r2 = dx.mul_add(dx, dy.mul_add(dy, nothing));
            let phi = if ACCURACY == FULL && k == 3 {
                pair.phi::<V, DIVIDED>(isa, r2)
            } else {
                pair.phi::<V, ACCURACY>(isa, r2)
            };
            for m in 0..M {
                let c = phi * w[m];
                s1[m][k] = dx.neg_mul_add(c, s1[m][k]);
                s2[m][k] = dy.neg_mul_add(c, s2[m][k]);
            }
            if POTENTIAL {
                let gamma = pair.gamma::<V, ACCURACY>(isa, r2);
                let gamma = V::select(nothing.lt(r2), gamma, zero);
                for m in 0..M {
                    t[m][k] = gamma.mul_add(w[m], t[m][k]);
                }
            }
        }
    }
    add_up::<V, POTENTIAL, N, M>(zero, s1, s2, t)
}

/// What sources get from the targets in turn: the radial sums at their places.
pub(crate) struct Back<'a, T> {
    pub(crate) s1: &'a mut [T],
    pub(crate) s2: &'a mut [T],
    pub(crate) t: &'a mut [T],
}

/// [`p2p`] for one strength vector, and the sums at the sources over the targets, which have `strengths`: z changes its
/// sign, φ and γ do not.
#[inline(always)]
pub(crate) fn p2p_both_ways<V, P, const ACCURACY: usize, const POTENTIAL: bool, const N: usize>(
    isa: V::Isa,
    pair: P,
    targets: [[V::Elem; 2]; N],
    strengths: [V::Elem; N],
    sources: &Sources<V::Elem, 1>,
    back: Back<V::Elem>,
) -> [[V::Elem; 3]; N]
where
    V: Lanes,
    P: Pair,
{
    let zero = V::splat(isa, V::Elem::ZERO);
    let nothing = V::splat(isa, V::Elem::from_f64(coincident::<V::Elem>()));
    let (mut s1, mut s2, mut t) = ([zero; N], [zero; N], [zero; N]);
    let (mut x, mut y, mut w) = ([zero; N], [zero; N], [zero; N]);
    for k in 0..N {
        (x[k], y[k]) = (V::splat(isa, targets[k][0]), V::splat(isa, targets[k][1]));
        w[k] = V::splat(isa, strengths[k]);
    }
    let places = sources
        .x
        .chunks_exact(V::LANES)
        .zip(sources.y.chunks_exact(V::LANES));
    let vectors = places.zip(sources.w[0].chunks_exact(V::LANES));
    let fields = back
        .s1
        .chunks_exact_mut(V::LANES)
        .zip(back.s2.chunks_exact_mut(V::LANES));
    let backs = fields.zip(back.t.chunks_exact_mut(V::LANES));
    for (((xj, yj), wj), ((back1, back2), back3)) in vectors.zip(backs) {
        let (xj, yj, wj) = (V::load(isa, xj), V::load(isa, yj), V::load(isa, wj));
        let (mut b1, mut b2) = (V::load(isa, back1), V::load(isa, back2));
        let mut b3 = if POTENTIAL { V::load(isa, back3) } else { zero };
        for k in 0..N {
            // −z, so that the targets' side can come from memory.
            let (dx, dy) = (xj - x[k], yj - y[k]);
            let r2 = dx.mul_add(dx, dy.mul_add(dy, nothing));
            let phi = if ACCURACY == FULL && k == 3 {
                pair.phi::<V, DIVIDED>(isa, r2)
            } else {
                pair.phi::<V, ACCURACY>(isa, r2)
            };
            let (there, here) = (phi * wj, phi * w[k]);
            s1[k] = dx.neg_mul_add(there, s1[k]);
            s2[k] = dy.neg_mul_add(there, s2[k]);
            b1 = dx.mul_add(here, b1);
            b2 = dy.mul_add(here, b2);
            if POTENTIAL {
                let gamma = pair.gamma::<V, ACCURACY>(isa, r2);
                let gamma = V::select(nothing.lt(r2), gamma, zero);
                t[k] = gamma.mul_add(wj, t[k]);
                b3 = gamma.mul_add(w[k], b3);
            }
        }
        b1.store(back1);
        b2.store(back2);
        if POTENTIAL {
            b3.store(back3);
        }
    }
    let [sums] = add_up::<V, POTENTIAL, N, 1>(zero, [s1], [s2], [t]);
    sums
}

/// The sums over the lanes.
#[inline(always)]
fn add_up<V: Lanes, const POTENTIAL: bool, const N: usize, const M: usize>(
    zero: V,
    s1: [[V; N]; M],
    s2: [[V; N]; M],
    t: [[V; N]; M],
) -> Sums<V::Elem, N, M> {
    let mut vectors = [zero; 8];
    for m in 0..M {
        for k in 0..N {
            (vectors[m * N + k], vectors[4 + m * N + k]) = (s1[m][k], s2[m][k]);
        }
    }
    let fields = V::sum_each(vectors);
    let mut potentials = [V::Elem::ZERO; 8];
    if POTENTIAL {
        let mut vectors = [zero; 8];
        for m in 0..M {
            for k in 0..N {
                vectors[m * N + k] = t[m][k];
            }
        }
        potentials = V::sum_each(vectors);
    }
    let mut sums = [[[V::Elem::ZERO; 3]; N]; M];
    for m in 0..M {
        for k in 0..N {
            let i = m * N + k;
            sums[m][k] = [fields[i], fields[4 + i], potentials[i]];
        }
    }
    sums
}
