//! Riesz kernels: powers of the distance.

use super::{InUnit, InterpolatedPair, Kernel, Pair, without_core};
use crate::expansion::Radial;
use crate::points::is_double;
use crate::{Error, Result};
use lanes::{Lanes, Real};
use std::fmt::Display;
use std::str::FromStr;

/// K(z) = −∇g = z/r^{s+2}, repulsive; potential g = r^{−s}/s, for s = 0 its limit −log r (less a constant). 0 ≤ s < d.
///
/// s = d − 2 is Coulomb's kernel but for a constant: [`Coulomb2d`](super::Coulomb2d) and [`Coulomb3d`](super::Coulomb3d), which
/// are faster.
///
/// ```
/// use farfield::{Options, Plan, Riesz};
/// let positions: Vec<[f64; 2]> = (0..3000).map(|i| [(i as f64).sin(), (0.7 * i as f64).cos()]).collect();
/// let plan = Plan::new(&positions, Riesz { s: 1.0 }, Options::tolerance(1e-6))?;
/// let strengths = vec![1.0 / 3000.0; 3000];
/// let u: Vec<[f64; 2]> = plan.field(&strengths)?;
/// assert!(plan.verify(&strengths, 200)?.error_bound < 1e-6);
/// # Ok::<(), farfield::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Riesz {
    /// The power s: 0, or from 1e-300 to below the dimension. f32 takes s up to 2, with gradients up to 1.
    pub s: f64,
}

impl Riesz {
    /// Whether s is allowed where the dimension is so large, which `what` says.
    pub(super) fn check_below(self, dimension: f64, what: impl Display) -> Result<()> {
        let allowed = if self.s > 0.0 && self.s < 1e-300 {
            // Differences of r^−s would leave the range of the numbers.
            "0, or 1e-300 or more".to_string()
        } else if self.s >= 0.0 && self.s < dimension {
            return Ok(());
        } else {
            format!("0 or more and below {what}")
        };
        Err(Error::argument("kernel: s", self.s.to_string(), allowed))
    }
}

macro_rules! in_dimension {
    ($D:literal) => {
        impl Kernel<$D> for Riesz {
            type Pair = InterpolatedPair;
            type Strength<T: Real> = T;

            fn name(&self) -> String {
                format!("riesz:s={}", self.s)
            }
            #[inline(always)]
            fn field<T: Real>(&self, _: usize, s: [T; $D]) -> [T; $D] {
                s
            }
            #[inline(always)]
            fn potential<T: Real>(&self, t: T) -> T {
                t
            }
            fn check(&self) -> Result<()> {
                self.check_below($D as f64, $D)
            }
            fn pair(&self, scale: f64) -> InterpolatedPair {
                InterpolatedPair::riesz(self.s, scale)
            }
        }
    };
}
in_dimension!(2);
in_dimension!(3);

/// K(z) = z/r^{s+2} for any s, among them those whose potentials grow.
#[derive(Clone, Copy, Debug)]
pub struct Power {
    /// −∞ < s < the dimension.
    pub s: f64,
}

macro_rules! any_power {
    ($D:literal) => {
        impl Kernel<$D> for Power {
            type Pair = InterpolatedPair;
            type Strength<T: Real> = T;

            fn name(&self) -> String {
                format!("z/r^{}", self.s + 2.0)
            }
            #[inline(always)]
            fn field<T: Real>(&self, _: usize, s: [T; $D]) -> [T; $D] {
                s
            }
            #[inline(always)]
            fn potential<T: Real>(&self, t: T) -> T {
                t
            }
            fn pair(&self, scale: f64) -> InterpolatedPair {
                InterpolatedPair::riesz(self.s, scale)
            }
        }
    };
}
any_power!(2);
any_power!(3);

