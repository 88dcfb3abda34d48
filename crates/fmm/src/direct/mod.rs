//! The exact sum, O(N²): the oracle that everything else is held against.
//!
//! It is computed in f64 whatever the precision of its input, with reciprocals and logarithms to the last digits, and
//! its pairs are those of the near field. Dimensions other than 2 and 3, which have no faster sum, are in [`any_dimension`].

pub mod any_dimension;

use crate::Real;
use crate::kernel::{Kernel, Pair, RadialPair, Strength, by_component};
use crate::passes::AsTheyAre;
use crate::passes::p2p::p2p;
use crate::passes::tile::{Back, Close, RadialSum, Sources, Targets};
use crate::passes::wanted::{FIELD, GRADIENT, POTENTIAL, symmetric, wanted};
use crate::passes::{PADDING, Units, unit};
use crate::plan::add_gradient;
use crate::points::{Extent, check_positions, check_resolution, check_strengths};
use crate::torus::{Torus, ewald};
use crate::tree::{Fit, Frame, Width};
use crate::{Error, ErrorKind, Outputs, Result, Sums};
use lanes::accuracy::FULL;
use lanes::{Chosen, InstructionSet, Isa, Job};
use rayon::prelude::*;

/// Field Σ_{j: y_j ≠ x_i} w_j K(x_i − y_j) at every target, in the order of `targets`.
///
/// Errors: numbers that are not finite, another number of strengths than of sources, a sum that overflows `T`.
pub fn field<T: Real, K: Kernel<D>, const D: usize>(
    targets: &[[T; D]],
    sources: &[[T; D]],
    strengths: &[K::Strength<T>],
    kernel: K,
) -> Result<Vec<[T; D]>> {
    let mut sums = evaluate(targets, sources, &[strengths], kernel, Outputs::FIELD, None)?;
    Ok(sums.remove(0).field)
}

/// Potential Σ_{j: y_j ≠ x_i} w_j g(x_i − y_j) at every target, in the order of `targets`. Errors as for [`field`].
pub fn potential<T: Real, K: Kernel<D>, const D: usize>(
    targets: &[[T; D]],
    sources: &[[T; D]],
    strengths: &[K::Strength<T>],
    kernel: K,
) -> Result<Vec<K::Strength<T>>> {
    let mut sums = evaluate(
        targets,
        sources,
        &[strengths],
        kernel,
        Outputs::POTENTIAL,
        None,
    )?;
    Ok(sums.remove(0).potential)
}

/// The chosen sums for each strength vector, with the fastest or the given instruction set, in the caller's rayon pool.
/// Errors as for [`field`].
pub fn evaluate<T: Real, K: Kernel<D>, const D: usize>(
    targets: &[[T; D]],
    sources: &[[T; D]],
    strengths: &[&[K::Strength<T>]],
    kernel: K,
    outputs: Outputs,
    instruction_set: Option<InstructionSet>,
) -> Result<Vec<Sums<T, D, K::Strength<T>>>> {
    anywhere(
        targets,
        sources,
        strengths,
        kernel,
        None,
        (outputs, instruction_set),
    )
}

/// The same on the torus with these sides, by Ewald's sum: kernels and coincident points are as
/// [`Options::torus`](crate::Options::torus) says. It takes the pairs of 3^D boxes, twice, unless an algebraic core is so
/// wide that there are modes alone. Errors as for [`field`] and as there.
pub fn on_torus<T: Real, K: Kernel<D>, const D: usize>(
    targets: &[[T; D]],
    sources: &[[T; D]],
    strengths: &[&[K::Strength<T>]],
    kernel: K,
    sides: &[f64],
    outputs: Outputs,
    instruction_set: Option<InstructionSet>,
) -> Result<Vec<Sums<T, D, K::Strength<T>>>> {
    let torus = Some(Torus::new(sides)?);
    anywhere(
        targets,
        sources,
        strengths,
        kernel,
        torus,
        (outputs, instruction_set),
    )
}

