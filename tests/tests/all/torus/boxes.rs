//! Boxes whose sides differ: the oracle by a formula and by copies, accuracy, few points, reproducibility.

use super::*;
use farfield::HighOrderGaussianCore;

/// The lattice sum of mean 0 in the box 1 × H, as `green` has it for H = 1, for |y| ≤ H/2.
fn green_of_height(h: f64, [x, y]: [f64; 2]) -> f64 {
    let y = y.abs();
    let log = |depth: f64| {
        let size = (-TAU * depth).exp();
        let (s, c) = (TAU * x).sin_cos();
        0.5 * ((1.0 - size * c).powi(2) + (size * s).powi(2)).ln()
    };
    let all: f64 = (0..16)
        .map(|n| log(y + f64::from(n) * h) + log(f64::from(n + 1) * h - y))
        .sum();
    0.5 * (y * y / h - y + h / 6.0) - all / TAU
}

#[test]
fn the_oracle_is_the_theta_function_of_a_rectangle() {
    let step = 1e-5;
    for h in [0.5, 0.7, 1.0, 1.3, 2.0] {
        for z in [[0.1, 0.2], [0.5, 0.5], [-0.31, 0.07], [1e-3, -2e-3]] {
            let z = [z[0], z[1] * h];
            // Lengths scale, and axes may be exchanged.
            for (side, order) in [(1.0, [0, 1]), (0.3, [0, 1]), (7.0, [1, 0])] {
                let sides = order.map(|a| [side, h * side][a]);
                let target = [order.map(|a| z[a] * side)];
                let sums = direct::on_torus(
                    &target,
                    &[[0.0; 2]],
                    &[&[1.0]],
                    Coulomb2d,
                    &sides,
                    Outputs::BOTH,
                    None,
                );
                let sums = sums.unwrap().remove(0);
                let expected = green_of_height(h, z);
                let error = (sums.potential[0] - expected).abs();
                assert!(error < 1e-14, "{h} {z:?} {side}: {error:e}");
                for (k, &a) in order.iter().enumerate() {
                    let moved = |sign: f64| {
                        let mut z = z;
                        z[a] += sign * step;
                        green_of_height(h, z)
                    };
                    let expected = -(moved(1.0) - moved(-1.0)) / (2.0 * step * side);
                    let error = (sums.field[0][k] - expected).abs();
                    let allowed = 1e-4 * (1.0 + expected.abs());
                    assert!(error < allowed, "{h} {z:?} {side}: {error:e}");
                }
            }
        }
    }
}

/// A box beside copies of itself is the same torus for their points.
fn copies<K: Kernel<D>, const D: usize>(
    kernel: K,
    sides: [f64; D],
    axes: &[usize],
    strengths: impl Fn(f64) -> K::Strength<f64>,
) {
    let n = 60;
    let points = stretched(n, sides);
    let w: Vec<_> = Signs::Random
        .strengths(n, 98)
        .into_iter()
        .map(strengths)
        .collect();
    let sum = |sources: &[[f64; D]], w: &[K::Strength<f64>], sides: &[f64]| {
        let all = direct::on_torus(
            &points,
            sources,
            &[w],
            kernel.clone(),
            sides,
            Outputs {
                potential: true,
                ..Outputs::GRADIENT
            },
            None,
        );
        all.unwrap().remove(0)
    };
    let once = sum(&points, &w, &sides);
    let (mut more, mut weights, mut wider) = (points.clone(), w.clone(), sides);
    for &axis in axes {
        let beside = |x: &[f64; D]| {
            let mut x = *x;
            x[axis] += wider[axis];
            x
        };
        more.extend(more.clone().iter().map(beside));
        weights.extend(weights.clone());
        wider[axis] *= 2.0;
    }
    let twice = sum(&more, &weights, &wider);
    let what = format!("{} {sides:?}", kernel.name());
    let error = worst_error(&twice, &once);
    assert!(error < 2e-13, "{what}: {error:e}");
    let flat = |sums: &Sums<f64, D, K::Strength<f64>>| {
        sums.gradient.as_flattened().as_flattened().to_vec()
    };
    let error = relative_l2(&flat(&twice), &flat(&once));
    assert!(error < 2e-12, "{what}: gradients {error:e}");
}

