//! Vorticity to colours.

use colorous::{Color, Gradient};

/// A gradient as a table: sequential on black for one sign, diverging around white for both.
pub(super) struct Colours {
    table: Vec<[u8; 3]>,
    signed: bool,
}

/// Odd, so that 0 has the middle one.
const ENTRIES: usize = 1025;
/// Below 1/10 of the scale colours change in proportion to the vorticity, above with its logarithm.
const STRETCH: f64 = 10.0;
const ONE_SIGN: Gradient = colorous::INFERNO;
const BOTH_SIGNS: Gradient = colorous::RED_BLUE;

impl Colours {
    pub(super) fn new(signed: bool) -> Self {
        let gradient = if signed { BOTH_SIGNS } else { ONE_SIGN };
        let entry = |i| {
            let Color { r, g, b } = gradient.eval_rational(i, ENTRIES);
            [r, g, b]
        };
        Self {
            table: (0..ENTRIES).map(entry).collect(),
            signed,
        }
    }

    /// The colour of a vorticity in units of the scale; beyond ±1 the last one. For one sign, the sign does not matter.
    pub(super) fn of(&self, omega: f64) -> [u8; 3] {
        // Shows arms and tails that a straight scale would hide, and like it has no edge at 0.
        let strength = (STRETCH * omega.abs()).asinh() / STRETCH.asinh();
        let part = match self.signed {
            // Positive is red, the low end of the gradient.
            true => 0.5 - 0.5 * strength.copysign(omega),
            false => strength,
        };
        let index = (part.clamp(0.0, 1.0) * (ENTRIES - 1) as f64).round();
        self.table[index as usize]
    }

    /// All colours, from one end of the gradient to the other.
    pub(super) fn table(&self) -> &[[u8; 3]] {
        &self.table
    }

    /// For what is written over the picture.
    pub(super) fn ink(&self) -> [u8; 3] {
        if self.signed { [90; 3] } else { [170; 3] }
    }
}
