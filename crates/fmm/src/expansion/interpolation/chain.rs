//! One hand-built chain, p2m → m2m → m2l → l2l → l2p, for one source and one target, against the kernel.

use super::{Interpolation, Radial};
use crate::Guarantee;
use crate::expansion::{Asked, CellScale, Expansion, Forms, NONE, Outgoing, UnitPoints, UnitSums};
use crate::kernel::{InterpolatedPair, Kernel, Riesz};
use crate::lists::slots;
use crate::passes::wanted::{GRADIENT, POTENTIAL};
use crate::tree::Stretch;
use lanes::{Chosen, Isa, Job};

fn single<const D: usize>(u: [f64; D], strength: f64) -> UnitPoints<D> {
    let mut points = UnitPoints::default();
    points.resize(1);
    (0..D).for_each(|a| points.u[a][0] = u[a]);
    points.w[0] = strength;
    points
}

fn family<const D: usize>(s: f64, stretch: Stretch<D>, tolerance: f64) -> Interpolation<D>
where
    Riesz: Kernel<D, Pair = InterpolatedPair>,
{
    let asked = Asked {
        tolerance,
        pairs: tolerance,
        guarantee: Guarantee::Calibrated,
        single: false,
        gradient: false,
        torus: false,
        stretch,
        lanes: 1,
        waves_in_double: false,
        root_side: 1.0,
    };
    let pair = Kernel::<D>::pair(&Riesz { s }, 1.0);
    Interpolation::within(pair.power().unwrap(), true, &asked)
        .unwrap()
        .0
}

/// Source at `v` in child `from` of a cell, target at `w` in child `to` of the cell in a far slot; sides 1.
struct Chain<'a, const D: usize> {
    family: &'a Interpolation<D>,
    v: [f64; D],
    from: usize,
    slot: usize,
    /// Which child of its parent the target's cell is.
    cell: usize,
    w: [f64; D],
    to: usize,
}

impl<const D: usize> Job for Chain<'_, D> {
    /// Field and potential of strength 2 at the target.
    type Output = ([f64; D], f64);

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> ([f64; D], f64) {
        let family = self.family;
        let len = family.multipole_len();
        let (mut child, mut multipole) = (vec![0.0; len], vec![0.0; len]);
        family.p2m(isa, &single(self.v, 2.0), &mut child);
        family.m2m(isa, self.from, &child, &mut multipole);
        assert!((multipole[0] - 2.0).abs() < 1e-12, "the total strength");
        let mut outgoing = Outgoing::default();
        outgoing.next_block(1, family.wave_len());
        let (mut cells, mut sources) = (vec![NONE; slots::count(D)], vec![0; slots::count(D)]);
        cells[self.slot] = 0;
        outgoing.meet(&cells);
        outgoing.places(&cells, &mut sources);
        let (met, forms) = outgoing.all_mut(false);
        family.outgoing(isa, 0, &multipole, met, forms);
        let mut incoming = Forms::default();
        family.translate(isa, 0, &sources, &outgoing, &mut incoming);
        let (mut local, mut below) = (vec![0.0; family.local_len()], vec![0.0; family.local_len()]);
        family.incoming(isa, 0, &[(self.cell, 0)], &mut incoming, &mut local);
        family.far_constant(multipole[0], 0.0, &mut local);
        family.l2l(isa, self.to, &local, &mut below);
        let mut sums = UnitSums::default();
        sums.reset(1, POTENTIAL);
        family.l2p(isa, &below, &single(self.w, 0.0), 0.5, POTENTIAL, &mut sums);
        (std::array::from_fn(|a| sums.s[a][0]), sums.t[0])
    }
}

/// Corner to corner over every far offset: both children of their cells are the nearest or farthest of each other.
fn every_offset<const D: usize>(s: f64, e: [f64; D], tolerance: f64)
where
    Riesz: Kernel<D, Pair = InterpolatedPair>,
{
    let family = family::<D>(s, Stretch(e), tolerance);
    let radial = Kernel::<D>::pair(&Riesz { s }, 1.0).power().unwrap();
    for (cell, slots) in slots::far_slots::<D>().iter().enumerate() {
        for (k, &slot) in slots.iter().enumerate() {
            // Every child, and every instruction set, in turn.
            let (from, to) = (k % (1 << D), (k / 3 + cell) % (1 << D));
            let chosen = Chosen::all().nth(k % Chosen::all().count()).unwrap();
            let at = |octant: usize, x: f64| -> [f64; D] {
                std::array::from_fn(|a| if octant >> a & 1 == 1 { x } else { -x })
            };
            let (v, w) = (at(from, 0.499), at(to, -0.21));
            let chain = Chain {
                family: &family,
                v,
                from,
                slot,
                cell,
                w,
                to,
            };
            let (field, potential) = chosen.run(chain);
            let anchor = slots::anchor::<D>(slot);
            let z: [f64; D] = std::array::from_fn(|a| {
                let place = |u: f64, octant: usize| {
                    0.5 * u + if octant >> a & 1 == 1 { 0.25 } else { -0.25 }
                };
                let offset = (cell as i32 >> a & 1) - anchor[a];
                e[a] * (f64::from(offset) + place(w[a], to) - place(v[a], from))
            });
            let r2: f64 = z.iter().map(|z| z * z).sum();
            // Of both, corners are the worst: the rule is for mean squares.
            let bound = 300.0 * tolerance;
            let exact = radial.value(r2) + radial.constant(0.0);
            let error = (potential - 2.0 * exact).abs();
            assert!(
                error < bound * 2.0,
                "potential of {s} over {e:?} {anchor:?}, {cell}: {error:e}"
            );
            for a in 0..D {
                let error = (field[a] - 2.0 * z[a] * radial.phi(r2)).abs();
                assert!(
                    error < 20.0 * bound,
                    "field of {s} over {e:?} {anchor:?}, {cell}: {error:e}"
                );
            }
        }
    }
}

