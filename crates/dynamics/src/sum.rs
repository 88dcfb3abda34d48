//! Sums over the particles in a fixed order: chunks in parallel, then pairwise, the same bits for any thread count.

use rayon::prelude::*;

/// Particles summed one after another; the rounding of a sum then grows as their number, not as N.
const CHUNK: usize = 256;

/// Σ_i term(i) over i < n, component by component.
pub(crate) fn sums<const M: usize>(n: usize, term: impl Fn(usize) -> [f64; M] + Sync) -> [f64; M] {
    let one_chunk = |chunk: usize| {
        let mut sum = [0.0; M];
        for i in chunk * CHUNK..n.min((chunk + 1) * CHUNK) {
            add(&mut sum, &term(i));
        }
        sum
    };
    let chunks = n.div_ceil(CHUNK);
    let parts = (0..chunks).into_par_iter().with_min_len(16).map(one_chunk);
    pairwise(&parts.collect::<Vec<_>>())
}

fn pairwise<const M: usize>(parts: &[[f64; M]]) -> [f64; M] {
    match parts {
        [] => [0.0; M],
        [one] => *one,
        _ => {
            let (left, right) = parts.split_at(parts.len() / 2);
            let mut sum = pairwise(left);
            add(&mut sum, &pairwise(right));
            sum
        }
    }
}

fn add<const M: usize>(sum: &mut [f64; M], term: &[f64; M]) {
    for (sum, term) in sum.iter_mut().zip(term) {
        *sum += term;
    }
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
