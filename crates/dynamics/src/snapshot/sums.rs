//! [`Observables`] as bytes: bincode cannot derive that for a type whose dimension has a default.

use crate::Observables;
use crate::vortex_particles::VortexMoments;
use bincode::de::{BorrowDecode, BorrowDecoder, Decode, Decoder};
use bincode::enc::{Encode, Encoder};
use bincode::error::{DecodeError, EncodeError};

/// The fields of [`Observables`] in their order, as they stand in snapshots.
type Fields<const D: usize> = (
    ([f64; D], f64, [f64; D], f64, [f64; D], f64, f64),
    (Option<f64>, f64, f64, Option<f64>, f64, Option<f64>),
    Option<VortexMoments>,
);

impl<const D: usize> Encode for Observables<D> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        let fields: Fields<D> = (
            (
                self.centre,
                self.second_moment,
                self.squares,
                self.circulation,
                self.impulse,
                self.angular_impulse,
                self.weighted_squares,
            ),
            (
                self.hamiltonian,
                self.hamiltonian_error,
                self.confinement,
                self.virial,
                self.virial_error,
                self.min_distance,
            ),
            self.vortex,
        );
        fields.encode(encoder)
    }
}

impl<Context, const D: usize> Decode<Context> for Observables<D> {
    fn decode<R: Decoder<Context = Context>>(decoder: &mut R) -> Result<Self, DecodeError> {
        let (moments, rest, vortex): Fields<D> = Decode::decode(decoder)?;
        let (
            centre,
            second_moment,
            squares,
            circulation,
            impulse,
            angular_impulse,
            weighted_squares,
        ) = moments;
        let (hamiltonian, hamiltonian_error, confinement, virial, virial_error, min_distance) =
            rest;
        Ok(Self {
            centre,
            second_moment,
            squares,
            circulation,
            impulse,
            angular_impulse,
            weighted_squares,
            hamiltonian,
            hamiltonian_error,
            confinement,
            virial,
            virial_error,
            min_distance,
            vortex,
        })
    }
}

impl<'a, Context, const D: usize> BorrowDecode<'a, Context> for Observables<D> {
    fn borrow_decode<R: BorrowDecoder<'a, Context = Context>>(
        decoder: &mut R,
    ) -> Result<Self, DecodeError> {
        Self::decode(decoder)
    }
}
