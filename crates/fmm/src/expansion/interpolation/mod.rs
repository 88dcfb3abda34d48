//! The kernel-independent family: Chebyshev interpolation, compressed to what far cells see of a cell.
//!
//! In box units u = (x − c)/h, for a homogeneous kernel g(h u) = h^q (κ(|u|) + constant), q its degree,
//!
//! ```text
//! κ(x − y) ≈ Σ_ab ℓ_a(x) κ(x_a − y_b) ℓ_b(y)      ℓ: Lagrange's polynomials on tensors of Chebyshev nodes
//! W κ(x_a + o − y_b) W ≈ U C_o Uᵀ                 for all far offsets o, U with orthonormal columns
//! multipole  M = Uᵀ W⁻¹ Σ_j w_j ℓ(y_j)
//! local      L = Σ_o C_o M_o,   g(x) = h^q (Λ + ℓ(x)ᵀ W⁻¹ U L)
//! ```
//!
//! W holds the roots of the nodes' quadrature weights, and U the largest singular vectors of all matrices beside each other
//! (W. Fong and E. Darve, J. Comput. Phys. 228 (2009); M. Messner et al., hal-00746089). The numbers of U come by parity: a
//! reflection of space changes the signs of some. So only offsets without negative components have a matrix; others
//! reflect their multipole first, and the local after. A matrix is kept as two factors where those have fewer numbers.
//!
//! In cells that are stretched, κ(|E u|) stands for κ(|u|), with E their sides over the largest, which is h; its derivatives by the axes of u
//! are divided by those parts. It is even in all coordinates as ever, but symmetric only in those whose sides
//! are equal, and a long side has more nodes.
//!
//! Kernels that are no powers have such operators for every level, see [`levels`].
//!
//! A multipole is its total strength, then a vector's width on, M; a local likewise Λ and L. Rows are padded to whole vectors.

mod across;
mod basis;
mod cache;
#[cfg(test)]
mod chain;
mod chebyshev;
mod format;
mod importance;
mod kappa;
mod lattice;
mod levels;
mod matrix;
mod mirrors;
mod operators;
mod parts;
mod points;
mod product;
mod scratch;
pub(crate) mod skeleton;
mod tensor;
mod thirds;
mod translate;
mod uniform;

use super::{
    Asked, CellScale, Expansion, Family, Forms, FormsMut, LargestCells, Outgoing, Uniform,
    UnitPoints, UnitSums, Wave,
};
use crate::lists::slots;
use crate::torus::split::FarPower;
use crate::tree::Stretch;
use crate::{Error, Guarantee, OperatorsReport, Result, accuracy};
use kappa::Kappa;
use lanes::{Chosen, Isa, Scalar};
use lattice::Lattice;
use levels::Levels;
use matrix::Matrix;
use operators::{Operators, Serves, Shift};
use points::Scales;
use product::Product;
use scratch::Scratch;
use std::fmt::Debug;
use std::sync::Arc;
use tensor::TensorNodes;
use thirds::Thirds;
use translate::Move;
use uniform::Evenly;

/// A radial function as this family sees it, in box units.
pub(crate) trait Radial: Debug + Send + Sync {
    /// κ at a squared distance: the potential, less a constant where that loses digits.
    fn value(&self, r2: f64) -> f64;
    /// φ = −κ′/r.
    fn phi(&self, r2: f64) -> f64;
    /// r φ′.
    fn slope(&self, r2: f64) -> f64;
    /// q in g(h u) = h^q (κ(|u|) + constant).
    fn degree(&self) -> f64;
    /// Numbers that no other radial function has.
    fn key(&self) -> Vec<u64>;
    /// The constant, for a cell of this side.
    fn constant(&self, log_side: f64) -> f64;
    /// ∫₀¹ τ^{D−1} κ(rτ) dτ at a squared distance r².
    fn mean(&self, dimension: usize) -> Box<dyn Fn(f64) -> f64 + Send + Sync + '_>;
    /// Whether it is the same function in cells of every side.
    fn is_homogeneous(&self) -> bool {
        true
    }
}

