//! Which sums are wanted, as `--outputs` lists them.

use clap::ValueEnum;
use farfield::Outputs;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Field,
    Potential,
    Gradient,
}

pub(crate) fn wanted(list: &[Output]) -> Outputs {
    Outputs {
        field: list.contains(&Output::Field),
        potential: list.contains(&Output::Potential),
        gradient: list.contains(&Output::Gradient),
    }
}

/// The outputs by name, in the order in which they are listed.
pub(crate) fn names(wanted: Outputs) -> Vec<&'static str> {
    let all = [
        ("field", wanted.field),
        ("potential", wanted.potential),
        ("gradient", wanted.gradient),
    ];
    let wanted = all.into_iter().filter(|(_, wanted)| *wanted);
    wanted.map(|(name, _)| name).collect()
}
