//! Hand-built chains of operators for one source and one target, against 1/r.

use super::Harmonic3;
use crate::Guarantee;
use crate::accuracy;
use crate::expansion::{CellScale, Expansion, Family, Forms, NONE, Outgoing, UnitPoints, UnitSums};
use crate::lists::slots;
use crate::passes::wanted::{FIELD, GRADIENT, POTENTIAL, SECOND, symmetric};
use lanes::{Chosen, Isa, Job};

fn single(u: [f64; 3], strength: f64) -> UnitPoints<3> {
    let mut points = UnitPoints::default();
    points.resize(1);
    for a in 0..3 {
        points.u[a][0] = u[a];
    }
    points.w[0] = strength;
    points
}

/// s and t of a source of strength 2 at `z` = target − source.
fn exact(z: [f64; 3]) -> [f64; 4] {
    let r = z.iter().map(|z| z * z).sum::<f64>().sqrt();
    let s = z.map(|z| 2.0 * z / (r * r * r));
    [s[0], s[1], s[2], 2.0 / r]
}

/// Largest error of the field, and of the potential, relative to what is exact.
fn errors(found: [f64; 4], z: [f64; 3]) -> [f64; 2] {
    let exact = exact(z);
    let difference: f64 = (0..3).map(|a| (found[a] - exact[a]).powi(2)).sum();
    let r2: f64 = z.iter().map(|z| z * z).sum();
    [
        difference.sqrt() * r2 / 2.0,
        (found[3] - exact[3]).abs() / exact[3],
    ]
}

fn at_one(sums: &UnitSums<3>) -> [f64; 4] {
    [sums.s[0][0], sums.s[1][0], sums.s[2][0], sums.t[0]]
}

/// Position in the parent of a point of a child.
fn in_parent(u: [f64; 3], octant: usize) -> [f64; 3] {
    [0, 1, 2].map(|a| 0.5 * u[a] + if octant >> a & 1 == 1 { 0.25 } else { -0.25 })
}

fn corner(octant: usize) -> [f64; 3] {
    [0, 1, 2].map(|a| if octant >> a & 1 == 1 { 0.499 } else { -0.499 })
}

/// The corners of a sibling where a source in a corner of another cell is evaluated: the opposite one, and another in turn.
fn targets(from: usize, octant: usize) -> [usize; 2] {
    [from ^ 7, (from + octant) % 8]
}

/// Source in a corner of a child of the cell in a slot, through m2m, waves and l2l to two corners of every
/// sibling. Sides of the siblings are 1.
struct Far<'a> {
    family: &'a Harmonic3,
    slot: usize,
    from: usize,
}

impl Job for Far<'_> {
    /// By sibling and target.
    type Output = [[[f64; 4]; 2]; 8];

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> Self::Output {
        let family = self.family;
        let mut child = vec![0.0; family.multipole_len()];
        let mut multipole = child.clone();
        family.p2m(isa, &single(corner(self.from), 2.0), &mut child);
        family.m2m(isa, self.from, &child, &mut multipole);
        let (mut outgoing, mut incoming) = (Outgoing::default(), Forms::default());
        let mut locals = vec![0.0; 8 * family.local_len()];
        let children = [0, 1, 2, 3, 4, 5, 6, 7].map(|octant| (octant, octant));
        for axis in 0..Harmonic3::PARTS {
            outgoing.next_block(1, family.wave_len());
            let (mut cells, mut sources) = ([NONE; slots::count(3)], [0; slots::count(3)]);
            cells[self.slot] = 0;
            outgoing.meet(&cells);
            outgoing.places(&cells, &mut sources);
            let (met, forms) = outgoing.all_mut(family.waves_in_single());
            family.outgoing(isa, axis, &multipole, met, forms);
            family.translate(isa, axis, &sources, &outgoing, &mut incoming);
            // An odd number of children first, so that pairs and single ones are seen.
            for children in [&children[..3], &children[3..]] {
                family.incoming(isa, axis, children, &mut incoming, &mut locals);
            }
        }
        let mut found = [[[0.0; 4]; 2]; 8];
        for (octant, (local, found)) in locals
            .chunks_exact(family.local_len())
            .zip(&mut found)
            .enumerate()
        {
            for (to, found) in targets(self.from, octant).into_iter().zip(found) {
                let mut below = vec![0.0; family.local_len()];
                family.l2l(isa, to, local, &mut below);
                let mut sums = UnitSums::default();
                sums.reset(1, POTENTIAL);
                family.l2p(
                    isa,
                    &below,
                    &single(corner(to), 0.0),
                    0.5,
                    POTENTIAL,
                    &mut sums,
                );
                *found = at_one(&sums);
            }
        }
        found
    }
}