/// `riesz:s=…`; whether s is below the dimension shows with the points.
impl FromStr for Riesz {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = |argument: &str, found: &str, allowed: &str| {
            Err(Error::argument(argument, format!("'{found}'"), allowed))
        };
        let (name, parameters) = text.split_once(':').unwrap_or((text, ""));
        if name != "riesz" {
            return refused("kernel", name, "riesz:s=NUMBER");
        }
        let Some((key, value)) = parameters.split_once('=') else {
            return refused("kernel", text, "riesz:s=NUMBER");
        };
        if key != "s" {
            return refused("kernel parameter", key, "s");
        }
        match value.parse() {
            Ok(s) => {
                let kernel = Self { s };
                kernel.check_below(f64::INFINITY, "the dimension")?;
                Ok(kernel)
            }
            Err(_) => refused("kernel: s", value, "a number"),
        }
    }
}

/// φ = 1/r^{s+2}, γ = r^{−s}/s, for s = 0 γ = log scale − log r.
#[derive(Clone, Copy, Debug)]
pub struct RieszPair {
    s: f64,
    /// log of the factor between the plan's unit and the user's.
    log_scale: f64,
}

impl RieszPair {
    /// The power s in a unit of length.
    pub(crate) fn new(s: f64, scale: f64) -> Self {
        let log_scale = scale.ln();
        Self { s, log_scale }
    }

    /// s.
    pub(crate) fn power(self) -> f64 {
        self.s
    }

    /// r^{−p}, and whether it leaves the range of the numbers, where it is their largest one, or nearly so.
    #[inline(always)]
    fn inverse_power<V: Lanes, const ACCURACY: usize>(isa: V::Isa, r2: V, p: f64) -> (V, V::Mask) {
        let number = |x: f64| V::splat(isa, V::Elem::from_f64(x));
        let largest = number(if is_double::<V::Elem>() { 708.0 } else { 87.0 });
        let exponent = r2.half_ln::<ACCURACY>() * number(-p);
        let power = exponent.min(largest).exp::<ACCURACY>();
        (power, largest.lt(exponent))
    }
}

impl Pair for RieszPair {
    without_core!();
    const IN_F32: bool = false;
    const IN_FEW_VERSIONS: bool = true;
    const SPLIT: bool = true;

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let (phi, overflows) = Self::inverse_power::<V, ACCURACY>(isa, r2, self.s + 2.0);
        V::select(
            overflows,
            V::splat(isa, V::Elem::from_f64(f64::INFINITY)),
            phi,
        )
    }
    /// z/r^{s/2+1} and 1/r^{s/2+1}. Where that would overflow, a vanishing z stays 0 beside the largest number, and z φ of
    /// another so close pair overflows all the same.
    #[inline(always)]
    fn in_single<V: Lanes, const ACCURACY: usize, const D: usize>(
        &self,
        isa: V::Isa,
        mut z: [V; D],
        r2: V,
    ) -> ([V; D], V) {
        let (root, _) = Self::inverse_power::<V, ACCURACY>(isa, r2, 0.5 * self.s + 1.0);
        for a in 0..D {
            z[a] = z[a] * root;
        }
        (z, root)
    }
    #[inline(always)]
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, _: V, phi: V) -> V {
        phi * V::splat(isa, V::Elem::from_f64(-self.s - 2.0))
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        let number = |x: f64| V::splat(isa, V::Elem::from_f64(x));
        if self.s == 0.0 {
            number(self.log_scale) - r2.half_ln::<ACCURACY>()
        } else {
            Self::inverse_power::<V, ACCURACY>(isa, r2, self.s).0 * number(1.0 / self.s)
        }
    }
    fn in_unit(&self, unit: f64) -> InUnit<Self> {
        let logarithm = self.s == 0.0;
        InUnit {
            pair: Self {
                log_scale: 0.0,
                ..*self
            },
            field: unit.powf(-self.s - 1.0),
            potential: unit.powf(-self.s),
            constant: if logarithm {
                self.log_scale - unit.ln()
            } else {
                0.0
            },
        }
    }
}

/// The pair of a whole s from −1, by reciprocals and roots.
#[derive(Clone, Copy, Debug)]
pub struct WholeRieszPair<const S: i32>(pub(crate) RieszPair);