#[test]
fn a_box_beside_its_copies_is_the_same_torus() {
    let core = |delta| AlgebraicCore {
        kernel: BiotSavart2d,
        delta,
    };
    for (sides, axis) in [([1.0, 2.0], 0), ([1.3, 1.0], 1), ([0.4, 0.3], 1)] {
        copies(Coulomb2d, sides, &[axis], |w| w);
        for s in [0.0, 0.7, 1.5] {
            copies(Riesz { s }, sides, &[axis], |w| w);
        }
        let kernel = GaussianCore {
            kernel: Coulomb2d,
            delta: 0.05,
        };
        copies(kernel, sides, &[axis], |w| w);
        // By near pairs, and by few modes.
        copies(core(0.02), sides, &[axis], |w| w);
        copies(core(0.5), sides, &[axis], |w| w);
    }
    for (sides, axes) in [
        ([1.0, 2.0, 2.0], &[0][..]),
        ([1.0, 1.0, 2.0], &[0, 1]),
        ([1.2, 1.0, 1.5], &[1]),
    ] {
        copies(Coulomb3d, sides, axes, |w| w);
        copies(BiotSavart3d, sides, axes, |w| [w, -0.3 * w, 0.5]);
        copies(Riesz { s: 1.7 }, sides, axes, |w| w);
    }
}

const IN_PLANE: [[f64; 2]; 2] = [[0.7, 1.4], [1.3, 1.0]];
const IN_SPACE: [[f64; 3]; 2] = [[1.0, 2.0, 1.0], [2.0, 1.5, 1.0]];

#[test]
fn within_tolerance_on_rectangles() {
    for sides in IN_PLANE {
        let within = |tolerances: &[f64]| {
            within_tolerance_on(BiotSavart2d, sides, 1000, tolerances, |w| w);
        };
        within(&[1e-3, 1e-5, 1e-6, 1e-8, 1e-10, 1e-11]);
        for s in [0.3, 1.5] {
            within_tolerance_on(Riesz { s }, sides, 800, &[1e-3, 1e-6, 1e-9], |w| w);
        }
    }
}

#[test]
fn cores_on_rectangles() {
    let side = IN_PLANE[0];
    for delta in [1e-3, 0.05] {
        let kernel = GaussianCore {
            kernel: BiotSavart2d,
            delta,
        };
        within_tolerance_on(kernel, side, 800, &[1e-3, 1e-8], |w| w);
    }
    for order in [4, 6] {
        let kernel = HighOrderGaussianCore {
            kernel: Coulomb2d,
            delta: 0.03,
            order,
        };
        within_tolerance_on(kernel, side, 800, &[1e-6], |w| w);
    }
    for delta in [1e-3, 0.05, 0.2, 1.0] {
        let kernel = AlgebraicCore {
            kernel: BiotSavart2d,
            delta,
        };
        within_tolerance_on(kernel, side, 800, &[1e-3, 1e-8], |w| w);
    }
}

#[test]
fn within_tolerance_on_boxes() {
    for sides in IN_SPACE {
        within_tolerance_on(Coulomb3d, sides, 800, &[1e-2, 1e-3], |w| w);
    }
    let sides = IN_SPACE[0];
    within_tolerance_on(BiotSavart3d, sides, 500, &[1e-3], |w| [w, -0.3 * w, 0.5]);
    within_tolerance_on(Riesz { s: 1.5 }, sides, 800, &[1e-2], |w| w);
    let gaussian = GaussianCore {
        kernel: Coulomb3d,
        delta: 0.05,
    };
    within_tolerance_on(gaussian, sides, 800, &[1e-2], |w| w);
    for delta in [0.05, 0.6] {
        let kernel = AlgebraicCore {
            kernel: Coulomb3d,
            delta,
        };
        within_tolerance_on(kernel, sides, 500, &[1e-2], |w| w);
    }
}

#[test]
fn gradients_on_a_rectangle() {
    let sides = [1.0, 2.0];
    let (points, w) = (stretched(1500, sides), Signs::One.strengths(1500, 94));
    let exact = direct::on_torus(
        &points,
        &points,
        &[&w],
        BiotSavart2d,
        &sides,
        Outputs::GRADIENT,
        None,
    );
    let exact = exact.unwrap().remove(0);
    let flat = |sums: &Sums<f64, 2>| sums.gradient.as_flattened().as_flattened().to_vec();
    for tolerance in [1e-3, 1e-6, 1e-9] {
        let options = Options::tolerance(tolerance)
            .outputs(Outputs::GRADIENT)
            .torus(&sides);
        let plan = Plan::new(&points, BiotSavart2d, options).unwrap();
        let found = summed(&plan, &w, Outputs::GRADIENT);
        let error = relative_l2(&flat(&found), &flat(&exact));
        assert!(error <= tolerance, "{tolerance:e}: {error:e}");
    }
}

