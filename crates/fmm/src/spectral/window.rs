//! The window that takes a point to the grid, and back: Kaiser's.
//!
//! ```text
//! ψ(s) = I₀(β √(1 − t²)),  t = 2s/w,  |s| < w/2 cells,        ψ̂(κ) = w sinh(√(β² − (κw/2)²))/√(β² − (κw/2)²)
//! ```
//!
//! (J. F. Kaiser, in: System Analysis by Digital Computer, 1966). Between two nodes each of its w values is a polynomial, as A. H. Barnett,
//! J. Magland and L. af Klinteberg have it (SIAM J. Sci. Comput. 41, 2019). So are its slopes; those at the nodes around a point do not quite
//! sum to zero, which a cloud of strengths of one sign would show, and are taken less their share of that:
//!
//! ```text
//! ψ′(s_n) − ψ(s_n) Σ_m ψ′(s_m)/Σ_m ψ(s_m)                ψ′(s) = −(2/w) β² t I₁(x)/x,  x = β √(1 − t²)
//! ```

use super::choice::Choice;
use lanes::{Isa, Lanes};
use std::f64::consts::PI;

/// Most nodes along an axis that a point is taken to.
pub(super) const WIDEST: usize = 16;

/// Values of a window at the nodes around a point along one axis, zero past the last.
pub(super) type Weights = [f64; WIDEST];

/// Polynomials of the window.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// Nodes, an even number.
    pub(super) nodes: usize,
    beta: f64,
    values: Vec<Weights>,
    slopes: Vec<Weights>,
}

/// Most terms of the polynomials: a window of sixteen nodes is met to 1e-14 of its largest value.
const MOST_TERMS: usize = 20;
/// Slopes at the nodes are summed with numbers that grow from one to the next: they are to be so much better.
const SLOPES: f64 = 0.2;

impl Window {
    /// Whose values are wrong by `error` of the largest.
    pub(super) fn new(choice: &Choice, error: f64) -> Self {
        let Choice { nodes, beta, .. } = *choice;
        let w = nodes as f64;
        // The node lies 1 + node − w/2 after the point's own one, and the point f after that.
        let t = |node: usize, f: f64| 2.0 * (f + 0.5 * w - 1.0 - node as f64) / w;
        let x = |t: f64| beta * (1.0 - t * t).max(0.0).sqrt();
        let largest = bessel_i0(beta);
        let value = |node: usize, f: f64| bessel_i0(x(t(node, f))) / largest;
        let slope = |node: usize, f: f64| {
            let t = t(node, f);
            -2.0 / w * beta * beta * t * bessel_i1_over(x(t)) / largest
        };
        let all = |of: &dyn Fn(usize, f64) -> f64, f: f64| -> f64 {
            (0..nodes).map(|node| of(node, f)).sum()
        };
        let even =
            |node: usize, f: f64| slope(node, f) - value(node, f) * all(&slope, f) / all(&value, f);
        Self {
            nodes,
            beta,
            values: polynomials(nodes, &value, error),
            slopes: polynomials(nodes, &even, SLOPES * error),
        }
    }

    /// The transform at `kappa` in radians a cell, of a window whose largest value is 1.
    pub(super) fn transform(&self, kappa: f64) -> f64 {
        transform((self.nodes, self.beta), kappa) / bessel_i0(self.beta)
    }

    /// Its values at the nodes around a point that lies `f` cells after the last node before it.
    #[inline(always)]
    pub(super) fn weights<I: Isa>(&self, isa: I, f: f64, weights: &mut Weights) {
        self.at(isa, &self.values, f, weights);
    }

    /// Their slopes there, for a cell.
    #[inline(always)]
    pub(super) fn slopes<I: Isa>(&self, isa: I, f: f64, slopes: &mut Weights) {
        self.at(isa, &self.slopes, f, slopes);
    }

