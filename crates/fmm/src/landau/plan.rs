//! Plans for the sums of the Landau kernel: one for the matrix, one for its divergence.

use super::direct::{check, overflow};
use super::harmonic::{Coulomb, Harmonic};
use super::moments::Origin;
use super::unit::Unit;
use super::{Landau, LandauSums, moments};
use crate::kernel::{Kernel, Power, RadialFunction, RadialKernel};
use crate::memory::room;
use crate::plan::in_pool;
use crate::points::{check_positions, check_strengths};
use crate::{Error, Options, Outputs, Plan, Result};
use rayon::ThreadPool;
use rayon::prelude::*;
use std::array::from_fn;
use std::collections::HashMap;
use std::sync::Arc;

/// Tree, lists and operators for the sums of one [`Landau`] kernel over one set of points.
///
/// Of both sums ‖S − S_exact‖₂ ≤ tolerance·‖S_exact‖₂ over all targets, as [`Plan`] promises it; tolerances from 0.1 to 1e-8 in the plane and
/// 1e-5 in space, for γ = −3 to 1e-9. Pairs of points at the same place contribute nothing.
/// Where most points share a few places the tolerance may be missed: five places of 400 points each missed 1e-5 by 130 times for γ = −3.
///
/// γ = −d, Coulomb's collisions in space, is summed as d + 1 Coulomb sums and the near pairs, and is the fastest but for γ = 0. For other γ, A is
/// made of second derivatives of a potential that grows. In clusters that are small beside their distance those lose digits: two clusters
/// of 1e-6 at a distance of 1 had errors up to 1e-4, of 1e-3 up to 1e-7; [verify](Self::verify) there. With γ = −d they lose as many as
/// the numbers have for the distance: clusters of 1e-6 had errors up to 1e-10, of 1e-9 in the plane up to 1e-7.
///
/// ```
/// use farfield::{Options, landau::{Landau, LandauPlan}};
/// let velocities: Vec<[f64; 3]> = (0..2000).map(|i| [0.7, 1.1, 1.7].map(|a| f64::sin(a * i as f64))).collect();
/// let weights = vec![1.0 / 2000.0; 2000];
/// let plan = LandauPlan::new(&velocities, Landau { gamma: -3.0 }, Options::tolerance(1e-4))?;
/// let sums = plan.sums(&weights)?;
/// assert_eq!((sums.a.len(), sums.b.len()), (2000, 2000));
/// assert!(plan.verify(&weights, 200)?.error_bound < 1e-4);
/// # Ok::<(), farfield::Error>(())
/// ```
#[derive(Debug)]
#[allow(private_bounds)]
pub struct LandauPlan<const D: usize>
where
    Power: Kernel<D, Strength<f64> = f64>,
    RadialKernel: Kernel<D, Strength<f64> = f64>,
    (): Coulomb<D>,
{
    pub(super) kernel: Landau,
    /// In the user's unit; plans have those of a unit of their own.
    pub(super) positions: Vec<[f64; D]>,
    unit: Unit,
    pub(super) method: Method<D>,
    pub(super) pool: Option<Arc<ThreadPool>>,
}

/// How A and B are summed.
#[derive(Debug)]
pub(super) enum Method<const D: usize>
where
    Power: Kernel<D, Strength<f64> = f64>,
    RadialKernel: Kernel<D, Strength<f64> = f64>,
    (): Coulomb<D>,
{
    Moments(Origin<D>),
    Harmonic(Box<Harmonic<D>>),
    Powers {
        matrix: Plan<f64, Power, D>,
        divergence: Plan<f64, Power, D>,
    },
    /// With the strengths at the place of each source, of which there are others.
    Tables {
        matrix: Plan<f64, RadialKernel, D>,
        divergence: Plan<f64, Power, D>,
        coincident: Vec<Vec<u32>>,
    },
}

/// |γ + 2| from which on A comes from powers.
const APART: f64 = 0.25;

/// What is asked of G beside A. Plans of powers that grow, with strengths of random sign, missed their tolerance for gradients: by 1.5 for
/// γ = −3, 3 for −1.7, 13 for −1 and 22 for 0.5 and 1, and near γ = −2 digits cancel.
fn stricter(gamma: f64) -> f64 {
    let grows = (3.0 * (2.0 * (gamma + 2.0)).exp()).clamp(3.0, 40.0);
    grows / (gamma + 2.0).abs().min(1.0)
}

/// φ = −(r^{γ+2} − 1)/(γ + 2), −log r for γ = −2.
struct NearLogarithm {
    gamma: f64,
}

impl RadialFunction for NearLogarithm {
    fn field(&self, r: f64) -> f64 {
        match self.gamma + 2.0 {
            0.0 => -r.ln(),
            p => -(p * r.ln()).exp_m1() / p,
        }
    }
}

