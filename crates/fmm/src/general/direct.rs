//! The exact sum, O(N²).

use super::unit::Unit;
use super::{GeneralKernel, check, pairs};
use crate::Result;
use crate::passes::unit as unit_of_strengths;
use crate::plan::clouds::Clouds;
use crate::points::check_strengths;
use crate::tree::{Frame, Width};
use lanes::{Chosen, Isa, Job};
use rayon::prelude::*;

/// Σ_{j: y_j ≠ x_i} w_j K(x_i − y_j) at every target, in their order, by the exact sum, in the caller's rayon pool: the
/// oracle of [`GeneralPlan`](super::GeneralPlan).
///
/// Errors: numbers that are not finite, another number of strengths than of sources, a kernel that is not finite or not
/// what it declares (by samples), sums that overflow.
pub fn sums<K: GeneralKernel<D, C>, const D: usize, const C: usize>(
    targets: &[[f64; D]],
    sources: &[[f64; D]],
    strengths: &[f64],
    kernel: &K,
) -> Result<Vec<[f64; C]>> {
    let chosen = Chosen::detect();
    let clouds = Clouds::new(chosen, None, sources, Some(targets))?;
    let largest = check_strengths::<f64, f64>(chosen, &[strengths], sources.len())?[0];
    let frame = Frame::of::<f64>(&clouds.both(), Width::Least);
    clouds.check_resolution(&frame)?;
    let unit = Unit::new(kernel, frame.scale);
    check::check(kernel, unit, clouds.both().widest() * frame.scale)?;
    let axes = |points: &[[f64; D]]| -> [Vec<f64>; D] {
        std::array::from_fn(|a| points.iter().map(|x| x[a] * frame.scale).collect())
    };
    let of_strengths = unit_of_strengths(largest);
    let w: Vec<f64> = strengths.iter().map(|w| w / of_strengths).collect();
    let (targets, sources) = (axes(targets), axes(sources));
    let (targets, sources) = (slices(&targets), slices(&sources));
    let mut sums = all(chosen, (kernel, unit), targets, sources, &w);
    for sum in sums.as_flattened_mut() {
        *sum = unit.to_user(*sum, of_strengths);
    }
    check::finite(&sums)?;
    Ok(sums)
}

fn slices<const D: usize>(axes: &[Vec<f64>; D]) -> [&[f64]; D] {
    axes.each_ref().map(|axis| &axis[..])
}

/// Targets that one task sums.
const BLOCK: usize = 32;

/// The sums at all targets, points in plan units by axis.
pub(super) fn all<K: GeneralKernel<D, C>, const D: usize, const C: usize>(
    chosen: Chosen,
    (kernel, unit): (&K, Unit),
    targets: [&[f64]; D],
    sources: [&[f64]; D],
    w: &[f64],
) -> Vec<[f64; C]> {
    let n = targets[0].len();
    let mut sums = vec![[0.0; C]; n];
    let blocks = sums.par_chunks_mut(BLOCK).enumerate();
    blocks.for_each(|(block, sums)| {
        chosen.run(Block {
            kernel,
            unit,
            targets: targets.map(|x| &x[block * BLOCK..]),
            sources,
            w,
            sums,
        });
    });
    sums
}

/// The sums at some targets.
struct Block<'a, K, const D: usize, const C: usize> {
    kernel: &'a K,
    unit: Unit,
    targets: [&'a [f64]; D],
    sources: [&'a [f64]; D],
    w: &'a [f64],
    sums: &'a mut [[f64; C]],
}

impl<K: GeneralKernel<D, C>, const D: usize, const C: usize> Job for Block<'_, K, D, C> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _: I) {
        for (i, sums) in self.sums.iter_mut().enumerate() {
            let x = std::array::from_fn(|a| self.targets[a][i]);
            let kernel = (self.kernel, self.unit.length);
            pairs::add(kernel, x, self.sources, self.w, sums);
        }
    }
}
