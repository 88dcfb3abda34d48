//! What a plan asks of its expansions, beyond the tolerance, and what it cannot give.

use super::clouds::Clouds;
use crate::accuracy::{least_in_f32, stretched_floor};
use crate::expansion::Family;
use crate::kernel::{Kernel, RadialKernel, Strength, least_tolerance};
use crate::torus::Torus;
use crate::torus::evenness::Evenness;
use crate::torus::split::FarPower;
use crate::{Error, Guarantee, Options, Real, Result};

/// Makes the expansions of a plan ready for a torus, if they and what is asked for allow it.
pub(super) fn close<F: Family<D>, K: Kernel<D>, const D: usize>(
    expansion: &mut F,
    (torus, power): (&Torus<D>, FarPower),
    kernel: &K,
    options: &Options,
) -> Result<()> {
    if options.guarantee == Guarantee::Pointwise {
        // Σ |w||K| of all images has no limit.
        let allowed = "calibrated, on a torus";
        return Err(Error::argument("guarantee", "pointwise", allowed));
    }
    if options.wide_cores == Some(true) && power.core == 0.0 {
        let allowed = "no tables on a torus, but for algebraic cores, which always have them";
        return Err(Error::argument("wide_cores", "true", allowed));
    }
    expansion.close(power);
    torus.check_reach(kernel, kernel.reach(left_to_core(options)))
}

/// So few that what they take is nothing anyway.
pub(super) const FEW_ON_TORUS: usize = 64;

/// How much better expansions must be than their rule says; `power` is the far field on a torus.
pub(super) fn stricter<F: Family<D>, const D: usize>(
    points: usize,
    apart: bool,
    power: Option<FarPower>,
    evenness: Option<Evenness>,
    options: &Options,
) -> f64 {
    let wanted = options.outputs;
    let harmonic = power.is_some_and(|power| power.s <= D as f64 - 2.0);
    let independent = evenness == Some(Evenness::Independent);
    let on_torus = match evenness {
        Some(Evenness::Regular) if F::is_interpolated() => 10.0,
        Some(Evenness::Regular) => REGULAR,
        // Close pairs have little of potentials: of a point in each of n cells, or nine, wrong by 1.6 times. Nor have they of less singular
        // kernels: s = 0.3 in space came to 0.97 of the tolerance.
        Some(Evenness::Independent)
            if !wanted.potential
                && !wanted.gradient
                && power.is_some_and(|power| power.s >= D as f64 - 2.0) =>
        {
            1.0
        }
        _ => on_torus::<D>(power),
    };
    match options.guarantee {
        // The images of few points nearly cancel: the field of two was wrong by 2.8 times.
        _ if power.is_some() && points <= FEW_ON_TORUS => 100.0,
        // The rule was calibrated with targets among the sources; apart from them errors were up to 4.3 times larger.
        Guarantee::Calibrated if apart => 20.0,
        // Gradients of smooth fields were wrong by up to 1.7 times the tolerance.
        _ if wanted.gradient => 4.0 * on_torus,
        // Cores take away what is near, which is most: fields of a few hundred even points, cores of a quarter of the side,
        // were wrong by up to 1.7 times with 3, those of 40 000 in wide cores by up to 5 times with 9.
        _ if power.is_some_and(|power| power.core > 0.0) => on_torus.powi(3),
        // Without more than fields take, of independent points with equal strengths wrong by 1.3 times, of even ones by 4.3.
        _ if D == 3 && harmonic && wanted.potential && !independent => {
            (3.0 * on_torus).min(REGULAR)
        }
        _ => on_torus,
    }
}

/// What harmonic sums of regular points take. Without it fields of lattices whose points were moved by up to 0.01 of a spacing were wrong by 39
/// times, and those of Riesz kernels by 4 to 12, but in space with s = 0.5 and 1 by 141 and 40, for which operators would take too long.
const REGULAR: f64 = 100.0;

/// The same on a torus alone. Where strengths are all one, sums are what their cloud lacks of a uniform density: of Coulomb's kernels for even
/// clouds wrong by up to 2.4 times in fields, and 3.7 in potentials in space. If close pairs have more of the sums, errors are small beside
/// them, as in fields of independent points, which were wrong by at most 0.5; but where one or a few of them have all of the strength by up to 7.
fn on_torus<const D: usize>(power: Option<FarPower>) -> f64 {
    if power.is_some_and(|power| power.s < D as f64 - 1.0) {
        3.0
    } else {
        1.0
    }
}

/// What near pairs in f32 may lose of a field on a torus, which is measured, where the tolerance allows them in free space but the third of it that
/// expansions are asked for does not: if all pairs are singular, of strengths that are numbers, and fields alone are wanted.
pub(super) fn lost_in_f32<K: Kernel<D>, const D: usize>(
    kernel: &K,
    points: usize,
    apart: bool,
    power: Option<FarPower>,
    options: &Options,
) -> Option<f64> {
    /// Of the tolerance.
    const SHARE: f64 = 0.35;
    let Options {
        tolerance, outputs, ..
    } = *options;
    let in_f32 = least_in_f32(D);
    let singular = power.is_some_and(|power| power.core == 0.0) && kernel.reach(tolerance) == 0.0;
    let fields = !outputs.potential && !outputs.gradient && !apart && points > FEW_ON_TORUS;
    let numbers = <K::Strength<f64> as Strength<f64>>::COMPONENTS == 1;
    let tolerances = in_f32..in_f32 * on_torus::<D>(power);
    let measured = singular && fields && numbers && tolerances.contains(&tolerance);
    measured.then_some(SHARE * tolerance)
}

