//! The `nextcrm` binary; everything is in the library.

use std::process::ExitCode;

/// The C library's allocator keeps the 19 MiB of every password hash for the thread that computed it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    nextcrm::private::keep_to_ourselves();
    nextcrm::cli::main()
}