#[allow(private_bounds)]
impl<const D: usize> LandauPlan<D>
where
    Power: Kernel<D, Strength<f64> = f64>,
    RadialKernel: Kernel<D, Strength<f64> = f64>,
    (): Coulomb<D>,
{
    /// A plan in which every position is a source and a target.
    ///
    /// Errors: γ or a tolerance that is not allowed, positions that are not finite, and but for γ = 0 the pointwise guarantee.
    pub fn new(positions: &[[f64; D]], kernel: Landau, options: Options) -> Result<Self> {
        kernel.check(D)?;
        options.check::<f64>(Self::least_tolerance(kernel))?;
        if let Some(sides) = &options.torus {
            let allowed = "all of space for landau, whose sums over a torus are not there";
            return Err(Error::argument("torus", format!("{sides:?}"), allowed));
        }
        let extent = check_positions(options.chosen()?, "positions", positions)?;
        let unit = Unit::of(extent.widest());
        let method = match kernel.gamma {
            gamma if gamma == -(D as f64) => {
                let positions = unit.positions(positions);
                Method::Harmonic(Box::new(Harmonic::new(&positions, &options)?))
            }
            0.0 => Method::Moments(Origin::new(extent.middle(), unit)),
            gamma => Method::new(
                &unit.positions(positions),
                gamma,
                &options.clone().grid(false),
            )?,
        };
        Ok(Self {
            kernel,
            method,
            unit,
            positions: positions.to_vec(),
            pool: options.pool,
        })
    }

    /// The next positions of the same particles. Errors as for [`new`](Self::new), and another number of positions; the plan is as
    /// before then.
    pub fn move_to(&mut self, positions: &[[f64; D]]) -> Result<()> {
        let n = self.positions.len();
        if positions.len() != n {
            let found = format!("{} entries", positions.len());
            return Err(Error::argument(
                "positions",
                found,
                format!("{n}, as the plan has"),
            ));
        }
        let extent = check_positions(lanes::Chosen::detect(), "positions", positions)?;
        let unit = Unit::of(extent.widest());
        if let Method::Moments(origin) = &mut self.method {
            *origin = Origin::new(extent.middle(), unit);
        } else if let Err(error) = self.method.move_to(&unit.positions(positions)) {
            self.method.move_to(&self.unit.positions(&self.positions))?;
            return Err(error);
        }
        self.unit = unit;
        self.positions.copy_from_slice(positions);
        Ok(())
    }

    /// A and B at every position.
    ///
    /// Errors: another number of weights than of positions, weights that are not finite, sums that overflow.
    pub fn sums(&self, weights: &[f64]) -> Result<LandauSums<D>> {
        let mut sums = LandauSums {
            a: vec![],
            b: vec![],
        };
        self.sums_into(weights, &mut sums)?;
        Ok(sums)
    }

    /// The same in place of earlier ones, whose memory is used again: at γ = 0 new memory takes longer than the sums. Errors as for
    /// [`sums`](Self::sums), after which those in `sums` mean nothing.
    pub fn sums_into(&self, weights: &[f64], sums: &mut LandauSums<D>) -> Result<()> {
        in_pool(self.pool.clone(), || self.fill(weights, sums))
    }

    fn fill(&self, weights: &[f64], sums: &mut LandauSums<D>) -> Result<()> {
        let n = self.positions.len();
        let largest = check_strengths::<f64, f64>(lanes::Chosen::detect(), &[weights], n)?[0];
        let gamma = self.kernel.gamma;
        match &self.method {
            Method::Moments(origin) => {
                room(&mut sums.a, n, [[0.0; D]; D]);
                room(&mut sums.b, n, [0.0; D]);
                let out = (&mut sums.a[..], &mut sums.b[..]);
                // Already in the user's unit, and looked at.
                return moments::fill(&self.positions, weights, origin, out)
                    .map_or(Ok(()), overflow);
            }
            Method::Harmonic(harmonic) => {
                let positions = (&self.positions[..], self.unit);
                harmonic.fill(positions, (weights, largest), sums);
            }
            Method::Powers { matrix, divergence } => {
                *sums = both(matrix, divergence, weights)?;
                let (k, p) = (share::<D>(gamma), gamma + 2.0);
                sums.a.par_iter_mut().for_each(|g| {
                    let diagonal = k * trace(g);
                    let of = |i, j| if i == j { diagonal } else { 0.0 };
                    *g = from_fn(|i| from_fn(|j| (of(i, j) - g[i][j]) / p));
                });
            }
            Method::Tables {
                matrix,
                divergence,
                coincident,
            } => {
                *sums = both(matrix, divergence, weights)?;
                let others = strengths_elsewhere(weights, coincident);
                let (k, p) = (share::<D>(gamma), (D - 1) as f64 / (D as f64 + gamma + 2.0));
                for (g, other) in sums.a.iter_mut().zip(others) {
                    let diagonal = p * other - k * trace(g);
                    (0..D).for_each(|i| g[i][i] += diagonal);
                }
            }
        }
        self.unit.to_user(gamma, sums);
        check(sums)
    }
}

