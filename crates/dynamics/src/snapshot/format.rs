//! One snapshot as bytes: what stands where, and its checks. They are a record of an archive, or a file of their own.
//!
//! ```text
//! 8 bytes   magic "FARFIELD"
//! u32       version of the format
//! u32       length of the header
//! u32       CRC-32 of the header
//! header    bincode: name of the model, dimension d (u32), then `Header`
//! blocks    positions (N × d f64), circulations (N f64), previous drifts (N × d f64 each, the last one first)
//! ```
//!
//! All numbers are little-endian; the header holds the length and the CRC-32 of each block, and the bytes end with the
//! last block.

use super::{Progress, Snapshot};
use crate::{Config, Error, ErrorKind, Result, State};
use bincode::{Decode, Encode};
use std::io::{self, Read, Write};

const MAGIC: &[u8; 8] = b"FARFIELD";
const VERSION: u32 = 10;
const PREAMBLE: usize = 20;
const PREVIOUS: &str = "previous drift";
/// A header that is longer is neither written nor read: some 230,000 rings of vortex particles.
const LONGEST_HEADER: usize = 1 << 24;

#[derive(Clone, Debug, Encode, Decode)]
struct Header<const D: usize> {
    config: Config,
    step: u64,
    time: f64,
    particles: u64,
    progress: Progress<D>,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug, Encode, Decode)]
struct Block {
    name: String,
    bytes: u64,
    crc: u32,
}

fn encoding() -> impl bincode::config::Config {
    bincode::config::standard()
        .with_fixed_int_encoding()
        .with_limit::<LONGEST_HEADER>()
}

/// A snapshot that is about to be written: how long it will be is known before.
pub(super) struct Encoded<'a> {
    preamble_and_header: Vec<u8>,
    blocks: Vec<&'a [f64]>,
}

impl Encoded<'_> {
    pub(super) fn bytes(&self) -> u64 {
        let numbers: usize = self.blocks.iter().map(|block| block.len()).sum();
        (self.preamble_and_header.len() + 8 * numbers) as u64
    }

    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.preamble_and_header)?;
        for numbers in &self.blocks {
            in_bytes(numbers, |bytes| out.write_all(bytes))?;
        }
        Ok(())
    }
}

impl<const D: usize> Snapshot<D> {
    pub(super) fn encode(&self) -> io::Result<Encoded<'_>> {
        let state = &self.state;
        let mut arrays: Vec<(&str, &[f64])> = vec![
            ("positions", state.positions.as_flattened()),
            ("circulations", &state.circulations),
        ];
        let previous = state.previous_drifts.iter();
        arrays.extend(previous.map(|drift| (PREVIOUS, drift.as_flattened())));
        let block = |(name, numbers): &(&str, &[f64])| Block {
            name: name.to_string(),
            bytes: 8 * numbers.len() as u64,
            crc: checksum(numbers),
        };
        let header = Header {
            config: self.config.clone(),
            step: state.step,
            time: state.time,
            particles: state.n() as u64,
            progress: self.progress,
            blocks: arrays.iter().map(block).collect(),
        };
        let header = bincode::encode_to_vec((&self.model, D as u32, header), encoding())
            .map_err(io::Error::other)?;
        if header.len() > LONGEST_HEADER {
            let length = header.len();
            let text = format!(
                "header: {length} bytes (allowed: at most {LONGEST_HEADER}; the configuration is too long)"
            );
            return Err(io::Error::other(text));
        }
        let mut preamble_and_header = MAGIC.to_vec();
        for word in [VERSION, header.len() as u32, crc32fast::hash(&header)] {
            preamble_and_header.extend(word.to_le_bytes());
        }
        preamble_and_header.extend(header);
        Ok(Encoded {
            preamble_and_header,
            blocks: arrays.into_iter().map(|(_, numbers)| numbers).collect(),
        })
    }

    /// Reads all of them.
    pub(super) fn decode(file: &[u8]) -> Result<Self> {
        let (model, header, mut rest) = header(file)?;
        let blocks = header.blocks.iter().map(|block| u128::from(block.bytes));
        let expected = (file.len() - rest.len()) as u128 + blocks.sum::<u128>();
        if file.len() as u128 != expected {
            let value = format!("{} bytes", file.len());
            return Err(damaged(
                "length",
                value,
                format!("{expected} bytes; truncated or appended to"),
            ));
        }
        let n = header.particles as usize;
        let mut blocks = header.blocks.iter().peekable();
        let mut take = |name: &str, numbers: usize| {
            let Some(block) = blocks.next_if(|block| block.name == name) else {
                return Ok(None);
            };
            let (bytes, after) = rest.split_at(block.bytes as usize);
            rest = after;
            let wanted = numbers as u128 * 8 * n as u128;
            if bytes.len() as u128 != wanted {
                let value = format!("{} bytes", bytes.len());
                return Err(damaged(name, value, format!("{wanted} for {n} particles")));
            }
            if crc32fast::hash(bytes) != block.crc {
                return Err(damaged(
                    name,
                    "wrong checksum",
                    "the checksum in the header",
                ));
            }
            Ok(Some(bytes))
        };
        let missing = |name: &str| damaged(name, "missing", "one block");
        let positions = take("positions", D)?.ok_or_else(|| missing("positions"))?;
        let circulations = take("circulations", 1)?.ok_or_else(|| missing("circulations"))?;
        let previous = std::iter::from_fn(|| take(PREVIOUS, D).transpose());
        let previous_drifts = previous
            .map(|drift| drift.map(rows))
            .collect::<Result<_>>()?;
        Ok(Self {
            model,
            config: header.config,
            state: State {
                step: header.step,
                time: header.time,
                positions: rows(positions),
                circulations: numbers(circulations).collect(),
                previous_drifts,
            },
            progress: header.progress,
        })
    }
}

