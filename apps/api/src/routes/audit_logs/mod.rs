//! The audit trail: search, summary, export, verification; of all tenants, and of one.

mod dto;
mod export;
mod filters;
mod list;
mod summary;
mod verify;

use self::list::{AuditLogList, OwnAuditLogList};
use crate::{
    http::{
        Routes, Variant,
        access::{admin, tenant},
    },
    operation,
};

const fn of_all(path: &'static str, id: &'static str) -> Variant {
    Variant::new(id, "Audit").at(path)
}

/// Registers the routes.
pub(super) fn configure(routes: &mut Routes) {
    let own = Variant::new("listOwnAuditLogs", "Own tenant").answer::<OwnAuditLogList>();
    routes
        .add(operation!(list, admin::AuditRead, AuditLogList))
        .add_variant(of_all("/admin/audit-logs", "listAuditLogs"), operation!(list, admin::AuditRead, AuditLogList))
        .add_variant(own, operation!(list, tenant::AuditRead, OwnAuditLogList))
        .add(operation!(export))
        .add_variant(of_all("/admin/audit-logs/export", "exportAuditLogs"), operation!(export))
        .add(operation!(summary))
        .add_variant(of_all("/admin/audit-logs/summary", "getAuditSummary"), operation!(summary))
        .add(operation!(verify));
}
