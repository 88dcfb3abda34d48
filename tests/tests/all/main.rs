//! Tests that cross crates. Run them in release: they sum millions of pairs.

/// The corpus: clouds and strengths, by name and from fixed seeds.
mod cloud;
/// Exact sums, and the distance to them.
mod compare;

/// The direct sum in any dimension.
mod any_dimension;

/// The error that is reached stays below the tolerance, and not far below where that costs time.
mod accuracy;
/// Pairs of opposite strengths that are much closer than a core is wide.
mod close_in_cores;
/// Gaussian cores of every size.
mod cores;
/// The Landau kernel of Coulomb's collisions: accuracy, small clusters, every pair once, plans that move, refusals.
mod coulomb_collisions;
/// Formulas that can be worked out by hand: signs, constants, small and coincident clouds, separate targets.
mod exact;
/// Numbers at the ends of the range: scales, offsets, mixed magnitudes, capacities, instruction sets.
mod extremes;
/// What testing once found wrong, each kept from coming back.
mod found;
/// Kernels of any form: accuracy in the plane and in space, formulas, refusals, reproducibility.
mod general;
/// Gradients of the field, in the plane and in space.
mod gradients;
/// Gaussian cores of order 4 and 6: their formulas from their blobs, the order that the blobs give, accuracy, refusals.
mod high_order;
/// The sums of the Landau kernel: formulas, accuracy for every γ, laws, few and coincident points, refusals.
mod landau;
/// Laws that hold for every cloud: motions, scalings, linearity, derivatives, invariants.
mod laws;
/// Smooth kernels by the modes of a grid: accuracy whatever the core, the bits of plans that move, coincident points, when there is one.
mod on_grid;
/// Operators on disk: the same bits, by any number of processes at once, killed ones among them.
mod operators;
/// Random clouds of every kind: the promise of the tolerance, and the invariants of the tree.
mod properties;
/// Kernels from any radial function: accuracy whatever their length, formulas, refusals, reproducibility.
mod radial;
/// The table of kernels in the README.
mod readme;
/// Arguments that must be refused: one error each, with the argument's name, its value and what is allowed.
mod refusals;
/// The same bytes whatever the threads, the calls before, and the way that the plan was made.
mod reproducible;
/// Riesz kernels in the plane and in space: accuracy over a corpus, formulas, limits, refusals, reproducibility.
mod riesz;
/// Coulomb and Biot–Savart sums in space: accuracy over a corpus, formulas, laws, refusals, reproducibility.
mod space;
/// Sums over the flat torus: formulas, accuracy over a corpus, laws, few and coincident points, refusals, reproducibility.
mod torus;
/// Pairs at every distance: what a coarse grid for near pairs would lose.
mod twins;
/// The bound that a plan reports about itself holds as often as it says.
mod verify;
/// Kernels with their cores from tables, whatever the width of the core.
mod wide_cores;
