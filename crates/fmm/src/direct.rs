//! The exact sum, O(N²): the oracle that everything else is held against.

use crate::kernel::Kernel;
use crate::points::{check_positions, check_strengths};
use crate::{Outputs, Result, Sums};
use lanes::{InstructionSet, Real};

/// Field Σ_{j: y_j ≠ x_i} w_j K(x_i − y_j) at every target, in the order of `targets`.
pub fn field<T: Real, K: Kernel<2>>(
    targets: &[[T; 2]],
    sources: &[[T; 2]],
    strengths: &[T],
    kernel: K,
) -> Result<Vec<[T; 2]>> {
    let mut sums = evaluate(targets, sources, &[strengths], kernel, Outputs::FIELD, None)?;
    Ok(sums.remove(0).field)
}

/// Potential Σ_{j: y_j ≠ x_i} w_j g(x_i − y_j) at every target, in the order of `targets`.
pub fn potential<T: Real, K: Kernel<2>>(
    targets: &[[T; 2]],
    sources: &[[T; 2]],
    strengths: &[T],
    kernel: K,
) -> Result<Vec<T>> {
    let mut sums = evaluate(
        targets,
        sources,
        &[strengths],
        kernel,
        Outputs::POTENTIAL,
        None,
    )?;
    Ok(sums.remove(0).potential)
}

/// The chosen sums for each strength vector, with the fastest or the given instruction set, in the caller's rayon pool.
pub fn evaluate<T: Real, K: Kernel<2>>(
    targets: &[[T; 2]],
    sources: &[[T; 2]],
    strengths: &[&[T]],
    kernel: K,
    outputs: Outputs,
    instruction_set: Option<InstructionSet>,
) -> Result<Vec<Sums<T, 2>>> {
    kernel.check()?;
    crate::options::choose(instruction_set)?;
    check_positions("targets", targets)?;
    check_positions("sources", sources)?;
    check_strengths(strengths, sources.len())?;
    let one = |w: &&[T]| {
        let mut out = Sums {
            field: vec![],
            potential: vec![],
        };
        for x in targets {
            let (mut s, mut t) = ([0.0; 2], 0.0);
            for (y, &w) in sources.iter().zip(*w) {
                let z = [x[0].to_f64() - y[0].to_f64(), x[1].to_f64() - y[1].to_f64()];
                let r2 = z[0] * z[0] + z[1] * z[1];
                if r2 != 0.0 {
                    let w = w.to_f64();
                    s = [s[0] + w * z[0] / r2, s[1] + w * z[1] / r2];
                    t += w * 0.5 * r2.ln();
                }
            }
            if outputs.field {
                out.field.push(kernel.field(s.map(T::from_f64)));
            }
            if outputs.potential {
                out.potential.push(kernel.potential(T::from_f64(t)));
            }
        }
        out
    };
    Ok(strengths.iter().map(one).collect())
}
