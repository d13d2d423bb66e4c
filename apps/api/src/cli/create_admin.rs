//! `nextcrm create-admin`.

use std::io::Write;

use auth::{NewAdmin, NewAdminInput};
use clap::Args;
use secrecy::ExposeSecret;

use super::read_password;
use crate::composition::Services;

/// Whom to add.
#[derive(Debug, Clone, Args)]
pub struct CreateAdminArgs {
    /// Mail address.
    #[arg(long)]
    pub email: String,
    /// First name.
    #[arg(long)]
    pub first_name: String,
    /// Last name.
    #[arg(long)]
    pub last_name: String,
    /// SUPER_ADMIN, ADMIN, DEVELOPER, SUPPORT, MARKETING, FINANCE or SALES.
    #[arg(long)]
    pub role: kernel::AdminRole,
    /// Read the password from standard input. Without it a temporary one is printed, good for 7 days, to be changed
    /// at the first sign-in.
    #[arg(long)]
    pub password_stdin: bool,
}

/// Adds the admin and tells how they sign in.
///
/// # Errors
/// When a value is wrong, the address in use, or the database refuses.
pub async fn run(services: &Services, args: &CreateAdminArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let input = NewAdminInput {
        first_name: args.first_name.clone(),
        last_name: args.last_name.clone(),
        email: args.email.clone(),
        role: args.role.to_string(),
        department: None,
        phone: None,
    };
    let admin = NewAdmin::parse(&input).map_err(|errors| {
        let wrong: Vec<_> = errors.iter().map(|error| format!("{} {}", error.field, error.message)).collect();
        anyhow::anyhow!(wrong.join("; "))
    })?;
    let password = if args.password_stdin { Some(read_password()?) } else { None };
    let context = super::context(services, "create-admin");
    let (account, temporary) =
        services.auth.admins.bootstrap(&context, admin, password.as_ref()).await.map_err(explained)?;
    writeln!(out, "{} was added as {}.", account.email, account.role)?;
    if let Some(password) = temporary {
        writeln!(out, "Temporary password, shown only here, good for 7 days, to be changed at the first sign-in:")?;
        writeln!(out, "{}", password.expose_secret())?;
    }
    Ok(())
}

/// Names what is wrong with the password.
fn explained(error: auth::AuthError) -> anyhow::Error {
    use kernel::DomainError;
    let fields: Vec<_> = error.fields().iter().map(|it| format!("{} {}", it.field, it.message)).collect();
    if fields.is_empty() { error.into() } else { anyhow::anyhow!(fields.join("; ")) }
}
