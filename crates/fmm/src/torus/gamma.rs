//! Incomplete gamma functions to rounding, for the few arguments that sums over a torus ask for.

/// Γ(a, x) = ∫_x^∞ t^{a−1} e^{−t} dt, a ≥ 0, x > 0.
pub(super) fn upper(a: f64, x: f64) -> f64 {
    if x > BOUNDARY {
        fraction(a, x)
    } else if a == 0.0 {
        logarithm(x) - x.ln()
    } else {
        series(a, x)
    }
}

/// Where series end and the continued fraction begins.
const BOUNDARY: f64 = 2.0;

/// (Γ(a + 1) − x^a)/a − x^a Σ_{n ≥ 1} (−x)ⁿ/((a + n) n!) (Abramowitz and Stegun 6.5.29), in which a small a loses no digits.
fn series(a: f64, x: f64) -> f64 {
    let mut power = 1.0;
    let term = |n: i32| {
        power *= -x / f64::from(n);
        power / (a + f64::from(n))
    };
    let sum: f64 = (1..40).map(term).sum();
    let of_gamma = if a < 0.5 {
        libm::lgamma(a + 1.0).exp_m1()
    } else {
        libm::tgamma(a + 1.0) - 1.0
    };
    let of_power = (a * x.ln()).exp_m1();
    (of_gamma - of_power) / a - (of_power + 1.0) * sum
}

/// e^{−x} x^a/(x + 1 − a − 1(1 − a)/(x + 3 − a − …)) by Lentz's way from the front (Abramowitz and Stegun 6.5.31).
fn fraction(a: f64, x: f64) -> f64 {
    const MOST: usize = 1000;
    let mut b = x + 1.0 - a;
    let mut c = f64::MAX;
    let mut d = 1.0 / b;
    let mut fraction = d;
    for n in (1..MOST).map(|n| n as f64) {
        let factor = -n * (n - a);
        b += 2.0;
        d = 1.0 / (factor * d + b);
        c = b + factor / c;
        fraction *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    (a * x.ln() - x).exp() * fraction
}

/// x^{−a} (1 − Γ(a, x)/Γ(a)), entire in x, a > 0: e^{−x} Σ x^n/Γ(a + n + 1) (Abramowitz and Stegun 6.5.29).
pub(super) fn entire(a: f64, x: f64) -> f64 {
    if x > BOUNDARY {
        return (-a * x.ln()).exp() * (1.0 - upper(a, x) / libm::tgamma(a));
    }
    let terms = |term: &f64, n: f64| (*term > 1e-18).then(|| term * x / (a + n));
    let mut sum = 0.0;
    let mut term = Some(1.0);
    for n in (1..).map(f64::from) {
        let Some(now) = term else { break };
        sum += now;
        term = terms(&now, n);
    }
    (-x).exp() * sum / libm::tgamma(a + 1.0)
}

/// log x + E₁(x), entire in x: −γ + Σ_{n ≥ 1} (−1)^{n+1} xⁿ/(n n!) (Abramowitz and Stegun 5.1.11).
pub(super) fn logarithm(x: f64) -> f64 {
    const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;
    if x > BOUNDARY {
        return x.ln() + upper(0.0, x);
    }
    let mut power = 1.0;
    let term = |n: i32| {
        power *= -x / f64::from(n);
        -power / f64::from(n)
    };
    (1..40).map(term).sum::<f64>() - EULER_GAMMA
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By mpmath in thirty digits.
    #[test]
    fn known_values() {
        let near = |found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 2e-15, "{found} {expected}");
        };
        near(upper(0.0, 0.25), 1.044_282_634_443_738_1);
        near(upper(0.0, 3.0), 0.013_048_381_094_197_037);
        near(upper(0.05, 0.3), 0.888_203_448_910_256);
        near(upper(0.5, 1.0), 0.278_805_585_280_661_96);
        near(upper(1.0, 7.5), 0.000_553_084_370_147_833_6);
        near(upper(1.45, 0.27), 0.797_388_532_580_863_6);
        near(upper(1.5, 36.0), 1.4107850682494124e-15);
        near(entire(0.001, 0.1), 1.000_479_047_694_520_2);
        near(entire(0.25, 1.9), 0.834_998_317_580_054_8);
        near(entire(0.5, 2.5), 0.616_424_480_113_890_5);
        near(entire(1.45, 0.0), 0.778_689_449_237_034_8);
        near(entire(2.45, 20.0), 0.000_649_346_423_687_976_3);
        near(entire(1.5, 0.001), 0.751_801_587_552_077_5);
        near(logarithm(0.0), -0.577_215_664_901_532_9);
        near(logarithm(0.1), -0.479_661_134_574_655_03);
        near(logarithm(1.7), 0.605_282_895_463_423_4);
        near(logarithm(5.0), 1.610_586_208_025_375_7);
    }

    /// Both ways meet.
    #[test]
    fn the_boundary_is_smooth() {
        for a in [1e-3, 0.25, 0.5, 1.0, 1.45, 2.45] {
            let (below, above) = (entire(a, BOUNDARY), entire(a, BOUNDARY * (1.0 + 1e-15)));
            assert!((below / above - 1.0).abs() < 5e-15, "{a}");
        }
        let (below, above) = (logarithm(BOUNDARY), logarithm(BOUNDARY * (1.0 + 1e-15)));
        assert!((below / above - 1.0).abs() < 5e-15);
    }
}
