//! A step of a Brownian path in halves of halves, that all add up to it: Lévy's construction.

use super::{Brownian, IN_SPACE, IN_THE_PLANE, Key, Streams, TASK, normal_pair};
use crate::state::places;
use rayon::prelude::*;

/// Part `index` of the 2^`level` equal ones of a step, and what the paths of all particles do in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece<const D: usize = 2> {
    /// The step.
    pub step: u64,
    /// How often it has been halved.
    pub level: u8,
    /// Which of the parts, 0 to 2^`level` − 1.
    pub index: u64,
    /// Length of this part.
    pub dt: f64,
    /// ΔB over it, one a particle.
    pub dw: Vec<[f64; D]>,
    /// ∫ (B − B at its start) dt over it.
    pub integrals: Vec<[f64; D]>,
}

impl Brownian {
    /// A step of n particles in one piece: [`increments_and_integrals`](Self::increments_and_integrals).
    pub fn piece<const D: usize>(&self, step: u64, dt: f64, n: usize) -> Piece<D> {
        self.part(step, 0, 0, dt, n)
    }

    /// The halves of a piece, whose increments add up to its, and whose integrals to its with what the first half has moved
    /// by then, but for rounding. The path is the same whichever pieces are asked for; parts no shorter than dt/2^h of a
    /// path [`halved`](Self::halved) h times are those that it is drawn in.
    ///
    /// With h the length of the piece, k = h/2, and the given ΔB, I = h ΔB/2 + h^{3/2} Z/√12, the halves W₁, W₂ and
    /// I_j = k W_j/2 + k^{3/2} Z_j/√12 are W₁,₂ = ΔB/2 ± √h V/2, Z₁,₂ = (U ± D)/√2 with V = (√3 Z + R)/2, U = (Z − √3 R)/2
    /// and standard normal numbers R and D, keyed by the seed, the particle, the step, the piece and the component.
    /// Source: Lévy's construction, as in Karatzas and Shreve, *Brownian Motion and Stochastic Calculus*, §2.3; Gaines and
    /// Lyons, *Variable step size control in the numerical solution of stochastic differential equations*, SIAM J. Appl.
    /// Math. 57 (1997).
    pub fn halves<const D: usize>(&self, piece: &Piece<D>) -> [Piece<D>; 2] {
        let (level, half, n) = (piece.level + 1, 0.5 * piece.dt, piece.dw.len());
        if u32::from(piece.level) < self.halvings {
            return [0, 1].map(|k| self.part(piece.step, level, 2 * piece.index + k, half, n));
        }
        let empty = |k| Piece {
            step: piece.step,
            level,
            index: 2 * piece.index + k,
            dt: half,
            dw: vec![[0.0; D]; n],
            integrals: vec![[0.0; D]; n],
        };
        let [mut first, mut second] = [0, 1].map(empty);
        match D {
            2 => self.bridge(IN_THE_PLANE, piece, &mut first, &mut second),
            _ => self.bridge(IN_SPACE, piece, &mut first, &mut second),
        }
        [first, second]
    }

    /// A part that the path is drawn in, or is put together from such.
    fn part<const D: usize>(
        &self,
        step: u64,
        level: u8,
        index: u64,
        dt: f64,
        n: usize,
    ) -> Piece<D> {
        let [mut dw, mut integrals] = [0, 1].map(|_| vec![[0.0; D]; n]);
        let coarser = Self {
            halvings: self.halvings - u32::from(level),
            ..*self
        };
        let number = (step << level).wrapping_add(index);
        coarser.in_any_dimension(number, dt, &mut dw, &mut integrals);
        Piece {
            step,
            level,
            index,
            dt,
            dw,
            integrals,
        }
    }

    fn bridge<const P: usize, const D: usize>(
        &self,
        streams: Streams<P>,
        whole: &Piece<D>,
        first: &mut Piece<D>,
        second: &mut Piece<D>,
    ) {
        // The piece as a node of the tree below a step that is drawn: 1 the step, 2 and 3 its halves, ….
        let below = u32::from(whole.level) - self.halvings;
        let drawn = (whole.step << self.halvings).wrapping_add(whole.index >> below);
        let node = 1 << below | (whole.index & ((1 << below) - 1)) as u32;
        let keys = |stream| Key::new(self.seed, stream, drawn).below(node);
        let keys = [streams.increments.map(keys), streams.beside.map(keys)];
        let halves = [first, second].map(|half| {
            let Piece { dw, integrals, .. } = half;
            dw.par_chunks_mut(TASK).zip(integrals.par_chunks_mut(TASK))
        });
        let [first, second] = halves;
        first
            .zip(second)
            .enumerate()
            .for_each(|(task, (first, second))| {
                for i in 0..first.0.len() {
                    let particle = task * TASK + i;
                    let fresh = keys.map(|keys| {
                        keys.map(|key| {
                            let [a, b] = key.words(particle as u32);
                            normal_pair(a, b)
                        })
                    });
                    for d in 0..places(D) {
                        let given = [whole.dw[particle][d], whole.integrals[particle][d]];
                        let [r, beside] = fresh.each_ref().map(|of| of[d / 2][d % 2]);
                        let [one, two] = halved(whole.dt, given, [r, beside]);
                        [first.0[i][d], first.1[i][d]] = one;
                        [second.0[i][d], second.1[i][d]] = two;
                    }
                }
            });
    }
}

/// Increment and integral of both halves of a piece of length h, from its own and two standard normal numbers.
fn halved(h: f64, [b, integral]: [f64; 2], [r, d]: [f64; 2]) -> [[f64; 2]; 2] {
    let (root, k) = (h.sqrt(), 0.5 * h);
    let z = (integral / h - 0.5 * b) * 12f64.sqrt() / root;
    let v = 0.5 * (3f64.sqrt() * z + r);
    let u = 0.5 * (z - 3f64.sqrt() * r);
    [1.0, -1.0].map(|sign| {
        let w = 0.5 * b + sign * 0.5 * root * v;
        let z = (u + sign * d) * 0.5f64.sqrt();
        [w, k * (0.5 * w + k.sqrt() * z / 12f64.sqrt())]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of more than three numbers the first three move as in space, and the others do not.
    #[test]
    fn what_particles_carry_has_no_noise() {
        let brownian = Brownian::new(3);
        let space = brownian.halves(&brownian.piece::<3>(5, 0.5, 100));
        let more = brownian.halves(&brownian.piece::<7>(5, 0.5, 100));
        for (space, more) in space.iter().zip(&more) {
            for (of, among) in [(&space.dw, &more.dw), (&space.integrals, &more.integrals)] {
                for (x, row) in of.iter().zip(among) {
                    assert_eq!((&x[..], &[0.0; 4][..]), row.split_at(3));
                }
            }
        }
    }
}
