//! Exact statements that the run is held against.

/// One exact law, expected and measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Law {
    /// Short name: `centre x`, `second moment`, `angular impulse`, `circulation`, `hamiltonian`, …
    pub name: &'static str,
    /// What the law says.
    pub expected: f64,
    /// What the run gave.
    pub measured: f64,
    /// With noise: standard deviation of `measured` around `expected`, from the quadratic variation along the run.
    /// Without: what the tolerance and the scheme's local errors can have changed at most.
    pub standard_error: f64,
    /// (measured − expected)/standard_error; 0 where both vanish.
    pub z: f64,
}
