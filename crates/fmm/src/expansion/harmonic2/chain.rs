//! One hand-built chain, p2m → m2m → m2l → l2l → l2p, for one source and one target, against 1/(z − z').

use super::Harmonic2;
use crate::accuracy;
use crate::expansion::{CellScale, Expansion, Forms, NONE, Outgoing, UnitPoints, UnitSums};
use crate::lists::slots;
use crate::passes::wanted::{GRADIENT, POTENTIAL, symmetric};
use crate::{Guarantee, Options};
use lanes::{Chosen, Isa, Job};

/// Source at `v` in child `from` of a cell, target at `w` in child `to` of the cell at `offset` from it; sides 1.
struct Chain<'a> {
    family: &'a Harmonic2,
    v: [f64; 2],
    from: usize,
    offset: [i32; 2],
    /// Which child of its parent the target's cell is.
    cell: usize,
    w: [f64; 2],
    to: usize,
}

fn single(u: [f64; 2], strength: f64) -> UnitPoints<2> {
    let mut points = UnitPoints::default();
    points.resize(1);
    (points.u[0][0], points.u[1][0], points.w[0]) = (u[0], u[1], strength);
    points
}

impl Job for Chain<'_> {
    /// Field and potential of strength 2 at the target.
    type Output = [f64; 3];

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> [f64; 3] {
        let family = self.family;
        let (mut child, mut multipole) = (
            vec![0.0; family.multipole_len()],
            vec![0.0; family.multipole_len()],
        );
        family.p2m(isa, &single(self.v, 2.0), &mut child);
        family.m2m(isa, self.from, &child, &mut multipole);
        let mut outgoing = Outgoing::default();
        outgoing.next_block(1, family.wave_len());
        let (mut cells, mut sources) = ([NONE; slots::count(2)], [0; slots::count(2)]);
        let anchor = [0, 1].map(|a| (self.cell as i32 >> a & 1) - self.offset[a]);
        cells[slots::at(anchor)] = 0;
        outgoing.meet(&cells);
        outgoing.places(&cells, &mut sources);
        let (met, forms) = outgoing.all_mut(family.waves_in_single());
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
        [sums.s[0][0], sums.s[1][0], sums.t[0]]
    }
}

/// Position in the parent of a point of a child.
fn in_parent(u: [f64; 2], octant: usize) -> [f64; 2] {
    [0, 1].map(|a| 0.5 * u[a] + if octant >> a & 1 == 1 { 0.25 } else { -0.25 })
}

#[test]
fn within_the_rigorous_bound_everywhere() {
    for tolerance in [1e-3, 1e-6, 1e-9, 1e-12] {
        let wanted = accuracy::harmonic2(tolerance, Guarantee::Pointwise);
        for chosen in Chosen::all() {
            let family = Harmonic2::new(wanted.order, wanted.wave_error, chosen.lanes());
            for (cell, slots) in slots::far_slots::<2>().iter().enumerate() {
                for &slot in slots {
                    let source = slots::anchor::<2>(slot);
                    let offset = [0, 1].map(|a| (cell as i32 >> a & 1) - source[a]);
                    check(&family, chosen, tolerance, offset, cell);
                }
            }
        }
    }
}

/// One offset, with source and target in the corners of their cells: the worst places.
fn check(family: &Harmonic2, chosen: Chosen, tolerance: f64, offset: [i32; 2], cell: usize) {
    for corner in 0..16 {
        let (from, to) = (corner & 3, corner >> 2);
        let at = |octant: usize| [0, 1].map(|a| if octant >> a & 1 == 1 { 0.499 } else { -0.499 });
        let (v, w) = (at(from), at(to));
        let (source, target) = (in_parent(v, from), in_parent(w, to));
        let z = [0, 1].map(|a| f64::from(offset[a]) + target[a] - source[a]);
        let r2 = z[0] * z[0] + z[1] * z[1];
        let found = chosen.run(Chain {
            family,
            v,
            from,
            offset,
            cell,
            w,
            to,
        });
        let error = (found[0] - 2.0 * z[0] / r2).hypot(found[1] - 2.0 * z[1] / r2);
        let bound = tolerance * 2.0 / r2.sqrt() + 1e-14;
        assert!(
            error <= bound,
            "{offset:?} at {tolerance:e} with {chosen:?}: {error:e} > {bound:e}"
        );
        // The potential integrates the field over a path of at most 8 sides.
        let error = (found[2] - r2.ln()).abs();
        assert!(
            error <= 8.0 * tolerance + 1e-13,
            "potential {offset:?} at {tolerance:e}: {error:e}"
        );
    }
}

