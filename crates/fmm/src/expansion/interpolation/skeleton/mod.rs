//! Kernels of any form: a few nodes of every cell stand for it, between which the kernel itself is asked.
//!
//! In box units u = (x − c)/h, with K(h u) = h^q K(u) for a homogeneous kernel, else with K(h u) in place of it,
//!
//! ```text
//! f(u) ≈ Σ_s f(u_s) P_s(u)                          for all f that far cells see, P_s of interpolation on Chebyshev nodes
//! multipole  M_s = Σ_j w_j P_s(y_j)                  strengths at the points u_s
//! local      L_s = Σ_o Σ_t K(u_s + o − u_t) M_t     values at the points, K(x) ≈ h^q Σ_s L_s P_s(x), for each component
//! ```
//!
//! The points are nodes on which columns of the kernel's matrix depend least, see [`points`]. Nothing of the kernel is
//! taken for granted: how many nodes it takes, and what points and matrices lose, is measured.

mod operators;
mod points;
mod samples;

use super::points as polynomials;
use super::scratch::Scratch;
use super::translate::{BETWEEN, MOST_AT_ONCE, over};
use super::{TOGETHER, WIDEST};
use crate::Result;
use crate::expansion::{
    CellScale, Expansion, Forms, FormsMut, Outgoing, UnitPoints, UnitSums, Wave,
};
use crate::general::{GeneralKernel, pairs};
use crate::lists::slots;
use crate::passes::wanted::POTENTIAL;
use crate::tree::Stretch;
use lanes::Isa;
use operators::{Operators, Shift};
use rayon::prelude::*;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The expansions of a level, and of those below it if theirs are others.
pub(crate) struct Skeleton<K, const D: usize, const C: usize> {
    kernel: Arc<K>,
    /// The side of a cell as the kernel is asked; 1 where it is homogeneous.
    side: f64,
    operators: Arc<Operators<D>>,
    /// Between these cells and their children, if there are such.
    shift: Option<Arc<Shift>>,
    moves: Arc<Vec<Vec<Move>>>,
    below: Vec<Self>,
    /// Of the level with the most.
    multipole_len: usize,
}

impl<K, const D: usize, const C: usize> fmt::Debug for Skeleton<K, D, C> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Skeleton({} points)", self.operators.points.len())
    }
}

/// How much better a kernel with a length of its own is taken, which may be smooth: what all levels lose adds up then. In
/// space more would take minutes.
fn smooth(dimension: usize) -> f64 {
    if dimension == 2 { 7.0 } else { 2.0 }
}

/// The first level with far lists.
const FIRST: u32 = 2;

impl<K: GeneralKernel<D, C>, const D: usize, const C: usize> Skeleton<K, D, C> {
    /// For a tree of this depth, `stricter` than the rule says, whose root has this side as the kernel is asked.
    /// Operators are taken from `before` where it has them.
    pub(crate) fn new(
        kernel: &Arc<K>,
        (tolerance, stricter): (f64, f64),
        (root_side, depth): (f64, u32),
        before: Option<&Self>,
    ) -> Result<Self> {
        let degree = kernel.degree();
        let (levels, side): (RangeInclusive<u32>, _) = match degree {
            Some(_) => (FIRST..=FIRST, 1.0),
            None => (FIRST..=depth.max(FIRST), root_side),
        };
        let counts = match degree {
            Some(_) => (stricter, false),
            None => (stricter * smooth(D), D == 2),
        };
        let make = |level: u32| {
            let side = match degree {
                Some(_) => side,
                None => side * 0.5f64.powi(level as i32),
            };
            if let Some(operators) = before.and_then(|before| before.with_side(side)) {
                return Ok((side, operators));
            }
            let far = |u: [f64; D]| kernel.value(u.map(|u| u * side));
            let parity = kernel.parity();
            let operators = Operators::new(&far, parity, tolerance, counts)?;
            Ok((side, Arc::new(operators)))
        };
        let made: Vec<_> = levels
            .into_par_iter()
            .map(make)
            .collect::<Result<Vec<_>>>()?;
        let moves = Arc::new(moves::<D>());
        let longest = made.iter().map(|(_, operators)| operators.stride());
        let multipole_len = longest.max().unwrap_or(WIDEST);
        let level = |k: usize| {
            let (side, operators) = &made[k];
            let factor = degree.map_or(1.0, f64::exp2);
            let children = match degree {
                Some(_) => Some(operators),
                None => made.get(k + 1).map(|(_, operators)| operators),
            };
            let shift = children.map(|children| Arc::new(Shift::new(operators, children, factor)));
            Self {
                kernel: kernel.clone(),
                side: *side,
                operators: operators.clone(),
                shift,
                moves: moves.clone(),
                below: vec![],
                multipole_len,
            }
        };
        Ok(Self {
            below: (1..made.len()).map(level).collect(),
            ..level(0)
        })
    }

