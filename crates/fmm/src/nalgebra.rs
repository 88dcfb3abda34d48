//! nalgebra points as the slices that this crate takes, without a copy (feature `nalgebra`).

use bytemuck::Pod;
use nalgebra::{Point, SVector, Scalar};

/// The coordinates of points, for [`Plan::new`](crate::Plan::new) and its kin.
///
/// ```
/// use nalgebra::Point2;
/// let points = [Point2::new(1.0, 2.0), Point2::new(3.0, 4.0)];
/// assert_eq!(farfield::nalgebra::coordinates(&points), [[1.0, 2.0], [3.0, 4.0]]);
/// ```
pub fn coordinates<T: Scalar + Pod, const D: usize>(points: &[Point<T, D>]) -> &[[T; D]]
where
    Point<T, D>: Pod,
    [T; D]: Pod,
{
    bytemuck::cast_slice(points)
}

/// The components of vectors, such as fields written by [`Plan::field_into`](crate::Plan::field_into).
///
/// ```
/// use nalgebra::Vector2;
/// let mut u = vec![Vector2::zeros(); 2];
/// farfield::nalgebra::components_mut(&mut u)[1] = [5.0, 6.0];
/// assert_eq!(u[1], Vector2::new(5.0, 6.0));
/// ```
pub fn components_mut<T: Scalar + Pod, const D: usize>(
    vectors: &mut [SVector<T, D>],
) -> &mut [[T; D]]
where
    SVector<T, D>: Pod,
    [T; D]: Pod,
{
    bytemuck::cast_slice_mut(vectors)
}
