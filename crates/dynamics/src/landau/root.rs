//! Square roots of symmetric matrices whose eigenvalues are at least 0, but for rounding.

use std::f64::consts::TAU;

/// √A = (A + √(det A) I)/√(tr A + 2 √(det A)), by the theorem of Cayley and Hamilton.
pub(super) fn in_plane(a: &[[f64; 2]; 2]) -> [[f64; 2]; 2] {
    let size = a[0][0].abs().max(a[1][1].abs());
    if size == 0.0 {
        return [[0.0; 2]; 2];
    }
    // In units in which no product leaves the range of the numbers.
    let [[x, y], [_, z]] = a.map(|row| row.map(|x| x / size));
    let root = (x * z - y * y).max(0.0).sqrt();
    let scale = size.sqrt() / (x + z + 2.0 * root).sqrt();
    [
        [(x + root) * scale, y * scale],
        [y * scale, (z + root) * scale],
    ]
}

/// With I, II, III the invariants of the root U, U = (I III Id + (I² − II) A − A²)/(I II − III).
/// Source: Hoger and Carlson, *Determination of the stretch and rotation in the polar decomposition of the deformation gradient*,
/// Quart. Appl. Math. 42 (1984).
pub(super) fn in_space(a: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let size = a[0][0].abs().max(a[1][1].abs()).max(a[2][2].abs());
    if size == 0.0 {
        return [[0.0; 3]; 3];
    }
    let unit = a.map(|row| row.map(|x| x / size));
    let [u, v, w] = eigenvalues(&unit).map(|x| x.max(0.0).sqrt());
    let (first, second, third) = (u + v + w, u * v + v * w + w * u, u * v * w);
    let scale = size.sqrt() / (first * second - third);
    let linear = first * first - second;
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let square: f64 = (0..3).map(|k| unit[i][k] * unit[k][j]).sum();
            let constant = if i == j { first * third } else { 0.0 };
            (constant + linear * unit[i][j] - square) * scale
        })
    })
}

/// Eigenvalues of a symmetric matrix: q + 2p cos φ at three angles.
/// Source: Smith, *Eigenvalues of a symmetric 3 × 3 matrix*, Comm. ACM 4 (1961).
fn eigenvalues(a: &[[f64; 3]; 3]) -> [f64; 3] {
    let q = (a[0][0] + a[1][1] + a[2][2]) / 3.0;
    let [x, y, z] = [0, 1, 2].map(|i| a[i][i] - q);
    let [b, c, d] = [a[0][1], a[0][2], a[1][2]];
    let p = ((x * x + y * y + z * z + 2.0 * (b * b + c * c + d * d)) / 6.0).sqrt();
    if p == 0.0 {
        return [q; 3];
    }
    let det = x * (y * z - d * d) - b * (b * z - d * c) + c * (b * d - y * c);
    let angle = (0.5 * det / (p * p * p)).clamp(-1.0, 1.0).acos() / 3.0;
    let first = q + 2.0 * p * angle.cos();
    let third = q + 2.0 * p * (angle + TAU / 3.0).cos();
    [first, 3.0 * q - first - third, third]
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
        std::array::from_fn(|i| {
            std::array::from_fn(|j| (0..3).map(|k| q[i][k] * eigenvalues[k] * q[j][k]).sum())
        })
    }

    fn apart<const D: usize>(a: &[[f64; D]; D], b: &[[f64; D]; D]) -> f64 {
        let both = a.iter().flatten().zip(b.iter().flatten());
        both.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    fn square<const D: usize>(u: &[[f64; D]; D]) -> [[f64; D]; D] {
        std::array::from_fn(|i| std::array::from_fn(|j| (0..D).map(|k| u[i][k] * u[k][j]).sum()))
    }

    proptest! {
        /// The root of two vanishing eigenvalues at most, of any size: never of one alone, which no sum of a(z) has.
        #[test]
        fn of_what_it_was_made_of(
            turn in prop::array::uniform4(0.1..1.0f64),
            two in prop::array::uniform2(0.01..1.0f64),
            third in prop_oneof![Just(0.0), 0.0..1.0f64],
            scale in prop_oneof![Just(1.0), Just(1e-200), Just(1e200)],
        ) {
            let a = symmetric(turn, [scale * two[0], scale * two[1], scale * third]);
            let expected = symmetric(turn, [two[0], two[1], third].map(|x| (scale * x).sqrt()));
            prop_assert!(apart(&in_space(&a), &expected) < 3e-7 * scale.sqrt());
            prop_assert!(apart(&square(&in_space(&a)), &a) < 1e-8 * scale);
            let flat = [[a[0][0], a[0][1]], [a[1][0], a[1][1]]];
            prop_assert!(apart(&square(&in_plane(&flat)), &flat) < 1e-8 * scale);
        }
    }

    #[test]
    fn of_isotropic_and_of_no_matrices() {
        let isotropic = symmetric([1.0, 0.0, 0.0, 0.0], [4.0; 3]);
        let expected = symmetric([1.0, 0.0, 0.0, 0.0], [2.0; 3]);
        assert!(apart(&in_space(&isotropic), &expected) < 1e-14);
        let pair = symmetric([0.3, 0.1, 0.5, 0.2], [2.0, 2.0, 0.0]);
        let expected = symmetric([0.3, 0.1, 0.5, 0.2], [2f64.sqrt(), 2f64.sqrt(), 0.0]);
        assert!(apart(&in_space(&pair), &expected) < 1e-7);
        assert_eq!(in_space(&[[0.0; 3]; 3]), [[0.0; 3]; 3]);
        assert_eq!(in_plane(&[[0.0; 2]; 2]), [[0.0; 2]; 2]);
        let line = [[1.0, 1.0], [1.0, 1.0]];
        assert!(apart(&square(&in_plane(&line)), &line) < 1e-15);
    }
}
