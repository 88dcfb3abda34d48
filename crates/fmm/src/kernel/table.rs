//! A function of r² as a table of polynomials: what near pairs of any radial kernel take.
//!
//! An octave of r² has 32 pieces, each of which is a polynomial of the seventh degree through Chebyshev nodes. A power of r
//! is met to 1e-15 of itself.

use lanes::{Lanes, Real};
use std::f64::consts::PI;

/// log₂ of the least r² that the table tells from 0, and of the largest.
pub(super) const LOWEST: i32 = -600;
pub(super) const HIGHEST: i32 = 400;
/// Pieces of an octave.
const PIECES: usize = 32;
/// Coefficients of a piece.
const TERMS: usize = 8;
/// Where a polynomial is held against the function.
const CHECKS: [f64; 4] = [-1.0, -0.3, 0.55, 1.0];
/// Octaves of r² below a piece whose values tell, with all above it, what size its errors may have.
const NEIGHBOURHOOD: usize = 6;

/// Values f(r²) from 2^lowest on, 0 below.
#[derive(Clone, Debug)]
pub(super) struct Table {
    lowest: i32,
    /// By piece, those below the lowest first, then term: powers of t in [−1, 1] over the piece.
    coefficients: Vec<f64>,
    /// By piece, what errors are measured by: the largest |r^p f| in its neighbourhood below.
    sizes: Vec<f64>,
    /// By piece: the largest error of r^p f that was found, infinite where f is not finite.
    errors: Vec<f64>,
}

/// r² at t of a piece, counted from 2^lowest.
fn square(lowest: i32, piece: usize, t: f64) -> f64 {
    let (octave, k) = (piece / PIECES, piece % PIECES);
    let mantissa = 1.0 + (k as f64 + 0.5 * (t + 1.0)) / PIECES as f64;
    mantissa * power_of_two(lowest + octave as i32)
}

/// ⌊log₂ x⌋ of a normal number.
fn exponent(x: f64) -> i32 {
    (x.to_bits() >> 52 & 0x7ff) as i32 - 1023
}

/// 2^n, where that is a normal number.
fn power_of_two(n: i32) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

/// Places of the nodes.
fn nodes() -> [f64; TERMS] {
    std::array::from_fn(|j| (PI * (j as f64 + 0.5) / TERMS as f64).cos())
}

/// From values at the nodes to powers of t: by power, then node.
fn powers_of_values() -> [[f64; TERMS]; TERMS] {
    // T_k by powers.
    let mut t = [[0.0; TERMS]; TERMS];
    for k in 0..TERMS {
        for power in 0..=k {
            let twice = if power > 0 && k > 1 {
                2.0 * t[k - 1][power - 1]
            } else {
                0.0
            };
            t[k][power] = match k {
                0 => 1.0,
                1 => power as f64,
                _ => twice - t[k - 2][power],
            };
        }
    }
    let mut matrix = [[0.0; TERMS]; TERMS];
    for (j, node) in nodes().into_iter().enumerate() {
        for (k, t) in t.iter().enumerate() {
            let share = if k == 0 { 1.0 } else { 2.0 } / TERMS as f64;
            let value = share * (k as f64 * node.acos()).cos();
            for (power, t) in t.iter().enumerate() {
                matrix[power][j] += t * value;
            }
        }
    }
    matrix
}

/// What a kink between two pieces comes to, as an error of a polynomial whose slope has fifty times its error.
fn bend(below: &[f64], above: &[f64], piece: usize) -> f64 {
    // r f′ on both sides, less a factor; the last piece of an octave ends at twice its lowest r².
    let slope = |c: &[f64], t: f64| {
        (1..TERMS)
            .rev()
            .fold(0.0, |sum, k| sum * t + k as f64 * c[k])
    };
    let mantissa = |k: usize| 1.0 + k as f64 / PIECES as f64;
    let first = mantissa((piece - 1) % PIECES + 1) * slope(below, 1.0);
    (first - mantissa(piece % PIECES) * slope(above, -1.0)).abs() / 50.0
}

