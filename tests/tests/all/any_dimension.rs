//! The direct sum in dimensions that are known at run time: formulas, laws, scales, few and coincident points, refusals,
//! reproducibility.

use crate::compare::{norm, relative_l2};
use crate::radial::Phi;
use crate::refusals::refused;
use farfield::direct::any_dimension::{SumsNd, evaluate};
use farfield::{
    Coulomb2d, Coulomb3d, Error, ErrorKind, Kernel, KernelNd, Outputs, RadialKernel, Real, Riesz,
    direct,
};
use lanes::Chosen;
use std::f64::consts::{PI, TAU};

/// Areas of the unit spheres in 1 to 8 dimensions.
const AREAS: [f64; 8] = [
    2.0,
    TAU,
    2.0 * TAU,
    2.0 * PI * PI,
    8.0 / 3.0 * PI * PI,
    PI * PI * PI,
    16.0 / 15.0 * PI * PI * PI,
    PI * PI * PI * PI / 3.0,
];

const ALL: Outputs = Outputs {
    field: true,
    potential: true,
    gradient: true,
};

/// Numbers in (−1, 1) without a pattern.
fn wild(n: usize, step: f64) -> Vec<f64> {
    (0..n)
        .map(|i| (step * (i + 1) as f64 * 78.233).sin())
        .collect()
}

/// One strength vector, every output.
fn sums(d: usize, targets: &[f64], sources: &[f64], w: &[f64], kernel: &KernelNd) -> SumsNd<f64> {
    let sums = evaluate(d, targets, sources, &[w], kernel, ALL, None);
    sums.expect("a valid sum").remove(0)
}

/// A kernel, and its φ, r φ′ and g.
struct Formula {
    kernel: KernelNd,
    /// How far its pairs may be from that, with room for the sum.
    error: f64,
    of_r: Box<dyn Fn(f64) -> [f64; 3]>,
}

/// A power s times c.
fn power(kernel: KernelNd, s: f64, c: f64) -> Formula {
    let of_r = move |r: f64| {
        let phi = c * r.powf(-s - 2.0);
        let g = if s == 0.0 { -r.ln() } else { r.powf(-s) / s };
        [phi, -(s + 2.0) * phi, c * g]
    };
    Formula {
        kernel,
        error: 2e-13,
        of_r: Box::new(of_r),
    }
}

fn formulas(d: usize) -> Vec<Formula> {
    let riesz = |s: f64| power(KernelNd::Riesz(Riesz { s }), s, 1.0);
    let powers = [0.0, 0.3, 1.0, 2.0, 3.0, d as f64 - 0.5];
    let mut all = vec![power(KernelNd::Coulomb, d as f64 - 2.0, 1.0 / AREAS[d - 1])];
    all.extend(powers.into_iter().filter(|s| *s < d as f64).map(riesz));
    let smooth = RadialKernel::new(&Phi(|r: f64| 1.0 / (r * r + 0.25))).unwrap();
    all.push(Formula {
        kernel: KernelNd::Radial(smooth),
        // Slopes of a table of polynomials, in gradients that cancel.
        error: 1e-11,
        // φ decays too slowly for a potential that vanishes at infinity: it does at r = 1.
        of_r: Box::new(|r: f64| {
            let square = r * r + 0.25;
            let g = -0.5 * (square / 1.25).ln();
            [1.0 / square, -2.0 * (r / square).powi(2), g]
        }),
    });
    all
}

/// The sums as they are written.
fn naive(d: usize, targets: &[f64], sources: &[f64], w: &[f64], formula: &Formula) -> SumsNd<f64> {
    let mut sums = SumsNd::default();
    for x in targets.chunks(d) {
        let (mut u, mut potential, mut gradient) = (vec![0.0; d], 0.0, vec![0.0; d * d]);
        for (y, w) in sources.chunks(d).zip(w) {
            let z: Vec<f64> = (0..d).map(|a| x[a] - y[a]).collect();
            let r = norm(&z);
            if r == 0.0 {
                continue;
            }
            let [phi, slope, g] = (formula.of_r)(r);
            potential += w * g;
            for a in 0..d {
                u[a] += w * phi * z[a];
                for b in 0..d {
                    let on_diagonal = if a == b { phi } else { 0.0 };
                    gradient[a * d + b] += w * (on_diagonal + slope * (z[a] * z[b] / (r * r)));
                }
            }
        }
        sums.field.extend(u);
        sums.potential.push(potential);
        sums.gradient.extend(gradient);
    }
    sums
}

