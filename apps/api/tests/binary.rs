//! The built binary, end to end: processes with a directory, ports and signals of their own, and HTTP between them.
#![allow(clippy::panic, reason = "a wrong answer ends the test")]

mod common;
#[path = "binary/support/mod.rs"]
mod support;

#[path = "binary/audit_commands.rs"]
mod audit_commands;
#[path = "binary/commands.rs"]
mod commands;
#[path = "binary/first_start.rs"]
mod first_start;
#[path = "binary/kill.rs"]
mod kill;
#[path = "binary/mail.rs"]
mod mail;
#[path = "binary/private.rs"]
mod private;
#[path = "binary/refusals.rs"]
mod refusals;
#[path = "binary/resets.rs"]
mod resets;
#[path = "binary/two_servers.rs"]
mod two_servers;

use support::Site;

const EMAIL: &str = "ada@nextcrm.test";
const PASSWORD: &str = "Corr3ct-horse!";

/// Adds the super admin [`EMAIL`] with [`PASSWORD`].
async fn add_admin(site: &Site) {
    let arguments = ["create-admin", "--email", EMAIL, "--first-name", "Ada", "--last-name", "Lane"];
    let arguments = [&arguments[..], &["--role", "SUPER_ADMIN", "--password-stdin"]].concat();
    site.run_with_input(&arguments, PASSWORD).await.expect(0);
}
