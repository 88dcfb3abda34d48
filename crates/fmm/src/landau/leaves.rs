//! The leaves: what is near pair by pair, and locals and multipoles at the points, put together to A and B.

use super::LandauSums;
use crate::expansion::{CellScale, Expansion, UnitPoints, UnitSums};
use crate::kernel::Pair;
use crate::passes::wanted::{FIELD, SECOND, place_of};
use crate::passes::{Buffers, Context, unit_points};
use crate::points::coincident;
use crate::tree::Cell;
use lanes::accuracy::{FULL, MIDDLE, SINGLE};
use lanes::{Isa, Job, Lanes, ShareSlice, Shared};
use rayon::prelude::*;

/// A and B in the user's order, flat.
pub(crate) struct Out<'a> {
    a: &'a [<f64 as ShareSlice>::Shared],
    b: &'a [<f64 as ShareSlice>::Shared],
    /// What makes (tr T) I − T and E those.
    factors: [f64; 2],
}

impl<'a> Out<'a> {
    pub(super) fn new<const D: usize>(sums: &'a mut LandauSums<D>, factors: [f64; 2]) -> Self {
        Self {
            a: f64::share(sums.a.as_flattened_mut().as_flattened_mut()),
            b: f64::share(sums.b.as_flattened_mut()),
            factors,
        }
    }
}

/// What the leaves read.
struct Pass<'a, E, P, const D: usize> {
    context: &'a Context<'a, f64, E, D>,
    pair: P,
    origin: &'a [f64; D],
    /// Of the weights, and of weights times coordinates from the origin on.
    buffers: &'a [Buffers<f64>],
    out: &'a Out<'a>,
}

/// The sums at all targets, from buffers whose multipoles and locals are there.
pub(super) fn run<E: Expansion<D>, P: Pair, const D: usize>(
    context: &Context<f64, E, D>,
    pair: P,
    origin: &[f64; D],
    buffers: &[Buffers<f64>],
    out: &Out,
) {
    let pass = &Pass {
        context,
        pair,
        origin,
        buffers,
        out,
    };
    let leaves = context.leaves.par_iter();
    leaves.for_each_init(Scratch::default, |scratch, &leaf| {
        let leaf = leaf as usize;
        context.chosen.run(Far {
            pass,
            leaf,
            scratch: &mut *scratch,
        });
        let far = &scratch.sums[..];
        match context.accuracy {
            ..=SINGLE => context
                .chosen
                .run(Near::<_, _, SINGLE, D> { pass, leaf, far }),
            MIDDLE => context
                .chosen
                .run(Near::<_, _, MIDDLE, D> { pass, leaf, far }),
            _ => context
                .chosen
                .run(Near::<_, _, FULL, D> { pass, leaf, far }),
        }
    });
}

/// What one task needs beside its input and output.
struct Scratch<const D: usize> {
    points: UnitPoints<D>,
    /// By buffer.
    sums: Vec<UnitSums<D>>,
}

impl<const D: usize> Default for Scratch<D> {
    fn default() -> Self {
        Self {
            points: UnitPoints::default(),
            sums: vec![UnitSums::default(); D + 1],
        }
    }
}

/// The fields at the targets of a leaf that come from far.
struct Far<'a, E, P, const D: usize> {
    pass: &'a Pass<'a, E, P, D>,
    leaf: usize,
    scratch: &'a mut Scratch<D>,
}

impl<E: Expansion<D>, P: Pair, const D: usize> Job for Far<'_, E, P, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Pass {
            context, buffers, ..
        } = self.pass;
        let (tree, expansion) = (context.tree, context.expansion);
        let leaf = &tree.cells[self.leaf];
        let Scratch { points, sums } = self.scratch;
        place(context, leaf, leaf, points);
        let (len, side) = (expansion.local_len(), tree.frame.cell_side(leaf.level));
        for (sums, buffers) in sums.iter_mut().zip(*buffers) {
            sums.reset(leaf.targets.len(), FIELD);
            let local = &buffers.locals[self.leaf * len..][..len];
            expansion.l2p(isa, local, points, side, FIELD, sums);
        }
        let len = expansion.multipole_len();
        for &other in &context.lists.smaller[self.leaf] {
            let smaller = &tree.cells[other as usize];
            place(context, smaller, leaf, points);
            let scale = CellScale {
                side: tree.frame.cell_side(smaller.level),
                log_side: tree.frame.log_side(smaller.level),
            };
            for (sums, buffers) in sums.iter_mut().zip(*buffers) {
                let multipole = &buffers.multipoles[other as usize * len..][..len];
                expansion.m2p(isa, multipole, points, scale, FIELD, sums);
            }
        }
    }
}

/// The targets of a leaf in the box units of a cell.
#[inline(always)]
fn place<E, const D: usize>(
    context: &Context<f64, E, D>,
    unit: &Cell<D>,
    leaf: &Cell<D>,
    points: &mut UnitPoints<D>,
) {
    unit_points(context, unit, context.targets, leaf.targets.clone(), points);
}

/// What comes from near to the targets of a leaf, added to what comes from far. Lanes are targets, sources are broadcast: there is
/// nothing to gather, and nothing to add up over lanes.
struct Near<'a, E, P, const ACCURACY: usize, const D: usize> {
    pass: &'a Pass<'a, E, P, D>,
    leaf: usize,
    far: &'a [UnitSums<D>],
}

