//! Replicas of a run: the same configuration with seeds of their own.

use super::Config;

impl Config {
    /// The configuration of a replica; number 0 is the run itself, and others have seeds that are mixed from its seed and their number.
    /// Source of the mixing: Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
    pub fn replica(&self, number: u64) -> Self {
        let mut replica = self.clone();
        if number > 0 {
            let mixed =
                mix(mix(self.seed).wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
            replica.seed = mixed >> 1;
        }
        replica
    }
}

/// A bijection of 64 bits.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
