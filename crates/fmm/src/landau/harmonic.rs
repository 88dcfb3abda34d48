//! γ = −d, Coulomb's collisions in space: a and b are made of the kernel z/r^d, whose far fields are harmonic.
//!
//! With E^f(x) = Σ_j f_j z/r^d, z = x − y_j, and any origin o,
//!
//! ```text
//! T_ik = Σ_j w_j z_i z_k/r^d = (x_k − o_k) E^w_i − E^{w (y_k − o_k)}_i        A = (tr T) I − T        B = −(d − 1) E^w
//! ```
//!
//! so d + 1 sums of Coulomb's kernel have all that is far. Expansions are the same linear function of each of the strengths. With K(x, y) what they
//! have in place of the kernel, they give Σ w (x − y) K(x, y) for T: their errors count by distances of points, and o does not matter. Roundings
//! count by |x − o|. So near pairs are summed as they are, and plane waves are in f32 only where no cell is too small beside its distance from o.

use super::LandauSums;
use super::leaves::{self, Out};
use super::unit::Unit;
use crate::expansion::{Family, HarmonicOr};
use crate::kernel::{Coulomb2d, Coulomb3d, Kernel, Singular2d, Singular3d};
use crate::memory::room;
use crate::options::Service;
use crate::passes::{Buffers, Context, unit as unit_of_strengths, up_and_down};
use crate::plan::{FamilyOf, in_pool};
use crate::tree::Tree;
use crate::{Error, Guarantee, Options, Outputs, PassSeconds, Plan, PlanReport, Result};
use rayon::prelude::*;
use std::array::from_fn;

/// Coulomb's kernel in `D` dimensions: implemented by `()` for 2 and 3. What takes the time is compiled here, once for each.
pub(crate) trait Coulomb<const D: usize> {
    /// z/r^D, but for a factor.
    type Kernel: Kernel<D, Strength<f64> = f64>;

    const KERNEL: Self::Kernel;

    /// Multipoles and locals of one strength vector.
    fn up_and_down(context: &Passes<Self, D>, strengths: &[f64], buffers: &mut Buffers<f64>);

    /// A and B from those of all.
    fn leaves(context: &Passes<Self, D>, origin: &[f64; D], buffers: &[Buffers<f64>], out: &Out);
}

/// What the passes of the plan read.
type Passes<'a, C, const D: usize> = Context<'a, f64, FamilyOf<<C as Coulomb<D>>::Kernel, D>, D>;

macro_rules! coulomb {
    ($D:literal: $kernel:ident, near $pair:expr) => {
        impl Coulomb<$D> for () {
            type Kernel = $kernel;

            const KERNEL: $kernel = $kernel;

            fn up_and_down(
                context: &Passes<Self, $D>,
                strengths: &[f64],
                buffers: &mut Buffers<f64>,
            ) {
                let context = context.with(harmonic(context.expansion));
                let mut seconds = PassSeconds::default();
                up_and_down(&context, strengths, false, buffers, &mut seconds);
            }

            fn leaves(
                context: &Passes<Self, $D>,
                origin: &[f64; $D],
                buffers: &[Buffers<f64>],
                out: &Out,
            ) {
                let context = context.with(harmonic(context.expansion));
                leaves::run(&context, $pair, origin, buffers, out);
            }
        }
    };
}
coulomb!(2: Coulomb2d, near Singular2d::IN_PLAN);
coulomb!(3: Coulomb3d, near Singular3d);

fn harmonic<H, const D: usize>(expansion: &HarmonicOr<H, D>) -> &H {
    match expansion {
        HarmonicOr::Harmonic(harmonic) => harmonic,
        HarmonicOr::Interpolated(_) => unreachable!("tables are for kernels with a core"),
    }
}

/// How many times as long as one of Coulomb's in f64 a near pair takes that gives A and B: 27 vector instructions to 19 in space, and of Coulomb's
/// some go both ways. About 0.84 ns with AVX-512, on a core shared with others. The capacities that follow, some 140, 170 and 280 for uniform points
/// at 1e-3, 1e-5 and 1e-7, are among those of the least time, around which it hardly changes within a third.
const PAIR: f64 = 2.5;

/// How much better than for fields expansions must be. What is near has less of A than of a field, and with strengths of random sign the rule
/// for fields left errors up to 2.1 times the tolerance in space, 4 up to 0.82, and 6 up to 0.43 (uniform, Gaussian, Plummer and two-cluster
/// clouds of 3000 and 2·10⁴ points in leaves of 30 to 120, tolerances from 0.1 to 1e-5). In the plane what is far has as much of A as what is near:
/// two small clusters that are at corners of cells for each other missed with 6 by up to 1.7 times, and so did with 20 points on a line whose
/// strengths are 1 and −1 in turn.
fn stricter(dimension: usize) -> f64 {
    if dimension == 2 { 40.0 } else { 6.0 }
}

/// How far from the origin, in its sides, a leaf may be for a tolerance of 1 where waves are in f32, so that 0.17 of the tolerance is left to them:
/// of clusters and cores of 1e-2 to 1e-6 of the cloud's width, errors were up to 1.7e-8 times the largest of those distances. In f64 they were up
/// to 9e-17 times that.
const FARTHEST_IN_F32: f64 = 1e7;

/// The smallest tolerance in space: the smallest cells there are hold it.
pub(super) const LEAST_IN_SPACE: f64 = 1e-9;

/// Tree, lists and expansions.
#[derive(Debug)]
pub(crate) struct Harmonic<const D: usize>
where
    (): Coulomb<D>,
{
    plan: Plan<f64, <() as Coulomb<D>>::Kernel, D>,
    /// Those of the plan.
    options: Options,
    /// In its unit.
    origin: [f64; D],
}

