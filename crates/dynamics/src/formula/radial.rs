//! Radial kernels as formulas in the distance: `1/(r^2+0.01)`, `exp(-r)/r`.

use super::{Formula, Variables};
use bincode::{Decode, Encode};
use farfield::{RadialFunction, RadialKernel, Result};

const DISTANCE: Variables = Variables {
    names: &["r"],
    allowed: "r, the distance, as the only variable",
    example: "1/(r^2+0.01)",
};

/// What a formula in r says of a kernel K(z) = φ(|z|) z.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Profile {
    /// φ(r) (`field`).
    Field(String),
    /// g(r) with K = −∇g, so φ = −g′/r (`potential`).
    Potential(String),
}

impl Profile {
    /// What it is called where users write it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Field(_) => "field",
            Self::Potential(_) => "potential",
        }
    }

    /// The formula as it was written.
    pub fn text(&self) -> &str {
        let (Self::Field(text) | Self::Potential(text)) = self;
        text
    }
}

/// A [`Profile`] that has been read.
///
/// ```
/// use farfield::RadialFunction;
/// use farfield_dynamics::formula::{Profile, RadialFormula};
/// let gaussian = RadialFormula::new("model", &Profile::Potential("exp(-r^2)".into()))?;
/// assert!((gaussian.field(0.5) - 2.0 * f64::exp(-0.25)).abs() < 1e-14); // −g′/r
/// # Ok::<(), farfield::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RadialFormula {
    profile: Profile,
    /// φ, or g′ beside g.
    field: Formula,
    potential: Option<Formula>,
}

impl RadialFormula {
    /// `owner` is what errors call that which has the profile.
    ///
    /// Errors: no formula, one that is not of r alone, or a potential that cannot be differentiated.
    pub fn new(owner: &str, profile: &Profile) -> Result<Self> {
        let formula = Formula::parse(owner, profile.text(), DISTANCE)?;
        let (field, potential) = match profile {
            Profile::Field(_) => (formula, None),
            Profile::Potential(_) => (formula.derivative(0)?, Some(formula)),
        };
        Ok(Self {
            profile: profile.clone(),
            field,
            potential,
        })
    }

    /// The kernel. Errors: as [`RadialKernel::new`].
    pub fn kernel(&self) -> Result<RadialKernel> {
        RadialKernel::new(self)
    }
}

impl RadialFunction for RadialFormula {
    fn field(&self, r: f64) -> f64 {
        let value = self.field.at(&[r]);
        if self.potential.is_some() {
            -value / r
        } else {
            value
        }
    }
    fn potential(&self, r: f64) -> Option<f64> {
        self.potential.as_ref().map(|potential| potential.at(&[r]))
    }
    fn name(&self) -> String {
        format!("radial:{}={}", self.profile.key(), self.profile.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &str) -> Result<RadialFormula> {
        RadialFormula::new("model.field", &Profile::Field(text.into()))
    }

    fn potential(text: &str) -> Result<RadialFormula> {
        RadialFormula::new("model.potential", &Profile::Potential(text.into()))
    }

    #[test]
    fn fields_and_potentials() {
        let formula = field("1/(r^2+0.01)").unwrap();
        assert_eq!(formula.field(0.3), 1.0 / (0.3f64.powi(2) + 0.01));
        assert!(formula.potential(0.3).is_none());
        assert_eq!(formula.name(), "radial:field=1/(r^2+0.01)");
        // −g′/r of e^{−r}/r is e^{−r} (1/r² + 1/r³).
        let formula = potential("exp(-r)/r").unwrap();
        let expected = (-0.3f64).exp() * (0.3f64.powi(-2) + 0.3f64.powi(-3));
        assert!((formula.field(0.3) / expected - 1.0).abs() < 1e-14);
        assert_eq!(formula.potential(0.3), Some((-0.3f64).exp() / 0.3));
        // As everywhere else, a power binds tighter than a sign.
        let gaussian = field("exp(-r^2)").unwrap();
        assert!((gaussian.field(1.3) / (-1.69f64).exp() - 1.0).abs() < 1e-14);
        let formula = field("1.5e-1*r^-2 - -r^2 + (-r)^2").unwrap();
        assert!((formula.field(2.0) - (0.15 / 4.0 + 8.0)).abs() < 1e-14);
        assert_eq!(field("2").unwrap().field(7.0), 2.0);
        assert_eq!(potential("2").unwrap().field(7.0).abs(), 0.0);
    }

    #[test]
    fn what_is_no_formula_is_refused() {
        let long = "r+".repeat(300);
        for (text, expected) in [
            ("1/(r", "'1/(r' (allowed: a formula in r, as 1/(r^2+0.01)"),
            ("", "'' (allowed: a formula in r"),
            ("x+r", "'x' in 'x+r' (allowed: r, the distance"),
            (
                "sin r",
                "'sin' in 'sin r' (allowed: parentheses after the name of a function)",
            ),
            (
                &long,
                "'r+r+r+r+r+r+r+r+r+r+…' (allowed: a formula of at most 400 characters)",
            ),
        ] {
            for (key, made) in [("field", field(text)), ("potential", potential(text))] {
                let error = made.expect_err(text).to_string();
                let expected = format!("model.{key}: {expected}");
                assert!(error.starts_with(&expected), "{error}");
            }
        }
    }
}
