//! A step in sub-steps, as short as the errors of the scheme and the closest particles ask for ([`Adaptive`]).
//!
//! The step is a tree of halves, walked from the left. A node whose sub-step is refused is halved; after one that is taken
//! the next may be twice as long at most. All depends on the state at the start of the step alone, so that a restart makes
//! the same sub-steps.

mod closest;
mod local_error;

pub(crate) use closest::Closest;

use crate::config::Adaptive;
use crate::model::NoiseStructure;
use crate::noise::{Brownian, Piece};
use crate::stepper::{Drift, End, Noise, Start, Stepper};
use crate::{Error, ErrorKind, Result};
use bincode::{Decode, Encode};
use local_error::{LocalErrors, Worst};

/// How many sub-steps a run with `time.adaptive` has made since step 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Substeps {
    /// Those taken.
    pub taken: u64,
    /// Those tried and refused.
    pub rejected: u64,
    /// The shortest one taken had the length dt/2^`halvings`.
    pub halvings: u8,
}

/// Whether a step with this scheme and noise can be made in sub-steps.
pub(crate) fn check<const D: usize>(stepper: &dyn Stepper<D>, noise: NoiseStructure) -> Result<()> {
    let refuse = |value: String, allowed| {
        let key = "time.adaptive";
        Err(Error::value(ErrorKind::Config, key, value, allowed))
    };
    if stepper.looks_back() > 0 {
        let value = format!("with {}, which looks at earlier steps,", stepper.name());
        let allowed = "with euler-maruyama, stochastic-heun, exponential-heun, sra1, sra3 or rk4";
        return refuse(value, allowed);
    }
    match noise {
        NoiseStructure::None | NoiseStructure::Additive { .. } => Ok(()),
        NoiseStructure::Jumps => {
            let value = "with jumps, which have no step".into();
            refuse(value, "missing with them")
        }
        NoiseStructure::Matrices | NoiseStructure::Scalars => {
            let value = "with noise that depends on the state".into();
            refuse(value, "with noise that is the same everywhere, or none")
        }
    }
}

/// A step to be made.
pub(crate) struct Walk<'a, const D: usize> {
    pub(crate) adaptive: Adaptive,
    pub(crate) stepper: &'a dyn Stepper<D>,
    pub(crate) closest: Closest<'a, D>,
    pub(crate) noise: Option<Path<'a>>,
    pub(crate) step: u64,
    pub(crate) dt: f64,
    /// See [`Start::stiffness`].
    pub(crate) stiffness: f64,
}

/// Where the noise comes from, and what stands before it.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    pub(crate) brownian: &'a Brownian,
    pub(crate) coefficient: f64,
}

/// A state on the way, with its drift.
#[derive(Clone)]
pub(crate) struct Point<const D: usize> {
    pub(crate) positions: Vec<[f64; D]>,
    pub(crate) drift: Vec<[f64; D]>,
}

/// A sub-step that was taken.
pub(crate) struct Substep<'a, const D: usize> {
    pub(crate) dt: f64,
    pub(crate) end: &'a Point<D>,
    /// What the scheme took the drift at the end for, and the coefficient of its local error; empty with noise.
    pub(crate) anticipated: &'a [[f64; D]],
    pub(crate) coefficient: f64,
}

/// The nodes still to be walked, and the state reached.
struct Walker<const D: usize> {
    now: Point<D>,
    next: Point<D>,
    /// Empty with noise.
    anticipated: Vec<[f64; D]>,
    counts: Substeps,
}

