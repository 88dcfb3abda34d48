//! Kernels by name, as the command line and the configs write them.

use super::{BiotSavart2d, Coulomb2d, Coulomb3d, GaussianCore, Kernel, RadialPair2d, RadialPair3d};
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
        let core = parse_core(rest)?;
        let kernel = match (name, core) {
            ("biot-savart", None) => Self::BiotSavart(BiotSavart2d),
            ("coulomb", None) => Self::Coulomb(Coulomb2d),
            ("biot-savart", Some(delta)) => Self::BiotSavartGaussian(GaussianCore {
                kernel: BiotSavart2d,
                delta,
            }),
            ("coulomb", Some(delta)) => Self::CoulombGaussian(GaussianCore {
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

/// Any kernel in space whose strengths are numbers, chosen at run time: `coulomb`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kernel3d {
    /// `coulomb`
    Coulomb(Coulomb3d),
}

impl Kernel<3> for Kernel3d {
    type Pair = RadialPair3d;
    type Strength<T: Real> = T;

    fn name(&self) -> String {
        let Self::Coulomb(k) = self;
        k.name()
    }
    #[inline(always)]
    fn field<T: Real>(&self, component: usize, s: [T; 3]) -> [T; 3] {
        let Self::Coulomb(k) = self;
        k.field(component, s)
    }
    #[inline(always)]
    fn potential<T: Real>(&self, t: T) -> T {
        let Self::Coulomb(k) = self;
        k.potential(t)
    }
    fn pair(&self, scale: f64) -> RadialPair3d {
        let Self::Coulomb(k) = self;
        k.pair(scale)
    }
}

impl FromStr for Kernel3d {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text == "coulomb" {
            return Ok(Self::Coulomb(Coulomb3d));
        }
        let found = format!("'{text}' for positions in space");
        Err(Error::argument("kernel", found, "coulomb"))
    }
}

/// The δ of `core=gaussian,delta=δ`; `None` if there are no parameters.
fn parse_core(parameters: &str) -> Result<Option<f64>> {
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
    match (core, delta) {
        (None, None) => Ok(None),
        (Some("gaussian"), Some(delta)) => Ok(Some(delta)),
        (Some("gaussian"), None) => Err(Error::argument(
            "kernel: delta",
            "none",
            "core=gaussian,delta=NUMBER",
        )),
        (Some("algebraic"), _) => {
            let allowed =
                "gaussian (algebraic cores need the general kernels, which are not there yet)";
            Err(Error::argument("kernel: core", "'algebraic'", allowed))
        }
        (Some(other), _) => Err(Error::argument(
            "kernel: core",
            format!("'{other}'"),
            "gaussian",
        )),
        (None, Some(_)) => Err(Error::argument(
            "kernel: core",
            "none beside delta",
            "core=gaussian,delta=NUMBER",
        )),
    }
}
