//! docs/permissions.md, from the permission table.

use auth::{Holders, Impersonation, Permission, permissions_for};
use kernel::{AdminRole, Audience, Role, TenantRole};

/// The table as docs/permissions.md shows it.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Permissions\n\n\
         Who may do what. This file is written from the one table that decides, `crates/auth/src/domain/permissions.rs`; the\n\
         OpenAPI document shows each operation's permission as `x-permission`. `token` asks for somebody who is signed in, even\n\
         with a password that must be changed first; `signed-in` for somebody whose password is in order.\n",
    );
    let staff: Vec<Role> = AdminRole::ALL.iter().copied().map(Role::from).collect();
    let people: Vec<Role> = TenantRole::ALL.iter().copied().map(Role::from).collect();
    table(&mut text, "Staff", Audience::Admin, &staff, &[("step-up", |row| cross(row.step_up))]);
    table(
        &mut text,
        "A workshop's people",
        Audience::Tenant,
        &people,
        &[
            ("bound by the daily quota", |row| cross(row.bound_by_quota)),
            ("open when read-only", |row| cross(row.open_when_read_only)),
            ("open to keys", |row| cross(row.open_to_keys)),
            ("impersonation", |row| match row.impersonation {
                Impersonation::Read => "read",
                Impersonation::Write => "write",
                Impersonation::Never => "never",
            }),
            ("step-up", |row| cross(row.step_up)),
        ],
    );
    text.push_str(
        "\nEvery call of a workshop counts for its daily quota; what is bound by it is refused once it is used up. Read-only is a\n\
         workshop whose trial is over. Keys and impersonation are columns that are kept for later: no such caller exists yet, and\n\
         no permission asks for step-up. See [adding a principal](adding-a-principal.md).\n",
    );
    text
}

type Column = (&'static str, fn(&Permission) -> &'static str);

fn table(text: &mut String, title: &str, audience: Audience, roles: &[Role], columns: &[Column]) {
    let names: Vec<&str> =
        roles.iter().map(|role| role.as_str()).chain(columns.iter().map(|(name, _)| *name)).collect();
    text.push_str(&format!("\n## {title}\n\n| permission | allows | {} |\n", names.join(" | ")));
    text.push_str(&format!("|{}\n", " --- |".repeat(names.len() + 2)));
    for row in permissions_for(audience) {
        let held = |role: &Role| match row.holders {
            Holders::Roles(holders) => cross(holders.contains(role)),
            Holders::Token | Holders::SignedIn => "x",
        };
        let cells: Vec<&str> = roles.iter().map(held).chain(columns.iter().map(|(_, cell)| cell(row))).collect();
        text.push_str(&format!("| {} | {} | {} |\n", row.name, row.description, cells.join(" | ")));
    }
}

const fn cross(yes: bool) -> &'static str {
    if yes { "x" } else { "" }
}
