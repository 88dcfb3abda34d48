//! The hot tile: particles on particles.

use super::near::{Coordinates, close};
use super::tile::{Back, Own, RadialSum, Sources, Targets};
use super::wanted::{GRADIENT, POTENTIAL, SECOND};
use crate::kernel::Pair;
use crate::points::{coincident, is_double};
use lanes::accuracy::{DIVIDED, FULL};
use lanes::{Lanes, Real};

/// The sums over all `sources` at `N` targets, one set a strength vector; `N·M` must not exceed 8. Where the tile goes
/// both ways, which `own` says, its first sources are its targets, and the sums at the sources over the targets are added
/// to `back`: z changes its sign, φ and γ do not. A pair of two targets is in the sums of both, and in `back` once more.
///
/// Lanes are sources and targets are broadcast, so that runs of any length fill the vectors; lanes are added up once at
/// the end. A pair at distance 0 contributes nothing: r² + ε² with ε below every distance that is not 0 keeps φ finite
/// there, and z = 0 removes it, at no cost; ε is too small to change any other r².
///
/// Where coordinates were rounded to a grid, r² is kept above [`close`]²; `any_close` tells whether any pair is closer, and
/// the caller takes those again. `pairs` are those of φ and of γ, which takes r² in a unit of its own unless it is r² φ:
/// then r² is not kept, so that γ of a coincident pair is 0 without a rounding.
#[inline(always)]
pub(crate) fn p2p<
    V,
    C,
    P,
    const ACCURACY: usize,
    const WANTED: usize,
    const BOTH: bool,
    const D: usize,
    const N: usize,
    const M: usize,
>(
    isa: V::Isa,
    pairs: [P; 2],
    targets: &Targets<C::Place, V::Elem, D, N, M>,
    sources: &Sources<C::Place, V::Elem, D, M>,
    own: Option<&Own<V, N>>,
    mut back: [Back<V::Elem, D>; M],
    any_close: &mut bool,
) -> [[RadialSum<V::Elem, D>; N]; M]
where
    V: Lanes,
    C: Coordinates<V>,
    P: Pair,
{
    let zero = V::splat(isa, V::Elem::ZERO);
    let nothing = V::splat(isa, V::Elem::from_f64(coincident::<V::Elem, D>()));
    let (mut s, mut t) = ([[[zero; D]; N]; M], [[zero; N]; M]);
    let mut g = [[[zero; SECOND]; N]; M];
    let least = if C::ROUNDED { close(D) } else { 0.0 };
    let limit = V::splat(isa, V::Elem::from_f64(least * least));
    let mut x = [[C::splat(isa, targets.x[0][0]); D]; N];
    let mut w = [[zero; N]; M];
    for k in 0..N {
        for a in 0..D {
            x[k][a] = C::splat(isa, targets.x[k][a]);
        }
        if BOTH {
            for m in 0..M {
                w[m][k] = V::splat(isa, targets.w[m][k]);
            }
        }
    }
    // All of one length, which callers say, so that the loop looks at one.
    let Sources { x: mut y, w: mut v } = *sources;
    let mut closest = limit;
    // From the last to the first, since the closest sources mostly are the first ones, of the same leaf: what is added to
    // their large terms in f32 rounds as coarsely as those.
    while y[0].len() >= V::LANES {
        let later = usize::from(y[0].len() > V::LANES);
        let mut yj = x[0];
        for a in 0..D {
            let (rest, places) = y[a].split_at(y[a].len() - V::LANES);
            y[a] = rest;
            yj[a] = C::load(isa, places);
        }
        let mut wj = [zero; M];
        let (mut bs, mut bt) = ([[zero; D]; M], [zero; M]);
        for m in 0..M {
            wj[m] = last::<V>(isa, &mut v[m]);
            if BOTH {
                for a in 0..D {
                    bs[m][a] = end_of::<V>(isa, back[m].s[a]);
                }
                if WANTED >= POTENTIAL {
                    bt[m] = end_of::<V>(isa, back[m].t);
                }
            }
        }
        for k in 0..N {
            // −z, so that the targets' side can come from memory.
            let mut z = [zero; D];
            for a in 0..D {
                z[a] = yj[a].minus(x[k][a]);
            }
            let apart = match own {
                Some(own) if BOTH && C::ROUNDED => own.apart[later][k],
                _ => zero,
            };
            let mut r2 = if C::ROUNDED && BOTH {
                z[D - 1].mul_add(z[D - 1], apart)
            } else if C::ROUNDED {
                z[D - 1] * z[D - 1]
            } else {
                z[D - 1].mul_add(z[D - 1], nothing)
            };
            for a in (0..D - 1).rev() {
                r2 = z[a].mul_add(z[a], r2);
            }
            let square = r2;
            if C::ROUNDED {
                closest = closest.min(r2);
                r2 = r2.max(limit);
            }
            if WANTED >= GRADIENT {
                let there = gradient::<V, P, ACCURACY, D>(isa, pairs[0], z, r2, nothing);
                for m in 0..M {
                    for c in 0..SECOND {
                        g[m][k][c] = there[c].mul_add(wj[m], g[m][k][c]);
                    }
                }
            }
            let (z, phi) = if ACCURACY == FULL && k == 3 {
                action::<V, C, P, DIVIDED, D>(isa, pairs[0], z, r2)
            } else {
                action::<V, C, P, ACCURACY, D>(isa, pairs[0], z, r2)
            };
            for m in 0..M {
                let there = phi * wj[m];
                for a in 0..D {
                    s[m][k][a] = z[a].neg_mul_add(there, s[m][k][a]);
                }
                if BOTH {
                    let here = phi * w[m][k];
                    for a in 0..D {
                        bs[m][a] = z[a].mul_add(here, bs[m][a]);
                    }
                }
            }
            if WANTED >= POTENTIAL {
                let gamma = if C::ROUNDED && P::POTENTIAL_BY_FIELD {
                    square * phi
                } else if C::ROUNDED {
                    let unit = V::splat(isa, V::Elem::from_f64(1.0 / (C::FAR * C::FAR)));
                    let gamma = pairs[1].gamma::<V, ACCURACY>(isa, r2 * unit);
                    if BOTH && !P::VANISHES_FAR {
                        V::select(zero.lt(apart), zero, gamma)
                    } else {
                        gamma
                    }
                } else {
                    let gamma = pairs[1].gamma::<V, ACCURACY>(isa, r2);
                    V::select(nothing.lt(r2), gamma, zero)
                };
                for m in 0..M {
                    t[m][k] = gamma.mul_add(wj[m], t[m][k]);
                    if BOTH {
                        bt[m] = gamma.mul_add(w[m][k], bt[m]);
                    }
                }
            }
        }
        if BOTH {
            for m in 0..M {
                for a in 0..D {
                    put::<V>(bs[m][a], &mut back[m].s[a]);
                }
                if WANTED >= POTENTIAL {
                    put::<V>(bt[m], &mut back[m].t);
                }
            }
        }
    }
    *any_close = C::ROUNDED && V::any(closest.lt(limit));
    let mut sums = add_up::<V, WANTED, D, N, M>(zero, s, t);
    if WANTED >= GRADIENT {
        for m in 0..M {
            for k in 0..N {
                for c in 0..D * (D + 1) / 2 {
                    sums[m][k].g[c] = g[m][k][c].sum();
                }
            }
        }
    }
    sums
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
    let split = if C::ROUNDED {
        P::SPLIT_ON_GRID
    } else {
        P::SPLIT || !is_double::<V::Elem>()
    };
    if !split {
        (z, pair.phi::<V, ACCURACY>(isa, r2))
    } else {
        pair.in_single::<V, ACCURACY, D>(isa, z, r2)
    }
}

