//! The records of an archive: what stands before and after the bytes of a snapshot. Both say what it is and where, so that it is
//! found where one of them is damaged.
//!
//! ```text
//! head      8 bytes  magic "FFARCHIV"
//!           u32      version of the format
//! record    front    8 bytes  mark "<ffsnap1"
//!                    u64      place of the front in the file
//!                    u64      length of the payload
//!                    u64      step
//!                    f64      time
//!                    u32      CRC-32 of the front so far
//!           payload  the bytes of the snapshot (format.rs)
//!           back     8 bytes  mark "ffsnap1>"
//!                    place, length, step and time as in the front
//!                    32 bytes BLAKE3 of the payload
//!                    u32      CRC-32 of the back so far
//! record    …
//! ```
//!
//! All numbers are little-endian. The backs are the index of the archive: from its end each leads to the one before.

use super::format::Encoded;
use std::io::{self, Write};

pub(super) const HEAD: &[u8; 12] = b"FFARCHIV\x01\0\0\0";
const MARKS: [&[u8; MARK]; 2] = [b"<ffsnap1", b"ffsnap1>"];
/// Lengths.
pub(super) const MARK: usize = 8;
pub(super) const FRONT: usize = MARK + 4 * 8 + 4;
pub(super) const BACK: usize = MARK + 4 * 8 + blake3::OUT_LEN + 4;

/// A snapshot of an archive, as the index has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its step.
    pub step: u64,
    /// Its time.
    pub time: f64,
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 of these bytes, by which runs can be compared; `None` where this part of the archive is damaged.
    pub hash: Option<[u8; 32]>,
    /// Place of its front.
    pub(super) place: u64,
}

impl Entry {
    /// Where its bytes begin.
    pub(super) fn payload(&self) -> u64 {
        self.place + FRONT as u64
    }

    /// Where the record ends; none that is not in the numbers ends anywhere.
    pub(super) fn end(&self) -> u64 {
        let around = (FRONT + BACK) as u64;
        self.place.saturating_add(self.bytes).saturating_add(around)
    }

    /// Front, payload, back.
    pub(super) fn write(mut self, out: &mut impl Write, payload: &Encoded<'_>) -> io::Result<Self> {
        out.write_all(&sealed(MARKS[0], &self, &[]))?;
        let mut hashed = Hashed {
            out,
            hasher: blake3::Hasher::new(),
        };
        payload.write(&mut hashed)?;
        let hash = *hashed.hasher.finalize().as_bytes();
        out.write_all(&sealed(MARKS[1], &self, &hash))?;
        self.hash = Some(hash);
        Ok(self)
    }

    /// What a front says that stands at `place`.
    pub(super) fn of_front(bytes: &[u8; FRONT], place: u64) -> Option<Self> {
        let entry = opened(MARKS[0], bytes)?;
        (entry.place == place).then_some(entry)
    }

    /// What a back says that stands at `place`.
    pub(super) fn of_back(bytes: &[u8; BACK], place: u64) -> Option<Self> {
        let mut entry = opened(MARKS[1], bytes)?;
        let hash = bytes[BACK - 4 - blake3::OUT_LEN..].first_chunk();
        entry.hash = hash.copied();
        (entry.end() == place.checked_add(BACK as u64)?).then_some(entry)
    }
}

/// Whether a front or a back may begin with these bytes.
pub(super) fn is_mark(bytes: &[u8]) -> bool {
    MARKS.iter().any(|mark| bytes == *mark)
}

fn sealed(mark: &[u8; MARK], entry: &Entry, hash: &[u8]) -> Vec<u8> {
    let mut bytes = mark.to_vec();
    for number in [entry.place, entry.bytes, entry.step, entry.time.to_bits()] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(hash);
    let crc = crc32fast::hash(&bytes);
    bytes.extend(crc.to_le_bytes());
    bytes
}

fn opened(mark: &[u8; MARK], bytes: &[u8]) -> Option<Entry> {
    let (said, crc) = bytes.split_last_chunk()?;
    if !said.starts_with(mark) || crc32fast::hash(said) != u32::from_le_bytes(*crc) {
        return None;
    }
    let (numbers, _) = said[MARK..].as_chunks();
    let number = |i: usize| numbers.get(i).copied().map(u64::from_le_bytes);
    Some(Entry {
        place: number(0)?,
        bytes: number(1)?,
        step: number(2)?,
        time: f64::from_bits(number(3)?),
        hash: None,
    })
}

/// Hashes what is written through it.
struct Hashed<'a, W> {
    out: &'a mut W,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Hashed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
