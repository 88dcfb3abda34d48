//! The Boltzmann equation by particles: single collisions, their number and pairs, laws, moments at finite N, an exact solution, and the
//! limit of collisions that turn little. Chance passes the bounds with 1 − 1e-5 or more each, at fixed seeds.

use crate::common::finish_in;
use crate::landau::{cloud, from};
use crate::laws::in_the_mean;
use farfield_dynamics::config::{Angle, Collisions, Config, InitialConfig, ModelConfig, Scheme};
use farfield_dynamics::landau::{Dimension, bkw};
use farfield_dynamics::{ErrorBudget, Inputs, Simulation};
use rayon::prelude::*;
use std::array::from_fn;
use std::f64::consts::{PI, TAU};

const THETA: Angle = Angle::Theta(0.8);

/// λ = 1 for the time 1, but for what is changed.
fn config<const D: usize>(angle: Angle, scheme: Collisions, seed: u64) -> Config {
    let mut config = Config {
        seed,
        model: ModelConfig::Boltzmann {
            rate: 1.0,
            angle,
            scheme,
            dimension: D as u8,
        },
        initial: InitialConfig::File {
            path: "v.npy".into(),
        },
        ..Config::default()
    };
    (config.time.scheme, config.time.dt, config.time.steps) = (Scheme::Jumps, 1.0, 1);
    config.field.check_every = 0;
    config.output.min_distance_every = 0;
    config
}

fn with_rate(mut config: Config, new: f64) -> Config {
    if let ModelConfig::Boltzmann { rate, .. } = &mut config.model {
        *rate = new;
    }
    config
}

fn end<const D: usize>(velocities: &[[f64; D]], config: Config) -> Vec<[f64; D]> {
    finish_in(config, from(velocities))
        .state()
        .positions
        .clone()
}

fn difference<const D: usize>(v: [f64; D], w: [f64; D]) -> [f64; D] {
    from_fn(|a| v[a] - w[a])
}

fn dot<const D: usize>(v: [f64; D], w: [f64; D]) -> f64 {
    (0..D).map(|a| v[a] * w[a]).sum()
}

fn length<const D: usize>(v: [f64; D]) -> f64 {
    dot(v, v).sqrt()
}

/// Pearson's, of counts that should be so many.
fn chi_square(counts: &[f64], expected: &[f64]) -> f64 {
    let cells = counts.iter().zip(expected);
    cells.map(|(n, e)| (n - e).powi(2) / e).sum()
}

/// Of counts that should all be the same.
fn unevenness(counts: &[f64]) -> f64 {
    let mean = counts.iter().sum::<f64>() / counts.len() as f64;
    chi_square(counts, &vec![mean; counts.len()])
}

/// Mean over the replicas less what is expected, in standard errors.
fn z_score(values: &[f64], expected: f64) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    (mean - expected) / (variance / n).sqrt()
}

fn keeps<const D: usize>(angle: Angle)
where
    (): Dimension<D>,
{
    let mut start = cloud::<D>(300, 4);
    start.iter_mut().for_each(|v| v[0] += 100.0);
    let run = finish_in::<D>(
        with_rate(config::<D>(angle, Collisions::Kac, 5), 50.0),
        from(&start),
    );
    let sum = |v: &[[f64; D]], f: &dyn Fn([f64; D]) -> f64| v.iter().map(|v| f(*v)).sum::<f64>();
    let now = &run.state().positions;
    assert!(start.iter().zip(now).all(|(v, w)| v != w));
    let momentum: [f64; D] = from_fn(|a| sum(now, &|v| v[a]) - sum(&start, &|v| v[a]));
    assert!(length(momentum) < 1e-12 * 300.0 * 100.0, "{momentum:?}");
    let energy = sum(now, &|v| dot(v, v)) / sum(&start, &|v| dot(v, v));
    assert!((energy - 1.0).abs() < 1e-13, "{energy}");
    let laws = run.laws();
    assert_eq!(laws.len(), 2 * D + 1);
    for law in &laws[..D + 1] {
        let error = law.error() / (300.0 * 1e4);
        assert!(law.z.abs() < 1.0 && error < 1e-11, "{law:?}");
    }
}

#[test]
fn kac_keeps_momentum_and_energy() {
    for angle in [Angle::Uniform, THETA, Angle::Theta(1e-3)] {
        keeps::<2>(angle);
        keeps::<3>(angle);
    }
}

