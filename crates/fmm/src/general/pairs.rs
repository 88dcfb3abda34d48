//! Σ w K(x − y), pair by pair: near pairs, what stands for far cells at points, and the direct sum.

use super::GeneralKernel;

/// Pairs whose values are asked for at a time.
const BLOCK: usize = 64;
/// Sums that are carried side by side.
const LANES: usize = 8;

/// Adds Σ w K(unit·(x − y)) to `sums`, without pairs at one place; `y` by axis.
#[inline(always)]
pub(crate) fn add<K: GeneralKernel<D, C>, const D: usize, const C: usize>(
    (kernel, unit): (&K, f64),
    x: [f64; D],
    y: [&[f64]; D],
    w: &[f64],
    sums: &mut [f64; C],
) {
    let (mut z, mut terms) = ([[0.0; BLOCK]; D], [[0.0; BLOCK]; C]);
    let mut partial = [[0.0; LANES]; C];
    for first in (0..w.len()).step_by(BLOCK) {
        let w = &w[first..w.len().min(first + BLOCK)];
        let n = w.len();
        for a in 0..D {
            let y = &y[a][first..first + n];
            for j in 0..n {
                z[a][j] = (x[a] - y[j]) * unit;
            }
        }
        kernel.values(
            z.each_ref().map(|z| &z[..n]),
            terms.each_mut().map(|terms| &mut terms[..n]),
        );
        for c in 0..C {
            for j in 0..n {
                let mut apart = false;
                for a in 0..D {
                    apart |= z[a][j] != 0.0;
                }
                terms[c][j] = if apart { w[j] * terms[c][j] } else { 0.0 };
            }
            for terms in terms[c][..n].chunks(LANES) {
                for (partial, term) in partial[c].iter_mut().zip(terms) {
                    *partial += term;
                }
            }
        }
    }
    for c in 0..C {
        sums[c] += partial[c].iter().sum::<f64>();
    }
}
