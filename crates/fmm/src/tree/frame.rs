//! The root cell, and the unit in which the plan computes.

use super::{Stretch, morton};
use crate::points::{Extent, is_double};
use lanes::{Chosen, Real};

/// The root cell of a tree: `corner + [0, side)^D`, in plan units (user units times `scale`); on a torus whose sides differ it is `side` long
/// along the longest one alone.
///
/// `scale` is a power of two, and 1 unless the cloud is so large or small that squares of distances would leave the
/// range of the precision. The side has few significant bits and the corner is a multiple of side/2²⁰, so every cell's
/// centre is exact in f64 down to the finest level: translations between cells then commit no rounding of their own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame<const D: usize> {
    /// Plan units per user unit.
    pub scale: f64,
    /// Lower corner in plan units.
    pub corner: [f64; D],
    /// Edge in plan units, the longest one.
    pub side: f64,
    /// Edges over that.
    pub stretch: Stretch<D>,
    /// Of a torus: how its box lies in the root cell.
    pub(crate) fit: Fit,
}

/// How many cells a box whose opposite faces are one has along each axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// 2^l of level l: it is the root cell.
    Whole,
    /// 3·2^(l−2) of level l ≥ 2: three of the four cells of level 2, so that leaves may be as full as those in between are.
    Thirds,
}

impl Fit {
    /// The level of the largest cells that have images where opposite faces are one.
    #[inline(always)]
    pub(crate) fn first_level(self) -> u32 {
        match self {
            Self::Whole => 0,
            Self::Thirds => 2,
        }
    }

    /// Cells of a level from the [first](Self::first_level) on along each axis of the box.
    #[inline(always)]
    pub(crate) fn cells_along(self, level: u32) -> u32 {
        match self {
            Self::Whole => 1 << level,
            Self::Thirds => 3 << (level - 2),
        }
    }
}

/// How wide a root cube is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Width {
    /// As wide as it must be.
    Least,
    /// Up to twice as wide, so that some level has cells that hold about the `share` of the points of an evenly filled cloud, or that
    /// are hardly wider than `narrowest`, in user units, where that is more.
    Cells { share: f64, narrowest: f64 },
    /// Nearly the one that some level has cells of that `share` for, of four sides an octave: for expansions that are made for a side.
    FewSides { share: f64 },
    /// Up to twice as wide, a power of two.
    PowerOfTwo,
}

impl<const D: usize> Frame<D> {
    /// A cube around all points of all clouds; all must be finite. No points, or all equal: a cube of side 1.
    pub fn around<T: Real>(clouds: &[&[[T; D]]]) -> Self {
        let chosen = Chosen::detect();
        let extents = clouds
            .iter()
            .map(|cloud| Extent::of(chosen, cloud.as_flattened()));
        Self::of::<T>(
            &extents.fold(Extent::of::<T>(chosen, &[]), Extent::join),
            Width::Least,
        )
    }

    /// The box of a torus from `low` on, in the user's unit, for points of type `T`. Its cells have centres that are rounded as
    /// points are.
    pub(crate) fn torus<T: Real>(low: [f64; D], side: f64, stretch: Stretch<D>, fit: Fit) -> Self {
        let scale = scale::<T>(D, side, side);
        let side = side * scale;
        Self {
            scale,
            corner: low.map(|low| low * scale),
            side: match fit {
                Fit::Whole => side,
                Fit::Thirds => side * 4.0 / 3.0,
            },
            stretch,
            fit,
        }
    }

    /// Edge of the box in plan units, the longest one.
    #[inline(always)]
    pub(crate) fn box_side(&self) -> f64 {
        let first = self.fit.first_level();
        f64::from(self.fit.cells_along(first)) * self.cell_side(first)
    }