/// Two particles in the plane turn by ±θ a collision, so far as a Poisson number of turns to the left exceeds one to the right.
#[test]
fn the_number_of_collisions_is_poissons() {
    let (turn, mean) = (0.3, 4.0_f64);
    let start = [[1.0, 0.5], [0.0, 0.5]];
    let net = |seed: u64| {
        let mut config = config::<2>(Angle::Theta(turn), Collisions::Kac, seed);
        (config.time.dt, config.time.steps) = (mean / 2.0, 2);
        config.time.path_halvings = 1;
        let now = end(&start, config);
        let u = difference(now[0], now[1]);
        let turns = u[1].atan2(u[0]) / turn;
        assert!((turns - turns.round()).abs() < 1e-9);
        turns.round() as i64
    };
    let all: Vec<i64> = (0..10_000).into_par_iter().map(net).collect();
    let count = |k: i64| {
        let of = all
            .iter()
            .filter(|x| x.abs() <= 5 && **x == k || x.abs() >= 6 && 6 * x.signum() == k);
        of.count() as f64
    };
    let factorial = |k: i64| (1..=k).map(|x| x as f64).product::<f64>();
    // Skellam's law.
    let probability = |k: i64| {
        let term = |j: i64| (0.5 * mean).powi((2 * j + k) as i32) / factorial(j) / factorial(j + k);
        (-mean).exp() * (0..40).map(term).sum::<f64>()
    };
    let expected = |k: i64| match k.abs() {
        6 => (6..30).map(probability).sum::<f64>(),
        k => probability(k),
    };
    let cells = |of: &dyn Fn(i64) -> f64| (-6..=6).map(of).collect::<Vec<_>>();
    let expected = cells(&|k| 1e4 * expected(k));
    assert!((expected.iter().sum::<f64>() - 1e4).abs() < 1e-6);
    let chi = chi_square(&cells(&count), &expected);
    assert!(chi < 45.07, "{chi}");
}

/// Which particles have changed after about 0.7 collisions, where it was one pair.
fn pairs(scheme: Collisions, seed: u64) -> Option<[usize; 2]> {
    let start: [[f64; 2]; 5] = [[0.0, 0.3], [1.1, 0.0], [0.2, 1.7], [-1.3, 0.4], [0.6, -2.2]];
    let all = match scheme {
        Collisions::Kac => 2.5,
        Collisions::Nanbu => 5.0,
    };
    let now = end(
        &start,
        with_rate(config::<2>(Angle::Uniform, scheme, seed), 0.7 / all),
    );
    let changed: Vec<_> = (0..5).filter(|&i| now[i] != start[i]).collect();
    match (scheme, &changed[..]) {
        (Collisions::Kac, &[i, j]) => Some([i, j]),
        (Collisions::Nanbu, &[i]) => {
            // The partner is the one about whose middle the particle has turned.
            let of_middle = |v: [f64; 2], j: usize| {
                let middle: [f64; 2] = from_fn(|a| 0.5 * (start[i][a] + start[j][a]));
                length(difference(v, middle))
            };
            let turned = |j: &usize| (of_middle(now[i], *j) - of_middle(start[i], *j)).abs() < 1e-9;
            let j = (0..5).filter(|&j| j != i).find(turned)?;
            Some([i, j])
        }
        _ => None,
    }
}

#[test]
fn pairs_are_uniform() {
    for (scheme, cells, bound) in [(Collisions::Kac, 10, 39.34), (Collisions::Nanbu, 20, 57.37)] {
        let draws = (0..20_000u64).into_par_iter();
        let all: Vec<_> = draws.filter_map(|seed| pairs(scheme, seed)).collect();
        let mut counts = [[0.0; 5]; 5];
        all.iter().for_each(|[i, j]| counts[*i][*j] += 1.0);
        let met: Vec<f64> = counts
            .as_flattened()
            .iter()
            .copied()
            .filter(|n| *n > 0.0)
            .collect();
        assert_eq!(met.len(), cells);
        // P(one collision) is 0.35; few others look like one.
        assert!(all.len() > 6500 && all.len() < 8500, "{}", all.len());
        let chi = unevenness(&met);
        assert!(chi < bound, "{chi}");
    }
}

