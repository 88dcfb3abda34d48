//! The smallest distance between two particles, exactly, in O(N log N) for every cloud.
//!
//! Most clouds are swept along x: of points that lie no closer in x than the best so far none is looked at. Where too many lie that close, as on a
//! line across, they are halved by x, and merged along a strip by y. Source: Preparata and Shamos, *Computational Geometry*, §5.4.

use crate::sum::{difference, length};
use rayon::prelude::*;
use std::cmp::Ordering;

/// Points below which a half is not worth a task of its own.
const TASK: usize = 1 << 14;

/// Pairs a point that a sweep may look at in the mean.
const SWEPT: usize = 8;

/// min_{i<j} |x_i − x_j|; `None` for fewer than two points. Coordinates must be finite.
pub(crate) fn min_distance<const D: usize>(points: &[[f64; D]]) -> Option<f64> {
    if points.len() < 2 {
        return None;
    }
    let mut by_x = points.to_vec();
    by_x.par_sort_unstable_by(order);
    if let Some(best) = sweep(&by_x) {
        return Some(best);
    }
    let mut space = by_x.clone();
    Some(halve(&mut by_x, &mut space))
}

/// The smallest distance among points that are sorted by x, unless that takes too many pairs.
fn sweep<const D: usize>(points: &[[f64; D]]) -> Option<f64> {
    let next = points.windows(2).map(|pair| distance(&pair[0], &pair[1]));
    let mut best = next.fold(f64::INFINITY, f64::min);
    let mut left = SWEPT * points.len();
    for (i, a) in points.iter().enumerate() {
        for b in &points[i + 1..] {
            if b[0] - a[0] >= best {
                break;
            }
            left = left.checked_sub(1)?;
            best = best.min(distance(a, b));
        }
    }
    Some(best)
}

/// Whether two points are at one place.
pub(crate) fn some_coincide<const D: usize>(points: &[[f64; D]]) -> bool {
    // −0 and 0 are one place.
    let bits = |x: &[f64; D]| x.map(|x| (x + 0.0).to_bits());
    let mut all: Vec<[u64; D]> = points.par_iter().map(bits).collect();
    all.par_sort_unstable();
    all.par_windows(2).any(|pair| pair[0] == pair[1])
}

/// The smallest distance among `points`, sorted by x on entry and by y on return.
fn halve<const D: usize>(points: &mut [[f64; D]], space: &mut [[f64; D]]) -> f64 {
    let n = points.len();
    if n <= 3 {
        let best = all_pairs(points);
        points.sort_unstable_by(|a, b| a[1].total_cmp(&b[1]));
        return best;
    }
    let middle = points[n / 2][0];
    let (left, right) = points.split_at_mut(n / 2);
    let (space_left, space_right) = space.split_at_mut(n / 2);
    let (a, b) = if n > TASK {
        rayon::join(|| halve(left, space_left), || halve(right, space_right))
    } else {
        (halve(left, space_left), halve(right, space_right))
    };
    merge_by_y(left, right, space);
    points.copy_from_slice(space);
    across(points, middle, a.min(b), space)
}

/// By x, then by y and what there is beyond.
fn order<const D: usize>(a: &[f64; D], b: &[f64; D]) -> Ordering {
    let by_axis = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
    by_axis.fold(Ordering::Equal, Ordering::then)
}

fn distance<const D: usize>(a: &[f64; D], b: &[f64; D]) -> f64 {
    length(difference(*a, *b))
}

fn all_pairs<const D: usize>(points: &[[f64; D]]) -> f64 {
    let mut best = f64::INFINITY;
    for (i, a) in points.iter().enumerate() {
        for b in &points[i + 1..] {
            best = best.min(distance(a, b));
        }
    }
    best
}

fn merge_by_y<const D: usize>(left: &[[f64; D]], right: &[[f64; D]], out: &mut [[f64; D]]) {
    let (mut i, mut j) = (0, 0);
    for out in out {
        let from_left = j == right.len() || (i < left.len() && left[i][1] <= right[j][1]);
        *out = if from_left { left[i] } else { right[j] };
        if from_left { i += 1 } else { j += 1 }
    }
}