/// Everything that depends on the kernel and the tolerance; of a kernel with a length of its own, also on the side of cells.
#[derive(Debug)]
pub struct Interpolation<const D: usize> {
    radial: Box<dyn Radial>,
    /// Of all cells.
    stretch: Stretch<D>,
    /// ±1: what makes potentials those of near pairs.
    sign: f64,
    /// 2^q, q the degree: what leads from units of h^q to those of a child.
    half_side: f64,
    /// What the operators depend on.
    key: cache::Key,
    nodes: TensorNodes<D>,
    /// What the common basis may lose.
    error: f64,
    operators: Arc<Operators>,
    /// Where they came from, those of the levels too.
    found: OperatorsReport,
    /// Between these cells and their children.
    shift: Arc<Shift>,
    /// Numbers of a multipole: those of the operators with the most, rounded up to whole vectors.
    padded: usize,
    /// By reflection, whose bits say which axes change sign: the signs of the numbers of a multipole.
    signs: Signs,
    /// The same of the children.
    signs_below: Signs,
    /// By offset: what of a parent's far lists comes over it.
    moves: Arc<Vec<Vec<Move>>>,
    /// Where the kernel has a length of its own.
    levels: Option<Levels<D>>,
    /// On a torus: of the root, and of any cell.
    lattice: Option<Lattice>,
    evenly: Option<Evenly<D>>,
}

/// By reflection: ±1 for every number of a multipole.
type Signs = Arc<Vec<Vec<f64>>>;

/// Widest vector of f64.
const WIDEST: usize = 8;
/// Pairs of points that take as long as the kernel between a point and a node, once there and once back: 10 to 100, most of which serve both.
const PAIRS_FOR_A_NODE: usize = 32;
/// Parents at a time: their incoming forms stay in the second-level cache.
const TOGETHER: usize = 4;

impl<const D: usize> Interpolation<D> {
    /// Expansions that give what is asked for, and the accuracy of a near pair that goes with them. `exactly`: whether near pairs take
    /// no logarithm and exponential, which are less accurate than reciprocals.
    pub(crate) fn within(
        radial: impl Radial + 'static,
        exactly: bool,
        asked: &Asked<D>,
    ) -> Result<(Self, usize)> {
        calibrated(asked)?;
        // In the unit of plans in f32, terms of higher powers leave the range of its numbers.
        let most = if asked.gradient { 1.0 } else { 2.0 };
        if asked.single && -radial.degree() > most {
            let found = format!("f32 for r^{}", radial.degree());
            let allowed = "f64, or in f32 r^-s with s up to 2, for gradients up to 1";
            return Err(Error::argument("precision", found, allowed));
        }
        let degree = Some(radial.degree());
        let accuracy = accuracy::interpolation(asked.tolerance, degree, asked.stretch.beside());
        let serves = Serves {
            near: false,
            torus: asked.torus,
        };
        let pair = accuracy::radial_pair(asked.pairs, exactly, D, asked.single);
        Ok((
            Self::new(
                (radial, asked.stretch),
                accuracy.nodes,
                accuracy.error,
                None,
                serves,
            ),
            pair,
        ))
    }