/// Every output to an error.
fn close<T: Real>(found: &SumsNd<T>, exact: &SumsNd<f64>, error: f64, what: &str) {
    for (name, found, exact) in [
        ("field", &found.field, &exact.field),
        ("potential", &found.potential, &exact.potential),
        ("gradient", &found.gradient, &exact.gradient),
    ] {
        let far = relative_l2(found, exact);
        assert!(far <= error, "{name} of {what}: {far:e}");
    }
}

/// Numbers of sources that fill tiles and vectors, and such that do not.
#[test]
fn against_sums_written_down_again() {
    for d in [1, 4, 5, 7] {
        for formula in formulas(d) {
            for (m, n) in [(1, 1), (9, 128), (150, 301)] {
                let (targets, sources) = (wild(m * d, 1.0), wild(n * d, 1.7));
                let w = wild(n, 0.3);
                let exact = naive(d, &targets, &sources, &w, &formula);
                let found = sums(d, &targets, &sources, &w, &formula.kernel);
                let name = format!("{} in {d} dimensions, {m} and {n}", formula.kernel.name());
                close(&found, &exact, formula.error, &name);
            }
        }
    }
}

#[test]
fn every_instruction_set_and_precision() {
    let (d, n) = (5, 203);
    let (points, w) = (wild(n * d, 1.0), wild(n, 0.3));
    let single = |numbers: &[f64]| -> Vec<f32> { numbers.iter().map(|x| *x as f32).collect() };
    let (points32, w32) = (single(&points), single(&w));
    let wide = |numbers: &[f32]| -> Vec<f64> { numbers.iter().map(|x| f64::from(*x)).collect() };
    for formula in formulas(d) {
        let name = formula.kernel.name();
        let exact = naive(d, &points, &points, &w, &formula);
        let rounded = naive(d, &wide(&points32), &wide(&points32), &wide(&w32), &formula);
        for set in Chosen::all().map(|chosen| Some(chosen.set())) {
            let found = evaluate(d, &points, &points, &[&w], &formula.kernel, ALL, set).unwrap();
            close(&found[0], &exact, formula.error, &name);
            let found =
                evaluate(d, &points32, &points32, &[&w32], &formula.kernel, ALL, set).unwrap();
            close(&found[0], &rounded, 6e-8, &name);
        }
    }
}

/// The direct sum of a dimension that is known when it is compiled.
fn compiled<K: Kernel<D, Strength<f64> = f64>, const D: usize>(kernel: K, same: KernelNd) {
    let (targets, sources, w) = (wild(40 * D, 1.0), wild(150 * D, 1.7), wild(150, 0.3));
    let (x, y) = (targets.as_chunks().0, sources.as_chunks().0);
    let exact = direct::evaluate(x, y, &[&w], kernel, ALL, None)
        .unwrap()
        .remove(0);
    let exact = SumsNd {
        field: exact.field.as_flattened().to_vec(),
        potential: exact.potential,
        gradient: exact.gradient.as_flattened().as_flattened().to_vec(),
    };
    close(
        &sums(D, &targets, &sources, &w, &same),
        &exact,
        3e-14,
        &same.name(),
    );
}

#[test]
fn as_in_the_plane_and_in_space() {
    compiled::<_, 2>(Coulomb2d, KernelNd::Coulomb);
    compiled::<_, 3>(Coulomb3d, KernelNd::Coulomb);
    for s in [0.0, 0.7, 1.0, 1.9] {
        compiled::<_, 2>(Riesz { s }, KernelNd::Riesz(Riesz { s }));
        compiled::<_, 3>(Riesz { s }, KernelNd::Riesz(Riesz { s }));
    }
    let radial = RadialKernel::new(&Phi(|r: f64| (-r * r).exp())).unwrap();
    compiled::<_, 2>(radial.clone(), KernelNd::Radial(radial.clone()));
    compiled::<_, 3>(radial.clone(), KernelNd::Radial(radial));
}

