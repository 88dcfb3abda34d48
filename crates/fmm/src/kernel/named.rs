//! Planar kernels by name, as the command line and the configs write them, and the parameters of a name.

use super::{
    AlgebraicCore, BiotSavart2d, Coulomb2d, GaussianCore, HighOrderGaussianCore, Kernel,
    RadialKernel, RadialPair2d,
};
use crate::{Error, Result};
use lanes::Real;
use std::str::FromStr;

/// Any planar kernel, chosen at run time: `biot-savart`, `coulomb`, each also with `:core=gaussian,delta=δ`,
/// `:core=gaussian4,delta=δ`, `:core=gaussian6,delta=δ` or `:core=algebraic,delta=δ`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kernel2d {
    /// `biot-savart`
    BiotSavart(BiotSavart2d),
    /// `coulomb`
    Coulomb(Coulomb2d),
    /// `biot-savart:core=gaussian,delta=…`
    BiotSavartGaussian(GaussianCore<BiotSavart2d>),
    /// `coulomb:core=gaussian,delta=…`
    CoulombGaussian(GaussianCore<Coulomb2d>),
    /// `biot-savart:core=gaussian4,delta=…`, `core=gaussian6`
    BiotSavartHighOrder(HighOrderGaussianCore<BiotSavart2d>),
    /// `coulomb:core=gaussian4,delta=…`, `core=gaussian6`
    CoulombHighOrder(HighOrderGaussianCore<Coulomb2d>),
    /// `biot-savart:core=algebraic,delta=…`
    BiotSavartAlgebraic(AlgebraicCore<BiotSavart2d>),
    /// `coulomb:core=algebraic,delta=…`
    CoulombAlgebraic(AlgebraicCore<Coulomb2d>),
}

macro_rules! each {
    ($self:expr, $k:ident => $e:expr) => {
        match $self {
            Kernel2d::BiotSavart($k) => $e,
            Kernel2d::Coulomb($k) => $e,
            Kernel2d::BiotSavartGaussian($k) => $e,
            Kernel2d::CoulombGaussian($k) => $e,
            Kernel2d::BiotSavartHighOrder($k) => $e,
            Kernel2d::CoulombHighOrder($k) => $e,
            Kernel2d::BiotSavartAlgebraic($k) => $e,
            Kernel2d::CoulombAlgebraic($k) => $e,
        }
    };
}

impl Kernel<2> for Kernel2d {
    type Pair = RadialPair2d;
    type Strength<T: Real> = T;

    fn name(&self) -> String {
        each!(self, k => k.name())
    }
    #[inline(always)]
    fn field<T: Real>(&self, component: usize, s: [T; 2]) -> [T; 2] {
        each!(self, k => k.field(component, s))
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        each!(self, k => k.potential(t))
    }
    fn reach(&self, tolerance: f64) -> f64 {
        each!(self, k => k.reach(tolerance))
    }
    fn check(&self) -> Result<()> {
        each!(self, k => k.check())
    }
    fn least_tolerance(&self) -> f64 {
        each!(self, k => k.least_tolerance())
    }
    fn check_extent(&self, extent: f64, tolerance: f64) -> Result<()> {
        each!(self, k => k.check_extent(extent, tolerance))
    }
    fn wide(&self) -> Option<RadialKernel> {
        each!(self, k => k.wide())
    }
    fn smooth(&self) -> Option<RadialKernel> {
        each!(self, k => k.smooth())
    }
    fn algebraic_core(&self) -> f64 {
        each!(self, k => k.algebraic_core())
    }
    fn pair(&self, scale: f64) -> RadialPair2d {
        each!(self, k => k.pair(scale))
    }
}

impl FromStr for Kernel2d {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let core = parse_core(rest)?;
        macro_rules! with {
            ($kernel:ident, $singular:ident, $gaussian:ident, $high_order:ident, $algebraic:ident) => {
                match core {
                    None => Self::$singular($kernel),
                    Some(Core::Gaussian(delta)) => Self::$gaussian(GaussianCore {
                        kernel: $kernel,
                        delta,
                    }),
                    Some(Core::HighOrder(order, delta)) => {
                        Self::$high_order(HighOrderGaussianCore {
                            kernel: $kernel,
                            delta,
                            order,
                        })
                    }
                    Some(Core::Algebraic(delta)) => Self::$algebraic(AlgebraicCore {
                        kernel: $kernel,
                        delta,
                    }),
                }
            };
        }
        let kernel = match name {
            "biot-savart" => with!(
                BiotSavart2d,
                BiotSavart,
                BiotSavartGaussian,
                BiotSavartHighOrder,
                BiotSavartAlgebraic
            ),
            "coulomb" => with!(
                Coulomb2d,
                Coulomb,
                CoulombGaussian,
                CoulombHighOrder,
                CoulombAlgebraic
            ),
            _ => {
                let allowed = "biot-savart, coulomb";
                return Err(Error::argument("kernel", format!("'{name}'"), allowed));
            }
        };
        kernel.check()?;
        Ok(kernel)
    }
}

/// A core by its name, and its δ.
pub(super) enum Core {
    Gaussian(f64),
    /// Order, δ.
    HighOrder(u32, f64),
    Algebraic(f64),
}

/// The core of `core=NAME,delta=δ`; `None` if there are no parameters.
pub(super) fn parse_core(parameters: &str) -> Result<Option<Core>> {
    let (mut core, mut delta) = (None, None);
    for item in parameters.split(',').filter(|item| !item.is_empty()) {
        let (key, value) = item.split_once('=').unwrap_or((item, ""));
        match key {
            "core" => core = Some(value),
            "delta" => {
                let number = value.parse::<f64>();
                delta = Some(number.map_err(|_| {
                    Error::argument("kernel: delta", format!("'{value}'"), "a number")
                })?);
            }
            _ => {
                return Err(Error::argument(
                    "kernel parameter",
                    format!("'{key}'"),
                    "core, delta",
                ));
            }
        }
    }
    let refused = |name: &str, found: String, allowed: &str| {
        Err(Error::argument(format!("kernel: {name}"), found, allowed))
    };
    let usage = "core=gaussian,delta=NUMBER";
    match (core, delta) {
        (None, None) => Ok(None),
        (None, Some(_)) => refused("core", "none beside delta".into(), usage),
        (Some("gaussian"), Some(delta)) => Ok(Some(Core::Gaussian(delta))),
        (Some("gaussian4"), Some(delta)) => Ok(Some(Core::HighOrder(4, delta))),
        (Some("gaussian6"), Some(delta)) => Ok(Some(Core::HighOrder(6, delta))),
        (Some("algebraic"), Some(delta)) => Ok(Some(Core::Algebraic(delta))),
        (Some(name @ ("gaussian" | "gaussian4" | "gaussian6" | "algebraic")), None) => {
            let allowed = format!("core={name},delta=NUMBER");
            refused("delta", "none".into(), &allowed)
        }
        (Some(other), _) => {
            let allowed = "gaussian, gaussian4, gaussian6, algebraic";
            refused("core", format!("'{other}'"), allowed)
        }
    }
}
