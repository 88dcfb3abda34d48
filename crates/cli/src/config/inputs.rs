//! The arrays that a configuration takes from files.

use crate::error::Result;
use crate::npy::Array;
use farfield_dynamics::config::{Circulations, InitialConfig};
use farfield_dynamics::vortex_particles::COMPONENTS;
use farfield_dynamics::{Config, Inputs};

pub(crate) fn read_inputs<const D: usize>(config: &Config) -> Result<Inputs<D>> {
    let mut inputs = Inputs::default();
    if let InitialConfig::File { path } = &config.initial {
        let array = Array::read(path)?;
        inputs.positions = Some(match D {
            COMPONENTS => with_room(&array.positions::<f64, 6>()?),
            _ => array.positions()?,
        });
    }
    if let Some(Circulations::File(path)) = config.model.circulations() {
        inputs.circulations = Some(Array::read(path)?.vector()?);
    }
    Ok(inputs)
}

/// X and α, with room for δ², which is that of the configuration.
fn with_room<const D: usize>(all: &[[f64; 6]]) -> Vec<[f64; D]> {
    let row = |row: &[f64; 6]| std::array::from_fn(|a| row.get(a).copied().unwrap_or(0.0));
    all.iter().map(row).collect()
}