impl<const D: usize> Walk<'_, D> {
    /// Makes the step from a state, and shows every sub-step that it takes; the state at its end, and how many sub-steps it
    /// took. An error comes with the state from where no sub-step leads on.
    pub(crate) fn run(
        &self,
        start: Point<D>,
        drift: &mut dyn Drift<D>,
        taken: &mut dyn FnMut(&Substep<D>),
    ) -> std::result::Result<(Point<D>, Substeps), Box<(Error, Point<D>)>> {
        let n = start.positions.len();
        let quiet = self.noise.is_none();
        let mut walker = Walker {
            next: start.clone(),
            anticipated: vec![[0.0; D]; if quiet { n } else { 0 }],
            now: start,
            counts: Substeps::default(),
        };
        match self.walk(&mut walker, drift, taken) {
            Ok(()) => Ok((walker.now, walker.counts)),
            Err(error) => Err(Box::new((error, walker.now))),
        }
    }

    fn walk(
        &self,
        walker: &mut Walker<D>,
        drift: &mut dyn Drift<D>,
        taken: &mut dyn FnMut(&Substep<D>),
    ) -> Result<()> {
        let most = self.adaptive.halvings;
        let (mut least, mut wanted) = (None, 0);
        let mut pending = vec![self.root(walker.now.positions.len())];
        while let Some(piece) = pending.pop() {
            let shortest = match least {
                Some(least) => least,
                None => *least.insert(self.by_distance(&piece, walker)?),
            };
            if piece.level < shortest.max(wanted) {
                pending.extend(self.halves(&piece).into_iter().rev());
                continue;
            }
            let (worst, coefficient) = self.attempt(&piece, walker, drift)?;
            if worst.share <= 1.0 {
                walker.take(&piece, coefficient, taken);
                least = None;
                wanted = piece.level - u8::from(piece.level > 0 && self.may_double(worst.share));
            } else if piece.level < most {
                walker.counts.rejected += 1;
                wanted = (piece.level + self.too_long_by(worst.share)).min(most);
                pending.push(piece);
            } else {
                return Err(self.unresolved(&piece, &worst));
            }
        }
        Ok(())
    }

    /// How often the closest particles want the step to be halved. Without noise, errors where it cannot be; noise parts them.
    fn by_distance(&self, piece: &Piece<D>, walker: &Walker<D>) -> Result<u8> {
        let wanted = self.closest.halvings(&walker.now.positions, self.dt);
        let most = self.adaptive.halvings;
        if wanted <= most || self.noise.is_some() {
            return Ok(wanted.min(most));
        }
        let time = self.step as f64 * self.dt + piece.index as f64 * piece.dt;
        let text = format!(
            "time {time}: the closest particles ask for sub-steps of dt/2^{wanted} (allowed: dt/2^{most} by time.adaptive.halvings; more of \
             them, a smaller time.dt or a core may help, unless particles collapse)"
        );
        Err(Error::new(ErrorKind::Unresolved, text))
    }

    /// The whole step.
    fn root(&self, n: usize) -> Piece<D> {
        match self.noise {
            Some(path) => path.brownian.piece(self.step, self.dt, n),
            None => Piece {
                step: self.step,
                level: 0,
                index: 0,
                dt: self.dt,
                dw: vec![],
                integrals: vec![],
            },
        }
    }

    fn halves(&self, piece: &Piece<D>) -> [Piece<D>; 2] {
        // Without noise the rows are none, and drawn as fast.
        let brownian = self.noise.map_or(Brownian::new(0), |path| *path.brownian);
        brownian.halves(piece)
    }

    /// Tries a sub-step: where it leads, how wrong it may be, and the coefficient of its local error. One that throws
    /// particles away is as wrong as can be, unless none can be shorter.
    fn attempt(
        &self,
        piece: &Piece<D>,
        walker: &mut Walker<D>,
        drift: &mut dyn Drift<D>,
    ) -> Result<(Worst, f64)> {
        let Walker {
            now,
            next,
            anticipated,
            ..
        } = walker;
        let noise = self.noise.map(|path| Noise {
            coefficient: path.coefficient,
            dw: &piece.dw,
            integrals: &piece.integrals,
        });
        let start = Start {
            positions: &now.positions,
            drift: &now.drift,
            previous_drifts: &[],
            dt: piece.dt,
            stiffness: self.stiffness,
            noise,
        };
        let end = End {
            positions: &mut next.positions,
            anticipated: noise.is_none().then_some(anticipated.as_mut_slice()),
        };
        let made = self.stepper.step(&start, drift, end);
        let made = made.and_then(|coefficient| {
            drift.at(&next.positions, &mut next.drift)?;
            Ok(coefficient)
        });
        let may_be_shorter = piece.level < self.adaptive.halvings;
        let coefficient = match made {
            Err(error) if error.kind() == ErrorKind::BlowUp && may_be_shorter => {
                return Ok((Worst::THROWN, 0.0));
            }
            made => made?,
        };
        let (anticipated, factor) = match noise {
            None => (anticipated.as_slice(), coefficient),
            // Heun's step less Euler's.
            Some(_) => (now.drift.as_slice(), 0.5),
        };
        let errors = LocalErrors {
            start: &now.drift,
            end: &next.drift,
            anticipated,
            coefficient: factor,
            noise: noise.map_or(0.0, |noise| noise.coefficient),
            dt: piece.dt,
            step: self.dt,
            tolerance: self.adaptive.tolerance,
        };
        Ok((errors.worst(), coefficient))
    }

    /// By which power of the sub-step the share of what errors may be grows.
    fn power(&self) -> f64 {
        match self.noise {
            Some(_) => 1.0,
            None => self.stepper.weak_order().max(self.stepper.strong_order()),
        }
    }

    /// Whether a sub-step of twice the length should be allowed, with half of what errors may be to spare.
    fn may_double(&self, share: f64) -> bool {
        share * 2f64.powf(self.power()) <= 0.5
    }

    /// How often a sub-step with too large an error should be halved.
    fn too_long_by(&self, share: f64) -> u8 {
        match share.is_finite() {
            // A float as an integer stays within its range.
            true => ((share.log2() / self.power()).ceil() as u8).clamp(1, 20),
            false => 2,
        }
    }

    fn unresolved(&self, piece: &Piece<D>, worst: &Worst) -> Error {
        let (h, halvings) = (piece.dt, self.adaptive.halvings);
        let time = self.step as f64 * self.dt + piece.index as f64 * h;
        let (particle, error) = (worst.particle, worst.error);
        let (allowed, tolerance) = (error / worst.share, self.adaptive.tolerance);
        let text = format!(
            "time {time}: particle {particle} has a local error of {error:.2e} in a sub-step of {h:.2e}, dt/2^{halvings} (allowed: \
             {allowed:.2e} by time.adaptive.tolerance = {tolerance:e}; more time.adaptive.halvings, a larger tolerance or a core may help, \
             unless particles collapse)"
        );
        Error::new(ErrorKind::Unresolved, text)
    }
}

impl<const D: usize> Walker<D> {
    fn take(&mut self, piece: &Piece<D>, coefficient: f64, taken: &mut dyn FnMut(&Substep<D>)) {
        std::mem::swap(&mut self.now, &mut self.next);
        self.counts.taken += 1;
        self.counts.halvings = self.counts.halvings.max(piece.level);
        taken(&Substep {
            dt: piece.dt,
            end: &self.now,
            anticipated: &self.anticipated,
            coefficient,
        });
    }
}

impl Substeps {
    /// The length of the shortest one taken, of steps dt; none before the first.
    pub fn shortest(&self, dt: f64) -> Option<f64> {
        (self.taken > 0).then(|| dt / f64::from(1 << self.halvings))
    }

    /// Adds those of another step.
    pub(crate) fn add(&mut self, other: &Self) {
        self.taken += other.taken;
        self.rejected += other.rejected;
        self.halvings = self.halvings.max(other.halvings);
    }
}
