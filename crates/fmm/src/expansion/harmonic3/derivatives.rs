//! Derivatives of series, as coefficients.

use super::layout::{Layout, at};
use super::points::Points;

/// A series of degrees below `rows`: X of Σ X conj R inside, of Σ X conj S outside.
pub(super) struct Series<'a> {
    re: &'a [f64],
    im: &'a [f64],
    /// −1 where the conjugate is stored.
    sign: f64,
    rows: usize,
    pub(super) outside: bool,
}

impl<'a> Series<'a> {
    pub(super) fn local(layout: Layout, local: &'a [f64]) -> Self {
        let (re, im) = local.split_at(layout.padded);
        Self {
            re,
            im,
            sign: 1.0,
            rows: layout.order,
            outside: false,
        }
    }

    pub(super) fn multipole(layout: Layout, multipole: &'a [f64]) -> Self {
        let (re, im) = multipole.split_at(layout.padded);
        Self {
            re,
            im,
            sign: -1.0,
            rows: layout.order,
            outside: true,
        }
    }

    /// Degrees of a derivative of this order: it takes one from a series inside, and adds one to a series outside.
    pub(super) fn derivative_rows(&self, order: usize) -> usize {
        if self.outside {
            self.rows + order
        } else {
            self.rows.saturating_sub(order)
        }
    }

    /// (∂_x, ∂_y, ∂_z) X_n^m, each as real and imaginary part.
    #[inline(always)]
    fn derivative(&self, n: usize, m: usize) -> [f64; 6] {
        let row = if self.outside {
            n.wrapping_sub(1)
        } else {
            n + 1
        };
        let (mut re, mut im) = ([0.0; 3], [0.0; 3]);
        if row < self.rows {
            for l in m.saturating_sub(1)..(m + 2).min(row + 1) {
                let place = at(row, l);
                (re[l + 1 - m], im[l + 1 - m]) = (self.re[place], self.sign * self.im[place]);
            }
        }
        let mut components = [0.0; 6];
        let along = if self.outside { -1.0 } else { 1.0 };
        put_gradient(&mut components, re, im, m, 1.0, along);
        components
    }
}

impl Points {
    /// Records of −∂_a∂_b φ/h³ for xx, xy, xz, yy and yz: the derivatives of derivatives, for which `first` has room.
    #[inline(always)]
    pub(super) fn second_derivatives(
        &self,
        series: &Series,
        side: f64,
        first: &mut [f64],
        records: &mut [f64],
    ) {
        let rows = series.derivative_rows(1);
        let len = at(rows, 0);
        for (n, m) in degrees(rows) {
            for (part, x) in series.derivative(n, m).into_iter().enumerate() {
                first[part * len + at(n, m)] = x;
            }
        }
        let by_axis: [Series; 3] = std::array::from_fn(|a| Series {
            re: &first[2 * a * len..][..len],
            im: &first[(2 * a + 1) * len..][..len],
            sign: 1.0,
            rows,
            outside: series.outside,
        });
        let kappa = if series.outside {
            &self.kappa_outside
        } else {
            &self.kappa
        };
        let rows = series.derivative_rows(2);
        let factor = -1.0 / (side * side * side);
        let mut records = records.as_chunks_mut::<10>().0.iter_mut();
        for m in 0..rows {
            let double = if m == 0 { 1.0 } else { 2.0 };
            for (n, record) in (m..rows).zip(&mut records) {
                let factor = factor * double * kappa[at(n, m)];
                let (of_x, of_y) = (by_axis[0].derivative(n, m), by_axis[1].derivative(n, m));
                let parts = of_x.iter().chain(&of_y[2..]);
                for (to, part) in record.iter_mut().zip(parts) {
                    *to = factor * part;
                }
            }
        }
    }

