//! Kernels from any radial function.

use super::table::{HIGHEST, LOWEST, Table};
use super::{InUnit, InterpolatedPair, Kernel, Pair, without_core};
use crate::expansion::Radial;
use crate::{Error, Result};
use lanes::{Lanes, Real};
use std::fmt;
use std::sync::Arc;

/// A radial function of your own: what [`RadialKernel`] makes a kernel of.
pub trait RadialFunction {
    /// φ(r), r > 0, where the kernel is K(z) = φ(|z|) z.
    fn field(&self, r: f64) -> f64;

    /// g(r) with φ = −g′/r, the potential; `None` (the default) where it is to be integrated: it vanishes at infinity then if φ
    /// decays faster than 1/r² to r = 2^200, else at r = 1.
    fn potential(&self, r: f64) -> Option<f64> {
        let _ = r;
        None
    }

    /// The name of the kernel in reports.
    fn name(&self) -> String {
        "radial".into()
    }
}

/// K(z) = φ(|z|) z for any smooth function φ of the distance, in the plane and in space.
///
/// The function is asked for its values once, here: near pairs take it from a table of polynomials that meets a power of r to 1e-15 of
/// itself, and one that falls faster less well where it is small (e^{−r²} to 5e-10 of itself at r = 6, to 3e-4 at 14, and not at all at
/// 27), in the direct sum too; far fields interpolate it, on every level of the tree by matrices of their own. So a plan's tree has cells
/// whose sides are one of four an octave. Plans are in f64, calibrated, with tolerances from 0.1 to 1e-10 in the plane (gradients 1e-9) and 1e-6 in space.
///
/// In small clusters far apart, with strengths of random sign, functions that grow missed the tolerance: log r by up to 2.5 times, and r²⁰
/// and e^{30r} (clusters of 1e-3 at a distance of 1) altogether, where they were not refused: [verify](crate::Plan::verify) there.
///
/// Points that are closer than 2^−300 count as coincident; clouds may be from 2^−280 to 2^192 wide.
///
/// ```
/// use farfield::{Options, Plan, RadialFunction, RadialKernel};
/// #[derive(Debug)]
/// struct Softened;
/// impl RadialFunction for Softened {
///     fn field(&self, r: f64) -> f64 {
///         1.0 / (r * r + 0.01)
///     }
/// }
/// let positions: Vec<[f64; 2]> = (0..3000).map(|i| [(i as f64).sin(), (0.7 * i as f64).cos()]).collect();
/// let plan = Plan::new(&positions, RadialKernel::new(&Softened)?, Options::tolerance(1e-6))?;
/// let strengths = vec![1.0 / 3000.0; 3000];
/// let u: Vec<[f64; 2]> = plan.field(&strengths)?;
/// assert!(plan.verify(&strengths, 200)?.error_bound < 1e-6);
/// # Ok::<(), farfield::Error>(())
/// ```
#[derive(Clone)]
pub struct RadialKernel {
    tables: Arc<Tables>,
}

/// φ and g of r².
struct Tables {
    name: String,
    phi: Table,
    potential: Table,
    key: Vec<u64>,
    /// δ, if near pairs have a formula, of r² + δ².
    core: Option<f64>,
}

impl fmt::Debug for RadialKernel {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_tuple("RadialKernel")
            .field(&self.tables.name)
            .finish()
    }
}

impl RadialKernel {
    /// From a function, which is sampled from r = 2^−300 to 2^200.
    ///
    /// Errors: a potential whose derivative is not −r φ. Where the function is not smooth or not finite within reach of the points, a plan
    /// and the direct sum refuse it.
    pub fn new(function: &impl RadialFunction) -> Result<Self> {
        let phi = Table::new(1, |r2| function.field(r2.sqrt()));
        let given = function.potential(1.0).is_some();
        let potential = if given {
            Table::new(0, |r2| function.potential(r2.sqrt()).unwrap_or(f64::NAN))
        } else {
            phi.integral()
        };
        let tables = Tables::new(function.name(), phi, potential);
        if given {
            tables.check_potential()?;
        }
        Ok(Self {
            tables: Arc::new(tables),
        })
    }

    /// From functions of r², φ and the potential, which are known to be right; of an algebraic `core`, if they are.
    pub(super) fn of_squares(
        name: String,
        core: Option<f64>,
        phi: impl Fn(f64) -> f64,
        potential: impl Fn(f64) -> f64,
    ) -> Self {
        let tables = Tables::new(name, Table::new(1, phi), Table::new(0, potential));
        Self {
            tables: Arc::new(Tables { core, ..tables }),
        }
    }

    /// The tables where lengths are multiplied by `scale`.
    pub(crate) fn tables(&self, scale: f64) -> RadialTables {
        // No effect but where all points coincide, whose cube may have any side.
        let scale = scale.clamp(2f64.powi(-300), 2f64.powi(300));
        RadialTables {
            tables: self.tables.clone(),
            square: 1.0 / (scale * scale),
        }
    }