/// Takes the last vector off.
#[inline(always)]
fn last<V: Lanes>(isa: V::Isa, from: &mut &[V::Elem]) -> V {
    let (rest, vector) = from.split_at(from.len() - V::LANES);
    *from = rest;
    V::load(isa, vector)
}

/// The last vector.
#[inline(always)]
fn end_of<V: Lanes>(isa: V::Isa, from: &[V::Elem]) -> V {
    V::load(isa, &from[from.len() - V::LANES..])
}

/// Overwrites the last vector and takes it off.
#[inline(always)]
fn put<V: Lanes>(vector: V, to: &mut &mut [V::Elem]) {
    let all = std::mem::take(to);
    let (rest, place) = all.split_at_mut(all.len() - V::LANES);
    vector.store(place);
    *to = rest;
}

/// The sums over the lanes: those of two components of all targets at once.
#[inline(always)]
fn add_up<V: Lanes, const WANTED: usize, const D: usize, const N: usize, const M: usize>(
    zero: V,
    s: [[[V; D]; N]; M],
    t: [[V; N]; M],
) -> [[RadialSum<V::Elem, D>; N]; M] {
    let mut sums = [[RadialSum::ZERO; N]; M];
    let components = if WANTED >= POTENTIAL { D + 1 } else { D };
    for (first, four) in (0..components)
        .step_by(2)
        .flat_map(|first| (0..N * M).step_by(4).map(move |four| (first, four)))
    {
        let two = first..components.min(first + 2);
        let of_four = four..(N * M).min(four + 4);
        let mut vectors = [zero; 8];
        for c in two.clone() {
            for mk in of_four.clone() {
                let (m, k) = (mk / N, mk % N);
                vectors[4 * (c - first) + mk - four] = if c < D { s[m][k][c] } else { t[m][k] };
            }
        }
        let found = V::sum_each(vectors);
        for c in two {
            for mk in of_four.clone() {
                let sum = found[4 * (c - first) + mk - four];
                if c < D {
                    sums[mk / N][mk % N].s[c] = sum;
                } else {
                    sums[mk / N][mk % N].t = sum;
                }
            }
        }
    }
    sums
}
