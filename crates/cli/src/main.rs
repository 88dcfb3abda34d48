//! The `farfield` command.

mod animate;
mod bench;
mod check;
mod clouds;
mod config;
mod costs;
mod diff;
mod dimension;
mod ensemble;
mod error;
mod error_budget;
mod eval;
mod export;
mod files;
mod info;
mod kernel;
mod machine;
mod npy;
mod npz;
mod operators;
mod oracle;
mod output_folder;
mod outputs;
mod periodic;
mod pictures;
mod predicted;
mod rows;
mod run;
mod snapshots;
mod text;

use clap::{Parser, Subcommand};
use std::panic;
use std::process::ExitCode;

/// Sums singular interactions between millions of particles, and moves the particles.
/// Without a command, `run`: a million vortices that merge
#[derive(Parser)]
#[command(version, max_term_width = 110, subcommand_required = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Run),
    Ensemble(ensemble::Ensemble),
    Eval(eval::Eval),
    Bench(bench::Bench),
    Check(check::Check),
    Info(info::Info),
    Diff(diff::Diff),
    Export(export::Export),
    Animate(animate::Animate),
}

fn main() -> ExitCode {
    // Bad input never gets here; a bug shall not bury its message under a backtrace.
    panic::set_hook(Box::new(|bug| {
        let what = bug.to_string().replace('\n', " ");
        text::tell(format_args!(
            "error: a bug in farfield, please report it: {what}"
        ));
    }));
    let done = |()| ExitCode::SUCCESS;
    // Without a command: the built-in run.
    let arguments = match std::env::args_os().len() {
        0 | 1 => Arguments::parse_from(["farfield", "run"]),
        _ => Arguments::parse(),
    };
    let trouble = match arguments.command {
        Command::Diff(_) => diff::TROUBLE.into(),
        _ => ExitCode::FAILURE,
    };
    let result = match arguments.command {
        Command::Run(run) => run.run(),
        Command::Ensemble(ensemble) => ensemble.run().map(done),
        Command::Eval(eval) => eval.run().map(done),
        Command::Bench(bench) => bench.run().map(done),
        Command::Check(check) => check.run().map(done),
        Command::Info(info) => info.run().map(done),
        Command::Diff(diff) => diff.run(),
        Command::Export(export) => export.run().map(done),
        Command::Animate(animate) => animate.run().map(done),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            text::tell(format_args!("error: {error}"));
            trouble
        }
    }
}