/// The same in space or on a torus.
pub(crate) fn anywhere<T: Real, K: Kernel<D>, const D: usize>(
    targets: &[[T; D]],
    sources: &[[T; D]],
    strengths: &[&[K::Strength<T>]],
    kernel: K,
    torus: Option<Torus<D>>,
    (outputs, instruction_set): (Outputs, Option<InstructionSet>),
) -> Result<Vec<Sums<T, D, K::Strength<T>>>> {
    kernel.check()?;
    let chosen = crate::options::choose(instruction_set)?;
    check_positions(chosen, "targets", targets)?;
    check_positions(chosen, "sources", sources)?;
    let largest = check_strengths(chosen, strengths, sources.len())?;
    let wide = |points: &[[T; D]]| {
        let wide: Vec<[f64; D]> = points.iter().map(|point| point.map(T::to_f64)).collect();
        match torus {
            Some(torus) => torus.wrap(&wide),
            None => wide,
        }
    };
    let (targets, sources) = (wide(targets), wide(sources));
    let extents = [&targets, &sources].map(|cloud| Extent::of(chosen, cloud.as_flattened()));
    let around = || Frame::of::<f64>(&extents[0].join(extents[1]), Width::Least);
    let frame = torus.map_or_else(around, |torus| torus.frame::<f64>(Fit::Whole));
    let extent = torus.map_or(extents[0].join(extents[1]).widest(), |torus| {
        torus.largest()
    });
    kernel.check_extent(extent, SMOOTH_TO)?;
    check_resolution(&frame, "targets", &targets, &extents[0])?;
    check_resolution(&frame, "sources", &sources, &extents[1])?;
    let scale = frame.scale;
    let axes = |points: &[[f64; D]]| -> [Vec<f64>; D] {
        std::array::from_fn(|a| points.iter().map(|p| p[a] * scale).collect())
    };
    let (targets, count, mut sources) = (axes(&targets), sources.len(), axes(&sources));
    for axis in &mut sources {
        axis.resize(axis.len().next_multiple_of(PADDING), 0.0);
    }
    let on_torus = |w: &[f64], torus: Torus<D>| {
        let reach = kernel.reach(f64::EPSILON);
        let pair = kernel.pair(scale);
        let power = torus.power(&kernel)?;
        torus.check_reach(&kernel, reach / 4.0)?;
        let reach = if power.core > 0.0 { 0.0 } else { reach };
        let ewald = ewald::Ewald {
            chosen,
            pair: &pair,
            power,
            rest: ewald::ROUNDING,
            boxes: ewald::boxes(reach, torus.sides),
            sides: torus.sides.map(|side| side * scale),
            scale,
            targets: &targets,
            sources: &sources,
            count,
        };
        Ok(ewald.sums(w, outputs))
    };
    let sum = |(m, strengths): (usize, &&[K::Strength<T>])| {
        let unit = unit(largest[m]);
        let of_component = |w: std::borrow::Cow<[T]>| {
            let mut w: Vec<f64> = w.iter().map(|w| w.to_f64() / unit).collect();
            w.resize(sources[0].len(), 0.0);
            if let Some(torus) = torus {
                return on_torus(&w, torus);
            }
            let all = AllPairs {
                chosen,
                targets: &targets,
                sources: &sources,
                w: &w,
                outputs,
            };
            Ok(kernel.pair(scale).all_pairs(&all))
        };
        let components = by_component(strengths).into_iter();
        let by_component: Vec<_> = components.map(of_component).collect::<Result<_>>()?;
        let units = (kernel.pair(scale).units(scale), unit);
        let sums = put_together(&kernel, by_component, targets[0].len(), units, outputs);
        let potential = K::Strength::<T>::numbers(&sums.potential);
        let gradient = sums.gradient.as_flattened().as_flattened();
        let all = [
            ("field", sums.field.as_flattened(), D),
            ("potential", potential, K::Strength::<T>::COMPONENTS),
            ("gradient", gradient, D * D),
        ];
        check_sums(m, all)?;
        Ok(sums)
    };
    strengths.iter().enumerate().map(sum).collect()
}

/// The chosen sums at `n` targets from the radial sums of each component, whose units are given, and what strengths were
/// divided by.
fn put_together<T: Real, K: Kernel<D>, const D: usize>(
    kernel: &K,
    by_component: Vec<Vec<RadialSum<f64, D>>>,
    n: usize,
    (units, unit): (Units, f64),
    outputs: Outputs,
) -> Sums<T, D, K::Strength<T>> {
    let room = |wanted| if wanted { n } else { 0 };
    let mut field = vec![[0.0; D]; room(outputs.field)];
    let mut potential = vec![K::Strength::<T>::ZERO; room(outputs.potential)];
    let mut gradient = vec![[[0.0; D]; D]; room(outputs.gradient)];
    for (c, sums) in by_component.into_iter().enumerate() {
        for (u, sum) in field.iter_mut().zip(&sums) {
            let share = kernel.field(c, sum.s.map(|s| units.field(s, unit, 0)));
            (0..D).for_each(|a| u[a] += share[a]);
        }
        for (g, sum) in potential.iter_mut().zip(&sums) {
            let t = kernel.potential(units.potential(sum.t, unit));
            g.components_mut()[c] = T::from_f64(t);
        }
        for (gradient, sum) in gradient.iter_mut().zip(&sums) {
            let g = symmetric(sum.g.map(|g| units.field(g, unit, 1)));
            add_gradient(kernel, c, g, gradient);
        }
    }
    Sums {
        field: field.iter().map(|u| u.map(T::from_f64)).collect(),
        potential,
        gradient: gradient
            .iter()
            .map(|g| g.map(|row| row.map(T::from_f64)))
            .collect(),
    }
}

