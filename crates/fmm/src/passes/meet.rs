//! What a target and a vector of sources of the hot tile give to each other.

use super::near::Coordinates;
use super::tile::Own;
use super::wanted::{GRADIENT, POTENTIAL, SECOND};
use crate::kernel::Pair;
use crate::points::is_double;
use lanes::accuracy::{DIVIDED, FULL};
use lanes::{Lanes, Real};

/// A target and a vector of sources: −z, r² for the functions, r² as it is, and what was added to it.
#[derive(Clone, Copy)]
pub(super) struct Apart<V, const D: usize> {
    z: [V; D],
    pub(super) r2: V,
    square: V,
    from: V,
}

impl<V: Lanes, const D: usize> Apart<V, D> {
    /// With `from` added to r² where it is that of targets among the sources on a grid, and what makes it positive elsewhere.
    #[inline(always)]
    pub(super) fn of<C: Coordinates<V>, const BOTH: bool>(
        isa: V::Isa,
        y: [C; D],
        x: [C; D],
        from: V,
        nothing: V,
    ) -> Self {
        // −z, so that the targets' side can come from memory.
        let mut z = [V::splat(isa, V::Elem::ZERO); D];
        for a in 0..D {
            z[a] = y[a].minus(x[a]);
        }
        let mut r2 = if C::ROUNDED && BOTH {
            z[D - 1].mul_add(z[D - 1], from)
        } else if C::ROUNDED {
            z[D - 1] * z[D - 1]
        } else {
            z[D - 1].mul_add(z[D - 1], nothing)
        };
        for a in (0..D - 1).rev() {
            r2 = z[a].mul_add(z[a], r2);
        }
        Self {
            z,
            r2,
            square: r2,
            from,
        }
    }
}

/// What is added to the r² of a target and a vector of sources that may hold itself.
#[inline(always)]
pub(super) fn own_distance<V: Lanes, C: Coordinates<V>, const BOTH: bool, const N: usize>(
    own: Option<&Own<V, N>>,
    later: usize,
    k: usize,
    zero: V,
) -> V {
    match own {
        Some(own) if BOTH && C::ROUNDED => own.apart[later][k],
        _ => zero,
    }
}

/// The sums at the targets.
pub(super) struct Sums<V, const D: usize, const N: usize, const M: usize> {
    pub(super) s: [[[V; D]; N]; M],
    pub(super) t: [[V; N]; M],
    pub(super) g: [[[V; SECOND]; N]; M],
}

/// The strengths of the targets, those of a vector of sources, and what these get.
pub(super) struct Given<V, const D: usize, const N: usize, const M: usize> {
    pub(super) to: [[V; N]; M],
    pub(super) w: [V; M],
    pub(super) s: [[V; D]; M],
    pub(super) t: [V; M],
}

/// Target `k` and a vector of sources, by the pairs `Q`: those of `P`, or what these are beyond their core.
#[inline(always)]
pub(super) fn meet<
    V,
    C,
    P,
    Q,
    const ACCURACY: usize,
    const WANTED: usize,
    const BOTH: bool,
    const D: usize,
    const N: usize,
    const M: usize,
