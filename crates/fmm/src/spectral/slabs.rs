//! The sources in slabs of planes of the grid, so that threads can add them without meeting: first to even slabs, then to odd ones.

use super::window::WIDEST;
use crate::memory::zeros;
use lanes::Real;

/// Planes of a slab: no window reaches beyond the next one.
pub(super) const PLANES: usize = WIDEST;

/// Sources slab by slab, within each in the order in which they came.
#[derive(Debug)]
pub(super) struct Slabs<const D: usize> {
    /// Where each slab ends.
    ends: Vec<usize>,
    /// The user's number of each source.
    pub(super) user: Vec<u32>,
    pub(super) points: [Vec<f64>; D],
}

impl<const D: usize> Slabs<D> {
    /// Of a grid with so many planes, the first of which is at `low`, given planes for a unit of length; the sources are multiplied with a
    /// number.
    pub(super) fn new<T: Real>(
        (low, per_length): (f64, f64),
        planes: usize,
        (sources, factor): (&[Vec<T>; D], f64),
        user_index: &[u32],
    ) -> Self {
        let n = user_index.len();
        let count = planes.div_ceil(PLANES);
        let slab = |x: T| ((x.to_f64() * factor - low) * per_length) as usize / PLANES;
        let mut ends = vec![0; count];
        for &x in &sources[0][..n] {
            ends[slab(x)] += 1;
        }
        let mut next = vec![0; count];
        for k in 1..count {
            next[k] = next[k - 1] + ends[k - 1];
        }
        let mut user = zeros(n, 0);
        let mut points: [Vec<f64>; D] = std::array::from_fn(|_| zeros(n, 0.0));
        for (k, &index) in user_index.iter().enumerate() {
            let place = &mut next[slab(sources[0][k])];
            user[*place] = index;
            for (to, from) in points.iter_mut().zip(sources) {
                to[*place] = from[k].to_f64() * factor;
            }
            *place += 1;
        }
        Self {
            ends: next,
            user,
            points,
        }
    }

    /// The sources of a slab.
    pub(super) fn range(&self, slab: usize) -> std::ops::Range<usize> {
        let start = if slab == 0 { 0 } else { self.ends[slab - 1] };
        start..self.ends[slab]
    }

    pub(super) fn bytes(&self) -> usize {
        self.user.capacity() * 4 + D * self.points[0].capacity() * 8
    }
}
