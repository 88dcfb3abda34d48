//! Invariants without noise, against their error budget.

use crate::common::{config, finish, with_core};
use farfield_dynamics::config::{Circulations, Scheme};
use farfield_dynamics::{Inputs, Law};

const SCHEMES: [Scheme; 8] = [
    Scheme::EulerMaruyama,
    Scheme::Ab2Maruyama,
    Scheme::StochasticHeun,
    Scheme::Sra1,
    Scheme::Sra3,
    Scheme::Ab3,
    Scheme::Rk4,
    Scheme::ExponentialHeun,
];

fn laws(scheme: Scheme, circulations: Circulations, tolerance: f64, core: bool) -> Vec<Law> {
    let mut config = config(300, 0.0, circulations);
    if core {
        config = with_core(config, 0.3);
    }
    config.field.tolerance = tolerance;
    config.time.scheme = scheme;
    (config.time.dt, config.time.steps) = (0.05, 40);
    config.output.hamiltonian_every = 7;
    finish(config, Inputs::default()).laws()
}

fn names(laws: &[Law]) -> Vec<&str> {
    laws.iter().map(|law| law.name).collect()
}

#[test]
fn every_invariant_stays_within_its_budget() {
    let two_point = Circulations::TwoPoint {
        a: 1.5,
        b: -0.5,
        p: 0.6,
    };
    for scheme in SCHEMES {
        for (circulations, core) in [
            (Circulations::Unit, false),
            (two_point.clone(), false),
            (two_point.clone(), true),
        ] {
            let laws = laws(scheme, circulations.clone(), 1e-9, core);
            let expected = if circulations == Circulations::Unit {
                [
                    "centre x",
                    "centre y",
                    "second moment",
                    "angular impulse",
                    "hamiltonian",
                    "circulation",
                ]
                .as_slice()
            } else {
                [
                    "impulse x",
                    "impulse y",
                    "angular impulse",
                    "hamiltonian",
                    "circulation",
                ]
                .as_slice()
            };
            assert_eq!(names(&laws), expected);
            for law in laws {
                assert!(law.z.abs() <= 1.0, "{scheme:?}, core {core}: {law:?}");
            }
        }
    }
}

#[test]
fn budgets_shrink_with_the_order_and_the_tolerance() {
    // A budget that is always large would let everything pass.
    let budget = |scheme, tolerance| {
        let laws = laws(scheme, Circulations::Unit, tolerance, true);
        laws.iter()
            .find(|law| law.name == "second moment")
            .unwrap()
            .bound
            / 300.0
    };
    let [euler, ab2, heun, sra1, sra3, ab3, rk4, exponential] =
        SCHEMES.map(|scheme| budget(scheme, 1e-12));
    assert!(
        euler < 0.1 && ab2 < euler / 20.0 && rk4 < ab2 / 100.0,
        "{euler:e} {ab2:e} {rk4:e}"
    );
    assert!(
        heun < euler / 20.0 && sra1 < euler / 20.0 && sra3 < heun / 2.0 && ab3 < ab2 / 5.0,
        "{heun:e} {sra1:e} {sra3:e} {ab3:e}"
    );
    // Without a trap the same scheme.
    assert!((exponential / heun - 1.0).abs() < 1e-6, "{exponential:e}");
    let rough = budget(Scheme::Rk4, 1e-4);
    assert!((1e-6..1e-4).contains(&rough), "{rough:e}");
}

#[test]
fn rk4_conserves_to_the_tolerance() {
    for law in laws(Scheme::Rk4, Circulations::Unit, 1e-10, true) {
        let change = (law.measured - law.expected).abs() / law.expected.abs().max(1.0);
        assert!(change < 1e-7, "{law:?}");
    }
}
