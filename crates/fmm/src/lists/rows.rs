//! Compressed rows: many short lists in one array.

use std::ops::Index;

/// `rows[i]` is a slice; all of them lie behind each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows<T> {
    starts: Vec<usize>,
    items: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            starts: vec![0],
            items: Vec::new(),
        }
    }
}

impl<T> Rows<T> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// No rows at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All rows behind each other.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.starts.capacity() * size_of::<usize>() + self.items.capacity() * size_of::<T>()
    }

    /// Forgets the rows and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.starts.truncate(1);
        self.items.clear();
    }

    /// Ends the row to which `items` were pushed, and starts the next.
    pub(crate) fn end_row(&mut self) {
        self.starts.push(self.items.len());
    }

    pub(crate) fn push(&mut self, item: T) {
        self.items.push(item);
    }

    /// The row that is not yet ended.
    pub(crate) fn open_row(&mut self) -> &mut Vec<T> {
        &mut self.items
    }

    /// Where the row that is not yet ended starts.
    pub(crate) fn open_start(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    /// Appends the rows of other tables.
    pub(crate) fn append<'a>(&mut self, others: impl Iterator<Item = &'a Self> + Clone)
    where
        T: Clone + 'a,
    {
        let items = others.clone().map(|other| other.items.len()).sum();
        let rows = others.clone().map(Self::len).sum();
        self.items.reserve(items);
        self.starts.reserve(rows);
        for other in others {
            let offset = self.items.len();
            self.starts
                .extend(other.starts[1..].iter().map(|s| s + offset));
            self.items.extend_from_slice(&other.items);
        }
    }
}

impl<T> Index<usize> for Rows<T> {
    type Output = [T];
    #[inline(always)]
    fn index(&self, row: usize) -> &[T] {
        &self.items[self.starts[row]..self.starts[row + 1]]
    }
}
