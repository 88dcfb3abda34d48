//! The drift's error, measured and held.

use crate::config::{FieldConfig, OnExcess};
use crate::{Error, ErrorKind, Result};
use bincode::{Decode, Encode};
use farfield::VerifyReport;

/// One measurement of the drift's relative ℓ2 error.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub struct FieldCheck {
    /// Step at which the drift was evaluated.
    pub step: u64,
    /// Estimate of ‖F − F_exact‖₂/‖F_exact‖₂ over all particles, F being the interaction. On a torus its size is taken as no less than what a
    /// neighbour at the mean distance of the particles does.
    pub measured_error: f64,
    /// The true error is at most this with probability [`confidence`](Self::confidence).
    pub error_bound: f64,
    /// Probability that the bound holds.
    pub confidence: f64,
    /// Tolerance that the plan was built with: the user's, or less after tightening.
    pub plan_tolerance: f64,
}

/// A drift whose error can be measured, and that can be computed better.
pub(crate) trait Measured {
    /// Tolerance of the plan that gave the drift.
    fn plan_tolerance(&self) -> f64;
    /// The smallest one that its plans take.
    fn least_tolerance(&self) -> f64 {
        FLOOR
    }
    /// What errors are relative to where the drift is less: on a torus, where the forces on a particle may cancel to the last digit.
    fn scale(&self) -> f64 {
        0.0
    }
    /// Measures the drift's error.
    fn measure(&mut self, samples: usize, salt: u64) -> Result<VerifyReport>;
    /// Computes the drift again, with a plan of this tolerance.
    fn tighten(&mut self, tolerance: f64) -> Result<()>;
}

/// Smallest tolerance that a plan takes, unless its kernel comes from tables.
pub(crate) const FLOOR: f64 = 1e-14;

/// Measures the drift; where the bound of its error exceeds the tolerance, tightens until it holds, or fails.
pub(crate) fn hold(
    subject: &mut dyn Measured,
    field: &FieldConfig,
    step: u64,
    seed: u64,
) -> Result<FieldCheck> {
    // Every check looks at other particles.
    let salt = seed ^ step.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    loop {
        let plan_tolerance = subject.plan_tolerance();
        let report = subject.measure(field.check_samples, salt)?;
        let (size, scale) = (report.root_mean_square, subject.scale());
        let relative = if size < scale { size / scale } else { 1.0 };
        let check = FieldCheck {
            step,
            measured_error: relative * report.measured_error,
            error_bound: relative * report.error_bound,
            confidence: report.confidence,
            plan_tolerance,
        };
        if check.error_bound <= field.tolerance {
            return Ok(check);
        }
        // Aims at half of what is allowed; a quarter of a decade at least, two decades at most.
        let factor = (0.5 * field.tolerance / check.error_bound).clamp(0.01, 0.5);
        let next = factor * plan_tolerance;
        let least = subject.least_tolerance();
        let hopeless = plan_tolerance <= least || next.is_nan();
        if field.on_excess == OnExcess::Stop || hopeless {
            return Err(excess(&check, field));
        }
        subject.tighten(next.max(least))?;
    }
}

fn excess(check: &FieldCheck, field: &FieldConfig) -> Error {
    let FieldCheck {
        step,
        measured_error,
        error_bound,
        plan_tolerance,
        ..
    } = check;
    let message = format!(
        "step {step}: measured error of the drift {measured_error:.2e}, at most {error_bound:.2e}, with a plan of \
         tolerance {plan_tolerance:.2e} (allowed: at most field.tolerance = {:e})",
        field.tolerance
    );
    Error::new(ErrorKind::Excess, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plan whose error is a multiple of its tolerance, and never below a floor.
    struct Fake {
        tolerance: f64,
        multiple: f64,
        floor: f64,
        rebuilt: usize,
    }

    impl Measured for Fake {
        fn plan_tolerance(&self) -> f64 {
            self.tolerance
        }
        fn measure(&mut self, samples: usize, _: u64) -> Result<VerifyReport> {
            let error = (self.multiple * self.tolerance).max(self.floor);
            Ok(VerifyReport {
                samples,
                measured_error: 0.8 * error,
                error_bound: error,
                confidence: 0.98,
                root_mean_square: 1.0,
            })
        }
        fn tighten(&mut self, tolerance: f64) -> Result<()> {
            assert!(tolerance < self.tolerance && tolerance >= FLOOR);
            self.tolerance = tolerance;
            self.rebuilt += 1;
            Ok(())
        }
    }

    fn fake(multiple: f64, floor: f64) -> Fake {
        Fake {
            tolerance: 1e-6,
            multiple,
            floor,
            rebuilt: 0,
        }
    }

    fn field(on_excess: OnExcess) -> FieldConfig {
        FieldConfig {
            tolerance: 1e-6,
            on_excess,
            ..FieldConfig::default()
        }
    }

    #[test]
    fn leaves_a_good_drift_alone() {
        let mut plan = fake(0.9, 0.0);
        let check = hold(&mut plan, &field(OnExcess::Tighten), 30, 7).unwrap();
        assert_eq!((plan.rebuilt, check.step), (0, 30));
        assert_eq!((check.error_bound, check.plan_tolerance), (9e-7, 1e-6));
    }

    #[test]
    fn tightens_until_the_error_holds() {
        for multiple in [1.01, 7.0, 1e5] {
            let mut plan = fake(multiple, 0.0);
            let check = hold(&mut plan, &field(OnExcess::Tighten), 0, 7).unwrap();
            assert!(plan.rebuilt >= 1 && check.error_bound <= 1e-6);
            assert_eq!(check.plan_tolerance, plan.tolerance);
        }
    }

    #[test]
    fn says_so_when_nothing_helps() {
        let mut plan = fake(1.0, 2e-6);
        let error = hold(&mut plan, &field(OnExcess::Tighten), 4, 7).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Excess);
        assert_eq!(plan.tolerance, FLOOR);
        let text = error.to_string();
        assert!(
            text.contains("step 4") && text.contains("2.00e-6"),
            "{text}"
        );
        let error = hold(
            &mut fake(f64::NAN, f64::NAN),
            &field(OnExcess::Tighten),
            4,
            7,
        );
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Excess);
    }

    #[test]
    fn stops_when_told_to() {
        let mut plan = fake(1.5, 0.0);
        let error = hold(&mut plan, &field(OnExcess::Stop), 4, 7).unwrap_err();
        assert_eq!((error.kind(), plan.rebuilt), (ErrorKind::Excess, 0));
    }
}
