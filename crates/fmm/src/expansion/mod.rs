//! Expansions: how a far field is compressed, moved and evaluated.
//!
//! One folder a family. All families speak the language of [`Expansion`], in *box units*: a point is
//! u = (x − centre)/side of its cell, axis by axis where sides differ, so every translation between cells is the same on every level.

mod forms;
pub(crate) mod harmonic2;
pub(crate) mod harmonic3;
mod harmonic_or;
pub(crate) mod interpolation;
mod quadrature;

pub(crate) use forms::{Forms, FormsMut, NONE, Outgoing, Wave};
pub(crate) use harmonic_or::HarmonicOr;
pub(crate) use interpolation::Radial;
pub(crate) use quadrature::gauss_legendre;

use crate::passes::wanted::{GRADIENT, POTENTIAL, SECOND};
use crate::torus::split::FarPower;
use crate::tree::Stretch;
use crate::{Guarantee, OperatorsReport, Result};
use lanes::{Chosen, Isa};
use std::fmt::Debug;

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

    /// Makes room for `n` points, whose contents are unspecified, the padding at 0.
    #[inline(always)]
    pub(crate) fn resize(&mut self, n: usize) {
        let padded = n.next_multiple_of(Self::PADDING);
        for values in self.u.iter_mut().chain([&mut self.w]) {
            values.resize(padded, 0.0);
            values[n..].fill(0.0);
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
    /// Gradients of s by a ≤ b, see [`SECOND`].
    pub(crate) g: [Vec<f64>; SECOND],
}

impl<const D: usize> Default for UnitSums<D> {
    fn default() -> Self {
        Self {
            s: std::array::from_fn(|_| Vec::new()),
            t: Vec::new(),
            g: Default::default(),
        }
    }
}

impl<const D: usize> UnitSums<D> {
    /// Room for `n` points, all sums 0; those of potential and gradient only where they are `wanted`.
    pub(crate) fn reset(&mut self, n: usize, wanted: usize) {
        let padded = n.next_multiple_of(UnitPoints::<D>::PADDING);
        let t = (wanted >= POTENTIAL).then_some(&mut self.t);
        let g = (wanted >= GRADIENT).then_some(&mut self.g);
        for values in self.s.iter_mut().chain(t).chain(g.into_iter().flatten()) {
            values.clear();
            values.resize(padded, 0.0);
        }
    }
}

/// The operators of one family. `log_side` is the logarithm of the cell's side in user units (for logarithmic
/// potentials), `side` the side in plan units, of both the largest. All outputs are added to.
pub(crate) trait Expansion<const D: usize>: Send + Sync {
    /// Waves come in so many parts, which are moved one after another, so that the forms of more cells stay at hand.
    const PARTS: usize = 1;
    /// Whether all tasks share the forms of one block, which outgrow the caches anyway; else a block is one task's.
    const SHARED: bool = false;

    /// Parents whose far lists are summed together, so that operators that outgrow the caches are read once for all of them.
    const TOGETHER: usize = 1;

    /// The operators of cells of a level: of m2m and l2l that of the parents. They may differ where the kernel has a length of its own.
    #[inline(always)]
    fn at(&self, level: u32) -> &Self {
        let _ = level;
        self
    }

    /// Numbers of one multipole.
    fn multipole_len(&self) -> usize;
    /// Numbers of one local.
    fn local_len(&self) -> usize;
    /// Numbers of one part of a multipole in outgoing form, and of the incoming form before it becomes a local.
    fn wave_len(&self) -> usize;
    /// Whether waves are summed in f32.
    fn waves_in_single(&self) -> bool {
        false
    }
    /// Parents whose children a block has at most, if it is one task's.
    fn parents_at_once(&self) -> usize;
    /// Forms that a block has at most.
    fn forms_at_once(&self) -> usize {
        usize::MAX
    }

    /// Points to multipole.
    fn p2m<I: Isa>(&self, isa: I, points: &UnitPoints<D>, multipole: &mut [f64]);
    /// Multipole of a child to that of its parent.
    fn m2m<I: Isa>(&self, isa: I, octant: usize, child: &[f64], parent: &mut [f64]);
    /// One part of the outgoing forms of some cells, behind each other, from the multipoles of all cells (overwrites).
    fn outgoing<I: Isa>(
        &self,
        isa: I,
        part: usize,
        multipoles: &[f64],
        cells: &[u32],
        forms: FormsMut,
    );
    /// Sums over the far lists of all children of up to [`TOGETHER`](Self::TOGETHER) parents, from outgoing to incoming forms
    /// (overwrites), those of the children by parent and octant. `sources` holds the place in `outgoing` of every slot of
    /// every parent ([`crate::lists::slots`]).
    fn translate<I: Isa>(
        &self,
        isa: I,
        part: usize,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut Forms,
    );
    /// One part of the incoming forms of children, which are used up, to their locals among `locals`. Of each child the place of
    /// its form, and which local it has.
    fn incoming<I: Isa>(
        &self,
        isa: I,
        part: usize,
        children: &[(usize, usize)],
        incoming: &mut Forms,
        locals: &mut [f64],
    );
    /// The part of the potential of a far list that waves cannot carry; `strength` is the sum over its sources.
    fn far_constant(&self, strength: f64, log_side: f64, local: &mut [f64]);
    /// Local of a parent to that of its child.
    fn l2l<I: Isa>(&self, isa: I, octant: usize, parent: &[f64], child: &mut [f64]);
    /// Points outside the neighbourhood to local.
    fn p2l<I: Isa>(&self, isa: I, points: &UnitPoints<D>, log_side: f64, local: &mut [f64]);
    /// Local to sums at points, those that are `wanted`.
    fn l2p<I: Isa>(
        &self,
        isa: I,
        local: &[f64],
        points: &UnitPoints<D>,
        side: f64,
        wanted: usize,
        sums: &mut UnitSums<D>,
    );
    /// γ and φ at r = 0, in plan units, where cells of this level take even themselves by expansions.
    fn at_zero(&self, side: f64) -> [f64; 2] {
        let _ = side;
        [0.0; 2]
    }
    /// On a torus, what images of its largest cells bring to their locals.
    fn images(&self, chosen: Chosen, all: &LargestCells<D>, locals: &mut [f64]) {
        let _ = (chosen, all, locals);
    }
    /// What a uniform density is to these expansions, on a torus.
    fn uniform(&self) -> Option<&Uniform> {
        None
    }
    /// Adds the sums that a uniform density, `strength` a cell of this side, has from all that is far of a cell, at points in its box units;
    /// unless they are harmonic.
    fn far_uniform<I: Isa>(
        &self,
        isa: I,
        strength: f64,
        scale: CellScale,
        points: &UnitPoints<D>,
        wanted: usize,
        sums: &mut UnitSums<D>,
    ) {
        let _ = (isa, strength, scale, points, wanted, sums);
    }
    /// Multipole to sums at points outside the neighbourhood.
    fn m2p<I: Isa>(
        &self,
        isa: I,
        multipole: &[f64],
        points: &UnitPoints<D>,
        scale: CellScale,
        wanted: usize,
        sums: &mut UnitSums<D>,
    );
}

/// The largest cells of a torus whose images act on each other: those of the root, all beyond the ones next to it; or of the 3^D cells
/// that are thirds of the box along each axis, all but those next to a cell.
pub(crate) struct LargestCells<'a, const D: usize> {
    /// Grid coordinates of the cells.
    pub(crate) anchors: Vec<[u32; D]>,
    /// Behind each other.
    pub(crate) multipoles: &'a [f64],
    pub(crate) log_side: f64,
}