impl Snapshot {
    /// The dimension that the bytes say, of which no more than the header are read.
    pub(super) fn dimension_in(bytes: impl Read) -> io::Result<Result<usize>> {
        let mut start = vec![];
        let mut bytes = bytes.take((PREAMBLE + LONGEST_HEADER) as u64);
        (&mut bytes).take(PREAMBLE as u64).read_to_end(&mut start)?;
        if let Some(&length) = start[..].get(12..).and_then(|rest| rest.first_chunk()) {
            let header = u32::from_le_bytes(length).into();
            bytes.take(header).read_to_end(&mut start)?;
        }
        Ok(header_bytes(&start).and_then(|(bytes, _)| {
            let ((_, dimension), _): ((String, u32), _) =
                bincode::decode_from_slice(bytes, encoding()).map_err(broken)?;
            Ok(dimension as usize)
        }))
    }
}

/// The name of the model, the header, and the bytes after it.
fn header<const D: usize>(file: &[u8]) -> Result<(String, Header<D>, &[u8])> {
    let (bytes, rest) = header_bytes(file)?;
    let ((model, dimension), used): ((String, u32), _) =
        bincode::decode_from_slice(bytes, encoding()).map_err(broken)?;
    if dimension as usize != D {
        return Err(damaged("dimension", dimension, D));
    }
    let (header, _) = bincode::decode_from_slice(&bytes[used..], encoding()).map_err(broken)?;
    Ok((model, header, rest))
}

fn broken(error: bincode::error::DecodeError) -> Error {
    damaged("header", error, "what this version writes")
}

/// The header, checked to be what was written, and the bytes after it.
fn header_bytes(file: &[u8]) -> Result<(&[u8], &[u8])> {
    let short = |part: &str, bytes: usize| {
        let value = format!("{} bytes", file.len());
        damaged(part, value, format!("at least {bytes}; truncated"))
    };
    if !file.starts_with(&MAGIC[..file.len().min(8)]) {
        return Err(damaged("magic", "other bytes", "a snapshot of farfield"));
    }
    if file.len() < PREAMBLE {
        return Err(short("preamble", PREAMBLE));
    }
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().expect("four bytes"));
    if word(8) != VERSION {
        return Err(damaged(
            "version",
            word(8),
            format!("{VERSION}, which this program writes"),
        ));
    }
    let end = PREAMBLE + word(12) as usize;
    if file.len() < end {
        return Err(short("header", end));
    }
    let bytes = &file[PREAMBLE..end];
    if crc32fast::hash(bytes) != word(16) {
        return Err(damaged(
            "header",
            "wrong checksum",
            "the checksum before it",
        ));
    }
    Ok((bytes, &file[end..]))
}

fn damaged(part: &str, value: impl std::fmt::Display, allowed: impl std::fmt::Display) -> Error {
    Error::value(ErrorKind::Snapshot, part, value, allowed)
}

/// Hands the numbers over as little-endian bytes, some at a time.
fn in_bytes<E>(numbers: &[f64], mut take: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let mut bytes = Vec::with_capacity(1 << 16);
    for chunk in numbers.chunks(1 << 13) {
        bytes.clear();
        bytes.extend(chunk.iter().flat_map(|x| x.to_le_bytes()));
        take(&bytes)?;
    }
    Ok(())
}

fn checksum(numbers: &[f64]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let done: Result<(), std::convert::Infallible> = in_bytes(numbers, |bytes| {
        hasher.update(bytes);
        Ok(())
    });
    let Ok(()) = done;
    hasher.finalize()
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = f64> {
    let number = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    bytes.chunks_exact(8).map(number)
}

fn rows<const D: usize>(bytes: &[u8]) -> Vec<[f64; D]> {
    let mut numbers = numbers(bytes);
    let row = |_| [0.0; D].map(|_| numbers.next().expect("D numbers a particle"));
    (0..bytes.len() / (8 * D)).map(row).collect()
}
