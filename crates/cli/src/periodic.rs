//! `--periodic`: sums over the torus in place of all of space.

use crate::error::Result;
use clap::Args;
use farfield::{InstructionSet, Kernel, Options, Outputs, Real, Sums, direct};

#[derive(Args, Debug, Clone)]
pub(crate) struct Periodic {
    /// Sum over a torus: sides of the box whose opposite faces are one, of which none is more than twice another, or one number
    /// for all of them; for riesz, coulomb and biot-savart, these two also with a core
    #[arg(
        long,
        value_name = "L,L[,L]",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    periodic: Vec<f64>,
}

/// The sums of each strength vector.
type All<T, K, const D: usize> = Vec<Sums<T, D, <K as Kernel<D>>::Strength<T>>>;

impl Periodic {
    /// The sides in `dimension` dimensions, if a torus was asked for.
    pub(crate) fn sides(&self, dimension: usize) -> Option<Vec<f64>> {
        match self.periodic[..] {
            [] => None,
            [side] => Some(vec![side; dimension]),
            _ => Some(self.periodic.clone()),
        }
    }

    /// The options with the torus.
    pub(crate) fn options(&self, options: Options, dimension: usize) -> Options {
        match self.sides(dimension) {
            Some(sides) => options.torus(&sides),
            None => options,
        }
    }
}

/// The domain in words, behind "in 2 dimensions".
pub(crate) fn on(sides: Option<&[f64]>) -> String {
    match sides {
        Some(sides) => format!(" on the torus of sides {sides:?}"),
        None => String::new(),
    }
}

/// The direct sum in space, or over the torus with these sides.
pub(crate) fn direct_sum<T: Real, K: Kernel<D>, const D: usize>(
    sides: Option<&[f64]>,
    (targets, sources): (&[[T; D]], &[[T; D]]),
    strengths: &[&[K::Strength<T>]],
    kernel: K,
    outputs: Outputs,
    isa: Option<InstructionSet>,
) -> Result<All<T, K, D>> {
    Ok(match sides {
        Some(sides) => direct::on_torus(targets, sources, strengths, kernel, sides, outputs, isa)?,
        None => direct::evaluate(targets, sources, strengths, kernel, outputs, isa)?,
    })
}