impl<const D: usize> Harmonic<D>
where
    (): Coulomb<D>,
{
    /// Errors: those of Coulomb's plan, and the pointwise guarantee.
    pub(super) fn new(positions: &[[f64; D]], options: &Options) -> Result<Self> {
        if options.guarantee == Guarantee::Pointwise {
            let allowed = "calibrated, for landau";
            return Err(Error::argument("guarantee", "pointwise", allowed));
        }
        let mut options = options.clone().outputs(Outputs::FIELD);
        options.tolerance /= stricter(D);
        options.service = Some(Service {
            pair_factor: PAIR / (D + 1) as f64,
            waves_in_double: false,
        });
        let plan = Plan::new(positions, <()>::KERNEL, options.clone())?;
        options.leaf_capacity = Some(plan.leaf_capacity());
        let mut new = Self {
            plan,
            options,
            origin: [0.0; D],
        };
        new.fit(positions)?;
        Ok(new)
    }

    pub(super) fn move_to(&mut self, positions: &[[f64; D]]) -> Result<()> {
        self.plan.move_to(positions)?;
        self.fit(positions)
    }

    /// Origin and waves as these positions of the plan ask, so that a plan that was moved is the one that is made there.
    fn fit(&mut self, positions: &[[f64; D]]) -> Result<()> {
        let tree = self.plan.tree();
        self.origin = in_pool(self.options.pool.clone(), || middle(tree, positions));
        let limit = FARTHEST_IN_F32 * stricter(D) * self.options.tolerance;
        let in_double = farthest(tree, &self.origin) > limit;
        let single = self.plan.context(&()).expansion.are_waves_single();
        if let Some(service) = &mut self.options.service
            && (service.waves_in_double != in_double && (single || service.waves_in_double))
        {
            service.waves_in_double = in_double;
            let kernel = <()>::KERNEL;
            self.plan = Plan::new(positions, kernel, self.options.clone())?;
        }
        Ok(())
    }

    pub(super) fn leaf_capacity(&self) -> usize {
        self.plan.leaf_capacity()
    }

    /// That of the plan, for all sums.
    pub(super) fn report(&self) -> PlanReport {
        let mut report = self.plan.report();
        let sums = (D + 1) as f64;
        let predicted = &mut report.predicted;
        for seconds in [
            &mut predicted.upward,
            &mut predicted.downward,
            &mut predicted.leaves,
            &mut predicted.near,
        ] {
            *seconds *= sums;
        }
        report
    }

    /// A and B in the unit of the positions, which are the user's in this `unit`; weights are at most so large.
    pub(super) fn fill(
        &self,
        (positions, unit): (&[[f64; D]], Unit),
        (weights, largest): (&[f64], f64),
        sums: &mut LandauSums<D>,
    ) {
        let context = self.plan.context(&());
        let (of_weights, scale) = (unit_of_strengths(largest), context.tree.frame.scale);
        let (inverse, factor) = (1.0 / of_weights, unit.inverse() * scale);
        let mut buffers = self.plan.buffers(D + 1);
        let mut strengths = vec![0.0; weights.len()];
        for (k, buffers) in buffers.iter_mut().enumerate() {
            let all = strengths.par_iter_mut().zip(weights).zip(positions);
            all.for_each(|((strength, w), x)| {
                let along = match k {
                    0 => 1.0,
                    _ => x[k - 1] * factor - self.origin[k - 1],
                };
                *strength = w * inverse * along;
            });
            buffers.unit = 1.0;
            <()>::up_and_down(&context, &strengths, buffers);
        }
        room(&mut sums.a, weights.len(), [[0.0; D]; D]);
        room(&mut sums.b, weights.len(), [0.0; D]);
        let [of_a, of_b] = [D - 2, D - 1].map(|power| of_weights * scale.powi(power as i32));
        let out = Out::new(sums, [of_a, -((D - 1) as f64) * of_b]);
        <()>::leaves(&context, &self.origin, &buffers, &out);
    }
}

/// Positions that one task adds up, so that the sum is the same for any number of threads.
const PIECE: usize = 1 << 14;

/// The mean of the positions, in the unit of the plan: dense parts, whose cells are small, are near it.
fn middle<const D: usize>(tree: &Tree<D>, positions: &[[f64; D]]) -> [f64; D] {
    let frame = &tree.frame;
    // No sum of differences from here leaves the range of the numbers.
    let centre: [f64; D] = frame.corner.map(|corner| corner + 0.5 * frame.side);
    let sum = |piece: &[[f64; D]]| {
        let mut sum = [0.0; D];
        for x in piece {
            for a in 0..D {
                sum[a] += x[a] * frame.scale - centre[a];
            }
        }
        sum
    };
    let pieces: Vec<[f64; D]> = positions.par_chunks(PIECE).map(sum).collect();
    let n = positions.len().max(1) as f64;
    from_fn(|a| centre[a] + pieces.iter().map(|sum| sum[a]).sum::<f64>() / n)
}

/// How far from the origin the leaf is that is farthest, in its sides.
fn farthest<const D: usize>(tree: &Tree<D>, origin: &[f64; D]) -> f64 {
    let leaves = tree.cells.iter().filter(|cell| cell.is_leaf());
    let distances = leaves.map(|leaf| {
        let centre = tree.frame.centre(leaf.level, leaf.anchor);
        let square: f64 = (0..D).map(|a| (centre[a] - origin[a]).powi(2)).sum();
        square.sqrt() / tree.frame.cell_side(leaf.level)
    });
    distances.fold(0.0, f64::max)
}
