//! The pairs of one area.

use super::Pair;
use super::grid::{Grid, apart, choose};
use crate::sum::{dot, hash};
use std::ops::Range;

/// Times 2^D: particles in the cells around a place above which nobody there is half of a pair.
const CROWD: usize = 8;

/// In the place of a partner.
const NOBODY: u32 = u32::MAX;

/// Index and position.
pub(super) type Particle<const D: usize> = (u32, [f64; D]);

/// Where each of `groups` begins, and the end, and the particles by group; `items` are groups and particles, in any order.
pub(super) fn grouped<const D: usize>(
    groups: usize,
    items: impl Iterator<Item = (u32, Particle<D>)> + Clone,
) -> (Vec<u32>, Vec<Particle<D>>) {
    // One place further than in the end, where the next one of each group goes meanwhile.
    let mut starts = vec![0; groups + 2];
    for (group, _) in items.clone() {
        starts[group as usize + 2] += 1;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut particles = vec![(0, [0.0; D]); sum as usize];
    for (group, particle) in items {
        let next = &mut starts[group as usize + 1];
        particles[*next as usize] = particle;
        *next += 1;
    }
    (starts, particles)
}

/// The particles of an area by the places of their cells; cells may share a place.
pub(super) struct Area<'a, const D: usize> {
    grid: &'a Grid<D>,
    /// Places, as a power of 2.
    bits: u32,
    /// Where each place begins, and the end.
    starts: Vec<u32>,
    particles: Vec<Particle<D>>,
}

impl<'a, const D: usize> Area<'a, D> {
    pub(super) fn new(grid: &'a Grid<D>, parts: &[&[Particle<D>]]) -> Self {
        let all = || parts.iter().copied().flatten();
        let n: usize = parts.iter().map(|part| part.len()).sum();
        let bits = n.next_power_of_two().trailing_zeros() + 1;
        let place = |p: &Particle<D>| hash(grid.cell(p.1), bits) as u32;
        let places: Vec<u32> = all().map(place).collect();
        let (starts, particles) = grouped(1 << bits, places.into_iter().zip(all().copied()));
        Self {
            grid,
            bits,
            starts,
            particles,
        }
    }

    /// The pairs whose first particle is at home here, `number`.
    pub(super) fn pairs(&self, number: usize) -> Vec<Pair> {
        let nearest: Vec<u32> = self.particles.iter().map(|p| self.nearest(p)).collect();
        let mutual = |(k, &other): (usize, &u32)| {
            let (i, x) = self.particles[k];
            let (j, _) = *self.particles.get(other as usize)?;
            let mutual = i < j && nearest[other as usize] as usize == k;
            (mutual && self.grid.area(self.grid.cell(x)) == number).then_some([i, j])
        };
        nearest.iter().enumerate().filter_map(mutual).collect()
    }

    /// The number of the nearest particle, of several that with the least index.
    #[inline(always)]
    fn nearest(&self, &(i, x): &Particle<D>) -> u32 {
        let around = self.grid.around(x);
        let mut places = [const { 0..0 }; 8];
        let mut there = 0;
        for number in 0..1 << D {
            places[number] = self.at(choose(&around, number));
            there += places[number].len();
        }
        if there == 1 || (there > CROWD << D && self.crowded(&around)) {
            return NOBODY;
        }
        // In a unit near that of the cells, so that squares stay within the numbers; as a power of 2, it leaves ties alone.
        let (unit, sides) = (self.grid.unit, self.grid.sides());
        let mut best = ((unit * self.grid.reach).powi(2), NOBODY, NOBODY);
        for at in &places[..1 << D] {
            for (number, &(j, y)) in at.clone().zip(&self.particles[at.clone()]) {
                let mut z = apart(x, y, sides);
                z.iter_mut().for_each(|z| *z *= unit);
                let r2 = dot(z, z);
                // Twice the same from cells that share a place changes nothing.
                let nearer = r2 < best.0 || (r2 == best.0 && best.1 != NOBODY && j < best.1);
                if nearer && j != i && r2 > 0.0 {
                    best = (r2, j, number as u32);
                }
            }
        }
        best.2
    }

    /// Whether those cells are crowded, and not only their places.
    #[cold]
    fn crowded(&self, around: &[[i64; 2]; D]) -> bool {
        let mut cells: Vec<_> = (0..1 << D).map(|number| choose(around, number)).collect();
        cells.sort_unstable();
        cells.dedup();
        let inside = |&cell: &[i64; D]| {
            let there = self.particles[self.at(cell)].iter();
            there.filter(move |p| self.grid.cell(p.1) == cell)
        };
        cells.iter().flat_map(inside).nth(CROWD << D).is_some()
    }

    #[inline(always)]
    fn at(&self, cell: [i64; D]) -> Range<usize> {
        let place = hash(cell, self.bits);
        self.starts[place] as usize..self.starts[place + 1] as usize
    }
}
