//! Formulas that users write, with exact derivatives: kernels of the distance r, potentials of x, y and z.

mod landscape;
mod notation;
mod radial;

pub use landscape::Landscape;
pub use radial::{Profile, RadialFormula};

use exmex::{Differentiate, Express, FlatEx};
use farfield::{Error, ErrorKind, Result};

/// Longest formula: derivatives grow.
const LONGEST: usize = 400;

/// Bytes of stack for the parser, which calls itself for every operator; those that it does not touch cost nothing.
const ROOM: usize = 1 << 30;

/// The variables that a formula may have.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Variables {
    names: &'static [&'static str],
    /// In words.
    allowed: &'static str,
    example: &'static str,
}

/// A formula, read once; its errors are about an argument, which is what the user calls it.
#[derive(Clone, Debug, PartialEq)]
struct Formula {
    argument: String,
    text: String,
    variables: Variables,
    expression: FlatEx<f64>,
    /// Where the variables of the expression are among those that it may have.
    places: Vec<usize>,
}

impl Formula {
    /// Errors: no formula, one that is too long, or one of other variables.
    fn parse(argument: &str, text: &str, variables: Variables) -> Result<Self> {
        let refused = |found: String, allowed: &str| {
            Error::new(ErrorKind::Argument, argument, found, allowed)
        };
        let part = |found: &str| match found == text {
            true => format!("'{text}'"),
            false => format!("'{found}' in '{text}'"),
        };
        if text.chars().count() > LONGEST {
            let found: String = text.chars().take(20).collect();
            let allowed = format!("a formula of at most {LONGEST} characters");
            return Err(refused(format!("'{found}…'"), &allowed));
        }
        let plain =
            notation::plain(text).map_err(|(found, allowed)| refused(part(&found), allowed))?;
        let parsed = with_room(argument, || exmex::parse::<f64>(&plain))?;
        let expression = parsed.map_err(|error| {
            let Variables { names, example, .. } = variables;
            let names = names.join(", ");
            let allowed = format!("a formula in {names}, as {example} ({error})");
            refused(format!("'{text}'"), &allowed)
        })?;
        let place = |name: &String| {
            let found = variables.names.iter().position(|known| known == name);
            found.ok_or_else(|| refused(part(name), variables.allowed))
        };
        let places = expression.var_names().iter().map(place);
        Ok(Self {
            argument: argument.into(),
            text: text.into(),
            variables,
            places: places.collect::<Result<_>>()?,
            expression,
        })
    }

    /// By one of its variables. Errors: a function that has no derivative.
    fn derivative(&self, variable: usize) -> Result<Self> {
        let by = self.places.iter().position(|&place| place == variable);
        let derived = with_room(&self.argument, || match by {
            Some(by) => self.expression.clone().partial(by),
            None => exmex::parse("0"),
        })?;
        let expression = derived.map_err(|error| {
            let allowed = format!("a formula that can be differentiated ({error})");
            let found = format!("'{}'", self.text);
            Error::new(ErrorKind::Argument, &self.argument, found, allowed)
        })?;
        // A derivative keeps all variables, also those that it is free of.
        let kept = by.map_or(&[][..], |_| &self.places);
        Ok(Self {
            places: kept.to_vec(),
            expression,
            ..self.clone()
        })
    }

    /// Whether a variable stands in it.
    fn has(&self, variable: usize) -> bool {
        self.places.contains(&variable)
    }

    /// Its value where the variables are these, in their order.
    fn at(&self, variables: &[f64]) -> f64 {
        let mut used = [f64::NAN; 3];
        for (used, &place) in used.iter_mut().zip(&self.places) {
            *used = variables.get(place).copied().unwrap_or(f64::NAN);
        }
        let used = &used[..self.places.len()];
        self.expression.eval(used).unwrap_or(f64::NAN)
    }
}

/// What the work gives, on a stack of its own.
fn with_room<T: Send>(argument: &str, work: impl FnOnce() -> T + Send) -> Result<T> {
    let done = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(ROOM);
        let done = thread.spawn_scoped(scope, work)?.join();
        done.map_err(|_| std::io::Error::other("the parser failed"))
    });
    done.map_err(|error| {
        let allowed = "a formula that this machine has room for";
        Error::new(ErrorKind::Argument, argument, error.to_string(), allowed)
    })
}