/// φ = 1 sees every pair once: the field is Σ w (x − y), and its gradient Σ w.
#[test]
fn every_pair_once() {
    let kernel = KernelNd::Radial(RadialKernel::new(&Phi(|_: f64| 1.0)).unwrap());
    for (d, n) in [
        (1, 1),
        (4, 15),
        (4, 16),
        (4, 17),
        (6, 127),
        (6, 129),
        (9, 300),
    ] {
        // Whole numbers, so that all of it is exact.
        let points: Vec<f64> = (0..n * d).map(|i| ((i * i + 7 * i) % 53) as f64).collect();
        let w: Vec<f64> = (0..n).map(|i| (i % 5) as f64 - 1.0).collect();
        let targets: Vec<f64> = (0..13 * d).map(|i| (i % 61) as f64 + 0.5).collect();
        let found = sums(d, &targets, &points, &w, &kernel);
        let total: f64 = w.iter().sum();
        for (i, x) in targets.chunks(d).enumerate() {
            for a in 0..d {
                let first: f64 = points.chunks(d).zip(&w).map(|(y, w)| w * y[a]).sum();
                let expected = total * x[a] - first;
                assert!((found.field[i * d + a] - expected).abs() < 1e-10, "{d} {n}");
                for b in 0..d {
                    let expected = if a == b { total } else { 0.0 };
                    let g = found.gradient[(i * d + a) * d + b];
                    assert!((g - expected).abs() < 1e-10, "{d} {n}");
                }
            }
        }
    }
}

/// On a line the field is half of what lies to the left less what lies to the right, and the potential has no curve between.
#[test]
fn charges_on_a_line() {
    let sources: Vec<f64> = (0..200).map(|i| f64::from(i * 37 % 211)).collect();
    let w = vec![1.0; 200];
    let targets = [-5.0, 0.0, 17.0, 100.25, 210.0, 900.0];
    let found = sums(1, &targets, &sources, &w, &KernelNd::Coulomb);
    for (i, x) in targets.into_iter().enumerate() {
        let signs = sources
            .iter()
            .filter(|y| **y != x)
            .map(|y| (x - y).signum());
        let expected = 0.5 * signs.sum::<f64>();
        assert!((found.field[i] - expected).abs() < 1e-13, "{x}");
        let distances: f64 = sources.iter().map(|y| (x - y).abs()).sum();
        assert!((found.potential[i] + 0.5 * distances).abs() < 1e-10, "{x}");
        assert!(found.gradient[i].abs() < 1e-12, "{x}");
    }
}

/// Newton: the 24-cell in four dimensions has the means of the sphere up to degree 5, so that it has the potential of a
/// shell inside of it, and of a point outside, but for r⁶.
#[test]
fn a_shell_in_four_dimensions() {
    let mut shell = vec![];
    for a in 0..4 {
        for sign in [1.0, -1.0] {
            let mut corner = [0.0; 4];
            corner[a] = sign;
            shell.extend(corner);
        }
    }
    let half = |bits: usize, a: usize| if bits >> a & 1 == 0 { 0.5 } else { -0.5 };
    shell.extend((0..16).flat_map(|bits| (0..4).map(move |a| half(bits, a))));
    let direction = [0.6, -0.48, 0.0, 0.64];
    let at = |r: f64| direction.map(|x| r * x);
    let w = vec![1.0; 24];
    let inside = sums(4, &at(0.05), &shell, &w, &KernelNd::Coulomb);
    let whole = 24.0 / (4.0 * PI * PI);
    assert!((inside.potential[0] / whole - 1.0).abs() < 1e-6);
    assert!(norm(&inside.field) < 1e-5 * whole);
    let outside = sums(4, &at(20.0), &shell, &w, &KernelNd::Coulomb);
    assert!((outside.potential[0] * 400.0 / whole - 1.0).abs() < 1e-6);
    let force = at(20.0).map(|x| 2.0 * whole * x / 20.0f64.powi(4));
    assert!(relative_l2(&outside.field, &force) < 1e-6);
}

/// −Δg = 0 away from the charges.
#[test]
fn the_divergence_of_coulombs_field() {
    for d in [1, 2, 4, 5, 8, 40] {
        let (targets, sources, w) = (wild(20 * d, 1.0), wild(50 * d, 1.7), wild(50, 0.3));
        let gradient = sums(d, &targets, &sources, &w, &KernelNd::Coulomb).gradient;
        for g in gradient.chunks(d * d) {
            let trace: f64 = (0..d).map(|a| g[a * d + a]).sum();
            assert!(trace.abs() <= 1e-12 * norm(g) * d as f64, "{d}: {trace:e}");
            (0..d * d).for_each(|k| assert_eq!(g[k], g[k % d * d + k / d]));
        }
    }
}

