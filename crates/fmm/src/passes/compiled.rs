//! The method compiled once for each precision, so that programs which use this crate need not compile it again.

use super::leaves::by_outputs;
use super::{Buffers, Context, evaluate};
use crate::expansion::Expansion;
use crate::expansion::harmonic2::Harmonic2;
use crate::kernel::{Pair, RadialPair};
use crate::{Outputs, PassSeconds};
use lanes::accuracy::{FULL, MIDDLE, SINGLE};

/// A precision for which the method is compiled.
#[allow(private_bounds, private_interfaces)]
pub trait Compiled: lanes::Real {
    /// [`evaluate`] for this precision, whatever the pair.
    fn evaluate_planar(
        context: &Context<Self, Harmonic2, 2>,
        pair: RadialPair,
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
                pair: RadialPair,
                strengths: &[&[Self]],
                outputs: Outputs,
                buffers: &mut [Buffers<Self, 2>],
            ) -> PassSeconds {
                match pair {
                    RadialPair::Singular2d(pair) => evaluate(context, pair, strengths, outputs, buffers),
                    RadialPair::Gaussian2d(pair) => evaluate(context, pair, strengths, outputs, buffers),
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
compiled!(f64: SINGLE, MIDDLE; FULL);
// One step already gives all that f32 has.
compiled!(f32: ; SINGLE);
