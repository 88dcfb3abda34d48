//! Square roots of symmetric matrices whose eigenvalues are at least 0, but for rounding.
//!
//! With I, II, III the invariants of the root U of A (III = 0 in the plane),
//!
//! ```text
//! in the plane    U = (A + II Id)/I
//! in space        U = (I III Id + (I² − II) A − A²)/(I II − III)
//! ```
//!
//! by the theorem of Cayley and Hamilton. Source: Hoger and Carlson, *Determination of the stretch and rotation in the polar
//! decomposition of the deformation gradient*, Quart. Appl. Math. 42 (1984). U² is A to some 1e-8 of its size.

use rayon::prelude::*;
use std::array::from_fn;

/// Particles a task.
const TASK: usize = 4096;

/// Matrices side by side, so that their divisions and roots overlap.
const SIDE: usize = 8;

/// Steps of Newton's method.
const STEPS: usize = 5;

/// II over I² below which one eigenvalue of A stands alone: the others, 1e-8 of it, are lost in the rounding of det A.
const ALONE: f64 = 1e-4;

/// ΔB_i becomes A_i^{1/2} ΔB_i, with the symmetric root, in the plane or in space.
pub(crate) fn apply_roots<const D: usize>(matrices: &[[[f64; D]; D]], dw: &mut [[f64; D]]) {
    let tasks = dw.par_chunks_mut(TASK).zip(matrices.par_chunks(TASK));
    tasks.for_each(|(dw, matrices)| {
        let groups = dw.chunks_mut(SIDE).zip(matrices.chunks(SIDE));
        groups.for_each(|(dw, matrices)| side_by_side(matrices, dw));
    });
}

/// ΔB_i becomes √σ_i ΔB_i.
pub(crate) fn apply_scalars<const D: usize>(scalars: &[f64], dw: &mut [[f64; D]]) {
    let tasks = dw.par_chunks_mut(TASK).zip(scalars.par_chunks(TASK));
    tasks.for_each(|(dw, scalars)| {
        for (dw, sigma) in dw.iter_mut().zip(scalars) {
            *dw = dw.map(|x| sigma.sqrt() * x);
        }
    });
}

/// No more than [`SIDE`] of them.
fn side_by_side<const D: usize>(matrices: &[[[f64; D]; D]], vectors: &mut [[f64; D]]) {
    let [mut units, mut traces, mut minors, mut thirds] = [[0.0; SIDE]; 4];
    for (l, a) in matrices.iter().enumerate() {
        [units[l], traces[l], minors[l], thirds[l]] = invariants(a);
    }
    let [firsts, seconds] = of_roots(&traces, &minors, &thirds);
    for (l, (a, v)) in matrices.iter().zip(vectors).enumerate() {
        let unit = units[l];
        let times = |v: &[f64; D]| -> [f64; D] {
            from_fn(|i| unit * (0..D).map(|j| a[i][j] * v[j]).sum::<f64>())
        };
        let (first, second, third) = (firsts[l], seconds[l], thirds[l]);
        let once = times(v);
        // In the unit of the matrix, √unit is what its root is short of.
        let short = unit.sqrt();
        *v = if unit == 0.0 {
            // NaN where the matrix is.
            from_fn(|i| 0.0 * a[i][i])
        } else if D == 2 {
            let scale = 1.0 / (first * short);
            from_fn(|i| (once[i] + second * v[i]) * scale)
        } else if second <= ALONE * first * first {
            let scale = 1.0 / (traces[l].sqrt() * short);
            once.map(|x| x * scale)
        } else {
            let (twice, linear) = (times(&once), first * first - second);
            let scale = 1.0 / ((first * second - third) * short);
            from_fn(|i| (first * third * v[i] + linear * once[i] - twice[i]) * scale)
        };
    }
}

/// A unit in which no product leaves the range of the numbers: one over the largest number on the diagonal, or 0 without any; in
/// it I_A, II_A, and III of the root, of which the last two are so that a matrix could have them.
#[inline]
fn invariants<const D: usize>(a: &[[f64; D]; D]) -> [f64; 4] {
    let size = (0..D).fold(0.0, |size: f64, i| size.max(a[i][i].abs()));
    let unit = if size >= f64::MIN_POSITIVE {
        1.0 / size
    } else {
        0.0
    };
    let a = a.map(|row| row.map(|x| x * unit));
    let minor = |i: usize, j: usize| a[i][i] * a[j][j] - a[i][j] * a[i][j];
    // Not 0, which Newton's method divides by.
    let least = 1e-300;
    if D == 2 {
        return [unit, a[0][0] + a[1][1], minor(0, 1).max(least), 0.0];
    }
    let trace = a[0][0] + a[1][1] + a[2][2];
    let minors = (minor(0, 1) + minor(0, 2) + minor(1, 2)).max(least);
    let det = a[0][0] * minor(1, 2) - a[0][1] * (a[0][1] * a[2][2] - a[1][2] * a[0][2])
        + a[0][2] * (a[0][1] * a[1][2] - a[1][1] * a[0][2]);
    // By Newton's inequality, 3 I_A III_A ≤ II_A²; rounding may say more.
    let most = minors * minors / (3.0 * trace);
    [unit, trace, minors, det.max(0.0).min(most).sqrt()]
}

