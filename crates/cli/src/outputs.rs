//! Which sums are wanted, as `--outputs` lists them.

use clap::ValueEnum;
use farfield::Outputs;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Field,
    Potential,
}

pub(crate) fn wanted(list: &[Output]) -> Outputs {
    Outputs {
        field: list.contains(&Output::Field),
        potential: list.contains(&Output::Potential),
    }
}