impl<const D: usize> LargestCells<'_, D> {
    /// Of a target cell and a source cell of thirds, by index: from that to this where they touch, 0, 1 or −1 along each axis.
    pub(crate) fn offset(&self, target: usize, source: usize) -> [i32; D] {
        std::array::from_fn(|a| {
            let apart = self.anchors[target][a] as i32 - self.anchors[source][a] as i32;
            (apart + 4) % 3 - 1
        })
    }
}

/// What a plan asks of its expansions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<const D: usize> {
    /// Of the expansions, and of near pairs, which may be another one.
    pub(crate) tolerance: f64,
    pub(crate) pairs: f64,
    pub(crate) guarantee: Guarantee,
    /// Points in f32.
    pub(crate) single: bool,
    /// Gradients of the field.
    pub(crate) gradient: bool,
    /// Points on a torus.
    pub(crate) torus: bool,
    /// Of all cells.
    pub(crate) stretch: Stretch<D>,
    /// Numbers of a vector.
    pub(crate) lanes: usize,
    /// Waves in f64, whatever the tolerance.
    pub(crate) waves_in_double: bool,
    /// Side of the root cube in the user's unit, for families that need sides.
    pub(crate) root_side: f64,
}

/// A family as a plan holds it, and when its expansions are worth their while.
pub(crate) trait Family<const D: usize>: Debug + Send + Sync + Sized + 'static {
    /// The smallest tolerance that the expansions can give.
    fn floor(guarantee: Guarantee) -> f64;
    /// Whether far fields in cubes are interpolated, whose operators take far longer where they must be better.
    fn is_interpolated() -> bool {
        false
    }
    /// Makes ready for a root cube of this side in the user's unit, whatever the one before.
    fn fit_side(&mut self, root_side: f64) -> Result<()> {
        let _ = root_side;
        Ok(())
    }
    /// The level of a tree over so many points whose cells can take each other by expansions however near they are, so that none need be
    /// smaller.
    fn finest(&self, points: usize) -> Option<u32> {
        let _ = points;
        None
    }
    /// Makes ready for a tree of this depth, and with this [`finest`](Self::finest) level.
    fn prepare(&mut self, depth: u32, finest: Option<u32>) {
        let _ = (depth, finest);
    }
    /// Whether the box of a torus may be three cells wide.
    fn takes_thirds(&self) -> bool {
        false
    }
    /// Makes ready for such a box.
    fn make_thirds(&self) {}
    /// Makes ready for a torus, on which the kernel is this power far away.
    fn close(&mut self, power: FarPower) {
        let _ = power;
    }
    /// Whether operators depend on the sides of cells, which should be few then.
    fn needs_sides(&self) -> bool {
        false
    }
    /// Order of a multipole or local expansion.
    fn order(&self) -> usize;
    /// Number of plane waves in each direction.
    fn waves(&self) -> usize;
    /// Whether those are summed in f32.
    fn are_waves_single(&self) -> bool {
        false
    }
    /// Multiply-adds of the far list of one cell, if far fields are interpolated: the order is nodes an axis then, that of a cube
    /// of about as many nodes, and the waves are numbers of a multipole.
    fn far_products(&self) -> Option<f64> {
        None
    }
    /// Where the operators came from that were not computed along with the family.
    fn operators(&self) -> OperatorsReport {
        OperatorsReport::default()
    }
    /// Up to so many points, pairs are cheaper than the expansion of a cell of another size.
    fn direct_below(&self) -> usize;
}

