//! Particles that attract each other without bound can collapse: found, and said, before the steps mean nothing.

use crate::sum::hash;
use std::collections::HashMap;

/// So many particles in so small a disc collapse.
///
/// n particles within a distance ρ of each other that attract each other by (κ/N) z/r^{s+2} draw together at a rate of
/// (κn/N) ρ^{−s−1}. Their diffusion holds them apart in d dimensions while κ n ρ^{−s}/N < 2dσ, which for s = 0 is the exact law of their S
/// and says nothing of ρ: d E S/dt = (n − 1)(2dσ − κn/N). A step dt no longer resolves them where ρ^{s+2} < 4κ n dt/N. Both meet at
/// ρ² = 8dσ dt; without diffusion it takes two particles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collapsible {
    /// ρ.
    pub diameter: f64,
    /// n.
    pub particles: usize,
}

/// Where particles have collapsed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collapse<const D: usize = 2> {
    /// The step that led to it.
    pub step: u64,
    /// Its time.
    pub time: f64,
    /// How many particles are together, in a square or cube of side 2ρ ([`Collapsible`]).
    pub particles: usize,
    /// Their share of all particles.
    pub mass: f64,
    /// Their mean position.
    pub centre: [f64; D],
    /// The side of the square or cube.
    pub side: f64,
}

impl Collapsible {
    /// For attraction κ > 0 of n particles in `D` dimensions in steps of length `dt`.
    pub fn new<const D: usize>(attraction: f64, s: f64, diffusion: f64, n: usize, dt: f64) -> Self {
        let per_particle = attraction / n as f64;
        let spread = 2.0 * D as f64 * diffusion;
        let resolved = (4.0 * spread * dt).sqrt();
        let held = spread * resolved.powf(s) / per_particle;
        // A number beyond the range of integers becomes the largest, which no cloud reaches.
        let particles = (held as usize).saturating_add(1).max(2);
        let reach = 4.0 * per_particle * particles as f64 * dt;
        Self {
            diameter: reach.powf(1.0 / (s + 2.0)),
            particles,
        }
    }

    /// The cell with the most particles, if they are as many as it takes. Every disc of diameter ρ, or ball, lies within a cell of one of 2^D grids.
    ///
    /// On a torus with a box of these sides its faces are faces of cells, which are a little wider.
    pub(crate) fn find<const D: usize>(
        &self,
        positions: &[[f64; D]],
        sides: Option<[f64; D]>,
    ) -> Option<Cluster<D>> {
        if positions.len() < self.particles {
            return None;
        }
        // Beyond that, coordinates do not tell such cells apart.
        let resolved = self.diameter * 2f64.powi(50);
        if positions.as_flattened().iter().any(|x| x.abs() >= resolved) {
            return None;
        }
        let shift = |g: usize| std::array::from_fn(|a| 0.5 * (g >> a & 1) as f64);
        let grids = (0..1 << D).map(|g| Grid::<D>::new(2.0 * self.diameter, shift(g), sides));
        let grids: Vec<_> = grids.collect();
        // Several cells may share a counter, so that a bound is at least what the fullest of them holds. A disc lies in 2^D cells of one
        // grid at most: few counters, which stay in the cache, tell most clouds from those that have one so full.
        let (n, part) = (positions.len(), self.particles.div_ceil(1 << D));
        if grids[0].upper_bound(positions, 64 * n / part) < part {
            return None;
        }
        let suspects = grids
            .iter()
            .filter(|grid| grid.upper_bound(positions, 2 * n) >= self.particles);
        let fullest = suspects.filter_map(|grid| grid.fullest(positions));
        fullest
            .filter(|cluster| cluster.particles >= self.particles)
            .max_by_key(|cluster| cluster.particles)
    }
}

/// Particles in one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cluster<const D: usize> {
    pub(crate) particles: usize,
    pub(crate) centre: [f64; D],
    pub(crate) side: f64,
}

struct Grid<const D: usize> {
    cell: [f64; D],
    shift: [f64; D],
    /// Sides of a torus, and how many cells those are.
    torus: Option<([f64; D], [i64; D])>,
}

impl<const D: usize> Grid<D> {
    /// With cells at least so wide.
    fn new(cell: f64, shift: [f64; D], sides: Option<[f64; D]>) -> Self {
        let cells_of = |side: f64| ((side / cell) as i64).max(1);
        let torus = sides.map(|sides| (sides, sides.map(cells_of)));
        Self {
            cell: torus.map_or([cell; D], |(sides, cells)| {
                std::array::from_fn(|a| sides[a] / cells[a] as f64)
            }),
            shift,
            torus,
        }
    }

    fn key(&self, x: [f64; D]) -> [i64; D] {
        std::array::from_fn(|a| {
            let key = (x[a] / self.cell[a] + self.shift[a]).floor() as i64;
            self.torus
                .map_or(key, |(_, cells)| key.rem_euclid(cells[a]))
        })
    }

    /// The image of a place that is nearest to another.
    fn beside(&self, x: [f64; D], other: [f64; D]) -> [f64; D] {
        match self.torus {
            None => x,
            Some((sides, _)) => {
                std::array::from_fn(|a| x[a] - sides[a] * ((x[a] - other[a]) / sides[a]).round())
            }
        }
    }