>(
    isa: V::Isa,
    pairs: [Q; 2],
    k: usize,
    apart: Apart<V, D>,
    nothing: V,
    given: &mut Given<V, D, N, M>,
    sums: &mut Sums<V, D, N, M>,
) where
    V: Lanes,
    C: Coordinates<V>,
    P: Pair,
    Q: Pair,
{
    let Apart {
        z,
        r2,
        square,
        from,
    } = apart;
    let zero = V::splat(isa, V::Elem::ZERO);
    if WANTED >= GRADIENT {
        let there = gradient::<V, Q, ACCURACY, D>(isa, pairs[0], z, r2, nothing);
        for m in 0..M {
            for c in 0..SECOND {
                sums.g[m][k][c] = there[c].mul_add(given.w[m], sums.g[m][k][c]);
            }
        }
    }
    let together = const { WANTED >= POTENTIAL && Q::TOGETHER } && !is_split::<V, C, Q>();
    let mut gamma = zero;
    let (z, phi) = if together {
        let [phi, there] = pairs[0].both::<V, ACCURACY>(isa, r2);
        gamma = there;
        (z, phi)
    } else if ACCURACY == FULL && k == 3 {
        action::<V, C, Q, DIVIDED, D>(isa, pairs[0], z, r2)
    } else {
        action::<V, C, Q, ACCURACY, D>(isa, pairs[0], z, r2)
    };
    for m in 0..M {
        let there = phi * given.w[m];
        for a in 0..D {
            sums.s[m][k][a] = z[a].neg_mul_add(there, sums.s[m][k][a]);
        }
        if BOTH {
            let here = phi * given.to[m][k];
            for a in 0..D {
                given.s[m][a] = z[a].mul_add(here, given.s[m][a]);
            }
        }
    }
    if WANTED >= POTENTIAL {
        let by_field = C::ROUNDED && Q::POTENTIAL_BY_FIELD;
        if by_field {
            gamma = square * phi;
        } else if !together {
            let unit = V::splat(isa, V::Elem::from_f64(1.0 / (C::FAR * C::FAR)));
            let square = if C::ROUNDED { r2 * unit } else { r2 };
            gamma = pairs[1].gamma::<V, ACCURACY>(isa, square);
        }
        if !C::ROUNDED {
            gamma = V::select(nothing.lt(r2), gamma, zero);
        } else if !by_field && BOTH && !P::VANISHES_FAR {
            gamma = V::select(zero.lt(from), zero, gamma);
        }
        for m in 0..M {
            sums.t[m][k] = gamma.mul_add(given.w[m], sums.t[m][k]);
            if BOTH {
                given.t[m] = gamma.mul_add(given.to[m][k], given.t[m]);
            }
        }
    }
}

/// ∂_b (z_a φ) = δ_ab φ + (z_a z_b/r²) r φ′ by a ≤ b; nothing for a coincident pair, whose r² is `nothing`.
#[inline(always)]
fn gradient<V: Lanes, P: Pair, const ACCURACY: usize, const D: usize>(
    isa: V::Isa,
    pair: P,
    z: [V; D],
    r2: V,
    nothing: V,
) -> [V; SECOND] {
    let zero = V::splat(isa, V::Elem::ZERO);
    let there = nothing.lt(r2);
    let phi = pair.phi::<V, ACCURACY>(isa, r2);
    let slope = V::select(there, pair.slope::<V, ACCURACY>(isa, r2, phi), zero);
    let phi = V::select(there, phi, zero);
    let inverse2 = r2.recip::<ACCURACY>();
    let (mut g, mut c) = ([zero; SECOND], 0);
    for a in 0..D {
        let along = z[a] * inverse2;
        for b in a..D {
            let product = z[b] * slope;
            g[c] = if a == b {
                along.mul_add(product, phi)
            } else {
                along * product
            };
            c += 1;
        }
    }
    g
}

/// z φ as a vector and a number. On a grid all r are within a few decades, and f64 has room for all of them.
#[inline(always)]
fn action<V, C, P, const ACCURACY: usize, const D: usize>(
    isa: V::Isa,
    pair: P,
    z: [V; D],
    r2: V,
) -> ([V; D], V)
where
    V: Lanes,
    C: Coordinates<V>,
    P: Pair,
{
    if is_split::<V, C, P>() {
        pair.in_single::<V, ACCURACY, D>(isa, z, r2)
    } else {
        (z, pair.phi::<V, ACCURACY>(isa, r2))
    }
}

/// Whether z φ is a product of which φ may leave the range of the numbers.
#[inline(always)]
fn is_split<V: Lanes, C: Coordinates<V>, P: Pair>() -> bool {
    if C::ROUNDED {
        P::SPLIT_ON_GRID
    } else {
        P::SPLIT || !is_double::<V::Elem>()
    }
}