/// Of two particles that have met, in some ten collisions.
fn relative<const D: usize>(angle: Angle, rate: f64, seed: u64) -> [f64; D] {
    let start: [[f64; D]; 2] = [from_fn(|a| if a == 0 { 1.0 } else { 0.0 }), [0.0; D]];
    let now = end(
        &start,
        with_rate(config::<D>(angle, Collisions::Kac, seed), rate),
    );
    let u = difference(now[0], now[1]);
    assert!((length(u) - 1.0).abs() < 1e-13);
    u
}

#[test]
fn directions_are_uniform() {
    let draws = || (0..20_000u64).into_par_iter();
    let histogram = |places: &[f64]| {
        let mut counts = vec![0.0; 12];
        places
            .iter()
            .for_each(|x| counts[((12.0 * x) as usize).min(11)] += 1.0);
        unevenness(&counts)
    };
    let in_plane: Vec<[f64; 2]> = draws().map(|k| relative(Angle::Uniform, 10.0, k)).collect();
    let met = in_plane.iter().filter(|u| **u != [1.0, 0.0]);
    let turns: Vec<f64> = met.map(|u| u[1].atan2(u[0]) / TAU + 0.5).collect();
    assert!(turns.len() > 19_900 && histogram(&turns) < 43.2);
    let in_space: Vec<[f64; 3]> = draws().map(|k| relative(Angle::Uniform, 10.0, k)).collect();
    let met = in_space.iter().filter(|u| **u != [1.0, 0.0, 0.0]);
    // By Archimedes' theorem each coordinate is uniform.
    for axis in 0..3 {
        let heights: Vec<f64> = met.clone().map(|u| 0.5 * (u[axis] + 1.0)).collect();
        assert!(
            heights.len() > 19_900 && histogram(&heights) < 43.2,
            "{axis}"
        );
    }
}

/// After one collision the angle is θ, and what lies across is uniform.
#[test]
fn the_angle_is_theta() {
    let all: Vec<[f64; 3]> = (0..20_000)
        .into_par_iter()
        .map(|seed| relative(THETA, 0.5, seed))
        .collect();
    let once: Vec<_> = all
        .iter()
        .filter(|u| (u[0] - 0.8_f64.cos()).abs() < 1e-12)
        .collect();
    let expected = 2e4 * 0.5 * (-0.5_f64).exp();
    assert!((once.len() as f64 - expected).abs() < 4.5 * (0.7 * expected).sqrt());
    let mut counts = [0.0; 12];
    for u in once {
        let turn = (u[2].atan2(u[1]) + PI) / TAU;
        counts[((12.0 * turn) as usize).min(11)] += 1.0;
    }
    assert!(unevenness(&counts) < 43.2, "{counts:?}");
}

/// Of Σ (measured − expected)/√Σ e², and of squares likewise, for martingales with squares of jumps e².
fn laws_hold<const D: usize>(angle: Angle, scheme: Collisions)
where
    (): Dimension<D>,
{
    let replica = |seed: u64| {
        let mut config = config::<D>(angle, scheme, seed);
        (config.time.dt, config.time.steps) = (0.5, 3);
        finish_in(config, from(&cloud::<D>(150, seed + 7000))).laws()
    };
    let all: Vec<_> = (0..1000).into_par_iter().map(replica).collect();
    for k in 0..2 * D + 1 {
        if scheme == Collisions::Kac && k <= D {
            assert!(all.iter().all(|laws| laws[k].z.abs() <= 1.0));
            continue;
        }
        in_the_mean(&all, k);
    }
}

#[test]
fn laws_in_the_mean() {
    for scheme in [Collisions::Kac, Collisions::Nanbu] {
        for angle in [Angle::Uniform, THETA] {
            laws_hold::<2>(angle, scheme);
            laws_hold::<3>(angle, scheme);
        }
    }
}

