//! Hand-built chains of operators for one source and one target, against 1/r.

use super::Harmonic3;
use crate::expansion::{Expansion, Outgoing, UnitPoints, UnitSums};
use crate::lists::slots;
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

/// Source in a corner of a child of the cell in a slot, through m2m, waves and l2l to the corners of the children of every
/// sibling. Sides of the siblings are 1.
struct Far<'a> {
    family: &'a Harmonic3,
    slot: usize,
    from: usize,
}

impl Job for Far<'_> {
    /// By sibling and corner.
    type Output = [[[f64; 4]; 8]; 8];

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> Self::Output {
        let family = self.family;
        let mut child = vec![0.0; family.multipole_len()];
        let mut multipole = child.clone();
        family.p2m(isa, &single(corner(self.from), 2.0), &mut child);
        family.m2m(isa, self.from, &child, &mut multipole);
        let mut outgoing = Outgoing::default();
        outgoing.next_block(1, family.wave_len());
        let (place, room) = outgoing.meet(0);
        family.outgoing(isa, &multipole, room.unwrap());
        let mut sources = [Outgoing::NOTHING; slots::count(3)];
        sources[self.slot] = place;
        let mut incoming = vec![f64::NAN; 8 * family.wave_len()];
        family.translate(isa, &sources, &outgoing, &mut incoming);
        let mut found = [[[0.0; 4]; 8]; 8];
        let forms = incoming.chunks_exact_mut(family.wave_len());
        for (form, found) in forms.zip(&mut found) {
            let mut local = vec![0.0; family.local_len()];
            family.incoming(isa, form, &mut local);
            for (to, found) in found.iter_mut().enumerate() {
                let mut below = vec![0.0; family.local_len()];
                family.l2l(isa, to, &local, &mut below);
                let mut sums = UnitSums::default();
                sums.reset(1);
                family.l2p(isa, &below, &single(corner(to), 0.0), 0.5, true, &mut sums);
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
            for (to, &found) in found.iter().enumerate() {
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

#[test]
fn debug_print() {
    for chosen in Chosen::all() {
        for order in [4, 8, 13, 20, 32, 40] {
            let family = Harmonic3::new(order, 1e-11, chosen.lanes());
            eprintln!("{chosen:?} {order} {:?}", worst(&family, chosen));
        }
    }
}


struct Shifted<'a>(&'a Harmonic3, usize);

impl Job for Shifted<'_> {
    type Output = [Vec<f64>; 4];

    /// Multipole of the parent from its child and at once.
    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> Self::Output {
        let Self(family, octant) = self;
        let u = [0.31, -0.42, 0.27];
        let zero = vec![0.0; family.multipole_len()];
        let (mut child, mut shifted, mut at_once) = (zero.clone(), zero.clone(), zero.clone());
        family.p2m(isa, &single(u, 2.0), &mut child);
        family.m2m(isa, octant, &child, &mut shifted);
        family.p2m(isa, &single(in_parent(u, octant), 2.0), &mut at_once);
        let v = [1.7, 0.9, -1.2];
        let mut local = zero.clone();
        let mut below = zero.clone();
        family.p2l(isa, &single(v, 2.0), 0.0, &mut local);
        family.l2l(isa, octant, &local, &mut below);
        let mut sums = UnitSums::default();
        sums.reset(1);
        family.l2p(isa, &below, &single(u, 0.0), 0.5, true, &mut sums);
        let a = at_one(&sums).to_vec();
        let mut sums = UnitSums::default();
        sums.reset(1);
        family.l2p(isa, &local, &single(in_parent(u, octant), 0.0), 1.0, true, &mut sums);
        [shifted, at_once, a, at_one(&sums).to_vec()]
    }
}

#[test]
fn debug_shift() {
    let chosen = Chosen::all().into_iter().last().unwrap();
    let family = Harmonic3::new(5, 1e-3, chosen.lanes());
    for octant in 0..8 {
        let [a, b, c, d] = chosen.run(Shifted(&family, octant));
        let worst = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        eprintln!("{octant} {worst:e} {c:?} {d:?}");
        if octant == 7 {
            for n in 0..5 {
                for m in 0..=n {
                    let i = super::layout::at(n, m);
                    let o = family.layout.padded;
                    eprintln!("{n} {m} {:?} {:?}", (a[i], a[o + i]), (b[i], b[o + i]));
                }
            }
        }
    }
}
