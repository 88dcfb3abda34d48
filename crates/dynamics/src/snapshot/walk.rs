//! The records of an archive found: from its end by the index alone, or, where that is damaged or torn, all that are left.

use super::record::{BACK, Entry, FRONT, HEAD, MARK, is_mark};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// What is searched at once: little at first, as marks may be dense in what is no archive.
const PIECES: [usize; 2] = [1 << 12, 1 << 20];

/// Bytes of a file, as many as it had when it was opened.
pub(super) struct Walk<'a> {
    pub(super) file: &'a File,
    pub(super) length: u64,
}

impl Walk<'_> {
    /// The records in the order of the file, and where between them there are none.
    pub(super) fn all(&self) -> io::Result<(Vec<Entry>, Vec<Range<u64>>)> {
        match self.backward()? {
            Some(all) => Ok((all, vec![])),
            None => self.forward(),
        }
    }

    /// From back to back, whatever lies between; none if they do not lead from the end to the head.
    fn backward(&self) -> io::Result<Option<Vec<Entry>>> {
        let mut all = vec![];
        let mut end = self.length;
        while end > HEAD.len() as u64 {
            let Some(entry) = self.back(end)? else {
                return Ok(None);
            };
            end = entry.place;
            all.push(entry);
        }
        all.reverse();
        Ok((end == HEAD.len() as u64).then_some(all))
    }

    /// From front to front, and on from the next mark where one is damaged.
    fn forward(&self) -> io::Result<(Vec<Entry>, Vec<Range<u64>>)> {
        let (mut all, mut gaps) = (vec![], vec![]);
        let mut end = HEAD.len() as u64;
        while end < self.length {
            match self.record(end)? {
                Found::Whole(entry) => {
                    if entry.place > end {
                        gaps.push(end..entry.place);
                    }
                    end = entry.end();
                    all.push(entry);
                }
                Found::Torn => break,
            }
        }
        Ok((all, gaps))
    }

    /// The first record from `from` on.
    fn record(&self, from: u64) -> io::Result<Found> {
        let mut at = from;
        loop {
            if let Some(entry) = self.front(at)? {
                if entry.end() > self.length {
                    return Ok(Found::Torn);
                }
                // The back knows more, if it is there.
                let back = self.back(entry.end())?;
                let back = back.filter(|back| back.place == entry.place);
                return Ok(Found::Whole(back.unwrap_or(entry)));
            }
            if let Some(entry) = self.back(at.saturating_add(BACK as u64))?
                && entry.place >= from
            {
                return Ok(Found::Whole(entry));
            }
            match self.mark(at + 1)? {
                Some(next) => at = next,
                None => return Ok(Found::Torn),
            }
        }
    }

    fn front(&self, at: u64) -> io::Result<Option<Entry>> {
        let bytes = self.bytes::<FRONT>(at)?;
        Ok(bytes.and_then(|bytes| Entry::of_front(&bytes, at)))
    }

    /// Of a record that ends there, after the head.
    fn back(&self, end: u64) -> io::Result<Option<Entry>> {
        let Some(at) = end.checked_sub(BACK as u64) else {
            return Ok(None);
        };
        let bytes = self.bytes::<BACK>(at)?;
        let entry = bytes.and_then(|bytes| Entry::of_back(&bytes, at));
        Ok(entry.filter(|entry| entry.place >= HEAD.len() as u64))
    }

    /// The next place from `from` on where a front or a back may begin.
    fn mark(&self, from: u64) -> io::Result<Option<u64>> {
        let [mut piece, most] = PIECES;
        let mut bytes = vec![];
        let mut from = from;
        while from + (MARK as u64) <= self.length {
            bytes.resize((self.length - from).min(piece as u64) as usize, 0);
            self.read(from, &mut bytes)?;
            if let Some(at) = bytes.windows(MARK).position(is_mark) {
                return Ok(Some(from + at as u64));
            }
            from += (bytes.len() - MARK + 1) as u64;
            piece = most.min(2 * piece);
        }
        Ok(None)
    }

    fn bytes<const N: usize>(&self, at: u64) -> io::Result<Option<[u8; N]>> {
        if at.checked_add(N as u64).is_none_or(|end| end > self.length) {
            return Ok(None);
        }
        let mut bytes = [0; N];
        self.read(at, &mut bytes)?;
        Ok(Some(bytes))
    }

    fn read(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut file = self.file;
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(bytes)
    }
}

enum Found {
    Whole(Entry),
    /// What is there begins as a record and does not end, or is none.
    Torn,
}
