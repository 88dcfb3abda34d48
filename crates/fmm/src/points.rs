//! Points and strengths at the border: validated here, once; inside, code trusts.

use crate::kernel::Strength;
use crate::tree::Frame;
use crate::{Error, Result};
use lanes::{Chosen, Isa, Job, Lanes, Real};
use rayon::prelude::*;

/// What one look at all numbers of a cloud tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent<const D: usize> {
    /// Component-wise minimum; above `high` if there are no points.
    pub(crate) low: [f64; D],
    /// Component-wise maximum.
    pub(crate) high: [f64; D],
    /// The smallest |x| that is not 0, of all components.
    pub(crate) least: f64,
    /// No NaN and no infinity; if not, the rest means nothing.
    pub(crate) finite: bool,
}

impl<const D: usize> Extent<D> {
    /// Of no points.
    const NOTHING: Self = Self {
        low: [f64::INFINITY; D],
        high: [f64::NEG_INFINITY; D],
        least: f64::INFINITY,
        finite: true,
    };

    /// Of a cloud given as the components of its points behind each other.
    pub(crate) fn of<T: Real>(chosen: Chosen, numbers: &[T]) -> Self {
        let of_piece = |numbers: &[T]| chosen.run(Look::<T, D>(numbers));
        let pieces = numbers.par_chunks(D << 14).map(of_piece);
        pieces.reduce(|| Self::NOTHING, Self::join)
    }

    /// Of both clouds together.
    pub(crate) fn join(self, other: Self) -> Self {
        Self {
            low: std::array::from_fn(|a| self.low[a].min(other.low[a])),
            high: std::array::from_fn(|a| self.high[a].max(other.high[a])),
            least: self.least.min(other.least),
            finite: self.finite && other.finite,
        }
    }

    /// The widest axis; 0 if there are no points.
    pub(crate) fn widest(&self) -> f64 {
        let axes = self.low.iter().zip(&self.high);
        axes.map(|(low, high)| high - low).fold(0.0, f64::max)
    }

    /// The middle of the box around the points; 0 if there are none.
    pub(crate) fn middle(&self) -> [f64; D] {
        let middle = |a: usize| 0.5 * self.low[a] + 0.5 * self.high[a];
        let nothing = self
            .low
            .iter()
            .zip(&self.high)
            .any(|(low, high)| low > high);
        std::array::from_fn(|a| if nothing { 0.0 } else { middle(a) })
    }

    /// The largest |x| of all components; 0 if there are no points.
    pub(crate) fn largest(&self) -> f64 {
        let ends = self.low.into_iter().chain(self.high);
        ends.filter(|x| x.is_finite())
            .fold(0.0, |largest, x| largest.max(x.abs()))
    }
}

/// The extent of one piece; its components lie behind each other, so `D` vectors hold every axis in fixed lanes.
struct Look<'a, T, const D: usize>(&'a [T]);

impl<T: Real, const D: usize> Job for Look<'_, T, D> {
    type Output = Extent<D>;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> Extent<D> {
        let lanes = T::Lanes::<I>::LANES;
        let number = |x: f64| T::Lanes::<I>::splat(isa, T::from_f64(x));
        let (zero, infinity) = (number(0.0), number(f64::INFINITY));
        let (mut low, mut high) = ([infinity; D], [number(f64::NEG_INFINITY); D]);
        let (mut least, mut poison) = (infinity, zero);
        let mut groups = self.0.chunks_exact(D * lanes);
        for group in &mut groups {
            for v in 0..D {
                let x = T::Lanes::<I>::load(isa, &group[v * lanes..]);
                (low[v], high[v]) = (low[v].min(x), high[v].max(x));
                let size = x.abs();
                least = least.min(T::Lanes::<I>::select(zero.lt(size), size, infinity));
                // 0 for a finite number, else NaN.
                poison = x.mul_add(zero, poison);
            }
        }
        let mut all = Extent::NOTHING;
        for v in 0..D {
            let (mut lows, mut highs) = ([T::ZERO; 16], [T::ZERO; 16]);
            low[v].store(&mut lows);
            high[v].store(&mut highs);
            for lane in 0..lanes {
                let a = (v * lanes + lane) % D;
                all.low[a] = all.low[a].min(lows[lane].to_f64());
                all.high[a] = all.high[a].max(highs[lane].to_f64());
            }
        }
        let mut sizes = [T::from_f64(f64::INFINITY); 16];
        least.store(&mut sizes);
        for size in sizes {
            all.least = all.least.min(size.to_f64());
        }
        all.finite = poison.sum().is_finite();
        for (k, x) in groups.remainder().iter().enumerate() {
            let (a, x) = (k % D, x.to_f64());
            (all.low[a], all.high[a]) = (all.low[a].min(x), all.high[a].max(x));
            if x != 0.0 {
                all.least = all.least.min(x.abs());
            }
            all.finite &= x.is_finite();
        }
        all
    }
}

/// The extent of a cloud whose every coordinate is finite.
pub(crate) fn check_positions<T: Real, const D: usize>(
    chosen: Chosen,
    argument: &str,
    positions: &[[T; D]],
) -> Result<Extent<D>> {
    let extent = Extent::of(chosen, positions.as_flattened());
    check_components(argument, positions.as_flattened(), D, extent.finite)?;
    Ok(extent)
}

