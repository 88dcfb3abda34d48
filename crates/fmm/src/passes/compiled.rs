//! The method compiled once for each pair and precision, so that programs which use this crate need not compile it again.

use super::leaves::by_outputs;
use super::p2p::RadialSum;
use super::{Buffers, Context, evaluate};
use crate::direct::AllPairs;
use crate::expansion::harmonic2::Harmonic2;
use crate::expansion::{Expansion, Family};
use crate::kernel::{Pair, RadialPair2d};
use crate::{Outputs, PassSeconds};
use lanes::accuracy::{COARSE, FULL, MIDDLE, SINGLE};
use std::fmt::Debug;

/// The near-field pairs for which the sums in `D` dimensions are compiled; one family expands their far fields.
#[allow(private_bounds, private_interfaces)]
pub trait RadialPair<const D: usize>: Copy + Debug + Send + Sync + 'static {
    /// Expansions of the far fields.
    type Family: Family<D>;

    /// The fast method for this pair.
    fn evaluate<T: Compiled>(
        self,
        context: &Context<T, Self::Family, D>,
        strengths: &[&[T]],
        outputs: Outputs,
        buffers: &mut [Buffers<T, D>],
    ) -> PassSeconds;

    /// The direct sum for this pair.
    fn all_pairs(self, all: &AllPairs<D>) -> Vec<RadialSum<f64, D>>;
}

#[allow(private_interfaces)]
impl RadialPair<2> for RadialPair2d {
    type Family = Harmonic2;

    fn evaluate<T: Compiled>(
        self,
        context: &Context<T, Harmonic2, 2>,
        strengths: &[&[T]],
        outputs: Outputs,
        buffers: &mut [Buffers<T, 2>],
    ) -> PassSeconds {
        T::evaluate_planar(context, self, strengths, outputs, buffers)
    }

    fn all_pairs(self, all: &AllPairs<2>) -> Vec<RadialSum<f64, 2>> {
        match self {
            Self::Singular(pair) => all.sums(pair),
            Self::Gaussian(pair) => all.sums(pair),
        }
    }
}

/// A precision for which the method is compiled.
#[allow(private_bounds, private_interfaces)]
pub trait Compiled: lanes::Real {
    /// [`evaluate`] for this precision, whatever the planar pair.
    fn evaluate_planar(
        context: &Context<Self, Harmonic2, 2>,
        pair: RadialPair2d,
        strengths: &[&[Self]],
        outputs: Outputs,
        buffers: &mut [Buffers<Self, 2>],
    ) -> PassSeconds;

    /// The leaves with the accuracy of a pair that the context asks for, among those that this precision has.
    fn leaves<P: Pair, E: Expansion<D>, const D: usize>(
        context: &Context<Self, E, D>,
        pair: P,
        outputs: Outputs,
        buffers: &mut [Buffers<Self, D>; 1],
    );
}

macro_rules! compiled {
    ($number:ty: $($accuracy:ident),*; $best:ident) => {
        #[allow(private_bounds, private_interfaces)]
        impl Compiled for $number {
            fn evaluate_planar(
                context: &Context<Self, Harmonic2, 2>,
                pair: RadialPair2d,
                strengths: &[&[Self]],
                outputs: Outputs,
                buffers: &mut [Buffers<Self, 2>],
            ) -> PassSeconds {
                match pair {
                    RadialPair2d::Singular(pair) => evaluate(context, pair, strengths, outputs, buffers),
                    RadialPair2d::Gaussian(pair) => evaluate(context, pair, strengths, outputs, buffers),
                }
            }

            fn leaves<P: Pair, E: Expansion<D>, const D: usize>(
                context: &Context<Self, E, D>,
                pair: P,
                outputs: Outputs,
                buffers: &mut [Buffers<Self, D>; 1],
            ) {
                match context.accuracy {
                    $($accuracy => by_outputs::<Self, P, E, $accuracy, D, 1>(context, pair, outputs, buffers),)*
                    _ => by_outputs::<Self, P, E, $best, D, 1>(context, pair, outputs, buffers),
                }
            }
        }
    };
}
compiled!(f64: COARSE, SINGLE, MIDDLE; FULL);
// Tolerances that f32 can hold need no more.
compiled!(f32: ; COARSE);