/// Every entry of Σ (V_i − V̄)(V_i − V̄)ᵀ less its trace/d, of five particles.
fn relaxes<const D: usize>(angle: Angle, scheme: Collisions, decay: f64)
where
    (): Dimension<D>,
{
    let start = cloud::<D>(5, 11);
    let covariance = |v: &[[f64; D]]| -> [[f64; D]; D] {
        let n = v.len() as f64;
        let mean: [f64; D] = from_fn(|a| v.iter().map(|v| v[a]).sum::<f64>() / n);
        let entry = |a: usize, b: usize| -> f64 {
            v.iter().map(|v| (v[a] - mean[a]) * (v[b] - mean[b])).sum()
        };
        let trace: f64 = (0..D).map(|a| entry(a, a)).sum();
        let isotropic = |a, b| if a == b { trace / D as f64 } else { 0.0 };
        from_fn(|a| from_fn(|b| entry(a, b) - isotropic(a, b)))
    };
    let was = covariance(&start);
    let all: Vec<_> = (0..20_000)
        .into_par_iter()
        .map(|seed| covariance(&end(&start, config::<D>(angle, scheme, seed))))
        .collect();
    for a in 0..D {
        for b in 0..=a {
            let values: Vec<f64> = all.iter().map(|c| c[a][b]).collect();
            let z = z_score(&values, (-decay).exp() * was[a][b]);
            assert!(z.abs() < 4.8, "{angle:?} {scheme:?} {D} {a} {b}: {z:.1}");
        }
    }
}

#[test]
fn anisotropy_decays_at_the_exact_rate() {
    let (s, turned) = (0.8_f64.sin().powi(2), 1.0 - 0.8_f64.cos());
    // d/(2(d − 1)) is 1 in the plane and 3/4 in space, and N/(N − 1) is 5/4.
    let kac = Collisions::Kac;
    relaxes::<2>(Angle::Uniform, kac, 0.5 * 1.25);
    relaxes::<3>(Angle::Uniform, kac, 0.5 * 1.25);
    relaxes::<2>(THETA, kac, s * 1.25);
    relaxes::<3>(THETA, kac, 0.75 * s * 1.25);
    let nanbu = Collisions::Nanbu;
    relaxes::<2>(Angle::Uniform, nanbu, 0.5 + 0.25);
    relaxes::<3>(Angle::Uniform, nanbu, 0.5 + 0.25);
    relaxes::<2>(THETA, nanbu, s + 0.25 * turned);
    relaxes::<3>(THETA, nanbu, 0.75 * s + 0.25 * turned);
}

/// Σ |V_i|⁴ and |Σ V_i V_iᵀ|² of Kac's walk with Σ V_i = 0, whose means close: a collision changes the first by
/// s/(2(d − 1)) ((1 − d)(|v|⁴ + |w|⁴) + 2(1 + d)|v|²|w|² − 4(v·w)²) in the mean, the second by 2 C : Δ + |Δ|² with ⟨Δ⟩ as for the anisotropy
/// and ⟨|Δ|²⟩ = s|v − w|⁴/2.
fn fourth_moments<const D: usize>(angle: Angle, s: f64)
where
    (): Dimension<D>,
{
    let (count, d) = (6, D as f64);
    let n = count as f64;
    let mut start = cloud::<D>(count, 2);
    let mean: [f64; D] = from_fn(|a| start.iter().map(|v| v[a]).sum::<f64>() / n);
    start.iter_mut().for_each(|v| *v = difference(*v, mean));
    let both = |v: &[[f64; D]]| -> [f64; 2] {
        let fourth = v.iter().map(|v| dot(*v, *v).powi(2)).sum();
        let square = v.iter().flat_map(|x| v.iter().map(|y| dot(*x, *y).powi(2)));
        [fourth, square.sum()]
    };
    let energy: f64 = start.iter().map(|v| dot(*v, *v)).sum();
    let rate = |[m, r]: [f64; 2]| {
        let of_fourth =
            ((1.0 + d) * energy * energy - (d - 1.0) * n * m - 2.0 * r) / (2.0 * (d - 1.0));
        let of_mean = d / (d - 1.0) * n * (energy * energy / d - r);
        let of_square = 0.5 * (n * m + energy * energy + 2.0 * r);
        [of_fourth, of_mean + of_square].map(|x| s / (n - 1.0) * x)
    };
    let mut expected = both(&start);
    for _ in 0..1000 {
        // The midpoint rule, good to 1e-6.
        let ahead =
            |from: [f64; 2], by: [f64; 2], h: f64| -> [f64; 2] { from_fn(|k| from[k] + h * by[k]) };
        let middle = ahead(expected, rate(expected), 5e-4);
        expected = ahead(expected, rate(middle), 1e-3);
    }
    let all: Vec<_> = (0..20_000)
        .into_par_iter()
        .map(|seed| both(&end(&start, config::<D>(angle, Collisions::Kac, seed))))
        .collect();
    for k in 0..2 {
        let values: Vec<f64> = all.iter().map(|both| both[k]).collect();
        let z = z_score(&values, expected[k]);
        assert!(z.abs() < 4.8, "{angle:?} {D} {k}: {z:.1}");
        // Far from where it was.
        assert!(z_score(&values, both(&start)[k]).abs() > 20.0);
    }
}

