//! The error that is reached stays below the tolerance, and not far below where that costs time.

use crate::cloud::{RING_RADIUS, Shape, Signs, rounded, widened};
use crate::compare::{absolute_field, absolute_potential, distance, exact, norm, relative_l2};
use farfield::{BiotSavart2d, Guarantee, Options, Outputs, Plan, Real, Sums};
use std::fmt;

const DOUBLE: [f64; 4] = [1e-3, 1e-6, 1e-9, 1e-12];
const SINGLE: [f64; 2] = [1e-3, 1e-5];
/// Errors below tolerance/300 on plain clouds are accuracy bought twice.
const BOUGHT_TWICE: f64 = 300.0;

struct Row {
    precision: &'static str,
    shape: Shape,
    signs: Signs,
    n: usize,
    tolerance: f64,
    field: f64,
    potential: f64,
}

impl Row {
    /// At most the tolerance (NaN is not); and as one order serves field and potential, not far below it in both.
    fn is_good(&self) -> bool {
        let plain = matches!(self.shape, Shape::Uniform | Shape::Gaussian);
        let may_be_tight = plain && self.signs == Signs::Random && self.precision == "f64";
        let [field, potential] = [self.field, self.potential];
        let tight = field.max(potential) >= self.tolerance / BOUGHT_TWICE;
        field <= self.tolerance && potential <= self.tolerance && (tight || !may_be_tight)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:4} {:12} {:7} {:8} {:8.0e} {:8.1e} {:8.1e}",
            self.precision,
            format!("{:?}", self.shape),
            format!("{:?}", self.signs),
            self.n,
            self.tolerance,
            self.field,
            self.potential
        )
    }
}

fn assert_good(rows: &[Row]) {
    let bad: Vec<String> = rows
        .iter()
        .filter(|row| !row.is_good())
        .map(Row::to_string)
        .collect();
    let table = bad.join("\n");
    assert!(
        bad.is_empty(),
        "     cloud        signs          N      tol    field potential\n{table}"
    );
}

/// Errors at `samples` targets, relative to the exact sums at those targets.
fn rows<T: Real>(shape: Shape, n: usize, samples: usize, tolerances: &[f64]) -> Vec<Row> {
    let points = rounded::<T, 2>(&shape.points(n, n as u64));
    let wide = widened(&points);
    let sample: Vec<usize> = (0..samples.min(n))
        .map(|k| k * n / samples.min(n))
        .collect();
    let targets: Vec<[f64; 2]> = sample.iter().map(|&i| wide[i]).collect();
    let mut rows = vec![];
    for signs in Signs::BOTH {
        let w: Vec<T> = signs
            .strengths(n, n as u64)
            .into_iter()
            .map(T::from_f64)
            .collect();
        let wide_w: Vec<f64> = w.iter().map(|w| w.to_f64()).collect();
        let exact = exact(&targets, &wide, &wide_w, BiotSavart2d);
        for &tolerance in tolerances {
            let plan = Plan::new(&points, BiotSavart2d, Options::tolerance(tolerance)).unwrap();
            let Sums {
                field, potential, ..
            } = plan.evaluate(&[&w], Outputs::BOTH).unwrap().sums.remove(0);
            let field: Vec<[T; 2]> = sample.iter().map(|&i| field[i]).collect();
            let potential: Vec<T> = sample.iter().map(|&i| potential[i]).collect();
            rows.push(Row {
                precision: T::NAME,
                shape,
                signs,
                n,
                tolerance,
                field: relative_l2(field.as_flattened(), exact.field.as_flattened()),
                potential: relative_l2(&potential, &exact.potential),
            });
        }
    }
    rows
}

/// Every cloud, in both precisions.
fn corpus(n: usize, samples: usize) {
    let all = Shape::ALL.into_iter().flat_map(|shape| {
        let mut both = rows::<f64>(shape, n, samples, &DOUBLE);
        both.extend(rows::<f32>(shape, n, samples, &SINGLE));
        both
    });
    assert_good(&all.collect::<Vec<_>>());
}

#[test]
fn corpus_of_a_thousand() {
    corpus(1000, 1000);
}

#[test]
fn corpus_of_ten_thousand() {
    corpus(10_000, 10_000);
}

#[test]
fn corpus_of_a_hundred_thousand() {
    corpus(100_000, 1000);
}

#[test]
fn a_million() {
    for (shape, tolerance) in [
        (Shape::Uniform, 1e-6),
        (Shape::Gaussian, 1e-12),
        (Shape::Cauchy, 1e-9),
        (Shape::Spiral, 1e-6),
    ] {
        assert_good(&rows::<f64>(shape, 1_000_000, 300, &[tolerance]));
    }
    assert_good(&rows::<f32>(Shape::Uniform, 1_000_000, 300, &[1e-5]));
}

/// The pointwise promise holds at every target, also where the sums cancel.
#[test]
fn pointwise_at_every_target() {
    let n = 3000;
    let lattice = (0..n).map(|i| [(i % 55) as f64, (i / 55) as f64]).collect();
    let clouds = Shape::ALL
        .iter()
        .map(|shape| shape.points(n, 5))
        .chain([lattice]);
    for (c, points) in clouds.enumerate() {
        for signs in Signs::BOTH {
            let w = signs.strengths(n, 6);
            let exact = exact(&points, &points, &w, BiotSavart2d).field;
            let sizes = absolute_field(&points, &points, &w);
            for tolerance in DOUBLE {
                let options = Options::tolerance(tolerance).guarantee(Guarantee::Pointwise);
                let found = Plan::new(&points, BiotSavart2d, options)
                    .unwrap()
                    .field(&w)
                    .unwrap();
                for (i, (u, v)) in found.iter().zip(&exact).enumerate() {
                    let error = (u[0] - v[0]).hypot(u[1] - v[1]);
                    assert!(
                        error <= tolerance * sizes[i],
                        "cloud {c}, {signs:?}, {tolerance:e}, target {i}: {error:e} of {:e}",
                        sizes[i]
                    );
                }
            }
        }
    }
}

/// On the unit circle the potential of one sign cancels, as the circle's capacity is 1: no tolerance can be relative to what
/// is left, but the error stays relative to the sum of the parts.
#[test]
fn potential_that_cancels() {
    let points: Vec<[f64; 2]> = Shape::Ring
        .points(3000, 7)
        .iter()
        .map(|x| x.map(|x| x / RING_RADIUS))
        .collect();
    let w = Signs::One.strengths(3000, 7);
    let exact = exact(&points, &points, &w, BiotSavart2d).potential;
    let sizes = absolute_potential(&points, &points, &w);
    assert!(norm(&exact) < 0.05 * norm(&sizes), "it cancels");
    for tolerance in DOUBLE {
        let plan = Plan::new(&points, BiotSavart2d, Options::tolerance(tolerance)).unwrap();
        let error = distance(&plan.potential(&w).unwrap(), &exact) / norm(&sizes);
        assert!(error <= tolerance, "{tolerance:e}: {error:e}");
    }
}