    #[inline(always)]
    fn at<I: Isa>(&self, isa: I, polynomials: &[Weights], f: f64, weights: &mut Weights) {
        let x = I::F64::splat(isa, 2.0 * f - 1.0);
        let lanes = <I::F64 as Lanes>::LANES;
        let mut at = 0;
        while at < self.nodes {
            let mut sum = I::F64::splat(isa, 0.0);
            for coefficients in polynomials.iter().rev() {
                sum = sum.mul_add(x, I::F64::load(isa, &coefficients[at..]));
            }
            sum.store(&mut weights[at..]);
            at += lanes;
        }
    }
}

/// The coefficients of each power of 2f − 1 in functions of f at some nodes, to an error of the sum of what is left out.
fn polynomials(nodes: usize, value: &dyn Fn(usize, f64) -> f64, error: f64) -> Vec<Weights> {
    let series: Vec<[f64; MOST_TERMS]> = (0..nodes)
        .map(|node| chebyshev(|f| value(node, f)))
        .collect();
    let rest = |terms: usize| {
        let of_node = |c: &[f64; MOST_TERMS]| c[terms..].iter().map(|c| c.abs()).sum::<f64>();
        series.iter().map(of_node).fold(0.0, f64::max)
    };
    let terms = (4..MOST_TERMS)
        .find(|&terms| rest(terms) <= error)
        .unwrap_or(MOST_TERMS);
    let mut polynomials = vec![[0.0; WIDEST]; terms];
    for (node, series) in series.iter().enumerate() {
        for (power, coefficient) in coefficients(&series[..terms]).into_iter().enumerate() {
            polynomials[power][node] = coefficient;
        }
    }
    polynomials
}

/// The transform of I₀(β √(1 − t²)).
pub(super) fn transform((nodes, beta): (usize, f64), kappa: f64) -> f64 {
    let w = nodes as f64;
    let square = beta * beta - (0.5 * kappa * w).powi(2);
    let root = square.abs().sqrt();
    w * match () {
        () if root < 1e-4 => 1.0 + square / 6.0,
        () if square > 0.0 => root.sinh() / root,
        () => root.sin() / root,
    }
}

/// Chebyshev's series in 2f − 1 of the polynomial that meets a function in his nodes on 0 ≤ f ≤ 1.
fn chebyshev(function: impl Fn(f64) -> f64) -> [f64; MOST_TERMS] {
    let angle = |i: usize| PI * (i as f64 + 0.5) / MOST_TERMS as f64;
    let values: [f64; MOST_TERMS] = std::array::from_fn(|i| function(0.5 + 0.5 * angle(i).cos()));
    std::array::from_fn(|degree| {
        let terms = (0..MOST_TERMS).map(|i| values[i] * (degree as f64 * angle(i)).cos());
        terms.sum::<f64>() * if degree == 0 { 1.0 } else { 2.0 } / MOST_TERMS as f64
    })
}

/// The same as a polynomial: Clenshaw's recurrence b_k = c_k + 2x b_{k+1} − b_{k+2}, on coefficients.
fn coefficients(series: &[f64]) -> Vec<f64> {
    let (mut next, mut after) = (vec![0.0; series.len()], vec![0.0; series.len()]);
    for (degree, &c) in series.iter().enumerate().rev() {
        let factor = if degree == 0 { 1.0 } else { 2.0 };
        let mut here: Vec<f64> = after.iter().map(|b| -b).collect();
        here[0] += c;
        for power in 1..here.len() {
            here[power] += factor * next[power - 1];
        }
        (after, next) = (next, here);
    }
    next
}

/// I₀, by its series.
pub(super) fn bessel_i0(x: f64) -> f64 {
    bessel(x, 0)
}

/// I₁(x)/x, by its series.
fn bessel_i1_over(x: f64) -> f64 {
    0.5 * bessel(x, 1)
}

