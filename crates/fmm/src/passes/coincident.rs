//! Pairs of points at the same place in leaves whose near pairs come by expansions, which know no such rule.

use super::Context;
use crate::tree::Cell;
use lanes::Real;
use std::cmp::Ordering;

impl<T: Real, E, const D: usize> Context<'_, T, E, D> {
    /// Of every target of a leaf, the strengths at the same place, its own among them, in the order of the targets.
    pub(crate) fn strengths_at_targets(&self, leaf: &Cell<D>, w: &[T], strengths: &mut Vec<f64>) {
        let sources: Vec<usize> = sorted(self.sources, leaf.sources.clone());
        let at = |i: usize| place(self.sources, i);
        strengths.clear();
        strengths.resize(leaf.targets.len(), 0.0);
        let groups = sources.chunk_by(|&i, &j| order(&at(i), &at(j)).is_eq());
        if self.tree.target_order.is_none() {
            for group in groups {
                let sum: f64 = group.iter().map(|&i| w[i].to_f64()).sum();
                for &i in group {
                    strengths[i - leaf.targets.start as usize] = sum;
                }
            }
            return;
        }
        let groups: Vec<&[usize]> = groups.collect();
        for (strength, target) in strengths.iter_mut().zip(leaf.targets.clone()) {
            let target = place(self.targets, target as usize);
            let found = groups.binary_search_by(|group| order(&at(group[0]), &target));
            if let Ok(k) = found {
                *strength = groups[k].iter().map(|&i| w[i].to_f64()).sum();
            }
        }
    }
}

/// By place, and those at one place by number. First by a number that stands for the first coordinate, which seldom leaves much to do.
fn sorted<T: Real, const D: usize>(x: &[Vec<T>; D], range: std::ops::Range<u32>) -> Vec<usize> {
    let range = range.start as usize..range.end as usize;
    let key = |i: usize| {
        let bits = place(x, i)[0].to_bits() as i64;
        // In the order of numbers, as in f64::total_cmp.
        bits ^ (((bits >> 63) as u64) >> 1) as i64
    };
    let mut all: Vec<(i64, usize)> = range.map(|i| (key(i), i)).collect();
    all.sort_unstable();
    for same in all.chunk_by_mut(|a, b| a.0 == b.0) {
        if same.len() > 1 {
            same.sort_unstable_by(|&(_, i), &(_, j)| {
                order(&place(x, i), &place(x, j)).then(i.cmp(&j))
            });
        }
    }
    all.into_iter().map(|(_, i)| i).collect()
}

fn place<T: Real, const D: usize>(x: &[Vec<T>; D], i: usize) -> [f64; D] {
    // −0 is 0.
    std::array::from_fn(|a| x[a][i].to_f64() + 0.0)
}

fn order<const D: usize>(x: &[f64; D], y: &[f64; D]) -> Ordering {
    let axes = x.iter().zip(y).map(|(x, y)| x.total_cmp(y));
    axes.fold(Ordering::Equal, Ordering::then)
}
