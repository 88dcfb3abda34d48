//! The `farfield` command.

mod config;
mod error;
mod eval;
mod files;
mod machine;
mod npy;
mod npz;
mod pictures;
mod run;
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
    Run(run::Run),
    Eval(eval::Eval),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Run(run) => run.run(),
        Command::Eval(eval) => eval.run().map(|()| ExitCode::SUCCESS),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            text::tell(format_args!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
