//! A step whose close pairs are parted from the rest of the drift.

use super::{Buffers, Simulation};
use crate::close_pairs::{ClosePairs, Composed, PairStep};

/// The pairs of the step under way.
pub(super) struct Parted<const D: usize> {
    pub(super) pairs: ClosePairs<D>,
    ways: Vec<[f64; D]>,
}

/// Virials of pairs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Exchanged {
    /// Of those that are none any more.
    pub(super) parted: f64,
    /// Of those that were none before.
    pub(super) new: f64,
}

impl<const D: usize> Parted<D> {
    /// The longest way of a particle.
    pub(super) fn longest(&self, strengths: &[f64]) -> f64 {
        self.pairs.longest(strengths, &self.ways)
    }

    /// Composes the pairs with what the scheme has made of the rest.
    pub(super) fn compose(
        &self,
        positions: &[[f64; D]],
        strengths: &[f64],
        dt: f64,
        coefficient: f64,
        buffers: &mut Buffers<D>,
    ) -> Composed {
        let step = PairStep {
            positions,
            strengths,
            dt,
            ways: &self.ways,
            noise: &buffers.dw,
            coefficient,
        };
        self.pairs.compose(&step, &mut buffers.next)
    }
}

impl<const D: usize> Simulation<D> {
    /// The pairs of the present state; `None` where all are left to the scheme.
    pub(super) fn close_pairs(&mut self) -> Option<ClosePairs<D>> {
        let flow = self.pair_flow?;
        Some(self.pairs.take().unwrap_or_else(|| {
            let (positions, sides) = (&self.state.positions, self.model.periodic());
            ClosePairs::find(
                flow,
                positions,
                self.plan.strengths(),
                sides,
                self.config.time.dt,
                // Not that of the plan, which may have been tightened since: a restart finds the same.
                self.config.field.tolerance,
            )
        }))
    }

    /// Takes the pairs from the drift, and adds their ways to the noise, which has this coefficient, or is there for them alone.
    pub(super) fn part(&mut self, noise: &mut Option<f64>) -> Option<Parted<D>> {
        let pairs = self.close_pairs().filter(|pairs| !pairs.is_empty())?;
        let (dt, strengths) = (self.config.time.dt, self.plan.strengths());
        let positions = &self.state.positions;
        // What is left of the drift is not that of the state, should this step fail.
        self.drift_ready = false;
        pairs.take_from(&mut self.drift, positions, strengths);
        let ways = pairs.ways(positions, strengths, dt);
        let Buffers { dw, integrals, .. } = &mut self.buffers;
        let coefficient = *noise.get_or_insert_with(|| {
            dw.fill([0.0; D]);
            integrals.fill([0.0; D]);
            1.0
        });
        pairs.add_ways(dw, strengths, &ways, 1.0 / coefficient);
        if !integrals.is_empty() {
            // As of a way that is gone evenly.
            pairs.add_ways(integrals, strengths, &ways, 0.5 * dt / coefficient);
        }
        Some(Parted { pairs, ways })
    }

    /// After the step, with its pairs and those of the next one: `drift`, still at its start, becomes the rest of the drift as the next step
    /// wants it of the one before, without the new pairs and with those that part. Returns the virials of both.
    ///
    /// Those that part come as they are now, not as they were: what noise has parted may have been as close as can be.
    pub(super) fn exchange(
        &mut self,
        now: Option<&ClosePairs<D>>,
        next: Option<&ClosePairs<D>>,
    ) -> Exchanged {
        let (drift, strengths) = (&mut self.drift, self.plan.strengths());
        let (was, is) = (&self.buffers.next, &self.state.positions);
        let mut virials = Exchanged::default();
        if let Some(parted) = now.map(|pairs| pairs.without(next)) {
            parted.give_back(drift, is, strengths);
            virials.parted = parted.virial(is, strengths);
        }
        if let Some(new) = next.map(|pairs| pairs.without(now)) {
            new.take_from(drift, was, strengths);
            virials.new = new.virial(was, strengths);
        }
        virials
    }
}
