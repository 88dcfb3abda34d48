//! Operators as bytes.
//!
//! ```text
//! 8 bytes    magic "FFOPERAT"
//! u32        version of the format, little-endian
//! 32 bytes   BLAKE3 of the rest
//! rest       identity, then operators and shift by bincode; numbers little-endian, f64 by their bits
//! ```
//!
//! What is not exactly that is not used. The checksum is looked at first, so nothing is decoded that this module did not write.

use super::cache::{Key, Made};
use super::kappa::Kappa;
use super::operators::{Operators, Serves};
use super::tensor::TensorNodes;
use crate::kernel::{Kernel, Riesz};
use std::sync::OnceLock;

const MAGIC: &[u8; 8] = b"FFOPERAT";
/// Of the format, and of all that makes operators: raise it where a change shows in none of the [`sample`]'s.
const VERSION: u32 = 1;
const PREAMBLE: usize = 12 + blake3::OUT_LEN;

type Hash = [u8; blake3::OUT_LEN];

/// Operators of a small problem, made here and now. Their bits show what those of others depend on beside their key: the instructions
/// of products of matrices on this processor, among them fused multiply-adds, the system's powers, and the code.
fn sample() -> Hash {
    static SAMPLE: OnceLock<Hash> = OnceLock::new();
    // Not made while others wait: a thread that waits for its own tasks may take one that comes here.
    let make = || {
        let pair = Kernel::<2>::pair(&Riesz { s: 0.7 }, 1.0).power();
        let made = pair.map(|radial| {
            let kappa = Kappa::<2>::of_cubes(&radial);
            let nodes = TensorNodes::new([8; 2]);
            Operators::new(&kappa, &nodes, 1e-4, None, Serves::default())
        });
        let bytes = bincode::encode_to_vec(made, encoding());
        blake3::hash(&bytes.unwrap_or_default()).into()
    };
    SAMPLE.get().copied().unwrap_or_else(|| {
        let made = make();
        *SAMPLE.get_or_init(|| made)
    })
}

fn encoding() -> impl bincode::config::Config {
    bincode::config::standard()
        .with_fixed_int_encoding()
        .with_limit::<{ 1 << 30 }>()
}

/// All that the bits of operators depend on.
pub(super) struct Identity(Vec<u8>);

impl Identity {
    pub(super) fn new((dimension, kernel, nodes, error): &Key) -> Self {
        let counts = [dimension]
            .into_iter()
            .chain(nodes)
            .chain([&kernel.len()])
            .map(|&n| n as u64)
            .collect::<Vec<_>>();
        let numbers = counts.iter().chain([error]).chain(kernel);
        let numbers: Vec<u8> = numbers.flat_map(|number| number.to_le_bytes()).collect();
        let [version, architecture] = [env!("CARGO_PKG_VERSION"), std::env::consts::ARCH];
        let strings = format!("{version}\n{architecture}\n");
        Self([strings.as_bytes(), &sample(), &numbers].concat())
    }

    /// The name of its file.
    pub(super) fn name(&self) -> String {
        format!("{}.operators", blake3::hash(&self.0))
    }
}

/// The file. An error says why there is none.
pub(super) fn encode(identity: &Identity, made: &Made) -> Result<Vec<u8>, String> {
    let made = bincode::encode_to_vec(made, encoding()).map_err(|error| error.to_string())?;
    let rest = [&identity.0[..], &made].concat();
    let version = VERSION.to_le_bytes();
    Ok([MAGIC, &version[..], blake3::hash(&rest).as_bytes(), &rest].concat())
}

/// `None` unless the file is whole and of this identity.
pub(super) fn decode(file: &[u8], identity: &Identity) -> Option<Made> {
    let (preamble, rest) = file.split_at_checked(PREAMBLE)?;
    let start = [MAGIC, &VERSION.to_le_bytes()[..]].concat();
    let hash = preamble.strip_prefix(&start[..])?;
    if hash != blake3::hash(rest).as_bytes() {
        return None;
    }
    let made = rest.strip_prefix(&identity.0[..])?;
    let (decoded, length) = bincode::decode_from_slice(made, encoding()).ok()?;
    (length == made.len()).then_some(decoded)
}
