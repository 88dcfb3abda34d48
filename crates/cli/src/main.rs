//! The `farfield` command.

mod error;
mod eval;
mod files;
mod machine;
mod npy;
mod npz;
mod text;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Sums singular interactions between millions of particles, and moves the particles
#[derive(Parser)]
#[command(version, max_term_width = 110, subcommand_required = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Eval(eval::Eval),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Eval(eval) => eval.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            text::tell(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
