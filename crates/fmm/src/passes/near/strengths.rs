//! Strengths of near pairs in f32.

use lanes::Real;

/// Sequences that carry on their own, so that vectors hold them.
const SEQUENCES: usize = 16;
/// A rounding to f32 changes a number by at most half of this.
const UNIT: f64 = f32::EPSILON as f64;

/// Rounds strengths to the first places of `to`. What one of them loses is added to the next of its sequence that it
/// changes by no more than a rounding: else equal strengths would all lose the same, and potentials in space that cancel
/// would show it. In the plane there was nothing to gain.
#[inline(always)]
pub(super) fn round<T: Real, const D: usize>(from: &[T], to: &mut [f32]) {
    if const { D < 3 } {
        for (to, w) in to.iter_mut().zip(from) {
            *to = w.to_f64() as f32;
        }
        return;
    }
    let mut carried = [0.0; SEQUENCES];
    let (whole, rest) = from.as_chunks::<SEQUENCES>();
    let (whole_to, rest_to) = to[..from.len()].as_chunks_mut::<SEQUENCES>();
    for (from, to) in whole.iter().zip(whole_to) {
        for k in 0..SEQUENCES {
            (to[k], carried[k]) = round_one(from[k].to_f64(), carried[k]);
        }
    }
    for ((from, to), carried) in rest.iter().zip(rest_to).zip(carried) {
        *to = round_one(from.to_f64(), carried).0;
    }
}

/// The strength in f32, and what is carried on.
#[inline(always)]
fn round_one(w: f64, carried: f64) -> (f32, f64) {
    let takes = carried.abs() <= UNIT * w.abs();
    let all = if takes { w + carried } else { w };
    let rounded = all as f32;
    let lost = all - f64::from(rounded);
    (rounded, if takes { lost } else { carried })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strengths_keep_their_sum() {
        for count in [1, 7, 8, 100, 1001] {
            let from = vec![1.0 / 3.0; count];
            let mut to = vec![0.0; count];
            round::<_, 3>(&from, &mut to);
            let sum: f64 = to.iter().map(|&w| f64::from(w)).sum();
            let lost = (sum - count as f64 / 3.0).abs();
            // Half a unit in the last place of a third (2⁻²⁵) of every sequence; rounding alone loses 1e-8 of each strength.
            assert!(lost <= SEQUENCES as f64 * UNIT / 8.0, "{count}: {lost:e}");
            for w in to {
                assert!((f64::from(w) * 3.0 - 1.0).abs() <= 1.5 * UNIT);
            }
        }
    }

    #[test]
    fn zeros_pass_on() {
        let from: Vec<f64> = (0..1600)
            .map(|k| [1.0 / 3.0, 0.0][k / SEQUENCES % 2])
            .collect();
        let mut to = vec![0.0; from.len()];
        round::<_, 3>(&from, &mut to);
        let sum: f64 = to.iter().map(|&w| f64::from(w)).sum();
        assert!((sum - 800.0 / 3.0).abs() <= SEQUENCES as f64 * UNIT / 8.0);
    }

    #[test]
    fn small_strengths_take_nothing_over() {
        let from = [1.0 / 3.0, 0.0, 1e-9 / 3.0, f64::MIN_POSITIVE].map(|w| [w; SEQUENCES]);
        let mut to = [0.0; 4 * SEQUENCES];
        round::<_, 3>(from.as_flattened(), &mut to);
        for (w, rounded) in from.as_flattened().iter().zip(to) {
            assert_eq!(rounded, *w as f32);
        }
    }
}
