//! Which instruction sets there are, which the machine has, and calling a job with one of them.

#[cfg(target_arch = "aarch64")]
use crate::neon::Neon;
#[cfg(target_arch = "x86_64")]
use crate::x86::{Avx2, Avx512};
use crate::{Isa, Job, Scalar};
use std::fmt;
use std::str::FromStr;

/// The instruction sets that vectors are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InstructionSet {
    /// x86-64 AVX-512 (F, DQ, VL, BW): 8 × f64.
    Avx512,
    /// x86-64 AVX2 with FMA: 4 × f64.
    Avx2,
    /// 64-bit Arm NEON: 2 × f64.
    Neon,
    /// One number at a time, on every machine.
    Scalar,
}

impl InstructionSet {
    /// All of them, the fastest first.
    pub const ALL: [InstructionSet; 4] = [Self::Avx512, Self::Avx2, Self::Neon, Self::Scalar];

    /// Lower-case name as used on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Neon => "neon",
            Self::Scalar => "scalar",
        }
    }
}

impl fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name is none of `avx512`, `avx2`, `neon`, `scalar`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownInstructionSet(pub String);

impl fmt::Display for UnknownInstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "instruction set '{}' is unknown (allowed: avx512, avx2, neon, scalar)",
            self.0
        )
    }
}

impl std::error::Error for UnknownInstructionSet {}

impl FromStr for InstructionSet {
    type Err = UnknownInstructionSet;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|set| set.name() == name)
            .ok_or_else(|| UnknownInstructionSet(name.into()))
    }
}

/// An instruction set that this machine was seen to have.
#[derive(Clone, Copy, Debug)]
pub struct Chosen(Token);

#[derive(Clone, Copy, Debug)]
enum Token {
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
    Scalar(Scalar),
}

impl Chosen {
    /// The fastest set of this machine.
    pub fn detect() -> Self {
        InstructionSet::ALL
            .into_iter()
            .find_map(Self::get)
            .expect("the scalar set is always there")
    }

    /// The given set, if this machine has it.
    pub fn get(set: InstructionSet) -> Option<Self> {
        match set {
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => Avx512::detect().map(Token::Avx512),
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => Avx2::detect().map(Token::Avx2),
            #[cfg(target_arch = "aarch64")]
            InstructionSet::Neon => Neon::detect().map(Token::Neon),
            InstructionSet::Scalar => Some(Token::Scalar(Scalar::default())),
            _ => None,
        }
        .map(Self)
    }

    /// Every set that this machine has, the fastest first.
    pub fn all() -> impl Iterator<Item = Self> {
        InstructionSet::ALL.into_iter().filter_map(Self::get)
    }

    /// Which one it is.
    pub fn set(self) -> InstructionSet {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Token::Avx512(_) => Avx512::SET,
            #[cfg(target_arch = "x86_64")]
            Token::Avx2(_) => Avx2::SET,
            #[cfg(target_arch = "aarch64")]
            Token::Neon(_) => Neon::SET,
            Token::Scalar(_) => Scalar::SET,
        }
    }

    /// Numbers in its vector of `f64`.
    pub fn lanes(self) -> usize {
        struct Count;
        impl Job for Count {
            type Output = usize;
            #[inline(always)]
            fn run<I: Isa>(self, _: I) -> usize {
                <I::F64 as crate::Lanes>::LANES
            }
        }
        self.run(Count)
    }

    /// Runs a job, compiled for this set.
    #[inline]
    pub fn run<J: Job>(self, job: J) -> J::Output {
        match self.0 {
            // SAFETY: the token was made after the machine was seen to have these features.
            #[cfg(target_arch = "x86_64")]
            Token::Avx512(isa) => unsafe { isa.run(job) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Token::Avx2(isa) => unsafe { isa.run(job) },
            // No function of its own: every 64-bit Arm target is compiled with NEON.
            #[cfg(target_arch = "aarch64")]
            Token::Neon(isa) => job.run(isa),
            Token::Scalar(isa) => isa.run(job),
        }
    }
}
