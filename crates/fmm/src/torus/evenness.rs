//! Whether fields on a torus nearly cancel.
//!
//! Points that fill a torus evenly have the field of what they lack of a uniform density, which may be far smaller than its terms, and so
//! may be those of alternating strengths on a lattice; roundings of near pairs in f32 are not smaller. But points that lie anywhere have others
//! close to them, whose fields nothing else makes up for. With ρ a third of the mean spacing in a leaf,
//!
//! ```text
//! Σ_i |Σ_{j ≠ i, r_ij < ρ} w_j ρ z_ij/r_ij²|²  over  Σ_i mean w²
//! ```
//!
//! is 4π/27 on average in space for independent points, more in the plane, and 0 for lattices, shaken or not, and points of low discrepancy.

use crate::tree::{Cell, Tree};
use lanes::Real;

/// Below this fields are taken to cancel.
const LEAST: f64 = 0.1;
/// Leaves that are looked at, at most.
const LEAVES: usize = 128;

/// Whether there is so little in a sample of the leaves; sources and strengths in tree order.
pub(crate) fn cancels<T: Real, const D: usize>(
    tree: &Tree<D>,
    leaves: &[u32],
    sources: &[Vec<T>; D],
    w: &[T],
) -> bool {
    let sample = leaves.iter().step_by(leaves.len().div_ceil(LEAVES).max(1));
    let (mut close, mut all) = (0.0, 0.0);
    for &leaf in sample {
        let [of_pairs, of_points] = of_leaf(tree, &tree.cells[leaf as usize], sources, w);
        close += of_pairs;
        all += of_points;
    }
    close <= LEAST * all
}

/// The two sums over the points of a leaf whose close ones are all in it.
fn of_leaf<T: Real, const D: usize>(
    tree: &Tree<D>,
    leaf: &Cell<D>,
    sources: &[Vec<T>; D],
    w: &[T],
) -> [f64; 2] {
    let range = leaf.sources.start as usize..leaf.sources.end as usize;
    let (centre, sides) = (tree.centre(leaf), tree.frame.cell_sides(leaf.level));
    let volume: f64 = sides.iter().product();
    let spacing = (volume / range.len().max(1) as f64).powf(1.0 / D as f64);
    let radius = spacing / 3.0;
    let squares: f64 = w[range.clone()].iter().map(|w| w.to_f64().powi(2)).sum();
    let (mut close, mut count) = (0.0, 0);
    for i in range.clone() {
        let here: [f64; D] = std::array::from_fn(|a| sources[a][i].to_f64());
        let inside = |a: usize| (here[a] - centre[a]).abs() <= 0.5 * sides[a] - radius;
        if !(0..D).all(inside) {
            continue;
        }
        let mut sum = [0.0; D];
        for j in range.clone() {
            let z: [f64; D] = std::array::from_fn(|a| here[a] - sources[a][j].to_f64());
            let r2 = z.iter().map(|z| z * z).sum::<f64>();
            if r2 > 0.0 && r2 < radius * radius {
                let factor = w[j].to_f64() * radius / r2;
                for a in 0..D {
                    sum[a] += factor * z[a];
                }
            }
        }
        close += sum.iter().map(|sum| sum * sum).sum::<f64>();
        count += 1;
    }
    [
        close,
        squares * f64::from(count) / range.len().max(1) as f64,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::into_tree_order;
    use crate::{Coulomb2d, Options, Plan};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    /// Of points of the unit square and their strengths.
    fn cancel(points: &[[f64; 2]], strength: impl Fn(usize) -> f64) -> bool {
        let options = Options::tolerance(1e-3).torus(&[1.0; 2]);
        let plan = Plan::new(points, Coulomb2d, options).unwrap();
        let tree = plan.tree();
        let order = &tree.source_order;
        let w: Vec<f64> = order
            .user_index
            .iter()
            .map(|&i| strength(i as usize))
            .collect();
        let mut sources = [vec![], vec![]];
        into_tree_order(points, order, tree.frame.scale, &mut sources);
        cancels(tree, &tree.target_leaves(), &sources, &w)
    }

    /// A lattice of 90² points, shaken by so many of its spacings in each direction at most.
    fn lattice(shaken: f64, random: &mut StdRng) -> Vec<[f64; 2]> {
        let at = |i: usize| (i as f64 + 0.5) / 90.0;
        let all = (0..90 * 90).map(|k| [at(k / 90), at(k % 90)]);
        let mut shake = || shaken * (random.random::<f64>() - 0.5) / 45.0;
        all.map(|x| x.map(|x| (x + shake()).rem_euclid(1.0)))
            .collect()
    }

    #[test]
    fn what_is_even_cancels() {
        let random = &mut StdRng::seed_from_u64(7);
        let signs: Vec<f64> = (0..90 * 90)
            .map(|_| if random.random() { 1.0 } else { -1.0 })
            .collect();
        for shaken in [0.0, 0.1, 0.25] {
            let points = lattice(shaken, random);
            assert!(cancel(&points, |_| 1.0), "{shaken}");
            assert!(cancel(&points, |_| -3.0), "{shaken}");
            // As the charges of salt.
            let salt = |i: usize| 1.0 - 2.0 * ((i / 90 + i) % 2) as f64;
            assert!(cancel(&points, salt), "{shaken}");
            // No such field cancels, but nothing close tells so.
            assert!(cancel(&points, |i| signs[i]), "{shaken}");
        }
        let golden = 0.618_033_988_749_895;
        let of_low_discrepancy: Vec<_> = (0..9000)
            .map(|i| [i as f64 / 9000.0, (i as f64 * golden).fract()])
            .collect();
        assert!(cancel(&of_low_discrepancy, |_| 1.0));
    }

    #[test]
    fn what_is_random_does_not() {
        for seed in 0..20 {
            let mut random = StdRng::seed_from_u64(seed);
            let points: Vec<[f64; 2]> = (0..5000)
                .map(|_| [random.random(), random.random()])
                .collect();
            assert!(!cancel(&points, |_| 1.0), "{seed}");
            assert!(!cancel(&points, |i| 1.0 + (i % 7) as f64), "{seed}");
            assert!(
                !cancel(&points, |i| if i % 2 == 0 { 1.0 } else { -1.0 }),
                "{seed}"
            );
            let clustered: Vec<[f64; 2]> = points.iter().map(|x| x.map(|x| x * x)).collect();
            assert!(!cancel(&clustered, |_| 1.0), "{seed}");
            let of_salt = |x: &[f64; 2]| x.iter().map(|x| (90.0 * x) as usize).sum::<usize>() % 2;
            let alternating = |i: usize| 1.0 - 2.0 * of_salt(&points[i]) as f64;
            assert!(!cancel(&points, alternating), "{seed}");
        }
    }
}
