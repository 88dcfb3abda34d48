//! Potentials of few points, whose logarithms may nearly cancel.

use crate::direct::AllPairs;
use crate::kernel::RadialPair;
use crate::passes::wanted::SECOND;
use crate::passes::{Buffers, Context, PADDING, TargetSums};
use crate::{Outputs, PassSeconds, Real};
use std::time::Instant;

/// Most pairs that are taken in f64 to the last digit whatever the tolerance: they cost less than what surrounds them.
const FEW: usize = 1 << 10;

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
        let sums = pair.clone().all_pairs(&AllPairs {
            chosen: context.chosen,
            targets: &targets,
            sources: &sources,
            w: &w,
            outputs,
        });
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
