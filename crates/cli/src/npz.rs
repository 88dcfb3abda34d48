//! Several arrays in one `.npz`: an uncompressed zip of `.npy` files, as `numpy.savez` writes it.

use crate::npy;
use npyz::{AutoSerialize, Serialize};
use std::io::{self, Seek, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

pub(crate) struct NpzWriter<W: Write + Seek>(ZipWriter<W>);

impl<W: Write + Seek> NpzWriter<W> {
    pub(crate) fn new(to: W) -> Self {
        Self(ZipWriter::new(to))
    }

    /// Adds an array in C order.
    pub(crate) fn array<T: Serialize + AutoSerialize>(
        &mut self,
        name: &str,
        shape: &[usize],
        numbers: impl IntoIterator<Item = T>,
    ) -> io::Result<()> {
        // Sizes are unknown in advance, and a large array must not end in a broken archive: always zip64.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(true);
        self.0.start_file(format!("{name}.npy"), options)?;
        npy::write(&mut self.0, shape, numbers)
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        self.0.finish()?.flush()
    }
}
