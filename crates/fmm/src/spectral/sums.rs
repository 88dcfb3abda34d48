//! The sums of a grid at the targets of a plan.

use super::fourier::Derivative;
use super::points::{Gather, Places, SUMS, Spread, gather, spread};
use super::slabs::PLANES;
use super::{Ready, Spectral, axis};
use crate::memory::zeros;
use crate::passes::wanted::{SECOND, place_of};
use crate::passes::{Buffers, Context, TargetSums};
use crate::{Outputs, PassSeconds, Real};
use lanes::Chosen;
use rayon::prelude::*;
use std::time::Instant;

impl<const D: usize> Spectral<D> {
    /// Gives the sums of each strength vector to the context's sink, as tables have them.
    pub(crate) fn sums<T: Real, E: Sync>(
        &self,
        context: &Context<T, E, D>,
        strengths: &[&[T]],
        outputs: Outputs,
        buffers: &mut [Buffers<T>],
    ) -> PassSeconds {
        let mut seconds = PassSeconds::default();
        let mut lap = Instant::now();
        let mut since = |part: &mut f64| {
            *part += lap.elapsed().as_secs_f64();
            lap = Instant::now();
        };
        let wanted = derivatives::<D>(outputs);
        for (component, (strengths, buffers)) in strengths.iter().zip(buffers).enumerate() {
            let unit = buffers.unit;
            let in_unit = |&user: &u32| strengths[user as usize].to_f64() / unit;
            let w: Vec<f64> = self.slabs.user.par_iter().map(in_unit).collect();
            if outputs.potential || outputs.gradient {
                let order = &context.tree.source_order.user_index;
                let in_tree = order.iter().map(|user| T::from_f64(in_unit(user)));
                buffers.w.clear();
                buffers.w.extend(in_tree);
            }
            since(&mut seconds.permute);
            let grid = self.spread(context.chosen, &w);
            since(&mut seconds.upward);
            let Ready {
                fourier, factors, ..
            } = &*self.ready;
            let results = fourier.multiply(&grid, self.ready.stride(), factors, &wanted);
            drop(grid);
            since(&mut seconds.downward);
            let all = AtTargets {
                context,
                component,
                outputs,
                results: &results,
                count: wanted.len(),
                constant: self.ready.constant * w.iter().sum::<f64>(),
                w: &buffers.w,
                scale: self.scale(),
                at_zero: self.ready.at_zero,
            };
            self.gather(&all);
            since(&mut seconds.leaves);
        }
        seconds
    }

    fn places(&self) -> Places<'_> {
        Places {
            window: &self.ready.window,
            low: &self.low,
            cells_per_length: 1.0 / self.ready.layout.choice.cell,
            stride: self.ready.stride(),
            rows: self.ready.layout.filled[1],
        }
    }

    /// The strengths on the grid.
    fn spread(&self, chosen: Chosen, w: &[f64]) -> Vec<f64> {
        let [planes, rows, _] = self.ready.layout.filled;
        let slab = PLANES * rows * self.ready.stride();
        let mut grid = zeros(planes * rows * self.ready.stride(), 0.0);
        for odd in 0..2 {
            let from = (odd * slab).min(grid.len());
            let pairs = grid[from..].par_chunks_mut(2 * slab).enumerate();
            pairs.for_each(|(pair, grid)| {
                let slab = 2 * pair + odd;
                let range = self.slabs.range(slab);
                let points = self.slabs.points.each_ref().map(|x| &x[range.clone()]);
                let job = Spread {
                    places: self.places(),
                    points: &points,
                    strengths: &w[range.clone()],
                    first_plane: slab * PLANES,
                    grid,
                };
                spread(chosen, job);
            });
        }
        grid
    }

    /// From the grids to the targets, leaf by leaf.
    fn gather<T: Real, E: Sync>(&self, all: &AtTargets<T, E, D>) {
        let to_user = 1.0 / all.context.tree.frame.scale;
        let room = || (vec![], vec![], vec![]);
        let leaves = all.context.leaves.par_iter();
        leaves.for_each_init(room, |(points, sums, own), &leaf| {
            let leaf = &all.context.tree.cells[leaf as usize];
            let (first, count) = (leaf.targets.start as usize, leaf.targets.len());
            points.clear();
            for x in all.context.targets {
                points.extend(x[first..first + count].iter().map(|x| x.to_f64() * to_user));
            }
            sums.clear();
            sums.resize(count, [0.0; SUMS]);
            let points: [_; D] = std::array::from_fn(|a| &points[a * count..][..count]);
            let job = Gather {
                places: self.places(),
                points: &points,
                grid: all.results,
                count: all.count,
                sums: &mut *sums,
            };
            gather(all.context.chosen, job);
            own.clear();
            own.resize(count, 0.0);
            if all.outputs.potential || all.outputs.gradient {
                all.context.strengths_at_targets(leaf, all.w, own);
            }
            all.take(first, sums, own);
        });
    }
}