#[allow(private_bounds)]
impl<const D: usize> Method<D>
where
    Power: Kernel<D, Strength<f64> = f64>,
    RadialKernel: Kernel<D, Strength<f64> = f64>,
    (): Coulomb<D>,
{
    /// Two plans, γ not being 0.
    fn new(positions: &[[f64; D]], gamma: f64, options: &Options) -> Result<Self> {
        // With the cells of the plan for A, so that one leaf capacity gives both again.
        let of_divergence = |leaf_capacity: usize| {
            let mut same = options.clone().leaf_capacity(leaf_capacity);
            same.tolerance *= if gamma > 0.0 { 0.5 } else { 1.0 };
            Plan::new(positions, Power { s: -gamma - 2.0 }, same)
        };
        let mut of_matrix = options.clone().outputs(Outputs::GRADIENT);
        if (gamma + 2.0).abs() < APART {
            let kernel = RadialKernel::new(&NearLogarithm { gamma })?;
            let matrix = Plan::new(positions, kernel, of_matrix)?;
            return Ok(Self::Tables {
                divergence: of_divergence(matrix.leaf_capacity())?,
                matrix,
                coincident: at_one_place(positions),
            });
        }
        of_matrix.tolerance /= stricter(gamma);
        let matrix = Plan::new(positions, Power { s: -gamma - 4.0 }, of_matrix)?;
        Ok(Self::Powers {
            divergence: of_divergence(matrix.leaf_capacity())?,
            matrix,
        })
    }

    fn move_to(&mut self, positions: &[[f64; D]]) -> Result<()> {
        match self {
            Self::Moments(_) => Ok(()),
            Self::Harmonic(harmonic) => harmonic.move_to(positions),
            Self::Powers { matrix, divergence } => {
                matrix.move_to(positions)?;
                divergence.move_to(positions)
            }
            Self::Tables {
                matrix,
                divergence,
                coincident,
            } => {
                matrix.move_to(positions)?;
                divergence.move_to(positions)?;
                *coincident = at_one_place(positions);
                Ok(())
            }
        }
    }
}

/// G and B from their plans.
fn both<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    matrix: &Plan<f64, K, D>,
    divergence: &Plan<f64, Power, D>,
    weights: &[f64],
) -> Result<LandauSums<D>>
where
    Power: Kernel<D, Strength<f64> = f64>,
{
    let wanted = Outputs {
        field: false,
        ..Outputs::GRADIENT
    };
    let a = matrix.evaluate(&[weights], wanted);
    let a = a.map_err(|error| error.renamed("gradient", "a"))?;
    let a = a.sums.into_iter().flat_map(|sums| sums.gradient).collect();
    let b = divergence.field(weights);
    let mut b = b.map_err(|error| error.renamed("field", "b"))?;
    let factor = -((D - 1) as f64);
    for b in b.as_flattened_mut() {
        *b *= factor;
    }
    Ok(LandauSums { a, b })
}

/// k = (γ + 3)/(d + γ + 2).
fn share<const D: usize>(gamma: f64) -> f64 {
    (gamma + 3.0) / (D as f64 + gamma + 2.0)
}

fn trace<const D: usize>(a: &[[f64; D]; D]) -> f64 {
    (0..D).map(|i| a[i][i]).sum()
}

/// Of every point, the strengths at other places.
fn strengths_elsewhere(weights: &[f64], coincident: &[Vec<u32>]) -> Vec<f64> {
    let all: f64 = weights.iter().sum();
    let mut elsewhere: Vec<f64> = weights.iter().map(|w| all - w).collect();
    for group in coincident {
        let here: f64 = group.iter().map(|&i| weights[i as usize]).sum();
        for &i in group {
            elsewhere[i as usize] -= here - weights[i as usize];
        }
    }
    elsewhere
}

/// Points at the same place, where there are several.
fn at_one_place<const D: usize>(positions: &[[f64; D]]) -> Vec<Vec<u32>> {
    let mut places: HashMap<[u64; D], Vec<u32>> = HashMap::new();
    for (x, i) in positions.iter().zip(0..) {
        // −0 is 0.
        places
            .entry(x.map(|x| (x + 0.0).to_bits()))
            .or_default()
            .push(i);
    }
    let mut groups: Vec<Vec<u32>> = places
        .into_values()
        .filter(|group| group.len() > 1)
        .collect();
    groups.sort_unstable();
    groups
}