#[test]
fn every_offset_in_the_plane() {
    for s in [0.0, 0.3, 1.0, 1.5] {
        for tolerance in [1e-3, 1e-6, 1e-9] {
            every_offset::<2>(s, [1.0; 2], tolerance);
        }
    }
}

#[test]
fn every_offset_in_space() {
    for s in [0.0, 1.0, 2.5] {
        every_offset::<3>(s, [1.0; 3], 1e-3);
    }
    every_offset::<3>(1.7, [1.0; 3], 1e-5);
}

#[test]
fn every_offset_of_stretched_cells() {
    for tolerance in [1e-3, 1e-6, 1e-9] {
        for s in [0.0, 1.0] {
            every_offset::<2>(s, [0.5, 1.0], tolerance);
            every_offset::<2>(s, [1.0, 0.7], tolerance);
        }
    }
    for e in [[1.0, 0.5, 0.7], [0.5, 1.0, 1.0]] {
        every_offset::<3>(1.0, e, 1e-3);
    }
}

struct Across<'a, const D: usize>(&'a Interpolation<D>);

impl<const D: usize> Job for Across<'_, D> {
    type Output = [UnitSums<D>; 2];

    /// The source at `near` acts on `away` through m2p, and back through p2l and l2p.
    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> [UnitSums<D>; 2] {
        let (family, log_side) = (self.0, 0.5f64.ln());
        let [near, away] = across::<D>();
        let (mut by_multipole, mut by_local) = (UnitSums::default(), UnitSums::default());
        by_multipole.reset(1, GRADIENT);
        by_local.reset(1, GRADIENT);
        let mut multipole = vec![0.0; family.multipole_len()];
        family.p2m(isa, &single(near, 2.0), &mut multipole);
        let (scale, to) = (
            CellScale {
                side: 0.5,
                log_side,
            },
            single(away, 0.0),
        );
        family.m2p(isa, &multipole, &to, scale, GRADIENT, &mut by_multipole);
        let mut local = vec![0.0; family.local_len()];
        family.p2l(isa, &single(away, 2.0), log_side, &mut local);
        family.l2p(
            isa,
            &local,
            &single(near, 0.0),
            0.5,
            GRADIENT,
            &mut by_local,
        );
        [by_multipole, by_local]
    }
}

fn across<const D: usize>() -> [[f64; D]; 2] {
    let (near, away) = ([0.31, -0.42, 0.2], [1.8, 0.9, -1.9]);
    [near, away].map(|x| std::array::from_fn(|a| x[a]))
}

fn across_agrees<const D: usize>(s: f64, e: [f64; D], tolerance: f64)
where
    Riesz: Kernel<D, Pair = InterpolatedPair>,
{
    let family = family::<D>(s, Stretch(e), tolerance);
    let radial = Kernel::<D>::pair(&Riesz { s }, 1.0).power().unwrap();
    let [near, away] = across::<D>();
    let z: [f64; D] = std::array::from_fn(|a| 0.5 * e[a] * (away[a] - near[a]));
    let r2: f64 = z.iter().map(|z| z * z).sum();
    let (phi, slope) = (2.0 * radial.phi(r2), 2.0 * radial.slope(r2));
    for chosen in Chosen::all() {
        let both = chosen.run(Across(&family));
        for (sums, sign) in both.iter().zip([1.0, -1.0]) {
            let close = |found: f64, exact: f64, size: f64| {
                assert!(
                    (found - exact).abs() < size * tolerance,
                    "{s}: {found} {exact}"
                );
            };
            let exact = 2.0 * (radial.value(r2) + radial.constant(0.0));
            close(sums.t[0], exact, 10.0);
            for a in 0..D {
                close(sums.s[a][0], sign * z[a] * phi, 300.0);
            }
            let pairs = (0..D).flat_map(|a| (a..D).map(move |b| (a, b)));
            for (g, (a, b)) in sums.g.iter().zip(pairs) {
                let diagonal = if a == b { phi } else { 0.0 };
                close(g[0], diagonal + z[a] * z[b] / r2 * slope, 1e4);
            }
        }
    }
}

#[test]
fn m2p_and_p2l_agree_with_the_kernel() {
    for s in [0.0, 0.5, 1.0, 1.9] {
        across_agrees::<2>(s, [1.0; 2], 1e-9);
        across_agrees::<2>(s, [0.5, 1.0], 1e-9);
        across_agrees::<3>(s, [1.0; 3], 1e-5);
        across_agrees::<3>(s, [0.6, 1.0, 0.5], 1e-4);
    }
}
