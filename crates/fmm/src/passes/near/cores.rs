//! Points that are much closer than the core around them is wide.
//!
//! Singular pairs of opposite strengths act on each other more than all others do, however close they are. Within a core two points d
//! apart give each other no more than any others, and to those d/δ of what one of them does: a cloud of such pairs has a field that is
//! as much smaller than its terms, and roundings of f32 are as much larger beside it. And points at one place give each other nothing, of
//! which f32 leaves the roundings of what a core has there.

use super::Block;
use crate::kernel::Pair;
use lanes::Real;
use std::ops::Range;

/// Of a core, how far a point is to have its next one.
const LEAST: f64 = 0.25;
/// Of a strength, what is to be left of it together with those of the points that are as close.
const LEFT: f64 = 0.5;

impl<T: Real, E, P: Pair, const D: usize, const M: usize> Block<'_, T, E, P, D, M> {
    /// Whether in half of the leaves or more the strongest point has others, [`LEAST`] of the core away or closer, that leave less than
    /// [`LEFT`] of it, or at its place.
    pub(super) fn cancels_in_cores(&self) -> bool {
        let limit = (LEAST * self.pair.core()).powi(2);
        if limit == 0.0 {
            return false;
        }
        let leaves = self.leaves.iter();
        let leaves = leaves.map(|&leaf| self.context.tree.cells[leaf as usize].sources.clone());
        self.w.iter().any(|w| {
            let cancels = |all: &Range<u32>| {
                if all.is_empty() {
                    return false;
                }
                let strength = |point: u32| w[point as usize].to_f64();
                let point = strongest(w, all);
                let (mut left, mut at_one_place) = (0.0, 0);
                for other in all.clone() {
                    let square = self.square(point, other);
                    if square <= limit {
                        left += strength(other);
                        at_one_place += usize::from(square == 0.0);
                    }
                }
                at_one_place > 1 || left.abs() < LEFT * strength(point).abs()
            };
            2 * leaves.clone().filter(cancels).count() >= self.leaves.len()
        })
    }

    /// Of the distance of two points in tree order.
    fn square(&self, a: u32, b: u32) -> f64 {
        let x = &self.context.sources;
        x.iter()
            .map(|x| (x[a as usize].to_f64() - x[b as usize].to_f64()).powi(2))
            .sum()
    }
}

/// The point of a leaf with the largest strength; of equals the middle one, or the first.
fn strongest<T: Real>(w: &[T], all: &Range<u32>) -> u32 {
    let size = |point: u32| w[point as usize].to_f64().abs();
    let middle = u32::midpoint(all.start, all.end);
    all.clone().fold(middle, |best, point| {
        if size(point) > size(best) {
            point
        } else {
            best
        }
    })
}