impl<const S: i32> Pair for WholeRieszPair<S> {
    without_core!();
    const IN_F32: bool = true;
    const IN_FEW_VERSIONS: bool = true;
    const SPLIT: bool = S > 0;
    // On a grid r may be 2³³, and 1/r⁴ would leave the range of f32.
    const SPLIT_ON_GRID: bool = S > 1;
    // γ = 1/r
    const POTENTIAL_BY_FIELD: bool = S == 1;

    #[inline(always)]
    fn phi<V: Lanes, const ACCURACY: usize>(&self, _: V::Isa, r2: V) -> V {
        match S {
            -1 => r2.rsqrt::<ACCURACY>(),
            0 => r2.recip::<ACCURACY>(),
            1 => r2.rsqrt_cubed::<ACCURACY>(),
            _ => {
                let inverse = r2.recip::<ACCURACY>();
                inverse * inverse
            }
        }
    }
    /// z/r and 1/r², or z/r² and 1/r².
    #[inline(always)]
    fn in_single<V: Lanes, const ACCURACY: usize, const D: usize>(
        &self,
        isa: V::Isa,
        mut z: [V; D],
        r2: V,
    ) -> ([V; D], V) {
        let (factor, rest) = match S {
            ..=0 => return (z, self.phi::<V, ACCURACY>(isa, r2)),
            1 => {
                let inverse = r2.rsqrt::<ACCURACY>();
                (inverse, inverse * inverse)
            }
            _ => {
                let inverse = r2.recip::<ACCURACY>();
                (inverse, inverse)
            }
        };
        for a in 0..D {
            z[a] = z[a] * factor;
        }
        (z, rest)
    }
    #[inline(always)]
    fn slope<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, _: V, phi: V) -> V {
        phi * V::splat(isa, V::Elem::from_f64(-(S as f64) - 2.0))
    }
    #[inline(always)]
    fn gamma<V: Lanes, const ACCURACY: usize>(&self, isa: V::Isa, r2: V) -> V {
        match S {
            -1 => -(r2 * r2.rsqrt::<ACCURACY>()),
            0 => self.0.gamma::<V, ACCURACY>(isa, r2),
            1 => r2.rsqrt::<ACCURACY>(),
            _ => r2.recip::<ACCURACY>() * V::splat(isa, V::Elem::from_f64(1.0 / S as f64)),
        }
    }
    fn in_unit(&self, unit: f64) -> InUnit<Self> {
        let of_any = self.0.in_unit(unit);
        InUnit {
            pair: Self(of_any.pair),
            field: of_any.field,
            potential: of_any.potential,
            constant: of_any.constant,
        }
    }
}

/// κ = (r^{−s} − 1)/s, whose limit for s = 0 is −log r: g less its value at distance 1, so that a small s loses no digits.
impl Radial for RieszPair {
    fn value(&self, r2: f64) -> f64 {
        let log = 0.5 * r2.ln();
        if self.s == 0.0 {
            -log
        } else {
            (-self.s * log).exp_m1() / self.s
        }
    }
    fn phi(&self, r2: f64) -> f64 {
        (-(0.5 * self.s + 1.0) * r2.ln()).exp()
    }
    fn slope(&self, r2: f64) -> f64 {
        -(self.s + 2.0) * Radial::phi(self, r2)
    }
    fn degree(&self) -> f64 {
        -self.s
    }
    /// (D − s) h = κ + 1/D.
    fn mean(&self, dimension: usize) -> Box<dyn Fn(f64) -> f64 + Send + Sync + '_> {
        let d = dimension as f64;
        Box::new(move |r2| (self.value(r2) + 1.0 / d) / (d - self.s))
    }
    fn key(&self) -> Vec<u64> {
        vec![0, self.s.to_bits()]
    }
    fn constant(&self, log_side: f64) -> f64 {
        if self.s == 0.0 {
            -log_side
        } else {
            1.0 / self.s
        }
    }
}
