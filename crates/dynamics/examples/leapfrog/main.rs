//! Two coaxial vortex rings that leapfrog: the one behind shrinks, speeds up and slips through the one ahead, which widens
//! and slows down; then they change parts.
//!
//!     cargo run --release -p farfield-dynamics --example leapfrog -- [FOLDER]
//!
//! Writes `rings.csv` and pictures of the vorticity in a plane through the axis into the folder (`leapfrog` by default), and
//! checks what it claims: that impulse, circulation and energy are kept, and that the rings pass through each other.

mod picture;

use farfield_dynamics::vortex_particles::{
    Core, VortexObservables, VortexParticles, VortexRing, VortexSettings, VortexSimulation,
};
use std::error::Error;
use std::f64::consts::TAU;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;
use std::{env, fs};

/// Distance of the rings at the start; radius and circulation are 1.
const APART: f64 = 0.75;
/// Core of the tubes, and of the particles, which are 0.06 apart. Wider tubes, or closer ones, merge.
const TUBE: f64 = 0.12;
const DELTA: f64 = 0.075;
const DT: f64 = 0.04;
const STEPS: u64 = 125;
const EVERY: u64 = 5;
const PICTURE_EVERY: u64 = 25;
/// Relative change of the impulse, of a ring's circulation and of the energy that is let pass.
const ALLOWED: [f64; 3] = [1e-4, 1e-4, 1e-3];

/// Where a ring is, from its impulse πΓR² and the centroid of its impulse; and its circulation.
struct Ring {
    radius: f64,
    z: f64,
    circulation: f64,
}

impl Ring {
    fn of(particles: &VortexParticles, members: Range<usize>) -> Self {
        let [mut around, mut along, mut flux] = [0.0; 3];
        for i in members {
            let ([x, y, z], [a, b, _]) = (particles.positions[i], particles.strengths[i]);
            let moment = x * b - y * a;
            around += moment;
            along += z * moment;
            flux += moment / (x * x + y * y);
        }
        Self {
            radius: (around / flux).sqrt(),
            z: along / around,
            circulation: flux / TAU,
        }
    }
}

/// The largest changes so far.
#[derive(Default)]
struct Drift {
    impulse: f64,
    circulation: f64,
    energy: f64,
}

impl Drift {
    fn look(&mut self, start: &VortexObservables, now: &VortexObservables, rings: &[Ring; 2]) {
        let impulse = (now.impulse[2] / start.impulse[2] - 1.0).abs();
        let energy = (now.energy / start.energy - 1.0).abs();
        let circulation = rings.iter().map(|ring| (ring.circulation - 1.0).abs());
        self.impulse = self.impulse.max(impulse);
        self.energy = self.energy.max(energy);
        self.circulation = circulation.fold(self.circulation, f64::max);
    }
}

fn start() -> farfield_dynamics::Result<VortexSimulation> {
    let ring = |z| VortexRing {
        centre: [0.0, 0.0, z],
        axis: [0.0, 0.0, 1.0],
        radius: 1.0,
        circulation: 1.0,
        core: TUBE,
    };
    let core = Core::Gaussian { delta: DELTA };
    let particles = VortexRing::particles(&[ring(0.0), ring(APART)], 0.06, core)?;
    let settings = VortexSettings {
        tolerance: 1e-4,
        ..VortexSettings::new(DT)
    };
    VortexSimulation::new(particles, settings)
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or("leapfrog".into()));
    fs::create_dir_all(&folder)?;
    let mut run = start()?;
    let half = run.particles().n() / 2;
    println!("{} particles, {STEPS} steps of {DT}", 2 * half);
    println!("   time    ring 1: R       z    ring 2: R       z       impulse        energy");
    let first = run.observables()?;
    let mut table = "time,radius_1,z_1,circulation_1,radius_2,z_2,circulation_2,\
                     impulse_z,angular_impulse_z,energy,helicity\n"
        .to_string();
    let (mut drift, mut passes, mut ahead) = (Drift::default(), 0, false);
    loop {
        let (step, time) = (run.steps(), run.time());
        if step.is_multiple_of(EVERY) {
            let now = run.observables()?;
            let particles = run.particles();
            let rings = [0..half, half..2 * half].map(|members| Ring::of(particles, members));
            let [one, two] = &rings;
            drift.look(&first, &now, &rings);
            passes += u32::from(ahead != (one.z > two.z));
            ahead = one.z > two.z;
            println!(
                "{time:7.2} {:12.4} {:7.4} {:12.4} {:7.4} {:13.7} {:13.7}",
                one.radius, one.z, two.radius, two.z, now.impulse[2], now.energy
            );
            write!(table, "{time}")?;
            for ring in &rings {
                write!(table, ",{},{},{}", ring.radius, ring.z, ring.circulation)?;
            }
            let [angular, impulse] = [now.angular_impulse[2], now.impulse[2]];
            writeln!(
                table,
                ",{impulse},{angular},{},{}",
                now.energy, now.helicity
            )?;
        }
        if step.is_multiple_of(PICTURE_EVERY) {
            let path = folder.join(format!("vorticity-{step:04}.png"));
            picture::write(&path, run.particles(), half)?;
        }
        if step == STEPS {
            break;
        }
        run.step()?;
    }
    fs::write(folder.join("rings.csv"), table)?;
    report(&drift, passes)
}

fn report(drift: &Drift, passes: u32) -> Result<(), Box<dyn Error>> {
    println!("passes through each other: {passes}");
    let found = [drift.impulse, drift.circulation, drift.energy];
    let names = ["impulse", "circulation of a ring", "energy"];
    for ((name, found), allowed) in names.into_iter().zip(found).zip(ALLOWED) {
        println!("largest relative change, {name}: {found:.1e} (allowed: {allowed:.0e})");
        // NaN fails too.
        if !(0.0..=allowed).contains(&found) {
            return Err(format!("{name} changed by {found:.1e}").into());
        }
    }
    match passes {
        0 => Err("the rings did not pass through each other".into()),
        _ => Ok(()),
    }
}
