//! Potentials as formulas in the coordinates: `x^4/4 + y^2/2`.

use super::{Formula, Variables};
use farfield::{Error, ErrorKind, Result};

const PLANE: Variables = Variables {
    names: &["x", "y"],
    allowed: "x and y as the only variables in the plane",
    example: "x^4/4 + y^2/2",
};

const SPACE: Variables = Variables {
    names: &["x", "y", "z"],
    allowed: "x, y and z as the only variables in space",
    example: "x^4/4 + y^2/2 + z^2",
};

/// V by a formula in x and y, in space also z, with its exact derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Landscape {
    value: Formula,
    gradient: Vec<Formula>,
}

impl Landscape {
    /// In so many dimensions, 2 or 3; `owner` is what errors call that which has the formula.
    ///
    /// Errors: another dimension, no formula, one of other variables, or one that cannot be differentiated.
    pub fn new(owner: &str, text: &str, dimension: usize) -> Result<Self> {
        let plain = Self::without_gradient(owner, text, dimension)?;
        let gradient = (0..dimension).map(|a| plain.value.derivative(a));
        Ok(Self {
            gradient: gradient.collect::<Result<_>>()?,
            ..plain
        })
    }

    /// The same of a function that need not have derivatives: those that it is asked for are 0.
    pub(crate) fn without_gradient(owner: &str, text: &str, dimension: usize) -> Result<Self> {
        let variables = match dimension {
            2 => PLANE,
            3 => SPACE,
            _ => {
                let found = format!("a formula in {dimension} dimensions");
                let allowed = "2 or 3 dimensions";
                return Err(Error::new(ErrorKind::Argument, owner, found, allowed));
            }
        };
        Ok(Self {
            value: Formula::parse(owner, text, variables)?,
            gradient: vec![],
        })
    }

    /// As it is written.
    pub(crate) fn text(&self) -> &str {
        &self.value.text
    }

    /// V(x).
    pub fn value<const D: usize>(&self, x: [f64; D]) -> f64 {
        self.value.at(&x)
    }

    /// ∇V(x).
    pub fn gradient<const D: usize>(&self, x: [f64; D]) -> [f64; D] {
        std::array::from_fn(|a| self.gradient.get(a).map_or(0.0, |slope| slope.at(&x)))
    }

    /// Whether V depends on this axis, as it is written.
    pub fn depends_on(&self, axis: usize) -> bool {
        self.value.has(axis)
    }