/// I and II of the root, where I² = I_A + 2 II and II² = II_A + 2 I III, by Newton's method for I from above.
///
/// With f(I) = I² − I_A − 2 √(II_A + 2 I III), 2 ≤ f″ ≤ 2 + 2/27, as III² ≤ (II/3)³, so that I only falls. It starts at
/// √(3 I_A) ≤ √3 I; five steps take √x from √3 to 1 + 1e-18.
#[inline]
fn of_roots(traces: &[f64; SIDE], minors: &[f64; SIDE], thirds: &[f64; SIDE]) -> [[f64; SIDE]; 2] {
    let mut firsts = traces.map(|trace| (3.0 * trace).sqrt());
    let second = |l: usize, first: f64| (minors[l] + 2.0 * first * thirds[l]).sqrt();
    for _ in 0..STEPS {
        for l in 0..SIDE {
            let (first, q) = (firsts[l], second(l, firsts[l]));
            let off = (first * first - traces[l] - 2.0 * q) * q;
            firsts[l] -= 0.5 * off / (first * q - thirds[l]).max(f64::MIN_POSITIVE);
        }
    }
    [firsts, from_fn(|l| second(l, firsts[l]))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Q diag(λ) Qᵀ with Q the rotation of a quaternion.
    fn symmetric(turn: [f64; 4], eigenvalues: [f64; 3]) -> [[f64; 3]; 3] {
        let norm = turn.iter().map(|x| x * x).sum::<f64>().sqrt();
        let [w, x, y, z] = turn.map(|t| t / norm);
        let q = [
            [
                1.0 - 2.0 * (y * y + z * z),
                2.0 * (x * y - w * z),
                2.0 * (x * z + w * y),
            ],
            [
                2.0 * (x * y + w * z),
                1.0 - 2.0 * (x * x + z * z),
                2.0 * (y * z - w * x),
            ],
            [
                2.0 * (x * z - w * y),
                2.0 * (y * z + w * x),
                1.0 - 2.0 * (x * x + y * y),
            ],
        ];
        from_fn(|i| from_fn(|j| (0..3).map(|k| q[i][k] * eigenvalues[k] * q[j][k]).sum()))
    }

    fn apart<const D: usize>(a: &[[f64; D]; D], b: &[[f64; D]; D]) -> f64 {
        let both = a.iter().flatten().zip(b.iter().flatten());
        both.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    fn square<const D: usize>(u: &[[f64; D]; D]) -> [[f64; D]; D] {
        from_fn(|i| from_fn(|j| (0..D).map(|k| u[i][k] * u[k][j]).sum()))
    }

    /// The matrix, column by column, which is the same as row by row.
    fn root<const D: usize>(a: &[[f64; D]; D]) -> [[f64; D]; D] {
        let mut columns = from_fn(|i| from_fn(|j| if i == j { 1.0 } else { 0.0 }));
        apply_roots(&[*a; D], &mut columns);
        columns
    }

    proptest! {
        /// Matrices of any size.
        #[test]
        fn of_what_it_was_made_of(
            turn in prop::array::uniform4(0.1..1.0f64),
            two in prop::array::uniform2(0.01..1.0f64),
            third in prop_oneof![Just(0.0), 0.0..1.0f64],
            (weak, weaker) in (-20.0..0.0f64, -20.0..0.0f64),
            scale in prop_oneof![Just(1.0), Just(1e-200), Just(1e200)],
        ) {
            let a = symmetric(turn, [scale * two[0], scale * two[1], scale * third]);
            let expected = symmetric(turn, [two[0], two[1], third].map(|x| (scale * x).sqrt()));
            prop_assert!(apart(&root(&a), &expected) < 3e-7 * scale.sqrt());
            prop_assert!(apart(&square(&root(&a)), &a) < 1e-8 * scale);
            let any = [1.0, 10f64.powf(weak), 10f64.powf(weaker)];
            let any = symmetric(turn, any.map(|x| scale * x));
            prop_assert!(apart(&square(&root(&any)), &any) < 3e-8 * scale);
            let flat = [[a[0][0], a[0][1]], [a[1][0], a[1][1]]];
            prop_assert!(apart(&square(&root(&flat)), &flat) < 1e-8 * scale);
        }
    }

    #[test]
    fn of_isotropic_and_of_no_matrices() {
        let isotropic = symmetric([1.0, 0.0, 0.0, 0.0], [4.0; 3]);
        let expected = symmetric([1.0, 0.0, 0.0, 0.0], [2.0; 3]);
        assert!(apart(&root(&isotropic), &expected) < 1e-14);
        let pair = symmetric([0.3, 0.1, 0.5, 0.2], [2.0, 2.0, 0.0]);
        let expected = symmetric([0.3, 0.1, 0.5, 0.2], [2f64.sqrt(), 2f64.sqrt(), 0.0]);
        assert!(apart(&root(&pair), &expected) < 1e-7);
        assert_eq!(root(&[[0.0; 3]; 3]), [[0.0; 3]; 3]);
        assert_eq!(root(&[[0.0; 2]; 2]), [[0.0; 2]; 2]);
        for alone in [1.0, 1e-200, 1e200] {
            let line = symmetric([0.3, 0.1, 0.5, 0.2], [0.0, alone, 0.0]);
            assert!(apart(&square(&root(&line)), &line) < 1e-8 * alone);
        }
        let line = [[1.0, 1.0], [1.0, 1.0]];
        assert!(apart(&square(&root(&line)), &line) < 1e-15);
    }
}