    /// With at least so many counters, 2 or more, but no more than twice as many as positions.
    fn upper_bound(&self, positions: &[[f64; D]], counters: usize) -> usize {
        let counters = counters.clamp(2, 2 * positions.len());
        let bits = counters.next_power_of_two().trailing_zeros();
        let mut counters = vec![0u32; 1 << bits];
        for &x in positions {
            counters[hash(self.key(x), bits)] += 1;
        }
        counters.into_iter().max().unwrap_or(0) as usize
    }

    fn fullest(&self, positions: &[[f64; D]]) -> Option<Cluster<D>> {
        // How many, and the first of them with the sum of the ways from there.
        let mut cells: HashMap<[i64; D], (usize, [[f64; D]; 2])> = HashMap::new();
        for &x in positions {
            let (count, [first, sum]) = cells.entry(self.key(x)).or_insert((0, [x, [0.0; D]]));
            let near = self.beside(x, *first);
            *count += 1;
            *sum = std::array::from_fn(|a| sum[a] + (near[a] - first[a]));
        }
        // The order of a map is not the same twice: of equally full cells that with the smallest key.
        let fullest = cells
            .into_iter()
            .max_by_key(|&(key, (count, _))| (count, std::cmp::Reverse(key)))?;
        let (_, (particles, [first, sum])) = fullest;
        let mean: [f64; D] = std::array::from_fn(|a| first[a] + sum[a] / particles as f64);
        let centre = match self.torus {
            None => mean,
            Some((sides, _)) => {
                std::array::from_fn(|a| mean[a] - sides[a] * (mean[a] / sides[a]).floor())
            }
        };
        Some(Cluster {
            particles,
            centre,
            side: self.cell.into_iter().fold(0.0, f64::max),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where n particles of the limit equation's critical mass are what it takes, whatever the step.
    #[test]
    fn critical_mass() {
        let (n, chi, sigma) = (1000, 40.0, 0.5);
        let attraction = chi / std::f64::consts::TAU;
        for dt in [1e-3, 1e-5] {
            let found = Collapsible::new::<2>(attraction, 0.0, sigma, n, dt);
            let critical = 8.0 * std::f64::consts::PI * sigma * n as f64 / chi;
            assert_eq!(found.particles, critical as usize + 1);
            let expected = 4.0 * (sigma * dt).sqrt();
            assert!((found.diameter / expected - 1.0).abs() < 0.01);
        }
        let pair = Collapsible::new::<2>(attraction, 0.0, 0.0, n, 1e-3);
        assert_eq!(pair.particles, 2);
        assert!((pair.diameter.powi(2) * n as f64 / (8.0 * attraction * 1e-3) - 1.0).abs() < 1e-12);
    }

    /// A disc of the diameter is found wherever it lies, and one particle fewer is not.
    #[test]
    fn finds_a_disc_anywhere() {
        let rule = Collapsible {
            diameter: 0.01,
            particles: 20,
        };
        let turn = |i: usize| {
            let turns = std::f64::consts::TAU * i as f64 / 20.0;
            [turns.cos(), turns.sin()].map(|x| 0.00499 * x)
        };
        for place in 0..40 {
            let centre = [0.0137 * place as f64 - 0.2, 0.3 - 0.0093 * place as f64];
            let mut points: Vec<[f64; 2]> = (0..20)
                .map(|i| [0, 1].map(|a| centre[a] + turn(i)[a]))
                .collect();
            points.extend((0..500).map(|i| [f64::from(i), 1.0]));
            let found = rule.find(&points, None).expect("twenty together");
            assert_eq!(found.particles, 20);
            assert!((0..2).all(|a| (found.centre[a] - centre[a]).abs() < 1e-12));
            points.remove(3);
            assert_eq!(rule.find(&points, None), None);
        }
    }

    #[test]
    fn on_a_torus_by_place() {
        let rule = Collapsible {
            diameter: 0.1,
            particles: 3,
        };
        let points = [[0.5, 0.5], [7.51, -3.5], [0.5, 2.51]];
        assert_eq!(rule.find(&points, None), None);
        let found = rule.find(&points, Some([1.0; 2])).unwrap();
        assert_eq!(found.particles, 3);
        let apart = |a: usize, x: f64| (found.centre[a] - x).abs();
        assert!(apart(0, 0.51 - 0.02 / 3.0) < 1e-12 && apart(1, 0.5 + 0.01 / 3.0) < 1e-12);
        // Across a corner of the box.
        let across = [[0.01, 0.02], [0.99, 3.01], [-0.03, -0.01]];
        let found = rule.find(&across, Some([1.0; 2])).unwrap();
        assert_eq!(found.particles, 3);
        assert!((found.centre[0] - 0.99).abs() < 1e-12, "{found:?}");
        assert!((found.centre[1] - 0.02 / 3.0).abs() < 1e-12, "{found:?}");
        // The same in a box that is longer along one axis.
        let longer = across.map(|[x, y]| [x, if y > 1.0 { 2.0 * 1.5 + 0.01 } else { y }]);
        let found = rule.find(&longer, Some([1.0, 1.5])).unwrap();
        assert_eq!(found.particles, 3);
        assert!((found.centre[0] - 0.99).abs() < 1e-12, "{found:?}");
        assert_eq!(rule.find(&longer, Some([1.0, 1.6])), None);
        // Cells that coordinates cannot tell apart.
        assert_eq!(rule.find(&points.map(|x| x.map(|x| 1e20 * x)), None), None);
    }
}