/// Largest relative errors of field and potential over all offsets; 0 is asserted where there is nothing to do.
fn worst(family: &Harmonic3, chosen: Chosen) -> [f64; 2] {
    let far = slots::far_slots::<3>();
    let mut worst = [0.0f64; 2];
    for slot in 0..slots::count(3) {
        let source = slots::anchor::<3>(slot);
        if source.iter().all(|a| (0..=1).contains(a)) {
            continue;
        }
        // Every corner has its turn.
        let from = (slot * 5 + slot / 8) % 8;
        let found = chosen.run(Far { family, slot, from });
        for (octant, found) in found.iter().enumerate() {
            for (to, &found) in targets(from, octant).into_iter().zip(found) {
                if !far[octant].contains(&slot) {
                    assert_eq!(found, [0.0; 4], "{octant} {slot}");
                    continue;
                }
                let (v, w) = (in_parent(corner(from), from), in_parent(corner(to), to));
                let offset = [0, 1, 2].map(|a| (octant as i32 >> a & 1) - source[a]);
                let z = [0, 1, 2].map(|a| f64::from(offset[a]) + w[a] - v[a]);
                let errors = errors(found, z);
                worst = [worst[0].max(errors[0]), worst[1].max(errors[1])];
            }
        }
    }
    worst
}

/// The worst multipole, of a source in a corner, seen from the next cell but one, loses (√3/2)/(3/2) = 1/√3 a degree.
#[test]
fn errors_fall_with_the_order_as_the_worst_multipole_does() {
    for chosen in Chosen::all() {
        for order in [4, 8, 14, 20, 28, 40, 52] {
            let family = Harmonic3::new(order, 3e-14, chosen.lanes());
            let [field, potential] = worst(&family, chosen);
            let bound = 3f64.powf(-0.5 * order as f64);
            assert!(
                potential <= 12.0 * bound && potential >= 0.2 * bound,
                "P = {order} with {chosen:?}: {potential:e}, {bound:e}"
            );
            let bound = 3.0 * (order * order) as f64 * bound;
            assert!(
                field <= bound,
                "P = {order} with {chosen:?}: {field:e} > {bound:e}"
            );
        }
    }
}

#[test]
fn within_the_pointwise_tolerance_everywhere() {
    for tolerance in [1e-2, 1e-5, 1e-8] {
        let wanted = accuracy::harmonic3(tolerance, Guarantee::Pointwise);
        for chosen in Chosen::all() {
            let family = Harmonic3::new(wanted.order, wanted.wave_error, chosen.lanes());
            let [field, potential] = worst(&family, chosen);
            assert!(
                field <= tolerance && potential <= tolerance,
                "{wanted:?}: {field:e}"
            );
        }
    }
}

/// What the calibrated rule costs.
#[test]
fn calibrated_orders_and_waves() {
    for (tolerance, order, waves) in [
        (1e-2, 5, 62),
        (1e-3, 7, 104),
        (1e-6, 16, 388),
        (1e-9, 28, 804),
        (1e-12, 39, 1448),
    ] {
        let wanted = accuracy::harmonic3(tolerance, Guarantee::Calibrated);
        let family = Harmonic3::new(wanted.order, wanted.wave_error, 8);
        assert_eq!(
            (family.order(), family.waves()),
            (order, waves),
            "{wanted:?}"
        );
    }
}

const NEAR: [f64; 3] = [0.31, -0.42, 0.27];
const AWAY: [f64; 3] = [1.7, 0.9, -1.2];

/// s and t, and g.
type Found = ([f64; 4], [f64; SECOND]);

fn gradient_at_one(sums: &UnitSums<3>) -> [f64; SECOND] {
    sums.g.each_ref().map(|g| g[0])
}

