//! Planar kernels by name, as the command line and the configs write them, and the parameters of a name.

use super::{BiotSavart2d, Coulomb2d, GaussianCore, Kernel, RadialPair2d};
use crate::{Error, Result};
use lanes::Real;
use std::str::FromStr;

/// Any planar kernel, chosen at run time: `biot-savart`, `coulomb`, each with `:core=gaussian,delta=δ`.
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
}

macro_rules! each {
    ($self:expr, $k:ident => $e:expr) => {
        match $self {
            Kernel2d::BiotSavart($k) => $e,
            Kernel2d::Coulomb($k) => $e,
            Kernel2d::BiotSavartGaussian($k) => $e,
            Kernel2d::CoulombGaussian($k) => $e,
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
    fn pair(&self, scale: f64) -> RadialPair2d {
        each!(self, k => k.pair(scale))
    }
}

impl FromStr for Kernel2d {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let core = parse_core(rest, 2)?;
        let kernel = match (name, core) {
            ("biot-savart", None) => Self::BiotSavart(BiotSavart2d),
            ("coulomb", None) => Self::Coulomb(Coulomb2d),
            ("biot-savart", Some(Core::Gaussian(delta))) => {
                Self::BiotSavartGaussian(GaussianCore {
                    kernel: BiotSavart2d,
                    delta,
                })
            }
            ("coulomb", Some(Core::Gaussian(delta))) => Self::CoulombGaussian(GaussianCore {
                kernel: Coulomb2d,
                delta,
            }),
            _ => {
                return Err(Error::argument(
                    "kernel",
                    format!("'{name}'"),
                    "biot-savart, coulomb",
                ));
            }
        };
        kernel.check()?;
        Ok(kernel)
    }
}

/// A core by its name, and its δ.
pub(super) enum Core {
    Gaussian(f64),
    Algebraic(f64),
}

/// The core of `core=NAME,delta=δ` in so many dimensions; `None` if there are no parameters.
pub(super) fn parse_core(parameters: &str, dimension: usize) -> Result<Option<Core>> {
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
    match (core, delta, dimension) {
        (None, None, _) => Ok(None),
        (None, Some(_), _) => refused("core", "none beside delta".into(), usage),
        (Some("gaussian"), Some(delta), _) => Ok(Some(Core::Gaussian(delta))),
        (Some("algebraic"), Some(delta), 3) => Ok(Some(Core::Algebraic(delta))),
        (Some("gaussian"), None, _) => refused("delta", "none".into(), usage),
        (Some("algebraic"), None, 3) => {
            refused("delta", "none".into(), "core=algebraic,delta=NUMBER")
        }
        (Some("algebraic"), _, _) => {
            let allowed = "gaussian (algebraic cores are for positions in space)";
            refused("core", "'algebraic'".into(), allowed)
        }
        (Some(other), _, 3) => refused("core", format!("'{other}'"), "gaussian, algebraic"),
        (Some(other), _, _) => refused("core", format!("'{other}'"), "gaussian"),
    }
}
