//! The spatial harmonic family: solid harmonics, moved by plane waves.
//!
//! With u = (x − c)/h in box units, θ and φ its angles, the solid harmonics of Epton and Dembart (SIAM J. Sci. Comput. 16,
//! 1995) and their sums are
//!
//! ```text
//! R_n^m = r^n P_n^m(cos θ) e^{imφ}/(n+m)!    S_n^m = (n−m)! P_n^m(cos θ) e^{imφ}/r^{n+1}    X_n^{−m} = (−1)^m conj X_n^m
//! multipole  M_n^m = Σ q_j conj R_n^m(u_j)   Σ q_j/|x − x_j| = (1/h) Σ_{n<P} Σ_{|m|≤n} M_n^m S_n^m(u)
//! local      L_n^m                           Σ q_j/|x − x_j| = (1/h) Σ_{n<P} Σ_{|m|≤n} L_n^m conj R_n^m(u)
//! ```
//!
//! The radial sums of [`crate::kernel`] are t = Σ q/r and s = Σ q z/r³ = −∇t. Data are real, so m ≥ 0 is stored: real parts,
//! then imaginary parts ([`layout`]). Nothing over- or underflows up to P = 60: |R_n^n| is r^n/(2^n n!).

mod at_points;
#[cfg(test)]
mod chain;
mod derivatives;
mod incoming;
mod lattice;
mod layout;
mod nodes;
mod outgoing;
mod points;
mod rings;
mod rotation;
mod shift;
mod thirds;
mod translate;
mod uniform;
mod waves;

use super::{
    Asked, CellScale, Expansion, Family, Forms, FormsMut, LargestCells, Outgoing, Uniform,
    UnitPoints, UnitSums, Wave,
};
use crate::torus::split::FarPower;
use crate::{Guarantee, accuracy};
use lanes::{Chosen, Isa};
use lattice::Lattice;
use layout::Layout;
use points::Points;
use shift::Shift;
use waves::Waves;

/// Everything that depends on the order and the number of waves.
#[derive(Debug)]
pub struct Harmonic3 {
    layout: Layout,
    points: Points,
    shift: Shift,
    waves: InPrecision,
    /// On a torus.
    lattice: Option<Lattice>,
}

/// Waves in the precision that their quadrature needs.
#[derive(Debug)]
enum InPrecision {
    Double(Waves<f64>),
    Single(Waves<f32>),
}

/// Calls a method of the waves, whatever their precision.
macro_rules! waves {
    ($family:expr, $waves:ident => $call:expr) => {
        match &$family.waves {
            InPrecision::Double($waves) => $call,
            InPrecision::Single($waves) => $call,
        }
    };
}

/// Widest vector of f64.
const WIDEST: usize = 8;
/// Widest vector of waves, those of f32.
const WIDEST_WAVE: usize = 16;
/// Errors of a quadrature from which its waves may be summed in f32: those of (calibrated) tolerances from 1.3e-7. On the
/// clouds of [`accuracy::harmonic3`], also of 3·10⁵ points, that was wrong by at most 8e-8 of the potentials (random signs)
/// and 3e-8 of the fields (strengths of one); errors of series and quadrature, independent of it, are half of the tolerance.
const IN_F32: f64 = 3.9e-8;
/// Largest order of such series: λ^n of those quadratures, λ < 15.2, and locals of many strengths stay within f32.
const ORDER_IN_F32: usize = 26;
/// Largest order for which the box of a torus may be three cells wide. The images of such cells are moved by series, which lose more than
/// waves where a clump of sources in a corner of a cell faces one of targets in a corner of the next but one: 5 times as much at order 18,
/// 40 times at 24 and 160 times at 33 (a single strength, fields).
const ORDER_OF_THIRDS: usize = 20;
/// Bytes of the outgoing forms of one block: the more, the fewer are made for two.
const AT_HAND: usize = 1 << 27;