struct Across<'a>(&'a Harmonic2);

impl Job for Across<'_> {
    /// s, t, and g by a ≤ b.
    type Output = [[f64; 6]; 2];

    /// The source at v acts on w through m2p, and through p2l and l2p; both are 2 sides and more away from the cell.
    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> [[f64; 6]; 2] {
        let family = self.0;
        let (near, away) = ([0.31, -0.42], [1.7, 0.9]);
        let mut by_multipole = UnitSums::default();
        by_multipole.reset(1, GRADIENT);
        let mut multipole = vec![0.0; family.multipole_len()];
        family.p2m(isa, &single(near, 2.0), &mut multipole);
        let scale = CellScale {
            side: 0.5,
            log_side: 0.5f64.ln(),
        };
        family.m2p(
            isa,
            &multipole,
            &single(away, 0.0),
            scale,
            GRADIENT,
            &mut by_multipole,
        );
        let mut by_local = UnitSums::default();
        by_local.reset(1, GRADIENT);
        let mut local = vec![0.0; family.local_len()];
        family.p2l(isa, &single(away, 2.0), 0.5f64.ln(), &mut local);
        family.l2p(
            isa,
            &local,
            &single(near, 0.0),
            0.5,
            GRADIENT,
            &mut by_local,
        );
        [by_multipole, by_local].map(|sums| {
            let [[xx, xy], [_, yy]] = symmetric(sums.g.map(|g| g.first().copied().unwrap_or(0.0)));
            [sums.s[0][0], sums.s[1][0], sums.t[0], xx, xy, yy]
        })
    }
}

#[test]
fn m2p_and_p2l_agree_with_the_kernel() {
    let z = [0.5 * (1.7 - 0.31), 0.5 * (0.9 + 0.42)];
    let r2 = z[0] * z[0] + z[1] * z[1];
    for chosen in Chosen::all() {
        let family = Harmonic2::new(40, 1e-14, chosen.lanes());
        let [forth, back] = chosen.run(Across(&family));
        for (found, sign) in [(forth, 1.0), (back, -1.0)] {
            assert!(
                (found[0] - sign * 2.0 * z[0] / r2).abs() < 1e-11,
                "{found:?}"
            );
            assert!(
                (found[1] - sign * 2.0 * z[1] / r2).abs() < 1e-11,
                "{found:?}"
            );
            assert!((found[2] - r2.ln()).abs() < 1e-11, "{found:?}");
            // ∂_b (2 z_a/r²) = 2 (δ_ab − 2 z_a z_b/r²)/r²
            let gradient = |a: usize, b: usize| {
                (f64::from(u8::from(a == b)) - 2.0 * z[a] * z[b] / r2) * 2.0 / r2
            };
            for (found, (a, b)) in found[3..].iter().zip([(0, 0), (0, 1), (1, 1)]) {
                assert!((found - gradient(a, b)).abs() < 1e-10, "{a}{b} {found}");
            }
        }
    }
}

#[test]
fn tolerances_fit_the_longest_series() {
    for guarantee in [Guarantee::Calibrated, Guarantee::Pointwise] {
        let wanted = accuracy::harmonic2(crate::options::floor::<f64>(), guarantee);
        assert!(wanted.order <= super::points::MAX_ORDER, "{wanted:?}");
        assert!(
            Options::tolerance(1e-14)
                .guarantee(guarantee)
                .check::<f64>(0.0)
                .is_ok()
        );
    }
}
