//! Radial kernels as formulas in r: `radial:field=1/(r^2+0.01)`, `radial:potential=exp(-r)/r`.

use crate::notation;
use exmex::{Differentiate, Express, FlatEx};
use farfield::{Error, ErrorKind, RadialFunction, RadialKernel};

/// What the user wrote: φ(r), or g(r).
struct Formula {
    name: String,
    /// φ, or g′ beside g.
    field: FlatEx<f64>,
    potential: Option<FlatEx<f64>>,
}

impl Formula {
    /// From the name of a kernel. Errors: no formula, or one that is not of r alone.
    fn parse(name: &str) -> Result<Self, Error> {
        let usage = "radial:field=FORMULA or radial:potential=FORMULA, in r";
        let refused = |argument: &str, found: &str, allowed: &str| {
            Error::new(ErrorKind::Argument, argument, format!("'{found}'"), allowed)
        };
        let formula = name.strip_prefix("radial:").unwrap_or_default();
        let Some((what, formula)) = formula.split_once('=') else {
            return Err(refused("kernel", name, usage));
        };
        let argument = format!("kernel: {what}");
        let plain = notation::plain(formula)
            .map_err(|(found, allowed)| refused(&argument, &found, allowed))?;
        let parsed: FlatEx<f64> = exmex::parse(&plain).map_err(|error| {
            let allowed = format!("a formula in r, as 1/(r^2+0.01) ({error})");
            refused(&argument, formula, &allowed)
        })?;
        if let Some(other) = parsed.var_names().iter().find(|name| *name != "r") {
            return Err(refused(
                &argument,
                other,
                "r, the distance, as the only variable",
            ));
        }
        let name = name.to_string();
        match what {
            "field" => Ok(Self {
                name,
                field: parsed,
                potential: None,
            }),
            "potential" => Ok(Self {
                name,
                field: slope(&parsed).map_err(|error| {
                    let allowed = format!("a formula that can be differentiated ({error})");
                    refused(&argument, formula, &allowed)
                })?,
                potential: Some(parsed),
            }),
            _ => Err(refused("kernel parameter", what, "field, potential")),
        }
    }
}

/// g′; of a constant the constant 0.
fn slope(potential: &FlatEx<f64>) -> Result<FlatEx<f64>, exmex::ExError> {
    if potential.var_names().is_empty() {
        return exmex::parse("0");
    }
    potential.clone().partial(0)
}

/// A formula at r.
fn at(formula: &FlatEx<f64>, r: f64) -> f64 {
    let variables = [r];
    let used = formula.var_names().len();
    formula.eval(&variables[..used]).unwrap_or(f64::NAN)
}

impl RadialFunction for Formula {
    fn field(&self, r: f64) -> f64 {
        let value = at(&self.field, r);
        if self.potential.is_some() {
            -value / r
        } else {
            value
        }
    }
    fn potential(&self, r: f64) -> Option<f64> {
        self.potential.as_ref().map(|potential| at(potential, r))
    }
    fn name(&self) -> String {
        self.name.clone()
    }
}

/// The kernel of this name.
pub(crate) fn radial(name: &str) -> Result<RadialKernel, Error> {
    RadialKernel::new(&Formula::parse(name)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_potentials() {
        let formula = Formula::parse("radial:field=1/(r^2+0.01)").unwrap();
        assert_eq!(formula.field(0.3), 1.0 / (0.3f64.powi(2) + 0.01));
        assert!(formula.potential(0.3).is_none());
        // −g′/r of e^{−r}/r is e^{−r} (1/r² + 1/r³).
        let formula = Formula::parse("radial:potential=exp(-r)/r").unwrap();
        let expected = (-0.3f64).exp() * (0.3f64.powi(-2) + 0.3f64.powi(-3));
        assert!((formula.field(0.3) / expected - 1.0).abs() < 1e-14);
        assert_eq!(formula.potential(0.3), Some((-0.3f64).exp() / 0.3));
        // As everywhere else, a power binds tighter than a sign.
        let gaussian = Formula::parse("radial:field=exp(-r^2)").unwrap();
        assert!((gaussian.field(1.3) / (-1.69f64).exp() - 1.0).abs() < 1e-14);
        let formula = Formula::parse("radial:field=1.5e-1*r^-2 - -r^2 + (-r)^2").unwrap();
        assert!((formula.field(2.0) - (0.15 / 4.0 + 8.0)).abs() < 1e-14);
        let formula = Formula::parse("radial:field=2").unwrap();
        assert_eq!(formula.field(7.0), 2.0);
        let formula = Formula::parse("radial:potential=2").unwrap();
        assert_eq!(formula.field(7.0).abs(), 0.0);
    }

    #[test]
    fn what_is_no_formula_is_refused() {
        for (name, expected) in [
            ("radial", "kernel: 'radial' (allowed: radial:field=FORMULA"),
            (
                "radial:field",
                "kernel: 'radial:field' (allowed: radial:field=FORMULA",
            ),
            (
                "radial:field=1/(r",
                "kernel: field: '1/(r' (allowed: a formula in r",
            ),
            (
                "radial:field=",
                "kernel: field: '' (allowed: a formula in r",
            ),
            (
                "radial:field=x+r",
                "kernel: field: 'x' (allowed: r, the distance",
            ),
            (
                "radial:energy=r",
                "kernel parameter: 'energy' (allowed: field, potential)",
            ),
        ] {
            let error = Formula::parse(name).err().expect(name).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