/// A uniform density of strengths, one a cell, in box units (see [`crate::torus::background`]).
#[derive(Debug)]
pub(crate) struct Uniform {
    /// Of one cell.
    pub(crate) multipole: Vec<f64>,
    /// What it has from all that is far of a cell, where sums are harmonic; else that is [`Expansion::far_uniform`].
    pub(crate) harmonic: Option<HarmonicUniform>,
}

/// The sums that a uniform density has from all that is far of a cell, where they are harmonic but for a quadratic.
#[derive(Debug)]
pub(crate) struct HarmonicUniform {
    /// Of a cell and the cells next to it: what is harmonic of their sums in the cell.
    pub(crate) local: Vec<f64>,
    /// The rest: of a source, Σ w z φ has `field` z and Σ w γ has `potential` z² on top of lattice sums, z = x − y not wrapped; of the
    /// density of one a unit volume, the opposite.
    pub(crate) field: f64,
    pub(crate) potential: f64,
    /// Among the numbers of a local the one that takes `logarithms` times the logarithm of the cell's side in the user's unit.
    pub(crate) constant: usize,
    pub(crate) logarithms: f64,
}

/// Size of a cell in both units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CellScale {
    /// Side in plan units.
    pub(crate) side: f64,
    /// Logarithm of the side in user units.
    pub(crate) log_side: f64,
}