/// By number, the largest of so many up to it, none of which is negative: that of the ones since a multiple of `count`, from the left, and
/// that of the others, from the right.
fn largest_of_last(numbers: &[f64], count: usize) -> Vec<f64> {
    let mut since = numbers.to_vec();
    let mut until = numbers.to_vec();
    for block in since.chunks_mut(count) {
        (1..block.len()).for_each(|k| block[k] = block[k].max(block[k - 1]));
    }
    for block in until.chunks_mut(count) {
        (1..block.len())
            .rev()
            .for_each(|k| block[k - 1] = block[k - 1].max(block[k]));
    }
    let largest = |k: usize| match (k + 1).checked_sub(count) {
        Some(first) => since[k].max(until[first]),
        None => since[k],
    };
    (0..numbers.len()).map(largest).collect()
}

/// Σ c_k t^k.
fn horner(c: &[f64], t: f64) -> f64 {
    c.iter().rev().fold(0.0, |sum, c| sum * t + c)
}

impl Table {
    /// Of a function of r², whose errors count by r^`power`.
    pub(super) fn new(power: i32, f: impl Fn(f64) -> f64) -> Self {
        let f = |piece, t| f(square(LOWEST, piece, t));
        Self::by_piece(LOWEST, (HIGHEST - LOWEST) as usize * PIECES, power, f)
    }