#[test]
fn fourth_moments_of_few_particles() {
    let s = 0.8_f64.sin().powi(2);
    fourth_moments::<2>(Angle::Uniform, 0.5);
    fourth_moments::<3>(Angle::Uniform, 2.0 / 3.0);
    fourth_moments::<2>(THETA, s);
    fourth_moments::<3>(THETA, s);
}

/// Bobylev's mode, 1 − K ∝ e^{−λst/4}: e^{−t/8} in the plane and e^{−t/6} in space where σ is uniform.
fn exact_solution<const D: usize>(angle: Angle, scheme: Collisions, decay: f64)
where
    (): Dimension<D>,
{
    let (n, d) = (100_000, D as f64);
    let start = d / (d + 2.0);
    let mut config = config::<D>(angle, scheme, 5);
    config.initial = InitialConfig::Bkw { n, start };
    (config.time.dt, config.time.steps) = (1.0, 3);
    let run = finish_in::<D>(config, Inputs::default());
    let all = run.state().positions.iter().map(|v| dot(*v, *v).powi(2));
    let fourth: Vec<f64> = all.collect();
    let moment = |k: f64| bkw::fourth_moment(D, k);
    let k = 1.0 - (1.0 - start) * (-3.0 * decay).exp();
    let z = |expected: f64| z_score(&fourth, expected);
    assert!(
        z(moment(k)).abs() < 4.8,
        "{angle:?} {scheme:?} {}",
        z(moment(k))
    );
    assert!(z(moment(start)) > 10.0 && z(moment(1.0)) < -10.0);
}

#[test]
fn bobylev_krook_wu() {
    let s = 0.8_f64.sin().powi(2);
    for scheme in [Collisions::Kac, Collisions::Nanbu] {
        exact_solution::<2>(Angle::Uniform, scheme, 1.0 / 8.0);
        exact_solution::<3>(Angle::Uniform, scheme, 1.0 / 6.0);
        exact_solution::<2>(THETA, scheme, 0.25 * s);
        exact_solution::<3>(THETA, scheme, 0.25 * s);
    }
}

/// For λ sin²θ = 8(d − 1) (N − 1)/N and θ → 0 Nanbu's scheme becomes the system that the Landau equation is run by.
fn grazing<const D: usize>()
where
    (): Dimension<D>,
{
    let (n, theta, time, replicas) = (10, 0.05_f64, 0.05, 4000);
    let start = cloud::<D>(n, 8);
    let rate = 8.0 * (D as f64 - 1.0) / theta.sin().powi(2) * (1.0 - (n as f64).recip());
    let boltzmann = |seed| {
        let mut config = config::<D>(Angle::Theta(theta), Collisions::Nanbu, seed);
        config.time.dt = time;
        with_rate(config, rate)
    };
    let landau = |seed| {
        let mut config = boltzmann(seed);
        config.model = ModelConfig::Landau {
            gamma: 0.0,
            dimension: D as u8,
        };
        (config.time.dt, config.time.steps) = (0.01 * time, 100);
        config.time.scheme = Scheme::EulerMaruyama;
        config
    };
    let means = |v: &[[f64; D]]| -> [f64; 3] {
        let mean = |f: &dyn Fn(&[f64; D]) -> f64| v.iter().map(f).sum::<f64>() / n as f64;
        [
            mean(&|v| v[0].powi(2)),
            mean(&|v| v[0].powi(4)),
            mean(&|v| (v[0] * v[1]).powi(2)),
        ]
    };
    let replicas = |of: &(dyn Fn(u64) -> Config + Sync)| -> Vec<[f64; 3]> {
        let seeds = (0..replicas).into_par_iter();
        seeds.map(|seed| means(&end(&start, of(seed)))).collect()
    };
    let (collided, diffused) = (replicas(&boltzmann), replicas(&landau));
    for k in 0..3 {
        // The seeds have nothing in common but their numbers.
        let gaps = collided.iter().zip(&diffused).map(|(a, b)| a[k] - b[k]);
        let gaps: Vec<f64> = gaps.collect();
        let z = z_score(&gaps, 0.0);
        assert!(z.abs() < 4.8, "{D} {k}: {z:.1}");
        let moved: Vec<f64> = collided.iter().map(|a| a[k]).collect();
        assert!(k == 2 || z_score(&moved, means(&start)[k]).abs() > 10.0);
    }
}