    /// Expansions on so many `nodes` by axis, which lose at most `error` of the kernel; `above` are those of the parents, if they are of another.
    fn new(
        (radial, stretch): (impl Radial + 'static, Stretch<D>),
        nodes: [usize; D],
        error: f64,
        above: Option<&Self>,
        serves: Serves,
    ) -> Self {
        let nodes = TensorNodes::new(nodes);
        let mut function = radial.key();
        let stretched = u64::from(!stretch.is_none());
        function.push(u64::from(serves.near) | u64::from(serves.torus) << 1 | stretched << 2);
        function.extend(stretch.key());
        if let Some(above) = above {
            function.push(above.key.3);
            function.extend(&above.key.1);
        }
        let key = (D, function, nodes.counts().to_vec(), error.to_bits());
        let (made, found) = cache::operators(key.clone(), || {
            let above = above.map(|above| &above.operators.importance);
            let kappa = Kappa {
                radial: &radial,
                stretch,
            };
            let operators = Operators::new(&kappa, &nodes, error, above, serves);
            let shift = if radial.is_homogeneous() {
                Shift::new(&nodes, &operators, &operators)
            } else {
                Shift::default()
            };
            (Arc::new(operators), Arc::new(shift))
        });
        let mut new = Self {
            half_side: radial.degree().exp2(),
            radial: Box::new(radial),
            stretch,
            sign: 1.0,
            key,
            nodes,
            error,
            padded: 0,
            operators: made.0,
            found,
            shift: made.1,
            signs: Signs::default(),
            signs_below: Signs::default(),
            moves: Arc::new(translate::moves::<D>(serves.near)),
            levels: None,
            lattice: None,
            evenly: None,
        };
        new.pad_to(new.operators.rank.next_multiple_of(WIDEST));
        new
    }

    /// With room for so many numbers of a multipole.
    fn pad_to(&mut self, padded: usize) {
        let sign = |class: usize, reflection: usize| {
            if (class & reflection).count_ones().is_multiple_of(2) {
                1.0
            } else {
                -1.0
            }
        };
        self.padded = padded;
        let signs = (0..1 << D).map(|reflection| {
            let mut signs = vec![0.0; padded];
            for (to, &class) in signs.iter_mut().zip(&self.operators.class_of) {
                *to = sign(class, reflection);
            }
            signs
        });
        self.signs = Arc::new(signs.collect());
        self.signs_below = self.signs.clone();
    }

    /// The multipole of a uniform density, one in a cell.
    fn uniform_multipole(&self) -> Vec<f64> {
        let sums = uniform::integrals(self.nodes.counts());
        let mut multipole = vec![0.0; WIDEST + self.padded];
        multipole[0] = 1.0;
        for class in &self.operators.classes {
            let of_class: Vec<f64> = class
                .polynomials
                .iter()
                .map(|&at| sums[at as usize])
                .collect();
            let to = &mut multipole[WIDEST + class.aligned()..];
            class.up.times(Scalar::default(), &of_class, to);
        }
        multipole
    }

    /// Makes ready for a torus; the root also for all images beyond those next to it, given its side if the kernel has a
    /// length.
    fn close_cell(&mut self, root: Option<(FarPower, f64)>) {
        let multipole = self.uniform_multipole();
        match &mut self.evenly {
            // There may be more room than before.
            Some(evenly) => evenly.uniform.multipole = multipole,
            None => {
                let kappa = Kappa {
                    radial: &*self.radial,
                    stretch: self.stretch,
                };
                let lattice =
                    |(power, side)| Lattice::new(power, side, &kappa, &self.nodes, &self.operators);
                self.lattice = root.map(lattice);
                self.evenly = Some(Evenly::new(&kappa, self.nodes.counts(), multipole));
            }
        }
    }

    /// What images of the cells of a box that is three of them wide bring.
    fn thirds<'a>(&self, lattice: &'a Lattice) -> &'a Thirds {
        let kappa = Kappa {
            radial: &*self.radial,
            stretch: self.stretch,
        };
        lattice.thirds(&kappa, &self.nodes, &self.operators)
    }

    /// The plan's units of a potential, a field and its gradient in a cell of this side.
    fn scales(&self, side: f64) -> Scales<D> {
        let value = side.powf(self.radial.degree());
        Scales::new(value, side, self.stretch).signed(self.sign)
    }

    /// The same for near pairs with γ times `sign`.
    pub(crate) fn signed(mut self, sign: f64) -> Self {
        self.sign = sign;
        self
    }

    /// Polynomials of a cell, with room for whole vectors of those of each class.
    fn polynomials_len(&self) -> usize {
        self.nodes.len() + WIDEST
    }

    /// Numbers of one form: a multipole or local by reflection.
    fn form_len(&self) -> usize {
        self.padded << D
    }

    /// out += S A T x, with the signs S and T of a reflection.
    #[inline(always)]
    fn reflected<I: Isa>(
        &self,
        isa: I,
        (signs, matrix, of_x): (&[f64], &Matrix, &[f64]),
        x: &[f64],
        out: &mut [f64],
        [from, to]: [&mut Vec<f64>; 2],
    ) {
        for ((from, x), sign) in from.iter_mut().zip(x).zip(of_x) {
            *from = x * sign;
        }
        matrix.times(isa, from, to);
        for ((out, to), sign) in out.iter_mut().zip(to).zip(signs) {
            *out += *to * sign;
        }
    }

    /// Coefficients of the polynomials of a local, the constant among them.
    #[inline(always)]
    fn polynomials<I: Isa>(
        &self,
        isa: I,
        local: &[f64],
        [f, of_class, numbers]: [&mut Vec<f64>; 3],
    ) {
        let constant = self.constant(local, numbers);
        for class in &self.operators.classes {
            let numbers = &numbers[class.first..][..class.rank];
            of_class[..class.down.rows()].fill(0.0);
            class.down.times(isa, numbers, of_class);
            for (from, &at) in of_class.iter().zip(&class.polynomials) {
                f[at as usize] = *from;
            }
        }
        f[0] += constant;
    }

    /// The constant of a local, and its other numbers, of which none stands for a constant: so the roundings of a large one
    /// touch no derivative.
    #[inline(always)]
    fn constant(&self, local: &[f64], numbers: &mut [f64]) -> f64 {
        numbers[..self.padded].copy_from_slice(&local[WIDEST..][..self.padded]);
        let first = std::mem::take(&mut numbers[0]);
        local[0] + first * self.operators.constant
    }
}