    /// A cube around points of type `T` with this extent.
    pub(crate) fn of<T: Real>(extent: &Extent<D>, width: Width) -> Self {
        let (&Extent { low, high, .. }, magnitude) = (extent, extent.largest());
        if low[0] > high[0] {
            return Self {
                scale: 1.0,
                corner: [0.0; D],
                side: 1.0,
                stretch: Stretch::NONE,
                fit: Fit::Whole,
            };
        }
        let scale = scale_between::<T>(&low, &high);
        let extent = (0..D)
            .map(|a| high[a] * scale - low[a] * scale)
            .fold(0.0, f64::max);
        let side = if extent > 0.0 {
            let least = extent * (1.0 + 1e-6);
            let sides = (0..D).map(|a| (high[a] * scale - low[a] * scale) / extent);
            // Of a cell, over that of the root.
            let filled = |share: f64| {
                sides
                    .fold(share, |share, side| share * side)
                    .powf(1.0 / D as f64)
            };
            match width {
                Width::Least => round_up(least, COARSE),
                Width::Cells { share, narrowest } => {
                    let filled = filled(share);
                    // Rounding must not leave them a little narrower.
                    let narrowest = narrowest * (1.0 + 1e-9) * scale / least;
                    if narrowest > filled {
                        round_up(least * widening(narrowest), FINE)
                    } else {
                        round_up(least * widening(filled), COARSE)
                    }
                }
                Width::FewSides { share } => {
                    let wanted = least * widening(filled(share));
                    round(wanted, FEW, f64::round).max(round_up(least, FEW))
                }
                Width::PowerOfTwo => least,
            }
        } else {
            side_of_a_point(magnitude * scale)
        };
        let side = match width {
            Width::PowerOfTwo => side.log2().ceil().exp2(),
            _ => side,
        };
        let grid = side / f64::from(1 << 20);
        let corner = low.map(|x| (x * scale / grid).floor() * grid);
        Self {
            scale,
            corner,
            side,
            stretch: Stretch::NONE,
            fit: Fit::Whole,
        }
    }

    /// Centre of the cell with grid coordinates `anchor` at `level`.
    #[inline(always)]
    pub fn centre(&self, level: u32, anchor: [u32; D]) -> [f64; D] {
        let sides = self.cell_sides(level);
        std::array::from_fn(|a| {
            self.corner[a] + (morton::coordinate(level, anchor[a]) as f64 + 0.5) * sides[a]
        })
    }

    /// Morton key of a point: of two cells of one level the one with smaller keys comes first, and a cell's points are a
    /// range of keys.
    pub fn key<T: Real>(&self, point: [T; D]) -> u64 {
        morton::key(self.grid(point))
    }

    /// Coordinates of a point on the finest grid; points outside the cube, or the box of a torus, are clamped to it.
    #[inline(always)]
    pub(super) fn grid<T: Real>(&self, point: [T; D]) -> [u32; D] {
        let cells = 2f64.powi(morton::max_level(D) as i32);
        let last = match self.fit {
            Fit::Whole => (1u64 << morton::max_level(D)) - 1,
            Fit::Thirds => (3u64 << (morton::max_level(D) - 2)) - 1,
        } as u32;
        let inverse = self.cell_sides(0).map(|side| cells / side);
        // The cast saturates, so 1 + rounding and below 0 stay inside.
        std::array::from_fn(|a| {
            (((point[a].to_f64() * self.scale - self.corner[a]) * inverse[a]) as u32).min(last)
        })
    }

    /// Grid coordinates of the cell of a level that holds a point.
    pub(crate) fn anchor<T: Real>(&self, point: [T; D], level: u32) -> [u32; D] {
        self.grid(point)
            .map(|x| x >> (morton::max_level(D) - level))
    }

