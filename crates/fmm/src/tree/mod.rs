//! The adaptive tree: a quadtree in 2D, an octree in 3D, on Morton keys.
//!
//! What happens to points, in order: [`Frame`] puts a cube around them, or a box that may be longer along some axes, `morton` gives each a key on its
//! finest grid, `sort` orders them by key, and [`Tree`] cuts the ordered points into cells. A cell is a contiguous range of
//! sources and of targets in tree order; cells lie level by level, and in Morton order within a level.

mod build;
mod frame;
mod images;
mod morton;
mod sort;
mod stretch;

pub(crate) use build::Limits;
pub use build::{Cell, Tree};
pub use frame::Frame;
pub(crate) use frame::{Fit, Width, scale_between};
pub use morton::{MAX_LEVEL_2D, MAX_LEVEL_3D, max_level};
pub use sort::TreeOrder;
pub use stretch::Stretch;
