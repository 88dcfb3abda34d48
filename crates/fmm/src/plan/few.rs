//! Sums without a tree: potentials of few points, whose logarithms may nearly cancel, and cores that are few modes of a
//! torus.

use super::demands::FEW_ON_TORUS;
use crate::direct::AllPairs;
use crate::kernel::RadialPair;
use crate::passes::tile::RadialSum;
use crate::passes::wanted::SECOND;
use crate::passes::{Buffers, Context, PADDING, TargetSums};
use crate::torus::ewald::{Ewald, ROUNDING};
use crate::torus::split::FarPower;
use crate::{Outputs, PassSeconds, Real};
use std::time::Instant;

/// Most pairs that are taken in f64 to the last digit whatever the tolerance: they cost less than what surrounds them.
pub(super) const FEW: usize = 1 << 10;

/// Of many points, amplitudes of the first modes are larger than this power of 1/e of all others, even in even clouds.
const MARGIN: f64 = 10.0;

/// Whether potentials are wanted of so few points, in one leaf.
pub(super) fn are_few<T, E, const D: usize>(context: &Context<T, E, D>, outputs: Outputs) -> bool {
    let tree = context.tree;
    let pairs = tree.source_order.len() * tree.targets().len();
    outputs.potential && pairs <= FEW && tree.cells.len() == 1
}

/// The sums over all pairs go to the context's sink.
pub(super) fn sums<T: Real, P: RadialPair<D>, const D: usize>(
    context: &Context<T, P::Family, D>,
    pair: P,
    strengths: &[&[T]],
    outputs: Outputs,
    buffers: &[Buffers<T>],
) -> PassSeconds {
    let chosen = context.chosen;
    each(context, strengths, buffers, |targets, sources, w| {
        pair.clone().all_pairs(&AllPairs {
            chosen,
            targets,
            sources,
            w,
            outputs,
        })
    })
}

/// The sums of a power with a core so wide that few modes of the torus are left of it.
pub(super) fn modes<T: Real, P: RadialPair<D>, const D: usize>(
    context: &Context<T, P::Family, D>,
    (pair, power, tolerance): (P, FarPower, f64),
    strengths: &[&[T]],
    outputs: Outputs,
    buffers: &[Buffers<T>],
) -> PassSeconds {
    let tree = context.tree;
    let few = tree.source_order.len() <= FEW_ON_TORUS;
    let rest = if few {
        ROUNDING
    } else {
        MARGIN - tolerance.ln()
    };
    let rest = rest.min(ROUNDING);
    each(context, strengths, buffers, |targets, sources, w| {
        let ewald = Ewald {
            chosen: context.chosen,
            pair: &pair,
            power,
            rest,
            boxes: [0; D],
            sides: tree.frame.cell_sides(0),
            scale: tree.frame.scale,
            targets,
            sources,
            count: tree.source_order.len(),
        };
        ewald.sums(w, outputs)
    })
}

/// Gives the sums of each strength vector at all targets, in f64 and tree order, to the context's sink.
fn each<T: Real, E, const D: usize>(
    context: &Context<T, E, D>,
    strengths: &[&[T]],
    buffers: &[Buffers<T>],
    sum: impl Fn(&[Vec<f64>; D], &[Vec<f64>; D], &[f64]) -> Vec<RadialSum<f64, D>>,
) -> PassSeconds {
    let start = Instant::now();
    let order = &context.tree.source_order;
    let wide = |x: &[Vec<T>; D], n: usize| -> [Vec<f64>; D] {
        let wide = |x: &Vec<T>| x[..n].iter().map(|x| x.to_f64()).collect();
        x.each_ref().map(wide)
    };
    let padded = order.len().next_multiple_of(PADDING);
    let targets = wide(context.targets, context.tree.targets().len());
    let mut sources = wide(context.sources, order.len());
    for axis in &mut sources {
        axis.resize(padded, 0.0);
    }
    for (component, (strengths, buffers)) in strengths.iter().zip(buffers).enumerate() {
        let user = order
            .user_index
            .iter()
            .map(|&user| strengths[user as usize]);
        let mut w: Vec<f64> = user.map(|w| w.to_f64() / buffers.unit).collect();
        w.resize(padded, 0.0);
        let sums = sum(&targets, &sources, &w);
        let column = |of: &dyn Fn(usize) -> f64| -> Vec<T> {
            (0..sums.len()).map(|i| T::from_f64(of(i))).collect()
        };
        let s: [_; D] = std::array::from_fn(|a| column(&|i| sums[i].s[a]));
        let g: [_; SECOND] = std::array::from_fn(|k| column(&|i| sums[i].g[k]));
        let sums = TargetSums {
            s: s.each_ref().map(|s| &s[..]),
            t: &column(&|i| sums[i].t),
            g: g.each_ref().map(|g| &g[..]),
        };
        context.sink.take(component, 0, &sums);
    }
    let leaves = start.elapsed().as_secs_f64();
    PassSeconds {
        leaves,
        ..PassSeconds::default()
    }
}