    /// Records of −∂φ/h² by axis, and of φ/h, for φ = Σ L conj R, from
    ///
    /// ```text
    /// (∂_x φ)_n^m = (L_{n+1}^{m−1} − L_{n+1}^{m+1})/2   (∂_y φ)_n^m = i(L_{n+1}^{m−1} + L_{n+1}^{m+1})/2   (∂_z φ)_n^m = L_{n+1}^m
    /// ```
    #[inline(always)]
    pub(super) fn gradient_inside<const K: usize, const R: usize>(
        &self,
        local: &[f64],
        side: f64,
        rows: usize,
        records: &mut [f64],
    ) {
        let order = self.layout.order;
        let (re, im) = local.split_at(self.layout.padded);
        let mut records = records.as_chunks_mut::<R>().0.iter_mut();
        let (once, twice) = (1.0 / side, -1.0 / (side * side));
        for m in 0..rows {
            let double = if m == 0 { 1.0 } else { 2.0 };
            for (n, record) in (m..rows).zip(&mut records) {
                let kappa = double * self.kappa[at(n, m)];
                if n + 1 < order {
                    let place = at(n + 1, m);
                    let (re, im) = if m == 0 {
                        (
                            [0.0, re[place], re[place + 1]],
                            [0.0, im[place], im[place + 1]],
                        )
                    } else {
                        let around = place - 1..place + 2;
                        let (re, im) = (&re[around.clone()], &im[around]);
                        ([re[0], re[1], re[2]], [im[0], im[1], im[2]])
                    };
                    put_gradient(record, re, im, m, kappa * twice, kappa * twice);
                } else {
                    record[..6].fill(0.0);
                }
                if K == 4 {
                    record[6] = kappa * once * re[at(n, m)];
                    record[7] = kappa * once * im[at(n, m)];
                }
            }
        }
    }

    /// The same for φ = Σ M S: with N = conj M for L, row n − 1 for n + 1, and the other sign of ∂_z.
    #[inline(always)]
    pub(super) fn gradient_outside(
        &self,
        multipole: &[f64],
        side: f64,
        rows: usize,
        records: &mut [f64],
    ) {
        let (re, im) = multipole.split_at(self.layout.padded);
        let mut records = records.as_chunks_mut::<8>().0.iter_mut();
        let (once, twice) = (1.0 / side, -1.0 / (side * side));
        for m in 0..rows {
            let double = if m == 0 { 1.0 } else { 2.0 };
            for (n, record) in (m..rows).zip(&mut records) {
                let kappa = double * self.kappa_outside[at(n, m)];
                // Degree n − 1, conjugate, 0 past its end.
                let (mut around_re, mut around_im) = ([0.0; 3], [0.0; 3]);
                for l in m.saturating_sub(1)..(m + 2).min(n) {
                    let place = at(n - 1, l);
                    (around_re[l + 1 - m], around_im[l + 1 - m]) = (re[place], -im[place]);
                }
                put_gradient(
                    record,
                    around_re,
                    around_im,
                    m,
                    kappa * twice,
                    -kappa * twice,
                );
                record[6..].fill(0.0);
                if n < self.layout.order {
                    record[6] = kappa * once * re[at(n, m)];
                    record[7] = -kappa * once * im[at(n, m)];
                }
            }
        }
    }
}

/// The three components of a gradient from X^{m−1}, X^m, X^{m+1} of one degree of a series; X^{−1} = −conj X^1.
#[inline(always)]
fn put_gradient<const R: usize>(
    record: &mut [f64; R],
    re: [f64; 3],
    im: [f64; 3],
    m: usize,
    across: f64,
    along: f64,
) {
    if m == 0 {
        (record[0], record[1]) = (-across * re[2], 0.0);
        (record[2], record[3]) = (-across * im[2], 0.0);
    } else {
        let half = 0.5 * across;
        record[0] = half * (re[0] - re[2]);
        record[1] = half * (im[0] - im[2]);
        record[2] = -half * (im[0] + im[2]);
        record[3] = half * (re[0] + re[2]);
    }
    (record[4], record[5]) = (along * re[1], along * im[1]);
}

/// All (n, m) of degrees below `rows`.
fn degrees(rows: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..rows).flat_map(|n| (0..=n).map(move |m| (n, m)))
}
