//! What changes in time.

/// The particles at one time, in the user's order, which never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct State<const D: usize = 2> {
    /// Steps made since the start.
    pub step: u64,
    /// Time reached, `step · dt`.
    pub time: f64,
    /// X_i, one a particle. Of more than three numbers the first three are its place, which noise moves; what else changes in time stands
    /// behind them.
    pub positions: Vec<[f64; D]>,
    /// m_j, one a particle, constant in time. The sums use w_j = m_j/N.
    pub circulations: Vec<f64>,
    /// F(X) at the step before, at the one before that, …: as many as the scheme looks back, fewer in the first steps.
    pub previous_drifts: Vec<Vec<[f64; D]>>,
}

impl<const D: usize> State<D> {
    /// N.
    pub fn n(&self) -> usize {
        self.positions.len()
    }
}

/// How many of a particle's numbers are its place.
pub(crate) const fn places(components: usize) -> usize {
    if components > 3 { 3 } else { components }
}
