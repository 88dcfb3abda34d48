//! Kernels in space by name, as the command line writes them.

use super::named::{Core, parse_core};
use super::{
    AlgebraicCore, BiotSavart3d, Coulomb3d, GaussianCore, HighOrderGaussianCore, Kernel,
    RadialKernel, RadialPair3d,
};
use crate::{Error, Result};
use lanes::Real;
use std::str::FromStr;

/// An enum of one singular kernel and its cores, chosen at run time by the name of the kernel.
macro_rules! with_cores {
    ($(#[$doc:meta])* $name:ident: $text:literal, $kernel:ident, $singular:ident, $gaussian:ident, $high_order:ident, $algebraic:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum $name {
            #[doc = concat!("`", $text, "`")]
            $singular($kernel),
            #[doc = concat!("`", $text, ":core=gaussian,delta=…`")]
            $gaussian(GaussianCore<$kernel>),
            #[doc = concat!("`", $text, ":core=gaussian4,delta=…`, `core=gaussian6`")]
            $high_order(HighOrderGaussianCore<$kernel>),
            #[doc = concat!("`", $text, ":core=algebraic,delta=…`")]
            $algebraic(AlgebraicCore<$kernel>),
        }

        with_cores!(@kernel $name, $kernel, ($singular, $gaussian, $high_order, $algebraic));

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self> {
                let (name, rest) = text.split_once(':').unwrap_or((text, ""));
                if name != $text {
                    let found = format!("'{name}' for positions in space");
                    return Err(Error::argument("kernel", found, $text));
                }
                let kernel = match parse_core(rest)? {
                    None => Self::$singular($kernel),
                    Some(Core::Gaussian(delta)) => {
                        Self::$gaussian(GaussianCore { kernel: $kernel, delta })
                    }
                    Some(Core::HighOrder(order, delta)) => {
                        Self::$high_order(HighOrderGaussianCore { kernel: $kernel, delta, order })
                    }
                    Some(Core::Algebraic(delta)) => {
                        Self::$algebraic(AlgebraicCore { kernel: $kernel, delta })
                    }
                };
                kernel.check()?;
                Ok(kernel)
            }
        }
    };
    (@kernel $name:ident, $kernel:ident, $variants:tt) => {
        impl Kernel<3> for $name {
            type Pair = RadialPair3d;
            type Strength<T: Real> = <$kernel as Kernel<3>>::Strength<T>;

            fn name(&self) -> String {
                with_cores!(@each self, $variants, k => k.name())
            }
            #[inline(always)]
            fn field<T: Real>(&self, component: usize, s: [T; 3]) -> [T; 3] {
                with_cores!(@each self, $variants, k => k.field(component, s))
            }
            #[inline(always)]
            fn potential<T: Real>(&self, t: T) -> T {
                with_cores!(@each self, $variants, k => k.potential(t))
            }
            fn reach(&self, tolerance: f64) -> f64 {
                with_cores!(@each self, $variants, k => k.reach(tolerance))
            }
            fn check(&self) -> Result<()> {
                with_cores!(@each self, $variants, k => k.check())
            }
            fn wide(&self) -> Option<RadialKernel> {
                with_cores!(@each self, $variants, k => k.wide())
            }
            fn smooth(&self) -> Option<RadialKernel> {
                with_cores!(@each self, $variants, k => k.smooth())
            }
            fn algebraic_core(&self) -> f64 {
                with_cores!(@each self, $variants, k => k.algebraic_core())
            }
            fn pair(&self, scale: f64) -> RadialPair3d {
                with_cores!(@each self, $variants, k => k.pair(scale))
            }
        }
    };
    (@each $self:ident, ($($variant:ident),*), $k:ident => $e:expr) => {
        match $self {
            $(Self::$variant($k) => $e,)*
        }
    };
}

with_cores! {
    /// Any kernel in space whose strengths are numbers, chosen at run time: `coulomb`, also with `:core=gaussian,delta=δ`,
    /// `:core=gaussian4,delta=δ`, `:core=gaussian6,delta=δ` or `:core=algebraic,delta=δ`.
    Kernel3d: "coulomb", Coulomb3d, Coulomb, CoulombGaussian, CoulombHighOrder, CoulombAlgebraic
}

with_cores! {
    /// Any kernel in space whose strengths are vectors, chosen at run time: `biot-savart`, also with `:core=gaussian,delta=δ`,
    /// `:core=gaussian4,delta=δ`, `:core=gaussian6,delta=δ` or `:core=algebraic,delta=δ`.
    VectorKernel3d: "biot-savart", BiotSavart3d, BiotSavart, BiotSavartGaussian, BiotSavartHighOrder, BiotSavartAlgebraic
}