    /// The operators of cells with this side.
    fn with_side(&self, side: f64) -> Option<Arc<Operators<D>>> {
        let all = std::iter::once(self).chain(&self.below);
        let mut found = all.filter(|level| level.side == side);
        found.next().map(|level| level.operators.clone())
    }

    /// Points that stand for a cell, at most.
    pub(crate) fn points(&self) -> usize {
        self.multipole_len
    }

    /// Adds the values of a local at points of its cell: K's component c to `sums[c]`.
    #[inline(always)]
    pub(crate) fn values<I: Isa>(
        &self,
        isa: I,
        local: &[f64],
        points: &UnitPoints<D>,
        sums: &mut [UnitSums<D>; C],
    ) {
        let (n, stride) = ([self.operators.points.nodes; D], self.operators.stride());
        let all = n.iter().product::<usize>() + WIDEST;
        let mut scratch = Scratch::zeros([all, 0, 0, polynomials::room::<I, D>(n)]);
        let [f, _, _, tables] = &mut *scratch;
        for c in 0..C {
            f.fill(0.0);
            self.operators
                .down
                .times(isa, &local[c * stride..][..stride], f);
            let scales = polynomials::Scales::new(1.0, 1.0, Stretch::NONE);
            polynomials::l2p(isa, n, f, points, scales, POTENTIAL, tables, &mut sums[c]);
        }
    }

    /// Adds what a multipole is at a point outside of its cell's neighbourhood, in box units of the cell.
    #[inline(always)]
    pub(crate) fn at_point(&self, multipole: &[f64], u: [f64; D], sums: &mut [f64; C]) {
        let points = &self.operators.points;
        let y = points.u.each_ref().map(|u| &u[..]);
        pairs::add(
            (&*self.kernel, self.side),
            u,
            y,
            &multipole[..points.len()],
            sums,
        );
    }
}

/// From a slot to a child.
#[derive(Clone, Copy, Debug)]
struct Move {
    slot: usize,
    child: usize,
}

/// What comes over each of [`samples::offsets`].
fn moves<const D: usize>() -> Vec<Vec<Move>> {
    let offsets = samples::offsets::<D>();
    let mut moves = vec![vec![]; offsets.len()];
    for (child, slots) in slots::far_slots::<D>().into_iter().enumerate() {
        for slot in slots {
            let anchor = slots::anchor::<D>(slot);
            let offset: [f64; D] =
                std::array::from_fn(|a| f64::from((child as i32 >> a & 1) - anchor[a]));
            if let Some(k) = offsets.iter().position(|&other| other == offset) {
                moves[k].push(Move { slot, child });
            }
        }
    }
    moves
}

/// Most moves over one offset.
const MOST: usize = 8 * TOGETHER;

impl<K: GeneralKernel<D, C>, const D: usize, const C: usize> Expansion<D> for Skeleton<K, D, C> {
    const TOGETHER: usize = TOGETHER;

    #[inline(always)]
    fn at(&self, level: u32) -> &Self {
        match level.saturating_sub(FIRST) as usize {
            k if k > 0 && !self.below.is_empty() => &self.below[k - 1],
            _ => self,
        }
    }

    fn multipole_len(&self) -> usize {
        self.multipole_len
    }
    fn local_len(&self) -> usize {
        C * self.multipole_len
    }
    fn wave_len(&self) -> usize {
        self.multipole_len
    }
    fn parents_at_once(&self) -> usize {
        if D == 2 { 64 } else { 16 }
    }

