//! Where the particles start, and their circulations.

/// Arrays that the configuration takes from files; the caller reads them.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Positions (N, 2), for `initial.kind = "file"`.
    pub positions: Option<Vec<[f64; 2]>>,
    /// Circulations (N,), for `model.circulations = { file = … }`.
    pub circulations: Option<Vec<f64>>,
}
