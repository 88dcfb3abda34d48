//! Near and far lists: which cells act on which, and how.
//!
//! In the literature's letters, for a target cell b: **U** the leaves that touch the leaf b (summed directly), **V** the
//! cells of b's size whose parents touch b's parent but which do not touch b (multipole to local), **W** the cells below
//! b's neighbours that do not touch the leaf b (multipole at b's points), **X** the leaves above b's size that touch b's
//! parent but not b (their points to b's local). Every pair of a source and a target is in exactly one of them, at exactly
//! one level of b. V is not stored: it follows from the neighbours of the parent ([`Lists::far`]).

mod build;
mod images;
mod rows;
pub(crate) mod slots;

pub use build::Lists;
pub use rows::Rows;
