//! Sums over the particles in a fixed order: chunks in parallel, then pairwise, the same bits for any thread count.

use rayon::prelude::*;
use std::ops::Range;

/// Particles summed one after another; the rounding of a sum then grows as their number, not as N.
const CHUNK: usize = 256;

/// Σ_i term(i) over i < n, component by component.
pub(crate) fn sums<const M: usize>(n: usize, term: impl Fn(usize) -> [f64; M] + Sync) -> [f64; M] {
    let one_chunk = |chunk: Range<usize>| chunk.fold([0.0; M], |sum, i| add(sum, term(i)));
    reduce(n, one_chunk, add).unwrap_or([0.0; M])
}

/// What `chunk` says of every chunk of the particles i < n, joined pairwise; `None` without particles.
pub(crate) fn reduce<P: Copy + Send>(
    n: usize,
    chunk: impl Fn(Range<usize>) -> P + Sync,
    join: fn(P, P) -> P,
) -> Option<P> {
    let chunks = (0..n.div_ceil(CHUNK)).into_par_iter().with_min_len(16);
    let parts = chunks.map(|c| chunk(c * CHUNK..n.min((c + 1) * CHUNK)));
    pairwise(&parts.collect::<Vec<_>>(), join)
}

fn pairwise<P: Copy>(parts: &[P], join: fn(P, P) -> P) -> Option<P> {
    let (left, right) = parts.split_at(parts.len() / 2);
    match right {
        [] => None,
        [one] if left.is_empty() => Some(*one),
        _ => Some(join(pairwise(left, join)?, pairwise(right, join)?)),
    }
}

/// Sum of two vectors.
#[inline]
pub(crate) fn add<const M: usize>(mut a: [f64; M], b: [f64; M]) -> [f64; M] {
    for (a, b) in a.iter_mut().zip(b) {
        *a += b;
    }
    a
}

/// A number of so many bits for a cell: the first bits of a sum of multiples, as in Fibonacci's hashing (Knuth, *The Art of Computer
/// Programming* 3, §6.4), with the reciprocals of Roberts' plastic numbers, the golden one in one dimension.
#[inline]
pub(crate) fn hash<const D: usize>(key: [i64; D], bits: u32) -> usize {
    const MULTIPLES: [u64; 3] = [
        0x9E37_79B9_7F4A_7C15,
        0xC13F_A9A9_02A6_328F,
        0x91E1_0DA5_C79E_7B1D,
    ];
    let terms = (0..D).map(|a| MULTIPLES[a % 3].wrapping_mul(key[a] as u64));
    (terms.fold(0, u64::wrapping_add) >> (64 - bits)) as usize
}

/// a − b.
#[inline]
pub(crate) fn difference<const D: usize>(a: [f64; D], b: [f64; D]) -> [f64; D] {
    std::array::from_fn(|k| a[k] - b[k])
}

/// a·b.
#[inline]
pub(crate) fn dot<const D: usize>(a: [f64; D], b: [f64; D]) -> f64 {
    (1..D).fold(a[0] * b[0], |sum, k| sum + a[k] * b[k])
}

/// |a|, where the squares may leave the range of the numbers.
pub(crate) fn length<const D: usize>(a: [f64; D]) -> f64 {
    a.into_iter().fold(0.0, f64::hypot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_and_the_same_for_any_thread_count() {
        assert_eq!(sums(0, |_| [1.0]), [0.0]);
        for n in [1, 255, 256, 257, 100_000] {
            let exact = (n * (n - 1) / 2) as f64;
            assert_eq!(sums(n, |i| [1.0, i as f64]), [n as f64, exact]);
        }
        let rough = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.unwrap()
                .install(|| sums(123_457, |i| [(i as f64).sin()]))
        };
        assert_eq!(rough(1), rough(3));
    }
}