/// Pairs, and those left, of cells whose conversions are done together: two at once need the tables once, and have enough
/// sums under way. All are left where there are too few registers for two.
fn pairs<I: Isa, T>(cells: &[T]) -> (&[[T; 2]], &[T]) {
    if I::REGISTERS < 32 {
        return (&[], cells);
    }
    cells.as_chunks()
}

/// Start and size of the blocks that the loops take of `count` vectors.
fn blocks(count: usize) -> Vec<(usize, usize)> {
    let mut blocks = vec![];
    let mut start = 0;
    for size in [4, 2, 1] {
        while start + size <= count {
            blocks.push((start, size));
            start += size;
        }
    }
    blocks
}

impl Harmonic3 {
    /// Series of degrees below `order`, and the smallest quadrature with error at most `wave_error`, for vectors of `lanes`.
    pub(crate) fn new(order: usize, wave_error: f64, lanes: usize) -> Self {
        let single = wave_error >= IN_F32 && order <= ORDER_IN_F32;
        Self::with_waves(order, wave_error, lanes, single)
    }

    /// The same with waves in f32, or in f64.
    fn with_waves(order: usize, wave_error: f64, lanes: usize, single: bool) -> Self {
        let layout = Layout::new(order, WIDEST);
        let waves = if single {
            // One number is one number in either precision.
            let lanes = if lanes == 1 { 1 } else { 2 * lanes };
            InPrecision::Single(Waves::new(order, wave_error, lanes))
        } else {
            InPrecision::Double(Waves::new(order, wave_error, lanes))
        };
        Self {
            layout,
            points: Points::new(layout),
            shift: Shift::new(layout, lanes),
            waves,
            lattice: None,
        }
    }
}

impl Harmonic3 {
    /// Expansions that give what is asked for, and the accuracy of a near pair that goes with them, see [`lanes::accuracy`].
    pub(crate) fn within(asked: &Asked<3>) -> (Self, usize) {
        let accuracy = accuracy::harmonic3(asked.tolerance, asked.guarantee);
        let (order, error) = (accuracy.order, accuracy.wave_error);
        let expansion = if asked.waves_in_double {
            Self::with_waves(order, error, asked.lanes, false)
        } else {
            Self::new(order, error, asked.lanes)
        };
        let pair = accuracy::pair_in_space(asked.pairs, asked.guarantee, asked.single);
        (expansion, pair)
    }
}

impl Family<3> for Harmonic3 {
    fn floor(guarantee: Guarantee) -> f64 {
        accuracy::harmonic3_floor(guarantee)
    }
    fn takes_thirds(&self) -> bool {
        self.layout.order <= ORDER_OF_THIRDS
    }
    fn make_thirds(&self) {
        if let Some(lattice) = &self.lattice {
            lattice.thirds();
        }
    }
    fn close(&mut self, _: FarPower) {
        self.lattice = Some(Lattice::new(self.layout));
    }
    fn order(&self) -> usize {
        self.layout.order
    }
    fn waves(&self) -> usize {
        waves!(self, waves => waves.rings.count)
    }
    fn are_waves_single(&self) -> bool {
        self.waves_in_single()
    }
    fn direct_below(&self) -> usize {
        self.layout.order * self.layout.order
    }
}

impl Expansion<3> for Harmonic3 {
    /// Two directions each.
    const PARTS: usize = 3;
    const SHARED: bool = true;

