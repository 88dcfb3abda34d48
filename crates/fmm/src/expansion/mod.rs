//! Expansions: how a far field is compressed, moved and evaluated.
//!
//! One folder a family. All families speak the language of [`Expansion`], in *box units*: a point is
//! u = (x − centre)/side of its cell, so every translation between cells is the same on every level.

pub(crate) mod harmonic2;

use crate::lists::FarPair;
use lanes::Isa;

/// Points of one cell in box units, padded with points at 0 of strength 0 to whole vectors.
#[derive(Clone, Debug)]
pub(crate) struct UnitPoints<const D: usize> {
    /// Coordinates by axis.
    pub(crate) u: [Vec<f64>; D],
    /// Strengths.
    pub(crate) w: Vec<f64>,
}

impl<const D: usize> Default for UnitPoints<D> {
    fn default() -> Self {
        Self {
            u: std::array::from_fn(|_| Vec::new()),
            w: Vec::new(),
        }
    }
}

impl<const D: usize> UnitPoints<D> {
    /// Every length is rounded up to a multiple of this.
    pub(crate) const PADDING: usize = 8;

    /// Makes room for `n` points, the padding at 0.
    pub(crate) fn resize(&mut self, n: usize) {
        let padded = n.next_multiple_of(Self::PADDING);
        for values in self.u.iter_mut().chain([&mut self.w]) {
            values.clear();
            values.resize(padded, 0.0);
        }
    }
}

/// Sums at the points of one cell, padded like [`UnitPoints`]: the radial sums of [`crate::kernel`].
#[derive(Clone, Debug)]
pub(crate) struct UnitSums<const D: usize> {
    /// Σ w z φ by axis.
    pub(crate) s: [Vec<f64>; D],
    /// Σ w γ.
    pub(crate) t: Vec<f64>,
}

impl<const D: usize> Default for UnitSums<D> {
    fn default() -> Self {
        Self {
            s: std::array::from_fn(|_| Vec::new()),
            t: Vec::new(),
        }
    }
}

impl<const D: usize> UnitSums<D> {
    /// Room for `n` points, all sums 0.
    pub(crate) fn reset(&mut self, n: usize) {
        let padded = n.next_multiple_of(UnitPoints::<D>::PADDING);
        for values in self.s.iter_mut().chain([&mut self.t]) {
            values.clear();
            values.resize(padded, 0.0);
        }
    }
}

/// Outgoing forms of the source cells that a block of target cells has met.
#[derive(Default)]
pub(crate) struct Outgoing {
    waves: Vec<f64>,
    used: usize,
    len: usize,
    /// By cell: the block that met it last, and its place in `waves`.
    place: Vec<(u32, u32)>,
    block: u32,
}

impl Outgoing {
    /// Forgets the cells that were met; `len` numbers make one form.
    pub(crate) fn next_block(&mut self, n_cells: usize, len: usize) {
        self.place.resize(n_cells, (0, 0));
        self.block += 1;
        (self.len, self.used) = (len, 0);
    }

    /// Room for the form of a cell that this block has not met yet; `None` if it has.
    #[inline(always)]
    pub(crate) fn meet(&mut self, source: u32) -> Option<&mut [f64]> {
        let place = &mut self.place[source as usize];
        if place.0 == self.block {
            return None;
        }
        let start = self.used;
        *place = (self.block, start as u32);
        self.used += self.len;
        if self.waves.len() < self.used {
            self.waves.resize(2 * self.used, 0.0);
        }
        Some(&mut self.waves[start..self.used])
    }

    /// The form of a cell that was met.
    #[inline(always)]
    pub(crate) fn of(&self, source: u32) -> &[f64] {
        &self.waves[self.place[source as usize].1 as usize..][..self.len]
    }
}

/// The operators of one family. `log_side` is the logarithm of the cell's side in user units (for logarithmic
/// potentials), `side` the side in plan units. All outputs are added to.
pub(crate) trait Expansion<const D: usize>: Send + Sync {
    /// Numbers of one multipole.
    fn multipole_len(&self) -> usize;
    /// Numbers of one local.
    fn local_len(&self) -> usize;
    /// Numbers of one multipole in outgoing form, and of the incoming form before it becomes a local.
    fn wave_len(&self) -> usize;
    /// Number of the offset target − source of a far pair; pairs are handed to [`translate`](Self::translate) sorted by it.
    fn class_of(offset: [i32; D]) -> u32;

    /// Points to multipole.
    fn p2m<I: Isa>(&self, isa: I, points: &UnitPoints<D>, multipole: &mut [f64]);
    /// Multipole of a child to that of its parent.
    fn m2m<I: Isa>(&self, isa: I, octant: usize, child: &[f64], parent: &mut [f64]);
    /// Multipole to outgoing form (overwrites).
    fn outgoing<I: Isa>(&self, isa: I, multipole: &[f64], waves: &mut [f64]);
    /// Sum over the far list of one cell, from outgoing to incoming form (overwrites).
    fn translate<I: Isa>(
        &self,
        isa: I,
        pairs: &[FarPair],
        outgoing: &Outgoing,
        incoming: &mut [f64],
    );
    /// Incoming form to local.
    fn incoming<I: Isa>(&self, isa: I, incoming: &[f64], local: &mut [f64]);
    /// The part of the potential of a far list that waves cannot carry; `strength` is the sum over its sources.
    fn far_constant(&self, strength: f64, log_side: f64, local: &mut [f64]);
    /// Local of a parent to that of its child.
    fn l2l<I: Isa>(&self, isa: I, octant: usize, parent: &[f64], child: &mut [f64]);
    /// Points outside the neighbourhood to local.
    fn p2l<I: Isa>(&self, isa: I, points: &UnitPoints<D>, log_side: f64, local: &mut [f64]);
    /// Local to sums at points.
    fn l2p<I: Isa>(
        &self,
        isa: I,
        local: &[f64],
        points: &UnitPoints<D>,
        side: f64,
        potential: bool,
        sums: &mut UnitSums<D>,
    );
    /// Multipole to sums at points outside the neighbourhood.
    fn m2p<I: Isa>(
        &self,
        isa: I,
        multipole: &[f64],
        points: &UnitPoints<D>,
        scale: CellScale,
        potential: bool,
        sums: &mut UnitSums<D>,
    );
}

/// Size of a cell in both units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CellScale {
    /// Side in plan units.
    pub(crate) side: f64,
    /// Logarithm of the side in user units.
    pub(crate) log_side: f64,
}
