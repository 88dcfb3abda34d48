//! The method compiled once for each pair and precision, so that programs which use this crate need not compile it again.

use super::leaves::{all_leaves, by_outputs};
use super::tile::RadialSum;
use super::units::Units;
use super::wanted::GRADIENT;
use super::{Buffers, Context, evaluate};
use crate::direct::AllPairs;
use crate::expansion::harmonic2::Harmonic2;
use crate::expansion::harmonic3::Harmonic3;
use crate::expansion::interpolation::Interpolation;
use crate::expansion::{Asked, Expansion, Family, HarmonicOr};
use crate::kernel::{
    AlgebraicPair2d, AlgebraicPair3d, InterpolatedPair, Pair, RadialPair2d, RadialPair3d,
    RadialTables, RieszPair, WholeRieszPair,
};
use crate::torus::split::FarPower;
use crate::{Outputs, PassSeconds, Result};
use lanes::accuracy::{COARSE, FULL, MIDDLE, SINGLE};
use std::fmt::Debug;

/// The near-field pairs for which the sums in `D` dimensions are compiled; one family expands their far fields.
#[allow(private_bounds, private_interfaces)]
pub trait RadialPair<const D: usize>: Clone + Debug + Send + Sync + 'static {
    /// Expansions of the far fields.
    type Family: Family<D>;

    /// Of its sums, where lengths were multiplied by `scale`.
    fn units(&self, scale: f64) -> Units;

    /// The pair of a kernel with a core, from its tables.
    fn tabulated(tables: RadialTables) -> Self;

    /// The power that is the far field, but for a core, and the sign of its γ here; where there is one.
    fn far_power(&self) -> Option<FarPower> {
        None
    }

    /// How many times as long as the singular pair this one takes.
    fn cost(&self) -> f64 {
        1.0
    }

    /// Expansions that give what is asked for, and the accuracy of a near pair that goes with them, see [`lanes::accuracy`].
    /// Errors: a guarantee that they cannot give.
    fn family(&self, asked: &Asked<D>) -> Result<(Self::Family, usize)>;

    /// The fast method for this pair in f64.
    fn in_double(
        self,
        context: &Context<f64, Self::Family, D>,
        strengths: &[&[f64]],
        outputs: Outputs,
        buffers: &mut [Buffers<f64>],
    ) -> PassSeconds;

    /// The fast method for this pair in f32.
    fn in_single(
        self,
        context: &Context<f32, Self::Family, D>,
        strengths: &[&[f32]],
        outputs: Outputs,
        buffers: &mut [Buffers<f32>],
    ) -> PassSeconds;

    /// The direct sum for this pair.
    fn all_pairs(self, all: &AllPairs<D>) -> Vec<RadialSum<f64, D>>;
}

/// Pairs whose far field is harmonic, and taken as such unless it comes from tables or cells are stretched.
macro_rules! harmonic_pair {
    ($pair:ident in $D:literal by $family:ident, power $power:literal, tables of $sign:literal gamma or $algebraic:ident, $M:literal at once: $($variant:ident),*) => {
        #[allow(private_interfaces)]
        impl RadialPair<$D> for $pair {
            type Family = HarmonicOr<$family, $D>;

            fn units(&self, scale: f64) -> Units {
                match self {
                    Self::Tabulated(_) => Units::of_tables(scale, $sign),
                    _ => Units::new(scale, $power, 0.0),
                }
            }

            fn tabulated(tables: RadialTables) -> Self {
                Self::Tabulated(tables)
            }

            fn far_power(&self) -> Option<FarPower> {
                let sign = if let Self::Tabulated(_) = self { 1.0 } else { $sign };
                Some(FarPower::new($power as f64, sign))
            }

            fn cost(&self) -> f64 {
                match self {
                    Self::Tabulated(tables) if tables.core().is_none() => TABULATED,
                    _ => 1.0,
                }
            }

            fn family(&self, asked: &Asked<$D>) -> Result<(Self::Family, usize)> {
                if let Self::Tabulated(tables) = self {
                    let (family, accuracy) = Interpolation::by_level(tables, asked)?;
                    return Ok((HarmonicOr::Interpolated(Box::new(family)), accuracy));
                }
                if !asked.stretch.is_none() {
                    let power = RieszPair::new($power as f64, 1.0);
                    let (family, accuracy) = Interpolation::within(power, true, asked)?;
                    return Ok((HarmonicOr::Interpolated(Box::new(family.signed($sign))), accuracy));
                }
                let (family, accuracy) = $family::within(asked);
                Ok((HarmonicOr::Harmonic(family), accuracy))
            }

            fn in_double(
                self,
                context: &Context<f64, Self::Family, $D>,
                strengths: &[&[f64]],
                outputs: Outputs,
                buffers: &mut [Buffers<f64>],
            ) -> PassSeconds {
                match (self, context.expansion) {
                    $((Self::$variant(pair), HarmonicOr::Harmonic(family)) => {
                        evaluate::<_, _, _, $D, $M>(&context.with(family), pair, strengths, outputs, buffers)
                    })*
                    $((Self::$variant(pair), HarmonicOr::Interpolated(family)) => {
                        evaluate::<_, _, _, $D, $M>(&context.with(&**family), pair, strengths, outputs, buffers)
                    })*
                    (Self::Tabulated(of), HarmonicOr::Interpolated(family)) => match of.core() {
                        Some(core) => {
                            let pair = $algebraic::as_of_tables(core);
                            evaluate::<_, _, _, $D, $M>(&context.with(&**family), pair, strengths, outputs, buffers)
                        }
                        None => evaluate::<_, _, _, $D, 1>(&context.with(&**family), of.pair(), strengths, outputs, buffers),
                    },
                    _ => unreachable!("a pair's far field is in its family"),
                }
            }

            fn in_single(
                self,
                context: &Context<f32, Self::Family, $D>,
                strengths: &[&[f32]],
                outputs: Outputs,
                buffers: &mut [Buffers<f32>],
            ) -> PassSeconds {
                match (self, context.expansion) {
                    $((Self::$variant(pair), HarmonicOr::Harmonic(family)) => {
                        evaluate::<_, _, _, $D, $M>(&context.with(family), pair, strengths, outputs, buffers)
                    })*
                    _ => unreachable!("tables and a torus are in f64 alone"),
                }
            }

            fn all_pairs(self, all: &AllPairs<$D>) -> Vec<RadialSum<f64, $D>> {
                match self {
                    $(Self::$variant(pair) => all.sums(pair),)*
                    Self::Tabulated(of) => match of.core() {
                        Some(core) => all.sums($algebraic::as_of_tables(core)),
                        None => all.sums(of.pair()),
                    },
                }
            }
        }
    };
}