    /// Of a function of piece and t, for so many pieces.
    fn by_piece(lowest: i32, pieces: usize, power: i32, f: impl Fn(usize, f64) -> f64) -> Self {
        let (matrix, nodes) = (powers_of_values(), nodes());
        let mut coefficients = vec![0.0; TERMS];
        let (mut each, mut errors) = (vec![], vec![]);
        for piece in 0..pieces {
            let values = nodes.map(|t| f(piece, t));
            if let Some(bad) = values.iter().find(|x| !x.is_finite()) {
                coefficients.extend([*bad, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
                each.push(0.0);
                errors.push(f64::INFINITY);
                continue;
            }
            let weight = square(lowest, piece, 0.0).sqrt().powi(power);
            // Of differences, which are small: powers of t have large coefficients that cancel.
            let base = values[TERMS / 2];
            let power = |row: [f64; TERMS]| -> f64 {
                row.iter().zip(&values).map(|(m, x)| m * (x - base)).sum()
            };
            let mut c = matrix.map(power);
            c[0] += base;
            let mut error = 0.0f64;
            for t in CHECKS {
                let found = (horner(&c, t) - f(piece, t)).abs();
                error = error.max(if found.is_nan() { f64::INFINITY } else { found });
            }
            coefficients.extend(c);
            errors.push(weight * error);
            each.push(weight * values.iter().fold(0.0f64, |size, x| size.max(x.abs())));
        }
        for piece in 1..pieces {
            let [below, above] = [piece, piece + 1].map(|k| &coefficients[k * TERMS..][..TERMS]);
            let jump = (horner(below, 1.0) - horner(above, -1.0)).abs();
            let bend = bend(below, above, piece);
            let weight = square(lowest, piece, -1.0).sqrt().powi(power);
            let error = weight * jump.max(bend);
            if errors[piece - 1].is_finite() && errors[piece].is_finite() {
                errors[piece] = errors[piece].max(error);
            }
        }
        Self {
            lowest,
            sizes: largest_of_last(&each, NEIGHBOURHOOD * PIECES + 1),
            coefficients,
            errors,
        }
    }

    /// g(r²) with g′(r) = −r f(r²), which vanishes at 2^[`HIGHEST`] if f decays faster than 1/r² to there, else at r² = 1.
    pub(super) fn integral(&self) -> Self {
        let decays = |r2: f64| (self.value(r2) * r2).abs();
        let vanishes = decays(2f64.powi(HIGHEST - 1)) <= 1e-16 * decays(1.0);
        self.integral_from(LOWEST, HIGHEST, if vanishes { HIGHEST } else { 0 })
    }

    /// The same over all of the table, with g = 0 where that begins.
    pub(super) fn integral_from_lowest(&self) -> Self {
        let octaves = (self.errors.len() / PIECES) as i32;
        self.integral_from(self.lowest, self.lowest + octaves, self.lowest)
    }

    /// r^`power` f.
    pub(super) fn times(&self, power: i32) -> Self {
        Self::by_piece(self.lowest, self.errors.len(), 0, |piece, t| {
            let r = square(self.lowest, piece, t).sqrt();
            r.powi(power) * horner(&self.coefficients[(piece + 1) * TERMS..][..TERMS], t)
        })
    }

    /// g(r²) with g′(r) = −r f(r²) and g = 0 at r² = 2^`zero`, for r² between other powers of two.
    pub(super) fn integral_from(&self, lowest: i32, highest: i32, zero: i32) -> Self {
        let pieces_to = |exponent: i32| (exponent - lowest) as usize * PIECES;
        let (first, pieces) = (pieces_to(zero), pieces_to(highest));
        let skipped = (lowest - self.lowest) as usize * PIECES;
        // ∫ over a piece up to t, by powers from the first.
        let along = |piece: usize, t: f64| {
            let c = &self.coefficients[(skipped + piece + 1) * TERMS..][..TERMS];
            let terms = c.iter().enumerate().rev();
            let sum = |t: f64| {
                terms
                    .clone()
                    .fold(0.0, |sum, (k, c)| sum * t + c / (k + 1) as f64)
                    * t
            };
            // −½ dr²/dt.
            let half_width = square(lowest, piece, 1.0) - square(lowest, piece, -1.0);
            -0.25 * half_width * (sum(t) - sum(-1.0))
        };
        let mut at = vec![0.0; pieces + 1];
        for piece in first..pieces {
            at[piece + 1] = at[piece] + along(piece, 1.0);
        }
        for piece in (0..first).rev() {
            at[piece] = at[piece + 1] - along(piece, 1.0);
        }
        // From the end of a piece where that is the smaller one, so that decaying functions keep their digits.
        Self::by_piece(lowest, pieces, 0, |piece, t| {
            if piece < first {
                at[piece + 1] - (along(piece, 1.0) - along(piece, t))
            } else {
                at[piece] + along(piece, t)
            }
        })
    }

    /// Some r up to `high` where the table is not the function, if there is one: it is not finite, which counts from `low` on, or the error
    /// is more than `allowed` of the largest |r^p f| from r/8 to `high`.
    pub(super) fn fault(&self, low: f64, high: f64, allowed: f64) -> Option<(f64, &'static str)> {
        let (mut size, mut found) = (0.0f64, None);
        let end = self.errors.len().min(self.place(high * high) + 1);
        for piece in (0..end).rev() {
            let r = square(self.lowest, piece, 0.0).sqrt();
            size = size.max(self.sizes[piece]);
            match self.errors[piece] {
                f64::INFINITY if r >= low => found = Some((r, "not finite")),
                f64::INFINITY => {}
                error if error > allowed * size => found = Some((r, "not smooth")),
                _ => {}
            }
        }
        found
    }

    /// f at one place.
    pub(super) fn value(&self, r2: f64) -> f64 {
        let (c, t, _) = self.piece(r2);
        horner(c, t)
    }

    /// r f′(r) at one place.
    pub(super) fn slope(&self, r2: f64) -> f64 {
        let (c, t, mantissa) = self.piece(r2);
        let derivative = (1..TERMS)
            .rev()
            .fold(0.0, |sum, k| sum * t + k as f64 * c[k]);
        4.0 * PIECES as f64 * mantissa * derivative
    }

    fn piece(&self, r2: f64) -> (&[f64], f64, f64) {
        if r2 < power_of_two(self.lowest) {
            return (&self.coefficients[..TERMS], 0.0, 1.0);
        }
        let piece = self.place(r2);
        let mantissa = r2 / power_of_two(self.lowest + (piece / PIECES) as i32);
        let t = 2.0 * (PIECES as f64 * (mantissa - 1.0) - (piece % PIECES) as f64) - 1.0;
        (
            &self.coefficients[(piece + 1) * TERMS..][..TERMS],
            t,
            mantissa,
        )
    }

    /// The piece of an r², or the one next to it.
    fn place(&self, r2: f64) -> usize {
        let exponent = exponent(r2);
        let mantissa = r2 / power_of_two(exponent);
        let k = (PIECES as f64 * (mantissa - 1.0)) as usize;
        let piece = (exponent - self.lowest).max(0) as usize * PIECES + k.min(PIECES - 1);
        piece.min(self.errors.len() - 1)
    }

    /// Coefficients, t and the mantissa of r², lane by lane.
    #[inline(always)]
    fn pieces<V: Lanes>(&self, isa: V::Isa, r2: V) -> ([V; TERMS], V, V) {
        let number = |x: f64| V::splat(isa, V::Elem::from_f64(x));
        let all = number(PIECES as f64);
        let mantissa = r2.mantissa();
        let x = mantissa.mul_add(all, -all);
        let k = (x - number(0.5)).round();
        let t = (x - k) * number(2.0) - number(1.0);
        let octave = r2.exponent() - number(f64::from(self.lowest));
        let places = (octave.mul_add(all, k) + number(1.0)) * number(TERMS as f64);
        let table = V::Elem::of_both(&self.coefficients, &[]);
        let mut c = [places; TERMS];
        for (term, c) in c.iter_mut().enumerate() {
            *c = V::look_up(isa, &table[term..], places);
        }
        (c, t, mantissa)
    }

    /// f in every lane.
    #[inline(always)]
    pub(super) fn values<V: Lanes>(&self, isa: V::Isa, r2: V) -> V {
        let (c, t, _) = self.pieces(isa, r2);
        let mut sum = c[TERMS - 1];
        for term in (0..TERMS - 1).rev() {
            sum = sum.mul_add(t, c[term]);
        }
        sum
    }

    /// r f′ in every lane.
    #[inline(always)]
    pub(super) fn slopes<V: Lanes>(&self, isa: V::Isa, r2: V) -> V {
        let number = |x: f64| V::splat(isa, V::Elem::from_f64(x));
        let (c, t, mantissa) = self.pieces(isa, r2);
        let mut sum = number((TERMS - 1) as f64) * c[TERMS - 1];
        for term in (1..TERMS - 1).rev() {
            sum = sum.mul_add(t, number(term as f64) * c[term]);
        }
        sum * mantissa * number(4.0 * PIECES as f64)
    }

    /// Numbers that hardly any other table has.
    pub(super) fn key(&self) -> [u64; 2] {
        use std::hash::{DefaultHasher, Hasher};
        [1, 2].map(|salt| {
            let mut hasher = DefaultHasher::new();
            hasher.write_u64(salt);
            self.coefficients
                .iter()
                .for_each(|c| hasher.write_u64(c.to_bits()));
            hasher.finish()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes::{Chosen, Isa, Job};

    #[test]
    fn the_largest_of_the_last_numbers() {
        let numbers: Vec<f64> = (0..50).map(|k| (k * k * 7 % 31) as f64).collect();
        for count in [1, 2, 5, 7, 50, 60] {
            let found = largest_of_last(&numbers, count);
            for (k, found) in found.into_iter().enumerate() {
                let last = &numbers[(k + 1).saturating_sub(count)..=k];
                assert_eq!(
                    found,
                    last.iter().copied().fold(0.0, f64::max),
                    "{count}, {k}"
                );
            }
        }
    }

    /// Values and slopes at one place in all lanes.
    struct At<'a>(&'a Table, f64);

    impl Job for At<'_> {
        type Output = [f64; 2];

        #[inline(always)]
        fn run<I: Isa>(self, isa: I) -> [f64; 2] {
            let r2 = I::F64::splat(isa, self.1);
            let lanes = I::F64::LANES as f64;
            [
                self.0.values(isa, r2).sum() / lanes,
                self.0.slopes(isa, r2).sum() / lanes,
            ]
        }
    }

    fn close(found: f64, expected: f64, error: f64) {
        assert!(
            (found - expected).abs() <= error * expected.abs(),
            "{found:e} {expected:e}"
        );
    }

    #[test]
    fn powers_are_met_on_every_set() {
        for p in [-1.65f64, -1.0, 0.0, 0.5, 1.2] {
            let table = Table::new(1, |r2| r2.powf(p));
            assert_eq!(table.fault(1e-20, 1e20, 1e-12), None);
            for k in 0..400 {
                let r2 = 1.37f64.powi(k - 200) * (1.0 + k as f64 * 1e-4);
                close(table.value(r2), r2.powf(p), 1e-14);
                for chosen in Chosen::all() {
                    let [value, slope] = chosen.run(At(&table, r2));
                    close(value, r2.powf(p), 1e-14);
                    let expected = 2.0 * p * r2.powf(p);
                    assert!((slope - expected).abs() <= 1e-10 * r2.powf(p));
                    assert!((table.slope(r2) - slope).abs() <= 1e-10 * r2.powf(p));
                }
            }
            // Ends of pieces belong to either.
            for r2 in [1.0, 2.0, 1.03125, 1.5, 0.25] {
                close(Chosen::detect().run(At(&table, r2))[0], r2.powf(p), 1e-14);
            }
        }
    }

    #[test]
    fn coincident_points_have_none() {
        let table = Table::new(1, |r2| r2.powf(-2.0));
        for chosen in Chosen::all() {
            assert_eq!(chosen.run(At(&table, 2f64.powi(-666))), [0.0; 2]);
            assert_eq!(chosen.run(At(&table, 2f64.powi(-1000))), [0.0; 2]);
        }
        assert_eq!(table.value(2f64.powi(-1000)), 0.0);
    }

    /// φ = r^−3 is what −(1/r)′ /r is, φ = 1 what −(−r²/2)′/r is, and φ = r^−2 has no potential that vanishes.
    #[test]
    fn integrals() {
        let inverse = Table::new(1, |r2| r2.powf(-1.5)).integral();
        let parabola = Table::new(1, |_| 1.0).integral();
        let logarithm = Table::new(1, |r2| 1.0 / r2).integral();
        for k in 0..100 {
            let r2 = 1e-12 * 1.8f64.powi(k);
            close(inverse.value(r2), r2.powf(-0.5), 1e-12);
            assert!((parabola.value(r2) - 0.5 * (1.0 - r2)).abs() < 1e-13 * r2.max(1.0));
            assert!((logarithm.value(r2) + 0.5 * r2.ln()).abs() < 1e-12);
        }
        // Around a length, to the last digits of the difference.
        let near = Table::new(1, |r2| 1.0 / (r2 + 1e4)).integral_from(-12, 4, -6);
        for k in 0..40 {
            let r2 = 2f64.powi(-12) * 1.3f64.powi(k);
            let x = (r2 - 2f64.powi(-6)) / (1e4 + 2f64.powi(-6));
            close(near.value(r2), -0.5 * x.ln_1p(), 1e-13);
        }
    }

    #[test]
    fn what_is_not_smooth_or_finite_is_found() {
        let fault = |f: fn(f64) -> f64, high| Table::new(1, f).fault(1e-10, high, 1e-12);
        assert_eq!(fault(|r2| (-r2).exp(), 1e10), None);
        assert_eq!(fault(|r2| r2.sqrt().cos(), 1.0), None);
        assert_eq!(fault(|r2| r2.sqrt().cos(), 1e4).unwrap().1, "not smooth");
        let (r, what) = fault(|r2| (r2.sqrt() - 1.3).abs(), 10.0).unwrap();
        assert!((r - 1.3).abs() < 0.03 && what == "not smooth", "{r}");
        assert_eq!(fault(|r2| (r2.sqrt() - 1.3).abs(), 1.0), None);
        // Kinks and jumps where pieces end.
        assert_eq!(
            fault(|r2| (r2.sqrt() - 1.0).abs(), 10.0).unwrap().1,
            "not smooth"
        );
        assert_eq!(
            fault(|r2| (r2.sqrt() - 0.5).signum(), 10.0).unwrap().1,
            "not smooth"
        );
        assert!(fault(|r2| (r2.sqrt() - 0.5) / (r2.sqrt() - 0.5).abs(), 10.0).is_some());
        let (r, what) = fault(|r2| (1.0 - r2).ln(), 10.0).unwrap();
        assert!((0.9..1.05).contains(&r), "{r} {what}");
        assert_eq!(fault(|_| f64::NAN, 1.0).unwrap().1, "not finite");
        // A difference that has no digits where r is small, but little to say there either.
        let cancels = Table::new(1, |r2| (1.0 - (-r2).exp()) / r2);
        assert_eq!(cancels.fault(1e-10, 10.0, 3e-7), None);
        assert_eq!(cancels.fault(1e-10, 10.0, 1e-12).unwrap().1, "not smooth");
    }
}