/// No more points than there may be, and all of them finite, which `finite` says; their components lie behind each other.
pub(crate) fn check_components<T: Real>(
    argument: &str,
    numbers: &[T],
    dimension: usize,
    finite: bool,
) -> Result<()> {
    let points = numbers.len() / dimension;
    if points > u32::MAX as usize {
        return Err(Error::argument(
            argument,
            format!("{points} points"),
            format!("at most {}", u32::MAX),
        ));
    }
    if finite {
        return Ok(());
    }
    let k = numbers.iter().position(|x| !x.is_finite()).unwrap_or(0);
    let (i, axis) = (k / dimension, k % dimension);
    Err(Error::argument(
        format!("{argument}[{i}]"),
        format!("{} in component {axis}", numbers[k]),
        "finite numbers",
    ))
}

/// One finite strength for each source, in every vector; returns the largest |w| of each, of all components.
pub(crate) fn check_strengths<T: Real, S: Strength<T>>(
    chosen: Chosen,
    strengths: &[&[S]],
    n_sources: usize,
) -> Result<Vec<f64>> {
    if strengths.is_empty() {
        return Err(Error::argument(
            "strengths",
            "no vector",
            "at least one vector of strengths",
        ));
    }
    let check = |(k, &vector): (usize, &&[S])| {
        let name = if strengths.len() == 1 {
            "strengths".to_string()
        } else {
            format!("strengths[{k}]")
        };
        if vector.len() != n_sources {
            let what = if S::COMPONENTS == 1 {
                "numbers"
            } else {
                "vectors"
            };
            let value = format!("{} {what}", vector.len());
            return Err(Error::argument(
                name,
                value,
                format!("one for each of the {n_sources} sources"),
            ));
        }
        let numbers = S::numbers(vector);
        let extent = Extent::<1>::of(chosen, numbers);
        if extent.finite {
            return Ok(extent.largest());
        }
        let at = numbers.iter().position(|w| !w.is_finite()).unwrap_or(0);
        let (j, c) = (at / S::COMPONENTS, at % S::COMPONENTS);
        let value = match S::COMPONENTS {
            1 => numbers[at].to_string(),
            _ => format!("{} in component {c}", numbers[at]),
        };
        Err(Error::argument(
            format!("{name}[{j}]"),
            value,
            "finite numbers",
        ))
    };
    strengths.iter().enumerate().map(check).collect()
}

/// ε² of [`crate::passes::p2p`], in the unit of [`crate::tree::Frame`]: too small to change any r² that is not 0, and large
/// enough that 1/ε^D is finite, or 1/ε² in f32 ([`crate::kernel::Pair::in_single`]).
pub(crate) fn coincident<T: Real, const D: usize>() -> f64 {
    2f64.powi(coincident_exponent::<T, D>())
}

fn coincident_exponent<T: Real, const D: usize>() -> i32 {
    if is_double::<T>() {
        -2000 / D as i32
    } else {
        -126
    }
}

/// The smallest coordinate that is not 0 may have this size.
fn least_coordinate<T: Real, const D: usize>() -> f64 {
    // Room between ε² and the smallest r², and log₂ of the precision.
    let (room, bits) = if is_double::<T>() { (56, 52) } else { (26, 23) };
    2f64.powi((coincident_exponent::<T, D>() + room) / 2 + bits)
}

/// Whether `T` is f64.
pub(crate) fn is_double<T: Real>() -> bool {
    T::EPSILON.to_f64() < 1e-10
}

/// The smallest nonzero coordinate must be large enough, beside the largest, for squares of distances.
///
/// Differences of numbers that are 0 or at least m are 0 or at least m·ε, so this keeps the square of every distance that
/// is not 0 above [`coincident`] by more than the precision.
pub(crate) fn check_resolution<T: Real, const D: usize>(
    frame: &Frame<D>,
    argument: &str,
    points: &[[T; D]],
    extent: &Extent<D>,
) -> Result<()> {
    // Before the cloud is searched: no coordinate at all is too small.
    if extent.least * frame.scale >= least_coordinate::<T, D>() {
        return Ok(());
    }
    let least = least_coordinate::<T, D>();
    check_least(argument, points.as_flattened(), D, frame.scale, least)
}

/// Every coordinate that is not 0 is at least `least` where lengths are multiplied by `scale`; those of a point lie behind
/// each other.
pub(crate) fn check_least<T: Real>(
    argument: &str,
    numbers: &[T],
    dimension: usize,
    scale: f64,
    least: f64,
) -> Result<()> {
    let vanishes = |x: &T| *x != T::ZERO && (x.to_f64() * scale).abs() < least;
    let Some(k) = numbers.iter().position(vanishes) else {
        return Ok(());
    };
    let i = k / dimension;
    let point = &numbers[i * dimension..][..dimension];
    let least = least / scale;
    let allowed =
        format!("coordinates that are 0 or at least {least:e} beside this cloud's extent");
    Err(Error::argument(
        format!("{argument}[{i}]"),
        format!("{point:?}"),
        allowed,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Real, const D: usize>() {
        let nothing = coincident::<T, D>();
        let power = if is_double::<T>() { D } else { 2 };
        let largest = nothing.powf(-0.5 * power as f64);
        assert!(
            T::from_f64(largest).is_finite(),
            "1/r^{power} of a coincident pair"
        );
        let smallest = least_coordinate::<T, D>() * T::EPSILON.to_f64();
        assert!(smallest * smallest * 0.5 * T::EPSILON.to_f64() > nothing);
    }

    #[test]
    fn coincident_pairs_are_finite_and_change_no_other() {
        check::<f64, 2>();
        check::<f64, 3>();
        check::<f32, 2>();
        check::<f32, 3>();
    }
}