    #[inline(always)]
    fn p2m<I: Isa>(&self, isa: I, points: &UnitPoints<D>, multipole: &mut [f64]) {
        let n = [self.operators.points.nodes; D];
        let all = n.iter().product();
        let mut scratch = Scratch::zeros([all, 0, 0, polynomials::room::<I, D>(n)]);
        let [sums, _, _, tables] = &mut *scratch;
        polynomials::p2m(isa, n, points, tables, sums);
        self.operators.up.times(isa, sums, multipole);
    }

    #[inline(always)]
    fn m2m<I: Isa>(&self, isa: I, octant: usize, child: &[f64], parent: &mut [f64]) {
        if let Some(shift) = &self.shift {
            shift.m2m[octant].times(isa, child, parent);
        }
    }

    #[inline(always)]
    fn outgoing<I: Isa>(&self, _: I, _: usize, multipoles: &[f64], cells: &[u32], forms: FormsMut) {
        let (len, forms) = (self.multipole_len, f64::of_mut(forms));
        for (&cell, form) in cells.iter().zip(forms.chunks_exact_mut(len)) {
            form.copy_from_slice(&multipoles[cell as usize * len..][..len]);
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
        let len = self.local_len();
        let parents = sources.len() / slots::count(D);
        let incoming: &mut [f64] = incoming.room(0, (parents << D) * len);
        incoming.fill(0.0);
        let mut between = [0.0; MOST_AT_ONCE * BETWEEN];
        for (product, moves) in self.operators.m2l.iter().zip(&*self.moves) {
            let (mut from, mut to, mut count) = ([0; MOST], [0; MOST], 0);
            for (parent, sources) in sources.chunks_exact(slots::count(D)).enumerate() {
                for m in moves {
                    if sources[m.slot] != Outgoing::NOTHING {
                        from[count] = sources[m.slot] as usize;
                        to[count] = ((parent << D) + m.child) * len;
                        count += 1;
                    }
                }
            }
            let product = (product, self.operators.points.len());
            let places = (&from[..count], &to[..count]);
            over(isa, product, places, outgoing, incoming, &mut between);
        }
    }

    #[inline(always)]
    fn incoming<I: Isa>(
        &self,
        _: I,
        _: usize,
        children: &[(usize, usize)],
        incoming: &mut Forms,
        locals: &mut [f64],
    ) {
        let len = self.local_len();
        for &(form, local) in children {
            let form: &[f64] = incoming.room(form * len, len);
            for (out, x) in locals[local * len..][..len].iter_mut().zip(form) {
                *out += x;
            }
        }
    }

    fn far_constant(&self, _: f64, _: f64, _: &mut [f64]) {}

    #[inline(always)]
    fn l2l<I: Isa>(&self, isa: I, octant: usize, parent: &[f64], child: &mut [f64]) {
        if let Some(shift) = &self.shift {
            let stride = self.operators.stride();
            let from = std::array::from_fn(|c| &parent[c * stride..][..stride]);
            let to = std::array::from_fn(|c| c * shift.stride);
            shift.l2l[octant].times_each::<I, C>(isa, from, child, to);
        }
    }

    #[inline(always)]
    fn p2l<I: Isa>(&self, _: I, points: &UnitPoints<D>, _: f64, local: &mut [f64]) {
        let stride = self.operators.stride();
        let y = points.u.each_ref().map(|u| &u[..]);
        for s in 0..self.operators.points.len() {
            let mut sums = [0.0; C];
            let x = self.operators.points.at(s);
            pairs::add((&*self.kernel, self.side), x, y, &points.w, &mut sums);
            for c in 0..C {
                local[c * stride + s] += sums[c];
            }
        }
    }

    /// There are no radial sums: [`values`](Self::values) and [`at_point`](Self::at_point) have their place.
    fn l2p<I: Isa>(
        &self,
        _: I,
        _: &[f64],
        _: &UnitPoints<D>,
        _: f64,
        _: usize,
        _: &mut UnitSums<D>,
    ) {
    }
    fn m2p<I: Isa>(
        &self,
        _: I,
        _: &[f64],
        _: &UnitPoints<D>,
        _: CellScale,
        _: usize,
        _: &mut UnitSums<D>,
    ) {
    }
}