/// One point feels the images that a box of copies has; points at one place act on each other by those alone.
#[test]
fn few_and_coincident_points_in_a_box() {
    let sides = [2.0, 1.3];
    let options = || {
        Options::tolerance(1e-10)
            .outputs(Outputs::BOTH)
            .torus(&sides)
    };
    // The limit of the potential of one less that of space, from the formula.
    let z: f64 = 1e-5;
    let h = sides[1] / sides[0];
    let unit = green_of_height(h, [z, 0.0]) + z.ln() / TAU;
    let expected = unit + sides[0].ln() / TAU;
    for (n, place) in [(0, 0.0), (1, 0.2), (2, 0.0), (5, 1.3), (5, -4.0)] {
        let (points, w) = (vec![[place; 2]; n], vec![2.0; n]);
        let plan = Plan::new(&points, Coulomb2d, options()).unwrap();
        let found = summed(&plan, &w, Outputs::BOTH);
        let exact = direct::on_torus(
            &points,
            &points,
            &[&w],
            Coulomb2d,
            &sides,
            Outputs::BOTH,
            None,
        );
        for (sums, error) in [(found, 1e-9), (exact.unwrap().remove(0), 1e-13)] {
            assert!(sums.field.iter().flatten().all(|u: &f64| u.abs() <= error));
            for g in &sums.potential {
                let error = (g / (2.0 * n as f64) - expected).abs();
                // Beside the limit there is z².
                assert!(error < 1e-9, "{n} {place}: {error:e}");
            }
        }
    }
}

/// Points on the faces, edges and corners of the box and of its copies are those of the torus, wherever they were.
#[test]
fn points_on_faces() {
    let sides = [1.5, 0.75];
    let points: Vec<[f64; 2]> = (0..200)
        .map(|k: i32| {
            let part = |m: i32| f64::from(k * m % 8) / 8.0 - 0.5;
            [sides[0] * part(3), sides[1] * part(1 + k / 8)]
        })
        .chain(stretched(200, sides))
        .collect();
    let w = Signs::Random.strengths(points.len(), 99);
    let moved: Vec<[f64; 2]> = points
        .iter()
        .map(|x| [x[0] + 3.0 * sides[0], x[1] - 2.0 * sides[1]])
        .collect();
    let exact = direct::on_torus(
        &points,
        &points,
        &[&w],
        BiotSavart2d,
        &sides,
        Outputs::BOTH,
        None,
    );
    let exact = exact.unwrap().remove(0);
    for points in [&points, &moved] {
        let options = Options::tolerance(1e-9)
            .outputs(Outputs::BOTH)
            .leaf_capacity(4)
            .torus(&sides);
        let plan = Plan::new(points, BiotSavart2d, options).unwrap();
        let error = worst_error(&summed(&plan, &w, Outputs::BOTH), &exact);
        assert!(error <= 1e-9, "{error:e}");
    }
}

#[test]
fn forces_in_a_box_add_up_to_nothing() {
    let sides = [1.0, 2.0];
    let (points, w) = (stretched(2000, sides), Signs::Random.strengths(2000, 96));
    let options = Options::tolerance(1e-9).torus(&sides);
    let field = Plan::new(&points, Coulomb2d, options)
        .unwrap()
        .field(&w)
        .unwrap();
    for a in 0..2 {
        let terms = || field.iter().zip(&w).map(|(u, w)| u[a] * w);
        let size = terms().map(f64::abs).sum::<f64>();
        assert!(terms().sum::<f64>().abs() < 1e-8 * size);
    }
}

#[test]
fn moved_points_are_those_of_a_new_plan() {
    let sides = [1.0, 1.7];
    let (points, w) = (stretched(3000, sides), Signs::Random.strengths(3000, 97));
    let options = || Options::tolerance(1e-6).torus(&sides);
    let mut plan = Plan::new(&points, Coulomb2d, options()).unwrap();
    let before = plan.field(&w).unwrap();
    let other: Vec<[f64; 2]> = points.iter().map(|x| [1.9 * x[1], x[0] - 5.0]).collect();
    plan.move_to(&other).unwrap();
    let fresh = Plan::new(&other, Coulomb2d, options()).unwrap();
    assert_eq!(plan.field(&w).unwrap(), fresh.field(&w).unwrap());
    plan.move_to(&points).unwrap();
    assert_eq!(plan.field(&w).unwrap(), before);
}

#[test]
fn tolerances_that_boxes_cannot_have() {
    let points = stretched(100, [1.0, 2.0, 1.0]);
    let plan = |tolerance: f64, sides: [f64; 3]| {
        let options = Options::tolerance(tolerance).torus(&sides);
        Plan::new(&points, Coulomb3d, options).map(|_| ())
    };
    refused(
        plan(1e-7, [1.0, 2.0, 1.0]),
        &["tolerance", "1e-7", "on a torus"],
    );
    refused(
        plan(1e-3, [1.0, 2.0, 2.5]),
        &["torus", "[1.0, 2.0, 2.5]", "at most 2 times"],
    );
    let wide = GaussianCore {
        kernel: Coulomb2d,
        delta: 0.4,
    };
    // Its reach is within the largest side alone.
    let options = Options::tolerance(1e-3).torus(&[1.0, 2.0]);
    refused(
        Plan::new(&stretched(100, [1.0, 2.0]), wide, options).map(|_| ()),
        &["kernel", "0.4", "the side 1e0"],
    );
}