    /// Finest level at which every centre is exact in f64: far from the origin it is coarser than the keys could tell.
    pub(super) fn exact_levels(&self) -> u32 {
        let magnitude = self
            .corner
            .iter()
            .map(|c| c.abs().max((c + self.side).abs()))
            .fold(0.0, f64::max);
        let bits = match significant_bits(self.side) {
            bits @ COARSE..=FINE => bits,
            // Fewer, or the side of a torus, whose centres are rounded.
            _ => COARSE,
        };
        // A centre lies on multiples of half a cell.
        let levels = (self.least_side(0) / magnitude).log2() - f64::from(bits - 1) + 51.0;
        levels.floor().clamp(0.0, 64.0) as u32
    }

    /// Logarithm of the longest edge of a cell at `level` in the user's unit.
    #[inline(always)]
    pub(crate) fn log_side(&self, level: u32) -> f64 {
        self.cell_side(level).ln() - self.scale.ln()
    }

    /// The longest edge of a cell at `level`.
    #[inline(always)]
    pub fn cell_side(&self, level: u32) -> f64 {
        self.side / (1u64 << level) as f64
    }

    /// Its edges by axis.
    #[inline(always)]
    pub fn cell_sides(&self, level: u32) -> [f64; D] {
        self.stretch.of([self.cell_side(level); D])
    }

    /// Its shortest edge.
    pub(crate) fn least_side(&self, level: u32) -> f64 {
        self.stretch.least() * self.cell_side(level)
    }
}

/// The scale of points of type `T` between these ends of their axes.
pub(crate) fn scale_between<T: Real>(low: &[f64], high: &[f64]) -> f64 {
    let ends = low.iter().chain(high);
    let magnitude = ends.fold(0.0f64, |largest, x| largest.max(x.abs()));
    // Halves where the difference of two finite numbers may overflow; not where halves may vanish.
    let half = if magnitude > 1.0 { 0.5 } else { 1.0 };
    let sides = low.iter().zip(high);
    let size = sides
        .map(|(low, high)| high * half - low * half)
        .fold(0.0, f64::max);
    scale::<T>(low.len(), size, magnitude)
}

/// 1 where powers of distances, up to r^±`dimension`, are safe; else the power of two that brings the extent near 1 (2⁴⁰ in
/// f32, which leaves room below for distances between points that nearly coincide, and above for 1/r² times small strengths).
fn scale<T: Real>(dimension: usize, half_extent: f64, magnitude: f64) -> f64 {
    let size = if half_extent > 0.0 {
        half_extent
    } else {
        magnitude
    };
    let double = is_double::<T>();
    // On a line as in the plane, so that there is room for small coordinates.
    let window = 2f64.powi(400 / dimension.clamp(2, 400) as i32);
    if size == 0.0 || (double && size < window && size > 1.0 / window && magnitude < window) {
        return 1.0;
    }
    // f32 has so little room that it always gets the same extent; subnormal clouds come as near as a factor can bring them.
    let exponent = if double { 0 } else { 40 } - size.log2().round() as i32;
    2f64.powi(exponent.clamp(-1020, 1020))
}

/// The factor in [1, 2) that makes `cell` (side of a cell over that of the root) a power of two times the factor.
fn widening(cell: f64) -> f64 {
    let levels = -cell.log2();
    if levels.is_finite() && levels > 0.0 {
        (levels.ceil() - levels).exp2()
    } else {
        1.0
    }
}

/// Significant bits of the side of a root cube; more of them leave fewer levels whose centres are exact.
const COARSE: i32 = 4;
/// Where leaves are to be hardly wider than the narrowest.
const FINE: i32 = 6;
/// Where operators are made for a side, which the next positions should find again.
const FEW: i32 = 3;

/// The smallest number with so many significant bits that is at least `x`.
fn round_up(x: f64, bits: i32) -> f64 {
    round(x, bits, f64::ceil)
}

/// A number with so many significant bits next to `x`, as `whole` rounds.
fn round(x: f64, bits: i32, whole: impl Fn(f64) -> f64) -> f64 {
    let unit = 2f64.powi(x.log2().floor() as i32 + 1 - bits);
    whole(x / unit) * unit
}