/// Also where a unit of length to the power of the kernel would leave the range of the numbers.
#[test]
fn few_and_coincident_points() {
    for d in [1, 4, 6] {
        for formula in formulas(d) {
            let kernel = &formula.kernel;
            let nothing = sums(d, &wild(3 * d, 1.0), &[], &[], kernel);
            assert!(nothing.field == vec![0.0; 3 * d] && nothing.potential == [0.0; 3]);
            assert_eq!(
                sums(d, &[], &wild(3 * d, 1.0), &[1.0; 3], kernel),
                SumsNd::default()
            );
            assert_eq!(sums(d, &[], &[], &[], kernel), SumsNd::default());
            let one = wild(d, 1.0);
            let alone = sums(d, &one, &one, &[3.0], kernel);
            assert!(alone.field == vec![0.0; d] && alone.potential == [0.0]);
            assert_eq!(alone.gradient, vec![0.0; d * d]);
            // A pair twice over: those at one place see the other place alone.
            let other = wild(d, 2.0);
            let four = [&one[..], &one, &other, &other].concat();
            let found = sums(d, &four, &four, &[1.0, 2.0, 4.0, 8.0], kernel);
            let exact = naive(
                d,
                &four,
                &[&one[..], &other].concat(),
                &[3.0, 12.0],
                &formula,
            );
            close(&found, &exact, formula.error, &kernel.name());
            let same = one.repeat(40);
            let found = sums(d, &same, &same, &[1.0; 40], kernel);
            assert!(found.field.iter().chain(&found.gradient).all(|u| *u == 0.0));
        }
    }
    let close = vec![1e-20; 300];
    let found = sums(100, &close, &close, &[1.0; 3], &KernelNd::Coulomb);
    assert!(found.field == [0.0; 300] && found.potential == [0.0; 3]);
}

/// Powers of two that come near the ends of the range, for lengths and for strengths.
#[test]
fn scales() {
    let (n, total) = (60, wild(60, 0.3).iter().sum::<f64>());
    for (d, kernel, s) in [
        (4, KernelNd::Riesz(Riesz { s: 0.0 }), 0.0),
        (1, KernelNd::Coulomb, -1.0),
        (5, KernelNd::Riesz(Riesz { s: 0.01 }), 0.01),
    ] {
        let (points, w) = (wild(n * d, 1.0), wild(n, 0.3));
        let both = Outputs::BOTH;
        let of = |points: &[f64], w: &[f64]| {
            let sums = evaluate(d, points, points, &[w], &kernel, both, None);
            sums.unwrap().remove(0)
        };
        let times =
            |numbers: &[f64], x: f64| -> Vec<f64> { numbers.iter().map(|y| y * x).collect() };
        let usual = of(&points, &w);
        for exponent in [-990, -300, 300, 1000] {
            let length = 2f64.powi(exponent);
            let found = of(&times(&points, length), &w);
            let to_unit = length.powf(s);
            let field = times(&times(&found.field, length), to_unit);
            assert!(relative_l2(&field, &usual.field) < 1e-13, "{d} {exponent}");
            let mut potential = times(&found.potential, to_unit);
            if s == 0.0 {
                // −log r is less by the logarithm of the length, for all but the point itself.
                let own = potential.iter_mut().zip(&w);
                own.for_each(|(g, w)| *g += length.ln() * (total - w));
            }
            assert!(
                relative_l2(&potential, &usual.potential) < 1e-12,
                "{d} {exponent}"
            );
        }
        for exponent in [-1000, 1000] {
            let size = 2f64.powi(exponent);
            let found = of(&points, &times(&w, size));
            assert_eq!(found.field, times(&usual.field, size));
            assert_eq!(found.potential, times(&usual.potential, size));
        }
    }
}

/// z φ may stay within the range of the numbers where φ leaves it.
#[test]
fn close_pairs() {
    let r = 2f64.powi(-100);
    let kernel = KernelNd::Riesz(Riesz { s: 8.5 });
    let mut points = vec![0.0; 40];
    (points[10], points[20], points[39]) = (r, 0.5, 1.0);
    let of = |outputs| {
        evaluate(
            10,
            &points[..10],
            &points,
            &[&[0.0, 1.0, 0.0, 0.0]],
            &kernel,
            outputs,
            None,
        )
    };
    let found = of(Outputs::FIELD).unwrap();
    assert!((found[0].field[0] / -r.powf(-9.5) - 1.0).abs() < 1e-12);
    let error = of(Outputs::GRADIENT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overflow);
    points[10] = 2f64.powi(-200);
    let of = |outputs| {
        evaluate(
            10,
            &points[..10],
            &points,
            &[&[0.0, 1.0, 0.0, 0.0]],
            &kernel,
            outputs,
            None,
        )
    };
    refused(of(Outputs::FIELD), &["field[0] of vector 0", "not finite"]);
    refused(
        of(Outputs::POTENTIAL),
        &["potential[0] of vector 0", "not finite"],
    );
}