    fn multipole_len(&self) -> usize {
        2 * self.layout.padded
    }
    fn local_len(&self) -> usize {
        2 * self.layout.padded
    }
    fn wave_len(&self) -> usize {
        waves!(self, waves => waves.len())
    }
    #[inline(always)]
    fn p2m<I: Isa>(&self, isa: I, points: &UnitPoints<3>, multipole: &mut [f64]) {
        self.points.p2m(isa, points, multipole);
    }
    #[inline(always)]
    fn m2m<I: Isa>(&self, isa: I, octant: usize, child: &[f64], parent: &mut [f64]) {
        self.shift.m2m(isa, octant, child, parent);
    }
    fn waves_in_single(&self) -> bool {
        matches!(self.waves, InPrecision::Single(_))
    }
    fn parents_at_once(&self) -> usize {
        usize::MAX
    }
    fn forms_at_once(&self) -> usize {
        AT_HAND / waves!(self, waves => waves.bytes())
    }
    #[inline(always)]
    fn outgoing<I: Isa>(
        &self,
        isa: I,
        axis: usize,
        multipoles: &[f64],
        cells: &[u32],
        forms: FormsMut,
    ) {
        let len = self.multipole_len();
        let multipole = |cell: u32| &multipoles[cell as usize * len..][..len];
        waves!(self, waves => {
            let (pairs, rest) = pairs::<I, _>(cells);
            let (of_pairs, of_rest) = Wave::of_mut(forms).split_at_mut(2 * pairs.len() * waves.len());
            for (k, forms) in of_pairs.chunks_exact_mut(2 * waves.len()).enumerate() {
                for &next in &pairs[(k + 1).min(pairs.len() - 1)] {
                    lanes::prefetch(multipole(next));
                }
                waves.outgoing(isa, axis, pairs[k].map(multipole), forms);
            }
            for (&cell, form) in rest.iter().zip(of_rest.chunks_exact_mut(waves.len())) {
                waves.outgoing(isa, axis, [multipole(cell)], form);
            }
        });
    }
    #[inline(always)]
    fn translate<I: Isa>(
        &self,
        isa: I,
        axis: usize,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut Forms,
    ) {
        waves!(self, waves => {
            let incoming = incoming.room(0, 8 * waves.len());
            waves.translate(isa, axis, sources, outgoing, incoming);
        });
    }
    #[inline(always)]
    fn incoming<I: Isa>(
        &self,
        isa: I,
        axis: usize,
        children: &[(usize, usize)],
        incoming: &mut Forms,
        locals: &mut [f64],
    ) {
        let len = self.local_len();
        let range = |(_, local): (usize, usize)| local * len..(local + 1) * len;
        waves!(self, waves => {
            let incoming = incoming.room(0, 8 * waves.len());
            let form = |(octant, _): (usize, usize)| &incoming[octant * waves.len()..][..waves.len()];
            let (pairs, rest) = pairs::<I, _>(children);
            for pair in pairs {
                let locals = locals.get_disjoint_mut(pair.map(range));
                let locals = locals.expect("each child has its own local");
                waves.incoming(isa, axis, pair.map(form), locals);
            }
            for &child in rest {
                waves.incoming(isa, axis, [form(child)], [&mut locals[range(child)]]);
            }
        });
    }
    /// Waves carry all of 1/r.
    fn far_constant(&self, _strength: f64, _log_side: f64, _local: &mut [f64]) {}
    #[inline(always)]
    fn l2l<I: Isa>(&self, isa: I, octant: usize, parent: &[f64], child: &mut [f64]) {
        self.shift.l2l(isa, octant, parent, child);
    }
    #[inline(always)]
    fn p2l<I: Isa>(&self, isa: I, points: &UnitPoints<3>, _log_side: f64, local: &mut [f64]) {
        self.points.p2l(isa, points, local);
    }
    #[inline(always)]
    fn l2p<I: Isa>(
        &self,
        isa: I,
        local: &[f64],
        points: &UnitPoints<3>,
        side: f64,
        wanted: usize,
        sums: &mut UnitSums<3>,
    ) {
        self.points.l2p(isa, local, points, side, wanted, sums);
    }
    fn images(&self, chosen: Chosen, all: &LargestCells<3>, locals: &mut [f64]) {
        if let Some(lattice) = &self.lattice {
            lattice.images(chosen, all, locals);
        }
    }
    fn uniform(&self) -> Option<&Uniform> {
        self.lattice.as_ref().map(|lattice| &lattice.uniform)
    }
    #[inline(always)]
    fn m2p<I: Isa>(
        &self,
        isa: I,
        multipole: &[f64],
        points: &UnitPoints<3>,
        scale: CellScale,
        wanted: usize,
        sums: &mut UnitSums<3>,
    ) {
        self.points.m2p(isa, multipole, points, scale, wanted, sums);
    }
}
