//! The arrays that a configuration takes from files.

use crate::error::Result;
use crate::npy::Array;
use farfield_dynamics::config::{Circulations, InitialConfig};
use farfield_dynamics::{Config, Inputs};

pub(crate) fn read_inputs<const D: usize>(config: &Config) -> Result<Inputs<D>> {
    let mut inputs = Inputs::default();
    if let InitialConfig::File { path } = &config.initial {
        inputs.positions = Some(Array::read(path)?.positions()?);
    }
    if let Some(Circulations::File(path)) = config.model.circulations() {
        inputs.circulations = Some(Array::read(path)?.vector()?);
    }
    Ok(inputs)
}
