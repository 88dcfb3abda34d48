//! The planar harmonic family: series of the Cauchy kernel, moved by plane waves.
//!
//! With complex u = (z − c)/h in box units and real strengths g,
//!
//! ```text
//! f(z) = Σ g_j/(z − z_j)         multipole  M_k = Σ g_j u_j^k,   f = (1/h) Σ_{k<p} M_k/w^{k+1}
//!                                local      f = (1/h) Σ_{l<p} L_l w^l
//! φ(z) = Σ g_j log|z − z_j|      φ = Re[M_0 log(z − c) − Σ_{k≥1} M_k/(k w^k)] = Re[Λ + Σ_{l≥1} L_{l−1} w^l/l]
//! ```
//!
//! so that the radial sums of [`crate::kernel`] are s = (Re f, −Im f) and t = φ. A multipole is stored as its real parts,
//! then its imaginary parts, each padded to whole vectors; a local likewise, then Λ (real).

#[cfg(test)]
mod chain;
mod lattice;
mod nodes;
mod points;
mod shift;
mod thirds;
mod translate;
mod waves;

use super::{
    Asked, CellScale, Expansion, Family, Forms, FormsMut, LargestCells, Outgoing, Uniform,
    UnitPoints, UnitSums, Wave,
};
use crate::torus::split::FarPower;
use crate::{Guarantee, accuracy};
use lanes::{Chosen, Isa};
use lattice::Lattice;
use shift::Shift;
use waves::Waves;

/// Everything that depends on the order and the number of waves.
#[derive(Debug)]
pub struct Harmonic2 {
    /// Number of terms p.
    order: usize,
    /// p rounded up to whole vectors.
    padded: usize,
    shift: Shift,
    waves: Waves,
    /// On a torus.
    lattice: Option<Lattice>,
}

/// Widest vector of f64.
const WIDEST: usize = 8;

impl Harmonic2 {
    /// Series of `order` terms, and the smallest quadrature with error at most `wave_error`, for vectors of `lanes`.
    pub(crate) fn new(order: usize, wave_error: f64, lanes: usize) -> Self {
        let padded = order.next_multiple_of(WIDEST);
        Self {
            order,
            padded,
            shift: Shift::new(order, padded, lanes),
            waves: Waves::new(order, padded, wave_error, lanes),
            lattice: None,
        }
    }
}

impl Harmonic2 {
    /// Expansions that give what is asked for, and the accuracy of a near pair that goes with them, see [`lanes::accuracy`].
    pub(crate) fn within(asked: &Asked<2>) -> (Self, usize) {
        let accuracy = accuracy::harmonic2(asked.tolerance, asked.guarantee);
        let expansion = Self::new(accuracy.order, accuracy.wave_error, asked.lanes);
        let pair = accuracy::pair_in_plane(asked.pairs, asked.guarantee, asked.single);
        (expansion, pair)
    }
}

impl Family<2> for Harmonic2 {
    /// The finest quadrature is as good as f64.
    fn floor(_: Guarantee) -> f64 {
        0.0
    }
    fn takes_thirds(&self) -> bool {
        true
    }
    fn make_thirds(&self) {
        if let Some(lattice) = &self.lattice {
            lattice.thirds();
        }
    }
    fn close(&mut self, _: FarPower) {
        self.lattice = Some(Lattice::new(self.order, self.padded));
    }
    fn order(&self) -> usize {
        self.order
    }
    fn waves(&self) -> usize {
        self.waves.count()
    }
    fn direct_below(&self) -> usize {
        3 * self.order
    }
}

impl Expansion<2> for Harmonic2 {
    fn multipole_len(&self) -> usize {
        2 * self.padded
    }
    fn local_len(&self) -> usize {
        2 * self.padded + WIDEST
    }
    fn wave_len(&self) -> usize {
        self.waves.len()
    }
    #[inline(always)]
    fn p2m<I: Isa>(&self, isa: I, points: &UnitPoints<2>, multipole: &mut [f64]) {
        points::p2m(isa, self.order, points, multipole);
    }
    #[inline(always)]
    fn m2m<I: Isa>(&self, isa: I, octant: usize, child: &[f64], parent: &mut [f64]) {
        self.shift.m2m(isa, octant, child, parent);
    }
    /// Their waves fit the second-level cache.
    fn parents_at_once(&self) -> usize {
        64
    }
    #[inline(always)]
    fn outgoing<I: Isa>(
        &self,
        isa: I,
        _: usize,
        multipoles: &[f64],
        cells: &[u32],
        forms: FormsMut,
    ) {
        let (len, forms) = (self.multipole_len(), f64::of_mut(forms));
        for (&cell, waves) in cells.iter().zip(forms.chunks_exact_mut(self.waves.len())) {
            let multipole = &multipoles[cell as usize * len..][..len];
            self.waves.outgoing(isa, multipole, waves);
        }
    }
    #[inline(always)]
    fn translate<I: Isa>(
        &self,
        isa: I,
        _: usize,
        sources: &[u32],
        outgoing: &Outgoing,
        incoming: &mut Forms,
    ) {
        let incoming = incoming.room(0, 4 * self.waves.len());
        self.waves.translate(isa, sources, outgoing, incoming);
    }
    #[inline(always)]
    fn incoming<I: Isa>(
        &self,
        isa: I,
        _: usize,
        children: &[(usize, usize)],
        incoming: &mut Forms,
        locals: &mut [f64],
    ) {
        let (len, local_len) = (self.waves.len(), self.local_len());
        for &(octant, local) in children {
            let incoming = incoming.room(octant * len, len);
            let local = &mut locals[local * local_len..][..local_len];
            self.waves.incoming(isa, incoming, local);
        }
    }
    #[inline(always)]
    fn far_constant(&self, strength: f64, log_side: f64, local: &mut [f64]) {
        local[2 * self.padded] += strength * (self.waves.log_constant() + log_side);
    }
    #[inline(always)]
    fn l2l<I: Isa>(&self, isa: I, octant: usize, parent: &[f64], child: &mut [f64]) {
        self.shift.l2l(isa, octant, parent, child);
        self.shift.l2l_constant(isa, octant, parent, child);
    }
    #[inline(always)]
    fn p2l<I: Isa>(&self, isa: I, points: &UnitPoints<2>, log_side: f64, local: &mut [f64]) {
        points::p2l(isa, self.order, points, log_side, local);
    }
    #[inline(always)]
    fn l2p<I: Isa>(
        &self,
        isa: I,
        local: &[f64],
        points: &UnitPoints<2>,
        side: f64,
        wanted: usize,
        sums: &mut UnitSums<2>,
    ) {
        points::l2p(isa, self.order, local, points, side, wanted, sums);
    }
    fn images(&self, _: Chosen, all: &LargestCells<2>, locals: &mut [f64]) {
        if let Some(lattice) = &self.lattice {
            lattice.images(all, locals);
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
        points: &UnitPoints<2>,
        scale: CellScale,
        wanted: usize,
        sums: &mut UnitSums<2>,
    ) {
        points::m2p(isa, self.order, multipole, points, scale, wanted, sums);
    }
}
