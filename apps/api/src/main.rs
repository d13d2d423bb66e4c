//! The `nextcrm` binary; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    nextcrm::cli::main()
}
