use chrono::SecondsFormat;
use kernel::input::Word as _;

use super::{
    canonical,
    entry::{ActorType, NamedEntry},
};

/// The columns of an export as CSV; part of the wire contract.
pub const CSV_HEADER: [&str; 12] = [
    "Date",
    "Actor",
    "Actor Type",
    "Action",
    "Resource",
    "Resource ID",
    "Status",
    "IP Address",
    "User Agent",
    "Request ID",
    "Changes",
    "Hash",
];

/// An entry's cells, in the order of [`CSV_HEADER`], safe to open in a spreadsheet.
#[must_use]
pub fn record(named: &NamedEntry) -> [String; 12] {
    let entry = &named.entry;
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        entry.created_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        actor(named),
        entry.actor_type.as_str().to_owned(),
        entry.action.clone(),
        entry.resource.clone(),
        optional(&entry.resource_id),
        entry.status_code.to_string(),
        optional(&entry.ip_address),
        optional(&entry.user_agent),
        entry.request_id.clone(),
        if entry.changes.is_null() { String::new() } else { canonical::json(&entry.changes) },
        entry.seal.as_ref().map(|seal| seal.hash.clone()).unwrap_or_default(),
    ]
    .map(defuse)
}

fn actor(named: &NamedEntry) -> String {
    match (&named.actor, named.entry.actor_id, &named.entry.actor_role) {
        (Some(actor), ..) => format!("{} <{}>", actor.name, actor.email),
        (None, Some(id), _) => id.to_string(),
        (None, None, Some(part)) if named.entry.actor_type == ActorType::System => format!("System ({part})"),
        (None, None, _) if named.entry.actor_type == ActorType::System => "System".to_owned(),
        (None, None, _) => "Not signed in".to_owned(),
    }
}

/// A spreadsheet runs a cell that begins with one of these as a formula; an apostrophe before it stops that.
fn defuse(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_nothing_else() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(defuse(bad.to_owned()), format!("'{bad}"));
        }
        for fine in ["", "a=b", "Jo", "\"=1\"", " =1"] {
            assert_eq!(defuse(fine.to_owned()), fine);
        }
    }

    #[test]
    fn the_header_is_a_contract() {
        assert_eq!(
            CSV_HEADER.join(","),
            "Date,Actor,Actor Type,Action,Resource,Resource ID,Status,IP Address,User Agent,Request ID,Changes,Hash"
        );
    }
}