harmonic_pair!(RadialPair2d in 2 by Harmonic2, power 0, tables of -1.0 gamma or AlgebraicPair2d, 4 at once: Singular, Gaussian);
// The components of a vector.
harmonic_pair!(RadialPair3d in 3 by Harmonic3, power 1, tables of 1.0 gamma or AlgebraicPair3d, 3 at once: Singular, Gaussian, Algebraic);

/// Eight numbers of a table, beside one reciprocal.
const TABULATED: f64 = 4.0;

/// Pairs whose far field is interpolated.
macro_rules! interpolated_pair {
    ($D:literal: $($variant:ident),*) => {
        #[allow(private_interfaces)]
        impl RadialPair<$D> for InterpolatedPair {
            type Family = Interpolation<$D>;

            fn units(&self, scale: f64) -> Units {
                self.units_of_sums(scale)
            }

            fn tabulated(tables: RadialTables) -> Self {
                Self::Tabulated(tables)
            }

            fn far_power(&self) -> Option<FarPower> {
                let s = self.power()?.power();
                Some(FarPower::new(s, 1.0))
            }

            fn cost(&self) -> f64 {
                match self {
                    // A logarithm and an exponential.
                    Self::Riesz(_) => 3.3,
                    Self::Tabulated(_) => TABULATED,
                    _ => 1.2,
                }
            }

            fn family(&self, asked: &Asked<$D>) -> Result<(Interpolation<$D>, usize)> {
                let exactly = !matches!(self, Self::Riesz(_));
                match self {
                    Self::Tabulated(tables) => Interpolation::by_level(tables, asked),
                    Self::Riesz(power)
                    | Self::Logarithm(WholeRieszPair(power))
                    | Self::Inverse(WholeRieszPair(power))
                    | Self::InverseSquare(WholeRieszPair(power)) => {
                        Interpolation::within(*power, exactly, asked)
                    }
                }
            }

            fn in_double(
                self,
                context: &Context<f64, Self::Family, $D>,
                strengths: &[&[f64]],
                outputs: Outputs,
                buffers: &mut [Buffers<f64>],
            ) -> PassSeconds {
                match self {
                    $(Self::$variant(pair) => evaluate::<_, _, _, $D, 1>(context, pair, strengths, outputs, buffers),)*
                    Self::Tabulated(of) => evaluate::<_, _, _, $D, 1>(context, of.pair(), strengths, outputs, buffers),
                }
            }

            fn in_single(
                self,
                context: &Context<f32, Self::Family, $D>,
                strengths: &[&[f32]],
                outputs: Outputs,
                buffers: &mut [Buffers<f32>],
            ) -> PassSeconds {
                match self {
                    $(Self::$variant(pair) => evaluate::<_, _, _, $D, 1>(context, pair, strengths, outputs, buffers),)*
                    Self::Tabulated(_) => unreachable!("tables are in f64 alone"),
                }
            }

            fn all_pairs(self, all: &AllPairs<$D>) -> Vec<RadialSum<f64, $D>> {
                match self {
                    $(Self::$variant(pair) => all.sums(pair),)*
                    Self::Tabulated(of) => all.sums(of.pair()),
                }
            }
        }
    };
}
interpolated_pair!(2: Riesz, Logarithm, Inverse, InverseSquare);
interpolated_pair!(3: Riesz, Logarithm, Inverse, InverseSquare);

