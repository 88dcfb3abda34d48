//! One pair from its blob, moments, and the order of convergence.

use super::{ORDERS, core};
use crate::compare::{exact, relative_l2};
use farfield::{
    BiotSavart2d, BiotSavart3d, Coulomb2d, Coulomb3d, GaussianCore, Kernel, Outputs, direct,
};
use std::f64::consts::{PI, TAU};

/// What a blob of δ = 1 has of its mass from ρ to ρ + dρ.
fn density(dimension: usize, order: u32, rho: f64) -> f64 {
    let t = rho * rho;
    let [factor, sphere] = match (dimension, order) {
        (2, 4) => [2.0 - t, TAU * rho / PI],
        (2, 6) => [3.0 - 3.0 * t + 0.5 * t * t, TAU * rho / PI],
        (3, 4) => [2.5 - t, 4.0 * PI * t / PI.powf(1.5)],
        (3, 6) => [
            35.0 / 8.0 - 3.5 * t + 0.5 * t * t,
            4.0 * PI * t / PI.powf(1.5),
        ],
        _ => unreachable!(),
    };
    factor * (-t).exp() * sphere
}

/// ∫ f from `low` to `high`, by three Gaussian nodes in each of many pieces, which are small near `low`, where f may be like u log u.
fn integral(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let pieces = 4000;
    let half = 0.5 / f64::from(pieces);
    let width = high - low;
    let in_unit = |s: f64| f(low + width * s.powi(3)) * 3.0 * s * s * width;
    let nodes = [
        (-0.6f64.sqrt(), 5.0 / 9.0),
        (0.0, 8.0 / 9.0),
        (0.6f64.sqrt(), 5.0 / 9.0),
    ];
    let piece = |p: i32| {
        let middle = half * f64::from(2 * p + 1);
        let values = nodes.map(|(x, w)| w * in_unit(middle + half * x));
        values.iter().sum::<f64>()
    };
    half * (0..pieces).map(piece).sum::<f64>()
}

/// Beyond this ρ there is nothing of a blob.
const FAR: f64 = 9.0;

#[test]
fn moments() {
    for dimension in [2, 3] {
        for order in ORDERS {
            let moment = |k: i32| integral(0.0, FAR, |u| u.powi(k) * density(dimension, order, u));
            assert!((moment(0) - 1.0).abs() < 1e-13);
            assert!(moment(2).abs() < 1e-13, "{dimension} {order}");
            assert_eq!(moment(4).abs() < 1e-13, order == 6, "{dimension} {order}");
        }
    }
}

/// Field, potential and gradient of one source against integrals of its blob: with the share P of the mass within ρ, φ = P/r^D,
/// rφ′ = −Dφ + P′/r^{D−1}, and g is the singular one, of P at r and of the mass beyond where that is.
fn one_pair<K: Kernel<D, Strength<f64> = f64>, const D: usize>(kernel: K, delta: f64, order: u32) {
    let sphere = if D == 2 { TAU } else { 2.0 * TAU };
    for rho in [
        1e-8f64, 1e-4, 0.02, 0.3, 0.49, 0.51, 0.9, 1.3, 1.99, 2.01, 3.1, 4.2, 5.0, 6.4, 6.6, 7.0,
        7.1, 9.0, 20.0,
    ] {
        let beyond =
            |f: &dyn Fn(f64) -> f64| integral(rho.min(FAR), FAR, |u| f(u) * density(D, order, u));
        let share = if rho < 2.0 {
            integral(0.0, rho, |u| density(D, order, u))
        } else {
            1.0 - beyond(&|_| 1.0)
        };
        let (r, volume) = (rho * delta, (rho * delta).powi(D as i32));
        let phi = share / volume;
        let slope = -(D as f64) * phi + rho * density(D, order, rho) / volume;
        let g = if D == 2 {
            -delta.ln() - share * rho.ln() - beyond(&f64::ln)
        } else {
            (share / rho + beyond(&|u| 1.0 / u)) / delta
        };
        let target: [f64; D] = std::array::from_fn(|a| if a == 0 { r } else { 0.0 });
        let all = Outputs {
            gradient: true,
            ..Outputs::BOTH
        };
        let sums = direct::evaluate(
            &[target],
            &[[0.0; D]],
            &[&[1.0][..]],
            kernel.clone(),
            all,
            None,
        );
        let sums = sums.unwrap().remove(0);
        let what = format!("{} at {rho} δ", kernel.name());
        let near = |found: f64, expected: f64, size: f64| {
            let error = (sphere * found - expected).abs();
            assert!(
                error <= 1e-13 * size.abs(),
                "{what}: {} {expected}",
                sphere * found
            );
        };
        // Coulomb's field is along z, Biot and Savart's across.
        let along = usize::from(kernel.name().starts_with("biot"));
        near(sums.field[0][along], r * phi, r * phi);
        near(sums.potential[0], g, g.abs() + 1.0 / delta);
        near(sums.gradient[0][along][0], phi + slope, phi);
        let across = [[1, 1], [0, 1]][along];
        let sign = if along == 1 { -1.0 } else { 1.0 };
        near(sign * sums.gradient[0][across[0]][across[1]], phi, phi);
    }
}