    /// Whether the tables can serve points this far apart.
    pub(crate) fn check_extent(&self, extent: f64, tolerance: f64) -> Result<()> {
        // The diagonal of the root cube, which may be twice as wide as the cloud.
        let most = 2f64.powi(HIGHEST / 2 - 8);
        if extent > most {
            let allowed = format!("at most {most:e} apart for a kernel from tables");
            return Err(Error::argument(
                "positions",
                format!("{extent:e} apart"),
                allowed,
            ));
        }
        let least = 2f64.powi(LOWEST / 2 + 20);
        if extent > 0.0 && extent < least {
            let allowed = format!("at least {least:e} apart for a kernel from tables");
            let found = format!("{extent:e} apart");
            return Err(Error::argument("positions", found, allowed));
        }
        let high = 4.0 * extent;
        self.tables.check_size(high)?;
        let allowed = (0.3 * tolerance).max(1e-12);
        match self.tables.fault(1e-12 * high, high, allowed) {
            None => Ok(()),
            Some((name, r, what)) => {
                let allowed = format!("finite and smooth for r up to {high:e}");
                let found = format!("{what} near r = {r:e}");
                Err(Error::argument(format!("kernel: {name}"), found, allowed))
            }
        }
    }
}

impl Tables {
    fn new(name: String, phi: Table, potential: Table) -> Self {
        Self {
            key: phi.key().into_iter().chain(potential.key()).collect(),
            name,
            phi,
            potential,
            core: None,
        }
    }

    /// g′ = −r φ, where both are finite and smooth; differences of g may tell little where it is large.
    fn check_potential(&self) -> Result<()> {
        let at = |k: i32| 1.2f64.powi(k) * 1.007;
        let exact = |r: f64| -r * r * self.phi.value(r * r);
        for k in -200..=200 {
            let r = at(k);
            let r2 = r * r;
            let [slope, expected] = [self.potential.slope(r2), exact(r)];
            // What has fallen far below its values at r/8 matters no more.
            let around = (k - 11..k).map(|k| exact(at(k)).abs()).fold(0.0, f64::max);
            let value = self.potential.value(r2).abs();
            let noise = 1e-10 * value + 1e-6 * expected.abs() + 1e-9 * around;
            let smooth = || self.fault(r, 2.0 * r, 1e-7).is_none();
            if (slope - expected).abs() > noise && smooth() {
                let found = format!("{} at r = {r:e}", -slope / r2);
                let allowed = format!("−g′/r = field, which is {} there", -expected / r2);
                return Err(Error::argument("kernel: potential", found, allowed));
            }
        }
        Ok(())
    }

    /// Whether r² φ up to `high` has squares within the range of the numbers, or is 0.
    fn check_size(&self, high: f64) -> Result<()> {
        let size = |k: i32| {
            let r = high * 1.2f64.powi(-k);
            (r * r * self.phi.value(r * r)).abs()
        };
        let sizes = (0..50).map(size).filter(|size| size.is_finite());
        let largest = sizes.fold(0.0, f64::max);
        if largest == 0.0 || (1e-130..=1e130).contains(&largest) {
            return Ok(());
        }
        let found = format!("r² times it up to {largest:e} over these positions");
        Err(Error::argument(
            "kernel: field",
            found,
            "0, or 1e-130 to 1e130 in size",
        ))
    }

    /// Where one of the tables is not the function.
    fn fault(
        &self,
        low: f64,
        high: f64,
        allowed: f64,
    ) -> Option<(&'static str, f64, &'static str)> {
        let of = |name, table: &Table| {
            let fault = table.fault(low, high, allowed);
            fault.map(|(r, what)| (name, r, what))
        };
        of("field", &self.phi).or_else(|| of("potential", &self.potential))
    }
}

macro_rules! in_dimension {
    ($D:literal) => {
        impl Kernel<$D> for RadialKernel {
            type Pair = InterpolatedPair;
            type Strength<T: Real> = T;

            fn name(&self) -> String {
                self.tables.name.clone()
            }
            #[inline(always)]
            fn field<T: Real>(&self, _: usize, s: [T; $D]) -> [T; $D] {
                s
            }
            #[inline(always)]
            fn potential<T: Real>(&self, t: T) -> T {
                t
            }
            fn least_tolerance(&self) -> f64 {
                least_tolerance($D)
            }
            fn check_extent(&self, extent: f64, tolerance: f64) -> Result<()> {
                Self::check_extent(self, extent, tolerance)
            }
            fn smooth(&self) -> Option<RadialKernel> {
                Some(self.clone())
            }
            fn pair(&self, scale: f64) -> InterpolatedPair {
                InterpolatedPair::Tabulated(self.tables(scale))
            }
        }
    };
}
in_dimension!(2);
in_dimension!(3);

/// The smallest tolerance for kernels from tables: below, roundings of cells that are small beside the length of the function show.
pub(crate) fn least_tolerance(dimension: usize) -> f64 {
    if dimension == 2 { 1e-10 } else { 1e-6 }
}

/// The tables of a kernel, for lengths in some unit.
#[derive(Clone)]
pub struct RadialTables {
    tables: Arc<Tables>,
    /// What makes an r² one in the user's unit.
    square: f64,
}

