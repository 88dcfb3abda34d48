//! The method: sums at all targets from the strengths of all sources.

mod coincident;
mod compiled;
#[cfg(test)]
mod counting;
mod downward;
mod leaves;
mod meet;
mod near;
pub(crate) mod p2p;
mod rounding;
mod sink;
pub(crate) mod tile;
mod units;
mod upward;
pub(crate) mod wanted;

pub(crate) use compiled::Compiled;
pub use compiled::RadialPair;
pub(crate) use downward::Down;
pub(crate) use near::AsTheyAre;
pub(crate) use sink::{Sink, TargetSums};
pub(crate) use units::Units;
pub(crate) use upward::unit_points;

use crate::expansion::Expansion;
use crate::kernel::Pair;
use crate::lists::Lists;
use crate::memory::{Lines, ask_ahead, room};
use crate::torus::background::Moments;
use crate::tree::Tree;
use crate::{Outputs, PassSeconds};
use lanes::{Chosen, Real};
use rayon::prelude::*;
use std::time::Instant;
use wanted::{POTENTIAL, wanted};

/// What every pass reads.
pub struct Context<'a, T, E, const D: usize> {
    pub(crate) chosen: Chosen,
    pub(crate) tree: &'a Tree<D>,
    pub(crate) lists: &'a Lists,
    pub(crate) expansion: &'a E,
    /// Sources in tree order and plan units, padded at the end to any vector.
    pub(crate) sources: &'a [Vec<T>; D],
    /// Targets likewise.
    pub(crate) targets: &'a [Vec<T>; D],
    /// Leaves that hold targets, in the order of their targets.
    pub(crate) leaves: &'a [u32],
    /// Accuracy of one pair, see [`lanes::accuracy`].
    pub(crate) accuracy: usize,
    /// What near pairs in f32 may lose of fields, where that is to be measured.
    pub(crate) lost_in_f32: Option<f64>,
    /// What the downward pass left.
    pub(crate) down: &'a Down<D>,
    /// What takes the sums.
    pub(crate) sink: &'a dyn Sink<T, D>,
}

impl<'a, T, E, const D: usize> Context<'a, T, E, D> {
    /// The same with other expansions.
    pub(crate) fn with<F>(&self, expansion: &'a F) -> Context<'a, T, F, D> {
        Context {
            chosen: self.chosen,
            tree: self.tree,
            lists: self.lists,
            expansion,
            sources: self.sources,
            targets: self.targets,
            leaves: self.leaves,
            accuracy: self.accuracy,
            lost_in_f32: self.lost_in_f32,
            down: self.down,
            sink: self.sink,
        }
    }
}

/// Buffers of one strength vector, kept from one evaluation to the next.
#[derive(Debug)]
pub struct Buffers<T> {
    /// Which of all vectors this is.
    component: usize,
    /// Power of two by which strengths were divided, so that the largest lies in [½, 1).
    pub(crate) unit: f64,
    /// Divided strengths in tree order, with those of images on a torus; padded.
    pub(crate) w: Vec<T>,
    /// Of those strengths, on a torus with a background.
    pub(crate) moments: Option<Moments>,
    /// Whether no near pair is taken in f32.
    in_double: bool,
    pub(crate) multipoles: Lines<f64>,
    pub(crate) locals: Lines<f64>,
}

impl<T> Default for Buffers<T> {
    fn default() -> Self {
        Self {
            component: 0,
            unit: 1.0,
            w: vec![],
            moments: None,
            in_double: false,
            multipoles: Lines::new(),
            locals: Lines::new(),
        }
    }
}

impl<T> Buffers<T> {
    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.w.capacity() * size_of::<T>()
            + (self.multipoles.len() + self.locals.len()) * size_of::<f64>()
    }
}

/// Points that one task brings into another order.
pub(crate) const PIECE: usize = 1 << 13;

/// Numbers behind the last point that a vector load may touch.
pub(crate) const PADDING: usize = 16;

/// Gives the sums over every strength vector to the context's sink; `unit` of each buffer is given. Near pairs of `M`
/// vectors are taken at once where there are as many.
pub(crate) fn evaluate<T: Compiled, P: Pair, E: Expansion<D>, const D: usize, const M: usize>(
    context: &Context<T, E, D>,
    pair: P,
    strengths: &[&[T]],
    outputs: Outputs,
    buffers: &mut [Buffers<T>],
) -> PassSeconds {
    let mut seconds = PassSeconds::default();
    for (component, (strengths, buffers)) in strengths.iter().zip(&mut *buffers).enumerate() {
        buffers.component = component;
        let potential = wanted(outputs) >= POTENTIAL;
        up_and_down(context, strengths, potential, buffers, &mut seconds);
    }
    timed(&mut seconds.leaves, || {
        rounding::measure(context, pair, outputs, buffers);
        leaves::run::<T, P, E, D, M>(context, pair, outputs, buffers)
    });
    seconds
}

/// All of one strength vector but for the leaves.
pub(crate) fn up_and_down<T: Real, E: Expansion<D>, const D: usize>(
    context: &Context<T, E, D>,
    strengths: &[T],
    potential: bool,
    buffers: &mut Buffers<T>,
    seconds: &mut PassSeconds,
) {
    let expansion = context.expansion;
    timed(&mut seconds.permute, || {
        into_tree_order(context, strengths, buffers)
    });
    timed(&mut seconds.upward, || {
        upward::run(context, &buffers.w, &mut buffers.multipoles);
        if let Some(moments) = buffers.moments {
            moments.take_out(expansion, context.tree, &mut buffers.multipoles);
        }
    });
    timed(&mut seconds.downward, || {
        downward::run(
            context,
            (&buffers.w, &buffers.multipoles, buffers.moments),
            potential,
            &mut buffers.locals,
        );
    });
}

fn timed(seconds: &mut f64, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    *seconds += start.elapsed().as_secs_f64();
}

fn into_tree_order<T: Real, E: Expansion<D>, const D: usize>(
    context: &Context<T, E, D>,
    strengths: &[T],
    buffers: &mut Buffers<T>,
) {
    let tree = context.tree;
    let order = &tree.source_order.user_index;
    room(&mut buffers.w, tree.places() + PADDING, T::ZERO);
    let inverse = 1.0 / buffers.unit;
    let pieces = buffers.w.par_chunks_mut(PIECE).zip(order.par_chunks(PIECE));
    pieces.for_each(|(w, order)| {
        for (k, (w, &user)) in w.iter_mut().zip(order).enumerate() {
            ask_ahead(strengths, order, k, 1);
            *w = T::from_f64(strengths[user as usize].to_f64() * inverse);
        }
    });
    buffers.moments = None;
    if tree.is_torus() {
        tree.fill_images(&mut buffers.w, T::ZERO, PADDING, |w, _| w);
        let moments = || Moments::of(tree, context.sources, &buffers.w);
        buffers.moments = context.expansion.at(0).uniform().map(|_| moments());
    }
}

/// The power of two that brings a strength of this size into [½, 1), as far as its inverse is finite.
pub(crate) fn unit(largest: f64) -> f64 {
    if largest == 0.0 {
        1.0
    } else {
        2f64.powi((largest.log2().floor() as i32 + 1).clamp(-1020, 1023))
    }
}