impl<E: Expansion<D>, P: Pair, const ACCURACY: usize, const D: usize> Job
    for Near<'_, E, P, ACCURACY, D>
{
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let context = self.pass.context;
        let targets = context.tree.cells[self.leaf].targets.clone();
        let (first, end) = (targets.start as usize, targets.end as usize);
        for place in (first..end).step_by(I::F64::LANES) {
            let mut x = [I::F64::splat(isa, 0.0); D];
            for a in 0..D {
                // Behind the last target there are others, or padding.
                x[a] = I::F64::load(isa, &context.targets[a][place..]);
            }
            let mut sums = self.far_sums(isa, &x, place - first);
            self.add_near(isa, &x, &mut sums);
            self.put(isa, &sums, place..end.min(place + I::F64::LANES));
        }
    }
}

/// E, and T by its upper half.
struct Sums<V, const D: usize> {
    e: [V; D],
    t: [V; SECOND],
}

impl<E: Expansion<D>, P: Pair, const ACCURACY: usize, const D: usize> Near<'_, E, P, ACCURACY, D> {
    /// What comes from far to the targets `x`, which are those from `place` on.
    #[inline(always)]
    fn far_sums<I: Isa>(&self, isa: I, x: &[I::F64; D], place: usize) -> Sums<I::F64, D> {
        let zero = I::F64::splat(isa, 0.0);
        let half = I::F64::splat(isa, 0.5);
        let (mut e, mut t) = ([zero; D], [zero; SECOND]);
        for a in 0..D {
            e[a] = I::F64::load(isa, &self.far[0].s[a][place..]);
        }
        for a in 0..D {
            let along = x[a] - I::F64::splat(isa, self.pass.origin[a]);
            for b in 0..D {
                let moment = I::F64::load(isa, &self.far[1 + a].s[b][place..]);
                let here = along * e[b] - moment;
                // Expansions are not quite symmetric: the mean of both.
                let at = place_of::<D>(a.min(b), a.max(b));
                t[at] = if a == b {
                    here
                } else {
                    here.mul_add(half, t[at])
                };
            }
        }
        Sums { e, t }
    }

    /// Adds the pairs of the leaf itself and of its near list. A pair at distance 0 contributes nothing, as in
    /// [`p2p`](crate::passes::p2p).
    #[inline(always)]
    fn add_near<I: Isa>(&self, isa: I, x: &[I::F64; D], sums: &mut Sums<I::F64, D>) {
        let (context, w) = (self.pass.context, &self.pass.buffers[0].w);
        let nothing = I::F64::splat(isa, coincident::<f64, D>());
        let own = &context.tree.cells[self.leaf].sources;
        for range in context.lists.near[self.leaf].iter().chain([own]) {
            let range = range.start as usize..range.end as usize;
            let w = &w[range.clone()];
            let mut y = [w; D];
            for a in 0..D {
                y[a] = &context.sources[a][range.clone()];
            }
            for j in 0..w.len() {
                let (mut z, mut r2) = (*x, nothing);
                for a in 0..D {
                    z[a] = x[a] - I::F64::splat(isa, y[a][j]);
                    r2 = z[a].mul_add(z[a], r2);
                }
                let phi = self.pass.pair.phi::<I::F64, ACCURACY>(isa, r2);
                let phi = phi * I::F64::splat(isa, w[j]);
                for a in 0..D {
                    let there = phi * z[a];
                    sums.e[a] += there;
                    for b in a..D {
                        let t = &mut sums.t[place_of::<D>(a, b)];
                        *t = there.mul_add(z[b], *t);
                    }
                }
            }
        }
    }

    /// A and B at the targets of this range go where the user has them.
    #[inline(always)]
    fn put<I: Isa>(&self, isa: I, sums: &Sums<I::F64, D>, targets: std::ops::Range<usize>) {
        let out = self.pass.out;
        let [of_a, of_b] = [
            I::F64::splat(isa, out.factors[0]),
            I::F64::splat(isa, out.factors[1]),
        ];
        let (mut a, mut b) = ([[0.0; 8]; SECOND], [[0.0; 8]; D]);
        for i in 0..D {
            (sums.e[i] * of_b).store(&mut b[i]);
            for j in i..D {
                let at = place_of::<D>(i, j);
                let mut here = -sums.t[at];
                if i == j {
                    // Of the trace all but its own term, so that nothing cancels.
                    here = I::F64::splat(isa, 0.0);
                    for k in 0..D {
                        if k != i {
                            here += sums.t[place_of::<D>(k, k)];
                        }
                    }
                }
                (here * of_a).store(&mut a[at]);
            }
        }
        let order = &self.pass.context.tree.targets().user_index[targets];
        for (lane, &user) in order.iter().enumerate() {
            let user = user as usize;
            for i in 0..D {
                out.b[user * D + i].set(b[i][lane]);
                for j in 0..D {
                    let at = place_of::<D>(i.min(j), i.max(j));
                    out.a[(user * D + i) * D + j].set(a[at][lane]);
                }
            }
        }
    }
}