/// A precision for which the method is compiled.
#[allow(private_bounds, private_interfaces)]
pub trait Compiled: lanes::Real {
    /// The fast method in this precision.
    fn evaluate<P: RadialPair<D>, const D: usize>(
        context: &Context<Self, P::Family, D>,
        pair: P,
        strengths: &[&[Self]],
        outputs: Outputs,
        buffers: &mut [Buffers<Self>],
    ) -> PassSeconds;

    /// The leaves with the accuracy of a pair that the context asks for, among those that this precision has.
    fn leaves<P: Pair, E: Expansion<D>, const D: usize>(
        context: &Context<Self, E, D>,
        pair: P,
        outputs: Outputs,
        buffers: &[Buffers<Self>; 1],
    );

    /// The same for `M` strength vectors at once, where that is compiled.
    fn leaves_together<P: Pair, E: Expansion<D>, const D: usize, const M: usize>(
        context: &Context<Self, E, D>,
        pair: P,
        outputs: Outputs,
        buffers: &[Buffers<Self>; M],
    );
}

/// The accuracy that serves the one that is asked for.
fn served<P: Pair>(accuracy: usize) -> usize {
    match accuracy {
        _ if P::IN_ONE_VERSION => FULL,
        SINGLE if P::CUBED => MIDDLE,
        COARSE if !P::IN_F32 && P::IN_FEW_VERSIONS => SINGLE,
        MIDDLE if P::IN_FEW_VERSIONS => FULL,
        _ => accuracy,
    }
}

const fn is_compiled<P: Pair>(accuracy: usize) -> bool {
    match accuracy {
        SINGLE => !P::IN_ONE_VERSION && !P::CUBED,
        COARSE if P::IN_F32 => true,
        _ => !P::IN_FEW_VERSIONS,
    }
}

/// Whether several strength vectors go together: where they do not, they go one by one.
const fn fields_together<T: lanes::Real, P: Pair>() -> bool {
    size_of::<T>() == size_of::<f64>() || !P::IN_FEW_VERSIONS
}

/// For gradients: the components of vectors in space.
const fn gradients_together<T: lanes::Real, const D: usize>() -> bool {
    size_of::<T>() == size_of::<f64>() && D == 3
}

macro_rules! compiled {
    ($number:ty, $in_it:ident: $($accuracy:ident),*; $($together:ident),*; $best:ident) => {
        #[allow(private_bounds, private_interfaces)]
        impl Compiled for $number {
            fn evaluate<P: RadialPair<D>, const D: usize>(
                context: &Context<Self, P::Family, D>,
                pair: P,
                strengths: &[&[Self]],
                outputs: Outputs,
                buffers: &mut [Buffers<Self>],
            ) -> PassSeconds {
                pair.$in_it(context, strengths, outputs, buffers)
            }

            fn leaves<P: Pair, E: Expansion<D>, const D: usize>(
                context: &Context<Self, E, D>,
                pair: P,
                outputs: Outputs,
                buffers: &[Buffers<Self>; 1],
            ) {
                match served::<P>(context.accuracy) {
                    _ if outputs.gradient => {
                        all_leaves::<Self, P, E, $best, GRADIENT, D, 1>(context, pair, buffers)
                    }
                    $($accuracy if const { is_compiled::<P>($accuracy) } => by_outputs::<Self, P, E, $accuracy, D, 1>(context, pair, outputs, buffers),)*
                    _ => by_outputs::<Self, P, E, $best, D, 1>(context, pair, outputs, buffers),
                }
            }

            fn leaves_together<P: Pair, E: Expansion<D>, const D: usize, const M: usize>(
                context: &Context<Self, E, D>,
                pair: P,
                outputs: Outputs,
                buffers: &[Buffers<Self>; M],
            ) {
                if outputs.gradient {
                    if const { gradients_together::<Self, D>() } {
                        return all_leaves::<Self, P, E, $best, GRADIENT, D, M>(context, pair, buffers);
                    }
                } else if const { fields_together::<Self, P>() } {
                    return match context.accuracy {
                        $($together if const { is_compiled::<P>($together) } => by_outputs::<Self, P, E, $together, D, M>(context, pair, outputs, buffers),)*
                        _ => by_outputs::<Self, P, E, $best, D, M>(context, pair, outputs, buffers),
                    };
                }
                for one in buffers.as_chunks::<1>().0 {
                    Self::leaves(context, pair, outputs, one);
                }
            }
        }
    };
}
// One reciprocal serves several vectors: a better one than asked for costs little.
compiled!(f64, in_double: COARSE, SINGLE, MIDDLE; COARSE; FULL);
// Tolerances that f32 can hold need no more.
compiled!(f32, in_single: ; ; COARSE);
