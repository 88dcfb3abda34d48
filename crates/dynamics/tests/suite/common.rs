//! Configurations that several modules start from.

use farfield_dynamics::config::{
    Circulations, Config, Confinement, Core, GasConfig, InitialConfig, ModelConfig, Scheme,
    TimeConfig,
};
use farfield_dynamics::{Archive, Inputs, Simulation, Snapshot};
use std::sync::atomic::AtomicBool;

/// A small run, checked at every tenth step, without the smallest distance.
pub(crate) fn config(n: usize, viscosity: f64, circulations: Circulations) -> Config {
    let mut config = Config {
        seed: 42,
        model: ModelConfig::Vortex {
            viscosity,
            circulations,
            core: Core::None,
            periodic: None,
        },
        initial: InitialConfig::Gaussian { n, radius: 1.0 },
        time: TimeConfig {
            scheme: Scheme::Ab2Maruyama,
            dt: 0.02,
            steps: 20,
            path_halvings: 0,
            two_body: None,
            adaptive: None,
        },
        ..Config::default()
    };
    config.field.tolerance = 1e-8;
    config
}

/// A configuration that takes its particles as arrays.
pub(crate) fn from_arrays(
    positions: Vec<[f64; 2]>,
    circulations: Option<Vec<f64>>,
    scheme: Scheme,
    viscosity: f64,
) -> (Config, Inputs) {
    let law = match circulations {
        Some(_) => Circulations::File("m.npy".into()),
        None => Circulations::Unit,
    };
    let mut config = config(1, viscosity, law);
    config.initial = InitialConfig::File {
        path: "x.npy".into(),
    };
    config.time.scheme = scheme;
    let inputs = Inputs {
        positions: Some(positions),
        circulations,
        costs: None,
    };
    (config, inputs)
}

/// Sets the core of the vortices.
pub(crate) fn with_core(config: Config, delta: f64) -> Config {
    with(config, Core::Gaussian { delta })
}

/// The same with any core.
pub(crate) fn with(mut config: Config, new: Core) -> Config {
    let ModelConfig::Vortex { core, .. } = &mut config.model else {
        panic!("no vortices");
    };
    *core = new;
    config
}

/// Open, in a harmonic trap if there is stiffness.
pub(crate) fn gas(diffusion: f64, stiffness: f64) -> GasConfig {
    let confinement = match stiffness > 0.0 {
        true => Confinement::Harmonic { stiffness },
        false => Confinement::None,
    };
    GasConfig {
        diffusion: diffusion.into(),
        confinement,
        periodic: None,
    }
}

/// Without a core.
pub(crate) fn log_gas(strength: f64, gas: GasConfig) -> ModelConfig {
    ModelConfig::LogGas {
        strength,
        core: Core::None,
        gas,
    }
}

/// In the plane.
pub(crate) fn riesz(strength: f64, s: f64, gas: GasConfig) -> ModelConfig {
    ModelConfig::RieszGas {
        strength,
        s,
        dimension: 2,
        gas,
    }
}

/// Runs to the last step.
pub(crate) fn finish(config: Config, inputs: Inputs) -> Simulation {
    let mut run = Simulation::new(config, inputs).unwrap();
    run.run(&mut [], &AtomicBool::new(false)).unwrap();
    run
}

/// The same in any dimension.
pub(crate) fn finish_in<const D: usize>(config: Config, inputs: Inputs<D>) -> Simulation<D> {
    let mut run = Simulation::from_config(config, inputs).unwrap();
    run.run(&mut [], &AtomicBool::new(false)).unwrap();
    run
}

/// Runs in a pool of so many threads.
pub(crate) fn threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.unwrap().install(work)
}

/// A snapshot as a file of its own has it.
pub(crate) fn to_bytes<const D: usize>(snapshot: &Snapshot<D>) -> Vec<u8> {
    let mut bytes = vec![];
    snapshot.write(&mut bytes).unwrap();
    bytes
}

/// Written to an archive, and read back.
pub(crate) fn through_disk<const D: usize>(snapshot: &Snapshot<D>) -> Snapshot<D> {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = Archive::create(folder.path().join("one.ffa")).unwrap();
    archive.append(snapshot).unwrap();
    let archive = Archive::open(archive.path()).unwrap();
    archive.read(0).unwrap()
}
