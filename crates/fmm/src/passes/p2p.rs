//! The hot tile: particles on particles.

use super::meet::{Apart, Given, Sums, meet, own_distance};
use super::near::{Coordinates, close};
use super::tile::{Back, Close, Own, RadialSum, Sources, Targets};
use super::wanted::{GRADIENT, POTENTIAL, SECOND};
use crate::kernel::Pair;
use crate::points::coincident;
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
