//! The hot tile: particles on particles.

use super::near::{Coordinates, close};
use super::tile::{Back, Close, Own, RadialSum, Sources, Targets};
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
/// Where coordinates were rounded to a grid, r² is kept above [`close`]²; `too_close` tells in which vectors of sources any
/// pair is closer, and the caller takes those again. `pairs` are those of φ and of γ, which takes r² in a unit of its own
/// unless it is r² φ: then r² is not kept, so that γ of a coincident pair is 0 without a rounding. Where no target feels the
/// core of a source, [`Pair::Beyond`] stands for them.
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
    too_close: &mut Close,
) -> [[RadialSum<V::Elem, D>; N]; M]
where
    V: Lanes,
    C: Coordinates<V>,
    P: Pair,
{
    let zero = V::splat(isa, V::Elem::ZERO);
    let nothing = V::splat(isa, V::Elem::from_f64(coincident::<V::Elem, D>()));
    let mut sums = Sums {
        s: [[[zero; D]; N]; M],
        t: [[zero; N]; M],
        g: [[[zero; SECOND]; N]; M],
    };
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
    let (reach, beyond_core) = pairs[0].beyond::<ACCURACY>();
    let beyond = if P::CORE {
        let pairs = [beyond_core, pairs[1].beyond::<ACCURACY>().1];
        Some((V::splat(isa, V::Elem::from_f64(reach)), pairs))
    } else {
        None
    };
    // All of one length, which callers say, so that the loop looks at one.
    let Sources { x: mut y, w: mut v } = *sources;
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
        let mut given = Given {
            to: w,
            w: [zero; M],
            s: [[zero; D]; M],
            t: [zero; M],
        };
        for m in 0..M {
            given.w[m] = last::<V>(isa, &mut v[m]);
            if BOTH {
                for a in 0..D {
                    given.s[m][a] = end_of::<V>(isa, back[m].s[a]);
                }
                if WANTED >= POTENTIAL {
                    given.t[m] = end_of::<V>(isa, back[m].t);
                }
            }
        }
        let mut nearest = limit;
        if let Some((reach, beyond)) = beyond {
            // All targets in one way: a choice for each would often be guessed wrong.
            let mut all = [Apart::of::<C, BOTH>(isa, yj, x[0], zero, nothing); N];
            let mut felt = reach;
            for k in 0..N {
                let from = own_distance::<V, C, BOTH, N>(own, later, k, zero);
                all[k] = Apart::of::<C, BOTH>(isa, yj, x[k], from, nothing);
                if C::ROUNDED {
                    nearest = nearest.min(all[k].r2);
                    all[k].r2 = all[k].r2.max(limit);
                }
                felt = felt.min(all[k].r2);
            }
            if V::any(felt.lt(reach)) {
                for k in 0..N {
                    meet::<V, C, P, P, ACCURACY, WANTED, BOTH, D, N, M>(
                        isa, pairs, k, all[k], nothing, &mut given, &mut sums,
                    );
                }
            } else {
                for k in 0..N {
                    meet::<V, C, P, P::Beyond, ACCURACY, WANTED, BOTH, D, N, M>(
                        isa, beyond, k, all[k], nothing, &mut given, &mut sums,
                    );
                }
            }
        } else {
            for k in 0..N {
                let from = own_distance::<V, C, BOTH, N>(own, later, k, zero);
                let mut apart = Apart::of::<C, BOTH>(isa, yj, x[k], from, nothing);
                if C::ROUNDED {
                    nearest = nearest.min(apart.r2);
                    apart.r2 = apart.r2.max(limit);
                }
                meet::<V, C, P, P, ACCURACY, WANTED, BOTH, D, N, M>(
                    isa, pairs, k, apart, nothing, &mut given, &mut sums,
                );
            }
        }
        if C::ROUNDED && V::any(nearest.lt(limit)) {
            too_close.push(y[0].len());
        }
        if BOTH {
            for m in 0..M {
                for a in 0..D {
                    put::<V>(given.s[m][a], &mut back[m].s[a]);
                }
                if WANTED >= POTENTIAL {
                    put::<V>(given.t[m], &mut back[m].t);
                }
            }
        }
    }
    let Sums { s, t, g } = sums;
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

/// A target and a vector of sources: −z, r² for the functions, r² as it is, and what was added to it.
#[derive(Clone, Copy)]
struct Apart<V, const D: usize> {
    z: [V; D],
    r2: V,
    square: V,
    from: V,
}

impl<V: Lanes, const D: usize> Apart<V, D> {
    /// With `from` added to r² where it is that of targets among the sources on a grid, and what makes it positive elsewhere.
    #[inline(always)]
    fn of<C: Coordinates<V>, const BOTH: bool>(
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
fn own_distance<V: Lanes, C: Coordinates<V>, const BOTH: bool, const N: usize>(
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
struct Sums<V, const D: usize, const N: usize, const M: usize> {
    s: [[[V; D]; N]; M],
    t: [[V; N]; M],
    g: [[[V; SECOND]; N]; M],
}

/// The strengths of the targets, those of a vector of sources, and what these get.
struct Given<V, const D: usize, const N: usize, const M: usize> {
    to: [[V; N]; M],
    w: [V; M],
    s: [[V; D]; M],
    t: [V; M],
}

/// Target `k` and a vector of sources, by the pairs `Q`: those of `P`, or what these are beyond their core.
#[inline(always)]
fn meet<
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