#[test]
fn collisions_that_turn_little_are_landaus() {
    grazing::<2>();
    grazing::<3>();
}

#[test]
fn few_particles() {
    for scheme in [Collisions::Kac, Collisions::Nanbu] {
        for angle in [Angle::Uniform, THETA] {
            // One meets none, and two of one velocity stay.
            for n in [1, 2] {
                let start = vec![[1.0, 2.0, -0.1]; n];
                let config = with_rate(config::<3>(angle, scheme, 3), 20.0);
                let run = finish_in(config, from(&start));
                assert_eq!(run.state().positions, start);
                assert!(run.laws().iter().all(|law| law.z == 0.0));
            }
        }
    }
}

/// Pieces of the same length give the same path, so that steps do no harm.
#[test]
fn steps_have_no_error() {
    let start = cloud::<3>(50, 3);
    let with = |dt: f64, steps: u64, path_halvings: u8| {
        let mut config = config::<3>(Angle::Uniform, Collisions::Kac, 3);
        (config.time.dt, config.time.steps) = (dt, steps);
        config.time.path_halvings = path_halvings;
        config
    };
    let fine = end(&start, with(0.25, 8, 0));
    assert_eq!(end(&start, with(0.5, 4, 1)), fine);
    assert_eq!(end(&start, with(2.0, 1, 3)), fine);
    let mut config = with(0.5, 4, 0);
    config.initial = InitialConfig::Bkw {
        n: 2000,
        start: 0.6,
    };
    let budget = ErrorBudget::of::<3>(&config, &Inputs::default()).unwrap();
    for mean in &budget.means {
        assert!(mean.steps == 0.0 && mean.sums == 0.0 && mean.chance > 0.0);
    }
    assert_eq!(budget.dt, ErrorBudget::MOST * 0.5);
}

#[test]
fn bad_input() {
    let refused = |config: Config| {
        let made = Simulation::new(config, from(&[[0.0, 1.0], [1.0, 0.0]]));
        made.map(|_| ()).unwrap_err().to_string()
    };
    let good = || config::<2>(Angle::Uniform, Collisions::Kac, 0);
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = refused(with_rate(good(), rate));
        assert_eq!(
            error,
            format!("model.rate: {rate} (allowed: finite and above 0)")
        );
    }
    for theta in [0.0, PI, -0.5, f64::NAN] {
        let error = refused(config::<2>(Angle::Theta(theta), Collisions::Kac, 0));
        assert_eq!(
            error,
            format!("model.angle.theta: {theta} (allowed: above 0 and below π)")
        );
    }
    for (scheme, name) in [
        (Scheme::Ab2Maruyama, "ab2-maruyama"),
        (Scheme::EulerMaruyama, "euler-maruyama"),
        (Scheme::Rk4, "rk4"),
    ] {
        let mut config = good();
        config.time.scheme = scheme;
        let expected = format!(
            "time.scheme: {name} with model.kind = \"boltzmann\" (allowed: jumps, as the particles do nothing else)"
        );
        assert_eq!(refused(config), expected);
    }
    let mut still = Config::default();
    still.time.scheme = Scheme::Jumps;
    assert_eq!(
        refused(still),
        "time.scheme: jumps with model.kind = \"vortex\" (allowed: a scheme for a drift, as the particles do not jump)"
    );
    let mut pairs = good();
    pairs.time.two_body = Some(true);
    assert!(refused(pairs).starts_with("time.two_body: true with jumps"));
}

/// A step with more collisions than can be told apart is refused, and the state stays.
#[test]
fn steps_with_too_many_collisions() {
    let start = [[0.0, 1.0], [1.0, 0.0]];
    let config = with_rate(config::<2>(Angle::Uniform, Collisions::Kac, 0), 1e12);
    let mut run = Simulation::new(config, from(&start)).unwrap();
    let error = run.step().unwrap_err().to_string();
    assert_eq!(
        error,
        "time.dt: 1e0, in which 1.0e12 collisions are expected (allowed: at most 2147483648 collisions in dt/2^path_halvings)"
    );
    assert_eq!(
        (&run.state().positions[..], run.state().step),
        (&start[..], 0)
    );
}
