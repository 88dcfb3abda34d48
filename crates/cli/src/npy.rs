//! Arrays in `.npy` files: C order, float64 or float32.

use crate::error::{Error, Result};
use clap::ValueEnum;
use farfield::{Real, Strength};
use npyz::{AutoSerialize, DType, NpyHeader, Order, Serialize, TypeChar, WriterBuilder};
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// f32 or f64, as numbers that go into arrays.
pub(crate) trait Number: Real + Serialize + AutoSerialize {}
impl<T: Real + Serialize + AutoSerialize> Number for T {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Precision {
    F64,
    F32,
}

impl Precision {
    pub(crate) fn numpy_name(self) -> &'static str {
        match self {
            Self::F64 => "float64",
            Self::F32 => "float32",
        }
    }

    /// Bytes of a number.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
        }
    }
}

/// One array as it was read.
pub(crate) struct Array {
    path: PathBuf,
    shape: Vec<usize>,
    numbers: Numbers,
}

enum Numbers {
    F64(Vec<f64>),
    F32(Vec<f32>),
}

/// The bytes of a file, or only the first few of one that does not begin as a `.npy` file does and may be endless.
fn read_npy(path: &Path) -> io::Result<Vec<u8>> {
    const MAGIC: &[u8] = b"\x93NUMPY";
    let mut file = File::open(path)?;
    let mut bytes = vec![];
    (&mut file)
        .take(MAGIC.len() as u64)
        .read_to_end(&mut bytes)?;
    if bytes == MAGIC {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

impl Array {
    /// Reads a whole file; refuses other dtypes, Fortran order, and a length that is not what the header says.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = read_npy(path).map_err(Error::file("read", path))?;
        let mut rest = bytes.as_slice();
        let header = NpyHeader::from_reader(&mut rest).map_err(|error| {
            Error::refused(
                path.display(),
                error,
                "a .npy file, as numpy.save writes it",
            )
        })?;
        let refused = |found: &dyn Display, allowed: &str| {
            Err(Error::refused(path.display(), found, allowed))
        };
        if header.order() == Order::Fortran && header.shape().len() > 1 {
            return refused(
                &"Fortran order",
                "C order, as numpy.ascontiguousarray gives it",
            );
        }
        let dtype = header.dtype();
        let size = match &dtype {
            DType::Plain(plain) if plain.type_char() == TypeChar::Float => plain.size_field(),
            _ => 0,
        };
        if size != 8 && size != 4 {
            return refused(&format!("dtype {}", dtype.descr()), "float64, float32");
        }
        let shape = header.shape().to_vec();
        let promised = shape.iter().try_fold(size, |all, &n| all.checked_mul(n));
        if promised != Some(rest.len() as u64) {
            let cut = promised.is_none_or(|promised| promised > rest.len() as u64);
            let found = match cut {
                true => format!("cut off after {} bytes of data", rest.len()),
                false => format!("{} bytes of data", rest.len()),
            };
            let shape = tuple(&shape);
            return match promised {
                Some(promised) => refused(&found, &format!("{promised} for shape {shape}")),
                None => refused(&found, &format!("what shape {shape} needs")),
            };
        }
        let file = npyz::NpyFile::with_header(header, rest);
        let numbers = match size {
            8 => file.into_vec().map(Numbers::F64),
            _ => file.into_vec().map(Numbers::F32),
        };
        Ok(Self {
            path: path.into(),
            shape: shape.iter().map(|&n| n as usize).collect(),
            numbers: numbers.map_err(Error::file("read", path))?,
        })
    }

    pub(crate) fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub(crate) fn precision(&self) -> Precision {
        match self.numbers {
            Numbers::F64(_) => Precision::F64,
            Numbers::F32(_) => Precision::F32,
        }
    }

    /// The numbers in C order, finite or not.
    pub(crate) fn as_f64(&self) -> Vec<f64> {
        match &self.numbers {
            Numbers::F64(all) => all.clone(),
            Numbers::F32(all) => all.iter().map(|&x| x.into()).collect(),
        }
    }

    /// In how many dimensions positions are: d of shape (N, d).
    pub(crate) fn dimension(&self) -> Result<usize> {
        match self.shape[..] {
            [_, d] if d > 0 => Ok(d),
            _ => Err(self.refused_shape("(N, d): d coordinates of each point")),
        }
    }

    /// Whether these are positions in space, shape (N, 3), and not in the plane, (N, 2).
    pub(crate) fn is_spatial(&self) -> Result<bool> {
        match self.dimension()? {
            2 => Ok(false),
            3 => Ok(true),
            _ => Err(self.refused_shape("(N, 2), (N, 3), where the fast method is")),
        }
    }

    /// Shape (N, D).
    pub(crate) fn positions<T: Real, const D: usize>(&self) -> Result<Vec<[T; D]>> {
        Ok(self.coordinates(D)?.as_chunks().0.to_vec())
    }

    /// Shape (N, `dimension`): the numbers, point by point.
    pub(crate) fn coordinates<T: Real>(&self, dimension: usize) -> Result<Vec<T>> {
        match self.shape[..] {
            [_, columns] if columns == dimension => self.numbers(),
            _ => Err(self.refused_shape(format!("(N, {dimension})"))),
        }
    }

    fn refused_shape(&self, allowed: impl Display) -> Error {
        let found = format!("shape {}", tuple(&self.shape));
        Error::refused(self.path.display(), found, allowed)
    }

    /// Shape (N,).
    pub(crate) fn vector<T: Real>(&self) -> Result<Vec<T>> {
        if self.shape.len() != 1 {
            return Err(self.refused_shape("(N,): a number for each particle"));
        }
        self.numbers()
    }

    /// Shape (N,) or (N, m), and for strengths that are vectors (N, 3) or (N, m, 3): m strengths for each of N sources.
    pub(crate) fn strengths<T: Real, W: Strength<T>>(&self, n: usize) -> Result<Vec<Vec<W>>> {
        let one = shape_of::<T, W>();
        let m = match self.shape.strip_suffix(one) {
            Some(&[found]) if found == n => 1,
            Some(&[found, m]) if found == n && m > 0 => m,
            _ => {
                let allowed = match one {
                    [] => format!("({n},) or ({n}, m): a number for each source"),
                    _ => format!("({n}, 3) or ({n}, m, 3): a vector for each source"),
                };
                return Err(self.refused_shape(allowed));
            }
        };
        let numbers: Vec<T> = self.numbers()?;
        let all = numbers.chunks_exact(W::COMPONENTS);
        let strength = |numbers: &[T]| {
            let mut one = W::ZERO;
            one.components_mut().copy_from_slice(numbers);
            one
        };
        // Slices skip in one step, which what is mapped does not.
        let column = |k| all.clone().skip(k).step_by(m).map(strength).collect();
        Ok((0..m).map(column).collect())
    }

    /// Every number rounded to `T`, and finite there.
    fn numbers<T: Real>(&self) -> Result<Vec<T>> {
        let check = |(index, x): (usize, f64)| {
            let rounded = T::from_f64(x);
            if rounded.is_finite() {
                return Ok(rounded);
            }
            let what = format!("{}[{}]", self.path.display(), self.index(index));
            Err(Error::refused(
                what,
                format_args!("{x:?}"),
                format!("finite numbers in {}", T::NAME),
            ))
        };
        match &self.numbers {
            Numbers::F64(all) => all.iter().copied().enumerate().map(check).collect(),
            Numbers::F32(all) => {
                let wide = all.iter().map(|&x| f64::from(x));
                wide.enumerate().map(check).collect()
            }
        }
    }

    /// `row`, `row, column` or so on of the flat index.
    fn index(&self, flat: usize) -> String {
        match self.shape[..] {
            [_, columns] => format!("{}, {}", flat / columns, flat % columns),
            [_, m, columns] => {
                let (row, column) = (flat / columns, flat % columns);
                format!("{}, {}, {column}", row / m, row % m)
            }
            _ => flat.to_string(),
        }
    }
}

/// The shape of one strength.
pub(crate) fn shape_of<T: Real, W: Strength<T>>() -> &'static [usize] {
    match W::COMPONENTS {
        1 => &[],
        _ => &[3],
    }
}

/// Writes an array in C order.
pub(crate) fn write<T: Serialize + AutoSerialize>(
    to: &mut impl Write,
    shape: &[usize],
    numbers: impl IntoIterator<Item = T>,
) -> io::Result<()> {
    let shape: Vec<u64> = shape.iter().map(|&n| n as u64).collect();
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(&shape)
        .writer(to)
        .begin_nd()?;
    writer.extend(numbers)?;
    writer.finish()
}

/// A shape as Python writes it: `(3,)`, `(3, 2)`.
pub(crate) fn tuple(shape: &[impl Display]) -> String {
    let comma = if shape.len() == 1 { "," } else { "" };
    let list: Vec<String> = shape.iter().map(|n| n.to_string()).collect();
    format!("({}{comma})", list.join(", "))
}