#[test]
fn what_is_refused() {
    let points = wild(40, 1.0);
    let of = |d: usize, targets: &[f64], sources: &[f64], w: &[&[f64]], kernel: KernelNd| {
        evaluate(d, targets, sources, w, &kernel, Outputs::FIELD, None)
    };
    let coulomb = || KernelNd::Coulomb;
    refused(
        of(0, &[], &[], &[&[]], coulomb()),
        &["dimension", "0", "1 or more"],
    );
    let short = of(4, &points[..39], &points, &[&[1.0; 10]], coulomb());
    refused(short, &["targets: 39 numbers", "4 for each point"]);
    let short = of(4, &points, &points[..38], &[&[1.0; 10]], coulomb());
    refused(short, &["sources: 38 numbers", "4 for each point"]);
    let most = of(257, &[], &[], &[&[]], coulomb());
    refused(most, &["dimension: 257", "1 to 256 with coulomb"]);
    refused(
        of(4, &points, &points, &[], coulomb()),
        &["strengths", "no vector"],
    );
    let few = of(4, &points, &points, &[&[1.0; 9]], coulomb());
    refused(
        few,
        &["strengths: 9 numbers", "one for each of the 10 sources"],
    );
    for value in [f64::NAN, f64::INFINITY] {
        let mut bad = points.clone();
        bad[22] = value;
        let value_in_words = value.to_string();
        for (cloud, targets, sources) in
            [("targets[5]", &bad, &points), ("sources[5]", &points, &bad)]
        {
            let found = of(4, targets, sources, &[&[1.0; 10]], coulomb());
            refused(found, &[cloud, &value_in_words, "component 2", "finite"]);
        }
        let mut w = [1.0; 10];
        w[3] = value;
        let found = of(4, &points, &points, &[&[1.0; 10], &w], coulomb());
        refused(found, &["strengths[1][3]", "finite"]);
    }
    for s in [-0.5, 4.0, f64::NAN] {
        let found = of(
            4,
            &points,
            &points,
            &[&[1.0; 10]],
            KernelNd::Riesz(Riesz { s }),
        );
        refused(
            found,
            &["kernel: s", &s.to_string(), "0 or more and below 4"],
        );
    }
    let mut tiny = points.clone();
    tiny[9] = 1e-200;
    let found = of(4, &tiny, &points, &[&[1.0; 10]], coulomb());
    refused(found, &["targets[2]", "1e-200", "0 or at least"]);
    let kink = RadialKernel::new(&Phi(|r: f64| (r - 2.9).abs())).unwrap();
    // Reached by the diagonal alone.
    let corners = [[0.0; 9], [1.0; 9]].concat();
    let found = of(9, &corners, &corners, &[&[1.0; 2]], KernelNd::Radial(kink));
    refused(found, &["kernel: field", "not smooth near r = "]);
    let huge = of(
        4,
        &points,
        &points,
        &[&[1e308; 10]],
        KernelNd::Riesz(Riesz { s: 3.5 }),
    );
    assert_eq!(huge.unwrap_err().kind(), ErrorKind::Overflow);
}

#[test]
fn names() {
    for name in ["coulomb", "riesz:s=4.5"] {
        assert_eq!(name.parse::<KernelNd>().unwrap().name(), name);
    }
    for name in [
        "coulombs",
        "coulomb:core=gaussian,delta=1",
        "biot-savart",
        "riesz",
        "riesz:s=-1",
    ] {
        let refused: Result<KernelNd, Error> = name.parse();
        assert!(
            refused.unwrap_err().to_string().starts_with("kernel"),
            "{name}"
        );
    }
}

/// The same bytes for any number of threads, and for a strength vector alone or among others.
#[test]
fn threads_and_vectors() {
    let (d, n) = (5, 700);
    let (points, w, v) = (wild(n * d, 1.0), wild(n, 0.3), wild(n, 0.9));
    for formula in formulas(d) {
        let kernel = &formula.kernel;
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let sum = || evaluate(d, &points, &points, &[&w, &v], kernel, ALL, None).unwrap();
            pool.unwrap().install(sum)
        };
        let one = with(1);
        assert!(one == with(4) && one == with(3), "{}", kernel.name());
        assert!(one[1] == sums(d, &points, &points, &v, kernel));
        let field = evaluate(d, &points, &points, &[&w], kernel, Outputs::FIELD, None).unwrap();
        assert!(field[0].field == one[0].field && field[0].potential.is_empty());
        assert!(field[0].gradient.is_empty());
    }
}
