//! The units of what a pair sums.

/// Of the sums of a pair, where lengths were multiplied by a power of two.
#[derive(Clone, Copy, Debug)]
pub struct Units {
    scale: f64,
    /// γ is a length to the power −`power`, but for a fraction, and z φ has one more; 0 for a logarithm, whose unit the pair knows.
    power: usize,
    /// scale^{½ fraction}: in two steps a sum leaves the range of the numbers only where the result does, or nearly so.
    root: f64,
    /// What makes the γ of tables the kernel's.
    sign: f64,
}

impl Units {
    /// Of a γ that is a length to the power −`power` − `fraction`.
    pub(crate) fn new(scale: f64, power: usize, fraction: f64) -> Self {
        let root = match fraction {
            0.0 => 1.0,
            fraction => scale.powf(0.5 * fraction),
        };
        Self {
            scale,
            power,
            root,
            sign: 1.0,
        }
    }

    /// Of tables, which have γ in the user's unit, or −γ.
    pub(crate) fn of_tables(scale: f64, sign: f64) -> Self {
        Self {
            sign,
            ..Self::new(scale, 0, 0.0)
        }
    }

    /// Σ w γ in the user's unit, for strengths divided by `unit`.
    #[inline(always)]
    pub(crate) fn potential(self, t: f64, unit: f64) -> f64 {
        self.to_user(self.sign * t, unit, 0)
    }

    /// Σ w z φ likewise, or its `order`-th derivative.
    #[inline(always)]
    pub(crate) fn field(self, s: f64, unit: f64, order: usize) -> f64 {
        self.to_user(s, unit, 1 + order)
    }

    #[inline(always)]
    fn to_user(self, sum: f64, unit: f64, more: usize) -> f64 {
        let sum = sum * unit * self.root * self.root;
        (0..self.power + more).fold(sum, |sum, _| sum * self.scale)
    }
}