/// Σ_k order! (x²/4)^k/(k! (k + order)!) for the orders 0 and 1.
fn bessel(x: f64, order: i32) -> f64 {
    let square = 0.25 * x * x;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1.. {
        term *= square / f64::from(k * (k + order));
        sum += term;
        if term < 1e-17 * sum {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::choice::{SLOWEST, lost_of_slopes};
    use super::*;
    use lanes::Scalar;

    /// The polynomials are Kaiser's window, and the transform is that of what they are.
    #[test]
    fn windows_and_their_transforms() {
        for (nodes, beta) in [(4, 8.0), (8, 17.0), (16, 30.0)] {
            let choice = Choice {
                nodes,
                beta,
                cell: 1.0,
                end: PI,
            };
            let window = Window::new(&choice, 1e-12);
            let mut weights = [0.0; WIDEST];
            let samples = 64;
            let mut transforms = [0.0; 4];
            let kappas = [0.0, 0.7, 2.0, 4.0];
            for sample in 0..samples {
                let f = (f64::from(sample) + 0.5) / f64::from(samples);
                window.weights(Scalar::default(), f, &mut weights);
                for (node, weight) in weights[..nodes].iter().enumerate() {
                    let s = f + nodes as f64 / 2.0 - 1.0 - node as f64;
                    let t = 2.0 * s / nodes as f64;
                    let exact = bessel_i0(beta * (1.0 - t * t).sqrt()) / bessel_i0(beta);
                    assert!((weight - exact).abs() < 1e-11, "{nodes}, {s}");
                    for (transform, kappa) in transforms.iter_mut().zip(kappas) {
                        *transform += weight * (kappa * s).cos() / f64::from(samples);
                    }
                }
                assert!(weights[nodes..].iter().all(|&weight| weight == 0.0));
            }
            // The midpoint rule errs where the window ends, by what it has there.
            let end = 1.0 / bessel_i0(beta);
            for (found, kappa) in transforms.iter().zip(kappas) {
                let exact = window.transform(kappa);
                assert!(
                    (found - exact).abs() < 0.01 * end + 1e-10,
                    "{nodes}, {kappa}"
                );
            }
        }
    }

    /// Slopes of a wave on a grid, between its nodes: they lose what windows are chosen for, and nothing of a constant.
    #[test]
    fn slopes_of_waves() {
        for (nodes, beta) in [(6, 11.4), (10, 19.0), (16, 29.0)] {
            let choice = Choice {
                nodes,
                beta,
                cell: 1.0,
                end: PI,
            };
            let window = Window::new(&choice, 1e-14);
            let mut slopes = [0.0; WIDEST];
            // The slope of a wave that is (cos φ, sin φ) there, over its size.
            let mut at = |kappa: f64, f: f64| {
                window.slopes(Scalar::default(), f, &mut slopes);
                let angle = |n: usize| kappa * (n as f64 + 1.0 - nodes as f64 / 2.0 - f);
                let sum = |of: &dyn Fn(f64) -> f64| -> f64 {
                    (0..nodes).map(|n| slopes[n] * of(angle(n))).sum()
                };
                let size = window.transform(kappa);
                [sum(&f64::cos) / size, sum(&f64::sin) / size]
            };
            for kappa in [SLOWEST, 0.3, 1.0, 2.5] {
                let mut lost = 0.0;
                for sample in 0..64 {
                    let f = (f64::from(sample) + 0.5) / 64.0;
                    assert!(at(0.0, f)[0].abs() < 1e-15, "{nodes}, {f}");
                    let [across, along] = at(kappa, f);
                    lost += (across.powi(2) + (along - kappa).powi(2)) / (64.0 * kappa * kappa);
                }
                let ratio = (lost / lost_of_slopes((nodes, beta), kappa)).sqrt();
                assert!((0.9..2.0).contains(&ratio), "{nodes}, {kappa}: {ratio}");
            }
        }
    }

    /// I₀(1), I₀(10), I₁(1), I₁(10) by mpmath.
    #[test]
    fn bessel_functions() {
        for (x, exact, first) in [
            (0.0, 1.0, 0.0),
            (1.0, 1.266_065_877_752_008_4, 0.565_159_103_992_485),
            (10.0, 2_815.716_628_466_254, 2_670.988_303_701_255),
        ] {
            assert!((bessel_i0(x) / exact - 1.0).abs() < 1e-14);
            assert!((x * bessel_i1_over(x) - first).abs() <= 1e-14 * first);
        }
    }
}