/// The smaller of `best` and the distances within the strip around x = middle; points are sorted by y.
fn across<const D: usize>(
    points: &[[f64; D]],
    middle: f64,
    mut best: f64,
    strip: &mut [[f64; D]],
) -> f64 {
    let mut count = 0;
    for &point in points {
        if (point[0] - middle).abs() >= best {
            continue;
        }
        for other in strip[..count].iter().rev() {
            if point[1] - other[1] >= best {
                break;
            }
            best = best.min(distance(&point, other));
        }
        strip[count] = point;
        count += 1;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By halves, whatever a sweep would take.
    fn by_halves<const D: usize>(points: &[[f64; D]]) -> Option<f64> {
        let mut by_x = points.to_vec();
        by_x.sort_unstable_by(order);
        let mut space = by_x.clone();
        Some(halve(&mut by_x, &mut space))
    }

    #[test]
    fn a_line_across_is_halved() {
        let line: Vec<_> = (0..3000)
            .map(|i| [1e-6 * f64::from(i % 7), f64::from(i * i)])
            .collect();
        let mut by_x = line.clone();
        by_x.sort_unstable_by(order);
        assert_eq!(sweep(&by_x), None);
        assert_eq!(min_distance(&line), Some(all_pairs(&line)));
    }

    #[test]
    fn few_and_degenerate_points() {
        assert_eq!(min_distance::<2>(&[]), None);
        assert_eq!(min_distance(&[[1.0, 2.0]]), None);
        assert_eq!(min_distance(&[[0.0, 0.0], [3.0, 4.0]]), Some(5.0));
        assert_eq!(min_distance(&[[1.0, 1.0]; 70_000]), Some(0.0));
        assert!(!some_coincide::<3>(&[]) && !some_coincide(&[[0.0, 1.0], [1.0, 0.0], [0.0, 2.0]]));
        assert!(some_coincide(&[[0.0, 1.0], [1.0, 0.0], [-0.0, 1.0]]));
        let column: Vec<_> = (0_u64..70_000)
            .map(|i| [5.0, (i * i % 65_537) as f64])
            .collect();
        assert_eq!(min_distance(&column), Some(0.0));
        assert_eq!(min_distance(&[[0.0, 0.0], [3e-200, 4e-200]]), Some(5e-200));
    }

    proptest! {
        #[test]
        fn equals_the_double_loop(
            points in prop::collection::vec([-1.0..1.0, -1.0..1.0], 2..300),
            grid in prop::bool::ANY,
        ) {
            let round = |x: f64| if grid { (x * 8.0).round() / 8.0 } else { x };
            let points: Vec<[f64; 2]> = points.into_iter().map(|p: [f64; 2]| p.map(round)).collect();
            prop_assert_eq!(min_distance(&points), Some(all_pairs(&points)));
            prop_assert_eq!(by_halves(&points), Some(all_pairs(&points)));
        }
    }

    proptest! {
        #[test]
        fn equals_the_double_loop_in_space(points in prop::collection::vec([-1.0..1.0, -1.0..1.0, -1.0..1.0], 2..300)) {
            let points: Vec<[f64; 3]> = points;
            prop_assert_eq!(min_distance(&points), Some(all_pairs(&points)));
            prop_assert_eq!(by_halves(&points), Some(all_pairs(&points)));
        }
    }

    #[test]
    fn equals_the_double_loop_across_tasks() {
        let points: Vec<[f64; 2]> = (0..20_000u32)
            .map(|i| {
                [
                    f64::from(i.wrapping_mul(2_654_435_769)),
                    f64::from(i.wrapping_mul(40_503 * 65_537)),
                ]
            })
            .collect();
        assert_eq!(min_distance(&points), Some(all_pairs(&points)));
        assert_eq!(by_halves(&points), Some(all_pairs(&points)));
    }
}
