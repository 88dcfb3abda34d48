//! How far the run is: a bar on a terminal, a line now and then elsewhere.

use crate::text::{self, tell, time_left};
use farfield_dynamics::{Config, FieldCheck, Observer, View};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

pub(super) struct Progress {
    bar: ProgressBar,
    on_terminal: bool,
    tolerance: f64,
    steps: u64,
    /// Step and instant at which this process began.
    began: (u64, Instant),
    /// The same of the last line.
    told: (u64, Instant),
    /// Every measurement of the drift's error that this process made.
    pub(super) checks: Vec<FieldCheck>,
}

/// Elsewhere than on a terminal, lines are at most so many, or so far apart in time.
const LINES: u64 = 10;
const BETWEEN_LINES: Duration = Duration::from_secs(60);

impl Progress {
    pub(super) fn new(config: &Config) -> Self {
        let on_terminal = stderr().is_terminal();
        let bar = match on_terminal {
            true => ProgressBar::new(config.time.steps),
            false => ProgressBar::hidden(),
        };
        let style = ProgressStyle::with_template("{bar:24}  {wide_msg}");
        bar.set_style(style.expect("a valid template").progress_chars("█▌░"));
        let now = Instant::now();
        Self {
            bar,
            on_terminal,
            tolerance: config.field.tolerance,
            steps: config.time.steps,
            began: (0, now),
            told: (0, now),
            checks: vec![],
        }
    }

    pub(super) fn bar(&self) -> ProgressBar {
        self.bar.clone()
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn message(&self, step: u64) -> String {
        let mut message = format!("step {step} of {}", self.steps);
        let made = (step - self.began.0) as f64;
        let rate = made / self.began.1.elapsed().as_secs_f64();
        if made > 0.0 && rate.is_finite() {
            message += &format!("   {} steps/s", three_digits(rate));
            if step < self.steps {
                let left = time_left((self.steps - step) as f64 / rate);
                message += &format!("   {left} left");
            }
        }
        if let Some(check) = self.checks.last() {
            let (error, tolerance) = (check.measured_error, self.tolerance);
            message += &format!(
                "   field error {error:.1e} of {}",
                text::tolerance(tolerance)
            );
        }
        message
    }
}

impl<const D: usize> Observer<D> for Progress {
    fn observe(&mut self, view: &View<D>) -> farfield_dynamics::Result<()> {
        let (step, now) = (view.state.step, Instant::now());
        if view.first {
            (self.began, self.told) = ((step, now), (step, now));
        }
        if let Some(check) = view.report.last_check
            && self.checks.last() != Some(&check)
        {
            self.checks.push(check);
        }
        if self.on_terminal {
            self.bar.set_position(step);
            self.bar.set_message(self.message(step));
        } else if !view.first {
            let far = (step - self.told.0) >= self.steps.div_ceil(LINES);
            if view.last || far || now - self.told.1 >= BETWEEN_LINES {
                tell(self.message(step));
                self.told = (step, now);
            }
        }
        Ok(())
    }
}

/// `0.123`, `1.23`, `12.3`, `1234`.
fn three_digits(x: f64) -> String {
    let decimals = (2.0 - x.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{x:.decimals$}")
}