/// The same for the singular far field of a kernel with a core, which takes away the close pairs that are most of a field: without them 10⁶
/// points in space missed 1e-6 by 1.6, and 10⁴ pairs of opposite strengths, a hundredth of the core apart, by 2.4 in the plane, and in space by
/// up to 2.9 with a third of the tolerance, where leaves are as narrow as the core allows.
pub(super) fn of_core<K: Kernel<D>, const D: usize>(
    kernel: &K,
    wide: Option<&RadialKernel>,
    options: &Options,
) -> f64 {
    let calibrated = options.guarantee == Guarantee::Calibrated;
    let narrow = wide.is_none() && kernel.reach(options.tolerance) > 0.0;
    match D {
        _ if !calibrated || !narrow => 1.0,
        2 if options.torus.is_none() => 3.0,
        3 if options.torus.is_none() => 7.5,
        3 => 3.0,
        _ => 1.0,
    }
}

/// How much of a pair far pairs may lack of their core: a quarter of the tolerance. Of points that fill a torus evenly so little of all
/// pairs is left that a hundredth of it is not too little.
pub(super) fn left_to_core(options: &Options) -> f64 {
    let share = if options.torus.is_some() {
        0.0025
    } else {
        0.25
    };
    share * options.tolerance
}

/// What options come to for a kernel, whatever the points.
pub(super) struct Floors<const D: usize> {
    pub(super) torus: Option<Torus<D>>,
    /// What the kernel is to images that are far away.
    pub(super) power: Option<FarPower>,
    /// The kernel from tables, if it must be: harmonic expansions know nothing of the core that images far away have.
    pub(super) wide: Option<RadialKernel>,
    /// The smallest tolerance of the expansions, and that of a plan.
    pub(super) of_family: f64,
    pub(super) of_plan: f64,
}

impl<const D: usize> Floors<D> {
    /// Given the smallest tolerance of the kernel's expansions in cubes. Errors: a box or a kernel that a torus cannot have.
    pub(super) fn new<K: Kernel<D>>(kernel: &K, options: &Options, of_cubes: f64) -> Result<Self> {
        kernel.check()?;
        let torus = options.torus.as_deref().map(Torus::new).transpose()?;
        let shortest = torus.map_or(1.0, |torus| torus.stretch().least());
        let of_family = of_cubes.max(stretched_floor(D, shortest));
        let power = torus.map(|torus| torus.power(kernel)).transpose()?;
        let felt = power.filter(|power| power.core > 0.0 && !power.few_modes);
        let wide = felt.and_then(|_| kernel.wide());
        let of_tables = wide.as_ref().map_or(0.0, |_| least_tolerance(D));
        let of_kernel = kernel.least_tolerance().max(of_tables) * for_gradients::<D>(options);
        let on_torus = least_on_torus::<D>(power, of_family, shortest < 1.0, options);
        Ok(Self {
            torus,
            power,
            wide,
            of_family,
            of_plan: of_family.max(of_kernel).max(on_torus),
        })
    }
}

/// The smallest tolerance on a torus, from that of the expansions. Potentials of points that fill it evenly are small beside what they are sums
/// of: at 1e-12, roundings made those of 10⁶ points wrong by 4 times. In `stretched` cells second derivatives lose more: at 1e-10, on 1 : 2, they
/// were wrong by 1.2 times.
fn least_on_torus<const D: usize>(
    power: Option<FarPower>,
    of_family: f64,
    stretched: bool,
    options: &Options,
) -> f64 {
    let of_potentials: f64 = if options.torus.is_some() && options.outputs.potential {
        1e-11
    } else {
        0.0
    };
    let of_gradients: f64 = if stretched && options.outputs.gradient {
        1e-9
    } else {
        0.0
    };
    let of_both = of_potentials.max(of_gradients);
    of_both.max(on_torus::<D>(power) * of_family)
}

/// Whether clouds can be summed to a tolerance that are so wide; on a torus they may be as wide as that.
pub(super) fn check_extent<T: Real, K: Kernel<D>, const D: usize>(
    kernel: &K,
    wide: Option<&RadialKernel>,
    torus: Option<Torus<D>>,
    clouds: &Clouds<T, D>,
    tolerance: f64,
) -> Result<()> {
    let extent = torus.map_or_else(|| clouds.both().widest(), |torus| torus.largest());
    kernel.check_extent(extent, tolerance)?;
    wide.map_or(Ok(()), |wide| wide.check_extent(extent, tolerance))
}

/// How much larger the smallest tolerance of kernels from tables is where gradients are wanted: at 1e-10 they were wrong by up to 4.3 times.
pub(super) fn for_gradients<const D: usize>(options: &Options) -> f64 {
    if D == 2 && options.outputs.gradient {
        10.0
    } else {
        1.0
    }
}