/// Nothing is known of single pairs.
fn calibrated<const D: usize>(asked: &Asked<D>) -> Result<()> {
    if asked.guarantee == Guarantee::Pointwise {
        let allowed = "calibrated, for kernels whose far fields are interpolated";
        return Err(Error::argument("guarantee", "pointwise", allowed));
    }
    Ok(())
}

impl<const D: usize> Family<D> for Interpolation<D> {
    fn floor(_: Guarantee) -> f64 {
        accuracy::interpolation_floor(D)
    }
    fn is_interpolated() -> bool {
        true
    }
    fn fit_side(&mut self, root_side: f64) -> Result<()> {
        Self::fit_side(self, root_side)
    }
    fn finest(&self, points: usize) -> Option<u32> {
        self.levels.as_ref()?.finest(points)
    }
    fn prepare(&mut self, depth: u32, finest: Option<u32>) {
        self.make_levels(depth, finest);
    }
    fn takes_thirds(&self) -> bool {
        self.levels.is_none()
    }
    fn make_thirds(&self) {
        if let Some(lattice) = &self.lattice {
            self.thirds(lattice);
        }
    }
    fn close(&mut self, power: FarPower) {
        match &mut self.levels {
            Some(levels) => levels.close(power),
            None => self.close_cell(Some((power, 1.0))),
        }
    }
    fn needs_sides(&self) -> bool {
        self.levels.is_some()
    }
    /// Of cells that are stretched, as many as a cube with as many nodes has along an axis.
    fn order(&self) -> usize {
        let all = self.nodes.len() as f64;
        all.powf(1.0 / D as f64).round() as usize
    }
    fn waves(&self) -> usize {
        self.operators.rank
    }
    fn far_products(&self) -> Option<f64> {
        let of_offset =
            |(product, moves): (&Product, &Vec<Move>)| product.multiply_adds() * moves.len();
        let of_parent: usize = self
            .operators
            .m2l
            .iter()
            .zip(&*self.moves)
            .map(of_offset)
            .sum();
        Some(of_parent as f64 / f64::from(1 << D))
    }
    fn operators(&self) -> OperatorsReport {
        self.found.clone()
    }
    fn direct_below(&self) -> usize {
        PAIRS_FOR_A_NODE * self.nodes.len()
    }
}