#[test]
fn one_pair_is_what_its_blob_says() {
    for order in ORDERS {
        for delta in [0.3, 1.0, 7.0] {
            one_pair::<_, 2>(core(Coulomb2d, delta, order), delta, order);
            one_pair::<_, 2>(core(BiotSavart2d, delta, order), delta, order);
            one_pair::<_, 3>(core(Coulomb3d, delta, order), delta, order);
        }
    }
}

/// α × z φ, ψ = α γ.
#[test]
fn vectors_turn_the_field_of_numbers() {
    let (z, alpha) = ([0.3, -0.2, 0.5], [0.7, 1.1, -0.4]);
    for order in ORDERS {
        let sum = |outputs| {
            let numbers = core(Coulomb3d, 0.4, order);
            direct::evaluate(&[z], &[[0.0; 3]], &[&[1.0]], numbers, outputs, None)
                .unwrap()
                .remove(0)
        };
        let numbers = sum(Outputs::BOTH);
        let vectors = exact(&[z], &[[0.0; 3]], &[alpha], core(BiotSavart3d, 0.4, order));
        let u = numbers.field[0];
        for a in 0..3 {
            let (b, c) = ((a + 1) % 3, (a + 2) % 3);
            let expected = alpha[b] * u[c] - alpha[c] * u[b];
            assert!((vectors.field[0][a] - expected).abs() < 1e-15);
            let expected = alpha[a] * numbers.potential[0];
            assert!((vectors.potential[0][a] - expected).abs() < 1e-15);
        }
    }
}

/// Error of the field of the density e^{−|x|²} on a grid, at a few places: that of the blobs, since grids of half their width are as good
/// as integrals.
fn error_of_smooth_density<K: Kernel<D, Strength<f64> = f64>, const D: usize>(
    kernel: K,
    spacing: f64,
    share: impl Fn(f64) -> f64,
) -> f64 {
    let half = (5.0 / spacing) as i32;
    let side = 2 * half + 1;
    let grid: Vec<[f64; D]> = (0..side.pow(D as u32))
        .map(|k| std::array::from_fn(|a| f64::from(k / side.pow(a as u32) % side - half) * spacing))
        .collect();
    let square = |x: &[f64; D]| x.iter().map(|x| x * x).sum::<f64>();
    let w: Vec<f64> = grid
        .iter()
        .map(|x| (-square(x)).exp() * spacing.powi(D as i32))
        .collect();
    let targets: Vec<[f64; D]> = (1..8)
        .map(|k| std::array::from_fn(|a| 0.171 * f64::from(k) * [1.0, 0.8, 0.6][a]))
        .collect();
    let found = direct::field(&targets, &grid, &w, kernel).unwrap();
    let expected: Vec<[f64; D]> = targets
        .iter()
        .map(|x| x.map(|component| share(square(x).sqrt()) * component))
        .collect();
    relative_l2(found.as_flattened(), expected.as_flattened())
}

#[test]
fn smooth_densities_converge_with_the_order() {
    let in_plane = |r: f64| 0.5 * -(-r * r).exp_m1() / (r * r);
    let mass = |r: f64| integral(0.0, r, |u| 4.0 * PI * u * u * (-u * u).exp());
    let in_space = |r: f64| mass(r) / (4.0 * PI * r.powi(3));
    let orders = |wide: f64, narrow: f64| (wide / narrow).log2();
    for order in ORDERS {
        let error = |delta| {
            error_of_smooth_density::<_, 2>(core(Coulomb2d, delta, order), 0.5 * delta, in_plane)
        };
        let found = orders(error(0.2), error(0.1));
        assert!((found - f64::from(order)).abs() < 0.3, "{order}: {found}");
        let error = |delta| {
            error_of_smooth_density::<_, 3>(core(Coulomb3d, delta, order), 0.5 * delta, in_space)
        };
        let found = orders(error(0.4), error(0.2));
        assert!((found - f64::from(order)).abs() < 0.6, "{order}: {found}");
    }
    // The core whose second moment stays.
    let gaussian = |delta| {
        let kernel = Coulomb2d;
        error_of_smooth_density::<_, 2>(GaussianCore { kernel, delta }, 0.5 * delta, in_plane)
    };
    let found = orders(gaussian(0.2), gaussian(0.1));
    assert!((found - 2.0).abs() < 0.1, "{found}");
}