/// Whether the sums of a strength vector are finite: their names, the numbers, and how many of these a target has.
fn check_sums<T: Real>(vector: usize, sums: [(&str, &[T], usize); 3]) -> Result<()> {
    let bad = |(name, numbers, each): (_, &[T], _)| {
        let at = numbers.iter().position(|x| !x.is_finite());
        at.map(|k| (name, k / each))
    };
    sums.into_iter().find_map(bad).map_or(Ok(()), |(name, i): (&str, usize)| {
        let allowed = "sums within the range of the precision (points may be too close, or strengths too large)";
        Err(Error::new(ErrorKind::Overflow, format!("{name}[{i}] of vector {vector}"), "not finite", allowed))
    })
}

/// Radial sums over all sources at all targets.
pub(crate) struct AllPairs<'a, const D: usize> {
    pub(crate) chosen: Chosen,
    pub(crate) targets: &'a [Vec<f64>; D],
    /// Padded to whole vectors, with strength 0.
    pub(crate) sources: &'a [Vec<f64>; D],
    pub(crate) w: &'a [f64],
    pub(crate) outputs: Outputs,
}

/// How smooth a function must be to be summed, of the sizes that its values have: roundings of differences in a formula are no reason to
/// refuse it.
const SMOOTH_TO: f64 = 1e-6;

/// Targets that one task sums.
const BLOCK: usize = 128;
/// Sources of one tile: they stay in the first-level cache while a block of targets passes over them.
const TILE: usize = 1024;

impl<const D: usize> AllPairs<'_, D> {
    pub(crate) fn sums<P: Pair>(&self, pair: P) -> Vec<RadialSum<f64, D>> {
        let mut sums = vec![RadialSum::ZERO; self.targets[0].len()];
        sums.par_chunks_mut(BLOCK)
            .enumerate()
            .for_each(|(b, sums)| {
                let first = b * BLOCK;
                match wanted(self.outputs) {
                    FIELD => self.block::<P, FIELD>(pair, first, sums),
                    POTENTIAL => self.block::<P, POTENTIAL>(pair, first, sums),
                    _ => self.block::<P, GRADIENT>(pair, first, sums),
                }
            });
        sums
    }

    fn block<P: Pair, const WANTED: usize>(
        &self,
        pair: P,
        first: usize,
        sums: &mut [RadialSum<f64, D>],
    ) {
        self.chosen.run(Block::<P, WANTED, D> {
            all: self,
            pair,
            first,
            sums,
        });
    }
}

struct Block<'a, P, const WANTED: usize, const D: usize> {
    all: &'a AllPairs<'a, D>,
    pair: P,
    first: usize,
    sums: &'a mut [RadialSum<f64, D>],
}

impl<P: Pair, const WANTED: usize, const D: usize> Job for Block<'_, P, WANTED, D> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let AllPairs { sources, w, .. } = self.all;
        for tile in (0..w.len()).step_by(TILE) {
            let tile = tile..(tile + TILE).min(w.len());
            let sources = Sources {
                x: sources.each_ref().map(|x| &x[tile.clone()]),
                w: [&w[tile]],
            };
            // What a constant rules out is not compiled.
            if const { WANTED >= GRADIENT || P::IN_FEW_VERSIONS } {
                self.tile::<I, 2>(isa, &sources);
            } else {
                self.tile::<I, 4>(isa, &sources);
            }
        }
    }
}

impl<P: Pair, const WANTED: usize, const D: usize> Block<'_, P, WANTED, D> {
    /// Adds the sums over some sources, `N` targets at once.
    #[inline(always)]
    fn tile<I: Isa, const N: usize>(&mut self, isa: I, sources: &Sources<f64, f64, D, 1>) {
        for (b, sums) in self.sums.chunks_mut(N).enumerate() {
            let mut targets = Targets {
                x: [[0.0; D]; N],
                w: [[0.0; N]],
            };
            for (k, target) in targets.x.iter_mut().take(sums.len()).enumerate() {
                let i = self.first + N * b + k;
                for a in 0..D {
                    target[a] = self.all.targets[a][i];
                }
            }
            let [found] = p2p::<I::F64, AsTheyAre<_>, P, FULL, WANTED, false, D, N, 1>(
                isa,
                [self.pair; 2],
                &targets,
                sources,
                None,
                [Back::default()],
                &mut { Close::NONE },
            );
            for (sum, found) in sums.iter_mut().zip(found) {
                for a in 0..D {
                    sum.s[a] += found.s[a];
                }
                sum.t += found.t;
                for (g, found) in sum.g.iter_mut().zip(found.g) {
                    *g += found;
                }
            }
        }
    }
}