impl<const D: usize> Expansion<D> for Interpolation<D> {
    const TOGETHER: usize = TOGETHER;

    #[inline(always)]
    fn at(&self, level: u32) -> &Self {
        self.levels.as_ref().map_or(self, |levels| levels.at(level))
    }

    fn multipole_len(&self) -> usize {
        WIDEST + self.padded
    }
    fn local_len(&self) -> usize {
        WIDEST + self.padded
    }
    fn wave_len(&self) -> usize {
        self.form_len()
    }
    /// In space a form is ten kilobytes and more.
    fn parents_at_once(&self) -> usize {
        if D == 2 { 64 } else { 16 }
    }

    #[inline(always)]
    fn p2m<I: Isa>(&self, isa: I, points: &UnitPoints<D>, multipole: &mut [f64]) {
        let (n, all) = (self.nodes.counts(), self.polynomials_len());
        let mut scratch = Scratch::zeros([all, all, 0, points::room::<I, D>(n)]);
        let [sums, of_class, _, tables] = &mut *scratch;
        points::p2m(isa, n, points, tables, sums);
        // T_0 along all axes.
        multipole[0] += sums[0];
        for class in &self.operators.classes {
            for (to, &at) in of_class.iter_mut().zip(&class.polynomials) {
                *to = sums[at as usize];
            }
            let to = &mut multipole[WIDEST + class.aligned()..];
            class.up.times(isa, of_class, to);
        }
    }

    #[inline(always)]
    fn m2m<I: Isa>(&self, isa: I, octant: usize, child: &[f64], parent: &mut [f64]) {
        parent[0] += child[0];
        let (child, parent) = (&child[WIDEST..], &mut parent[WIDEST..]);
        let mut scratch = Scratch::zeros([self.padded, self.padded, 0, 0]);
        let [from, to, ..] = &mut *scratch;
        let (here, below) = (&self.signs[octant], &self.signs_below[octant]);
        let matrix = (&here[..], &self.shift.m2m, &below[..]);
        self.reflected(isa, matrix, child, parent, [from, to]);
    }

    #[inline(always)]
    fn outgoing<I: Isa>(&self, _: I, _: usize, multipoles: &[f64], cells: &[u32], forms: FormsMut) {
        let (len, forms) = (self.multipole_len(), f64::of_mut(forms));
        for (&cell, form) in cells.iter().zip(forms.chunks_exact_mut(self.form_len())) {
            let multipole = &multipoles[cell as usize * len + WIDEST..][..self.padded];
            for (signs, out) in self.signs.iter().zip(form.chunks_exact_mut(self.padded)) {
                for ((out, x), sign) in out.iter_mut().zip(multipole).zip(signs) {
                    *out = x * sign;
                }
            }
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
        let parents = sources.len() / slots::count(D);
        let incoming: &mut [f64] = incoming.room(0, (parents << D) * self.form_len());
        incoming.fill(0.0);
        let what = (&*self.operators, &self.moves[..]);
        translate::translate::<I, D>(isa, what, self.padded, sources, outgoing, incoming);
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
            let form: &[f64] = incoming.room(form * self.form_len(), self.form_len());
            let local = &mut locals[local * len + WIDEST..][..self.padded];
            for (signs, form) in self.signs.iter().zip(form.chunks_exact(self.padded)) {
                for ((out, x), sign) in local.iter_mut().zip(form).zip(signs) {
                    *out += x * sign;
                }
            }
        }
    }

    #[inline(always)]
    fn far_constant(&self, strength: f64, log_side: f64, local: &mut [f64]) {
        local[0] += strength * self.radial.constant(log_side);
    }

