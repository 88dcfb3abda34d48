//! m2l: which offsets lead from the far list of a parent's children to them, and the products over each, in f64 or f32.

use super::operators;
use super::product::Product;
use super::{Interpolation, TOGETHER, WIDEST};
use crate::expansion::{Expansion, Forms, FormsMut, Outgoing, Wave};
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

/// Forms of the precision `W`.
impl<const D: usize> Interpolation<D> {
    /// The multipoles of some cells by reflection.
    #[inline(always)]
    pub(super) fn bring_out<W: Wave>(&self, multipoles: &[f64], cells: &[u32], forms: FormsMut) {
        let (len, forms) = (self.multipole_len(), W::of_mut(forms));
        for (&cell, form) in cells.iter().zip(forms.chunks_exact_mut(self.form_len())) {
            let multipole = &multipoles[cell as usize * len + WIDEST..][..self.padded];
            for (signs, out) in self.signs.iter().zip(form.chunks_exact_mut(self.padded)) {
                for ((out, x), sign) in out.iter_mut().zip(multipole).zip(signs) {
                    *out = W::from_f64(x * sign);
                }
            }
        }
    }

    /// Sums over the far lists of the children of some parents.
    #[inline(always)]
    pub(super) fn sum_up<I: Isa, W: Wave>(
        &self,
        isa: I,
        products: &[Product<W>],
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut Forms,
    ) {
        let parents = sources.len() / slots::count(D);
        let incoming: &mut [W] = incoming.room(0, (parents << D) * self.form_len());
        incoming.fill(W::ZERO);
        let lengths = (self.operators.rank, self.padded);
        let what = (products, &self.moves[..]);
        translate::<I, W, D>(isa, what, lengths, sources, outgoing, incoming);
    }

    /// Those sums, in a unit, to locals.
    #[inline(always)]
    pub(super) fn bring_in<W: Wave>(
        &self,
        unit: f64,
        children: &[(usize, usize)],
        incoming: &mut Forms,
        locals: &mut [f64],
    ) {
        let len = self.local_len();
        for &(form, local) in children {
            let form: &[W] = incoming.room(form * self.form_len(), self.form_len());
            let local = &mut locals[local * len + WIDEST..][..self.padded];
            for (signs, form) in self.signs.iter().zip(form.chunks_exact(self.padded)) {
                for ((out, x), sign) in local.iter_mut().zip(form).zip(signs) {
                    *out += x.to_f64() * (sign * unit);
                }
            }
        }
    }
}

/// Most moves over one offset: 2^D children of each parent, and as many reflections.
const MOST: usize = 64 * TOGETHER;

/// Adds what comes over all offsets to the incoming forms of all children of some parents, each of which has a part of
/// `padded` numbers for every reflection.
#[inline(always)]
fn translate<I: Isa, W: Wave, const D: usize>(
    isa: I,
    (products, moves): (&[Product<W>], &[Vec<Move>]),
    (rank, padded): (usize, usize),
    sources: &[u32],
    outgoing: &Outgoing,
    incoming: &mut [W],
) {
    let mut between = [W::ZERO; MOST_AT_ONCE * BETWEEN];
    for (product, moves) in products.iter().zip(moves) {
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
            (product, rank),
            places,
            outgoing,
            incoming,
            &mut between,
        );
    }
}

/// Adds what comes over one offset, from the given places to the given ones.
#[inline(always)]
pub(super) fn over<I: Isa, W: Wave>(
    isa: I,
    (product, rank): (&Product<W>, usize),
    (from, to): (&[usize], &[usize]),
    outgoing: &Outgoing,
    incoming: &mut [W],
    between: &mut Between<W>,
) {
    // Several at a time share the loads of the matrices.
    let mut k = 0;
    if const { I::REGISTERS >= 32 } {
        while k + MOST_AT_ONCE <= from.len() {
            let (from, to) = (&from[k..], &to[k..]);
            some::<I, W, MOST_AT_ONCE>(
                isa,
                (product, rank),
                (from, to),
                outgoing,
                incoming,
                between,
            );
            k += MOST_AT_ONCE;
        }
    }
    while k + 4 <= from.len() {
        let (from, to) = (&from[k..], &to[k..]);
        some::<I, W, 4>(
            isa,
            (product, rank),
            (from, to),
            outgoing,
            incoming,
            between,
        );
        k += 4;
    }
    while k < from.len() {
        let (from, to) = (&from[k..], &to[k..]);
        some::<I, W, 1>(
            isa,
            (product, rank),
            (from, to),
            outgoing,
            incoming,
            between,
        );
        k += 1;
    }
}

/// The first `C` of them.
#[inline(always)]
fn some<I: Isa, W: Wave, const C: usize>(
    isa: I,
    (product, rank): (&Product<W>, usize),
    (from, to): (&[usize], &[usize]),
    outgoing: &Outgoing,
    incoming: &mut [W],
    between: &mut Between<W>,
) {
    let (mut x, mut at) = ([&[] as &[W]; C], [0; C]);
    for c in 0..C {
        (x[c], at[c]) = (outgoing.numbers(from[c], rank), to[c]);
    }
    apply::<I, W, C>(isa, product, x, incoming, at, between);
}

/// Room on the stack for what is between the factors of a matrix, of one vector.
pub(super) const BETWEEN: usize = 512;
/// Vectors that are taken at a time, at most.
pub(super) const MOST_AT_ONCE: usize = 8;
/// The same of as many as that.
pub(super) type Between<W> = [W; MOST_AT_ONCE * BETWEEN];

/// Adds the products with some vectors to `out`, from the places `at` on.
#[inline(always)]
fn apply<I: Isa, W: Wave, const C: usize>(
    isa: I,
    product: &Product<W>,
    x: [&[W]; C],
    out: &mut [W],
    at: [usize; C],
    between: &mut Between<W>,
) {
    let Some(right) = &product.right else {
        return product.left.times_each::<I, C>(isa, x, out, at);
    };
    let places: [usize; C] = std::array::from_fn(|c| c * BETWEEN);
    for place in places {
        between[place..][..right.rows()].fill(W::ZERO);
    }
    right.times_each::<I, C>(isa, x, between, places);
    let x: [&[W]; C] = std::array::from_fn(|c| &between[places[c]..][..BETWEEN]);
    product.left.times_each::<I, C>(isa, x, out, at);
}