/// What the grids hold that were made of one strength vector.
struct AtTargets<'a, T, E, const D: usize> {
    context: &'a Context<'a, T, E, D>,
    component: usize,
    outputs: Outputs,
    /// So many numbers at each node.
    results: &'a [f64],
    count: usize,
    /// What all sources together add to the potential.
    constant: f64,
    /// In tree order.
    w: &'a [T],
    /// Of the unit of sums, see [`Spectral::scale`].
    scale: f64,
    at_zero: [f64; 2],
}

impl<T: Real, E, const D: usize> AtTargets<'_, T, E, D> {
    /// To the sink, less what sources at the place of a target have there.
    fn take(&self, first: usize, sums: &[[f64; SUMS]], own: &[f64]) {
        let column = |of: &dyn Fn(usize) -> f64| -> Vec<T> {
            (0..sums.len()).map(|i| T::from_f64(of(i))).collect()
        };
        let kinds = Kinds::of::<D>(self.outputs);
        let (unit, at_zero) = (1.0 / self.scale, self.at_zero);
        let t = match kinds.potential {
            Some(at) => column(&|i| sums[i][at] + self.constant - own[i] * at_zero[0]),
            None => vec![],
        };
        let s: [Vec<T>; D] = std::array::from_fn(|a| match kinds.field {
            Some(at) => column(&|i| -sums[i][at + a] * unit),
            None => column(&|_| 0.0),
        });
        let g: [Vec<T>; SECOND] = std::array::from_fn(|k| match kinds.gradient {
            Some(at) if k < D * (D + 1) / 2 => {
                let diagonal = (0..D).any(|a| place_of::<D>(a, a) == k);
                let at_zero = if diagonal { at_zero[1] } else { 0.0 };
                column(&|i| (-sums[i][at + k] - own[i] * at_zero) * unit * unit)
            }
            Some(_) => column(&|_| 0.0),
            None => vec![],
        });
        let sums = TargetSums {
            s: s.each_ref().map(|s| &s[..]),
            t: &t,
            g: g.each_ref().map(|g| &g[..]),
        };
        self.context.sink.take(self.component, first, &sums);
    }
}

/// Where sums are among those of a target.
struct Kinds {
    potential: Option<usize>,
    field: Option<usize>,
    gradient: Option<usize>,
    all: usize,
}

impl Kinds {
    fn of<const D: usize>(outputs: Outputs) -> Self {
        let mut all = 0;
        let mut add = |wanted: bool, count: usize| {
            let at = all;
            all += if wanted { count } else { 0 };
            wanted.then_some(at)
        };
        let potential = add(outputs.potential, 1);
        let field = add(outputs.field, D);
        let gradient = add(outputs.gradient, D * (D + 1) / 2);
        Self {
            potential,
            field,
            gradient,
            all,
        }
    }
}

/// The derivatives of the potential that are summed, in the order of [`Kinds`].
fn derivatives<const D: usize>(outputs: Outputs) -> Vec<Derivative> {
    let along = |axes: &[usize]| {
        let mut derivative = [0; 3];
        axes.iter().for_each(|&a| derivative[axis::<D>(a)] += 1);
        derivative
    };
    let mut all = vec![];
    if outputs.potential {
        all.push(along(&[]));
    }
    if outputs.field {
        all.extend((0..D).map(|a| along(&[a])));
    }
    if outputs.gradient {
        all.extend(
            (0..D)
                .flat_map(|a| (a..D).map(move |b| [a, b]))
                .map(|pair| along(&pair)),
        );
    }
    all
}

/// How many sums there are at a target.
pub(crate) fn count<const D: usize>(outputs: Outputs) -> usize {
    Kinds::of::<D>(outputs).all
}
