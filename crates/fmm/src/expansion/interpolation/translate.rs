//! m2l: which offsets lead from the far list of a parent's children to them, and the products over each.

use super::TOGETHER;
use super::operators::{self, Operators};
use super::product::Product;
use crate::expansion::Outgoing;
use crate::lists::slots;
use lanes::Isa;

/// From a slot to a child, as reflections of their offset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    slot: usize,
    child: usize,
    reflection: usize,
}

/// What comes over each of [`operators::offsets`].
pub(super) fn moves<const D: usize>(all: bool) -> Vec<Vec<Move>> {
    let offsets = operators::offsets::<D>(all);
    let mut moves = vec![vec![]; offsets.len()];
    let met = if all {
        slots::all_slots::<D>()
    } else {
        slots::far_slots::<D>()
    };
    for (child, met) in met.into_iter().enumerate() {
        for slot in met {
            let anchor = slots::anchor::<D>(slot);
            let offset: [i32; D] = std::array::from_fn(|a| (child as i32 >> a & 1) - anchor[a]);
            let reflection = (0..D).map(|a| usize::from(offset[a] < 0) << a).sum();
            let absolute = offset.map(|o| o.unsigned_abs() as usize);
            if let Some(k) = offsets.iter().position(|&offset| offset == absolute) {
                moves[k].push(Move {
                    slot,
                    child,
                    reflection,
                });
            }
        }
    }
    moves
}

/// Most moves over one offset: 2^D children of each parent, and as many reflections.
const MOST: usize = 64 * TOGETHER;

/// Adds what comes over all offsets to the incoming forms of all children of some parents, each of which has a part of
/// `padded` numbers for every reflection.
#[inline(always)]
pub(super) fn translate<I: Isa, const D: usize>(
    isa: I,
    (operators, moves): (&Operators, &[Vec<Move>]),
    padded: usize,
    sources: &[u32],
    outgoing: &Outgoing,
    incoming: &mut [f64],
) {
    let mut between = [0.0; MOST_AT_ONCE * BETWEEN];
    for (product, moves) in operators.m2l.iter().zip(moves) {
        let (mut from, mut to, mut count) = ([0; MOST], [0; MOST], 0);
        for (parent, sources) in sources.chunks_exact(slots::count(D)).enumerate() {
            for m in moves
                .iter()
                .filter(|m| sources[m.slot] != Outgoing::NOTHING)
            {
                from[count] = sources[m.slot] as usize + m.reflection * padded;
                to[count] = ((((parent << D) + m.child) << D) + m.reflection) * padded;
                count += 1;
            }
        }
        let places = (&from[..count], &to[..count]);
        over(
            isa,
            (product, operators.rank),
            places,
            outgoing,
            incoming,
            &mut between,
        );
    }
}

/// Adds what comes over one offset, from the given places to the given ones.
#[inline(always)]
pub(super) fn over<I: Isa>(
    isa: I,
    (product, rank): (&Product, usize),
    (from, to): (&[usize], &[usize]),
    outgoing: &Outgoing,
    incoming: &mut [f64],
    between: &mut Between,
) {
    // Several at a time share the loads of the matrices.
    let mut k = 0;
    if const { I::REGISTERS >= 32 } {
        while k + MOST_AT_ONCE <= from.len() {
            let places = (&from[k..], &to[k..]);
            some::<I, MOST_AT_ONCE>(isa, (product, rank), places, outgoing, incoming, between);
            k += MOST_AT_ONCE;
        }
    }
    while k + 4 <= from.len() {
        let places = (&from[k..], &to[k..]);
        some::<I, 4>(isa, (product, rank), places, outgoing, incoming, between);
        k += 4;
    }
    while k < from.len() {
        let places = (&from[k..], &to[k..]);
        some::<I, 1>(isa, (product, rank), places, outgoing, incoming, between);
        k += 1;
    }
}

/// Over the first `C` of these places.
#[inline(always)]
fn some<I: Isa, const C: usize>(
    isa: I,
    (product, rank): (&Product, usize),
    (from, to): (&[usize], &[usize]),
    outgoing: &Outgoing,
    incoming: &mut [f64],
    between: &mut Between,
) {
    let (mut x, mut at) = ([&[] as &[f64]; C], [0; C]);
    for c in 0..C {
        (x[c], at[c]) = (outgoing.numbers(from[c], rank), to[c]);
    }
    apply::<I, C>(isa, product, x, incoming, at, between);
}

/// Room on the stack for what is between the factors of a matrix, of one vector.
pub(super) const BETWEEN: usize = 512;
/// Vectors that are taken at a time, at most.
pub(super) const MOST_AT_ONCE: usize = 8;
/// The same of as many as that.
pub(super) type Between = [f64; MOST_AT_ONCE * BETWEEN];

/// Adds the products with some vectors to `out`, from the places `at` on.
#[inline(always)]
fn apply<I: Isa, const C: usize>(
    isa: I,
    product: &Product,
    x: [&[f64]; C],
    out: &mut [f64],
    at: [usize; C],
    between: &mut Between,
) {
    let Some(right) = &product.right else {
        return product.left.times_each::<I, C>(isa, x, out, at);
    };
    let places: [usize; C] = std::array::from_fn(|c| c * BETWEEN);
    for place in places {
        between[place..][..right.rows()].fill(0.0);
    }
    right.times_each::<I, C>(isa, x, between, places);
    let x: [&[f64]; C] = std::array::from_fn(|c| &between[places[c]..][..BETWEEN]);
    product.left.times_each::<I, C>(isa, x, out, at);
}