/// Largest error of a component of ∂_b (2 z_a/r³) = 2 (δ_ab − 3 z_a z_b/r²)/r³, times r³/2.
fn gradient_error(found: [f64; SECOND], z: [f64; 3]) -> f64 {
    let r2: f64 = z.iter().map(|z| z * z).sum();
    let mut worst = 0.0f64;
    for (a, row) in symmetric::<_, 3>(found).iter().enumerate() {
        for (b, found) in row.iter().enumerate() {
            let exact = f64::from(u8::from(a == b)) - 3.0 * z[a] * z[b] / r2;
            worst = worst.max((found * r2.powf(1.5) / 2.0 - exact).abs());
        }
    }
    worst
}

/// Both ways between a cell with a point at `NEAR` and a point at `AWAY`, at once and through a child.
struct Across<'a> {
    family: &'a Harmonic3,
    octant: usize,
}

impl Across<'_> {
    #[inline(always)]
    fn evaluate<I: Isa>(&self, isa: I, local: &[f64], u: [f64; 3], side: f64) -> Found {
        let mut sums = UnitSums::default();
        sums.reset(1, GRADIENT);
        let points = single(u, 0.0);
        self.family
            .l2p(isa, local, &points, side, GRADIENT, &mut sums);
        let (all, g) = (at_one(&sums), gradient_at_one(&sums));
        // Without the potential, the same field.
        sums.reset(1, POTENTIAL);
        self.family.l2p(isa, local, &points, side, FIELD, &mut sums);
        let [s0, s1, s2, t] = at_one(&sums);
        for (a, b) in [s0, s1, s2].into_iter().zip(all) {
            assert!((a - b).abs() <= 1e-12 * b.abs());
        }
        assert_eq!(t, 0.0);
        (all, g)
    }
}

impl Job for Across<'_> {
    /// p2m m2p, p2m m2m m2p, p2l l2p, p2l l2l l2p: what was found, and target − source.
    type Output = [(Found, [f64; 3]); 4];

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> Self::Output {
        let (family, octant) = (self.family, self.octant);
        let mut multipole = vec![0.0; family.multipole_len()];
        let mut shifted = multipole.clone();
        family.p2m(isa, &single(NEAR, 2.0), &mut multipole);
        family.m2m(isa, octant, &multipole, &mut shifted);
        let found = [multipole, shifted].map(|multipole| {
            let mut sums = UnitSums::default();
            sums.reset(1, GRADIENT);
            let scale = CellScale {
                side: 0.5,
                log_side: 0.0,
            };
            family.m2p(
                isa,
                &multipole,
                &single(AWAY, 0.0),
                scale,
                GRADIENT,
                &mut sums,
            );
            (at_one(&sums), gradient_at_one(&sums))
        });
        let mut local = vec![0.0; family.local_len()];
        let mut below = local.clone();
        family.p2l(isa, &single(AWAY, 2.0), 0.0, &mut local);
        family.l2l(isa, octant, &local, &mut below);
        let at_once = self.evaluate(isa, &local, NEAR, 0.5);
        let through = self.evaluate(isa, &below, NEAR, 0.25);
        let z = |near: [f64; 3], sign: f64| [0, 1, 2].map(|a| sign * 0.5 * (AWAY[a] - near[a]));
        let child = in_parent(NEAR, octant);
        [
            (found[0], z(NEAR, 1.0)),
            (found[1], z(child, 1.0)),
            (at_once, z(NEAR, -1.0)),
            (through, z(child, -1.0)),
        ]
    }
}

#[test]
fn operators_between_points_and_series_agree_with_the_kernel() {
    for chosen in Chosen::all() {
        let family = Harmonic3::new(40, 1e-3, chosen.lanes());
        for octant in 0..8 {
            for ((found, g), z) in chosen.run(Across {
                family: &family,
                octant,
            }) {
                let [field, potential] = errors(found, z);
                assert!(
                    field < 1e-12 && potential < 1e-13,
                    "{octant}: {field:e} {potential:e}"
                );
                let error = gradient_error(g, z);
                assert!(error < 1e-11, "{octant}: {error:e}");
            }
        }
    }
}