    /// V and ∇V must be finite at all of these places.
    pub(crate) fn check<const D: usize>(&self, positions: &[[f64; D]]) -> Result<()> {
        let good = |x: &[f64; D]| {
            self.value(*x).is_finite() && self.gradient(*x).iter().all(|g| g.is_finite())
        };
        let Some(i) = positions.iter().position(|x| !good(x)) else {
            return Ok(());
        };
        let (x, Formula { argument, text, .. }) = (positions[i], &self.value);
        let (value, gradient) = (self.value(x), self.gradient(x));
        let found =
            format!("'{text}' is {value} with gradient {gradient:?} at particle {i}, {x:?}");
        let allowed = "finite, with a finite gradient, at every particle";
        Err(Error::new(ErrorKind::Argument, argument, found, allowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exact derivatives against differences of the values.
    fn holds(text: &str, places: &[[f64; 2]]) {
        let v = Landscape::new("v", text, 2).unwrap();
        for &x in places {
            let gradient = v.gradient(x);
            for a in 0..2 {
                let moved = |by: f64| {
                    let mut x = x;
                    x[a] += by;
                    v.value(x)
                };
                let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                let scale = 1.0 + difference.abs();
                assert!(
                    (gradient[a] - difference).abs() < 1e-7 * scale,
                    "{text} {x:?} {gradient:?} {difference}"
                );
            }
        }
    }

    /// Bases of powers are negative too.
    #[test]
    fn gradients() {
        for text in [
            "x^4/4 + y^2/2",
            "(x^2 + y^2)^2 - 3*x*y",
            "-x^3 + (x-1)^(3-1)*y^5",
            "exp(-x^2)*cos(2*y) + sqrt(1 + x^2)",
            "y^-2 + 2^x",
            "x/(1 + exp(-y)) - log(2 + x^2)",
            "PI*x - 1e-1*y^3",
            "tanh(x*y)^2",
            "7",
        ] {
            holds(text, &[[-1.3, 0.7], [0.4, -2.1], [-0.2, -0.6], [1.1, 0.3]]);
        }
    }

    /// As long as formulas may be, read on the small stacks of threads.
    #[test]
    fn long_and_deep() {
        for text in [
            format!("x{}", "*x".repeat(199)),
            format!("x{}", "+x".repeat(199)),
            format!("{}x{}", "-(".repeat(130), ")".repeat(130)),
            format!("y{}", "/(2+x^2)".repeat(45)),
            format!("{}x{}", "exp(-".repeat(60), ")".repeat(60)),
            format!("{}x{}", "sin(".repeat(75), ")".repeat(75)),
            format!("x{}", "*sin(x*y)".repeat(40)),
            format!("1{}", "-exp(-(x-1)^2-(y-1)^2)".repeat(18)),
            format!("0{}", "+0.1*x^2*y^2".repeat(30)),
        ] {
            holds(&text, &[[0.9, 0.4]]);
        }
    }

    /// Those that README names.
    #[test]
    fn functions() {
        let (x, y) = (0.3f64, 0.7f64);
        for (text, expected) in [
            ("exp(x)+log(y)-ln(x)", x.exp() + y.ln() - x.ln()),
            ("log2(x)*log10(y)", x.log2() * y.log10()),
            ("sqrt(x)+sin(x)*cos(y)", x.sqrt() + x.sin() * y.cos()),
            (
                "tan(x)+asin(x)-acos(y)*atan(y)",
                x.tan() + x.asin() - y.acos() * y.atan(),
            ),
            ("sinh(x)+cosh(y)*tanh(y)", x.sinh() + y.cosh() * y.tanh()),
            (
                "asinh(x)+acosh(1+y)-atanh(y)",
                x.asinh() + (1.0 + y).acosh() - y.atanh(),
            ),
            (
                "PI*x+E*y-TAU",
                std::f64::consts::PI * x + std::f64::consts::E * y - std::f64::consts::TAU,
            ),
        ] {
            let v = Landscape::new("v", text, 2).unwrap();
            assert!((v.value([x, y]) - expected).abs() < 1e-14, "{text}");
            holds(text, &[[x, y]]);
        }
        for (text, expected) in [
            ("abs(x-y)+signum(-x)", y - x - 1.0),
            ("cbrt(x)+floor(7*x)+ceil(y)", x.cbrt() + 3.0),
            ("round(y)+trunc(3*y)+fract(5*x)", 3.5),
        ] {
            let v = Landscape::without_gradient("v", text, 2).unwrap();
            assert!((v.value([x, y]) - expected).abs() < 1e-14, "{text}");
            let error = Landscape::new("v", text, 2).unwrap_err().to_string();
            assert!(
                error.contains("(allowed: a formula that can be differentiated"),
                "{error}"
            );
        }
    }

    #[test]
    fn axes() {
        let v = Landscape::new("v", "x^4 + z^2", 3).unwrap();
        assert_eq!([0, 1, 2].map(|a| v.depends_on(a)), [true, false, true]);
        assert_eq!(v.gradient([-2.0, 5.0, 3.0]), [-32.0, 0.0, 6.0]);
        assert_eq!(v.value([-2.0, 5.0, 3.0]), 25.0);
    }

    #[test]
    fn what_is_no_potential_is_refused() {
        for (text, dimension, expected) in [
            ("x^2 + z^2", 2, "v: 'z' in 'x^2 + z^2' (allowed: x and y as"),
            (
                "x^2 + r^2",
                3,
                "v: 'r' in 'x^2 + r^2' (allowed: x, y and z as",
            ),
            (
                "(x",
                2,
                "v: '(x' (allowed: a formula in x, y, as x^4/4 + y^2/2 (",
            ),
            ("", 3, "v: '' (allowed: a formula in x, y, z, as"),
            ("x", 4, "v: a formula in 4 dimensions (allowed: 2 or 3"),
        ] {
            let error = Landscape::new("v", text, dimension)
                .unwrap_err()
                .to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        let v = Landscape::new("v", "log(x) + y^2", 2).unwrap();
        assert!(v.check(&[[1.0, 0.0], [2.0, -3.0]]).is_ok());
        let error = v.check(&[[1.0, 0.0], [0.0, 2.0]]).unwrap_err().to_string();
        let expected = "v: 'log(x) + y^2' is -inf with gradient [inf, 4.0] at particle 1, [0.0, 2.0] \
                        (allowed: finite, with a finite gradient, at every particle)";
        assert_eq!(error, expected);
    }
}