impl fmt::Debug for RadialTables {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_tuple("RadialTables")
            .field(&self.tables.name)
            .finish()
    }
}

impl RadialTables {
    /// The pair of the near field.
    pub(crate) fn pair(&self) -> RadialTablesPair<'_> {
        RadialTablesPair {
            tables: &self.tables,
            square: self.square,
        }
    }

    /// The algebraic core that they have, in the unit of the plan, and by how much lengths were multiplied there.
    pub(crate) fn core(&self) -> Option<(f64, f64)> {
        let scale = 1.0 / self.square.sqrt();
        self.tables.core.map(|delta| (delta * scale, scale))
    }

    /// The function in units of a cell's side, as far as so many octaves of r² above it.
    pub(crate) fn in_cell(&self, side: f64, above: i32) -> InCell {
        // Coincident points may lie in a cube of any side, which is not looked at.
        let side = side.clamp(2f64.powi(LOWEST / 2 + 10), 2f64.powi(HIGHEST / 2 - 2));
        let zero = (2.0 * side.log2()).round() as i32;
        let (lowest, highest) = ((zero - BELOW).max(LOWEST), (zero + above).min(HIGHEST));
        InCell {
            kappa: self.tables.phi.integral_from(lowest, highest, zero).into(),
            constant: self.tables.potential.value(2f64.powi(zero)),
            tables: self.tables.clone(),
            square: side * side,
        }
    }
}

/// φ and γ from tables.
#[derive(Clone, Copy)]
pub(crate) struct RadialTablesPair<'a> {
    tables: &'a Tables,
    square: f64,
}

impl Pair for RadialTablesPair<'_> {
    without_core!();
    const IN_F32: bool = false;
    const IN_FEW_VERSIONS: bool = true;
    const IN_ONE_VERSION: bool = true;

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let square = V::splat(isa, V::Elem::from_f64(self.square));
        self.tables.phi.values(isa, r2 * square) * square
    }
    #[inline(always)]
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V, _: V) -> V {
        let square = V::splat(isa, V::Elem::from_f64(self.square));
        self.tables.phi.slopes(isa, r2 * square) * square
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let square = V::splat(isa, V::Elem::from_f64(self.square));
        self.tables.potential.values(isa, r2 * square)
    }
    fn in_unit(&self, unit: f64) -> InUnit<Self> {
        InUnit {
            pair: Self {
                square: self.square * unit * unit,
                ..*self
            },
            field: 1.0 / unit,
            potential: 1.0,
            constant: 0.0,
        }
    }
}

/// Octaves of r² below the side of a cell, to what is as good as 0 to a smooth function.
const BELOW: i32 = 44;

/// r² within a cell below which a function is taken as at this place.
const ZERO: f64 = 1.0 / (1u64 << (BELOW - 1)) as f64;

/// A radial function in box units of one level.
#[derive(Clone)]
pub(crate) struct InCell {
    tables: Arc<Tables>,
    /// The potential less its value at the side, or at the power of √2 next to it, integrated from there: a difference of
    /// the potential itself would lack the digits that a cell needs which is small beside the kernel's length.
    kappa: Arc<Table>,
    /// That value.
    constant: f64,
    /// The square of the side in the user's unit.
    square: f64,
}

impl fmt::Debug for InCell {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "InCell({}, {:e})", self.tables.name, self.square)
    }
}

impl InCell {
    /// κ and φ at 0 of a function that is smooth there, κ = κ(0) − ½ φ(0) r².
    pub(crate) fn at_zero(&self) -> [f64; 2] {
        let phi = self.tables.phi.value(ZERO * ZERO * self.square) * self.square;
        [self.value(ZERO) + 0.5 * phi * ZERO, phi]
    }
}

impl Radial for InCell {
    fn value(&self, r2: f64) -> f64 {
        self.kappa.value(r2.max(ZERO) * self.square)
    }
    fn phi(&self, r2: f64) -> f64 {
        self.tables.phi.value(r2.max(ZERO) * self.square) * self.square
    }
    fn slope(&self, r2: f64) -> f64 {
        self.tables.phi.slope(r2 * self.square) * self.square
    }
    fn degree(&self) -> f64 {
        0.0
    }
    fn key(&self) -> Vec<u64> {
        [&[1, self.square.to_bits()], &self.tables.key[..]].concat()
    }
    fn constant(&self, _: f64) -> f64 {
        self.constant
    }
    /// r^{−D} ∫₀^r ρ^{D−2} κ(ρ) ρ dρ.
    fn mean(&self, dimension: usize) -> Box<dyn Fn(f64) -> f64 + Send + Sync + '_> {
        let integral = self
            .kappa
            .times(dimension as i32 - 2)
            .integral_from_lowest();
        let half = 0.5 * dimension as f64;
        Box::new(move |r2| {
            let r2 = r2 * self.square;
            -integral.value(r2) * r2.powf(-half)
        })
    }
    fn is_homogeneous(&self) -> bool {
        false
    }
}