/// Of a normal number.
fn significant_bits(x: f64) -> i32 {
    let fraction = x.to_bits() & ((1 << 52) - 1);
    53 - fraction.trailing_zeros().min(52) as i32
}

/// All points equal: any cube around them whose grid resolves their magnitude.
fn side_of_a_point(magnitude: f64) -> f64 {
    if magnitude > 0.0 {
        round_up(magnitude * 1e-3, COARSE)
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_every_point_of_any_finite_cloud() {
        let clouds: [&[[f64; 2]]; 7] = [
            &[[0.0, 0.0], [1.0, 1.0]],
            &[[3.5, -2.0]; 3],
            &[[1e300, -1e300], [-1e300, 1e300]],
            &[[f64::MAX, f64::MIN], [f64::MIN, f64::MAX]],
            &[[1e-300, 2e-300], [3e-310, -1e-300]],
            &[[1e9, 1e9], [1e9 + 1e-6, 1e9]],
            &[[0.0, 0.0], [5e-324, 0.0]],
        ];
        for cloud in clouds {
            let frame = Frame::around(&[cloud]);
            assert!(frame.side.is_finite() && frame.side > 0.0, "{frame:?}");
            for point in cloud {
                for a in 0..2 {
                    let u = (point[a] * frame.scale - frame.corner[a]) / frame.side;
                    assert!((0.0..=1.0).contains(&u), "{point:?} in {frame:?}: {u}");
                }
            }
        }
    }

    #[test]
    fn some_cells_are_hardly_wider_than_the_narrowest() {
        for extent in [1.0, 1.3, 1.99, 7e-5] {
            let cloud = Extent::of(Chosen::detect(), &[0.0, 0.1 * extent, extent, 0.0]);
            for narrowest in [0.9, 0.5, 0.251, 0.1, 0.0043, 1e-4] {
                let narrowest = narrowest * extent;
                let width = Width::Cells {
                    share: 1e-12,
                    narrowest,
                };
                let frame = Frame::<2>::of::<f64>(&cloud, width);
                let mut sides = (0..).map(|level| frame.cell_side(level));
                let side = sides.find(|&side| side < 1.1 * narrowest).unwrap_or(0.0);
                assert!(side >= narrowest, "{extent}, {narrowest}: {side}");
                assert!(frame.side < 2.1 * extent, "{extent}, {narrowest}");
            }
        }
    }

    #[test]
    fn few_sides_hold_the_cloud_and_nearly_the_share() {
        for extent in [1.0, 1.0001, 1.3, 1.76, 7e-5] {
            let cloud = Extent::of(Chosen::detect(), &[0.0, extent, extent, 0.0]);
            for share in [1.0, 0.03, 1e-2, 3e-3, 1e-4] {
                let frame = Frame::<2>::of::<f64>(&cloud, Width::FewSides { share });
                let octave = frame.side.log2().floor().exp2();
                let quarters = 4.0 * frame.side / octave;
                assert_eq!(quarters, quarters.round(), "{extent}, {share}");
                assert!(
                    (extent..2.25 * extent).contains(&frame.side),
                    "{extent}, {share}"
                );
                let least = |level: u32| {
                    let found = (frame.cell_side(level) / extent).powi(2) / share;
                    found.max(1.0 / found)
                };
                let nearest = (0..9).map(least).fold(f64::INFINITY, f64::min);
                assert!(nearest < 2.0, "{extent}, {share}: {nearest}");
            }
        }
    }

    #[test]
    fn centres_are_exact() {
        let frame = Frame::around(&[&[[1000.3, -7.1], [1000.9, -6.9]]]);
        for level in 0..28 {
            let last = (1u32 << level) - 1;
            let (first, end) = (
                frame.centre(level, [0, 0]),
                frame.centre(level, [last, last]),
            );
            // Opposite centres are exactly side − cell side apart.
            assert_eq!(end[0] - first[0], frame.side - frame.cell_side(level));
        }
    }
}