    fn images(&self, _: Chosen, all: &LargestCells<D>, local: &mut [f64]) {
        let Some(lattice) = &self.lattice else {
            return;
        };
        // Images that are near have the constant, though their mean is none.
        let (near, strength) = if all.anchors.len() == 1 {
            lattice.of_root(&all.multipoles[WIDEST..], &mut local[WIDEST..]);
            (3usize.pow(D as u32), all.multipoles[0])
        } else {
            self.thirds(lattice).images(all, &self.signs, local);
            let multipoles = all.multipoles.chunks_exact(self.multipole_len());
            (1, multipoles.map(|multipole| multipole[0]).sum())
        };
        for local in local.chunks_exact_mut(self.local_len()) {
            self.far_constant(-(near as f64) * strength, all.log_side, local);
        }
    }

    fn uniform(&self) -> Option<&Uniform> {
        self.evenly.as_ref().map(|evenly| &evenly.uniform)
    }

    #[inline(always)]
    fn far_uniform<I: Isa>(
        &self,
        isa: I,
        strength: f64,
        scale: CellScale,
        points: &UnitPoints<D>,
        wanted: usize,
        sums: &mut UnitSums<D>,
    ) {
        let Some(evenly) = &self.evenly else {
            return;
        };
        let all = evenly.polynomials.len();
        let mut scratch = Scratch::zeros([all, 0, 0, points::room::<I, D>(evenly.nodes)]);
        let [f, _, _, tables] = &mut *scratch;
        f.copy_from_slice(&evenly.polynomials);
        // The block's strength times the constant that κ lacks.
        f[0] += 3f64.powi(D as i32) * self.radial.constant(scale.log_side);
        f.iter_mut().for_each(|f| *f *= -strength);
        let scales = self.scales(scale.side);
        points::l2p(isa, evenly.nodes, f, points, scales, wanted, tables, sums);
    }

    #[inline(always)]
    fn l2l<I: Isa>(&self, isa: I, octant: usize, parent: &[f64], child: &mut [f64]) {
        let mut scratch = Scratch::zeros([self.padded, self.padded, self.padded, 0]);
        let [from, to, numbers, _] = &mut *scratch;
        // In units of h^q, and the child's h is half as large.
        let factor = self.half_side;
        child[0] += factor * self.constant(parent, numbers);
        numbers.iter_mut().for_each(|x| *x *= factor);
        let child = &mut child[WIDEST..];
        let (here, below) = (&self.signs[octant], &self.signs_below[octant]);
        let matrix = (&below[..], &self.shift.l2l, &here[..]);
        self.reflected(isa, matrix, numbers, child, [from, to]);
    }

    fn p2l<I: Isa>(&self, _: I, points: &UnitPoints<D>, log_side: f64, local: &mut [f64]) {
        self.add_points(points, log_side, local);
    }

    #[inline(always)]
    fn l2p<I: Isa>(
        &self,
        isa: I,
        local: &[f64],
        points: &UnitPoints<D>,
        side: f64,
        wanted: usize,
        sums: &mut UnitSums<D>,
    ) {
        let scales = self.scales(side);
        let (n, all) = (self.nodes.counts(), self.polynomials_len());
        let mut scratch = Scratch::zeros([all, all, self.padded, points::room::<I, D>(n)]);
        let [f, of_class, numbers, tables] = &mut *scratch;
        self.polynomials(isa, local, [f, of_class, numbers]);
        points::l2p(isa, n, f, points, scales, wanted, tables, sums);
    }

    fn at_zero(&self, side: f64) -> [f64; 2] {
        let constant = self.radial.constant(side.ln());
        let scale = side.powf(self.radial.degree());
        [
            self.sign * (scale * (self.radial.value(0.0) + constant)),
            scale / side / side * self.radial.phi(0.0),
        ]
    }

    fn m2p<I: Isa>(
        &self,
        _: I,
        multipole: &[f64],
        points: &UnitPoints<D>,
        scale: CellScale,
        wanted: usize,
        sums: &mut UnitSums<D>,
    ) {
        self.add_multipole(multipole, points, scale, wanted, sums);
    }
}
