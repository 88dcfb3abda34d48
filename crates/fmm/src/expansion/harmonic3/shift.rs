//! Between parent and child: m2m and l2l, by rotation to the body diagonal on which all children lie (White and
//! Head-Gordon, J. Chem. Phys. 105, 1996).
//!
//! In the parent's box units the centre of a child is d, |d| = ρ = √3/4. With the child turned about z (and reflected if it
//! is a lower one) so that d = ρ (sin θ, 0, cos θ), and rotated about y by θ, d is ρ along z, where
//!
//! ```text
//! M^parent_n^m = Σ_{k≤n} ρ^{n−k}/(n−k)! 2^{−k} M^child_k^m
//! L^child_k^m  = 2^{−k−1} Σ_{n≥k} ρ^{n−k}/(n−k)! L^parent_n^m
//! ```
//!
//! The rotation and its inverse are the same for all children; powers of 2 are part of them.

use super::layout::{Layout, Scratch, Turn};
use super::rotation::{Rotation, Series};
use lanes::{Isa, Lanes};

/// Everything for both directions.
#[derive(Debug)]
pub(super) struct Shift {
    layout: Layout,
    /// By octant: what turns M^child to azimuth 0 and to the upper half.
    turn: [Turn<f64>; 8],
    /// Child to diagonal, and parent from diagonal.
    up: [Rotation<f64>; 2],
    /// Parent to diagonal, and child from diagonal.
    down: [Rotation<f64>; 2],
    /// ρ^j/j! for j from −3 on, 0 before 0.
    along: Vec<f64>,
}

impl Shift {
    pub(super) fn new(layout: Layout, lanes: usize) -> Self {
        let theta = 2f64.sqrt().atan();
        let rotation = |series, beta, scale: fn(usize) -> f64| {
            Rotation::new(layout, lanes, series, beta, scale)
        };
        let halves = |n: usize| 0.5f64.powi(n as i32);
        let distance = 0.1875f64.sqrt();
        let mut along = vec![0.0, 0.0, 0.0, 1.0];
        for j in 1..layout.order + 3 {
            along.push(along[j + 2] * distance / j as f64);
        }
        Self {
            layout,
            turn: std::array::from_fn(|octant| {
                let [x, y] = [octant & 1, octant >> 1 & 1].map(|bit| 2.0 * bit as f64 - 1.0);
                let azimuth = y.atan2(x);
                let power = |m: usize| {
                    let (s, c) = (m as f64 * azimuth).sin_cos();
                    [c, s]
                };
                Turn::new(layout, octant < 4, power)
            }),
            up: [
                rotation(Series::Multipole, theta, halves),
                rotation(Series::Multipole, -theta, |_| 1.0),
            ],
            down: [
                rotation(Series::LocalBack, -theta, |_| 1.0),
                rotation(Series::LocalBack, theta, |n| 0.5f64.powi(n as i32 + 1)),
            ],
            along,
        }
    }

    #[inline(always)]
    pub(super) fn m2m<I: Isa>(&self, isa: I, octant: usize, child: &[f64], parent: &mut [f64]) {
        let (layout, len) = (self.layout, self.layout.rows_len());
        let mut scratch = Scratch::<f64>::take(2 * len);
        let (a, b) = scratch.split_at_mut(len);
        self.turn[octant].unpack::<I, false>(isa, layout, child, a);
        self.up[0].apply::<I, 1>(isa, layout, a, b);
        self.along::<I, false>(isa, b, a);
        self.up[1].apply::<I, 1>(isa, layout, a, b);
        self.turn[octant].pack::<I, true>(isa, layout, b, parent);
    }

    #[inline(always)]
    pub(super) fn l2l<I: Isa>(&self, isa: I, octant: usize, parent: &[f64], child: &mut [f64]) {
        let (layout, len) = (self.layout, self.layout.rows_len());
        let mut scratch = Scratch::<f64>::take(2 * len);
        let (a, b) = scratch.split_at_mut(len);
        self.turn[octant].unpack::<I, true>(isa, layout, parent, a);
        self.down[0].apply::<I, 1>(isa, layout, a, b);
        self.along::<I, true>(isa, b, a);
        self.down[1].apply::<I, 1>(isa, layout, a, b);
        self.turn[octant].pack::<I, false>(isa, layout, b, child);
    }

    /// The sums above, without their powers of 2: four degrees at a time.
    #[inline(always)]
    fn along<I: Isa, const DOWN: bool>(&self, isa: I, from: &[f64], to: &mut [f64]) {
        let Layout { order, stride, .. } = self.layout;
        let (re, im) = self.layout.parts(from);
        let (to_re, to_im) = self.layout.parts_mut(to);
        for m in (0..order).step_by(I::F64::LANES) {
            for n in (m..order).step_by(4) {
                let mut sums = [[I::F64::splat(isa, 0.0); 4]; 2];
                // Degrees that act on n … n + 3, and the factors of the first.
                let (rows, mut factor) = if DOWN {
                    (n..order, 0)
                } else {
                    (m..(n + 4).min(order), n - m + 3)
                };
                for k in rows {
                    let at = k * stride + m;
                    let (re, im) = (I::F64::load(isa, &re[at..]), I::F64::load(isa, &im[at..]));
                    let factors = &self.along[factor..][..4];
                    for i in 0..4 {
                        let factor = I::F64::splat(isa, factors[if DOWN { 3 - i } else { i }]);
                        sums[0][i] = re.mul_add(factor, sums[0][i]);
                        sums[1][i] = im.mul_add(factor, sums[1][i]);
                    }
                    factor = if DOWN {
                        factor + 1
                    } else {
                        factor.wrapping_sub(1)
                    };
                }
                for i in 0..4.min(order - n) {
                    let at = (n + i) * stride + m;
                    sums[0][i].store(&mut to_re[at..]);
                    sums[1][i].store(&mut to_im[at..]);
                }
            }
        }
    }
}
